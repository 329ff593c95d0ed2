package calendar_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no time zones on this machine: %v", err)
	}
	return loc
}

func weekdays(from, to int) []machine.Opening {
	var out []machine.Opening
	for day := 1; day <= 5; day++ {
		out = append(out, machine.Opening{Day: day, From: from, To: to})
	}
	return out
}

func everyDay(from, to int) []machine.Opening {
	var out []machine.Opening
	for day := range 7 {
		out = append(out, machine.Opening{Day: day, From: from, To: to})
	}
	return out
}

func TestNextOpen(t *testing.T) {
	t.Parallel()
	ny := zone(t, "America/New_York")
	s := calendar.Schedule{Hours: weekdays(9*60, 17*60), Holidays: []machine.Holiday{
		{Date: "2026-12-25", Name: "Christmas"},
		{Date: "2026-12-24", Name: "Christmas Eve", Openings: []machine.Opening{{From: 9 * 60, To: 12 * 60}}},
	}}
	for _, c := range []struct {
		at, want string
		open     bool
	}{
		{"2026-03-02 09:00", "2026-03-02 09:00", true},
		{"2026-03-02 08:59", "2026-03-02 09:00", false},
		{"2026-03-02 16:59", "2026-03-02 16:59", true},
		{"2026-03-02 17:00", "2026-03-03 09:00", false},
		{"2026-03-06 17:00", "2026-03-09 09:00", false}, // over a weekend with a clock change
		{"2026-12-24 12:00", "2026-12-28 09:00", false}, // half a day, a holiday, a weekend
		{"2026-12-24 08:00", "2026-12-24 09:00", false},
	} {
		at, _ := time.ParseInLocation("2006-01-02 15:04", c.at, ny)
		if got := s.IsOpen(at); got != c.open {
			t.Errorf("IsOpen(%s) = %v", c.at, got)
		}
		got, ok := s.NextOpen(at)
		if !ok || got.Format("2006-01-02 15:04") != c.want {
			t.Errorf("NextOpen(%s) = %s, %v; want %s", c.at, got, ok, c.want)
		}
	}
	if at, ok := (calendar.Schedule{}).NextOpen(time.Date(2026, 3, 2, 0, 0, 0, 0, ny)); ok {
		t.Errorf("a practice without hours opens at %s", at)
	}
}

func TestTeam(t *testing.T) {
	t.Parallel()
	p := &machine.Practice{
		Holidays: []machine.Holiday{{Date: "2026-03-02"}},
		Teams:    []machine.Team{{Name: "nurses", Hours: everyDay(0, 1440)}, {Name: "desk", Hours: everyDay(0, 1440), Holidays: true}},
	}
	at := time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)
	for name, want := range map[string]bool{"nurses": true, "desk": false} {
		s, ok := calendar.Team(p, name)
		if !ok || s.IsOpen(at) != want {
			t.Errorf("%s open on the holiday: %v, found %v", name, s.IsOpen(at), ok)
		}
	}
	if _, ok := calendar.Team(p, "nobody"); ok {
		t.Error("found a team that is not there")
	}
}

func starts(slots []calendar.Slot) []string {
	var out []string
	for _, s := range slots {
		out = append(out, s.Start.Format("2006-01-02 15:04 MST"))
	}
	return out
}

