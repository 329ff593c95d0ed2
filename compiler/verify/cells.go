package verify

import (
	"math"
	"slices"
	"strconv"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// variable is a field, or something the world decides, with its cells. lang/machine's Cells says what they are.
type variable struct {
	name    string
	field   *machine.Field // nil: of the world
	base    int            // the number of the first cell: 1 for fields, because 0 is "no value"
	cells   []cell
	order   []int      // of each cell, its number in a certificate: by the first value in it
	moments []moment   // now: of each cell
	answers int        // the highest cell that an answer can lie in; time alone leads to those above
	drift   [][]uint16 // dates with age or days: where time leads from each cell, itself included; else nil
	trigger *machine.Trigger
	tier    string // heard of a trigger: the more urgent of its own tier and its escalation's
	tests   []*expr
}

func (v *variable) size() int { return len(v.cells) }

// last is the highest cell number.
func (v *variable) last() int { return v.base + len(v.cells) - 1 }

// cell is named by one of its values: the option; "yes" or "no"; an integer; a date 2006-01-02; a time 15:04; a text (or nothing
// at all: Other); for now a weekday or the date of a holiday and a time, "monday 09:00" or "2026-12-25 09:00".
type cell struct {
	Value string
	Other bool   // any text, or any day, that no guard compares with
	Age   *int64 // dates on whose age() a guard depends
	Days  *int64 // dates on whose days() a guard depends
}

// candidate is a value that stands for all of its cell, and how tests see it.
type candidate struct {
	cell  cell
	key   string // tells candidates apart beyond tests
	at    moment
	plain value
	age   span
	days  span
	lit   int  // where it stands among days, times and texts
	over  bool // a date that no answer is: time has passed since
}

// span is a stretch of integers that no test tells apart.
type span struct{ lo, hi int64 }

// makeVariables finds the variables, splits each into cells and fills the truth tables of all guards.
func (p *model) makeVariables(trees []guard.Node) {
	for i := range p.m.Fields {
		p.vars = append(p.vars, variable{name: p.m.Fields[i].Name, field: &p.m.Fields[i], base: 1})
	}
	world := map[string][]*expr{}
	for _, n := range trees {
		p.guards = append(p.guards, p.build(n, func(e *expr) {
			name := worldName(e.test.Subject)
			if f, ok := p.field[name]; ok && e.test.Subject.Func != "heard" {
				e.v = f
				p.vars[f].tests = append(p.vars[f].tests, e)
				return
			}
			world[name] = append(world[name], e)
		}))
	}
	uncovered := p.uncoveredTeams()
	if len(uncovered) > 0 && world[nowName] == nil {
		world[nowName] = []*expr{}
	}
	for _, name := range sortedKeys(world) {
		n := len(p.vars)
		p.vars = append(p.vars, variable{name: name, tests: world[name]})
		for _, e := range world[name] {
			e.v = n
		}
		if name == nowName {
			p.now = n
		}
	}
	told := p.toldApart()
	for i := range p.vars {
		v := &p.vars[i]
		all := p.candidates(v, told[i], uncovered)
		if len(all) > maxCandidates {
			p.tooFine, all = true, all[:maxCandidates]
		}
		v.split(all)
	}
}

// maxCandidates bounds the values of one variable that guards tell apart; far more than any author writes.
const maxCandidates = 5000

const nowName = "now"

// worldName is the variable that a test looks at.
func worldName(s guard.Subject) string {
	switch {
	case s.Func == "heard":
		return "heard:" + s.Name
	case s.Func == "" && (s.Name == "practice.open" || s.Name == "now.hour" || s.Name == "now.weekday"):
		return nowName
	}
	return s.Name
}

// uncoveredTeams are the teams of handoffs where at some moment nobody is there.
func (p *model) uncoveredTeams() []int {
	var out []int
	for i := range p.m.Locations {
		if l := &p.m.Locations[i]; l.Kind == machine.Handoff {
			out = append(out, p.weeks.team(l.Team))
		}
	}
	return slices.DeleteFunc(sortedSet(out), p.weeks.always)
}

// toldApart marks the fields whose every answer matters because a say-by reads different fields by it.
func (p *model) toldApart() []bool {
	out := make([]bool, len(p.vars))
	for i := range p.m.Locations {
		l := location{Location: &p.m.Locations[i]}
		for j := range l.Do {
			if l.Do[j].By != "" {
				p.collectSayBy(&l, &l.Do[j])
			}
		}
		for _, f := range l.tells {
			out[f] = true
		}
	}
	return out
}

// split sorts candidates into cells: those that no test tells apart share one. It fills the tests' tables.
func (v *variable) split(all []candidate) {
	byKey := map[string]int{}
	var first []candidate
	cellOf := make([]int, len(all))
	row := make([]byte, len(v.tests))
	for i, c := range all {
		for t, e := range v.tests {
			row[t] = '0'
			if e.holdsFor(&c) {
				row[t] = '1'
			}
		}
		key := string(row) + c.key
		n, ok := byKey[key]
		if !ok {
			n = len(first)
			byKey[key] = n
			first = append(first, c)
		}
		cellOf[i] = n
	}
	for n, c := range first {
		v.cells = append(v.cells, c.cell)
		v.moments = append(v.moments, c.at)
		if !c.over {
			v.answers = v.base + n
		}
	}
	v.order = number(all, cellOf, len(first))
	for _, e := range v.tests {
		e.truth = make([]bool, v.base+len(first))
		for n := range first {
			e.truth[v.base+n] = e.holdsFor(&first[n])
		}
	}
	v.makeDrift(all, cellOf)
}

// number puts cells in the order of the first value in each, and returns the number of each, from 1.
func number(all []candidate, cellOf []int, cells int) []int {
	first := make([][]int64, cells)
	for i, c := range all {
		if n := cellOf[i]; first[n] == nil || slices.Compare(c.order(), first[n]) < 0 {
			first[n] = c.order()
		}
	}
	by := make([]int, cells)
	for n := range by {
		by[n] = n
	}
	slices.SortStableFunc(by, func(a, b int) int { return slices.Compare(first[a], first[b]) })
	out := make([]int, cells)
	for n, cell := range by {
		out[cell] = n + 1
	}
	return out
}

// order is where a value stands among the others of a yes-no or a date. The others are in order already.
func (c *candidate) order() []int64 { return []int64{int64(c.lit), c.age.lo, c.days.lo} }

// holdsFor decides a test for a candidate.
func (e *expr) holdsFor(c *candidate) bool {
	switch s := e.test.Subject; {
	case s.Func == "age":
		return holds(e.test, value{n: c.age.lo})
	case s.Func == "days":
		return holds(e.test, value{n: c.days.lo})
	case s.Func == "heard":
		return holds(e.test, c.plain)
	case s.Name == "practice.open":
		return holds(e.test, value{b: c.plain.b})
	case s.Name == "now.hour":
		return holds(e.test, value{n: int64(c.at.minute / 60)})
	case s.Name == "now.weekday":
		return holds(e.test, value{s: weekdayNames[c.at.weekday]})
	}
	return holds(e.test, c.plain)
}

// makeDrift says where time leads: the literal day stays, the age grows, the days until it shrink.
func (v *variable) makeDrift(all []candidate, cellOf []int) {
	if !slices.ContainsFunc(v.tests, func(e *expr) bool { f := e.test.Subject.Func; return f == "age" || f == "days" }) {
		return
	}
	v.drift = make([][]uint16, v.base+len(v.cells))
	for i, from := range all {
		n := v.base + cellOf[i]
		for j, to := range all {
			if to.lit == from.lit && to.age.lo >= from.age.lo && to.days.lo <= from.days.lo {
				v.drift[n] = append(v.drift[n], uint16(v.base+cellOf[j]))
			}
		}
	}
	for n := range v.drift {
		slices.Sort(v.drift[n])
		v.drift[n] = slices.Compact(v.drift[n])
	}
}

// candidates are values enough to have one of every cell, in order.
func (p *model) candidates(v *variable, apart bool, uncovered []int) []candidate {
	if v.field == nil {
		return p.worldCandidates(v, uncovered)
	}
	switch kindOf(v.field.Type) {
	case guard.Choice:
		return optionCandidates(v.field, apart)
	case guard.Bool:
		return yesNo(apart)
	case guard.Int:
		return numberCandidates(v)
	case guard.Date:
		return dateCandidates(v)
	case guard.Time:
		return literalCandidates(v, neighbourMinutes)
	}
	return literalCandidates(v, nil)
}

func (p *model) worldCandidates(v *variable, uncovered []int) []candidate {
	var out []candidate
	one := func(s string, b bool) {
		out = append(out, candidate{cell: cell{Value: s}, plain: value{s: s, b: b}})
	}
	switch v.name {
	case nowName:
		for _, at := range p.weeks.all {
			there := make([]byte, len(uncovered))
			for i, team := range uncovered {
				there[i] = '0'
				if p.weeks.staffed(team, at) {
					there[i] = '1'
				}
			}
			out = append(out, candidate{cell: cell{Value: p.weeks.name(at)}, key: string(there), at: at, plain: value{b: p.weeks.open(at)}})
		}
	case "language":
		for _, l := range p.m.Flow.Languages {
			one(l, false)
		}
	case "channel":
		for _, c := range p.m.Flow.Channels {
			one(c, false)
		}
	default:
		one("no", false)
		one("yes", true)
		p.enterTrigger(v)
	}
	return out
}

// enterTrigger finds the trigger that a variable heard:NAME is about, and how urgent it is.
func (p *model) enterTrigger(v *variable) {
	for i := range p.m.Triggers {
		t := &p.m.Triggers[i]
		if "heard:"+t.Name != v.name {
			continue
		}
		v.trigger, v.tier = t, t.Tier
		for _, e := range p.m.Escalations {
			if e.Tier == machine.Emergency && slices.Contains(e.On, t.Name) {
				v.tier = machine.Emergency
			}
		}
	}
}

func optionCandidates(f *machine.Field, apart bool) []candidate {
	var out []candidate
	for _, o := range f.Options {
		c := candidate{cell: cell{Value: o.Value}, plain: value{s: o.Value}}
		if apart {
			c.key = " " + o.Value
		}
		out = append(out, c)
	}
	return out
}

func yesNo(apart bool) []candidate {
	out := []candidate{{cell: cell{Value: "yes"}, plain: value{b: true}, lit: 1}, {cell: cell{Value: "no"}}}
	if apart {
		out[0].key, out[1].key = "yes", "no"
	}
	return out
}

// The range of a number without bounds: what fits a double exactly.
const maxNumber = machine.MaxNumber

func numberCandidates(v *variable) []candidate {
	lo, hi := int64(-maxNumber), int64(maxNumber)
	if v.field.Min != nil {
		lo = *v.field.Min
	}
	if v.field.Max != nil {
		hi = *v.field.Max
	}
	var out []candidate
	for _, s := range spans(v.tests, "", lo, hi) {
		n := s.lo
		if n == -maxNumber {
			n = min(s.hi, 0)
		}
		out = append(out, candidate{cell: cell{Value: strconv.FormatInt(n, 10)}, plain: value{n: n}})
	}
	if len(v.tests) == 0 {
		out[0].cell = cell{Other: true}
	}
	return out
}

// spans cuts lo..hi where tests of the function change.
func spans(tests []*expr, function string, lo, hi int64) []span {
	cuts := []int64{lo}
	for _, e := range tests {
		if e.test.Subject.Func != function {
			continue
		}
		for _, c := range e.test.Values {
			for _, at := range [2]int64{c.Int, saturatedNext(c.Int)} {
				if at > lo && at <= hi {
					cuts = append(cuts, at)
				}
			}
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	out := make([]span, len(cuts))
	for i, c := range cuts {
		out[i] = span{lo: c, hi: hi}
		if i > 0 {
			out[i-1].hi = c - 1
		}
	}
	return out
}

func saturatedNext(n int64) int64 {
	if n == math.MaxInt64 {
		return n
	}
	return n + 1
}

// literalCandidates are the literals that tests compare with, what near finds beside them, and anything else.
func literalCandidates(v *variable, near func(string) []string) []candidate {
	var values []string
	for _, e := range v.tests {
		if e.test.Subject.Func != "" {
			continue
		}
		for _, c := range e.test.Values {
			values = append(values, c.Text)
			if near != nil {
				values = append(values, near(c.Text)...)
			}
		}
	}
	slices.Sort(values)
	values = slices.Compact(values)
	out := make([]candidate, 0, len(values)+1)
	for i, s := range values {
		out = append(out, candidate{cell: cell{Value: s}, plain: value{s: s}, lit: i})
	}
	if near == nil || len(out) == 0 {
		out = append(out, candidate{cell: cell{Other: true}, plain: value{s: other(values)}, lit: len(out)})
	}
	return out
}

// other is a text that is none of the values.
func other(values []string) string {
	s := "-"
	for slices.Contains(values, s) {
		s += "-"
	}
	return s
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
