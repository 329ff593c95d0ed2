// Package sqlite keeps conversations in one SQLite file.
//
// One connection writes. Updates that arrive while a commit is being made durable share the next one (group commit), so
// that the cost of a disk flush is shared by whoever waits; a lone update never waits for company.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/session"
)

var _ session.Store = (*Store)(nil)

// errStopped says that the store was closed.
var errStopped = errors.New("store is closed")

const (
	maxBatch   = 128 // updates per commit
	maxReaders = 4
)

// Options tunes a Store. The zero value is right outside tests.
type Options struct {
	// Before, when set, is called before every statement that writes or reads within an update, and before every COMMIT.
	// An error from it fails the statement. Tests stop the world with it.
	Before func(sql string) error
}

// Store is a session.Store in a file.
type Store struct {
	path    string
	file    os.FileInfo // what was at path when it was opened
	writer  *conn
	queue   chan *update
	stop    chan struct{} // closed by Close
	stopped chan struct{} // closed when the writer is done
	once    sync.Once
	closing error

	readers chan *conn // idle
	permits chan struct{}
}

// update is a function waiting for its transaction.
type update struct {
	ctx   context.Context
	fn    func(session.Tx) error
	err   error
	panic any
	done  chan struct{}
}

// Open opens or creates the database at path and brings its schema up to date.
func Open(path string, o Options) (*Store, error) {
	w, err := open(path, sqlite3.OPEN_READWRITE|sqlite3.OPEN_CREATE, nil)
	if err != nil {
		return nil, err
	}
	if err := w.migrate(); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate %s: %w", path, err), w.close())
	}
	w.before = o.Before
	file, err := os.Stat(path)
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	s := &Store{
		path: path, file: file, writer: w,
		queue: make(chan *update, maxBatch), stop: make(chan struct{}), stopped: make(chan struct{}),
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
		errs = append(errs, s.writer.close())
		s.closing = errors.Join(errs...)
	})
	return s.closing
}

// Update implements session.Store.
func (s *Store) Update(ctx context.Context, fn func(session.Tx) error) error {
	u := &update{ctx: ctx, fn: fn, done: make(chan struct{})}
	select {
	case s.queue <- u:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.stop:
		return errStopped
	}
	// Once queued it is short, and giving up here would leave the caller ignorant of whether it was done.
	select {
	case <-u.done:
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

// View implements session.Store.
func (s *Store) View(ctx context.Context, fn func(session.Reader) error) (err error) {
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
	return fn(&tx{conn: c})
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
	c, err := open(s.path, sqlite3.OPEN_READWRITE, nil)
	if err != nil {
		<-s.permits
		return nil, translate(err)
	}
	if err := c.db.Exec(`PRAGMA query_only = ON`); err != nil {
		<-s.permits
		return nil, errors.Join(err, c.close())
	}
	return c, nil
}

// write is the one writer.
func (s *Store) write() {
	defer close(s.stopped)
	for {
		select {
		case u := <-s.queue:
			s.batch(u)
		case <-s.stop:
			for {
				select {
				case u := <-s.queue:
					u.err = errStopped
					close(u.done)
				default:
					return
				}
			}
		}
	}
}

// batch commits first and everything else that is waiting, and answers them once that is durable.
func (s *Store) batch(first *update) {
	err := s.inPlace()
	if err == nil {
		err = s.writer.exec(`BEGIN IMMEDIATE`)
	}
	if err != nil {
		first.err = fmt.Errorf("begin: %w", err)
		close(first.done)
		return
	}
	batch := []*update{first}
	s.run(first)
	for len(batch) < maxBatch {
		select {
		case u := <-s.queue:
			batch = append(batch, u)
			s.run(u)
			continue
		default:
		}
		break
	}
	if err = s.writer.exec(`COMMIT`); err == nil {
		err = s.inPlace()
	}
	if err != nil {
		err = fmt.Errorf("commit: %w", err)
		s.rollback()
	}
	for _, u := range batch {
		if err != nil {
			u.err = err
		}
		close(u.done)
	}
}

// rollback leaves a transaction that could not be committed; some errors have done so already.
func (s *Store) rollback() {
	if !s.writer.db.GetAutocommit() {
		_ = s.writer.db.Exec(`ROLLBACK`) // the next BEGIN reports what is still wrong
	}
}

// run gives an update its own savepoint, so that one that fails leaves the others of its batch alone.
func (s *Store) run(u *update) {
	if u.err = u.ctx.Err(); u.err != nil {
		return
	}
	if u.err = s.writer.exec(`SAVEPOINT turn`); u.err != nil {
		return
	}
	u.err = s.call(u)
	if u.err == nil && u.panic == nil {
		u.err = s.writer.exec(`RELEASE turn`)
		if u.err == nil {
			return
		}
	}
	if err := s.writer.db.Exec(`ROLLBACK TO turn; RELEASE turn`); err != nil {
		u.err = errors.Join(u.err, err)
	}
}

// call runs the update's function; a panic is kept for the goroutine that asked.
func (s *Store) call(u *update) error {
	defer func() { u.panic = recover() }()
	return u.fn(&tx{conn: s.writer})
}
