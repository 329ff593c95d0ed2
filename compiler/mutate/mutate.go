// Package mutate makes small mistakes in a machine, one at a time, of the kind that people make in flows: a notice that
// says less, a condition turned round, a question without the consent before it. A verifier must refuse those that break
// a guarantee; the author's tests must notice the rest. spec/mutation.md explains each.
package mutate

import (
	"iter"
	"maps"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Mutant is a machine with one mistake.
type Mutant struct {
	Mutator   string // its name, such as negate-condition
	Guarantee string // the guarantee that it should break; "" when only tests can tell that it is wrong
	Played    bool   // a test can notice it; else only a verifier can, or a person who reads what changed
	Heard     bool   // it changes what is understood of a text
	What      string // the mistake, as a sentence without a full stop; `code` in backticks
	Place     machine.Place
	At        string // the location that it is in; may be empty
	Machine   *machine.Machine
}

// Mutator makes one kind of mistake wherever a machine allows it.
type Mutator struct {
	Name      string
	Guarantee string // of most of its mutants
	Explain   string
	mutate    func(*maker)
}

// Mutators lists them in the order in which All applies them.
func Mutators() []Mutator { return slices.Clone(mutators) }

// All makes every mutant of a machine, one after the other: the same for the same machine. The machine itself is not
// changed. A mutant may break the rules of a machine (machine.Validate); whoever loads one refuses it.
func All(m *machine.Machine) iter.Seq[Mutant] {
	return func(yield func(Mutant) bool) {
		k := &maker{base: m, yield: yield, at: map[string]int{}}
		for i := range m.Locations {
			k.at[m.Locations[i].ID] = i
		}
		for _, x := range mutators {
			k.mutator = x
			if x.mutate(k); k.stopped {
				return
			}
		}
	}
}

// maker hands out mutants.
type maker struct {
	base    *machine.Machine
	at      map[string]int // location id → index
	mutator Mutator
	yield   func(Mutant) bool
	stopped bool
}

// mistake is what a mutator says about one mutant, and does.
type mistake struct {
	what      string
	place     machine.Place
	at        string
	guarantee string // instead of the mutator's; "none" for none
	static    bool   // no conversation can show it, or none that a test can speak of
	heard     bool   // it changes what is understood
	edit      func(*machine.Machine)
}

func (k *maker) make(x mistake) {
	if k.stopped {
		return
	}
	m := clone(k.base)
	x.edit(m)
	g := k.mutator.Guarantee
	switch x.guarantee {
	case "":
	case "none":
		g = ""
	default:
		g = x.guarantee
	}
	k.stopped = !k.yield(Mutant{
		Mutator: k.mutator.Name, Guarantee: g, Played: !x.static, Heard: x.heard, What: x.what, Place: x.place, At: x.at, Machine: m,
	})
}

// clone copies what mutators change. Phrases, the topic model, the policy's lists and the like are shared.
func clone(m *machine.Machine) *machine.Machine {
	out := *m
	out.Notice = maps.Clone(m.Notice)
	out.Fields = slices.Clone(m.Fields)
	out.Guards = slices.Clone(m.Guards)
	out.Topics = slices.Clone(m.Topics)
	out.Triggers = slices.Clone(m.Triggers)
	out.Flow.Languages = slices.Clone(m.Flow.Languages)
	out.Escalations = slices.Clone(m.Escalations)
	for i := range out.Escalations {
		out.Escalations[i].On = slices.Clone(out.Escalations[i].On)
	}
	out.Practice.Teams = slices.Clone(m.Practice.Teams)
	out.Practice.Vendors = slices.Clone(m.Practice.Vendors)
	out.Locations = slices.Clone(m.Locations)
	for i := range out.Locations {
		l := &out.Locations[i]
		l.Do, l.Edges, l.Choices = slices.Clone(l.Do), slices.Clone(l.Edges), slices.Clone(l.Choices)
	}
	return &out
}

// guardOn gives an edge of its own guard.
func guardOn(m *machine.Machine, e *machine.Edge, source string, reads []string) {
	n := len(m.Guards)
	m.Guards = append(m.Guards, machine.Guard{Source: source, Reads: reads})
	e.Guard = &n
}

// tidy puts guards into the order that machines have, without those that nothing refers to.
func tidy(m *machine.Machine) {
	used := make([]bool, len(m.Guards))
	for i := range m.Locations {
		for _, e := range m.Locations[i].Edges {
			if e.Guard != nil {
				used[*e.Guard] = true
			}
		}
	}
	var kept []machine.Guard
	place := map[string]int{}
	for i, g := range m.Guards {
		if _, ok := place[g.Source]; used[i] && !ok {
			place[g.Source] = 0
			kept = append(kept, g)
		}
	}
	slices.SortFunc(kept, func(a, b machine.Guard) int {
		if a.Source < b.Source {
			return -1
		}
		return 1
	})
	for i, g := range kept {
		place[g.Source] = i
	}
	for i := range m.Locations {
		for j := range m.Locations[i].Edges {
			if e := &m.Locations[i].Edges[j]; e.Guard != nil {
				n := place[m.Guards[*e.Guard].Source]
				e.Guard = &n
			}
		}
	}
	m.Guards = kept
}

// redirect leads every way to one location to another instead, the start included.
func redirect(m *machine.Machine, from, to string) {
	for i := range m.Locations {
		if m.Locations[i].ID == from {
			continue
		}
		for j := range m.Locations[i].Edges {
			if e := &m.Locations[i].Edges[j]; e.To == from {
				e.To = to
			}
		}
	}
	for i := range m.Topics {
		if m.Topics[i].Route == from {
			m.Topics[i].Route = to
		}
	}
	if m.Start == from {
		m.Start = to
	}
}

// onward is where a location leads on the outcome, when one way only does.
func onward(l *machine.Location, on string) string {
	to := ""
	for _, e := range l.Edges {
		if e.On != on {
			continue
		}
		if to != "" || e.Guard != nil {
			return ""
		}
		to = e.To
	}
	return to
}

// protocol reports a location that the turn protocol leads to, rather than the author's ways.
func (k *maker) protocol(id string) bool {
	return id == k.base.Human || id == k.base.Stuck ||
		slices.ContainsFunc(k.base.Escalations, func(e machine.Escalation) bool { return e.Location == id })
}
