package outbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// parcel is what a row takes out, opened, with the machine that collected it.
type parcel struct {
	fields  []engine.FieldValue
	machine *machine.Machine
}

// open opens what a row takes out. vault.ErrDestroyed says that it was erased meanwhile.
func (w *Worker) open(ctx context.Context, r *Row) (p parcel, err error) {
	sealed, err := w.store.Parcel(ctx, *r)
	if err != nil {
		return p, err
	}
	out, err := session.OpenParcel(ctx, w.vault, sealed)
	if err != nil {
		return p, err
	}
	p.fields = out.Fields
	p.machine, err = w.collected(ctx, r)
	return p, err
}

// collected returns the machine that a parcel's conversation was on in the turn that sent it: not the one that it started on
// if it was moved to a later version before that.
func (w *Worker) collected(ctx context.Context, r *Row) (m *machine.Machine, err error) {
	var header session.Header
	var turn session.Turn
	err = w.store.View(ctx, w.practice, func(rd session.Reader) (err error) {
		if header, err = rd.Header(r.Conversation); err == nil {
			turn, err = rd.Turn(r.Conversation, r.Version)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	o, err := session.OpenTurn(ctx, w.vault, &header, &turn)
	if err != nil {
		return nil, err
	}
	err = w.store.View(ctx, w.practice, func(rd session.Reader) (err error) {
		m, err = w.stored(rd, o.State.Machine)
		return err
	})
	return m, err
}

// machine returns the machine that a conversation started on.
func (w *Worker) machine(ctx context.Context, conversation string) (m *machine.Machine, err error) {
	err = w.store.View(ctx, w.practice, func(r session.Reader) error {
		h, err := r.Header(conversation)
		if err != nil {
			return err
		}
		m, err = w.stored(r, h.Machine)
		return err
	})
	return m, err
}

// stored returns a machine by its hash.
func (w *Worker) stored(r session.Reader, hash string) (*machine.Machine, error) {
	if known, ok := w.machines.Get(hash); ok {
		return known, nil
	}
	canonical, err := r.Machine(hash)
	if err != nil {
		return nil, err
	}
	m, err := machine.Decode(canonical)
	if err == nil {
		w.machines.Put(hash, m)
	}
	return m, err
}

// send takes a parcel to its vendor.
func (w *Worker) send(ctx context.Context, r Row) error {
	p, err := w.open(ctx, &r)
	if errors.Is(err, vault.ErrDestroyed) || errors.Is(err, session.ErrNotFound) {
		r.State, r.Why = Dead, "the conversation was erased before it left"
		return w.finish(ctx, r, "egress.erased", nil)
	}
	if err != nil {
		return fmt.Errorf("delivery %s: %w", r.ID, err)
	}
	to, known := w.ways.Load().Vendors[r.To]
	v, refused := Permit(w.flows(), p.machine, r.To, day(w.clock.Now(), w.zone), p.fields)
	if refused == nil && to.Form != Thin {
		refused = Whole(p.machine, p.fields)
	}
	detail := about(&r, &v, p.machine.Flow.Purpose, to.Form, p.fields)
	switch {
	case refused != nil:
		return w.parked(ctx, r, refused.Error(), detail)
	case !known:
		return w.parked(ctx, r, "nothing says how this vendor is reached", detail)
	}
	at := endpoint(to.address())
	shut, err := w.store.Closed(ctx, w.practice, at)
	if err != nil {
		return err
	}
	if shut {
		return w.parked(ctx, r, gone, detail)
	}
	// no byte leaves before its entry is durable
	if err := w.store.Note(ctx, w.practice, w.entry(&r, "egress.begun", detail)); err != nil {
		return err
	}
	result, err := w.post(ctx, &r, &to, &p)
	if err != nil {
		return fmt.Errorf("delivery %s: %w", r.ID, err)
	}
	switch result.Verdict {
	case connect.Delivered:
		r.State, r.Why = Delivered, ""
		return w.finish(ctx, r, "egress.delivered", detail)
	case connect.Gone:
		if err := w.store.Shut(ctx, w.practice, at, w.clock.Now().UTC()); err != nil {
			return err
		}
		return w.parked(ctx, r, gone, detail)
	}
	return w.failed(ctx, r, result, detail)
}

const gone = "its endpoint has said that it wants nothing any more"

func (v *Vendor) address() string {
	if v.Form == Upsert {
		return v.Upsert.URL
	}
	return v.URL
}

func (w *Worker) post(ctx context.Context, r *Row, to *Vendor, p *parcel) (connect.Result, error) {
	now := w.clock.Now()
	if to.Form == Upsert {
		record := connect.Record{ID: r.ID, Conversation: r.Conversation}
		for _, f := range p.fields {
			record.Fields = append(record.Fields, connect.Field{Name: f.Name, Value: f.Value})
		}
		return connect.Put(ctx, w.ways.Load().client, to.Upsert, record, now)
	}
	var data any = w.told(r)
	if to.Form == Full {
		data = toldFields{w.told(r), values(p.fields)}
	}
	b, err := body(TypeSent, r.At, data)
	if err != nil {
		return connect.Result{}, err
	}
	return connect.Post(ctx, w.ways.Load().client, to.Endpoint, connect.Message{ID: r.ID, Body: b}, now)
}
