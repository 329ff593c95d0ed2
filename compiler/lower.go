package compiler

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
	"github.com/tacet-lang/tacet/lang/text"
)

// The locations that every machine has besides the author's states.
const (
	humanLocation = "@human"
	stuckLocation = "@stuck"
)

// lower turns the checked flow into a machine. It is total: whatever it cannot do is a bug of a pass before it.
func (c *compilation) lower() {
	l := &lowering{c: c, guards: map[string]int{}}
	m := &machine.Machine{
		Format:      machine.Format,
		Flow:        l.flow(),
		Practice:    c.facts.practice.Machine(),
		Policy:      c.facts.policy.Machine(c.names.purpose.Name.Name),
		Session:     l.session(),
		Notice:      l.text(nil, &c.names.notice.Text),
		Texts:       map[string]machine.Text{},
		Fields:      l.fields(),
		Topics:      l.topics(),
		TopicModel:  l.topicModel(),
		Triggers:    l.triggers(),
		Escalations: l.escalations(),
		Allowed:     l.allowed(),
		Start:       c.names.start.State.Name,
		Human:       humanLocation,
		Stuck:       stuckLocation,
	}
	for _, name := range sortedNames(c.names.texts) {
		m.Texts[sentenceName(name)] = l.text(nil, &c.names.texts[name].Text)
	}
	m.Policy.Declassify, m.Policy.Signs = l.declassified(), signs(m)
	m.Guards = l.collectGuards(m)
	m.Locations = l.locations()
	if err := m.Validate(); err != nil {
		panic("compiler: the machine of a checked flow is not valid: " + err.Error())
	}
	c.result.Machine = m
	c.result.Tests = l.tests()
}

// lowering holds what the parts of lower share.
type lowering struct {
	c      *compilation
	guards map[string]int // source as written by the author → its place in machine.Guards
}

// place is where a span stands, as machines keep it.
func (l *lowering) place(s source.Span) machine.Place {
	p := machine.Place{File: s.Start.Filename, Line: s.Start.Line, Column: s.Start.Column}
	if u := l.c.unitOf(s); u != nil {
		if end := u.file.Pos(s.End); end.Line == p.Line {
			p.End = end.Column
		}
	}
	return p
}

// text lowers a text: the flow's languages only, parameters replaced by the fields they stand for.
func (l *lowering) text(f *frame, t *syntax.Text) machine.Text {
	out := make(machine.Text, len(l.c.names.languages))
	for i := range t.Parts {
		if lang := l.c.languageOf(&t.Parts[i]); slices.Contains(l.c.names.languages, lang) {
			out[lang] = f.textSource(t.Parts[i].Value)
		}
	}
	return out
}

// textSource replaces the parameters in a text by the fields they stand for.
func (f *frame) textSource(s string) string {
	if f == nil {
		return s
	}
	var out []byte
	last := 0
	for _, p := range machine.Placeholders(s) {
		if field, ok := f.fields[p.Name]; ok {
			out = append(append(out, s[last:p.Start+1]...), field...)
			last = p.End - 1
		}
	}
	return string(append(out, s[last:]...))
}

func (l *lowering) flow() machine.Flow {
	c := l.c
	out := machine.Flow{
		Name: c.names.flow.Name.Value, ID: flowID(c.entry), Purpose: c.names.purpose.Name.Name,
		Channels: slices.Clone(c.names.channels), Languages: slices.Clone(c.names.languages), Place: l.place(c.names.flow.Span),
	}
	if r, ok := c.facts.practice.Flow(out.ID); ok {
		out.Owner, out.Reviewer, out.Reviewed = r.Owner.Value, r.Reviewer.Value, r.Reviewed.Value
	}
	for _, name := range sortedNames(c.files) {
		sum := sha256.Sum256(c.files[name].Bytes)
		out.Sources = append(out.Sources, machine.Source{Name: name, SHA256: hex.EncodeToString(sum[:])})
	}
	return out
}

