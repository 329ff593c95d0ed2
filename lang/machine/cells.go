package machine

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Cells are what the conditions of a machine can tell apart. A variable is a field, or something that guards look at
// besides: "attempts"; "verified"; "now" (the moment, by the practice's clock); "language"; "channel"; or "heard:NAME" (of a
// topic or trigger). Its values fall into cells: two values are in one cell exactly when no test tells them apart. Tests are
// those of all guards and, besides,
//
//   - of a field that a say-by speaks by, whose cases do not all name the same fields: whether it is each of its options;
//   - of now: whether somebody is there, for every team of a handoff that is not there at every moment. Somebody is there
//     when the team, or a team on its chain of fallbacks, is open (by its hours; by the holiday's where Team.Holidays is set);
//   - of a date with Min and Max whose age or days some guard tests: whether the days until it are at least Min.
//
// The values of a variable are one number, or several that belong together. Of a choice they are its options, of a yes-no no
// and yes, of a number the integers of Min..Max, of a time its minutes, of every other field all texts; of "attempts"
// 0..Retries+1; of "now" every minute of the week and of each of the practice's holidays; of "language" and "channel" those of
// the flow. A date is three numbers: the day itself, its age (completed years), and the days until it, as AgeDomain and
// DaysDomain bound them. Age a and days d go together when 365a <= -d <= 366(a+1)-1 for a >= 0, and 366a <= -d <= 365(a+1)-1
// for a < 0; the day itself is independent of both.
//
// Cells count from 1, in the order of the first value in each: by the first number, then the second, then the third; texts
// in the order of their bytes and all that no test compares with after them; moments from Sunday, and then the holidays.
type Cells struct {
	Variables []Variable     // the fields, in their order, and then the others that some test looks at, by name
	Of        map[string]int // the number of a variable, by its name

	m     *Machine
	tests map[string]*Comparison
	teams []string // of handoffs
	now   []point
	work  int
}

// Variable is something that tests look at, with its cells.
type Variable struct {
	Name  string
	Field *Field // nil: of the world
	Count int    // of its cells

	sides  []Domain // its numbers; of now none
	texts  []string // that it is compared with, sorted
	tests  []*Comparison
	points []point // values enough: for every value there is one that all tests see alike
	cells  []int   // by point
}

// Comparison is what a test says in each cell of a variable.
type Comparison struct {
	Variable int
	Holds    []bool // by cell; the first is of none

	step   *GuardStep
	side   int
	values []int64
}

// point is a value of a variable, or a stretch of values that no test tells apart: the first and the last of each number.
type point struct{ from, to []int64 }

// Beside its first number, a date has these, and now has those below and then, for every team of a handoff, whether somebody
// is there.
const (
	sideAge  = 1
	sideDays = 2

	sideHour    = 1
	sideWeekday = 2
	sideTeams   = 3
)

// ofTeam marks the test whether somebody of a team is there, which no guard can make.
const ofTeam = "team"

// maxCells bounds the work of finding cells, far above what any author's guards need.
const maxCells = 100_000_000

var errCells = errors.New("its guards tell too many values apart")

// Cells finds the cells of a valid machine. It fails where that would be too much work.
func (m *Machine) Cells() (*Cells, error) {
	c := &Cells{m: m, Of: make(map[string]int, len(m.Fields)), tests: map[string]*Comparison{}}
	for i := range m.Fields {
		f := &m.Fields[i]
		v := Variable{Name: f.Name, Field: f, sides: []Domain{f.Domain()}}
		if v.sides[0].Kind == KindDate {
			v.sides = append(v.sides, f.AgeDomain(), f.DaysDomain())
		}
		c.Of[f.Name], c.Variables = i, append(c.Variables, v)
	}
	if !c.findMoments() {
		return nil, errCells
	}
	steps := c.steps()
	c.enterWorld(steps)
	for _, s := range steps {
		c.enter(s)
	}
	for i := range c.Variables {
		if v := &c.Variables[i]; v.Moves() && v.bounded() {
			c.enter(&GuardStep{Op: ">=", Of: "days", Name: v.Name, Values: []string{strconv.FormatInt(*v.Field.Min, 10)}})
		}
	}
	for i := range c.Variables {
		v := &c.Variables[i]
		v.readTests()
		c.findPoints(v)
		pairs := 1
		if v.Moves() {
			pairs = len(v.points)
		}
		if !c.spend(len(v.points), pairs+len(v.tests)) {
			return nil, errCells
		}
		v.split()
	}
	return c, nil
}

// spend counts work, as the product of some lengths, and reports whether to go on.
func (c *Cells) spend(lengths ...int) bool {
	n := 1
	for _, length := range lengths {
		n = min(n*length, maxCells+1)
	}
	c.work += n
	return c.work <= maxCells
}

// Test is what a test of a guard says; nil of one that no guard of the machine makes.
func (c *Cells) Test(s *GuardStep) *Comparison { return c.tests[s.key()] }

// Answered is the test whether the answer to a field that a say-by speaks by is this one.
func (c *Cells) Answered(field, answer string) *Comparison { return c.Test(answered(field, answer)) }

