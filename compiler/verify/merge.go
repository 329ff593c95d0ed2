package verify

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// wayGraph is the locations that conversations come to, with the edges and routes that some state takes.
type wayGraph struct {
	to      [][]int
	from    [][]int
	answers [][]int // of each ask: where an answer leads, neither a topic nor that there is none to give
	merge   []int   // of each location: the one that every way on comes by, or -1
	ctl     []bits  // of each location: the classes that decide whether it is come by
	told    []bits  // of each field, and then of `verified`: the classes that its value tells of
}

func (x *exploration) ways() *wayGraph {
	n := len(x.locs)
	g := &wayGraph{to: make([][]int, n), from: make([][]int, n), answers: make([][]int, n), merge: make([]int, n)}
	for i := range x.locs {
		l := &x.locs[i]
		for n := range l.outcomes {
			o := &l.outcomes[n]
			taken := x.taken(l, o)
			g.to[i] = append(g.to[i], taken...)
			if o.sets >= 0 {
				g.answers[i] = taken
			}
		}
		for _, r := range x.routed[i].list() {
			g.to[i] = append(g.to[i], x.routes[r].to)
		}
		g.to[i] = sortedSet(g.to[i])
		for _, to := range g.to[i] {
			g.from[to] = append(g.from[to], i)
		}
	}
	x.merges(g)
	x.controls(g)
	return g
}

// taken are the locations that an outcome leads to in some state, each once.
func (x *exploration) taken(l *location, o *outcome) []int {
	var out []int
	for i, e := range o.edges {
		if x.edges[x.first[l.index]+e].taken {
			out = append(out, o.to[i])
		}
	}
	return sortedSet(out)
}

// merges computes immediate post-dominators (Cooper, Harvey and Kennedy, "A simple, fast dominance algorithm", 2001) of
// the locations that can come to an end or a handoff by the author; the others keep none.
func (x *exploration) merges(g *wayGraph) {
	order := x.backward(g)
	number := make([]int, len(x.locs)) // place in order, from 1; 0: not in it
	for i, l := range order {
		number[l] = i + 1
	}
	up := make([]int, len(order)+1) // by number; 0 is the exit
	for i := range up {
		up[i] = -1
	}
	up[0] = 0
	for changed := true; changed; {
		changed = false
		for i, l := range order {
			best := -1
			if x.locs[l].ours {
				best = 0
			}
			for _, to := range g.to[l] {
				n := number[to]
				if n == 0 || up[n] < 0 {
					continue
				}
				best = meet(up, best, n)
			}
			if best != up[i+1] {
				up[i+1], changed = best, true
			}
		}
	}
	for i := range g.merge {
		g.merge[i] = -1
	}
	for i, l := range order {
		if up[i+1] > 0 {
			g.merge[l] = order[up[i+1]-1]
		}
	}
}

func meet(up []int, a, b int) int {
	if a < 0 {
		return b
	}
	for a != b {
		if a > b {
			a = up[a]
		} else {
			b = up[b]
		}
	}
	return a
}

// backward is the reverse postorder of the turned-around graph from its ends.
func (x *exploration) backward(g *wayGraph) []int {
	type frame struct{ loc, next int }
	seen := make([]bool, len(x.locs))
	var post []int
	for i := range x.locs {
		if !x.locs[i].ours || len(x.at[i]) == 0 || seen[i] {
			continue
		}
		seen[i] = true
		stack := []frame{{loc: i}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(g.from[top.loc]) {
				post = append(post, top.loc)
				stack = stack[:len(stack)-1]
				continue
			}
			to := g.from[top.loc][top.next]
			top.next++
			if !seen[to] {
				seen[to] = true
				stack = append(stack, frame{loc: to})
			}
		}
	}
	slices.Reverse(post)
	return post
}

// between are the locations on the ways up the tree of merges from some locations, up to but without another, each once.
func (g *wayGraph) between(from []int, to int) []int {
	var out []int
	for _, f := range from {
		out = append(out, g.upTo(f, to)...)
	}
	return sortedSet(out)
}

// upTo is the way up the tree of merges from a location, up to but without another.
func (g *wayGraph) upTo(from, to int) []int {
	var out []int
	for at := from; at >= 0 && at != to; at = g.merge[at] {
		out = append(out, at)
	}
	return out
}

// usesOf goes backward from the uses of one field. An ask of the field ends the way, unless it uses the field first, and
// begins one only where it is answered.
func (x *exploration) usesOf(g *wayGraph, f int) []int32 {
	rank := make([]int32, len(x.locs))
	var queue []int
	lead := func(to int, n int32) {
		for _, from := range g.from[to] {
			if rank[from] < 0 && (!x.asks(from, f) || slices.Contains(g.answers[from], to)) {
				rank[from] = n
				queue = append(queue, from)
			}
		}
	}
	for i := range x.locs {
		rank[i] = -1
		if len(x.at[i]) > 0 && x.usesHere(&x.locs[i], f) {
			rank[i] = 0
			queue = append(queue, i)
		}
	}
	for i := range x.locs {
		if len(x.at[i]) > 0 && x.asks(i, f) && x.usesOnEntry(&x.locs[i], f) {
			lead(i, 1)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if x.asks(at, f) {
			continue // what leads here brings a value that is asked again
		}
		lead(at, rank[at]+1)
	}
	return rank
}

func (x *exploration) asks(loc, f int) bool {
	return x.locs[loc].Kind == machine.Ask && x.locs[loc].field == f
}

// usesHere reports whether a location uses a field: for its own ask, only by the guards that follow. Guards that always
// lead to the same place use nothing.
func (x *exploration) usesHere(l *location, f int) bool {
	for i := range l.outcomes {
		o := &l.outcomes[i]
		if slices.Contains(o.tests, f) && (o.sets == f || l.field != f || l.Kind != machine.Ask) && len(x.taken(l, o)) > 1 {
			return true
		}
	}
	return !x.asks(l.index, f) && x.usesOnEntry(l, f)
}

func (x *exploration) usesOnEntry(l *location, f int) bool {
	if l.ours && l.Kind == machine.Handoff || slices.Contains(l.reads, f) {
		return true
	}
	return slices.ContainsFunc(l.cases, func(c sayBy) bool {
		for _, reads := range c.reads {
			if slices.Contains(reads, f) {
				return true
			}
		}
		return false
	})
}
