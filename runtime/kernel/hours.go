package kernel

import (
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// hours enters the moments at which what the hours of the practice and of the teams say can change: of every weekday
// and of every holiday, each hour and each beginning and end of opening hours. Hours are wall-clock hours, so clock
// changes need no care.
func (k *checker) hours() error {
	k.dayOf = map[string]int{}
	days := make([]date, 0, len(weekdays)+len(k.m.Practice.Holidays))
	for i, name := range weekdays {
		k.dayOf[name] = i
		days = append(days, date{weekday: i})
	}
	for i := range k.m.Practice.Holidays {
		h := &k.m.Practice.Holidays[i]
		at, err := time.Parse(time.DateOnly, h.Date)
		if _, twice := k.dayOf[h.Date]; err != nil || twice {
			return refuse("form", "", "the holiday %q is no day, or stands twice", h.Date)
		}
		k.dayOf[h.Date] = len(days)
		days = append(days, date{weekday: int(at.Weekday()), holiday: h})
	}
	teams, openings := k.handoffTeams()
	minutes := k.changes()
	for _, d := range days {
		work := openings + len(k.m.Practice.Hours)
		if d.holiday != nil {
			work += len(d.holiday.Openings) * (1 + len(teams))
		}
		if err := k.spend(work * len(minutes)); err != nil {
			return err
		}
		for _, minute := range minutes {
			k.moments = append(k.moments, k.moment(d, minute, teams))
		}
	}
	for team := range teams {
		k.covered = append(k.covered, !slices.ContainsFunc(k.moments, func(s sample) bool { return s.extra[team] == '0' }))
	}
	return nil
}

// date is a weekday, or a holiday that falls on it.
type date struct {
	weekday int
	holiday *machine.Holiday
}

// maxFallbacks is how many teams that stand in for each other are looked at.
const maxFallbacks = 50

// handoffTeams are the teams of handoffs, each once, in the order of the machine, with those that stand in for them;
// and how many openings all of them have.
func (k *checker) handoffTeams() (chains [][]*machine.Team, openings int) {
	byName := map[string]*machine.Team{}
	for i := range k.m.Practice.Teams {
		byName[k.m.Practice.Teams[i].Name] = &k.m.Practice.Teams[i]
	}
	k.teamOf = map[string]int{}
	for i := range k.m.Locations {
		name := k.m.Locations[i].Team
		if _, ok := k.teamOf[name]; ok || name == "" {
			continue
		}
		k.teamOf[name] = len(chains)
		var chain []*machine.Team
		for t := byName[name]; t != nil && len(chain) < maxFallbacks; t = byName[t.Fallback] {
			chain = append(chain, t)
			openings += 1 + len(t.Hours)
		}
		chains = append(chains, chain)
	}
	return chains, openings
}

// changes are the minutes of a day at which an hour or any opening begins or ends.
func (k *checker) changes() []int {
	var cut [minutesOfDay + 1]bool
	mark := func(hours []machine.Opening) {
		for _, o := range hours {
			cut[o.From], cut[o.To] = true, true
		}
	}
	mark(k.m.Practice.Hours)
	for i := range k.m.Practice.Teams {
		mark(k.m.Practice.Teams[i].Hours)
	}
	for i := range k.m.Practice.Holidays {
		mark(k.m.Practice.Holidays[i].Openings)
	}
	var out []int
	for minute := range minutesOfDay {
		if cut[minute] || minute%60 == 0 {
			out = append(out, minute)
		}
	}
	return out
}

const minutesOfDay = 24 * 60

// moment is a sample of now. What tells moments apart beyond tests is for which teams somebody is there.
func (k *checker) moment(d date, minute int, teams [][]*machine.Team) sample {
	there := make([]byte, len(teams))
	for i, chain := range teams {
		there[i] = '0'
		if slices.ContainsFunc(chain, func(t *machine.Team) bool { return d.within(t.Hours, t.Holidays, minute) }) {
			there[i] = '1'
		}
	}
	s := sample{weekday: d.weekday, minute: minute, extra: string(there)}
	s.value.yes = d.within(k.m.Practice.Hours, true, minute)
	return s
}

// within reports whether a minute of the day lies in opening hours; on a holiday, where holidays apply, in its own.
func (d date) within(hours []machine.Opening, holidays bool, minute int) bool {
	special := d.holiday != nil && holidays
	if special {
		hours = d.holiday.Openings
	}
	return slices.ContainsFunc(hours, func(o machine.Opening) bool {
		return (special || o.Day == d.weekday) && o.From <= minute && minute < o.To
	})
}

// namedMoment reads a moment as a cell of now names it: "monday 09:00", "2026-12-25 09:00".
func (k *checker) namedMoment(value string) (sample, bool) {
	if len(value) < len(clockForm)+2 || value[len(value)-len(clockForm)-1] != ' ' {
		return sample{}, false
	}
	name, at := value[:len(value)-len(clockForm)-1], value[len(value)-len(clockForm):]
	day, ok := k.dayOf[name]
	t, err := time.Parse(clockForm, at)
	if !ok || err != nil {
		return sample{}, false
	}
	moments := len(k.moments) / len(k.dayOf)
	of := k.moments[day*moments : (day+1)*moments]
	last := of[0]
	for _, s := range of {
		if s.minute <= t.Hour()*60+t.Minute() {
			last = s
		}
	}
	return last, true // nothing changes between two moments
}