func TestSlots(t *testing.T) {
	t.Parallel()
	ny := zone(t, "America/New_York")
	monday := time.Date(2026, 3, 2, 8, 30, 0, 0, ny)
	appointments := machine.Appointments{Hours: weekdays(9*60, 11*60), Duration: 30, Buffer: 10, Notice: 60, Horizon: 0, Capacity: 1}
	busy := func(from, to string) calendar.Interval {
		f, _ := time.ParseInLocation("2006-01-02 15:04", from, ny)
		u, _ := time.ParseInLocation("2006-01-02 15:04", to, ny)
		return calendar.Interval{From: f, To: u}
	}
	for _, c := range []struct {
		name   string
		change func(*machine.Appointments, *machine.Practice)
		now    time.Time
		busy   []calendar.Interval
		want   []string
	}{
		{"notice", nil, monday, nil, []string{"2026-03-02 09:40 EST", "2026-03-02 10:20 EST"}},
		{"buffer before and after", nil, monday, []calendar.Interval{busy("2026-03-02 10:12", "2026-03-02 10:15")}, nil},
		{"a gap of exactly the buffer", nil, monday, []calendar.Interval{busy("2026-03-02 10:20", "2026-03-02 10:50")}, []string{"2026-03-02 09:40 EST"}},
		{"capacity", func(a *machine.Appointments, _ *machine.Practice) { a.Capacity = 2 }, monday,
			[]calendar.Interval{busy("2026-03-02 09:40", "2026-03-02 10:10"), busy("2026-03-02 10:20", "2026-03-02 10:50")}, []string{"2026-03-02 09:40 EST", "2026-03-02 10:20 EST"}},
		{"capacity used up", func(a *machine.Appointments, _ *machine.Practice) { a.Capacity, a.Buffer = 2, 0 }, monday,
			[]calendar.Interval{busy("2026-03-02 10:00", "2026-03-02 10:30"), busy("2026-03-02 10:29", "2026-03-02 11:00")}, []string{"2026-03-02 09:30 EST", "2026-03-02 10:30 EST"}},
		{"a holiday", func(_ *machine.Appointments, p *machine.Practice) {
			p.Holidays = []machine.Holiday{{Date: "2026-03-02"}}
		}, monday, nil, nil},
		{"half a holiday", func(_ *machine.Appointments, p *machine.Practice) {
			p.Holidays = []machine.Holiday{{Date: "2026-03-02", Openings: []machine.Opening{{From: 10 * 60, To: 12 * 60}}}}
		}, monday, nil, []string{"2026-03-02 10:00 EST"}},
		{"clocks go forward", func(a *machine.Appointments, _ *machine.Practice) {
			a.Hours, a.Notice, a.Buffer, a.Duration = everyDay(60, 240), 0, 0, 30
		}, time.Date(2026, 3, 8, 0, 0, 0, 0, ny), nil,
			[]string{"2026-03-08 01:00 EST", "2026-03-08 01:30 EST", "2026-03-08 03:00 EDT", "2026-03-08 03:30 EDT"}},
		{"a moment that does not exist", func(a *machine.Appointments, _ *machine.Practice) {
			a.Hours, a.Notice, a.Buffer, a.Duration = everyDay(60, 240), 0, 15, 30
		}, time.Date(2026, 3, 8, 0, 0, 0, 0, ny), nil,
			[]string{"2026-03-08 01:00 EST", "2026-03-08 01:45 EST", "2026-03-08 03:15 EDT"}},
		{"clocks go forward past closing", func(a *machine.Appointments, _ *machine.Practice) {
			a.Hours, a.Notice, a.Buffer, a.Duration = everyDay(60, 150), 0, 0, 60
		}, time.Date(2026, 3, 8, 0, 0, 0, 0, ny), nil, nil},
		{"clocks go back", func(a *machine.Appointments, _ *machine.Practice) {
			a.Hours, a.Notice, a.Buffer, a.Duration = everyDay(60, 150), 0, 0, 30
		}, time.Date(2026, 11, 1, 0, 0, 0, 0, ny), nil,
			[]string{"2026-11-01 01:00 EDT", "2026-11-01 01:30 EDT", "2026-11-01 02:00 EST"}},
		{"the clocks go back over a closed minute", func(a *machine.Appointments, _ *machine.Practice) {
			a.Hours, a.Notice, a.Buffer, a.Duration = everyDay(61, 140), 0, 0, 30
		}, time.Date(2026, 11, 1, 0, 0, 0, 0, ny), nil, []string{"2026-11-01 01:01 EDT"}},
		{"until midnight", func(a *machine.Appointments, _ *machine.Practice) { a.Hours, a.Buffer = everyDay(23*60, 1440), 0 }, monday, nil,
			[]string{"2026-03-02 23:00 EST", "2026-03-02 23:30 EST"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, p := appointments, machine.Practice{}
			if c.change != nil {
				c.change(&a, &p)
			}
			got := starts(calendar.Slots(calendar.Request{Appointments: &a, Practice: &p, Location: ny, Now: c.now, Busy: c.busy}))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestSlotsHoldTheirPromises draws calendars around both clock changes and judges each slot by definitions that share
// nothing with the search.
func TestSlotsHoldTheirPromises(t *testing.T) {
	t.Parallel()
	zones := []*time.Location{zone(t, "America/New_York"), zone(t, "America/Los_Angeles"), zone(t, "America/Phoenix"), zone(t, "Europe/Madrid")}
	rapid.Check(t, func(r *rapid.T) {
		loc := rapid.SampledFrom(zones).Draw(r, "zone")
		base := rapid.SampledFrom([]time.Time{
			time.Date(2026, 3, 6, 0, 0, 0, 0, loc), time.Date(2026, 10, 23, 0, 0, 0, 0, loc), time.Date(2026, 10, 30, 0, 0, 0, 0, loc), time.Date(2026, 6, 1, 0, 0, 0, 0, loc),
		}).Draw(r, "base")
		now := base.Add(time.Duration(rapid.IntRange(0, 3*24*60).Draw(r, "now")) * time.Minute)
		a := &machine.Appointments{
			Duration: rapid.IntRange(5, 180).Draw(r, "duration"), Buffer: rapid.IntRange(0, 45).Draw(r, "buffer"),
			Notice: rapid.IntRange(0, 3000).Draw(r, "notice"), Horizon: rapid.IntRange(0, 6).Draw(r, "horizon"),
			Capacity: rapid.IntRange(0, 3).Draw(r, "capacity"),
		}
		for range rapid.IntRange(0, 6).Draw(r, "openings") {
			from := rapid.IntRange(0, 1430).Draw(r, "from")
			a.Hours = append(a.Hours, machine.Opening{Day: rapid.IntRange(0, 6).Draw(r, "day"), From: from, To: rapid.IntRange(from+1, 1440).Draw(r, "to")})
		}
		p := &machine.Practice{Hours: everyDay(0, 1440)}
		if rapid.Bool().Draw(r, "holiday") {
			p.Holidays = []machine.Holiday{{Date: base.AddDate(0, 0, 2).Format(time.DateOnly), Openings: []machine.Opening{{From: 600, To: 700}}}}
		}
		var busy []calendar.Interval
		for range rapid.IntRange(0, 8).Draw(r, "busy") {
			from := base.Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(r, "busy from")) * time.Minute)
			busy = append(busy, calendar.Interval{From: from, To: from.Add(time.Duration(rapid.IntRange(1, 600).Draw(r, "busy for")) * time.Minute)})
		}
		request := calendar.Request{Appointments: a, Practice: p, Location: loc, Now: now, Busy: busy}
		slots := calendar.Slots(request)
		for i, s := range slots {
			judge(r, request, s)
			if i > 0 && !slots[i-1].Start.Before(s.Start) {
				r.Fatalf("slots %s and %s are out of order", slots[i-1].ID, s.ID)
			}
		}
		request.Limit = 3
		if got := calendar.Slots(request); !cmp.Equal(got, slots[:min(3, len(slots))]) {
			r.Fatalf("limit 3 gives %v", starts(got))
		}
	})
}

func judge(r *rapid.T, q calendar.Request, s calendar.Slot) {
	a := q.Appointments
	if s.End.Sub(s.Start) != time.Duration(a.Duration)*time.Minute || s.ID != s.Start.Format(time.RFC3339) {
		r.Fatalf("slot %+v has another length or id", s)
	}
	if s.Start.Before(q.Now.Add(time.Duration(a.Notice) * time.Minute)) {
		r.Fatalf("slot %s is sooner than the notice", s.ID)
	}
	last := q.Now.In(q.Location).AddDate(0, 0, a.Horizon).Format(time.DateOnly)
	if s.Start.Format(time.DateOnly) > last {
		r.Fatalf("slot %s lies after the horizon %s", s.ID, last)
	}
	practice := calendar.Practice(q.Practice)
	appointments := calendar.Schedule{Hours: a.Hours}
	if len(a.Hours) == 0 {
		appointments.Hours = q.Practice.Hours
	}
	for at := s.Start; at.Before(s.End); at = at.Add(time.Minute) {
		if !appointments.IsOpen(at) || !practice.IsOpen(at) {
			r.Fatalf("slot %s is outside hours at %s", s.ID, at)
		}
	}
	buffer := time.Duration(a.Buffer) * time.Minute
	for at := s.Start.Add(-buffer); at.Before(s.End.Add(buffer)); at = at.Add(time.Minute) {
		n := 0
		for _, b := range q.Busy {
			if !at.Before(b.From) && at.Before(b.To) {
				n++
			}
		}
		if n >= max(a.Capacity, 1) {
			r.Fatalf("slot %s has no free place at %s", s.ID, at)
		}
	}
}

func TestFreeIsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	s := calendar.NewSlot(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), 60)
	busy := []calendar.Interval{
		{From: s.Start.Add(-time.Hour), To: s.Start.Add(10 * time.Minute)},
		{From: s.Start.Add(20 * time.Minute), To: s.End},
	}
	for _, c := range []struct {
		capacity int
		want     bool
	}{{1, false}, {2, true}} {
		a := &machine.Appointments{Capacity: c.capacity}
		backward := slices.Clone(busy)
		slices.Reverse(backward)
		if calendar.Free(a, s, busy) != c.want || calendar.Free(a, s, backward) != c.want {
			t.Errorf("free at capacity %d is not %v", c.capacity, c.want)
		}
	}
}
