// Package retentiontest holds what every store of holds and erasures must do.
package retentiontest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
)

// Run runs the suite; open returns a store on empty data.
func Run(t *testing.T, open func(t *testing.T) retention.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, retention.Store){
		"kept until erased":      keptUntilErased,
		"listed page by page":    pages,
		"listed by how it ended": ended,
		"nobody works on it":     atRest,
		"holds":                  holds,
		"held or erased":         heldOrErased,
		"nothing is said after":  silentAfter,
		"one erases":             one,
		"unfinished erasures":    unfinished,
		"practices are apart":    apart,
		"entries with each":      trail,
		"what is not there":      nothing,
		"machines are listed":    machines,
		"a hold is not deleted":  released,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

const practice = "lakeside"

var (
	ctx = context.Background()
	at  = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
)

// start commits a conversation of two turns, an hour apart.
func start(t *testing.T, s retention.Store, practice, id string, key int64) {
	t.Helper()
	if err := s.PutMachine(ctx, practice, "m", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	h := session.Header{Conversation: id, Practice: practice, Flow: "f", Machine: "m", Key: key, Started: at}
	first, second := sessiontest.Exchange(h, at.Add(time.Hour))
	for _, w := range []session.Write{first, second} {
		if err := s.Commit(ctx, w); err != nil {
			t.Fatal(err)
		}
	}
}

func kept(t *testing.T, s retention.Store, began time.Time) (list []retention.Kept) {
	t.Helper()
	list, err := s.Kept(ctx, practice, retention.Which{Machine: "m", Began: began, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func erasure(id string) retention.Erasure {
	return retention.Erasure{Practice: practice, Conversation: id, At: at, By: "dana", Why: "the patient asked"}
}

func hold(id, conversation string) retention.Hold {
	return retention.Hold{ID: id, Practice: practice, Conversation: conversation, Reason: "a claim", By: "dana", At: at}
}

func keptUntilErased(t *testing.T, s retention.Store) {
	start(t, s, practice, "a", 7)
	start(t, s, practice, "b", 8)
	want := []retention.Kept{{Conversation: "a", Key: 7, Last: at.Add(time.Hour)}, {Conversation: "b", Key: 8, Last: at.Add(time.Hour)}}
	if d := cmp.Diff(want, kept(t, s, at)); d != "" {
		t.Errorf("Kept (-want +got)\n%s", d)
	}
	if list := kept(t, s, at.Add(-time.Second)); len(list) != 0 {
		t.Errorf("what began later is listed: %v", list)
	}
	e, err := s.Begin(ctx, erasure("a"))
	if err != nil || e.Key != 7 {
		t.Fatalf("Begin = %+v, %v", e, err)
	}
	if d := cmp.Diff(want[1:], kept(t, s, at)); d != "" {
		t.Errorf("after an erasure (-want +got)\n%s", d)
	}
	if _, err := s.Begin(ctx, erasure("a")); !errors.Is(err, retention.ErrErased) {
		t.Errorf("erased twice: %v", err)
	}
}

// end closes a conversation that start began.
func end(t *testing.T, s retention.Store, id, outcome string) {
	t.Helper()
	w := session.Write{
		Turn: session.Turn{
			Practice: practice, Conversation: id, Version: 3, At: at.Add(2 * time.Hour), After: 3, Last: 3, Said: -1, Control: engine.Closed, Epoch: 1, Sealed: []byte("sealed"),
		},
		Standing: &session.Standing{Control: engine.Closed, Epoch: 1, Outcome: outcome, Since: at.Add(2 * time.Hour)},
	}
	if err := s.Commit(ctx, w); err != nil {
		t.Fatal(err)
	}
}

func ended(t *testing.T, s retention.Store) {
	for i, outcome := range []string{"timeout", "completed", "timeout", ""} {
		id := fmt.Sprint("c", i)
		start(t, s, practice, id, 1)
		if outcome != "" {
			end(t, s, id, outcome)
		}
	}
	for outcome, want := range map[string][]string{"timeout": {"c0", "c2"}, "completed": {"c1"}, "declined": nil, "": {"c0", "c1", "c2", "c3"}} {
		list, err := s.Kept(ctx, practice, retention.Which{Machine: "m", Began: at, Ended: outcome, Limit: 10})
		var got []string
		for _, k := range list {
			got = append(got, k.Conversation)
		}
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("ended as %q (-want +got): %v\n%s", outcome, err, d)
		}
	}
}

// atRest: what is erased waits for nobody, and for no moment.
func atRest(t *testing.T, s retention.Store) {
	start(t, s, practice, "a", 1)
	start(t, s, practice, "b", 1)
	for _, id := range []string{"a", "b"} {
		due := at.Add(3 * time.Hour)
		w := session.Write{
			Turn: session.Turn{
				Practice: practice, Conversation: id, Version: 3, At: at.Add(2 * time.Hour), After: 3, Last: 3, Said: -1, Control: engine.Waiting, Epoch: 1, Sealed: []byte("sealed"),
			},
			Standing: &session.Standing{Control: engine.Waiting, Epoch: 1, Since: at.Add(2 * time.Hour), Due: due},
		}
		if err := s.Commit(ctx, w); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Begin(ctx, erasure("a")); err != nil {
		t.Fatal(err)
	}
	err := s.View(ctx, practice, func(r session.Reader) error {
		queue, err := r.(session.QueueReader).Queue(10)
		if d := cmp.Diff([]string{"b"}, queue); err != nil || d != "" {
			t.Errorf("Queue (-want +got): %v\n%s", err, d)
		}
		due, err := r.Due(at.Add(4*time.Hour), 10)
		if err != nil || len(due) != 1 || due[0].Conversation != "b" {
			t.Errorf("Due = %v, %v; want what is not erased", due, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pages(t *testing.T, s retention.Store) {
	for i := range 5 {
		start(t, s, practice, fmt.Sprint("c", i), 1)
	}
	var got []string
	for after := ""; ; {
		list, err := s.Kept(ctx, practice, retention.Which{Machine: "m", Began: at, After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, k := range list {
			got, after = append(got, k.Conversation), k.Conversation
		}
	}
	if d := cmp.Diff([]string{"c0", "c1", "c2", "c3", "c4"}, got); d != "" {
		t.Errorf("pages (-want +got)\n%s", d)
	}
}

func holds(t *testing.T, s retention.Store) {
	start(t, s, practice, "a", 7)
	for _, h := range []retention.Hold{hold("h1", "a"), hold("h2", "a")} {
		if err := s.Hold(ctx, h); err != nil {
			t.Fatal(err)
		}
	}
	if list := kept(t, s, at); !list[0].Held {
		t.Error("it does not say that it is held")
	}
	if _, err := s.Begin(ctx, erasure("a")); !errors.Is(err, retention.ErrHeld) {
		t.Errorf("erased under a hold: %v", err)
	}
	end := hold("h1", "a")
	end.Released, end.ReleasedBy, end.ReleasedReason = at.Add(time.Hour), "tom", "the claim is settled"
	if err := s.Release(ctx, end); err != nil {
		t.Fatal(err)
	}
	if err := s.Release(ctx, end); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("released twice: %v", err)
	}
	if _, err := s.Begin(ctx, erasure("a")); !errors.Is(err, retention.ErrHeld) {
		t.Errorf("erased under the other hold: %v", err)
	}
	for all, want := range map[bool][]retention.Hold{false: {hold("h2", "a")}, true: {end, hold("h2", "a")}} {
		got, err := s.Holds(ctx, practice, all)
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("Holds(%t): %v (-want +got)\n%s", all, err, d)
		}
	}
	end.ID = "h2"
	if err := s.Release(ctx, end); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(ctx, erasure("a")); err != nil {
		t.Errorf("after the last hold: %v", err)
	}
}

// heldOrErased: of somebody who holds and somebody who erases at the same time, one is refused.
func heldOrErased(t *testing.T, s retention.Store) {
	for i := range 20 {
		id := fmt.Sprint("c", i)
		start(t, s, practice, id, 1)
		var held, erased error
		var wg sync.WaitGroup
		wg.Go(func() { held = s.Hold(ctx, hold("h"+id, id)) })
		wg.Go(func() { _, erased = s.Begin(ctx, erasure(id)) })
		wg.Wait()
		if (held == nil) == (erased == nil) {
			t.Fatalf("held: %v, erased: %v; want one of them refused", held, erased)
		}
		if held != nil && !errors.Is(held, retention.ErrErased) || erased != nil && !errors.Is(erased, retention.ErrHeld) {
			t.Fatalf("held: %v, erased: %v", held, erased)
		}
	}
}

// silentAfter: a process that does not know yet takes no turn in a conversation that is erased.
func silentAfter(t *testing.T, s retention.Store) {
	start(t, s, practice, "a", 7)
	start(t, s, practice, "b", 8)
	if _, err := s.Begin(ctx, erasure("a")); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]error{"a": session.ErrNotFound, "b": nil} {
		was := last(t, s, id)
		next := session.Write{Turn: session.Turn{
			Practice: practice, Conversation: id, Version: was.Version + 1, At: was.At.Add(time.Minute), After: was.Last, Last: was.Last, Said: -1,
			Control: was.Control, Epoch: was.Epoch, Tier: was.Tier, Sealed: []byte("x"),
		}}
		if err := s.Commit(ctx, next); !errors.Is(err, want) {
			t.Errorf("a turn in %s: %v, want %v", id, err, want)
		}
		if got := last(t, s, id); (got.Version > was.Version) != (want == nil) {
			t.Errorf("%s is at turn %d after %d", id, got.Version, was.Version)
		}
	}
}

func last(t *testing.T, s retention.Store, id string) (turn session.Turn) {
	t.Helper()
	err := s.View(ctx, practice, func(r session.Reader) (err error) {
		turn, err = r.Last(id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

func one(t *testing.T, s retention.Store) {
	start(t, s, practice, "a", 7)
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Begin(ctx, erasure("a")); err == nil {
				won.Add(1)
			} else if !errors.Is(err, retention.ErrErased) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d have erased it", n)
	}
}

func unfinished(t *testing.T, s retention.Store) {
	start(t, s, practice, "a", 7)
	e, err := s.Begin(ctx, erasure("a"))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := s.Unfinished(ctx, practice, at); err != nil || len(list) != 0 {
		t.Errorf("what was just begun is unfinished: %v, %v", list, err)
	}
	list, err := s.Unfinished(ctx, practice, at.Add(time.Second))
	if d := cmp.Diff([]retention.Erasure{e}, list); err != nil || d != "" {
		t.Errorf("Unfinished: %v (-want +got)\n%s", err, d)
	}
	for range 2 {
		if err := s.Done(ctx, e, at.Add(time.Minute), session.Entry{At: at, Actor: "dana", Action: "conversation.erased"}); err != nil {
			t.Fatal(err)
		}
	}
	if list, err := s.Unfinished(ctx, practice, at.Add(time.Hour)); err != nil || len(list) != 0 {
		t.Errorf("what is done is unfinished: %v, %v", list, err)
	}
	if got := actions(t, s); len(got) != 1 {
		t.Errorf("done twice is noted as %v", got)
	}
}

func apart(t *testing.T, s retention.Store) {
	start(t, s, "other", "a", 7)
	if _, err := s.Begin(ctx, erasure("a")); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("erased another practice's: %v", err)
	}
	if err := s.Hold(ctx, hold("h", "a")); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("held another practice's: %v", err)
	}
	if err := s.PutMachine(ctx, practice, "m", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	if list := kept(t, s, at); len(list) != 0 {
		t.Errorf("lists another practice's: %v", list)
	}
}

func trail(t *testing.T, s retention.Store) {
	start(t, s, practice, "a", 7)
	note := func(action string) session.Entry { return session.Entry{At: at, Actor: "dana", Action: action} }
	if err := s.Hold(ctx, hold("h", "a"), note("hold.placed")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(ctx, erasure("a"), note("conversation.erased-begun")); !errors.Is(err, retention.ErrHeld) {
		t.Fatal(err)
	}
	end := hold("h", "a")
	end.Released = at
	if err := s.Release(ctx, end, note("hold.released")); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"hold.placed", "hold.released"}, actions(t, s)); d != "" {
		t.Errorf("the trail (-want +got)\n%s", d)
	}
}

func actions(t *testing.T, s retention.Store) (list []string) {
	t.Helper()
	err := s.View(ctx, practice, func(r session.Reader) error {
		entries, err := r.Audit(0, 100)
		for _, e := range entries {
			list = append(list, e.Action)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func nothing(t *testing.T, s retention.Store) {
	start(t, s, practice, "a", 7)
	if _, err := s.Begin(ctx, erasure("b")); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("erased what is not there: %v", err)
	}
	if err := s.Hold(ctx, hold("h", "b")); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("held what is not there: %v", err)
	}
	if err := s.Release(ctx, hold("h", "b")); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("released what is not there: %v", err)
	}
}

func machines(t *testing.T, s retention.Store) {
	for _, hash := range []string{"b", "a"} {
		if err := s.PutMachine(ctx, practice, hash, []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Machines(ctx, practice)
	if d := cmp.Diff([]string{"a", "b"}, list); err != nil || d != "" {
		t.Errorf("Machines: %v (-want +got)\n%s", err, d)
	}
}

// released: what was held stays written down.
func released(t *testing.T, s retention.Store) {
	start(t, s, practice, "a", 7)
	if err := s.Hold(ctx, hold("h", "a")); err != nil {
		t.Fatal(err)
	}
	if err := s.Hold(ctx, hold("h", "a")); err == nil {
		t.Error("two holds have one id")
	}
}
