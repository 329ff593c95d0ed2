package session

import (
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/migration"
)

// moving is a move with the machine that it leads to.
type moving struct {
	*migration.Move
	to *served
}

// moves are the moves of a flow that lead to it, by the machine that they move from.
func (s *served) moves(into map[string]moving) {
	for _, m := range s.Flow.Moves {
		if m.To() == s.hash {
			into[m.From()] = moving{m, s}
		}
	}
}

// move returns how conversations on a machine move to the version in service.
func (h *Host) move(machine string) (moving, bool) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	m, ok := h.moved[machine]
	return m, ok
}

// migrate moves the conversation to the version in service, if its plan says so, before the patient is heard. It reports
// whether people are to take the conversation after that. What silence has ended stays where it was.
func (t *turn) migrate() (leaves bool) {
	m, ok := t.host.move(t.before.Machine)
	if !ok || !t.rec.Deadline.IsZero() && !t.now.Before(t.rec.Deadline) {
		return false
	}
	c, fate := m.Apply(t.rec.Conversation)
	if fate == migration.Moves {
		t.rec.Conversation, t.flow = c, m.to
		t.audit("assistant", "conversation.migrated", map[string]string{"from": m.From(), "machine": m.To()})
	}
	return fate == migration.Leaves
}

// leave hands over a conversation that its plan leads to people, if the patient's message has not done so or ended it. What
// they wrote was heard before: an emergency comes first.
func (t *turn) leave() error {
	if t.rec.Control != engine.Assistant {
		return nil
	}
	t.audit("assistant", "conversation.not-migrated", nil)
	if err := t.step(engine.Event{Kind: engine.AskHuman}); err != nil {
		return err
	}
	t.rec.Reason = reasonOfFlow
	return nil
}

// reasonOfFlow is the reason of a handoff that its flow leads to and nobody asked for.
const reasonOfFlow = "state"