func (l *lowering) session() machine.Session {
	v := l.c.sessionItems()
	out := machine.Session{
		Timeout: int(v["timeout"].value), Keep: int(v["keep"].value), Retries: int(v["retries"].value),
		Place: l.place(l.c.names.session.Span),
	}
	for _, name := range sortedNames(v) {
		if outcome := v[name].outcome; outcome != nil {
			out.Ended = append(out.Ended, machine.KeepEnded{Outcome: outcome.Name, Days: int(v[name].value)})
		}
	}
	return out
}

func (l *lowering) fields() []machine.Field {
	out := make([]machine.Field, 0, len(l.c.names.fields))
	for _, name := range sortedNames(l.c.names.fields) {
		d := l.c.names.fields[name]
		t := l.c.typeOfRef(&d.Type)
		f := machine.Field{Name: name, Type: t.input, Class: l.c.types.classes[name], Min: t.min, Max: t.max, Place: l.place(d.Span)}
		if t.name != t.input {
			f.Means = t.name
		}
		if d.For != nil {
			f.For = d.For.Value
		}
		for i := range d.Type.Options {
			f.Options = append(f.Options, l.option(&d.Type.Options[i]))
		}
		out = append(out, f)
	}
	return out
}

func (l *lowering) option(o *syntax.Option) machine.Option {
	if o.Label != nil {
		return machine.Option{Value: o.Name.Name, Label: l.text(nil, o.Label)}
	}
	return machine.Option{Value: o.Name.Name, Label: machine.Text{l.c.names.languages[0]: spoken(o.Name.Name)}}
}

func (l *lowering) topics() []machine.Topic {
	out := make([]machine.Topic, 0, len(l.c.names.topics))
	for _, name := range sortedNames(l.c.names.topics) {
		t := l.c.names.topics[name]
		lowered := machine.Topic{Name: name, Treat: l.c.types.treat[name], Place: l.place(t.place())}
		if l.c.handled(t) {
			if a := t.answer(); a != nil {
				lowered.Answer = l.text(nil, a)
			}
			if r := t.route(); r != nil {
				lowered.Route = r.Name.Name
			}
		}
		out = append(out, lowered)
	}
	return out
}

// topicModel trains the classifier on the examples of every known topic, in the flow's languages: what is out of scope
// must be recognised too, so that it is not taken for something else.
func (l *lowering) topicModel() machine.RawJSON {
	if l.c.opts.Untrained {
		return nil
	}
	var specs []text.TopicSpec
	for _, name := range sortedNames(l.c.names.topics) {
		spec := text.TopicSpec{Name: name}
		for _, d := range l.c.names.topics[name].decls {
			for _, p := range l.phrases(d.Like) {
				spec.Like = append(spec.Like, text.Phrase{Lang: p.Lang, Pattern: p.Pattern})
			}
		}
		if len(spec.Like) > 0 {
			specs = append(specs, spec)
		}
	}
	if len(specs) == 0 {
		return nil
	}
	b, err := json.Marshal(text.TrainTopics(specs))
	if err != nil {
		panic("compiler: the topic model has no JSON: " + err.Error())
	}
	return b
}

// phrases lowers examples or patterns, sorted, each once.
func (l *lowering) phrases(lists []syntax.Phrases) []machine.Phrase {
	var out []machine.Phrase
	for i := range lists {
		for _, line := range lists[i].Lines {
			out = append(out, machine.Phrase{Lang: l.c.phraseLanguage(&lists[i]), Pattern: line.Value})
		}
	}
	slices.SortFunc(out, func(a, b machine.Phrase) int {
		return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Pattern, b.Pattern))
	})
	return slices.Compact(out)
}

