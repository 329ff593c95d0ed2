package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// at brings a conversation of the consultation to a location.
func at(t *testing.T, location string) *talk {
	t.Helper()
	m := enginetest.Consultation()
	m.Start = location
	k := begin(t, m)
	return k
}

// The rules of the turn protocol by what their reply looks like. A text that raises several must get the first.
var rules = []struct {
	name, raise, want string
}{
	{"emergency", "!chest-pain", "handed off emergency emergency to nurses: chest-pain"},
	{"person", "@human", "handed off  routine to coordinators: human"},
	{"urgent trigger", "!fever", "handed off post-op urgent-clinical to nurses: fever"},
	{"routine trigger", "!complaint", "handed off clinical routine to coordinators: complaint"},
	{"escalated topic", "##pricing", "handed off clinical routine to coordinators: pricing"},
	{"refused topic", "##diagnosis", "refusal: "},
	{"asks if bot", "@bot", "answer: I am an automated"},
	{"handled topic", "##hours", "answer: We are open"},
	{"nothing fits", "xyzzy", "reprompt: "},
}

func TestOrderOfRules(t *testing.T) {
	t.Parallel()
	for i, first := range rules {
		for _, second := range rules[i:] {
			for _, text := range []string{first.raise + " " + second.raise, second.raise + " " + first.raise} {
				k := at(t, "contact/2")
				got := k.say(text)
				want := first.want
				if first.name == "routine trigger" && second.name == "escalated topic" {
					want = "handed off clinical routine to coordinators: complaint,pricing" // one escalation, both reasons
				}
				if !strings.Contains(got, want) {
					t.Errorf("%s with %s, %q: got\n%swant %q", first.name, second.name, text, got, want)
				}
				for _, other := range rules {
					if !strings.Contains(want, other.want) && other.name != first.name && other.name != second.name && strings.Contains(got, other.want) {
						t.Errorf("%q also raised %s:\n%s", text, other.name, got)
					}
				}
			}
		}
	}
}

