package session

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// Opened is a stored turn, opened.
type Opened struct {
	Messages []Message
	State    engine.Conversation // after the turn
	Holder   string
	Desk     Desk
	From     Attribution // in the first turn
}

// OpenTurn opens a stored turn for who reads a store without a Host. What was erased is ErrNotFound.
func OpenTurn(ctx context.Context, v *vault.Vault, h *Header, t *Turn) (Opened, error) {
	s, err := openTurn(ctx, v, h, t)
	return Opened{Messages: s.Messages, State: s.State, Holder: s.Holder, Desk: s.Desk, From: s.From}, err
}

// Outline is what figures are made of in a turn: much less than Opened, and so sooner read.
type Outline struct {
	Messages []Line         `json:"messages"`
	State    OutlineOfState `json:"state"` // after the turn
	From     Attribution    `json:"from"`  // in the first turn
}

// Line is a Message without what figures do not look at.
type Line struct {
	Author Author      `json:"author"`
	Role   engine.Role `json:"role"`
	Lang   string      `json:"lang"`
	Text   string      `json:"text"`
	Found  []struct{}  `json:"found"` // as many as there are findings
}

// OutlineOfState is an engine.Conversation without what figures do not look at.
type OutlineOfState struct {
	Lang     string         `json:"lang"`
	Channel  string         `json:"channel"`
	Control  engine.Control `json:"control"`
	Location string         `json:"location"`
	Values   []string       `json:"values"`
	Flagged  bool           `json:"flagged"`
	Tier     string         `json:"tier"`
	Team     string         `json:"team"`
	Reason   string         `json:"reason"`
	Outcome  string         `json:"outcome"`
}

// OpenOutline opens a stored turn for who counts many of them. What was erased is ErrNotFound.
func OpenOutline(ctx context.Context, v *vault.Vault, h *Header, t *Turn) (o Outline, err error) {
	return o, openInto(ctx, v, h, t, &o)
}

// ActionStarted is what the trail calls the start of a conversation.
const ActionStarted = "conversation.started"

// entriesPage is how many entries are read at once.
const entriesPage = 1000

// EachEntry calls fn with the entries of the trail from a time on and before another, in order, until it returns false. A
// zero time is no bound. Entries are in order of time, so the first is found by halving.
func EachEntry(r Reader, from, to time.Time, fn func(Entry) bool) error {
	after, err := entryBefore(r, from)
	for err == nil {
		var list []Entry
		if list, err = r.Audit(after, entriesPage); len(list) == 0 {
			return err
		}
		for _, e := range list {
			switch {
			case e.At.Before(from):
			case !to.IsZero() && e.At.After(to.Add(clockSlack)):
				return nil
			case !to.IsZero() && !e.At.Before(to):
			case !fn(e):
				return nil
			}
		}
		after = list[len(list)-1].Number
	}
	return err
}

// clockSlack is how far entries can be out of the order of time: processes commit at once, and a clock may be set back.
const clockSlack = time.Hour

// entryBefore returns the number of an entry that all entries from a time on follow.
func entryBefore(r Reader, from time.Time) (int64, error) {
	if from.IsZero() {
		return 0, nil
	}
	from = from.Add(-clockSlack)
	low, high := int64(0), int64(1) // entries up to low are before; entry high is not, or is not there
	early := func(n int64) (bool, error) {
		list, err := r.Audit(n-1, 1)
		return len(list) > 0 && list[0].At.Before(from), err
	}
	for {
		is, err := early(high)
		if err != nil {
			return 0, err
		}
		if !is {
			break
		}
		low, high = high, 2*high
	}
	for high-low > 1 {
		middle := low + (high-low)/2
		is, err := early(middle)
		if err != nil {
			return 0, err
		}
		if is {
			low = middle
		} else {
			high = middle
		}
	}
	return low, nil
}

// Started lists the conversations that started from a time on and before another, the newest first, at most limit of them.
func (h *Host) Started(ctx context.Context, from, to time.Time, limit int) ([]Case, error) {
	var ids []string
	err := h.store.View(ctx, h.practice, func(r Reader) error {
		return EachEntry(r, from, to, func(e Entry) bool {
			if e.Action == ActionStarted {
				ids = append(ids, e.Conversation)
			}
			return true
		})
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(ids)
	list := make([]Case, 0, min(len(ids), limit))
	for _, id := range ids[:min(len(ids), limit)] {
		c, err := h.Case(ctx, id)
		if errors.Is(err, ErrNotFound) { // erased
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// Entries lists entries of the trail from a time on and before another that match, the newest last, the newest limit of them.
func (h *Host) Entries(ctx context.Context, from, to time.Time, limit int, match func(*Entry) bool) (list []Entry, err error) {
	err = h.store.View(ctx, h.practice, func(r Reader) error {
		return EachEntry(r, from, to, func(e Entry) bool {
			if match(&e) {
				list = append(list, e)
			}
			if len(list) >= 2*limit {
				list = slices.Clone(list[len(list)-limit:])
			}
			return true
		})
	})
	return list[max(0, len(list)-limit):], err
}

// Store is where the host keeps conversations, and Vault what seals them, for who reads figures from both.
func (h *Host) Store() (Store, *vault.Vault) { return h.store, h.vault }
