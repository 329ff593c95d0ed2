package outbox

import (
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
)

// searchMinutes bounds how far ahead a moment is looked for: a year and a day.
const searchMinutes = 367 * 24 * 60

// after returns the moment at which so much of a schedule's open time has passed since at, by the practice's clock. What never
// opens passes by the clock. Time that a clock change skips or repeats is counted as it passes.
func after(s calendar.Schedule, at time.Time, open time.Duration) time.Time {
	if _, opens := s.NextOpen(at); !opens {
		return at.Add(open)
	}
	t, left := at, open
	for range searchMinutes {
		next, opens := s.NextOpen(t)
		if !opens {
			break
		}
		t = next
		step := min(time.Minute-time.Duration(t.Second())*time.Second-time.Duration(t.Nanosecond()), left)
		t, left = t.Add(step), left-step
		if left <= 0 {
			return t
		}
	}
	return at.Add(open)
}

// climbs returns when a call to a team that nobody answers climbs on.
func (w *Worker) climbs(p *machine.Practice, team, tier string, now time.Time) time.Time {
	d := w.ways.Load().climb(tier)
	if tier == machine.Emergency {
		return now.Add(d)
	}
	s, ok := calendar.Team(p, team)
	if !ok {
		s = calendar.Practice(p)
	}
	return after(s, now.In(w.zone), d).UTC()
}
