package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// guards is G2.
func (c *checking) guards() {
	if !c.explored("G2") {
		return
	}
	told := map[string]bool{}
	for i := range c.x.faults {
		f := &c.x.faults[i]
		l := &c.locs[c.x.states[f.state].loc]
		o := &l.outcomes[f.outcome]
		place := l.Edges[o.edges[len(o.edges)-1]].Place
		key := fmt.Sprint(len(f.edges) == 0, place)
		if place.Line > 0 && told[key] {
			continue // the same lines, in another copy of a fragment
		}
		told[key] = true
		if len(f.edges) == 0 {
			c.violated("G2", c.unhandled(f, l, o))
		} else {
			c.violated("G2", c.overlap(f, l))
		}
	}
	c.deadGuards()
	if len(c.model.guards) == 0 {
		c.verdict("G2", Vacuous, "there are no conditions")
	}
	c.verdict("G2", Holds, "%d conditions", len(c.model.guards))
}

// unhandled reports an answer that no guard takes.
func (c *checking) unhandled(f *fault, l *location, o *outcome) *diag.Diagnostic {
	last := &l.Edges[o.edges[len(o.edges)-1]]
	what, effect := c.example(f, l, o)
	d := diag.AnswersUnhandled.At(c.conditionSpan(last.Place), "some answers are not handled here").In("%s", c.within(l)).
		Labelled("nothing handles %s", what).
		Means("%s → the assistant has no next step", effect)
	for _, v := range o.tests {
		if v < len(c.m.Fields) && v != o.sets {
			d.Note(c.askedAt(v), "`%s` is asked here", c.m.Fields[v].Name)
		}
	}
	help := fmt.Sprintf("add `otherwise -> %s`", last.To)
	if len(sortedSet(slices.Clone(o.to))) == 1 { // that would make the condition idle
		help = fmt.Sprintf("add `otherwise ->` and the state for these patients; `%s` is where the others go", last.To)
	}
	if i := c.forgotten(); i >= 0 {
		help = fmt.Sprintf("add `otherwise -> %s`", c.locs[i].ID)
		d.Note(c.placeOf(&c.locs[i]), "nothing leads to `%s` yet", c.locs[i].ID)
	}
	if widened := c.widen(f, l, o); widened != "" {
		help = widened + ", or " + help
	}
	d.Help("%s", help)
	d.Witness = c.show(d.Code.ID, witness{state: f.state, then: f, shows: "nothing handles " + what})
	return d
}

// forgotten is the one location that nothing leads to, or -1: most likely the place for an answer that is not handled.
func (c *checking) forgotten() int {
	led := make([]bool, len(c.locs))
	led[c.start] = true
	for _, to := range c.jumpTargets() {
		led[to] = true
	}
	for _, r := range c.routes {
		led[r.to] = true
	}
	for i := range c.locs {
		for n := range c.locs[i].outcomes {
			for _, to := range c.locs[i].outcomes[n].to {
				led[to] = true
			}
		}
	}
	if i := slices.Index(led, false); i >= 0 && !slices.Contains(led[i+1:], false) {
		return i
	}
	return -1
}

// example says which values a fault is about, and how a patient comes to it.
func (c *checking) example(f *fault, l *location, o *outcome) (what, effect string) {
	c.x.restore(f.state)
	for _, ch := range f.choice {
		c.x.w.cell[ch.v] = ch.cell
	}
	s := newScribe(c)
	s.now = s.next(moment{weekday: 1, minute: 600, holiday: -1}, c.opts.AsOf)
	var parts []string
	for _, v := range o.tests {
		variable, cell := &c.vars[v], int(c.x.w.cell[v])
		if v < len(c.m.Fields) && cell == 0 {
			continue
		}
		parts = append(parts, c.spoken(variable, s, v, cell))
	}
	if c.readsAttempts(l, o) {
		parts = append(parts, fmt.Sprintf("attempts = %d", f.tries))
	}
	what = strings.Join(parts, " and ")
	if what == "" {
		what = "this case"
	}
	effect = "it can be that " + what
	if o.sets >= 0 && slices.Contains(o.tests, o.sets) {
		effect = fmt.Sprintf("patient answers %q", s.value(o.sets, int(c.x.w.cell[o.sets])).typed)
		if len(parts) > 1 {
			effect += " while " + strings.Join(slices.DeleteFunc(slices.Clone(parts), func(p string) bool {
				return strings.HasPrefix(p, c.m.Fields[o.sets].Name+" ")
			}), " and ")
		}
	}
	return what, effect
}

