package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// reader is a session.Reader of one practice, for the length of a transaction.
type reader struct {
	ctx      context.Context //nolint:containedctx // of the call that the reader lives in
	tx       pgx.Tx
	practice string
}

// one scans a query's only row; none is session.ErrNotFound.
func (r *reader) one(sql string, args []any, into ...any) error {
	return translate(r.tx.QueryRow(r.ctx, sql, args...).Scan(into...))
}

// list collects a query's rows.
func list[T any](r *reader, sql string, args []any, row pgx.RowToFunc[T]) ([]T, error) {
	rows, err := r.tx.Query(r.ctx, sql, args...)
	if err != nil {
		return nil, translate(err)
	}
	return collect(rows, row)
}

// collect reads all rows; none is an empty list.
func collect[T any](rows pgx.Rows, row pgx.RowToFunc[T]) ([]T, error) {
	out, err := pgx.CollectRows(rows, row)
	if len(out) == 0 {
		out = nil
	}
	return out, translate(err)
}

func (r *reader) Header(conversation string) (session.Header, error) {
	h := session.Header{Conversation: conversation, Practice: r.practice}
	var client []byte
	var started int64
	err := r.one(`SELECT flow, machine, key, client, started FROM conversations WHERE id = $1 AND practice = $2`,
		[]any{conversation, r.practice}, &h.Flow, &h.Machine, &h.Key, &client, &started)
	if err != nil {
		return session.Header{}, err
	}
	copy(h.Client[:], client)
	h.Started = instant(&started)
	return h, nil
}

func (r *reader) Standing(conversation string) (st session.Standing, err error) {
	var control string
	var since int64
	var due *int64
	err = r.one(`SELECT control, epoch, tier, team, outcome, flagged, since, due FROM conversations WHERE id = $1 AND practice = $2`,
		[]any{conversation, r.practice}, &control, &st.Epoch, &st.Tier, &st.Team, &st.Outcome, &st.Flagged, &since, &due)
	if err != nil {
		return session.Standing{}, err
	}
	st.Control, st.Since, st.Due = engine.Control(control), instant(&since), instant(due)
	return st, nil
}

func (r *reader) Started(client session.ClientKey) (id string, err error) {
	err = r.one(`SELECT id FROM conversations WHERE practice = $1 AND client = $2`, []any{r.practice, client[:]}, &id)
	return id, err
}

const turnColumns = `SELECT conversation, version, at, client, after_seq, last_seq, authors, said, ack, released, control, epoch, tier,
	sealed FROM turns WHERE conversation = $1 AND practice = $2`

func (r *reader) turn(row pgx.CollectableRow) (session.Turn, error) {
	t := session.Turn{Practice: r.practice, Said: -1}
	var at, authors int64
	var said *int64
	var client []byte
	var control string
	err := row.Scan(&t.Conversation, &t.Version, &at, &client, &t.After, &t.Last, &authors, &said, &t.Ack, &t.Released, &control,
		&t.Epoch, &t.Tier, &t.Sealed)
	t.At, t.Authors, t.Control = instant(&at), session.Authors(authors), engine.Control(control)
	copy(t.Client[:], client)
	if said != nil {
		t.Said = *said
	}
	return t, err
}

func (r *reader) oneTurn(sql string, args ...any) (session.Turn, error) {
	rows, err := r.tx.Query(r.ctx, sql, args...)
	if err != nil {
		return session.Turn{}, translate(err)
	}
	t, err := pgx.CollectOneRow(rows, r.turn)
	if err != nil {
		return session.Turn{}, translate(err)
	}
	return t, nil
}

func (r *reader) Newest(conversations []string) ([]int64, error) {
	return list(r, `SELECT coalesce((SELECT max(version) FROM turns WHERE conversation = id AND practice = $2), 0)
		FROM unnest($1::text[]) WITH ORDINALITY AS asked (id, place) ORDER BY place`, []any{conversations, r.practice}, pgx.RowTo[int64])
}

func (r *reader) Last(conversation string) (session.Turn, error) {
	return r.oneTurn(turnColumns+` ORDER BY version DESC LIMIT 1`, conversation, r.practice)
}

func (r *reader) Turn(conversation string, version int64) (session.Turn, error) {
	return r.oneTurn(turnColumns+` AND version = $3`, conversation, r.practice, version)
}

