// Package document writes what a machine is as the written policy that an auditor asks for: purpose and scope,
// exclusions, every field with its class, use, recipients and retention, who takes over when, agreements, notices,
// every sentence the assistant can say, roles, what happens in an incident, the review schedule, what is proven, and
// the hashes of everything it was made from.
//
// It sees the machine alone, so that what stands in the document is what is served. The same machine gives the same
// bytes: a document holds no date but those of the machine and the day it is judged on.
package document

import (
	"github.com/tacet-lang/tacet/lang/machine"
)

// Marker is the first line of a Markdown document and the second of an HTML one, after the document type, so that
// generated files can be told from others in a folder.
const Marker = "<!-- written by tacet document; changes here are lost -->"

// Options say what else a document tells.
type Options struct {
	AsOf   string           // 2026-09-15, the day that agreements and reviews are judged on; "" judges none
	Proofs map[string]Proof // by Flow.ID; a flow without one has its guarantees named as not decided here
}

// Proof is what a verifier decided about a machine.
type Proof struct {
	Certificate string // SHA-256 of the certificate, in hex; "" when there is none
	Verdicts    []Verdict
}

// Verdict is the result for one guarantee.
type Verdict struct {
	Guarantee string // "G1"
	Status    string // holds, violated, not proven, vacuous
	Detail    string
}

// Document is one written policy. Name is its file's name without ending.
type Document struct {
	Name     string
	Title    string
	Lead     string // one sentence under the title
	Sections []Section
}

// Section is a titled part. ID is unique in its document.
type Section struct {
	ID     string
	Title  string
	Blocks []block
}

// block is a part of a section: paragraph, table, heading or quotation.
type block interface{ block() }

type (
	paragraph struct{ Text line }
	table     struct {
		Caption string
		Head    []string
		Rows    [][]cell
	}
	heading   struct{ Text line }
	quotation struct {
		Lang string
		Text string
	}
)

func (paragraph) block() {}
func (table) block()     {}
func (heading) block()   {}
func (quotation) block() {}

// line is running text; cell is what stands in one field of a table, line under line.
type (
	line []run
	cell []line
)

// run is a stretch of a line in one voice. Lang is set where it is not the document's own language.
type run struct {
	Text string
	Code bool
	Lang string
}

func plain(s string) line { return line{{Text: s}} }
func code(s string) line  { return line{{Text: s, Code: true}} }

// one is a cell of a single line; nothing is an em dash, so that no field of a table is empty.
func one(s string) cell {
	if s == "" {
		s = "—"
	}
	return cell{plain(s)}
}

// mono is a cell of one name or hash.
func mono(s string) cell {
	if s == "" {
		return one("")
	}
	return cell{code(s)}
}

// lines is a cell of several lines.
func lines(in []string) cell {
	if len(in) == 0 {
		return one("")
	}
	var out cell
	for _, s := range in {
		out = append(out, plain(s))
	}
	return out
}

// join puts lines together on one.
func join(parts ...line) line {
	var out line
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// listed joins names as a sentence does, in code; none when there is nothing.
func listed(names []string) line {
	if len(names) == 0 {
		return plain("none")
	}
	var out line
	for i, n := range names {
		if i > 0 {
			out = append(out, run{Text: ", "})
		}
		out = append(out, run{Text: n, Code: true})
	}
	return out
}

// Flow is the written policy of one flow.
func Flow(m *machine.Machine, o Options) *Document {
	w := writer{o: o}
	return &Document{
		Name:  m.Flow.ID,
		Title: m.Flow.Name + ": written policy",
		Lead:  "What the assistant of " + m.Practice.Name + " may do in this conversation, and what it must leave to people.",
		Sections: []Section{
			{"purpose", "Purpose and scope", w.purpose(m)},
			{"exclusions", "Exclusions", w.exclusions(m)},
			{"data", "Data inventory", w.data(m)},
			{"vendors", "Vendors and agreements", w.vendors([]*machine.Machine{m})},
			{"escalations", "Escalation matrix", w.escalations(m)},
			{"notices", "Notices in force", w.notices(m)},
			{"wording", "Everything the assistant can say", w.wording(m)},
			{"session", "Session and retention", w.session(m)},
			{"roles", "Roles", w.roles([]*machine.Machine{m})},
			{"incidents", "Incident protocol", w.incidents([]*machine.Machine{m})},
			{"review", "Review schedule", w.review([]*machine.Machine{m})},
			{"guarantees", "Guarantees", w.guarantees([]*machine.Machine{m})},
			{"sources", "Sources", w.sources([]*machine.Machine{m})},
		},
	}
}

// Practice is the written policies of a practice as a whole: five documents, over all of its flows. There is none
// without a flow.
func Practice(ms []*machine.Machine, o Options) []*Document {
	if len(ms) == 0 {
		return nil
	}
	w := writer{o: o}
	name := ms[0].Practice.Name
	made := Section{"sources", "Sources", w.sources(ms)}
	each := func(part func(*machine.Machine) []block) []block { return forEach(ms, part) }
	return []*Document{
		{"policy-1-use", "Use of the assistant: " + name, "What the assistant is for, what it may talk about, and what is excluded.", []Section{
			{"purpose", "Purpose and scope", each(w.purpose)}, {"exclusions", "Exclusions", each(w.exclusions)},
			{"guarantees", "Guarantees", w.guarantees(ms)}, made,
		}},
		{"policy-2-privacy", "Privacy, data and retention: " + name, "What the assistant may collect, for what, who receives it and how long it is kept.", []Section{
			{"data", "Data inventory", each(w.data)}, {"notices", "Notices in force", each(w.notices)},
			{"session", "Session and retention", each(w.session)}, made,
		}},
		{"policy-3-escalation", "Escalation and emergencies: " + name, "When a person takes over, who it is, and what the patient is told.", []Section{
			{"escalations", "Escalation matrix", each(w.escalations)}, {"teams", "Teams", w.teams(&ms[0].Practice)}, made,
		}},
		{"policy-4-vendors", "Vendors and agreements: " + name, "Who receives patient data from the assistant, and under which agreement.", []Section{
			{"vendors", "Vendors and agreements", w.vendors(ms)}, made,
		}},
		{"policy-5-incidents", "Incidents, roles and review: " + name, "Who answers for the assistant, what happens when something goes wrong, and when it is looked at again.", []Section{
			{"roles", "Roles", w.roles(ms)}, {"incidents", "Incident protocol", w.incidents(ms)}, {"review", "Review schedule", w.review(ms)}, made,
		}},
	}
}

// forEach writes a part for every flow, under the flow's name where there are several.
func forEach(ms []*machine.Machine, part func(*machine.Machine) []block) []block {
	var out []block
	for _, m := range ms {
		if len(ms) > 1 {
			out = append(out, heading{plain(m.Flow.Name)})
		}
		out = append(out, part(m)...)
	}
	return out
}

// writer writes the parts.
type writer struct{ o Options }