func (c *checking) readsAttempts(l *location, o *outcome) bool {
	return slices.ContainsFunc(o.edges, func(e int) bool {
		g := l.Edges[e].Guard
		return g != nil && c.guardsOf(*g).readsAttempts()
	})
}

// spoken names the cell of a variable in an author's words.
func (c *checking) spoken(v *variable, s *scribe, n, cell int) string {
	heard, isHeard := strings.CutPrefix(v.name, "heard:")
	switch {
	case n < len(c.m.Fields) && v.field.Type == "yes-no":
		return v.name + " = " + v.cells[cell-v.base].Value
	case n < len(c.m.Fields):
		x := v.cells[cell-v.base]
		value := s.value(n, cell).held
		if value == "" || x.Other && kindOf(v.field.Type) == guard.String {
			value = "something else"
		}
		switch {
		case x.Age != nil && x.Days != nil:
			return fmt.Sprintf("age(%s) = %d and days(%s) = %d", v.name, *x.Age, v.name, *x.Days)
		case x.Age != nil:
			return fmt.Sprintf("age(%s) = %d", v.name, *x.Age)
		case x.Days != nil:
			return fmt.Sprintf("days(%s) = %d", v.name, *x.Days)
		}
		return v.name + " = " + value
	case n == c.now:
		return "it is " + c.weeks.said(v.moments[cell])
	case isHeard && v.cells[cell].Value == "yes":
		return "the patient has spoken of " + heard
	case isHeard:
		return "the patient has not spoken of " + heard
	}
	return v.name + " = " + v.cells[cell].Value
}

// widen suggests a wider bound where one number decides and a line just misses the value that nothing handles.
func (c *checking) widen(f *fault, l *location, o *outcome) string {
	if len(o.tests) != 1 || o.tests[0] >= len(c.m.Fields) || kindOf(c.m.Fields[o.tests[0]].Type) != guard.Int {
		return ""
	}
	v := o.tests[0]
	lo, hi, ok := c.gap(f, l, o, v)
	if !ok {
		return ""
	}
	name := c.m.Fields[v].Name
	for i := len(o.edges) - 1; i >= 0; i-- {
		e := &l.Edges[o.edges[i]]
		if e.Guard == nil || c.guardsOf(*e.Guard).op != opTest {
			continue
		}
		t := c.guardsOf(*e.Guard).test
		n := t.Values[0].Int
		switch {
		case t.Op == guard.Le && n == lo-1, t.Op == guard.Lt && n == lo, t.Op == guard.Eq && n == lo-1:
			return fmt.Sprintf("change line %d to `%s <= %d`", e.Place.Line, name, hi)
		case t.Op == guard.Ge && n == hi+1, t.Op == guard.Gt && n == hi:
			return fmt.Sprintf("change line %d to `%s >= %d`", e.Place.Line, name, lo)
		}
	}
	return ""
}

// gap is the stretch of numbers around the value of a fault that nothing handles.
func (c *checking) gap(f *fault, l *location, o *outcome, v int) (lo, hi int64, ok bool) {
	field := &c.m.Fields[v]
	if field.Min == nil || field.Max == nil || *field.Max-*field.Min > 10_000 {
		return 0, 0, false
	}
	c.x.restore(f.state)
	for _, ch := range f.choice {
		c.x.w.cell[ch.v] = ch.cell
	}
	variable := &c.vars[v]
	var at int64
	if _, err := fmt.Sscan(variable.cells[int(c.x.w.cell[v])-1].Value, &at); err != nil {
		return 0, 0, false
	}
	handled := func(n int64) bool {
		return n < *field.Min || n > *field.Max || slices.ContainsFunc(o.edges, func(e int) bool {
			g := l.Edges[e].Guard
			return g == nil || c.guardsOf(*g).with(n)
		})
	}
	lo, hi = at, at
	for !handled(lo - 1) {
		lo--
	}
	for !handled(hi + 1) {
		hi++
	}
	return lo, hi, true
}

// with decides a guard whose every test is of one number.
func (e *expr) with(n int64) bool {
	switch e.op {
	case opConst:
		return e.truth[0]
	case opTest:
		return holds(e.test, value{n: n})
	case opAnd:
		return e.x.with(n) && e.y.with(n)
	case opOr:
		return e.x.with(n) || e.y.with(n)
	case opNot:
		return !e.x.with(n)
	case opIf:
		if e.x.with(n) {
			return e.y.with(n)
		}
		return e.z.with(n)
	case opAttempts, opVerified:
	}
	return false
}

