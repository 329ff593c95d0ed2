package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// Record is a conversation between two turns, opened.
type Record struct {
	engine.Conversation
	Header  Header
	Version int64 // of the newest turn; 0 before the first
	Touched time.Time
	Tokens  []Digest // of the tokens that open it
	Code    *Code    // the one-time code that is out
	Holder  string   // the person who has the conversation, while Control is engine.Human
	Desk    Desk
}

// Author says who wrote a message.
type Author string

// The authors.
const (
	ByPatient   Author = "patient"
	ByAssistant Author = "assistant"
	ByStaff     Author = "staff"
)

// Message is one line of a transcript.
type Message struct {
	Seq     int64            `json:"seq"`
	At      time.Time        `json:"-"` // of its turn
	Author  Author           `json:"author"`
	Actor   string           `json:"actor,omitempty"` // staff: who
	Role    engine.Role      `json:"role,omitempty"`  // assistant: why
	Epoch   int64            `json:"epoch,omitempty"` // assistant: the epoch it was said under
	Lang    string           `json:"lang,omitempty"`
	Text    string           `json:"text"`
	Masked  string           `json:"masked,omitempty"` // patient: what anybody below a clinician sees, where it is not Text
	Options []engine.Option  `json:"options,omitempty"`
	Input   engine.Input     `json:"input,omitzero"`
	Found   []engine.Finding `json:"found,omitempty"`
}

// Outgoing is data on its way to a vendor, opened.
type Outgoing struct {
	Conversation string
	Vendor       string
	Fields       []engine.FieldValue
	At           time.Time
}

// Code is a one-time code that is out: never the code itself.
type Code struct {
	Salt    []byte    `json:"salt"`
	Hash    []byte    `json:"hash"`
	Expires time.Time `json:"expires"`
	Tries   int       `json:"tries,omitempty"` // that did not match
}

// sealedTurn is what stands sealed in a turn: all that was written and found out in it, and the whole state after it, so
// that the newest turn alone is enough to go on from.
type sealedTurn struct {
	Request  []byte              `json:"request,omitempty"` // Digest, to tell a repetition from a clash
	Messages []Message           `json:"messages,omitempty"`
	State    engine.Conversation `json:"state"`
	Tokens   [][]byte            `json:"tokens,omitempty"`
	Code     *Code               `json:"code,omitempty"`
	Holder   string              `json:"holder,omitempty"`
	Desk     Desk                `json:"desk,omitzero"`
	From     Attribution         `json:"from,omitzero"` // in the first turn
}

// The columns whose names are part of a seal.
const (
	columnTurn   = "turn"
	columnOutbox = "outbox"
)

func label(h *Header, version int64, column string) vault.Label {
	return vault.Label{Practice: h.Practice, Conversation: h.Conversation, Sequence: version, Column: column}
}

// seal returns the sealed part of a turn.
func (t *turn) seal(version int64, request Digest) ([]byte, error) {
	s := sealedTurn{Request: request[:], Messages: t.messages, State: t.rec.Conversation, Code: t.rec.Code, Holder: t.rec.Holder, Desk: t.rec.Desk, From: t.from}
	if request == (Digest{}) {
		s.Request = nil
	}
	s.State.ID = "" // it stands in the header, and so does the machine unless the conversation has moved
	if s.State.Machine == t.rec.Header.Machine {
		s.State.Machine = ""
	}
	for i := range t.rec.Tokens {
		s.Tokens = append(s.Tokens, t.rec.Tokens[i][:])
	}
	var e encoder
	e.B = make([]byte, 0, 1536)
	e.turn(&s)
	return t.sealed(version, columnTurn, e.B)
}

// sealed seals a part of a turn. A conversation that was erased meanwhile is not there any more.
func (t *turn) sealed(version int64, column string, plain []byte) ([]byte, error) {
	b, err := t.host.vault.Seal(t.ctx, t.rec.Header.Key, label(&t.rec.Header, version, column), plain)
	if errors.Is(err, vault.ErrDestroyed) {
		err = errors.Join(ErrNotFound, err)
	}
	return b, err
}

// open opens a stored turn. What a practice erased is not found any more.
func (h *Host) open(ctx context.Context, hd *Header, t *Turn) (sealedTurn, error) {
	return openTurn(ctx, h.vault, hd, t)
}

func openTurn(ctx context.Context, v *vault.Vault, hd *Header, t *Turn) (s sealedTurn, err error) {
	if err := openInto(ctx, v, hd, t, &s); err != nil {
		return s, err
	}
	if s.State.ID = hd.Conversation; s.State.Machine == "" {
		s.State.Machine = hd.Machine
	}
	for i := range s.Messages {
		s.Messages[i].At = t.At
	}
	return s, nil
}

// openInto opens a stored turn and reads of it what a value has places for.
func openInto(ctx context.Context, v *vault.Vault, hd *Header, t *Turn, into any) error {
	plain, err := v.Open(ctx, hd.Key, label(hd, t.Version, columnTurn), t.Sealed)
	if errors.Is(err, vault.ErrDestroyed) {
		return errors.Join(ErrNotFound, err)
	}
	if err == nil {
		err = json.Unmarshal(plain, into)
	}
	if err != nil {
		return fmt.Errorf("turn %d of %s: %w", t.Version, t.Conversation, err)
	}
	return nil
}

// record is the conversation after a turn.
func (s *sealedTurn) record(hd *Header, t *Turn) Record {
	r := Record{Conversation: s.State, Header: *hd, Version: t.Version, Touched: t.At, Code: s.Code, Holder: s.Holder, Desk: s.Desk}
	for _, token := range s.Tokens {
		r.Tokens = append(r.Tokens, Digest(token))
	}
	return r
}

// OpenParcel opens what waits to be sent.
func OpenParcel(ctx context.Context, v *vault.Vault, p Parcel) (Outgoing, error) {
	h := Header{Practice: p.Practice, Conversation: p.Conversation}
	plain, err := v.Open(ctx, p.Key, label(&h, p.Version, outboxColumn(p.Number)), p.Sealed)
	if err != nil {
		return Outgoing{}, err
	}
	out := Outgoing{Conversation: p.Conversation, Vendor: p.Vendor, At: p.At}
	return out, json.Unmarshal(plain, &out.Fields)
}

func outboxColumn(number int) string { return fmt.Sprintf("%s/%d", columnOutbox, number) }

func standing(r *Record) Standing {
	return Standing{
		Control: r.Control, Epoch: r.Epoch, Tier: r.Tier, Team: r.Team, Outcome: r.Outcome, Flagged: r.Flagged,
	}
}
