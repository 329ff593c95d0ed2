package engine_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// Whatever words an answer shares with a topic, where a message is asked it is the message.
func TestOrdinaryAnswersAreTaken(t *testing.T) {
	t.Parallel()
	answers, err := os.ReadFile("testdata/answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := enginetest.Train(enginetest.Visit())
	m.Start = "about"
	p, err := engine.Load(m)
	if err != nil {
		t.Fatal(err)
	}
	start, _, err := p.Step(p.New("c1"), engine.Event{Kind: engine.Start, At: monday})
	if err != nil {
		t.Fatal(err)
	}
	for answer := range strings.Lines(string(answers)) {
		if answer = strings.TrimSpace(answer); strings.HasPrefix(answer, "#") {
			continue
		}
		c, out, err := p.Step(start, engine.Event{Kind: engine.Message, Text: answer, At: monday})
		if err != nil || c.Location != "phone" {
			t.Errorf("%q leads to %s, error %v:\n%s", answer, c.Location, err, render(out))
		}
	}
}

// An answer with a form of its own is that answer whatever the classifier makes of the words around it, unless it asks
// for something too. Triggers are heard all the same.
func TestWellFormedAnswersAreTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, location string }{
		{"call me at ##pricing 212 555 0142", "contact/3"},
		{"212 555 0142 #pricing", "contact/3"},
		{"212 555 0142 but how much is it? ##pricing", "clinical"},
		{"212 555 0142, ¿cuánto cuesta? #pricing", "clinical"},
		{"212 555 0142 and I want my money back ##pricing", "clinical"},
		{"212 555 0142 !chest-pain", "emergency"},
		{"212 555 0142 !fever", "post-op"},
		{"212 555 0142 @human", "@human"},
		{"##pricing", "clinical"},
	} {
		k := at(t, "contact/2")
		k.say(c.text)
		if k.c.Location != c.location {
			t.Errorf("%q leads to %s, want %s", c.text, k.c.Location, c.location)
		}
	}
}

// TestStandardTopicsAndNumbers asks the real classifier.
func TestStandardTopicsAndNumbers(t *testing.T) {
	t.Parallel()
	m := enginetest.Train(enginetest.Consultation())
	m.Start = "contact/2"
	p, err := engine.Load(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, location string }{
		{"call me at 212 555 0142", "contact/3"},
		{"my number hasn't changed: 212-555-0142", "contact/3"},
		{"llámeme al 212 555 0142 por favor", "contact/3"},
	} {
		start, _, err := p.Step(p.New("c1"), engine.Event{Kind: engine.Start, At: monday})
		if err != nil {
			t.Fatal(err)
		}
		if got, out, err := p.Step(start, engine.Event{Kind: engine.Message, Text: c.text, At: monday}); err != nil || got.Location != c.location {
			t.Errorf("%q leads to %s, want %s; error %v:\n%s", c.text, got.Location, c.location, err, render(out))
		}
	}
}
