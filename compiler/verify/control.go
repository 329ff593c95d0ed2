package verify

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// preorder lists the locations with states, each before those below it in the tree of merges, and these together.
func (g *wayGraph) preorder(x *exploration) []int {
	below := make([][]int, len(g.merge))
	var stack, out []int
	for i := len(g.merge) - 1; i >= 0; i-- {
		switch {
		case len(x.at[i]) == 0:
		case g.merge[i] >= 0:
			below[g.merge[i]] = append(below[g.merge[i]], i)
		default:
			stack = append(stack, i)
		}
	}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = append(stack[:len(stack)-1], below[at]...)
		out = append(out, at)
	}
	return out
}

// controlOnTheWay lists, by location, the classes that decide whether it is come by, and how far up the tree of merges
// they do.
func (c *checking) controlOnTheWay() [][]machine.Control {
	s := &spreading{c: c, until: make([]map[int]int, len(c.locs)), depth: c.ways.depths()}
	for i := range c.locs {
		l := &c.locs[i]
		for n := range l.outcomes {
			if to := c.x.taken(l, &l.outcomes[n]); len(to) > 1 {
				for _, class := range c.classesTold(l, &l.outcomes[n]) {
					s.decide(to, class, c.ways.merge[i])
				}
			}
		}
	}
	for len(s.queue) > 0 {
		at := s.queue[0]
		s.queue = s.queue[1:]
		merge := c.ways.merge[at[0]]
		if until := s.until[at[0]][at[1]]; merge >= 0 && merge != until {
			s.decide([]int{merge}, at[1], until)
		}
		if to := c.ways.to[at[0]]; len(to) > 1 {
			s.decide(to, at[1], merge)
		}
	}
	out := make([][]machine.Control, len(c.locs))
	for i, until := range s.until {
		for class, to := range until {
			out[i] = append(out[i], machine.Control{Class: c.classes.names[class], Until: to})
		}
		slices.SortFunc(out[i], func(a, b machine.Control) int { return strings.Compare(a.Class, b.Class) })
	}
	return out
}

// spreading is how far classes decide.
type spreading struct {
	c     *checking
	until []map[int]int // by location and class; -1 all the way
	depth []int
	queue [][2]int // location and class
}

func (s *spreading) decide(locations []int, class, until int) {
	for _, to := range locations {
		if to == until {
			continue
		}
		was, known := s.until[to][class]
		if known && (was < 0 || until >= 0 && s.depth[was] <= s.depth[until]) {
			continue
		}
		if s.until[to] == nil {
			s.until[to] = map[int]int{}
		}
		s.until[to][class] = until
		s.queue = append(s.queue, [2]int{to, class})
	}
}

// depths are how many locations are above each in the tree of merges.
func (g *wayGraph) depths() []int {
	out := make([]int, len(g.merge))
	for i := range out {
		var path []int
		at := i
		for ; at >= 0 && out[at] == 0; at = g.merge[at] {
			path = append(path, at)
		}
		n := 0
		if at >= 0 {
			n = out[at]
		}
		for _, p := range slices.Backward(path) {
			n++
			out[p] = n
		}
	}
	return out
}
