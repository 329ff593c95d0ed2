package postgres

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/tacet-lang/tacet/runtime/session"
)

// Commit implements session.Store.
func (s *Store) Commit(ctx context.Context, w session.Write) error {
	return s.enqueue(&commit{ctx: ctx, w: &w, lines: session.EncodeEntries(w.Audit), count: len(w.Audit), who: w.Practice})
}

// Note implements session.Store.
func (s *Store) Note(ctx context.Context, practice string, list ...session.Entry) error {
	if len(list) == 0 {
		return nil
	}
	return s.enqueue(&commit{ctx: ctx, lines: session.EncodeEntries(list), count: len(list), who: practice})
}

func (s *Store) enqueue(c *commit) error {
	c.done = make(chan error, 1)
	late := time.NewTimer(s.patience)
	defer late.Stop()
	select {
	case s.queue <- c:
	case <-c.ctx.Done():
		return c.ctx.Err()
	case <-late.C:
		return errLate
	case <-s.stop:
		return errStopped
	}
	// Once queued it is short, and giving up here would leave the caller ignorant of whether it was done.
	select {
	case err := <-c.done:
		return err
	case <-late.C:
		return errLate
	case <-s.stopped:
		select {
		case err := <-c.done:
			return err
		default:
			return errStopped
		}
	}
}

// work commits what is queued, until the store is closed and nothing is.
func (s *Store) work() {
	for {
		select {
		case c := <-s.queue:
			s.batch(c)
		case <-s.stop:
			for {
				select {
				case c := <-s.queue:
					c.done <- errStopped
				default:
					return
				}
			}
		}
	}
}

// batch commits first and what else is waiting, together where that goes.
func (s *Store) batch(first *commit) {
	together := []*commit{first}
	for len(together) < maxBatch {
		select {
		case c := <-s.queue:
			together = append(together, c)
			continue
		default:
		}
		break
	}
	s.together(slices.DeleteFunc(slices.Clone(together), (*commit).alone))
	s.oneByOne(slices.DeleteFunc(together, func(c *commit) bool { return !c.alone() }))
}

// together stores commits in one transaction, and where that is refused one by one.
func (s *Store) together(list []*commit) {
	if len(list) > 1 {
		slices.SortStableFunc(list, func(a, b *commit) int { return cmp.Compare(a.who, b.who) })
		// only where it is certain that nothing was stored may it be tried again
		if err := s.store(context.Background(), list); err == nil || !certain(err) {
			for _, c := range list {
				c.done <- err
			}
			return
		}
	}
	s.oneByOne(list)
}

func (s *Store) oneByOne(list []*commit) {
	for _, c := range list {
		if err := c.ctx.Err(); err != nil {
			c.done <- err
			continue
		}
		c.done <- s.store(context.Background(), []*commit{c})
	}
}

// alone reports whether a commit has to look at rows before it knows what it writes.
func (c *commit) alone() bool {
	return c.w != nil && len(c.w.Calendar) > 0 && !givesUp(c.w)
}

// givesUp reports whether all that a turn does to the calendar is to give up what its conversation holds, at its end: that
// looks at nothing, and frees what others at worst still take for held.
func givesUp(w *session.Write) bool {
	return len(w.Calendar) == 1 && w.Calendar[0].Kind == session.GiveUp
}

// certain reports whether an error says that nothing was stored: the database answered, and refused.
func certain(err error) bool {
	return !errors.Is(err, session.ErrUnavailable) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// store commits in one transaction and returns once that is durable. Of two that wait for each other the database undoes
// one, which is then tried again.
func (s *Store) store(ctx context.Context, list []*commit) (err error) {
	const tries = 5
	for range tries {
		var pg *pgconn.PgError
		if err = s.try(ctx, list); !errors.As(err, &pg) || !strings.HasPrefix(pg.Code, rolledBack) {
			break
		}
	}
	return err
}

func (s *Store) try(ctx context.Context, list []*commit) error {
	ctx, cancel := context.WithTimeout(ctx, 4*lockWait)
	defer cancel()
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return translate(err)
	}
	defer conn.Release()
	if list[0].alone() {
		return translate(pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return writeAlone(ctx, tx, list[0]) }))
	}
	if err = write(ctx, conn.Conn(), list); err != nil && !conn.Conn().IsClosed() {
		_, _ = conn.Exec(ctx, "ROLLBACK") // where that does not arrive, the connection is not used again
	}
	return translate(err)
}

// ofPractice is what a commit stores for one practice, with the end of its trail.
type ofPractice struct {
	name  string
	list  []*commit
	lines []byte
	count int64
	next  int64 // 0: there is no trail yet
	prev  session.Digest
}

