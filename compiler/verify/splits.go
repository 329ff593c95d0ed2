package verify

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// maxNodes bounds the trees of a certificate.
const maxNodes = 1_000_000

// splits writes how the guards of a location decide.
func (w *certifying) splits(l *location) []machine.Split {
	var out []machine.Split
	for n := range l.outcomes {
		if o := &l.outcomes[n]; l.Edges[o.edges[0]].Guard != nil {
			t := &splitting{certifying: w, l: l, o: o, known: map[int][]int{}, truth: map[*expr]int8{}}
			states := w.out.Invariants[l.index].States
			t.grow(-1, nil, states)
			out = append(out, machine.Split{On: o.on, Nodes: t.out})
		}
	}
	return out
}

// splitting grows the tree of one outcome.
type splitting struct {
	*certifying
	l     *location
	o     *outcome
	known map[int][]int  // what the way from the root allows, by variable of the certificate
	truth map[*expr]int8 // of tests, on that way: 1 holds, -1 does not
	out   []machine.Node
}

// grow adds the node below another that some cells of its variable lead to. States are those that can come there.
func (t *splitting) grow(above int, cells []int, states []machine.AbstractState) {
	n := len(t.out)
	t.out = append(t.out, machine.Node{Above: above, Cells: cells, Variable: -1, Edge: -1})
	if t.nodes--; t.nodes < 0 || len(states) == 0 {
		return
	}
	edge, open := t.decide()
	if t.out[n].Edge = edge; open == nil {
		return
	}
	v := t.variableOf(open)
	t.out[n].Variable, t.out[n].Edge = v, -1
	tests := t.testsOfVariable(v)
	for _, group := range t.groups(v, tests) {
		t.known[v] = group
		for _, e := range tests {
			t.truth[e] = t.holdsIn(e, group[0])
		}
		t.grow(n, group, t.within(states, v, group))
	}
	delete(t.known, v)
	for _, e := range tests {
		delete(t.truth, e)
	}
}

// decide finds the edge that is taken whatever else holds; or, where that is open still, a test to look at. Where all
// is known and nothing is taken, no conversation comes, because the verifier would have said so.
func (t *splitting) decide() (edge int, open *expr) {
	for _, e := range t.o.edges {
		g := t.l.Edges[e].Guard
		if g != nil && t.value(t.model.guards[*g]) < 1 || !t.others(e) {
			continue
		}
		return e, nil
	}
	for _, e := range t.o.edges {
		if g := t.l.Edges[e].Guard; g != nil && t.value(t.model.guards[*g]) == 0 {
			if open := t.open(t.model.guards[*g]); open != nil {
				return -1, open
			}
		}
	}
	return -1, nil
}

// others reports whether no other edge of the outcome can be taken instead of this one.
func (t *splitting) others(taken int) bool {
	for _, e := range t.o.edges {
		g := t.l.Edges[e].Guard
		same := !t.l.Ordered && t.l.Edges[e].To == t.l.Edges[taken].To
		if e != taken && g != nil && !same && !(t.l.Ordered && e > taken) && t.value(t.model.guards[*g]) >= 0 {
			return false
		}
	}
	return true
}

// value says whether a guard holds by what is known: 1 it does, -1 it does not, 0 that depends.
func (t *splitting) value(e *expr) int8 {
	switch e.op {
	case opConst:
		if e.truth[0] {
			return 1
		}
		return -1
	case opAnd:
		return min(t.value(e.x), t.value(e.y))
	case opOr:
		return max(t.value(e.x), t.value(e.y))
	case opNot:
		return -t.value(e.x)
	case opIf:
		c := t.value(e.x)
		return max(min(c, t.value(e.y)), min(-c, t.value(e.z)))
	case opTest, opAttempts, opVerified:
	}
	return t.truth[e]
}

// open finds a test that is not known and on which the guard depends.
func (t *splitting) open(e *expr) *expr {
	switch {
	case e == nil || t.value(e) != 0:
		return nil
	case e.op == opTest || e.op == opAttempts || e.op == opVerified:
		return e
	}
	for _, part := range []*expr{e.x, e.y, e.z} {
		if found := t.open(part); found != nil {
			return found
		}
	}
	return nil
}

// variableOf is the variable of the certificate that a test looks at.
func (t *splitting) variableOf(e *expr) int {
	switch e.op {
	case opAttempts:
		return t.attempts
	case opVerified:
		return t.verified
	case opConst, opTest, opAnd, opOr, opNot, opIf:
	}
	return t.number[e.v]
}

// testsOfVariable are the tests of the outcome's guards that look at a variable of the certificate.
func (t *splitting) testsOfVariable(v int) []*expr {
	var out []*expr
	for _, e := range t.o.edges {
		if g := t.l.Edges[e].Guard; g != nil {
			for _, op := range []exprOp{opTest, opAttempts, opVerified} {
				for _, test := range t.model.guards[*g].testsOf(op) {
					if t.variableOf(test) == v {
						out = append(out, test)
					}
				}
			}
		}
	}
	return out
}

// holdsIn decides a test for a cell of the certificate.
func (t *splitting) holdsIn(e *expr, cell int) int8 {
	ok := false
	switch e.op {
	case opAttempts:
		ok = holds(e.test, value{n: t.tries[cell-1]})
	case opVerified:
		ok = holds(e.test, value{b: cell == 2})
	case opTest:
		v := &t.vars[e.v]
		ok = e.truth[v.base+slices.Index(v.order, cell)]
	case opConst, opAnd, opOr, opNot, opIf:
	}
	if ok {
		return 1
	}
	return -1
}

// groups shares out the cells of a variable by which of the tests hold.
func (t *splitting) groups(v int, tests []*expr) [][]int {
	var out [][]int
	at := map[string]int{}
	for i := range t.cells[v] {
		key := make([]byte, len(tests))
		for n, e := range tests {
			key[n] = byte(t.holdsIn(e, i+1))
		}
		n, ok := at[string(key)]
		if !ok {
			n = len(out)
			at[string(key)] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], i+1)
	}
	return out
}

// within are the states that can come to some cells of a variable, as far as the states say that.
func (t *splitting) within(states []machine.AbstractState, v int, cells []int) []machine.AbstractState {
	at, ok := slices.BinarySearch(t.certifying.out.Invariants[t.l.index].Exact, v)
	if v >= len(t.m.Fields) && t.l.Kind != machine.Auto || v < len(t.m.Fields) && t.vars[v].drift != nil || !ok || v == t.o.sets {
		return states
	}
	var out []machine.AbstractState
	for _, s := range states {
		if slices.Contains(cells, s[machine.StateCells+at]) {
			out = append(out, s)
		}
	}
	return out
}
