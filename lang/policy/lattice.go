package policy

import (
	"cmp"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Top is the class above every class. No pack declares it and nothing may hold it.
const Top = "top"

// lattice is the order of data classes: whatever may hold a class may hold those below it.
type lattice struct {
	names  []string                   // sorted
	direct map[string][]string        // class → classes directly below, sorted
	under  map[string]map[string]bool // class → everything at or below it
}

// newLattice orders classes by what each stands directly above. References to unknown classes and cycles are the
// pack check's to report; here they add nothing.
func newLattice(direct map[string][]string) *lattice {
	l := &lattice{names: sortedKeys(direct), direct: direct, under: map[string]map[string]bool{}}
	for _, n := range l.names {
		l.direct[n] = unique(direct[n])
		l.under[n] = map[string]bool{}
		l.collect(n, l.under[n])
	}
	return l
}

func (l *lattice) collect(name string, into map[string]bool) {
	if into[name] {
		return
	}
	into[name] = true
	for _, below := range l.direct[name] {
		if _, known := l.direct[below]; known {
			l.collect(below, into)
		}
	}
}

func (l *lattice) has(name string) bool { return l.under[name] != nil }

func (l *lattice) above(name string) []string { return l.direct[name] }

func (l *lattice) below(a, b string) bool {
	if b == Top {
		return a == Top || l.has(a)
	}
	return l.under[b][a]
}

func (l *lattice) join(a, b string) string {
	switch {
	case l.below(a, b):
		return b
	case l.below(b, a):
		return a
	}
	least := ""
	for _, m := range l.minimalAbove(a, b) {
		if least != "" {
			return Top
		}
		least = m
	}
	if least == "" {
		return Top
	}
	return least
}

// minimalAbove returns the classes at or above both that have no other such class below them.
func (l *lattice) minimalAbove(a, b string) []string {
	var upper, out []string
	for _, n := range l.names {
		if l.below(a, n) && l.below(b, n) {
			upper = append(upper, n)
		}
	}
	for _, n := range upper {
		if !slices.ContainsFunc(upper, func(m string) bool { return m != n && l.below(m, n) }) {
			out = append(out, n)
		}
	}
	return out
}

// meet returns a largest class at or below both; a base pack's floor and an overlay's always have one.
func (l *lattice) meet(a, b string) string {
	switch {
	case l.below(a, b):
		return a
	case l.below(b, a):
		return b
	}
	best := a
	for _, n := range l.names {
		if l.below(n, a) && l.below(n, b) && (best == a || l.below(best, n)) {
			best = n
		}
	}
	return best
}

// LinkField is what a link looks at in a field of a flow.
type LinkField struct {
	Name    string
	Type    string
	Class   string
	Options []string // names of the options of a choice
}

// Linked is a field whose class the rest of the flow raises.
type Linked struct {
	Field string // its name
	With  string // the first other field that makes the difference
	From  string
	To    string
	Link  Link
}

// Linked returns, in the order of fields, the fields whose class is raised by what else the flow asks for: with a
// name or a number in the same conversation, a topic of care says what a known person seeks.
func (p *Policy) Linked(fields []LinkField) []Linked {
	var out []Linked
	for i, f := range fields {
		x := Linked{Field: f.Name, From: f.Class, To: f.Class}
		for _, l := range p.Rules.Links {
			with, ok := p.linkedWith(fields, i, l)
			if !ok || p.Below(l.Gives.Value, x.To) {
				continue
			}
			x.With, x.Link, x.To = with, l, p.Join(x.To, l.Gives.Value)
		}
		if x.To != x.From {
			out = append(out, x)
		}
	}
	return out
}

func (p *Policy) linkedWith(fields []LinkField, i int, l Link) (string, bool) {
	f := fields[i]
	t, ok := p.typ(f.Type)
	if !ok || !containsValue(l.Types, t.Name.Value) || !p.Below(l.From.Value, f.Class) || harmless(f.Options, l.Except) {
		return "", false
	}
	for j, g := range fields {
		if j != i && p.Below(l.With.Value, g.Class) {
			return g.Name, true
		}
	}
	return "", false
}

// harmless reports whether every option is one that says nothing about care.
func harmless(options []string, except []String) bool {
	return len(options) > 0 && !slices.ContainsFunc(options, func(o string) bool { return !containsValue(except, o) })
}

// LinkedClass returns the class of what a conversation holds when it holds all of these classes: their join, raised by
// every link whose parts are among them. It is the coarse form of [Policy.Linked] for sets of classes.
func (p *Policy) LinkedClass(classes []string) string {
	if len(classes) == 0 {
		return ""
	}
	out := classes[0]
	for _, c := range classes[1:] {
		out = p.Join(out, c)
	}
	for _, l := range p.Rules.Links {
		from := slices.Index(classes, l.From.Value)
		with := slices.IndexFunc(classes, func(c string) bool { return p.Below(l.With.Value, c) })
		if from >= 0 && with >= 0 {
			out = p.Join(out, l.Gives.Value)
		}
	}
	return out
}

// permits lists what a purpose may collect, sorted by class and type. A class that is permitted whatever the type has
// one line; where types of it differ, each type that may be raised to it has its own.
func (p *Policy) permits(pu Purpose) []machine.Permit {
	var out []machine.Permit
	for _, class := range p.order.names {
		whole, ok := p.classPermit(pu, class)
		uniform := ok
		var single []machine.Permit
		for _, t := range p.Rules.Types {
			d := p.permit(pu.Name.Value, t, class)
			if d.Allowed {
				permit := machine.Permit{Class: class, Type: t.Name.Value, Requires: without(d.Requires, values(pu.Requires)), Cite: d.Cite}
				if !ok || t.Class.Value == class && !slices.Equal(permit.Requires, whole.Requires) {
					out = append(out, permit)
				}
				single = append(single, permit)
			} else if t.Class.Value == class {
				uniform = false
			}
		}
		switch {
		case uniform:
			out = append(out, whole)
		case ok:
			out = append(slices.DeleteFunc(out, func(x machine.Permit) bool { return x.Class == class }), single...)
		}
	}
	slices.SortFunc(out, func(a, b machine.Permit) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Type, b.Type))
	})
	return out
}

// classPermit returns the line for a class as such, whatever the type.
func (p *Policy) classPermit(pu Purpose, class string) (machine.Permit, bool) {
	c, _ := p.Rules.Class(class)
	if c.Never || containsValue(pu.Refuse, class) {
		return machine.Permit{}, false
	}
	requires, cite, ok := p.rows(pu.Name.Value, "", level{class: class})
	if !ok {
		return machine.Permit{}, false
	}
	requires = without(unique(append(requires, values(c.Requires)...)), values(pu.Requires))
	return machine.Permit{Class: class, Requires: requires, Cite: cite}, true
}
