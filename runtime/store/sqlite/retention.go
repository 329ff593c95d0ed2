package sqlite

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ retention.Store = (*Store)(nil)

// Machines implements retention.Store.
func (s *Store) Machines(ctx context.Context, practice string) (list []string, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT hash FROM machines WHERE practice = ? ORDER BY hash`,
			func(row *sqlite3.Stmt) error { list = append(list, row.ColumnText(0)); return nil }, practice)
	})
	return list, err
}

// Kept implements retention.Store.
func (s *Store) Kept(ctx context.Context, practice string, w retention.Which) (list []retention.Kept, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT c.id, c.key, (SELECT at FROM turns WHERE conversation = c.number ORDER BY version DESC LIMIT 1),
				EXISTS (SELECT 1 FROM holds WHERE practice = c.practice AND conversation = c.id AND released IS NULL)
			FROM conversations c WHERE c.practice = ? AND c.machine = ? AND c.started <= ? AND c.erased IS NULL AND c.id > ?
				AND (? = '' OR c.outcome = ? AND c.control = 'closed') ORDER BY c.id LIMIT ?`,
			func(row *sqlite3.Stmt) error {
				list = append(list, retention.Kept{Conversation: row.ColumnText(0), Key: row.ColumnInt64(1), Last: instant(row, 2), Held: row.ColumnBool(3)})
				return nil
			}, practice, w.Machine, w.Began, w.After, w.Ended, w.Ended, w.Limit)
	})
	return list, err
}

// Begin implements retention.Store.
func (s *Store) Begin(ctx context.Context, e retention.Erasure, entries ...session.Entry) (retention.Erasure, error) {
	lines := session.EncodeEntries(entries)
	err := s.update(ctx, func(t *tx) error {
		err := t.one(`SELECT key FROM conversations WHERE id = ? AND practice = ?`,
			func(row *sqlite3.Stmt) error { e.Key = row.ColumnInt64(0); return nil }, e.Conversation, e.Practice)
		if err != nil {
			return err
		}
		err = t.exec(`INSERT INTO erasures (practice, conversation, key, at, by_whom, why) VALUES (?, ?, ?, ?, ?, ?)`,
			e.Practice, e.Conversation, e.Key, e.At, e.By, e.Why)
		if err != nil {
			return kept(err)
		}
		if err := t.exec(`UPDATE conversations SET erased = ? WHERE id = ? AND practice = ?`, e.At, e.Conversation, e.Practice); err != nil {
			return err
		}
		t.audit(e.Practice, lines, len(entries))
		return t.exec(`UPDATE deliveries SET state = 'dead', why = 'the conversation was erased', leased = NULL, claims = claims + 1
			WHERE practice = ? AND conversation = ? AND state IN ('queued', 'parked') AND kind <> 'alert'`, e.Practice, e.Conversation)
	})
	return e, err
}

// kept gives the refusals of the database their names.
func kept(err error) error {
	switch {
	case isDuplicate(err):
		return errors.Join(retention.ErrErased, err)
	case strings.Contains(err.Error(), "is held"):
		return errors.Join(retention.ErrHeld, err)
	case strings.Contains(err.Error(), "is erased"):
		return errors.Join(retention.ErrErased, err)
	}
	return err
}

// Done implements retention.Store.
func (s *Store) Done(ctx context.Context, e retention.Erasure, at time.Time, entries ...session.Entry) error {
	lines := session.EncodeEntries(entries)
	return s.update(ctx, func(t *tx) error {
		err := t.exec(`UPDATE erasures SET done = ? WHERE practice = ? AND conversation = ? AND done IS NULL`, at, e.Practice, e.Conversation)
		if err == nil && t.db.Changes() > 0 {
			t.audit(e.Practice, lines, len(entries))
		}
		return err
	})
}

// Unfinished implements retention.Store.
func (s *Store) Unfinished(ctx context.Context, practice string, before time.Time) (list []retention.Erasure, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT conversation, key, at, by_whom, why FROM erasures WHERE practice = ? AND done IS NULL AND at < ? ORDER BY at, conversation`,
			func(row *sqlite3.Stmt) error {
				list = append(list, retention.Erasure{
					Practice: practice, Conversation: row.ColumnText(0), Key: row.ColumnInt64(1), At: instant(row, 2), By: row.ColumnText(3), Why: row.ColumnText(4),
				})
				return nil
			}, practice, before)
	})
	return list, err
}

// Hold implements retention.Store.
func (s *Store) Hold(ctx context.Context, h retention.Hold, entries ...session.Entry) error {
	lines := session.EncodeEntries(entries)
	return s.update(ctx, func(t *tx) error {
		err := t.one(`SELECT 1 FROM conversations WHERE id = ? AND practice = ?`, func(*sqlite3.Stmt) error { return nil }, h.Conversation, h.Practice)
		if err != nil {
			return err
		}
		t.audit(h.Practice, lines, len(entries))
		err = t.exec(`INSERT INTO holds (practice, id, conversation, reason, by_whom, at) VALUES (?, ?, ?, ?, ?, ?)`,
			h.Practice, h.ID, h.Conversation, h.Reason, h.By, h.At)
		if err != nil {
			return kept(err)
		}
		return nil
	})
}

// Release implements retention.Store.
func (s *Store) Release(ctx context.Context, h retention.Hold, entries ...session.Entry) error {
	lines := session.EncodeEntries(entries)
	return s.update(ctx, func(t *tx) error {
		t.audit(h.Practice, lines, len(entries))
		err := t.exec(`UPDATE holds SET released = ?, released_by = ?, released_reason = ? WHERE practice = ? AND id = ? AND released IS NULL`,
			h.Released, h.ReleasedBy, h.ReleasedReason, h.Practice, h.ID)
		if err == nil && t.db.Changes() == 0 {
			err = session.ErrNotFound
		}
		return err
	})
}

// Holds implements retention.Store.
func (s *Store) Holds(ctx context.Context, practice string, all bool) (list []retention.Hold, err error) {
	err = s.view(ctx, func(c *conn) error {
		return c.query(`SELECT id, conversation, reason, by_whom, at, released, released_by, released_reason FROM holds
			WHERE practice = ? AND (? OR released IS NULL) ORDER BY at, id`, func(row *sqlite3.Stmt) error {
			list = append(list, retention.Hold{
				Practice: practice, ID: row.ColumnText(0), Conversation: row.ColumnText(1), Reason: row.ColumnText(2), By: row.ColumnText(3),
				At: instant(row, 4), Released: instant(row, 5), ReleasedBy: row.ColumnText(6), ReleasedReason: row.ColumnText(7),
			})
			return nil
		}, practice, all)
	})
	return list, err
}
