package guard

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// Expr is a checked guard. It is immutable and safe for concurrent use.
type Expr struct {
	source  string
	tree    Node
	reads   []string
	program cel.Program
}

// Tree returns the guard as a tree.
func (x *Expr) Tree() Node { return x.tree }

// Reads returns the fields the guard looks at, sorted.
func (x *Expr) Reads() []string { return x.reads }

// String returns the guard's source with white space normalised; guards that are equal as strings are equal.
func (x *Expr) String() string { return x.source }

// Canonical returns the form under which Check and Compile results may be shared: source that differs only in white
// space has the same form.
func Canonical(src string) string { return canonical(src) }

// Compile checks a guard that stands in no file, as the runtime does with those of a machine.
func (e *Env) Compile(src string) (*Expr, error) {
	f := source.New("guard", []byte(src))
	x, problems := e.Check(f, f.Span(0, len(src)))
	if len(problems) > 0 {
		return nil, fmt.Errorf("guard `%s`: %s", src, problems[0].Message)
	}
	return x, nil
}

// Check reads the guard that stands at span in f. It returns nil and what is wrong, with exact places in f, or the
// checked guard and nothing.
func (e *Env) Check(f *source.File, span source.Span) (*Expr, diag.List) {
	src := f.Text(span)
	at := func(start, end int) source.Span { return f.Span(span.Start.Offset+start, span.Start.Offset+end) }
	if d := sizeProblem(src, span); d != nil {
		return nil, diag.List{d}
	}
	if l := e.habits(src, at); len(l) > 0 {
		return nil, l
	}
	env, err := e.environment()
	if err != nil {
		panic("guard: the environment of a resolved flow is not valid CEL: " + err.Error())
	}
	parsed, issues := env.Parse(src)
	if issues.Err() != nil {
		return nil, diag.List{syntaxProblem(src, span, at, issues)}
	}
	b := &treeBuilder{env: e, src: src, at: at, info: parsed.NativeRep().SourceInfo()}
	tree := b.condition(parsed.NativeRep().Expr())
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, diag.List{diag.GuardFragment.At(span, "this condition mixes kinds of values").
			Labelled("compare each field with a fixed value of its own kind")}
	}
	program, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, diag.List{diag.GuardFragment.At(span, "this condition cannot be decided").
			Labelled("compare each field with a fixed value of its own kind")}
	}
	return &Expr{source: canonical(src), tree: tree, reads: reads(tree), program: program}, nil
}

func sizeProblem(src string, span source.Span) *diag.Diagnostic {
	if strings.TrimSpace(src) == "" {
		return diag.GuardSyntax.At(span, "there is no condition between `when` and `->`").
			Help("write one, for example `when topic == \"other\" -> later`, or use `otherwise -> …`")
	}
	if n := utf8.RuneCountInString(src); n > MaxLength {
		return diag.GuardSize.At(span, "this condition has %d characters, and %d are the limit", n, MaxLength)
	}
	if depth := nesting(src); depth > maxDepth {
		return diag.GuardSize.At(span, "this condition nests %d deep, and %d is the limit", depth, maxDepth)
	}
	return nil
}

// nesting is an upper bound of how deep cel-go's parser recurses: brackets and runs of prefix operators.
func nesting(src string) int {
	deepest, depth, prefix := 0, 0, 0
	for _, t := range tokens(src) {
		switch t.text {
		case "(", "[", "{", "?":
			depth++
		case ")", "]", "}":
			depth--
		}
		if t.text == "!" || t.text == "-" {
			prefix++
		} else {
			prefix = 0
		}
		deepest = max(deepest, depth+prefix)
	}
	return deepest
}

// syntaxProblem tells the first syntax error in our own words: cel-go's name its parse tables.
func syntaxProblem(src string, span source.Span, at func(int, int) source.Span, issues *cel.Issues) *diag.Diagnostic {
	offset := len(strings.TrimRight(src, " \t\r\n"))
	if errs := issues.Errors(); len(errs) > 0 && errs[0].Location.Line() > 0 {
		offset = min(offset, byteOffset(src, errs[0].Location.Line(), errs[0].Location.Column()))
	}
	for _, t := range tokens(src) {
		if t.start <= offset && offset < t.end {
			return diag.GuardSyntax.At(at(t.start, t.end), "`%s` cannot stand here in a condition", t.text).
				Help("a condition compares a field with a fixed value, for example `topic == \"other\"`, joined by `&&` or `||`")
		}
	}
	if offset >= len(strings.TrimRight(src, " \t\r\n")) {
		return diag.GuardSyntax.At(span, "this condition stops too early").
			Labelled("something is missing at the end").
			Help("finish the comparison, or remove the last `&&`, `||` or `(`")
	}
	return diag.GuardSyntax.At(span, "this condition cannot be read").
		Help("a condition compares a field with a fixed value, for example `topic == \"other\"`")
}

// byteOffset turns cel-go's 1-based line and 0-based code point column into bytes.
func byteOffset(src string, line, column int) int {
	offset := 0
	for ; line > 1; line-- {
		i := strings.IndexByte(src[offset:], '\n')
		if i < 0 {
			return len(src)
		}
		offset += i + 1
	}
	for range column {
		if offset >= len(src) {
			return len(src)
		}
		_, n := utf8.DecodeRuneInString(src[offset:])
		offset += n
	}
	return offset
}

// Values gives a guard its variables: fields by name (string, int64 or bool), the given names, "today" as text
// 2006-01-02, and "heard:NAME" as bool.
type Values interface {
	Lookup(name string) (any, bool)
}

// ErrUnassigned means that a guard read a field that has no value. A machine that the compiler made never does this.
var ErrUnassigned = errors.New("the guard reads a field that has no value")
