package document

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// incidents is the protocol: what counts as an incident here, who is told, and the clocks that the Breach Notification
// Rule starts (45 CFR 164.400 to 164.414).
func (w writer) incidents(ms []*machine.Machine) []block {
	p := &ms[0].Practice
	steps := [][]cell{
		{one("A patient writes medical or identifying details that nobody asked for"),
			one("They are masked for everybody below a clinician, the conversation is flagged for review, and the patient is asked gently to leave them out.")},
		{one("A sign of danger is written"),
			{join(plain("The patient is told to call 911 or 988, "), teamRun(p, machine.Emergency), plain(" is alerted, and the assistant falls silent for good."))}},
		{one("A concern after a procedure is written"),
			{join(plain("The conversation goes to "), teamRun(p, machine.Urgent), plain("; the assistant falls silent."))}},
		{one("Somebody who should not have seen patient data may have seen it"),
			{join(plain("The reviewer of the flow is told ("), plain(strings.Join(reviewers(ms), ", ")),
				plain("). It is presumed a breach unless a written risk assessment of the four factors shows a low probability (45 CFR 164.402)."))}},
	}
	for i := range p.Vendors {
		v := &p.Vendors[i]
		steps = append(steps, []cell{one(v.Legal + " reports an incident"),
			{join(plain("Sending to "), code(v.Name), plain(" is stopped by taking its agreement out of the practice's facts; the same clocks run from the day it was discovered (45 CFR 164.410)."))}})
	}
	return []block{
		table{Caption: "What counts, and what happens", Head: []string{"When", "Then"}, Rows: steps},
		table{Caption: "Clocks, from the day of discovery", Head: []string{"Who is told", "At the latest", "Rule"}, Rows: [][]cell{
			{one("The people concerned"), one("without unreasonable delay, within 60 days"), one("45 CFR 164.404")},
			{one("The media, over 500 residents of one state"), one("within 60 days"), one("45 CFR 164.406")},
			{one("HHS, 500 people or more"), one("together with the people concerned"), one("45 CFR 164.408(b)")},
			{one("HHS, fewer than 500 people"), one("within 60 days after the end of the year"), one("45 CFR 164.408(c)")},
			{one("The practice, by a vendor"), one("within 60 days, or sooner as its agreement says"), one("45 CFR 164.410")},
		}},
		paragraph{plain("What is kept of an incident: what happened and when, which people and which classes of data, who received or viewed it, what was done, the risk assessment and the decision, for six years (45 CFR 164.414, 164.530(j)).")},
	}
}

func teamRun(p *machine.Practice, tier string) line {
	if t := p.Handoff[tier]; t != "" {
		return join(plain("team "), code(t))
	}
	return plain("the team of the flow")
}

func reviewers(ms []*machine.Machine) []string {
	var out []string
	for _, m := range ms {
		if m.Flow.Reviewer != "" {
			out = append(out, m.Flow.Reviewer)
		}
	}
	slices.Sort(out)
	if out = slices.Compact(out); len(out) == 0 {
		return []string{"none is named"}
	}
	return out
}

func (w writer) review(ms []*machine.Machine) []block {
	t := table{Caption: "Every flow is read again, by somebody who does not own it", Head: []string{"Flow", "Owner", "Reviewer", "Reviewed", "Every", "Next due"}}
	for _, m := range ms {
		t.Rows = append(t.Rows, []cell{
			mono(m.Flow.ID), one(m.Flow.Owner), one(m.Flow.Reviewer), one(m.Flow.Reviewed), one(days(m.Policy.ReviewEvery)), w.nextDue(m),
		})
	}
	out := []block{t}
	a := table{Caption: "Warnings that were silenced, until when", Head: []string{"Flow", "Code", "Reason", "Until"}}
	for _, m := range ms {
		for _, x := range m.Allowed {
			a.Rows = append(a.Rows, []cell{mono(m.Flow.ID), mono(x.Code), one(x.Reason), w.until(x.Until)})
		}
	}
	if len(a.Rows) > 0 {
		out = append(out, a)
	}
	return out
}

func (w writer) nextDue(m *machine.Machine) cell {
	reviewed, err := time.Parse(time.DateOnly, m.Flow.Reviewed)
	if err != nil || m.Policy.ReviewEvery == 0 {
		return one("")
	}
	due := reviewed.AddDate(0, 0, m.Policy.ReviewEvery).Format(time.DateOnly)
	if w.o.AsOf != "" && w.o.AsOf > due {
		return cell{plain(due), plain("overdue on " + w.o.AsOf)}
	}
	return one(due)
}

