package guard

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// treeBuilder turns a parsed guard into a tree and says what lies outside the fragment. Where a part is wrong it
// returns Const and goes on, so that several mistakes of one guard are told at once and none twice.
type treeBuilder struct {
	env      *Env
	src      string
	at       func(start, end int) source.Span
	info     *ast.SourceInfo
	problems diag.List
}

func (b *treeBuilder) fail(d *diag.Diagnostic) Node {
	b.problems.Add(d)
	return Const{}
}

// condition builds an expression that must be true or false.
func (b *treeBuilder) condition(e ast.Expr) Node {
	switch e.Kind() {
	case ast.LiteralKind:
		if v, ok := e.AsLiteral().(types.Bool); ok {
			return Const{Value: bool(v)}
		}
		return b.fail(diag.GuardType.At(b.span(e), "`%s` alone is no condition", b.text(e)).
			Help("compare a field with it, for example `topic == %s`", b.text(e)))
	case ast.CallKind:
		return b.call(e, e.AsCall())
	case ast.IdentKind, ast.SelectKind:
		return b.alone(e)
	default:
		return b.fail(b.outside(e))
	}
}

func (b *treeBuilder) call(e ast.Expr, c ast.CallExpr) Node {
	args := c.Args()
	switch c.FunctionName() {
	case operators.LogicalAnd:
		return And{b.condition(args[0]), b.condition(args[1])}
	case operators.LogicalOr:
		return Or{b.condition(args[0]), b.condition(args[1])}
	case operators.LogicalNot:
		return Not{b.condition(args[0])}
	case operators.Conditional:
		return If{b.condition(args[0]), b.condition(args[1]), b.condition(args[2])}
	case operators.In:
		return b.membership(args[0], args[1])
	}
	if op, ok := comparisons[c.FunctionName()]; ok {
		return b.comparison(e, op, args[0], args[1])
	}
	if c.FunctionName() == celAge || c.FunctionName() == celDays {
		return b.fail(diag.GuardType.At(b.span(e), "`%s` is a number, not a condition", b.text(e)).
			Help("compare it with a number, for example `%s >= 18`", b.text(e)))
	}
	return b.fail(b.outside(e))
}

var comparisons = map[string]Op{
	operators.Equals: Eq, operators.NotEquals: Ne,
	operators.Less: Lt, operators.LessEquals: Le, operators.Greater: Gt, operators.GreaterEquals: Ge,
}

// alone builds a name used as a condition of its own: it must be a yes-no.
func (b *treeBuilder) alone(e ast.Expr) Node {
	s, ok := b.subject(e)
	if !ok {
		return Const{}
	}
	if s.Kind != Bool {
		return b.fail(diag.GuardType.At(b.span(e), "`%s` is %s and no condition by itself", s, s.Kind.Describe()).
			Help("compare it, for example `%s == %s`", s, b.example(s)))
	}
	return Test{Subject: s, Op: Eq, Values: []Value{{Bool: true}}}
}

func (b *treeBuilder) comparison(e ast.Expr, op Op, left, right ast.Expr) Node {
	if isLiteral(left) && !isLiteral(right) {
		left, right, op = right, left, op.flip()
	}
	if !isLiteral(right) {
		if len(b.problems) == 0 {
			b.nameProblems(left, right)
		}
		if len(b.problems) > 0 {
			return Const{}
		}
		return b.fail(diag.GuardFragment.At(b.span(e), "this compares two things that both change").
			Labelled("one side must be a fixed value").
			Help("compare a field with a fixed value, for example `%s == …`", b.text(left)))
	}
	s, ok := b.subject(left)
	if !ok {
		return Const{}
	}
	v, ok := b.constant(s, right)
	if !ok {
		return Const{}
	}
	if ordered := op != Eq && op != Ne; ordered && (s.Kind == Bool || s.Kind == String || s.Kind == Choice) {
		return b.fail(diag.GuardType.At(b.span(e), "`%s` is %s and has no smaller or larger", s, s.Kind.Describe()).
			Help("use `==`, `!=` or `in [ … ]`"))
	}
	return Test{Subject: s, Op: op, Values: []Value{v}}
}

