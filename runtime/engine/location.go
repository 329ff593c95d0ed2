package engine

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
)

// location is a machine.Location with everything looked up.
type location struct {
	*machine.Location
	do      []action
	prompt  message
	field   int    // -1: none
	kind    string // how lang/input reads an answer; "" where none is read
	expects string // the field type that an answer has
	choices []choice
	shown   [][]Option     // quick replies by language; shared with every Said, never changed
	labels  []message      // of an offer whose labels interpolate; nil where shown says it all
	answers []input.Option // what a typed answer is matched against, where it is a choice
	input   Input
	edges   []edge
}

// choice is a quick reply: its id, which for an offer is also what its edge is On, and the topic that chooses it too.
type choice struct{ id, topic string }

type action struct {
	say    message
	by     int // -1: none
	cases  map[string]message
	to     string
	fields []int
}

// speaks reports whether the action says something.
func (a *action) speaks() bool { return a.to == "" }

type edge struct {
	on     string
	guard  int // -1: none
	to     int
	place  machine.Place
	source string
}

func (p *Program) locate(id string) (int, error) {
	i, ok := p.byID[id]
	if !ok {
		return 0, fmt.Errorf("no location is called %q", id)
	}
	return i, nil
}

func (p *Program) locateHandoff(id string) (int, error) {
	i, err := p.locate(id)
	if err == nil && p.m.Locations[i].Kind != machine.Handoff {
		return 0, fmt.Errorf("location %q is no handoff", id)
	}
	return i, err
}

func (p *Program) indexLocations() (err error) {
	p.byID = make(map[string]int, len(p.m.Locations))
	for i := range p.m.Locations {
		p.byID[p.m.Locations[i].ID] = i
	}
	for i := range p.m.Locations {
		l, err := p.compileLocation(&p.m.Locations[i])
		if err != nil {
			return fmt.Errorf("location %s: %w", p.m.Locations[i].ID, err)
		}
		p.locations = append(p.locations, l)
	}
	if p.start, err = p.locate(p.m.Start); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if p.human, err = p.locateHandoff(p.m.Human); err != nil {
		return fmt.Errorf("human: %w", err)
	}
	if p.stuck, err = p.locateHandoff(p.m.Stuck); err != nil {
		return fmt.Errorf("stuck: %w", err)
	}
	return nil
}

func (p *Program) compileLocation(ml *machine.Location) (l location, err error) {
	l = location{Location: ml, field: -1}
	if ml.Field != "" {
		if l.field, err = p.fieldOf(ml.Field); err != nil {
			return l, err
		}
	}
	if l.prompt, err = p.compileText(ml.Prompt); err != nil {
		return l, err
	}
	for _, ma := range ml.Do {
		a, err := p.compileAction(ma)
		if err != nil {
			return l, err
		}
		l.do = append(l.do, a)
	}
	for _, me := range ml.Edges {
		e, err := p.compileEdge(me)
		if err != nil {
			return l, err
		}
		l.edges = append(l.edges, e)
	}
	return l, p.compileQuestion(&l)
}

func (p *Program) compileAction(ma machine.Action) (a action, err error) {
	a = action{by: -1, to: ma.To}
	if ma.By != "" {
		if a.by, err = p.fieldOf(ma.By); err != nil {
			return a, err
		}
		a.cases = make(map[string]message, len(ma.Cases))
		for value, text := range ma.Cases {
			if a.cases[value], err = p.compileText(text); err != nil {
				return a, err
			}
		}
	}
	for _, name := range ma.Fields {
		i, err := p.fieldOf(name)
		if err != nil {
			return a, err
		}
		a.fields = append(a.fields, i)
	}
	a.say, err = p.compileText(ma.Say)
	return a, err
}

func (p *Program) compileEdge(me machine.Edge) (e edge, err error) {
	e = edge{on: me.On, guard: -1, place: me.Place}
	if me.Guard != nil {
		if *me.Guard < 0 || *me.Guard >= len(p.guards) {
			return e, fmt.Errorf("there is no guard %d", *me.Guard)
		}
		e.guard, e.source = *me.Guard, p.m.Guards[*me.Guard].Source
	}
	e.to, err = p.locate(me.To)
	return e, err
}

func (p *Program) fieldOf(name string) (int, error) {
	i, ok := p.fields[name]
	if !ok {
		return 0, fmt.Errorf("no field is called %q", name)
	}
	return i, nil
}

