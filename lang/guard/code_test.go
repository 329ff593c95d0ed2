package guard_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// codeMachine has a field of every kind that guards tell apart.
func codeMachine() *machine.Machine {
	return &machine.Machine{
		Fields: []machine.Field{
			{Name: "born", Type: "date-of-birth"}, {Name: "hour", Type: "time"}, {Name: "n", Type: "number"}, {Name: "ok", Type: "yes-no"},
			{Name: "pick", Type: "choice", Options: []machine.Option{{Value: "red"}, {Value: "blue"}}}, {Name: "words", Type: "text"},
		},
		Topics: []machine.Topic{{Name: "booking"}}, Triggers: []machine.Trigger{{Name: "fever"}},
	}
}

// subjects are what guards test, with the kind of what is compared and values of that kind.
var subjects = []struct {
	subject guard.Subject
	values  []guard.Value
}{
	{guard.Subject{Name: "born", Kind: guard.Date}, []guard.Value{{Text: "1990-05-01"}, {Text: "2020-12-01"}}},
	{guard.Subject{Func: "age", Name: "born", Kind: guard.Int}, []guard.Value{{Int: 18}, {Int: -1}}},
	{guard.Subject{Func: "days", Name: "born", Kind: guard.Int}, []guard.Value{{Int: -6574}, {Int: 0}}},
	{guard.Subject{Name: "hour", Kind: guard.Time}, []guard.Value{{Text: "09:30"}, {Text: "14:00"}}},
	{guard.Subject{Name: "n", Kind: guard.Int}, []guard.Value{{Int: 3}, {Int: -7}}},
	{guard.Subject{Name: "ok", Kind: guard.Bool}, []guard.Value{{Bool: true}, {}}},
	{guard.Subject{Name: "pick", Kind: guard.Choice}, []guard.Value{{Text: "red"}, {Text: "blue"}}},
	{guard.Subject{Name: "words", Kind: guard.String}, []guard.Value{{Text: "Bo"}, {Text: "it's \"so\"\n\t\\ \u00e9 \u200b\x01"}, {Text: ""}}},
	{guard.Subject{Name: "practice.open", Kind: guard.Bool}, []guard.Value{{Bool: true}, {}}},
	{guard.Subject{Name: "now.hour", Kind: guard.Int}, []guard.Value{{Int: 9}, {Int: 23}}},
	{guard.Subject{Name: "now.weekday", Kind: guard.Choice}, []guard.Value{{Text: "monday"}, {Text: "sunday"}}},
	{guard.Subject{Name: "channel", Kind: guard.Choice}, []guard.Value{{Text: "sms"}, {Text: "email"}}},
	{guard.Subject{Name: "attempts", Kind: guard.Int}, []guard.Value{{Int: 0}, {Int: 2}}},
	{guard.Subject{Func: "heard", Name: "booking", Kind: guard.Bool}, []guard.Value{{Bool: true}}},
}

func drawTree(r *rapid.T, depth int) guard.Node {
	kind := 0
	if depth > 0 {
		kind = rapid.IntRange(0, 5).Draw(r, "node")
	}
	below := func() guard.Node { return drawTree(r, depth-1) }
	switch kind {
	case 1:
		return guard.And{X: below(), Y: below()}
	case 2:
		return guard.Or{X: below(), Y: below()}
	case 3:
		return guard.Not{X: below()}
	case 4:
		return guard.If{Cond: below(), Then: below(), Else: below()}
	case 5:
		return guard.Const{Value: rapid.Bool().Draw(r, "constant")}
	}
	s := rapid.SampledFrom(subjects).Draw(r, "subject")
	ops := []guard.Op{guard.Eq, guard.Ne, guard.In}
	if s.subject.Kind == guard.Int || s.subject.Kind == guard.Date || s.subject.Kind == guard.Time {
		ops = append(ops, guard.Lt, guard.Le, guard.Gt, guard.Ge)
	}
	if s.subject.Func == "heard" {
		ops = ops[:1]
	}
	t := guard.Test{Subject: s.subject, Op: rapid.SampledFrom(ops).Draw(r, "operator")}
	for range 1 + rapid.IntRange(0, 1).Draw(r, "more") {
		t.Values = append(t.Values, rapid.SampledFrom(s.values).Draw(r, "value"))
		if t.Op != guard.In {
			break
		}
	}
	return t
}

