package engine_test

import (
	"testing"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// TestTheDetectorEscalatesLikeAPhrase tells an emergency in words that no phrase of the machine has.
func TestTheDetectorEscalatesLikeAPhrase(t *testing.T) {
	t.Parallel()
	const told = "there is a crushing weight on my chest and my left arm is going numb"
	for _, c := range []struct {
		category string
		hears    bool
	}{
		{"cardiac", true},
		{"", false}, // nothing declares that it may be raised
	} {
		m := enginetest.Consultation()
		for i := range m.Triggers {
			if m.Triggers[i].Name == "chest-pain" {
				m.Triggers[i].Category = c.category
			}
		}
		p, err := engine.Load(m)
		if err != nil {
			t.Fatal(err)
		}
		conv, _, err := p.Step(p.New("c1"), engine.Event{Kind: engine.Start, At: monday})
		if err != nil {
			t.Fatal(err)
		}
		conv, _, err = p.Step(conv, engine.Event{Kind: engine.Message, Text: told, At: monday})
		if err != nil {
			t.Fatal(err)
		}
		if got := conv.Control == engine.Waiting && conv.Tier == machine.Emergency; got != c.hears {
			t.Errorf("category %q: control %v, tier %q", c.category, conv.Control, conv.Tier)
		}
	}
}
