package kernel

import (
	"maps"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// instruction is one step of a guard; of a test its number.
type instruction struct {
	op   string
	test int
}

const isTest = "test"

// decision is whether something holds as far as is known.
type decision int8

const (
	no    decision = -1
	maybe decision = 0
	yes   decision = 1
)

// enterGuards makes tests of what guards compare, and of whether people are there.
func (k *checker) enterGuards() {
	for i := range k.m.Guards {
		code := k.m.Guards[i].Code
		k.want(len(code) > 0, "form", "the guard `%s` has no code", k.m.Guards[i].Source)
		guard := make([]instruction, len(code))
		for n := range code {
			guard[n].op = code[n].Op
			if code[n].IsTest() {
				guard[n] = instruction{op: isTest, test: k.enterTest(&code[n])}
			}
		}
		k.guards = append(k.guards, guard)
	}
	for _, name := range slices.Sorted(maps.Keys(k.cover)) {
		side := sideTeams + k.cover[name]
		if k.cover[name] = -1; slices.ContainsFunc(k.moments, func(p point) bool { return p.from[side] == 0 }) {
			k.cover[name] = k.addTest(k.world("now"), side, "==", 1)
		}
	}
	for i := range k.m.Fields {
		if f := &k.m.Fields[i]; f.Min != nil && f.Max != nil && k.moves(&k.vars[i]) {
			k.addTest(i, sideDays, ">=", *f.Min)
		}
	}
}

// world is the variable of something that is no field.
func (k *checker) world(name string) int {
	if n, ok := k.worldOf[name]; k.want(ok, "form", "the certificate does not list %q", name) {
		return n
	}
	k.vars = append(k.vars, variable{name: name, sides: []machine.Domain{k.m.GivenDomain(name)}}) // so that the rest can be read
	return len(k.vars) - 1
}

// enterTest adds the test of a step.
func (k *checker) enterTest(s *machine.GuardStep) int {
	n, side, domain := 0, 0, machine.Domain{}
	f, isField := k.fieldOf[s.Name]
	switch {
	case s.Of == "heard":
		n = k.world("heard:" + s.Name)
		domain = k.vars[n].sides[0]
	case isField:
		side = max(slices.Index([]string{"", "age", "days"}, s.Of), 0)
		n, domain = f, k.vars[f].sides[side]
	case s.Name == "practice.open" || s.Name == "now.hour" || s.Name == "now.weekday":
		side = slices.Index([]string{"practice.open", "now.hour", "now.weekday"}, s.Name)
		n, domain = k.world("now"), machine.Given[s.Name]
	default:
		n = k.world(s.Name)
		domain = k.vars[n].sides[0]
	}
	values := make([]int64, len(s.Values))
	for i, value := range s.Values {
		if values[i], _ = domain.Number(value); domain.Kind == machine.KindText {
			v := &k.vars[n]
			if k.spend(1+len(v.texts)) && !slices.Contains(v.texts, value) {
				v.texts = append(v.texts, value)
			}
			values[i] = int64(slices.Index(v.texts, value))
		}
	}
	return k.addTest(n, side, s.Op, values...)
}

// decide says whether a guard holds, given what is known of its tests.
func decide(guard []instruction, test func(n int) decision) decision {
	stack := make([]decision, 0, 16)
	for _, step := range guard {
		n := len(stack)
		switch step.op {
		case isTest:
			stack = append(stack, test(step.test))
		case machine.OpTrue:
			stack = append(stack, yes)
		case machine.OpFalse:
			stack = append(stack, no)
		case machine.OpNot:
			stack[n-1] = -stack[n-1]
		case machine.OpAnd:
			stack = append(stack[:n-2], min(stack[n-2], stack[n-1]))
		case machine.OpOr:
			stack = append(stack[:n-2], max(stack[n-2], stack[n-1]))
		case machine.OpIf:
			holds, fails := min(stack[n-3], stack[n-2]), min(-stack[n-3], stack[n-1])
			stack = append(stack[:n-3], max(holds, fails))
		}
	}
	return stack[0]
}

// leaf is where an outcome leads: by an edge, or without one by the turn protocol. Of a split it has the way to it, as
// what that allows of each variable it looks at.
type leaf struct {
	edge  int // -1: none
	to    int // the location; -1: nothing comes here
	vars  []int
	cells [][]int
	taken bool // some state comes here
}

// checkSplit checks that the nodes below each node share out all cells, and that every leaf decides (3).
func (k *checker) checkSplit(i int, o *outcome, s *machine.Split) {
	next := make([][]int, len(s.Nodes)) // of each node that looks at a variable: by cell, the node it leads to
	for n := range s.Nodes {
		node := &s.Nodes[n]
		inside := node.Above >= 0 && node.Above < n || n == 0 && node.Above == -1
		looks := node.Variable >= 0 && node.Variable < len(k.vars) && node.Edge == -1
		if !k.wantAt(i, inside && (looks || node.Variable == -1), "G2", "node %d of its split on %q is out of place", n, o.on) {
			return
		}
		for _, c := range node.Cells {
			free := n > 0 && c >= 1 && c <= len(next[node.Above]) && next[node.Above][c-1] == 0
			if !k.wantAt(i, free && k.spend(1), "G2", "node %d of its split on %q takes cells that do not exist or were taken", n, o.on) {
				return
			}
			next[node.Above][c-1] = n
		}
		if node.Variable >= 0 {
			next[n] = make([]int, len(k.vars[node.Variable].all))
		} else {
			k.checkLeaf(i, o, s.Nodes, n)
		}
	}
	whole := len(next) > 0 && !slices.ContainsFunc(next, func(row []int) bool { return slices.Contains(row, 0) })
	k.wantAt(i, whole, "G2", "its split on %q leaves out some cells", o.on)
}

// checkLeaf checks that a leaf decides, and enters it.
func (k *checker) checkLeaf(i int, o *outcome, nodes []machine.Node, n int) {
	l := leaf{edge: nodes[n].Edge, to: -1}
	for at := n; nodes[at].Above >= 0; at = nodes[at].Above {
		v := nodes[nodes[at].Above].Variable
		if !k.wantAt(i, !slices.Contains(l.vars, v) && k.spend(1+len(l.vars)), "G2", "its split on %q looks at a variable twice", o.on) {
			return
		}
		l.vars, l.cells = append(l.vars, v), append(l.cells, nodes[at].Cells)
		k.box[v] = nodes[at].Cells
	}
	if l.edge != -1 && k.wantAt(i, k.decides(i, o, l.edge), "G2", "its split on %q takes edge %d where the guards do not", o.on, l.edge) {
		l.to = k.locationOf[k.locs[i].Edges[l.edge].To]
	}
	o.leaves = append(o.leaves, l)
	for _, v := range l.vars {
		k.box[v] = nil
	}
}

// decides reports whether the guards of an outcome take an edge wherever the way to a leaf leads.
func (k *checker) decides(i int, o *outcome, taken int) bool {
	l := &k.locs[i]
	return slices.Contains(o.edges, taken) && !slices.ContainsFunc(o.edges, func(e int) bool {
		g, holds := l.Edges[e].Guard, yes
		if g != nil && k.spend(len(k.guards[*g])) {
			holds = decide(k.guards[*g], k.known)
		}
		later, same := l.Ordered && e > taken, !l.Ordered && l.Edges[e].To == l.Edges[taken].To
		return e == taken && holds != yes || e != taken && holds != no && g != nil && !later && !same
	})
}

// known says whether a test holds in all the cells that the way to a leaf allows.
func (k *checker) known(n int) decision {
	t := &k.tests[n]
	holds := maybe
	for i, c := range k.box[t.variable] {
		now := no
		if t.truth[c-1] {
			now = yes
		}
		if i > 0 && now != holds {
			return maybe
		}
		holds = now
	}
	return holds
}
