package compare_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler/compare"
	"github.com/tacet-lang/tacet/lang/machine"
)

func source(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/machine.json")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t testing.TB) *machine.Machine {
	t.Helper()
	m := &machine.Machine{}
	if err := json.Unmarshal(source(t), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func location(m *machine.Machine, id string) *machine.Location {
	i := slices.IndexFunc(m.Locations, func(l machine.Location) bool { return l.ID == id })
	return &m.Locations[i]
}

func field(m *machine.Machine, name string) *machine.Field {
	i := slices.IndexFunc(m.Fields, func(f machine.Field) bool { return f.Name == name })
	return &m.Fields[i]
}

func TestSame(t *testing.T) {
	t.Parallel()
	m := read(t)
	m.Flow.Sources = nil
	m.Fields[0].Place = machine.Place{File: "elsewhere.flow", Line: 99}
	if got := compare.Machines(read(t), m); len(got) > 0 {
		t.Errorf("machines that differ in places and hashes: got %+v", got)
	}
}

// TestChanges edits a machine and looks for the one change that says so.
func TestChanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		edit  func(*machine.Machine)
		level compare.Level
		what  string
	}{
		{"a trigger is gone", func(m *machine.Machine) { m.Triggers = m.Triggers[1:] }, compare.Safety, "the sign of danger `chest-pain` (emergency) is gone"},
		{"a trigger is narrowed", func(m *machine.Machine) { m.Triggers[0].Phrases = m.Triggers[0].Phrases[1:] }, compare.Safety, "`chest-pain` no longer hears"},
		{"an exception", func(m *machine.Machine) {
			m.Triggers[0].Except = append(m.Triggers[0].Except, machine.Phrase{Lang: "en", Pattern: "no chest pain"})
		}, compare.Safety, "now leaves out `no chest pain`"},
		{"another team", func(m *machine.Machine) { location(m, m.Human).Team = "nurses" }, compare.Safety, "`nurses` takes over after a request for a person"},
		{"team hours", func(m *machine.Machine) { m.Practice.Teams[0].Hours = m.Practice.Teams[0].Hours[1:] }, compare.Safety, "has other hours"},
		{"more patience", func(m *machine.Machine) { m.Session.Retries++ }, compare.Safety, "another number of answers"},
		{"a class", func(m *machine.Machine) { field(m, "phone").Class = "health" }, compare.Privacy, "`phone` has another class"},
		{"a use", func(m *machine.Machine) { field(m, "phone").For = "marketing" }, compare.Privacy, "used for something else"},
		{"a field", func(m *machine.Machine) {
			m.Fields = append(m.Fields, machine.Field{Name: "zip", Type: "zip", Class: "contact"})
		}, compare.Privacy, "`zip` (zip, class `contact`) is newly collected"},
		{"a send", func(m *machine.Machine) {
			location(m, "finish").Do[0].Fields = append(location(m, "finish").Do[0].Fields, "visit")
		}, compare.Privacy, "`visit` is newly sent to `crm`"},
		{"an agreement", func(m *machine.Machine) { m.Practice.Vendors[0].Agreement.Expires = "2026-12-31" }, compare.Privacy, "the agreement with `crm`"},
		{"keep", func(m *machine.Machine) { m.Session.Keep++ }, compare.Privacy, "kept for another time"},
		{"keep of an outcome", func(m *machine.Machine) { m.Session.Ended = []machine.KeepEnded{{Outcome: machine.Timeout, Days: 7}} }, compare.Privacy, "that end as `timeout` are kept for another time"},
		{"the notice", func(m *machine.Machine) { m.Notice["es"] = "Hola" }, compare.Privacy, "the notice reads otherwise in Spanish"},
		{"timeout", func(m *machine.Machine) { m.Session.Timeout += 60 }, compare.Behaviour, "after another time"},
		{"a guard", func(m *machine.Machine) { m.Guards[0].Source = `part == "morning"` }, compare.Behaviour, "the ways on from"},
		{"a range", func(m *machine.Machine) { n := int64(9); field(m, "guests").Max = &n }, compare.Behaviour, "another range"},
		{"an option", func(m *machine.Machine) { f := field(m, "part"); f.Options = f.Options[1:] }, compare.Behaviour, "`part` can no longer be `morning`"},
		{"a redirected way", func(m *machine.Machine) { location(m, "agree").Edges[1].To = "person" }, compare.Behaviour, "the ways on from `agree`"},
		{"the emergency line", func(m *machine.Machine) { m.Texts["emergency-bar"]["en"] = "Call us" }, compare.Safety, "`emergency-bar`"},
		{"words", func(m *machine.Machine) { location(m, "person").Do[0].Say["es"] = "Espere" }, compare.Wording, "what is said in `person` reads otherwise in Spanish"},
	} {
		after := read(t)
		c.edit(after)
		got := compare.Machines(read(t), after)
		if !slices.ContainsFunc(got, func(ch compare.Change) bool { return ch.Level == c.level && strings.Contains(ch.What, c.what) }) {
			t.Errorf("%s: got %s, want one of level %s with %q", c.name, list(got), c.level, c.what)
		}
		if back := compare.Machines(after, read(t)); len(back) == 0 {
			t.Errorf("%s: nothing is found the other way round", c.name)
		}
		if !slices.IsSortedFunc(got, func(a, b compare.Change) int { return int(a.Level - b.Level) }) {
			t.Errorf("%s: not in the order of levels: %s", c.name, list(got))
		}
	}
}