func (r *reader) Turns(conversation string, after int64, limit int) ([]session.Turn, error) {
	return list(r, turnColumns+` AND last_seq > $3 AND authors > 0 ORDER BY version LIMIT $4`,
		[]any{conversation, r.practice, after, limit}, r.turn)
}

func (r *reader) Answered(conversation string, client session.ClientKey) (version int64, err error) {
	err = r.one(`SELECT version FROM turns WHERE conversation = $1 AND practice = $2 AND client = $3 AND version <= 256
		UNION ALL SELECT version FROM turns WHERE conversation = $1 AND practice = $2 AND client = $3 AND version > 256 LIMIT 1`,
		[]any{conversation, r.practice, client[:]}, &version)
	return version, err
}

func (r *reader) Answers(conversation string, limit int) ([]session.Answer, error) {
	out, err := list(r, `SELECT client, version FROM turns WHERE conversation = $1 AND practice = $2 AND client IS NOT NULL
		ORDER BY version DESC LIMIT $3`, []any{conversation, r.practice, limit},
		func(row pgx.CollectableRow) (a session.Answer, err error) {
			var client []byte
			err = row.Scan(&client, &a.Version)
			copy(a.Client[:], client)
			return a, err
		})
	slices.Reverse(out)
	return out, err
}

func (r *reader) Due(now time.Time, limit int) ([]session.Due, error) {
	return list(r, `SELECT id, due FROM conversations WHERE practice = $1 AND due <= $2 AND erased IS NULL ORDER BY due, id LIMIT $3`,
		[]any{r.practice, now.UnixMicro(), limit}, func(row pgx.CollectableRow) (d session.Due, err error) {
			var at int64
			err = row.Scan(&d.Conversation, &at)
			d.At = instant(&at)
			return d, err
		})
}

func (r *reader) Reserved(from, to, now time.Time) ([]session.Reservation, error) {
	return list(r, `SELECT starts, ends, slot, place, conversation, field, expires FROM reservations
		WHERE practice = $1 AND starts < $2 AND ends > $3 AND (expires IS NULL OR expires > $4) ORDER BY starts, place`,
		[]any{r.practice, to.UnixMicro(), from.UnixMicro(), now.UnixMicro()},
		func(row pgx.CollectableRow) (o session.Reservation, err error) {
			var starts, ends int64
			var expires *int64
			err = row.Scan(&starts, &ends, &o.Slot.ID, &o.Place, &o.Conversation, &o.Field, &expires)
			o.Slot.Start, o.Slot.End, o.Expires = instant(&starts), instant(&ends), instant(expires)
			o.Booked = o.Expires.IsZero()
			return o, err
		})
}

func (r *reader) Machine(hash string) ([]byte, error) {
	var canonical string
	if err := r.one(`SELECT machine FROM machines WHERE practice = $1 AND hash = $2`, []any{r.practice, hash}, &canonical); err != nil {
		return nil, err
	}
	return []byte(canonical), nil
}

func (r *reader) Audit(after int64, limit int) ([]session.Entry, error) {
	blocks, err := r.Blocks(after, limit)
	if err != nil {
		return nil, err
	}
	return session.EntriesAfter(r.practice, blocks, after, limit)
}

func (r *reader) Blocks(after int64, limit int) ([]session.Block, error) {
	return list(r, `SELECT first, count, prev, hash, entries FROM audit
		WHERE practice = $1 AND first >= coalesce((SELECT max(first) FROM audit WHERE practice = $1 AND first <= $2), 0)
		AND first + count > $2 + 1 ORDER BY first LIMIT $3`, []any{r.practice, after, limit},
		func(row pgx.CollectableRow) (b session.Block, err error) {
			var prev, hash []byte
			err = row.Scan(&b.First, &b.Count, &prev, &hash, &b.Entries)
			copy(b.Prev[:], prev)
			copy(b.Hash[:], hash)
			return b, err
		})
}

func (r *reader) Outbox(limit int) ([]session.Parcel, error) {
	return list(r, `SELECT o.conversation, o.version, o.number, c.key, o.vendor, o.at, o.sealed
		FROM outbox o JOIN conversations c ON c.id = o.conversation WHERE o.practice = $1 ORDER BY o.id LIMIT $2`,
		[]any{r.practice, limit}, func(row pgx.CollectableRow) (session.Parcel, error) {
			p := session.Parcel{Practice: r.practice}
			var at int64
			err := row.Scan(&p.Conversation, &p.Version, &p.Number, &p.Key, &p.Vendor, &at, &p.Sealed)
			p.At = instant(&at)
			return p, err
		})
}
