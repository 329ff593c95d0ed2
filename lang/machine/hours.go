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

// Moment is a minute of a day, and who is there then.
type Moment struct {
	Day
	Minute int
	Open   bool   // the practice
	There  []bool // by team: it, or one that stands in for it
}

// Moments are, of every day of Days, the minutes of Changes.
func (p *Practice) Moments(teams []string) []Moment {
	chains := make([][]*Team, len(teams))
	for i, team := range teams {
		chains[i] = p.chain(team)
	}
	days, minutes := p.Days(), p.Changes()
	out := make([]Moment, 0, len(days)*len(minutes))
	for _, d := range days {
		for _, minute := range minutes {
			m := Moment{Day: d, Minute: minute, Open: d.within(p.Hours, true, minute), There: make([]bool, len(teams))}
			for i, chain := range chains {
				m.There[i] = slices.ContainsFunc(chain, func(t *Team) bool { return d.within(t.Hours, t.Holidays, minute) })
			}
			out = append(out, m)
		}
	}
	return out
}

// maxFallbacks is how many teams that stand in for each other are looked at.
const maxFallbacks = 50

// chain is a team with those that stand in for it, each once; empty where there is no such team.
func (p *Practice) chain(team string) []*Team {
	var out []*Team
	for {
		i := slices.IndexFunc(p.Teams, func(t Team) bool { return t.Name == team })
		if i < 0 || slices.Contains(out, &p.Teams[i]) || len(out) == maxFallbacks {
			return out
		}
		out = append(out, &p.Teams[i])
		team = p.Teams[i].Fallback
	}
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
