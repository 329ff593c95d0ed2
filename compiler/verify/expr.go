package verify

import (
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/lang/guard"
)

// expr is a guard over cells. A test is a table: by cell, whether it holds.
type expr struct {
	op      exprOp
	x, y, z *expr
	v       int    // opTest: the variable
	truth   []bool // opTest: by cell; opConst: one entry
	test    guard.Test
}

type exprOp byte

const (
	opConst exprOp = iota
	opTest
	opAttempts
	opVerified
	opAnd
	opOr
	opNot
	opIf
)

// world is what a guard is evaluated in: the cell of each variable that is known, and what is no variable.
type world struct {
	cell     []uint16
	attempts int64
	facts    uint32
}

// factVerified is the fact that some field was verified; the consents follow.
const factVerified uint32 = 1

func (e *expr) eval(w *world) bool {
	switch e.op {
	case opConst:
		return e.truth[0]
	case opTest:
		return e.truth[w.cell[e.v]]
	case opAttempts:
		return holds(e.test, value{n: w.attempts})
	case opVerified:
		return (w.facts&factVerified != 0) == wantsTrue(e.test)
	case opAnd:
		return e.x.eval(w) && e.y.eval(w)
	case opOr:
		return e.x.eval(w) || e.y.eval(w)
	case opNot:
		return !e.x.eval(w)
	case opIf:
		if e.x.eval(w) {
			return e.y.eval(w)
		}
		return e.z.eval(w)
	}
	panic(fmt.Sprintf("verify: unknown operator %d", e.op))
}

// testsOf returns the parts of a guard that are tests of one kind.
func (e *expr) testsOf(op exprOp) []*expr {
	if e == nil {
		return nil
	}
	if e.op == op {
		return []*expr{e}
	}
	return slices.Concat(e.x.testsOf(op), e.y.testsOf(op), e.z.testsOf(op))
}

// tests returns the variables the guard looks at, with repetitions.
func (e *expr) tests() []int {
	if e == nil {
		return nil
	}
	if e.op == opTest {
		return []int{e.v}
	}
	return slices.Concat(e.x.tests(), e.y.tests(), e.z.tests())
}

// readsAttempts reports whether the guard looks at the number of attempts.
func (e *expr) readsAttempts() bool {
	return e != nil && (e.op == opAttempts || e.x.readsAttempts() || e.y.readsAttempts() || e.z.readsAttempts())
}

// wantsTrue reports whether a test of a yes-no holds for yes.
func wantsTrue(t guard.Test) bool { return holds(t, value{b: true}) }

// value is a concrete value of any kind.
type value struct {
	n int64
	s string
	b bool
}

// holds decides a test for a concrete value.
func holds(t guard.Test, v value) bool {
	if t.Op == guard.In {
		return slices.ContainsFunc(t.Values, func(c guard.Value) bool { return compare(t.Subject.Kind, v, c) == 0 })
	}
	n := compare(t.Subject.Kind, v, t.Values[0])
	switch t.Op {
	case guard.Eq:
		return n == 0
	case guard.Ne:
		return n != 0
	case guard.Lt:
		return n < 0
	case guard.Le:
		return n <= 0
	case guard.Gt:
		return n > 0
	case guard.Ge:
		return n >= 0
	default:
		panic("verify: unknown comparison " + string(t.Op))
	}
}

func compare(k guard.Kind, v value, c guard.Value) int {
	switch k {
	case guard.Bool:
		if v.b == c.Bool {
			return 0
		}
		return 1
	case guard.Int:
		switch {
		case v.n < c.Int:
			return -1
		case v.n > c.Int:
			return 1
		}
		return 0
	default:
		switch {
		case v.s < c.Text:
			return -1
		case v.s > c.Text:
			return 1
		}
		return 0
	}
}

// build turns a guard's tree into an expr over the model's variables. The truth tables are filled in by makeVariables.
func (p *model) build(n guard.Node, enter func(e *expr)) *expr {
	switch n := n.(type) {
	case guard.And:
		return &expr{op: opAnd, x: p.build(n.X, enter), y: p.build(n.Y, enter)}
	case guard.Or:
		return &expr{op: opOr, x: p.build(n.X, enter), y: p.build(n.Y, enter)}
	case guard.Not:
		return &expr{op: opNot, x: p.build(n.X, enter)}
	case guard.If:
		return &expr{op: opIf, x: p.build(n.Cond, enter), y: p.build(n.Then, enter), z: p.build(n.Else, enter)}
	case guard.Const:
		return &expr{op: opConst, truth: []bool{n.Value}}
	case guard.Test:
		e := &expr{op: opTest, test: n, v: -1}
		switch {
		case n.Subject.Func == "" && n.Subject.Name == "attempts":
			e.op = opAttempts
		case n.Subject.Func == "" && n.Subject.Name == "verified":
			e.op = opVerified
		default:
			enter(e)
		}
		return e
	default:
		panic(fmt.Sprintf("verify: unknown guard node %T", n))
	}
}
