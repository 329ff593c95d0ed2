package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/vault"
)

var _ vault.Keys = (*Keys)(nil)

// Keys is a vault.Keys in a file of its own. The file has a rollback journal that is cut off after each commit, and what
// is deleted is overwritten (secure_delete): a destroyed key stands nowhere in it.
type Keys struct {
	mu sync.Mutex
	db *conn // guarded by mu; nil once closed
}

// OpenKeys opens or creates the database of keys at path.
func OpenKeys(path string) (*Keys, error) { return openKeys("", path) }

func openKeys(l layer, path string) (*Keys, error) {
	c, err := open(l, path, sqlite3.OPEN_READWRITE|sqlite3.OPEN_CREATE)
	if err != nil {
		return nil, err
	}
	if err = c.foreign(); err == nil {
		err = c.db.Exec(`PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;
			PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF`)
	}
	if err == nil {
		err = c.migrate(keyScripts)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("set up %s: %w", path, translate(err)), c.close())
	}
	return &Keys{db: c}, nil
}

// Close closes the file.
func (k *Keys) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.db == nil {
		return nil
	}
	db := k.db
	k.db = nil
	return db.close()
}

// view runs fn on the database.
func (k *Keys) view(fn func(c *conn) error) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.db == nil {
		return errStopped
	}
	return fn(k.db)
}

// update runs fn in a transaction.
func (k *Keys) update(fn func(c *conn) error) error {
	return k.view(func(c *conn) error {
		if err := c.exec(`BEGIN IMMEDIATE`); err != nil {
			return err
		}
		err := fn(c)
		if err == nil {
			err = c.exec(`COMMIT`)
		}
		if err != nil && !c.db.GetAutocommit() {
			_ = c.db.Exec(`ROLLBACK`) // the next BEGIN reports what is still wrong
		}
		return err
	})
}

// PracticeKeys implements vault.Keys.
func (k *Keys) PracticeKeys(_ context.Context, practice string) (list []vault.PracticeKey, err error) {
	err = k.view(func(c *conn) error {
		return c.query(`SELECT generation, wrapped FROM practice_keys WHERE practice = ? ORDER BY generation`,
			func(s *sqlite3.Stmt) error {
				list = append(list, vault.PracticeKey{Generation: s.ColumnInt64(0), Wrapped: s.ColumnBlob(1, nil)})
				return nil
			}, practice)
	})
	return list, err
}

// PutPracticeKey implements vault.Keys.
func (k *Keys) PutPracticeKey(_ context.Context, practice string, key vault.PracticeKey, was []byte) (put bool, err error) {
	err = k.update(func(c *conn) error {
		if was == nil {
			err = c.exec(`INSERT INTO practice_keys (practice, generation, wrapped) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
				practice, key.Generation, key.Wrapped)
		} else {
			err = c.exec(`UPDATE practice_keys SET wrapped = ? WHERE practice = ? AND generation = ? AND wrapped = ?`,
				key.Wrapped, practice, key.Generation, was)
		}
		put = err == nil && c.db.Changes() == 1
		return err
	})
	return put, err
}

// DropPracticeKeys implements vault.Keys.
func (k *Keys) DropPracticeKeys(_ context.Context, practice string, before int64) error {
	return k.update(func(c *conn) error {
		err := c.one(`SELECT 1 FROM conversation_keys WHERE practice = ? AND generation < ? LIMIT 1`,
			func(*sqlite3.Stmt) error { return nil }, practice, before)
		if err == nil {
			return fmt.Errorf("conversation keys of %s need a practice key before generation %d", practice, before)
		}
		if !errors.Is(err, session.ErrNotFound) {
			return err
		}
		return c.exec(`DELETE FROM practice_keys WHERE practice = ? AND generation < ?`, practice, before)
	})
}

// AddKeys implements vault.Keys.
func (k *Keys) AddKeys(_ context.Context, practice string, n int, wrap func(int64) (vault.ConversationKey, error)) (first int64, err error) {
	err = k.update(func(c *conn) error {
		err := c.one(`SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'conversation_keys'), 0) + 1`,
			func(s *sqlite3.Stmt) error { first = s.ColumnInt64(0); return nil })
		if err != nil {
			return err
		}
		for i := range int64(n) {
			key, err := wrap(first + i)
			if err != nil {
				return err
			}
			err = c.exec(`INSERT INTO conversation_keys (number, practice, generation, wrapped)
				SELECT ?1, practice, generation, ?4 FROM practice_keys WHERE practice = ?2 AND generation = ?3`,
				key.Number, practice, key.Generation, key.Wrapped)
			if err != nil {
				return err
			}
			if c.db.Changes() == 0 {
				return vault.ErrDestroyed
			}
		}
		return nil
	})
	return first, err
}

// Key implements vault.Keys.
func (k *Keys) Key(_ context.Context, practice string, number int64) (key vault.ConversationKey, err error) {
	key.Number = number
	err = k.view(func(c *conn) error {
		err := c.one(`SELECT generation, wrapped FROM conversation_keys WHERE number = ? AND practice = ?`,
			func(s *sqlite3.Stmt) error {
				key.Generation, key.Wrapped = s.ColumnInt64(0), s.ColumnBlob(1, nil)
				return nil
			}, number, practice)
		if !errors.Is(err, session.ErrNotFound) {
			return err
		}
		err = c.one(`SELECT 1 FROM destroyed_keys WHERE number = ? AND practice IN (?, '') LIMIT 1`,
			func(*sqlite3.Stmt) error { return vault.ErrDestroyed }, number, practice)
		if errors.Is(err, session.ErrNotFound) {
			return vault.ErrLost
		}
		return err
	})
	return key, err
}

// KeysBefore implements vault.Keys.
func (k *Keys) KeysBefore(_ context.Context, practice string, generation int64, limit int) (list []vault.ConversationKey, err error) {
	err = k.view(func(c *conn) error {
		return c.query(`SELECT number, generation, wrapped FROM conversation_keys WHERE practice = ? AND generation < ?
			ORDER BY generation, number LIMIT ?`, func(s *sqlite3.Stmt) error {
			list = append(list, vault.ConversationKey{Number: s.ColumnInt64(0), Generation: s.ColumnInt64(1), Wrapped: s.ColumnBlob(2, nil)})
			return nil
		}, practice, generation, limit)
	})
	return list, err
}

// ReplaceKeys implements vault.Keys.
func (k *Keys) ReplaceKeys(_ context.Context, practice string, keys []vault.ConversationKey) error {
	return k.update(func(c *conn) error {
		for _, key := range keys {
			err := c.exec(`UPDATE conversation_keys SET generation = ?, wrapped = ? WHERE number = ? AND practice = ?`,
				key.Generation, key.Wrapped, key.Number, practice)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// DestroyKey implements vault.Keys.
func (k *Keys) DestroyKey(_ context.Context, practice string, number int64) error {
	return k.update(func(c *conn) error {
		err := c.exec(`INSERT INTO destroyed_keys (number, practice) VALUES (?, ?) ON CONFLICT DO NOTHING`, number, practice)
		if err != nil {
			return err
		}
		return c.exec(`DELETE FROM conversation_keys WHERE number = ? AND practice = ?`, number, practice)
	})
}
