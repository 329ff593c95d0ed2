package engine

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
)

// maxUnread is how many texts wait for the outcome of a slow act; earlier ones are forgotten (they are stored, but
// nobody answers an impatient patient ten times).
const maxUnread = 8

// message is the turn protocol for a typed text; doc.go has the order.
func (t *turn) message(text string) {
	r := t.p.reader.Read(text, t.expected())
	t.receive(text, r)
	triggers := r.Triggers()
	emergencies := t.p.emergencies(triggers)
	if t.c.Control != Assistant {
		t.listenOnly(emergencies)
		return
	}
	answer := t.parse(text)
	topics, guards := t.topicsIn(r, answer, text)
	t.c.Heard = heard(triggers, guards)
	switch {
	case len(emergencies) > 0:
		t.heardPatient()
		t.escalate(emergencies, machine.Emergency)
	case r.WantsHuman():
		t.heardPatient()
		t.requestHuman()
	case t.expired():
		t.expire()
	case t.c.Pending != nil:
		t.heardPatient()
		t.keepUnread(text)
	default:
		t.heardPatient()
		t.reply(r, answer, reading{text: text, triggers: triggers, topics: topics})
	}
}

// reading is what a text raises, decided once per turn.
type reading struct {
	text     string
	triggers []string
	topics   []string // that count in step 4
}

// listenOnly is step 1: people have the conversation, or it is over.
func (t *turn) listenOnly(emergencies []string) {
	t.c.LastHeard = t.at
	if len(emergencies) == 0 {
		return
	}
	t.c.Tier = machine.Emergency
	t.emit(Urgent{Triggers: emergencies})
}

// reply is steps 4 to 7.
func (t *turn) reply(r Reading, answer input.Result, m reading) {
	if t.passOn(m) {
		return
	}
	t.gentle(r)
	switch {
	case t.refuse(m.topics):
	case r.AsksIfBot():
		t.said(RoleAnswer, t.standard("bot"))
		t.askAgain()
	case t.accept(answer, r, m):
	case t.sendAgain(m.text):
	case courteous(m.text):
		t.putAgain(answer)
	case t.digress(r.Topics(t.guessed(m.text))):
	default:
		t.reprompt(answer)
	}
}

// heard is what guards ask about: sorted, each once.
func heard(triggers, topics []string) []string {
	if len(triggers) == 0 && len(topics) == 0 {
		return nil
	}
	all := slices.Concat(triggers, topics)
	slices.Sort(all)
	return slices.Compact(all)
}

// emergencies are the triggers that mean danger, by their own tier or by that of an escalation on them.
func (p *Program) emergencies(triggers []string) []string {
	var out []string
	for _, name := range triggers {
		if p.triggers[name] == machine.Emergency || p.escalatesAs(name, machine.Emergency) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *Program) escalatesAs(name, tier string) bool {
	for i := range p.escalations {
		if p.escalations[i].tier == tier && p.escalations[i].on[name] {
			return true
		}
	}
	return false
}

// escalate hands over by the most urgent escalation on any of the names. A name that no escalation is on (G10 and G12
// exclude it) still reaches the emergency escalation if it is an emergency, and otherwise a person.
// floor is the least urgent tier it may have; "" is none.
func (t *turn) escalate(names []string, floor string) {
	h := handoff{location: t.p.human, tier: floor, reason: strings.Join(names, ","), ack: "handoff"}
	if floor == machine.Emergency {
		h.ack = "emergency-bar"
	}
	for i := range t.p.escalations {
		e := &t.p.escalations[i]
		raised := onlyOn(e, names)
		if len(raised) == 0 && (floor == "" || e.tier != floor) {
			continue
		}
		h.location, h.escalation = e.location, e.name
		if floor == "" {
			h.tier = e.tier
		}
		if len(raised) > 0 {
			h.reason = strings.Join(raised, ",")
		}
		break
	}
	t.handOff(h)
}

func onlyOn(e *escalation, names []string) []string {
	var out []string
	for _, n := range names {
		if e.on[n] {
			out = append(out, n)
		}
	}
	return out
}

// passOn is the escalating half of step 4: other triggers and escalated topics.
func (t *turn) passOn(m reading) bool {
	var names []string
	for _, name := range m.triggers {
		if t.p.escalated(name) {
			names = append(names, name)
		}
	}
	for _, name := range m.topics {
		if t.p.topics[name].treat == machine.Escalate {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return false
	}
	slices.Sort(names)
	names = slices.Compact(names)
	t.escalate(names, "")
	return true
}

func (p *Program) escalated(name string) bool {
	for i := range p.escalations {
		if p.escalations[i].on[name] {
			return true
		}
	}
	return false
}

// refuse is the other half of step 4.
func (t *turn) refuse(topics []string) bool {
	for _, name := range topics {
		if t.p.topics[name].treat == machine.Refuse {
			t.said(RoleRefusal, t.standard("refusal"))
			t.askAgain()
			return true
		}
	}
	return false
}

// digress is step 6: the first handled topic that has an answer or a way of its own.
func (t *turn) digress(topics []string) bool {
	for _, name := range topics {
		topic := t.p.topics[name]
		switch {
		case topic.treat != machine.Handle:
		case topic.answer != nil:
			t.said(RoleAnswer, t.say(topic.answer))
			t.askAgain()
			return true
		case topic.route >= 0:
			t.enter(topic.route, nil)
			return true
		}
	}
	return false
}

// askAgain puts the open question once more after something else was said. A question without words of its own needs no
// lead-in: its quick replies stand under what was said.
func (t *turn) askAgain() {
	if !t.waits() {
		return
	}
	lead := ""
	if t.say(t.here().prompt) != "" {
		lead = t.standard("ask-again")
	}
	t.ask(RolePrompt, lead)
}

// reprompt is step 7.
func (t *turn) reprompt(answer input.Result) {
	if t.c.Attempts++; t.c.Attempts > t.p.m.Session.Retries {
		t.retriesExhausted()
		return
	}
	l := t.here()
	if text := t.hint(l, answer); text != "" {
		t.emitSaid(Said{Role: RoleReprompt, Text: text, Options: t.optionsShown(l), Input: l.input})
		return
	}
	t.ask(RoleReprompt, t.standard("retry"))
}

// keepUnread remembers a text for after the pending act.
func (t *turn) keepUnread(text string) {
	t.c.Unread = append(slices.Clone(t.c.Unread), text)
	if n := len(t.c.Unread); n > maxUnread {
		t.c.Unread = t.c.Unread[n-maxUnread:]
	}
}

// readUnread answers what was typed while the world was slow: topics only (see doc.go).
func (t *turn) readUnread() {
	unread := t.c.Unread
	t.c.Unread = nil
	for i, text := range unread {
		if t.c.Control != Assistant {
			return
		}
		if t.c.Pending != nil {
			t.c.Unread = slices.Clone(unread[i:])
			return
		}
		r := t.p.reader.Read(text, "")
		m := reading{text: text, triggers: r.Triggers(), topics: r.Topics(Likely)}
		if t.passOn(m) {
			return
		}
		if !t.refuse(m.topics) {
			t.digress(r.Topics(Possible))
		}
	}
}
