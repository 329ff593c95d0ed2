package session

import (
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Places says how many reservations the practice's calendar takes.
type Places struct {
	Appointments *machine.Appointments
	Now          time.Time // holds that expired by then do not count
}

// Fit finds the place, counted from 1, that a reservation can have among those that overlap it. ok is false when there
// is none. Every Store asks it again within the transaction
// that reserves.
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

// reserved reads the calendar as this turn sees it: as stored, with what this turn has changed.
func (t *turn) reserved(from, to time.Time) (list []Reservation, err error) {
	err = t.host.store.View(t.ctx, t.host.practice, func(r Reader) (err error) {
		list, err = r.Reserved(from, to, t.now)
		return err
	})
	for _, c := range t.calendar {
		r := c.Reservation
		r.Booked = c.Kind == Book
		list = slices.DeleteFunc(list, func(o Reservation) bool {
			return !o.Booked && o.Conversation == r.Conversation && o.Field == r.Field
		})
		if r.Slot.Start.Before(to) && r.Slot.End.After(from) {
			list = append(list, r)
		}
	}
	return list, err
}

// free lists the next free slots. What this conversation holds itself counts as free to it.
func (t *turn) free() ([]engine.Slot, error) {
	m := t.flow.Machine
	if m.Practice.Appointments == nil {
		return nil, nil
	}
	taken, err := t.reserved(t.now, t.now.AddDate(0, 0, m.Practice.Appointments.Horizon+1))
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
		Now: t.now, Busy: busy, Limit: calendar.Offered,
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
	return t.keep(a.Field, t.rec.Offered[i])
}

// keep holds a slot if there is a place now. Should it be gone when the turn is stored, the turn is computed again.
func (t *turn) keep(field string, s engine.Slot) (string, error) {
	appointments := t.flow.Machine.Practice.Appointments
	if appointments == nil {
		return resultFailed, nil
	}
	p := Places{Appointments: appointments, Now: t.now}
	r := Reservation{
		Conversation: t.rec.ID, Field: field, Slot: s, Expires: t.now.Add(time.Duration(appointments.Hold) * time.Minute),
	}
	others, err := t.reserved(p.Around(s))
	if err != nil {
		return "", err
	}
	if _, ok := p.Fit(r, others); !ok || t.full {
		return resultTaken, nil
	}
	t.calendar = append(t.calendar, CalendarChange{Kind: Hold, Reservation: r, Places: p})
	return resultHeld, nil
}

// book confirms the slot. When its hold has expired it is booked all the same while there is still a place.
func (t *turn) book(a engine.Act) (string, error) {
	start, err := time.Parse(time.RFC3339, a.Value)
	if err != nil || t.flow.Machine.Practice.Appointments == nil {
		return resultFailed, nil
	}
	slot := engine.Slot(calendar.NewSlot(start.In(t.flow.zone), t.flow.Machine.Practice.Appointments.Duration))
	held, err := t.holds(a.Field, slot)
	if err != nil {
		return "", err
	}
	if !held {
		if !slot.Start.After(t.now) {
			return resultTaken, nil
		}
		if result, err := t.keep(a.Field, slot); err != nil || result != resultHeld {
			return result, err
		}
	}
	t.calendar = append(t.calendar, CalendarChange{
		Kind: Book, Reservation: Reservation{Conversation: t.rec.ID, Field: a.Field, Slot: slot},
	})
	t.audit("patient", "slot.booked", nil)
	return resultBooked, nil
}

// holds reports whether this conversation holds a slot.
func (t *turn) holds(field string, s engine.Slot) (bool, error) {
	list, err := t.reserved(s.Start, s.End)
	return slices.ContainsFunc(list, func(r Reservation) bool {
		return !r.Booked && r.Conversation == t.rec.ID && r.Field == field && r.Slot.ID == s.ID
	}), err
}
