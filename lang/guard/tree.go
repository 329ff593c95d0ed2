package guard

import (
	"fmt"
	"slices"
	"strings"
)

// Node is a guard as a tree of boolean connectives over tests. It is what the verifier decides on.
type Node interface{ node() }

type (
	// And holds when both do.
	And struct{ X, Y Node }
	// Or holds when either does.
	Or struct{ X, Y Node }
	// Not holds when X does not.
	Not struct{ X Node }
	// If is the conditional c ? t : e.
	If struct{ Cond, Then, Else Node }
	// Const is true or false as written.
	Const struct{ Value bool }
	// Test compares a subject with constants. `in` has any number of Values, every other operator exactly one. A bare
	// yes-no is the test == true.
	Test struct {
		Subject Subject
		Op      Op
		Values  []Value
	}
)

func (And) node()   {}
func (Or) node()    {}
func (Not) node()   {}
func (If) node()    {}
func (Const) node() {}
func (Test) node()  {}

// Op is a comparison.
type Op string

// The comparisons.
const (
	Eq Op = "=="
	Ne Op = "!="
	Lt Op = "<"
	Le Op = "<="
	Gt Op = ">"
	Ge Op = ">="
	In Op = "in"
)

// flip is the operator with its sides exchanged.
func (o Op) flip() Op {
	switch o {
	case Lt:
		return Gt
	case Le:
		return Ge
	case Gt:
		return Lt
	case Ge:
		return Le
	case Eq, Ne, In:
		return o
	}
	return o
}

// Subject is what a test looks at: a field or given name, the age of or days until a date field, or whether a topic was
// heard.
type Subject struct {
	Func string // "", "age", "days" or "heard"
	Name string // the field, given name, topic or trigger
	Kind Kind   // of the value that is compared
}

func (s Subject) String() string {
	switch s.Func {
	case "":
		return s.Name
	case "heard":
		return fmt.Sprintf("heard(%q)", s.Name)
	default:
		return s.Func + "(" + s.Name + ")"
	}
}

// Value is a constant of a test; which field counts is the subject's Kind.
type Value struct {
	Int  int64
	Text string
	Bool bool
}

// Walk visits n and everything below it, parents first.
func Walk(n Node, visit func(Node)) {
	visit(n)
	switch n := n.(type) {
	case And:
		Walk(n.X, visit)
		Walk(n.Y, visit)
	case Or:
		Walk(n.X, visit)
		Walk(n.Y, visit)
	case Not:
		Walk(n.X, visit)
	case If:
		Walk(n.Cond, visit)
		Walk(n.Then, visit)
		Walk(n.Else, visit)
	case Const, Test:
	default:
		panic(fmt.Sprintf("guard: unknown node %T", n))
	}
}

// given reports whether a name is one every guard may use, rather than a field.
func given(name string) bool {
	return slices.ContainsFunc(Given(), func(v Var) bool { return v.Name == name })
}

// reads returns the fields a tree looks at, sorted, each once.
func reads(n Node) []string {
	var out []string
	Walk(n, func(n Node) {
		if t, ok := n.(Test); ok && t.Subject.Func != "heard" && !given(t.Subject.Name) {
			out = append(out, t.Subject.Name)
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// canonical is the source with every run of white space outside quotes made one space, so that guards that differ only
// in layout are equal.
func canonical(src string) string {
	var b strings.Builder
	var quote rune
	space, escaped := false, false
	for _, r := range strings.TrimSpace(src) {
		if quote == 0 && (r == ' ' || r == '\t' || r == '\n' || r == '\r') {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		switch {
		case escaped:
			escaped = false
		case quote != 0 && r == '\\':
			escaped = true
		case quote == 0 && (r == '"' || r == '\''):
			quote = r
		case quote == r:
			quote = 0
		}
		b.WriteRune(r)
	}
	return b.String()
}