// nameProblems reports unknown names on either side of a comparison without a constant.
func (b *treeBuilder) nameProblems(sides ...ast.Expr) {
	for _, e := range sides {
		if e.Kind() == ast.IdentKind || e.Kind() == ast.SelectKind {
			b.subject(e)
		}
	}
}

func (b *treeBuilder) membership(left, right ast.Expr) Node {
	if right.Kind() == ast.IdentKind && right.AsIdent() == celHeard {
		return b.heard(left)
	}
	s, ok := b.subject(left)
	if !ok {
		return Const{}
	}
	if right.Kind() != ast.ListKind {
		return b.fail(diag.GuardFragment.At(b.span(right), "`in` needs a list of fixed values here").
			Help("write `%s in [%s]`", s, b.example(s)))
	}
	elems := right.AsList().Elements()
	if len(elems) == 0 {
		return b.fail(diag.GuardFragment.At(b.span(right), "this list is empty, so nothing can be in it").
			Help("write at least one value, for example `%s in [%s]`", s, b.example(s)))
	}
	values := make([]Value, 0, len(elems))
	for _, el := range elems {
		if v, ok := b.constant(s, el); ok {
			values = append(values, v)
		}
	}
	return Test{Subject: s, Op: In, Values: values}
}

func (b *treeBuilder) heard(arg ast.Expr) Node {
	name, ok := "", false
	if isLiteral(arg) {
		name, ok = arg.AsLiteral().Value().(string)
	}
	if !ok {
		return b.fail(diag.GuardFragment.At(b.span(arg), "heard needs the name of a topic or trigger in quotes").
			Help(`write heard("booking")`))
	}
	if !b.env.heard[name] {
		d := diag.GuardUnknownName.At(b.span(arg), "there is no topic or trigger `%s`", name)
		if near := diag.Near(name, slices.Sorted(maps.Keys(b.env.heard))); near != "" {
			d.Mend(false, fmt.Sprintf("did you mean `%s`?", near), diag.Edit{Span: b.span(arg), Text: strconv.Quote(near)})
		}
		return b.fail(d)
	}
	s := Subject{Func: "heard", Name: name, Kind: Bool}
	return Test{Subject: s, Op: Eq, Values: []Value{{Bool: true}}}
}

// subject builds the side of a comparison that changes: a name, or age or days of a date field.
func (b *treeBuilder) subject(e ast.Expr) (Subject, bool) {
	if e.Kind() == ast.CallKind {
		return b.dateSubject(e, e.AsCall())
	}
	name, ok := qualified(e)
	if !ok {
		b.problems.Add(b.outside(e))
		return Subject{}, false
	}
	v, known := b.env.vars[name]
	if !known {
		b.problems.Add(b.unknown(e, name))
		return Subject{}, false
	}
	return Subject{Name: name, Kind: v.Kind}, true
}

func (b *treeBuilder) dateSubject(e ast.Expr, c ast.CallExpr) (Subject, bool) {
	fn := c.FunctionName()
	if fn != celAge && fn != celDays {
		b.problems.Add(b.outside(e))
		return Subject{}, false
	}
	s, ok := b.subject(c.Args()[0])
	if !ok {
		return Subject{}, false
	}
	if s.Kind != Date || s.Func != "" {
		b.problems.Add(diag.GuardType.At(b.span(e), "%s needs a date, and `%s` is %s", fn[1:], s, s.Kind.Describe()))
		return Subject{}, false
	}
	return Subject{Func: fn[1:], Name: s.Name, Kind: Int}, true
}

