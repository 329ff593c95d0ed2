// Package storetest is the suite that every session.Store passes.
package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Opener opens a store on the data that stays under its name for the length of a test: opening the same name again sees what
// was committed before, also beside a store that is open, as another process does.
type Opener func(t *testing.T, name string) session.Store

// Run runs the suite.
func Run(t *testing.T, open Opener) {
	for _, c := range []struct {
		name string
		test func(*testing.T, session.Store)
	}{
		{"turn is read back", turnIsReadBack},
		{"what is not there", whatIsNotThere},
		{"machines", machines},
		{"failed commit leaves nothing", failedCommitLeavesNothing},
		{"stale version", staleVersion},
		{"one winner of a version", oneWinner},
		{"one winner of a start", oneStart},
		{"gap-free messages", gapFree},
		{"silence after a handoff", silence},
		{"one acknowledgement", oneAcknowledgement},
		{"emergency is not released", emergencyStays},
		{"release gives the word back", release},
		{"answers", answers},
		{"turns after a message", turnsAfter},
		{"newest turns", newest},
		{"due", due},
		{"standing", standing},
		{"queue", queue},
		{"places of a slot", places},
		{"buffer between slots", buffer},
		{"holds expire", holdsExpire},
		{"a thousand patients, one slot", race},
		{"trail", trail},
		{"trail of many at once", trailOfMany},
		{"practices are apart", practicesApart},
		{"views see whole turns", viewsSeeWholeTurns},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, "store")
			t.Cleanup(func() { _ = s.Close() })
			c.test(t, s)
		})
	}
	for _, c := range []struct {
		name string
		test func(*testing.T, Opener)
	}{
		{"survives closing", survivesClosing},
		{"two processes", twoProcesses},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, open)
		})
	}
}

const practice = "lakeside"

var at = time.Date(2026, 3, 2, 15, 0, 0, 123000, time.UTC)

// first is the turn that starts a conversation, with the notice said.
func first(id string) session.Write {
	return session.Write{
		Turn: session.Turn{
			Practice: practice, Conversation: id, Version: 1, At: at, Client: session.KeyOf("client-" + id),
			After: 0, Last: 1, Authors: session.AssistantWrote, Control: engine.Assistant, Sealed: []byte("\x00sealed " + id),
		},
		Header: &session.Header{
			Conversation: id, Practice: practice, Flow: "consultation", Machine: "m", Key: 7, Client: session.KeyOf("client-" + id), Started: at,
		},
		Standing: &session.Standing{Control: engine.Assistant, Since: at},
	}
}

// change alters the next turn of a conversation before it is committed.
type change func(w *session.Write)

// next is a turn in which the patient writes one message and the assistant answers.
func next(t *testing.T, s session.Store, id string, changes ...change) session.Write {
	t.Helper()
	was := last(t, s, id)
	w := session.Write{Turn: session.Turn{
		Practice: practice, Conversation: id, Version: was.Version + 1, At: was.At.Add(time.Second),
		After: was.Last, Last: was.Last + 2, Authors: session.PatientWrote | session.AssistantWrote, Said: was.Epoch,
		Control: was.Control, Epoch: was.Epoch, Tier: was.Tier, Sealed: []byte("sealed"),
	}}
	for _, c := range changes {
		c(&w)
	}
	return w
}

// turn commits the next turn of a conversation.
func turn(t *testing.T, s session.Store, id string, changes ...change) error {
	t.Helper()
	return s.Commit(context.Background(), next(t, s, id, changes...))
}

// heard makes it a turn in which only the patient writes.
func heard(w *session.Write) {
	w.Last, w.Authors, w.Said = w.After+1, session.PatientWrote, -1
}

func mustCommit(t *testing.T, s session.Store, w session.Write) {
	t.Helper()
	if err := s.Commit(context.Background(), w); err != nil {
		t.Fatalf("Commit: %v", err)
	}
}

