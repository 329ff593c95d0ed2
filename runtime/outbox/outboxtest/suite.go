// Package outboxtest holds what every store of deliveries must do.
package outboxtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
)

// Opener opens a store on the data of a test: opening again sees what was committed before, as another process does.
type Opener func(t *testing.T) outbox.Store

// Run runs the suite. open returns, for each test, an Opener on empty data.
func Run(t *testing.T, open func(t *testing.T) Opener) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Opener){
		"a turn lays down rows":      rows,
		"a claim is a lease":         leases,
		"many claim, each row once":  once,
		"people are called first":    callsFirst,
		"clocks that jump":           jumps,
		"a call by a clock ahead":    ahead,
		"finished under its claim":   finished,
		"queued again":               requeued,
		"listed by what is asked":    listed,
		"practices are apart":        apart,
		"endpoints are shut":         shut,
		"the trail is followed once": followed,
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

// start commits a conversation in whose second turn parcels are sent.
func start(t *testing.T, s outbox.Store, practice, id string, vendors ...string) {
	t.Helper()
	if err := s.PutMachine(ctx, practice, "m", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	greeting, sent := sessiontest.Exchange(session.Header{Conversation: id, Practice: practice, Flow: "f", Machine: "m", Key: 7, Started: at}, at)
	commit(t, s, greeting)
	for i, v := range vendors {
		sent.Outbox = append(sent.Outbox, session.Parcel{Number: i, Vendor: v, At: at, Sealed: []byte(fmt.Sprint("fields for ", v))})
	}
	commit(t, s, sent)
}

// wait commits a turn after which a conversation waits for a team.
func wait(t *testing.T, s outbox.Store, practice, id string) {
	t.Helper()
	commit(t, s, session.Write{
		Turn: session.Turn{
			Practice: practice, Conversation: id, Version: 3, At: at, After: 3, Last: 5, Authors: session.PatientWrote | session.AssistantWrote,
			Ack: true, Control: engine.Waiting, Epoch: 1, Tier: "emergency", Sealed: []byte("sealed"),
		},
		Standing: &session.Standing{Control: engine.Waiting, Epoch: 1, Tier: "emergency", Team: "nurses", Since: at},
	})
}

func commit(t *testing.T, s outbox.Store, w session.Write) {
	t.Helper()
	if err := s.Commit(ctx, w); err != nil {
		t.Fatalf("Commit: %v", err)
	}
}

func claim(t *testing.T, s outbox.Store, now time.Time) []outbox.Row {
	t.Helper()
	list, err := s.Claim(ctx, practice, now, now.Add(time.Minute), 10)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return list
}

func rows(t *testing.T, open Opener) {
	s := open(t)
	start(t, s, practice, "a", "crm", "news")
	wait(t, s, practice, "a")
	want := []outbox.Row{
		{ID: outbox.SendID("a", 2, 0), Practice: practice, Kind: outbox.Send, Conversation: "a", Version: 2, To: "crm", At: at, Due: at, State: outbox.Queued},
		{ID: outbox.SendID("a", 2, 1), Practice: practice, Kind: outbox.Send, Conversation: "a", Version: 2, Number: 1, To: "news", At: at, Due: at, State: outbox.Queued},
		{ID: outbox.PageID("a", 1), Practice: practice, Kind: outbox.Page, Conversation: "a", Epoch: 1, To: "nurses", Tier: "emergency", At: at, Due: at, State: outbox.Queued},
	}
	got, err := s.Deliveries(ctx, practice, outbox.Filter{})
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Fatalf("Deliveries: %v (-want +got)\n%s", err, d)
	}
	p, err := s.Parcel(ctx, got[1])
	wantParcel := session.Parcel{Practice: practice, Conversation: "a", Version: 2, Number: 1, Key: 7, Vendor: "news", At: at, Sealed: []byte("fields for news")}
	if d := cmp.Diff(wantParcel, p); err != nil || d != "" {
		t.Errorf("Parcel: %v (-want +got)\n%s", err, d)
	}
	one, err := s.Delivery(ctx, practice, got[0].ID)
	if d := cmp.Diff(want[0], one); err != nil || d != "" {
		t.Errorf("Delivery: %v (-want +got)\n%s", err, d)
	}
	if _, err := s.Delivery(ctx, practice, "nothing"); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("a delivery that is not there: %v", err)
	}
}

