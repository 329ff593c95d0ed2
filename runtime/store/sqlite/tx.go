package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// tx is a transaction of either kind.
type tx struct{ *conn }

// one runs a query that returns at most one row; none is session.ErrNotFound.
func (t *tx) one(sql string, row func(*sqlite3.Stmt) error, args ...any) error {
	found := false
	err := t.query(sql, func(s *sqlite3.Stmt) error {
		found = true
		return row(s)
	}, args...)
	if err == nil && !found {
		return session.ErrNotFound
	}
	return err
}

const recordColumns = `SELECT practice, flow, client_id, request, version, touched, state FROM conversations`

func (t *tx) record(where string, args ...any) (r session.Record, err error) {
	err = t.one(recordColumns+where, func(s *sqlite3.Stmt) error {
		r = session.Record{
			Practice: s.ColumnText(0), Flow: s.ColumnText(1), ClientID: s.ColumnText(2), Request: digest(s, 3),
			Version: s.ColumnInt64(4), Touched: instant(s, 5),
		}
		return json.Unmarshal(s.ColumnRawText(6), &r.Conversation)
	}, args...)
	return r, err
}

func (t *tx) Conversation(id string) (session.Record, error) { return t.record(` WHERE id = ?`, id) }

func (t *tx) Started(practice, clientID string) (session.Record, error) {
	return t.record(` WHERE practice = ? AND client_id = ?`, practice, clientID)
}

func (t *tx) Answered(conversation, clientID string) (a session.Answer, err error) {
	a = session.Answer{Conversation: conversation, ClientID: clientID}
	err = t.one(`SELECT request, after_seq, last_seq, control, lang, tier, outcome FROM answers
		WHERE conversation = ? AND client_id = ?`, func(s *sqlite3.Stmt) error {
		a.Request, a.After, a.Last = digest(s, 0), s.ColumnInt64(1), s.ColumnInt64(2)
		a.Status = session.Status{
			Control: engine.Control(s.ColumnText(3)), Lang: s.ColumnText(4), Tier: s.ColumnText(5), Outcome: s.ColumnText(6),
			Seq: a.Last,
		}
		return nil
	}, conversation, clientID)
	return a, err
}

// extra holds what most messages do not have.
type extra struct {
	Options []engine.Option  `json:"options,omitempty"`
	Input   *engine.Input    `json:"input,omitempty"`
	Found   []engine.Finding `json:"found,omitempty"`
}

func (t *tx) Messages(conversation string, after int64, limit int) ([]session.Message, error) {
	var list []session.Message
	err := t.query(`SELECT seq, at, author, actor, role, epoch, lang, text, masked, extra FROM messages
		WHERE conversation = ? AND seq > ? ORDER BY seq LIMIT ?`, func(s *sqlite3.Stmt) error {
		m := session.Message{
			Seq: s.ColumnInt64(0), At: instant(s, 1), Author: session.Author(s.ColumnText(2)), Actor: s.ColumnText(3),
			Role: engine.Role(s.ColumnText(4)), Epoch: s.ColumnInt64(5), Lang: s.ColumnText(6),
			Text: s.ColumnText(7), Masked: s.ColumnText(8),
		}
		if raw := s.ColumnRawText(9); len(raw) > 0 {
			var x extra
			if err := json.Unmarshal(raw, &x); err != nil {
				return err
			}
			m.Options, m.Found = x.Options, x.Found
			if x.Input != nil {
				m.Input = *x.Input
			}
		}
		list = append(list, m)
		return nil
	}, conversation, after, limit)
	return list, err
}

func (t *tx) Due(now time.Time, limit int) (ids []string, err error) {
	err = t.query(`SELECT id FROM conversations WHERE deadline IS NOT NULL AND deadline <= ?
		ORDER BY deadline, id LIMIT ?`, func(s *sqlite3.Stmt) error {
		ids = append(ids, s.ColumnText(0))
		return nil
	}, now, limit)
	return ids, err
}

func (t *tx) HoldsToken(conversation string, token session.Digest) (bool, error) {
	err := t.one(`SELECT 1 FROM tokens WHERE conversation = ? AND token = ?`,
		func(*sqlite3.Stmt) error { return nil }, conversation, token)
	if errors.Is(err, session.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (t *tx) Reserved(practice string, from, to, now time.Time) ([]session.Reservation, error) {
	var list []session.Reservation
	err := t.query(`SELECT starts, ends, slot, place, conversation, field, expires FROM reservations
		WHERE practice = ? AND starts < ? AND ends > ? AND (expires IS NULL OR expires > ?) ORDER BY starts, place`,
		func(s *sqlite3.Stmt) error {
			r := session.Reservation{
				Practice: practice, Place: s.ColumnInt(3), Conversation: s.ColumnText(4), Field: s.ColumnText(5),
				Slot: engine.Slot{ID: s.ColumnText(2), Start: instant(s, 0), End: instant(s, 1)}, Expires: instant(s, 6),
			}
			r.Booked = r.Expires.IsZero()
			list = append(list, r)
			return nil
		}, practice, to, from, now)
	return list, err
}

func (t *tx) Code(conversation string) (c session.Code, err error) {
	c.Conversation = conversation
	err = t.one(`SELECT salt, hash, expires, tries FROM codes WHERE conversation = ?`, func(s *sqlite3.Stmt) error {
		c.Salt, c.Hash, c.Expires, c.Tries = s.ColumnBlob(0, nil), digest(s, 1), instant(s, 2), s.ColumnInt(3)
		return nil
	}, conversation)
	return c, err
}

func (t *tx) Machine(hash string) (canonical []byte, err error) {
	err = t.one(`SELECT machine FROM machines WHERE hash = ?`, func(s *sqlite3.Stmt) error {
		canonical = []byte(s.ColumnText(0))
		return nil
	}, hash)
	return canonical, err
}

func (t *tx) Audit(practice string, after int64, limit int) ([]session.Entry, error) {
	var list []session.Entry
	err := t.query(`SELECT number, at, actor, action, conversation, detail FROM audit
		WHERE practice = ? AND number > ? ORDER BY number LIMIT ?`, func(s *sqlite3.Stmt) error {
		e := session.Entry{
			Practice: practice, Number: s.ColumnInt64(0), At: instant(s, 1), Actor: s.ColumnText(2),
			Action: s.ColumnText(3), Conversation: s.ColumnText(4),
		}
		list = append(list, e)
		return json.Unmarshal(s.ColumnRawText(5), &list[len(list)-1].Detail)
	}, practice, after, limit)
	return list, err
}

func (t *tx) Outbox(practice string, limit int) ([]session.Outgoing, error) {
	var list []session.Outgoing
	err := t.query(`SELECT conversation, vendor, fields, at FROM outbox WHERE practice = ? ORDER BY id LIMIT ?`,
		func(s *sqlite3.Stmt) error {
			o := session.Outgoing{
				Practice: practice, Conversation: s.ColumnText(0), Vendor: s.ColumnText(1), At: instant(s, 3),
			}
			list = append(list, o)
			return json.Unmarshal(s.ColumnRawText(2), &list[len(list)-1].Fields)
		}, practice, limit)
	return list, err
}

func encode(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	return b, nil
}