// Attended is the test whether somebody of a team is there; nil if that is so at every moment.
func (c *Cells) Attended(team string) *Comparison { return c.Test(attended(team)) }

func answered(field, answer string) *GuardStep {
	return &GuardStep{Op: "==", Name: field, Values: []string{answer}}
}

func attended(team string) *GuardStep {
	return &GuardStep{Op: "==", Of: ofTeam, Name: team, Values: []string{"yes"}}
}

func (s *GuardStep) key() string {
	return s.Of + "\x00" + s.Name + "\x00" + s.Op + "\x00" + strings.Join(s.Values, "\x00")
}

// findMoments enters the moments at which what the hours of the practice and of teams say can change.
func (c *Cells) findMoments() bool {
	p := &c.m.Practice
	hours := 1 + len(p.Hours)
	for i := range p.Teams {
		hours += 1 + len(p.Teams[i].Hours)
	}
	for i := range p.Holidays {
		hours += 1 + len(p.Holidays[i].Openings)
	}
	for i := range c.m.Locations {
		if c.m.Locations[i].Kind == Handoff {
			c.teams = append(c.teams, c.m.Locations[i].Team)
		}
	}
	c.teams = sortedSet(c.teams)
	if !c.spend(len(Weekdays)+len(p.Holidays), len(p.Changes()), 1+len(c.teams), hours) {
		return false
	}
	for _, m := range p.Moments(c.teams) {
		n := []int64{bit(m.Open), int64(m.Minute / 60), int64(m.Weekday)}
		for _, there := range m.There {
			n = append(n, bit(there))
		}
		c.now = append(c.now, point{from: n, to: n})
	}
	return true
}