// byPractice shares out commits, which are sorted by practice.
func byPractice(list []*commit) (out []*ofPractice) {
	for _, c := range list {
		if len(out) == 0 || out[len(out)-1].name != c.who {
			out = append(out, &ofPractice{name: c.who})
		}
		p := out[len(out)-1]
		p.list, p.lines, p.count = append(p.list, c), append(p.lines, c.lines...), p.count+int64(c.count)
	}
	return out
}

// write stores commits in one transaction of two round trips: the rows, and last the end of each trail, which locks it; then
// the entries, chained to it, and the commit.
func write(ctx context.Context, conn *pgx.Conn, list []*commit) error {
	all := byPractice(list)
	b := &pgx.Batch{}
	b.Queue("BEGIN")
	for _, p := range all {
		b.Queue(setPractice, p.name)
		for _, c := range p.list {
			if c.w != nil {
				queue(b, c.w)
			}
		}
		if p.count > 0 {
			b.Queue(trailEnd, p.name).QueryRow(p.scanEnd)
		}
	}
	if err := conn.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	b = &pgx.Batch{}
	for _, p := range all {
		if p.count == 0 {
			continue
		}
		if p.next == 0 {
			if err := p.makeTrail(ctx, conn); err != nil {
				return err
			}
		}
		b.Queue(setPractice, p.name)
		p.chain(b)
	}
	b.Queue("COMMIT")
	return conn.SendBatch(ctx, b).Close()
}

// writeAlone stores a commit that changes the calendar: it locks the trail first, so that nobody else does meanwhile.
func writeAlone(ctx context.Context, tx pgx.Tx, c *commit) error {
	p := byPractice([]*commit{c})[0]
	if err := within(ctx, tx, p.name); err != nil {
		return err
	}
	if err := p.lockEnd(ctx, tx); err != nil {
		return err
	}
	b := &pgx.Batch{}
	queue(b, c.w)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	if err := reserve(ctx, tx, c.w); err != nil {
		return err
	}
	if p.count == 0 {
		return nil
	}
	b = &pgx.Batch{}
	p.chain(b)
	return tx.SendBatch(ctx, b).Close()
}

