package sqlite

import (
	"context"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/release"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ release.Store = (*Store)(nil)

// Deploy implements release.Store.
func (s *Store) Deploy(ctx context.Context, practice string, d release.Deployment) (number int64, err error) {
	lines := session.EncodeEntries([]session.Entry{{At: d.At.UTC(), Actor: d.By, Action: d.Action(), Detail: d.Detail()}})
	err = s.update(ctx, func(t *tx) error {
		t.audit(practice, lines, 1)
		err := t.one(`SELECT coalesce(max(number), 0) + 1 FROM releases WHERE practice = ?`,
			func(row *sqlite3.Stmt) error { number = row.ColumnInt64(0); return nil }, practice)
		if err != nil {
			return err
		}
		return t.exec(`INSERT INTO releases (practice, number, flow, machine, artifact, approval, at, by_whom, migration)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			practice, number, d.Flow, d.Machine, blob(d.Artifact), blob(d.Approval), d.At, d.By, blob(d.Migration))
	})
	return number, err
}

// blob is bytes that are not NULL where there are none.
func blob(b []byte) []byte { return append([]byte{}, b...) }

// NewestDeployment implements release.Store.
func (s *Store) NewestDeployment(ctx context.Context, practice string) (number int64, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.one(`SELECT coalesce(max(number), 0) FROM releases WHERE practice = ?`,
			func(row *sqlite3.Stmt) error { number = row.ColumnInt64(0); return nil }, practice)
	})
	return number, err
}

const releaseColumns = `SELECT number, flow, machine, artifact, approval, at, by_whom, migration FROM releases AS r WHERE practice = ?1 `

// InService implements release.Store.
func (s *Store) InService(ctx context.Context, practice string) ([]release.Deployment, error) {
	return s.deployments(ctx, releaseColumns+`AND machine <> ''
		AND number = (SELECT max(number) FROM releases WHERE practice = ?1 AND flow = r.flow) ORDER BY flow`, practice)
}

// Earlier implements release.Store.
func (s *Store) Earlier(ctx context.Context, practice, flow string, before int64, limit int) ([]release.Deployment, error) {
	return s.deployments(ctx, releaseColumns+`AND flow = ?2 AND number < ?3 ORDER BY number DESC LIMIT ?4`, practice, flow, before, limit)
}

// Deployed implements release.Store.
func (s *Store) Deployed(ctx context.Context, practice, machine string) ([]release.Deployment, error) {
	return s.deployments(ctx, releaseColumns+`AND machine = ?2 ORDER BY number DESC`, practice, machine)
}

func (s *Store) deployments(ctx context.Context, sql string, args ...any) (list []release.Deployment, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(sql, func(row *sqlite3.Stmt) error {
			list = append(list, release.Deployment{
				Number: row.ColumnInt64(0), Flow: row.ColumnText(1), Machine: row.ColumnText(2), Artifact: row.ColumnBlob(3, nil),
				Approval: row.ColumnBlob(4, nil), At: instant(row, 5), By: row.ColumnText(6), Migration: row.ColumnBlob(7, nil),
			})
			return nil
		}, args...)
	})
	return list, err
}
