package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Errors of what people do to a conversation.
var (
	// ErrHeld says that the conversation is not this person's; a *HeldError says whose it is.
	ErrHeld = errors.New("somebody else has the conversation")
	// ErrEmergency says that what was an emergency is never given back to the assistant.
	ErrEmergency = errors.New("an emergency is not given back to the assistant")
	// ErrOver says that the conversation has ended.
	ErrOver = errors.New("the conversation has ended")
)

// HeldError is ErrHeld with whose the conversation is.
type HeldError struct{ By string } // a person's id; "" for nobody

func (e *HeldError) Error() string        { return ErrHeld.Error() }
func (e *HeldError) Is(target error) bool { return target == ErrHeld }

// QueueReader is a Reader of a store whose conversations people can answer.
type QueueReader interface {
	Reader
	// Queue lists the conversations that wait for a person or have one: emergencies first, then who waits and how urgently, those that
	// have waited longest first.
	Queue(limit int) ([]string, error)
}

// Case is a conversation as people see it, before anything is masked.
type Case struct {
	engine.Conversation
	Flow    *machine.Machine
	Holder  string    // the person who has it, while Control is engine.Human
	Touched time.Time // by its newest turn
	Desk    Desk
	Zone    *time.Location // of the practice
}

// Practice is whose conversations this host answers.
func (h *Host) Practice() string { return h.practice }

// Now is the time by the host's clock.
func (h *Host) Now() time.Time { return h.clock.Now() }

// Note writes into the audit trail what belongs to no turn, durably: what a person looks at, before they see it. An empty
// conversation says that it is about several or none.
func (h *Host) Note(ctx context.Context, actor, action, conversation string, detail map[string]string) error {
	return h.store.Note(ctx, h.practice, Entry{
		At: h.clock.Now().UTC(), Actor: actor, Action: action, Conversation: conversation, Detail: detail,
	})
}

