package verifytest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// domains are values enough to tell every answer apart that the atoms of drawn guards tell apart.
func (w *watcher) domains() {
	for _, f := range w.m.Fields {
		var d []string
		switch f.Type {
		case "number":
			for n := *f.Min; n <= *f.Max; n++ {
				d = append(d, strconv.FormatInt(n, 10))
			}
		case "yes-no":
			d = []string{"yes", "no"}
		case "choice":
			for _, o := range f.Options {
				d = append(d, o.Value)
			}
		case "date":
			d = []string{"2020-06-01", "2026-01-03", "2026-11-30", "2026-12-01", "2030-01-03", "2032-01-01", "2040-01-01"}
		case "date-of-birth":
			d = []string{"1990-01-02", "2005-06-01", "2010-06-01", "2015-01-01", "2019-06-01"}
		default:
			d = []string{"Bo", "Al"}
		}
		says := slices.ContainsFunc(w.m.Locations, func(l machine.Location) bool {
			return slices.ContainsFunc(l.Do, func(a machine.Action) bool { return a.By == f.Name })
		})
		if !strings.Contains(w.used, f.Name) && !says {
			d = d[:1]
		}
		w.domain = append(w.domain, d)
	}
}

// wanted reports whether a day is an answer today. Where no condition looks at how far off it is, today is not looked at
// either.
func (w *watcher) wanted(f *machine.Field, v, today string) bool {
	if f.Type != "date" || f.Min == nil || !strings.Contains(w.used, "("+f.Name+")") {
		return true
	}
	day, err := time.Parse(time.DateOnly, v)
	now, err2 := time.Parse(time.DateOnly, today)
	if err != nil || err2 != nil {
		panic("verifytest: not a day: " + v + today)
	}
	until := int64(day.Sub(now).Hours() / 24)
	return until >= *f.Min && until <= *f.Max
}

func (w *watcher) instants() {
	clock := strings.Contains(w.used, "practice.open") || strings.Contains(w.used, "now.")
	for _, l := range w.m.Locations {
		clock = clock || l.Kind == machine.Handoff && l.Team == "office"
	}
	minutes := []int{0, 9*60 - 1, 9 * 60, 12*60 - 1, 12 * 60, 17*60 + 29, 17*60 + 30, 23*60 + 59}
	if !clock {
		minutes = minutes[2:3]
	}
	seen := map[string]bool{}
	for day := range 7 {
		for _, minute := range minutes {
			w.instant(seen, instant{weekday: day, minute: minute})
		}
	}
	for i := range w.m.Practice.Holidays {
		h := &w.m.Practice.Holidays[i]
		d, err := time.Parse(time.DateOnly, h.Date)
		if err != nil {
			panic(err)
		}
		for _, minute := range minutes {
			w.instant(seen, instant{weekday: int(d.Weekday()), minute: minute, holiday: h})
		}
	}
}

// instant adds a minute unless another looks the same in every respect that anything can see.
func (w *watcher) instant(seen map[string]bool, at instant) {
	key := fmt.Sprint(w.open(at))
	if strings.Contains(w.used, "now.hour") {
		key += fmt.Sprint(" ", at.minute/60)
	}
	if strings.Contains(w.used, "now.weekday") {
		key += weekdays[at.weekday]
	}
	for _, t := range w.m.Practice.Teams {
		key += fmt.Sprint(w.there(t.Name, at))
	}
	if !seen[key] {
		seen[key] = true
		w.when = append(w.when, at)
	}
}

func (w *watcher) open(at instant) bool { return openAt(w.m.Practice.Hours, at, at.holiday) }

func openAt(hours []machine.Opening, at instant, holiday *machine.Holiday) bool {
	if holiday != nil {
		for _, o := range holiday.Openings {
			if o.From <= at.minute && at.minute < o.To {
				return true
			}
		}
		return false
	}
	for _, o := range hours {
		if o.Day == at.weekday && o.From <= at.minute && at.minute < o.To {
			return true
		}
	}
	return false
}

// there reports whether somebody of a team or of who stands in for it is there.
func (w *watcher) there(team string, at instant) bool {
	for range w.m.Practice.Teams {
		for _, t := range w.m.Practice.Teams {
			if t.Name != team {
				continue
			}
			h := at.holiday
			if !t.Holidays {
				h = nil
			}
			if openAt(t.Hours, at, h) {
				return true
			}
			team = t.Fallback
			break
		}
	}
	return false
}

// situation shows a node to a guard.
type situation struct {
	w *watcher
	n node
	e env
}

// Lookup implements guard.Values.
func (s situation) Lookup(name string) (any, bool) {
	if f, ok := s.w.fields[name]; ok {
		v := s.n.value(f)
		switch s.w.m.Fields[f].Type {
		case "yes-no":
			return v == "yes", v != ""
		case "number":
			n, err := strconv.ParseInt(v, 10, 64)
			return n, err == nil
		}
		return v, v != ""
	}
	at := s.w.when[s.e.moment]
	switch name {
	case "practice.open":
		return s.w.open(at), true
	case "now.hour":
		return int64(at.minute / 60), true
	case "now.weekday":
		return weekdays[at.weekday], true
	case "channel":
		return s.w.m.Flow.Channels[0], true
	case "language":
		return s.e.lang, true
	case "attempts":
		return int64(s.e.attempts), true
	case "verified":
		return s.n.verified, true
	case "today":
		return s.e.today, true
	}
	if atom, ok := strings.CutPrefix(name, "heard:"); ok {
		return slices.Contains(s.e.heard, atom), true
	}
	return nil, false
}
