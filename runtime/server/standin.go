package server

import (
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/session"
)

// target is a conversation as permissions see it. While its team is closed, the teams that stand in for it can do what it can, up to the
// first that is there; who took it then can finish.
func (s *Server) target(c *caller, k *session.Case) people.Target {
	t := people.Target{Practice: s.host.Practice(), Team: k.Team, Claimed: k.Holder}
	if c.In(k.Team) {
		return t
	}
	now := s.host.Now().In(k.Zone)
	there := func(team string) bool {
		hours, known := calendar.Team(&k.Flow.Practice, team)
		return known && hours.IsOpen(now)
	}
	closed := !there(k.Team)
	for _, team := range calendar.StandIns(&k.Flow.Practice, k.Team) {
		if (closed || k.Holder == c.ID) && c.In(team) {
			t.Team = team
			return t
		}
		closed = closed && !there(team)
	}
	return t
}
