// Package compare says what changed between two machines, in the order in which it matters: what can endanger a
// patient, what touches privacy, what behaves otherwise, what is only worded otherwise. Each change says what it means
// for a patient, and what a conversation must come to that shows it.
package compare

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Level is how much a change matters. A lower number matters more.
type Level int

// The levels.
const (
	Safety Level = iota + 1
	Privacy
	Behaviour
	Wording
)

// Levels lists the names of the levels, the weightiest first.
var Levels = []string{"safety", "privacy", "behaviour", "wording"}

func (l Level) String() string {
	if l < Safety || l > Wording {
		return fmt.Sprintf("level %d", int(l))
	}
	return Levels[l-1]
}

// Change is one thing that is different. What and Means are sentences without a full stop in which `code` stands in
// backticks.
type Change struct {
	Level Level
	What  string
	Means string        // for a patient
	Old   string        // the value before; may be empty
	New   string        // the value now; may be empty
	Place machine.Place // in the new flow, or for what is gone in the old one; may be nowhere
	Gone  bool          // Place is in the old flow
	Sign  *Sign         // what a conversation that shows it comes to; nil when nobody in a conversation can notice
}

// Sign is what must be seen in one turn of a conversation; empty fields are not looked at.
type Sign struct {
	New        bool   // seen in the new machine, else in the old one
	At         string // a location passed
	From, Also string // the turn goes on from From here by a way of the author's, and begins in Also in the other machine
	Field      string // asked for
	Vendor     string // something is sent to it
	Sent       string // this field is sent
	Escalation string // raised
	Team       string // takes over
	Reason     string // of the handoff: "human", "retries"
	Outcome    string // of the end
	Lang       string // of the conversation
	Heard      string // a topic or trigger the patient means
	Says       string // what the patient types
	Role       string // of a message
}

// Machines compares two versions of a flow, or two flows. Equal machines have no changes; places and hashes alone are
// none.
func Machines(before, after *machine.Machine) []Change {
	c := &comparing{old: before, new: after}
	c.oldKeys, c.newKeys = newKeys(before), newKeys(after)
	for _, part := range []func(){
		c.triggers, c.escalations, c.topics, c.handoffs, c.teams,
		c.flow, c.fields, c.sends, c.vendors, c.policy, c.session, c.consents,
		c.states, c.locations, c.calendar, c.standardTexts, c.understanding,
	} {
		part()
	}
	slices.SortStableFunc(c.out, func(a, b Change) int { return cmp.Compare(a.Level, b.Level) })
	return c.out
}

// Added is the change that a whole new flow is.
func Added(m *machine.Machine) Change {
	ch := Change{Level: Behaviour, What: fmt.Sprintf("the flow `%s` is new", m.Flow.ID), Means: "patients can have another conversation, for " + m.Flow.Purpose, Place: m.Flow.Place}
	if names := fieldNames(m); names != "" {
		ch.Level, ch.Means = Privacy, "patients can be asked for "+names
	}
	return ch
}

// Removed is the change that the loss of a flow is.
func Removed(m *machine.Machine) Change {
	return Change{
		Level: Behaviour, What: fmt.Sprintf("the flow `%s` is gone", m.Flow.ID),
		Means: "patients can no longer have this conversation", Place: m.Flow.Place, Gone: true,
	}
}

// comparing carries one comparison along.
type comparing struct {
	old, new         *machine.Machine
	oldKeys, newKeys *keys
	out              []Change
}

func (c *comparing) add(ch Change) { c.out = append(c.out, ch) }

// value reports a value that is different, and returns whether it is.
func (c *comparing) value(l Level, what, before, after, means string, place machine.Place) bool {
	if before == after {
		return false
	}
	c.add(Change{Level: l, What: what, Old: before, New: after, Means: means, Place: place})
	return true
}

// text reports a text that is different, one change for each language that both have.
func (c *comparing) text(l Level, what string, before, after machine.Text, place machine.Place, sign *Sign) {
	for _, lang := range c.new.Flow.Languages {
		b, ok := before[lang]
		a, ok2 := after[lang]
		if !ok && !ok2 || b == a {
			continue
		}
		var s *Sign
		if sign != nil {
			copied := *sign
			copied.New, copied.Lang = true, lang
			s = &copied
		}
		c.add(Change{Level: l, What: what + " reads otherwise in " + language(lang), Old: b, New: a, Means: "patients read other words", Place: place, Sign: s})
	}
}

func language(tag string) string {
	switch tag {
	case "en":
		return "English"
	case "es":
		return "Spanish"
	}
	return "`" + tag + "`"
}

// pair is something in both machines, or in one, by name.
type pair[T any] struct {
	name     string
	old, new *T
}

// paired joins two lists by name, in name order.
func paired[T any](old, new []T, name func(*T) string) []pair[T] {
	byName := map[string]*pair[T]{}
	var names []string
	at := func(n string) *pair[T] {
		p, ok := byName[n]
		if !ok {
			p = &pair[T]{name: n}
			byName[n] = p
			names = append(names, n)
		}
		return p
	}
	for i := range old {
		at(name(&old[i])).old = &old[i]
	}
	for i := range new {
		at(name(&new[i])).new = &new[i]
	}
	slices.Sort(names)
	out := make([]pair[T], len(names))
	for i, n := range names {
		out[i] = *byName[n]
	}
	return out
}

// minus is what of a is not in b, in a's order.
func minus[T comparable](a, b []T) []T {
	var out []T
	for _, x := range a {
		if !slices.Contains(b, x) {
			out = append(out, x)
		}
	}
	return out
}