func (l *lowering) triggers() []machine.Trigger {
	out := make([]machine.Trigger, 0, len(l.c.names.triggers))
	for _, name := range sortedNames(l.c.names.triggers) {
		d := l.c.names.triggers[name]
		t := machine.Trigger{Name: name, Tier: triggerTier(d), Phrases: l.phrases(d.Phrases), Except: l.phrases(d.Except), Place: l.place(d.Name.Span)}
		if d.Category != nil {
			t.Category = d.Category.Name
		}
		out = append(out, t)
	}
	return out
}

// signs are the dangers that the standard library recognises, as urgently as this flow answers them: whoever takes one out
// of the machine later takes it out in front of the kernel.
func signs(m *machine.Machine) []machine.Sign {
	urgency := []string{machine.Routine, machine.Urgent, machine.Emergency}
	answered := map[string]int{}
	for i := range m.Escalations {
		for _, cause := range m.Escalations[i].On {
			answered[cause] = slices.Index(urgency, m.Escalations[i].Tier)
		}
	}
	var out []machine.Sign
	for i := range m.Triggers {
		t := &m.Triggers[i]
		worded := !slices.ContainsFunc(m.Flow.Languages, func(lang string) bool {
			return !slices.ContainsFunc(t.Phrases, func(p machine.Phrase) bool { return p.Lang == lang })
		})
		if worded && strings.HasPrefix(t.Place.File, "std/") {
			out = append(out, machine.Sign{Kind: t.Name, Tier: urgency[min(answered[t.Name], slices.Index(urgency, t.Tier))]})
		}
	}
	return out
}

func (l *lowering) escalations() []machine.Escalation {
	out := make([]machine.Escalation, 0, len(l.c.names.escs))
	on := map[string][]string{}
	for _, cause := range sortedNames(l.c.types.raised) {
		on[l.c.types.raised[cause]] = append(on[l.c.types.raised[cause]], cause)
	}
	for _, name := range sortedNames(l.c.names.escs) {
		if len(on[name]) == 0 {
			continue // a module's, and the flow treats its topics otherwise
		}
		d := l.c.names.escs[name]
		out = append(out, machine.Escalation{
			Name: name, Tier: escalationTier(d), On: on[name], Location: escalationLocation(name), Place: l.place(d.Name.Span),
		})
	}
	return out
}

func escalationLocation(name string) string { return "escalation/" + name }

func (l *lowering) allowed() []machine.Allowed {
	var out []machine.Allowed
	for _, a := range l.c.names.allows {
		out = append(out, machine.Allowed{Code: a.Code.Name, Reason: a.Reason.Value, Until: a.Until.Value, Place: l.place(a.Span)})
	}
	slices.SortFunc(out, func(a, b machine.Allowed) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

func (l *lowering) declassified() []machine.Declass {
	var out []machine.Declass
	for _, name := range sortedNames(l.c.types.declass) {
		d := l.c.types.declass[name]
		out = append(out, machine.Declass{
			Field: name, From: l.c.classBefore(name), To: d.Class.Name, Reason: d.Reason.Value, Owner: d.Owner.Value,
			Until: d.Until.Value, Place: l.place(d.Span),
		})
	}
	return out
}

// tests resolves the in-language tests.
func (l *lowering) tests() []machine.Test {
	var out []machine.Test
	for _, d := range l.c.names.tests {
		t := machine.Test{Name: d.Name.Value, Place: l.place(d.Name.Span)}
		for i := range d.Steps {
			t.Steps = append(t.Steps, l.testStep(&d.Steps[i]))
		}
		out = append(out, t)
	}
	return out
}

func (l *lowering) testStep(s *syntax.TestStep) machine.TestStep {
	out := machine.TestStep{Verb: s.Verb.Name, Place: l.place(s.Span)}
	if s.What != nil {
		out.What = s.What.Name
	}
	if s.Name != nil {
		out.Name = s.Name.Name
	}
	if s.Text != nil {
		out.Text = s.Text.Value
	}
	if s.Verb.Name == "wait" {
		per, _ := l.c.unit(s.Name)
		out.Seconds, out.Name = s.Amount.Value*per, ""
	}
	return out
}
