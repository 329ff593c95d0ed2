package heldtest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// certain are the types with a check digit, a shape of their own or a word before them that names them; the others
// are told by their surroundings.
var (
	certain  = []string{"phone", "email", "ssn", "itin", "mbi", "npi", "dea", "card", "aba", "vin", "ip", "mac", "url", "mrn", "dob"}
	contexts = []string{"name", "date", "age", "zip", "address", "member-id", "account", "license", "passport", "plate", "device-id", "handle", "health"}
	phiTypes = slices.Concat(certain, contexts)
)

func groupOf(phiType string) string {
	if slices.Contains(certain, phiType) {
		return "group checksummed and cued"
	}
	if phiType == "health" || phiType == "name" {
		return "group " + phiType
	}
	return "group told by surroundings"
}

// asked are the types that a flow may ask for; the answer is then nothing to report.
var asked = []string{"name", "phone", "email", "dob", "date", "age", "zip", "address", "member-id"}

func overlap(f text.PHI, s markedSpan) bool { return f.Span.Start < s.End && s.Start < f.Span.End }

func measurePHI(t *testing.T, b *strings.Builder) []target {
	found, covered, exact, who, precise := sliced{}, sliced{}, sliced{}, sliced{}, sliced{}
	seen, alarms, answers := sliced{}, sliced{}, sliced{}
	for _, m := range markedMessages(t) {
		in := slicesOf(t, m.Lang, m.Style, m.Text)
		got := text.DetectPHI(text.Normalise(m.Text), "")
		if len(m.Spans) > 0 {
			seen.add(len(got) > 0, in...)
		}
		if len(got) > 0 {
			alarms.add(len(m.Spans) > 0, in...)
		}
		for _, s := range m.Spans {
			at := append(slices.Clone(in), "type "+s.Type, groupOf(s.Type))
			over := slices.DeleteFunc(slices.Clone(got), func(f text.PHI) bool { return !overlap(f, s) })
			same := slices.DeleteFunc(slices.Clone(over), func(f text.PHI) bool { return f.Type != s.Type })
			found.add(len(same) > 0, at...)
			covered.add(len(over) > 0, at...)
			if len(same) == 0 {
				continue
			}
			if slices.Contains(asked, s.Type) {
				still := text.DetectPHI(text.Normalise(m.Text), s.Type)
				answers.add(!slices.ContainsFunc(still, func(f text.PHI) bool { return f.Type == s.Type && overlap(f, s) }), at...)
			}
			exact.add(same[0].Span == text.Span{Start: s.Start, End: s.End}, at...)
			if s.Who != "" {
				who.add(same[0].About == s.Who, at...)
			}
		}
		for _, f := range got {
			ok := slices.ContainsFunc(m.Spans, func(s markedSpan) bool { return f.Type == s.Type && overlap(f, s) })
			precise.add(ok, append(slices.Clone(in), "type "+f.Type, groupOf(f.Type))...)
		}
	}
	b.WriteString("## Patient data\n\nFound: a finding of the same type overlaps what is marked. Covered: a finding of any type does. Exact: of those found, to the byte. Precision: of the findings, those that overlap a mark of their type.\n\n")
	columns := []column{{"found", found}, {"covered", covered}, {"exact", exact}, {"precision", precise}}
	for _, kind := range []string{"all", "group", "lang", "type", "style", "wording"} {
		table(b, kind, columns...)
	}
	b.WriteString("Of what was found, left alone where the flow asked for it:\n\n")
	table(b, "type", column{"left alone", answers})
	b.WriteString("Whether a message holds any, and whose health is told:\n\n")
	for _, kind := range []string{"all", "lang", "style"} {
		table(b, kind, column{"messages with data seen", seen}, column{"messages reported that hold data", alarms}, column{"self or other right", who})
	}
	return []target{
		{"checksummed and cued types found", found["group checksummed and cued"], 0.99, false},
		{"checksummed and cued types, precision", precise["group checksummed and cued"], 0.98, false},
		{"types told by surroundings found", found["group told by surroundings"], 0.92, false},
		{"types told by surroundings, precision", precise["group told by surroundings"], 0.85, false},
		{"names found", found["group name"], 0.90, false},
		{"names, precision", precise["group name"], 0.90, false},
		{"health statements found", found["group health"], 0.90, false},
		{"health statements, precision", precise["group health"], 0.85, false},
		{"messages with any patient data seen", seen["all all"], 0.97, false},
		{"messages reported that hold any", alarms["all all"], 0.90, false},
	}
}
