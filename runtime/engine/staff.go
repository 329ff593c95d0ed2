package engine

import (
	"fmt"

	"github.com/tacet-lang/tacet/lang/machine"
)

// staff applies what people do. They may take any conversation at any time; only who has it may speak, give it back or
// close it.
func (t *turn) staff(e Event) error {
	switch e.Kind {
	case StaffTake:
		return t.staffTake()
	case StaffSay:
		if t.c.Control != Human {
			return fmt.Errorf("%w: nobody has taken the conversation", ErrEvent)
		}
		t.c.Seq++
		t.emit(StaffSaid{Seq: t.c.Seq, Actor: e.Actor, Text: e.Text})
		return nil
	case StaffRelease:
		return t.staffRelease(e)
	case StaffClose:
		if t.c.Control != Human && t.c.Control != Waiting {
			return fmt.Errorf("%w: the assistant has the conversation, or it is over", ErrEvent)
		}
		t.close(e.Result)
		return nil
	default:
		return fmt.Errorf("%w: there is no event %q", ErrEvent, e.Kind)
	}
}

// staffTake gives the conversation to a person. A closed one too: a patient may have written after its end.
func (t *turn) staffTake() error {
	if t.c.Control == Human {
		return fmt.Errorf("%w: a person has the conversation", ErrEvent)
	}
	asked := t.c.Control == Waiting
	t.setControl(Human)
	if asked {
		return nil
	}
	if t.c.Reason == "" {
		t.c.Reason = "staff"
	}
	t.emit(HandedOff{Escalation: t.c.Escalation, Tier: tierOf(t.c.Tier), Team: t.c.Team, Reason: "staff"})
	return nil
}

// staffRelease gives it back to the assistant. What raised an emergency, or was heard as one later, never goes back.
func (t *turn) staffRelease(e Event) error {
	switch {
	case t.c.Control != Human:
		return fmt.Errorf("%w: no person has the conversation", ErrEvent)
	case t.c.Tier == machine.Emergency:
		return fmt.Errorf("%w: an emergency is not given back", ErrEvent)
	case t.c.Outcome != "":
		return fmt.Errorf("%w: the conversation has ended", ErrEvent)
	}
	to, err := t.p.locate(e.State)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrEvent, err)
	}
	t.setControl(Assistant)
	t.c.Escalation, t.c.Tier, t.c.Team, t.c.Reason = "", "", "", ""
	t.c.Heard = nil
	t.c.Deadline = t.at.Add(t.p.timeout)
	t.notice()
	t.enter(to, nil)
	return nil
}
