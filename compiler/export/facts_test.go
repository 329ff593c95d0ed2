package export

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// world is one concrete situation: everything a guard can look up.
type world map[string]any

// Lookup implements guard.Values.
func (w world) Lookup(name string) (any, bool) {
	v, ok := w[name]
	return v, ok
}

// TestCellsAreCompleteAndRight draws machines and concrete situations: every value lies in a cell, and every guard
// decides on the cells what cel-go decides on the values.
func TestCellsAreCompleteAndRight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := verifytest.Draw(rapid.Uint64().Draw(t, "seed"), verifytest.Options{})
		a, err := abstractionOf(m)
		if err != nil {
			t.Fatal(err)
		}
		w, verified := drawWorld(t, m), rapid.Bool().Draw(t, "verified")
		w["verified"] = verified
		cells := map[string]value{}
		for _, v := range a.variables {
			c, ok := a.cellOf(v, w)
			if !ok {
				t.Fatalf("%s = %v on %v lies in no cell of %+v", v.name, w[v.name], w["today"], v.cells)
			}
			cells[v.name] = c
		}
		env := envOf(t, m)
		for i, g := range m.Guards {
			x, err := env.Compile(g.Source)
			if err != nil {
				t.Fatal(err)
			}
			want, err := x.Eval(w)
			if err != nil {
				t.Fatal(err)
			}
			if got := decide(a.trees[i], cells, verified); got != want {
				t.Fatalf("%s is %t on the cells, and %t on %v", g.Source, got, want, w)
			}
		}
	})
}

func envOf(t *rapid.T, m *machine.Machine) *guard.Env {
	t.Helper()
	var vars []guard.Var
	for _, f := range m.Fields {
		v := guard.Var{Name: f.Name, Kind: kindOf(f.Type)}
		for _, o := range f.Options {
			v.Options = append(v.Options, o.Value)
		}
		vars = append(vars, v)
	}
	return guard.NewEnv(vars, (&abstraction{m: m}).heard())
}

// drawWorld draws values that lie at, beside and far from what drawn guards compare with.
func drawWorld(t *rapid.T, m *machine.Machine) world {
	date := func(name string, low, high int) string {
		d := rapid.IntRange(low, high).Draw(t, name)
		return time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, d).Format(time.DateOnly)
	}
	w := world{
		"mark": int64(rapid.IntRange(0, 4).Draw(t, "mark")), "ok": rapid.Bool().Draw(t, "ok"),
		"topic": rapid.SampledFrom([]string{"botox", "filler", "other"}).Draw(t, "topic"),
		"name":  rapid.SampledFrom([]string{"Bo", "", "Boo", "B"}).Draw(t, "name"), "phone": "+13125550142", "slot": "2026-12-01 10:00",
		"today": date("today", -60, 60), "language": rapid.SampledFrom(m.Flow.Languages).Draw(t, "language"), "channel": m.Flow.Channels[0],
		"attempts": int64(rapid.IntRange(0, m.Session.Retries+1).Draw(t, "attempts")),
	}
	today, err := time.Parse(time.DateOnly, w["today"].(string))
	if err != nil {
		t.Fatal(err)
	}
	w["day"] = date("day", -20, 20)
	if f := m.Fields[1]; f.Max != nil && *f.Max == 0 { // only days that are over are answers
		w["day"] = today.AddDate(0, 0, -rapid.IntRange(0, 2600).Draw(t, "since")).Format(time.DateOnly)
	}
	w["born"] = today.AddDate(-rapid.IntRange(0, 119).Draw(t, "years"), 0, -rapid.IntRange(0, 364).Draw(t, "beside")).Format(time.DateOnly)
	for _, name := range (&abstraction{m: m}).heard() {
		w["heard:"+name] = rapid.Bool().Draw(t, name)
	}
	at := rapid.SampledFrom(everyMinute(m)).Draw(t, "now")
	w["practice.open"], w["now.hour"], w["now.weekday"] = at.open, int64(at.minute/60), weekdays[at.weekday]
	w["now"] = at
	return w
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// everyMinute lists every minute of a week and of every holiday, with who is there: no boundaries, nothing left out.
func everyMinute(m *machine.Machine) []moment {
	a := &abstraction{m: m}
	all := make([]int, 1440)
	for i := range all {
		all[i] = i
	}
	var out []moment
	add := func(day time.Weekday, h *machine.Holiday) {
		for _, v := range a.day(day, h, all) {
			out = append(out, v.moment)
		}
	}
	for day := range 7 {
		add(time.Weekday(day), nil)
	}
	for i := range m.Practice.Holidays {
		d, err := time.Parse(time.DateOnly, m.Practice.Holidays[i].Date)
		if err != nil {
			panic(err)
		}
		add(d.Weekday(), &m.Practice.Holidays[i])
	}
	return out
}

