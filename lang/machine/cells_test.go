package machine_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/machine"
)

// compares says by itself whether a test holds for a number.
func compares(op string, n int64, with []int64) bool {
	switch op {
	case "==":
		return n == with[0]
	case "!=":
		return n != with[0]
	case "<":
		return n < with[0]
	case "<=":
		return n <= with[0]
	case ">":
		return n > with[0]
	case ">=":
		return n >= with[0]
	}
	return slices.Contains(with, n)
}

func tested(name, of, op string, values ...string) machine.GuardStep {
	return machine.GuardStep{Op: op, Of: of, Name: name, Values: values}
}

// TestCellsOfNumbers draws tests on a number, a time, a choice and a text, and compares every two values: they are in one cell
// exactly if no test tells them apart, and cells are in the order of their first value.
func TestCellsOfNumbers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lo, hi := int64(-3), int64(12)
		options := []machine.Option{{Value: "a"}, {Value: "b"}, {Value: "c"}, {Value: "d"}}
		fields := []machine.Field{{Name: "c", Type: "choice", Options: options}, {Name: "n", Type: "number", Min: &lo, Max: &hi}, {Name: "s", Type: "name"}, {Name: "t", Type: "time"}}
		values := [][]string{{"a", "b", "c", "d"}, nil, {"", "x", "xx", "y", "yy", "~"}, nil}
		for n := lo; n <= hi; n++ {
			values[1] = append(values[1], fmt.Sprint(n))
		}
		for minute := range 24 * 60 {
			values[3] = append(values[3], fmt.Sprintf("%02d:%02d", minute/60, minute%60))
		}
		constants := slices.Clone(values)
		constants[1] = append([]string{"-7", "-4", "13", "16"}, constants[1]...) // a guard may compare with what no answer can be
		number := func(f int, value string) int64 {
			if f != 1 {
				return int64(slices.Index(values[f], value))
			}
			n, _ := strconv.ParseInt(value, 10, 64)
			return n - lo
		}
		m := &machine.Machine{Fields: fields}
		var steps []machine.GuardStep
		for range rapid.IntRange(0, 9).Draw(t, "tests") {
			f := rapid.IntRange(0, 3).Draw(t, "field")
			ops := []string{"==", "!=", "in"}
			if f%2 == 1 {
				ops = append(ops, "<", "<=", ">", ">=")
			}
			s := tested(fields[f].Name, "", rapid.SampledFrom(ops).Draw(t, "op"), rapid.SampledFrom(constants[f]).Draw(t, "value"))
			if s.Op == "in" {
				s.Values = append(s.Values, rapid.SampledFrom(constants[f]).Draw(t, "another"))
			}
			steps = append(steps, s)
		}
		m.Guards = []machine.Guard{{Code: append(steps, machine.GuardStep{Op: machine.OpNot})}}
		cells, err := m.Cells()
		if err != nil {
			t.Fatal(err)
		}
		for f := range fields {
			v := &cells.Variables[f]
			seen := map[string]int{}
			for at, value := range values[f] {
				var signature strings.Builder
				for _, s := range steps {
					if s.Name == v.Name {
						var with []int64
						for _, x := range s.Values {
							with = append(with, number(f, x))
						}
						fmt.Fprint(&signature, compares(s.Op, int64(at), with))
					}
				}
				in := v.Of(value)
				if len(in) != 1 {
					t.Fatalf("%s of %s is in the cells %v", value, v.Name, in)
				}
				if n, known := seen[signature.String()]; known && n != in[0] || !known && f != 2 && in[0] != len(seen)+1 {
					t.Fatalf("%s of %s is in cell %d, and %d values before it are told apart by %v", value, v.Name, in[0], len(seen), steps)
				}
				seen[signature.String()] = in[0]
				for i := range steps {
					if steps[i].Name != v.Name {
						continue
					}
					c := cells.Test(&steps[i])
					var with []int64
					for _, x := range steps[i].Values {
						with = append(with, number(f, x))
					}
					if got, want := c.Holds[in[0]], compares(steps[i].Op, int64(at), with); got != want || c.Variable != f {
						t.Fatalf("%v holds for %s: got %v, want %v", steps[i], value, got, want)
					}
				}
			}
			if f == 2 { // what no text here may be
				seen[fmt.Sprint(v.Of("anything else"))] = 0
			}
			if f != 2 && v.Count != len(seen) {
				t.Fatalf("%d cells of %s, and %d are told apart", v.Count, v.Name, len(seen))
			}
			for _, value := range v.Values() {
				if len(v.Of(value)) != 1 {
					t.Fatalf("%s has the value %q, of no cell", v.Name, value)
				}
			}
		}
	})
}

