package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

func (w writer) escalations(m *machine.Machine) []block {
	t := table{
		Caption: "From any question, at any time",
		Head:    []string{"Escalation", "Tier", "Raised by", "Team", "There", "When nobody is there"},
	}
	for _, tier := range []string{machine.Emergency, machine.Urgent, machine.Routine} {
		for i := range m.Escalations {
			if e := &m.Escalations[i]; e.Tier == tier {
				t.Rows = append(t.Rows, escalationRow(m, e))
			}
		}
	}
	human, stuck := location(m, m.Human), location(m, m.Stuck)
	t.Rows = append(t.Rows,
		append([]cell{one("A person is asked for"), mono(human.Tier), one("the button on every screen, or words that ask for a person")}, teamCells(m, human.Team)...),
		append([]cell{one("Nothing fits"), mono(stuck.Tier), one(fmt.Sprintf("%d answers in a row that do not fit", m.Session.Retries+1))}, teamCells(m, stuck.Team)...))
	out := []block{t}
	if rows := handoffRows(m); len(rows) > 0 {
		out = append(out, table{Caption: "Where the flow itself hands over", Head: []string{"State", "Tier", "Team", "There", "When nobody is there"}, Rows: rows})
	}
	out = append(out, triggers(m)...)
	return append(out, paragraph{plain("After the one acknowledgement the assistant sends nothing more, whatever the patient writes; every message still reaches the team. " +
		"Emergencies are looked for first, in every message, in every state.")})
}

func escalationRow(m *machine.Machine, e *machine.Escalation) []cell {
	team := location(m, e.Location).Team
	return append([]cell{mono(e.Name), mono(e.Tier), {listed(e.On)}}, teamCells(m, team)...)
}

// teamCells says who a team is, when it is there, and who is when it is not.
func teamCells(m *machine.Machine, name string) []cell {
	t := team(&m.Practice, name)
	if t == nil {
		return []cell{one(""), one(""), one("")}
	}
	return []cell{mono(t.Name), lines(teamHours(t)), mono(t.Fallback)}
}

// handoffRows are the author's own handoffs: not those of escalations or of the turn protocol.
func handoffRows(m *machine.Machine) [][]cell {
	var rows [][]cell
	for _, l := range inOrder(m) {
		if l.Kind != machine.Handoff || l.ID == m.Human || l.ID == m.Stuck || escalationAt(m, l.ID) != nil {
			continue
		}
		rows = append(rows, append([]cell{mono(l.State), mono(l.Tier)}, teamCells(m, l.Team)...))
	}
	return rows
}

