package input_test

import (
	"slices"
	"testing"

	"github.com/tacet-lang/tacet/lang/input"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	kinds := input.Kinds()
	if !slices.IsSorted(kinds) {
		t.Errorf("Kinds() = %v, not sorted", kinds)
	}
	for _, kind := range kinds {
		if r := input.Parse(kind, "x", context("en")); r.Reason == input.UnknownKind {
			t.Errorf("Parse does not know %q", kind)
		}
	}
	if r := input.Parse("shoe-size", "x", context("en")); r.Status != input.Invalid || r.Reason != input.UnknownKind {
		t.Errorf("Parse(shoe-size) = %+v, want invalid %s", r, input.UnknownKind)
	}
}

func TestReprompt(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ kind, text, lang, want string }{
		{"date", "12/5", "es", "¿Quiso decir el sábado 5 de diciembre o el miércoles 12 de mayo de 2027?"},
		{"date", "nov 31", "en", "That day is not on the calendar. Please check it, for example Friday, November 27."},
		{"time", "3", "en", "Did you mean 3:00 AM or 3:00 PM?"},
		{"time", "1", "es", "¿Quiso decir la 1:00 a. m. o la 1:00 p. m.?"},
		{"time", "mañana", "es", "¿A qué hora exactamente? Por ejemplo, 3:00 p. m."},
		{"number", "siete u ocho", "es", "¿Quiso decir 7 u 8?"},
		{"choice", "bananas", "es", "Por favor, elija una opción: Rinoplastia, Lifting facial, Bótox u Otra cosa."},
		{"choice", "not botox", "en", "Please choose one: Rhinoplasty, Facelift, Botox or Something else."},
		{"phone", "911", "en", "That is an emergency line: if this is an emergency, please call it now; otherwise write a number where we can reach you, for example (212) 555-0142."},
		{"yes-no", "yes but", "en", "I want to be sure: is that a yes or a no?"},
		{"zip", "10001", "en", ""},
	} {
		c := context(tc.lang)
		if got := input.Reprompt(tc.kind, input.Parse(tc.kind, tc.text, c), c); got != tc.want {
			t.Errorf("Reprompt(%s) for %q in %s\n got %q\nwant %q", tc.kind, tc.text, tc.lang, got, tc.want)
		}
	}
}

func TestEveryReasonIsSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	reasons := []string{input.TooLong, input.Empty, input.UnknownKind, input.TwoReadings, input.TooMany, input.Negated, input.OpenEnded,
		input.Range, input.NotADate, input.NeedsDay, input.NeedsMonth, input.NeedsYear, input.NoSuchDate, input.PastDate, input.FutureDate,
		input.StillToCome, input.DayOutOfRange,
		input.TooFar, input.RecentlyPast, input.WeekdayMismatch, input.NotATime, input.NeedsHour, input.PartOfDay, input.NoSuchTime,
		input.NotANumber, input.WholeNumber, input.OutOfRange, input.Unit, input.NotAPhone, input.NeedsAreaCode, input.EmergencyNumber,
		input.NotAnEmail, input.NotAZip, input.NotACode, input.NotYesNo, input.Contrast, input.Undecided, input.Mixed, input.NotAChoice,
		input.NotAName, input.Characters}
	for _, kind := range input.Kinds() {
		for _, reason := range reasons {
			r := input.Result{Status: input.Unclear, Reason: reason}
			en, es := input.Reprompt(kind, r, context("en")), input.Reprompt(kind, r, context("es"))
			if en == "" || es == "" || en == es {
				t.Errorf("Reprompt(%s, %s) = %q and %q", kind, reason, en, es)
			}
		}
	}
}

func TestEchoLeavesOtherValuesAlone(t *testing.T) {
	t.Parallel()
	for _, kind := range input.Kinds() {
		for _, value := range []string{"", "nonsense", "2026-13-45", "25:00", "+", "+1", "no such option"} {
			if got := input.Echo(kind, value, context("es")); got != value {
				t.Errorf("Echo(%s, %q) = %q, want it unchanged", kind, value, got)
			}
		}
	}
}
