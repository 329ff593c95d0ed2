package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

func visit(t *testing.T, from string) *talk {
	t.Helper()
	m := enginetest.Visit()
	m.Start = from
	return begin(t, m)
}

func (k *talk) world(a engine.ActKind, result string, slots ...engine.Slot) string {
	k.t.Helper()
	return k.do(engine.Event{Kind: engine.Outcome, Act: a, Result: result, Slots: slots})
}

// week offers half-hours of the next days: 9:00, 9:40 and 14:00 each day.
func week() []engine.Slot {
	var out []engine.Slot
	for day := 3; day <= 6; day++ {
		for _, minute := range []int{9 * 60, 9*60 + 40, 14 * 60} {
			out = append(out, calendar.NewSlot(time.Date(2026, 3, day, 0, minute, 0, 0, monday.Location()), 30))
		}
	}
	return out
}

func TestVisit(t *testing.T) {
	t.Parallel()
	k := visit(t, "hello")
	for _, s := range []struct{ say, want string }{
		{"I want an appointment ##booking", "entered agree\n"},
		{"yes", "entered about\n"},
		{"My $health is bad", "entered phone\n"},
		{"212 555 0187", "act send-code phone +12125550187\n"},
	} {
		if got := k.say(s.say); !strings.Contains(got, s.want) {
			t.Errorf("%q: got\n%swant %q", s.say, got, s.want)
		}
	}
	steps := []struct{ name, got, want string }{
		{"sent", k.world(engine.ActSendCode, engine.ResultSent), "prompt: We sent a code to "},
		{"code", k.say("1234"), "act check-code phone 1234\n"},
		{"wrong", k.world(engine.ActCheckCode, engine.ResultWrong), "reprompt: That code does not match"},
		{"code again", k.say("123456"), "act check-code phone 123456\n"},
		{"verified", k.world(engine.ActCheckCode, machine.OnVerified), "act slots visit \n"},
		{"slots", k.world(engine.ActSlots, engine.ResultSlots, week()...), "prompt: Which time suits you? ["},
		{"a time", k.say("Thursday at 2pm"), "act hold visit 2026-03-05T14:00:00-05:00\n"},
		{"taken", k.world(engine.ActHold, machine.OnTaken), "reprompt: That time has just been taken.\nact slots visit \n"},
		{"slots again", k.world(engine.ActSlots, engine.ResultSlots, week()...), "prompt: Which time"},
		{"a number", k.say("1"), "act hold visit 2026-03-03T09:00:00-05:00\n"},
		{"held", k.world(engine.ActHold, engine.ResultHeld), "entered book\nact book visit 2026-03-03T09:00:00-05:00\n"},
		{"booked", k.world(engine.ActBook, machine.OnBooked), "say: You are booked for "},
	}
	for _, s := range steps {
		if !strings.Contains(s.got, s.want) {
			t.Errorf("%s: got\n%swant %q", s.name, s.got, s.want)
		}
	}
	// The vendor may hold contact and preference, so what the flow may hold since the consent is hidden from it.
	if last := steps[len(steps)-1].got; !strings.Contains(last, "Value:My ******* is bad") {
		t.Errorf("sent unmasked:\n%s", last)
	}
	if k.c.Values[0] != "My $health is bad" {
		t.Errorf("kept %q; with consent the flow may hold it", k.c.Values[0])
	}
}

func TestSlots(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"1", "act hold visit 2026-03-03T09:00:00-05:00"},
		{"wednesday", "prompt: Which time suits you? [Wednesday, March 4 at 9:00 AM] [Wednesday, March 4 at 9:40 AM] [Wednesday, March 4 at 2:00 PM]"},
		{"wednesday at 9:40", "act hold visit 2026-03-04T09:40:00-05:00"},
		{"9:40 am on wednesday", "act hold visit 2026-03-04T09:40:00-05:00"},
		{"2pm tomorrow", "act hold visit 2026-03-03T14:00:00-05:00"},
		{"2:00 pm", "prompt: Which time suits you? [Tuesday, March 3 at 2:00 PM] [Wednesday, March 4 at 2:00 PM] [Thursday, March 5 at 2:00 PM] [Friday, March 6 at 2:00 PM]"},
		{"wednesday at 5pm", "reprompt: Sorry"},
		{"sunday", "reprompt: Sorry"},
		{"7", "reprompt: Sorry"},
		{"##hours", "answer: We are open"},
	} {
		k := visit(t, "time")
		k.world(engine.ActSlots, engine.ResultSlots, week()...)
		if got := k.say(c.text); !strings.Contains(got, c.want) {
			t.Errorf("%q: got\n%swant %q", c.text, got, c.want)
		}
	}
	k := visit(t, "time")
	if got := k.world(engine.ActSlots, engine.ResultSlots, week()...); strings.Count(got, "[") != 6 {
		t.Errorf("shown at once: %s", got)
	}
	if got := k.pick("2026-03-06T09:40:00-05:00"); !strings.Contains(got, "act hold") {
		t.Errorf("an offered slot that is not shown: %s", got)
	}
	k = visit(t, "time")
	if got := k.world(engine.ActSlots, machine.OnNone); !strings.Contains(got, "entered later") {
		t.Errorf("none: %s", got)
	}
	k = visit(t, "time")
	if k.world(engine.ActSlots, machine.OnFailed); k.c.Reason != "fault" {
		t.Errorf("reason %q when the calendar cannot be read", k.c.Reason)
	}
}

func TestWrongCodesAreBounded(t *testing.T) {
	t.Parallel()
	k := visit(t, "phone")
	k.say("2125550187")
	k.world(engine.ActSendCode, engine.ResultSent)
	got := ""
	for range 3 {
		k.say("0000")
		got = k.world(engine.ActCheckCode, engine.ResultWrong)
	}
	if !strings.Contains(got, "entered phone\n") {
		t.Errorf("third wrong code: got\n%s", got)
	}
}

func TestSlowWorld(t *testing.T) {
	t.Parallel()
	k := visit(t, "time")
	if got := k.say("2125550187 hello?"); got != "received 2125550187 hello?\n" {
		t.Errorf("while slots are looked up: %s", got)
	}
	k.say("##hours")
	got := k.world(engine.ActSlots, engine.ResultSlots, week()...)
	if !strings.Contains(got, "answer: We are open") || strings.Contains(got, "reprompt") {
		t.Errorf("after the outcome: got\n%s", got)
	}
	for _, text := range []string{"!chest-pain", "@human"} {
		k = visit(t, "time")
		if got := k.say(text); !strings.Contains(got, "handed off") {
			t.Errorf("%s while slots are looked up: got\n%s", text, got)
		}
		if got := k.world(engine.ActSlots, engine.ResultSlots, week()...); got != "" {
			t.Errorf("the outcome after the handoff: got\n%s", got)
		}
	}
}
