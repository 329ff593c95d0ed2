package machine

import (
	"maps"
	"slices"
	"strings"
)

// Reads is what a location reads on entry: the fields that its actions, prompt and labels name, send, verify or book.
type Reads struct {
	Always []string    // sorted
	Cases  []CaseReads // of say-bys whose cases name different fields
}

// CaseReads is what one answer of a say-by reads, beside the field that it speaks by.
type CaseReads struct {
	Field, Answer string
	Fields        []string // sorted
}

// Reads returns what a location reads. A text that stands in several languages reads what it names in any of them.
func (l *Location) Reads() Reads {
	var out Reads
	texts := []Text{l.Prompt}
	for i := range l.Choices {
		texts = append(texts, l.Choices[i].Label)
	}
	if l.Kind == Verify || l.Kind == Book {
		out.Always = append(out.Always, l.Field)
	}
	for i := range l.Do {
		a := &l.Do[i]
		texts = append(texts, a.Say)
		out.Always = append(out.Always, a.Fields...)
		always, cases := a.sayBy()
		out.Always, out.Cases = append(out.Always, always...), append(out.Cases, cases...)
	}
	out.Always = sortedSet(append(out.Always, named(texts...)...))
	return out
}

// sayBy is what a say-by reads, nothing of another action. Where all its cases name the same fields, which of them is said does not
// matter.
func (a *Action) sayBy() (always []string, cases []CaseReads) {
	if a.By == "" {
		return nil, nil
	}
	always = append(always, a.By)
	answers := slices.Sorted(maps.Keys(a.Cases))
	common := named(a.Cases[answers[0]])
	if !slices.ContainsFunc(answers, func(s string) bool { return !slices.Equal(common, named(a.Cases[s])) }) {
		return append(always, common...), nil
	}
	for _, s := range answers {
		cases = append(cases, CaseReads{Field: a.By, Answer: s, Fields: named(a.Cases[s])})
	}
	return always, cases
}

// named are the fields that texts name, sorted.
func named(texts ...Text) []string {
	var out []string
	for _, t := range texts {
		for _, s := range t {
			for _, p := range Placeholders(s) {
				if p.Problem == "" && !strings.HasPrefix(p.Name, "practice.") {
					out = append(out, p.Name)
				}
			}
		}
	}
	return sortedSet(out)
}

func sortedSet(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// Below are a class and all classes below it: what somebody may hold who may hold that class.
func (p *Policy) Below(class string) map[string]bool {
	direct := make(map[string][]string, len(p.Classes))
	for i := range p.Classes {
		direct[p.Classes[i].Name] = p.Classes[i].Above
	}
	out := map[string]bool{}
	for stack := []string{class}; len(stack) > 0; {
		at := stack[len(stack)-1]
		if stack = stack[:len(stack)-1]; !out[at] {
			out[at] = true
			stack = append(stack, direct[at]...)
		}
	}
	return out
}

// Takes reports whether a text of a topic is an answer here, so that the topic's own way is not gone from here.
func (l *Location) Takes(topic string) bool {
	for i := range l.Choices {
		if l.Choices[i].Topic == topic {
			return true
		}
	}
	for i := range l.Edges {
		if l.Kind == Listen && l.Edges[i].On == topic {
			return true
		}
	}
	return false
}
