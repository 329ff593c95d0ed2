package wake_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/wake"
)

func woken(c <-chan struct{}) (n int) {
	for {
		select {
		case <-c:
			n++
		default:
			return n
		}
	}
}

func TestHub(t *testing.T) {
	t.Parallel()
	var h wake.Hub
	h.Wake("a") // nobody waits
	one, stopOne := h.Watch("a")
	two, stopTwo := h.Watch("a")
	other, stopOther := h.Watch("b")
	h.Wake("a")
	h.Wake("a")
	if a, b, c := woken(one), woken(two), woken(other); a != 1 || b != 1 || c != 0 {
		t.Errorf("woken %d, %d and %d times, want 1, 1 and 0", a, b, c)
	}
	stopOne()
	h.Wake("a")
	if a, b := woken(one), woken(two); a != 0 || b != 1 {
		t.Errorf("after one has stopped: %d and %d, want 0 and 1", a, b)
	}
	if d := cmp.Diff([]string{"a", "b"}, h.Watched()); d != "" {
		t.Errorf("watched (-want +got)\n%s", d)
	}
	stopTwo()
	stopOther()
	stopOther()
	if got := h.Watched(); len(got) != 0 {
		t.Errorf("nobody waits, and %v is watched", got)
	}
}

func TestHubAtOnce(t *testing.T) {
	t.Parallel()
	var h wake.Hub
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				c, stop := h.Watch("a")
				h.Wake("a")
				<-c
				stop()
			}
		})
	}
	wg.Wait()
	if got := h.Watched(); len(got) != 0 {
		t.Errorf("%v is watched", got)
	}
}
