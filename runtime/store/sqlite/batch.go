package sqlite

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/recent"
	"github.com/tacet-lang/tacet/runtime/session"
)

// tx is what an update writes with.
type tx struct {
	*conn
	numbers *recent.Cache[name, int64]
	trail   map[string]*entries // by practice, of the updates of this commit that succeeded
	mine    []note              // of this update
	new     []numbered          // what numbers does not know yet, of this update
	learned []numbered          // and of the updates of this commit that succeeded
	careful bool                // each update can be undone by itself
}

// name is how a conversation is known outside, numbered how inside as well.
type (
	name     struct{ practice, conversation string }
	numbered struct {
		name
		number int64
	}
)

// number finds a conversation of a practice. What it is never changes, so that whoever was told once need not ask again; but
// only once that is durable: the number of a row that is rolled back becomes another's.
func (t *tx) number(practice, conversation string) (n int64, err error) {
	key := name{practice, conversation}
	if n, ok := t.numbers.Get(key); ok {
		return n, nil
	}
	err = t.one(`SELECT number FROM conversations WHERE id = ? AND practice = ?`,
		func(s *sqlite3.Stmt) error { n = s.ColumnInt64(0); return nil }, conversation, practice)
	if err == nil {
		t.new = append(t.new, numbered{key, n})
	}
	return n, err
}

// entries wait to be chained.
type entries struct {
	lines []byte
	count int64
}

type note struct {
	practice string
	entries
}

// audit adds entries, laid out by session.EncodeEntries, to the trail of a practice, if the update succeeds.
func (t *tx) audit(practice string, lines []byte, count int) {
	if count > 0 {
		t.mine = append(t.mine, note{practice, entries{lines, int64(count)}})
	}
}

// keep moves an update's entries into the commit's, and what it has learned.
func (t *tx) keep() {
	t.learned = append(t.learned, t.new...)
	for _, n := range t.mine {
		e := t.trail[n.practice]
		if e == nil {
			e = &entries{}
			t.trail[n.practice] = e
		}
		e.lines, e.count = append(e.lines, n.lines...), e.count+n.count
	}
}

// chain appends the commit's entries to the trail, one block per practice.
func (t *tx) chain() error {
	for _, practice := range slices.Sorted(maps.Keys(t.trail)) {
		if t.trail[practice].count == 0 {
			continue
		}
		b := session.Block{First: 1, Count: t.trail[practice].count, Entries: t.trail[practice].lines}
		err := t.query(`SELECT first + count, hash FROM audit WHERE practice = ? ORDER BY first DESC LIMIT 1`,
			func(s *sqlite3.Stmt) error {
				b.First, b.Prev = s.ColumnInt64(0), digest(s, 1)
				return nil
			}, practice)
		if err != nil {
			return err
		}
		b.Hash = session.Chain(practice, b.First, b.Prev, b.Entries)
		err = t.exec(`INSERT INTO audit (practice, first, count, prev, hash, entries) VALUES (?, ?, ?, ?, ?, ?)`,
			practice, b.First, b.Count, b.Prev, b.Hash, b.Entries)
		if err != nil {
			return err
		}
	}
	return nil
}

// write is the one writer.
func (s *Store) write() {
	defer close(s.stopped)
	for {
		select {
		case u := <-s.queue:
			s.company()
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

// company lets everybody who is busy get as far as the queue: what a commit costs, its pages and its flush, is then shared by
// more. It does not wait: who is alone goes on at once.
func (s *Store) company() {
	for n := -1; n < len(s.queue) && len(s.queue) < maxBatch; {
		n = len(s.queue)
		runtime.Gosched()
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
	t := s.begin()
	batch, err := s.gather(t, []*update{first})
	if errors.Is(err, errHalf) {
		s.rollback()
		if len(batch) == 1 {
			close(first.done)
			return
		}
		if err = s.writer.exec(`BEGIN IMMEDIATE`); err == nil {
			t = s.begin()
			t.careful = true
			batch, err = s.gather(t, batch)
		}
	}
	if err == nil {
		if err = s.writer.exec(`COMMIT`); err == nil {
			err = s.inPlace()
		}
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
	if err == nil {
		for _, l := range t.learned {
			s.numbers.Put(l.name, l.number)
		}
		s.mover.committed(s.writer)
	}
}

// begin returns what the updates of a transaction write with. It takes over the room of the one before.
func (s *Store) begin() *tx {
	t := &s.tx
	t.conn, t.numbers, t.careful = s.writer, s.numbers, false
	t.learned = t.learned[:0]
	if t.trail == nil || len(t.trail) > keptTrails {
		t.trail = map[string]*entries{}
	}
	for _, e := range t.trail {
		e.lines, e.count = e.lines[:0], 0
	}
	return t
}

// keptTrails is for how many practices room is kept.
const keptTrails = 64

// gather runs a batch, adds everything else that is waiting, and chains their entries to the trail.
func (s *Store) gather(t *tx, batch []*update) ([]*update, error) {
	for i := 0; ; i++ {
		if i == len(batch) {
			if i == maxBatch {
				return batch, t.chain()
			}
			select {
			case u := <-s.queue:
				batch = append(batch, u)
			default:
				return batch, t.chain()
			}
		}
		if err := s.runIn(t, batch[i]); err != nil {
			return batch, err
		}
	}
}

// errHalf says that an update that cannot be undone by itself failed after it had written something: its batch is done once
// more, with care.
var errHalf = errors.New("half done")

// runIn runs an update. It fails where the whole batch does.
func (s *Store) runIn(t *tx, u *update) error {
	s.run(t, u)
	// a full disk and the like end the whole transaction, and what follows would commit by itself
	if u.err != nil && s.writer.db.GetAutocommit() {
		return fmt.Errorf("transaction was ended: %w", u.err)
	}
	if u.plain && !t.careful && t.wrote && (u.err != nil || u.panic != nil) {
		return errHalf
	}
	return nil
}

// rollback leaves a transaction that could not be committed; some errors have done so already.
func (s *Store) rollback() {
	if !s.writer.db.GetAutocommit() {
		_ = s.writer.db.Exec(`ROLLBACK`) // the next BEGIN reports what is still wrong
	}
}

// run gives an update its own savepoint, so that one that fails leaves the others of its batch alone. A savepoint costs as much
// as a row, so turns that hardly ever fail after their first statement do without, until one does.
func (s *Store) run(t *tx, u *update) {
	t.mine, t.new, t.wrote, u.panic = t.mine[:0], t.new[:0], false, nil
	if u.err = u.ctx.Err(); u.err != nil {
		return
	}
	if u.plain && !t.careful {
		if u.err = s.call(t, u); u.err == nil && u.panic == nil {
			t.keep()
		}
		return
	}
	if u.err = s.writer.exec(`SAVEPOINT part`); u.err != nil {
		return
	}
	u.err = s.call(t, u)
	if u.err == nil && u.panic == nil {
		if u.err = s.writer.exec(`RELEASE part`); u.err == nil {
			t.keep()
			return
		}
	}
	if err := s.writer.db.Exec(`ROLLBACK TO part; RELEASE part`); err != nil {
		u.err = errors.Join(u.err, err)
	}
}

// call runs the update's function; a panic is kept for the goroutine that asked.
func (s *Store) call(t *tx, u *update) error {
	defer func() { u.panic = recover() }()
	return u.fn(t)
}