// Queue lists what waits for a person, or has one: emergencies first, then who waits and how urgently, the longest first. What this
// process knows already is not opened again.
func (h *Host) Queue(ctx context.Context, limit int) ([]Case, error) {
	var ids []string
	var versions []int64
	err := h.store.View(ctx, h.practice, func(r Reader) (err error) {
		q, ok := r.(QueueReader)
		if !ok {
			return errors.New("the store has no queue")
		}
		if ids, err = q.Queue(limit); err != nil {
			return err
		}
		versions, err = r.Newest(ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	list := make([]Case, 0, len(ids))
	for i, id := range ids {
		hd, known := h.heads.Get(id)
		if !known || hd.rec.Version < versions[i] {
			hd, err = h.loadHead(ctx, id)
		}
		var c Case
		if err == nil {
			c, err = h.caseOf(ctx, hd)
		}
		if errors.Is(err, ErrNotFound) { // erased meanwhile
			err = nil
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.Control == engine.Waiting || c.Control == engine.Human {
			list = append(list, c)
		}
	}
	return list, nil
}

// Case returns where a conversation stands. That somebody looked is for the caller to have noted.
func (h *Host) Case(ctx context.Context, id string) (Case, error) {
	hd, err := h.fresh(ctx, id)
	if err != nil {
		return Case{}, err
	}
	return h.caseOf(ctx, hd)
}

func (h *Host) caseOf(ctx context.Context, hd *head) (Case, error) {
	flow, err := h.pinnedTo(ctx, hd.rec.Machine)
	if err != nil {
		return Case{}, err
	}
	return Case{Conversation: hd.rec.Conversation, Flow: flow.Machine, Holder: hd.rec.holder(), Touched: hd.rec.Touched, Desk: hd.rec.Desk, Zone: flow.zone}, nil
}

// holder is who has the conversation.
func (r *Record) holder() string {
	if r.Control != engine.Human {
		return ""
	}
	return r.Holder
}

// Claim gives a conversation to a person, who asked for it or not. It returns a *HeldError when somebody else has it, and
// ErrOver when it has ended. Who has it already keeps it.
func (h *Host) Claim(ctx context.Context, id, person string) error {
	return h.act(ctx, id, person, func(t *turn) (bool, error) {
		switch t.before.Control {
		case engine.Closed:
			return false, ErrOver
		case engine.Human:
			if t.before.holder() == person {
				return false, nil
			}
			return false, &HeldError{By: t.before.holder()}
		case engine.Assistant, engine.Waiting:
		}
		t.rec.Holder = person
		t.audit(person, "conversation.claimed", nil)
		return true, t.step(engine.Event{Kind: engine.StaffTake, Actor: person})
	})
}

// Answering is what a person writes to a patient.
type Answering struct {
	ClientID string // the client's own name of this request; unique per conversation and person
	Text     string
	Warned   string // the kinds of protected data that the person was warned of and sends all the same; "" for none
}

// Answer sends what a person writes. It returns a *HeldError unless the person has the conversation, and ErrConflict for a
// client id used for another text.
func (h *Host) Answer(ctx context.Context, id, person string, a Answering) (Reply, error) {
	q := request{client: KeyOf("staff/" + person + "/" + a.ClientID), digest: digest("answer", a.Text)}
	var reply Reply
	err := h.decide(ctx, id, func(hd *head, _ int) (*turn, request, error) {
		version, err := h.answer(ctx, hd, q.client)
		if err != nil {
			return nil, q, err
		}
		if version > 0 {
			was, asked, err := h.replay(ctx, hd, version)
			if err == nil && asked != q.digest {
				err = ErrConflict
			}
			reply = was
			return nil, q, err
		}
		if hd.rec.holder() != person {
			return nil, q, &HeldError{By: hd.rec.holder()}
		}
		t, err := h.turn(ctx, &hd.rec)
		if err != nil {
			return nil, q, err
		}
		t.audit(person, "conversation.replied", map[string]string{"warned": a.Warned})
		if err := t.step(engine.Event{Kind: engine.StaffSay, Actor: person, Text: a.Text}); err != nil {
			return nil, q, err
		}
		reply = t.reply()
		return t, q, nil
	})
	if err != nil {
		return Reply{}, err
	}
	return reply, nil
}

// Release gives a conversation back to the assistant, which goes on at a location of the flow; "" is its start. It returns a
// *HeldError unless the person has it, ErrEmergency, and ErrOption when the flow has no such location.
func (h *Host) Release(ctx context.Context, id, person, reason, location string) error {
	return h.act(ctx, id, person, func(t *turn) (bool, error) {
		switch {
		case t.before.holder() != person:
			return false, &HeldError{By: t.before.holder()}
		case t.before.Tier == machine.Emergency:
			return false, ErrEmergency
		case t.before.Outcome != "":
			return false, ErrOver
		}
		if location == "" {
			location = t.flow.Machine.Start
		}
		t.rec.Holder = ""
		t.audit(person, "conversation.released", map[string]string{"reason": reason, "location": location})
		return true, t.step(engine.Event{Kind: engine.StaffRelease, Actor: person, State: location})
	})
}

// Close ends a conversation. It returns a *HeldError unless the person has it.
func (h *Host) Close(ctx context.Context, id, person, outcome string) error {
	return h.act(ctx, id, person, func(t *turn) (bool, error) {
		if t.before.Control == engine.Closed && t.before.Holder == person && t.before.Outcome == outcome {
			return false, nil // a repetition
		}
		if t.before.holder() != person {
			return false, &HeldError{By: t.before.holder()}
		}
		t.audit(person, "conversation.closed", map[string]string{"outcome": outcome})
		return true, t.step(engine.Event{Kind: engine.StaffClose, Actor: person, Result: outcome})
	})
}

// act lets a person do one thing to a conversation; fn reports whether there is anything to store.
func (h *Host) act(ctx context.Context, id, person string, fn func(*turn) (bool, error)) error {
	if person == "" {
		return errors.New("session: nobody acts")
	}
	h.heads.Drop(id) // another process may know better who has it
	err := h.decide(ctx, id, func(hd *head, _ int) (*turn, request, error) {
		t, err := h.turn(ctx, &hd.rec)
		if err != nil {
			return nil, request{}, err
		}
		store, err := fn(t)
		if err != nil || !store {
			return nil, request{}, err
		}
		return t, request{}, nil
	})
	if errors.Is(err, engine.ErrEvent) {
		return fmt.Errorf("%w: %w", ErrOption, err)
	}
	return err
}
