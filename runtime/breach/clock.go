package breach

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Deadline is a day by whose end somebody must have been told.
type Deadline struct {
	Who   string    `json:"who"`
	By    time.Time `json:"by"` // the moment at which it is late
	Basis string    `json:"basis"`
}

// The numbers of 45 CFR 164.404 to 164.408.
const (
	days        = 60  // calendar days; never more than these, and without unreasonable delay
	manyPeople  = 500 // from which the authority is told at the same time as the people
	manyInState = 500 // above which the media of that state are told
)

// Deadlines returns by when who must be told of a breach of so many people's data that was discovered at a time, by the calendar of
// the practice. states counts the residents of each state who are concerned; nil where nobody knows. A day counts as a whole,
// so the last one ends at midnight; the first is the one after the discovery.
func Deadlines(discovered time.Time, people int, states map[string]int, zone *time.Location) []Deadline {
	y, m, d := discovered.In(zone).Date()
	within := time.Date(y, m, d+days+1, 0, 0, 0, 0, zone)
	list := []Deadline{{"the people concerned", within, "45 CFR 164.404(b)"}}
	if people >= manyPeople {
		list = append(list, Deadline{"the Secretary of HHS", within, "45 CFR 164.408(b)"})
	} else {
		yearEnd := time.Date(y+1, time.January, days+1, 0, 0, 0, 0, zone)
		list = append(list, Deadline{"the Secretary of HHS, in the list of the year", yearEnd, "45 CFR 164.408(c)"})
	}
	var names []string
	for state, n := range states {
		if n > manyInState {
			names = append(names, state)
		}
	}
	slices.Sort(names)
	for _, state := range names {
		list = append(list, Deadline{"media of " + state + " (" + strconv.Itoa(states[state]) + " residents)", within, "45 CFR 164.406"})
	}
	slices.SortStableFunc(list, func(a, b Deadline) int { return cmp.Compare(a.By.Unix(), b.By.Unix()) })
	return list
}
