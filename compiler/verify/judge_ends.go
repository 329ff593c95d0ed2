package verify

import (
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
)

// notProven says once that the budget was not enough.
func (c *checking) notProven() {
	if c.tooFine {
		c.diags.Add(diag.NotProven.At(c.nowhere(), "the conditions of this flow tell more than %d answers of one field apart", maxCandidates).
			Means("nobody can say yet what all patients would meet, so the flow is not served").
			Help("compare with fewer fixed values"))
		return
	}
	most := c.crowded()
	c.diags.Add(diag.NotProven.At(c.placeOf(most), "this flow can come to more than %d situations", c.budget()).In("%s", c.within(most)).
		Labelled("most of them are here").
		Means("nobody can say yet what all patients would meet, so the flow is not served").
		Help("decide on an answer in the state that asks for it, so that later states need not remember it"))
}

// crowded is the location with the most states.
func (c *checking) crowded() *location {
	best := c.start
	for i := range c.locs {
		if len(c.x.at[i]) > len(c.x.at[best]) {
			best = i
		}
	}
	return &c.locs[best]
}

// ends is G1.
func (c *checking) ends() {
	if !c.explored("G1") {
		return
	}
	c.unreached()
	c.circles()
	if len(c.ranks.circle) == 0 {
		c.traps()
	}
	c.verdict("G1", Holds, "%d locations, %d situations", len(c.locs), len(c.x.states))
}

// unreached reports locations that no conversation reaches, unless a dead condition that is reported anyway is why.
func (c *checking) unreached() {
	explained := make([]bool, len(c.locs))
	for _, i := range c.jumpTargets() {
		explained[i] = true // people are there for whoever waits somewhere
	}
	var roots []int
	for i := range c.locs {
		if len(c.x.at[i]) > 0 || explained[i] {
			continue
		}
		if why := c.deadWays(i); len(why) > 0 {
			if !slices.ContainsFunc(why, func(w deadWay) bool { return w.guard }) {
				roots = append(roots, i)
			}
			c.spread(i, explained)
		}
	}
	hasPred := make([]bool, len(c.locs))
	for i := range c.locs {
		for n := range c.locs[i].outcomes {
			for _, to := range c.locs[i].outcomes[n].to {
				hasPred[to] = hasPred[to] || to != i
			}
		}
	}
	for _, withPreds := range []bool{false, true} { // what nothing leads to first, then circles that nothing leads into
		for i := range c.locs {
			if len(c.x.at[i]) == 0 && !explained[i] && hasPred[i] == withPreds {
				roots = append(roots, i)
				c.spread(i, explained)
			}
		}
	}
	told := map[machine.Place]bool{}
	for _, i := range roots {
		if i == c.forgotten() && slices.ContainsFunc(c.x.faults, func(f fault) bool { return len(f.edges) == 0 }) {
			c.verdict("G1", Violated, "nothing leads to %s", c.locs[i].ID) // told with the answer that is not handled
			continue
		}
		if l := &c.locs[i]; !told[l.Place] || l.Place.Line == 0 {
			told[l.Place] = true
			c.violated("G1", c.unreachedAt(l))
		}
	}
}

// deadWay is an edge from a reached location that is never taken.
type deadWay struct {
	place machine.Place
	guard bool // its guard never decides, or what guards test has no value, which is told as such
}

// deadWays are the dead ways that lead to a location.
func (c *checking) deadWays(to int) []deadWay {
	if c.deadTo == nil {
		c.deadTo = make([][]deadWay, len(c.locs))
		for i := range c.locs {
			c.collectDeadWays(&c.locs[i])
		}
	}
	return c.deadTo[to]
}

func (c *checking) collectDeadWays(l *location) {
	if len(c.x.at[l.index]) == 0 {
		return
	}
	for n := range l.outcomes {
		o := &l.outcomes[n]
		for k, to := range o.to {
			if len(c.x.at[to]) == 0 {
				e := &l.Edges[o.edges[k]]
				asked := c.x.edges[c.x.first[l.index]+o.edges[k]].asked
				c.deadTo[to] = append(c.deadTo[to], deadWay{place: e.Place, guard: e.Guard != nil || !asked})
			}
		}
	}
}

