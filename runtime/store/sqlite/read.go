package sqlite

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// View implements session.Store.
func (s *Store) View(ctx context.Context, practice string, fn func(session.Reader) error) error {
	return s.view(ctx, func(c *conn) error { return fn(&reader{c, practice}) })
}

// reader is a session.Reader of one practice.
type reader struct {
	*conn
	practice string
}

func (r *reader) Header(conversation string) (h session.Header, err error) {
	err = r.one(`SELECT flow, machine, key, client, started FROM conversations WHERE id = ? AND practice = ?`,
		func(s *sqlite3.Stmt) error {
			h = session.Header{
				Conversation: conversation, Practice: r.practice, Flow: s.ColumnText(0), Machine: s.ColumnText(1),
				Key: s.ColumnInt64(2), Client: clientKey(s, 3), Started: instant(s, 4),
			}
			return nil
		}, conversation, r.practice)
	return h, err
}

func (r *reader) Standing(conversation string) (st session.Standing, err error) {
	err = r.one(`SELECT control, epoch, tier, team, outcome, flagged, since, due FROM conversations WHERE id = ? AND practice = ?`,
		func(s *sqlite3.Stmt) error {
			st = session.Standing{
				Control: engine.Control(s.ColumnText(0)), Epoch: s.ColumnInt64(1), Tier: s.ColumnText(2), Team: s.ColumnText(3),
				Outcome: s.ColumnText(4), Flagged: s.ColumnBool(5), Since: instant(s, 6), Due: instant(s, 7),
			}
			return nil
		}, conversation, r.practice)
	return st, err
}

func (r *reader) Started(client session.ClientKey) (id string, err error) {
	err = r.one(`SELECT id FROM conversations WHERE practice = ? AND client = ?`,
		func(s *sqlite3.Stmt) error { id = s.ColumnText(0); return nil }, r.practice, client)
	return id, err
}

// number finds a conversation of a practice, from the parameters id and practice.
const number = `(SELECT number FROM conversations WHERE id = ? AND practice = ?)`

const turnColumns = `SELECT version, at, client, after_seq, last_seq, authors, said, ack, released, control, epoch, tier, sealed
	FROM turns WHERE conversation = ` + number

func (r *reader) turn(conversation string, s *sqlite3.Stmt) session.Turn {
	t := session.Turn{
		Practice: r.practice, Conversation: conversation, Version: s.ColumnInt64(0), At: instant(s, 1), Client: clientKey(s, 2),
		After: s.ColumnInt64(3), Last: s.ColumnInt64(4), Authors: session.Authors(s.ColumnInt64(5)), Said: -1,
		Ack: s.ColumnBool(7), Released: s.ColumnBool(8), Control: engine.Control(s.ColumnText(9)), Epoch: s.ColumnInt64(10),
		Tier: s.ColumnText(11), Sealed: s.ColumnBlob(12, nil),
	}
	if s.ColumnType(6) != sqlite3.NULL {
		t.Said = s.ColumnInt64(6)
	}
	return t
}

func (r *reader) Last(conversation string) (t session.Turn, err error) {
	err = r.one(turnColumns+` ORDER BY version DESC LIMIT 1`,
		func(s *sqlite3.Stmt) error { t = r.turn(conversation, s); return nil }, conversation, r.practice)
	return t, err
}

