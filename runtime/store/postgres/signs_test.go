package postgres_test

import (
	"context"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/presence"
	"github.com/tacet-lang/tacet/runtime/store/postgres"
	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
)

// TestSigns: two processes see who looks and who writes, and those of another practice see nothing.
func TestSigns(t *testing.T) {
	t.Parallel()
	url := postgrestest.Database(t)
	desk := func(practice, process string) *presence.Desk {
		store, err := postgres.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		d := presence.New(practice, process, store, time.Now)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx) }()
		t.Cleanup(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
			_ = store.Close()
		})
		return d
	}
	one, two, other := desk("lakeside", "1"), desk("lakeside", "2"), desk("hillside", "3")
	changed, stop := two.Watch("c1")
	defer stop()
	see := func(doing presence.Doing) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); two.Who("c1", time.Now())["ana"] != doing; {
			if time.Now().After(end) {
				t.Fatalf("the second process never saw ana %q", doing)
			}
			one.Tell("c1", "ana", doing) // signs are repeated, and the first come before anybody listens
			select {
			case <-changed:
			case <-time.After(500 * time.Millisecond):
			}
		}
	}
	see(presence.Viewing)
	see(presence.Typing)
	if got := other.Who("c1", time.Now()); len(got) != 0 {
		t.Errorf("another practice sees %v", got)
	}
	one.Tell("c1", "ana", presence.Gone)
	select {
	case <-changed:
	case <-time.After(10 * time.Second):
	}
	if got := two.Who("c1", time.Now()); len(got) != 0 {
		t.Errorf("after leaving the second process sees %v", got)
	}
}
