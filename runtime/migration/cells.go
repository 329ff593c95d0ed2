package migration

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// The variables of a certificate that are no fields, whose value a migration knows.
const (
	ofAttempts = "attempts"
	ofVerified = "verified"
	ofNow      = "now"
	ofLanguage = "language"
	ofChannel  = "channel"
)

// absent is the cell of a field that has no value.
const absent = 0

// test compares a value, as a guard or a say-by does.
type test struct {
	op     string
	values []string
}

// variable is a variable of a certificate with what is needed to find the cell of a value.
type variable struct {
	name   string
	field  *machine.Field // nil: it is none
	domain machine.Domain
	tests  []test
	timed  bool // a date on whose age, or on the days until it, something depends
	cells  map[string]int
	count  int
}

// side is one version of the flow with its proof.
type side struct {
	m         *machine.Machine
	c         *machine.Certificate
	hash      string
	fields    map[string]int // by name
	locations map[string]int // by id
	vars      []variable
}

func newSide(a *machine.Artifact) (*side, error) {
	hash, err := a.Machine.Hash()
	if err != nil {
		return nil, err
	}
	s := &side{m: a.Machine, c: a.Certificate, hash: hash, fields: map[string]int{}, locations: map[string]int{}}
	for i := range s.m.Fields {
		s.fields[s.m.Fields[i].Name] = i
	}
	for i := range s.m.Locations {
		s.locations[s.m.Locations[i].ID] = i
	}
	tests, timed := s.tests()
	for i := range s.c.Variables {
		v := variable{name: s.c.Variables[i].Name, count: len(s.c.Variables[i].Cells), cells: map[string]int{}}
		if i < len(s.m.Fields) {
			v.field = &s.m.Fields[i]
			v.domain = v.field.Domain()
		} else {
			v.domain = s.m.GivenDomain(v.name)
		}
		v.tests, v.timed = tests[v.name], timed[v.name]
		for n := range s.c.Variables[i].Cells {
			c := &s.c.Variables[i].Cells[n]
			v.cells[v.signature(c.Value, c.Other)] = n + 1
		}
		s.vars = append(s.vars, v)
	}
	return s, nil
}

// tests are what guards and say-bys compare, by variable, and the dates that time changes.
func (s *side) tests() (tests map[string][]test, timed map[string]bool) {
	tests, timed = map[string][]test{}, map[string]bool{}
	for i := range s.m.Guards {
		for _, step := range s.m.Guards[i].Code {
			switch {
			case !step.IsTest():
			case step.Of == "heard":
				tests["heard:"+step.Name] = append(tests["heard:"+step.Name], test{step.Op, step.Values})
			case step.Of != "":
				timed[step.Name] = true
			default:
				tests[step.Name] = append(tests[step.Name], test{step.Op, step.Values})
			}
		}
	}
	for i := range s.m.Locations {
		for _, c := range s.m.Locations[i].Reads().Cases {
			tests[c.Field] = append(tests[c.Field], test{"==", []string{c.Answer}})
		}
	}
	return tests, timed
}

// comparisons say for what is smaller, equal and larger whether a test holds.
var comparisons = map[string][3]bool{
	"==": {1: true}, "!=": {0: true, 2: true}, "<": {0: true}, "<=": {0: true, 1: true}, ">": {2: true}, ">=": {1: true, 2: true},
}

// holds reports whether a test holds for a value; other is one that nothing is compared with.
func (v *variable) holds(t *test, value string, other bool) bool {
	if v.domain.Kind == machine.KindText {
		same := !other && slices.Contains(t.values, value)
		return same != (t.op == "!=")
	}
	n := v.domain.Hi
	if !other {
		n, _ = v.domain.Number(value)
	}
	if t.op == "in" {
		return slices.ContainsFunc(t.values, func(s string) bool { m, _ := v.domain.Number(s); return m == n })
	}
	m, _ := v.domain.Number(t.values[0])
	return comparisons[t.op][1+cmp.Compare(n, m)]
}

// signature says which tests hold for a value. Two values with one signature are in one cell.
func (v *variable) signature(value string, other bool) string {
	out := make([]byte, len(v.tests))
	for i := range v.tests {
		if v.holds(&v.tests[i], value, other) {
			out[i] = 1
		}
	}
	return string(out)
}

// cell is the cell of a value; all cells where that depends on the day.
func (v *variable) cell(value string, other bool) []int {
	if v.timed {
		return v.all()
	}
	if n, ok := v.cells[v.signature(value, other)]; ok {
		return []int{n}
	}
	return nil
}

func (v *variable) all() []int {
	out := make([]int, v.count)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// point is one value, or one that stands for all that nothing is compared with.
type point struct {
	value string
	other bool
}

// points are values of old enough: for every value of old there is one that all tests of old and new see alike. Dates whose
// age counts are not asked for.
func points(old, new *variable) []point {
	var out []point
	switch d := &old.domain; d.Kind {
	case machine.KindYesNo:
		return []point{{value: "no"}, {value: "yes"}}
	case machine.KindChoice:
		for _, s := range d.List {
			out = append(out, point{value: s})
		}
		return out
	case machine.KindText:
		out = append(out, point{other: true})
		for _, t := range slices.Concat(old.tests, new.tests) {
			for _, s := range t.values {
				out = append(out, point{value: s})
			}
		}
		return out
	}
	for _, n := range cuts(old, new) {
		if s, ok := written(old.domain.Kind, n); ok {
			out = append(out, point{value: s})
		}
	}
	return out
}

// cuts are the smallest number and those at which a test can change: each constant, and the next.
func cuts(old, new *variable) []int64 {
	lo, hi := old.domain.Lo, old.domain.Hi
	out := []int64{lo}
	for _, t := range slices.Concat(old.tests, new.tests) {
		for _, s := range t.values {
			n, _ := old.domain.Number(s)
			for _, cut := range []int64{n, n + 1} {
				if lo <= cut && cut <= hi {
					out = append(out, cut)
				}
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// written is a number of a domain as values are written.
func written(kind string, n int64) (string, bool) {
	switch kind {
	case machine.KindNumber:
		return strconv.FormatInt(n, 10), true
	case machine.KindTime:
		return fmt.Sprintf("%02d:%02d", n/60, n%60), true
	case machine.KindDate:
		return time.Unix(n*24*60*60, 0).UTC().Format(time.DateOnly), true
	}
	return "", false
}
