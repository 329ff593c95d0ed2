package sqlite

import (
	"context"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ outbox.Store = (*Store)(nil)

const deliveryColumns = `id, kind, conversation, version, number, epoch, target, tier, at, due, claims, tries, rung, leased, state, why`

func delivery(practice string, s *sqlite3.Stmt) outbox.Row {
	return outbox.Row{
		Practice: practice, ID: s.ColumnText(0), Kind: outbox.Kind(s.ColumnText(1)), Conversation: s.ColumnText(2), Version: s.ColumnInt64(3),
		Number: s.ColumnInt(4), Epoch: s.ColumnInt64(5), To: s.ColumnText(6), Tier: s.ColumnText(7), At: instant(s, 8), Due: instant(s, 9),
		Claims: s.ColumnInt(10), Tries: s.ColumnInt(11), Rung: s.ColumnInt(12), Leased: instant(s, 13), State: outbox.State(s.ColumnText(14)),
		Why: s.ColumnText(15),
	}
}

// Claim implements outbox.Store. Nearly always nothing is due, which a reader finds out without keeping turns waiting.
func (s *Store) Claim(ctx context.Context, practice string, now, until time.Time, limit int) (list []outbox.Row, err error) {
	const due = ` FROM deliveries WHERE practice = ?1 AND state = 'queued' AND (due <= ?2 OR kind = 'page' AND due = at)
		AND (leased IS NULL OR leased <= ?2 OR leased > ?3) ORDER BY kind <> 'page', due, id LIMIT ?4`
	late := until.Add(until.Sub(now))
	some := false
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT 1`+due, func(*sqlite3.Stmt) error { some = true; return nil }, practice, now, late, 1)
	})
	if err != nil || !some {
		return nil, err
	}
	err = s.update(ctx, func(t *tx) error {
		list = nil
		err := t.query(`SELECT `+deliveryColumns+due, func(row *sqlite3.Stmt) error {
			list = append(list, delivery(practice, row))
			return nil
		}, practice, now, late, limit)
		for i := range list {
			if err != nil {
				return err
			}
			list[i].Claims++
			list[i].Leased = until
			err = t.exec(`UPDATE deliveries SET claims = ?, leased = ? WHERE practice = ? AND id = ?`, list[i].Claims, until, practice, list[i].ID)
		}
		return err
	})
	return list, err
}

// Finish implements outbox.Store.
func (s *Store) Finish(ctx context.Context, r outbox.Row, entries ...session.Entry) error {
	lines := session.EncodeEntries(entries)
	return s.update(ctx, func(t *tx) error {
		err := t.exec(`UPDATE deliveries SET state = ?, why = ?, due = ?, tries = ?, rung = ?, tier = ?, leased = NULL
			WHERE practice = ? AND id = ? AND claims = ? AND leased IS NOT NULL`,
			string(r.State), r.Why, r.Due, r.Tries, r.Rung, r.Tier, r.Practice, r.ID, r.Claims)
		if err == nil && t.db.Changes() == 0 {
			err = outbox.ErrStale
		}
		t.audit(r.Practice, lines, len(entries))
		return err
	})
}

// Requeue implements outbox.Store.
func (s *Store) Requeue(ctx context.Context, practice, id string, now time.Time, entries ...session.Entry) error {
	lines := session.EncodeEntries(entries)
	return s.update(ctx, func(t *tx) error {
		err := t.exec(`UPDATE deliveries SET state = 'queued', why = '', due = ?, tries = 0, leased = NULL, claims = claims + 1
			WHERE practice = ? AND id = ?`, now, practice, id)
		if err == nil && t.db.Changes() == 0 {
			err = session.ErrNotFound
		}
		t.audit(practice, lines, len(entries))
		return err
	})
}

// Delivery implements outbox.Store.
func (s *Store) Delivery(ctx context.Context, practice, id string) (r outbox.Row, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.one(`SELECT `+deliveryColumns+` FROM deliveries WHERE practice = ? AND id = ?`,
			func(row *sqlite3.Stmt) error { r = delivery(practice, row); return nil }, practice, id)
	})
	return r, err
}

// Deliveries implements outbox.Store.
func (s *Store) Deliveries(ctx context.Context, practice string, f outbox.Filter) (list []outbox.Row, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT `+deliveryColumns+` FROM deliveries WHERE practice = ?1
			AND (?2 = '' OR state = ?2) AND (?3 = '' OR kind = ?3) AND (?4 = '' OR target = ?4) ORDER BY at DESC, id LIMIT ?5`,
			func(row *sqlite3.Stmt) error { list = append(list, delivery(practice, row)); return nil },
			practice, string(f.State), string(f.Kind), f.To, f.Max())
	})
	return list, err
}

