package session_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// handedOver is a desk with a conversation that waits for a person.
func handedOver(t *testing.T, text string) (*desk, string) {
	t.Helper()
	d := open(t, program(t, enginetest.Consultation()), sqlite.Options{})
	r, err := d.Start(context.Background(), d.request("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	r, err = d.Post(context.Background(), r.ID, session.Post{ClientID: "1", Text: text, Human: text == ""})
	if err != nil || r.Status.Control != engine.Waiting {
		t.Fatalf("got %+v, %v", r.Status, err)
	}
	return d, r.ID
}

func TestClaimIsExclusive(t *testing.T) {
	t.Parallel()
	d, id := handedOver(t, "")
	ctx := context.Background()
	var won, lost atomic.Int64
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			err := d.Claim(ctx, id, fmt.Sprintf("person%d", i))
			var held *session.HeldError
			switch {
			case err == nil:
				won.Add(1)
			case errors.As(err, &held) && held.By != "":
				lost.Add(1)
			default:
				t.Errorf("Claim = %v", err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != 49 {
		t.Errorf("%d have it and %d were told who has it, want 1 and 49", won.Load(), lost.Load())
	}
	sqlitetest.Check(t, d.path)
}

func TestPeopleAnswer(t *testing.T) {
	t.Parallel()
	d, id := handedOver(t, "")
	ctx := context.Background()
	if list, err := d.Queue(ctx, 10); err != nil || len(list) != 1 || list[0].ID != id || list[0].Reason != "human" {
		t.Fatalf("Queue = %+v, %v", list, err)
	}
	if _, err := d.Answer(ctx, id, "ana", session.Answering{ClientID: "1", Text: "hello"}); !errors.Is(err, session.ErrHeld) {
		t.Errorf("an answer before the claim: %v, want %v", err, session.ErrHeld)
	}
	if err := d.Claim(ctx, id, "ana"); err != nil {
		t.Fatal(err)
	}
	if err := d.Claim(ctx, id, "ana"); err != nil {
		t.Errorf("the same claim again: %v", err)
	}
	one, err := d.Answer(ctx, id, "ana", session.Answering{ClientID: "1", Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Answer(ctx, id, "ana", session.Answering{ClientID: "1", Text: "hello"})
	if err != nil || again.Status.Seq != one.Status.Seq {
		t.Errorf("the same answer again: %+v, %v; want %+v", again.Status, err, one.Status)
	}
	if _, err := d.Answer(ctx, id, "ana", session.Answering{ClientID: "1", Text: "bye"}); !errors.Is(err, session.ErrConflict) {
		t.Errorf("another answer under one client id: %v, want %v", err, session.ErrConflict)
	}
	if err := d.Release(ctx, id, "bo", "all done", ""); !errors.Is(err, session.ErrHeld) {
		t.Errorf("given back by somebody else: %v, want %v", err, session.ErrHeld)
	}
	if err := d.Release(ctx, id, "ana", "all done", "nowhere"); !errors.Is(err, session.ErrOption) {
		t.Errorf("given back to nowhere: %v, want %v", err, session.ErrOption)
	}
	if err := d.Release(ctx, id, "ana", "all done", ""); err != nil {
		t.Fatal(err)
	}
	c, err := d.Case(ctx, id)
	if err != nil || c.Control != engine.Assistant || c.Holder != "" {
		t.Errorf("given back: %s held by %q, %v", c.Control, c.Holder, err)
	}
	if err := d.Claim(ctx, id, "bo"); err != nil { // nobody asked
		t.Fatal(err)
	}
	if err := d.Close(ctx, id, "ana", "resolved"); !errors.Is(err, session.ErrHeld) {
		t.Errorf("closed by somebody else: %v, want %v", err, session.ErrHeld)
	}
	if err := d.Close(ctx, id, "bo", "resolved"); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(ctx, id, "bo", "resolved"); err != nil {
		t.Errorf("closed again: %v", err)
	}
	if err := d.Claim(ctx, id, "ana"); !errors.Is(err, session.ErrOver) {
		t.Errorf("claimed after the end: %v, want %v", err, session.ErrOver)
	}
	if list, err := d.Queue(ctx, 10); err != nil || len(list) != 0 {
		t.Errorf("Queue = %+v, %v", list, err)
	}
	sqlitetest.Check(t, d.path)
}

func TestEmergencyIsNotReleased(t *testing.T) {
	t.Parallel()
	d, id := handedOver(t, "!chest-pain")
	ctx := context.Background()
	if err := d.Claim(ctx, id, "ana"); err != nil {
		t.Fatal(err)
	}
	d.reopen(sqlite.Options{})
	if err := d.Release(ctx, id, "ana", "it was nothing", ""); !errors.Is(err, session.ErrEmergency) {
		t.Errorf("Release = %v, want %v", err, session.ErrEmergency)
	}
	if c, err := d.Case(ctx, id); err != nil || c.Holder != "ana" || c.Control != engine.Human {
		t.Errorf("got %s held by %q, %v; want ana", c.Control, c.Holder, err)
	}
}
