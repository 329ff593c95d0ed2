package guard

import (
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// Eval decides the guard. It errs only when a value is missing or of the wrong type, which definite assignment excludes
// for every machine the compiler makes.
func (x *Expr) Eval(values Values) (bool, error) {
	out, _, err := x.program.Eval(activation{values})
	if err != nil {
		return false, fmt.Errorf("%w: %s", ErrUnassigned, x.source)
	}
	b, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("guard `%s` is no condition", x.source)
	}
	return b, nil
}

// activation shows Values to cel-go under the names its macros expanded to.
type activation struct{ values Values }

var _ cel.Activation = activation{}

func (a activation) ResolveName(name string) (any, bool) {
	switch name {
	case celToday:
		return a.values.Lookup("today")
	case celHeard:
		return heardList(a), true
	}
	return a.values.Lookup(name)
}

func (a activation) Parent() interpreter.Activation { return nil }

// heardList is the list that `"x" in @heard` looks into: it asks Values about one name instead of copying all.
type heardSet struct {
	ref.Val
	values Values
}

func heardList(a activation) ref.Val {
	return heardSet{Val: types.NewStringList(types.DefaultTypeAdapter, nil), values: a.values}
}

// Contains implements traits.Container.
func (h heardSet) Contains(name ref.Val) ref.Val {
	v, _ := h.values.Lookup("heard:" + fmt.Sprint(name.Value()))
	heard, _ := v.(bool)
	return types.Bool(heard)
}
