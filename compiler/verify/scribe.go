package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
)

// scribe writes a conversation as a person would have it.
type scribe struct {
	c      *checking
	talk   *machine.Talk
	lang   string
	now    time.Time
	turn   int      // the line at which the current turn began
	asked  int      // the line at which the last location began to wait
	first  int      // the line at which the first turn began
	prior  []choice // of the turn that led here
	over   bool     // what was heard while the world acted takes the patient to people next
	mute   bool     // it rests on an answer that the assistant does not take, such as a day that is over
	values map[int]said
	order  []int
}

// said is a value as typed, and as held.
type said struct{ typed, held string }

func newScribe(c *checking) *scribe {
	return &scribe{c: c, lang: c.m.Flow.Languages[0], values: map[int]said{}}
}

func (s *scribe) say(v machine.TalkVerb, text string) {
	s.talk.Lines = append(s.talk.Lines, machine.TalkLine{Verb: v, Text: text})
}

// enter writes what the assistant says on arriving.
func (s *scribe) enter(at int32) {
	l := &s.c.locs[s.c.x.states[at].loc]
	for i := range l.Do {
		a := &l.Do[i]
		if a.Say != nil {
			s.assistant(a.Say)
		}
		if a.By != "" && s.answered(s.c.field[a.By]) {
			s.assistant(a.Cases[s.value(s.c.field[a.By], 0).held])
		}
	}
	if (l.Kind == machine.Verify || l.Kind == machine.Book) && !s.answered(l.field) {
		return // there is nothing to verify or book: a person takes over
	}
	s.asked = len(s.talk.Lines)
	if l.Prompt != nil {
		s.assistant(l.Prompt)
	}
	if l.Kind != machine.Auto && l.Kind != machine.Book {
		s.say(machine.TalkEnters, l.ID)
	}
}

// answered reports whether the patient has answered for a field.
func (s *scribe) answered(f int) bool { return slices.Contains(s.order, f) }

// assistant writes a text with what it names filled in, if that is known here.
func (s *scribe) assistant(t machine.Text) {
	text := t.In(s.lang)
	facts := map[string]string{"practice.name": s.c.m.Practice.Name, "practice.phone": s.c.m.Practice.Phone, "practice.address": s.c.m.Practice.Address}
	var b strings.Builder
	last := 0
	for _, p := range machine.Placeholders(text) {
		fill, ok := facts[p.Name]
		if f, isField := s.c.field[p.Name]; isField && s.answered(f) {
			fill, ok = s.shown(f)
		}
		if !ok {
			return
		}
		b.WriteString(text[last:p.Start] + fill)
		last = p.End
	}
	b.WriteString(text[last:])
	if b.Len() > 0 {
		s.say(machine.TalkAssistant, strings.ReplaceAll(b.String(), "{{", "{"))
	}
}

// shown is an answer as the assistant repeats it. What time a slot is, is the calendar's to say.
func (s *scribe) shown(f int) (string, bool) {
	field, v := &s.c.m.Fields[f], s.value(f, 0)
	switch {
	case field.Type == "slot":
		return "", false
	case field.Type == "choice" || v.held == "":
		return v.typed, true
	}
	return input.Echo(field.Type, v.held, input.Context{Lang: s.lang, Now: s.now}), true
}

// step writes what the patient and the world do.
func (s *scribe) step(from int32, st step) {
	l := &s.c.locs[s.c.x.states[from].loc]
	if !l.leaves() {
		return
	}
	if st.outcome >= 0 && actsAtOnce(l, &l.outcomes[st.outcome]) {
		s.atOnce(&l.outcomes[st.outcome], st)
		return
	}
	s.turn = len(s.talk.Lines)
	s.prior = slices.Clone(st.choices)
	if l.Kind == machine.Listen && st.outcome >= 0 {
		st.choices = slices.DeleteFunc(slices.Clone(st.choices), func(ch choice) bool { return ch.v == l.outcomes[st.outcome].hears })
	}
	s.mute = s.mute || s.over
	before := s.now
	s.scene(st)
	if st.outcome >= 0 && l.outcomes[st.outcome].on == machine.OnVerified && s.now.After(before) {
		s.sendAgain(l, &st)
	}
	last := l.Kind == machine.Verify && st.tries > int64(s.c.m.Session.Retries) // the wrong code that is one too many
	tries := st.tries
	if last {
		tries--
	}
	if tries > 0 && st.outcome >= 0 {
		s.say(machine.TalkRetry, fmt.Sprint(tries))
	}
	s.heard(st, s.whileActing(l))
	if last && st.outcome >= 0 {
		s.say(machine.TalkPatient, "000000")
		return
	}
	if st.outcome < 0 {
		s.jump(st)
		return
	}
	o := &l.outcomes[st.outcome]
	if l.Kind == machine.Offer && s.talk.Lines[len(s.talk.Lines)-1].Verb == machine.TalkHears {
		s.say(machine.TalkPatient, l.Choices[choiceNumber(o.on)].Label.In(s.lang))
		return
	}
	switch l.Kind {
	case machine.Ask:
		s.answer(l, st)
	case machine.Offer:
		s.say(machine.TalkPress, l.Choices[choiceNumber(o.on)].Label.In(s.lang))
	case machine.Listen:
		s.say(machine.TalkTopic, o.on)
	case machine.Consent:
		s.say(machine.TalkPatient, s.yesNo(o.on == machine.OnGranted))
	case machine.Verify:
		if o.on == machine.OnFailed {
			s.say(machine.TalkWorld, o.on)
		}
		code := "{code}"
		if s.talk.Lines[len(s.talk.Lines)-1].Verb == machine.TalkHears {
			code += " ?"
		}
		s.say(machine.TalkPatient, code)
	default:
	}
}

