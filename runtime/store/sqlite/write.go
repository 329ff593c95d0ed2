package sqlite

import (
	"context"
	"errors"
	"time"

	"github.com/ncruces/go-sqlite3"

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
		alone: w.Header == nil && w.Standing == nil && len(w.Calendar)+len(w.Outbox) == 0,
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
	if w.Header != nil {
		if err := t.create(w.Header, w.Standing); err != nil {
			return err
		}
	}
	if err := t.append(&w.Turn); err != nil {
		return err
	}
	if w.Header == nil && w.Standing != nil {
		if err := t.stand(&w.Turn, w.Standing); err != nil {
			return err
		}
	}
	for i := range w.Calendar {
		if err := t.reserve(&w.Turn, &w.Calendar[i]); err != nil {
			return err
		}
	}
	for i := range w.Outbox {
		p := &w.Outbox[i]
		err := t.exec(`INSERT INTO outbox (conversation, practice, version, number, vendor, at, sealed)
			VALUES (`+number+`, ?2, ?, ?, ?, ?, ?)`,
			w.Conversation, w.Practice, w.Version, p.Number, p.Vendor, p.At, p.Sealed)
		if err != nil {
			return err
		}
	}
	return nil
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

func (t *tx) append(n *session.Turn) error {
	var said any
	if n.Said >= 0 {
		said = n.Said
	}
	err := t.exec(`INSERT OR FAIL INTO turns (conversation, version, at, client, after_seq, last_seq, authors, said, ack, released,
			control, epoch, tier, sealed)
		VALUES (`+number+`, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.Conversation, n.Practice, n.Version, n.At, n.Client, n.After, n.Last, int64(n.Authors), said, n.Ack, n.Released,
		string(n.Control), n.Epoch, n.Tier, n.Sealed)
	switch {
	case isDuplicate(err):
		return errors.Join(session.ErrStale, err)
	case errors.Is(err, sqlite3.CONSTRAINT_NOTNULL): // nothing has that id
		return errors.Join(session.ErrNotFound, err)
	}
	return err
}

func (t *tx) stand(n *session.Turn, st *session.Standing) error {
	return t.exec(`UPDATE conversations SET control = ?, epoch = ?, tier = ?, team = ?, outcome = ?, flagged = ?, since = ?, due = ?
		WHERE id = ? AND practice = ?`,
		string(st.Control), st.Epoch, st.Tier, st.Team, st.Outcome, st.Flagged, st.Since, st.Due, n.Conversation, n.Practice)
}

func (t *tx) reserve(n *session.Turn, c *session.CalendarChange) error {
	switch c.Kind {
	case session.Hold:
		return t.hold(n, c)
	case session.Book:
		err := t.exec(`UPDATE reservations SET expires = NULL
			WHERE conversation = `+number+` AND field = ? AND slot = ? AND expires IS NOT NULL`,
			n.Conversation, n.Practice, c.Reservation.Field, c.Reservation.Slot.ID)
		if err == nil && t.db.Changes() == 0 {
			err = session.ErrTaken
		}
		return err
	case session.GiveUp:
		return t.exec(`DELETE FROM reservations WHERE conversation = `+number+` AND expires IS NOT NULL`,
			n.Conversation, n.Practice)
	}
	panic("sqlite: unhandled change to the calendar " + string(c.Kind))
}

func (t *tx) hold(n *session.Turn, c *session.CalendarChange) error {
	r, p := c.Reservation, c.Places
	r.Conversation = n.Conversation
	from, to := p.Around(r.Slot)
	err := t.exec(`DELETE FROM reservations WHERE practice = ? AND starts < ? AND ends > ? AND expires <= ?`,
		n.Practice, to, from, p.Now)
	if err != nil {
		return err
	}
	err = t.exec(`DELETE FROM reservations WHERE conversation = `+number+` AND field = ? AND expires IS NOT NULL`,
		n.Conversation, n.Practice, r.Field)
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
		VALUES (`+number+`, ?2, ?, ?, ?, ?, ?, ?)`,
		n.Conversation, n.Practice, r.Slot.Start, place, r.Slot.End, r.Slot.ID, r.Field, r.Expires)
}
