package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ outbox.Store = (*Store)(nil)

// deliveries are the rows of a practice's outbox, with what goes with them.
type deliveries struct {
	rows     map[string]*outbox.Row
	shut     map[string]bool // endpoints
	followed int64
}

// lay adds a row, unless it is there.
func (d *deliveries) lay(r outbox.Row) {
	if d.rows[r.ID] == nil {
		r.State = outbox.Queued
		d.rows[r.ID] = &r
	}
}

// send lays down the row of a parcel.
func (d *deliveries) send(p *session.Parcel, epoch int64) {
	d.lay(outbox.Row{
		ID: outbox.SendID(p.Conversation, p.Version, p.Number), Practice: p.Practice, Kind: outbox.Send, Conversation: p.Conversation,
		Version: p.Version, Number: p.Number, Epoch: epoch, To: p.Vendor, At: p.At.UTC(), Due: p.At.UTC(),
	})
}

// page lays down the row of a conversation that begins to wait.
func (d *deliveries) page(practice, conversation string, was, is *session.Standing) {
	if is.Control != engine.Waiting || was.Control == engine.Waiting && was.Epoch == is.Epoch {
		return
	}
	d.lay(outbox.Row{
		ID: outbox.PageID(conversation, is.Epoch), Practice: practice, Kind: outbox.Page, Conversation: conversation, Epoch: is.Epoch,
		To: is.Team, Tier: is.Tier, At: is.Since.UTC(), Due: is.Since.UTC(),
	})
}

// due lists what may be claimed, in the order of claims.
func (d *deliveries) due(now, late time.Time) (list []*outbox.Row) {
	for _, r := range d.rows {
		free := r.Leased.IsZero() || !r.Leased.After(now) || r.Leased.After(late)
		due := !r.Due.After(now) || r.Kind == outbox.Page && r.Due.Equal(r.At)
		if r.State == outbox.Queued && due && free {
			list = append(list, r)
		}
	}
	first := map[outbox.Kind]int{outbox.Page: -1}
	slices.SortFunc(list, func(a, b *outbox.Row) int {
		return cmp.Or(first[a.Kind]-first[b.Kind], a.Due.Compare(b.Due), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// inOutbox runs fn on the outbox of a practice.
func (s *Store) inOutbox(ctx context.Context, practice string, fn func(*deliveries) error) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	return fn(&s.of(practice).deliveries)
}

// Claim implements outbox.Store.
func (s *Store) Claim(ctx context.Context, practice string, now, until time.Time, limit int) (list []outbox.Row, err error) {
	err = s.inOutbox(ctx, practice, func(d *deliveries) error {
		due := d.due(now, until.Add(until.Sub(now)))
		for _, r := range due[:min(limit, len(due))] {
			r.Claims++
			r.Leased = until
			list = append(list, *r)
		}
		return nil
	})
	return list, err
}

// Finish implements outbox.Store.
func (s *Store) Finish(ctx context.Context, r outbox.Row, entries ...session.Entry) error {
	return s.inOutbox(ctx, r.Practice, func(d *deliveries) error {
		row := d.rows[r.ID]
		if row == nil || row.Claims != r.Claims || row.Leased.IsZero() {
			return outbox.ErrStale
		}
		row.State, row.Why, row.Due, row.Tries, row.Rung, row.Tier, row.Leased = r.State, r.Why, r.Due.UTC(), r.Tries, r.Rung, r.Tier, time.Time{}
		s.of(r.Practice).chain(r.Practice, entries)
		return nil
	})
}

// Requeue implements outbox.Store.
func (s *Store) Requeue(ctx context.Context, practice, id string, now time.Time, entries ...session.Entry) error {
	return s.inOutbox(ctx, practice, func(d *deliveries) error {
		row := d.rows[id]
		if row == nil {
			return session.ErrNotFound
		}
		row.State, row.Why, row.Due, row.Tries, row.Leased, row.Claims = outbox.Queued, "", now.UTC(), 0, time.Time{}, row.Claims+1
		s.of(practice).chain(practice, entries)
		return nil
	})
}

// Delivery implements outbox.Store.
func (s *Store) Delivery(ctx context.Context, practice, id string) (r outbox.Row, err error) {
	err = s.inOutbox(ctx, practice, func(d *deliveries) error {
		row := d.rows[id]
		if row == nil {
			return session.ErrNotFound
		}
		r = *row
		return nil
	})
	return r, err
}

// Deliveries implements outbox.Store.
func (s *Store) Deliveries(ctx context.Context, practice string, f outbox.Filter) (list []outbox.Row, err error) {
	err = s.inOutbox(ctx, practice, func(d *deliveries) error {
		for _, r := range d.rows {
			if (f.State == "" || r.State == f.State) && (f.Kind == "" || r.Kind == f.Kind) && (f.To == "" || r.To == f.To) {
				list = append(list, *r)
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b outbox.Row) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.ID, b.ID)) })
	return list[:min(f.Max(), len(list))], err
}

// Parcel implements outbox.Store.
func (s *Store) Parcel(ctx context.Context, r outbox.Row) (session.Parcel, error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return session.Parcel{}, err
	}
	defer unlock()
	for _, p := range s.of(r.Practice).outbox {
		if p.Conversation == r.Conversation && p.Version == r.Version && p.Number == r.Number {
			return p, nil
		}
	}
	return session.Parcel{}, session.ErrNotFound
}

// Closed implements outbox.Store.
func (s *Store) Closed(ctx context.Context, practice, endpoint string) (shut bool, err error) {
	err = s.inOutbox(ctx, practice, func(d *deliveries) error { shut = d.shut[endpoint]; return nil })
	return shut, err
}

// Shut implements outbox.Store.
func (s *Store) Shut(ctx context.Context, practice, endpoint string, _ time.Time) error {
	return s.inOutbox(ctx, practice, func(d *deliveries) error { d.shut[endpoint] = true; return nil })
}

// Reopen implements outbox.Store.
func (s *Store) Reopen(ctx context.Context, practice string) error {
	return s.inOutbox(ctx, practice, func(d *deliveries) error { clear(d.shut); return nil })
}

// Followed implements outbox.Store.
func (s *Store) Followed(ctx context.Context, practice string) (entry int64, err error) {
	err = s.inOutbox(ctx, practice, func(d *deliveries) error { entry = d.followed; return nil })
	return entry, err
}

// Follow implements outbox.Store.
func (s *Store) Follow(ctx context.Context, practice string, was, is int64, alerts []outbox.Row) error {
	return s.inOutbox(ctx, practice, func(d *deliveries) error {
		if d.followed != was {
			return nil
		}
		d.followed = is
		for _, a := range alerts {
			a.Practice, a.At, a.Due = practice, a.At.UTC(), a.Due.UTC()
			d.lay(a)
		}
		return nil
	})
}
