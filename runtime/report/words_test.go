package report

import (
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Do you have FINANCING? I'd like to pay monthly, monthly!": {"financing", "monthly", "pay"},
		"call 312-555-0142 or b2b":                                 {"call"},
		"¿Tienen financiación?":                                    {"financiación"},
		"what's the dentist's fee":                                 {"dentist", "fee"},
		"":                                                         nil,
		"I am ok":                                                  nil,
	} {
		if got := words(text); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}
