package migration_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/kernel"
	"github.com/tacet-lang/tacet/runtime/migration"
)

// drawn are machines of one practice that are proven, as if they were versions of one flow.
func drawn(t *testing.T, seeds int) (out []*machine.Artifact) {
	t.Helper()
	for seed := range uint64(seeds) {
		m := verifytest.Draw(seed, verifytest.Options{Sane: true, Locations: 9})
		report, _ := verify.Check(m, verify.Options{AsOf: today})
		if report.Certificate != nil {
			out = append(out, &machine.Artifact{Machine: m, Certificate: report.Certificate})
		}
	}
	return out
}

func reading(t *testing.T, a *machine.Artifact) *engine.Program {
	t.Helper()
	p, err := engine.LoadWith(a.Machine, engine.Options{Reader: enginetest.Reader{}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// visitor drives a conversation at random.
type visitor struct {
	*rand.Rand
	p    *engine.Program
	c    engine.Conversation
	at   time.Time
	seen []engine.Effect
}

func (v *visitor) step(e engine.Event) bool {
	e.At = v.at
	next, effects, err := v.p.Step(v.c, e)
	if err != nil {
		return false
	}
	v.c, v.seen = next, append(v.seen, effects...)
	for v.c.Pending != nil {
		if !v.step(v.outcome(v.c.Pending.Kind)) {
			return false
		}
	}
	return true
}

// outcome is what the world answers.
func (v *visitor) outcome(kind engine.ActKind) engine.Event {
	results := map[engine.ActKind][]string{
		engine.ActSlots: {"slots", "none"}, engine.ActHold: {"held", "taken"}, engine.ActBook: {"booked", "taken", "failed"},
		engine.ActSendCode: {"sent", "sent", "unreachable"}, engine.ActCheckCode: {"verified", "verified", "wrong", "expired"},
	}[kind]
	e := engine.Event{Kind: engine.Outcome, Act: kind, Result: results[v.IntN(len(results))]}
	if e.Result == "slots" {
		start := v.at.Truncate(time.Hour).Add(48 * time.Hour)
		e.Slots = []engine.Slot{{ID: start.Format(time.RFC3339), Start: start, End: start.Add(time.Hour)}}
	}
	return e
}

// say is something that a patient does.
func (v *visitor) say() {
	v.at = v.at.Add(time.Duration(v.IntN(10*60)) * time.Second)
	if v.IntN(6) == 0 {
		v.step(engine.Event{Kind: engine.Language, Lang: []string{"en", "es"}[v.IntN(2)]})
	}
	for range 4 { // some of it fits
		if v.IntN(3) == 0 && v.step(engine.Event{Kind: engine.Pick, Option: []string{"1", "2", "yes", "no", "botox", "other"}[v.IntN(6)]}) {
			return
		}
		if at := v.c.Location; v.step(engine.Event{Kind: engine.Message, Text: answers[v.IntN(len(answers))]}) && v.c.Location != at {
			return
		}
	}
}

var answers = []string{"yes", "no", "3", "0", "Bo", "Alice", "312 555 0142", "1990-01-02", "2015-06-01", "2026-12-24", "2030-01-03", "botox", "other", "123456", "##booking", "##hours"}

// open reports whether the assistant waits for the patient.
func (v *visitor) open() bool { return v.c.Control == engine.Assistant }

// broken says what a machine never does whose guarantees hold: that it cannot go on, sends what it does not have, or asks for
// what needs a proof of identity before that.
func (v *visitor) broken() string {
	if v.c.Reason == "fault" {
		return "it could not go on"
	}
	m := v.p.Machine()
	var at *machine.Location
	for _, e := range v.seen {
		switch e := e.(type) {
		case engine.Entered:
			n := slices.IndexFunc(m.Locations, func(l machine.Location) bool { return l.ID == e.Location })
			at = &m.Locations[n]
			if missing := v.missing(m, at); missing != "" {
				return missing
			}
		case engine.Sent:
			if !slices.ContainsFunc(at.Do, func(a machine.Action) bool { return a.To == e.Vendor && len(a.Fields) == len(e.Fields) }) {
				return fmt.Sprintf("at %s it sent %+v", at.ID, e)
			}
		}
	}
	return ""
}

// missing says what a question needs that never was: who was verified stays so, which is why the end is looked at.
func (v *visitor) missing(m *machine.Machine, at *machine.Location) string {
	if at.Kind != machine.Ask {
		return ""
	}
	f := m.Fields[slices.IndexFunc(m.Fields, func(f machine.Field) bool { return f.Name == at.Field })]
	for _, p := range m.Policy.Permits {
		if p.Class == f.Class && p.Type == "" && slices.Contains(p.Requires, "authenticated") && len(v.c.Verified) == 0 {
			return fmt.Sprintf("at %s it asked who is not verified for %s", at.ID, f.Name)
		}
	}
	return ""
}

// TestMovedConversationsKeepThePromises moves random conversations between random proven machines, wherever that is
// admitted: each is inside the new invariant, and whatever happens afterwards breaks nothing. Moves that are refused are made
// all the same, and some of those break something: without the check this test would fail. TestForcedMove shows one.
func TestMovedConversationsKeepThePromises(t *testing.T) {
	t.Parallel()
	machines := drawn(t, 1000)
	r := rand.New(rand.NewPCG(7, 7))
	moved, admitted, refused, breaches := 0, 0, 0, 0
	for i := range 900 {
		from, to := machines[r.IntN(len(machines))], machines[r.IntN(len(machines))]
		if i%2 == 0 {
			to = renamed(t, from)
		}
		fields := sameFields(from.Machine, to.Machine)
		for _, f := range from.Machine.Fields {
			if r.IntN(5) == 0 {
				fields[f.Name] = ""
			}
		}
		admits, err := migration.Admits(fields, from, to)
		if err != nil {
			continue
		}
		p := plan(t, from, to, nil)
		p.Fields = fields
		unsafe := map[string]string{}
		for old := range p.Locations {
			for _, l := range to.Machine.Locations {
				if !l.Kind.Waits() {
					continue
				}
				switch err := admits(old, l.ID); {
				case err == nil:
					p.Locations[old] = l.ID
					admitted++
				case strings.Contains(err.Error(), "counts on"):
					unsafe[old] = l.ID
					refused++
				}
			}
		}
		move, err := migration.Check(p, from, to)
		if err != nil {
			t.Fatalf("what is admitted one by one is refused as a plan: %v", err)
		}
		old, next := reading(t, from), reading(t, to)
		visits := 6
		if len(unsafe) > 0 {
			visits = 60
		}
		for range visits {
			v := &visitor{Rand: r, p: old, c: old.New("c"), at: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
			v.step(engine.Event{Kind: engine.Start, Lang: "en"})
			for range r.IntN(6) {
				v.say()
			}
			if !v.open() {
				continue
			}
			forced := v.c
			if to := p.Locations[v.c.Location]; to != migration.Drain {
				c, fate := move.Apply(v.c)
				if fate != migration.Moves {
					t.Fatalf("%s → %s is admitted, and %+v is not inside", v.c.Location, to, v.c)
				}
				moved++
				v.p, v.c, v.seen = next, c, nil
				for i := 0; i < 12 && v.open(); i++ {
					v.say()
				}
				if why := v.broken(); why != "" {
					t.Fatalf("%s → %s: %s", forced.Location, to, why)
				}
			}
			if to, ok := unsafe[forced.Location]; ok {
				v.p, v.seen = next, nil
				v.c = migration.Force(move, forced, to)
				for i := 0; i < 12 && v.open(); i++ {
					v.say()
				}
				if v.broken() != "" {
					breaches++
				}
			}
		}
	}
	t.Logf("%d machines: %d moves admitted, %d refused; %d conversations moved; %d of those moved all the same broke something",
		len(machines), admitted, refused, moved, breaches)
	if moved < 300 || breaches == 0 {
		t.Errorf("moved %d conversations, and %d moves that are refused broke something: the test shows nothing", moved, breaches)
	}
}

// renamed is another version of a flow, which differs from it in its name alone: what is not safe then is to drop a field.
func renamed(t *testing.T, a *machine.Artifact) *machine.Artifact {
	t.Helper()
	m, c := *a.Machine, *a.Certificate
	m.Flow.Name += " anew"
	var err error
	if c.Machine, err = m.Hash(); err != nil {
		t.Fatal(err)
	}
	if err := kernel.Check(&m, &c, today); err != nil {
		t.Fatal(err)
	}
	return &machine.Artifact{Machine: &m, Certificate: &c}
}

// sameFields takes every field over that means the same in both.
func sameFields(from, to *machine.Machine) map[string]string {
	out := map[string]string{}
	for i := range from.Fields {
		f, g := &from.Fields[i], &to.Fields[i]
		out[f.Name] = ""
		bounds := fmt.Sprint(f.Min != nil, g.Min != nil)
		if f.Min != nil && g.Min != nil {
			bounds = fmt.Sprint(*f.Min, *f.Max) + "=" + fmt.Sprint(*g.Min, *g.Max)
		}
		same := bounds == "false false" || f.Min != nil && g.Min != nil && *f.Min == *g.Min && *f.Max == *g.Max
		if same && f.Class == g.Class {
			out[f.Name] = g.Name
		}
	}
	return out
}
