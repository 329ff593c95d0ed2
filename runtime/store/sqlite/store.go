// Package sqlite keeps conversations in one SQLite file, and the keys that seal them in another ([Keys]).
//
// # One row a turn
//
// Turns are appended to one table, in the order they come, whichever conversations they belong to: a batch of turns fills
// a few pages at the end of the file instead of one page per conversation. A small unique index finds the turns of a
// conversation and decides who was first with a version. The row of the conversation itself changes only when something
// changes that queues show.
//
// # Group commit
//
// One connection writes. What arrives while a commit is being made durable shares the next one, so that the cost of a disk
// flush is shared by whoever waits; a lone turn never waits for company. The audit entries of a commit are chained to the
// trail as one block per practice. One that fails leaves the others alone: where it had written something already, its batch
// is undone and done again, each with a savepoint of its own, which would cost every turn as much as a row.
//
// # The driver
//
// Of the SQLite drivers without cgo, ncruces/go-sqlite3 and modernc.org/sqlite append 64 sealed rows a commit about equally
// fast (41 000 and 44 000 a second on two cores with flush, index and triggers; the C library is no faster). ncruces is
// used because its interface is SQLite's own: prepared statements that stay prepared, values bound without database/sql
// in between, and a file layer (VFS) in Go, which the tests replace by one that forgets what was not flushed. Sealed columns
// were chosen over its whole-file cipher: that costs more than half of the throughput, shows no tampering, and a single key
// for the file cannot be destroyed for one patient.
//
// # Rooms
//
// Others keep tables in the same database: people, releases, deliveries. Each has its scripts in migrations/data
// (see migrate.go) and its methods on Store in a file of its own, room.go, which use update, view and tx.audit below, so that what
// they do shares commits with turns and has its entry in the trail in the same transaction.
package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/recent"
	"github.com/tacet-lang/tacet/runtime/session"
)

var _ session.Store = (*Store)(nil)

// errStopped says that the store was closed, errLate that the disk hangs.
var (
	errStopped = fmt.Errorf("%w: it is closed", session.ErrUnavailable)
	errLate    = fmt.Errorf("%w: the disk takes too long", session.ErrUnavailable)
)

const (
	maxBatch   = 256 // updates per commit
	maxReaders = 4

	numbersKept = 16384 // of conversations
)

// Options tunes a Store. The zero value is right outside tests.
type Options struct {
	// Before, when set, is called before every statement that writes or reads within an update, and before every COMMIT.
	// An error from it fails the statement. Tests stop the world with it.
	Before func(sql string) error

	layer    layer
	patience time.Duration // zero: session.Patience
}

// Store is a session.Store in a file.
type Store struct {
	layer    layer
	path     string
	file     os.FileInfo // what was at path when it was opened
	patience time.Duration
	writer   *conn
	tx       tx // the writer's
	mover    *mover
	numbers  *recent.Cache[name, int64]
	queue    chan *update
	stop     chan struct{} // closed by Close
	stopped  chan struct{} // closed when the writer is done
	once     sync.Once
	closing  error

	readers chan *conn // idle
	permits chan struct{}
}

// update is a function waiting for its transaction.
type update struct {
	ctx   context.Context //nolint:containedctx // it waits in a queue within one call
	fn    func(*tx) error
	plain bool             // it hardly ever fails once its first statement has succeeded
	late  <-chan time.Time // when the caller gives up, not knowing whether it was done; nil: never
	err   error
	panic any
	done  chan struct{}
}

// Open opens or creates the database at path and brings its schema up to date.
func Open(path string, o Options) (*Store, error) {
	w, err := openData(o.layer, path, sqlite3.OPEN_READWRITE|sqlite3.OPEN_CREATE)
	if err != nil {
		return nil, err
	}
	if err := w.migrate(dataScripts); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate %s: %w", path, err), w.close())
	}
	w.before = o.Before
	file, err := os.Stat(path)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	m, err := newMover(o.layer, path)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	w.db.WALHook(func(_ *sqlite3.Conn, _ string, pages int) error {
		m.pages = pages
		return nil
	})
	s := &Store{
		layer: o.layer, path: path, file: file, patience: cmp.Or(o.patience, session.Patience), writer: w, mover: m,
		numbers: recent.New[name, int64](numbersKept),
		queue:   make(chan *update, maxBatch), stop: make(chan struct{}), stopped: make(chan struct{}),
		readers: make(chan *conn, maxReaders), permits: make(chan struct{}, maxReaders),
	}
	go s.write()
	return s, nil
}

// Close waits for the updates under way and closes the file.
func (s *Store) Close() error {
	s.once.Do(func() {
		close(s.stop)
		<-s.stopped
		var errs []error
		for range maxReaders { // until every reader has come back
			s.permits <- struct{}{}
		}
		for len(s.readers) > 0 {
			errs = append(errs, (<-s.readers).close())
		}
		errs = append(errs, s.mover.close(), s.writer.close())
		s.closing = errors.Join(errs...)
	})
	return s.closing
}

// update runs fn in one write transaction and returns once what fn did is durable; when fn fails nothing is done and
// update returns fn's error. fn runs on the writer's goroutine, must be quick, must not keep tx and must not wait for another
// update. It may be run twice, and then only the second time counts.
func (s *Store) update(ctx context.Context, fn func(*tx) error) error {
	return s.enqueue(&update{ctx: ctx, fn: fn})
}

func (s *Store) enqueue(u *update) error {
	u.done = make(chan struct{})
	select {
	case s.queue <- u:
	case <-u.ctx.Done():
		return u.ctx.Err()
	case <-u.late:
		return errLate
	case <-s.stop:
		return errStopped
	}
	// Once queued it is short, and giving up here would leave the caller ignorant of whether it was done.
	select {
	case <-u.done:
	case <-u.late:
		return errLate
	case <-s.stopped:
		select {
		case <-u.done:
		default:
			return errStopped
		}
	}
	if u.panic != nil {
		panic(u.panic)
	}
	return u.err
}

// inPlace finds out that the file was deleted or replaced. The system goes on reading and writing a deleted file as if
// nothing were wrong, and everything in it is lost with the process; so nobody is answered from one. The store works
// again when the file is back.
func (s *Store) inPlace() error {
	now, err := os.Stat(s.path)
	switch {
	case err != nil:
		return errors.Join(session.ErrUnavailable, err)
	case !os.SameFile(s.file, now):
		return fmt.Errorf("%w: %s is another file than was opened", session.ErrUnavailable, s.path)
	}
	return nil
}

// view runs fn on one consistent, durable state.
func (s *Store) view(ctx context.Context, fn func(*conn) error) (err error) {
	if err := s.inPlace(); err != nil {
		return err
	}
	c, err := s.reader(ctx)
	if err != nil {
		return err
	}
	defer func() {
		s.readers <- c
		<-s.permits
	}()
	if err := c.exec(`BEGIN`); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if e := c.exec(`ROLLBACK`); err == nil && e != nil {
			err = e
		}
	}()
	return fn(c)
}

// reader waits for one of the connections that read, and opens it when it has not been needed before.
func (s *Store) reader(ctx context.Context) (*conn, error) {
	select {
	case s.permits <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.stop:
		return nil, errStopped
	}
	select {
	case c := <-s.readers:
		return c, nil
	default:
	}
	c, err := openData(s.layer, s.path, sqlite3.OPEN_READWRITE)
	if err != nil {
		<-s.permits
		return nil, err
	}
	if err := c.db.Exec(`PRAGMA query_only = ON`); err != nil {
		<-s.permits
		return nil, errors.Join(translate(err), c.close())
	}
	return c, nil
}
