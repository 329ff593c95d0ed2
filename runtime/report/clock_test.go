package report_test

import (
	"testing"
	"time"
	_ "time/tzdata" // on a machine without zone files

	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/report"
)

func chicago(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// office is open on weekdays from 9 to 17 with a break at noon, and on one holiday from 10 to 12.
func office() calendar.Schedule {
	s := calendar.Schedule{Holidays: []machine.Holiday{
		{Date: "2026-12-25"}, {Date: "2026-12-24", Openings: []machine.Opening{{From: 600, To: 720}}},
	}}
	for day := 1; day <= 5; day++ {
		s.Hours = append(s.Hours, machine.Opening{Day: day, From: 780, To: 1020}, machine.Opening{Day: day, From: 540, To: 720})
	}
	return s
}

func always() calendar.Schedule {
	var s calendar.Schedule
	for day := range 7 {
		s.Hours = append(s.Hours, machine.Opening{Day: day, From: 0, To: 1440})
	}
	return s
}

func TestElapsed(t *testing.T) {
	t.Parallel()
	zone := chicago(t)
	for _, c := range []struct {
		name, from, to string
		schedule       calendar.Schedule
		want           time.Duration
	}{
		{"within", "2026-03-02 09:30", "2026-03-02 10:00", office(), 30 * time.Minute},
		{"over noon", "2026-03-02 11:30", "2026-03-02 13:30", office(), time.Hour},
		{"over night", "2026-03-02 16:30", "2026-03-03 09:30", office(), time.Hour},
		{"over a weekend", "2026-03-06 16:00", "2026-03-09 09:15", office(), 75 * time.Minute},
		{"before opening", "2026-03-02 03:00", "2026-03-02 08:59", office(), 0},
		{"over holidays", "2026-12-24 11:00", "2026-12-28 09:30", office(), 90 * time.Minute},
		{"backwards", "2026-03-02 10:00", "2026-03-02 09:30", office(), 0},
		{"the night the clocks go forward", "2026-03-08 00:00", "2026-03-09 00:00", always(), 23 * time.Hour},
		{"the night the clocks go back", "2026-11-01 00:00", "2026-11-02 00:00", always(), 25 * time.Hour},
		{"no hours", "2026-03-02 09:30", "2026-03-12 10:00", calendar.Schedule{}, 0},
	} {
		from, err := time.ParseInLocation("2006-01-02 15:04", c.from, zone)
		if err != nil {
			t.Fatal(err)
		}
		to, err := time.ParseInLocation("2006-01-02 15:04", c.to, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := report.Elapsed(c.schedule, from, to); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestClock: what elapses adds up, minute by minute agrees with whether the schedule is open, and Until is its inverse.
func TestClock(t *testing.T) {
	t.Parallel()
	zone := chicago(t)
	begin := time.Date(2026, 3, 5, 0, 0, 0, 0, zone)
	rapid.Check(t, func(t *rapid.T) {
		s := office()
		from := begin.Add(time.Duration(rapid.IntRange(0, 5*24*60).Draw(t, "from")) * time.Minute)
		middle := from.Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "middle")) * time.Minute)
		to := middle.Add(time.Duration(rapid.IntRange(0, 24*60).Draw(t, "to")) * time.Minute)
		sum := report.Elapsed(s, from, to)
		if parts := report.Elapsed(s, from, middle) + report.Elapsed(s, middle, to); parts != sum {
			t.Fatalf("%s to %s: %s, in two parts %s", from, to, sum, parts)
		}
		open := time.Duration(0)
		for at := from; at.Before(to); at = at.Add(time.Minute) {
			if s.IsOpen(at) {
				open += time.Minute
			}
		}
		if open != sum {
			t.Fatalf("%s to %s: %s, of which open minute by minute %s", from, to, sum, open)
		}
		want := time.Duration(rapid.IntRange(1, 3*8*60).Draw(t, "want")) * time.Minute
		at, ok := report.Until(s, from, want)
		if got := report.Elapsed(s, from, at); !ok || got != want {
			t.Fatalf("Until(%s, %s) = %s, %t, at which %s have passed", from, want, at, ok, got)
		}
	})
}

func TestWaitFor(t *testing.T) {
	t.Parallel()
	zone := chicago(t)
	p := &machine.Practice{Teams: []machine.Team{{Name: "nurses", Hours: office().Hours}}}
	saturday := time.Date(2026, 3, 7, 12, 0, 0, 0, zone)
	for _, c := range []struct {
		tier   string
		after  time.Duration
		passed time.Duration
		due    time.Time
		late   bool
	}{
		{machine.Emergency, 6 * time.Minute, 6 * time.Minute, saturday.Add(5 * time.Minute), true},
		{machine.Urgent, 24 * time.Hour, 0, time.Date(2026, 3, 9, 9, 15, 0, 0, zone), false},
		{machine.Routine, 46 * time.Hour, time.Hour, time.Date(2026, 3, 9, 10, 0, 0, 0, zone), false},
		{machine.Routine, 47 * time.Hour, 2 * time.Hour, time.Date(2026, 3, 9, 10, 0, 0, 0, zone), true},
	} {
		at := time.Date(2026, 3, 7, 12, 0, 0, 0, zone).Add(c.after)
		if c.tier == machine.Routine { // a night shorter by an hour lies between
			at = at.Add(-time.Hour)
		}
		got := report.WaitFor(p, "nurses", c.tier, saturday.UTC(), at)
		if got.Passed != c.passed || !got.Due.Equal(c.due) || got.Late != c.late {
			t.Errorf("%s after %s: got %s, due %s, late %t; want %s, due %s, late %t", c.tier, c.after, got.Passed, got.Due, got.Late, c.passed, c.due, c.late)
		}
	}
}

// TestTargets: what a team says of itself holds for what is routine, and never makes anything urgent wait longer.
func TestTargets(t *testing.T) {
	t.Parallel()
	p := &machine.Practice{Teams: []machine.Team{{Name: "desk", Within: 240}, {Name: "nurses", Within: 3}, {Name: "others"}}}
	for _, c := range []struct {
		team, tier string
		want       time.Duration
	}{
		{"desk", machine.Routine, 4 * time.Hour}, {"desk", machine.Urgent, 15 * time.Minute}, {"desk", machine.Emergency, 5 * time.Minute},
		{"nurses", machine.Routine, 3 * time.Minute}, {"nurses", machine.Urgent, 3 * time.Minute}, {"nurses", machine.Emergency, 3 * time.Minute},
		{"others", machine.Routine, time.Hour}, {"nobody", "unknown", time.Hour}, {"desk", "unknown", 4 * time.Hour},
	} {
		if got := report.TargetOf(p, c.team, c.tier).Within; got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.team, c.tier, got, c.want)
		}
	}
}
