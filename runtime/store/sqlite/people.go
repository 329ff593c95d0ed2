package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/session"
)

// People returns the room that accounts and sign-ins are kept in.
func (s *Store) People() people.Store { return staff{s} }

type staff struct{ *Store }

// sessionRest is how long a session that has ended is kept before it is swept, with whatever is stored next.
const sessionRest = 24 * time.Hour

func (s staff) Account(ctx context.Context, practice, id string) (people.Account, error) {
	return s.account(ctx, `SELECT version, account FROM people WHERE practice = ? AND id = ?`, practice, id)
}

func (s staff) ByEmail(ctx context.Context, practice, email string) (people.Account, error) {
	return s.account(ctx, `SELECT version, account FROM people WHERE practice = ? AND email = ?`, practice, email)
}

func (s staff) BySubject(ctx context.Context, practice string, by people.Subject) (people.Account, error) {
	return s.account(ctx, `SELECT version, account FROM people WHERE practice = ? AND issuer = ? AND subject = ? AND subject <> ''`,
		practice, by.Issuer, by.ID)
}

func (s staff) account(ctx context.Context, sql string, args ...any) (people.Account, error) {
	all, err := s.accounts(ctx, sql, args...)
	if err == nil && len(all) == 0 {
		return people.Account{}, people.ErrNotFound
	}
	if err != nil {
		return people.Account{}, err
	}
	return all[0], nil
}

func (s staff) Accounts(ctx context.Context, practice string) ([]people.Account, error) {
	return s.accounts(ctx, `SELECT version, account FROM people WHERE practice = ? ORDER BY name, id`, practice)
}

func (s staff) accounts(ctx context.Context, sql string, args ...any) (list []people.Account, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(sql, func(row *sqlite3.Stmt) error {
			var a people.Account
			if err := json.Unmarshal(row.ColumnRawText(1), &a); err != nil {
				return err
			}
			a.Version = row.ColumnInt64(0)
			list = append(list, a)
			return nil
		}, args...)
	})
	return list, err
}

func (s staff) Session(ctx context.Context, practice string, d people.Digest) (found people.Session, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.one(`SELECT session FROM people_sessions WHERE practice = ? AND digest = ?`, func(row *sqlite3.Stmt) error {
			return json.Unmarshal(row.ColumnRawText(0), &found)
		}, practice, d[:])
	})
	if errors.Is(err, session.ErrNotFound) {
		err = people.ErrNotFound
	}
	return found, err
}

func (s staff) Sessions(ctx context.Context, practice, person string) (list []people.Session, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT session FROM people_sessions WHERE practice = ? AND person = ?`, func(row *sqlite3.Stmt) error {
			var one people.Session
			err := json.Unmarshal(row.ColumnRawText(0), &one)
			list = append(list, one)
			return err
		}, practice, person)
	})
	people.SortSessions(list)
	return list, err
}

func (s staff) Apply(ctx context.Context, practice string, c people.Change) error {
	entries := make([]session.Entry, len(c.Events))
	for i, e := range c.Events {
		entries[i] = session.Entry{At: e.At, Actor: e.Actor, Action: e.Action, Detail: e.Detail}
	}
	lines := session.EncodeEntries(entries)
	return s.update(ctx, func(t *tx) error {
		t.audit(practice, lines, len(entries))
		for i := range c.Accounts {
			if err := t.putAccount(practice, &c.Accounts[i]); err != nil {
				return err
			}
		}
		for _, d := range c.Spent {
			if err := t.changed(`DELETE FROM people_sessions WHERE practice = ? AND digest = ?`, practice, d[:]); err != nil {
				return err
			}
		}
		for i := range c.Kept {
			if err := t.keepSession(practice, &c.Kept[i]); err != nil {
				return err
			}
		}
		for _, person := range c.EndAll {
			if err := t.exec(`DELETE FROM people_sessions WHERE practice = ? AND person = ?`, practice, person); err != nil {
				return err
			}
		}
		for _, d := range c.Ended {
			if err := t.exec(`DELETE FROM people_sessions WHERE practice = ? AND digest = ?`, practice, d[:]); err != nil {
				return err
			}
		}
		for i := range c.Sessions {
			if err := t.putSession(practice, &c.Sessions[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// putAccount stores an account over the version that it was changed from.
func (t *tx) putAccount(practice string, a *people.Account) error {
	stored := *a
	stored.Version++
	b, err := json.Marshal(stored)
	if err != nil {
		return err
	}
	if a.Version == 0 {
		err = t.exec(`INSERT INTO people (practice, id, email, issuer, subject, name, version, account) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			practice, a.ID, a.Email, a.Subject.Issuer, a.Subject.ID, a.Name, stored.Version, string(b))
	} else {
		err = t.exec(`UPDATE people SET email = ?, issuer = ?, subject = ?, name = ?, version = ?, account = ?
			WHERE practice = ? AND id = ? AND version = ?`,
			a.Email, a.Subject.Issuer, a.Subject.ID, a.Name, stored.Version, string(b), practice, a.ID, a.Version)
	}
	if isDuplicate(err) || err == nil && t.db.Changes() == 0 {
		return errors.Join(people.ErrStale, err)
	}
	return err
}

// changed runs a statement that must find what it is about.
func (t *tx) changed(sql string, args ...any) error {
	if err := t.exec(sql, args...); err != nil {
		return err
	}
	if t.db.Changes() == 0 {
		return people.ErrStale
	}
	return nil
}

// keepSession stores a session over the version that it was changed from.
func (t *tx) keepSession(practice string, s *people.Session) error {
	stored := *s
	stored.Version++
	b, err := json.Marshal(stored)
	if err != nil {
		return err
	}
	return t.changed(`UPDATE people_sessions SET person = ?, ends = ?, session = ?
		WHERE practice = ? AND digest = ? AND coalesce(session ->> '$.Version', 0) = ?`,
		s.Person, s.Ends, string(b), practice, s.Digest[:], s.Version)
}

func (t *tx) putSession(practice string, s *people.Session) error {
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := t.exec(`DELETE FROM people_sessions WHERE practice = ? AND ends < ?`, practice, s.Seen.Add(-sessionRest)); err != nil {
		return err
	}
	return t.exec(`INSERT INTO people_sessions (practice, digest, person, ends, session) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (practice, digest) DO UPDATE SET person = excluded.person, ends = excluded.ends, session = excluded.session`,
		practice, s.Digest[:], s.Person, s.Ends, string(b))
}
