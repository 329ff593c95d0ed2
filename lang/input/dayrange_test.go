package input_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/input"
)

// sunday is 2026-11-22; the week before begins on the 15th.
var sunday = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func TestDaysThatAreOver(t *testing.T) {
	t.Parallel()
	past := input.Context{Now: sunday, HasRange: true, Min: -input.DaysBack, Max: 0}
	for _, tc := range []struct {
		text string
		c    input.Context
		want string
	}{
		{"yesterday", past, "2026-11-21"},
		{"it was the day before yesterday", past, "2026-11-20"},
		{"today", past, "2026-11-22"},
		{"3 days ago", past, "2026-11-19"},
		{"two weeks ago", past, "2026-11-08"},
		{"hace tres semanas", past, "2026-11-01"},
		{"hace ocho días", past, "2026-11-14 2026-11-15"},
		{"March 5", past, "2026-03-05"},
		{"december 24", past, "2025-12-24"},
		{"feb 29", past, "2024-02-29"},
		{"March 5, 2019", past, "2019-03-05"},
		{"3/5/19", past, "2019-03-05"},
		{"12/24/98", past, "1998-12-24"},
		{"5 de marzo", past, "2026-03-05"},
		{"last tuesday", past, "2026-11-17"},
		{"el martes pasado", past, "2026-11-17"},
		{"last tuesday", input.Context{Now: sunday.AddDate(0, 0, 5), HasRange: true, Min: -30, Max: 0}, "2026-11-17 2026-11-24"},
		{"tuesday", past, "2026-11-17"},
		{"the 5th", past, "2026-11-05"},
		{"the 25th", past, "2026-10-25"},
		{"my last visit was March 5", past, "2026-03-05"},
		{"tomorrow", past, input.StillToCome},
		{"in two weeks", past, input.StillToCome},
		{"March 5, 2027", past, input.StillToCome},
		{"March 5, 1850", past, input.TooFar},
		{"last week", past, input.NeedsDay},
		{"hace dos meses", past, input.NeedsDay},
		{"never", past, input.NeedsDay},
		{"yesterday", input.Context{Now: sunday}, input.PastDate},
		{"last tuesday", input.Context{Now: sunday}, input.PastDate},
		{"3 days ago", input.Context{Now: sunday}, input.PastDate},
		{"november 29", input.Context{Now: sunday, HasRange: true, Min: 1, Max: 10}, "2026-11-29"},
		{"today", input.Context{Now: sunday, HasRange: true, Min: 1, Max: 10}, input.DayOutOfRange},
		{"december 24", input.Context{Now: sunday, HasRange: true, Min: 1, Max: 10}, input.DayOutOfRange},
		{"yesterday", input.Context{Now: sunday, HasRange: true, Min: 1, Max: 10}, input.PastDate},
		{"october 1", input.Context{Now: sunday, HasRange: true, Min: -30, Max: 0}, input.DayOutOfRange},
		{"tuesday", input.Context{Now: sunday, HasRange: true, Min: -30, Max: 30}, "2026-11-17 2026-11-24"},
		{"december 1", input.Context{Now: sunday, HasRange: true, Min: -30, Max: 30}, "2026-12-01"},
	} {
		r := input.Parse("date", tc.text, tc.c)
		got := r.Reason
		switch r.Status {
		case input.OK:
			got = r.Value
		case input.Ambiguous:
			got = strings.Join(r.Choices, " ")
		case input.Unclear, input.Invalid:
		}
		if got != tc.want {
			t.Errorf("Parse(date, %q) in %d..%d = %q, want %q", tc.text, tc.c.Min, tc.c.Max, got, tc.want)
		}
	}
}

func TestDayOutOfRangeIsExplained(t *testing.T) {
	t.Parallel()
	c := input.Context{Now: sunday, HasRange: true, Min: 1, Max: 10}
	got := input.Reprompt("date", input.Parse("date", "december 24", c), c)
	if want := "Please write a day from Monday, November 23 to Wednesday, December 2."; got != want {
		t.Errorf("Reprompt = %q, want %q", got, want)
	}
}

func TestDayThatNobodyRemembers(t *testing.T) {
	t.Parallel()
	c := input.Context{Now: sunday, HasRange: true, Min: -input.DaysBack, Max: 0}
	got := input.Reprompt("date", input.Parse("date", "two months ago", c), c)
	if want := "Which day was it? Your best guess is fine, for example Sunday, November 15."; got != want {
		t.Errorf("Reprompt = %q, want %q", got, want)
	}
	c.Lang = "es"
	got = input.Reprompt("date", input.Parse("date", "hace dos meses", c), c)
	if want := "¿Qué día fue? Si no lo recuerda, diga uno aproximado, por ejemplo el domingo 15 de noviembre."; got != want {
		t.Errorf("Reprompt = %q, want %q", got, want)
	}
	if got, want := input.Reprompt("date", input.Parse("date", "next week", input.Context{Now: sunday}), input.Context{Now: sunday}), "Which day exactly"; !strings.HasPrefix(got, want) {
		t.Errorf("Reprompt of a day to come = %q, want %q…", got, want)
	}
}

// TestDaysLieInTheRange holds the reader to its range: what it takes, or asks between, lies in it, and what it shows as an
// example would be taken.
func TestDaysLieInTheRange(t *testing.T) {
	t.Parallel()
	words := []string{"yesterday", "tuesday", "last friday", "next monday", "3 days ago", "in 2 weeks", "march 5", "12/24", "the 5th", "5/6/24", "2026-11-01", "hace 8 días", "el martes pasado", "or", "and", "today", "march 5 1999"}
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Int64Range(-60_000, 3_000).Draw(t, "min")
		c := input.Context{Now: sunday, HasRange: true, Min: lo, Max: lo + rapid.Int64Range(0, 50_000).Draw(t, "span"), Lang: rapid.SampledFrom([]string{"en", "es"}).Draw(t, "lang")}
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, 4).Draw(t, "words"), " ")
		r := input.Parse("date", text, c)
		for _, v := range append(r.Choices, r.Value) {
			if v == "" {
				continue
			}
			day, err := time.Parse(time.DateOnly, v)
			if err != nil {
				t.Fatal(err)
			}
			if n := int64(day.Sub(sunday.Truncate(24*time.Hour)).Hours() / 24); n < c.Min || n > c.Max {
				t.Errorf("Parse(%q) = %s, which is %d days from today, not %d..%d", text, v, n, c.Min, c.Max)
			}
		}
		input.Reprompt("date", r, c)
	})
}
