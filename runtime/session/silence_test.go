package session_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

func TestSilenceEndsIt(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	r, err := d.Start(context.Background(), d.request("one"))
	if err != nil {
		t.Fatal(err)
	}
	waiting := d.start()
	d.post(waiting, session.Post{Human: true})
	d.clock.Move(20*time.Minute - time.Second)
	if n, err := d.Tick(context.Background()); n != 0 || err != nil {
		t.Errorf("a second before the deadline: %d due, %v", n, err)
	}
	d.clock.Move(-10 * time.Hour) // set back: nobody gains time
	d.clock.Move(10*time.Hour + time.Second)
	woken, stop := d.Watch(r.ID)
	defer stop()
	if n, err := d.Tick(context.Background()); n != 1 || err != nil {
		t.Errorf("at the deadline: %d due, %v; want 1", n, err)
	}
	select {
	case <-woken:
	default:
		t.Error("who watches was not told")
	}
	p := d.transcript(r.ID)
	if last := p.Messages[len(p.Messages)-1]; p.Status.Control != engine.Closed || last.Role != engine.RoleClosing {
		t.Errorf("after the deadline: control %s, last message %+v", p.Status.Control, last)
	}
	if n, err := d.Tick(context.Background()); n != 0 || err != nil {
		t.Errorf("second sweep: %d due, %v; want 0", n, err)
	}
	if err := d.Authorize(context.Background(), r.ID, r.Token); !errors.Is(err, session.ErrUnauthorized) {
		t.Errorf("token after silence: got %v, want ErrUnauthorized", err)
	}
	if got := d.transcript(waiting).Status.Control; got != engine.Waiting {
		t.Errorf("a conversation with people was ended: %s", got)
	}
}

func TestTokenOutlivesAnEndByASession(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	r, err := d.Start(context.Background(), d.request("one"))
	if err != nil {
		t.Fatal(err)
	}
	d.write(r.ID, "end")
	if err := d.Authorize(context.Background(), r.ID, r.Token); err != nil {
		t.Errorf("just after the end: %v", err)
	}
	d.clock.Move(20 * time.Minute)
	if err := d.Authorize(context.Background(), r.ID, r.Token); !errors.Is(err, session.ErrUnauthorized) {
		t.Errorf("a session later: got %v, want ErrUnauthorized", err)
	}
}

func TestClockSetBack(t *testing.T) {
	t.Parallel()
	d := open(t, sessiontest.Flow(), sqlite.Options{})
	id := d.start()
	d.write(id, "one")
	d.clock.Move(-24 * time.Hour)
	d.write(id, "two")
	list := d.transcript(id).Messages
	for i := 1; i < len(list); i++ {
		if list[i].At.Before(list[i-1].At) {
			t.Errorf("message %d is older than the one before it", list[i].Seq)
		}
	}
}

// TestNobodySpeaksAfterAHandoff lets several clients do anything at once through two servers on one file, each request
// repeated through the other server, and reads the logs.
func TestNobodySpeaksAfterAHandoff(t *testing.T) {
	t.Parallel()
	const conversations, clients, requests = 12, 4, 25
	d := open(t, program(t, enginetest.Visit()), sqlite.Options{})
	other := *d
	other.store = nil
	other.reopen(sqlite.Options{})
	t.Cleanup(func() { _ = other.store.Close() })
	texts := []string{
		"#booking", "yes", "no", "+1 212 555 0143", "000000", "hello", "@bot", "#hours", "tomorrow", "#diagnosis",
		"!fever", "@human", "!chest-pain", "ok !complaint",
	}
	ids := make([]string, conversations)
	var wg sync.WaitGroup
	for i := range ids {
		ids[i] = d.start()
		for c := range clients {
			wg.Go(func() {
				random := rand.New(rand.NewPCG(uint64(i), uint64(c)))
				for n := range requests {
					p := session.Post{ClientID: fmt.Sprintf("%d-%d", c, n), Text: texts[random.IntN(len(texts)-random.IntN(8))]}
					if n%7 == 3 {
						p = session.Post{ClientID: p.ClientID, Lang: []string{"en", "es"}[n%2]}
					}
					first, again := d.post(ids[i], p), other.post(ids[i], p)
					if diff := cmp.Diff(first, again); diff != "" {
						t.Errorf("repeated request:\n%s", diff)
					}
				}
			})
		}
	}
	wg.Wait()
	for _, id := range ids {
		sessiontest.CheckLog(t, d.transcript(id))
	}
}
