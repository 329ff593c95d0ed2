package session

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// TimedOut is the outcome of a conversation that silence ended.
const TimedOut = "timeout"

// Page is a part of a transcript.
type Page struct {
	Flow     *machine.Machine
	Messages []Message
	Status   Status
}

// Read returns the messages after a number, at most limit of them, and where the conversation stands.
func (h *Host) Read(ctx context.Context, id string, after int64, limit int) (Page, error) {
	var header Header
	var last Turn
	var list []Turn
	err := h.store.View(ctx, h.practice, func(r Reader) (err error) {
		if header, err = r.Header(id); err != nil {
			return err
		}
		if last, err = r.Last(id); err != nil {
			return err
		}
		list, err = r.Turns(id, after, limit)
		return err
	})
	if err != nil {
		return Page{}, err
	}
	newest, err := h.open(ctx, &header, &last)
	if err != nil {
		return Page{}, err
	}
	flow, err := h.pinnedTo(ctx, newest.State.Machine)
	if err != nil {
		return Page{}, err
	}
	p := Page{Flow: flow.Machine, Status: status(&newest.State)}
	for i := range list {
		s := newest
		if list[i].Version != last.Version {
			if s, err = h.open(ctx, &header, &list[i]); err != nil {
				return Page{}, err
			}
		}
		for _, m := range s.Messages {
			if m.Seq > after && len(p.Messages) < limit {
				p.Messages = append(p.Messages, m)
			}
		}
	}
	return p, nil
}

// Authorize checks that a token opens a conversation. It returns ErrUnauthorized when it does not, and once silence has
// ended the conversation: whoever comes to that device later is somebody else.
func (h *Host) Authorize(ctx context.Context, id, token string) error {
	hd, err := h.fresh(ctx, id)
	sum := TokenDigest(token)
	if err == nil && !slices.Contains(hd.rec.Tokens, sum) { // digests of random tokens: their comparison tells nothing by its time
		hd, err = h.loadHead(ctx, id) // another process may have given it out just now
	}
	switch {
	case errors.Is(err, ErrNotFound): // whether it is there is nobody's business who cannot open it
		return ErrUnauthorized
	case err != nil:
		return err
	case !slices.Contains(hd.rec.Tokens, sum):
		return ErrUnauthorized
	}
	return h.stillOpen(ctx, &hd.rec)
}

// stillOpen decides whether a patient may still read a transcript. Access ends at once when silence ended the
// conversation, and a session's length after any other end. While people have it, it stays, so that their answer arrives.
func (h *Host) stillOpen(ctx context.Context, rec *Record) error {
	if rec.Control != engine.Closed {
		return nil
	}
	if rec.Outcome == TimedOut {
		return ErrUnauthorized
	}
	flow, err := h.pinnedTo(ctx, rec.Machine)
	if err != nil {
		return err
	}
	session := time.Duration(flow.Machine.Session.Timeout) * time.Second
	if !h.clock.Now().Before(rec.Touched.Add(session)) {
		return ErrUnauthorized
	}
	return nil
}
