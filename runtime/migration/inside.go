package migration

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// maxCases bounds how many situations of one state are looked at. Above it a plan is refused, never waved through.
const maxCases = 1 << 16

// view is what is known of conversations in terms of the new machine.
type view struct {
	facts []int   // each of them is possible
	cell  [][]int // by variable: the cells that it may be in, absent among them
}

// insideAlways says what keeps some conversation that stands at a location of old out of the invariant of a location of new;
// empty if nothing does.
func (m *Move) insideAlways(old, new int) string {
	inv := &m.old.c.Invariants[old]
	for _, s := range inv.States {
		v := m.abstract(inv, s)
		if why := m.new.covers(new, v); why != "" {
			return why
		}
	}
	return ""
}

// abstract is what a state of the old invariant says in terms of the new machine, now that some time may have passed.
func (m *Move) abstract(inv *machine.Invariant, s machine.AbstractState) view {
	known := make([]int, len(m.old.vars)) // by variable of old: its cell, unknown, or held
	for i := range known {
		known[i] = unknown
	}
	for i, v := range inv.Exact {
		known[v] = s[machine.StateCells+i]
	}
	for i, v := range inv.Held {
		if known[v] = absent; s[machine.StateCells+len(inv.Exact)+i] != 0 {
			known[v] = held
		}
	}
	v := view{facts: m.facts(s[machine.StateFacts])}
	for n := range m.new.vars {
		v.cell = append(v.cell, m.cellsOf(n, known, inv))
	}
	return v
}

// What is known of a variable beside its cell, as in the kernel.
const (
	unknown = -1
	held    = -2
)

// facts are those that can hold in the new machine where these hold in the old one.
func (m *Move) facts(old int) []int {
	out := []int{0}
	for i, name := range m.old.c.Consents {
		n, ok := slices.BinarySearch(m.new.c.Consents, name)
		if old&(2<<i) != 0 && ok && m.consents[name] {
			out[0] |= 2 << n
		}
	}
	if old&1 == 0 {
		return out
	}
	verified := out[0] | 1
	for i := range m.old.m.Locations {
		if l := &m.old.m.Locations[i]; l.Kind == machine.Verify && m.plan.Fields[l.Field] == "" {
			return append(out, verified) // what proved it may be dropped
		}
	}
	return []int{verified}
}

// cellsOf are those that a variable of the new machine can be in.
func (m *Move) cellsOf(n int, known []int, inv *machine.Invariant) []int {
	is := &m.new.vars[n]
	if is.Field != nil {
		from := m.fields[n]
		if from < 0 {
			return []int{absent}
		}
		return m.values(from, n, known[from])
	}
	switch is.Name {
	case ofNow:
		return all(is)
	case ofAttempts:
		return cells(is, "0")
	case ofVerified: // what the fact says; see covers
		return all(is)
	case ofLanguage:
		return among(is, m.old.m.Flow.Languages)
	case ofChannel:
		return among(is, m.channels(known))
	}
	return cells(is, "no") // nothing is heard between two turns
}

// channels are those that a conversation can be on.
func (m *Move) channels(known []int) []string {
	for i := range m.old.vars {
		if v := &m.old.vars[i]; v.Field == nil && v.Name == ofChannel && known[i] > 0 {
			return slices.DeleteFunc(slices.Clone(m.old.m.Flow.Channels), func(c string) bool {
				return !slices.Contains(cells(v, c), known[i])
			})
		}
	}
	return m.old.m.Flow.Channels
}

