package speech_test

import (
	"testing"

	"github.com/tacet-lang/tacet/lang/speech"
)

// TestRewrite checks that there is something to say instead for whatever is found, which itself asks for nothing and gives
// nothing, where nothing at all is permitted.
func TestRewrite(t *testing.T) {
	t.Parallel()
	var findings []speech.Finding
	for _, k := range speech.Kinds() {
		findings = append(findings, speech.Finding{Kind: speech.Solicitation, Type: k.Type, Class: k.Class})
	}
	for _, class := range []string{speech.Diagnosis, speech.Recommendation, speech.Dosing, speech.Candidacy, speech.Reassurance, speech.Price, speech.Outcome} {
		findings = append(findings, speech.Finding{Kind: speech.Advice, Class: class})
	}
	for _, f := range findings {
		for _, lang := range []string{"en", "es"} {
			instead := speech.Rewrite(f, lang, speech.Context{})
			if instead == "" {
				t.Errorf("nothing to say instead of %s %s %s in %s", f.Kind, f.Class, f.Type, lang)
				continue
			}
			if again := speech.Judge(instead, lang, speech.Context{}); len(again) > 0 {
				t.Errorf("%q, said instead of %s, is judged %+v", instead, f.Type, again)
			}
		}
	}
}

// TestPermitted checks that what a context permits may be asked, and a consent may name what it is for.
func TestPermitted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		context speech.Context
		want    bool
	}{
		{"What medications do you take?", speech.Context{}, true},
		{"What medications do you take?", speech.Context{Permits: map[string]bool{"medications": true}}, false},
		{"What is your name?", speech.Context{}, true},
		{"What is your name?", speech.Context{Permits: map[string]bool{"name": true}}, false},
		{"May we keep what you tell us about your health?", speech.Context{Consent: true}, false},
		{"A facelift costs $9,000.", speech.Context{}, true},
		{"A facelift costs $9,000.", speech.Context{Prices: true}, false},
	} {
		if got := len(speech.Judge(c.text, "en", c.context)) > 0; got != c.want {
			t.Errorf("Judge(%q, %+v) finds something: %v, want %v", c.text, c.context, got, c.want)
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	const text = "Thanks for choosing us! Our doctor likes to hear about earlier treatments ahead of time. Which day suits you best?"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		speech.Judge(text, "en", speech.Context{})
	}
}
