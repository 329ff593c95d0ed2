package export

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// Promela writes a valid machine as a model for SPIN (http://spinroot.com): one process is the conversation, each
// variable a byte that holds the number of a cell, and everything that patients and the world decide is chosen freely.
// What must hold at a point is an assertion that names its guarantee; what must be possible is a printf whose comment
// starts with its guarantee and that SPIN must not list as unreached; that the assistant never goes round without
// hearing from anybody (G1), and that nothing is said once people or the end took over (G10), are the formulas `hears`
// and `silence`. spec/outside/README.md says how it is run and what it leaves to the facts. The error is that of a
// guard that cannot be read.
func Promela(m *machine.Machine) ([]byte, error) {
	a, err := abstractionOf(m)
	if err != nil {
		return nil, fmt.Errorf("model of %s: %w", m.Flow.ID, err)
	}
	w := &modelWriter{a: a, m: m, number: map[string]int{}, consents: map[string]bool{}}
	for i, l := range m.Locations {
		w.number[l.ID] = i
		if l.Kind == machine.Consent {
			w.consents[l.Consent] = true
		}
	}
	w.matter = matters(a)
	w.head()
	w.begin()
	for i := range m.Locations {
		w.location(&m.Locations[i])
	}
	w.line(0, "stopped:")
	w.line(1, "automatic = false")
	w.line(0, "}")
	return w.b.Bytes(), nil
}

// modelWriter writes one model.
type modelWriter struct {
	a        *abstraction
	m        *machine.Machine
	b        bytes.Buffer
	number   map[string]int // of a location, as in its label
	consents map[string]bool
	matter   []map[int]bool // by location: the positions of the variables that something on from there looks at
}

func (w *modelWriter) line(depth int, format string, args ...any) {
	w.b.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&w.b, format, args...)
	w.b.WriteByte('\n')
}

