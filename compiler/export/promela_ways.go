package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// happening is something that can come next at a location: an outcome of its edges, a topic with a way of its own, or a
// leap of the turn protocol.
type happening struct {
	on    string // of the edges; "" for routes and leaps too
	heard string // the topic that was heard
	leap  bool
	ways  []way
}

// way is one way on; guard is nil where nothing decides.
type way struct {
	number int // among the edges of its location, counted from 1; 0 for routes and leaps
	guard  guard.Node
	to     string
}

func pauses(l *machine.Location) bool { return l.Kind.Waits() || l.Kind == machine.Book }

// happenings lists what can come next at a location, the author's first.
func (a *abstraction) happenings(l *machine.Location) []happening {
	var out []happening
	for i, e := range l.Edges {
		at := slices.IndexFunc(out, func(h happening) bool { return h.on == e.On })
		if at < 0 {
			out = append(out, happening{on: e.On})
			at = len(out) - 1
			if l.Kind == machine.Listen {
				out[at].heard = e.On
			}
		}
		w := way{number: i + 1, to: e.To}
		if e.Guard != nil {
			w.guard = a.trees[*e.Guard]
		}
		out[at].ways = append(out[at].ways, w)
	}
	if l.Kind.Waits() {
		for _, t := range a.m.Topics {
			if t.Route != "" && !l.Takes(t.Name) {
				out = append(out, happening{heard: t.Name, ways: []way{{to: t.Route}}})
			}
		}
	}
	if !pauses(l) {
		return out
	}
	leaps := []string{a.m.Human, a.m.Stuck}
	for _, e := range a.m.Escalations {
		leaps = append(leaps, e.Location)
	}
	slices.Sort(leaps)
	for _, to := range slices.Compact(leaps) {
		out = append(out, happening{leap: true, ways: []way{{to: to}}})
	}
	return out
}

// byAnswer reports whether it is the answer to an ask.
func (h happening) byAnswer(l *machine.Location) bool {
	return l.Kind == machine.Ask && h.on == "" && h.ways[0].number > 0
}

// gives lists the cells that a happening can give to a variable; nil where the variable keeps its value.
func (a *abstraction) gives(l *machine.Location, h happening, position int) []int {
	v := a.variables[position-1]
	topic, heard := strings.CutPrefix(v.name, "heard:")
	switch {
	case v.field && h.byAnswer(l) && l.Field == v.name:
		return answers(v)
	case v.field || v.name == "channel":
		return nil
	case v.name == "attempts":
		return a.attempts(l, h)
	case !pauses(l):
		return nil
	case heard:
		return a.hears(l, h, topic)
	}
	return all(v)
}

// answers are the cells that an answer can lie in.
func answers(v variable) []int {
	return slices.DeleteFunc(all(v), func(c int) bool { return c <= len(v.over) && v.over[c-1] })
}