// Parcel implements outbox.Store.
func (s *Store) Parcel(ctx context.Context, r outbox.Row) (p session.Parcel, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.one(`SELECT c.key, o.vendor, o.at, o.sealed FROM outbox o JOIN conversations c ON c.number = o.conversation
			WHERE o.practice = ?1 AND c.id = ?2 AND c.practice = ?1 AND o.version = ?3 AND o.number = ?4`,
			func(row *sqlite3.Stmt) error {
				p = session.Parcel{
					Practice: r.Practice, Conversation: r.Conversation, Version: r.Version, Number: r.Number, Key: row.ColumnInt64(0),
					Vendor: row.ColumnText(1), At: instant(row, 2), Sealed: row.ColumnBlob(3, nil),
				}
				return nil
			}, r.Practice, r.Conversation, r.Version, r.Number)
	})
	return p, err
}

// Closed implements outbox.Store.
func (s *Store) Closed(ctx context.Context, practice, endpoint string) (shut bool, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT 1 FROM endpoints_shut WHERE practice = ? AND endpoint = ?`,
			func(*sqlite3.Stmt) error { shut = true; return nil }, practice, endpoint)
	})
	return shut, err
}

// Shut implements outbox.Store.
func (s *Store) Shut(ctx context.Context, practice, endpoint string, at time.Time) error {
	return s.update(ctx, func(t *tx) error {
		return t.exec(`INSERT INTO endpoints_shut (practice, endpoint, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, practice, endpoint, at)
	})
}

// Reopen implements outbox.Store.
func (s *Store) Reopen(ctx context.Context, practice string) error {
	return s.update(ctx, func(t *tx) error {
		return t.exec(`DELETE FROM endpoints_shut WHERE practice = ?`, practice)
	})
}

// Followed implements outbox.Store.
func (s *Store) Followed(ctx context.Context, practice string) (entry int64, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT entry FROM followed WHERE practice = ?`,
			func(row *sqlite3.Stmt) error { entry = row.ColumnInt64(0); return nil }, practice)
	})
	return entry, err
}

// Follow implements outbox.Store.
func (s *Store) Follow(ctx context.Context, practice string, was, is int64, alerts []outbox.Row) error {
	return s.update(ctx, func(t *tx) error {
		err := t.exec(`INSERT INTO followed (practice, entry) SELECT ?1, ?3 WHERE ?2 = 0 ON CONFLICT DO NOTHING`, practice, was, is)
		if err == nil && t.db.Changes() == 0 {
			err = t.exec(`UPDATE followed SET entry = ?3 WHERE practice = ?1 AND entry = ?2`, practice, was, is)
		}
		if err != nil || t.db.Changes() == 0 {
			return err
		}
		for i := range alerts {
			a := &alerts[i]
			err := t.exec(`INSERT INTO deliveries (practice, id, kind, conversation, version, number, epoch, target, tier, at, due)
				VALUES (?, ?, ?, ?, 0, 0, 0, ?, '', ?, ?) ON CONFLICT DO NOTHING`,
				practice, a.ID, string(a.Kind), a.Conversation, a.To, a.At, a.Due)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