func view(t *testing.T, s session.Store, fn func(session.Reader) error) {
	t.Helper()
	if err := s.View(context.Background(), practice, fn); err != nil {
		t.Fatalf("View: %v", err)
	}
}

func create(t *testing.T, s session.Store, ids ...string) {
	t.Helper()
	putMachine(t, s)
	for _, id := range ids {
		mustCommit(t, s, first(id))
	}
}

func putMachine(t *testing.T, s session.Store) {
	t.Helper()
	if err := s.PutMachine(context.Background(), practice, "m", []byte(`{"flow":"é"}`)); err != nil {
		t.Fatal(err)
	}
}

func last(t *testing.T, s session.Store, id string) (turn session.Turn) {
	t.Helper()
	view(t, s, func(r session.Reader) (err error) { turn, err = r.Last(id); return err })
	return turn
}

func turnIsReadBack(t *testing.T, s session.Store) {
	create(t, s, "a")
	one := first("a")
	two := next(t, s, "a", func(w *session.Write) { w.Client = session.KeyOf("c1") })
	two.Standing = &session.Standing{Control: engine.Assistant, Flagged: true, Since: two.At, Due: at.Add(time.Hour)}
	two.Outbox = []session.Parcel{{Vendor: "crm", At: two.At, Sealed: []byte("fields\x00")}}
	sum := two.Digest()
	two.Audit = []session.Entry{
		{At: two.At, Actor: "patient", Action: "turn", Conversation: "a", Version: 2, Turn: sum[:]},
		{At: two.At, Actor: "patient", Action: "data.queued", Conversation: "a", Detail: map[string]string{"vendor": "crm\n<é>"}},
	}
	mustCommit(t, s, two)
	parcel := session.Parcel{
		Practice: practice, Conversation: "a", Version: 2, Key: 7, Vendor: "crm", At: two.At, Sealed: []byte("fields\x00"),
	}
	for i := range two.Audit {
		two.Audit[i].Number = int64(i + 1)
	}
	view(t, s, func(r session.Reader) error {
		same(t, "Header", *one.Header)(r.Header("a"))
		same(t, "Standing", *two.Standing)(r.Standing("a"))
		same(t, "Started", "a")(r.Started(session.KeyOf("client-a")))
		same(t, "Turn", one.Turn)(r.Turn("a", 1))
		same(t, "Last", two.Turn)(r.Last("a"))
		same(t, "Turns", []session.Turn{one.Turn, two.Turn})(r.Turns("a", 0, 10))
		same(t, "Outbox", []session.Parcel{parcel})(r.Outbox(10))
		same(t, "Audit", two.Audit)(r.Audit(0, 10))
		return nil
	})
	stored := last(t, s, "a")
	if stored.Digest() != sum {
		t.Error("the digest of a turn differs from that of the turn read back")
	}
}

// same compares what a method returned.
func same[T any](t *testing.T, what string, want T) func(T, error) {
	return func(got T, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		} else if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", what, d)
		}
	}
}

func whatIsNotThere(t *testing.T, s session.Store) {
	view(t, s, func(r session.Reader) error {
		for what, read := range map[string]func() error{
			"Header":   func() error { _, err := r.Header("x"); return err },
			"Standing": func() error { _, err := r.Standing("x"); return err },
			"Started":  func() error { _, err := r.Started(session.KeyOf("x")); return err },
			"Last":     func() error { _, err := r.Last("x"); return err },
			"Turn":     func() error { _, err := r.Turn("x", 1); return err },
			"Answered": func() error { _, err := r.Answered("x", session.KeyOf("y")); return err },
			"Machine":  func() error { _, err := r.Machine("x"); return err },
		} {
			if err := read(); !errors.Is(err, session.ErrNotFound) {
				t.Errorf("%s: got %v, want ErrNotFound", what, err)
			}
		}
		list, err := r.Turns("x", 0, 10)
		if err != nil || len(list) != 0 {
			t.Errorf("Turns: got %v, %v, want none", list, err)
		}
		return nil
	})
	for _, version := range []int64{1, 2} {
		w := first("x")
		w.Header, w.Standing, w.Version = nil, nil, version
		if err := s.Commit(context.Background(), w); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("Commit of version %d of nothing: got %v, want ErrNotFound", version, err)
		}
	}
}

