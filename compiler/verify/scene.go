package verify

import (
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

const talkTime = "2006-01-02 15:04"

// begin sets the scene: a working morning, or what the first state needs.
func (s *scribe) begin(first int32) {
	x := s.c.x
	at := moment{weekday: 1, minute: 10 * 60, holiday: -1}
	cells := x.cellsOf(first)
	var scene []machine.TalkLine
	for i, v := range x.live.exact[x.start] {
		variable := &x.vars[v]
		switch {
		case v == x.now:
			if cell := int(cells[i]); cell != s.c.cellAt(at) {
				at = variable.moments[cell]
			}
		case variable.name == "channel":
			scene = append(scene, machine.TalkLine{Verb: machine.TalkChannel, Text: variable.cells[cells[i]].Value})
		case variable.name == "language":
			if s.lang = variable.cells[cells[i]].Value; s.lang != x.m.Flow.Languages[0] {
				scene = append(scene, machine.TalkLine{Verb: machine.TalkLanguage, Text: s.lang})
			}
		}
	}
	s.now = s.next(at, s.c.opts.AsOf)
	s.say(machine.TalkAt, s.now.Format(talkTime))
	s.talk.Lines = append(s.talk.Lines, scene...)
	s.turn = len(s.talk.Lines)
	s.first = s.turn
}

// beginAt moves the beginning of the conversation to the moment that a choice needs: nobody waits before it.
func (s *scribe) beginAt(choices []choice) []choice {
	return slices.DeleteFunc(slices.Clone(choices), func(ch choice) bool {
		if ch.v != s.c.now {
			return false
		}
		if s.c.cellAt(s.momentOf(s.now)) != int(ch.cell) {
			s.now = s.next(s.c.vars[ch.v].moments[ch.cell], s.c.opts.AsOf)
			s.talk.Lines[0].Text = s.now.Format(talkTime)
		}
		return true
	})
}

// next is the first time from a day on that is such a moment and no holiday, or that very holiday.
func (s *scribe) next(at moment, from time.Time) time.Time {
	if at.holiday >= 0 {
		day, err := time.Parse(time.DateOnly, s.c.m.Practice.Holidays[at.holiday].Date)
		if err == nil {
			return day.Add(time.Duration(at.minute) * time.Minute)
		}
	}
	y, m, d := from.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	for range 400 {
		if t := day.Add(time.Duration(at.minute) * time.Minute); int(day.Weekday()) == at.weekday && !s.holiday(day) && !t.Before(from) {
			return t
		}
		day = day.AddDate(0, 0, 1)
	}
	return from
}

func (s *scribe) holiday(day time.Time) bool {
	return slices.ContainsFunc(s.c.m.Practice.Holidays, func(h machine.Holiday) bool { return h.Date == day.Format(time.DateOnly) })
}

// momentOf is a time as the week sees it.
func (s *scribe) momentOf(t time.Time) moment {
	out := moment{weekday: int(t.Weekday()), minute: t.Hour()*60 + t.Minute(), holiday: -1}
	for i, h := range s.c.m.Practice.Holidays {
		if h.Date == t.Format(time.DateOnly) {
			out.holiday = i
		}
	}
	return out
}

// cellAt is the cell of "now" that a moment lies in; -1 where nothing looks at it.
func (c *checking) cellAt(at moment) int {
	if c.now < 0 {
		return -1
	}
	v := &c.vars[c.now]
	probe := candidate{at: at, plain: value{b: c.weeks.open(at)}}
	teams := c.uncoveredTeams()
	for cell, m := range v.moments {
		same := !slices.ContainsFunc(v.tests, func(e *expr) bool { return e.holdsFor(&probe) != e.truth[cell] })
		if same && !slices.ContainsFunc(teams, func(t int) bool { return c.weeks.staffed(t, at) != c.weeks.staffed(t, m) }) {
			return cell
		}
	}
	return -1
}

// scene writes what the world chose: the time and the language.
func (s *scribe) scene(st step) {
	s.age(st)
	for _, ch := range st.choices {
		v := &s.c.vars[ch.v]
		switch {
		case ch.v == s.c.now:
			if s.c.cellAt(s.momentOf(s.now)) != int(ch.cell) {
				s.now = s.next(v.moments[ch.cell], s.now)
				s.say(machine.TalkWait, s.now.Format(talkTime))
			}
		case v.name == "language":
			if lang := v.cells[ch.cell].Value; lang != s.lang && !s.sameCell(v, lang, s.lang) {
				s.lang = lang
				s.say(machine.TalkLanguage, lang)
			}
		}
	}
}

// age waits until the dates that were answered before are as old, or as near, as the step has them.
func (s *scribe) age(st step) {
	from := &s.c.locs[s.c.x.states[st.from].loc]
	var dates []choice
	now := -1
	for _, ch := range st.choices {
		switch {
		case ch.v == s.c.now:
			now = int(ch.cell)
		case ch.v < len(s.c.m.Fields) && s.c.vars[ch.v].drift != nil && ch.cell > 0 && s.answered(ch.v) && (from.Kind != machine.Ask || from.field != ch.v):
			dates = append(dates, ch)
		}
	}
	fits := func(at time.Time) bool {
		today := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
		return (now < 0 || s.c.cellAt(s.momentOf(at)) == now) && !slices.ContainsFunc(dates, func(ch choice) bool {
			day, err := time.Parse(time.DateOnly, s.values[ch.v].held)
			return err != nil || !s.c.vars[ch.v].isIn(day, today, int(ch.cell))
		})
	}
	if len(dates) == 0 {
		return
	}
	at := s.now
	if now >= 0 && s.c.cellAt(s.momentOf(at)) != now {
		at = s.next(s.c.vars[s.c.now].moments[now], s.now)
	}
	for range longestWait {
		if fits(at) {
			if at != s.now {
				s.now = at
				s.say(machine.TalkWait, at.Format(talkTime))
			}
			return
		}
		at = at.AddDate(0, 0, 1)
	}
	s.mute = true
}

// longestWait is how many days a witness waits for a date at most.
const longestWait = 800

// sameCell reports whether two languages are told apart by no guard.
func (s *scribe) sameCell(v *variable, a, b string) bool {
	return !slices.ContainsFunc(v.tests, func(e *expr) bool {
		return holds(e.test, value{s: a}) != holds(e.test, value{s: b})
	})
}

// changes reports whether the world is another when it answers than it was when the text that led to the act was judged: a
// replay has it answer at once.
func (s *scribe) changes(st step) bool {
	return slices.ContainsFunc(st.choices, func(now choice) bool {
		return slices.ContainsFunc(s.prior, func(was choice) bool {
			return was.v == now.v && was.cell != now.cell && s.c.vars[now.v].trigger == nil && !strings.HasPrefix(s.c.vars[now.v].name, "heard:")
		})
	})
}

// heard writes what the next text is also taken for. Where a topic leads on by itself, that is said by its own line.
func (s *scribe) heard(st step, acting func(name string, v int) bool) {
	for _, ch := range st.choices {
		v := &s.c.vars[ch.v]
		name, ok := strings.CutPrefix(v.name, "heard:")
		if !ok || v.cells[ch.cell].Value != "yes" || st.route >= 0 && s.c.routes[st.route].topic == name {
			continue
		}
		verb := machine.TalkHears
		if acting(name, ch.v) {
			verb = machine.TalkMeanwhile
			s.over = s.over || v.trigger != nil || s.c.treats(name) == machine.Escalate
		} else if treat := s.c.treats(name); treat != machine.Handle && treat != "" && !s.freeText(st) {
			s.mute = true // the text is taken for that topic before it is taken for an answer
		}
		s.say(verb, name)
	}
}

// freeText reports whether a step answers a question with any text, which is heard for topics as well.
func (s *scribe) freeText(st step) bool {
	l := &s.c.locs[s.c.x.states[st.from].loc]
	return l.Kind == machine.Ask && slices.Contains([]string{"text", "name", "message"}, s.c.m.Fields[l.field].Type)
}

// whileActing are what is only heard at a location while the world acts: triggers, which are else escalated first, and
// after a code the escalated topics.
func (s *scribe) whileActing(l *location) func(name string, v int) bool {
	return func(name string, v int) bool {
		return s.c.vars[v].trigger != nil || l.Kind == machine.Verify && s.c.treats(name) == machine.Escalate
	}
}

// sinceTyped tells what is heard while the world acts from what was heard in the text that led to the act, which still
// counts where that text decided nothing else.
func (s *scribe) sinceTyped(tail []machine.TalkLine) func(name string, v int) bool {
	typed := slices.ContainsFunc(tail, func(l machine.TalkLine) bool { return l.Verb == machine.TalkPatient || l.Verb == machine.TalkTopic })
	return func(_ string, v int) bool {
		decided := slices.ContainsFunc(s.prior, func(ch choice) bool { return ch.v == v })
		return !typed || decided || s.c.vars[v].trigger != nil
	}
}

// treats is how a topic is treated; "" of what is none.
func (p *model) treats(name string) string {
	for i := range p.m.Topics {
		if p.m.Topics[i].Name == name {
			return p.m.Topics[i].Treat
		}
	}
	return ""
}
