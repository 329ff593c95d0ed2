package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
)

// farthest bounds how far ahead a moment is looked for: a year and a day, so that a yearly pattern is seen once.
const farthest = 367 // days

// Elapsed returns how much time of a schedule lies between two moments, by the wall clock of their zone. On a day with a clock
// change it is the time that really passes.
func Elapsed(s calendar.Schedule, from, to time.Time) (sum time.Duration) {
	each(s, from, func(open, closed time.Time) bool {
		if !open.Before(to) {
			return false
		}
		sum += earlier(closed, to).Sub(open)
		return true
	})
	return sum
}

// Until returns the moment at which that much time of a schedule has passed since from; ok is false where it does not within a
// year.
func Until(s calendar.Schedule, from time.Time, left time.Duration) (at time.Time, ok bool) {
	each(s, from, func(open, closed time.Time) bool {
		if length := closed.Sub(open); length < left {
			left -= length
			return true
		}
		at, ok = open.Add(left), true
		return false
	})
	return at, ok
}

// each calls fn with the stretches of a schedule from a moment on, in order and not overlapping, until it returns false.
func each(s calendar.Schedule, from time.Time, fn func(open, closed time.Time) bool) {
	y, m, d := from.Date()
	for i := range farthest {
		day := time.Date(y, m, d+i, 12, 0, 0, 0, from.Location())
		for _, o := range openings(s, day) {
			open, closed := later(wall(day, o.From), from), wall(day, o.To)
			if !open.Before(closed) {
				continue
			}
			if !fn(open, closed) {
				return
			}
			from = closed
		}
	}
}

func openings(s calendar.Schedule, day time.Time) (list []machine.Opening) {
	date := day.Format(time.DateOnly)
	for i := range s.Holidays {
		if s.Holidays[i].Date == date {
			return sorted(s.Holidays[i].Openings)
		}
	}
	for _, o := range s.Hours {
		if o.Day == int(day.Weekday()) {
			list = append(list, o)
		}
	}
	return sorted(list)
}

func sorted(list []machine.Opening) []machine.Opening {
	return slices.SortedFunc(slices.Values(list), func(a, b machine.Opening) int { return cmp.Or(a.From-b.From, a.To-b.To) })
}

// wall is the moment at which the clocks show that many minutes after midnight on day.
func wall(day time.Time, minutes int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, minutes, 0, 0, day.Location())
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Target is how soon a person must have answered what was handed to people.
type Target struct {
	Within time.Duration
	Clock  bool // by the clock on the wall; otherwise in the hours of the team
}

// Targets are the standing targets by tier of an escalation (package machine). An emergency does not wait for opening hours.
var Targets = map[string]Target{
	machine.Emergency: {Within: 5 * time.Minute, Clock: true},
	machine.Urgent:    {Within: 15 * time.Minute},
	machine.Routine:   {Within: time.Hour},
}

// TargetOf returns the target of a tier for the team that has it; an unknown tier is routine. What a team says of itself holds for what
// is routine, and for the rest where it is sooner.
func TargetOf(p *machine.Practice, team, tier string) Target {
	t, known := Targets[tier]
	if !known {
		t = Targets[machine.Routine]
	}
	for i := range p.Teams {
		own := time.Duration(p.Teams[i].Within) * time.Minute
		if p.Teams[i].Name == team && own > 0 && (own < t.Within || t == Targets[machine.Routine]) {
			t.Within = own
		}
	}
	return t
}

// Wait is how long somebody has waited for a person by what counts for their tier and the team that has it, at a moment in the
// practice's zone.
type Wait struct {
	Passed time.Duration
	Due    time.Time // when a person must have answered; zero: the team has no hours within a year
	Late   bool
}

// WaitFor measures a wait from asked until at.
func WaitFor(p *machine.Practice, team, tier string, asked, at time.Time) Wait {
	target := TargetOf(p, team, tier)
	s, known := calendar.Team(p, team)
	if target.Clock || !known {
		w := Wait{Passed: at.Sub(asked), Due: asked.Add(target.Within)}
		w.Late = w.Passed > target.Within
		return w
	}
	asked = asked.In(at.Location())
	w := Wait{Passed: Elapsed(s, asked, at)}
	w.Due, _ = Until(s, asked, target.Within)
	w.Late = w.Passed > target.Within
	return w
}
