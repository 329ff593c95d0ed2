package engine_test

import (
	"testing"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// TestShared loads several programs at once that share what they have in common, and one that has something else.
func TestShared(t *testing.T) {
	t.Parallel()
	m := enginetest.Train(enginetest.Consultation())
	m.Start = "contact/2"
	deaf := enginetest.Train(enginetest.Consultation())
	deaf.Start = m.Start
	for i := range deaf.Triggers {
		deaf.Triggers[i].Phrases = []machine.Phrase{{Lang: "en", Pattern: "purple elephants"}}
	}
	alone, err := engine.Load(m)
	if err != nil {
		t.Fatal(err)
	}
	var common engine.Shared
	for range 4 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			p, err := engine.LoadWith(m, engine.Options{Shared: &common})
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{"I have chest pain", "what are your hours?", "212 555 0142"} {
				if got, want := stepOnce(t, p, text), stepOnce(t, alone, text); got != want {
					t.Errorf("%q: got\n%swant\n%s", text, got, want)
				}
			}
		})
	}
	p, err := engine.LoadWith(deaf, engine.Options{Shared: &common})
	if err != nil {
		t.Fatal(err)
	}
	if got := stepOnce(t, p, "I have chest pain"); got == stepOnce(t, alone, "I have chest pain") {
		t.Errorf("a machine hears the triggers of another:\n%s", got)
	}
}

func stepOnce(t *testing.T, p *engine.Program, text string) string {
	t.Helper()
	c, _, err := p.Step(p.New("c1"), engine.Event{Kind: engine.Start, At: monday})
	if err != nil {
		t.Fatal(err)
	}
	_, out, err := p.Step(c, engine.Event{Kind: engine.Message, Text: text, At: monday})
	if err != nil {
		t.Fatal(err)
	}
	return render(out)
}
