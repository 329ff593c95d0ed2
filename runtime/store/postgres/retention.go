package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ retention.Store = (*Store)(nil)

// Machines implements retention.Store.
func (s *Store) Machines(ctx context.Context, practice string) (all []string, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		all, err = list(&reader{ctx: ctx, tx: tx, practice: practice}, `SELECT hash FROM machines WHERE practice = $1 ORDER BY hash COLLATE "C"`,
			[]any{practice}, pgx.RowTo[string])
		return err
	})
	return all, err
}

// Kept implements retention.Store.
func (s *Store) Kept(ctx context.Context, practice string, w retention.Which) (all []retention.Kept, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		all, err = list(&reader{ctx: ctx, tx: tx, practice: practice}, `SELECT c.id, c.key,
				(SELECT at FROM turns WHERE conversation = c.id ORDER BY version DESC LIMIT 1),
				EXISTS (SELECT 1 FROM holds WHERE practice = c.practice AND conversation = c.id AND released IS NULL)
			FROM conversations c WHERE c.practice = $1 AND c.machine = $2 AND c.started <= $3 AND c.erased IS NULL AND c.id COLLATE "C" > $4
				AND ($5 = '' OR c.outcome = $5 AND c.control = 'closed')
			ORDER BY c.id COLLATE "C" LIMIT $6`,
			[]any{practice, w.Machine, w.Began.UnixMicro(), w.After, w.Ended, w.Limit}, func(row pgx.CollectableRow) (k retention.Kept, err error) {
				var last *int64
				err = row.Scan(&k.Conversation, &k.Key, &last, &k.Held)
				k.Last = instant(last)
				return k, err
			})
		return err
	})
	return all, err
}

// settled runs fn while nobody else holds or erases anything of the practice, and chains entries.
func (s *Store) settled(ctx context.Context, practice string, noted []session.Entry, fn func(tx pgx.Tx) error) error {
	var refused error
	err := s.update(ctx, practice, func(tx pgx.Tx) error {
		if err := lockTrail(ctx, tx, practice); err != nil {
			return err
		}
		if err := fn(tx); err != nil {
			refused = kept(err)
			return err
		}
		if len(noted) == 0 {
			return nil
		}
		return chain(ctx, tx, entries{practice, session.EncodeEntries(noted), int64(len(noted))})
	})
	if refused != nil {
		return refused
	}
	return err
}

// kept gives the refusals of the database their names.
func kept(err error) error {
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return session.ErrNotFound
	case isDuplicate(err):
		return errors.Join(retention.ErrErased, err)
	case errors.As(err, &pg) && strings.Contains(pg.Message, "is held"):
		return errors.Join(retention.ErrHeld, err)
	case errors.As(err, &pg) && strings.Contains(pg.Message, "is erased"):
		return errors.Join(retention.ErrErased, err)
	}
	return nil // update gives it its name
}

// Begin implements retention.Store.
func (s *Store) Begin(ctx context.Context, e retention.Erasure, noted ...session.Entry) (retention.Erasure, error) {
	err := s.settled(ctx, e.Practice, noted, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT key FROM conversations WHERE id = $1 AND practice = $2`, e.Conversation, e.Practice).Scan(&e.Key)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO erasures (practice, conversation, key, at, by_whom, why) VALUES ($1, $2, $3, $4, $5, $6)`,
			e.Practice, e.Conversation, e.Key, e.At.UnixMicro(), e.By, e.Why)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`UPDATE conversations SET erased = $1 WHERE id = $2 AND practice = $3`, e.At.UnixMicro(), e.Conversation, e.Practice)
		b.Queue(`UPDATE deliveries SET state = 'dead', why = 'the conversation was erased', leased = NULL, claims = claims + 1
			WHERE practice = $1 AND conversation = $2 AND state IN ('queued', 'parked') AND kind <> 'alert'`, e.Practice, e.Conversation)
		return tx.SendBatch(ctx, b).Close()
	})
	return e, err
}

// Done implements retention.Store.
func (s *Store) Done(ctx context.Context, e retention.Erasure, at time.Time, noted ...session.Entry) error {
	err := s.noted(ctx, e.Practice, session.ErrNotFound, noted, `UPDATE erasures SET done = $1 WHERE practice = $2 AND conversation = $3 AND done IS NULL`,
		at.UnixMicro(), e.Practice, e.Conversation)
	if errors.Is(err, session.ErrNotFound) {
		return nil // somebody else has
	}
	return err
}

// Unfinished implements retention.Store.
func (s *Store) Unfinished(ctx context.Context, practice string, before time.Time) (all []retention.Erasure, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		all, err = list(&reader{ctx: ctx, tx: tx, practice: practice}, `SELECT conversation, key, at, by_whom, why FROM erasures
			WHERE practice = $1 AND done IS NULL AND at < $2 ORDER BY at, conversation COLLATE "C"`,
			[]any{practice, before.UnixMicro()}, func(row pgx.CollectableRow) (retention.Erasure, error) {
				e := retention.Erasure{Practice: practice}
				var at int64
				err := row.Scan(&e.Conversation, &e.Key, &at, &e.By, &e.Why)
				e.At = instant(&at)
				return e, err
			})
		return err
	})
	return all, err
}

// Hold implements retention.Store.
func (s *Store) Hold(ctx context.Context, h retention.Hold, noted ...session.Entry) error {
	return s.settled(ctx, h.Practice, noted, func(tx pgx.Tx) error {
		var one int
		if err := tx.QueryRow(ctx, `SELECT 1 FROM conversations WHERE id = $1 AND practice = $2`, h.Conversation, h.Practice).Scan(&one); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO holds (practice, id, conversation, reason, by_whom, at) VALUES ($1, $2, $3, $4, $5, $6)`,
			h.Practice, h.ID, h.Conversation, h.Reason, h.By, h.At.UnixMicro())
		return err
	})
}

// Release implements retention.Store.
func (s *Store) Release(ctx context.Context, h retention.Hold, noted ...session.Entry) error {
	return s.noted(ctx, h.Practice, session.ErrNotFound, noted, `UPDATE holds SET released = $1, released_by = $2, released_reason = $3
		WHERE practice = $4 AND id = $5 AND released IS NULL`,
		h.Released.UnixMicro(), h.ReleasedBy, h.ReleasedReason, h.Practice, h.ID)
}

// Holds implements retention.Store.
func (s *Store) Holds(ctx context.Context, practice string, all bool) (holds []retention.Hold, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		holds, err = list(&reader{ctx: ctx, tx: tx, practice: practice}, `SELECT id, conversation, reason, by_whom, at, released, released_by, released_reason
			FROM holds WHERE practice = $1 AND ($2 OR released IS NULL) ORDER BY at, id COLLATE "C"`,
			[]any{practice, all}, func(row pgx.CollectableRow) (retention.Hold, error) {
				h := retention.Hold{Practice: practice}
				var at int64
				var released *int64
				err := row.Scan(&h.ID, &h.Conversation, &h.Reason, &h.By, &at, &released, &h.ReleasedBy, &h.ReleasedReason)
				h.At, h.Released = instant(&at), instant(released)
				return h, err
			})
		return err
	})
	return holds, err
}