// TestCellsOfDates walks through the days of some lives: what tests say of a day, an age and the days until it stands in the
// cell that time has led to, from every cell before.
func TestCellsOfDates(t *testing.T) {
	t.Parallel()
	soon, late := int64(1), int64(60)
	m := &machine.Machine{Fields: []machine.Field{{Name: "born", Type: machine.DateOfBirth}, {Name: "day", Type: "date", Min: &soon, Max: &late}, {Name: "open", Type: "date", Min: &soon}, {Name: "past", Type: "date", Max: &late}, {Name: "other", Type: "date"}}}
	m.Guards = []machine.Guard{{Code: []machine.GuardStep{
		tested("born", "age", ">=", "18"), tested("born", "days", "<", "-7000"), tested("born", "", "<", "2000-03-01"),
		tested("day", "days", "<=", "1"), tested("day", "days", "<=", "7"), tested("open", "days", "<=", "7"), tested("past", "days", "<=", "7"), tested("other", "age", "<", "-1"), tested("other", "age", "==", "0"), tested("other", "days", ">", "3"),
	}}}
	cells, err := m.Cells()
	if err != nil {
		t.Fatal(err)
	}
	for f := range cells.Variables {
		v := &cells.Variables[f]
		later := v.Later()
		for _, date := range []string{"1990-02-28", "2000-02-29", "2008-12-31"} {
			born, _ := time.Parse(time.DateOnly, date)
			var before []int
			first := born
			if f > 0 {
				first = born.AddDate(-3, 0, 0)
			}
			for today := first; today.Before(born.AddDate(25, 0, 0)); today = today.AddDate(0, 0, 13) {
				days := int64(born.Sub(today).Hours() / 24)
				if f == 1 && days > late {
					continue
				}
				in := slices.DeleteFunc(v.Of(date), func(n int) bool {
					for _, s := range m.Guards[0].Code {
						if s.Name == v.Name && cells.Test(&s).Holds[n] != dateHolds(s, born, today) {
							return true
						}
					}
					return f == 1 && (days >= soon) != slices.Contains(v.Answers(), n)
				})
				if len(in) != 1 {
					t.Fatalf("%s on %s is in the cells %v", date, today.Format(time.DateOnly), in)
				}
				for _, n := range before {
					if !slices.Contains(later[n], in[0]) {
						t.Fatalf("%s on %s: time does not lead from cell %d to %d", date, today.Format(time.DateOnly), n, in[0])
					}
				}
				if !slices.Contains(before, in[0]) {
					before = append(before, in[0])
				}
			}
		}
		if !v.Moves() || later == nil || f != 1 && len(v.Answers()) != v.Count {
			t.Errorf("%s: moves %v, answers %v of %d", v.Name, v.Moves(), v.Answers(), v.Count)
		}
	}
}

// TestCellsOfAgesAndDays tests for an age beside how many days ago the birth was: every date is in the one cell that the calendar says,
// however close the two are; where they are half a year apart, time leads from a cell only to where it leads some date.
func TestCellsOfAgesAndDays(t *testing.T) {
	t.Parallel()
	for age := -3; age <= 24; age++ {
		birthday := -365*age - max(age, 0)/4
		led, cells := walked(t, age, birthday+2, birthday+1, birthday, birthday-1, birthday-360)
		if len(led) < 20 {
			t.Errorf("about the age of %d there are %d ways in %d cells", age, len(led), cells.Variables[0].Count)
		}
		led, cells = walked(t, age, birthday-180)
		for n, to := range cells.Variables[0].Later() {
			for _, next := range to {
				if !led[[2]int{n, next}] {
					t.Errorf("about the age of %d time leads from cell %d to %d, but for no date", age, n, next)
				}
			}
		}
	}
}

// walked is where time leads dates about an age, from cell to cell, where that age and some numbers of days are tested.
func walked(t *testing.T, age int, days ...int) (led map[[2]int]bool, cells *machine.Cells) {
	t.Helper()
	code := []machine.GuardStep{tested("d", "age", ">=", fmt.Sprint(age)), tested("d", "", "<", "2000-03-01")}
	for _, n := range days {
		code = append(code, tested("d", "days", "<", fmt.Sprint(n)))
	}
	m := &machine.Machine{Fields: []machine.Field{{Name: "d", Type: "date"}}, Guards: []machine.Guard{{Code: code}}}
	cells, err := m.Cells()
	if err != nil {
		t.Fatal(err)
	}
	led = map[[2]int]bool{}
	for n := range 16 {
		born := time.Date(1996, time.Month(1+7*n), 1+7*n%31, 0, 0, 0, 0, time.UTC)
		var before []int
		for day := -800; day <= 800; day++ {
			if today := born.AddDate(age, 0, day); day%10 == 0 || day > -30 && day < 30 {
				in := slices.DeleteFunc(cells.Variables[0].Of(born.Format(time.DateOnly)), func(n int) bool {
					return slices.ContainsFunc(code, func(s machine.GuardStep) bool { return cells.Test(&s).Holds[n] != dateHolds(s, born, today) })
				})
				if len(in) != 1 {
					t.Fatalf("%s on %s, about the age of %d, is in the cells %v", born.Format(time.DateOnly), today.Format(time.DateOnly), age, in)
				}
				if !slices.Contains(before, in[0]) {
					before = append(before, in[0])
				}
				for _, n := range before {
					led[[2]int{n, in[0]}] = true
				}
			}
		}
	}
	return led, cells
}

