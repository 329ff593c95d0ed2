package people_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/people"
)

func TestCodeCountsOnce(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	code := h.code(dana)
	if _, err := h.signIn(dana); err != nil {
		t.Fatal(err)
	}
	s, err := h.SignIn(ctx, dana.email, phrase)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Code(ctx, s.Token, code); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a code is taken twice: %v", err)
	}
	h.clock.wait(30 * time.Second)
	if _, err := h.Code(ctx, s.Token, h.code(dana)); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

func TestGuessing(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	tries := 0
	for range 2000 { // once a second
		_, err := h.SignIn(ctx, dana.email, "wrong wrong wrong")
		var w *people.Waiting
		switch {
		case errors.As(err, &w):
		case errors.Is(err, people.ErrRefused):
			tries++
		default:
			t.Fatalf("SignIn = %v", err)
		}
		h.clock.wait(time.Second)
	}
	if tries > 15 {
		t.Errorf("%d passwords were tried in half an hour, want few", tries)
	}
	h.clock.wait(15 * time.Minute)
	if _, err := h.signIn(dana); err != nil {
		t.Errorf("the owner is locked out: %v", err)
	}
}

// TestGuessingAtOnce: tries at the same moment do not get around the wait.
func TestGuessingAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	s, err := h.SignIn(ctx, dana.email, phrase)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	looked := 0
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			_, err := h.Code(ctx, s.Token, fmt.Sprintf("%06d", i))
			var w *people.Waiting
			if !errors.As(err, &w) {
				mu.Lock()
				defer mu.Unlock()
				looked++
			}
		})
	}
	wg.Wait()
	if looked > 4 {
		t.Errorf("%d of 50 codes at one moment were looked at", looked)
	}
}

// TestNobodyLearnsWhoIsThere: an address without an account is answered as one with.
func TestNobodyLearnsWhoIsThere(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Hour)
	answers := func(email string) (out []string) {
		for range 8 {
			_, err := h.SignIn(ctx, email, "wrong wrong wrong")
			out = append(out, fmt.Sprint(err))
		}
		return out
	}
	got, want := answers("nobody@lakeside.example"), answers(dana.email)
	if !slices.Equal(got, want) {
		t.Errorf("answers without an account %q, with one %q", got, want)
	}
}

// TestNoEntryNoEntry: where the trail cannot be written, nobody gets in.
func TestNoEntryNoEntry(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	down := errors.New("the trail cannot be written")
	h.store.Fail = func(c people.Change) error {
		if len(c.Events) > 0 {
			return down
		}
		return nil
	}
	if _, err := h.SignIn(ctx, dana.email, phrase); !errors.Is(err, down) {
		t.Errorf("SignIn = %v, want %v", err, down)
	}
	if _, err := h.SignIn(ctx, dana.email, "wrong wrong wrong"); !errors.Is(err, down) {
		t.Errorf("a wrong password is answered without an entry: %v", err)
	}
}
