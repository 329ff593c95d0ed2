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
