package sqlite

import (
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

func (t *tx) PutMachine(hash string, canonical []byte) error {
	return t.exec(`INSERT INTO machines (hash, machine) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING`, hash, string(canonical))
}

func (t *tx) Create(r session.Record) error {
	state, err := encode(r.Conversation)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO conversations (id, practice, flow, machine, client_id, request, version, control, epoch, seq,
			tier, team, outcome, flagged, state, started, touched, deadline)
		VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, r.Practice, r.Flow, r.Machine, r.ClientID, r.Request, string(r.Control), r.Epoch, r.Seq,
		r.Tier, r.Team, r.Outcome, r.Flagged, string(state), r.Touched, r.Touched, r.Deadline)
}

func (t *tx) AddToken(conversation string, token session.Digest, at time.Time) error {
	return t.exec(`INSERT INTO tokens (conversation, token, at) VALUES (?, ?, ?)`, conversation, token, at)
}

// Commit inserts the messages before it moves control, so that an acknowledgement is still covered by the control it
// ends; messages of a later epoch, after people gave the conversation back, follow their own move.
func (t *tx) Commit(turn session.Turn) error {
	r := turn.Record
	epoch, err := t.lock(r)
	if err != nil {
		return err
	}
	for _, m := range turn.Messages {
		if m.Author == session.ByAssistant && m.Epoch > epoch {
			epoch = m.Epoch
			err := t.exec(`UPDATE conversations SET control = ?, epoch = ? WHERE id = ?`, string(engine.Assistant), epoch, r.ID)
			if err != nil {
				return err
			}
		}
		if err := t.insert(r.ID, m); err != nil {
			return err
		}
	}
	if err := t.save(r); err != nil {
		return err
	}
	for _, o := range turn.Outbox {
		if err := t.send(o); err != nil {
			return err
		}
	}
	for _, e := range turn.Audit {
		if err := t.log(e); err != nil {
			return err
		}
	}
	if turn.Answer == nil {
		return nil
	}
	return t.answer(*turn.Answer)
}

// lock makes sure that the conversation is still at the version the turn was computed from, and returns its epoch.
func (t *tx) lock(r session.Record) (epoch int64, err error) {
	var version int64
	err = t.one(`SELECT version, epoch FROM conversations WHERE id = ?`, func(s *sqlite3.Stmt) error {
		version, epoch = s.ColumnInt64(0), s.ColumnInt64(1)
		return nil
	}, r.ID)
	if err == nil && version != r.Version {
		err = session.ErrStale
	}
	return epoch, err
}

func (t *tx) insert(conversation string, m session.Message) error {
	var more string
	if len(m.Options)+len(m.Found) > 0 || m.Input != (engine.Input{}) {
		x := extra{Options: m.Options, Found: m.Found}
		if m.Input != (engine.Input{}) {
			x.Input = &m.Input
		}
		b, err := encode(x)
		if err != nil {
			return err
		}
		more = string(b)
	}
	return t.exec(`INSERT INTO messages (conversation, seq, at, author, actor, role, epoch, lang, text, masked, extra)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, conversation, m.Seq, m.At, string(m.Author), m.Actor, string(m.Role),
		m.Epoch, m.Lang, m.Text, m.Masked, more)
}

func (t *tx) save(r session.Record) error {
	state, err := encode(r.Conversation)
	if err != nil {
		return err
	}
	return t.exec(`UPDATE conversations SET version = version + 1, control = ?, epoch = ?, seq = ?, tier = ?, team = ?,
			outcome = ?, flagged = ?, state = ?, touched = ?, deadline = ?
		WHERE id = ?`, string(r.Control), r.Epoch, r.Seq, r.Tier, r.Team,
		r.Outcome, r.Flagged, string(state), r.Touched, r.Deadline, r.ID)
}

func (t *tx) send(o session.Outgoing) error {
	fields, err := encode(o.Fields)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO outbox (practice, conversation, vendor, fields, at) VALUES (?, ?, ?, ?, ?)`,
		o.Practice, o.Conversation, o.Vendor, string(fields), o.At)
}

func (t *tx) log(e session.Entry) error {
	detail, err := encode(e.Detail)
	if err != nil {
		return err
	}
	return t.exec(`INSERT INTO audit (practice, number, at, actor, action, conversation, detail)
		SELECT ?1, 1 + coalesce(max(number), 0), ?2, ?3, ?4, ?5, ?6 FROM audit WHERE practice = ?1`,
		e.Practice, e.At, e.Actor, e.Action, e.Conversation, string(detail))
}

func (t *tx) answer(a session.Answer) error {
	return t.exec(`INSERT INTO answers (conversation, client_id, request, after_seq, last_seq, control, lang, tier, outcome)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, a.Conversation, a.ClientID, a.Request, a.After, a.Last,
		string(a.Status.Control), a.Status.Lang, a.Status.Tier, a.Status.Outcome)
}

func (t *tx) Reserve(r session.Reservation, p session.Places) error {
	from, to := p.Around(r.Slot)
	err := t.exec(`DELETE FROM reservations WHERE practice = ? AND starts < ? AND ends > ? AND expires <= ?`,
		r.Practice, to, from, p.Now)
	if err != nil {
		return err
	}
	err = t.exec(`DELETE FROM reservations WHERE conversation = ? AND field = ? AND expires IS NOT NULL`,
		r.Conversation, r.Field)
	if err != nil {
		return err
	}
	others, err := t.Reserved(r.Practice, from, to, p.Now)
	if err != nil {
		return err
	}
	place, ok := p.Fit(r, others)
	if !ok {
		return session.ErrTaken
	}
	return t.exec(`INSERT INTO reservations (practice, starts, place, ends, slot, conversation, field, expires)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		r.Practice, r.Slot.Start, place, r.Slot.End, r.Slot.ID, r.Conversation, r.Field, r.Expires)
}

func (t *tx) Book(r session.Reservation) error {
	err := t.exec(`UPDATE reservations SET expires = NULL WHERE conversation = ? AND field = ? AND slot = ? AND expires IS NOT NULL`,
		r.Conversation, r.Field, r.Slot.ID)
	if err != nil {
		return err
	}
	if t.db.Changes() == 0 {
		return session.ErrNotFound
	}
	return nil
}

func (t *tx) Unhold(conversation string) error {
	return t.exec(`DELETE FROM reservations WHERE conversation = ? AND expires IS NOT NULL`, conversation)
}

func (t *tx) PutCode(c session.Code) error {
	return t.exec(`INSERT INTO codes (conversation, salt, hash, expires, tries) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (conversation) DO UPDATE SET salt = excluded.salt, hash = excluded.hash,
			expires = excluded.expires, tries = excluded.tries`, c.Conversation, c.Salt, c.Hash, c.Expires, c.Tries)
}

func (t *tx) DropCode(conversation string) error {
	return t.exec(`DELETE FROM codes WHERE conversation = ?`, conversation)
}
