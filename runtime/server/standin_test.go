package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// TestStandIn: while a team is closed the team that stands in for it sees and answers what waits for it, and no other team does; when
// it is there again, only who has taken a conversation meanwhile goes on with it. The patient is told so.
func TestStandIn(t *testing.T) {
	t.Parallel()
	m := enginetest.Consultation()
	teams := m.Practice.Teams
	teams[0].Fallback = "service" // of the coordinators, nine to five in New York
	m.Practice.Teams = append(teams, machine.Team{Name: "service", Fallback: "nurses", Label: enginetest.Both("our answering service", "nuestro servicio"), Hours: enginetest.Weekdays(0, 1440)})
	s := open(t, load(t, m))
	dana := s.first()
	ana := dana.hire("ana", "coordinator", "coordinators")
	sol := dana.hire("sol", "coordinator", "service")
	eve := dana.hire("eve", "clinician", "nurses")
	waiting := func(id string) string {
		r := s.start("abcdefghijklmnop" + id)
		s.post(r, `{"client_id":"1","human":true}`)
		return r.Conversation
	}
	sees := func(when string, c *colleague, id string, want bool) {
		t.Helper()
		queue := c.do("GET", "/api/staff/queue", "", "")
		view := c.do("GET", "/api/staff/conversations/"+id, "", "")
		if strings.Contains(queue.Body, id) != want || (view.Status == http.StatusOK) != want {
			t.Errorf("%s, %s: in the queue %v, opened with %d; want %v", when, c.email, strings.Contains(queue.Body, id), view.Status, want)
		}
	}
	day := waiting("1")
	sees("by day", ana, day, true)
	sees("by day", sol, day, false)
	sees("by day", eve, day, false)

	s.clock.Move(10 * time.Hour) // evening of the same day
	for _, c := range []*colleague{dana, ana, sol, eve} {
		c.again()
	}
	night := waiting("2")
	sees("by night", sol, night, true)
	sees("by night", sol, day, true)
	sees("by night", eve, night, false)
	if got := sol.do("POST", "/api/staff/conversations/"+night+"/claim", "", ""); got.Status != 204 {
		t.Fatalf("who stands in takes it: %d %s", got.Status, got.Body)
	}
	s.clock.Move(14 * time.Hour) // the next morning
	for _, c := range []*colleague{dana, ana, sol, eve} {
		c.again()
	}
	sees("the next morning", sol, day, false)
	sees("the next morning", sol, night, true)
	if got := sol.do("POST", "/api/staff/conversations/"+night+"/reply", "", `{"client_id":"1","text":"good morning"}`); got.Status != 200 {
		t.Errorf("who took it meanwhile goes on: %d %s", got.Status, got.Body)
	}
}