func list(cs []compare.Change) string {
	var out []string
	for _, c := range cs {
		out = append(out, c.Level.String()+": "+c.What)
	}
	return "[" + strings.Join(out, "; ") + "]"
}

// unnoticed are the values of a machine that may change without a change being reported: where things stand, what the
// bytes were, and what is derived from something that is compared.
var unnoticed = []string{".place.", ".flow.sources", ".format", ".practice.hours_text", ".flow.id", ".flow.reviewed", ".practice.id", ".reads", ".id", ".category", ".practice.holidays.0.name"}

// TestEveryValue changes every value of a machine, one after the other: each is reported.
func TestEveryValue(t *testing.T) {
	t.Parallel()
	var tree any
	if err := json.Unmarshal(source(t), &tree); err != nil {
		t.Fatal(err)
	}
	before := read(t)
	changed, missed := 0, 0
	edit(tree, "", func(path string) {
		if slices.ContainsFunc(unnoticed, func(u string) bool {
			return strings.Contains(path+".", u+".") || strings.Contains(path+".", u) && strings.HasSuffix(u, ".")
		}) {
			return
		}
		b, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		after := &machine.Machine{}
		if err := json.Unmarshal(b, after); err != nil || after.Validate() != nil {
			return // no machine any more
		}
		changed++
		if strings.HasSuffix(path, ".state") && handsOver(after, path) {
			return // named by its escalation, or by the turn protocol
		}
		if len(compare.Machines(before, after)) == 0 {
			missed++
			t.Errorf("%s changed, and nothing is reported", path)
		}
	})
	if changed < 200 {
		t.Errorf("only %d values were changed", changed)
	}
	t.Logf("%d values changed, %d missed", changed, missed)
}

func handsOver(m *machine.Machine, path string) bool {
	i, err := strconv.Atoi(strings.Split(path, ".")[2])
	if err != nil {
		return false
	}
	id := m.Locations[i].ID
	return id == m.Human || id == m.Stuck || slices.ContainsFunc(m.Escalations, func(e machine.Escalation) bool { return e.Location == id })
}

// edit calls f with every leaf below v changed, one at a time.
func edit(v any, path string, f func(path string)) {
	change := func(at string, x any, set func(any)) {
		switch y := x.(type) {
		case string:
			set(y + "x")
		case float64:
			set(y + 1)
		case bool:
			set(!y)
		default:
			edit(x, at, f)
			return
		}
		f(at)
		set(x)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			change(path+"."+k, v[k], func(n any) { v[k] = n })
		}
	case []any:
		for i := range v {
			change(fmt.Sprintf("%s.%d", path, i), v[i], func(n any) { v[i] = n })
		}
	}
}

// FuzzMachines puts any text or number at any place of a machine. Comparing never panics, and finds nothing between a
// machine and itself.
func FuzzMachines(f *testing.F) {
	for n := range uint(40) {
		f.Add(n*17, "x", int64(3))
	}
	var tree any
	if err := json.Unmarshal(source(f), &tree); err != nil {
		f.Fatal(err)
	}
	var leaves []leaf
	gather(tree, &leaves)
	before := read(f)
	f.Fuzz(func(t *testing.T, at uint, s string, n int64) {
		l := leaves[at%uint(len(leaves))]
		defer l.set(l.value)
		switch l.value.(type) {
		case string:
			l.set(s)
		case float64:
			l.set(n)
		case bool:
			l.set(n > 0)
		}
		b, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		after := &machine.Machine{}
		if json.Unmarshal(b, after) != nil || after.Validate() != nil {
			return
		}
		compare.Machines(before, after)
		compare.Machines(after, before)
		if got := compare.Machines(after, after); len(got) > 0 {
			t.Errorf("a machine differs from itself: %s", list(got))
		}
		_, _ = compare.ProbesOf(before, after) // a condition may be none; it must not panic
	})
}

type leaf struct {
	value any
	set   func(any)
}

// gather lists every leaf below v in a fixed order.
func gather(v any, out *[]leaf) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			child(v[k], func(n any) { v[k] = n }, out)
		}
	case []any:
		for i := range v {
			child(v[i], func(n any) { v[i] = n }, out)
		}
	}
}

func child(v any, set func(any), out *[]leaf) {
	switch v.(type) {
	case map[string]any, []any:
		gather(v, out)
	default:
		*out = append(*out, leaf{v, set})
	}
}