// decide evaluates code by its words: each step in turn, each test by the order of what it compares.
func decide(code []machine.GuardStep, look func(s machine.GuardStep) (compare func(value string) int)) bool {
	var stack []bool
	take := func() bool { top := stack[len(stack)-1]; stack = stack[:len(stack)-1]; return top }
	for _, s := range code {
		switch s.Op {
		case machine.OpTrue, machine.OpFalse:
			stack = append(stack, s.Op == machine.OpTrue)
		case machine.OpNot:
			stack = append(stack, !take())
		case machine.OpAnd:
			y, x := take(), take()
			stack = append(stack, x && y)
		case machine.OpOr:
			y, x := take(), take()
			stack = append(stack, x || y)
		case machine.OpIf:
			no, yes, c := take(), take(), take()
			stack = append(stack, c && yes || !c && no)
		default:
			compare := look(s)
			n := compare(s.Values[0])
			holds := map[string]bool{"==": n == 0, "!=": n != 0, "<": n < 0, "<=": n <= 0, ">": n > 0, ">=": n >= 0}[s.Op]
			if s.Op == "in" {
				holds = slices.ContainsFunc(s.Values, func(v string) bool { return compare(v) == 0 })
			}
			stack = append(stack, holds)
		}
	}
	return take()
}

var codeWorlds = []map[string]any{
	{"born": "1990-05-01", "hour": "09:30", "n": int64(3), "ok": true, "pick": "red", "words": "Bo", "practice.open": true, "now.hour": int64(9), "now.weekday": "monday", "channel": "sms", "attempts": int64(0), "heard:booking": true, "today": "2026-11-22", "age": int64(36), "days": int64(-13354)},
	{"born": "2020-12-01", "hour": "14:00", "n": int64(-7), "ok": false, "pick": "blue", "words": "it's \"so\"\n\t\\ \u00e9 \u200b\x01", "practice.open": false, "now.hour": int64(23), "now.weekday": "sunday", "channel": "web-chat", "attempts": int64(2), "heard:booking": false, "today": "2026-11-22", "age": int64(5), "days": int64(-2182)},
	{"born": "2008-11-22", "hour": "00:00", "n": int64(10), "ok": true, "pick": "blue", "words": "", "practice.open": true, "now.hour": int64(0), "now.weekday": "friday", "channel": "email", "attempts": int64(1), "heard:booking": false, "today": "2026-11-22", "age": int64(18), "days": int64(-6574)},
}

type codeWorld map[string]any

func (w codeWorld) Lookup(name string) (any, bool) { v, ok := w[name]; return v, ok }

// look compares what a test looks at with constants of its code.
func (w codeWorld) look(s machine.GuardStep) func(string) int {
	name := s.Name
	switch s.Of {
	case "heard":
		name = "heard:" + name
	case "age", "days":
		name = s.Of
	}
	return func(value string) int {
		switch have := w[name].(type) {
		case int64:
			var n int64
			fmt.Sscan(value, &n)
			return int(have - n)
		case bool:
			return strings.Compare(fmt.Sprint(have), value)
		default:
			return strings.Compare(fmt.Sprint(have), value)
		}
	}
}

// TestCodeIsWhatTheSourceSays draws guards: the source that is written from the code reads back as the same code, and
// cel-go, which the runtime evaluates the source with, decides what the code decides.
func TestCodeIsWhatTheSourceSays(t *testing.T) {
	t.Parallel()
	m := codeMachine()
	env := guard.ForMachine(m)
	rapid.Check(t, func(r *rapid.T) {
		code := guard.Code(drawTree(r, 4))
		source := m.GuardSource(code)
		x, err := env.Compile(source)
		if err != nil {
			r.Fatalf("%s: %v", source, err)
		}
		if again := m.GuardSource(guard.Code(x.Tree())); again != source {
			r.Fatalf("%s reads back as %s", source, again)
		}
		for _, w := range codeWorlds {
			got, err := x.Eval(codeWorld(w))
			if want := decide(code, codeWorld(w).look); err != nil || got != want {
				r.Fatalf("%s in %v: cel-go says %v, %v, and the code %v", source, w, got, err, want)
			}
		}
	})
}

func TestComplete(t *testing.T) {
	t.Parallel()
	m := codeMachine()
	one, two, three := 0, 1, 2
	m.Guards = []machine.Guard{{Source: "3 < n"}, {Source: "(ok)"}, {Source: "n > 3"}}
	m.Locations = []machine.Location{{Edges: []machine.Edge{{Guard: &one}, {Guard: &two}, {Guard: &three}, {}}}}
	if err := guard.Complete(m); err != nil {
		t.Fatal(err)
	}
	want := []machine.Guard{
		{Source: "n > 3", Reads: []string{"n"}, Code: []machine.GuardStep{{Op: ">", Name: "n", Values: []string{"3"}}}},
		{Source: "ok", Reads: []string{"ok"}, Code: []machine.GuardStep{{Op: "==", Name: "ok", Values: []string{"true"}}}},
	}
	if d := cmp.Diff(want, m.Guards); d != "" {
		t.Error(d)
	}
	for i, at := range []int{0, 1, 0} {
		if got := *m.Locations[0].Edges[i].Guard; got != at {
			t.Errorf("edge %d has guard %d, want %d", i, got, at)
		}
	}
	m.Guards = []machine.Guard{{Source: "nobody"}}
	if err := guard.Complete(m); err == nil {
		t.Error("an unknown name is taken")
	}
}
