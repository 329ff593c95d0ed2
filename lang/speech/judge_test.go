package speech_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/tacet-lang/tacet/lang/speech"
)

func TestJudgeFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, text, class string }{
		{"en", "What bothers you about your nose, and was it ever operated on?", "health"},
		{"en", "Please do not share medical details here.", ""},
		{"en", "The doctor likes to hear about your earlier treatments ahead of time.", "health"},
		{"en", "Allergies:", "health"},
		{"es", "¿Qué medicamentos toma?", "health"},
		{"es", "Por favor, no comparta detalles médicos aquí.", ""},
		{"en", "The nurse will ask about your medicines at the visit.", ""},
		{"en", "Bring your insurance card to the visit.", ""},
		{"en", "Tell us about your pain. We will help.", "health"},
		{"es", "Cuídese.", ""},
		{"es", "Cuídate mucho, y que te mejores pronto.", ""},
		{"en", "Take care.", ""},
		{"es", "Cuídese la herida con pomada dos veces al día.", "recommendation"},
	} {
		got := speech.Judge(c.text, c.lang, speech.Context{})
		class := ""
		if len(got) > 0 {
			class = got[0].Class
		}
		if class != c.class {
			t.Errorf("Judge(%q) = %+v, want class %q", c.text, got, c.class)
		}
	}
}

// TestJudgeAtOnce checks that texts may be judged at the same time.
func TestJudgeAtOnce(t *testing.T) {
	t.Parallel()
	texts := []string{"What medications do you take?", "Allergies are common. Tell us yours.", "You have an infection.", "¿Qué medicamentos toma?", "See you on Tuesday."}
	want := make([][]speech.Finding, len(texts))
	for i, s := range texts {
		want[i] = speech.Judge(s, "", speech.Context{})
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i, s := range texts {
				if got := speech.Judge(s, "", speech.Context{}); !slices.Equal(got, want[i]) {
					t.Errorf("Judge(%q) = %+v beside others, %+v alone", s, got, want[i])
				}
			}
		})
	}
	wait.Wait()
}

// TestJudgePrices checks that an amount of money is a price, which some flows answer, unless it comes with advice.
func TestJudgePrices(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, class, answered string }{
		{"Botox starts at $12 a unit.", "price", ""},
		{"Our lip filler is $650 per syringe.", "price", ""},
		{"La limpieza sale en $45.", "price", ""},
		{"Three sessions at $300 each will clear those scars for good.", "outcome", "outcome"},
	} {
		for prices, want := range map[bool]string{false: c.class, true: c.answered} {
			got := ""
			if found := speech.Judge(c.text, "", speech.Context{Prices: prices}); len(found) > 0 {
				got = found[0].Class
			}
			if got != want {
				t.Errorf("Judge(%q) where prices are answered %v: class %q, want %q", c.text, prices, got, want)
			}
		}
	}
}
