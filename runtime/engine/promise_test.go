package engine_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

func TestArgumentIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	k := visit(t, "agree")
	k.c.Consents = append(make([]string, 0, 4), "zoom")
	before := k.c
	k.say("yes")
	if before.Consents[0] != "zoom" || len(k.c.Consents) != 2 {
		t.Errorf("consents were %q, are %q", before.Consents, k.c.Consents)
	}
}

// TestRefusalTakesConsentBack holds the last answer to be the one that counts (spec/guarantees.md, facts).
func TestRefusalTakesConsentBack(t *testing.T) {
	t.Parallel()
	k := visit(t, "agree")
	k.c.Consents = []string{"health", "zoom"}
	before := k.c
	k.say("no")
	if len(k.c.Consents) != 1 || k.c.Consents[0] != "zoom" || len(before.Consents) != 2 {
		t.Errorf("consents were %q, are %q", before.Consents, k.c.Consents)
	}
}

func TestFlaggedAndToldOnce(t *testing.T) {
	t.Parallel()
	k := at(t, "contact/2")
	first, second := k.say("my $health"), k.say("my $health")
	if !strings.Contains(first, "Flagged") || !strings.Contains(first, "gentle: ") {
		t.Errorf("first: got\n%s", first)
	}
	if strings.Contains(second, "Flagged") || strings.Contains(second, "gentle: ") {
		t.Errorf("second: got\n%s", second)
	}
}

func TestFreeTextIsKeptMasked(t *testing.T) {
	t.Parallel()
	k := visit(t, "about")
	if k.say("my $health is bad"); k.c.Values[0] != "my ******* is bad" {
		t.Errorf("kept %q without consent to health", k.c.Values[0])
	}
}

func TestOnlyTheLastSayAcknowledges(t *testing.T) {
	t.Parallel()
	say, send := machine.Action{Say: enginetest.Same("A person will answer.")}, machine.Action{To: "crm", Fields: []string{"name"}}
	m := enginetest.Consultation()
	enginetest.At(m, "later").Do = []machine.Action{{Say: enginetest.Same("One moment.")}, say, send}
	enginetest.At(m, "clinical").Do = []machine.Action{say, send}
	m.Start = "later"
	k := begin(t, m)
	if k.c.Control != engine.Waiting {
		t.Fatalf("control %s", k.c.Control)
	}
	m.Start = "contact/2"
	k = begin(t, m)
	want := "received ##pricing\nentered clinical\nack: A person will answer.\nengine.Sent{Vendor:crm Fields:[]}\nhanded off clinical routine to coordinators: pricing\n"
	if got := k.say("##pricing"); got != want {
		t.Errorf("an escalation: got\n%s", got)
	}
	m.Topics[0].Route = "later"
	k = begin(t, m)
	want = "received ##booking\nentered later\nsay: One moment.\nack: A person will answer.\nengine.Sent{Vendor:crm Fields:[]}\nhanded off  routine to coordinators: state\n"
	if got := k.say("##booking"); got != want {
		t.Errorf("a handoff: got\n%s", got)
	}
}

func TestSlotsAreSortedAndForgotten(t *testing.T) {
	t.Parallel()
	k := visit(t, "time")
	slots := week()
	slots[0], slots[7] = slots[7], slots[0]
	k.world(engine.ActSlots, engine.ResultSlots, append(slots, slots[0])...)
	if len(k.c.Offered) != len(slots) || k.c.Offered[0].ID != k.c.Shown[0] || k.c.Shown[0] != "2026-03-03T09:00:00-05:00" {
		t.Errorf("offered %v, shown %v", k.c.Offered, k.c.Shown)
	}
	k.pick(k.c.Shown[0])
	if k.world(engine.ActHold, engine.ResultHeld); k.c.Offered != nil || k.c.Shown != nil {
		t.Errorf("still offered %v, shown %v", k.c.Offered, k.c.Shown)
	}
}

func TestAutomaticStepsAreBounded(t *testing.T) {
	t.Parallel()
	m := enginetest.Consultation()
	m.Locations = append(m.Locations, machine.Location{ID: "a", State: "a", Kind: machine.Auto, Do: []machine.Action{{Say: enginetest.Same("Round.")}}, Edges: []machine.Edge{{To: "a"}}})
	m.Start = "a"
	p := load(t, enginetest.Sort(m))
	_, out, err := p.Step(p.New("c1"), engine.Event{Kind: engine.Start, At: monday})
	if err != nil || len(out) > 2*len(m.Locations)+10 {
		t.Errorf("%d effects of a loop, error %v", len(out), err)
	}
}

