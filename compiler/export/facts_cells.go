package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// An outside judge needs finitely many values. Each variable is given a list of candidates that meets every combination
// of test results the variable can show: a comparison with the constant v changes its result only between v-1 and v or
// between v and v+1, so v-1, v and v+1 of every constant, with the ends of the range, are enough for whatever is
// ordered; the constants themselves and one value beside them for what is only compared for equality; the ends of every
// opening and every full hour for the clock. Candidates on which all tests agree become one cell.

// variable is something that a condition, a say-by or the cover of a handoff looks at.
type variable struct {
	name  string // a field, "now", "language", "channel", "attempts" or "heard:NAME"
	field bool
	cells []value // cell numbers count from 1; 0 is no value
	over  []bool  // dates: no answer lies in the cell, which only time leads to
	drift [][]int // dates that grow old: the cells that each cell can become as time passes
}

// value names a cell by one of its values. Which parts count depends on the variable.
type value struct {
	text      string
	number    int64
	yes       bool
	age, days interval
	moment    moment
}

// interval is a closed range of whole numbers.
type interval struct{ low, high int64 }

// abstraction is a machine's variables and the trees of its guards.
type abstraction struct {
	m         *machine.Machine
	variables []variable
	position  map[string]int // by name, counted from 1
	trees     []guard.Node   // by guard
	tests     map[string][]guard.Test
	fieldOf   map[string]*machine.Field
}

// abstractionOf finds the cells of a valid machine.
func abstractionOf(m *machine.Machine) (*abstraction, error) {
	a := &abstraction{m: m, position: map[string]int{}, tests: map[string][]guard.Test{}, fieldOf: map[string]*machine.Field{}}
	if err := a.readGuards(); err != nil {
		return nil, err
	}
	for i := range m.Fields {
		f := &m.Fields[i]
		a.fieldOf[f.Name] = f
		a.add(a.fieldVariable(f))
	}
	handoffs := slices.ContainsFunc(m.Locations, func(l machine.Location) bool { return l.Kind == machine.Handoff })
	if handoffs || len(a.tests["now"]) > 0 {
		a.add(variable{name: "now", cells: a.merged("now", a.moments())})
	}
	if len(a.tests["language"]) > 0 {
		a.add(variable{name: "language", cells: a.merged("language", texts(m.Flow.Languages...))})
	}
	if len(a.tests["channel"]) > 0 {
		a.add(variable{name: "channel", cells: a.merged("channel", texts(m.Flow.Channels...))})
	}
	if len(a.tests["attempts"]) > 0 {
		attempts := variable{name: "attempts"}
		for n := range m.Session.Retries + 2 {
			attempts.cells = append(attempts.cells, value{number: int64(n)})
		}
		a.add(attempts)
	}
	for _, name := range a.heard() {
		if len(a.tests["heard:"+name]) > 0 {
			a.add(variable{name: "heard:" + name, cells: []value{{text: "no"}, {text: "yes", yes: true}}})
		}
	}
	return a, nil
}

func (a *abstraction) add(v variable) {
	a.variables = append(a.variables, v)
	a.position[v.name] = len(a.variables)
}

// heard names what a patient can be heard to say, topics first.
func (a *abstraction) heard() []string {
	var out []string
	for _, t := range a.m.Topics {
		out = append(out, t.Name)
	}
	for _, t := range a.m.Triggers {
		out = append(out, t.Name)
	}
	return out
}

// readGuards compiles every guard and collects the tests of each variable.
func (a *abstraction) readGuards() error {
	vars := make([]guard.Var, len(a.m.Fields))
	for i, f := range a.m.Fields {
		vars[i] = guard.Var{Name: f.Name, Kind: kindOf(f.Type)}
		for _, o := range f.Options {
			vars[i].Options = append(vars[i].Options, o.Value)
		}
	}
	env := guard.NewEnv(vars, a.heard())
	for _, g := range a.m.Guards {
		x, err := env.Compile(g.Source)
		if err != nil {
			return err
		}
		a.trees = append(a.trees, x.Tree())
		guard.Walk(x.Tree(), func(n guard.Node) {
			if t, ok := n.(guard.Test); ok && variableOf(t.Subject) != "" {
				a.tests[variableOf(t.Subject)] = append(a.tests[variableOf(t.Subject)], t)
			}
		})
	}
	return nil
}

func kindOf(fieldType string) guard.Kind {
	switch fieldType {
	case "yes-no":
		return guard.Bool
	case "number":
		return guard.Int
	case "choice":
		return guard.Choice
	case "date", "date-of-birth":
		return guard.Date
	case "time":
		return guard.Time
	}
	return guard.String
}

// variableOf names the variable that a test looks at; none for `verified`, which is a fact of the conversation.
func variableOf(s guard.Subject) string {
	switch {
	case s.Func == "heard":
		return "heard:" + s.Name
	case s.Func == "" && (s.Name == "practice.open" || s.Name == "now.hour" || s.Name == "now.weekday"):
		return "now"
	case s.Func == "" && s.Name == "verified":
		return ""
	}
	return s.Name
}

func texts(values ...string) []value {
	out := make([]value, len(values))
	for i, s := range values {
		out[i].text = s
	}
	return out
}

