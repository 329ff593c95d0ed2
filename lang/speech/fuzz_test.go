package speech_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/speech"
)

// FuzzJudge holds every text to what Judge promises: findings lie in the text, quote it, come in order and are the same
// each time.
func FuzzJudge(f *testing.F) {
	for _, s := range []string{"", "Allergies:", "What bothers you about your nose?", "¿Qué medicamentos toma?", "{name}, $500.", "a\n\n- b\n", strings.Repeat("Tell us. ", 600)} {
		f.Add(s, "en")
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, s, lang string) {
		got := speech.Judge(s, lang, speech.Context{})
		end := 0
		for _, x := range got {
			if x.Start < end || x.End <= x.Start || x.End > len(s) || s[x.Start:x.End] != x.Phrase {
				t.Fatalf("Judge(%q): %+v does not quote the text", s, x)
			}
			if utf8.ValidString(s) && !utf8.ValidString(x.Phrase) {
				t.Fatalf("Judge(%q): %+v cuts a character", s, x)
			}
			if x.Kind == "" || x.Class == "" || x.Rule == "" || x.Why == "" {
				t.Fatalf("Judge(%q): %+v is incomplete", s, x)
			}
			end = x.End
		}
		if again := speech.Judge(s, lang, speech.Context{}); !slices.Equal(got, again) {
			t.Fatalf("Judge(%q) is not the same twice", s)
		}
	})
}
