package migration

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Fate says what becomes of a conversation.
type Fate int

// The fates. Whatever a plan does not speak about stays.
const (
	Stays  Fate = iota // it goes on on the version that it is on
	Moves              // it goes on on the new version
	Leaves             // it is handed to people
)

// Apply moves a conversation between two turns, or says why not. Only what the assistant has and waits for a patient in moves:
// who is with people stays with them, and what has ended stays as it was. What is known of each conversation is checked
// once more against the new invariant, although Check has proven it for all: one that is not inside stays.
func (m *Move) Apply(c engine.Conversation) (engine.Conversation, Fate) {
	to := m.plan.Locations[c.Location]
	switch {
	case c.Machine != m.old.hash, c.Control != engine.Assistant, c.Pending != nil, c.Tier != "", c.NoticeLang == "",
		len(c.Values) != len(m.old.m.Fields):
		return c, Stays
	case to == Human:
		return c, Leaves
	case to == Drain || to == "":
		return c, Stays
	}
	next := m.carry(c)
	next.Location = to
	if m.new.covers(m.new.locations[to], m.new.concrete(&next)) != "" {
		return c, Stays
	}
	return next, Moves
}

// carry takes over what a conversation holds. What belongs to the old question alone is forgotten, as on entering a location;
// times on offer stay, because the patient still sees them.
func (m *Move) carry(c engine.Conversation) engine.Conversation {
	values := c.Values
	c.Machine, c.Values = m.new.hash, make([]string, len(m.fields))
	for n, from := range m.fields {
		if from >= 0 {
			c.Values[n] = values[from]
		}
	}
	c.Attempts, c.Heard, c.Unread = 0, nil, nil
	c.Consents = keep(c.Consents, func(name string) string {
		if !m.consents[name] {
			return ""
		}
		return name
	})
	c.Verified = keep(c.Verified, func(field string) string { return m.plan.Fields[field] })
	return c
}

// keep renames a sorted list of names; what is renamed to nothing is left out. The list given stays as it is.
func keep(list []string, name func(string) string) []string {
	var out []string
	for _, s := range list {
		if to := name(s); to != "" {
			out = append(out, to)
		}
	}
	slices.Sort(out)
	return out
}

// concrete is what is known of one conversation.
func (s *side) concrete(c *engine.Conversation) view {
	v := view{facts: []int{0}}
	if len(c.Verified) > 0 {
		v.facts[0] = 1
	}
	for i, name := range s.c.Consents {
		if slices.Contains(c.Consents, name) {
			v.facts[0] |= 2 << i
		}
	}
	for n := range s.vars {
		v.cell = append(v.cell, s.cellsOf(&s.vars[n], n, c))
	}
	return v
}

func (s *side) cellsOf(v *machine.Variable, n int, c *engine.Conversation) []int {
	switch {
	case v.Field != nil && c.Values[n] == "":
		return []int{absent}
	case v.Field != nil:
		return cells(v, c.Values[n])
	}
	switch v.Name {
	case ofNow, ofVerified:
		return all(v)
	case ofAttempts:
		return cells(v, "0")
	case ofLanguage:
		return cells(v, c.Lang)
	case ofChannel:
		return cells(v, c.Channel)
	}
	return cells(v, "no")
}
