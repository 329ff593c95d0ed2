package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
)

// message is a text made ready: one template per language of the flow, in the flow's order.
type message []template

// template is a text in one language. Without interpolation it is its only part.
type template []part

// part is literal text, a field, or a fact of the practice.
type part struct {
	literal string
	field   int // index into Machine.Fields, if fact is factField
	fact    fact
}

type fact int

const (
	factNone fact = iota
	factField
	factNextOpen
)

// compileText makes the templates of a text. Facts that never change are filled in at once.
func (p *Program) compileText(t machine.Text) (message, error) {
	out := make(message, len(p.langs))
	for i, lang := range p.langs {
		tpl, err := p.compileTemplate(t.In(lang), lang)
		if err != nil {
			return nil, err
		}
		out[i] = tpl
	}
	return out, nil
}

func (p *Program) compileTemplate(s, lang string) (template, error) {
	var out template
	var lit sentence
	at := 0
	for _, ph := range machine.Placeholders(s) {
		if ph.Problem != "" {
			return nil, fmt.Errorf("text %q: %s", s, ph.Problem)
		}
		lit.add(unescape(s[at:ph.Start]))
		at = ph.End
		if text, ok := p.constant(ph.Name, lang); ok {
			lit.add(text)
			continue
		}
		ref, ok := p.reference(ph.Name)
		if !ok {
			return nil, fmt.Errorf("text %q: nothing is called %q", s, ph.Name)
		}
		if lit.Len() > 0 {
			out = append(out, part{literal: lit.String()})
			lit.Reset()
		}
		out = append(out, ref)
	}
	lit.add(unescape(s[at:]))
	if lit.Len() > 0 {
		out = append(out, part{literal: lit.String()})
	}
	return out, nil
}

// unescape turns the doubled brace of a text into the brace that is meant.
func unescape(s string) string { return strings.ReplaceAll(s, "{{", "{") }

func (p *Program) constant(name, lang string) (string, bool) {
	switch name {
	case "practice.name":
		return p.m.Practice.Name, true
	case "practice.phone":
		return p.m.Practice.Phone, true
	case "practice.address":
		return p.m.Practice.Address, true
	case "practice.hours":
		return p.m.Practice.HoursText.In(lang), true
	}
	return "", false
}

func (p *Program) reference(name string) (part, bool) {
	if name == "practice.next_open" {
		return part{fact: factNextOpen}, true
	}
	i, ok := p.fields[name]
	return part{fact: factField, field: i}, ok
}

// fixed reports a message that says the same whenever it is said.
func (m message) fixed() bool {
	for _, tpl := range m {
		for _, p := range tpl {
			if p.fact != factNone {
				return false
			}
		}
	}
	return true
}

// literal is a fixed message in a language.
func (m message) literal(lang int) string {
	if len(m[lang]) == 0 {
		return ""
	}
	return m[lang][0].literal
}

// valueRoom is what most values need, in bytes.
const valueRoom = 24

// say renders a message in the conversation's language.
func (t *turn) say(m message) string {
	if t.lang >= len(m) {
		return ""
	}
	tpl := m[t.lang]
	switch len(tpl) {
	case 0:
		return ""
	case 1:
		if tpl[0].fact == factNone {
			return tpl[0].literal
		}
	}
	var b sentence
	room := 0
	for _, p := range tpl {
		room += len(p.literal) + valueRoom
	}
	b.Grow(room)
	for _, p := range tpl {
		switch p.fact {
		case factNone:
			b.add(p.literal)
		case factField:
			b.add(t.echo(p.field))
		case factNextOpen:
			b.add(t.nextOpen())
		}
	}
	return b.String()
}

// sentence joins literal text and values. A value may bring the full stop that its sentence ends with ("9:00 a. m.").
type sentence struct {
	strings.Builder
	stopped bool
}

func (s *sentence) add(text string) {
	if text == "" {
		return
	}
	if s.stopped && text[0] == '.' && !strings.HasPrefix(text, "..") {
		text = text[1:]
	}
	s.WriteString(text)
	s.stopped = strings.HasSuffix(text, ".")
}

// echo says a field's value; a field that was not collected says nothing.
func (t *turn) echo(field int) string {
	value := t.c.Values[field]
	if value == "" {
		return ""
	}
	f := &t.p.m.Fields[field]
	if f.Type == typeSlot {
		return t.echoMoment(value)
	}
	return input.Echo(t.p.kinds[field], value, t.context(field))
}

// context is what lang/input needs to know about a field's question.
func (t *turn) context(field int) input.Context {
	c := input.Context{Lang: t.c.Lang, Now: t.at}
	f := &t.p.m.Fields[field]
	c.Options = t.p.options[field]
	if f.Min != nil && f.Max != nil {
		c.Min, c.Max, c.HasRange = *f.Min, *f.Max, true
	}
	return c
}

// echoMoment says an RFC 3339 moment as day and time in the conversation's language.
func (t *turn) echoMoment(rfc3339 string) string {
	at, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		return rfc3339
	}
	c := input.Context{Lang: t.c.Lang, Now: t.at}
	day := input.Echo("date", at.Format(time.DateOnly), c)
	return day + atWord(t.c.Lang, at) + input.Echo("time", at.Format("15:04"), c)
}

// atWord joins a day and a time of day.
func atWord(lang string, at time.Time) string {
	switch {
	case lang != "es":
		return " at "
	case at.Hour()%12 == 1:
		return " a la "
	}
	return " a las "
}

// nextOpen says when the practice opens next, and on the way to a team when that team does, to stand after "we open" as well as after
// "from": "now", "today at 2:00 PM", "Monday, March 9 at 9:00 AM".
func (t *turn) nextOpen() string {
	at, ok := calendar.Practice(&t.p.m.Practice).NextOpen(t.at)
	if t.c.Team != "" {
		at, ok = calendar.CoverOf(&t.p.m.Practice, t.c.Team, t.at).Next()
	}
	words := nextOpenWords(t.c.Lang)
	switch {
	case !ok:
		return words.unknown
	case at.Equal(t.at):
		return words.now
	}
	clock := atWord(t.c.Lang, at) + input.Echo("time", at.Format("15:04"), input.Context{Lang: t.c.Lang, Now: t.at})
	switch daysBetween(t.at, at) {
	case 0:
		return words.today + clock
	case 1:
		return words.tomorrow + clock
	}
	day := input.Echo("date", at.Format(time.DateOnly), input.Context{Lang: t.c.Lang, Now: t.at})
	return day + clock
}

type dayWords struct{ now, today, tomorrow, unknown string }

func nextOpenWords(lang string) dayWords {
	if lang == "es" {
		return dayWords{"ahora", "hoy", "mañana", "cuando volvamos a abrir"}
	}
	return dayWords{"now", "today", "tomorrow", "when we are open again"}
}

// daysBetween counts calendar days of the wall clock.
func daysBetween(a, b time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(b).Sub(day(a)) / (24 * time.Hour))
}

// standard says one of the standard sentences.
func (t *turn) standard(name string) string { return t.say(t.p.texts[name]) }

// langIndex is the place of lang among the flow's languages, -1 when it has none.
func (p *Program) langIndex(lang string) int { return slices.Index(p.langs, lang) }
