package retention_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/audit"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

var ctx = context.Background()

// office is a practice that keeps what is written for 30 days.
type office struct {
	*testing.T
	path  string
	store *sqlite.Store
	vault *vault.Vault
	host  *session.Host
	clock *sessiontest.Clock
	sweep *retention.Sweeper
	next  int
	ended []machine.KeepEnded
}

func open(t *testing.T, keep int, at string) *office {
	t.Helper()
	o := &office{T: t, path: filepath.Join(t.TempDir(), "tacet.db"), clock: sessiontest.NewClock()}
	o.set(at)
	o.vault = sqlitetest.Vault(t, o.path)
	o.open(keep)
	t.Cleanup(func() { _ = o.store.Close() })
	return o
}

// open starts a process on the office's data.
func (o *office) open(keep int) {
	o.Helper()
	m := enginetest.Consultation()
	m.Session.Keep, m.Session.Ended = keep, o.ended
	p, err := engine.LoadWith(m, engine.Options{Reader: enginetest.Reader{}})
	if err != nil {
		o.Fatal(err)
	}
	if o.store, err = sqlite.Open(o.path, sqlite.Options{}); err != nil {
		o.Fatal(err)
	}
	o.host, err = session.New(session.Options{
		Flows: []session.Flow{{Machine: m, Program: p}}, Store: o.store, Vault: o.vault, Clock: o.clock,
	})
	if err != nil {
		o.Fatal(err)
	}
	if o.sweep, err = retention.New(retention.Options{Practice: m.Practice.ID, Store: o.store, Vault: o.vault, Clock: o.clock}); err != nil {
		o.Fatal(err)
	}
}

// set sets the clock to a time of the practice's, which is in New York.
func (o *office) set(at string) {
	o.Helper()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		o.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04:05", at, zone)
	if err != nil {
		o.Fatal(err)
	}
	o.clock.Move(when.Sub(o.clock.Now()))
}

func (o *office) talk() string {
	o.Helper()
	o.next++
	n, _ := o.host.Notice("consultation", "en")
	r, err := o.host.Start(ctx, session.Start{Flow: "consultation", Lang: "en", ClientID: time.Duration(o.next).String() + "-client-0123456789", Notice: n.Hash})
	if err != nil {
		o.Fatal(err)
	}
	return r.ID
}

func (o *office) write(id string) {
	o.Helper()
	o.next++
	if _, err := o.host.Post(ctx, id, session.Post{ClientID: time.Duration(o.next).String(), Text: "botox"}); err != nil {
		o.Fatal(err)
	}
}

func (o *office) once() int {
	o.Helper()
	n, err := o.sweep.Once(ctx)
	if err != nil {
		o.Fatal(err)
	}
	return n
}

// readable reports whether a process that starts now can read a conversation.
func (o *office) readable(id string) bool {
	o.Helper()
	v := sqlitetest.Vault(o, o.path)
	h, err := session.New(session.Options{Flows: []session.Flow{load(o.T)}, Store: o.store, Vault: v, Clock: o.clock})
	if err != nil {
		o.Fatal(err)
	}
	_, err = h.Read(ctx, id, 0, 10)
	if err != nil && !errors.Is(err, session.ErrNotFound) {
		o.Fatal(err)
	}
	return err == nil
}

func load(t *testing.T) session.Flow {
	t.Helper()
	m := enginetest.Consultation()
	p, err := engine.LoadWith(m, engine.Options{Reader: enginetest.Reader{}})
	if err != nil {
		t.Fatal(err)
	}
	return session.Flow{Machine: m, Program: p}
}

// TestTerm: a conversation is kept to the second, by the practice's calendar, over both nights in which the clocks change, and
// over a restart.
func TestTerm(t *testing.T) {
	t.Parallel()
	for last, end := range map[string]string{
		"2026-02-20 10:00:00": "2026-03-22 10:00:00", // one day has 23 hours
		"2026-10-20 10:00:00": "2026-11-19 10:00:00", // one day has 25
		"2026-02-06 02:30:00": "2026-03-08 01:30:00", // the moment does not exist on that day: nothing is kept longer than it says
		"2026-06-01 23:59:59": "2026-07-01 23:59:59",
	} {
		o := open(t, 30, last)
		id := o.talk()
		o.set(end)
		o.clock.Move(-time.Second)
		if n := o.once(); n != 0 || !o.readable(id) {
			t.Errorf("last touched %s: erased a second before %s", last, end)
		}
		if err := o.store.Close(); err != nil {
			t.Fatal(err)
		}
		o.open(30)
		o.clock.Move(time.Second)
		if n := o.once(); n != 1 || o.readable(id) {
			t.Errorf("last touched %s: not erased at %s", last, end)
		}
		if n := o.once(); n != 0 {
			t.Errorf("erased again: %d", n)
		}
	}
}