func machines(t *testing.T, s session.Store) {
	if err := s.Commit(context.Background(), first("a")); err == nil {
		t.Error("a conversation was pinned to a machine that is not there")
	}
	putMachine(t, s)
	if err := s.PutMachine(context.Background(), practice, "m", []byte(`{}`)); err != nil {
		t.Error(err)
	}
	view(t, s, func(r session.Reader) error {
		same(t, "Machine", []byte(`{"flow":"é"}`))(r.Machine("m"))
		return nil
	})
}

func staleVersion(t *testing.T, s session.Store) {
	create(t, s, "a")
	old := next(t, s, "a", heard)
	if err := turn(t, s, "a"); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(context.Background(), old); !errors.Is(err, session.ErrStale) {
		t.Errorf("a version that is there: got %v, want ErrStale", err)
	}
	if err := turn(t, s, "a", func(w *session.Write) { w.Version++ }); err == nil {
		t.Error("a version was left out")
	}
	if got := last(t, s, "a"); got.Version != 2 || got.Last != 3 {
		t.Errorf("stored is version %d with message %d, want 2 with 3", got.Version, got.Last)
	}
}

func oneWinner(t *testing.T, s session.Store) {
	create(t, s, "a")
	w := next(t, s, "a")
	if wins := atOnce(t, s, 50, func(int) session.Write { return w }); wins != 1 {
		t.Errorf("%d turns were committed as one version, want 1", wins)
	}
}

func oneStart(t *testing.T, s session.Store) {
	putMachine(t, s)
	wins := atOnce(t, s, 50, func(i int) session.Write {
		w := first(string(rune('A' + i)))
		w.Client, w.Header.Client = session.KeyOf("one"), session.KeyOf("one")
		return w
	})
	if wins != 1 {
		t.Errorf("one client id started %d conversations, want 1", wins)
	}
}

// atOnce commits n writes at once and counts those that were not stale.
func atOnce(t *testing.T, s session.Store, n int, write func(int) session.Write) int64 {
	t.Helper()
	var wins atomic.Int64
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			switch err := s.Commit(context.Background(), write(i)); {
			case err == nil:
				wins.Add(1)
			case !errors.Is(err, session.ErrStale):
				t.Errorf("Commit: %v", err)
			}
		})
	}
	wg.Wait()
	return wins.Load()
}

func gapFree(t *testing.T, s session.Store) {
	create(t, s, "a")
	for _, off := range []int64{-1, 1} {
		if err := turn(t, s, "a", func(w *session.Write) { w.After, w.Last = w.After+off, w.Last+off }); err == nil {
			t.Errorf("messages follow those before at a distance of %d", off)
		}
	}
	if err := turn(t, s, "a", func(w *session.Write) { w.At = at.Add(-time.Second) }); err == nil {
		t.Error("a turn is older than the one before it")
	}
	if err := turn(t, s, "a"); err != nil {
		t.Error(err)
	}
}

func answers(t *testing.T, s session.Store) {
	create(t, s, "a", "b")
	for i := range 5 {
		if err := turn(t, s, "a", func(w *session.Write) { w.Client = session.KeyOf(string(rune('0' + i))) }); err != nil {
			t.Fatal(err)
		}
		if err := turn(t, s, "a"); err != nil { // of nobody who could repeat it
			t.Fatal(err)
		}
	}
	view(t, s, func(r session.Reader) error {
		same(t, "Answered", int64(6))(r.Answered("a", session.KeyOf("2")))
		if _, err := r.Answered("b", session.KeyOf("2")); !errors.Is(err, session.ErrNotFound) {
			t.Errorf("Answered in another conversation: got %v, want ErrNotFound", err)
		}
		same(t, "Answers", []session.Answer{{Client: session.KeyOf("3"), Version: 8}, {Client: session.KeyOf("4"), Version: 10}})(r.Answers("a", 2))
		same(t, "all Answers", 6)(count(r.Answers("a", 10)))
		return nil
	})
}

