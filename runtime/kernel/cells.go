package kernel

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// point is one value of a variable, or a stretch of values that no test tells apart, by side: from and to. A date has
// three sides, which are the day itself, its age and the days until it; now has those below and, for teams of handoffs,
// whether somebody is there; everything else has one. All are numbers, as machine.Domain has them.
type point struct{ from, to []int64 }

const (
	sideAge  = 1
	sideDays = 2

	sideOpen    = 0
	sideHour    = 1
	sideWeekday = 2
	sideTeams   = 3
)

// variable is something that guards look at, with its cells, which count from 1.
type variable struct {
	name    string
	field   *machine.Field   // nil: of the world
	sides   []machine.Domain // of now none
	texts   []string         // that a text is compared with
	heard   bool             // whether something was heard
	trigger bool             // namely a trigger
	silent  bool             // of an emergency: whoever says that is with a person

	tests   []int
	points  []point // values enough: for every value there is a point that all tests see alike
	cells   []int   // by point
	all     []int
	answers []int    // the cells that an answer can be in
	pick    [3][]int // of a yes-no of the world the cells of no and yes; of attempts those that the names below say
	later   [][]int  // dates with age or days: by cell, where time can lead
}

// Which attempts an outcome can come after.
const (
	triesNone    = 0 // none
	triesRetries = 1 // up to the retries
	triesFailed  = 2 // one more, where the last code has failed
)

// test compares one side of a variable with numbers.
type test struct {
	variable, side int
	op             string
	values         []int64
	truth          []bool // by cell, from 1
}

// comparisons say for what is smaller, equal and larger whether a test holds.
var comparisons = map[string][3]bool{
	"==": {1: true}, "!=": {0: true, 2: true}, "<": {0: true}, "<=": {0: true, 1: true}, ">": {2: true}, ">=": {1: true, 2: true},
}

func (t *test) holds(p point) bool {
	if t.op == "in" {
		return slices.Contains(t.values, p.from[t.side])
	}
	return comparisons[t.op][1+cmp.Compare(p.from[t.side], t.values[0])]
}

func (k *checker) addTest(variable, side int, op string, values ...int64) int {
	n := len(k.tests)
	k.tests = append(k.tests, test{variable: variable, side: side, op: op, values: values})
	k.vars[variable].tests = append(k.vars[variable].tests, n)
	return n
}

// enterHours enters the moments at which what the hours of the practice and of teams say can change (1).
func (k *checker) enterHours() {
	k.cover = map[string]int{}
	var teams []string
	work := 1 + len(k.m.Practice.Hours)
	for i := range k.m.Practice.Teams {
		work += 1 + len(k.m.Practice.Teams[i].Hours)
	}
	for i := range k.m.Locations {
		name := k.m.Locations[i].Team
		if _, ok := k.cover[name]; !ok && name != "" && k.spend(work) {
			k.cover[name], teams = len(teams), append(teams, name)
		}
	}
	for i := range k.m.Practice.Holidays {
		work += len(k.m.Practice.Holidays[i].Openings)
	}
	k.days, k.minutes = k.m.Practice.Days(), k.m.Practice.Changes()
	if !k.spend(10, len(k.days), len(k.minutes), 1+len(teams), work) {
		return
	}
	for _, m := range k.m.Practice.Moments(teams) {
		p := []int64{0, int64(m.Minute / 60), int64(m.Weekday)}
		if m.Open {
			p[sideOpen] = 1
		}
		for _, there := range m.There {
			p = append(p, map[bool]int64{true: 1}[there])
		}
		k.moments = append(k.moments, point{from: p})
	}
}

// checkVariables checks that the cells of each variable are complete and different (1), and enters by cell which tests
// hold.
func (k *checker) checkVariables() {
	for i := range k.vars {
		v := &k.vars[i]
		if k.findPoints(v); !k.spend(len(v.points), 1+len(v.tests)) {
			return
		}
		k.checkCells(v, k.c.Variables[i].Cells)
	}
}

func (k *checker) checkCells(v *variable, cells []machine.Cell) {
	numbers := make(map[string]int, len(cells))
	for i := range cells {
		p, ok := k.named(v, &cells[i])
		if !k.want(ok, "G2", "cell %d of %q is not named by one of its values", i, v.name) || !k.spend(1+len(v.tests)+len(v.texts)) {
			return
		}
		numbers[k.signature(v, p)] = i + 1
		for _, n := range v.tests {
			k.tests[n].truth = append(k.tests[n].truth, k.tests[n].holds(p))
		}
	}
	for _, p := range v.points {
		v.cells = append(v.cells, numbers[k.signature(v, p)])
	}
	v.all = v.where(func(point) bool { return true })
	if !k.want(len(v.all) == len(cells) && !slices.Contains(v.all, 0), "G2", "the cells of %q leave out values, or two are the same to every guard", v.name) {
		return
	}
	v.answers = v.all
	switch f := v.field; {
	case f == nil:
		retries := int64(k.m.Session.Retries)
		v.pick[0] = v.where(func(p point) bool { return p.from[0] == 0 })
		v.pick[1] = v.where(func(p point) bool { return p.from[0] == 1 || v.name == "attempts" && p.from[0] <= retries })
		v.pick[2] = v.all
	case k.moves(v):
		if f.Min != nil && f.Max != nil {
			v.answers = v.where(func(p point) bool { return p.from[sideDays] >= *f.Min })
		}
		v.later = make([][]int, len(v.all)+1)
		for i, from := range v.points {
			if k.spend(len(v.points)) {
				v.later[v.cells[i]] = set(append(v.later[v.cells[i]], v.where(from.becomes)...))
			}
		}
	}
}

