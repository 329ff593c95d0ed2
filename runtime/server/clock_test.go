package server_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// TestClockJumps sets the clock an hour back and forth under three patients. Back, nothing ends and nothing is revived;
// forth, silence ends what it would have ended, once; and there is no failure on the way.
func TestClockJumps(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	n := 0
	say := func(r reply, want int) reply {
		t.Helper()
		n++
		got := s.post(r, fmt.Sprintf(`{"client_id":"%d","text":"#hours"}`, n))
		if got.Status != want {
			t.Errorf("message %d: got %d %s, want %d", n, got.Status, got.Body, want)
		}
		return got
	}
	early := s.start(session.NewID())
	say(early, http.StatusOK)
	s.clock.Move(-time.Hour)
	before := s.start(session.NewID())
	say(early, http.StatusOK)
	say(before, http.StatusOK)
	if got := s.do("GET", "/readyz", "", ""); got.Status != http.StatusOK {
		t.Errorf("readyz: %d", got.Status)
	}
	s.clock.Move(time.Hour) // for who began meanwhile an hour has passed, for who was there no time
	if got := say(early, http.StatusOK); got.Control != "assistant" {
		t.Errorf("who was there before: %s", got.Body)
	}
	if got := s.post(before, `{"client_id":"late","text":"#hours"}`); got.Status != http.StatusUnauthorized && got.Control != "closed" {
		t.Errorf("an hour after the last word: %d %s", got.Status, got.Body)
	}
	s.clock.Move(time.Hour)
	late := s.start(session.NewID())
	if got := s.post(early, `{"client_id":"late","text":"#hours"}`); got.Status != http.StatusUnauthorized && got.Control != "closed" {
		t.Errorf("an hour after the last word: %d %s", got.Status, got.Body)
	}
	s.clock.Move(-time.Hour)
	for _, r := range []reply{early, before} {
		say(r, http.StatusUnauthorized) // what has ended is not revived
	}
	if got := say(late, http.StatusOK); got.Control != "assistant" {
		t.Errorf("who began while the clock was ahead: %s", got.Body)
	}
	if got := sqlitetest.Texts(t, s.data, `SELECT role FROM messages WHERE role = 'closing'`); len(got) != 2 {
		t.Errorf("%d closing messages for two ends", len(got))
	}
	sqlitetest.Check(t, s.data)
}
