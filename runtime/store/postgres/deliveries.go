package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ outbox.Store = (*Store)(nil)

const deliveryColumns = `id, kind, conversation, version, number, epoch, target, tier, at, due, claims, tries, rung, leased, state, why`

func delivery(practice string) func(pgx.CollectableRow) (outbox.Row, error) {
	return func(row pgx.CollectableRow) (outbox.Row, error) {
		r := outbox.Row{Practice: practice}
		var at, due int64
		var leased *int64
		err := row.Scan(&r.ID, &r.Kind, &r.Conversation, &r.Version, &r.Number, &r.Epoch, &r.To, &r.Tier, &at, &due, &r.Claims, &r.Tries,
			&r.Rung, &leased, &r.State, &r.Why)
		r.At, r.Due, r.Leased = instant(&at), instant(&due), instant(leased)
		return r, err
	}
}

// Claim implements outbox.Store. What another process is claiming is skipped, not waited for.
func (s *Store) Claim(ctx context.Context, practice string, now, until time.Time, limit int) (all []outbox.Row, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		r := &reader{ctx: ctx, tx: tx, practice: practice}
		all, err = list(r, `WITH mine AS MATERIALIZED (
				SELECT id FROM deliveries WHERE practice = $1 AND state = 'queued' AND (due <= $2 OR kind = 'page' AND due = at)
				AND (leased IS NULL OR leased <= $2 OR leased > $3) ORDER BY kind <> 'page', due, id COLLATE "C" LIMIT $4 FOR UPDATE SKIP LOCKED),
			claimed AS (UPDATE deliveries SET claims = claims + 1, leased = $5
				WHERE practice = $1 AND id IN (SELECT id FROM mine) RETURNING `+deliveryColumns+`)
			SELECT * FROM claimed ORDER BY kind <> 'page', due, id COLLATE "C"`,
			[]any{practice, now.UnixMicro(), until.Add(until.Sub(now)).UnixMicro(), limit, until.UnixMicro()}, delivery(practice))
		return err
	})
	return all, err
}

// noted runs a statement that changes one row and chains entries. It returns none where there is no such row.
func (s *Store) noted(ctx context.Context, practice string, none error, noted []session.Entry, sql string, args ...any) error {
	missing := false
	err := s.update(ctx, practice, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sql, args...)
		if err != nil {
			return err
		}
		if missing = tag.RowsAffected() == 0; missing {
			return none
		}
		if len(noted) == 0 {
			return nil
		}
		return chain(ctx, tx, entries{practice, session.EncodeEntries(noted), int64(len(noted))})
	})
	if missing {
		return none
	}
	return err
}

// Finish implements outbox.Store.
func (s *Store) Finish(ctx context.Context, r outbox.Row, list ...session.Entry) error {
	return s.noted(ctx, r.Practice, outbox.ErrStale, list, `UPDATE deliveries
		SET state = $1, why = $2, due = $3, tries = $4, rung = $5, tier = $6, leased = NULL
		WHERE practice = $7 AND id = $8 AND claims = $9 AND leased IS NOT NULL`,
		string(r.State), r.Why, r.Due.UnixMicro(), r.Tries, r.Rung, r.Tier, r.Practice, r.ID, r.Claims)
}

// Requeue implements outbox.Store.
func (s *Store) Requeue(ctx context.Context, practice, id string, now time.Time, list ...session.Entry) error {
	return s.noted(ctx, practice, session.ErrNotFound, list, `UPDATE deliveries
		SET state = 'queued', why = '', due = $1, tries = 0, leased = NULL, claims = claims + 1 WHERE practice = $2 AND id = $3`,
		now.UnixMicro(), practice, id)
}

// Delivery implements outbox.Store.
func (s *Store) Delivery(ctx context.Context, practice, id string) (outbox.Row, error) {
	all, err := s.deliveries(ctx, practice, `SELECT `+deliveryColumns+` FROM deliveries WHERE practice = $1 AND id = $2`, practice, id)
	if err == nil && len(all) == 0 {
		err = session.ErrNotFound
	}
	if err != nil {
		return outbox.Row{}, err
	}
	return all[0], nil
}