// compileQuestion fixes how a waiting location is answered.
func (p *Program) compileQuestion(l *location) error {
	l.input = Input{Kind: "none"}
	switch l.Kind {
	case machine.Ask:
		if l.field < 0 {
			return fmt.Errorf("it asks for no field")
		}
		p.compileAsk(l)
	case machine.Offer:
		l.kind, l.input = "choice", Input{Kind: "choice"}
		for i, c := range l.Choices {
			id := strconv.Itoa(i + 1)
			l.choices = append(l.choices, choice{id: id, topic: c.Topic})
			l.answers = append(l.answers, input.Option{Value: id, Labels: c.Label})
		}
		return p.compileLabels(l)
	case machine.Consent:
		l.kind, l.input = "yes-no", Input{Kind: "yes-no"}
		p.yesNo(l)
	case machine.Verify:
		if l.field < 0 {
			return fmt.Errorf("it verifies no field")
		}
		l.kind, l.input = "code", Input{Kind: "code", Field: l.Field}
	case machine.Book:
		if l.field < 0 {
			return fmt.Errorf("it books no field")
		}
	case machine.Listen:
		l.input = Input{Kind: "listen"}
	case machine.Auto, machine.End, machine.Handoff:
	default:
		return fmt.Errorf("unknown kind %q", l.Kind)
	}
	return nil
}

func (p *Program) compileAsk(l *location) {
	f := &p.m.Fields[l.field]
	l.kind, l.expects = p.kinds[l.field], f.PolicyType()
	l.input = Input{Kind: f.Type, Field: f.Name}
	switch f.Type {
	case typeSlot:
		l.kind, l.expects, l.input.Kind = typeSlot, "date", "choice"
	case "yes-no":
		p.yesNo(l)
	case "choice":
		l.answers = p.options[l.field]
		for _, o := range f.Options {
			l.choices = append(l.choices, choice{id: o.Value})
		}
		for _, lang := range p.langs {
			var opts []Option
			for _, o := range f.Options {
				opts = append(opts, Option{ID: o.Value, Label: labelIn(o, lang)})
			}
			l.shown = append(l.shown, opts)
		}
	case "number":
		if f.Min != nil && f.Max != nil {
			l.input.Min, l.input.Max = strconv.FormatInt(*f.Min, 10), strconv.FormatInt(*f.Max, 10)
		}
	}
}

// labelIn is what a button shows. The same words stand inside sentences ("in the {part}"), so authors write them small;
// a button begins with a capital.
func labelIn(o machine.Option, lang string) string {
	if s := o.Label.In(lang); s != "" {
		return capital(s)
	}
	return capital(o.Value)
}

// capital raises the first letter, unless the word has its own way of writing capitals ("iLipo").
func capital(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if second, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsUpper(second) {
		return s
	}
	return string(unicode.ToUpper(first)) + s[n:]
}

func (p *Program) compileLabels(l *location) error {
	fixed := true
	for _, c := range l.Choices {
		m, err := p.compileText(c.Label)
		if err != nil {
			return err
		}
		fixed = fixed && m.fixed()
		l.labels = append(l.labels, m)
	}
	if !fixed {
		return nil
	}
	for i := range p.langs {
		var opts []Option
		for j, m := range l.labels {
			opts = append(opts, Option{ID: l.choices[j].id, Label: m.literal(i)})
		}
		l.shown = append(l.shown, opts)
	}
	l.labels = nil
	return nil
}

func (p *Program) yesNo(l *location) {
	l.choices = []choice{{id: "yes"}, {id: "no"}}
	for _, lang := range p.langs {
		c := input.Context{Lang: lang}
		l.shown = append(l.shown, []Option{
			{ID: "yes", Label: capital(input.Echo("yes-no", "yes", c))},
			{ID: "no", Label: capital(input.Echo("yes-no", "no", c))},
		})
	}
}

// offered are the words on the machine's own buttons, as they stand there and as people type them.
func (p *Program) offered() map[string]bool {
	words := map[string]bool{}
	for i := range p.locations {
		for _, opts := range p.locations[i].shown {
			for _, o := range opts {
				words[o.Label], words[strings.ToLower(o.Label)] = true, true
			}
		}
	}
	return words
}
