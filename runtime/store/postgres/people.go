package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/session"
)

// People returns the room that accounts and sign-ins are kept in.
func (s *Store) People() people.Store { return staff{s} }

type staff struct{ *Store }

// sessionRest is how long a session that has ended is kept before it is swept, with whatever is stored next.
const sessionRest = 24 * time.Hour

func (s staff) Account(ctx context.Context, practice, id string) (people.Account, error) {
	return s.account(ctx, practice, `SELECT version, account FROM people WHERE practice = $1 AND id = $2`, practice, id)
}

func (s staff) ByEmail(ctx context.Context, practice, email string) (people.Account, error) {
	return s.account(ctx, practice, `SELECT version, account FROM people WHERE practice = $1 AND email = $2`, practice, email)
}

func (s staff) BySubject(ctx context.Context, practice string, by people.Subject) (people.Account, error) {
	return s.account(ctx, practice, `SELECT version, account FROM people
		WHERE practice = $1 AND issuer = $2 AND subject = $3 AND subject <> ''`, practice, by.Issuer, by.ID)
}

func (s staff) account(ctx context.Context, practice, sql string, args ...any) (people.Account, error) {
	all, err := s.accounts(ctx, practice, sql, args...)
	if err == nil && len(all) == 0 {
		return people.Account{}, people.ErrNotFound
	}
	if err != nil {
		return people.Account{}, err
	}
	return all[0], nil
}

func (s staff) Accounts(ctx context.Context, practice string) ([]people.Account, error) {
	return s.accounts(ctx, practice, `SELECT version, account FROM people WHERE practice = $1 ORDER BY name COLLATE "C", id`, practice)
}

func (s staff) accounts(ctx context.Context, practice, sql string, args ...any) (all []people.Account, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		r := &reader{ctx: ctx, tx: tx, practice: practice}
		all, err = list(r, sql, args, func(row pgx.CollectableRow) (a people.Account, err error) {
			var version int64
			var text []byte
			if err := row.Scan(&version, &text); err != nil {
				return a, err
			}
			err = json.Unmarshal(text, &a)
			a.Version = version
			return a, err
		})
		return err
	})
	return all, err
}

func (s staff) Session(ctx context.Context, practice string, d people.Digest) (found people.Session, err error) {
	var text []byte
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT session FROM people_sessions WHERE practice = $1 AND digest = $2`, practice, d[:]).Scan(&text)
	})
	if errors.Is(err, session.ErrNotFound) {
		return found, people.ErrNotFound
	}
	if err != nil {
		return found, err
	}
	return found, json.Unmarshal(text, &found)
}

func (s staff) Sessions(ctx context.Context, practice, person string) (all []people.Session, err error) {
	err = s.update(ctx, practice, func(tx pgx.Tx) error {
		r := &reader{ctx: ctx, tx: tx, practice: practice}
		all, err = list(r, `SELECT session FROM people_sessions WHERE practice = $1 AND person = $2`, []any{practice, person},
			func(row pgx.CollectableRow) (one people.Session, err error) {
				var text []byte
				if err := row.Scan(&text); err != nil {
					return one, err
				}
				err = json.Unmarshal(text, &one)
				return one, err
			})
		return err
	})
	people.SortSessions(all)
	return all, err
}

func (s staff) Apply(ctx context.Context, practice string, c people.Change) error {
	list := make([]session.Entry, len(c.Events))
	for i, e := range c.Events {
		list[i] = session.Entry{At: e.At, Actor: e.Actor, Action: e.Action, Detail: e.Detail}
	}
	var stale bool
	err := s.update(ctx, practice, func(tx pgx.Tx) (err error) {
		for i := range c.Accounts {
			if stale, err = putAccount(ctx, tx, practice, &c.Accounts[i]); err != nil {
				return err
			}
		}
		if stale, err = useSessions(ctx, tx, practice, &c); err != nil {
			return err
		}
		b := &pgx.Batch{}
		for _, person := range c.EndAll {
			b.Queue(`DELETE FROM people_sessions WHERE practice = $1 AND person = $2`, practice, person)
		}
		for _, d := range c.Ended {
			b.Queue(`DELETE FROM people_sessions WHERE practice = $1 AND digest = $2`, practice, d[:])
		}
		for i := range c.Sessions {
			if err := putSession(b, practice, &c.Sessions[i]); err != nil {
				return err
			}
		}
		if err := tx.SendBatch(ctx, b).Close(); err != nil || len(list) == 0 {
			return err
		}
		return chain(ctx, tx, entries{practice, session.EncodeEntries(list), int64(len(list))})
	})
	if stale {
		return errors.Join(people.ErrStale, err)
	}
	return err
}

// errChanged undoes a change of an account that was changed meanwhile.
var errChanged = errors.New("changed meanwhile")

// putAccount stores an account over the version that it was changed from.
func putAccount(ctx context.Context, tx pgx.Tx, practice string, a *people.Account) (stale bool, err error) {
	stored := *a
	stored.Version++
	b, err := json.Marshal(stored)
	if err != nil {
		return false, err
	}
	sql := `UPDATE people SET email = $3, issuer = $4, subject = $5, name = $6, version = $7, account = $8
		WHERE practice = $1 AND id = $2 AND version = $7 - 1`
	if a.Version == 0 {
		sql = `INSERT INTO people (practice, id, email, issuer, subject, name, version, account)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`
	}
	tag, err := tx.Exec(ctx, sql, practice, a.ID, a.Email, a.Subject.Issuer, a.Subject.ID, a.Name, stored.Version, string(b))
	if isDuplicate(err) || err == nil && tag.RowsAffected() == 0 {
		return true, errors.Join(errChanged, err)
	}
	return false, err
}

// useSessions ends the sessions that a change spends and stores over those that it keeps.
func useSessions(ctx context.Context, tx pgx.Tx, practice string, c *people.Change) (stale bool, err error) {
	changed := func(sql string, args ...any) error {
		tag, err := tx.Exec(ctx, sql, args...)
		if err == nil && tag.RowsAffected() == 0 {
			stale, err = true, errChanged
		}
		return err
	}
	for _, d := range c.Spent {
		if err := changed(`DELETE FROM people_sessions WHERE practice = $1 AND digest = $2`, practice, d[:]); err != nil {
			return stale, err
		}
	}
	for _, s := range c.Kept {
		s.Version++
		text, err := json.Marshal(s)
		if err != nil {
			return false, err
		}
		err = changed(`UPDATE people_sessions SET person = $3, ends = $4, session = $5
			WHERE practice = $1 AND digest = $2 AND coalesce((session::json ->> 'Version')::int, 0) = $6`,
			practice, s.Digest[:], s.Person, s.Ends.UnixMicro(), string(text), s.Version-1)
		if err != nil {
			return stale, err
		}
	}
	return false, nil
}

func putSession(b *pgx.Batch, practice string, s *people.Session) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	b.Queue(`DELETE FROM people_sessions WHERE practice = $1 AND ends < $2`, practice, s.Seen.Add(-sessionRest).UnixMicro())
	b.Queue(`INSERT INTO people_sessions (practice, digest, person, ends, session) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (practice, digest) DO UPDATE SET person = excluded.person, ends = excluded.ends, session = excluded.session`,
		practice, s.Digest[:], s.Person, s.Ends.UnixMicro(), string(text))
	return nil
}
