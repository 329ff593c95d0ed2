package calendar

import (
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Ladder is who stands in for a team, nearest first, beginning with the team itself. A circle of fallbacks ends.
func Ladder(p *machine.Practice, team string) (rungs []string) {
	for team != "" && !slices.Contains(rungs, team) {
		rungs = append(rungs, team)
		at := slices.IndexFunc(p.Teams, func(t machine.Team) bool { return t.Name == team })
		if at < 0 {
			break
		}
		team = p.Teams[at].Fallback
	}
	return rungs
}

// StandIns is a team's Ladder without the team itself.
func StandIns(p *machine.Practice, team string) []string {
	rungs := Ladder(p, team)
	return rungs[min(1, len(rungs)):]
}

// Cover says when somebody of a team is there next, and who stands in for it.
type Cover struct {
	Opens   time.Time // of the team itself; zero: not within a year
	StandIn string    // the team that stands in and is there first; "" for none
	From    time.Time // of StandIn
}

// CoverOf looks ahead from a moment in the practice's zone.
func CoverOf(p *machine.Practice, team string, at time.Time) (c Cover) {
	for i, name := range Ladder(p, team) {
		s, _ := Team(p, name) // of an unknown team nobody is ever there
		opens, ok := s.NextOpen(at)
		switch {
		case !ok:
		case i == 0:
			c.Opens = opens
		case c.StandIn == "" || opens.Before(c.From):
			c.StandIn, c.From = name, opens
		}
	}
	return c
}

// Next is when the team is there next or, where it never is, who stands in for it; ok is false where nobody is within a year.
func (c Cover) Next() (at time.Time, ok bool) {
	if !c.Opens.IsZero() {
		return c.Opens, true
	}
	return c.From, c.StandIn != ""
}
