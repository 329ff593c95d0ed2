package input_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/input"
)

// exactKinds are those whose answer is one value among many, so that a negation or an alternative changes it.
var exactKinds = []string{"choice", "code", "date", "date-of-birth", "email", "number", "phone", "time", "zip"}

// negations in front of an answer, by language.
var denials = map[string][]string{
	"en": {"not ", "definitely not ", "anything but not "},
	"es": {"no el ", "no quiero ", "nunca "},
}

func TestNegatedAnswersAreNotTaken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(exactKinds).Draw(t, "kind")
		c := context(rapid.SampledFrom(languages).Draw(t, "lang"))
		text := rapid.SampledFrom(denials[c.Lang]).Draw(t, "denial") + input.Echo(kind, canonical(t, kind), c)
		if r := input.Parse(kind, text, c); r.Status == input.OK {
			t.Fatalf("Parse(%s, %q) = %s, want no value", kind, text, got(r))
		}
	})
}

func TestTwoAnswersAreNotOne(t *testing.T) {
	t.Parallel()
	or := map[string]string{"en": " or ", "es": " o "}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(exactKinds).Draw(t, "kind")
		c := context(rapid.SampledFrom(languages).Draw(t, "lang"))
		a, b := canonical(t, kind), canonical(t, kind)
		if a == b {
			t.Skip("one answer twice")
		}
		text := input.Echo(kind, a, c) + or[c.Lang] + input.Echo(kind, b, c)
		if r := input.Parse(kind, text, c); r.Status == input.OK {
			t.Fatalf("Parse(%s, %q) = %s, want a question", kind, text, got(r))
		}
	})
}

func TestUnknownWordsMakeUnclear(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{"date", "date-of-birth", "time", "number", "yes-no"}).Draw(t, "kind")
		c := context(rapid.SampledFrom(languages).Draw(t, "lang"))
		text := input.Echo(kind, canonical(t, kind), c)
		if rapid.Bool().Draw(t, "front") {
			text = "blorf " + text
		} else {
			text += " blorf"
		}
		if r := input.Parse(kind, text, c); r.Status != input.Unclear {
			t.Fatalf("Parse(%s, %q) = %s, want unclear", kind, text, got(r))
		}
	})
}

// anyMoment draws the clock of a practice anywhere, leap days and year ends included.
func anyMoment() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		zone := time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "zone")*3600)
		day := rapid.OneOf(rapid.IntRange(0, 12*365), rapid.SampledFrom([]int{59, 790, 364, 365, 1520})).Draw(t, "day")
		return time.Date(2024, 1, 1, rapid.IntRange(0, 23).Draw(t, "hour"), 30, 0, 0, zone).AddDate(0, 0, day)
	})
}

func TestDatesHoldOnEveryDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := context(rapid.SampledFrom(languages).Draw(t, "lang"))
		c.Now = anyMoment().Draw(t, "now")
		today := time.Date(c.Now.Year(), c.Now.Month(), c.Now.Day(), 0, 0, 0, 0, time.UTC)
		value := today.AddDate(0, 0, rapid.IntRange(0, 4*365).Draw(t, "ahead")).Format(time.DateOnly)
		echo := input.Echo("date", value, c)
		if r := input.Parse("date", echo, c); r.Value != value {
			t.Fatalf("on %v Parse(date, %q) = %s, want %s", today, echo, got(r), value)
		}
		text := answers().Draw(t, "text")
		r := input.Parse("date", text, c)
		for _, v := range append(r.Choices, r.Value) {
			d, err := time.Parse(time.DateOnly, v)
			if v != "" && (err != nil || d.Before(today) || d.After(today.AddDate(5, 0, 1))) {
				t.Fatalf("on %v Parse(date, %q) = %s", today, text, got(r))
			}
		}
	})
}

func TestZeroContext(t *testing.T) {
	t.Parallel()
	for _, kind := range append(input.Kinds(), "no-such-kind") {
		for _, text := range []string{"", " ", "tuesday", "7", "a@b.com", "\xff\xfe", "el 31 de febrero", "last"} {
			r := input.Parse(kind, text, input.Context{})
			if r.Status != input.OK && input.Reprompt(kind, r, input.Context{}) == "" {
				t.Errorf("Reprompt(%s) for %q is empty", kind, text)
			}
			input.Echo(kind, text, input.Context{})
		}
	}
}