// sendAgain has the patient ask for another code, because those sent are good for minutes only. It counts as an attempt.
func (s *scribe) sendAgain(l *location, st *step) {
	s.mute = s.mute || st.tries == 0 && s.c.readsAttempts(l, &l.outcomes[st.outcome])
	st.tries = max(st.tries-1, 0)
	if s.lang == "es" {
		s.say(machine.TalkPatient, "Envíeme otro código, por favor.")
		return
	}
	s.say(machine.TalkPatient, "Please send another code.")
}

// actsAtOnce reports whether an outcome comes in the turn that led here, before the patient is asked anything.
func actsAtOnce(l *location, o *outcome) bool {
	return l.Kind == machine.Book || l.Kind == machine.Verify && o.on == machine.OnUnreachable || l.Kind == machine.Ask && o.on == machine.OnNone
}

// atOnce writes, before the turn that led here, what the world will do, and takes back the question that is not asked.
func (s *scribe) atOnce(o *outcome, st step) {
	s.mute = s.mute || st.tries > 0 || s.changes(st)
	tail := slices.Clone(s.talk.Lines[s.turn:s.asked])
	s.talk.Lines = s.talk.Lines[:s.turn]
	s.say(machine.TalkWorld, o.on)
	if s.turn == s.first {
		st.choices = s.beginAt(st.choices)
	}
	s.scene(st)
	s.heard(st, s.sinceTyped(tail))
	s.talk.Lines = append(s.talk.Lines, tail...)
}

func (s *scribe) jump(st step) {
	switch {
	case st.route >= 0:
		s.say(machine.TalkTopic, s.c.routes[st.route].topic)
	case st.to == s.c.human:
		s.say(machine.TalkHuman, "")
	case st.to == s.c.stuck:
		s.say(machine.TalkRetry, fmt.Sprint(s.c.m.Session.Retries+1))
	default:
		for _, e := range s.c.m.Escalations {
			if s.c.byID[e.Location] == st.to {
				s.say(machine.TalkTopic, e.On[0])
				return
			}
		}
	}
}

func (s *scribe) answer(l *location, st step) {
	cell := 0
	for _, ch := range st.choices {
		if ch.v == l.field {
			cell = int(ch.cell)
		}
	}
	delete(s.values, l.field)
	v := s.value(l.field, cell)
	verb := machine.TalkPatient
	if l.pressed(s.c.model) && s.talk.Lines[len(s.talk.Lines)-1].Verb != machine.TalkHears {
		verb = machine.TalkPress
	}
	typed := v.typed
	if verb == machine.TalkPatient && s.talk.Lines[len(s.talk.Lines)-1].Verb == machine.TalkHears && formed[s.c.m.Fields[l.field].Type] {
		typed += " ?" // such an answer is about nothing else unless it also asks something
	}
	s.mute = s.mute || !s.taken(l.field, v)
	s.say(verb, typed)
	s.order = append(slices.DeleteFunc(s.order, func(f int) bool { return f == l.field }), l.field)
}

// taken reports whether the assistant takes a typed value for an answer.
func (s *scribe) taken(f int, v said) bool {
	field := &s.c.m.Fields[f]
	if !formed[field.Type] && field.Type != "name" {
		return true
	}
	c := input.Context{Lang: s.lang, Now: s.now}
	if field.Min != nil && field.Max != nil {
		c.Min, c.Max, c.HasRange = *field.Min, *field.Max, true
	}
	got := input.Parse(field.Type, v.typed, c)
	return got.Status == input.OK && (v.held == "" || got.Value == v.held)
}

// formed are the types whose answers have a form of their own.
var formed = map[string]bool{"phone": true, "email": true, "date": true, birth: true, "time": true, "zip": true, "number": true}

// pressed reports whether an ask is answered by a quick reply.
func (l *location) pressed(p *model) bool { return p.m.Fields[l.field].Type == "choice" }

// close writes what is held at the end.
func (s *scribe) close() {
	for _, f := range s.order {
		if held := s.values[f].held; held != "" {
			s.say(machine.TalkHolds, s.c.m.Fields[f].Name+"="+held)
		}
	}
}

func (s *scribe) yesNo(yes bool) string {
	switch {
	case yes && s.lang == "es":
		return "sí"
	case yes:
		return "yes"
	}
	return "no"
}
