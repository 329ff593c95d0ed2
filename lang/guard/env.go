// Package guard reads, checks and evaluates the conditions of a flow. It is the only user of cel-go.
//
// A guard is CEL (https://github.com/google/cel-spec) in a fragment that can be decided exactly: field references,
// literals, comparisons of a field with a constant, `in` a literal list, && || ! ?:, the age of a date in years, the
// days until a date, and named opaque atoms. No doubles, no dyn, no macros, no regular expressions, no arithmetic. A
// guard whose fields are all assigned never errs.
package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/parser"
)

// MaxLength is the longest guard, in code points.
const MaxLength = 2000

// maxDepth bounds the nesting of a guard, for cel-go's recursive parser.
const maxDepth = 50

// Kind is the kind of value a name stands for in a guard.
type Kind int

// The kinds. Dates are text "2006-01-02" and times "15:04", so that their order is the order of the text.
const (
	Bool Kind = iota + 1
	Int
	String
	Choice
	Date
	Time
)

// Describe names the kind for an author.
func (k Kind) Describe() string {
	switch k {
	case Bool:
		return "a yes-no"
	case Int:
		return "a number"
	case String:
		return "text"
	case Choice:
		return "a `one of`"
	case Date:
		return "a date"
	case Time:
		return "a time"
	}
	return "nothing"
}

// Var is a name that a guard may use.
type Var struct {
	Name    string
	Kind    Kind
	Options []string // Choice: its answers
}

// Given are the names every guard may use besides the flow's fields.
func Given() []Var {
	return []Var{
		{Name: "practice.open", Kind: Bool},
		{Name: "now.hour", Kind: Int},
		{Name: "now.weekday", Kind: Choice, Options: []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}},
		{Name: "channel", Kind: Choice, Options: []string{"web-chat", "portal-chat", "sms", "email"}},
		{Name: "language", Kind: Choice, Options: []string{"en", "es"}},
		{Name: "attempts", Kind: Int},
		{Name: "verified", Kind: Bool},
	}
}

// Env is what the guards of one flow may refer to. It is safe for concurrent use.
type Env struct {
	vars  map[string]Var
	heard map[string]bool
	names []string // sorted, for did-you-mean

	once sync.Once
	cel  *cel.Env
	err  error
}

// NewEnv returns the environment of a flow: its fields, the given names, and the topics and triggers that heard("…") may
// name.
func NewEnv(fields []Var, heard []string) *Env {
	e := &Env{vars: map[string]Var{}, heard: map[string]bool{}}
	for _, v := range slices.Concat(Given(), fields) {
		e.vars[v.Name] = v
	}
	for _, h := range heard {
		e.heard[h] = true
	}
	e.names = slices.Sorted(maps.Keys(e.vars))
	return e
}

// The names that macros expand to; no author can write them.
const (
	celToday = "@today"
	celHeard = "@heard"
	celAge   = "@age"
	celDays  = "@days"
)

// environment builds the CEL environment once, when the first guard needs it.
func (e *Env) environment() (*cel.Env, error) {
	e.once.Do(func() {
		opts := []cel.EnvOption{
			cel.ClearMacros(),
			cel.Macros(
				cel.GlobalMacro("age", 1, withToday(celAge)),
				cel.GlobalMacro("days", 1, withToday(celDays)),
				cel.GlobalMacro("heard", 1, heardMacro),
			),
			cel.ParserRecursionLimit(4 * maxDepth),
			cel.ParserExpressionSizeLimit(MaxLength),
			cel.Variable(celToday, cel.StringType),
			cel.Variable(celHeard, cel.ListType(cel.StringType)),
			dateFunction(celAge, years),
			dateFunction(celDays, daysUntil),
		}
		for _, name := range e.names {
			opts = append(opts, cel.Variable(name, celType(e.vars[name].Kind)))
		}
		e.cel, e.err = cel.NewEnv(opts...)
	})
	return e.cel, e.err
}

func celType(k Kind) *cel.Type {
	switch k {
	case Bool:
		return cel.BoolType
	case Int:
		return cel.IntType
	case String, Choice, Date, Time:
		return cel.StringType
	}
	panic(fmt.Sprintf("guard: unknown kind %d", k))
}

func withToday(function string) parser.MacroExpander {
	return func(h parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
		return h.NewCall(function, args[0], h.NewIdent(celToday)), nil
	}
}

func heardMacro(h parser.ExprHelper, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	return h.NewCall("@in", args[0], h.NewIdent(celHeard)), nil
}

func dateFunction(name string, of func(date, today time.Time) int64) cel.EnvOption {
	impl := func(date, today ref.Val) ref.Val {
		d, err := time.Parse(time.DateOnly, fmt.Sprint(date.Value()))
		if err != nil {
			return types.NewErr("not a date")
		}
		t, err := time.Parse(time.DateOnly, fmt.Sprint(today.Value()))
		if err != nil {
			return types.NewErr("today is not a date")
		}
		return types.Int(of(d, t))
	}
	id := strings.TrimPrefix(name, "@") + "_string_string"
	return cel.Function(name, cel.Overload(id, []*cel.Type{cel.StringType, cel.StringType}, cel.IntType, cel.BinaryBinding(impl)))
}

// years is the age in completed years on today; a date in the future has a negative age. Somebody born on 29 February
// completes a year on 1 March of a common year.
func years(date, today time.Time) int64 {
	n := today.Year() - date.Year()
	if today.Month() < date.Month() || (today.Month() == date.Month() && today.Day() < date.Day()) {
		n--
	}
	return int64(n)
}

// daysUntil counts calendar days from today to the date; negative in the past.
func daysUntil(date, today time.Time) int64 {
	return int64(date.Sub(today) / (24 * time.Hour))
}
