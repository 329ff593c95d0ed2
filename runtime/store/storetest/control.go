package storetest

import (
	"errors"
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

func handOff(tier string) func(*session.Record) {
	return func(r *session.Record) { r.Control, r.Epoch, r.Tier = engine.Waiting, r.Epoch+1, tier }
}

func silence(t *testing.T, s session.Store) {
	create(t, s, "a")
	if err := turn(t, s, "a", handOff("routine"), typed(1), said(2, 0, engine.RoleAck)); err != nil {
		t.Fatalf("escalating turn with its acknowledgement: %v", err)
	}
	for _, epoch := range []int64{0, 1} {
		for _, role := range []engine.Role{engine.RoleSay, engine.RoleAck, engine.RoleClosing} {
			if err := turn(t, s, "a", nil, said(3, epoch, role)); !errors.Is(err, session.ErrSilent) {
				t.Errorf("%s under epoch %d after the handoff: got %v, want ErrSilent", role, epoch, err)
			}
		}
	}
	if err := turn(t, s, "a", nil, typed(3)); err != nil {
		t.Errorf("the patient's message after the handoff: %v", err)
	}
	staff := session.Message{Seq: 4, At: at, Author: session.ByStaff, Actor: "kim", Text: "Hello"}
	if err := turn(t, s, "a", nil, staff); err != nil {
		t.Errorf("a person's message: %v", err)
	}
	if got := len(messages(t, s, "a")); got != 4 {
		t.Errorf("got %d messages, want 4", got)
	}
}

func oneAcknowledgement(t *testing.T, s session.Store) {
	create(t, s, "a")
	if err := turn(t, s, "a", handOff("routine"), said(1, 0, engine.RoleAck), said(2, 0, engine.RoleAck)); err == nil {
		t.Error("two acknowledgements of one escalation were stored")
	}
}

func emergencyStays(t *testing.T, s session.Store) {
	create(t, s, "a")
	if err := turn(t, s, "a", handOff("emergency"), said(1, 0, engine.RoleAck)); err != nil {
		t.Fatal(err)
	}
	back := func(r *session.Record) { r.Control, r.Epoch = engine.Assistant, r.Epoch+1 }
	if err := turn(t, s, "a", back); err == nil {
		t.Error("an emergency went back to the assistant")
	}
	calm := func(r *session.Record) { r.Tier = "routine" }
	if err := turn(t, s, "a", calm); err == nil {
		t.Error("an emergency became routine")
	}
}

func release(t *testing.T, s session.Store) {
	create(t, s, "a")
	if err := turn(t, s, "a", handOff("routine"), said(1, 0, engine.RoleAck)); err != nil {
		t.Fatal(err)
	}
	back := func(r *session.Record) { r.Control, r.Epoch = engine.Assistant, 2 }
	if err := turn(t, s, "a", back, said(2, 2, engine.RoleSay)); err != nil {
		t.Errorf("the assistant's first message after a release: %v", err)
	}
	same := func(r *session.Record) { r.Control = engine.Human }
	if err := turn(t, s, "a", same); err == nil {
		t.Error("control moved without a new epoch")
	}
	closed := func(r *session.Record) { r.Control, r.Epoch = engine.Closed, 3 }
	if err := turn(t, s, "a", closed); err != nil {
		t.Fatal(err)
	}
	again := func(r *session.Record) { r.Control, r.Epoch = engine.Assistant, 4 }
	if err := turn(t, s, "a", again); err == nil {
		t.Error("a closed conversation was opened")
	}
}