func TestNextOpenIsSaid(t *testing.T) {
	t.Parallel()
	m := enginetest.Consultation()
	m.Topics[2].Answer = enginetest.Both("We open {practice.next_open}.", "Abrimos {practice.next_open}.")
	m.Start = "contact/2"
	for _, c := range []struct{ day, hour, want int }{{2, 10, 0}, {2, 7, 1}, {2, 18, 2}, {6, 18, 3}} {
		k := begin(t, m)
		k.c.Deadline = monday.AddDate(1, 0, 0)
		k.at = time.Date(2026, 3, c.day, c.hour, 0, 0, 0, monday.Location())
		want := []string{"We open now.", "We open today at 9:00 AM.", "We open tomorrow at 9:00 AM.", "We open Monday, March 9 at 9:00 AM."}[c.want]
		if got := k.say("##hours"); !strings.Contains(got, want) {
			t.Errorf("March %d, %d o'clock: got\n%swant %q", c.day, c.hour, got, want)
		}
		k.do(engine.Event{Kind: engine.Language, Lang: "es"})
		if got := k.say("##hours"); strings.Contains(got, "..") {
			t.Errorf("a sentence ends twice: %s", got)
		}
	}
}

// TestNextOpenOfTheTeam: who is passed on to a team hears when that team is there, or who stands in where it never is.
func TestNextOpenOfTheTeam(t *testing.T) {
	t.Parallel()
	evenings := []machine.Opening{{Day: 1, From: 18 * 60, To: 20 * 60}, {Day: 2, From: 18 * 60, To: 20 * 60}}
	for name, c := range map[string]struct {
		change func(*machine.Team)
		want   string
	}{
		"its own hours":             {func(team *machine.Team) { team.Hours = evenings }, "from today at 6:00 PM on."},
		"its fallback is there":     {func(team *machine.Team) { team.Hours, team.Fallback = evenings, "nurses" }, "from today at 6:00 PM on."},
		"it never is, its fallback": {func(team *machine.Team) { team.Hours, team.Fallback = nil, "nurses" }, "from now on."},
		"nobody":                    {func(team *machine.Team) { team.Hours, team.Fallback = nil, "" }, "from when we are open again on."},
	} {
		m := enginetest.Consultation()
		m.Texts["human"] = enginetest.Both("A person reads this from {practice.next_open} on.", "Una persona lee esto: {practice.next_open}.")
		for i := range m.Practice.Teams {
			switch team := &m.Practice.Teams[i]; team.Name {
			case "coordinators":
				c.change(team)
			case "nurses":
				team.Hours = []machine.Opening{{Day: 1, From: 0, To: 24 * 60}}
			}
		}
		k := begin(t, m)
		if got := k.do(engine.Event{Kind: engine.AskHuman}); !strings.Contains(got, "A person reads this "+c.want) {
			t.Errorf("%s: got\n%swant %q", name, got, c.want)
		}
	}
}

// One program serves all conversations of a server at once; none may see another's words.
func TestProgramIsShared(t *testing.T) {
	t.Parallel()
	p, err := engine.Load(enginetest.Train(enginetest.Consultation()))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"Maria", "Ana", "Sam", "Lucía", "John", "Rosa"}
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() {
			for range 20 {
				k := &talk{t: t, p: p, c: p.New(name), at: monday}
				k.do(engine.Event{Kind: engine.Start})
				for _, s := range []string{"botox", "book", name, "212 555 0187"} {
					k.say(s)
				}
				if got, want := k.say("morning"), "call "+name+" in the morning"; !strings.Contains(got, want) {
					t.Errorf("got\n%swant %q", got, want)
				}
			}
		})
	}
	wg.Wait()
}

// TestConsentToSomethingElse: what a patient agreed to says what may be kept, not that they agreed to anything.
func TestConsentToSomethingElse(t *testing.T) {
	t.Parallel()
	for name, covers := range map[string][]string{"health": {"health"}, "contact": {"contact"}, "nothing": nil} {
		m := enginetest.Visit()
		enginetest.At(m, "agree").Covers = covers
		m.Start = "agree"
		k := begin(t, m)
		k.say("yes")
		k.say("my $health is bad")
		want := "my ******* is bad"
		if name == "health" {
			want = "my $health is bad"
		}
		if k.c.Values[0] != want {
			t.Errorf("with consent to %s kept %q, want %q", name, k.c.Values[0], want)
		}
	}
}
