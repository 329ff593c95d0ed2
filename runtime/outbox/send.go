package outbox

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	told    []string // the classes of the fields, and of the answers that decided that it was sent or they were asked for; sorted
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
	var header session.Header
	err = w.store.View(ctx, w.practice, func(rd session.Reader) (err error) {
		header, err = rd.Header(r.Conversation)
		return err
	})
	if err != nil {
		return p, err
	}
	_, k, err := w.stood(ctx, &header, r.Version)
	if err != nil {
		return p, err
	}
	p.fields, p.machine, p.told = out.Fields, k.machine, k.tells(r.To, out.Fields)
	if k.hash != header.Machine {
		before, err := w.before(ctx, &header, r.Version, k.hash)
		if err != nil {
			return p, err
		}
		p.told = append(p.told, before...)
	}
	slices.Sort(p.told)
	p.told = slices.Compact(p.told)
	return p, nil
}

// stood returns where a conversation stood after a turn, and the machine that it was on: not the one that it started on if it was
// moved to a later version before.
func (w *Worker) stood(ctx context.Context, h *session.Header, version int64) (location string, k *known, err error) {
	var turn session.Turn
	err = w.store.View(ctx, w.practice, func(rd session.Reader) (err error) {
		turn, err = rd.Turn(h.Conversation, version)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	o, err := session.OpenTurn(ctx, w.vault, h, &turn)
	if err != nil {
		return "", nil, err
	}
	err = w.store.View(ctx, w.practice, func(rd session.Reader) (err error) {
		k, err = w.stored(rd, o.State.Machine)
		return err
	})
	return o.State.Location, k, err
}

// before are the classes of the answers that decided where a conversation stood when it left each machine that it was on before.
func (w *Worker) before(ctx context.Context, h *session.Header, version int64, machine string) (classes []string, err error) {
	for version--; version > 0; version-- {
		at, k, err := w.stood(ctx, h, version)
		if err != nil {
			return nil, err
		}
		if k.hash != machine {
			machine = k.hash
			classes = append(classes, k.learned.at[at]...)
		}
	}
	return classes, nil
}

// machine returns the machine that a conversation started on.
func (w *Worker) machine(ctx context.Context, conversation string) (m *machine.Machine, err error) {
	err = w.store.View(ctx, w.practice, func(r session.Reader) error {
		h, err := r.Header(conversation)
		if err != nil {
			return err
		}
		k, err := w.stored(r, h.Machine)
		if err == nil {
			m = k.machine
		}
		return err
	})
	return m, err
}

// known is a machine that conversations are on, with what is worked out of it once.
type known struct {
	hash    string
	machine *machine.Machine
	learned learned
}

// stored returns a machine by its hash.
func (w *Worker) stored(r session.Reader, hash string) (*known, error) {
	if k, ok := w.machines.Get(hash); ok {
		return k, nil
	}
	m, err := session.MachineOf(r, hash)
	if err != nil {
		return nil, err
	}
	k := &known{hash: hash, machine: m, learned: learns(m)}
	w.machines.Put(hash, k)
	return k, nil
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
	to, reached := w.ways.Load().Vendors[r.To]
	v, refused := p.permit(w.flows(), r.To, day(w.clock.Now(), w.zone))
	if refused == nil && to.Form != Thin {
		refused = p.whole()
	}
	detail := about(&r, &v, to.Form, &p)
	switch {
	case refused != nil:
		return w.parked(ctx, r, refused.Error(), detail)
	case !reached:
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
