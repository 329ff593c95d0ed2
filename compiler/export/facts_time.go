package export

import (
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// moment is a minute by the practice's clock, on an ordinary day or on a holiday.
type moment struct {
	weekday time.Weekday
	minute  int
	open    bool
	covered string // the teams that somebody stands in for then, each followed by a space
}

// moments lists a minute for everything that the clock can show: on every weekday and every holiday, each full hour and
// the ends of every opening. Nothing a test looks at, and nobody's cover, changes between two of them.
func (a *abstraction) moments() []value {
	p := a.m.Practice
	at := []int{}
	for hour := range 24 {
		at = append(at, hour*60)
	}
	ends := func(hours []machine.Opening) {
		for _, o := range hours {
			at = append(at, o.From, o.To)
		}
	}
	ends(p.Hours)
	for _, t := range p.Teams {
		ends(t.Hours)
	}
	for _, h := range p.Holidays {
		ends(h.Openings)
	}
	at = slices.DeleteFunc(at, func(n int) bool { return n >= 1440 })
	slices.Sort(at)
	at = slices.Compact(at)

	var out []value
	for day := range 7 {
		out = append(out, a.day(time.Weekday(day), nil, at)...)
	}
	for i := range p.Holidays {
		if d, err := time.Parse(time.DateOnly, p.Holidays[i].Date); err == nil {
			out = append(out, a.day(d.Weekday(), &p.Holidays[i], at)...)
		}
	}
	return out
}

func (a *abstraction) day(weekday time.Weekday, holiday *machine.Holiday, at []int) []value {
	out := make([]value, 0, len(at))
	for _, minute := range at {
		m := moment{weekday: weekday, minute: minute, open: isOpen(a.m.Practice.Hours, weekday, minute)}
		if holiday != nil {
			m.open = isOpenOn(holiday, minute)
		}
		for _, team := range a.handoffTeams() {
			if a.somebodyThere(team, m, holiday) {
				m.covered += team + " "
			}
		}
		out = append(out, value{moment: m})
	}
	return out
}

// handoffTeams are the teams that a location hands off to, sorted.
func (a *abstraction) handoffTeams() []string {
	var out []string
	for _, l := range a.m.Locations {
		if l.Kind == machine.Handoff {
			out = append(out, l.Team)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// somebodyThere follows a team's fallbacks until one is open, or has been seen.
func (a *abstraction) somebodyThere(team string, m moment, holiday *machine.Holiday) bool {
	seen := map[string]bool{}
	for team != "" && !seen[team] {
		seen[team] = true
		i := slices.IndexFunc(a.m.Practice.Teams, func(t machine.Team) bool { return t.Name == team })
		if i < 0 {
			return false
		}
		t := a.m.Practice.Teams[i]
		open := isOpen(t.Hours, m.weekday, m.minute)
		if holiday != nil && t.Holidays {
			open = isOpenOn(holiday, m.minute)
		}
		if open {
			return true
		}
		team = t.Fallback
	}
	return false
}

func isOpen(hours []machine.Opening, weekday time.Weekday, minute int) bool {
	return slices.ContainsFunc(hours, func(o machine.Opening) bool {
		return o.Day == int(weekday) && o.From <= minute && minute < o.To
	})
}

func isOpenOn(h *machine.Holiday, minute int) bool {
	return slices.ContainsFunc(h.Openings, func(o machine.Opening) bool { return o.From <= minute && minute < o.To })
}

// dates makes the cells of a date and says which becomes which as time passes. A cell is what the literal tests say
// about the day, an interval of its age and an interval of the days until it; age and days belong together (a year has
// 365 or 366 days), and the day itself is taken as independent of both, because nothing says what day today is.
func dates(f *machine.Field, tests []guard.Test) ([]value, [][]int) {
	age, days := interval{-machine.MaxYears, machine.MaxYears}, interval{-machine.MaxDays, machine.MaxDays}
	if f.Type == machine.DateOfBirth {
		age, days = interval{0, machine.MaxAge}, interval{-machine.MaxDays, 0}
	}
	untils := intervals(days, tests, "days")
	if bounded(f, tests) {
		days.high = *f.Max
		untils = split(intervals(days, tests, "days"), *f.Min)
	}
	var cells []value
	for _, day := range literalDays(tests) {
		for _, years := range intervals(age, tests, "age") {
			for _, until := range untils {
				if _, ok := youngest(years, until); ok {
					cells = append(cells, value{text: day, age: years, days: until})
				}
			}
		}
	}
	if len(cells) < 2 {
		return cells, nil
	}
	drift := make([][]int, len(cells))
	for i, from := range cells {
		for j, to := range cells {
			if from.text == to.text && canBecome(from, to) {
				drift[i] = append(drift[i], j+1)
			}
		}
	}
	return cells, drift
}

// bounded reports whether the days that an answer may lie in count: somebody looks at how far off the date is.
func bounded(f *machine.Field, tests []guard.Test) bool {
	return f.Type == "date" && f.Min != nil && f.Max != nil && slices.ContainsFunc(tests, func(t guard.Test) bool { return t.Subject.Func != "" })
}

// split cuts the interval of days that the first possible answer lies in.
func split(all []interval, first int64) []interval {
	var out []interval
	for _, i := range all {
		if i.low < first && first <= i.high {
			out = append(out, interval{i.low, first - 1})
			i.low = first
		}
		out = append(out, i)
	}
	return out
}

// overDays marks the cells before the first day that is an answer.
func overDays(f *machine.Field, tests []guard.Test, cells []value) []bool {
	out := make([]bool, len(cells))
	for i, c := range cells {
		out[i] = bounded(f, tests) && c.days.high < *f.Min
	}
	return out
}

// literalDays lists a day for every result of the tests that compare the day itself.
func literalDays(tests []guard.Test) []string {
	candidates := []string{"1000-01-01"}
	for _, t := range tests {
		for _, c := range t.Values {
			if d, err := time.Parse(time.DateOnly, c.Text); err == nil && t.Subject.Func == "" {
				candidates = append(candidates, d.AddDate(0, 0, -1).Format(time.DateOnly), c.Text, d.AddDate(0, 0, 1).Format(time.DateOnly))
			}
		}
	}
	slices.Sort(candidates)
	seen := map[string]bool{}
	var out []string
	for _, c := range slices.Compact(candidates) {
		results := ""
		for _, t := range tests {
			if t.Subject.Func == "" && truth(t, value{text: c}) {
				results += "1"
			} else if t.Subject.Func == "" {
				results += "0"
			}
		}
		if !seen[results] {
			seen[results] = true
			out = append(out, c)
		}
	}
	return out
}

// intervals cuts a range at the constants of the tests of a function; without tests it stays whole.
func intervals(r interval, tests []guard.Test, function string) []interval {
	starts := []int64{r.low}
	for _, t := range tests {
		if t.Subject.Func != function {
			continue
		}
		for _, c := range t.Values {
			for _, n := range []int64{c.Int, c.Int + 1} {
				if r.low < n && n <= r.high {
					starts = append(starts, n)
				}
			}
		}
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	out := make([]interval, len(starts))
	for i, s := range starts {
		out[i] = interval{s, r.high}
		if i+1 < len(starts) {
			out[i].high = starts[i+1] - 1
		}
	}
	return out
}

// sinceThen is a point in time of one date.
type sinceThen struct{ age, days int64 }

// daysOfAge are the days until a date that somebody a years past it can have: a year has 365 or 366 days.
func daysOfAge(a int64) interval {
	if a >= 0 {
		return interval{-(366*(a+1) - 1), -365 * a}
	}
	return interval{-(365*(a+1) - 1), -366 * a}
}

// youngest is the earliest point of a cell: least age, most days.
func youngest(years, until interval) (sinceThen, bool) {
	for a := years.low; a <= years.high; a++ {
		d := daysOfAge(a)
		if low, high := max(d.low, until.low), min(d.high, until.high); low <= high {
			return sinceThen{a, high}, true
		}
	}
	return sinceThen{}, false
}

// oldest is the latest point of a cell: most age, fewest days.
func oldest(years, until interval) (sinceThen, bool) {
	for a := years.high; a >= years.low; a-- {
		d := daysOfAge(a)
		if low, high := max(d.low, until.low), min(d.high, until.high); low <= high {
			return sinceThen{a, low}, true
		}
	}
	return sinceThen{}, false
}

// canBecome reports whether time can carry a date from one cell into the other.
func canBecome(from, to value) bool {
	first, ok1 := youngest(from.age, from.days)
	last, ok2 := oldest(to.age, to.days)
	return ok1 && ok2 && first.age <= last.age && first.days >= last.days
}