// spread marks everything unreached that a location leads to.
func (c *checking) spread(from int, mark []bool) {
	stack := []int{from}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if mark[at] || len(c.x.at[at]) > 0 {
			continue
		}
		mark[at] = true
		for n := range c.locs[at].outcomes {
			stack = append(stack, c.locs[at].outcomes[n].to...)
		}
	}
}

func (c *checking) unreachedAt(l *location) *diag.Diagnostic {
	d := diag.StateUnreached.At(c.placeOf(l), "no conversation reaches `%s`", l.ID).In("%s", c.within(l)).
		Means("no patient ever sees it")
	for _, w := range c.deadWays(l.index) {
		d.Note(c.span(w.place), "this way never happens, because the lines above it cover every answer")
	}
	return d.Help("lead to it from another state, or delete it")
}

// circles reports automatic states that lead back to themselves.
func (c *checking) circles() {
	told := map[int32]bool{}
	for _, s := range c.ranks.circle {
		loc := c.x.states[s].loc
		if told[loc] {
			continue
		}
		l := &c.locs[loc]
		d := diag.AutomaticCircle.At(c.placeOf(l), "`%s` leads back to itself without hearing from the patient", l.State).In("%s", c.within(l))
		for at := c.x.after(s); len(at) > 0 && at[0] != s && !told[c.x.states[at[0]].loc]; at = c.x.after(at[0]) {
			on := &c.locs[c.x.states[at[0]].loc]
			told[c.x.states[at[0]].loc] = true
			d.Note(c.span(on.Place), "then comes `%s`", on.State)
		}
		told[loc] = true
		d.Means("the assistant would talk for ever; the patient is passed to a person instead").
			Help("wait for the patient on the way: `ask`, `offer` or `listen`")
		d.Witness = c.show(d.Code.ID, witness{state: s, circle: true, shows: "it goes round from here by itself"})
		c.violated("G1", d)
	}
}

// traps reports where no way leads to an end or a handoff by the author, once for all locations that lead to each other.
// Where the way breaks off because an answer is not handled, that is told instead.
func (c *checking) traps() {
	breaks := c.breaksOff()
	var lost []int32
	for s := range c.x.states {
		l := &c.locs[c.x.states[s].loc]
		if c.ranks.end[s] < 0 && (l.Kind != machine.Handoff || l.ours) && c.leadsOn(int32(s)) && !c.x.breaks[int32(s)] {
			lost = append(lost, int32(s))
		}
	}
	covered := make([]bool, len(c.x.states))
	told := map[int32]bool{}
	for _, s := range lost {
		if loc := c.x.states[s].loc; c.cover(s, covered) && !told[loc] {
			told[loc] = true
			if breaks[s] {
				c.verdict("G1", Violated, "an answer that is not handled leads nowhere")
				continue
			}
			c.violated("G1", c.trap(s))
		}
	}
}

// breaksOff marks the states from which some way leads to a place where an answer is not handled.
func (c *checking) breaksOff() []bool {
	out := make([]bool, len(c.x.states))
	var queue []int32
	mark := func(s int32) {
		if !out[s] {
			out[s] = true
			queue = append(queue, s)
		}
	}
	for s := range c.x.states {
		if c.x.breaks[int32(s)] {
			mark(int32(s))
		}
	}
	if len(queue) == 0 {
		return out
	}
	preds, starts := c.x.reversed()
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, from := range preds[starts[at]:starts[at+1]] {
			mark(from)
		}
	}
	return out
}

// cover marks all that a state leads to, and reports whether none of it was marked before.
func (c *checking) cover(s int32, covered []bool) bool {
	fresh := true
	var marked []int32
	stack := []int32{s}
	mine := map[int32]bool{}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if mine[at] {
			continue
		}
		if covered[at] {
			fresh = false
			continue
		}
		mine[at] = true
		marked = append(marked, at)
		stack = append(stack, c.x.after(at)...)
	}
	for _, at := range marked {
		covered[at] = true
	}
	return fresh
}

// leadsOn reports whether a state has a successor: one whose guards decide nothing is told by G2.
func (c *checking) leadsOn(s int32) bool { return len(c.x.after(s)) > 0 }

