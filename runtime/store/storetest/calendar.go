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

func hold(conversation string, s engine.Slot, p session.Places) session.CalendarChange {
	return session.CalendarChange{Kind: session.Hold, Places: p, Reservation: session.Reservation{
		Conversation: conversation, Field: "when", Slot: s, Expires: p.Now.Add(10 * time.Minute),
	}}
}

func book(conversation string, s engine.Slot) session.CalendarChange {
	return session.CalendarChange{Kind: session.Book, Reservation: session.Reservation{
		Conversation: conversation, Field: "when", Slot: s,
	}}
}

func rule(capacity, buffer int) session.Places {
	return session.Places{Appointments: &machine.Appointments{Capacity: capacity, Buffer: buffer, Duration: 30}, Now: at}
}

// reserve commits a turn that changes the calendar.
func reserve(t *testing.T, s session.Store, id string, changes ...session.CalendarChange) error {
	t.Helper()
	return turn(t, s, id, func(w *session.Write) { w.Calendar = changes })
}

func reserved(t *testing.T, s session.Store, now time.Time) (list []session.Reservation) {
	t.Helper()
	view(t, s, func(r session.Reader) (err error) {
		list, err = r.Reserved(at, at.Add(48*time.Hour), now)
		return err
	})
	return list
}

func places(t *testing.T, s session.Store) {
	create(t, s, "a", "b", "c")
	two := rule(2, 0)
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	taken := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, session.ErrTaken) {
			t.Errorf("%s: got %v, want ErrTaken", what, err)
		}
	}
	must("first of two places", reserve(t, s, "a", hold("a", slot(0), two)))
	must("second of two places", reserve(t, s, "b", hold("b", slot(0), two)))
	taken("third of two places", reserve(t, s, "c", hold("c", slot(0), two)))
	taken("overlapping slot", reserve(t, s, "c", hold("c", slot(15), two)))
	must("next slot", reserve(t, s, "c", hold("c", slot(30), two)))
	taken("booking a slot that is not held", reserve(t, s, "c", book("c", slot(0))))
	must("another choice frees the first", reserve(t, s, "a", hold("a", slot(60), two)))
	must("the place that was given up", reserve(t, s, "c", hold("c", slot(0), two), book("c", slot(0))))
	for _, id := range []string{"a", "b", "c"} {
		must("give up", reserve(t, s, id, session.CalendarChange{Kind: session.GiveUp}))
	}
	list := reserved(t, s, at)
	if len(list) != 1 || list[0].Conversation != "c" || !list[0].Booked || list[0].Slot.ID != slot(0).ID {
		t.Errorf("after giving up every hold: got %+v, want c's booking", list)
	}
}

func buffer(t *testing.T, s session.Store) {
	create(t, s, "a", "b")
	if err := reserve(t, s, "a", hold("a", slot(60), rule(1, 10))); err != nil {
		t.Fatal(err)
	}
	for _, minutes := range []int{25, 95} {
		if err := reserve(t, s, "b", hold("b", slot(minutes), rule(1, 10))); !errors.Is(err, session.ErrTaken) {
			t.Errorf("slot at %d within the buffer: got %v, want ErrTaken", minutes, err)
		}
	}
	for _, minutes := range []int{20, 100} {
		if err := reserve(t, s, "b", hold("b", slot(minutes), rule(1, 10))); err != nil {
			t.Errorf("slot at %d beside the buffer: %v", minutes, err)
		}
	}
}

func holdsExpire(t *testing.T, s session.Store) {
	create(t, s, "a", "b")
	if err := reserve(t, s, "a", hold("a", slot(0), rule(1, 0))); err != nil {
		t.Fatal(err)
	}
	later := rule(1, 0)
	later.Now = at.Add(10 * time.Minute)
	if got := reserved(t, s, later.Now); len(got) != 0 {
		t.Errorf("expired hold is listed: %+v", got)
	}
	if err := reserve(t, s, "b", hold("b", slot(0), later)); err != nil {
		t.Errorf("slot whose hold has expired: %v", err)
	}
	if err := reserve(t, s, "a", book("a", slot(0))); !errors.Is(err, session.ErrTaken) {
		t.Errorf("booking after the hold went to another: got %v, want ErrTaken", err)
	}
}

func race(t *testing.T, s session.Store) {
	const patients, capacity = 1000, 3
	putMachine(t, s)
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range patients {
		wg.Go(func() {
			w := first(fmt.Sprintf("p%d", i))
			id := w.Conversation
			w.Calendar = []session.CalendarChange{hold(id, slot(0), rule(capacity, 0)), book(id, slot(0))}
			err := s.Commit(context.Background(), w)
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, session.ErrTaken) {
				t.Errorf("Commit: %v", err)
			}
		})
	}
	wg.Wait()
	if got := len(reserved(t, s, at)); won.Load() != capacity || got != capacity {
		t.Errorf("%d patients booked and %d bookings stand, want %d", won.Load(), got, capacity)
	}
}
