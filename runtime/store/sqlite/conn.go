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
	wrote  bool // by a statement that returns no rows, since somebody set it to false
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
	err = db.BusyTimeout(busyTimeout)
	if err == nil {
		// A plan is made without looking at parameters. Otherwise SQLite compiles a statement anew each time a number that it compares with
		// what an index is limited to is bound (turns_client, for every look at a conversation's turns).
		_, err = db.Config(sqlite3.DBCONFIG_ENABLE_QPSG, true)
	}
	if err != nil {
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
func (c *conn) exec(sql string, args ...any) error {
	err := c.query(sql, nil, args...)
	c.wrote = c.wrote || err == nil
	return err
}

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
	b := binding{stmt: s}
	for _, a := range args {
		b.add(a)
	}
	return c.run(sql, &b, row)
}

// run runs a statement whose parameters are bound and calls row for each row.
func (c *conn) run(sql string, b *binding, row func(*sqlite3.Stmt) error) (err error) {
	s := b.stmt
	defer func() {
		if e := s.Reset(); err == nil && e != nil {
			err = e
		}
	}()
	if b.err != nil {
		return fmt.Errorf("bind %q: %w", head(sql), b.err)
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

// binding gives a statement its parameters, one after the other. The first that cannot be given is the error of all.
type binding struct {
	stmt *sqlite3.Stmt
	n    int
	err  error
}

func (b *binding) did(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *binding) null()          { b.n++; b.did(b.stmt.BindNull(b.n)) }
func (b *binding) text(v string)  { b.n++; b.did(b.stmt.BindText(b.n, v)) }
func (b *binding) blob(v []byte)  { b.n++; b.did(b.stmt.BindBlob(b.n, v)) }
func (b *binding) number(v int64) { b.n++; b.did(b.stmt.BindInt64(b.n, v)) }
func (b *binding) flag(v bool)    { b.n++; b.did(b.stmt.BindBool(b.n, v)) }
func (b *binding) time(v time.Time) {
	if v.IsZero() {
		b.null()
		return
	}
	b.number(v.UnixMicro())
}

func (b *binding) client(v *session.ClientKey) {
	if *v == (session.ClientKey{}) {
		b.null()
		return
	}
	b.blob(v[:])
}

func (b *binding) add(a any) {
	switch a := a.(type) {
	case nil:
		b.null()
	case string:
		b.text(a)
	case []byte:
		b.blob(a)
	case session.Digest:
		b.blob(a[:])
	case session.ClientKey:
		b.client(&a)
	case int:
		b.number(int64(a))
	case int64:
		b.number(a)
	case bool:
		b.flag(a)
	case time.Time:
		b.time(a)
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