func leases(t *testing.T, open Opener) {
	s := open(t)
	start(t, s, practice, "a", "crm")
	if list := claim(t, s, at.Add(-time.Second)); len(list) != 0 {
		t.Errorf("claimed %d rows before they are due", len(list))
	}
	list := claim(t, s, at)
	if len(list) != 1 || list[0].Claims != 1 || !list[0].Leased.Equal(at.Add(time.Minute)) {
		t.Fatalf("claimed %+v", list)
	}
	other := open(t)
	if list := claim(t, other, at.Add(59*time.Second)); len(list) != 0 {
		t.Errorf("another process claimed %d rows under the lease", len(list))
	}
	if list := claim(t, other, at.Add(time.Minute)); len(list) != 1 || list[0].Claims != 2 {
		t.Errorf("after the lease another process claimed %+v", list)
	}
}

func once(t *testing.T, open Opener) {
	s := open(t)
	const conversations = 30
	for i := range conversations {
		start(t, s, practice, fmt.Sprint("c", i), "crm")
	}
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for range 6 {
		mine := open(t)
		wg.Go(func() {
			for empty := 0; empty < 3; {
				list, err := mine.Claim(ctx, practice, at, at.Add(time.Hour), 4)
				if err != nil {
					t.Error(err)
					return
				}
				if len(list) == 0 {
					empty++
				}
				mu.Lock()
				for _, r := range list {
					seen[r.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
	if len(seen) != conversations {
		t.Errorf("%d rows were claimed, want %d", len(seen), conversations)
	}
}

// callsFirst: who waits for a person does not wait for parcels, however many are overdue.
func callsFirst(t *testing.T, open Opener) {
	s := open(t)
	start(t, s, practice, "a", "crm", "news")
	wait(t, s, practice, "a")
	page := outbox.PageID("a", 1)
	list, err := s.Claim(ctx, practice, at, at.Add(time.Minute), 1)
	if err != nil || len(list) != 1 || list[0].ID != page {
		t.Fatalf("claimed %+v, %v; want %s", list, err, page)
	}
	r := list[0]
	r.Due = at.Add(time.Second) // the parcels are overdue for longer
	if err := s.Finish(ctx, r); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range claim(t, s, at.Add(time.Hour)) {
		got = append(got, r.ID)
	}
	if d := cmp.Diff([]string{page, outbox.SendID("a", 2, 0), outbox.SendID("a", 2, 1)}, got); d != "" {
		t.Errorf("claimed (-want +got)\n%s", d)
	}
}

// jumps: a lease that a clock gave which has been set back since keeps nobody waiting.
func jumps(t *testing.T, open Opener) {
	s := open(t)
	start(t, s, practice, "a", "crm")
	if list := claim(t, s, at.Add(time.Hour)); len(list) != 1 {
		t.Fatalf("claimed %d rows", len(list))
	}
	if list := claim(t, s, at); len(list) != 1 {
		t.Error("nobody may claim what was leased by a clock that ran ahead")
	}
}

// ahead: a process whose clock is an hour behind calls people at once for who waits by the clock of another, and does nothing else early.
func ahead(t *testing.T, open Opener) {
	s := open(t)
	start(t, s, practice, "a", "crm")
	wait(t, s, practice, "a")
	behind := at.Add(-time.Hour)
	list := claim(t, s, behind)
	if len(list) != 1 || list[0].ID != outbox.PageID("a", 1) {
		t.Fatalf("claimed %+v, want the page alone", list)
	}
	list[0].Due = at.Add(5 * time.Minute) // the next is called then
	if err := s.Finish(ctx, list[0]); err != nil {
		t.Fatal(err)
	}
	if list := claim(t, s, behind); len(list) != 0 {
		t.Errorf("claimed %+v before it is due", list)
	}
}

func finished(t *testing.T, open Opener) {
	s := open(t)
	start(t, s, practice, "a", "crm")
	r := claim(t, s, at)[0]
	late := claim(t, s, at.Add(time.Minute))[0]
	r.State = outbox.Delivered
	if err := s.Finish(ctx, r); !errors.Is(err, outbox.ErrStale) {
		t.Errorf("who lost the lease finished: %v", err)
	}
	late.Tries, late.Why, late.Due, late.Rung, late.Tier = 1, "no connection", at.Add(time.Hour), 2, "routine"
	entry := session.Entry{At: at, Actor: "outbox", Action: "egress.failed", Detail: map[string]string{"delivery": late.ID}}
	if err := s.Finish(ctx, late, entry); err != nil {
		t.Fatal(err)
	}
	late.Leased = time.Time{}
	got, err := s.Delivery(ctx, practice, late.ID)
	if d := cmp.Diff(late, got); err != nil || d != "" {
		t.Errorf("finished: %v (-want +got)\n%s", err, d)
	}
	if err := s.Finish(ctx, late); !errors.Is(err, outbox.ErrStale) {
		t.Errorf("finished twice: %v", err)
	}
	var trail []session.Entry
	if err := s.View(ctx, practice, func(r session.Reader) (err error) { trail, err = r.Audit(0, 10); return err }); err != nil {
		t.Fatal(err)
	}
	if len(trail) != 1 || trail[0].Action != entry.Action {
		t.Errorf("the trail holds %+v", trail)
	}
}

func requeued(t *testing.T, open Opener) {
	s := open(t)
	start(t, s, practice, "a", "crm")
	r := claim(t, s, at)[0]
	stale := r
	r.State, r.Why, r.Tries = outbox.Parked, "there is no agreement with it", 3
	if err := s.Finish(ctx, r); err != nil {
		t.Fatal(err)
	}
	if list := claim(t, s, at.Add(time.Hour)); len(list) != 0 {
		t.Error("what is parked is claimed")
	}
	now := at.Add(2 * time.Hour)
	if err := s.Requeue(ctx, practice, r.ID, now); err != nil {
		t.Fatal(err)
	}
	list := claim(t, s, now)
	if len(list) != 1 || list[0].Tries != 0 || list[0].Why != "" {
		t.Errorf("claimed %+v", list)
	}
	if err := s.Finish(ctx, stale); !errors.Is(err, outbox.ErrStale) {
		t.Errorf("who had it before it was queued again finished: %v", err)
	}
	if err := s.Requeue(ctx, practice, "nothing", now); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("queued what is not there: %v", err)
	}
}

func listed(t *testing.T, open Opener) {
	s := open(t)
	start(t, s, practice, "a", "crm", "news")
	wait(t, s, practice, "a")
	for _, c := range []struct {
		filter outbox.Filter
		want   int
	}{
		{outbox.Filter{}, 3}, {outbox.Filter{Kind: outbox.Send}, 2}, {outbox.Filter{To: "crm"}, 1}, {outbox.Filter{State: outbox.Dead}, 0},
		{outbox.Filter{State: outbox.Queued, Limit: 2}, 2},
	} {
		if list, err := s.Deliveries(ctx, practice, c.filter); err != nil || len(list) != c.want {
			t.Errorf("%+v lists %d rows, %v; want %d", c.filter, len(list), err, c.want)
		}
	}
}

func apart(t *testing.T, open Opener) {
	s := open(t)
	start(t, s, "other", "a", "crm")
	if list := claim(t, s, at); len(list) != 0 {
		t.Errorf("claimed %+v of another practice", list)
	}
	id := outbox.SendID("a", 2, 0)
	if _, err := s.Delivery(ctx, practice, id); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("the delivery of another practice: %v", err)
	}
	if err := s.Requeue(ctx, practice, id, at); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("queued the delivery of another practice: %v", err)
	}
	if _, err := s.Parcel(ctx, outbox.Row{Practice: practice, Conversation: "a", Version: 2}); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("the parcel of another practice: %v", err)
	}
}

func shut(t *testing.T, open Opener) {
	s := open(t)
	ask := func(practice string, want bool) {
		t.Helper()
		if got, err := s.Closed(ctx, practice, "e"); err != nil || got != want {
			t.Errorf("Closed = %t, %v; want %t", got, err, want)
		}
	}
	ask(practice, false)
	for range 2 {
		if err := s.Shut(ctx, practice, "e", at); err != nil {
			t.Fatal(err)
		}
	}
	ask(practice, true)
	ask("other", false)
	if err := s.Reopen(ctx, practice); err != nil {
		t.Fatal(err)
	}
	ask(practice, false)
}

func followed(t *testing.T, open Opener) {
	s := open(t)
	alert := outbox.Row{ID: outbox.AlertID(3), Practice: practice, Kind: outbox.Alert, To: "glass.broken", At: at, Due: at}
	follow := func(was, is int64) {
		t.Helper()
		if err := s.Follow(ctx, practice, was, is, []outbox.Row{alert}); err != nil {
			t.Fatal(err)
		}
	}
	follow(0, 4)
	alert.ID = outbox.AlertID(1)
	follow(0, 9) // somebody who was slower
	follow(3, 9)
	if n, err := s.Followed(ctx, practice); n != 4 || err != nil {
		t.Errorf("Followed = %d, %v; want 4", n, err)
	}
	list, err := s.Deliveries(ctx, practice, outbox.Filter{Kind: outbox.Alert})
	if err != nil || len(list) != 1 || list[0].ID != outbox.AlertID(3) {
		t.Errorf("alerts: %+v, %v", list, err)
	}
	follow(4, 9)
	if n, err := s.Followed(ctx, practice); n != 9 || err != nil {
		t.Errorf("Followed = %d, %v; want 9", n, err)
	}
}
