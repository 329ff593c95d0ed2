package kernel

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// instruction is one step of a guard: a test, or with none what machine.GuardStep says.
type instruction struct {
	op   string
	test *machine.Comparison
}

// decision is whether something holds as far as is known.
type decision int8

const (
	no    decision = -1
	maybe decision = 0
	yes   decision = 1
)

// guard is the code of a guard with its tests looked up.
func (k *checker) guard(code []machine.GuardStep) []instruction {
	out := make([]instruction, len(code))
	for n := range code {
		out[n] = instruction{op: code[n].Op, test: k.cells.Test(&code[n])}
	}
	return out
}

// decide says whether a guard holds, as far as the way to a leaf tells.
func (k *checker) decide(guard []instruction) decision {
	stack := make([]decision, 0, 16)
	for _, step := range guard {
		n := len(stack)
		switch step.op {
		default:
			stack = append(stack, k.known(step.test))
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
		if node.Variable == -1 {
			k.checkLeaf(i, o, s.Nodes, n)
		} else if k.spend(k.vars[node.Variable].Count) {
			next[n] = make([]int, k.vars[node.Variable].Count)
		}
	}
	whole := len(next) > 0 && !slices.ContainsFunc(next, func(row []int) bool { return slices.Contains(row, 0) })
	k.wantAt(i, whole, "G2", "its split on %q leaves out some cells", o.on)
}

// checkLeaf checks that a leaf decides, and enters it.
func (k *checker) checkLeaf(i int, o *outcome, nodes []machine.Node, n int) {
	l, edge := leaf{to: -1}, nodes[n].Edge
	for at := n; nodes[at].Above >= 0; at = nodes[at].Above {
		v := nodes[nodes[at].Above].Variable
		if !k.wantAt(i, !slices.Contains(l.vars, v) && k.spend(1+len(l.vars)), "G2", "its split on %q looks at a variable twice", o.on) {
			return
		}
		l.vars, l.cells = append(l.vars, v), append(l.cells, nodes[at].Cells)
		k.box[v] = nodes[at].Cells
	}
	if edge != -1 && k.wantAt(i, k.decides(i, o, edge), "G2", "its split on %q takes edge %d where the guards do not", o.on, edge) {
		l.to = k.locationOf[k.locs[i].Edges[edge].To]
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
			holds = k.decide(k.guards[*g])
		}
		harmless := l.Edges[e].To == l.Edges[taken].To || l.Ordered && e > taken
		return e == taken && holds != yes || holds != no && g != nil && !harmless
	})
}

// known says whether a test holds in all the cells that the way to a leaf allows.
func (k *checker) known(t *machine.Comparison) decision {
	in := k.box[t.Variable]
	holding := 0
	for _, c := range in {
		if t.Holds[c] {
			holding++
		}
	}
	switch {
	case len(in) == 0 || holding > 0 && holding < len(in):
		return maybe
	case holding > 0:
		return yes
	}
	return no
}