// until is a last day, and whether it has passed.
func (w writer) until(day string) cell {
	if w.o.AsOf != "" && day < w.o.AsOf {
		return cell{plain(day), plain("over on " + w.o.AsOf)}
	}
	return one(day)
}

// guaranteed says in a line what each guarantee promises; spec/guarantees.md states them exactly.
var guaranteed = []struct{ id, promise string }{
	{"G1", "Every state can be reached, and from everywhere an end or a person can be reached; nothing loops without the patient."},
	{"G2", "Every answer is handled, no condition is dead or hidden by another."},
	{"G3", "Nothing is read before it was collected; every outcome of the world is handled."},
	{"G4", "Only what the policy permits for this purpose, on this channel, is collected."},
	{"G5", "The notice precedes the first question; consent and verified identity precede what needs them."},
	{"G6", "Everything collected is used afterwards, for its stated purpose."},
	{"G7", "Nothing reaches a vendor, a message or a channel that may not hold it, neither directly nor by inference."},
	{"G8", "Every vendor that receives patient data has an agreement in force."},
	{"G9", "A person can be reached from every question, and the team is covered."},
	{"G10", "Emergencies are recognised at every question, and silence the assistant."},
	{"G11", "Session bounds and retention lie within the policy."},
	{"G12", "Every topic in scope is routed; nothing leads out of scope."},
	{"G13", "No question solicits what the policy does not permit, whatever it is called."},
	{"G14", "No message gives what is not the assistant's to give."},
	{"G15", "Owner, reviewer and review are named, and the review is not overdue."},
}

func (w writer) guarantees(ms []*machine.Machine) []block {
	var out []block
	for _, m := range ms {
		if len(ms) > 1 {
			out = append(out, heading{plain(m.Flow.Name)})
		}
		proof := w.o.Proofs[m.Flow.ID]
		t := table{Caption: "Decided over every conversation that the machine permits", Head: []string{"No.", "Guarantee", "Verdict", "Looked at"}}
		var open []string
		for _, g := range guaranteed {
			i := slices.IndexFunc(proof.Verdicts, func(v Verdict) bool { return v.Guarantee == g.id })
			if i < 0 {
				open = append(open, g.id)
				continue
			}
			v := proof.Verdicts[i]
			t.Rows = append(t.Rows, []cell{mono(g.id), one(g.promise), one(v.Status), one(v.Detail)})
		}
		if len(t.Rows) == 0 {
			out = append(out, paragraph{plain("Nothing was proven when this document was written.")})
			continue
		}
		out = append(out, t)
		said := line{{Text: "There is no certificate: not every guarantee holds."}}
		if proof.Certificate != "" {
			said = join(plain("The proof is certificate "), code(proof.Certificate), plain("."))
		}
		if w.o.AsOf != "" {
			said = append(said, run{Text: " Agreements and reviews were judged as of " + w.o.AsOf + "."})
		}
		out = append(out, paragraph{said})
		if len(open) > 0 {
			out = append(out, paragraph{join(plain("Not decided on the machine: "), listed(open), plain("."))})
		}
	}
	return out
}

func (w writer) sources(ms []*machine.Machine) []block {
	t := table{Caption: "What this document was made from (SHA-256)", Head: []string{"What", "Hash"}}
	var files []machine.Source
	var from []machine.Pack
	for _, m := range ms {
		hash, err := m.Hash()
		if err != nil {
			hash = "the machine has no canonical form"
		}
		t.Rows = append(t.Rows, []cell{one("machine of " + m.Flow.ID), mono(hash)})
		files = append(files, m.Flow.Sources...)
		from = append(from, m.Policy.Packs...)
	}
	slices.SortFunc(files, func(a, b machine.Source) int { return strings.Compare(a.Name+a.SHA256, b.Name+b.SHA256) })
	for _, f := range slices.Compact(files) {
		t.Rows = append(t.Rows, []cell{mono(f.Name), mono(f.SHA256)})
	}
	slices.SortFunc(from, func(a, b machine.Pack) int { return strings.Compare(a.Name+a.SHA256, b.Name+b.SHA256) })
	for _, p := range slices.Compact(from) {
		t.Rows = append(t.Rows, []cell{one(fmt.Sprintf("policy pack %s %s", p.Name, p.Version)), mono(p.SHA256)})
	}
	return []block{t}
}
