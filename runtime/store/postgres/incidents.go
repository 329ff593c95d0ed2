package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/breach"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ breach.Store = (*Store)(nil)

// PutIncident implements breach.Store. Of two that write the same number at once the key refuses one.
func (s *Store) PutIncident(ctx context.Context, practice string, r breach.Revision, noted ...session.Entry) error {
	err := s.noted(ctx, practice, breach.ErrStale, noted, `INSERT INTO incidents (practice, id, number, key, at, sealed)
		SELECT $1, $2, $3, $4, $5, $6 WHERE $3 = 1 + (SELECT coalesce(max(number), 0) FROM incidents WHERE practice = $1 AND id = $2)`,
		practice, r.ID, int64(r.Number), r.Key, r.At.UnixMicro(), r.Sealed)
	if isDuplicate(err) {
		return errors.Join(breach.ErrStale, err)
	}
	return err
}

// Incidents implements breach.Store.
func (s *Store) Incidents(ctx context.Context, practice string) (all []breach.Revision, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		all, err = list(&reader{ctx: ctx, tx: tx, practice: practice}, `SELECT id, number, key, at, sealed FROM incidents AS i WHERE practice = $1
			AND number = (SELECT max(number) FROM incidents WHERE practice = $1 AND id = i.id) ORDER BY id COLLATE "C"`,
			[]any{practice}, func(row pgx.CollectableRow) (r breach.Revision, err error) {
				var at int64
				err = row.Scan(&r.ID, &r.Number, &r.Key, &at, &r.Sealed)
				r.At = instant(&at)
				return r, err
			})
		return err
	})
	return all, err
}