func bit(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// steps are all tests of a machine, but for those of bounds.
func (c *Cells) steps() []*GuardStep {
	var out []*GuardStep
	for i := range c.m.Guards {
		for n := range c.m.Guards[i].Code {
			if s := &c.m.Guards[i].Code[n]; s.IsTest() {
				out = append(out, s)
			}
		}
	}
	for i := range c.m.Locations {
		for n := range c.m.Locations[i].Do {
			_, cases := c.m.Locations[i].Do[n].sayBy()
			for _, r := range cases {
				out = append(out, answered(r.Field, r.Answer))
			}
		}
	}
	for i, team := range c.teams {
		if slices.ContainsFunc(c.now, func(p point) bool { return p.from[sideTeams+i] == 0 }) {
			out = append(out, attended(team))
		}
	}
	return out
}

// enterWorld makes variables of what tests look at and is no field.
func (c *Cells) enterWorld(steps []*GuardStep) {
	names := map[string]bool{}
	for _, s := range steps {
		name, _ := c.looksAt(s)
		if _, isField := c.Of[name]; !isField {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c.Of[name] = len(c.Variables)
		c.Variables = append(c.Variables, Variable{Name: name, sides: []Domain{c.m.GivenDomain(name)}})
	}
}

// looksAt is the variable that a test looks at, and which of its numbers.
func (c *Cells) looksAt(s *GuardStep) (variable string, side int) {
	switch {
	case s.Of == "heard":
		return "heard:" + s.Name, 0
	case s.Of == ofTeam:
		n, _ := slices.BinarySearch(c.teams, s.Name)
		return "now", sideTeams + n
	case s.Of == "age":
		return s.Name, sideAge
	case s.Of == "days":
		return s.Name, sideDays
	case s.Name == "practice.open":
		return "now", 0
	case s.Name == "now.hour":
		return "now", sideHour
	case s.Name == "now.weekday":
		return "now", sideWeekday
	}
	return s.Name, 0
}

// enter adds a test to its variable, once.
func (c *Cells) enter(s *GuardStep) {
	if c.tests[s.key()] != nil {
		return
	}
	name, side := c.looksAt(s)
	t := &Comparison{Variable: c.Of[name], Holds: []bool{false}, step: s, side: side}
	c.tests[s.key()] = t
	c.Variables[t.Variable].tests = append(c.Variables[t.Variable].tests, t)
}

// domain is what the number that a test looks at can be.
func (v *Variable) domain(t *Comparison) Domain {
	switch {
	case v.Name == "now" && t.side < sideTeams:
		return Given[t.step.Name]
	case v.Name == "now":
		return newDomain(KindYesNo, nil)
	}
	return v.sides[t.side]
}

// findPoints cuts each number of a variable where a test can change, and combines the stretches between.
func (c *Cells) findPoints(v *Variable) {
	if v.Name == "now" {
		v.points = c.now
		return
	}
	v.points = []point{{}}
	for side, d := range v.sides {
		cuts := v.cuts(side)
		if !c.spend(20, len(v.points), len(cuts)) {
			return
		}
		var next []point
		for _, p := range v.points {
			for i, from := range cuts {
				to := d.Hi
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

// readTests reads what the tests of a variable compare with as numbers.
func (v *Variable) readTests() {
	if v.sides[0].Kind == KindText {
		for _, t := range v.tests {
			v.texts = append(v.texts, t.step.Values...)
		}
		v.texts = sortedSet(v.texts)
		v.sides[0].Hi = int64(len(v.texts)) // all that no test compares with
	}
	for _, t := range v.tests {
		for _, value := range t.step.Values {
			t.values = append(t.values, v.number(v.domain(t), value))
		}
	}
}

func (v *Variable) number(d Domain, value string) int64 {
	if d.Kind != KindText {
		n, _ := d.Number(value) // Validate has read it; a language or channel that is not the flow's is -1
		return n
	}
	if n, ok := slices.BinarySearch(v.texts, value); ok {
		return int64(n)
	}
	return d.Hi
}

// cuts are the smallest number of a side and those at which its tests can change: each constant and the next number.
func (v *Variable) cuts(side int) []int64 {
	lo, hi := v.sides[side].Lo, v.sides[side].Hi
	out := []int64{lo}
	for _, t := range v.tests {
		for _, n := range t.values {
			if t.side == side && lo <= n && n <= hi {
				out = append(out, n, min(n, hi-1)+1)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// together reports whether some date has an age and days until it that lie in these stretches. The stretches of
// consecutive ages touch, so it is enough to look at the first and the last.
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

// split puts the points of a variable into cells, and enters by cell which tests hold.
func (v *Variable) split() {
	numbers := map[string]int{}
	signature := make([]byte, len(v.tests))
	for _, p := range v.points {
		for i, t := range v.tests {
			signature[i] = byte(bit(t.holds(p)))
		}
		n, known := numbers[string(signature)]
		if !known {
			v.Count++
			n = v.Count
			numbers[string(signature)] = n
			for i, t := range v.tests {
				t.Holds = append(t.Holds, signature[i] == 1)
			}
		}
		v.cells = append(v.cells, n)
	}
}

// comparisons say for what is smaller, equal and larger whether a test holds.
var comparisons = map[string][3]bool{
	"==": {1: true}, "!=": {0: true, 2: true}, "<": {0: true}, "<=": {0: true, 1: true}, ">": {2: true}, ">=": {1: true, 2: true},
}

func (t *Comparison) holds(p point) bool {
	if t.step.Op == "in" {
		return slices.Contains(t.values, p.from[t.side])
	}
	return comparisons[t.step.Op][1+cmp.Compare(p.from[t.side], t.values[0])]
}

// where are the cells of some points, ascending.
func (v *Variable) where(keep func(point) bool) []int {
	in := make([]bool, v.Count+1)
	for i, p := range v.points {
		in[v.cells[i]] = in[v.cells[i]] || keep(p)
	}
	var out []int
	for n, is := range in {
		if is {
			out = append(out, n)
		}
	}
	return out
}

// With are the cells of the values whose first number lies in lo..hi, ascending.
func (v *Variable) With(lo, hi int64) []int {
	return v.where(func(p point) bool { return p.from[0] <= hi && p.to[0] >= lo })
}

// Of are the cells of a value, ascending: several of a date whose age or days count. It is none for what is no value.
func (v *Variable) Of(value string) []int {
	n := v.number(v.sides[0], value)
	return v.With(n, n)
}

// Values are values enough of a field: for every value there is one that all tests see alike, as far as they look at the
// value itself; of a choice all. A text that no test compares with is longer than those that some test compares with.
func (v *Variable) Values() []string {
	var out []string
	switch d := v.sides[0]; d.Kind {
	case KindText:
		longest := 0
		for _, text := range v.texts {
			longest = max(longest, len(text))
		}
		return append(slices.Clone(v.texts), strings.Repeat("-", longest+1))
	case KindChoice:
		return d.List
	default:
		for _, n := range v.cuts(0) {
			out = append(out, d.Value(n))
		}
	}
	return out
}

// Answers are the cells that an answer can be in, ascending: a date with Min and Max is asked for within them.
func (v *Variable) Answers() []int {
	return v.where(func(p point) bool { return !v.Moves() || !v.bounded() || p.from[sideDays] >= *v.Field.Min })
}

// Later is, by cell, where time can lead from it, ascending: the day of a date stays, its age grows and the days until it
// shrink. It is nil of a variable that time does not change. The first entry is of no cell.
func (v *Variable) Later() [][]int {
	if !v.Moves() {
		return nil
	}
	out := make([][]int, v.Count+1)
	for i, from := range v.points {
		n := v.cells[i]
		out[n] = append(out[n], v.where(from.becomes)...)
		slices.Sort(out[n])
		out[n] = slices.Compact(out[n])
	}
	return out
}

func (p point) becomes(to point) bool {
	return to.from[0] == p.from[0] && to.from[sideAge] >= p.from[sideAge] && to.from[sideDays] <= p.from[sideDays]
}

// Moves reports whether time changes what tests say of a variable: it is a date, and its age or the days until it count.
func (v *Variable) Moves() bool {
	return v.Field != nil && slices.ContainsFunc(v.tests, func(t *Comparison) bool { return t.side > 0 })
}

// bounded says of a field whether it lies between two days.
func (v *Variable) bounded() bool { return v.Field.Min != nil && v.Field.Max != nil }