func triggers(m *machine.Machine) []block {
	t := table{Caption: "What is recognised as a sign of danger", Head: []string{"Sign", "Tier", "Patterns"}}
	for _, tier := range []string{machine.Emergency, machine.Urgent, machine.Routine} {
		for i := range m.Triggers {
			x := &m.Triggers[i]
			if x.Tier != tier {
				continue
			}
			var counts []string
			for _, lang := range m.Flow.Languages {
				n := 0
				for _, p := range x.Phrases {
					if p.Lang == lang {
						n++
					}
				}
				counts = append(counts, fmt.Sprintf("%d %s", n, languageName(lang)))
			}
			t.Rows = append(t.Rows, []cell{mono(x.Name), mono(x.Tier), one(strings.Join(counts, ", "))})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []block{t}
}

func (w writer) teams(p *machine.Practice) []block {
	t := table{Caption: "People who take over", Head: []string{"Team", "Patients hear", "There", "When nobody is there"}}
	for i := range p.Teams {
		x := &p.Teams[i]
		there := teamHours(x)
		if x.Within > 0 {
			there = append(slices.Clone(there), fmt.Sprintf("answers within %d minutes of these hours", x.Within))
		}
		t.Rows = append(t.Rows, []cell{mono(x.Name), one(x.Label.In("en")), lines(there), mono(x.Fallback)})
	}
	h := table{Caption: "Who takes which tier when a flow names nobody", Head: []string{"Tier", "Team"}}
	for _, tier := range []string{machine.Emergency, machine.Urgent, machine.Routine} {
		h.Rows = append(h.Rows, []cell{mono(tier), mono(p.Handoff[tier])})
	}
	out := []block{t, h}
	if len(p.Holidays) == 0 {
		return out
	}
	d := table{Caption: "Days with other hours", Head: []string{"Date", "Day", "Open"}}
	for _, x := range p.Holidays {
		var hours []string
		for _, o := range x.Openings {
			hours = append(hours, clock(o.From)+"–"+clock(o.To))
		}
		if len(hours) == 0 {
			hours = []string{"closed"}
		}
		d.Rows = append(d.Rows, []cell{one(x.Date), one(x.Name), lines(hours)})
	}
	return append(out, d)
}

func (w writer) vendors(ms []*machine.Machine) []block {
	t := table{
		Caption: "Receivers of patient data and the business associate agreement each has signed (45 CFR 164.504(e))",
		Head:    []string{"Vendor", "Legal name", "Service", "May hold", "For", "Receives", "Signed", "In force", "Document"},
	}
	p := &ms[0].Practice
	for i := range p.Vendors {
		v := &p.Vendors[i]
		row := []cell{mono(v.Name), one(v.Legal), one(v.Service), {listed(v.Classes)}, {listed(v.Purposes)}, received(ms, v.Name)}
		if v.Agreement == nil {
			row = append(row, one("no agreement"), one("nothing is sent"), one(""))
		} else {
			row = append(row, one(v.Agreement.Signed), w.inForce(v.Agreement), mono(v.Agreement.Document))
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return []block{paragraph{plain("No vendor receives anything.")}}
	}
	return []block{t, paragraph{plain(fmt.Sprintf("Data of class %s and above goes to a vendor only while its agreement is in force, and a flow is accepted only when it stays in force for %s more.",
		ms[0].Policy.VendorFloor, days(ms[0].Policy.Horizon)))}}
}

// received says what each flow sends to a vendor.
func received(ms []*machine.Machine, vendor string) cell {
	var out cell
	for _, m := range ms {
		var fields []string
		for i := range m.Locations {
			for _, a := range m.Locations[i].Do {
				if a.To == vendor {
					fields = append(fields, a.Fields...)
				}
			}
		}
		slices.Sort(fields)
		if fields = slices.Compact(fields); len(fields) > 0 {
			out = append(out, join(plain(m.Flow.ID+": "), listed(fields)))
		}
	}
	if len(out) == 0 {
		return one("nothing")
	}
	return out
}

func (w writer) inForce(a *machine.Agreement) cell {
	span := a.Effective + " to " + a.Expires
	if a.Expires == "" {
		span = "from " + a.Effective
	}
	out := cell{plain(span)}
	switch {
	case w.o.AsOf == "":
	case w.o.AsOf < a.Effective:
		out = append(out, plain("not yet in force on "+w.o.AsOf))
	case a.Expires != "" && w.o.AsOf > a.Expires:
		out = append(out, plain("over on "+w.o.AsOf))
	default:
		out = append(out, plain("in force on "+w.o.AsOf))
	}
	return out
}

func (w writer) roles(ms []*machine.Machine) []block {
	t := table{Caption: "Who answers for what", Head: []string{"Role", "Who", "What they do"}}
	for _, m := range ms {
		t.Rows = append(t.Rows,
			[]cell{one("Owner of " + m.Flow.ID), one(m.Flow.Owner), one("writes the flow and keeps it true")},
			[]cell{one("Reviewer of " + m.Flow.ID), one(m.Flow.Reviewer), one("reads it, and is not its owner")})
	}
	for i := range ms[0].Practice.Teams {
		x := &ms[0].Practice.Teams[i]
		t.Rows = append(t.Rows, []cell{one("Team " + x.Name), one(x.Label.In("en")), one(teamDuty(ms, x.Name))})
	}
	return []block{t}
}

// teamDuty says for which tiers a team takes over somewhere.
func teamDuty(ms []*machine.Machine, name string) string {
	var tiers []string
	for _, m := range ms {
		for i := range m.Locations {
			if l := &m.Locations[i]; l.Kind == machine.Handoff && l.Team == name && l.Tier != "" {
				tiers = append(tiers, l.Tier)
			}
		}
	}
	slices.Sort(tiers)
	if tiers = slices.Compact(tiers); len(tiers) > 0 {
		return "takes over conversations: " + strings.Join(tiers, ", ")
	}
	for i := range ms[0].Practice.Teams {
		if ms[0].Practice.Teams[i].Fallback == name {
			return "takes over when another team is not there"
		}
	}
	return "reads what it is given"
}