// dateHolds decides a test by the calendar.
func dateHolds(s machine.GuardStep, born, today time.Time) bool {
	if s.Of == "" {
		return born.Format(time.DateOnly) < s.Values[0]
	}
	age := int64(today.Year() - born.Year())
	if today.Format("01-02") < born.Format("01-02") {
		age--
	}
	n := age
	if s.Of == "days" {
		n = int64(born.Sub(today).Hours() / 24)
	}
	var with int64
	fmt.Sscan(s.Values[0], &with)
	return compares(s.Op, n, []int64{with})
}

// TestCellsOfTheWorld lists what is no field: by name, now with whether somebody is there, and with which hour it is.
func TestCellsOfTheWorld(t *testing.T) {
	t.Parallel()
	m := &machine.Machine{Flow: machine.Flow{Languages: []string{"en", "es"}, Channels: []string{"sms"}}, Session: machine.Session{Retries: 2}}
	m.Practice = machine.Practice{
		Hours: []machine.Opening{{Day: 1, From: 540, To: 1020}},
		Teams: []machine.Team{{Name: "service", Hours: always()}, {Name: "office", Hours: []machine.Opening{{Day: 1, From: 600, To: 630}}}},
	}
	m.Locations = []machine.Location{{Kind: machine.Handoff, Team: "service"}, {Kind: machine.Handoff, Team: "office"}}
	m.Guards = []machine.Guard{{Code: []machine.GuardStep{
		tested("verified", "", "==", "true"), tested("attempts", "", ">", "1"), tested("booking", "heard", "==", "true"), tested("now.hour", "", ">=", "10"),
		tested("practice.open", "", "==", "true"), tested("language", "", "==", "es"), tested("channel", "", "==", "email"), tested("now.weekday", "", "==", "monday"),
	}}}
	cells, err := m.Cells()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range cells.Variables {
		got = append(got, fmt.Sprint(v.Name, v.Count))
	}
	// Sunday before and from 10; Monday closed, closed from 10, open, with somebody of the office from 10, open after that.
	if want := "attempts2 channel1 heard:booking2 language2 now7 verified2"; strings.Join(got, " ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, " "), want)
	}
	if cells.Attended("service") != nil {
		t.Error("somebody who is always there is tested for")
	}
	there := cells.Attended("office")
	if there == nil || there.Variable != cells.Of["now"] || slices.Index(there.Holds, true) != slices.Index(cells.Test(&m.Guards[0].Code[3]).Holds, true)+3 {
		t.Errorf("the office is there in %v", there)
	}
}

func always() (out []machine.Opening) {
	for day := range 7 {
		out = append(out, machine.Opening{Day: day, From: 0, To: 1440})
	}
	return out
}

func TestTooManyCells(t *testing.T) {
	t.Parallel()
	hard := map[string]*machine.Machine{"numbers": {Fields: []machine.Field{{Name: "n", Type: "number"}}}, "dates": {Fields: []machine.Field{{Name: "d", Type: "date"}}}, "hours": {}}
	for n := range 9_000 {
		g := machine.Guard{Code: []machine.GuardStep{tested("n", "", "==", fmt.Sprint(2*n))}}
		hard["numbers"].Guards = append(hard["numbers"].Guards, g)
		day := machine.Guard{Code: []machine.GuardStep{tested("d", "days", "==", fmt.Sprint(2*n)), tested("d", "age", "==", fmt.Sprint(n))}}
		hard["dates"].Guards = append(hard["dates"].Guards, day)
		hard["hours"].Practice.Hours = append(hard["hours"].Practice.Hours, machine.Opening{Day: n % 7, From: n % 1440, To: 1440})
		hard["hours"].Practice.Holidays = append(hard["hours"].Practice.Holidays, machine.Holiday{Date: time.Unix(int64(n)*86400, 0).UTC().Format(time.DateOnly)})
	}
	for name, m := range hard {
		if _, err := m.Cells(); err == nil {
			t.Errorf("%s: no limit", name)
		}
	}
}
