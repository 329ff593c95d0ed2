package engine

import (
	"github.com/tacet-lang/tacet/lang/machine"
)

// enter goes to a location and on through automatic ones until something is waited for or the assistant stops. An
// automatic path that visits more locations than there are repeats one without having heard from the patient, which
// G1 excludes; it ends with a person all the same.
func (t *turn) enter(to int, via *edge) {
	for {
		if t.entered++; t.entered > len(t.p.locations)+1 {
			t.fault()
			return
		}
		l := &t.p.locations[to]
		if l.Kind == machine.Handoff {
			t.handOff(handoff{location: to, via: via, reason: "state", ack: "handoff"})
			return
		}
		t.arrive(l, via)
		for i := range l.do {
			t.perform(&l.do[i], RoleSay)
		}
		if l.Kind != machine.Auto {
			t.await(l)
			return
		}
		if via = t.choose(l, ""); via == nil {
			t.fault()
			return
		}
		to = via.to
	}
}

// arrive makes l the place of the conversation.
func (t *turn) arrive(l *location, via *edge) {
	t.c.Location, t.place = l.ID, l
	t.c.Attempts, t.c.Sent = 0, false
	t.c.Offered, t.c.Shown, t.c.Pending = nil, nil, nil
	entered := Entered{Location: l.ID}
	if via != nil {
		entered.Edge, entered.Guard = via.place, via.source
	}
	t.emit(entered)
}

// await does what a location does after its actions, up to where the patient or the world is waited for.
func (t *turn) await(l *location) {
	switch l.Kind {
	case machine.Ask:
		if l.kind == typeSlot {
			t.act(Act{Kind: ActSlots, Field: l.Field})
			return
		}
		t.ask(RolePrompt, "")
	case machine.Offer, machine.Listen, machine.Consent:
		t.ask(RolePrompt, "")
	case machine.Verify:
		t.actOn(l, ActSendCode)
	case machine.Book:
		t.actOn(l, ActBook)
	case machine.End:
		t.close(l.Outcome)
	default:
		t.fault()
	}
}

// actOn asks the world for something about the field's value, which definite assignment says is there.
func (t *turn) actOn(l *location, kind ActKind) {
	value := t.c.Values[l.field]
	if value == "" {
		t.fault()
		return
	}
	t.act(Act{Kind: kind, Field: l.Field, Value: value})
}

func (t *turn) act(a Act) {
	t.c.Pending = &a
	t.emit(Acted{Act: a})
}

// perform does one action. Say, say-by and send cannot fail; a say-by without a case says nothing.
func (t *turn) perform(a *action, role Role) {
	if !a.speaks() {
		t.send(a)
		return
	}
	t.said(role, t.words(a))
}

func (t *turn) words(a *action) string {
	if a.by >= 0 {
		return t.say(a.cases[t.c.Values[a.by]])
	}
	return t.say(a.say)
}

// choose finds the way on for an outcome: the first edge whose guard holds, or the one without a guard. The guards of
// a state do not overlap unless it says `first`, so the first is the one. A guard that errs chooses nothing.
func (t *turn) choose(l *location, on string) *edge {
	for i := range l.edges {
		e := &l.edges[i]
		if e.on != on {
			continue
		}
		if e.guard < 0 {
			return e
		}
		t.guard.turn = t
		holds, err := t.p.guards[e.guard].Eval(&t.guard)
		if err != nil {
			return nil
		}
		if holds {
			return e
		}
	}
	return nil
}

// follow takes the way on for an outcome, or passes the conversation to people where there is none.
func (t *turn) follow(on string) {
	if e := t.choose(t.here(), on); e != nil {
		t.enter(e.to, e)
		return
	}
	t.fault()
}

// handoff says where people take over and why.
type handoff struct {
	location   int
	via        *edge
	escalation string
	tier       string
	reason     string
	ack        string // standard text, where the location says nothing
}

// handOff passes the conversation to people in this step: one acknowledgement, then silence.
func (t *turn) handOff(h handoff) {
	l := &t.p.locations[h.location]
	t.arrive(l, h.via)
	tier := tierOf(h.tier)
	if h.tier == "" {
		tier = tierOf(l.Tier)
	}
	if t.c.Team = l.Team; t.c.Team == "" {
		t.c.Team = t.p.m.Practice.Handoff[tier]
	}
	t.acknowledge(l, h) // which may say when that team is there
	t.c.Escalation, t.c.Tier, t.c.Reason = h.escalation, tier, h.reason
	t.setControl(Waiting)
	t.emit(HandedOff{Escalation: h.escalation, Tier: tier, Team: t.c.Team, Reason: h.reason})
}

// acknowledge does the location's actions. The last thing it says is the acknowledgement; Validate allows an escalation
// nothing else.
func (t *turn) acknowledge(l *location, h handoff) {
	last := -1
	for i := range l.do {
		if l.do[i].speaks() && t.words(&l.do[i]) != "" {
			last = i
		}
	}
	if last < 0 {
		t.said(RoleAck, t.standard(h.ack))
	}
	for i := range l.do {
		a := &l.do[i]
		role := RoleSay
		if i == last {
			role = RoleAck
		}
		t.perform(a, role)
	}
}

// fault passes the conversation to people because the machine cannot go on: a broken promise of the compiler, never
// the patient's doing.
func (t *turn) fault() { t.handOff(handoff{location: t.p.stuck, reason: "fault", ack: "stuck"}) }

func (t *turn) retriesExhausted() {
	t.handOff(handoff{location: t.p.stuck, reason: ReasonRetries, ack: "stuck"})
}
