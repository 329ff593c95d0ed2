package session

import (
	"errors"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// slotsOffered is how many free slots a patient is shown at once.
const slotsOffered = 6

// Places says how many reservations the practice's calendar takes.
type Places struct {
	Appointments *machine.Appointments
	Now          time.Time // holds that expired by then do not count
}

// Fit finds the place, counted from 1, that a reservation can have among those that overlap it. ok is false when there
// is none. Every Store asks it within the transaction that reserves.
func (p Places) Fit(r Reservation, others []Reservation) (place int, ok bool) {
	busy := make([]calendar.Interval, 0, len(others))
	used := map[int]bool{}
	for _, o := range others {
		if !o.live(p.Now) || !o.Booked && o.Conversation == r.Conversation && o.Field == r.Field {
			continue
		}
		busy = append(busy, calendar.Interval{From: o.Slot.Start, To: o.Slot.End})
		if o.Slot.Start.Equal(r.Slot.Start) {
			used[o.Place] = true
		}
	}
	if !calendar.Free(p.Appointments, calendar.Slot(r.Slot), busy) {
		return 0, false
	}
	for place = 1; used[place]; place++ {
	}
	return place, true
}

// Around returns the stretch in which other reservations matter to a slot.
func (p Places) Around(s engine.Slot) (from, to time.Time) {
	buffer := time.Duration(p.Appointments.Buffer) * time.Minute
	return s.Start.Add(-buffer), s.End.Add(buffer)
}

func (r Reservation) live(now time.Time) bool { return r.Booked || now.Before(r.Expires) }

// free lists the next free slots. What this conversation holds itself counts as free to it.
func (t *turn) free() ([]engine.Slot, error) {
	m := t.flow.Machine
	if m.Practice.Appointments == nil {
		return nil, nil
	}
	horizon := t.now.AddDate(0, 0, m.Practice.Appointments.Horizon+1)
	taken, err := t.tx.Reserved(t.rec.Practice, t.now, horizon, t.now)
	if err != nil {
		return nil, err
	}
	busy := make([]calendar.Interval, 0, len(taken))
	for _, r := range taken {
		if r.Booked || r.Conversation != t.rec.ID {
			busy = append(busy, calendar.Interval{From: r.Slot.Start, To: r.Slot.End})
		}
	}
	found := calendar.Slots(calendar.Request{
		Appointments: m.Practice.Appointments, Practice: &m.Practice, Location: t.flow.zone,
		Now: t.now, Busy: busy, Limit: slotsOffered,
	})
	out := make([]engine.Slot, len(found))
	for i, s := range found {
		out[i] = engine.Slot(s)
	}
	return out, nil
}

// hold keeps the chosen slot for the patient for a while.
func (t *turn) hold(a engine.Act) (string, error) {
	i := slices.IndexFunc(t.rec.Offered, func(s engine.Slot) bool { return s.ID == a.Value })
	if i < 0 {
		return resultTaken, nil
	}
	return t.reserve(a, t.rec.Offered[i])
}

func (t *turn) reserve(a engine.Act, s engine.Slot) (string, error) {
	appointments := t.flow.Machine.Practice.Appointments
	if appointments == nil {
		return resultFailed, nil
	}
	err := t.tx.Reserve(Reservation{
		Practice: t.rec.Practice, Conversation: t.rec.ID, Field: a.Field, Slot: s,
		Expires: t.now.Add(time.Duration(appointments.Hold) * time.Minute),
	}, Places{Appointments: appointments, Now: t.now})
	if errors.Is(err, ErrTaken) {
		return resultTaken, nil
	}
	return resultHeld, err
}

// book confirms the slot. When its hold has expired it is booked all the same while there is still a place.
func (t *turn) book(a engine.Act) (string, error) {
	start, err := time.Parse(time.RFC3339, a.Value)
	if err != nil || t.flow.Machine.Practice.Appointments == nil {
		return resultFailed, nil
	}
	slot := calendar.NewSlot(start.In(t.flow.zone), t.flow.Machine.Practice.Appointments.Duration)
	r := Reservation{Practice: t.rec.Practice, Conversation: t.rec.ID, Field: a.Field, Slot: engine.Slot(slot), Booked: true}
	err = t.tx.Book(r)
	if errors.Is(err, ErrNotFound) {
		if !slot.Start.After(t.now) {
			return resultTaken, nil
		}
		if result, err := t.reserve(a, r.Slot); err != nil || result != resultHeld {
			return result, err
		}
		err = t.tx.Book(r)
	}
	if err != nil {
		return "", err
	}
	t.audit("patient", "slot.booked", nil)
	return resultBooked, nil
}