// queue adds the statements that store a turn.
func queue(b *pgx.Batch, w *session.Write) {
	if h, st := w.Header, w.Standing; h != nil {
		b.Queue(`INSERT INTO conversations (id, practice, flow, machine, key, client, started, control, epoch, tier, team, outcome,
				flagged, since, due)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
			h.Conversation, h.Practice, h.Flow, h.Machine, h.Key, h.Client[:], micros(h.Started),
			string(st.Control), st.Epoch, st.Tier, st.Team, st.Outcome, st.Flagged, micros(st.Since), micros(st.Due))
	}
	n := &w.Turn
	var said, client any
	if n.Said >= 0 {
		said = n.Said
	}
	if n.Client != (session.ClientKey{}) {
		client = n.Client[:]
	}
	b.Queue(`INSERT INTO turns (practice, conversation, version, at, client, after_seq, last_seq, authors, said, ack, released,
			control, epoch, tier, sealed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		n.Practice, n.Conversation, n.Version, micros(n.At), client, n.After, n.Last, int64(n.Authors), said, n.Ack, n.Released,
		string(n.Control), n.Epoch, n.Tier, n.Sealed)
	if st := w.Standing; st != nil && w.Header == nil {
		b.Queue(`UPDATE conversations SET control = $1, epoch = $2, tier = $3, team = $4, outcome = $5, flagged = $6, since = $7, due = $8
			WHERE id = $9 AND practice = $10`,
			string(st.Control), st.Epoch, st.Tier, st.Team, st.Outcome, st.Flagged, micros(st.Since), micros(st.Due), n.Conversation, n.Practice)
	}
	if givesUp(w) {
		b.Queue(giveUp, w.Conversation, w.Practice)
	}
	for i := range w.Outbox {
		p := &w.Outbox[i]
		b.Queue(`INSERT INTO outbox (practice, conversation, version, number, vendor, at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			w.Practice, w.Conversation, w.Version, p.Number, p.Vendor, micros(p.At), p.Sealed)
	}
}

const trailEnd = `SELECT next, hash FROM trails WHERE practice = $1 FOR UPDATE`

// scanEnd reads the end of the trail; where there is none it leaves next at 0.
func (p *ofPractice) scanEnd(row pgx.Row) error {
	var hash []byte
	err := row.Scan(&p.next, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	copy(p.prev[:], hash)
	return err
}

// querier is a connection or a transaction.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// lockEnd locks the end of the trail, beginning it where there is none.
func (p *ofPractice) lockEnd(ctx context.Context, q querier) error {
	if err := p.scanEnd(q.QueryRow(ctx, trailEnd, p.name)); err != nil || p.next > 0 {
		return err
	}
	return p.makeTrail(ctx, q)
}

// makeTrail begins the trail of a practice, unless another process has meanwhile, and locks its end.
func (p *ofPractice) makeTrail(ctx context.Context, q querier) error {
	if _, err := q.Exec(ctx, setPractice, p.name); err != nil {
		return err
	}
	var none session.Digest
	if _, err := q.Exec(ctx, `INSERT INTO trails (practice, next, hash) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING`, p.name, none[:]); err != nil {
		return err
	}
	if err := p.scanEnd(q.QueryRow(ctx, trailEnd, p.name)); err != nil || p.next > 0 {
		return err
	}
	return errors.New("the trail of the practice cannot be made")
}

// chain adds the statements that append the entries to the trail, as one block.
func (p *ofPractice) chain(b *pgx.Batch) {
	hash := session.Chain(p.name, p.next, p.prev, p.lines)
	b.Queue(`INSERT INTO audit (practice, first, count, prev, hash, entries) VALUES ($1, $2, $3, $4, $5, $6)`,
		p.name, p.next, p.count, p.prev[:], hash[:], p.lines)
	b.Queue(`UPDATE trails SET next = $2, hash = $3 WHERE practice = $1`, p.name, p.next+p.count, hash[:])
}

// entries are those of one practice in a commit.
type entries struct {
	practice string
	lines    []byte
	count    int64
}

// chain appends entries to the trail of their practice, as one block, within a transaction that does more.
func chain(ctx context.Context, tx pgx.Tx, e entries) error {
	if err := within(ctx, tx, e.practice); err != nil {
		return err
	}
	p := &ofPractice{name: e.practice, lines: e.lines, count: e.count}
	if err := p.lockEnd(ctx, tx); err != nil {
		return err
	}
	b := &pgx.Batch{}
	p.chain(b)
	return tx.SendBatch(ctx, b).Close()
}

// lockTrail keeps everybody else from appending to a practice's trail, and from changing its calendar, until the commit.
func lockTrail(ctx context.Context, tx pgx.Tx, practice string) error {
	return (&ofPractice{name: practice}).lockEnd(ctx, tx)
}

const giveUp = `DELETE FROM reservations WHERE conversation = $1 AND practice = $2 AND expires IS NOT NULL`

// reserve makes a turn's changes to the calendar. The row of the trail is locked, so nobody else changes it meanwhile.
func reserve(ctx context.Context, tx pgx.Tx, w *session.Write) error {
	for i := range w.Calendar {
		c := &w.Calendar[i]
		switch c.Kind {
		case session.Hold:
			if err := hold(ctx, tx, w, c); err != nil {
				return err
			}
		case session.Book:
			tag, err := tx.Exec(ctx, `UPDATE reservations SET expires = NULL
				WHERE practice = $1 AND conversation = $2 AND field = $3 AND slot = $4 AND expires IS NOT NULL`,
				w.Practice, w.Conversation, c.Reservation.Field, c.Reservation.Slot.ID)
			if err == nil && tag.RowsAffected() == 0 {
				err = session.ErrTaken
			}
			if err != nil {
				return err
			}
		case session.GiveUp:
			if _, err := tx.Exec(ctx, giveUp, w.Conversation, w.Practice); err != nil {
				return err
			}
		default:
			panic("postgres: unhandled change to the calendar " + string(c.Kind))
		}
	}
	return nil
}

func hold(ctx context.Context, tx pgx.Tx, w *session.Write, c *session.CalendarChange) error {
	r, p := c.Reservation, c.Places
	r.Conversation = w.Conversation
	from, to := p.Around(r.Slot)
	b := &pgx.Batch{}
	b.Queue(`DELETE FROM reservations WHERE practice = $1 AND starts < $2 AND ends > $3 AND expires <= $4`,
		w.Practice, micros(to), micros(from), micros(p.Now))
	b.Queue(`DELETE FROM reservations WHERE conversation = $1 AND field = $2 AND practice = $3 AND expires IS NOT NULL`,
		w.Conversation, r.Field, w.Practice)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	others, err := (&reader{ctx: ctx, tx: tx, practice: w.Practice}).Reserved(from, to, p.Now)
	if err != nil {
		return err
	}
	place, ok := p.Fit(r, others)
	if !ok {
		return session.ErrTaken
	}
	_, err = tx.Exec(ctx, `INSERT INTO reservations (practice, starts, place, ends, slot, conversation, field, expires)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		w.Practice, micros(r.Slot.Start), place, micros(r.Slot.End), r.Slot.ID, w.Conversation, r.Field, micros(r.Expires))
	return err
}