// Deliveries implements outbox.Store.
func (s *Store) Deliveries(ctx context.Context, practice string, f outbox.Filter) ([]outbox.Row, error) {
	return s.deliveries(ctx, practice, `SELECT `+deliveryColumns+` FROM deliveries WHERE practice = $1
		AND ($2 = '' OR state = $2) AND ($3 = '' OR kind = $3) AND ($4 = '' OR target = $4) ORDER BY at DESC, id COLLATE "C" LIMIT $5`,
		practice, string(f.State), string(f.Kind), f.To, f.Max())
}

func (s *Store) deliveries(ctx context.Context, practice, sql string, args ...any) (all []outbox.Row, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		all, err = list(&reader{ctx: ctx, tx: tx, practice: practice}, sql, args, delivery(practice))
		return err
	})
	return all, err
}

// Parcel implements outbox.Store.
func (s *Store) Parcel(ctx context.Context, r outbox.Row) (p session.Parcel, err error) {
	p = session.Parcel{Practice: r.Practice, Conversation: r.Conversation, Version: r.Version, Number: r.Number}
	err = s.update(ctx, r.Practice, func(tx pgx.Tx) error {
		var at int64
		err := tx.QueryRow(ctx, `SELECT c.key, o.vendor, o.at, o.sealed FROM outbox o JOIN conversations c ON c.id = o.conversation
			WHERE o.practice = $1 AND c.practice = $1 AND o.conversation = $2 AND o.version = $3 AND o.number = $4`,
			r.Practice, r.Conversation, r.Version, r.Number).Scan(&p.Key, &p.Vendor, &at, &p.Sealed)
		p.At = instant(&at)
		return err
	})
	return p, err
}

// Closed implements outbox.Store.
func (s *Store) Closed(ctx context.Context, practice, endpoint string) (shut bool, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM endpoints_shut WHERE practice = $1 AND endpoint = $2)`, practice, endpoint).Scan(&shut)
	})
	return shut, err
}

// Shut implements outbox.Store.
func (s *Store) Shut(ctx context.Context, practice, endpoint string, at time.Time) error {
	return s.update(ctx, practice, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO endpoints_shut (practice, endpoint, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			practice, endpoint, at.UnixMicro())
		return err
	})
}

// Reopen implements outbox.Store.
func (s *Store) Reopen(ctx context.Context, practice string) error {
	return s.update(ctx, practice, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM endpoints_shut WHERE practice = $1`, practice)
		return err
	})
}

// Followed implements outbox.Store.
func (s *Store) Followed(ctx context.Context, practice string) (entry int64, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT entry FROM followed WHERE practice = $1`, practice).Scan(&entry)
	})
	if errors.Is(err, session.ErrNotFound) {
		return 0, nil
	}
	return entry, err
}

// Follow implements outbox.Store.
func (s *Store) Follow(ctx context.Context, practice string, was, is int64, alerts []outbox.Row) error {
	return s.update(ctx, practice, func(tx pgx.Tx) error {
		if was == 0 {
			_, err := tx.Exec(ctx, `INSERT INTO followed (practice, entry) VALUES ($1, 0) ON CONFLICT DO NOTHING`, practice)
			if err != nil {
				return err
			}
		}
		tag, err := tx.Exec(ctx, `UPDATE followed SET entry = $3 WHERE practice = $1 AND entry = $2`, practice, was, is)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		b := &pgx.Batch{}
		for i := range alerts {
			a := &alerts[i]
			b.Queue(`INSERT INTO deliveries (practice, id, kind, conversation, version, number, epoch, target, tier, at, due)
				VALUES ($1, $2, $3, $4, 0, 0, 0, $5, '', $6, $7) ON CONFLICT DO NOTHING`,
				practice, a.ID, string(a.Kind), a.Conversation, a.To, a.At.UnixMicro(), a.Due.UnixMicro())
		}
		return tx.SendBatch(ctx, b).Close()
	})
}
