package input

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

func digits(n int) string { return strconv.Itoa(n) }

// parseTime reads a time of day. A bare hour from 1 to 8 could be morning or evening and is Ambiguous; the caller,
// who knows the opening hours, may drop a choice.
func parseTime(t string, c Context) Result {
	items := scanWhen(t, wantHour, c)
	switch {
	case has(items, not):
		return unclear(Negated)
	case has(items, unknown):
		return unclear(NotATime)
	case bounded(items):
		return unclear(OpenEnded)
	case ranged(items):
		return unclear(Range)
	}
	hours, elsewhere := clocks(items)
	if len(hours) == 0 {
		return withoutHour(items, elsewhere)
	}
	var minutes []int
	for _, h := range hours {
		m := h.readings(elsewhere)
		if m == nil {
			return invalid(NoSuchTime)
		}
		minutes = append(minutes, m...)
	}
	slices.Sort(minutes)
	values := make([]string, len(minutes))
	for i, m := range minutes {
		values[i] = fmt.Sprintf("%02d:%02d", m/60, m%60)
	}
	return oneOf("time", values, c)
}

// withoutHour answers an input that names a day or a part of the day only.
func withoutHour(items []item, p part) Result {
	var choices []string
	switch p {
	case morning, am:
		choices = []string{"09:00", "10:00", "11:00"}
	case afternoon, pm:
		choices = []string{"13:00", "14:00", "15:00", "16:00"}
	case evening, night:
		choices = []string{"17:00", "18:00", "19:00"}
	default:
		if len(items) > 0 {
			return unclear(NeedsHour)
		}
		return unclear(NotATime)
	}
	return Result{Status: Ambiguous, Choices: choices, Reason: PartOfDay}
}

// clocks lists the hours said and the part of the day said apart from them; several parts cancel out. In "3 or 4 pm"
// the part belongs to both hours.
func clocks(items []item) (hours []clock, elsewhere part) {
	parts := 0
	for i, it := range items {
		switch {
		case it.kind == hour:
			if it.clock.part == anyPart && i+2 < len(items) && listing(items[i+1]) && items[i+2].kind == hour {
				it.clock.part = items[i+2].clock.part
			}
			hours = append(hours, it.clock)
		case it.part != anyPart:
			elsewhere = it.part
			parts++
		}
	}
	if parts > 1 {
		elsewhere = anyPart
	}
	return hours, elsewhere
}

// bounded reports "after 3": an hour that is a limit.
func bounded(items []item) bool {
	for i, it := range items {
		if (it.kind == open || it.kind == until) && (i+1 == len(items) || !isDay(items[i+1])) {
			return true
		}
	}
	return false
}

// ranged reports "3 to 5".
func ranged(items []item) bool {
	for i, it := range items {
		if it.kind == upTo && i > 0 && i+1 < len(items) && items[i-1].kind == hour && items[i+1].kind == hour {
			return true
		}
	}
	return false
}

func echoTime(value string, c Context) string {
	t, err := time.Parse("15:04", value)
	if err != nil || len(value) != len("15:04") {
		return value
	}
	if spanish(c) {
		half := "a. m."
		if t.Hour() >= 12 {
			half = "p. m."
		}
		return t.Format("3:04 ") + half
	}
	return t.Format("3:04 PM")
}
