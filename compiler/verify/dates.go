package verify

import (
	"cmp"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

func neighbourMinutes(s string) []string {
	at, err := time.Parse("15:04", s)
	if err != nil {
		return nil
	}
	var out []string
	for _, d := range []time.Duration{-time.Minute, time.Minute} {
		if n := at.Add(d); n.Day() == at.Day() {
			out = append(out, n.Format("15:04"))
		}
	}
	return out
}

func neighbourDays(s string) []string {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return nil
	}
	var out []string
	for _, n := range []int{-1, 1} {
		if beside := at.AddDate(0, 0, n); beside.Year() >= 0 && beside.Year() <= 9999 { // no other day can be written
			out = append(out, beside.Format(time.DateOnly))
		}
	}
	return out
}

// The bounds of ages, in years, and of days: no date that can be written lies further away.
const (
	maxYears    = machine.MaxYears
	maxDays     = machine.MaxDays
	maxBirthAge = machine.MaxAge
)

func dateCandidates(v *variable) []candidate {
	ages, days := []span{{-maxYears, maxYears}}, span{-maxDays, maxDays}
	if v.field.Type == birth {
		ages, days = []span{{0, maxBirthAge}}, span{-maxDays, 0}
	}
	aged, timed := v.looksAt("age"), v.looksAt("days")
	bounded := v.bounded()
	if bounded {
		days.hi, timed = *v.field.Max, true
	}
	if aged {
		ages = spans(v.tests, "age", ages[0].lo, ages[0].hi)
	}
	var out []candidate
	for _, c := range literalCandidates(v, neighbourDays) {
		for _, a := range ages {
			for _, d := range v.daySpans(days) {
				age, until, ok := together(a, d, v.usual())
				if !ok {
					continue
				}
				x := c
				x.age, x.days = a, d
				if aged {
					x.cell.Age = &age
				}
				if timed {
					x.cell.Days = &until
				}
				if bounded && d.hi < *v.field.Min {
					x.over, x.key = true, "over"
				}
				out = append(out, x)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b candidate) int { return cmp.Compare(len(a.key), len(b.key)) }) // answers first
	return out
}

func (v *variable) looksAt(function string) bool {
	return slices.ContainsFunc(v.tests, func(e *expr) bool { return e.test.Subject.Func == function })
}

// bounded reports whether it matters which days a date may be when it is asked for: nobody else looks at today.
func (v *variable) bounded() bool {
	return v.field.Min != nil && v.field.Max != nil && (v.looksAt("age") || v.looksAt("days"))
}

// daySpans cuts the days until a date where tests change, and where an answer can begin to lie.
func (v *variable) daySpans(all span) []span {
	tests := v.tests
	if v.bounded() {
		tests = append(slices.Clip(tests), &expr{test: guard.Test{
			Subject: guard.Subject{Func: "days", Kind: guard.Int}, Op: guard.Gt, Values: []guard.Value{{Int: *v.field.Min - 1}},
		}})
	}
	return spans(tests, "days", all.lo, all.hi)
}

// usual is the number of days since a day that people mostly mean, as far as a cell leaves the choice: a grown-up's date
// of birth, a day soon, or one that has just been.
func (v *variable) usual() int64 {
	switch {
	case v.field.Type == birth:
		return usualElapsed
	case v.field.Max != nil && *v.field.Max < usualDays:
		return max(usualDays, -*v.field.Max)
	}
	return -usualDays
}

const (
	usualElapsed = 34*366 + 60
	usualDays    = 3
)

// together finds an age and a number of days until a date, in these stretches, that can hold of one date on one day.
func together(ages, days span, usual int64) (age, until int64, ok bool) {
	lo, hi := max(-days.hi, elapsedLow(ages.lo)), min(-days.lo, elapsedHigh(ages.hi))
	if lo > hi {
		return 0, 0, false
	}
	elapsed := min(max(usual, lo), hi)
	for age = max(ages.lo, elapsed/366-2); age <= ages.hi; age++ {
		if elapsedLow(age) <= elapsed && elapsed <= elapsedHigh(age) {
			return age, -elapsed, true
		}
	}
	return 0, 0, false
}

// elapsedLow is the fewest days after which a date can be of that age, elapsedHigh the most. Leap days make both a day
// or so generous for each four years; a certificate uses the same numbers.
func elapsedLow(age int64) int64 {
	if age >= 0 {
		return 365 * age
	}
	return 366 * age
}

func elapsedHigh(age int64) int64 {
	if age >= 0 {
		return 366*(age+1) - 1
	}
	return 365*(age+1) - 1
}