func (c *checking) overlap(f *fault, l *location) *diag.Diagnostic {
	first, second := &l.Edges[f.edges[0]], &l.Edges[f.edges[1]]
	for _, e := range f.edges[1:] {
		if second = &l.Edges[e]; second.To != first.To {
			break
		}
	}
	what, _ := c.example(f, l, &l.outcomes[f.outcome])
	d := diag.GuardsOverlap.At(c.conditionSpan(second.Place), "two conditions hold at once and lead to different states").In("%s", c.within(l)).
		Labelled("for %s this holds, and so does line %d", what, first.Place.Line).
		Note(c.conditionSpan(first.Place), "this leads to `%s`, the other to `%s`", first.To, second.To).
		Means("%s → it is not said whether `%s` or `%s` comes next", what, first.To, second.To).
		Help("make the conditions exclude each other, or write `first` above them if the first that holds is meant")
	d.Witness = c.show(d.Code.ID, witness{state: f.state, then: f, shows: "two conditions hold for " + what})
	return d
}

// deadLine is one line of the author's with all its copies.
type deadLine struct {
	l     *location
	edge  int
	use   edgeUse
	alive bool
}

// deadGuards reports lines that never decide. A line of a fragment is dead only if all its copies are.
func (c *checking) deadGuards() {
	lines := map[machine.Place]*deadLine{}
	var order []*deadLine
	for i := range c.locs {
		l := &c.locs[i]
		for e := range l.Edges {
			u := c.x.edges[c.x.first[i]+e]
			if !u.asked {
				continue
			}
			line := lines[l.Edges[e].Place]
			if line == nil || l.Edges[e].Place.Line == 0 {
				line = &deadLine{l: l, edge: e}
				lines[l.Edges[e].Place] = line
				order = append(order, line)
			}
			line.use.held = line.use.held || u.held
			line.alive = line.alive || u.taken
		}
	}
	for _, line := range order {
		if !line.alive {
			c.deadAt(line)
		}
	}
}

func (c *checking) deadAt(line *deadLine) {
	l, e := line.l, &line.l.Edges[line.edge]
	switch {
	case e.Guard == nil && len(l.Edges) > 1:
		c.violated("G2", diag.OtherwiseUnneeded.At(c.span(e.Place), "this `otherwise` never happens").In("%s", c.within(l)).
			Labelled("the lines above cover every answer").Help("leave it out"))
	case e.Guard == nil:
	case !line.use.held:
		d := diag.GuardDead.At(c.conditionSpan(e.Place), "this condition never holds").In("%s", c.within(l)).
			Labelled("%s", c.whyDead(*e.Guard)).
			Means("no patient is ever led to `%s` by this line", e.To).
			Help("correct the condition, or delete the line")
		c.violated("G2", d)
	case l.Ordered:
		c.violated("G2", diag.GuardShadowed.At(c.conditionSpan(e.Place), "whenever this condition holds, a line above holds too").In("%s", c.within(l)).
			Means("no patient is ever led to `%s` by this line", e.To).
			Help("move it up, or narrow the lines above"))
	}
}

// rangeOf says between which bounds answers lie.
func rangeOf(f *machine.Field) string {
	switch {
	case f.Type != "date":
		return fmt.Sprintf("a number from %d to %d", *f.Min, *f.Max)
	case *f.Min == 0 && *f.Max == machine.DaysAhead:
		return "asked as a day from today on"
	case *f.Min == -machine.DaysBack && *f.Max == 0:
		return "asked as a day up to today"
	}
	return fmt.Sprintf("asked as a day from %d to %d days from today", *f.Min, *f.Max)
}

// whyDead tells a condition that no answer at all meets from one that only no patient here meets.
func (c *checking) whyDead(g int) string {
	e := c.guardsOf(g)
	vs := sortedSet(e.tests())
	size := 1
	for _, v := range vs {
		if size *= c.vars[v].size(); size > 10_000 {
			return "no patient can come here with such answers"
		}
	}
	met := e.readsAttempts()
	c.x.each(vs, func(v int) (int, int) { return c.vars[v].base, c.vars[v].answers }, func([]choice) {
		for _, facts := range []uint32{0, factVerified} {
			c.x.w.facts = facts
			met = met || e.eval(&c.x.w)
		}
	})
	if met {
		return "no patient can come here with such answers"
	}
	if len(vs) == 1 && vs[0] < len(c.m.Fields) {
		if f := &c.m.Fields[vs[0]]; f.Min != nil && f.Max != nil {
			return fmt.Sprintf("`%s` is %s", f.Name, rangeOf(f))
		}
	}
	return "no answer and no hour can meet it"
}