func count[T any](list []T, err error) (int, error) { return len(list), err }

func turnsAfter(t *testing.T, s session.Store) {
	create(t, s, "a") // message 1; turn n+1 has 2n and 2n+1
	for range 3 {
		if err := turn(t, s, "a"); err != nil {
			t.Fatal(err)
		}
	}
	mute := func(w *session.Write) { w.Last, w.Authors, w.Said = w.After, 0, -1 }
	if err := turn(t, s, "a", mute); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after int64
		limit int
		want  []int64
	}{{0, 10, []int64{1, 2, 3, 4}}, {1, 10, []int64{2, 3, 4}}, {2, 10, []int64{2, 3, 4}}, {3, 1, []int64{3}}, {6, 10, []int64{4}}, {7, 10, nil}, {99, 10, nil}} {
		var got []int64
		view(t, s, func(r session.Reader) error {
			list, err := r.Turns("a", c.after, c.limit)
			for _, turn := range list {
				got = append(got, turn.Version)
			}
			return err
		})
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("turns after message %d, at most %d (-want +got):\n%s", c.after, c.limit, d)
		}
	}
}

func newest(t *testing.T, s session.Store) {
	create(t, s, "a", "b")
	for range 3 {
		if err := turn(t, s, "b"); err != nil {
			t.Fatal(err)
		}
	}
	view(t, s, func(r session.Reader) error {
		got, err := r.Newest([]string{"b", "nothing", "a"})
		if d := cmp.Diff([]int64{4, 0, 1}, got); d != "" {
			t.Errorf("newest versions (-want +got):\n%s", d)
		}
		return err
	})
}

