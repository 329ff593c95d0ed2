package kernel

import (
	"fmt"
	"testing"

	cel "github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// guardFields are the fields that guards of these tests may name.
var guardFields = []machine.Field{
	{Name: "born", Type: "date-of-birth"}, {Name: "hour", Type: "time"}, {Name: "n", Type: "number"}, {Name: "ok", Type: "yes-no"},
	{Name: "pick", Type: "choice", Options: []machine.Option{{Value: "red"}, {Value: "blue"}}}, {Name: "words", Type: "text"},
}

func guardChecker(source string) *checker {
	k := &checker{m: &machine.Machine{Fields: guardFields, Guards: []machine.Guard{{Source: source}}}, fieldOf: map[string]int{}}
	for i, f := range guardFields {
		k.fieldOf[f.Name] = i
	}
	k.heardOf = map[string]heard{"booking": {}}
	return k
}

// peer is the same guard as the engine will read it.
func peer(source string) (*cel.Expr, error) {
	kinds := map[string]cel.Kind{"number": cel.Int, "yes-no": cel.Bool, "choice": cel.Choice, "date-of-birth": cel.Date, "time": cel.Time, "text": cel.String}
	var vars []cel.Var
	for _, f := range guardFields {
		v := cel.Var{Name: f.Name, Kind: kinds[f.Type]}
		for _, o := range f.Options {
			v.Options = append(v.Options, o.Value)
		}
		vars = append(vars, v)
	}
	return cel.NewEnv(vars, []string{"booking"}).Compile(source)
}

type world map[string]any

func (w world) Lookup(name string) (any, bool) {
	v, ok := w[name]
	return v, ok
}

var worlds = []world{
	{"born": "1990-05-01", "hour": "09:30", "n": int64(3), "ok": true, "pick": "red", "words": "Bo", "practice.open": true, "now.hour": int64(9), "now.weekday": "monday", "channel": "sms", "language": "en", "attempts": int64(0), "verified": false, "heard:booking": true, "today": "2026-11-22"},
	{"born": "2020-12-01", "hour": "14:00", "n": int64(-7), "ok": false, "pick": "blue", "words": "it's \"so\"\n", "practice.open": false, "now.hour": int64(23), "now.weekday": "sunday", "channel": "web-chat", "language": "es", "attempts": int64(2), "verified": true, "heard:booking": false, "today": "2026-11-22"},
	{"born": "2008-11-22", "hour": "00:00", "n": int64(10), "ok": true, "pick": "blue", "words": "", "practice.open": true, "now.hour": int64(0), "now.weekday": "friday", "channel": "email", "language": "es", "attempts": int64(1), "verified": false, "heard:booking": false, "today": "2026-11-22"},
}

// decide evaluates a guard of the kernel in a world.
func (k *checker) decide(w world) bool {
	ages := map[any]constant{"1990-05-01": {n: 36}, "2020-12-01": {n: 5}, "2008-11-22": {n: 18}}
	days := map[any]constant{"1990-05-01": {n: -13354}, "2020-12-01": {n: -2182}, "2008-11-22": {n: -6574}}
	return k.guards[0].eval(func(n int) bool {
		t := &k.tests[n]
		name := t.variable
		switch t.side {
		case "age":
			return t.holds(ages[w[name]])
		case "days":
			return t.holds(days[w[name]])
		case "open":
			name = "practice.open"
		case "hour", "weekday":
			name = "now." + t.side
		}
		var v constant
		switch x := w[name].(type) {
		case bool:
			v.yes = x
		case int64:
			v.n = x
		case string:
			v.s = x
		}
		return t.holds(v)
	})
}

// agree fails where the kernel reads a guard that the engine does not, or decides it otherwise.
func agree(t *testing.T, source string) (read bool) {
	t.Helper()
	k := guardChecker(source)
	x, problem := peer(source)
	if problem == nil {
		k.m.Guards[0].Reads = x.Reads()
	}
	if err := k.readGuards(); err != nil {
		return false
	}
	if problem != nil {
		t.Fatalf("%s: read, and the engine says %v", source, problem)
	}
	for i, w := range worlds {
		want, err := x.Eval(w)
		if err != nil {
			t.Fatalf("%s: %v", source, err)
		}
		if got := k.decide(w); got != want {
			t.Errorf("%s in world %d: got %v, want %v", source, i, got, want)
		}
	}
	return true
}

func TestGuards(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"ok", "!ok", "!!ok", "ok == true", "false != ok", "true", "false", "n == 3", "3 <= n", "n < -5", "-7 == n", "n > 9 || n >= 10", "n in [1, 2, 3]", "ok in [true]",
		`pick == "red"`, `pick != 'red'`, `pick in ["red", "blue"]`, `words == "it's \"so\"\n"`, `words in ["", 'Bo']`, `born < "2000-01-01"`, `hour >= "12:00"`,
		"age(born) >= 18", "18 > age(born)", "days(born) in [-2182]", "days(born) <= -6574", `heard("booking")`, `!heard("booking") && ok`,
		"practice.open && now.hour >= 9", `now.weekday == "monday" || language == "es"`, `channel in ["sms", "email"]`, "attempts > 1", "verified", "!verified || attempts == 1",
		"ok ? n > 2 : n < 2", "ok ? true : verified ? false : true", "(ok || verified) && !(n == 3)", "ok || verified && n == 3", "(n) == 3", "((ok))", "(age(born)) < 20",
		"ok && (n > 2 ? pick == 'red' : true)", "n\t<=\n10",
	} {
		if !agree(t, source) {
			t.Errorf("%s: not read", source)
		}
	}
	for _, source := range []string{
		"", " ", "(", ")", "ok)", "(ok", "ok ok", "n", "age(born)", "3", `"red"`, "pick", "3 == 3", "n == ok", "n == n", "n == words", "n + 1 == 2", "n == 1.5", "n == 1u", "n == 0x1f",
		`n == "3"`, `ok == 1`, `pick == 3`, `pick == "green"`, `pick < "red"`, "ok < true", `words > "a"`, `born == "2000-02-30"`, `hour == "9:00"`, "born == 3", "zip == 3", "n in 3", "n in []", "n in [n]", "3 in [3]",
		"n in [1, true]", "n in [1", "age(n) == 3", "age(3) == 3", "age(age(born)) == 3", `heard("parking")`, "heard(booking)", "heard(ok)", `heard("booking") == true`, "size(words) == 3", "ok ? n == 3", "ok ? : ok", "ok ? n : ok", "!n",
		"n == 99999999999999999999", "n == -", "n - 3", "ok == true == true", "!ok == true", "ok & verified", "ok = true", `words == "a" "b"`, `words == """a"""`, `words == "\x41"`, `words == "a`, "words == 'a\n'", "n == 3 // three", "now.minute == 3", "now == 3", "attempts",
		fmt.Sprintf("%0100d", 0), "n == " + fmt.Sprintf("%09000d", 1),
	} {
		if agree(t, source) {
			t.Errorf("%s: read", source)
		}
	}
	deep := ""
	for range 70 {
		deep = "(" + deep
	}
	if k := guardChecker(deep + "ok"); k.readGuards() == nil {
		t.Error("deep brackets are read")
	}
	if k := guardChecker("ok"); k.readGuards() == nil {
		t.Error("reads that are not said are accepted")
	}
}

// TestFieldOfAGivenName shows that a name with two meanings is not read.
func TestFieldOfAGivenName(t *testing.T) {
	t.Parallel()
	k := guardChecker("verified")
	k.fieldOf["verified"] = 0
	if k.readGuards() == nil {
		t.Error("read")
	}
}

func FuzzGuard(f *testing.F) {
	f.Add(`ok ? n in [1, -2] : age(born) >= 18 && pick == "red"`)
	f.Fuzz(func(t *testing.T, source string) { agree(t, source) })
}
