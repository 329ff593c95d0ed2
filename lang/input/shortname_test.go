package input_test

import (
	"testing"

	"github.com/tacet-lang/tacet/lang/input"
)

// TestShortNames keeps names that are words of a sentence too from being taken for one.
func TestShortNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text, lang string
		ok         bool
	}{
		{"Lo Pan", "en", true}, {"lo pan", "en", true}, {"Lo Pan", "es", true}, {"An Le", "en", true}, {"le tran", "en", true},
		{"My Nguyen", "en", true}, {"Un Jin", "en", true}, {"Heung Min Son", "en", true}, {"So Yi", "en", true}, {"In Kim", "en", true},
		{"Li Na", "en", true}, {"Bo", "en", true}, {"Ng", "en", true}, {"Xi", "es", true}, {"Al Amin", "en", true}, {"Do Tran", "en", true},
		{"my name is Lo Pan", "en", true}, {"me llamo Lo Pan", "es", true},
		{"lo siento", "en", false}, {"Lo Siento", "es", false}, {"lo mismo", "es", false}, {"un momento", "es", false}, {"Un Momento", "en", false},
		{"my name", "en", false}, {"My Name", "en", false}, {"my son", "en", false}, {"le digo", "es", false}, {"ya no", "es", false},
		{"No Thanks", "en", false}, {"in pain", "en", false}, {"In Pain", "en", false}, {"lo que sea", "es", false},
	} {
		r := input.Parse("name", tc.text, input.Context{Lang: tc.lang})
		if got := r.Status == input.OK; got != tc.ok {
			t.Errorf("Parse(name, %q) in %s = %v %q, want taken: %t", tc.text, tc.lang, r.Status, r.Value, tc.ok)
		}
	}
}