func (c *checking) trap(s int32) *diag.Diagnostic {
	l := &c.locs[c.x.states[s].loc]
	d := diag.NoWayOut.At(c.placeOf(l), "from here no choice leads to an `end` or a `handoff`").In("%s", c.within(l)).
		Means("the patient goes round until they ask for a person or give up").
		Help("add a way that leads to a state with `end` or `handoff`")
	d.Witness = c.show(d.Code.ID, witness{state: s, lasso: true, shows: "no way from here leads to an end or a handoff of the flow"})
	return d
}

// assigned is G3.
func (c *checking) assigned() {
	if !c.explored("G3") {
		return
	}
	told := map[string]bool{}
	reads := 0
	for i := range c.locs {
		l := &c.locs[i]
		for _, s := range c.x.at[i] {
			for _, r := range c.missing(s, l) {
				key := fmt.Sprint(l.ID, r.field, r.place)
				if !told[key] && !told[fmt.Sprint(r.field)] {
					told[key], told[fmt.Sprint(r.field)] = true, true
					c.violated("G3", c.notAsked(s, l, r))
				}
			}
		}
		if len(c.x.at[i]) > 0 {
			reads += len(l.reads)
		}
	}
	if reads == 0 {
		c.verdict("G3", Vacuous, "nothing reads a field")
	}
	c.verdict("G3", Holds, "%d readings of fields", reads)
}

// reading is where a field is read.
type reading struct {
	field int
	place machine.Place
	how   string
}

// missing are the readings of fields that have no value in a state.
func (c *checking) missing(s int32, l *location) []reading {
	c.x.restore(s)
	var out []reading
	for _, f := range l.reads {
		if !c.x.held[f] {
			out = append(out, reading{field: f, place: c.readPlace(l, f), how: "is used here"})
		}
	}
	for _, by := range l.cases {
		if !c.x.held[by.field] {
			continue
		}
		v := &c.vars[by.field]
		for _, f := range by.reads[v.cells[int(c.x.w.cell[by.field])-v.base].Value] {
			if !c.x.held[f] {
				out = append(out, reading{field: f, place: by.place, how: "is shown here"})
			}
		}
	}
	if (l.Kind == machine.Verify || l.Kind == machine.Book) && !c.x.held[l.field] {
		return out // no outcome comes
	}
	for n := range l.outcomes {
		o := &l.outcomes[n]
		for _, v := range o.tests {
			if v < len(c.m.Fields) && v != o.sets && !c.x.held[v] {
				out = append(out, reading{field: v, place: c.testPlace(l, o, v), how: "decides where to go here"})
			}
		}
	}
	return out
}

// readPlace is the action that reads a field on entry, or the location.
func (c *checking) readPlace(l *location, f int) machine.Place {
	for i := range l.Do {
		a := &l.Do[i]
		reads := c.named(nil, a.Say)
		for _, t := range a.Cases {
			reads = c.named(reads, t)
		}
		if slices.Contains(reads, f) || slices.Contains(a.Fields, c.m.Fields[f].Name) || a.By == c.m.Fields[f].Name {
			return a.Place
		}
	}
	return l.Place
}

func (c *checking) testPlace(l *location, o *outcome, v int) machine.Place {
	for _, e := range o.edges {
		if g := l.Edges[e].Guard; g != nil && slices.Contains(c.guardsOf(*g).tests(), v) {
			return l.Edges[e].Place
		}
	}
	return l.Place
}

func (c *checking) guardsOf(g int) *expr { return c.model.guards[g] }

func (c *checking) notAsked(s int32, l *location, r reading) *diag.Diagnostic {
	name := c.m.Fields[r.field].Name
	d := diag.NotYetAsked.At(c.span(r.place), "`%s` %s, but may not have been asked yet", name, r.how).In("%s", c.within(l)).
		Means("the assistant does not know it and passes the patient to a person").
		Help("ask for `%s` on every way here", name)
	d.Witness = c.show(d.Code.ID, witness{state: s, lacks: r.field + 1, shows: "`" + name + "` has no value here"})
	return d
}

// asked is where a field is first asked, for notes.
func (c *checking) askedAt(f int) source.Span {
	for i := range c.locs {
		if l := &c.locs[i]; l.Kind == machine.Ask && l.field == f && len(c.x.at[i]) > 0 {
			return c.span(l.Place)
		}
	}
	return c.span(c.m.Fields[f].Place)
}