// becomes reports whether time can lead from one stretch of a date to another: the day stays, the age grows, the days
// until it shrink.
func (p point) becomes(to point) bool {
	return to.from[0] == p.from[0] && to.from[sideAge] >= p.from[sideAge] && to.from[sideDays] <= p.from[sideDays]
}

// signature says which tests hold for a point. Two values with one signature are in one cell.
func (k *checker) signature(v *variable, p point) string {
	out := make([]byte, len(v.tests))
	for i, n := range v.tests {
		if k.tests[n].holds(p) {
			out[i] = 1
		}
	}
	return string(out)
}

// where are the cells of some points, ascending.
func (v *variable) where(keep func(point) bool) []int {
	var out []int
	for i, p := range v.points {
		if keep(p) {
			out = append(out, v.cells[i])
		}
	}
	return set(out)
}

// looksAt reports whether some test is about a side of a variable.
func (k *checker) looksAt(v *variable, side int) bool {
	return slices.ContainsFunc(v.tests, func(n int) bool { return k.tests[n].side == side })
}

// moves reports whether time changes what tests say of a variable: it is a date, and its age or the days until it count.
func (k *checker) moves(v *variable) bool {
	return len(v.sides) > sideDays && (k.looksAt(v, sideAge) || k.looksAt(v, sideDays))
}

// findPoints cuts each side where a test can change, and combines the stretches between.
func (k *checker) findPoints(v *variable) {
	if v.field == nil && v.name == "now" {
		v.points = k.moments
		return
	}
	v.points = []point{{}}
	for side := range v.sides {
		cuts := k.cuts(v, side)
		if !k.spend(20, len(v.points), len(cuts)) {
			return
		}
		var next []point
		for _, p := range v.points {
			for i, from := range cuts {
				to := v.sides[side].Hi
				if i+1 < len(cuts) {
					to = cuts[i+1] - 1
				}
				next = append(next, point{append(slices.Clip(p.from), from), append(slices.Clip(p.to), to)})
			}
		}
		v.points = next
	}
	v.points = slices.DeleteFunc(v.points, func(p point) bool { return !p.together() })
}

// cuts are the smallest number of a side and those at which its tests can change: each constant and the next number.
func (k *checker) cuts(v *variable, side int) []int64 {
	lo, hi := v.sides[side].Lo, v.sides[side].Hi
	out := []int64{lo}
	for _, t := range v.tests {
		for _, n := range k.tests[t].values {
			if k.tests[t].side == side && n >= lo && n < hi {
				out = append(out, n, n+1)
			} else if k.tests[t].side == side && n == hi {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// together reports whether some date has an age and days until it that lie in these stretches. A person of age a was
// born at least 365a and at most 366(a+1)-1 days ago; what lies ahead mirrors that. The stretches of consecutive ages
// touch, so it is enough to look at the first and the last.
func (p point) together() bool {
	if len(p.from) <= sideDays {
		return true
	}
	least, most := 365*p.from[sideAge], 366*(p.to[sideAge]+1)-1
	if p.from[sideAge] < 0 {
		least = 366 * p.from[sideAge]
	}
	if p.to[sideAge] < 0 {
		most = 365*(p.to[sideAge]+1) - 1
	}
	return least <= -p.from[sideDays] && -p.to[sideDays] <= most
}

// named reads the value that names a cell. It fails if the value is none of the variable's.
func (k *checker) named(v *variable, c *machine.Cell) (point, bool) {
	if v.field == nil && v.name == "now" {
		return k.namedMoment(c.Value)
	}
	p := point{make([]int64, len(v.sides)), make([]int64, len(v.sides))}
	beside := []*int64{sideAge: c.Age, sideDays: c.Days}
	for side, d := range v.sides {
		p.from[side], p.to[side] = d.Lo, d.Hi
		if side > 0 && beside[side] == nil && !k.looksAt(v, side) {
			continue
		}
		n, ok := d.Number(c.Value)
		switch at := slices.Index(v.texts, c.Value); {
		case side > 0:
			if ok = beside[side] != nil; ok {
				n = *beside[side]
			}
		case c.Other || d.Kind == machine.KindText && at < 0:
			n, ok = d.Hi, true
		case d.Kind == machine.KindText:
			n, ok = int64(at), true
		}
		if !ok || n < d.Lo || n > d.Hi {
			return p, false
		}
		p.from[side], p.to[side] = n, n
	}
	return p, p.together()
}

// namedMoment reads a moment as a cell of now names it: "monday 09:00", "2026-12-25 09:00".
func (k *checker) namedMoment(value string) (point, bool) {
	name, at, _ := strings.Cut(value, " ")
	day := slices.IndexFunc(k.days, func(d machine.Day) bool { return d.Name == name })
	t, err := time.Parse("15:04", at)
	if day < 0 || err != nil {
		return point{}, false
	}
	n, exact := slices.BinarySearch(k.minutes, t.Hour()*60+t.Minute())
	if !exact {
		n-- // nothing changes between two of them
	}
	return k.moments[day*len(k.minutes)+n], true
}
