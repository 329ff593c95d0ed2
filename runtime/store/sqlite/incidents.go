package sqlite

import (
	"context"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/breach"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ breach.Store = (*Store)(nil)

// PutIncident implements breach.Store.
func (s *Store) PutIncident(ctx context.Context, practice string, r breach.Revision, entries ...session.Entry) error {
	lines := session.EncodeEntries(entries)
	return s.update(ctx, func(t *tx) error {
		t.audit(practice, lines, len(entries))
		err := t.exec(`INSERT INTO incidents (practice, id, number, key, at, sealed)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?3 = 1 + (SELECT coalesce(max(number), 0) FROM incidents WHERE practice = ?1 AND id = ?2)`,
			practice, r.ID, r.Number, r.Key, r.At, r.Sealed)
		if err == nil && t.db.Changes() == 0 {
			err = breach.ErrStale
		}
		return err
	})
}

// Incidents implements breach.Store.
func (s *Store) Incidents(ctx context.Context, practice string) (list []breach.Revision, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT id, number, key, at, sealed FROM incidents AS i WHERE practice = ?1
			AND number = (SELECT max(number) FROM incidents WHERE practice = ?1 AND id = i.id) ORDER BY id`, func(row *sqlite3.Stmt) error {
			list = append(list, breach.Revision{
				ID: row.ColumnText(0), Number: row.ColumnInt(1), Key: row.ColumnInt64(2), At: instant(row, 3), Sealed: row.ColumnBlob(4, nil),
			})
			return nil
		}, practice)
	})
	return list, err
}
