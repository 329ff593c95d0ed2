package policy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// suggested returns how a value that does not fit was probably meant, or "". kind is the schema's `x-suggest`.
func suggested(kind, value string) string {
	switch kind {
	case "hours":
		return hoursMeant(value)
	case "day":
		return dayMeant(value)
	case "slug":
		return slug(value)
	case "span":
		if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && n > 0 {
			return fmt.Sprintf("%d minutes", n)
		}
	}
	return ""
}

var clockRange = regexp.MustCompile(`(?i)^\s*(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?\s*(?:-|–|—|to|until|till)\s*(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.)?\s*$`)

// hoursMeant reads "9-5pm", "9:00 am - 5:00 pm", "9.30 to 17.00". Without am or pm, a range that would end before it
// begins ends in the afternoon.
func hoursMeant(value string) string {
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		m := clockRange.FindStringSubmatch(part)
		if m == nil {
			return ""
		}
		from, to := minuteOf(m[1], m[2], m[3]), minuteOf(m[4], m[5], m[6])
		if from < 0 || to < 0 {
			return ""
		}
		if to <= from && m[6] == "" && to+12*60 <= minutesOfDay {
			to += 12 * 60
		}
		if m[3] == "" && m[6] != "" && from+12*60 < to && from < 6*60 {
			from += 12 * 60 // 1-5pm
		}
		if to <= from {
			return ""
		}
		out = append(out, clockText(from)+"-"+clockText(to))
	}
	return strings.Join(out, ", ")
}

func minuteOf(hour, minute, half string) int {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	half = strings.ToLower(half)
	switch {
	case half != "" && (h < 1 || h > 12), h > 24, m > 59:
		return -1
	case strings.HasPrefix(half, "p") && h < 12:
		h += 12
	case strings.HasPrefix(half, "a") && h == 12:
		h = 0
	}
	return h*60 + m
}

// dayMeant reads 12/24/2026 and December 24, 2026 as Americans write them.
func dayMeant(value string) string {
	for _, layout := range []string{"1/2/2006", "1-2-2006", "1/2/06", "January 2, 2006", "Jan 2, 2006", "January 2 2006", "2 January 2006", "2006/1/2", "2006-1-2", "2006.1.2"} {
		if t, err := time.Parse(layout, strings.TrimSpace(value)); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// spanText says minutes as a person would: "3 hours", "90 minutes".
func spanText(minutes int64) string {
	switch {
	case minutes >= 120 && minutes%60 == 0:
		return fmt.Sprintf("%d hours", minutes/60)
	case minutes == 60:
		return "1 hour"
	}
	return fmt.Sprintf("%d minutes", minutes)
}
