package rehearsal

import (
	"fmt"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
)

const codeLives = 10 * time.Minute

// World answers the engine's acts: the practice's calendar, one-time codes, and the vendors' boxes. Equal seeds and
// equal acts give equal answers. It is for one goroutine.
type World struct {
	practice *machine.Practice
	zone     *time.Location
	seed     uint64
	bookings []calendar.Interval
	holds    []hold
	code     string
	sentAt   time.Time
	codes    uint64 // sent so far
	forced   []forced
	boxes    map[string][]engine.Sent
}

type hold struct {
	slot  string
	taken calendar.Interval
	until time.Time
}

// forced is an outcome that an act is to have; only of is concerned, or with "" whichever can end so.
type forced struct {
	outcome string
	of      engine.ActKind
}

// NewWorld returns a world with an empty calendar.
func NewWorld(p *machine.Practice, zone *time.Location, seed uint64) *World {
	return &World{practice: p, zone: zone, seed: seed, boxes: map[string][]engine.Sent{}}
}

// Occupy takes a stretch of the calendar, as if somebody else had booked it.
func (w *World) Occupy(taken calendar.Interval) { w.bookings = append(w.bookings, taken) }

// Force makes the next act that can end with the outcome do so. It errs on a word that no act ends with.
func (w *World) Force(outcome string) error { return w.forceOf("", outcome) }

// forceOf makes the next act of a kind end so.
func (w *World) forceOf(kind engine.ActKind, outcome string) error {
	if !slices.Contains(outcomes(), outcome) {
		return fmt.Errorf("nothing in the world ends with `%s`; it can be one of %v", outcome, outcomes())
	}
	w.forced = append(w.forced, forced{outcome, kind})
	return nil
}

// next reports whether the next outcome forced is one of an act of that kind, or none is forced.
func (w *World) next(k engine.ActKind) bool {
	return len(w.forced) == 0 || ending(k, w.forced[0].outcome) != "" && (w.forced[0].of == "" || w.forced[0].of == k)
}

// Forced lists the outcomes that are still to come.
func (w *World) Forced() []string {
	var out []string
	for _, f := range w.forced {
		out = append(out, f.outcome)
	}
	return out
}

// Code is the one-time code sent last; "" before.
func (w *World) Code() string { return w.code }

// Box is what was sent to a vendor, oldest first.
func (w *World) Box(vendor string) []engine.Sent { return w.boxes[vendor] }

func (w *World) send(s engine.Sent) { w.boxes[s.Vendor] = append(w.boxes[s.Vendor], s) }

func outcomes() []string {
	return []string{machine.OnBooked, machine.OnFailed, machine.OnNone, machine.OnTaken, machine.OnUnreachable, machine.OnVerified}
}

// ending is the result of an act that an author's word stands for; "" when the act cannot end so.
func ending(k engine.ActKind, outcome string) string {
	switch {
	case k == engine.ActCheckCode && outcome == machine.OnFailed:
		return engine.ResultExpired
	case (k == engine.ActSlots || k == engine.ActHold) && outcome == machine.OnFailed:
		return "" // no edge of the author's is called so
	case slices.Contains(engine.Results(k), outcome):
		return outcome
	}
	return ""
}

// Act performs an act and returns its outcome.
func (w *World) Act(a engine.Act, now time.Time) engine.Event {
	e := engine.Event{Kind: engine.Outcome, At: now, Act: a.Kind}
	for i, f := range w.forced {
		if result := ending(a.Kind, f.outcome); result != "" && (f.of == "" || f.of == a.Kind) {
			w.forced = slices.Delete(slices.Clone(w.forced), i, i+1)
			e.Result = result
			return e
		}
	}
	switch a.Kind {
	case engine.ActSlots:
		e.Result, e.Slots = w.slots(now)
	case engine.ActHold:
		e.Result = w.hold(a.Value, now)
	case engine.ActBook:
		e.Result = w.book(a.Value, now)
	case engine.ActSendCode:
		w.codes++
		w.code, w.sentAt = code(w.seed, w.codes), now
		e.Result = engine.ResultSent
	case engine.ActCheckCode:
		e.Result = w.check(a.Value, now)
	}
	return e
}

func (w *World) slots(now time.Time) (string, []engine.Slot) {
	found := calendar.Slots(calendar.Request{
		Appointments: w.practice.Appointments, Practice: w.practice, Location: w.zone, Now: now,
		Busy: w.busy("", now), Limit: calendar.Offered,
	})
	if len(found) == 0 {
		return machine.OnNone, nil
	}
	return engine.ResultSlots, found
}

// busy is what is taken now, leaving out a hold of the slot itself.
func (w *World) busy(slot string, now time.Time) []calendar.Interval {
	out := slices.Clone(w.bookings)
	for _, h := range w.holds {
		if h.slot != slot && now.Before(h.until) {
			out = append(out, h.taken)
		}
	}
	return out
}

func (w *World) hold(id string, now time.Time) string {
	s, ok := w.free(id, now)
	if !ok {
		return machine.OnTaken
	}
	// One patient plays here, so a new choice lets the old one go.
	w.holds = []hold{{
		slot: id, taken: calendar.Interval{From: s.Start, To: s.End},
		until: now.Add(time.Duration(w.practice.Appointments.Hold) * time.Minute),
	}}
	return engine.ResultHeld
}

func (w *World) book(id string, now time.Time) string {
	s, ok := w.free(id, now)
	if !ok {
		return machine.OnTaken
	}
	w.holds = slices.DeleteFunc(slices.Clone(w.holds), func(h hold) bool { return h.slot == id })
	w.Occupy(calendar.Interval{From: s.Start, To: s.End})
	return machine.OnBooked
}

func (w *World) free(id string, now time.Time) (engine.Slot, bool) {
	start, err := time.Parse(time.RFC3339, id)
	if err != nil || w.practice.Appointments == nil {
		return engine.Slot{}, false
	}
	s := calendar.NewSlot(start.In(w.zone), w.practice.Appointments.Duration)
	return s, calendar.Free(w.practice.Appointments, s, w.busy(id, now))
}

func (w *World) check(typed string, now time.Time) string {
	switch {
	case w.code == "" || now.Sub(w.sentAt) > codeLives:
		return engine.ResultExpired
	case typed != w.code:
		return engine.ResultWrong
	}
	return machine.OnVerified
}

// code is the n-th code of a seed: splitmix64 (Steele, Lea and Flood 2014), which spreads small seeds well.
func code(seed, n uint64) string {
	z := seed + n*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return fmt.Sprintf("%06d", (z^z>>31)%1_000_000)
}
