// Package postgres keeps conversations in PostgreSQL 15 or later, for any number of processes at once.
//
// # One row a turn
//
// As in the embedded store, a turn is one row that is only inserted; the primary key over conversation and version decides
// who was first, so no process holds a lock while it thinks and none need be the same for a conversation.
//
// # Group commit
//
// Turns that arrive while a commit is under way share the next one, whatever conversations they belong to: one pipeline of
// statements, one flush, one block of the audit trail. Where one of them is refused the batch is undone, and each is
// tried by itself. What orders the processes of a practice is the row of its trail, which a commit locks last and for one round trip.
//
// # Practices
//
// Every table has row-level security that holds for its owner too. A transaction names its practice first; without that it
// sees nothing. Open refuses a role that row-level security does not hold for.
package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tacet-lang/tacet/runtime/session"
)

var _ session.Store = (*Store)(nil)

// errStopped says that the store was closed, errLate that the database hangs.
var (
	errStopped = fmt.Errorf("%w: it is closed", session.ErrUnavailable)
	errLate    = fmt.Errorf("%w: the database takes too long", session.ErrUnavailable)
)

const (
	maxBatch    = 128              // turns per commit
	committers  = 2                // commits of one process under way at once
	lockWait    = 5 * time.Second  // for a lock, and for a connection
	maxIdle     = 30 * time.Second // of a transaction that lost its process
	migrateLock = 0x7461636574     // "tacet"
)

// Store is a session.Store in a PostgreSQL database.
type Store struct {
	pool     *pgxpool.Pool
	patience time.Duration // of turns with the database
	queue    chan *commit
	stop     chan struct{} // closed by Close
	stopped  chan struct{} // closed when nobody commits any more
	once     sync.Once
	working  sync.WaitGroup
}

// commit is a turn waiting for its transaction.
type commit struct {
	ctx   context.Context //nolint:containedctx // it waits in a queue within one call
	w     *session.Write  // nil: entries alone
	lines []byte          // of the trail
	count int
	who   string // practice
	done  chan error
}

// Open connects to the database at url (a libpq connection string), whose schema it brings up to date.
func Open(ctx context.Context, url string) (*Store, error) {
	pool, err := connect(ctx, url, "data")
	if err != nil {
		return nil, err
	}
	if err := fits(ctx, pool, time.Now); err != nil {
		pool.Close()
		return nil, err
	}
	s := &Store{
		pool: pool, patience: session.Patience, queue: make(chan *commit, maxBatch), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	for range committers {
		s.working.Go(s.work)
	}
	return s, nil
}

// apart is how far the clocks of a database and of a process that uses it may be apart. Terms, leases and calls count by the clocks of
// all processes, which therefore have to agree.
const apart = time.Minute

// fits refuses a role that is above row-level security, and a clock that is far from the database's.
func fits(ctx context.Context, pool *pgxpool.Pool, clock func() time.Time) error {
	var unbound bool
	var theirs time.Time
	asked := clock()
	err := pool.QueryRow(ctx, `SELECT rolsuper OR rolbypassrls, clock_timestamp() FROM pg_roles WHERE rolname = current_user`).Scan(&unbound, &theirs)
	if err != nil {
		return translate(err)
	}
	if unbound {
		return errors.New("the role of the connection is above row-level security; use one that is neither superuser nor BYPASSRLS")
	}
	if early, late := theirs.Before(asked.Add(-apart)), theirs.After(clock().Add(apart)); early || late {
		return fmt.Errorf("the database's clock shows %s and this machine's %s; set both right, for instance by NTP",
			theirs.UTC().Format(time.DateTime), asked.UTC().Format(time.DateTime))
	}
	return nil
}

// connect opens a pool and brings the schema of one kind of database up to date.
func connect(ctx context.Context, url, folder string) (*pgxpool.Pool, error) {
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the connection string cannot be read") // err would repeat its password
	}
	c.ConnConfig.ConnectTimeout = lockWait
	for name, value := range map[string]string{
		"lock_timeout": ms(lockWait), "idle_in_transaction_session_timeout": ms(maxIdle), "synchronous_commit": "on",
	} {
		c.ConnConfig.RuntimeParams[name] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, translate(err)
	}
	if err := migrate(ctx, pool, folder); err != nil {
		pool.Close()
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return pool, nil
}

func ms(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// Each folder holds the scripts of one database, NNN_room.sql, as in package sqlite.
//
//go:embed migrations
var migrations embed.FS

// migrate runs the scripts that have not run, one process at a time. It refuses a database that a newer version has written.
func migrate(ctx context.Context, pool *pgxpool.Pool, folder string) error {
	names, err := fs.Glob(migrations, path.Join("migrations", folder, "*.sql")) // sorted
	if err != nil {
		return err
	}
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, migrateLock); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `CREATE TABLE IF NOT EXISTS migrations (name text NOT NULL PRIMARY KEY)`); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT name FROM migrations ORDER BY name`)
		if err != nil {
			return err
		}
		done, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, name := range done {
			if !slices.Contains(names, path.Join("migrations", folder, name)) {
				return fmt.Errorf("a newer version has written this database: this one does not know %s", name)
			}
		}
		for _, name := range names {
			if slices.Contains(done, path.Base(name)) {
				continue
			}
			script, err := migrations.ReadFile(name)
			if err != nil {
				return err
			}
			if _, err := tx.Conn().PgConn().Exec(ctx, string(script)).ReadAll(); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if _, err := tx.Exec(ctx, `INSERT INTO migrations (name) VALUES ($1)`, path.Base(name)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Close waits for the commits under way and closes the connections.
func (s *Store) Close() error {
	s.once.Do(func() {
		close(s.stop)
		s.working.Wait()
		close(s.stopped)
		s.pool.Close()
	})
	return nil
}

// View implements session.Store.
func (s *Store) View(ctx context.Context, practice string, fn func(session.Reader) error) error {
	select {
	case <-s.stop:
		return errStopped
	default:
	}
	var failed error // fn's own, as it is
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := within(ctx, tx, practice); err != nil {
			return err
		}
		failed = fn(&reader{ctx: ctx, tx: tx, practice: practice})
		return failed
	})
	if failed != nil {
		return failed
	}
	return translate(err)
}

// within names the practice of a transaction.
func within(ctx context.Context, tx pgx.Tx, practice string) error {
	_, err := tx.Exec(ctx, setPractice, practice)
	return err
}

const setPractice = `SELECT set_config('tacet.practice', $1, true)`

// PutMachine implements session.Store.
func (s *Store) PutMachine(ctx context.Context, practice, hash string, canonical []byte) error {
	return s.update(ctx, practice, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO machines (practice, hash, machine) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			practice, hash, string(canonical))
		return err
	})
}

// Defer implements session.Store.
func (s *Store) Defer(ctx context.Context, practice, conversation string, was, due time.Time) error {
	return s.update(ctx, practice, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE conversations SET due = $1 WHERE id = $2 AND practice = $3 AND due = $4`,
			micros(due), conversation, practice, micros(was))
		return err
	})
}

