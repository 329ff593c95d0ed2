package storetest

import (
	"errors"
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// handOff makes it the turn that hands over, with its acknowledgement.
func handOff(tier string) change {
	return func(w *session.Write) {
		w.Control, w.Epoch, w.Tier, w.Ack = engine.Waiting, w.Epoch+1, tier, true
		w.Standing = &session.Standing{Control: w.Control, Epoch: w.Epoch, Tier: tier, Since: w.At}
	}
}

// refused fails the test unless the turn was refused for the rules of silence.
func refused(t *testing.T, s session.Store, what string, changes ...change) {
	t.Helper()
	before := last(t, s, "a")
	if err := turn(t, s, "a", changes...); !errors.Is(err, session.ErrSilent) {
		t.Errorf("%s: got %v, want ErrSilent", what, err)
	}
	if after := last(t, s, "a"); after.Version != before.Version {
		t.Errorf("%s: it was stored", what)
	}
}

func silence(t *testing.T, s session.Store) {
	create(t, s, "a")
	refused(t, s, "another epoch than the present one", func(w *session.Write) { w.Said = 1 })
	if err := turn(t, s, "a", handOff("routine")); err != nil {
		t.Fatalf("escalating turn with its acknowledgement: %v", err)
	}
	for _, epoch := range []int64{0, 1, 2} {
		refused(t, s, "the assistant after the handoff", func(w *session.Write) { w.Said = epoch })
	}
	refused(t, s, "the assistant, who gave the word to itself", func(w *session.Write) {
		w.Control, w.Epoch, w.Said = engine.Assistant, 2, 2
	})
	if err := turn(t, s, "a", heard); err != nil {
		t.Errorf("the patient's message after the handoff: %v", err)
	}
	staff := func(w *session.Write) { w.Last, w.Authors, w.Said = w.After+1, session.StaffWrote, -1 }
	if err := turn(t, s, "a", staff); err != nil {
		t.Errorf("a person's message: %v", err)
	}
	if got := last(t, s, "a"); got.Last != 5 {
		t.Errorf("the last message has number %d, want 5", got.Last)
	}
}

func oneAcknowledgement(t *testing.T, s session.Store) {
	create(t, s, "a")
	if err := turn(t, s, "a", func(w *session.Write) { w.Ack = true }); err == nil {
		t.Error("an acknowledgement was stored without a handoff")
	}
	silentAck := func(w *session.Write) {
		handOff("routine")(w)
		heard(w)
	}
	if err := turn(t, s, "a", silentAck); err == nil {
		t.Error("an acknowledgement was stored that nobody said")
	}
	if err := turn(t, s, "a", handOff("routine")); err != nil {
		t.Fatal(err)
	}
	refused(t, s, "a second acknowledgement", func(w *session.Write) { w.Ack, w.Control, w.Epoch = true, engine.Human, 2 })
}

func emergencyStays(t *testing.T, s session.Store) {
	create(t, s, "a")
	if err := turn(t, s, "a", handOff("emergency")); err != nil {
		t.Fatal(err)
	}
	refused(t, s, "an emergency back to the assistant", heard, func(w *session.Write) { w.Control, w.Epoch = engine.Assistant, 2 })
	refused(t, s, "an emergency released", func(w *session.Write) {
		w.Control, w.Epoch, w.Said, w.Released = engine.Assistant, 2, 2, true
	})
	refused(t, s, "an emergency made routine", heard, func(w *session.Write) { w.Tier = "routine" })
	if err := turn(t, s, "a", heard, func(w *session.Write) { w.Control, w.Epoch = engine.Closed, 2 }); err != nil {
		t.Errorf("closing an emergency: %v", err)
	}
}

func release(t *testing.T, s session.Store) {
	create(t, s, "a")
	if err := turn(t, s, "a", handOff("routine")); err != nil {
		t.Fatal(err)
	}
	back := func(w *session.Write) {
		w.Last, w.Authors, w.Said = w.After+1, session.AssistantWrote, 2
		w.Control, w.Epoch, w.Released = engine.Assistant, 2, true
	}
	if err := turn(t, s, "a", back); err != nil {
		t.Errorf("the assistant's first message after a release: %v", err)
	}
	refused(t, s, "control without a new epoch", heard, func(w *session.Write) { w.Control = engine.Human })
	refused(t, s, "an earlier epoch", heard, func(w *session.Write) { w.Epoch = 1 })
	again := func(w *session.Write) { // given back, and handed over again in the same breath
		w.Control, w.Epoch, w.Ack = engine.Waiting, 3, true
	}
	if err := turn(t, s, "a", again); err != nil {
		t.Fatal(err)
	}
	if err := turn(t, s, "a", heard, func(w *session.Write) { w.Control, w.Epoch = engine.Closed, 4 }); err != nil {
		t.Fatal(err)
	}
	refused(t, s, "a closed conversation opened", heard, func(w *session.Write) { w.Control, w.Epoch = engine.Assistant, 5 })
}
