package server

import (
	"fmt"
	"strings"
	"time"

	answers "github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
)

// wait says when a person will read what is written now: never sooner than the team, or who stands in for it, is there.
func (w words) wait(m *machine.Machine, team string, now time.Time, lang string) string {
	at, ok := nextThere(&m.Practice, team, now)
	switch {
	case !ok:
		return w.WaitUnknown
	case !at.After(now):
		return w.WaitNow
	}
	return strings.Replace(fmt.Sprintf(w.WaitFrom, w.moment(at, now, lang)), "..", ".", 1) // after "a. m."
}

// nextThere is the earliest time at which somebody of a team, or of its fallbacks, is there.
func nextThere(p *machine.Practice, team string, now time.Time) (earliest time.Time, ok bool) {
	for range p.Teams { // a circle of fallbacks ends
		hours, known := calendar.Team(p, team)
		if !known {
			break
		}
		if at, opens := hours.NextOpen(now); opens && (!ok || at.Before(earliest)) {
			earliest, ok = at, true
		}
		for _, t := range p.Teams {
			if t.Name == team {
				team = t.Fallback
				break
			}
		}
	}
	return earliest, ok
}

// moment is a time from now on as one says it: "tomorrow at 9:00 AM".
func (w words) moment(at, now time.Time, lang string) string {
	c := answers.Context{Lang: lang, Now: now}
	day := answers.Echo("date", at.Format(time.DateOnly), c)
	switch at.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		day = w.Today
	case now.AddDate(0, 0, 1).Format(time.DateOnly):
		day = w.Tomorrow
	}
	join := w.At
	if at.Hour()%12 == 1 {
		join = w.AtOne
	}
	return day + join + answers.Echo("time", at.Format("15:04"), c)
}
