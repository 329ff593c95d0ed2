package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

func viewsSeeWholeTurns(t *testing.T, s session.Store) {
	create(t, s, "a")
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(stop)
		for i := range int64(100) {
			if err := turn(t, s, "a", nil, typed(2*i+1), said(2*i+2, 0, engine.RoleSay)); err != nil {
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
				_ = s.View(context.Background(), func(r session.Reader) error {
					rec, err := r.Conversation("a")
					if err != nil {
						t.Error(err)
						return nil
					}
					list, err := r.Messages("a", 0, 1000)
					if err != nil || int64(len(list)) != rec.Seq {
						t.Errorf("state at message %d beside %d messages (%v)", rec.Seq, len(list), err)
					}
					return nil
				})
			}
		})
	}
	wg.Wait()
}

func survivesClosing(t *testing.T, open Opener) {
	s := open(t, "store")
	create(t, s, "a")
	if err := turn(t, s, "a", nil, typed(1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if err := s.Update(context.Background(), func(session.Tx) error { return nil }); err == nil {
		t.Error("a closed store took an update")
	}
	s = open(t, "store")
	defer s.Close()
	if got := messages(t, s, "a"); len(got) != 1 || got[0].Text != typed(1).Text {
		t.Errorf("after opening again: got %+v", got)
	}
}

func failedUpdateLeavesNothing(t *testing.T, s session.Store) {
	putMachine(t, s)
	boom := errors.New("boom")
	err := s.Update(context.Background(), func(tx session.Tx) error {
		if err := tx.Create(record("a")); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("Update: got %v, want boom", err)
	}
	view(t, s, func(r session.Reader) error {
		if _, err := r.Conversation("a"); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("after a failed update: got %v, want ErrNotFound", err)
		}
		return nil
	})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Update(ctx, func(session.Tx) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Update: got %v, want Canceled", err)
	}
}

func panicReachesTheCaller(t *testing.T, s session.Store) {
	putMachine(t, s)
	func() {
		defer func() {
			if got := recover(); got != "boom" {
				t.Errorf("recovered %v, want boom", got)
			}
		}()
		_ = s.Update(context.Background(), func(tx session.Tx) error {
			_ = tx.Create(record("a"))
			panic("boom")
		})
	}()
	create(t, s, "a") // nothing was left, and the store still works
}