// constant reads a literal as a value of the subject's kind.
func (b *treeBuilder) constant(s Subject, e ast.Expr) (Value, bool) {
	if !isLiteral(e) {
		b.problems.Add(diag.GuardFragment.At(b.span(e), "`%s` is not a fixed value", b.text(e)).
			Help("write a fixed value, for example %s", b.example(s)))
		return Value{}, false
	}
	var v Value
	ok := false
	switch lit := e.AsLiteral().(type) {
	case types.Bool:
		v.Bool, ok = bool(lit), s.Kind == Bool
	case types.Int:
		v.Int, ok = int64(lit), s.Kind == Int
	case types.String:
		v.Text, ok = string(lit), s.Kind == String || s.Kind == Choice || s.Kind == Date || s.Kind == Time
	}
	if !ok {
		b.problems.Add(diag.GuardType.At(b.span(e), "`%s` is %s, and `%s` is not", s, s.Kind.Describe(), b.text(e)).
			Help("write %s", b.example(s)))
		return Value{}, false
	}
	if d := b.wrongText(s, v, e); d != nil {
		b.problems.Add(d)
		return Value{}, false
	}
	return v, true
}

// wrongText judges text against what the subject can ever be.
func (b *treeBuilder) wrongText(s Subject, v Value, e ast.Expr) *diag.Diagnostic {
	switch s.Kind {
	case Choice:
		options := b.env.vars[s.Name].Options
		if slices.Contains(options, v.Text) {
			return nil
		}
		d := diag.GuardOption.At(b.span(e), "`%s` has no answer `%s`", s, v.Text).
			Means("no patient could ever give this answer")
		if near := diag.Near(v.Text, options); near != "" {
			return d.Mend(false, fmt.Sprintf("did you mean %q?", near), diag.Edit{Span: b.span(e), Text: strconv.Quote(near)})
		}
		return d.Help("its answers are %s", quoteAll(options))
	case Date:
		if _, err := time.Parse(time.DateOnly, v.Text); err != nil {
			return diag.GuardType.At(b.span(e), "`%s` is a date, and %q is not one", s, v.Text).Help("write it \"2026-01-31\"")
		}
	case Time:
		if t, err := time.Parse("15:04", v.Text); err != nil || t.Format("15:04") != v.Text {
			return diag.GuardType.At(b.span(e), "`%s` is a time, and %q is not one", s, v.Text).Help("write it \"14:00\"")
		}
	case Bool, Int, String:
	}
	return nil
}

// unknown reports a name that does not exist, with what may have been meant: a near name, or an option without quotes.
func (b *treeBuilder) unknown(e ast.Expr, name string) *diag.Diagnostic {
	d := diag.GuardUnknownName.At(b.span(e), "there is no field or given name `%s`", name)
	if near := diag.Near(name, b.env.names); near != "" {
		return d.Mend(false, fmt.Sprintf("did you mean `%s`?", near), diag.Edit{Span: b.span(e), Text: near})
	}
	return d.Help("declare it with `field %s …`, or use one of the fields of this flow", name)
}

func (b *treeBuilder) outside(e ast.Expr) *diag.Diagnostic {
	return diag.GuardFragment.At(b.span(e), "`%s` says more than can be proven", b.text(e)).
		Help("use comparisons with fixed values, `in [ … ]`, `&&`, `||`, `!`, age(date) and days(date)")
}

// example is a constant an author could write for the subject.
func (b *treeBuilder) example(s Subject) string {
	switch s.Kind {
	case Bool:
		return "true"
	case Int:
		return "1"
	case Date:
		return `"2026-01-31"`
	case Time:
		return `"14:00"`
	case Choice:
		if o := b.env.vars[s.Name].Options; len(o) > 0 {
			return strconv.Quote(o[0])
		}
	case String:
	}
	return `"…"`
}

// qualified returns a dotted name such as practice.open.
func qualified(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), true
	case ast.SelectKind:
		sel := e.AsSelect()
		base, ok := qualified(sel.Operand())
		return base + "." + sel.FieldName(), ok && !sel.IsTestOnly()
	}
	return "", false
}

func isLiteral(e ast.Expr) bool { return e.Kind() == ast.LiteralKind }

func quoteAll(options []string) string {
	out := ""
	for i, o := range options {
		if i > 0 {
			out += ", "
		}
		out += strconv.Quote(o)
	}
	return out
}
