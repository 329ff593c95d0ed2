package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// monday is 10:00 in New York on a day the practice is open.
var monday = time.Date(2026, 3, 2, 10, 0, 0, 0, time.FixedZone("EST", -5*3600))

// talk drives a program and collects what it does.
type talk struct {
	t  *testing.T
	p  *engine.Program
	c  engine.Conversation
	at time.Time
}

func load(t testing.TB, m *machine.Machine) *engine.Program {
	t.Helper()
	p, err := engine.LoadWith(m, engine.Options{Reader: enginetest.Reader{}})
	if err != nil {
		t.Fatalf("load: %v", err)
	}
	return p
}

func begin(t *testing.T, m *machine.Machine) *talk {
	t.Helper()
	p := load(t, m)
	k := &talk{t: t, p: p, c: p.New("c1"), at: monday}
	k.do(engine.Event{Kind: engine.Start, Lang: "en", Channel: "web-chat"})
	return k
}

// do steps and renders the effects, one a line.
func (k *talk) do(e engine.Event) string {
	k.t.Helper()
	k.at = k.at.Add(time.Second)
	if e.At.IsZero() {
		e.At = k.at
	}
	c, out, err := k.p.Step(k.c, e)
	if err != nil {
		k.t.Fatalf("%s %q at %s: %v", e.Kind, e.Text, k.c.Location, err)
	}
	k.c = c
	return render(out)
}

func (k *talk) say(text string) string {
	k.t.Helper()
	return k.do(engine.Event{Kind: engine.Message, Text: text})
}

func (k *talk) pick(id string) string {
	k.t.Helper()
	return k.do(engine.Event{Kind: engine.Pick, Option: id})
}

func render(out []engine.Effect) string {
	var b strings.Builder
	for _, e := range out {
		switch e := e.(type) {
		case engine.Received:
			fmt.Fprintf(&b, "received %s\n", e.Masked)
		case engine.Said:
			fmt.Fprintf(&b, "%s: %s", e.Role, e.Text)
			for _, o := range e.Options {
				fmt.Fprintf(&b, " [%s]", o.Label)
			}
			b.WriteByte('\n')
		case engine.HandedOff:
			fmt.Fprintf(&b, "handed off %s %s to %s: %s\n", e.Escalation, e.Tier, e.Team, e.Reason)
		case engine.Entered:
			fmt.Fprintf(&b, "entered %s\n", e.Location)
		case engine.Acted:
			fmt.Fprintf(&b, "act %s %s %s\n", e.Act.Kind, e.Act.Field, e.Act.Value)
		default:
			fmt.Fprintf(&b, "%T%+v\n", e, e)
		}
	}
	return b.String()
}

func TestConsultation(t *testing.T) {
	k := begin(t, enginetest.Consultation())
	for _, s := range []string{"botox", "book", "Maria Lopez", "212 555 0187", "morning", "yes"} {
		t.Logf("> %s\n%s", s, k.say(s))
	}
	if k.c.Control != engine.Closed || k.c.Outcome != "completed" {
		t.Errorf("control %s, outcome %q; want closed, completed", k.c.Control, k.c.Outcome)
	}
}
