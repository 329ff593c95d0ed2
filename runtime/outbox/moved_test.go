package outbox_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/migration"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

const (
	callsBegin = `flow "Consultation"
purpose scheduling
use "std/hipaa", "std/emergency", "std/frontdesk"
scope { handle hours  escalate clinical-question, existing-care, pricing  refuse diagnosis }
field topic one of botox, facelift for "which coordinator calls" class interest
field hour time for "when to call"
session { timeout 20 minutes  keep 90 days  retries 2 }
notice "This chat requests appointments. Please do not share medical details here. In an emergency call 911; in a crisis call or text 988."
start welcome
`
	callsEnd = `
escalation clinical {
  on clinical-question, existing-care, pricing
  say "That is a question for our team, so I am passing this to them."
  handoff coordinators
}
`
	callsFirst = `
state welcome { ask topic "What is it about?" when topic == "botox" -> near otherwise -> far }
state near { ask hour "At what time may we call?" say "About {topic}, at {hour}." end done }
state far { say "We look forward to you." end done }`
	callsSecond = `
state welcome { ask topic "What is it about?" -> near }
state near {
  ask hour "At what time may we call?"
  send hour to crm
  say by topic { botox "Botox it is." facelift "A facelift it is." }
  end done
}`
)

// calls compiles and proves a flow with the states, its facts with some words replaced.
func calls(t *testing.T, states string, replaced ...string) *machine.Artifact {
	t.Helper()
	facts, err := os.ReadFile("../../spec/conformance/base/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	replaced = append(replaced, "id: base", "id: lakeside")
	src := fstest.MapFS{
		"flow.flow":     {Data: []byte(callsBegin + states + callsEnd)},
		"practice.yaml": {Data: []byte(strings.NewReplacer(replaced...).Replace(string(facts)))},
	}
	r, problems := compiler.Compile(src, "flow.flow", compiler.Options{Untrained: true})
	if r.Machine == nil {
		t.Fatal(problems[0].Message)
	}
	report, problems := verify.Check(r.Machine, verify.Options{AsOf: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), Files: r})
	if report.Certificate == nil {
		t.Fatal(problems[0].Message)
	}
	return &machine.Artifact{Machine: r.Machine, Certificate: report.Certificate}
}

// callsPlan moves everybody between two versions of it.
func callsPlan(t *testing.T, from, to *machine.Artifact) migration.Plan {
	t.Helper()
	p := migration.Plan{
		Format: migration.Format, Locations: map[string]string{"welcome": "welcome", "near": "near"}, Fields: map[string]string{"topic": "topic", "hour": "hour"},
	}
	var err error
	if p.From, err = from.Machine.Hash(); err != nil {
		t.Fatal(err)
	}
	if p.To, err = to.Machine.Hash(); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestMoveWhereItWouldTell: nobody moves to where a vendor would learn what it may not hold, though the version there tells it nothing
// of the kind.
func TestMoveWhereItWouldTell(t *testing.T) {
	t.Parallel()
	old, next := calls(t, callsFirst), calls(t, callsSecond, "classes: [preference, contact, interest]", "classes: [preference, contact]")
	_, err := migration.Check(callsPlan(t, old, next), old, next)
	if err == nil || !strings.Contains(err.Error(), "conversations at `near` cannot move") || !strings.Contains(err.Error(), "`crm` may not learn them") {
		t.Errorf("Check = %v", err)
	}
}

// TestMovedKnowsWhatWasDecided: what decided where a conversation stood before it moved to a later version is told by what that sends,
// though the later version decides nothing by it.
func TestMovedKnowsWhatWasDecided(t *testing.T) {
	t.Parallel()
	old, next := calls(t, callsFirst), calls(t, callsSecond)
	serve := func(a *machine.Artifact) session.Flow {
		p, err := engine.Load(a.Machine)
		if err != nil {
			t.Fatal(err)
		}
		return session.Flow{Machine: a.Machine, Program: p}
	}
	from, to := serve(old), serve(next)
	move, err := migration.Check(callsPlan(t, old, next), old, next)
	if err != nil {
		t.Fatal(err)
	}
	to.Moves = []*migration.Move{move}
	for name, c := range map[string]struct {
		before []string // said on the old version
		after  []string
		state  outbox.State
	}{
		"decided before":  {[]string{"botox"}, []string{"10:30"}, outbox.Parked},
		"nothing decided": {nil, []string{"botox", "10:30"}, outbox.Delivered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, outbox.Thin, nil)
			if err := h.store.Close(); err != nil {
				t.Fatal(err)
			}
			h.open(from)
			n, _ := h.host.Notice("flow", "en")
			r, err := h.host.Start(ctx, session.Start{Flow: "flow", Lang: "en", ClientID: "patient-0123456789abcdef", Notice: n.Hash})
			if err != nil {
				t.Fatal(err)
			}
			h.write(r.ID, c.before...)
			if err := h.host.Offer(ctx, []session.Flow{to}); err != nil {
				t.Fatal(err)
			}
			h.write(r.ID, c.after...)
			ended := *to.Machine // as the flow is on the day on which its agreement has ended
			ended.Practice.Vendors = []machine.Vendor{to.Machine.Practice.Vendors[0]}
			ended.Practice.Vendors[0].Agreement = nil
			h.today = []*machine.Machine{&ended}
			h.work()
			h.wantState(outbox.Send, c.state, "")
		})
	}
}
