package server

import (
	"fmt"
	"strings"
	"time"

	answers "github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
)

// wait says when a person will read what is written now: the team itself, and until then whoever stands in for it.
func (w words) wait(m *machine.Machine, team string, now time.Time, lang string) string {
	own, opens := nextOf(&m.Practice, team, now)
	if opens && !own.After(now) {
		return w.WaitNow
	}
	standIn, from := "", time.Time{}
	for _, other := range fallbacks(&m.Practice, team) {
		if at, ok := nextOf(&m.Practice, other, now); ok && (from.IsZero() || at.Before(from)) {
			standIn, from = other, at
		}
	}
	switch {
	case !opens && standIn == "":
		return w.WaitUnknown
	case !opens && !from.After(now):
		return w.WaitNow
	case !opens:
		return w.from(from, now, lang)
	case standIn == "" || from.After(now):
		return w.from(own, now, lang)
	}
	return w.from(own, now, lang) + " " + fmt.Sprintf(w.WaitStandIn, label(&m.Practice, standIn, lang, w.Colleagues))
}

func (w words) from(at, now time.Time, lang string) string {
	return strings.Replace(fmt.Sprintf(w.WaitFrom, w.moment(at, now, lang)), "..", ".", 1) // after "a. m."
}

func nextOf(p *machine.Practice, team string, now time.Time) (at time.Time, ok bool) {
	hours, known := calendar.Team(p, team)
	if !known {
		return at, false
	}
	return hours.NextOpen(now)
}

// label is how patients hear of a team.
func label(p *machine.Practice, team, lang, otherwise string) string {
	for i := range p.Teams {
		if text := p.Teams[i].Label.In(lang); p.Teams[i].Name == team && text != "" {
			return text
		}
	}
	return otherwise
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
