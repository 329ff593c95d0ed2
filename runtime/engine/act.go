package engine

import (
	"fmt"

	"github.com/tacet-lang/tacet/lang/machine"
)

// The results of acts that are not also the name of an edge.
const (
	ResultSlots   = "slots"
	ResultHeld    = "held"
	ResultSent    = "sent"
	ResultWrong   = "wrong"
	ResultExpired = "expired"
)

// results lists what each act can result in.
var results = map[ActKind][]string{
	ActSlots:     {ResultSlots, machine.OnNone, machine.OnFailed},
	ActHold:      {ResultHeld, machine.OnTaken, machine.OnFailed},
	ActBook:      {machine.OnBooked, machine.OnTaken, machine.OnFailed},
	ActSendCode:  {ResultSent, machine.OnUnreachable},
	ActCheckCode: {machine.OnVerified, ResultWrong, ResultExpired},
}

// Results returns what an act can result in.
func Results(k ActKind) []string { return append([]string(nil), results[k]...) }

// outcome goes on after an act. One that comes too late, because people have the conversation or it is over, changes
// nothing.
func (t *turn) outcome(e Event) error {
	if t.c.Control != Assistant {
		return nil
	}
	if t.c.Pending == nil || t.c.Pending.Kind != e.Act {
		return fmt.Errorf("%w: no outcome of %q is awaited", ErrEvent, e.Act)
	}
	if !possible(e.Act, e.Result) {
		return fmt.Errorf("%w: %q does not result in %q", ErrEvent, e.Act, e.Result)
	}
	act := *t.c.Pending
	t.c.Pending = nil
	t.conclude(act, e)
	t.readUnread()
	return nil
}

func possible(k ActKind, result string) bool {
	for _, r := range results[k] {
		if r == result {
			return true
		}
	}
	return false
}

func (t *turn) conclude(act Act, e Event) {
	switch act.Kind {
	case ActSlots:
		t.listed(e)
	case ActHold:
		t.held(act, e.Result)
	case ActBook:
		t.follow(e.Result)
	case ActSendCode:
		t.codeSent(e.Result)
	case ActCheckCode:
		t.codeChecked(act, e.Result)
	}
}

func (t *turn) listed(e Event) {
	switch {
	case e.Result == machine.OnFailed:
		// "There is no time" would be untrue when the calendar cannot be read.
		t.fault()
	case e.Result == machine.OnNone || len(e.Slots) == 0:
		t.follow(machine.OnNone)
	default:
		t.offer(e.Slots)
		t.ask(RolePrompt, "")
	}
}

func (t *turn) held(act Act, result string) {
	switch result {
	case ResultHeld:
		t.setValue(t.here().field, act.Value)
		t.follow("")
	case machine.OnTaken:
		t.said(RoleReprompt, t.standard("taken"))
		t.c.Offered, t.c.Shown = nil, nil
		t.act(Act{Kind: ActSlots, Field: act.Field})
	default:
		t.fault()
	}
}

func (t *turn) codeSent(result string) {
	if result != ResultSent {
		t.follow(machine.OnUnreachable)
		return
	}
	t.c.Sent = true
	t.ask(RolePrompt, "")
}

// codeChecked bounds the attempts by Session.Retries; after that, and for a code that is too old, it has failed.
func (t *turn) codeChecked(act Act, result string) {
	switch result {
	case machine.OnVerified:
		t.c.Verified = insert(t.c.Verified, act.Field)
		t.follow(machine.OnVerified)
		return
	case ResultWrong:
		if t.c.Attempts++; t.c.Attempts <= t.p.m.Session.Retries {
			t.emitSaid(Said{Role: RoleReprompt, Text: t.standard("wrong-code"), Input: t.here().input})
			return
		}
	}
	t.follow(machine.OnFailed)
}
