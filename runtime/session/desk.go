package session

import (
	"context"
	"errors"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Limits of what people note about one conversation. It stands, sealed, in every later turn of it.
const (
	MaxNotes = 50
	MaxNote  = 2000 // bytes
)

// Errors of notes and transfers.
var (
	// ErrNotes says that a conversation has as many notes as it can have.
	ErrNotes = errors.New("the conversation has no room for another note")
	// ErrTeam says that the practice has no such team, or that the conversation is that team's already.
	ErrTeam = errors.New("no such team to pass it to")
)

// Desk is what people keep about a conversation. It is sealed with it and never shown to the patient.
type Desk struct {
	Asked    time.Time `json:"asked,omitzero"`    // when it last left the assistant; zero while the assistant has it
	Answered time.Time `json:"answered,omitzero"` // when a person first wrote to the patient after that
	Notes    []Note    `json:"notes,omitempty"`
}

// Note is one entry that people make for each other.
type Note struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"` // a person's id
	Text string    `json:"text"`
}

// follow keeps the times of a desk up with what happened in the turn.
func (t *turn) follow() {
	d := &t.rec.Desk
	switch {
	case t.released:
		d.Asked, d.Answered = time.Time{}, time.Time{}
	case d.Asked.IsZero() && (t.rec.Control == engine.Waiting || t.rec.Control == engine.Human):
		d.Asked = t.now
	}
	if d.Asked.IsZero() || !d.Answered.IsZero() {
		return
	}
	for i := range t.messages {
		if t.messages[i].Author == ByStaff {
			d.Answered = t.now
		}
	}
}

// AddNote keeps a note about a conversation for colleagues. It returns ErrNotes when there is no room for it.
func (h *Host) AddNote(ctx context.Context, id, person, text string) error {
	return h.act(ctx, id, person, func(t *turn) (bool, error) {
		notes := t.before.Desk.Notes
		if len(notes) >= MaxNotes || len(text) > MaxNote {
			return false, ErrNotes
		}
		t.rec.Desk.Notes = append(notes[:len(notes):len(notes)], Note{At: t.now.UTC(), By: person, Text: text})
		t.audit(person, "conversation.noted", nil)
		return true, nil
	})
}

// Transfer passes a conversation that waits for people, or that this person has, to another team, which has to take it. It
// returns a *HeldError when somebody else has it, ErrTeam, and ErrOver when it has ended or the assistant has it. An emergency
// stays one.
func (h *Host) Transfer(ctx context.Context, id, person, team, reason string) error {
	return h.act(ctx, id, person, func(t *turn) (bool, error) {
		switch t.before.Control {
		case engine.Assistant, engine.Closed:
			return false, ErrOver
		case engine.Human:
			if t.before.holder() != person {
				return false, &HeldError{By: t.before.holder()}
			}
		case engine.Waiting:
		}
		if team == t.before.Team || !hasTeam(&t.flow.Machine.Practice, team) {
			return false, ErrTeam
		}
		if t.before.Control == engine.Human {
			t.rec.Control = engine.Waiting // no event of the engine: nobody speaks, and the assistant is not involved
			t.rec.Epoch++
		}
		from := t.before.Team
		t.rec.Team, t.rec.Holder = team, ""
		t.audit(person, "conversation.transferred", map[string]string{"from": from, "to": team, "reason": reason})
		return true, nil
	})
}

func hasTeam(p *machine.Practice, name string) bool {
	for i := range p.Teams {
		if p.Teams[i].Name == name {
			return true
		}
	}
	return false
}

// Judge returns what says whether a text raises a trigger of a machine; nil where the machine is not admitted here any more, or its
// program cannot tell.
func (h *Host) Judge(m *machine.Machine) (func(text string) bool, error) {
	hash, err := m.Hash()
	if err != nil {
		return nil, err
	}
	flow, err := h.pinnedTo(context.Background(), hash)
	if errors.Is(err, ErrUnserved) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p, ok := flow.Program.(interface{ Reader() engine.Reader })
	if !ok {
		return nil, nil
	}
	return func(text string) bool { return len(p.Reader().Read(text, "").Triggers()) > 0 }, nil
}

// Scan finds protected data in what a person is about to write to a patient. What cannot be scanned has none.
func (h *Host) Scan(ctx context.Context, id, text string) []engine.Finding {
	hd, err := h.cached(ctx, id)
	if err != nil {
		return nil
	}
	flow, err := h.pinnedTo(ctx, hd.rec.Machine)
	if err != nil {
		return nil
	}
	if p, ok := flow.Program.(interface{ Reader() engine.Reader }); ok {
		return p.Reader().Read(text, "").Found()
	}
	return nil
}
