package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tacet-lang/tacet/runtime/session"
)

func viewsSeeWholeTurns(t *testing.T, s session.Store) {
	create(t, s, "a")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(stop)
		for range 100 {
			err := turn(t, s, "a", func(w *session.Write) {
				w.Outbox = []session.Parcel{{Vendor: "crm", At: w.At, Sealed: []byte("x")}}
			})
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				view(t, s, func(r session.Reader) error {
					newest, err := r.Last("a")
					if err != nil {
						return err
					}
					list, err := r.Outbox(1000)
					if int64(len(list)) != newest.Version-1 {
						t.Errorf("version %d beside %d parcels", newest.Version, len(list))
					}
					return err
				})
			}
		})
	}
	wg.Wait()
}

func survivesClosing(t *testing.T, open Opener) {
	s := open(t, "store")
	create(t, s, "a")
	if err := turn(t, s, "a"); err != nil {
		t.Fatal(err)
	}
	want := last(t, s, "a")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if err := s.Commit(context.Background(), first("b")); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("Commit after Close: got %v, want ErrUnavailable", err)
	}
	if err := s.View(context.Background(), practice, func(session.Reader) error { return nil }); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("View after Close: got %v, want ErrUnavailable", err)
	}
	s = open(t, "store")
	defer func() { _ = s.Close() }()
	same(t, "Last", want)(last(t, s, "a"), nil)
}

func failedCommitLeavesNothing(t *testing.T, s session.Store) {
	create(t, s, "a", "b")
	if err := turn(t, s, "b", func(w *session.Write) { w.Calendar = []session.CalendarChange{hold("b", slot(0), rule(1, 0))} }); err != nil {
		t.Fatal(err)
	}
	err := turn(t, s, "a", func(w *session.Write) { // everything is right but the last part
		w.Standing = &session.Standing{Control: "human", Epoch: 1, Since: at}
		w.Outbox = []session.Parcel{{Vendor: "crm", At: at, Sealed: []byte("x")}}
		w.Audit = []session.Entry{{At: at, Actor: "patient", Action: "turn"}}
		w.Calendar = []session.CalendarChange{hold("a", slot(60), rule(1, 0)), hold("a", slot(0), rule(1, 0))}
	})
	if !errors.Is(err, session.ErrTaken) {
		t.Errorf("Commit: got %v, want ErrTaken", err)
	}
	view(t, s, func(r session.Reader) error {
		st, err := r.Standing("a")
		if st.Control != "assistant" || err != nil {
			t.Errorf("Standing: got %+v, %v", st, err)
		}
		same(t, "Outbox", 0)(count(r.Outbox(10)))
		same(t, "Audit", 0)(count(r.Audit(0, 10)))
		return nil
	})
	if got := len(reserved(t, s, at)); got != 1 {
		t.Errorf("%d reservations are left, want b's", got)
	}
	if got := last(t, s, "a"); got.Version != 1 {
		t.Errorf("version %d was stored", got.Version)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Commit(ctx, first("c")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Commit: got %v, want Canceled", err)
	}
}

// twoProcesses lets two stores on the same data write at once.
func twoProcesses(t *testing.T, open Opener) {
	one, two := open(t, "store"), open(t, "store")
	t.Cleanup(func() { _ = errors.Join(one.Close(), two.Close()) })
	create(t, one, "a")
	var stored atomic.Int64
	var wg sync.WaitGroup
	for i := range 8 {
		s := []session.Store{one, two}[i%2]
		wg.Go(func() {
			for range 25 {
				err := turn(t, s, "a", func(w *session.Write) {
					w.Audit = []session.Entry{{At: w.At, Actor: "patient", Action: "turn", Conversation: "a", Version: w.Version}}
				})
				switch {
				case err == nil:
					stored.Add(1)
				case !errors.Is(err, session.ErrStale):
					t.Errorf("Commit: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if got := last(t, two, "a"); got.Version != 1+stored.Load() || stored.Load() < 25 {
		t.Errorf("%d turns were stored, the newest is version %d", stored.Load(), got.Version)
	}
	if got := trailHolds(t, one); got != stored.Load() {
		t.Errorf("the trail has %d entries for %d turns", got, stored.Load())
	}
}