func due(t *testing.T, s session.Store) {
	ids := []string{"a", "b", "c", "d"}
	create(t, s, ids...)
	deadline := func(i int) time.Time { return at.Add(time.Duration(3-i) * time.Minute) }
	for i, id := range ids[:3] {
		err := turn(t, s, id, func(w *session.Write) {
			w.Standing = &session.Standing{Control: engine.Assistant, Since: w.At, Due: deadline(i)}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	c, b := session.Due{Conversation: "c", At: deadline(2)}, session.Due{Conversation: "b", At: deadline(1)}
	view(t, s, func(r session.Reader) error {
		same(t, "Due", []session.Due{c, b})(r.Due(at.Add(2*time.Minute), 10))
		same(t, "Due, at most one", []session.Due{c})(r.Due(at.Add(time.Hour), 1))
		same(t, "Due before", []session.Due(nil))(r.Due(at, 10))
		return nil
	})
	ctx := context.Background()
	if err := errors.Join(
		s.Defer(ctx, practice, "c", c.At, at.Add(time.Hour)),
		s.Defer(ctx, practice, "b", c.At, at.Add(time.Hour)), // it was something else
		s.Defer(ctx, practice, "a", deadline(0), time.Time{}),
		s.Defer(ctx, "hillside", "b", b.At, time.Time{}),
	); err != nil {
		t.Fatal(err)
	}
	view(t, s, func(r session.Reader) error {
		same(t, "Due after Defer", []session.Due{b, {Conversation: "c", At: at.Add(time.Hour)}})(r.Due(at.Add(2*time.Hour), 10))
		return nil
	})
}

func standing(t *testing.T, s session.Store) {
	create(t, s, "a")
	want := session.Standing{
		Control: engine.Waiting, Epoch: 1, Tier: "routine", Team: "desk", Outcome: "", Flagged: true, Since: at.Add(time.Second),
	}
	if err := turn(t, s, "a", handOff("routine"), func(w *session.Write) { w.Standing = &want }); err != nil {
		t.Fatal(err)
	}
	if err := turn(t, s, "a", heard); err != nil { // leaves it alone
		t.Fatal(err)
	}
	view(t, s, func(r session.Reader) error { same(t, "Standing", want)(r.Standing("a")); return nil })
}

func practicesApart(t *testing.T, s session.Store) {
	create(t, s, "a")
	ctx := context.Background()
	twin := first("b") // of another practice, under the same client id
	twin.Practice, twin.Header.Practice, twin.Client, twin.Header.Client = "hillside", "hillside", session.KeyOf("client-a"), session.KeyOf("client-a")
	if err := s.Commit(ctx, twin); err == nil {
		t.Error("a conversation was pinned to a machine of another practice")
	}
	if err := errors.Join(s.PutMachine(ctx, "hillside", "m", []byte(`{}`)), s.Commit(ctx, twin)); err != nil {
		t.Fatal(err)
	}
	foreign := next(t, s, "a", func(w *session.Write) { w.Practice = "hillside" })
	if err := s.Commit(ctx, foreign); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("a turn of another practice's conversation: got %v, want ErrNotFound", err)
	}
	mine := []change{
		func(w *session.Write) { w.Outbox = []session.Parcel{{Vendor: "crm", At: at, Sealed: []byte("x")}} },
		func(w *session.Write) {
			w.Standing = &session.Standing{Control: engine.Assistant, Since: at, Due: at}
		},
		func(w *session.Write) {
			w.Audit = []session.Entry{{At: at, Actor: "patient", Action: "turn", Conversation: "a"}}
		},
		func(w *session.Write) { w.Calendar = []session.CalendarChange{hold("a", slot(0), rule(1, 0))} },
		func(w *session.Write) { w.Client = session.KeyOf("1") },
	}
	if err := turn(t, s, "a", mine...); err != nil {
		t.Fatal(err)
	}
	err := s.View(ctx, "hillside", func(r session.Reader) error {
		for what, read := range map[string]func() error{
			"Header":   func() error { _, err := r.Header("a"); return err },
			"Standing": func() error { _, err := r.Standing("a"); return err },
			"Last":     func() error { _, err := r.Last("a"); return err },
			"Turn":     func() error { _, err := r.Turn("a", 1); return err },
			"Answered": func() error { _, err := r.Answered("a", session.KeyOf("1")); return err },
		} {
			if err := read(); !errors.Is(err, session.ErrNotFound) {
				t.Errorf("%s of another practice: got %v, want ErrNotFound", what, err)
			}
		}
		same(t, "Started", "b")(r.Started(session.KeyOf("client-a")))
		same(t, "Turns", 0)(count(r.Turns("a", 0, 10)))
		same(t, "Answers", 0)(count(r.Answers("a", 10)))
		same(t, "Due", 0)(count(r.Due(at.Add(time.Hour), 10)))
		same(t, "Reserved", 0)(count(r.Reserved(at, at.Add(48*time.Hour), at)))
		same(t, "Audit", 0)(count(r.Audit(0, 10)))
		same(t, "Outbox", 0)(count(r.Outbox(10)))
		same(t, "Machine", []byte(`{}`))(r.Machine("m"))
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	theirs := session.Write{Turn: twin.Turn, Calendar: []session.CalendarChange{hold("b", slot(0), rule(1, 0))}}
	theirs.Version, theirs.At, theirs.After, theirs.Last, theirs.Client = 2, at.Add(time.Second), 1, 2, session.ClientKey{}
	if err := s.Commit(ctx, theirs); err != nil {
		t.Errorf("two practices share a calendar: %v", err)
	}
}
