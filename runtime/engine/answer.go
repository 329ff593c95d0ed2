package engine

import (
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
)

// parse reads a text as an answer to the open question; where there is none, as something unclear.
func (t *turn) parse(text string) input.Result {
	l := t.here()
	if !t.waits() || l.kind == "" {
		return input.Result{Status: input.Unclear}
	}
	if l.kind == typeSlot {
		return t.parseSlot(text)
	}
	return input.Parse(l.kind, text, t.question(l))
}

// question is the context of the location's question.
func (t *turn) question(l *location) input.Context {
	if l.Kind == machine.Ask {
		return t.context(l.field)
	}
	c := input.Context{Lang: t.c.Lang, Now: t.at, Options: l.answers}
	if l.labels != nil {
		c.Options = nil
		for _, o := range t.optionsShown(l) {
			c.Options = append(c.Options, input.Option{Value: o.ID, Labels: map[string]string{t.c.Lang: o.Label}})
		}
	}
	return c
}

// accept is step 5.
func (t *turn) accept(answer input.Result, r Reading, m reading) bool {
	l := t.here()
	switch l.Kind {
	case machine.Offer:
		return t.acceptOffer(l, answer, r.Topics(Possible))
	case machine.Listen:
		return t.acceptTopic(l, r.Topics(Possible))
	case machine.Ask, machine.Consent, machine.Verify:
	default:
		return false
	}
	if l.kind == typeSlot && answer.Status == input.Ambiguous {
		t.c.Shown = firstShown(answer.Choices)
		t.ask(RolePrompt, "")
		return true
	}
	if answer.Status != input.OK || answer.Value == "" {
		return false
	}
	t.answered(l, t.permitted(l, answer.Value, m.text))
	return true
}

func (t *turn) acceptOffer(l *location, answer input.Result, topics []string) bool {
	if answer.Status == input.OK {
		t.follow(answer.Value)
		return true
	}
	for _, name := range topics {
		for _, c := range l.choices {
			if c.topic == name {
				t.follow(c.id)
				return true
			}
		}
	}
	return false
}

func (t *turn) acceptTopic(l *location, topics []string) bool {
	for _, name := range topics {
		if slices.ContainsFunc(l.edges, func(e edge) bool { return e.on == name }) {
			t.follow(name)
			return true
		}
	}
	return false
}

// answered goes on with a valid answer, typed or picked.
func (t *turn) answered(l *location, value string) {
	switch l.Kind {
	case machine.Ask:
		if l.kind == typeSlot {
			t.act(Act{Kind: ActHold, Field: l.Field, Value: value})
			return
		}
		t.setValue(l.field, value)
		t.follow("")
	case machine.Offer:
		t.follow(value)
	case machine.Consent:
		if value != "yes" {
			t.c.Consents = without(t.c.Consents, l.Consent) // a refusal takes an earlier consent back
			t.follow(machine.OnRefused)
			return
		}
		t.c.Consents = insert(t.c.Consents, l.Consent)
		t.follow(machine.OnGranted)
	case machine.Verify:
		t.act(Act{Kind: ActCheckCode, Field: l.Field, Value: value})
	default:
		t.fault()
	}
}

// permitted hides in a free text what the flow may not hold, before the text becomes a field's value.
func (t *turn) permitted(l *location, value, text string) string {
	if l.kind != kindText && l.kind != "message" {
		return value
	}
	r := t.p.reader.Read(text, l.expects)
	if len(t.forbidden(r)) == 0 {
		return value
	}
	return r.Mask(t.mayNotHold)
}

// pick is a pressed quick reply. It is received as the label the patient saw.
func (t *turn) pick(id string) error {
	if t.c.Control != Assistant {
		return fmt.Errorf("%w: nothing is on offer", ErrEvent)
	}
	l := t.here()
	if !t.waits() {
		return fmt.Errorf("%w: nothing is on offer", ErrEvent)
	}
	label, ok := t.onOffer(l, id)
	if !ok {
		return fmt.Errorf("%w: %q is not on offer", ErrEvent, id)
	}
	t.c.Seq++
	t.emit(Received{Seq: t.c.Seq, Text: label, Masked: label})
	if t.expired() {
		t.expire()
		return nil
	}
	t.heardPatient()
	t.c.Heard = nil
	t.answered(l, id)
	return nil
}

// onOffer looks an option up by id. Every offered slot can be picked, shown or not.
func (t *turn) onOffer(l *location, id string) (label string, ok bool) {
	if l.kind == typeSlot {
		if !slices.ContainsFunc(t.c.Offered, func(s Slot) bool { return s.ID == id }) {
			return "", false
		}
		return t.echoMoment(id), true
	}
	for _, o := range t.optionsShown(l) {
		if o.ID == id {
			return o.Label, true
		}
	}
	return "", false
}

// optionsShown are the quick replies of a location in the conversation's language.
func (t *turn) optionsShown(l *location) []Option {
	if l.labels != nil {
		var out []Option
		for i, m := range l.labels {
			out = append(out, Option{ID: l.choices[i].id, Label: t.say(m)})
		}
		return out
	}
	if l.kind != typeSlot {
		if t.lang < len(l.shown) {
			return l.shown[t.lang]
		}
		return nil
	}
	out := make([]Option, 0, len(t.c.Shown))
	for _, id := range t.c.Shown {
		out = append(out, Option{ID: id, Label: t.echoMoment(id)})
	}
	return out
}

// hint says what lang/input knows about an answer that did not fit; "" where it knows nothing.
func (t *turn) hint(l *location, answer input.Result) string {
	if l.kind == "" || l.kind == typeSlot {
		return ""
	}
	return input.Reprompt(l.kind, answer, t.question(l))
}
