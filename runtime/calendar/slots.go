package calendar

import (
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Slot is a time on offer.
type Slot struct {
	ID    string    `json:"id"` // canonical value of a slot field: RFC 3339 start in the practice's zone
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Interval is a stretch of time that is taken: From inclusive, To exclusive.
type Interval struct{ From, To time.Time }

// NewSlot is the slot of the given length in minutes that starts at start.
func NewSlot(start time.Time, minutes int) Slot {
	return Slot{ID: start.Format(time.RFC3339), Start: start, End: start.Add(time.Duration(minutes) * time.Minute)}
}

// Offered is how many free slots a patient is offered at once: several days of a practice, so that there is a choice of them.
const Offered = 60

// Request says what is looked for.
type Request struct {
	Appointments *machine.Appointments
	Practice     *machine.Practice
	Location     *time.Location // of the practice
	Now          time.Time
	Busy         []Interval // bookings and holds, in any order
	Limit        int        // most slots returned; 0 means all within the horizon
}

// Slots returns the free slots, earliest first: inside the appointment hours, outside holidays, not sooner than the
// notice, not later than the horizon, and each with a free place for its whole length and the buffer on both sides.
// Slots of an opening lie on a grid of duration plus buffer from its start.
func Slots(r Request) []Slot {
	a := r.Appointments
	if a == nil || a.Duration <= 0 {
		return nil
	}
	f := finder{Request: r, soonest: r.Now.Add(time.Duration(a.Notice) * time.Minute)}
	y, m, d := r.Now.In(r.Location).Date()
	for i := 0; i <= a.Horizon; i++ {
		f.day(time.Date(y, m, d+i, 12, 0, 0, 0, r.Location))
		if r.Limit > 0 && len(f.found) >= r.Limit {
			return f.found[:r.Limit]
		}
	}
	return f.found
}

type finder struct {
	Request
	soonest time.Time
	found   []Slot
}

func (f *finder) day(noon time.Time) {
	var today []Slot
	for _, o := range f.openings(noon) {
		step := f.Appointments.Duration + max(f.Appointments.Buffer, 0)
		for minute := o.From; minute+f.Appointments.Duration <= o.To; minute += step {
			if s, ok := f.slot(noon, minute, o.To); ok {
				today = append(today, s)
			}
		}
	}
	slices.SortFunc(today, func(a, b Slot) int { return a.Start.Compare(b.Start) })
	today = slices.CompactFunc(today, func(a, b Slot) bool { return a.ID == b.ID })
	f.found = append(f.found, today...)
}

// openings are the appointment hours of the day; on a holiday only as far as the practice is open at all.
func (f *finder) openings(noon time.Time) []machine.Opening {
	weekly := Schedule{Hours: f.Appointments.Hours}
	if len(f.Appointments.Hours) == 0 {
		weekly.Hours = f.Practice.Hours
	}
	own := weekly.openings(noon)
	h := Practice(f.Practice).holiday(noon)
	if h == nil {
		return own
	}
	var out []machine.Opening
	for _, o := range own {
		for _, special := range h.Openings {
			if from, to := max(o.From, special.From), min(o.To, special.To); from < to {
				out = append(out, machine.Opening{Day: o.Day, From: from, To: to})
			}
		}
	}
	return out
}

// slot is the slot at that minute of the day, if the clocks show it and it is free.
func (f *finder) slot(noon time.Time, minute, closing int) (Slot, bool) {
	start := wall(noon, minute)
	if start.Hour()*60+start.Minute() != minute || start.Before(f.soonest) {
		return Slot{}, false
	}
	s := NewSlot(start, f.Appointments.Duration)
	_, before := start.Zone()
	if _, after := s.End.Add(-1).Zone(); after < before { // the clocks go back meanwhile: the hour that they show twice may be a closed one
		return Slot{}, false
	}
	end := s.End.Hour()*60 + s.End.Minute()
	if !sameDay(start, s.End) {
		end += 24 * 60
	}
	// The clocks may have moved since start, so that the sum of minute and duration does not say where it ends.
	if end > closing {
		return Slot{}, false
	}
	return s, Free(f.Appointments, s, f.Busy)
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// Free reports whether the slot still has a place: at no moment of it, buffers included, are as many intervals taken
// as there is capacity (a capacity below 1 counts as 1).
func Free(a *machine.Appointments, s Slot, busy []Interval) bool {
	buffer := time.Duration(max(a.Buffer, 0)) * time.Minute
	from, to := s.Start.Add(-buffer), s.End.Add(buffer)
	capacity := max(a.Capacity, 1)
	for i := range busy {
		// The count can only be at its height where an interval begins, or at the slot's own start.
		at := busy[i].From
		if at.Before(from) {
			at = from
		}
		if !at.Before(to) {
			continue
		}
		if taken(busy, at) >= capacity {
			return false
		}
	}
	return true
}

func taken(busy []Interval, at time.Time) int {
	n := 0
	for _, b := range busy {
		if !at.Before(b.From) && at.Before(b.To) {
			n++
		}
	}
	return n
}
