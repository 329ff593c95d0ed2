package session

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// actsPerTurn bounds the acts of the world within one turn. A verified machine asks for a handful; more means that it
// goes in circles without hearing from the patient, which its certificate rules out.
const actsPerTurn = 16

// errAct says that an engine kept asking for acts.
var errAct = errors.New("too many acts in one turn")

// turn gathers what one transaction will write.
type turn struct {
	host *Host
	flow *served
	tx   Tx
	now  time.Time // in the practice's zone; never before the conversation was last touched
	rec  Record
	out  Turn
	sent []delivery
}

// delivery is a code to be sent once the turn is durable.
type delivery struct{ address, code string }

func (h *Host) turn(tx Tx, rec Record) (*turn, error) {
	flow, err := h.flow(rec.Machine)
	if err != nil {
		return nil, err
	}
	now := h.clock.Now().Truncate(time.Microsecond) // what a store keeps
	if now.Before(rec.Touched) {
		now = rec.Touched // a clock set back neither revives nor shortens a session
	}
	return &turn{host: h, flow: flow, tx: tx, now: now.In(flow.zone), rec: rec}, nil
}

// step lets the engine take an event and performs the acts it asks for, each answered within this transaction.
func (t *turn) step(e engine.Event) error {
	for range actsPerTurn {
		e.At = t.now
		next, effects, err := t.flow.Program.Step(t.rec.Conversation, e)
		if err != nil {
			return fmt.Errorf("step: %w", err)
		}
		t.rec.Conversation = next
		for _, f := range effects {
			t.take(e, f)
		}
		if next.Pending == nil {
			return nil
		}
		if e, err = t.perform(*next.Pending); err != nil {
			return fmt.Errorf("act %s: %w", next.Pending.Kind, err)
		}
	}
	return errAct
}

// take turns an effect into rows.
func (t *turn) take(e engine.Event, f engine.Effect) {
	switch f := f.(type) {
	case engine.Received:
		t.say(Message{Seq: f.Seq, Author: ByPatient, Lang: t.rec.Lang, Text: f.Text, Masked: f.Masked, Found: f.Found})
	case engine.Said:
		t.say(Message{
			Seq: f.Seq, Author: ByAssistant, Role: f.Role, Epoch: f.Epoch, Lang: f.Lang, Text: f.Text,
			Options: f.Options, Input: f.Input,
		})
	case engine.StaffSaid:
		t.say(Message{Seq: f.Seq, Author: ByStaff, Actor: f.Actor, Lang: t.rec.Lang, Text: f.Text})
	case engine.Sent:
		t.out.Outbox = append(t.out.Outbox, Outgoing{
			Practice: t.rec.Practice, Conversation: t.rec.ID, Vendor: f.Vendor, Fields: f.Fields, At: t.now,
		})
		t.audit(actor(e), "data.queued", map[string]string{"vendor": f.Vendor})
	case engine.HandedOff:
		// what raised it can say what a patient suffers from: it stays in the conversation, out of the trail
		t.audit(actor(e), "conversation.handed-off", map[string]string{"tier": f.Tier, "team": f.Team})
	case engine.Flagged:
		t.audit(actor(e), "phi.flagged", map[string]string{"findings": strconv.Itoa(len(f.Found))})
	case engine.Urgent:
		t.audit(actor(e), "conversation.urgent", map[string]string{"triggers": strconv.Itoa(len(f.Triggers))})
	case engine.Finished:
		t.audit(actor(e), "conversation.ended", map[string]string{"outcome": f.Outcome})
	case engine.Acted, engine.Entered:
		// acts are performed from Pending; locations are figures, which are read from the conversation
	default:
		panic(fmt.Sprintf("session: unhandled effect %T", f))
	}
}

func (t *turn) say(m Message) {
	m.At = t.now
	t.out.Messages = append(t.out.Messages, m)
}

func (t *turn) audit(actor, action string, detail map[string]string) {
	for k, v := range detail {
		if v == "" {
			delete(detail, k)
		}
	}
	t.out.Audit = append(t.out.Audit, Entry{
		Practice: t.rec.Practice, At: t.now, Actor: actor, Action: action, Conversation: t.rec.ID, Detail: detail,
	})
}

// actor says who caused an event.
func actor(e engine.Event) string {
	switch e.Kind {
	case engine.Tick:
		return "clock"
	case engine.StaffTake, engine.StaffSay, engine.StaffRelease, engine.StaffClose:
		return e.Actor
	default:
		return "patient"
	}
}

// commit writes what was gathered since before, and as the answer to a request when it has one.
func (t *turn) commit(before Record, answer *Answer) error {
	if t.rec.Control == engine.Closed && before.Control != engine.Closed {
		if err := t.tx.Unhold(t.rec.ID); err != nil {
			return fmt.Errorf("give up holds: %w", err)
		}
	}
	t.rec.Touched = t.now
	t.out.Record, t.out.Answer = t.rec, answer
	if err := t.tx.Commit(t.out); err != nil {
		return fmt.Errorf("commit turn: %w", err)
	}
	return nil
}

// after does what may only happen once the turn is durable.
func (t *turn) after(ctx context.Context) {
	t.host.hub.wake(t.rec.ID)
	for _, d := range t.sent {
		if err := t.host.codes.Send(ctx, d.address, d.code); err != nil {
			t.host.log.ErrorContext(ctx, "code not sent", "conversation", t.rec.ID, "error", err)
		}
	}
	for _, e := range t.out.Audit {
		if e.Action == "conversation.handed-off" {
			t.host.log.InfoContext(ctx, "handed off", "conversation", t.rec.ID,
				"tier", e.Detail["tier"], "team", e.Detail["team"])
		}
	}
}
