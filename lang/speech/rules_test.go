package speech

import (
	"os"
	"testing"
)

// byRules says what the rules alone find in an example.
func byRules(e example, kind string) bool {
	r := reader{text: e.text, sentences: sentences(e.text, e.lang)}
	for i := range r.sentences {
		s := &r.sentences[i]
		if kind == Advice {
			if r.judgeAdvice(s).class != "" {
				return true
			}
			continue
		}
		if o, ok := r.echoed(i); ok && groupOf(lexicons().concepts[o.concept].class) != "<contact>" {
			return true
		}
		for _, o := range s.objects() {
			g := groupOf(lexicons().concepts[o.concept].class)
			if g != "<contact>" && g != "<interest>" && g != "<pref>" && r.judgeObject(i, o).asks {
				return true
			}
		}
	}
	return false
}

// TestRules measures the rules without the models.
func TestRules(t *testing.T) {
	for _, kind := range []string{Solicitation, Advice} {
		var all tally
		for _, e := range workSet(t) {
			got, want := byRules(e, kind), e.wants(kind)
			all.count(got, want)
			if got != want && os.Getenv("TACET_SHOW") != "" {
				t.Logf("%s want %v: %s", kind, want, e.text)
			}
		}
		t.Logf("%s by rules: %v", kind, all)
	}
}
