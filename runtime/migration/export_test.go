package migration

import "github.com/tacet-lang/tacet/runtime/engine"

// Force moves a conversation without asking whether that is safe.
func Force(m *Move, c engine.Conversation, to string) engine.Conversation {
	c = m.carry(c)
	c.Location = to
	return c
}