// TestLastTurn: the term counts from the last turn, and each conversation has that of its own machine.
func TestLastTurn(t *testing.T) {
	t.Parallel()
	o := open(t, 30, "2026-04-01 10:00:00")
	idle, active := o.talk(), o.talk()
	o.clock.Move(10 * time.Minute)
	o.write(active)
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	o.open(60) // a new version of the flow keeps longer
	longer := o.talk()
	o.set("2026-05-01 10:05:00")
	if n := o.once(); n != 1 || o.readable(idle) || !o.readable(active) || !o.readable(longer) {
		t.Errorf("%d erased; readable: %t %t %t", n, o.readable(idle), o.readable(active), o.readable(longer))
	}
	o.set("2026-05-01 10:10:00")
	if n := o.once(); n != 1 || o.readable(active) {
		t.Errorf("%d erased", n)
	}
	o.set("2026-06-01 10:10:00")
	if n := o.once(); n != 1 || o.readable(longer) {
		t.Errorf("%d erased", n)
	}
	r, err := audit.Verify(ctx, o.store, "lakeside")
	if err != nil || !r.Whole() {
		t.Errorf("the trail after erasures: %v, %v", err, r.Findings)
	}
}

// TestHeld: neither the clock nor a person erases what is held; afterwards the clock does.
func TestHeld(t *testing.T) {
	t.Parallel()
	o := open(t, 30, "2026-04-01 10:00:00")
	id := o.talk()
	h := retention.Hold{ID: "h", Practice: "lakeside", Conversation: id, Reason: "a claim", By: "dana", At: o.clock.Now()}
	if err := o.store.Hold(ctx, h); err != nil {
		t.Fatal(err)
	}
	o.set("2027-04-01 10:00:00")
	if n := o.once(); n != 0 || !o.readable(id) {
		t.Error("the clock erased what is held")
	}
	e := retention.Erasure{Practice: "lakeside", Conversation: id, At: o.clock.Now(), By: "tom", Why: "the patient asked"}
	if err := retention.Erase(ctx, o.store, o.vault, e); !errors.Is(err, retention.ErrHeld) || !o.readable(id) {
		t.Errorf("a person erased what is held: %v", err)
	}
	var due []retention.Kept
	if err := o.sweep.Due(ctx, o.clock.Now(), func(k retention.Kept, _ time.Time) error { due = append(due, k); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(due) != 1 || !due[0].Held {
		t.Errorf("due: %+v; want it, and that it is held", due)
	}
	h.Released, h.ReleasedBy, h.ReleasedReason = o.clock.Now(), "dana", "settled"
	if err := o.store.Release(ctx, h); err != nil {
		t.Fatal(err)
	}
	if n := o.once(); n != 1 || o.readable(id) {
		t.Error("after the hold it is still there")
	}
}

// TestOutcome: what ended in a way that is kept for less goes earlier, to the second and over a night in which the clocks change; what ended
// otherwise, or has not ended, stays as long as all.
func TestOutcome(t *testing.T) {
	t.Parallel()
	o := open(t, 30, "2026-03-04 10:00:00")
	if err := o.store.Close(); err != nil {
		t.Fatal(err)
	}
	o.ended = []machine.KeepEnded{{Outcome: "completed", Days: 14}, {Outcome: machine.Timeout, Days: 7}}
	o.open(30)
	silent, resolved, waiting := o.talk(), o.talk(), o.talk()
	for _, id := range []string{resolved, waiting} {
		if _, err := o.host.Post(ctx, id, session.Post{ClientID: "c", Text: "@human"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.host.Claim(ctx, resolved, "mei"); err != nil {
		t.Fatal(err)
	}
	if err := o.host.Close(ctx, resolved, "mei", "completed"); err != nil {
		t.Fatal(err)
	}
	o.set("2026-03-04 10:20:00")
	if _, err := o.host.Tick(ctx); err != nil { // silence ends it
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   string // a second before something is due
		gone string
	}{
		{"2026-03-11 10:19:59", silent}, // a day of 23 hours lies between
		{"2026-03-18 09:59:59", resolved},
		{"2026-04-03 09:59:59", waiting},
	} {
		o.set(step.at)
		if n := o.once(); n != 0 {
			t.Errorf("%d erased at %s", n, step.at)
		}
		o.clock.Move(time.Second)
		dues := 0
		if err := o.sweep.Due(ctx, o.clock.Now(), func(k retention.Kept, _ time.Time) error { dues++; return nil }); err != nil || dues != 1 {
			t.Errorf("%d are due a second after %s, %v", dues, step.at, err)
		}
		if n := o.once(); n != 1 || o.readable(step.gone) {
			t.Errorf("%d erased a second after %s; it is readable: %t", n, step.at, o.readable(step.gone))
		}
	}
}

// dying destroys no key: the process ends before.
type dying struct{}

func (dying) Destroy(context.Context, string, int64) error { return errors.New("the process is gone") }

// TestAbandoned: what a process began to erase, another one finishes.
func TestAbandoned(t *testing.T) {
	t.Parallel()
	o := open(t, 30, "2026-04-01 10:00:00")
	id := o.talk()
	e := retention.Erasure{Practice: "lakeside", Conversation: id, At: o.clock.Now(), By: "tom", Why: "the patient asked"}
	if err := retention.Erase(ctx, o.store, dying{}, e); err == nil {
		t.Fatal("nothing failed")
	}
	if !o.readable(id) {
		t.Fatal("it is erased already")
	}
	o.clock.Move(2 * time.Minute)
	if n := o.once(); n != 1 || o.readable(id) {
		t.Errorf("%d erased", n)
	}
	var actions []string
	err := o.store.View(ctx, "lakeside", func(r session.Reader) error {
		list, err := r.Audit(0, 100)
		for _, e := range list {
			if e.Actor == "tom" {
				actions = append(actions, e.Action)
			}
		}
		return err
	})
	if d := cmp.Diff([]string{"conversation.erased-begun", "conversation.erased"}, actions); err != nil || d != "" {
		t.Errorf("the trail: %v (-want +got)\n%s", err, d)
	}
}

// TestWaiting: the term ends a conversation also while it waits for a person, and nobody is called to it any more.
func TestWaiting(t *testing.T) {
	t.Parallel()
	o := open(t, 30, "2026-04-01 10:00:00")
	id := o.talk()
	if _, err := o.host.Post(ctx, id, session.Post{ClientID: "c", Text: "@human"}); err != nil {
		t.Fatal(err)
	}
	o.set("2026-05-01 10:00:00")
	if n := o.once(); n != 1 || o.readable(id) {
		t.Errorf("%d erased", n)
	}
	now := o.clock.Now()
	if list, err := o.store.Claim(ctx, "lakeside", now, now.Add(time.Minute), 10); err != nil || len(list) != 0 {
		t.Errorf("people are called to what is erased: %+v, %v", list, err)
	}
}

// TestUnreadMachine: a machine that cannot be read keeps no conversation on another one.
func TestUnreadMachine(t *testing.T) {
	t.Parallel()
	o := open(t, 30, "2026-04-01 10:00:00")
	id := o.talk()
	for _, hash := range []string{"0", "z"} { // before and after its own
		if err := o.store.PutMachine(ctx, "lakeside", hash, []byte("what nobody reads")); err != nil {
			t.Fatal(err)
		}
	}
	o.set("2026-06-01 10:00:00")
	if n, err := o.sweep.Once(ctx); n != 1 || err == nil || o.readable(id) {
		t.Errorf("%d erased, %v; want it erased, and an error that names the machines", n, err)
	}
}

// TestFailedSweep: a key that cannot be destroyed is told in the trail, which alerts the compliance owner.
func TestFailedSweep(t *testing.T) {
	t.Parallel()
	o := open(t, 30, "2026-04-01 10:00:00")
	o.talk()
	o.set("2026-06-01 10:00:00")
	s, err := retention.New(retention.Options{Practice: "lakeside", Store: o.store, Vault: dying{}, Clock: o.clock})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Once(ctx); err == nil {
		t.Error("nothing failed")
	}
	found := false
	err = o.store.View(ctx, "lakeside", func(r session.Reader) error {
		list, err := r.Audit(0, 100)
		for _, e := range list {
			found = found || e.Action == "retention.failed"
		}
		return err
	})
	if err != nil || !found {
		t.Errorf("the trail does not tell: %v", err)
	}
}