// among are the cells of some values.
func among(v *machine.Variable, values []string) (out []int) {
	for _, s := range values {
		out = append(out, cells(v, s)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// values are the cells that the value of a field can be in, of which this is known in the old machine.
func (m *Move) values(old, new, known int) []int {
	was, is := &m.old.vars[old], &m.new.vars[new]
	var out []int
	switch {
	case known == absent:
		return []int{absent}
	case is.Moves() || was.Moves(): // its cell moves with the days: it may be in any
		out = all(is)
	default:
		for _, value := range slices.Concat(was.Values(), is.Values()) {
			if in := cells(was, value); known < 0 && len(in) > 0 || slices.Contains(in, known) {
				out = append(out, cells(is, value)...)
			}
		}
	}
	if known == unknown {
		out = append(out, absent)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// covers says what keeps some of these conversations out of the invariant of a location; empty if nothing does.
func (s *side) covers(at int, v view) string {
	inv := &s.c.Invariants[at]
	states := make(map[string]bool, len(inv.States))
	for _, state := range inv.States {
		states[key(state[machine.StateFacts], state[machine.StateCells:])] = true
	}
	if len(states) == 0 {
		return "no conversation of the new version ever stands"
	}
	for _, facts := range v.facts {
		ways, cases := s.ways(inv, v, facts), 1
		for _, w := range ways {
			if cases *= len(w); cases == 0 || cases > maxCases {
				return "there is too much to look at, so that nobody can tell whether it is safe"
			}
		}
		at, state := make([]int, len(ways)), make([]int, len(ways))
		for more := true; more; more = turn(at, ways) {
			for i := range ways {
				state[i] = ways[i][at[i]]
			}
			if !states[key(facts, state)] {
				return s.differs(inv, facts, state)
			}
		}
	}
	return ""
}

// ways are, for each number of a state beside its facts and ranks, what it can be.
func (s *side) ways(inv *machine.Invariant, v view, facts int) [][]int {
	var out [][]int
	for _, n := range inv.Exact {
		cells := v.cell[n]
		if s.vars[n].Field == nil && s.vars[n].Name == ofVerified {
			cells = s.vars[n].Of([]string{"no", "yes"}[facts&1])
		}
		out = append(out, cells)
	}
	for _, n := range inv.Held {
		var has []int
		for _, cell := range v.cell[n] {
			has = append(has, min(cell, 1))
		}
		slices.Sort(has)
		out = append(out, slices.Compact(has))
	}
	return out
}

// turn counts on like an odometer, and reports false once it is round.
func turn(at []int, ways [][]int) bool {
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = (at[i] + 1) % len(ways[i])
		if at[i] > 0 {
			return true
		}
	}
	return false
}

func key(facts int, cells []int) string { return fmt.Sprint(facts, cells) }

// differs says how a state differs from the nearest one of an invariant.
func (s *side) differs(inv *machine.Invariant, facts int, state []int) string {
	var best []string
	for _, is := range inv.States {
		var list []string
		list = append(list, s.factsDiffer(facts, is[machine.StateFacts])...)
		for i, n := range slices.Concat(inv.Exact, inv.Held) {
			if has, wants := state[i], is[machine.StateCells+i]; has != wants {
				list = append(list, s.differ(n, has, wants))
			}
		}
		if best == nil || len(list) < len(best) {
			best = list
		}
	}
	return "the new version counts on something that is not so for everybody there: " + strings.Join(best, "; ")
}

func (s *side) factsDiffer(has, wants int) (out []string) {
	if has&1 == 0 && wants&1 != 0 {
		out = append(out, "the patient is verified")
	} else if has&1 != 0 && wants&1 == 0 {
		out = append(out, "the patient is not verified yet")
	}
	for i, name := range s.c.Consents {
		if bit := 2 << i; has&bit == 0 && wants&bit != 0 {
			out = append(out, fmt.Sprintf("the patient has agreed to `%s`", name))
		} else if has&bit != 0 && wants&bit == 0 {
			out = append(out, fmt.Sprintf("the patient has not been asked to agree to `%s` yet", name))
		}
	}
	return out
}

func (s *side) differ(n, has, wants int) string {
	v := &s.vars[n]
	switch {
	case v.Field == nil:
		return fmt.Sprintf("what it knows of `%s`", v.Name)
	case wants == absent:
		return fmt.Sprintf("`%s` has not been answered yet", v.Name)
	case has == absent:
		return fmt.Sprintf("`%s` has been answered", v.Name)
	}
	return fmt.Sprintf("`%s` was answered otherwise", v.Name)
}
