package speech_test

import (
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
