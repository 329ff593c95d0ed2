package machine

import (
	"slices"
	"strconv"
	"strings"
)

// GuardStep is one step of a guard in postfix order. A test says whether something holds; a connective takes away what
// the steps before it said and says one thing in its place; what the last step leaves is what the guard says.
type GuardStep struct {
	Op     string   `json:"op"`               // of a test: == != < <= > >= in; a connective: and or not if; a constant: true false
	Of     string   `json:"of,omitempty"`     // of a test: age or days of a date, or heard; empty: the value itself
	Name   string   `json:"name,omitempty"`   // of a test: a field or given name; of heard a topic or trigger
	Values []string `json:"values,omitempty"` // of a test: what is compared with, true or false for a yes-no; for in at least one, else one
}

// The connectives. OpIf takes a condition, what holds if it does, and what holds if it does not.
const (
	OpAnd   = "and"
	OpOr    = "or"
	OpNot   = "not"
	OpIf    = "if"
	OpTrue  = "true"
	OpFalse = "false"
)

// takes is how many results a connective or constant takes away; tests take none and are not in it.
var takes = map[string]int{OpAnd: 2, OpOr: 2, OpNot: 1, OpIf: 3, OpTrue: 0, OpFalse: 0}

// IsTest reports whether the step compares something.
func (s *GuardStep) IsTest() bool { _, other := takes[s.Op]; return !other }

// isGiven reports whether a field of that name would be taken for something given.
func isGiven(name string) bool {
	for given := range Given {
		if first, _, _ := strings.Cut(given, "."); first == name {
			return true
		}
	}
	return false
}

// guards checks that guards are in order and that the code of each, where it is there, says what its source says.
func (v *validator) guards() {
	seen := make([]string, len(v.m.Guards))
	for i := range v.m.Guards {
		g := &v.m.Guards[i]
		seen[i] = g.Source
		v.check(g.Source != "" && len(g.Source) <= MaxText && len(g.Code) <= MaxPerPlace, "guard %d is empty or too long", i)
		v.check(strictlySorted(g.Reads), "the reads of guard %d are repeated or unsorted", i)
		for _, r := range g.Reads {
			v.check(v.fieldOf[r] != nil, "guard %d reads the unknown field %q", i, r)
		}
		if v.err == nil && len(g.Code) > 0 {
			v.code(g)
		}
	}
	v.check(strictlySorted(seen), "guards are repeated or unsorted")
}

// code checks that every step of a guard makes sense, and that its source and what it reads are those of its code.
func (v *validator) code(g *Guard) {
	left := 0
	var reads []string
	for i := range g.Code {
		s := &g.Code[i]
		if s.IsTest() {
			v.test(g, s)
			if v.fieldOf[s.Name] != nil && s.Of != "heard" {
				reads = append(reads, s.Name)
			}
		}
		v.check(left >= takes[s.Op], "the code of the guard `%s` takes what is not there", g.Source)
		left += 1 - takes[s.Op]
	}
	slices.Sort(reads)
	v.check(left == 1, "the code of the guard `%s` leaves %d results", g.Source, left)
	v.check(slices.Equal(slices.Compact(reads), g.Reads), "the guard `%s` does not read %q", g.Source, g.Reads)
	if v.err == nil {
		text := guardSource(g.Code, v.fieldOf)
		v.check(text == g.Source, "the code of the guard `%s` says `%s`", g.Source, text)
	}
}

func (v *validator) test(g *Guard, s *GuardStep) {
	d, known := v.subject(s)
	v.check(known, "the guard `%s` tests the unknown %q", g.Source, s.Name)
	ordered := d.Kind == KindNumber || d.Kind == KindDate || d.Kind == KindTime
	fits := slices.Contains([]string{"==", "!=", "in"}, s.Op) || ordered && slices.Contains([]string{"<", "<=", ">", ">="}, s.Op)
	v.check(fits, "the guard `%s` compares %q by %q", g.Source, s.Name, s.Op)
	v.check(len(s.Values) > 0 && (s.Op == "in" || len(s.Values) == 1), "the guard `%s` compares with %d values", g.Source, len(s.Values))
	for _, value := range s.Values {
		_, ok := d.Number(value)
		if d.Kind == KindYesNo {
			ok = value == OpTrue || value == OpFalse
		}
		v.check(ok || d.Kind == KindText, "the guard `%s` compares %q with %q", g.Source, s.Name, value)
	}
	v.check(s.Of != "heard" || s.Op == "==" && slices.Equal(s.Values, []string{OpTrue}), "the guard `%s` compares whether %q was heard", g.Source, s.Name)
}

