package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/release"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ release.Store = (*Store)(nil)

// Deploy implements release.Store. The trail's row is locked first, which numbers the deployments of all processes in one
// order.
func (s *Store) Deploy(ctx context.Context, practice string, d release.Deployment) (number int64, err error) {
	lines := session.EncodeEntries([]session.Entry{{At: d.At.UTC(), Actor: d.By, Action: d.Action(), Detail: d.Detail()}})
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		if err := chain(ctx, tx, entries{practice, lines, 1}); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `INSERT INTO releases (practice, number, flow, machine, artifact, approval, at, by_whom, migration)
			SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8 FROM releases WHERE practice = $1 RETURNING number`,
			practice, d.Flow, d.Machine, blob(d.Artifact), blob(d.Approval), d.At.UnixMicro(), d.By, blob(d.Migration)).Scan(&number)
	})
	return number, err
}

// blob is bytes that are not NULL where there are none.
func blob(b []byte) []byte { return append([]byte{}, b...) }

// NewestDeployment implements release.Store.
func (s *Store) NewestDeployment(ctx context.Context, practice string) (number int64, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) FROM releases WHERE practice = $1`, practice).Scan(&number)
	})
	return number, err
}

const releaseColumns = `SELECT number, flow, machine, artifact, approval, at, by_whom, migration FROM releases AS r WHERE practice = $1 `

// InService implements release.Store.
func (s *Store) InService(ctx context.Context, practice string) ([]release.Deployment, error) {
	return s.deployments(ctx, practice, releaseColumns+`AND machine <> ''
		AND number = (SELECT max(number) FROM releases WHERE practice = $1 AND flow = r.flow) ORDER BY flow COLLATE "C"`, practice)
}

// Earlier implements release.Store.
func (s *Store) Earlier(ctx context.Context, practice, flow string, before int64, limit int) ([]release.Deployment, error) {
	return s.deployments(ctx, practice, releaseColumns+`AND flow = $2 AND number < $3 ORDER BY number DESC LIMIT $4`,
		practice, flow, before, limit)
}

// Deployed implements release.Store.
func (s *Store) Deployed(ctx context.Context, practice, machine string) ([]release.Deployment, error) {
	return s.deployments(ctx, practice, releaseColumns+`AND machine = $2 ORDER BY number DESC`, practice, machine)
}

func (s *Store) deployments(ctx context.Context, practice, sql string, args ...any) (all []release.Deployment, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		r := &reader{ctx: ctx, tx: tx, practice: practice}
		all, err = list(r, sql, args, func(row pgx.CollectableRow) (d release.Deployment, err error) {
			var at int64
			err = row.Scan(&d.Number, &d.Flow, &d.Machine, &d.Artifact, &d.Approval, &at, &d.By, &d.Migration)
			d.At = instant(&at)
			return d, err
		})
		return err
	})
	return all, err
}
