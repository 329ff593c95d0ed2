package storetest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// queue: an emergency stands before whoever has waited longer, and who waits before who has somebody.
func queue(t *testing.T, s session.Store) {
	view(t, s, func(r session.Reader) error {
		if _, has := r.(session.QueueReader); !has {
			t.Skip("people cannot answer the conversations of this store")
		}
		return nil
	})
	create(t, s, "bot", "old", "held", "urgent", "new", "alarm", "over")
	for _, w := range []struct{ id, tier string }{
		{"held", "routine"}, {"old", "routine"}, {"new", "routine"}, {"urgent", "urgent-clinical"}, {"alarm", "emergency"}, {"over", "routine"},
	} {
		if w.id == "new" || w.id == "urgent" || w.id == "alarm" { // later than the others
			if err := turn(t, s, w.id); err != nil {
				t.Fatal(err)
			}
		}
		if err := turn(t, s, w.id, handOff(w.tier)); err != nil {
			t.Fatal(err)
		}
	}
	for id, control := range map[string]engine.Control{"held": engine.Human, "over": engine.Closed} {
		moves := func(w *session.Write) {
			w.Control, w.Epoch = control, w.Epoch+1
			w.Standing = &session.Standing{Control: control, Epoch: w.Epoch, Tier: "routine", Since: w.At}
		}
		if err := turn(t, s, id, heard, moves); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"alarm", "urgent", "old", "new", "held"}
	for limit := 1; limit <= len(want)+1; limit++ {
		view(t, s, func(r session.Reader) error {
			got, err := r.(session.QueueReader).Queue(limit)
			if d := cmp.Diff(want[:min(limit, len(want))], got); d != "" {
				t.Errorf("the first %d (-want +got)\n%s", limit, d)
			}
			return err
		})
	}
}
