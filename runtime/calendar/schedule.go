// Package calendar computes opening hours and free appointment slots. It is pure: the time, the zone and what is taken
// arrive as arguments, and equal arguments give equal results.
//
// Hours are wall-clock hours of the practice. On a day with a clock change a moment that the clocks skip does not
// exist and is never offered; a moment that they show twice means the first time.
package calendar

import (
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// searchDays is how far ahead NextOpen looks: a year and a day, so that a yearly pattern is seen once.
const searchDays = 367

// Schedule is a weekly pattern with the days that differ from it.
type Schedule struct {
	Hours    []machine.Opening
	Holidays []machine.Holiday
}

// Practice is the schedule of the practice itself.
func Practice(p *machine.Practice) Schedule {
	return Schedule{Hours: p.Hours, Holidays: p.Holidays}
}

// Team is the schedule of a team; ok is false when the practice has no team of that name.
func Team(p *machine.Practice, name string) (s Schedule, ok bool) {
	for _, t := range p.Teams {
		if t.Name != name {
			continue
		}
		s.Hours = t.Hours
		if t.Holidays {
			s.Holidays = p.Holidays
		}
		return s, true
	}
	return Schedule{}, false
}

// IsOpen reports whether at lies in the schedule, by the wall clock of at's own zone.
func (s Schedule) IsOpen(at time.Time) bool {
	minute := at.Hour()*60 + at.Minute()
	if h := s.holiday(at); h != nil {
		return contains(h.Openings, minute)
	}
	day := int(at.Weekday())
	for _, o := range s.Hours {
		if o.Day == day && o.From <= minute && minute < o.To {
			return true
		}
	}
	return false
}

// NextOpen returns the earliest moment from at on that lies in the schedule; at itself while it is open. ok is false
// when nothing opens within a year.
func (s Schedule) NextOpen(at time.Time) (next time.Time, ok bool) {
	if s.IsOpen(at) {
		return at, true
	}
	y, m, d := at.Date()
	for i := range searchDays {
		day := time.Date(y, m, d+i, 12, 0, 0, 0, at.Location())
		for _, o := range s.openings(day) {
			open := wall(day, o.From)
			if open.Before(at) || !s.IsOpen(open) {
				continue
			}
			if !ok || open.Before(next) {
				next, ok = open, true
			}
		}
		if ok {
			return next, true
		}
	}
	return time.Time{}, false
}

// openings are those of the day that noon stands for.
func (s Schedule) openings(noon time.Time) []machine.Opening {
	if h := s.holiday(noon); h != nil {
		return h.Openings
	}
	day := int(noon.Weekday())
	var out []machine.Opening
	for _, o := range s.Hours {
		if o.Day == day {
			out = append(out, o)
		}
	}
	return out
}

func (s Schedule) holiday(at time.Time) *machine.Holiday {
	if len(s.Holidays) == 0 {
		return nil
	}
	y, m, d := at.Date()
	for i := range s.Holidays {
		if sameDate(s.Holidays[i].Date, y, int(m), d) {
			return &s.Holidays[i]
		}
	}
	return nil
}

// sameDate compares a 2006-01-02 date without making a string of the other.
func sameDate(date string, y, m, d int) bool {
	if len(date) != len(time.DateOnly) {
		return false
	}
	n := [3]int{}
	for i, r := range [3][2]int{{0, 4}, {5, 7}, {8, 10}} {
		for _, c := range []byte(date[r[0]:r[1]]) {
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	return n == [3]int{y, m, d}
}

func contains(openings []machine.Opening, minute int) bool {
	for _, o := range openings {
		if o.From <= minute && minute < o.To {
			return true
		}
	}
	return false
}

// wall is the moment at which the clocks show that many minutes after midnight on day.
func wall(day time.Time, minutes int) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, minutes, 0, 0, day.Location())
}
