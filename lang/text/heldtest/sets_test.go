package heldtest_test

import (
	"maps"
	"math"
	"slices"
	"testing"
)

func TestWilson(t *testing.T) {
	t.Parallel()
	// Values of the worked examples in Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
	for _, c := range []struct {
		share
		low, high float64
	}{
		{share{81, 263}, 0.2553, 0.3662},
		{share{15, 148}, 0.0624, 0.1605},
		{share{0, 20}, 0, 0.1611},
		{share{1, 29}, 0.0061, 0.1718},
	} {
		low, high := c.wilson()
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: [%.4f, %.4f], want [%.4f, %.4f]", c.of, c.all, low, high, c.low, c.high)
		}
	}
}

// counts is how many examples a slice has.
type counts map[string]int

func (c counts) atLeast(t *testing.T, area string, least int) {
	t.Helper()
	for _, slice := range slices.Sorted(maps.Keys(c)) {
		if c[slice] < least {
			t.Errorf("%s: %s has %d examples, want at least %d", area, slice, c[slice], least)
		}
	}
}

// TestSetsAreLarge: a figure over a handful of examples says nothing, and parity of the languages cannot be read off
// a set that speaks one.
func TestSetsAreLarge(t *testing.T) {
	t.Parallel()
	alarms, calm, topics, authors, langs := counts{}, counts{}, counts{}, counts{}, counts{}
	for _, row := range rows(t, "triggers/held.tsv", "lang", "expect", "category", "style", "text") {
		langs["triggers "+row[0]]++
		switch {
		case row[1] != "none":
			alarms[row[2]+" "+row[0]]++
		case row[2] == chat:
			calm["ordinary"]++
		default:
			calm["adversarial"]++
		}
	}
	for _, row := range rows(t, "topics/held.tsv", "lang", "topic", "style", "text") {
		langs["topics "+row[0]]++
		topics[row[1]]++
	}
	for _, row := range rows(t, "author/held.tsv", "lang", "purpose", "expect", "class", "style", "text") {
		langs["author "+row[0]]++
		authors[row[2]+" "+row[0]]++
	}
	data := counts{"with": 0, "without": 0}
	for _, m := range markedMessages(t) {
		langs["phi "+m.Lang]++
		if len(m.Spans) > 0 {
			data["with"]++
		} else {
			data["without"]++
		}
	}
	alarms.atLeast(t, "emergencies", 15)
	calm.atLeast(t, "no emergencies", 300)
	topics.atLeast(t, "topics", 30)
	authors.atLeast(t, "texts of authors", 70)
	data.atLeast(t, "patient data", 150)
	langs.atLeast(t, "languages", 300)
}