// cellOf finds the cell that a concrete value lies in: the one that every test, and every say-by, takes for it.
func (a *abstraction) cellOf(v variable, w world) (value, bool) {
	var x value
	switch c := w[v.name].(type) {
	case int64:
		x.number = c
	case bool:
		x.yes = c
		x.text = map[bool]string{true: "yes", false: "no"}[c]
	case string:
		x.text = c
	case moment:
		x.moment = c
	}
	if v.field && kindOf(a.fieldOf[v.name].Type) == guard.Date {
		return a.dateCell(v, w, x.text)
	}
	for _, c := range v.cells {
		if a.signature(v.name, c) == a.signature(v.name, x) {
			return c, true
		}
	}
	return value{}, false
}

func (a *abstraction) dateCell(v variable, w world, day string) (value, bool) {
	d, err1 := time.Parse(time.DateOnly, day)
	today, err2 := time.Parse(time.DateOnly, w["today"].(string))
	if err1 != nil || err2 != nil {
		return value{}, false
	}
	days := int64(d.Sub(today).Hours() / 24)
	age := int64(today.Year() - d.Year())
	if today.Format("0102") < d.Format("0102") {
		age--
	}
	for _, c := range v.cells {
		alike := c.age.low <= age && age <= c.age.high && c.days.low <= days && days <= c.days.high
		for _, t := range a.tests[v.name] {
			alike = alike && (t.Subject.Func != "" || truth(t, c) == truth(t, value{text: day}))
		}
		if alike {
			return c, true
		}
	}
	return value{}, false
}

// decide evaluates a tree on cells.
func decide(n guard.Node, cells map[string]value, verified bool) bool {
	switch n := n.(type) {
	case guard.And:
		return decide(n.X, cells, verified) && decide(n.Y, cells, verified)
	case guard.Or:
		return decide(n.X, cells, verified) || decide(n.Y, cells, verified)
	case guard.Not:
		return !decide(n.X, cells, verified)
	case guard.If:
		if decide(n.Cond, cells, verified) {
			return decide(n.Then, cells, verified)
		}
		return decide(n.Else, cells, verified)
	case guard.Const:
		return n.Value
	case guard.Test:
		if variableOf(n.Subject) == "" {
			return truth(n, value{yes: verified})
		}
		return truth(n, cells[variableOf(n.Subject)])
	}
	panic(fmt.Sprintf("unknown node %T", n))
}

// TestAgingFollowsTheCalendar draws a date and two days: as time passes, its cell becomes one that is listed.
func TestAgingFollowsTheCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := verifytest.Draw(rapid.Uint64().Draw(t, "seed"), verifytest.Options{})
		a, err := abstractionOf(m)
		if err != nil {
			t.Fatal(err)
		}
		w := drawWorld(t, m)
		later := world{}
		for k, v := range w {
			later[k] = v
		}
		today, err := time.Parse(time.DateOnly, w["today"].(string))
		if err != nil {
			t.Fatal(err)
		}
		later["today"] = today.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "days")).Format(time.DateOnly)
		for _, v := range a.variables {
			if v.drift == nil {
				continue
			}
			from, _ := a.cellOf(v, w)
			to, ok := a.cellOf(v, later)
			if !ok || !listed(v, from, to) {
				t.Fatalf("%s = %v: %+v does not become %+v from %v to %v", v.name, w[v.name], from, to, w["today"], later["today"])
			}
		}
	})
}

func listed(v variable, from, to value) bool {
	for i, c := range v.cells {
		if c != from {
			continue
		}
		for _, j := range v.drift[i] {
			if v.cells[j-1] == to {
				return true
			}
		}
	}
	return false
}

func TestSameMachineSameBytes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		for name, write := range map[string]func(*machine.Machine) ([]byte, error){"facts": Facts, "promela": Promela} {
			first, err := write(verifytest.Draw(seed, verifytest.Options{}))
			if err != nil {
				t.Fatal(err)
			}
			again, err := write(verifytest.Draw(seed, verifytest.Options{}))
			if err != nil || !bytes.Equal(first, again) {
				t.Errorf("%s of machine %d: %v, and differs from itself: %t", name, seed, err, !bytes.Equal(first, again))
			}
		}
	}
}

func TestUnreadableGuard(t *testing.T) {
	t.Parallel()
	m := verifytest.Draw(1, verifytest.Options{})
	m.Guards[0].Source = "nobody == 1"
	for name, write := range map[string]func(*machine.Machine) ([]byte, error){"facts": Facts, "promela": Promela} {
		if b, err := write(m); err == nil {
			t.Errorf("%s: %d bytes of a machine whose guard cannot be read", name, len(b))
		}
	}
}
