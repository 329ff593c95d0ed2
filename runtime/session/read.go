package session

import (
	"context"
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
	var p Page
	err := h.view(ctx, func(r Reader) error {
		rec, err := r.Conversation(id)
		if err != nil {
			return err
		}
		flow, err := h.flow(rec.Machine)
		if err != nil {
			return err
		}
		p.Flow, p.Status = flow.Machine, status(rec.Conversation)
		p.Messages, err = r.Messages(id, after, limit)
		return err
	})
	return p, err
}

// Authorize checks that a token opens a conversation. It returns ErrUnauthorized when it does not, and once silence has
// ended the conversation: whoever comes to that device later is somebody else.
func (h *Host) Authorize(ctx context.Context, id, token string) error {
	return h.view(ctx, func(r Reader) error {
		ok, err := r.HoldsToken(id, TokenDigest(token))
		if err != nil {
			return err
		}
		if !ok {
			return ErrUnauthorized
		}
		rec, err := r.Conversation(id)
		if err != nil {
			return err
		}
		return h.stillOpen(rec)
	})
}

// stillOpen decides whether a patient may still read a transcript. Access ends at once when silence ended the
// conversation, and a session's length after any other end. While people have it, it stays, so that their answer arrives.
func (h *Host) stillOpen(rec Record) error {
	if rec.Control != engine.Closed {
		return nil
	}
	if rec.Outcome == TimedOut {
		return ErrUnauthorized
	}
	flow, err := h.flow(rec.Machine)
	if err != nil {
		return err
	}
	session := time.Duration(flow.Machine.Session.Timeout) * time.Second
	if !h.clock.Now().Before(rec.Touched.Add(session)) {
		return ErrUnauthorized
	}
	return nil
}

// view reads, again when a machine had to be loaded.
func (h *Host) view(ctx context.Context, fn func(Reader) error) error {
	err := h.store.View(ctx, fn)
	if err == nil {
		return nil
	}
	if again, err := h.adopt(ctx, err); !again {
		return err
	}
	return h.store.View(ctx, fn)
}
