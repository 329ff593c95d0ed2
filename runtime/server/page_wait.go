package server

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	answers "github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// wait says when a person will read what is written at a time in the practice's zone: the team itself, and until then whoever stands in for
// it. Nobody in danger is told to wait.
func (w words) wait(p *machine.Practice, st *session.Status, now time.Time) string {
	if st.Control != engine.Waiting || st.Tier == machine.Emergency {
		return ""
	}
	lang := st.Lang
	cover := calendar.CoverOf(p, st.Team, now)
	there := func(at time.Time) bool { return !at.IsZero() && !at.After(now) }
	next, ok := cover.Next()
	switch {
	case !ok:
		return w.WaitUnknown
	case there(next):
		return w.WaitNow
	case there(cover.From):
		return capital(fmt.Sprintf(w.WaitStandIn, label(p, cover.StandIn, lang, w.Colleagues))) + " " + w.moment(w.WaitBack, next, now, lang)
	}
	return w.moment(w.WaitFrom, next, now, lang)
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
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

// moment fills a time from now on into a sentence, as one says it: "tomorrow at 9:00 AM (CST)".
func (w words) moment(sentence string, at, now time.Time, lang string) string {
	c := answers.Context{Lang: lang, Now: now}
	day := w.On + answers.Echo("date", at.Format(time.DateOnly), c)
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
	clock := answers.Echo("time", at.Format("15:04"), c)
	if zone := at.Format("MST"); zone[0] >= 'A' { // others are offsets, which nobody says
		clock += " (" + zone + ")"
	}
	return strings.Replace(fmt.Sprintf(sentence, day+join+clock), "..", ".", 1) // after "a. m."
}
