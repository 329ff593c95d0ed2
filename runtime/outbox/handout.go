package outbox

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// Handout says what is given out as a file, for a vendor whose program reads files.
type Handout struct {
	Vendor   string
	Form     Form      // as the trail names it: CSV or VCard
	By       string    // who gives it out
	From, To time.Time // when it was sent, To excluded; zero: no bound
}

// The forms of files.
const (
	CSV   Form = "csv"
	VCard Form = "vcard"
)

// mostHandout bounds how many deliveries one file holds.
const mostHandout = 100_000

// ErrLarge says that a file would hold too much.
var ErrLarge = errors.New("more than 100,000 deliveries; choose fewer days")

// HandOut returns what flows have sent to a vendor, the oldest first, and how many deliveries it may not have now. Each that it may have has
// its entry in the trail before anything is returned, and so has each that is withheld; what was erased is in neither.
func (w *Worker) HandOut(ctx context.Context, h Handout) (list []connect.Contact, withheld int, err error) {
	rows, err := w.store.Deliveries(ctx, w.practice, Filter{Kind: Send, To: h.Vendor, Limit: mostHandout + 1})
	if err != nil {
		return nil, 0, err
	}
	if len(rows) > mostHandout {
		return nil, 0, ErrLarge
	}
	today := day(w.clock.Now(), w.zone)
	slices.Reverse(rows)
	for i := range rows {
		r := &rows[i]
		if r.At.Before(h.From) || !h.To.IsZero() && !r.At.Before(h.To) {
			continue
		}
		p, err := w.open(ctx, r)
		if errors.Is(err, vault.ErrDestroyed) || errors.Is(err, session.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		action := "egress.handed-out"
		v, refused := p.permit(w.flows(), h.Vendor, today)
		detail := about(r, &v, h.Form, &p)
		if refused != nil {
			action, detail["why"] = "egress.withheld", refused.Error()
			withheld++
		}
		e := w.entry(r, action, detail)
		e.Actor = h.By
		if err := w.store.Note(ctx, w.practice, e); err != nil {
			return nil, 0, err
		}
		if refused == nil {
			list = append(list, p.contact(r.ID))
		}
	}
	return list, withheld, nil
}

// contact is a parcel with the types of its fields.
func (p *parcel) contact(id string) connect.Contact {
	c := connect.Contact{ID: id}
	for _, f := range p.fields {
		kind := ""
		if i := slices.IndexFunc(p.machine.Fields, func(m machine.Field) bool { return m.Name == f.Name }); i >= 0 {
			kind = p.machine.Fields[i].Type
		}
		c.Fields = append(c.Fields, connect.Field{Name: f.Name, Type: kind, Value: f.Value})
	}
	return c
}
