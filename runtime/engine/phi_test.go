package engine_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine"
)

func TestMaskByClass(t *testing.T) {
	t.Parallel()
	const said = "I'm Ana, ssn 219-45-8830, I have lupus"
	found := []engine.Finding{{Type: "name", Class: "contact", Start: 4, End: 7}, {Type: "ssn", Class: "government-id", Start: 13, End: 24}, {Type: "health", Class: "health", Start: 26, End: 38}}
	for _, c := range []struct {
		sees string
		want string
	}{
		{"contact", "I'm Ana, ssn ▮▮▮▮, ▮▮▮▮"},
		{"contact health", "I'm Ana, ssn ▮▮▮▮, I have lupus"},
		{"", "I'm ▮▮▮▮, ssn ▮▮▮▮, ▮▮▮▮"},
	} {
		sees := strings.Fields(c.sees)
		got := engine.Mask(said, found, func(f engine.Finding) bool {
			for _, s := range sees {
				if s == f.Class {
					return false
				}
			}
			return true
		})
		if got != c.want {
			t.Errorf("who sees %q sees %q, want %q", c.sees, got, c.want)
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	found := []engine.Finding{{Type: "ssn"}, {Type: "health"}, {Type: "health"}}
	if got, want := engine.Kinds(found), "health 2, ssn 1"; got != want {
		t.Errorf("Kinds = %q, want %q", got, want)
	}
}

// TestQuietClassesAreHiddenWithoutAWord: a date is masked and flagged, but nobody is admonished for it.
func TestQuietClassesAreHiddenWithoutAWord(t *testing.T) {
	t.Parallel()
	k := at(t, "contact/2")
	if got := k.say("since $identifier"); !strings.Contains(got, "Flagged") || strings.Contains(got, "gentle: ") {
		t.Errorf("a date: got\n%s", got)
	}
	if got := k.say("my $health"); !strings.Contains(got, "gentle: ") {
		t.Errorf("then an illness: got\n%s", got)
	}
}
