package sqlite

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/session"
)

// conn is a connection with its prepared statements. Not safe for concurrent use.
type conn struct {
	db     *sqlite3.Conn
	stmts  map[string]*sqlite3.Stmt
	before func(sql string) error
}

const busyTimeout = 10 * time.Second

// layer is the file layer (SQLite's VFS) to open files with; "" is the system's. Tests put theirs below a database.
type layer string

func (l layer) name(path string) string {
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}
	if l != "" {
		u.RawQuery = "vfs=" + string(l)
	}
	return u.String()
}

func open(l layer, path string, flags sqlite3.OpenFlag) (*conn, error) {
	db, err := sqlite3.OpenFlags(l.name(path), flags|sqlite3.OPEN_URI)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, translate(err))
	}
	c := &conn{db: db, stmts: map[string]*sqlite3.Stmt{}}
	if err := db.BusyTimeout(busyTimeout); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return c, nil
}

// openData opens a connection to the conversations, durable and strict.
func openData(l layer, path string, flags sqlite3.OpenFlag) (*conn, error) {
	c, err := open(l, path, flags)
	if err != nil {
		return nil, err
	}
	err = c.foreign()
	if err == nil {
		err = c.toWAL()
	}
	if err == nil {
		// FULL: a commit is on the disk before it is answered. For the log see mover.
		err = c.db.Exec(`PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
			PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 0`)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("set up %s: %w", path, translate(err)), c.close())
	}
	return c, nil
}

// toWAL switches to write-ahead logging. Of several that switch a new file at once SQLite turns all but one away without
// waiting, so the others wait for a lock that does, and try again.
func (c *conn) toWAL() error {
	const tries = 50
	err := c.db.Exec(`PRAGMA journal_mode = WAL`)
	for try := 0; try < tries && errors.Is(err, sqlite3.BUSY); try++ {
		if err = c.db.Exec(`BEGIN IMMEDIATE; COMMIT`); err == nil {
			err = c.db.Exec(`PRAGMA journal_mode = WAL`)
		}
	}
	return err
}

func (c *conn) close() error {
	for _, s := range c.stmts {
		_ = s.Close() // nothing is lost: what it did is committed or rolled back
	}
	return c.db.Close()
}

// exec runs a statement that returns no rows.
func (c *conn) exec(sql string, args ...any) error { return c.query(sql, nil, args...) }

// one runs a query that returns at most one row; none is session.ErrNotFound.
func (c *conn) one(sql string, row func(*sqlite3.Stmt) error, args ...any) error {
	found := false
	err := c.query(sql, func(s *sqlite3.Stmt) error {
		found = true
		return row(s)
	}, args...)
	if err == nil && !found {
		return session.ErrNotFound
	}
	return err
}

// query runs a statement and calls row for each row.
func (c *conn) query(sql string, row func(*sqlite3.Stmt) error, args ...any) (err error) {
	s, err := c.prepared(sql)
	if err != nil {
		return err
	}
	defer func() {
		if e := s.Reset(); err == nil && e != nil {
			err = e
		}
	}()
	for i, a := range args {
		if err := bind(s, i+1, a); err != nil {
			return fmt.Errorf("bind %q: %w", head(sql), err)
		}
	}
	for s.Step() {
		if row == nil {
			continue
		}
		if err := row(s); err != nil {
			return err
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%q: %w", head(sql), translate(err))
	}
	return nil
}

func (c *conn) prepared(sql string) (s *sqlite3.Stmt, err error) {
	if c.before != nil {
		if err := c.before(sql); err != nil {
			return nil, translate(err)
		}
	}
	s = c.stmts[sql]
	if s == nil {
		if s, _, err = c.db.PrepareFlags(sql, sqlite3.PREPARE_PERSISTENT); err != nil {
			return nil, fmt.Errorf("prepare %q: %w", head(sql), translate(err))
		}
		c.stmts[sql] = s
	}
	return s, nil
}

func bind(s *sqlite3.Stmt, i int, a any) error {
	switch a := a.(type) {
	case nil:
		return s.BindNull(i)
	case string:
		return s.BindText(i, a)
	case []byte:
		return s.BindBlob(i, a)
	case session.Digest:
		return s.BindBlob(i, a[:])
	case session.ClientKey:
		if a == (session.ClientKey{}) {
			return s.BindNull(i)
		}
		return s.BindBlob(i, a[:])
	case int:
		return s.BindInt(i, a)
	case int64:
		return s.BindInt64(i, a)
	case bool:
		return s.BindBool(i, a)
	case time.Time:
		if a.IsZero() {
			return s.BindNull(i)
		}
		return s.BindInt64(i, a.UnixMicro())
	default:
		panic(fmt.Sprintf("sqlite: unhandled argument %T", a))
	}
}

// translate gives the errors that session knows their names. What is not the statement's own fault is the disk's.
func translate(err error) error {
	switch {
	case errors.Is(err, sqlite3.CONSTRAINT_TRIGGER):
		switch text := err.Error(); {
		case strings.Contains(text, "may not speak"), strings.Contains(text, "forward only"):
			return errors.Join(session.ErrSilent, err)
		case strings.Contains(text, "no such conversation"):
			return errors.Join(session.ErrNotFound, err)
		}
	case errors.Is(err, sqlite3.FULL), errors.Is(err, sqlite3.READONLY), errors.Is(err, sqlite3.IOERR),
		errors.Is(err, sqlite3.CANTOPEN), errors.Is(err, sqlite3.BUSY), errors.Is(err, sqlite3.PROTOCOL),
		errors.Is(err, sqlite3.NOTADB), errors.Is(err, sqlite3.CORRUPT), errors.Is(err, sqlite3.PERM):
		return errors.Join(session.ErrUnavailable, err)
	}
	return err
}

// isDuplicate reports that a row with that key is there already.
func isDuplicate(err error) bool {
	return errors.Is(err, sqlite3.CONSTRAINT_UNIQUE) || errors.Is(err, sqlite3.CONSTRAINT_PRIMARYKEY)
}

// head is the start of a statement, for an error. Statements hold no values.
func head(sql string) string {
	sql = strings.Join(strings.Fields(sql), " ")
	return sql[:min(len(sql), 60)]
}

func digest(s *sqlite3.Stmt, col int) (d session.Digest) {
	copy(d[:], s.ColumnRawBlob(col))
	return d
}

// instant reads a time; NULL is the zero time.
func instant(s *sqlite3.Stmt, col int) time.Time {
	if s.ColumnType(col) == sqlite3.NULL {
		return time.Time{}
	}
	return time.UnixMicro(s.ColumnInt64(col)).UTC()
}
