package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// hoursWords say hours in one language.
type hoursWords struct {
	days                   [7]string // from Sunday
	every, through, and    string    // "every day", "Monday THROUGH Friday", "Monday AND Tuesday"
	at, until              string    // before the first time; between two times
	am, pm, midnight, noon string
	allDay                 string
	closed                 string
}

var hoursIn = map[string]hoursWords{
	"en": {
		days:  [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		every: "every day", through: " to ", and: " and ", at: " ", until: " to ",
		am: " am", pm: " pm", midnight: "midnight", noon: "noon", allDay: " day and night", closed: "closed",
	},
	"es": {
		days:  [7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		every: "todos los días", through: " a ", and: " y ", at: " de ", until: " a ",
		am: " a. m.", pm: " p. m.", midnight: "medianoche", noon: "mediodía", allDay: " las 24 horas", closed: "cerrado",
	},
}

// hoursText says weekly hours as {practice.hours} shows them: "Monday to Friday 9:00 am to 5:00 pm".
func hoursText(hours []Opening) machine.Text {
	out := machine.Text{}
	for lang, w := range hoursIn {
		out[lang] = w.week(hours)
	}
	return out
}

// week groups the days that have the same hours, from Monday on.
func (w hoursWords) week(hours []Opening) string {
	var groups []string
	byHours := map[string][]int{}
	for i := range 7 {
		day := (i + 1) % 7
		text := w.day(hours, day)
		if text == "" {
			continue
		}
		if byHours[text] == nil {
			groups = append(groups, text)
		}
		byHours[text] = append(byHours[text], i)
	}
	for i, text := range groups {
		groups[i] = w.runs(byHours[text]) + text
	}
	if len(groups) == 0 {
		return w.closed
	}
	return strings.Join(groups, ", ")
}

func (w hoursWords) day(hours []Opening, day int) string {
	var parts []string
	for _, o := range hours {
		switch {
		case o.Day != day:
		case o.From == 0 && o.To == minutesOfDay:
			return w.allDay
		default:
			parts = append(parts, w.at+w.time(o.From)+w.until+w.time(o.To))
		}
	}
	return strings.Join(parts, strings.TrimRight(w.and, " "))
}

func (w hoursWords) time(m int) string {
	switch {
	case m == 0 || m == minutesOfDay:
		return w.midnight
	case m == minutesOfDay/2:
		return w.noon
	}
	half := w.am
	if m >= minutesOfDay/2 {
		half = w.pm
	}
	return fmt.Sprintf("%d:%02d%s", (m/60+11)%12+1, m%60, half)
}

// runs says days, given as places in a week that begins on Monday: "Monday to Wednesday and Friday".
func (w hoursWords) runs(days []int) string {
	if len(days) == 7 {
		return w.every
	}
	var parts []string
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1] == days[j]+1 {
			j++
		}
		if j-i >= 2 {
			parts = append(parts, w.name(days[i])+w.through+w.name(days[j]))
		} else {
			for _, d := range days[i : j+1] {
				parts = append(parts, w.name(d))
			}
		}
		i = j + 1
	}
	last := len(parts) - 1
	return strings.Join(slices.DeleteFunc([]string{strings.Join(parts[:last], ", "), parts[last]}, func(s string) bool { return s == "" }), w.and)
}

func (w hoursWords) name(fromMonday int) string { return w.days[(fromMonday+1)%7] }