// subject is what a test looks at.
func (v *validator) subject(s *GuardStep) (d Domain, known bool) {
	f := v.fieldOf[s.Name]
	switch {
	case s.Of == "heard":
		return newDomain(KindYesNo, nil), v.topicOf[s.Name] != nil || v.triggerOf[s.Name] != nil
	case s.Of == "age" && f != nil && f.ValueKind() == KindDate:
		return f.AgeDomain(), true
	case s.Of == "days" && f != nil && f.ValueKind() == KindDate:
		return f.DaysDomain(), true
	case f != nil && s.Of == "":
		return f.Domain(), true
	}
	d, known = Given[s.Name]
	return d, known && s.Of == ""
}

// How tightly the parts of a guard bind, loosest first.
const (
	bindsIf = iota
	bindsOr
	bindsAnd
	bindsTest
	bindsName
)

// phrase is a part of a guard as text.
type phrase struct {
	text  string
	binds int
}

// within is the text for a place that takes nothing looser.
func (p phrase) within(binds int) string {
	if p.binds < binds {
		return "(" + p.text + ")"
	}
	return p.text
}

// GuardSource writes the code of a guard as people read it: CEL, with no more brackets and blanks than it needs. Code
// that makes no sense has no source.
func (m *Machine) GuardSource(code []GuardStep) string {
	fields := make(map[string]*Field, len(m.Fields))
	for i := range m.Fields {
		fields[m.Fields[i].Name] = &m.Fields[i]
	}
	return guardSource(code, fields)
}

func guardSource(code []GuardStep, fields map[string]*Field) string {
	var stack []phrase
	for i := range code {
		s := &code[i]
		n := len(stack) - takes[s.Op]
		if n < 0 {
			return ""
		}
		below := stack[n:]
		stack = append(stack[:n], s.phrase(below, fields))
	}
	if len(stack) != 1 {
		return ""
	}
	return stack[0].text
}

func (s *GuardStep) phrase(of []phrase, fields map[string]*Field) phrase {
	switch s.Op {
	case OpTrue, OpFalse:
		return phrase{text: s.Op, binds: bindsName}
	case OpNot:
		return phrase{text: "!" + of[0].within(bindsName), binds: bindsTest}
	case OpAnd:
		return phrase{text: of[0].within(bindsAnd) + " && " + of[1].within(bindsAnd), binds: bindsAnd}
	case OpOr:
		return phrase{text: of[0].within(bindsOr) + " || " + of[1].within(bindsOr), binds: bindsOr}
	case OpIf:
		return phrase{text: of[0].within(bindsOr) + " ? " + of[1].within(bindsOr) + " : " + of[2].within(bindsIf), binds: bindsIf}
	}
	kind := Given[s.Name].Kind
	if f := fields[s.Name]; f != nil {
		kind = f.ValueKind()
	}
	return s.comparison(s.Of != "" || kind == KindYesNo || kind == KindNumber)
}

// comparison writes a test; plain values stand without quotes.
func (s *GuardStep) comparison(plain bool) phrase {
	subject := s.Name
	switch s.Of {
	case "heard":
		return phrase{text: "heard(" + strconv.Quote(s.Name) + ")", binds: bindsName}
	case "age", "days":
		subject = s.Of + "(" + s.Name + ")"
	}
	if plain && s.Op == "==" && slices.Equal(s.Values, []string{OpTrue}) {
		return phrase{text: subject, binds: bindsName}
	}
	values := slices.Clone(s.Values)
	for i := range values {
		if !plain {
			values[i] = strconv.Quote(values[i])
		}
	}
	text := strings.Join(values, ", ")
	if s.Op == "in" {
		text = "[" + text + "]"
	}
	return phrase{text: subject + " " + s.Op + " " + text, binds: bindsTest}
}