func (r *reader) Newest(conversations []string) ([]int64, error) {
	list := make([]int64, len(conversations))
	for i, id := range conversations {
		err := r.one(`SELECT coalesce(max(version), 0) FROM turns WHERE conversation = `+number,
			func(s *sqlite3.Stmt) error { list[i] = s.ColumnInt64(0); return nil }, id, r.practice)
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (r *reader) Turn(conversation string, version int64) (t session.Turn, err error) {
	err = r.one(turnColumns+` AND version = ?`,
		func(s *sqlite3.Stmt) error { t = r.turn(conversation, s); return nil }, conversation, r.practice, version)
	return t, err
}

// Turns goes backwards from the newest, since who follows a conversation has seen nearly all of it.
func (r *reader) Turns(conversation string, after int64, limit int) (list []session.Turn, err error) {
	first := int64(1)
	if after > 0 {
		err = r.query(`SELECT version, last_seq FROM turns WHERE conversation = `+number+` ORDER BY version DESC`,
			func(s *sqlite3.Stmt) error {
				if s.ColumnInt64(1) <= after {
					first = s.ColumnInt64(0) + 1
					return errEnough
				}
				return nil
			}, conversation, r.practice)
		if err != nil && err != errEnough { //nolint:errorlint // our own, as it is
			return nil, err
		}
	}
	err = r.query(turnColumns+` AND version >= ? AND authors > 0 ORDER BY version LIMIT ?`,
		func(s *sqlite3.Stmt) error { list = append(list, r.turn(conversation, s)); return nil }, conversation, r.practice, first, limit)
	return list, err
}

func (r *reader) Answered(conversation string, client session.ClientKey) (version int64, err error) {
	err = r.one(`WITH mine AS `+number+` SELECT version FROM turns
		WHERE conversation = (SELECT number FROM mine) AND client = ?3 AND version <= 256
		UNION ALL SELECT version FROM turns
		WHERE conversation = (SELECT number FROM mine) AND client = ?3 AND version > 256`,
		func(s *sqlite3.Stmt) error { version = s.ColumnInt64(0); return nil }, conversation, r.practice, client)
	return version, err
}

func (r *reader) Answers(conversation string, limit int) (list []session.Answer, err error) {
	err = r.query(`SELECT client, version FROM turns WHERE conversation = `+number+` AND client IS NOT NULL
		ORDER BY version DESC LIMIT ?`, func(s *sqlite3.Stmt) error {
		list = append(list, session.Answer{Client: clientKey(s, 0), Version: s.ColumnInt64(1)})
		return nil
	}, conversation, r.practice, limit)
	slices.Reverse(list)
	return list, err
}

func (r *reader) Due(now time.Time, limit int) (list []session.Due, err error) {
	err = r.query(`SELECT id, due FROM conversations WHERE practice = ? AND due <= ? AND erased IS NULL ORDER BY due, id LIMIT ?`,
		func(s *sqlite3.Stmt) error {
			list = append(list, session.Due{Conversation: s.ColumnText(0), At: instant(s, 1)})
			return nil
		}, r.practice, now, limit)
	return list, err
}

func (r *reader) Reserved(from, to, now time.Time) (list []session.Reservation, err error) {
	err = r.query(`SELECT r.starts, r.ends, r.slot, r.place, c.id, r.field, r.expires
		FROM reservations r JOIN conversations c ON c.number = r.conversation
		WHERE r.practice = ? AND r.starts < ? AND r.ends > ? AND (r.expires IS NULL OR r.expires > ?) ORDER BY r.starts, r.place`,
		func(s *sqlite3.Stmt) error {
			o := session.Reservation{
				Place: s.ColumnInt(3), Conversation: s.ColumnText(4), Field: s.ColumnText(5),
				Slot: engine.Slot{ID: s.ColumnText(2), Start: instant(s, 0), End: instant(s, 1)}, Expires: instant(s, 6),
			}
			o.Booked = o.Expires.IsZero()
			list = append(list, o)
			return nil
		}, r.practice, to, from, now)
	return list, err
}

func (r *reader) Machine(hash string) (canonical []byte, err error) {
	err = r.one(`SELECT machine FROM machines WHERE practice = ? AND hash = ?`, func(s *sqlite3.Stmt) error {
		canonical = []byte(s.ColumnText(0))
		return nil
	}, r.practice, hash)
	return canonical, err
}

func (r *reader) Audit(after int64, limit int) ([]session.Entry, error) {
	blocks, err := r.Blocks(after, limit)
	if err != nil {
		return nil, err
	}
	return session.EntriesAfter(r.practice, blocks, after, limit)
}

func (r *reader) Blocks(after int64, limit int) (list []session.Block, err error) {
	err = r.query(`SELECT first, count, prev, hash, entries FROM audit
		WHERE practice = ?1 AND first >= coalesce((SELECT max(first) FROM audit WHERE practice = ?1 AND first <= ?2), 0)
		AND first + count > ?2 + 1 ORDER BY first LIMIT ?3`, func(s *sqlite3.Stmt) error {
		list = append(list, session.Block{
			First: s.ColumnInt64(0), Count: s.ColumnInt64(1), Prev: digest(s, 2), Hash: digest(s, 3), Entries: s.ColumnBlob(4, nil),
		})
		return nil
	}, r.practice, after, limit)
	return list, err
}

func (r *reader) Outbox(limit int) (list []session.Parcel, err error) {
	err = r.query(`SELECT c.id, o.version, o.number, c.key, o.vendor, o.at, o.sealed
		FROM outbox o JOIN conversations c ON c.number = o.conversation WHERE o.practice = ? ORDER BY o.id LIMIT ?`,
		func(s *sqlite3.Stmt) error {
			list = append(list, session.Parcel{
				Practice: r.practice, Conversation: s.ColumnText(0), Version: s.ColumnInt64(1), Number: s.ColumnInt(2),
				Key: s.ColumnInt64(3), Vendor: s.ColumnText(4), At: instant(s, 5), Sealed: s.ColumnBlob(6, nil),
			})
			return nil
		}, r.practice, limit)
	return list, err
}

func clientKey(s *sqlite3.Stmt, col int) (k session.ClientKey) {
	copy(k[:], s.ColumnRawBlob(col))
	return k
}

// errEnough ends a query.
var errEnough = fmt.Errorf("enough")
