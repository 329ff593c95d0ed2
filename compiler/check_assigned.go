package compiler

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// Definite assignment (G3): a field that is read was asked on every path to the place that reads it.
//
// For each state the analysis finds the fields that may be missing on entry: those missing at some predecessor and not
// asked on the way. The sets grow from the start state until nothing changes, so each edge is looked at no more often
// than there are fields, and in practice two or three times. Topics that lead to a state can be heard at any waiting
// place; one node stands for all of them, between the places and the states.

// fieldSet is a set of fields by their number.
type fieldSet []uint64

func newFieldSet(n int) fieldSet { return make(fieldSet, (n+63)/64) }

func (s fieldSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s fieldSet) with(i int) fieldSet {
	out := slices.Clone(s)
	out[i/64] |= 1 << (i % 64)
	return out
}

// addMissing adds from without asked, and reports whether s grew.
func (s fieldSet) addMissing(from, asked fieldSet) bool {
	grew := false
	for i := range s {
		if add := from[i] &^ asked[i]; add&^s[i] != 0 {
			s[i] |= add
			grew = true
		}
	}
	return grew
}

// way is an edge of the expanded graph: the fields asked in its state before it is taken, and where it leads.
type way struct {
	to    int
	asked fieldSet
}

// readPlace is one reading of a field.
type readPlace struct {
	field int
	asked fieldSet // in its state, before it
	span  source.Span
	how   string // for the message: "is shown here", "decides where to go here", …
}

// assignment is the analysis of one flow.
type assignment struct {
	c        *compilation
	number   map[string]int // field → its number, by name
	fields   []string
	ways     [][]way // by state; the last list is of the node that stands for "at any waiting place"
	reads    [][]readPlace
	missing  []fieldSet // nil: not reached
	anywhere int
}

func (c *compilation) checkAssigned() {
	a := &assignment{c: c, number: map[string]int{}, anywhere: len(c.graph.states), fields: sortedNames(c.names.fields)}
	for i, f := range a.fields {
		a.number[f] = i
	}
	a.build()
	a.solve()
	a.report()
}

// build finds the ways and reads of each state.
func (a *assignment) build() {
	n := len(a.c.graph.states)
	a.ways, a.reads, a.missing = make([][]way, n+1), make([][]readPlace, n), make([]fieldSet, n+1)
	none := newFieldSet(len(a.fields))
	for _, i := range a.c.graph.states {
		asked := none
		heard := false
		for _, st := range i.decl.Body {
			a.read(i, st, asked)
			if waits(st) && !heard {
				heard = true // a later place of the state misses no more than the first
				a.ways[i.index] = append(a.ways[i.index], way{to: a.anywhere, asked: asked})
			}
			for _, t := range a.targets(i, st) {
				a.ways[i.index] = append(a.ways[i.index], way{to: a.c.graph.byID[t].index, asked: asked})
			}
			if ask, ok := st.(*syntax.AskStmt); ok {
				asked = asked.with(a.number[i.frame.field(ask.Field.Name)])
			}
		}
	}
	for _, name := range sortedNames(a.c.names.topics) {
		if t := a.c.names.topics[name]; a.c.handled(t) && t.route() != nil {
			a.ways[a.anywhere] = append(a.ways[a.anywhere], way{to: a.c.graph.byID[t.route().Name.Name].index, asked: none})
		}
	}
}

// waits reports whether a statement hears from the patient.
func waits(st syntax.Stmt) bool {
	switch st.(type) {
	case *syntax.AskStmt, *syntax.OfferStmt, *syntax.ListenStmt, *syntax.ConsentStmt, *syntax.VerifyStmt:
		return true
	}
	return false
}

// targets returns the ids of the states a statement leads to. A run leads into its fragment.
func (a *assignment) targets(i *instance, st syntax.Stmt) []string {
	if run, ok := st.(*syntax.RunStmt); ok {
		return []string{runPrefix(i, run) + a.c.names.frags[run.Fragment.Name].decl.Start.Name}
	}
	var out []string
	for _, t := range targetsIn(st) {
		out = append(out, i.frame.target(t.Name.Name))
	}
	return out
}

// read enters what a statement reads.
func (a *assignment) read(i *instance, st syntax.Stmt, asked fieldSet) {
	add := func(name string, span source.Span, how string) {
		a.reads[i.index] = append(a.reads[i.index], readPlace{field: a.number[i.frame.field(name)], asked: asked, span: span, how: how})
	}
	for _, t := range textsIn(st) {
		for p := range t.Parts {
			part := &t.Parts[p].String
			fieldPlaceholders(part.Value, func(n int, name string) {
				add(name, a.c.placeholderSpan(part, n), "is shown here")
			})
		}
	}
	switch st := st.(type) {
	case *syntax.SayByStmt:
		add(st.Field.Name, st.Field.Span, "decides what is said here")
	case *syntax.SendStmt:
		for _, f := range st.Fields {
			add(f.Name, f.Span, "is sent here")
		}
	case *syntax.BookStmt:
		add(st.Field.Name, st.Field.Span, "is booked here")
	case *syntax.VerifyStmt:
		add(st.Field.Name, st.Field.Span, "is verified here")
	case *syntax.WhenStmt:
		for _, name := range a.c.types.guards[st].Reads() {
			add(name, st.Guard.Span, "decides where to go here")
		}
	}
}

