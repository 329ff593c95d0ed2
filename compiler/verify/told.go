package verify

import "github.com/tacet-lang/tacet/lang/machine"

// parting is where guards part ways: the values that they test, numbered as in wayGraph.told, and the locations that it
// decides.
type parting struct{ values, decides []int }

// controls spreads the classes of what guards test to what they decide (Ferrante, Ottenstein and Warren, "The program
// dependence graph", 1987), and on through every place where ways part, by guards or by what patients and the world choose:
// who comes by after it has come by before it. What decides which of several questions is asked is told by the answer,
// too, and so by guards that test it; hence the rounds.
func (x *exploration) controls(g *wayGraph) {
	g.ctl, g.told = make([]bits, len(x.locs)), x.ownClasses()
	decided := make([][]int, len(x.locs)) // by location where ways part: what that decides
	var partings []parting
	for i := range x.locs {
		g.ctl[i] = newBits(len(x.m.Policy.Classes))
		if len(g.to[i]) > 1 {
			decided[i] = g.between(g.to[i], g.merge[i])
			partings = append(partings, x.partings(g, &x.locs[i])...)
		}
	}
	for grew := true; grew; grew = x.tellByAsking(g) {
		for _, p := range partings {
			tested := newBits(len(x.m.Policy.Classes))
			for _, v := range p.values {
				tested.add(g.told[v], nil)
			}
			x.spread(g, decided, p.decides, tested)
		}
	}
}

// spread adds classes to the control of locations, and of all that those decide.
func (x *exploration) spread(g *wayGraph, decided [][]int, to []int, classes bits) {
	var queue []int
	add := func(locations []int, more bits) {
		for _, l := range locations {
			if g.ctl[l].add(more, nil) {
				queue = append(queue, l)
			}
		}
	}
	for add(to, classes); len(queue) > 0; {
		at := queue[0]
		queue = queue[1:]
		add(decided[at], g.ctl[at])
	}
}

// ownClasses are what values tell by themselves: those of fields their class, `verified` nothing.
func (x *exploration) ownClasses() []bits {
	out := make([]bits, len(x.m.Fields)+1)
	for i := range out {
		out[i] = newBits(len(x.m.Policy.Classes))
		if i < len(x.m.Fields) {
			out[i].set(x.classes.index[x.m.Fields[i].Class])
		}
	}
	return out
}

// tellByAsking adds to what values tell what decides how they came about: where several questions are for one field, which of
// them was answered last; and nobody is verified where no code is asked for. It reports whether that was more.
func (x *exploration) tellByAsking(g *wayGraph) (grew bool) {
	for v, locations := range x.sources() {
		for _, i := range locations {
			if v == len(x.m.Fields) || len(locations) > 1 {
				grew = g.told[v].add(g.ctl[i], nil) || grew
			}
		}
	}
	return grew
}

// sources are the reached locations at which each value comes about, numbered as in wayGraph.told.
func (x *exploration) sources() [][]int {
	out := make([][]int, len(x.m.Fields)+1)
	for i := range x.locs {
		switch l := &x.locs[i]; {
		case len(x.at[i]) == 0:
		case l.Kind == machine.Ask:
			out[l.field] = append(out[l.field], i)
		case l.Kind == machine.Verify:
			out[len(x.m.Fields)] = append(out[len(x.m.Fields)], i)
		}
	}
	return out
}

// partings are the outcomes of a location whose guards test values and lead to two locations or more.
func (x *exploration) partings(g *wayGraph, l *location) []parting {
	var out []parting
	for n := range l.outcomes {
		o := &l.outcomes[n]
		if to := x.taken(l, o); len(to) > 1 {
			if values := x.valuesTested(l, o); len(values) > 0 {
				out = append(out, parting{values: values, decides: g.between(to, g.merge[l.index])})
			}
		}
	}
	return out
}

// valuesTested are the values that the guards of an outcome look at, numbered as in wayGraph.told. How many answers to a
// question did not fit tells of the one that does: attempts behind it are its field.
func (p *model) valuesTested(l *location, o *outcome) []int {
	var out []int
	for _, v := range o.tests {
		if v < len(p.m.Fields) {
			out = append(out, v)
		}
	}
	for _, e := range o.edges {
		g := l.Edges[e].Guard
		if g == nil {
			continue
		}
		if len(p.guards[*g].testsOf(opVerified)) > 0 {
			out = append(out, len(p.m.Fields))
		}
		if l.Kind == machine.Ask && p.guards[*g].readsAttempts() {
			out = append(out, l.field)
		}
	}
	return sortedSet(out)
}

// classesTold are the classes that the guards of an outcome tell of.
func (c *checking) classesTold(l *location, o *outcome) []int {
	told := newBits(len(c.m.Policy.Classes))
	for _, v := range c.valuesTested(l, o) {
		told.add(c.ways.told[v], nil)
	}
	return told.list()
}
