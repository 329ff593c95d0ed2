package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

func TestCourtesiesDoNotCount(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"hi", "Hello there!", "thank you dear", "ok thanks", "Hola, buenas tardes", "muchas gracias", "lol"} {
		k := at(t, "contact/2")
		for range 5 {
			got := k.say(text)
			if !strings.Contains(got, "prompt: Which number is best to reach you?") {
				t.Fatalf("%q is answered by\n%s", text, got)
			}
		}
		if k.c.Attempts != 0 {
			t.Errorf("%q counts as a failed answer", text)
		}
	}
	for _, text := range []string{"ok?", "thanks for nothing", "hi 5", "...", "hola qué tal"} {
		k := at(t, "contact/2")
		k.say(text)
		if k.c.Attempts != 1 {
			t.Errorf("%q does not count", text)
		}
	}
}

// TestCodeAgain asks for a code that did not come, as often as the retries allow.
func TestCodeAgain(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"I didn't get it", "no code", "nothing came", "send me another one", "no me llegó", "reenviar por favor"} {
		m := enginetest.Visit()
		m.Start = "phone"
		k := begin(t, m)
		k.say("212 555 0142")
		k.do(engine.Event{Kind: engine.Outcome, Act: engine.ActSendCode, Result: engine.ResultSent})
		for try := range m.Session.Retries {
			if got := k.say(text); k.c.Pending == nil || k.c.Pending.Kind != engine.ActSendCode {
				t.Fatalf("%q, time %d, is answered by\n%s", text, try+1, got)
			}
			if got := k.do(engine.Event{Kind: engine.Outcome, Act: engine.ActSendCode, Result: engine.ResultSent}); !strings.Contains(got, "prompt: ") {
				t.Errorf("a code sent again is told as\n%s", got)
			}
		}
		if k.say(text); k.c.Control == engine.Assistant && k.c.Pending != nil {
			t.Errorf("%q sends codes without end", text)
		}
	}
}

// TestStatementsAreNoQuestions: a text near a topic is an answer to nothing at a question with a form of its own, and the
// topic's text would confuse; a question is answered.
func TestStatementsAreNoQuestions(t *testing.T) {
	t.Parallel()
	m := enginetest.Train(enginetest.Consultation())
	m.Start = "contact/2"
	for text, want := range map[string]string{
		"the one from last year":       "reprompt: ",
		"what are your opening hours?": "answer: ",
	} {
		p, err := engine.Load(m)
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := p.Step(p.New("c1"), engine.Event{Kind: engine.Start, At: monday})
		if err != nil {
			t.Fatal(err)
		}
		if _, out, err := p.Step(c, engine.Event{Kind: engine.Message, Text: text, At: monday}); err != nil || !strings.Contains(render(out), want) {
			t.Errorf("%q: error %v\n%s", text, err, render(out))
		}
	}
}

// TestAskedForTimes: a question about a day shows its times and holds none, however few they are.
func TestAskedForTimes(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 5, 10, 0, 0, 0, monday.Location())
	m := enginetest.Visit()
	for i := range m.Locations {
		if l := &m.Locations[i]; l.Kind == machine.Ask && l.Field == "visit" {
			m.Start = l.ID
		}
	}
	for _, text := range []string{"do you have anything on thursday?", "what have you got for Thursday"} {
		k := begin(t, m)
		if k.c.Pending == nil {
			t.Fatalf("%s asks for no slots", m.Start)
		}
		k.do(engine.Event{Kind: engine.Outcome, Act: engine.ActSlots, Result: engine.ResultSlots, Slots: []engine.Slot{
			{ID: day.Format(time.RFC3339), Start: day},
			{ID: day.AddDate(0, 0, 1).Format(time.RFC3339), Start: day.AddDate(0, 0, 1)},
		}})
		if k.say(text); k.c.Pending != nil || len(k.c.Shown) != 1 {
			t.Errorf("%q: shows %v, does %v", text, k.c.Shown, k.c.Pending)
		}
	}
}