func (a *abstraction) fieldVariable(f *machine.Field) variable {
	v := variable{name: f.Name, field: true}
	tests := a.tests[f.Name]
	switch kindOf(f.Type) {
	case guard.Bool:
		v.cells = a.merged(f.Name, []value{{text: "yes", yes: true}, {text: "no"}})
	case guard.Choice:
		options := make([]string, len(f.Options))
		for i, o := range f.Options {
			options[i] = o.Value
		}
		v.cells = a.merged(f.Name, texts(options...))
	case guard.Int:
		v.cells = a.merged(f.Name, numbers(f, tests))
	case guard.Time:
		v.cells = a.merged(f.Name, minutes(tests))
	case guard.Date:
		v.cells, v.drift = dates(f, tests)
		v.over = overDays(f, tests, v.cells)
	case guard.String:
		v.cells = a.merged(f.Name, words(tests))
	}
	return v
}

// merged makes cells of candidates: those on which every test, and every say-by, agrees are one.
func (a *abstraction) merged(name string, candidates []value) []value {
	seen := map[string]bool{}
	var out []value
	for _, c := range candidates {
		if s := a.signature(name, c); !seen[s] {
			seen[s] = true
			out = append(out, c)
		}
	}
	return out
}

// signature is everything that anybody can tell about a value of a variable.
func (a *abstraction) signature(name string, c value) string {
	var b strings.Builder
	for _, t := range a.tests[name] {
		fmt.Fprintf(&b, "%t ", truth(t, c))
	}
	if name == "now" {
		b.WriteString(c.moment.covered)
		return b.String()
	}
	for _, l := range a.m.Locations {
		for _, d := range l.Do {
			if d.By == name {
				fmt.Fprintf(&b, "%q ", fieldsOf(d.Cases[c.text]))
			}
		}
	}
	return b.String()
}

// fieldsOf lists the fields that a text names in any language, sorted.
func fieldsOf(texts ...machine.Text) []string {
	var out []string
	for _, t := range texts {
		for _, s := range t {
			for _, p := range machine.Placeholders(s) {
				if p.Problem == "" && !strings.HasPrefix(p.Name, "practice.") {
					out = append(out, p.Name)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// truth is the result of a test on a value.
func truth(t guard.Test, v value) bool {
	return slices.ContainsFunc(t.Values, func(c guard.Value) bool {
		order := compare(t.Subject, v, c)
		switch t.Op {
		case guard.Eq, guard.In:
			return order == 0
		case guard.Ne:
			return order != 0
		case guard.Lt:
			return order < 0
		case guard.Le:
			return order <= 0
		case guard.Gt:
			return order > 0
		case guard.Ge:
			return order >= 0
		}
		panic("export: unknown comparison " + string(t.Op))
	})
}

// compare orders what a test looks at against a constant.
func compare(s guard.Subject, v value, c guard.Value) int {
	switch {
	case s.Func == "age":
		return cmp.Compare(v.age.low, c.Int)
	case s.Func == "days":
		return cmp.Compare(v.days.low, c.Int)
	case s.Name == "practice.open":
		return same(v.moment.open == c.Bool)
	case s.Name == "now.hour":
		return cmp.Compare(int64(v.moment.minute/60), c.Int)
	case s.Name == "now.weekday":
		return cmp.Compare(strings.ToLower(v.moment.weekday.String()), c.Text)
	case s.Kind == guard.Bool:
		return same(v.yes == c.Bool)
	case s.Kind == guard.Int:
		return cmp.Compare(v.number, c.Int)
	}
	return cmp.Compare(v.text, c.Text)
}

func same(equal bool) int {
	if equal {
		return 0
	}
	return 1
}

// unbounded is how far a number goes where its field names no limit: what a JSON reader holds exactly (RFC 8259 §6).
const unbounded = 1 << 53

func numbers(f *machine.Field, tests []guard.Test) []value {
	r := interval{-unbounded, unbounded}
	if f.Min != nil {
		r.low = *f.Min
	}
	if f.Max != nil {
		r.high = *f.Max
	}
	out := []value{}
	for _, n := range around(r, tests, "") {
		out = append(out, value{number: n})
	}
	return out
}

// around lists the ends of a range and every number within it at or beside a constant, ascending.
func around(r interval, tests []guard.Test, function string) []int64 {
	out := []int64{r.low, r.high}
	for _, t := range tests {
		if t.Subject.Func != function {
			continue
		}
		for _, c := range t.Values {
			for _, n := range []int64{c.Int - 1, c.Int, c.Int + 1} {
				if r.low <= n && n <= r.high {
					out = append(out, n)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func words(tests []guard.Test) []value {
	other := ""
	var out []value
	for _, t := range tests {
		for _, c := range t.Values {
			out = append(out, value{text: c.Text})
			other += c.Text + "*" // longer than every constant, so equal to none
		}
	}
	return append(out, value{text: other + "*"})
}

func minutes(tests []guard.Test) []value {
	at := []int{0, 1439}
	for _, t := range tests {
		for _, c := range t.Values {
			if d, err := time.Parse("15:04", c.Text); err == nil {
				n := d.Hour()*60 + d.Minute()
				at = append(at, max(n-1, 0), n, min(n+1, 1439))
			}
		}
	}
	slices.Sort(at)
	var out []value
	for _, n := range slices.Compact(at) {
		out = append(out, value{text: fmt.Sprintf("%02d:%02d", n/60, n%60)})
	}
	return out
}