func TestTurns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, from, text, want string
	}{
		{"emergency speaks first and alone", "contact/2", "!chest-pain $health", `
			received !chest-pain *******
			engine.Flagged{Found:[{Type:health Class:health Start:12 End:19}]}
			entered emergency
			ack: If this is an emergency, call 911 now. Our team has been alerted.
			handed off emergency emergency to nurses: chest-pain`},
		{"emergency while a name is asked", "contact", "!chest-pain", `
			received !chest-pain
			entered emergency
			ack: If this is an emergency, call 911 now. Our team has been alerted.
			handed off emergency emergency to nurses: chest-pain`},
		{"no valid answer is a likely topic", "contact/2", "#pricing", `
			received #pricing
			entered clinical
			ack: That is a question for our team, so I am passing this to them.
			handed off clinical routine to coordinators: pricing`},
		{"answer and the question again", "contact/2", "##hours", `
			received ##hours
			answer: We are open Monday to Friday, 9 to 5.
			prompt: Back to my question: Which number is best to reach you?`},
		{"refusal and the question again", "contact/3", "##diagnosis", `
			received ##diagnosis
			refusal: I cannot help with that here.
			prompt: Back to my question: When do you like to be called? [Morning] [Afternoon] [Evening]`},
		{"asked whether it is a bot", "about", "@bot", `
			received @bot
			answer: I am an automated assistant, not a person. You can ask for a person at any time. [Book a consultation] [Something else]`},
		{"topic of an offer", "about", "##booking please", `
			received ##booking please
			entered contact
			prompt: What name should we use?`},
		{"number of an offer", "about", "2", `
			received 2
			entered welcome
			say: Hi! I can share general information about our procedures or help you book.
			prompt: What are you interested in? [Rhinoplasty] [Facelift] [Botox] [Something else]`},
		{"protected data is pointed out gently", "contact/2", "xyzzy $health", `
			received xyzzy *******
			engine.Flagged{Found:[{Type:health Class:health Start:6 End:13}]}
			gentle: Please leave medical details out of this chat.
			reprompt: `},
		{"permitted data is not", "about", "xyzzy $contact", `
			received xyzzy $contact
			reprompt: `},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := enginetest.Consultation()
			m.Start = c.from
			if c.from == "about" {
				enginetest.At(m, "about").Do = nil
			}
			k := begin(t, m)
			got, want := k.say(c.text), dedent(c.want)
			if strings.HasSuffix(want, ": ") { // the wording of reprompts is lang/input's
				got = got[:min(len(want), len(got))]
			}
			if diff := cmp.Diff(want, strings.TrimSuffix(got, "\n")); diff != "" {
				t.Errorf("%q (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

// A valid answer to the open question is passed on as a topic only when the classifier is certain.
func TestAnswersAndTopics(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, text, want string }{
		{"about", "my chin #pricing", "entered phone\n"},
		{"about", "my chin ##pricing", "handed off clinical"},
		{"about", "!fever", "handed off post-op"},
		{"about", "#diagnosis", "entered phone\n"},
		{"about", "##hours", "entered phone\n"}, // step 5 comes before 6: a person reads the message
		{"phone", "#pricing", "handed off clinical"},
		{"hello", "#pricing", "handed off clinical"},
		{"agree", "#diagnosis", "refusal: "},
	} {
		k := visit(t, c.from)
		if got := k.say(c.text); !strings.Contains(got, c.want) {
			t.Errorf("%q at %s: got\n%swant %q", c.text, c.from, got, c.want)
		}
	}
}

func dedent(s string) string {
	var lines []string
	for l := range strings.Lines(s) {
		lines = append(lines, strings.TrimLeft(strings.TrimSuffix(l, "\n"), "\t"))
	}
	return strings.TrimPrefix(strings.Join(lines, "\n"), "\n")
}

func TestStart(t *testing.T) {
	t.Parallel()
	p := load(t, enginetest.Consultation())
	c, out, err := p.Step(p.New("c1"), engine.Event{Kind: engine.Start, At: monday, Lang: "es", Channel: "web-chat"})
	if err != nil {
		t.Fatal(err)
	}
	first, ok := out[0].(engine.Said)
	if !ok || first.Role != engine.RoleNotice || first.Lang != "es" || first.Seq != 1 || !strings.HasPrefix(first.Text, "Este chat") {
		t.Errorf("first effect %+v; want the notice in Spanish", out[0])
	}
	if c.NoticeLang != "es" || !c.Deadline.Equal(monday.Add(20*time.Minute)) {
		t.Errorf("notice in %q, deadline %s", c.NoticeLang, c.Deadline)
	}
}

func TestRetriesAreBounded(t *testing.T) {
	t.Parallel()
	k := at(t, "contact/3")
	for range 2 {
		if got := k.say("xyzzy"); !strings.Contains(got, "reprompt: ") {
			t.Errorf("got %s; want a reprompt", got)
		}
	}
	want := "received xyzzy\nentered @stuck\nack: I am not getting this right, so I am passing you to a person.\nhanded off  routine to coordinators: retries\n"
	if got := k.say("xyzzy"); got != want {
		t.Errorf("third time: got\n%swant\n%s", got, want)
	}
	if k.c.Control != engine.Waiting || k.c.Epoch != 1 || !k.c.Deadline.IsZero() {
		t.Errorf("control %s, epoch %d, deadline %s", k.c.Control, k.c.Epoch, k.c.Deadline)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	k := at(t, "contact")
	k.say("@human")
	if got := k.say("hello? ##hours @bot"); got != "received hello? ##hours @bot\n" {
		t.Errorf("with people: %s", got)
	}
	if got := k.do(engine.Event{Kind: engine.AskHuman}); got != "" {
		t.Errorf("button: %s", got)
	}
	if got := k.do(engine.Event{Kind: engine.Language, Lang: "es"}); got != "" || k.c.Lang != "es" {
		t.Errorf("language: %s", got)
	}
	if got := k.do(engine.Event{Kind: engine.Tick, At: monday.Add(48 * time.Hour)}); got != "" {
		t.Errorf("two days later: %s", got)
	}
	if got, want := k.say("!chest-pain"), "received !chest-pain\nengine.Urgent{Triggers:[chest-pain]}\n"; got != want {
		t.Errorf("emergency: got %s", got)
	}
	k.do(engine.Event{Kind: engine.StaffTake, Actor: "ana"})
	if _, _, err := k.p.Step(k.c, engine.Event{Kind: engine.StaffRelease, At: k.at, State: "welcome"}); err == nil {
		t.Error("released after an emergency")
	}
}

func TestStaff(t *testing.T) {
	t.Parallel()
	k := at(t, "contact")
	k.do(engine.Event{Kind: engine.StaffTake})
	if k.c.Control != engine.Human || k.c.Epoch != 1 {
		t.Errorf("control %s, epoch %d", k.c.Control, k.c.Epoch)
	}
	if got := k.say("Maria"); got != "received Maria\n" {
		t.Errorf("to a person: %s", got)
	}
	if got := k.do(engine.Event{Kind: engine.StaffSay, Actor: "ana", Text: "Hi, I am Ana."}); !strings.Contains(got, "Hi, I am Ana.") {
		t.Errorf("a person says: %s", got)
	}
	want := "entered contact/2\nprompt: Which number is best to reach you?\n"
	if got := k.do(engine.Event{Kind: engine.StaffRelease, State: "contact/2"}); got != want {
		t.Errorf("released: %s", got)
	}
	if k.c.Control != engine.Assistant || k.c.Epoch != 2 || k.c.Deadline.IsZero() {
		t.Errorf("control %s, epoch %d, deadline %s", k.c.Control, k.c.Epoch, k.c.Deadline)
	}
	k.say("@human")
	k.do(engine.Event{Kind: engine.StaffClose, Result: "answered"})
	if k.c.Control != engine.Closed || k.c.Outcome != "answered" || k.c.Epoch != 4 {
		t.Errorf("control %s, outcome %s, epoch %d", k.c.Control, k.c.Outcome, k.c.Epoch)
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	k := at(t, "contact")
	deadline := k.c.Deadline
	if got := k.do(engine.Event{Kind: engine.Tick, At: deadline.Add(-time.Second)}); got != "" {
		t.Errorf("a second early: %s", got)
	}
	late := *k
	if got, want := late.do(engine.Event{Kind: engine.Message, Text: "Maria", At: deadline}), "received Maria\nclosing: This chat has ended because it was quiet for a while.\nengine.Finished{Outcome:timeout}\n"; got != want {
		t.Errorf("a late message: got\n%s", got)
	}
	late = *k
	if got := late.do(engine.Event{Kind: engine.Message, Text: "!chest-pain", At: deadline}); !strings.Contains(got, "handed off emergency") {
		t.Errorf("a late emergency: got\n%s", got)
	}
	late = *k
	if got := late.do(engine.Event{Kind: engine.AskHuman, At: deadline}); !strings.Contains(got, "human") {
		t.Errorf("a late request for a person: got\n%s", got)
	}
	want := "closing: This chat has ended because it was quiet for a while.\nengine.Finished{Outcome:timeout}\n"
	if got := k.do(engine.Event{Kind: engine.Tick, At: deadline}); got != want {
		t.Errorf("at the deadline: %s", got)
	}
	if got := k.say("hello?"); got != "received hello?\n" {
		t.Errorf("after the end: %s", got)
	}
	if got := k.say("!chest-pain"); !strings.Contains(got, "Urgent") || strings.Contains(got, "ack") {
		t.Errorf("emergency after the end: %s", got)
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	k := at(t, "contact/3")
	want := "notice: Este chat responde preguntas generales y solicita citas. No comparta detalles médicos aquí. En una emergencia llame al 911.\n" +
		"prompt: ¿Cuándo prefiere que le llamemos? [Por la mañana] [Por la tarde] [Por la noche]\n"
	if got := k.do(engine.Event{Kind: engine.Language, Lang: "es"}); got != want {
		t.Errorf("to Spanish: got\n%s", got)
	}
	want = "prompt: When do you like to be called? [Morning] [Afternoon] [Evening]\n"
	if got := k.do(engine.Event{Kind: engine.Language, Lang: "en"}); got != want {
		t.Errorf("back to English: got\n%s", got)
	}
}

func TestImpossibleEvents(t *testing.T) {
	t.Parallel()
	k := at(t, "contact/3")
	for _, e := range []engine.Event{
		{Kind: engine.Start}, {Kind: engine.Pick, Option: "noon"}, {Kind: engine.Pick}, {Kind: engine.StaffSay, Text: "x"},
		{Kind: engine.StaffRelease, State: "contact"}, {Kind: engine.StaffClose}, {Kind: engine.Language, Lang: "fr"},
		{Kind: engine.Outcome, Act: engine.ActBook, Result: "booked"}, {Kind: "x"},
	} {
		e.At = monday
		c, out, err := k.p.Step(k.c, e)
		if err == nil || out != nil || !cmp.Equal(c, k.c) {
			t.Errorf("%+v: error %v, effects %v; want ErrEvent and nothing changed", e, err, out)
		}
	}
	foreign := k.c
	foreign.Machine = strings.Repeat("0", 64)
	if _, _, err := k.p.Step(foreign, engine.Event{Kind: engine.Message, At: monday}); err == nil {
		t.Error("another machine's conversation was taken")
	}
}

func TestFaultReachesAPerson(t *testing.T) {
	t.Parallel()
	for name, edges := range map[string][]machine.Edge{
		"a loop":                   {{To: "a"}},
		"no guard that holds":      {{Guard: enginetest.G(2), To: "contact"}},
		"a guard without a value":  {{Guard: enginetest.G(1), To: "contact"}},
		"an act without its value": {{To: "b"}},
	} {
		m := enginetest.Consultation()
		m.Fields = append(m.Fields, machine.Field{Name: "visit", Type: "slot", Class: "preference"})
		m.Guards = []machine.Guard{m.Guards[1], {Source: "ok", Reads: []string{"ok"}}, {Source: "attempts > 5"}}
		m.Locations = append(m.Locations,
			machine.Location{ID: "a", State: "a", Kind: machine.Auto, Edges: edges},
			machine.Location{ID: "b", State: "b", Kind: machine.Book, Field: "visit", Edges: []machine.Edge{{On: machine.OnBooked, To: "later"}, {On: machine.OnFailed, To: "later"}, {On: machine.OnTaken, To: "later"}}})
		m.Start = "a"
		enginetest.Sort(m)
		k := begin(t, m)
		if k.c.Control != engine.Waiting || k.c.Reason != "fault" || k.c.Location != "@stuck" {
			t.Errorf("%s: control %s, reason %q, location %s", name, k.c.Control, k.c.Reason, k.c.Location)
		}
	}
}

func TestPick(t *testing.T) {
	t.Parallel()
	k := at(t, "about")
	want := "received Book a consultation\nentered contact\nprompt: What name should we use?\n"
	if got := k.pick("1"); got != want {
		t.Errorf("got\n%s", got)
	}
	if _, _, err := k.p.Step(k.c, engine.Event{Kind: engine.Pick, Option: "1", At: k.at}); err == nil {
		t.Error("an option of an earlier question was taken")
	}
}

func TestGuardDecides(t *testing.T) {
	t.Parallel()
	k := begin(t, enginetest.Consultation())
	k.at = time.Date(2026, 3, 2, 22, 0, 0, 0, monday.Location())
	k.c.Deadline = k.at.Add(time.Hour)
	for _, s := range []string{"other", "1", "Maria", "2125550187"} {
		k.say(s)
	}
	want := "received morning\nentered later\nack: I am passing this to our team. A person will answer you here.\nhanded off  routine to coordinators: state\n"
	if got := k.say("morning"); got != want {
		t.Errorf("got\n%s", got)
	}
}
