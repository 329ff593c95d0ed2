package sqlite

import (
	"context"
	"errors"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
)

// Commit implements session.Store.
func (s *Store) Commit(ctx context.Context, w session.Write) error {
	lines := session.EncodeEntries(w.Audit) // here, and not where one goroutine does it for all
	late := time.NewTimer(s.patience)
	defer late.Stop()
	return s.enqueue(&update{
		ctx:   ctx,
		late:  late.C,
		plain: len(w.Calendar) == 0,
		fn: func(t *tx) error {
			t.audit(w.Practice, lines, len(w.Audit))
			return t.commit(&w)
		},
	})
}

// Note implements session.Store.
func (s *Store) Note(ctx context.Context, practice string, list ...session.Entry) error {
	lines := session.EncodeEntries(list)
	late := time.NewTimer(s.patience)
	defer late.Stop()
	return s.enqueue(&update{ctx: ctx, late: late.C, fn: func(t *tx) error {
		t.audit(practice, lines, len(list))
		return nil
	}})
}

// Defer implements session.Store.
func (s *Store) Defer(ctx context.Context, practice, conversation string, was, due time.Time) error {
	return s.update(ctx, func(t *tx) error {
		return t.exec(`UPDATE conversations SET due = ? WHERE id = ? AND practice = ? AND due = ?`, due, conversation, practice, was)
	})
}

// PutMachine implements session.Store.
func (s *Store) PutMachine(ctx context.Context, practice, hash string, canonical []byte) error {
	return s.update(ctx, func(t *tx) error {
		return t.exec(`INSERT INTO machines (practice, hash, machine) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			practice, hash, string(canonical))
	})
}

func (t *tx) commit(w *session.Write) error {
	number, err := t.start(w)
	if err != nil {
		return err
	}
	if err := t.append(number, &w.Turn); err != nil {
		return err
	}
	if w.Header == nil && w.Standing != nil {
		if err := t.stand(number, w.Standing); err != nil {
			return err
		}
	}
	for i := range w.Calendar {
		if err := t.reserve(number, &w.Turn, &w.Calendar[i]); err != nil {
			return err
		}
	}
	for i := range w.Outbox {
		p := &w.Outbox[i]
		err := t.exec(`INSERT INTO outbox (conversation, practice, version, number, vendor, at, sealed) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			number, w.Practice, w.Version, p.Number, p.Vendor, p.At, p.Sealed)
		if err != nil {
			return err
		}
	}
	return nil
}

// start returns the number of a turn's conversation, which begins with it where the turn has a header.
func (t *tx) start(w *session.Write) (int64, error) {
	if w.Header == nil {
		return t.number(w.Practice, w.Conversation)
	}
	if err := t.create(w.Header, w.Standing); err != nil {
		return 0, err
	}
	number := t.db.LastInsertRowID()
	t.new = append(t.new, numbered{name{w.Header.Practice, w.Header.Conversation}, number})
	return number, nil
}

// create stores a new conversation; ErrStale where its client id, or the id itself, has been used.
func (t *tx) create(h *session.Header, st *session.Standing) error {
	err := t.exec(`INSERT INTO conversations (id, practice, flow, machine, key, client, started, control, epoch, tier, team, outcome,
			flagged, since, due)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		h.Conversation, h.Practice, h.Flow, h.Machine, h.Key, h.Client, h.Started,
		string(st.Control), st.Epoch, st.Tier, st.Team, st.Outcome, st.Flagged, st.Since, st.Due)
	if isDuplicate(err) {
		err = errors.Join(session.ErrStale, err)
	}
	return err
}

const insertTurn = `INSERT OR FAIL INTO turns (conversation, version, at, client, after_seq, last_seq, authors, said, ack, released,
		control, epoch, tier, sealed)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

func (t *tx) append(conversation int64, n *session.Turn) error {
	s, err := t.prepared(insertTurn)
	if err != nil {
		return err
	}
	b := binding{stmt: s}
	b.number(conversation)
	b.number(n.Version)
	b.time(n.At)
	b.client(&n.Client)
	b.number(n.After)
	b.number(n.Last)
	b.number(int64(n.Authors))
	if n.Said >= 0 {
		b.number(n.Said)
	} else {
		b.null()
	}
	b.flag(n.Ack)
	b.flag(n.Released)
	b.text(string(n.Control))
	b.number(n.Epoch)
	b.text(n.Tier)
	b.blob(n.Sealed)
	err = t.run(insertTurn, &b, nil)
	if isDuplicate(err) {
		return errors.Join(session.ErrStale, err)
	}
	t.wrote = t.wrote || err == nil
	return err
}

func (t *tx) stand(conversation int64, st *session.Standing) error {
	return t.exec(`UPDATE conversations SET control = ?, epoch = ?, tier = ?, team = ?, outcome = ?, flagged = ?, since = ?, due = ?
		WHERE number = ?`,
		string(st.Control), st.Epoch, st.Tier, st.Team, st.Outcome, st.Flagged, st.Since, st.Due, conversation)
}

func (t *tx) reserve(conversation int64, n *session.Turn, c *session.CalendarChange) error {
	switch c.Kind {
	case session.Hold:
		return t.hold(conversation, n, c)
	case session.Book:
		err := t.exec(`UPDATE reservations SET expires = NULL
			WHERE conversation = ? AND field = ? AND slot = ? AND expires IS NOT NULL`,
			conversation, c.Reservation.Field, c.Reservation.Slot.ID)
		if err == nil && t.db.Changes() == 0 {
			err = session.ErrTaken
		}
		return err
	case session.GiveUp:
		return t.exec(`DELETE FROM reservations WHERE conversation = ? AND expires IS NOT NULL`, conversation)
	}
	panic("sqlite: unhandled change to the calendar " + string(c.Kind))
}

func (t *tx) hold(conversation int64, n *session.Turn, c *session.CalendarChange) error {
	r, p := c.Reservation, c.Places
	r.Conversation = n.Conversation
	from, to := p.Around(r.Slot)
	err := t.exec(`DELETE FROM reservations WHERE practice = ? AND starts < ? AND ends > ? AND expires <= ?`,
		n.Practice, to, from, p.Now)
	if err != nil {
		return err
	}
	err = t.exec(`DELETE FROM reservations WHERE conversation = ? AND field = ? AND expires IS NOT NULL`, conversation, r.Field)
	if err != nil {
		return err
	}
	others, err := (&reader{t.conn, n.Practice}).Reserved(from, to, p.Now)
	if err != nil {
		return err
	}
	place, ok := p.Fit(r, others)
	if !ok {
		return session.ErrTaken
	}
	return t.exec(`INSERT INTO reservations (conversation, practice, starts, place, ends, slot, field, expires)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		conversation, n.Practice, r.Slot.Start, place, r.Slot.End, r.Slot.ID, r.Field, r.Expires)
}
