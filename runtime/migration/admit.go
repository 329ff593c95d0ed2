package migration

import (
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// admits checks one entry of a plan.
func (m *Move) admits(id, to string) error {
	because := func(format string, args ...any) error {
		return &Refusal{Location: id, Reason: fmt.Sprintf(format, args...)}
	}
	at, ok := m.old.locations[id]
	if !ok || !m.old.m.Locations[at].Kind.Waits() {
		return because("the old version asks nothing of that name, so that nobody stands there")
	}
	if to == Drain || to == Human {
		return nil
	}
	n, ok := m.new.locations[to]
	if !ok || !m.new.m.Locations[n].Kind.Waits() {
		return because("the new version asks nothing called `%s`", to)
	}
	if why := m.sameQuestion(&m.old.m.Locations[at], &m.new.m.Locations[n]); why != "" {
		return because("at `%s` %s, so that the next answer would be to another question", to, why)
	}
	if why := m.sameTaint(at, n); why != "" {
		return because("%s", why)
	}
	if why := m.insideAlways(at, n); why != "" {
		return because("at `%s` %s", to, why)
	}
	return nil
}

// sameQuestion says what tells two questions apart, as far as the next answer can. The words of a question may differ: that
// it asks the same is what the author of the plan says.
func (m *Move) sameQuestion(old, new *machine.Location) string {
	if old.Kind != new.Kind {
		return fmt.Sprintf("is a question of another kind (%s, not %s)", new.Kind, old.Kind)
	}
	switch old.Kind {
	case machine.Ask, machine.Verify:
		if m.plan.Fields[old.Field] != new.Field {
			return fmt.Sprintf("`%s` is asked for, not `%s`", new.Field, old.Field)
		}
	case machine.Consent:
		if old.Consent != new.Consent || !m.consents[old.Consent] {
			return "the patient is asked to agree to something else"
		}
	case machine.Offer:
		for i := range old.Choices {
			if i >= len(new.Choices) || !m.sameText(old.Choices[i].Label, new.Choices[i].Label) {
				return fmt.Sprintf("button %d is another one, or gone", i+1)
			}
		}
	}
	return ""
}

// sameTaint checks implicit flows (G7): what decided that a conversation stands here, a vendor can learn from what is sent
// later.
func (m *Move) sameTaint(old, new int) string {
	classes := m.old.c.Invariants[old].Control
	if len(classes) == 0 {
		return ""
	}
	for _, i := range m.new.reach(new) {
		for _, a := range m.new.m.Locations[i].Do {
			if a.To == "" {
				continue
			}
			v := slices.IndexFunc(m.new.m.Practice.Vendors, func(v machine.Vendor) bool { return v.Name == a.To })
			for _, c := range classes {
				if v < 0 || !m.new.mayHold(&m.new.m.Practice.Vendors[v], c.Class) {
					return fmt.Sprintf("answers of the class %s led there, and `%s` may not learn them from what it is sent afterwards", c.Class, a.To)
				}
			}
		}
	}
	return ""
}

func (s *side) mayHold(v *machine.Vendor, class string) bool {
	return slices.ContainsFunc(v.Classes, func(c string) bool { return s.m.Policy.Below(c)[class] })
}

// reach are the locations that a conversation can come by from a location, itself included: by edges, and wherever the turn
// protocol can lead.
func (s *side) reach(from int) []int {
	stack := []int{from}
	push := func(id string) {
		if n, ok := s.locations[id]; ok {
			stack = append(stack, n)
		}
	}
	push(s.m.Human)
	push(s.m.Stuck)
	for i := range s.m.Escalations {
		push(s.m.Escalations[i].Location)
	}
	for i := range s.m.Topics {
		push(s.m.Topics[i].Route)
	}
	seen := make([]bool, len(s.m.Locations))
	var out []int
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		out = append(out, i)
		for _, e := range s.m.Locations[i].Edges {
			push(e.To)
		}
	}
	return out
}
