package outbox

import (
	"maps"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// learned is what a vendor learns from a machine beside values.
type learned struct {
	at map[string][]string // by location: the classes of answers that decide whether a conversation comes by it
	of map[string][]string // by field, and of `verified`: its class, and those that decide that it is asked for
}

// learns finds what vendors learn. Guards that test an answer decide what lies between where their ways part and where all ways from
// there meet again (Weiser, "Program slicing", 1984); what decides that a question is asked is told by its answer too. The verifier and
// the kernel count only ways that some conversation takes; this counts every way that a machine has, so it finds no class fewer.
func learns(m *machine.Machine) learned {
	out := learned{at: map[string][]string{}, of: map[string][]string{}}
	for i := range m.Fields {
		out.of[m.Fields[i].Name] = []string{m.Fields[i].Class}
	}
	g := newGraph(m)
	var list []decision
	for i := range m.Locations {
		for _, d := range g.decisions(m, i) {
			for _, at := range g.between(d.to, g.meet[i]) {
				d.between = append(d.between, m.Locations[at].ID)
			}
			list = append(list, d)
		}
	}
	for changed := true; changed; {
		changed = false
		for _, d := range list {
			for _, tested := range d.tests {
				for _, id := range d.between {
					changed = add(out.at, id, out.of[tested]) || changed
				}
			}
		}
		for i := range m.Locations {
			switch l := &m.Locations[i]; l.Kind {
			case machine.Ask:
				changed = add(out.of, l.Field, out.at[l.ID]) || changed
			case machine.Verify:
				changed = add(out.of, verified, out.at[l.ID]) || changed
			}
		}
	}
	return out
}

// add adds classes to those of a name, and reports whether any was new.
func add(to map[string][]string, name string, classes []string) (changed bool) {
	for _, c := range classes {
		if !slices.Contains(to[name], c) {
			to[name] = append(to[name], c)
			changed = true
		}
	}
	return changed
}

// What guards test beside fields that tells of answers.
const (
	verified = "verified"
	attempts = "attempts"
)

// graph is where conversations go on to from each location: by its edges and by topics, but not to people, to whom every question leads.
type graph struct {
	index    map[string]int
	to, from [][]int
	meet     []int // where all ways from a location come by, the first such; nowhere if there is none
}

const nowhere = -1

func newGraph(m *machine.Machine) *graph {
	n := len(m.Locations)
	g := &graph{index: make(map[string]int, n), to: make([][]int, n), from: make([][]int, n)}
	for i := range m.Locations {
		g.index[m.Locations[i].ID] = i
	}
	for i := range m.Locations {
		l := &m.Locations[i]
		for _, e := range l.Edges {
			g.to[i] = append(g.to[i], g.index[e.To])
		}
		for _, t := range m.Topics {
			if l.Kind.Waits() && t.Treat == machine.Handle && t.Route != "" && !l.Takes(t.Name) {
				g.to[i] = append(g.to[i], g.index[t.Route])
			}
		}
		slices.Sort(g.to[i])
		g.to[i] = slices.Compact(g.to[i])
		for _, to := range g.to[i] {
			g.from[to] = append(g.from[to], i)
		}
	}
	g.findMeets()
	return g
}

// decision is one outcome of a location whose guards lead to several places.
type decision struct {
	to      []int
	tests   []string // fields, and verified
	between []string // the locations that it decides
}

func (g *graph) decisions(m *machine.Machine, i int) (list []decision) {
	by := map[string]*decision{}
	for _, e := range m.Locations[i].Edges {
		d := by[e.On]
		if d == nil {
			d = &decision{}
			by[e.On] = d
		}
		d.to = append(d.to, g.index[e.To])
		if e.Guard != nil {
			d.tests = append(d.tests, tested(&m.Guards[*e.Guard], &m.Locations[i])...)
		}
	}
	for _, on := range slices.Sorted(maps.Keys(by)) {
		d := by[on]
		if slices.Max(d.to) != slices.Min(d.to) && len(d.tests) > 0 {
			list = append(list, *d)
		}
	}
	return list
}

// tested are the answers that a guard of a location tests. How many of them did not fit tells of the one that does.
func tested(g *machine.Guard, l *machine.Location) []string {
	list := slices.Clone(g.Reads)
	for i := range g.Code {
		switch g.Code[i].Name {
		case verified:
			list = append(list, verified)
		case attempts:
			if l.Kind == machine.Ask {
				list = append(list, l.Field)
			}
		}
	}
	return list
}

// between are the locations that conversations come by from some, before another.
func (g *graph) between(from []int, until int) (list []int) {
	seen := make([]bool, len(g.to))
	for rest := slices.Clone(from); len(rest) > 0; {
		at := rest[len(rest)-1]
		if rest = rest[:len(rest)-1]; at == until || seen[at] {
			continue
		}
		seen[at] = true
		list = append(list, at)
		rest = append(rest, g.to[at]...)
	}
	return list
}

// findMeets finds immediate post-dominators (Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm", 2001). Where no
// way leads to an end, nothing meets.
func (g *graph) findMeets() {
	order := g.backward()
	number := make([]int, len(g.to)) // the place in order, from 1; 0 stands for what follows the ends
	for i, at := range order {
		number[at] = i + 1
	}
	up := slices.Repeat([]int{nowhere}, len(order)+1)
	up[0] = 0
	for changed := true; changed; {
		changed = false
		for i, at := range order {
			best := nowhere
			if len(g.to[at]) == 0 {
				best = 0
			}
			for _, to := range g.to[at] {
				n := number[to]
				switch {
				case up[n] < 0: // not known yet
				case best < 0:
					best = n
				default:
					best = common(up, best, n)
				}
			}
			changed = changed || best != up[i+1]
			up[i+1] = best
		}
	}
	g.meet = slices.Repeat([]int{nowhere}, len(g.to))
	for i, at := range order {
		if up[i+1] > 0 {
			g.meet[at] = order[up[i+1]-1]
		}
	}
}

// common is the first that two places come up to.
func common(up []int, a, b int) int {
	for a != b {
		if a > b {
			a = up[a]
		} else {
			b = up[b]
		}
	}
	return a
}

// backward lists what can come to an end, in the reverse postorder of a walk from the ends.
func (g *graph) backward() []int {
	type step struct{ at, next int }
	seen := make([]bool, len(g.to))
	var list []int
	for end := range g.to {
		if len(g.to[end]) > 0 {
			continue
		}
		seen[end] = true
		for way := []step{{at: end}}; len(way) > 0; {
			top := &way[len(way)-1]
			if top.next == len(g.from[top.at]) {
				list, way = append(list, top.at), way[:len(way)-1]
				continue
			}
			from := g.from[top.at][top.next]
			if top.next++; !seen[from] {
				seen[from] = true
				way = append(way, step{at: from})
			}
		}
	}
	slices.Reverse(list)
	return list
}
