package presence_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tacet-lang/tacet/runtime/presence"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestBoard(t *testing.T) {
	t.Parallel()
	var b presence.Board
	changed, stop := b.Watch("c")
	defer stop()
	for _, step := range []struct {
		who   string
		doing presence.Doing
		at    time.Duration
		news  bool
		woken bool
		want  map[string]presence.Doing
	}{
		{"ana", presence.Viewing, 0, true, true, map[string]presence.Doing{"ana": presence.Viewing}},
		{"ana", presence.Viewing, time.Second, false, false, map[string]presence.Doing{"ana": presence.Viewing}},
		{"ana", presence.Viewing, 4 * time.Second, true, false, map[string]presence.Doing{"ana": presence.Viewing}},
		{"bo", presence.Typing, 5 * time.Second, true, true, map[string]presence.Doing{"ana": presence.Viewing, "bo": presence.Typing}},
		{"ana", presence.Viewing, 14 * time.Second, true, false, map[string]presence.Doing{"ana": presence.Viewing, "bo": presence.Viewing}},
		{"bo", presence.Typing, 15 * time.Second, true, true, map[string]presence.Doing{"ana": presence.Viewing, "bo": presence.Typing}},
		{"bo", presence.Gone, 16 * time.Second, true, true, map[string]presence.Doing{"ana": presence.Viewing}},
		{"bo", presence.Gone, 17 * time.Second, false, false, map[string]presence.Doing{"ana": presence.Viewing}},
		{"bo", presence.Viewing, 40 * time.Second, true, true, map[string]presence.Doing{"bo": presence.Viewing}},
	} {
		at := noon.Add(step.at)
		if got := b.Note("c", step.who, step.doing, at); got != step.news {
			t.Errorf("%s %s at %s: worth telling %v, want %v", step.who, step.doing, step.at, got, step.news)
		}
		woken := false
		select {
		case <-changed:
			woken = true
		default:
		}
		if woken != step.woken {
			t.Errorf("%s %s at %s: told %v, want %v", step.who, step.doing, step.at, woken, step.woken)
		}
		if d := cmp.Diff(step.want, b.Who("c", at)); d != "" {
			t.Errorf("%s %s at %s (-want +got):\n%s", step.who, step.doing, step.at, d)
		}
	}
	if got := b.Who("another", noon); len(got) != 0 {
		t.Errorf("of another conversation: %v", got)
	}
}

// TestBoardIsBounded: however many conversations there are, only so many are kept, and those of who has gone make room.
func TestBoardIsBounded(t *testing.T) {
	t.Parallel()
	var b presence.Board
	for i := range 50_001 {
		b.Note(fmt.Sprint(i), "patient", presence.Viewing, noon)
	}
	if got := b.Who("50000", noon); len(got) != 0 {
		t.Errorf("one too many is kept: %v", got)
	}
	later := noon.Add(presence.Absent)
	b.Note("50000", "patient", presence.Viewing, later)
	if got := b.Who("50000", later); len(got) != 1 {
		t.Errorf("there is no room for who comes after the others have gone: %v", got)
	}
}

// TestBoardForgets: nobody is seen longer than their last sign says, whatever came before.
func TestBoardForgets(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b presence.Board
		last, doing, now := map[string]time.Time{}, map[string]presence.Doing{}, noon
		for range rapid.IntRange(1, 40).Draw(t, "signs") {
			now = now.Add(time.Duration(rapid.IntRange(0, 30).Draw(t, "seconds")) * time.Second)
			who := rapid.SampledFrom([]string{"ana", "bo", presence.Patient}).Draw(t, "who")
			d := rapid.SampledFrom([]presence.Doing{presence.Gone, presence.Viewing, presence.Typing}).Draw(t, "doing")
			b.Note("c", who, d, now)
			last[who], doing[who] = now, d
			got := b.Who("c", now)
			for who, at := range last {
				want, age := doing[who], now.Sub(at)
				if want == presence.Typing && age >= presence.Pause {
					want = presence.Viewing
				}
				if age >= presence.Absent || want == presence.Gone {
					want = ""
				}
				if got[who] != want {
					t.Fatalf("%s was %q %s ago and is %q, want %q", who, doing[who], age, got[who], want)
				}
			}
		}
	})
}

// wire is a relay that can be cut.
type wire struct {
	mu    sync.Mutex
	hears []func(string)
	cut   chan struct{}
}

func (w *wire) Tell(_ context.Context, practice, sign string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.hears {
		h(sign)
		h("not " + sign)
		h(`{"from":"x","conversation":"c","who":"eve","doing":"dancing"}`)
		h(`{"from":"x","conversation":"","who":"eve","doing":"typing"}`)
	}
	return nil
}

func (w *wire) Hear(ctx context.Context, _ string, heard func(string)) error {
	w.mu.Lock()
	w.hears = append(w.hears, heard)
	w.mu.Unlock()
	select {
	case <-ctx.Done():
	case <-w.cut:
	}
	return errors.New("cut")
}

func TestDesk(t *testing.T) {
	t.Parallel()
	w := &wire{cut: make(chan struct{}, 1)}
	now := func() time.Time { return noon }
	one, two := presence.New("lakeside", "1", w, now), presence.New("lakeside", "2", w, now)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 2)
	go func() { done <- one.Run(ctx) }()
	go func() { done <- two.Run(ctx) }()
	changed, stop := two.Watch("c")
	defer stop()
	until := func(want map[string]presence.Doing, act func()) {
		t.Helper()
		for range 100 {
			act()
			select {
			case <-changed:
			case <-time.After(50 * time.Millisecond):
			}
			if cmp.Equal(two.Who("c", noon), want) {
				return
			}
		}
		t.Fatalf("the other process sees %v, want %v", two.Who("c", noon), want)
	}
	flip := []presence.Doing{presence.Viewing, presence.Typing}
	i := 0
	until(map[string]presence.Doing{"ana": presence.Typing}, func() { one.Tell("c", "ana", flip[i%2]); i++ })
	until(map[string]presence.Doing{}, func() { one.Tell("c", "ana", presence.Viewing); one.Tell("c", "ana", presence.Gone) })
	cancel()
	for range 2 {
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
	alone := presence.New("lakeside", "3", nil, now)
	for range 1000 { // nobody hears, and nothing waits
		alone.Tell("c", "ana", presence.Typing)
	}
	if err := alone.Run(t.Context()); err != nil {
		t.Errorf("Run without others: %v", err)
	}
}
