package diag_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
)

func TestNear(t *testing.T) {
	t.Parallel()
	states := []string{"welcome", "about", "contact", "confirm", "booked", "triage"}
	tests := []struct{ name, want string }{
		{"welcom", "welcome"},
		{"wlecome", "welcome"},
		{"triag", "triage"},
		{"contatc", "contact"},
		{"conform", "confirm"},
		{"abuot", "about"},
		{"welcome", ""}, // it is there
		{"x", ""},
		{"", ""},
		{"scheduling", ""},
		{strings.Repeat("welcome", 100), ""},
	}
	for _, tt := range tests {
		if got := diag.Near(tt.name, states); got != tt.want {
			t.Errorf("Near(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
	if got := diag.Near("axb", []string{"abb", "axx"}); got != "abb" {
		t.Errorf("Near among equals = %q, want the first", got)
	}
}
