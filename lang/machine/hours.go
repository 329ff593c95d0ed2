package machine

import (
	"slices"
	"time"
)

const minutesOfDay = 24 * 60

// Day is a weekday, or a holiday that falls on it.
type Day struct {
	Name    string // the weekday, or the date of the holiday
	Weekday int    // as time.Weekday
	holiday *Holiday
}

// Days are the days of the week, from Sunday, and then the holidays.
func (p *Practice) Days() []Day {
	out := make([]Day, 0, len(Weekdays)+len(p.Holidays))
	for i, name := range Weekdays {
		out = append(out, Day{Name: name, Weekday: i})
	}
	for i := range p.Holidays {
		at, _ := time.Parse(time.DateOnly, p.Holidays[i].Date) // Validate has read it
		out = append(out, Day{Name: p.Holidays[i].Date, Weekday: int(at.Weekday()), holiday: &p.Holidays[i]})
	}
	return out
}

// Changes are the minutes of a day at which an hour or any opening of the practice or a team begins or ends, ascending.
// Between two of them nothing changes on any day. Hours are wall-clock hours, so clock changes need no care.
func (p *Practice) Changes() []int {
	cut := make([]bool, minutesOfDay+1)
	mark := func(hours []Opening) {
		for _, o := range hours {
			cut[o.From], cut[o.To] = true, true
		}
	}
	mark(p.Hours)
	for i := range p.Teams {
		mark(p.Teams[i].Hours)
	}
	for i := range p.Holidays {
		mark(p.Holidays[i].Openings)
	}
	var out []int
	for minute := range minutesOfDay {
		if cut[minute] || minute%60 == 0 {
			out = append(out, minute)
		}
	}
	return out
}

// Open reports whether the practice is open at a minute of a day.
func (p *Practice) Open(d Day, minute int) bool { return d.within(p.Hours, true, minute) }

// MaxFallbacks is how many teams that stand in for each other are looked at.
const MaxFallbacks = 50

// Chain is a team with those that stand in for it, each once; empty where there is no such team.
func (p *Practice) Chain(team string) []*Team {
	var out []*Team
	for {
		i := slices.IndexFunc(p.Teams, func(t Team) bool { return t.Name == team })
		if i < 0 || slices.Contains(out, &p.Teams[i]) || len(out) == MaxFallbacks {
			return out
		}
		out = append(out, &p.Teams[i])
		team = p.Teams[i].Fallback
	}
}

// Staffed reports whether somebody of a chain is there at a minute of a day.
func Staffed(chain []*Team, d Day, minute int) bool {
	return slices.ContainsFunc(chain, func(t *Team) bool { return d.within(t.Hours, t.Holidays, minute) })
}

// within reports whether a minute of the day lies in opening hours; on a holiday, where holidays apply, in its own.
func (d Day) within(hours []Opening, holidays bool, minute int) bool {
	special := d.holiday != nil && holidays
	if special {
		hours = d.holiday.Openings
	}
	return slices.ContainsFunc(hours, func(o Opening) bool {
		return (special || o.Day == d.Weekday) && o.From <= minute && minute < o.To
	})
}
