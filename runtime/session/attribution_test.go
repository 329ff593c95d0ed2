package session_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/runtime/session"
)

func TestAttribution(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"": "", "google": "google", "Google": "google", "  Spring Sale 2026 ": "spring-sale-2026", "botox_q4-v1.2": "botox_q4-v1.2", "2026-11": "2026-11",
		"jane.doe@example.com": session.OtherAttribution, "+13125550187": session.OtherAttribution, "312-555-0187": session.OtherAttribution,
		"1984-02-29": session.OtherAttribution, "mrn1234567": session.OtherAttribution, "café": session.OtherAttribution, "<b>": session.OtherAttribution,
		"a&utm_term=b": session.OtherAttribution, "a\x00": session.OtherAttribution, strings.Repeat("a", 40): strings.Repeat("a", 40),
		strings.Repeat("a", 41): session.OtherAttribution, strings.Repeat("a ", 1<<20): session.OtherAttribution,
	} {
		if got := (session.Attribution{Source: given}).Clean().Source; got != want {
			t.Errorf("%.60q is kept as %q, want %q", given, got, want)
		}
	}
}

// TestAttributionIsNarrow: whatever an address says, what is kept is of the narrow kind, and clean already.
func TestAttributionIsNarrow(t *testing.T) {
	t.Parallel()
	narrow := regexp.MustCompile(`^[a-z0-9._-]{0,40}$`)
	rapid.Check(t, func(t *rapid.T) {
		a := session.Attribution{Source: rapid.String().Draw(t, "source"), Medium: rapid.StringMatching(`[A-Za-z0-9 ._@+-]{0,60}`).Draw(t, "medium")}.Clean()
		for _, name := range []string{a.Source, a.Medium, a.Campaign} {
			if !narrow.MatchString(name) || len(regexp.MustCompile(`\d`).FindAllString(name, -1)) > 6 {
				t.Errorf("kept: %q", name)
			}
		}
		if again := a.Clean(); again != a {
			t.Errorf("%+v is not clean: %+v", a, again)
		}
	})
}
