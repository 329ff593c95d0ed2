package session

import (
	"fmt"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// unsaid is Turn.Said where the assistant says nothing.
const unsaid = -1

// hear notes in a turn who wrote its messages. It fails on messages of the assistant that cannot stand in one turn: under
// two epochs, or after an acknowledgement.
func (t *Turn) hear(list []Message) error {
	t.Said = unsaid
	for i := range list {
		m := &list[i]
		switch m.Author {
		case ByPatient:
			t.Authors |= PatientWrote
		case ByStaff:
			t.Authors |= StaffWrote
		case ByAssistant:
			if t.Ack || t.Said != unsaid && t.Said != m.Epoch {
				return fmt.Errorf("%w: message %d", ErrSilent, m.Seq)
			}
			t.Authors |= AssistantWrote
			t.Said, t.Ack = m.Epoch, m.Role == engine.RoleAck
		}
		if m.Seq != t.After+int64(i)+1 {
			return fmt.Errorf("message %d has number %d", t.After+int64(i)+1, m.Seq)
		}
	}
	if t.Last != t.After+int64(len(list)) {
		return fmt.Errorf("%d messages lead from number %d to %d", len(list), t.After, t.Last)
	}
	return nil
}

// follows is the first of two walls, and says in Go what the database says in its own language: whether a turn may come
// after what was before. See Turn.
func (t *Turn) follows(before *Record) error {
	switch {
	case t.Epoch < before.Epoch, t.Control != before.Control && t.Epoch == before.Epoch:
		return fmt.Errorf("%w: control moves to %s under epoch %d after %d", ErrSilent, t.Control, t.Epoch, before.Epoch)
	case before.Control == engine.Closed && t.Control != engine.Closed:
		return fmt.Errorf("%w: what is closed stays closed", ErrSilent)
	case before.Tier == machine.Emergency && t.Tier != machine.Emergency,
		before.Tier == machine.Emergency && before.Control != engine.Assistant && t.Control == engine.Assistant:
		return fmt.Errorf("%w: an emergency is not given back", ErrSilent)
	case t.Ack && (t.Control == engine.Assistant || t.Epoch <= t.Said):
		return fmt.Errorf("%w: an acknowledgement without a handoff", ErrSilent)
	case t.Said == unsaid:
		return nil
	case before.Control == engine.Assistant && t.Said == before.Epoch:
		return nil
	case t.Released && before.Tier != machine.Emergency && t.Said == before.Epoch+1 &&
		(before.Control == engine.Waiting || before.Control == engine.Human):
		return nil
	}
	return fmt.Errorf("%w: %s has it, under epoch %d", ErrSilent, before.Control, before.Epoch)
}
