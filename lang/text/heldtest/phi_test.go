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

// phiFigures is what is counted over the marked messages.
type phiFigures struct {
	found, covered, exact, precise sliced // of spans and findings
	answers, who                   sliced // of spans that were found
	seen, rightly                  sliced // of messages
}

func (f *phiFigures) message(m marked, in []string) {
	got := text.DetectPHI(text.Normalise(m.Text), "")
	if len(m.Spans) > 0 {
		f.seen.add(len(got) > 0, in...)
	}
	if len(got) > 0 {
		f.rightly.add(len(m.Spans) > 0, in...)
	}
	for _, s := range m.Spans {
		f.span(m, s, got, append(slices.Clone(in), "type "+s.Type, groupOf(s.Type)))
	}
	for _, g := range got {
		ok := slices.ContainsFunc(m.Spans, func(s markedSpan) bool { return g.Type == s.Type && overlap(g, s) })
		f.precise.add(ok, append(slices.Clone(in), "type "+g.Type, groupOf(g.Type))...)
	}
}

func (f *phiFigures) span(m marked, s markedSpan, got []text.PHI, in []string) {
	same := func(g text.PHI) bool { return g.Type == s.Type && overlap(g, s) }
	f.covered.add(slices.ContainsFunc(got, func(g text.PHI) bool { return overlap(g, s) }), in...)
	i := slices.IndexFunc(got, same)
	f.found.add(i >= 0, in...)
	if i < 0 {
		return
	}
	f.exact.add(got[i].Span == text.Span{Start: s.Start, End: s.End}, in...)
	if s.Who != "" {
		f.who.add(got[i].About == s.Who, in...)
	}
	if slices.Contains(asked, s.Type) {
		still := text.DetectPHI(text.Normalise(m.Text), s.Type)
		f.answers.add(!slices.ContainsFunc(still, same), in...)
	}
}

func measurePHI(t *testing.T, b *strings.Builder) []target {
	f := phiFigures{sliced{}, sliced{}, sliced{}, sliced{}, sliced{}, sliced{}, sliced{}, sliced{}}
	for _, m := range markedMessages(t) {
		f.message(m, slicesOf(t, m.Lang, m.Style, m.Text))
	}
	b.WriteString("## Patient data\n\nFound: a finding of the same type overlaps what is marked. Covered: a finding of any type does. Exact: of those found, to the byte. Precision: of the findings, those that overlap a mark of their type.\n\n")
	for _, kind := range []string{"all", "group", "lang", "type", "style", "wording"} {
		table(b, kind, column{"found", f.found}, column{"covered", f.covered}, column{"exact", f.exact}, column{"precision", f.precise})
	}
	b.WriteString("Of what was found, left alone where the flow asked for it:\n\n")
	table(b, "type", column{"left alone", f.answers})
	b.WriteString("Whether a message holds any, and whose health is told:\n\n")
	for _, kind := range []string{"all", "lang", "style"} {
		table(b, kind, column{"messages with data seen", f.seen}, column{"messages reported that hold data", f.rightly}, column{"self or other right", f.who})
	}
	writersSideBySide(t, b, f)
	return []target{
		{"checksummed and cued types found", f.found["group checksummed and cued"], 0.99, false},
		{"checksummed and cued types, precision", f.precise["group checksummed and cued"], 0.98, false},
		{"types told by surroundings found", f.found["group told by surroundings"], 0.92, false},
		{"types told by surroundings, precision", f.precise["group told by surroundings"], 0.85, false},
		{"names found", f.found["group name"], 0.90, false},
		{"names, precision", f.precise["group name"], 0.90, false},
		{"health statements found", f.found["group health"], 0.90, false},
		{"health statements, precision", f.precise["group health"], 0.85, false},
		{"messages with any patient data seen", f.seen["all all"], 0.97, false},
		{"messages reported that hold any", f.rightly["all all"], 0.90, false},
	}
}