// attempts counts from cell 1: none.
func (a *abstraction) attempts(l *machine.Location, h happening) []int {
	most := 0
	if l.Kind.Waits() {
		most = a.m.Session.Retries
	}
	if l.Kind.Waits() && h.on == machine.OnFailed {
		most++
	}
	out := make([]int, most+1)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// hears are the cells of heard("name"): 1 no, 2 yes. A trigger goes to its escalation, so what goes on has heard none,
// unless the patient wrote while the world was busy and it is no emergency.
func (a *abstraction) hears(l *machine.Location, h happening, name string) []int {
	if h.heard == name {
		return []int{2}
	}
	i := slices.IndexFunc(a.m.Triggers, func(t machine.Trigger) bool { return t.Name == name })
	if i < 0 {
		return []int{1, 2}
	}
	emergency := a.m.Triggers[i].Tier == machine.Emergency || slices.ContainsFunc(a.m.Escalations, func(e machine.Escalation) bool {
		return e.Tier == machine.Emergency && slices.Contains(e.On, name)
	})
	f := a.fieldOf[l.Field]
	busy := l.Kind == machine.Verify || l.Kind == machine.Book || l.Kind == machine.Ask && f.Type == "slot"
	if busy && !emergency {
		return []int{1, 2}
	}
	return []int{1}
}

// readsAt lists the variables that a location looks at when it is entered.
func (a *abstraction) readsAt(l *machine.Location) []int {
	names := a.namedAt(l)
	for _, d := range l.Do {
		for _, t := range d.Cases {
			names = append(names, fieldsOf(t)...)
		}
	}
	var out []int
	for _, n := range names {
		out = append(out, a.position[n])
	}
	if l.Kind == machine.Handoff && len(a.coveredCells(l.Team)) < len(a.variables[a.position["now"]-1].cells) {
		out = append(out, a.position["now"])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// namedAt lists the fields that a location reads whatever their values are.
func (a *abstraction) namedAt(l *machine.Location) []string {
	said := []machine.Text{l.Prompt}
	for _, c := range l.Choices {
		said = append(said, c.Label)
	}
	var out []string
	for _, d := range l.Do {
		said = append(said, d.Say)
		out = append(out, d.Fields...)
		if d.By != "" {
			out = append(out, d.By)
		}
	}
	if l.Kind == machine.Verify || l.Kind == machine.Book {
		out = append(out, l.Field)
	}
	out = append(out, fieldsOf(said...)...)
	slices.Sort(out)
	return slices.Compact(out)
}

func (a *abstraction) coveredCells(team string) []int {
	var out []int
	for i, c := range a.variables[a.position["now"]-1].cells {
		if slices.Contains(strings.Fields(c.moment.covered), team) {
			out = append(out, i+1)
		}
	}
	return out
}

// matters finds, for each location, the variables that something on from there looks at before they are given a value
// again. Only those are remembered there.
func matters(a *abstraction) []map[int]bool {
	out := make([]map[int]bool, len(a.m.Locations))
	number := map[string]int{}
	for i := range a.m.Locations {
		number[a.m.Locations[i].ID] = i
		out[i] = map[int]bool{}
		for _, v := range a.readsAt(&a.m.Locations[i]) {
			out[i][v] = true
		}
	}
	for changed := true; changed; {
		changed = false
		for i := len(out) - 1; i >= 0; i-- {
			l := &a.m.Locations[i]
			for _, h := range a.happenings(l) {
				for v := range a.mattersOn(h, out, number) {
					if !out[i][v] && a.gives(l, h, v) == nil {
						out[i][v], changed = true, true
					}
				}
			}
		}
	}
	return out
}

// mattersOn is what the guards of a happening test, and what matters where it leads.
func (a *abstraction) mattersOn(h happening, matter []map[int]bool, number map[string]int) map[int]bool {
	out := map[int]bool{}
	for _, w := range h.ways {
		for v := range matter[number[w.to]] {
			out[v] = true
		}
		if w.guard == nil {
			continue
		}
		for _, name := range a.looksAt(w.guard) {
			out[a.position[name]] = true
		}
	}
	return out
}

// happen writes what a happening does to the variables and which way is taken.
func (w *modelWriter) happen(l *machine.Location, h happening) {
	label := "leap of the protocol"
	if !h.leap {
		label = strconv.Quote(note(h.on + h.heard))
	}
	w.line(1, ":: true -> /* %s */", label)
	matter := w.a.mattersOn(h, w.matter, w.number)
	for i, v := range w.a.variables {
		switch given := w.a.gives(l, h, i+1); {
		case given != nil && matter[i+1]:
			w.choose(2, i+1, given)
		case given == nil && matter[i+1] && v.drift != nil && pauses(l):
			w.older(i + 1)
		}
	}
	w.effects(l, h)
	if h.byAnswer(l) {
		w.watch(l, h)
	}
	w.decide(l, h)
}

// older lets time carry a date into other cells.
func (w *modelWriter) older(position int) {
	w.line(2, "if")
	for from, to := range w.a.variables[position-1].drift {
		w.line(2, ":: %s == %d ->", w.variable(position), from+1)
		w.choose(3, position, to)
	}
	w.line(2, ":: else fi;")
}

func (w *modelWriter) effects(l *machine.Location, h happening) {
	switch {
	case l.Kind == machine.Verify && h.on == machine.OnVerified:
		w.line(2, "verified = true;")
	case l.Kind == machine.Consent && h.on == machine.OnGranted:
		w.line(2, "%s = true;", w.consent(l.Consent))
	case l.Kind == machine.Consent && h.on == machine.OnRefused:
		w.line(2, "%s = false;", w.consent(l.Consent))
	}
}

// watch follows the answer of an ask, or of no ask: whoever is followed is chosen once, and a new answer of the field
// ends it (G6).
func (w *modelWriter) watch(l *machine.Location, h happening) {
	var same []string
	for i, o := range w.m.Locations {
		if o.Kind == machine.Ask && o.Field == l.Field {
			same = append(same, fmt.Sprintf("watched == %d", i+1))
		}
	}
	w.line(2, "if :: %s -> watched = 0 :: else fi;", strings.Join(same, " || "))
	w.line(2, "if :: watched == 0 -> watched = %d :: true fi;", w.number[l.ID]+1)
}

// usesBy tells which answers the guards of a happening look at, where one of its ways is taken. They are of use if it
// leads to two places so.
func (w *modelWriter) usesBy(depth int, l *machine.Location, h happening, to string) {
	var tested []string
	parts := false
	for _, x := range h.ways {
		parts = parts || x.to != to
		if x.guard != nil {
			tested = append(tested, w.a.looksAt(x.guard)...)
		}
	}
	if !parts {
		return
	}
	for i := range w.m.Fields {
		f := w.m.Fields[i].Name
		if slices.Contains(tested, f) && (l.Kind != machine.Ask || l.Field != f || h.byAnswer(l)) {
			w.use(depth, f, fmt.Sprintf(" by L%d on %q to L%d", w.number[l.ID], h.on, w.number[to]))
		}
	}
}

// use tells of every ask of a field that its answer has come to a use, or to a way that a guard took by it.
func (w *modelWriter) use(depth int, field, by string) {
	for i, o := range w.m.Locations {
		if o.Kind == machine.Ask && o.Field == field {
			w.line(depth, "if :: watched == %d ->", i+1)
			w.line(depth, `printf("the answer of %s is used\n") /* G6 L%d%s */`, note(o.ID), i, by)
			w.line(depth, ":: else fi;")
		}
	}
}

// decide writes the guards of a happening, in order: what they test has values, no two lead apart, some way is left.
func (w *modelWriter) decide(l *machine.Location, h happening) {
	for i, x := range h.ways {
		if x.guard == nil {
			continue
		}
		w.line(2, "assert(G3 || %s);", w.assigned(x.guard))
		if l.Ordered {
			continue
		}
		for _, y := range h.ways[i+1:] {
			if y.guard != nil && y.to != x.to {
				w.line(2, "assert(G2 || !(%s && %s));", w.holds(x), w.holds(y))
			}
		}
		w.line(2, "if :: %s ->", w.holds(x))
		w.line(2, `printf("a condition of %s holds\n") /* G2 L%d way %d */`, note(l.ID), w.number[l.ID], x.number)
		w.line(2, ":: else fi;")
	}
	for _, x := range h.ways {
		if x.guard == nil {
			w.usesBy(2, l, h, x.to)
			w.enter(2, l, h, x.to)
			return
		}
		w.line(2, "if :: !%s -> goto stopped :: else fi;", w.assigned(x.guard))
		w.line(2, "if :: %s ->", w.expression(x.guard))
		if l.Ordered {
			w.line(3, `printf("a condition of %s decides\n"); /* G2 L%d way %d */`, note(l.ID), w.number[l.ID], x.number)
		}
		w.usesBy(3, l, h, x.to)
		w.enter(3, l, h, x.to)
		w.line(2, ":: else fi;")
	}
	w.line(2, "assert(G2); /* nothing handles this */")
	w.line(2, "goto stopped")
}

func (w *modelWriter) holds(x way) string {
	return "(" + w.assigned(x.guard) + " && " + w.expression(x.guard) + ")"
}

// enter forgets what no longer matters and goes on; what did not matter where it comes from is forgotten already.
func (w *modelWriter) enter(depth int, l *machine.Location, h happening, to string) {
	known := w.a.mattersOn(h, w.matter, w.number)
	forget := ""
	for i := range w.a.variables {
		if (known[i+1] || w.matter[w.number[l.ID]][i+1]) && !w.matter[w.number[to]][i+1] {
			forget += w.variable(i+1) + " = 0; "
		}
	}
	w.line(depth, "%sgoto L%d", forget, w.number[to])
}