// update runs fn in a transaction of a practice.
func (s *Store) update(ctx context.Context, practice string, fn func(pgx.Tx) error) error {
	select {
	case <-s.stop:
		return errStopped
	default:
	}
	return translate(pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := within(ctx, tx, practice); err != nil {
			return err
		}
		return fn(tx)
	}))
}

// SQLSTATEs (PostgreSQL documentation, appendix A).
const (
	uniqueViolation = "23505"
	raised          = "P0001"
	rolledBack      = "40" // the class: a deadlock, or a conflict of serializable transactions
)

// translate gives the errors that session knows their names.
func translate(err error) error {
	var pg *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, pgx.ErrNoRows):
		return session.ErrNotFound
	case slices.ContainsFunc(named, func(known error) bool { return errors.Is(err, known) }):
		return err
	case !errors.As(err, &pg):
		return errors.Join(session.ErrUnavailable, err) // the connection's
	case pg.Code == uniqueViolation && slices.Contains(firsts, pg.ConstraintName):
		return errors.Join(session.ErrStale, err)
	case pg.Code == raised && (strings.Contains(pg.Message, "may not speak") || strings.Contains(pg.Message, "forward only")):
		return errors.Join(session.ErrSilent, err)
	case pg.Code == raised && strings.Contains(pg.Message, "no such conversation"):
		return errors.Join(session.ErrNotFound, err)
	case slices.ContainsFunc(passing, func(class string) bool { return strings.HasPrefix(pg.Code, class) }):
		return errors.Join(session.ErrUnavailable, err)
	}
	return err
}

// firsts lists the constraints that decide who was first.
var firsts = []string{"turns_pkey", "conversations_pkey", "conversations_practice_client_key"}

// passing lists the classes of errors that are the database's and not the statement's: connection, transaction rollback,
// resources, object not in the state, operator intervention, system, read-only transaction.
var passing = []string{"08", rolledBack, "53", "55", "57", "58", "25006", "XX"}

// named lists what has its name already.
var named = []error{session.ErrStale, session.ErrSilent, session.ErrTaken, session.ErrNotFound, session.ErrUnavailable}

// micros is how a time is stored; the zero time is NULL.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// instant reads a time; NULL is the zero time.
func instant(n *int64) time.Time {
	if n == nil {
		return time.Time{}
	}
	return time.UnixMicro(*n).UTC()
}

// isDuplicate reports that a row with that key is there already.
func isDuplicate(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == uniqueViolation
}
