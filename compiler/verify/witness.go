package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
)

// witness is a shortest conversation to a state, and what happens there.
type witness struct {
	state  int32
	then   *fault // the choice that no guard decides; nil: to have come here is enough
	shows  string
	lasso  bool // it goes round for ever from the state on
	circle bool // and by itself
	lacks  int  // 0, or one more than the field that has no value
}

// maxWitnesses is how many conversations are written down; a flow with more violations has enough to mend.
const maxWitnesses = 100

// show writes a witness down under a code and returns its name, or nothing when there are many already, or when the
// model's answer is one that nobody can type: a date that is over, a text that is no name.
func (c *checking) show(code string, w witness) string {
	if len(c.witnesses) == maxWitnesses {
		return ""
	}
	c.counts[code]++
	name := fmt.Sprintf("%s-%d.talk", code, c.counts[code])
	if c.hash == "" {
		hash, err := c.m.Hash()
		if err != nil {
			panic("verify: a valid machine has no hash: " + err.Error())
		}
		c.hash = hash
	}
	s := newScribe(c)
	s.talk = &machine.Talk{Flow: c.m.Flow.ID, Machine: c.hash, Code: code, Shows: w.shows}
	path, again := c.x.path(w.state), -1
	if w.lasso {
		path, again = c.x.lasso(path)
	}
	s.begin(path[0])
	for i, at := range path {
		if i > 0 {
			s.step(path[i-1], c.x.stepTo(path[i-1], at))
		}
		s.enter(at)
		if again == i {
			s.say(machine.TalkAgain, "")
		}
	}
	s.talk.Lasso = again >= 0
	if w.then != nil {
		s.step(w.state, step{from: w.state, outcome: w.then.outcome, edge: -1, route: -1, choices: w.then.choice, tries: w.then.tries})
	}
	if w.then != nil && len(w.then.edges) == 0 {
		s.say(machine.TalkEnters, c.m.Stuck) // nothing is handled: the engine passes the patient to a person
	}
	if w.circle {
		s.talk.Lasso = true
		s.say(machine.TalkEnters, c.m.Stuck) // the engine passes the patient to a person
	}
	s.close()
	if w.lacks > 0 {
		s.say(machine.TalkHolds, c.m.Fields[w.lacks-1].Name+"=")
	}
	if s.mute {
		c.counts[code]--
		return ""
	}
	c.witnesses = append(c.witnesses, Witness{Name: name, Talk: s.talk})
	return name
}

// path is the states from the start to s.
func (x *exploration) path(s int32) []int32 {
	var out []int32
	for at := s; at >= 0; at = x.states[at].parent {
		out = append(out, at)
	}
	slices.Reverse(out)
	return out
}

// lasso extends a path by the nearest circle that its end leads into, and says where on it the circle begins: at the
// state that is last as well. Without a circle (the guards decide nothing further on) the path stays, and again is -1.
func (x *exploration) lasso(path []int32) (around []int32, again int) {
	first := len(path) - 1
	from := map[int32]int32{path[first]: -1}
	queue := []int32{path[first]}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		var way []int32
		for s := at; s >= 0; s = from[s] {
			way = append(way, s)
		}
		slices.Reverse(way)
		for _, to := range x.after(at) {
			if n := slices.Index(way, to); n >= 0 {
				return append(slices.Concat(path[:first], way), to), first + n
			}
			if _, seen := from[to]; !seen {
				from[to] = at
				queue = append(queue, to)
			}
		}
	}
	return path, -1
}

// stepTo finds the first step from one state to the other.
func (x *exploration) stepTo(from, to int32) step {
	var out step
	done := false
	x.successors(from, func(st step) {
		if !done && x.enter(st.to, st.facts, from) == to {
			out, done = st, true
			out.from = from
			out.choices = slices.Clone(st.choices)
		}
	}, func(fault) {})
	if !done {
		panic("verify: a state is not among the successors of its parent")
	}
	return out
}

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
	s.scene(st)
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

// changes reports whether the world is another when it answers than it was when the text that led to the act was judged: a
// replay has it answer at once.
func (s *scribe) changes(st step) bool {
	return slices.ContainsFunc(st.choices, func(now choice) bool {
		return slices.ContainsFunc(s.prior, func(was choice) bool {
			return was.v == now.v && was.cell != now.cell && s.c.vars[now.v].trigger == nil && !strings.HasPrefix(s.c.vars[now.v].name, "heard:")
		})
	})
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

// sameCell reports whether two languages are told apart by no guard.
func (s *scribe) sameCell(v *variable, a, b string) bool {
	return !slices.ContainsFunc(v.tests, func(e *expr) bool {
		return holds(e.test, value{s: a}) != holds(e.test, value{s: b})
	})
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
