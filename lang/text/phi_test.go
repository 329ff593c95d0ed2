package text_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// TestChecksums holds a number of each kind that passes its check next to one that fails by one digit.
func TestChecksums(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typ, good, bad string }{
		{"card", "card 4111111111111111", "card 4111111111111112"},
		{"aba", "routing 021000021", "routing 021000022"},
		{"npi", "npi 1234567893", "npi 1234567894"},
		{"dea", "it is AB1234563", "it is AB1234564"},
		{"vin", "it is 1M8GDM9AXKP042788", "it is 1M8GDM9AXKP042789"},
		{"mbi", "1EG4-TE5-MK73", "1EG4-TE5-MS73"},
		{"ssn", "536-22-8471", "666-22-8471"},
		{"ssn", "ssn 536228471", "ssn 536008471"},
		{"ssn", "219-45-8830", "219-09-9999"},
		{"itin", "912-70-1234", "912-66-1234"},
		{"ip", "10.20.30.40", "10.20.30.400"},
		{"phone", "212-555-0142", "112-555-0142"},
		{"zip", "zip 60614", "zip 00100"},
		{"age", "I am 93 years old", "I am 83 years old"},
	} {
		if !has(text.DetectPHI(text.Normalise(c.good), ""), c.typ) {
			t.Errorf("%s not found in %q", c.typ, c.good)
		}
		if has(text.DetectPHI(text.Normalise(c.bad), ""), c.typ) {
			t.Errorf("%s found in %q", c.typ, c.bad)
		}
	}
}

func has(found []text.PHI, typ string) bool {
	for _, p := range found {
		if p.Type == typ {
			return true
		}
	}
	return false
}

func TestMaskHidesAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ msg, want string }{
		{"my ssn is ５３６-２２-８４７１ ok", "my ssn is ▮▮▮▮ ok"},
		{"mail jos\u00e9@example.com now", "mail ▮▮▮▮ now"},
		{"call (212)\u00a0555\u20110142", "call ▮▮▮▮"},
		{"nothing here", "nothing here"},
	} {
		var spans []text.Span
		for _, p := range text.DetectPHI(text.Normalise(c.msg), "") {
			spans = append(spans, p.Span)
		}
		if got := text.Mask(c.msg, spans); got != c.want {
			t.Errorf("Mask(%q) = %q, want %q", c.msg, got, c.want)
		}
	}
}

func TestMaskSpans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		spans []text.Span
		want  string
	}{
		{nil, "abcdefgh"},
		{[]text.Span{{Start: 2, End: 4}}, "ab▮▮▮▮efgh"},
		{[]text.Span{{Start: 4, End: 6}, {Start: 0, End: 1}}, "▮▮▮▮bcd▮▮▮▮gh"},
		{[]text.Span{{Start: 1, End: 4}, {Start: 2, End: 6}}, "a▮▮▮▮gh"},
		{[]text.Span{{Start: -3, End: 2}, {Start: 6, End: 99}}, "▮▮▮▮cdef▮▮▮▮"},
		{[]text.Span{{Start: 5, End: 5}, {Start: 7, End: 3}}, "abcdefgh"},
	} {
		if got := text.Mask("abcdefgh", c.spans); got != c.want {
			t.Errorf("Mask(%v) = %q, want %q", c.spans, got, c.want)
		}
	}
}

func TestHealthClassAndPerson(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ msg, class, about string }{
		{"I have diabetes", "health", "self"},
		{"my husband has dementia", "health", "other"},
		{"I suffer from depression", "special-mh", "self"},
		{"I have HIV", "special-hiv", "self"},
		{"tengo problema con el alcohol", "special-sud", "self"},
		{"I had a miscarriage", "special-repro", "self"},
		{"I have the brca gene", "genetic", "self"},
	} {
		found := text.DetectPHI(text.Normalise(c.msg), "")
		if len(found) != 1 || found[0].Class != c.class || found[0].About != c.about {
			t.Errorf("%q: %+v, want class %s about %s", c.msg, found, c.class, c.about)
		}
	}
}

func TestLongMessageIsBounded(t *testing.T) {
	t.Parallel()
	tail := " my ssn is 536-22-8471"
	if got := text.DetectPHI(text.Normalise(strings.Repeat("hello there ", 300)+tail), ""); len(got) != 1 {
		t.Errorf("within the limit: %v", got)
	}
	if got := text.DetectPHI(text.Normalise(strings.Repeat("hello there ", 400)+tail), ""); len(got) != 0 {
		t.Errorf("beyond the limit: %v", got)
	}
}
