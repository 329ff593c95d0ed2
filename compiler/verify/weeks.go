package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// moment is a minute of the week, or of a holiday, by the practice's clock. Clock changes need no care: hours are
// wall-clock hours, so a minute that is skipped does not come and one that comes twice is judged the same both times.
type moment struct {
	weekday int
	minute  int
	holiday int // index into Practice.Holidays, or -1
}

var weekdayNames = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// weeks answers who is there when.
type weeks struct {
	p      *machine.Practice
	byTeam map[string]int
	chains [][]int // of each team, itself and its fallbacks
	days   []int   // the weekday of each holiday
	all    []moment
	gaps   []bool // of each team: at some moment nobody is there
}

func newWeeks(p *machine.Practice) *weeks {
	w := &weeks{p: p, byTeam: make(map[string]int, len(p.Teams))}
	for i := range p.Teams {
		w.byTeam[p.Teams[i].Name] = i
	}
	for i := range p.Teams {
		var chain []int
		for at, ok := i, true; ok && !slices.Contains(chain, at); at, ok = w.fallback(at) {
			chain = append(chain, at)
		}
		w.chains = append(w.chains, chain)
	}
	for _, h := range p.Holidays {
		day := 0
		if d, err := time.Parse(time.DateOnly, h.Date); err == nil {
			day = int(d.Weekday())
		}
		w.days = append(w.days, day)
	}
	w.all = w.moments()
	for t := range p.Teams {
		w.gaps = append(w.gaps, slices.ContainsFunc(w.all, func(at moment) bool { return !w.staffed(t, at) }))
	}
	return w
}

func (w *weeks) fallback(team int) (int, bool) {
	i, ok := w.byTeam[w.p.Teams[team].Fallback]
	return i, ok
}

// last is the team at the end of a team's fallbacks.
func (w *weeks) last(team int) int { return w.chains[team][len(w.chains[team])-1] }

func (w *weeks) team(name string) int { return w.byTeam[name] }

// moments are enough to see everything that hours can do: the beginning of every hour, of every opening and just after
// its end, on every weekday and holiday, in order.
func (w *weeks) moments() []moment {
	var out []moment
	for day := range 7 {
		out = append(out, w.dayMoments(day, -1)...)
	}
	for i := range w.p.Holidays {
		out = append(out, w.dayMoments(w.days[i], i)...)
	}
	return out
}

func (w *weeks) dayMoments(day, holiday int) []moment {
	var minutes []int
	for h := range 24 {
		minutes = append(minutes, h*60)
	}
	add := func(openings []machine.Opening, any bool) {
		for _, o := range openings {
			if any || o.Day == day {
				minutes = append(minutes, o.From, o.To)
			}
		}
	}
	add(w.p.Hours, false)
	for i := range w.p.Teams {
		add(w.p.Teams[i].Hours, false)
	}
	if holiday >= 0 {
		add(w.p.Holidays[holiday].Openings, true)
	}
	var out []moment
	for _, m := range sortedSet(minutes) {
		if m < 24*60 {
			out = append(out, moment{weekday: day, minute: m, holiday: holiday})
		}
	}
	return out
}

// open reports whether the practice is open.
func (w *weeks) open(at moment) bool {
	if at.holiday >= 0 {
		return within(w.p.Holidays[at.holiday].Openings, -1, at.minute)
	}
	return within(w.p.Hours, at.weekday, at.minute)
}

// staffed reports whether somebody of a team or of its fallbacks is there.
func (w *weeks) staffed(team int, at moment) bool {
	for _, t := range w.chains[team] {
		hours, day := w.p.Teams[t].Hours, at.weekday
		if at.holiday >= 0 && w.p.Teams[t].Holidays {
			hours, day = w.p.Holidays[at.holiday].Openings, -1
		}
		if within(hours, day, at.minute) {
			return true
		}
	}
	return false
}

// always reports whether somebody is there for the team at every moment.
func (w *weeks) always(team int) bool { return !w.gaps[team] }

// within reports whether a minute lies in the openings of a day; -1 takes them all.
func within(openings []machine.Opening, day, minute int) bool {
	return slices.ContainsFunc(openings, func(o machine.Opening) bool {
		return (day < 0 || o.Day == day) && o.From <= minute && minute < o.To
	})
}

// name is the moment as a certificate names it.
func (w *weeks) name(at moment) string {
	day := weekdayNames[at.weekday]
	if at.holiday >= 0 {
		day = w.p.Holidays[at.holiday].Date
	}
	return fmt.Sprintf("%s %02d:%02d", day, at.minute/60, at.minute%60)
}

// said is the moment for a person.
func (w *weeks) said(at moment) string {
	if at.holiday >= 0 {
		h := w.p.Holidays[at.holiday]
		return fmt.Sprintf("%s (%s) at %02d:%02d", h.Date, h.Name, at.minute/60, at.minute%60)
	}
	day := weekdayNames[at.weekday]
	return fmt.Sprintf("%s at %02d:%02d", strings.ToUpper(day[:1])+day[1:], at.minute/60, at.minute%60)
}
