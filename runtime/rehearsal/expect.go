package rehearsal

import (
	"fmt"
	"strings"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// expect judges an expectation, and says in the author's words what was expected and what there is.
func (p *player) expect(step machine.TestStep) (expected, got string, ok bool) {
	c := &p.Conv
	named := step.What + " " + step.Name
	switch step.What {
	case "say":
		return "the assistant to say " + quote(step.Text), p.saidWords(), p.said(step.Text)
	case "not":
		return "the assistant not to say " + quote(step.Text), p.saidWords(), !p.said(step.Text)
	case "reprompt":
		return "the answer to be asked for again", p.saidWords(), p.reprompted()
	case "ask":
		return "the assistant to ask for `" + step.Name + "`", p.where(), p.asks(step.Name)
	case "state":
		l := p.location()
		return named, p.where(), l != nil && (l.State == step.Name || l.ID == step.Name)
	case "field":
		value := p.value(step.Name)
		return "field " + step.Name + " to be " + quote(step.Text), p.fieldWords(step.Name, value), p.isValue(step.Name, value, step.Text)
	case "send":
		return "something sent to `" + step.Name + "`", p.sentWords(), len(p.World.Box(step.Name)) > 0
	case "escalation":
		return named, p.where(), c.Escalation != "" && (step.Name == "" || c.Escalation == step.Name)
	case "handoff":
		return p.handedOff(step)
	case "end":
		return strings.TrimSpace(named), p.where(), c.Control == engine.Closed && (step.Name == "" || c.Outcome == step.Name)
	case "silence":
		got, ok := p.silence()
		p.silent = p.silent || ok
		return "silence", got, ok
	}
	return words(step), "nobody can expect `" + step.What + "`", false
}

// handedOff judges a handoff. One that only happened because answers were not understood is not what an author means who
// wrote nothing about that: the test would pass although the conversation never got where it was to go.
func (p *player) handedOff(step machine.TestStep) (expected, got string, ok bool) {
	c := &p.Conv
	expected = strings.TrimSpace("handoff " + step.Name)
	switch {
	case c.Control != engine.Waiting && c.Control != engine.Human, step.Name != "" && c.Team != step.Name:
		return expected, p.where(), false
	case c.Reason == engine.ReasonRetries && !p.asksAgain:
		return expected, p.where() + ": answers were not understood; put `expect reprompt` after the first of them if that is meant", false
	}
	return expected, "", true
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func (p *player) said(part string) bool {
	for _, s := range p.saids() {
		if strings.Contains(squeeze(s.Text), squeeze(part)) {
			return true
		}
	}
	return false
}

// saids are the assistant's messages since the last step of the patient or the clock.
func (p *player) saids() []engine.Said {
	var out []engine.Said
	for _, e := range p.turn {
		if s, ok := e.(engine.Said); ok {
			out = append(out, s)
		}
	}
	return out
}

func (p *player) lastSaid() *engine.Said {
	saids := p.saids()
	if len(saids) == 0 {
		return nil
	}
	return &saids[len(saids)-1]
}

func (p *player) saidWords() string {
	var out []string
	for _, s := range p.saids() {
		out = append(out, quote(squeeze(s.Text)))
	}
	if len(out) == 0 {
		return "the assistant said nothing; " + p.where()
	}
	return "the assistant said " + strings.Join(out, ", then ")
}

func (p *player) reprompted() bool {
	for _, s := range p.saids() {
		if s.Role == engine.RoleReprompt {
			return true
		}
	}
	return false
}

func (p *player) asks(field string) bool {
	l := p.location()
	return p.Conv.Control == engine.Assistant && l != nil && l.Kind.Waits() && l.Field == field
}

// where says what the conversation is doing now.
func (p *player) where() string {
	c := &p.Conv
	switch c.Control {
	case engine.Waiting, engine.Human:
		if c.Escalation != "" {
			return fmt.Sprintf("escalation %s, with team %s, because of %s", c.Escalation, c.Team, c.Reason)
		}
		return fmt.Sprintf("a handoff to team %s (%s)", c.Team, c.Reason)
	case engine.Closed:
		return "the end: " + c.Outcome
	case engine.Assistant:
	}
	l := p.location()
	if l == nil {
		return "nothing has begun"
	}
	switch l.Kind {
	case machine.Ask:
		return fmt.Sprintf("state %s, where the assistant asks for `%s`", l.State, l.Field)
	case machine.Offer:
		return fmt.Sprintf("state %s, where the patient can choose %s", l.State, labels(p.Offered()))
	case machine.Verify:
		return fmt.Sprintf("state %s, where the assistant waits for the code sent to `%s`", l.State, l.Field)
	case machine.Consent:
		return fmt.Sprintf("state %s, where the assistant asks for consent to `%s`", l.State, l.Consent)
	case machine.Listen:
		return fmt.Sprintf("state %s, where the assistant listens", l.State)
	case machine.Auto, machine.Book, machine.End, machine.Handoff:
	}
	return "state " + l.State
}

func (p *player) field(name string) (int, *machine.Field) {
	fields := p.program.Machine().Fields
	for i := range fields {
		if fields[i].Name == name {
			return i, &fields[i]
		}
	}
	return -1, nil
}

func (p *player) value(name string) string {
	if i, _ := p.field(name); i >= 0 {
		return p.Conv.Values[i]
	}
	return ""
}

// isValue compares with the stored value, with how it is said, and with what the expected text would be read as.
func (p *player) isValue(name, value, want string) bool {
	_, f := p.field(name)
	if f == nil || value == "" {
		return f != nil && value == want
	}
	c := input.Context{Lang: p.Conv.Lang, Now: p.now}
	for _, o := range f.Options {
		c.Options = append(c.Options, input.Option{Value: o.Value, Labels: o.Label})
	}
	return value == want || strings.EqualFold(input.Echo(f.Type, value, c), want) || input.Parse(f.Type, want, c).Value == value
}

func (p *player) fieldWords(name, value string) string {
	switch _, f := p.field(name); {
	case f == nil:
		return "the flow has no field `" + name + "`"
	case value == "":
		return "it was not collected; " + p.where()
	}
	return quote(value)
}

func (p *player) sentWords() string {
	var names []string
	for _, v := range p.program.Machine().Practice.Vendors {
		if len(p.World.Box(v.Name)) > 0 {
			names = append(names, v.Name)
		}
	}
	if len(names) == 0 {
		return "nothing was sent; " + p.where()
	}
	return "sent to " + strings.Join(names, ", ") + " only"
}

// silence: the assistant no longer has the conversation, said at most its acknowledgement, and would say nothing to
// whatever came next.
func (p *player) silence() (got string, ok bool) {
	if p.Conv.Control == engine.Assistant {
		return "the assistant still has the conversation: " + p.where(), false
	}
	done := false
	for _, e := range p.turn {
		s, said := e.(engine.Said)
		switch {
		case said && done:
			return "after its acknowledgement the assistant said " + quote(s.Text), false
		case said && s.Role == engine.RoleAck:
			done = true
		}
	}
	for _, e := range []engine.Event{
		{Kind: engine.Message, Text: "hello?"}, {Kind: engine.AskHuman}, {Kind: engine.Tick},
	} {
		e.At = p.now
		_, out, err := p.program.Step(p.Conv, e)
		if err != nil {
			return err.Error(), false
		}
		for _, effect := range out {
			if s, said := effect.(engine.Said); said {
				return "the next thing the assistant would say is " + quote(s.Text), false
			}
		}
	}
	return "silence", true
}
