package rehearsal_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the practice's zone must resolve on every machine

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

func load(t *testing.T, m *machine.Machine) *engine.Program {
	t.Helper()
	p, err := engine.Load(enginetest.Train(enginetest.Place(m)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// script reads test steps written one a line: `patient x`, `expect say x`.
func script(name string, lines ...string) machine.Test {
	test := machine.Test{Name: name}
	for i, line := range lines {
		s := machine.TestStep{Place: machine.Place{File: "consultation.flow", Line: 90 + i, Column: 3}}
		verb, rest, _ := strings.Cut(line, " ")
		s.Verb = verb
		switch verb {
		case "expect":
			s.What, rest, _ = strings.Cut(rest, " ")
			switch s.What {
			case "say", "not":
				s.Text = rest
			case "field":
				s.Name, s.Text, _ = strings.Cut(rest, " ")
			default:
				s.Name = rest
			}
		case "wait":
			d, _ := time.ParseDuration(rest)
			s.Seconds = int64(d / time.Second)
		case "language", "channel", "world":
			s.Name = rest
		default:
			s.Text = rest
		}
		test.Steps = append(test.Steps, s)
	}
	return test
}

func TestPlay(t *testing.T) {
	t.Parallel()
	consultation, visit := load(t, enginetest.Consultation()), load(t, enginetest.Visit())
	for _, c := range []struct {
		program *engine.Program
		test    machine.Test
	}{
		{consultation, script("a request", "expect say Please do not share medical details", "expect ask topic", "patient botox", "expect say little downtime", "expect not facelift tightens",
			"choose Book a consultation", "expect ask name", "patient Maria Lopez", "patient 212 555 0187", "choose morning", "expect state confirm",
			"expect say Maria Lopez in the morning", "expect field phone 212-555-0187", "expect field part morning", "patient yes", "expect send crm", "expect end completed", "expect silence")},
		{consultation, script("chest pain silences the assistant", "at 2026-03-02 22:00", "patient rhinoplasty", "patient actually I have chest pain",
			"expect escalation emergency", "expect handoff nurses", "expect silence", "patient hello?", "human", "wait 1h", "expect silence")},
		{consultation, script("after hours", "at 2026-03-02 22:00", "patient something else", "patient book", "patient Maria", "patient 2125550187", "patient evening",
			"expect handoff coordinators", "expect silence")},
		{consultation, script("prices are for people", "patient botox", "patient how much does it cost?", "expect escalation clinical", "expect silence")},
		{consultation, script("hours and back", "patient botox", "choose 1", "patient what are your hours?", "expect say Monday to Friday, 9 to 5", "expect ask name")},
		{consultation, script("a person", "human", "expect handoff coordinators", "expect silence")},
		{consultation, script("Spanish", "language es", "expect say Este chat", "patient botox", "expect say Casi no hay reposo", "language en", "expect say This chat answers")},
		{consultation, script("silence ends it", "patient botox", "wait 19m", "expect state about", "wait 1m", "expect say ended", "expect end timeout")},
		{consultation, script("not understood", "patient qwerty asdf", "expect reprompt", "patient qwerty asdf", "patient qwerty asdf", "expect handoff", "expect silence")},
		{visit, script("a visit", "patient I want to book an appointment", "choose yes", "patient my chin", "patient 212 555 0187", "patient 000000", "expect reprompt",
			"patient {code}", "expect ask visit", "choose Tuesday, March 3 at 9:00 AM", "expect end booked", "expect send crm")},
		{visit, script("taken while choosing", "patient book a consultation", "patient no", "patient 212 555 0187", "patient {code}", "world taken", "patient 1",
			"expect say taken", "expect ask visit", "patient 2", "expect end booked")},
		{visit, script("nothing free", "world none", "patient book a consultation", "patient no", "patient 212 555 0187", "patient {code}", "expect state later")},
		{visit, script("a failed booking", "world failed", "patient book a consultation", "patient no", "patient 212 555 0187", "patient {code}", "expect ask phone")},
		{visit, script("no way to send a code", "world unreachable", "patient book a consultation", "patient no", "patient 212 555 0187", "expect ask phone")},
	} {
		t.Run(c.test.Name, func(t *testing.T) {
			t.Parallel()
			r, err := rehearsal.Play(c.program, c.test, 1)
			if err != nil {
				t.Fatal(err)
			}
			if !r.OK() {
				t.Error(r.Report())
			}
		})
	}
}

func TestFailuresAreExplained(t *testing.T) {
	t.Parallel()
	p := load(t, enginetest.Consultation())
	for _, c := range []struct {
		test      machine.Test
		want, got string
	}{
		{script("a", "patient botox", "expect ask phone"), "the assistant to ask for `phone`", "state about, where the patient can choose `Book a consultation`, `Something else`"},
		{script("b", "expect say bye"), `the assistant to say "bye"`, `the assistant said "This chat answers`},
		{script("b2", "patient botox", "expect not little downtime"), `the assistant not to say "little downtime"`, `the assistant said "`},
		{script("c", "choose bye"), "", "`bye` is not on offer; there is `Rhinoplasty`, `Facelift`, `Botox`, `Something else`"},
		{script("d", "expect silence"), "silence", "the assistant still has the conversation: state welcome, where the assistant asks for `topic`"},
		{script("e", "patient botox", "expect field topic facelift"), `field topic to be "facelift"`, `"botox"`},
		{script("f", "patient botox", "expect field name Maria"), `field name to be "Maria"`, "it was not collected; state about, where"},
		{script("g", "expect send crm"), "something sent to `crm`", "nothing was sent; state welcome"},
		{script("h", "world taken", "patient botox"), "an act that ends with `taken`", "the test ended first"},
		{script("i", "world rain"), "", "nothing in the world ends with `rain`"},
		{script("j", "patient my code is {code}"), "", "no code has been sent yet"},
		{script("k", "human", "expect escalation emergency"), "escalation emergency", "a handoff to team coordinators (human)"},
		{script("n", "patient qwerty asdf", "patient qwerty asdf", "patient qwerty asdf", "expect handoff"), "handoff",
			"a handoff to team coordinators (retries): answers were not understood; put `expect reprompt` after the first of them if that is meant"},
		{script("l", "patient botox", "at 2026-03-01 10:00"), "", "the clock does not go back"},
		{script("m", "patient botox", "channel sms"), "", "the conversation has begun; its channel stays"},
		{script("n", "at noon"), "", "`noon` is no time"},
	} {
		r, err := rehearsal.Play(p, c.test, 1)
		if err != nil {
			t.Fatal(err)
		}
		if r.OK() {
			t.Errorf("%s passed", c.test.Name)
			continue
		}
		if r.Failure.Expected != c.want || !strings.HasPrefix(r.Failure.Got, c.got) {
			t.Errorf("%s: expected %q, got %q; want %q, %q", c.test.Name, r.Failure.Expected, r.Failure.Got, c.want, c.got)
		}
	}
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	p := load(t, enginetest.Consultation())
	all := rehearsal.NewCoverage(p.Machine())
	for _, test := range []machine.Test{
		script("day", "patient other", "patient book", "patient Maria", "patient 2125550187", "patient evening", "patient no"),
		script("night", "at 2026-03-02 22:00", "patient other", "patient book", "patient Maria", "patient 2125550187", "patient evening"),
	} {
		r, err := rehearsal.Play(p, test, 1)
		if err != nil {
			t.Fatal(err)
		}
		all.Merge(r.Coverage)
	}
	want := rehearsal.Summary{Locations: rehearsal.Ratio{Covered: 7, Total: 13}, Edges: rehearsal.Ratio{Covered: 7, Total: 9}, Guards: rehearsal.Ratio{Covered: 3, Total: 4}}
	if diff := cmp.Diff(want, all.Summary()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var gaps []string
	for _, g := range all.Gaps() {
		gaps = append(gaps, g.What)
	}
	for _, want := range []string{"`ok` never holds", "`booked` is never entered", "the way from `about` to `welcome` is never taken"} {
		if !strings.Contains(strings.Join(gaps, "\n"), want) {
			t.Errorf("gaps %q lack %q", gaps, want)
		}
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	s, err := rehearsal.NewSession(load(t, enginetest.Consultation()), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func() error{s.Begin, func() error { return s.Say("botox") }, func() error { return s.Choose("book a consultation") }} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	if s.State() != "contact" {
		t.Errorf("state %q", s.State())
	}
	if diff := cmp.Diff([]string{"to contact (consultation.flow:4)"}, s.Why()); diff != "" {
		t.Errorf("why: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff(rehearsal.Fact{Name: "topic", Value: "botox"}, s.Facts()[0]); diff != "" {
		t.Errorf("facts: -want +got:\n%s", diff)
	}
	// A log is all it takes to have the conversation again.
	p := load(t, enginetest.Consultation())
	c := p.New("rehearsal")
	for _, e := range s.Log {
		if c, _, err = p.Step(c, e); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(s.Conv, c); diff != "" {
		t.Errorf("replayed: -want +got:\n%s", diff)
	}
}