// note is text that can stand in a comment and in a printf.
func note(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\*%`, r) {
			return '_'
		}
		return r
	}, s)
}

// identifier is a name of Promela's that holds the position, so that no two are equal.
func identifier(position int, name string) string {
	return fmt.Sprintf("v%d_%s", position, strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name))
}

func (w *modelWriter) variable(position int) string {
	return identifier(position, w.a.variables[position-1].name)
}

func (w *modelWriter) consent(name string) string {
	names := make([]string, 0, len(w.consents))
	for c := range w.consents {
		names = append(names, c)
	}
	slices.Sort(names)
	return identifier(slices.Index(names, name)+1, "agreed_"+name)
}

func (w *modelWriter) head() {
	w.line(0, "/* The flow `%s`. A variable holds the number of a cell; 0 is no value, or one that nothing looks at any more. */", note(w.m.Flow.Name))
	w.line(0, "#ifndef AS_OF")
	w.line(0, "#define AS_OF 0 /* the day of the check, in days since 1970-01-01: spin -DAS_OF=20780 */")
	w.line(0, "#endif")
	for _, g := range []int{2, 3, 4, 5, 7, 8, 9} {
		w.line(0, "bool G%d; /* true: an assertion of G%d is no longer looked at */", g, g)
	}
	for i, v := range w.a.variables {
		w.line(0, "%s %s; /* %s */", width(len(v.cells)), w.variable(i+1), note(w.cells(v)))
	}
	w.line(0, "bool verified;")
	for _, c := range w.sortedConsents() {
		w.line(0, "bool %s;", w.consent(c))
	}
	w.line(0, "short watched; /* the ask whose answer is followed to a use, counted from 1 */")
	w.line(0, "bool automatic, over, speaking;")
	w.line(0, "ltl hears { []<> !automatic }")
	w.line(0, "ltl silence { [] (over -> [] !speaking) }")
}

// width is a type that holds so many cells.
func width(cells int) string {
	if cells < 255 {
		return "byte"
	}
	return "int"
}

func (w *modelWriter) sortedConsents() []string {
	var out []string
	for c := range w.consents {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// cells describes what the numbers of a variable stand for.
func (w *modelWriter) cells(v variable) string {
	var parts []string
	for i, c := range v.cells {
		if i == 8 {
			return strings.Join(append(parts, "and so on"), ", ")
		}
		parts = append(parts, fmt.Sprintf("%d %s", i+1, c.describe(v)))
	}
	return v.name + ": " + strings.Join(parts, ", ")
}

func (c value) describe(v variable) string {
	switch {
	case v.name == "now":
		return fmt.Sprintf("%s %02d:%02d", strings.ToLower(c.moment.weekday.String()), c.moment.minute/60, c.moment.minute%60)
	case v.drift != nil || c.age != c.days:
		return fmt.Sprintf("%s age %d to %d, in %d to %d days", c.text, c.age.low, c.age.high, c.days.low, c.days.high)
	case c.text != "":
		return c.text
	}
	return fmt.Sprint(c.number)
}

// begin chooses what the world is like when the conversation starts; nothing has been heard.
func (w *modelWriter) begin() {
	w.line(0, "active proctype conversation() {")
	for i, v := range w.a.variables {
		switch {
		case v.field || !w.matter[w.number[w.m.Start]][i+1]:
		case strings.HasPrefix(v.name, "heard:") || v.name == "attempts":
			w.line(1, "%s = 1;", w.variable(i+1))
		default:
			w.choose(1, i+1, all(v))
		}
	}
	w.line(1, "goto L%d;", w.number[w.m.Start])
}

func all(v variable) []int {
	out := make([]int, len(v.cells))
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// choose lets the world give a variable one of some cells.
func (w *modelWriter) choose(depth, position int, cells []int) {
	options := make([]string, len(cells))
	for i, c := range cells {
		options[i] = fmt.Sprintf(":: %s = %d", w.variable(position), c)
	}
	w.line(depth, "if %s fi;", strings.Join(options, " "))
}

// truth of a guard as an expression. Every cell that is not a value makes its tests false; whoever uses it asks whether
// all fields have a value first.
func (w *modelWriter) expression(n guard.Node) string {
	switch n := n.(type) {
	case guard.And:
		return "(" + w.expression(n.X) + " && " + w.expression(n.Y) + ")"
	case guard.Or:
		return "(" + w.expression(n.X) + " || " + w.expression(n.Y) + ")"
	case guard.Not:
		return "!(" + w.expression(n.X) + ")" // two marks in a row would send something
	case guard.If:
		return fmt.Sprintf("(%s -> %s : %s)", w.expression(n.Cond), w.expression(n.Then), w.expression(n.Else))
	case guard.Const:
		return fmt.Sprint(n.Value)
	case guard.Test:
		return w.testOf(n)
	}
	panic(fmt.Sprintf("export: unknown node %T", n))
}

func (w *modelWriter) testOf(t guard.Test) string {
	name := variableOf(t.Subject)
	if name == "" {
		return fmt.Sprintf("(verified -> %t : %t)", truth(t, value{yes: true}), truth(t, value{}))
	}
	at := w.a.position[name]
	var cells []int
	for i, c := range w.a.variables[at-1].cells {
		if truth(t, c) {
			cells = append(cells, i+1)
		}
	}
	return w.isOneOf(at, cells)
}

func (w *modelWriter) isOneOf(position int, cells []int) string {
	if len(cells) == 0 {
		return "false"
	}
	parts := make([]string, len(cells))
	for i, c := range cells {
		parts[i] = fmt.Sprintf("%s == %d", w.variable(position), c)
	}
	return "(" + strings.Join(parts, " || ") + ")"
}

// assigned is the expression that the fields a guard tests have a value.
func (w *modelWriter) assigned(tree guard.Node) string {
	parts := []string{}
	for _, name := range w.a.looksAt(tree) {
		if at := w.a.position[name]; w.a.variables[at-1].field {
			parts = append(parts, w.variable(at)+" != 0")
		}
	}
	if len(parts) == 0 {
		return "true"
	}
	return "(" + strings.Join(parts, " && ") + ")"
}
