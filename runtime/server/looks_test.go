package server_test

import (
	"fmt"
	"strings"
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
	s.clock.Move(-10 * time.Minute)
	look(6, ana, cleo)
}

// TestNoEntryNoData: while the trail cannot be written, no call of staff gives out anything of a conversation, whoever asks.
func TestNoEntryNoData(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	all := s.first().hire("all", "admin clinician compliance coordinator operator", "coordinators nurses")
	r := s.start("abcdefghijklmnop")
	for i, said := range []string{"facelift", "Zephyrine asks about dressings"} {
		s.post(r, fmt.Sprintf(`{"client_id":"%d","text":%q}`, i, said))
	}
	s.post(r, `{"client_id":"human","human":true}`)
	tells := func(got reply) bool {
		return strings.Contains(got.Body, r.Conversation) || strings.Contains(got.Body, "Zephyrine") || strings.Contains(got.Body, "facelift")
	}
	told := map[string]bool{}
	for _, full := range []bool{true, false} {
		s.full.Store(full)
		for _, op := range s.calls() {
			if op.Method != "GET" || op.Access == "" {
				continue
			}
			got := all.do(op.Method, op.at(r.Conversation), "", "")
			if told[op.Path] = tells(got); full && told[op.Path] {
				t.Errorf("%s without an entry: %d %s", op.Path, got.Status, got.Body)
			}
		}
	}
	count := 0
	for _, t := range told {
		if t {
			count++
		}
	}
	if count < 5 {
		t.Errorf("with entries only %d calls tell of it: %v", count, told)
	}
}
