package session

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// actsPerTurn bounds the acts of the world within one turn. A verified machine asks for a handful; more means that it
// goes in circles without hearing from the patient, which its certificate rules out.
const actsPerTurn = 16

// errAct says that an engine kept asking for acts.
var errAct = fmt.Errorf("too many acts in one turn")

// turn gathers what one transaction will store. It is computed from a head without holding anything; when the head or
// the calendar has changed meanwhile, the store refuses it and it is computed anew.
type turn struct {
	ctx      context.Context //nolint:containedctx // a turn lives within one call
	host     *Host
	flow     *served
	now      time.Time // in the practice's zone; never before the conversation was last touched
	before   *Record
	rec      Record
	messages []Message
	outbox   []Outgoing
	entries  []Entry
	calendar []CalendarChange
	released bool
	from     Attribution // of a conversation's first turn
	full     bool        // the calendar changed under this turn before: count on no place any more
	sent     []delivery
}

// delivery is a code to be sent once the turn is durable.
type delivery struct{ address, code string }

func (h *Host) turn(ctx context.Context, before *Record) (*turn, error) {
	flow, err := h.flow(before.Machine)
	if err != nil {
		return nil, err
	}
	now := h.clock.Now().Truncate(time.Microsecond) // what a store keeps
	if now.Before(before.Touched) {
		now = before.Touched // a clock set back neither revives nor shortens a session
	}
	return &turn{ctx: ctx, host: h, flow: flow, now: now.In(flow.zone), before: before, rec: *before}, nil
}

// step lets the engine take an event and performs the acts it asks for.
func (t *turn) step(e engine.Event) error {
	t.released = e.Kind == engine.StaffRelease
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

// take notes down what an effect asks for.
func (t *turn) take(e engine.Event, f engine.Effect) {
	switch f := f.(type) {
	case engine.Received:
		m := Message{Seq: f.Seq, Author: ByPatient, Lang: t.rec.Lang, Text: f.Text, Found: f.Found}
		if f.Masked != f.Text {
			m.Masked = f.Masked
		}
		t.say(m)
	case engine.Said:
		t.say(Message{
			Seq: f.Seq, Author: ByAssistant, Role: f.Role, Epoch: f.Epoch, Lang: f.Lang, Text: f.Text,
			Options: f.Options, Input: f.Input,
		})
	case engine.StaffSaid:
		t.say(Message{Seq: f.Seq, Author: ByStaff, Actor: f.Actor, Lang: t.rec.Lang, Text: f.Text})
	case engine.Sent:
		t.outbox = append(t.outbox, Outgoing{Conversation: t.rec.ID, Vendor: f.Vendor, Fields: f.Fields, At: t.now})
		t.audit(actor(e), "data.queued", map[string]string{"vendor": f.Vendor})
	case engine.HandedOff:
		// what raised it can say what a patient suffers from: it stays in the conversation, out of the trail
		t.audit(actor(e), "conversation.handed-off", map[string]string{"tier": f.Tier, "team": f.Team})
	case engine.Flagged:
		t.audit(actor(e), "phi.flagged", map[string]string{"findings": strconv.Itoa(len(f.Found)), "kinds": engine.Kinds(f.Found)})
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
	if t.messages == nil {
		t.messages = make([]Message, 0, 4) // as many as most turns have
	}
	t.messages = append(t.messages, m)
}

func (t *turn) audit(actor, action string, detail map[string]string) {
	for k, v := range detail {
		if v == "" {
			delete(detail, k)
		}
	}
	t.entries = append(t.entries, Entry{
		At: t.now.UTC(), Actor: actor, Action: action, Conversation: t.rec.ID, Detail: detail,
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

// request is what a turn answers; zero where nobody can repeat it.
type request struct {
	client ClientKey
	digest Digest
}

// commit stores what was gathered, and as the answer to a request when it has one.
func (t *turn) commit(r request) error {
	ends := t.rec.Control == engine.Closed && t.before.Control != engine.Closed
	if ends && t.flow.slots {
		t.calendar = append(t.calendar, CalendarChange{Kind: GiveUp})
	}
	t.rec.Touched, t.rec.Version = t.now, t.before.Version+1
	t.follow()
	w, err := t.write(r)
	if err != nil {
		return err
	}
	ctx, end := t.host.span(t.ctx, spanCommit)
	err = t.host.store.Commit(ctx, w)
	if end(err); err != nil {
		return fmt.Errorf("commit turn: %w", err)
	}
	return nil
}

// write lays the turn out for the store.
func (t *turn) write(r request) (Write, error) {
	h := &t.rec.Header
	w := Write{
		Turn: Turn{
			Practice: h.Practice, Conversation: h.Conversation, Version: t.rec.Version, At: t.now, Client: r.client,
			After: t.before.Seq, Last: t.rec.Seq, Released: t.released,
			Control: t.rec.Control, Epoch: t.rec.Epoch, Tier: t.rec.Tier,
		},
		Calendar: t.calendar,
	}
	if err := w.Turn.hear(t.messages); err != nil {
		return w, err
	}
	if err := w.Turn.follows(t.before); err != nil {
		return w, err
	}
	var err error
	if w.Sealed, err = t.seal(w.Version, r.digest); err != nil {
		return w, err
	}
	if w.Version == 1 {
		w.Header = h
	}
	w.Standing = t.standing()
	if w.Outbox, err = t.parcels(w.Version); err != nil {
		return w, err
	}
	if len(t.entries) == 0 {
		t.audit("assistant", "turn", nil)
	}
	sum := w.Turn.Digest()
	t.entries[0].Version, t.entries[0].Turn = w.Version, sum[:]
	w.Audit = t.entries
	return w, nil
}

// standing is what queues and sweeps see from now on; nil where that is what they see already.
func (t *turn) standing() *Standing {
	was, is := standing(t.before), standing(&t.rec)
	sooner := !t.rec.Deadline.IsZero() && (t.before.Deadline.IsZero() || t.rec.Deadline.Before(t.before.Deadline))
	if was == is && !sooner && t.rec.Version > 1 {
		return nil
	}
	is.Since, is.Due = t.now, t.rec.Deadline
	return &is
}

func (t *turn) parcels(version int64) ([]Parcel, error) {
	var list []Parcel
	for i, o := range t.outbox {
		var e encoder
		e.fields(o.Fields)
		h := &t.rec.Header
		sealed, err := t.sealed(version, outboxColumn(i), e.B)
		if err != nil {
			return nil, err
		}
		list = append(list, Parcel{
			Practice: h.Practice, Conversation: h.Conversation, Version: version, Number: i, Vendor: o.Vendor, At: t.now,
			Sealed: sealed,
		})
	}
	return list, nil
}

// after does what may only happen once the turn is durable.
func (t *turn) after() {
	t.host.hub.Wake(t.rec.ID)
	ctx := context.WithoutCancel(t.ctx)
	for _, d := range t.sent {
		if err := t.host.codes.Send(ctx, d.address, d.code); err != nil {
			t.host.log.ErrorContext(ctx, "code not sent", "conversation", t.rec.ID, "error", err)
		}
	}
	for _, e := range t.entries {
		if e.Action == "conversation.handed-off" {
			t.host.log.InfoContext(ctx, "handed off", "conversation", t.rec.ID,
				"tier", e.Detail["tier"], "team", e.Detail["team"])
		}
	}
}
