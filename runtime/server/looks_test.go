package server_test

import (
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// TestQueueLooks lets two people keep the queue open: the trail has an entry for each of them and minute, not for each time
// the page asked, also after the clock was set back.
func TestQueueLooks(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	dana := s.first()
	ana := dana.hire("ana", "coordinator", "coordinators")
	cleo := dana.hire("cleo", "clinician", "coordinators nurses")
	look := func(want int, who ...*colleague) {
		t.Helper()
		for range 5 {
			for _, c := range who {
				if got := c.do("GET", "/api/staff/queue", "", ""); got.Status != 200 {
					t.Fatalf("queue: %d %s", got.Status, got.Body)
				}
			}
		}
		entries := 0
		for _, e := range s.trail() {
			if e.Action == "queue.viewed" {
				entries++
				if e.Detail["for"] != "1m0s" {
					t.Errorf("an entry says %v", e.Detail)
				}
			}
		}
		if entries != want {
			t.Errorf("%d entries, want %d", entries, want)
		}
	}
	look(1, ana)
	look(2, ana, cleo)
	s.clock.Move(59 * time.Second)
	look(2, ana, cleo)
	s.clock.Move(time.Second)
	look(4, ana, cleo)
	s.clock.Move(-time.Hour)
	look(6, ana, cleo)
}
