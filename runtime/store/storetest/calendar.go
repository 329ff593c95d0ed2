package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

func slot(minutes int) engine.Slot {
	start := at.Add(24*time.Hour + time.Duration(minutes)*time.Minute)
	return engine.Slot{ID: start.Format(time.RFC3339), Start: start, End: start.Add(30 * time.Minute)}
}

func hold(conversation string, s engine.Slot) session.Reservation {
	return session.Reservation{
		Practice: "lakeside", Conversation: conversation, Field: "when", Slot: s, Expires: at.Add(10 * time.Minute),
	}
}

func rule(capacity, buffer int) session.Places {
	return session.Places{Appointments: &machine.Appointments{Capacity: capacity, Buffer: buffer, Duration: 30}, Now: at}
}

func reserve(s session.Store, r session.Reservation, p session.Places) error {
	return s.Update(context.Background(), func(tx session.Tx) error { return tx.Reserve(r, p) })
}

func book(s session.Store, r session.Reservation) error {
	return s.Update(context.Background(), func(tx session.Tx) error { return tx.Book(r) })
}

func reserved(t *testing.T, s session.Store, now time.Time) (list []session.Reservation) {
	t.Helper()
	view(t, s, func(r session.Reader) (err error) {
		list, err = r.Reserved("lakeside", at, at.Add(48*time.Hour), now)
		return err
	})
	return list
}

func places(t *testing.T, s session.Store) {
	create(t, s, "a", "b", "c")
	if err := errors.Join(reserve(s, hold("a", slot(0)), rule(2, 0)), reserve(s, hold("b", slot(0)), rule(2, 0))); err != nil {
		t.Fatal(err)
	}
	if err := reserve(s, hold("c", slot(0)), rule(2, 0)); !errors.Is(err, session.ErrTaken) {
		t.Errorf("third of two places: got %v, want ErrTaken", err)
	}
	if err := reserve(s, hold("c", slot(15)), rule(2, 0)); !errors.Is(err, session.ErrTaken) {
		t.Errorf("overlapping slot: got %v, want ErrTaken", err)
	}
	if err := reserve(s, hold("c", slot(30)), rule(2, 0)); err != nil {
		t.Errorf("next slot: %v", err)
	}
	if err := book(s, hold("c", slot(0))); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("booking a slot that is not held: got %v, want ErrNotFound", err)
	}
	if err := reserve(s, hold("a", slot(60)), rule(2, 0)); err != nil { // another choice frees the first
		t.Fatal(err)
	}
	if err := errors.Join(reserve(s, hold("c", slot(0)), rule(2, 0)), book(s, hold("c", slot(0)))); err != nil {
		t.Errorf("the place that was given up: %v", err)
	}
	update(t, s, func(tx session.Tx) error { return errors.Join(tx.Unhold("a"), tx.Unhold("b"), tx.Unhold("c")) })
	list := reserved(t, s, at)
	if len(list) != 1 || list[0].Conversation != "c" || !list[0].Booked || list[0].Slot.ID != slot(0).ID {
		t.Errorf("after giving up every hold: got %+v, want c's booking", list)
	}
}

func buffer(t *testing.T, s session.Store) {
	create(t, s, "a", "b")
	if err := reserve(s, hold("a", slot(60)), rule(1, 10)); err != nil {
		t.Fatal(err)
	}
	for _, minutes := range []int{25, 95} {
		if err := reserve(s, hold("b", slot(minutes)), rule(1, 10)); !errors.Is(err, session.ErrTaken) {
			t.Errorf("slot at %d within the buffer: got %v, want ErrTaken", minutes, err)
		}
	}
	for _, minutes := range []int{20, 100} {
		if err := reserve(s, hold("b", slot(minutes)), rule(1, 10)); err != nil {
			t.Errorf("slot at %d beside the buffer: %v", minutes, err)
		}
	}
}

func holdsExpire(t *testing.T, s session.Store) {
	create(t, s, "a", "b")
	if err := reserve(s, hold("a", slot(0)), rule(1, 0)); err != nil {
		t.Fatal(err)
	}
	later := rule(1, 0)
	later.Now = at.Add(10 * time.Minute)
	if got := reserved(t, s, later.Now); len(got) != 0 {
		t.Errorf("expired hold is listed: %+v", got)
	}
	r := hold("b", slot(0))
	r.Expires = later.Now.Add(time.Minute)
	if err := reserve(s, r, later); err != nil {
		t.Errorf("slot whose hold has expired: %v", err)
	}
	if err := book(s, hold("a", slot(0))); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("booking after the hold went to another: got %v, want ErrNotFound", err)
	}
}

func race(t *testing.T, s session.Store) {
	const patients, capacity = 1000, 3
	ids := make([]string, patients)
	for i := range ids {
		ids[i] = fmt.Sprintf("p%d", i)
	}
	create(t, s, ids...)
	var won atomic.Int64
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			r := hold(id, slot(0))
			err := s.Update(context.Background(), func(tx session.Tx) error {
				if err := tx.Reserve(r, rule(capacity, 0)); err != nil {
					return err
				}
				return tx.Book(r)
			})
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, session.ErrTaken) {
				t.Errorf("reserve: %v", err)
			}
		})
	}
	wg.Wait()
	if got := len(reserved(t, s, at)); won.Load() != capacity || got != capacity {
		t.Errorf("%d patients booked and %d bookings stand, want %d", won.Load(), got, capacity)
	}
}
