package session_test

import (
	"context"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// TestFollow waits in one process for what a patient writes to another.
func TestFollow(t *testing.T) {
	t.Parallel()
	d := open(t, program(t, enginetest.Consultation()), sqlite.Options{})
	other, err := session.New(session.Options{
		Flows: []session.Flow{d.flow}, Store: d.store, Vault: sqlitetest.Vault(t, d.path), Clock: sessiontest.NewClock(),
	})
	if err != nil {
		t.Fatal(err)
	}
	id := d.start()
	news, stop := other.Watch(id)
	defer stop()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- other.Follow(ctx) }()
	awaited := func(what string) {
		t.Helper()
		select {
		case <-news:
		case <-time.After(20 * time.Second):
			t.Fatal("no news of " + what)
		}
	}
	awaited("the start") // which this process has never seen
	for range 3 {
		d.write(id, "#hours")
		awaited("a message")
	}
	if _, err := other.Post(ctx, id, session.Post{ClientID: "own", Text: "#hours"}); err != nil {
		t.Fatal(err)
	}
	awaited("its own")
	select {
	case <-news:
		t.Error("its own turn is news twice")
	case <-time.After(time.Second):
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Follow = %v", err)
	}
}