// solve spreads what may be missing until nothing changes.
func (a *assignment) solve() {
	all := newFieldSet(len(a.fields))
	for i := range a.fields {
		all = all.with(i)
	}
	start := a.c.graph.byID[a.c.names.start.State.Name].index
	a.missing[start] = all
	queue, queued := []int{start}, make([]bool, len(a.missing))
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		queued[at] = false
		for _, w := range a.ways[at] {
			first := a.missing[w.to] == nil
			if first {
				a.missing[w.to] = newFieldSet(len(a.fields))
			}
			if grew := a.missing[w.to].addMissing(a.missing[at], w.asked); (grew || first) && !queued[w.to] {
				queued[w.to] = true
				queue = append(queue, w.to)
			}
		}
	}
}

// report tells each field that may be missing once: where the shortest path reads it.
func (a *assignment) report() {
	wrong := map[int][]badRead{}
	for _, i := range a.c.graph.states {
		for _, r := range a.reads[i.index] {
			if m := a.missing[i.index]; m != nil && m.has(r.field) && !r.asked.has(r.field) {
				wrong[r.field] = append(wrong[r.field], badRead{readPlace: r, at: i})
			}
		}
	}
	for field := range a.fields {
		if len(wrong[field]) > 0 {
			a.tell(field, wrong[field])
		}
	}
}

// badRead is a reading whose field may be missing.
type badRead struct {
	readPlace
	at *instance
}

func (a *assignment) tell(field int, reads []badRead) {
	dist, from := a.search(field)
	best := reads[0]
	places := map[source.Span]bool{}
	for _, r := range reads {
		places[r.span] = true
		if dist[r.at.index] < dist[best.at.index] {
			best = r
		}
	}
	name := a.fields[field]
	way := a.path(best.at.index, from)
	if a.c.sameCause("unasked on "+way, best.span, "nor was `%s` asked on that way", name) {
		return
	}
	d := a.c.cause("unasked on "+way, a.c.report(diag.NotYetAsked, best.span, "`%s` %s, but may not have been asked yet", name, best.how)).
		In(`state "%s"`, best.at.id).
		Means("a patient who comes that way was never asked for it").
		Note(source.Span{}, "the shortest way here without it: %s", way)
	if others := len(places) - 1; others > 0 {
		d.Note(source.Span{}, "the same goes for %s", plural(others, "other place", "other places"))
	}
	if askers := a.askers(field); len(askers) > 0 {
		d.Help("ask for it on that way, for example `ask %s \"…\"` in state `%s`, or lead it through %s, which asks", name, best.at.root, list(askers))
	} else {
		d.Help("nothing asks for it: add `ask %s \"…\"` in state `%s` before this", name, best.at.root)
	}
}

// askers are the flow's states that ask for a field.
func (a *assignment) askers(field int) []string {
	var out []string
	for _, i := range a.c.graph.states {
		for _, st := range i.decl.Body {
			if ask, ok := st.(*syntax.AskStmt); ok && a.number[i.frame.field(ask.Field.Name)] == field && !slices.Contains(out, i.root) {
				out = append(out, i.root)
			}
		}
		if len(out) == 3 {
			break
		}
	}
	return out
}

const unreached = 1 << 30

// search finds the shortest paths from the start on which a field is not asked.
func (a *assignment) search(field int) (dist, from []int) {
	dist, from = make([]int, len(a.missing)), make([]int, len(a.missing))
	for i := range dist {
		dist[i], from[i] = unreached, -1
	}
	start := a.c.graph.byID[a.c.names.start.State.Name].index
	dist[start] = 0
	queue := []int{start}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, w := range a.ways[at] {
			if !w.asked.has(field) && dist[w.to] == unreached {
				dist[w.to], from[w.to] = dist[at]+1, at
				queue = append(queue, w.to)
			}
		}
	}
	return dist, from
}

// path shows the states of a shortest path; a jump by a topic is named.
func (a *assignment) path(to int, from []int) string {
	const most = 12
	var steps []string
	for at := to; at >= 0; at = from[at] {
		if at == a.anywhere {
			steps = append(steps, "(a topic that leads here)")
			continue
		}
		steps = append(steps, a.c.graph.states[at].id)
	}
	slices.Reverse(steps)
	if len(steps) > most {
		steps = append(append(slices.Clone(steps[:3]), "…"), steps[len(steps)-most+4:]...)
	}
	return strings.Join(steps, " → ")
}
