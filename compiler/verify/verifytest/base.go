// Package verifytest makes machines for tests of whoever judges machines: the verifier, the kernel, exporters. A machine
// is drawn from a seed; the same seed gives the same machine.
package verifytest

import (
	"github.com/tacet-lang/tacet/lang/machine"
)

// text is a text in both languages.
func text(s string) machine.Text { return machine.Text{"en": s, "es": "es: " + s} }

// base is a machine without locations and fields that keeps every guarantee that is not about paths: it has people
// around the clock, an emergency trigger, reviewed facts, and a policy in which every condition occurs.
func base() *machine.Machine {
	m := &machine.Machine{
		Format: machine.Format,
		Flow: machine.Flow{
			Name: "Drawn", ID: "drawn", Purpose: "scheduling", Channels: []string{"web-chat"}, Languages: []string{"en", "es"},
			Owner: "Dana Ruiz", Reviewer: "Mina Okafor", Reviewed: "2026-09-15", Place: place(1),
		},
		Practice: practice(),
		Policy:   policy(),
		Session:  machine.Session{Timeout: 1200, Keep: 90, Retries: 2, Place: place(2)},
		Notice:   text("We keep what you write. In an emergency call 911; in a crisis call or text 988."),
		Texts:    map[string]machine.Text{},
		Topics: []machine.Topic{
			{Name: "booking", Treat: machine.Handle, Answer: text("Ask us."), Place: place(3)},
			{Name: "hours", Treat: machine.Handle, Answer: text("We are open."), Place: place(4)},
			{Name: "pricing", Treat: machine.Escalate, Place: place(5)},
		},
		Triggers: []machine.Trigger{
			{Name: "chest-pain", Tier: machine.Emergency, Phrases: phrases("chest pain"), Place: place(6)},
			{Name: "fever", Tier: machine.Urgent, Phrases: phrases("fever"), Place: place(7)},
		},
		Escalations: []machine.Escalation{
			{Name: "emergency", Tier: machine.Emergency, On: []string{"chest-pain"}, Location: "escalation/emergency", Place: place(8)},
			{Name: "team", Tier: machine.Urgent, On: []string{"fever", "pricing"}, Location: "escalation/team", Place: place(9)},
		},
		Human: "@human", Stuck: "@stuck",
	}
	for _, name := range machine.StandardTexts {
		m.Texts[name] = text(name)
	}
	return m
}

// place is a line of the file that a machine is said to come from.
func place(line int) machine.Place { return machine.Place{File: "drawn.flow", Line: line, Column: 3} }

func phrases(s string) []machine.Phrase {
	return []machine.Phrase{{Lang: "en", Pattern: s}, {Lang: "es", Pattern: s}}
}

func practice() machine.Practice {
	var weekdays, always []machine.Opening
	for day := range 7 {
		always = append(always, machine.Opening{Day: day, From: 0, To: 1440})
		if day >= 1 && day <= 5 {
			weekdays = append(weekdays, machine.Opening{Day: day, From: 9 * 60, To: 17*60 + 30})
		}
	}
	return machine.Practice{
		ID: "drawn", Name: "Drawn Practice", Phone: "(312) 555-0142", Timezone: "America/Chicago",
		Hours: weekdays, HoursText: text("weekdays"),
		Holidays: []machine.Holiday{
			{Date: "2026-12-24", Name: "Christmas Eve", Openings: []machine.Opening{{From: 9 * 60, To: 12 * 60}}},
			{Date: "2026-12-25", Name: "Christmas Day"},
		},
		Teams: []machine.Team{
			{Name: "always", Hours: always},
			{Name: "backed", Hours: weekdays, Holidays: true, Fallback: "always"},
			{Name: "office", Hours: weekdays, Holidays: true},
		},
		Handoff: map[string]string{machine.Emergency: "always", machine.Urgent: "always", machine.Routine: "backed"},
		Vendors: []machine.Vendor{
			{Name: "crm", Legal: "CRM Inc.", Classes: []string{"interest"}, Purposes: []string{"scheduling"}, Place: place(10),
				Agreement: &machine.Agreement{Signed: "2025-12-10", Effective: "2026-01-01", Expires: "2028-12-31"}},
			{Name: "mailer", Legal: "Mailer Inc.", Classes: []string{"contact"}, Purposes: []string{"scheduling"}, Place: place(11),
				Agreement: &machine.Agreement{Signed: "2025-12-10", Effective: "2026-01-01"}},
		},
		Appointments: &machine.Appointments{Hours: weekdays, Duration: 30, Horizon: 30, Capacity: 1, Hold: 10},
	}
}

func policy() machine.Policy {
	p := machine.Policy{
		Classes: []machine.Class{
			{Name: "public"}, {Name: "preference", Above: []string{"public"}}, {Name: "contact", Above: []string{"preference"}},
			{Name: "interest", Above: []string{"contact"}}, {Name: "identifier", Above: []string{"contact"}},
			{Name: "health", Above: []string{"identifier", "interest"}},
		},
		Permits: []machine.Permit{
			{Class: "contact"}, {Class: "health", Requires: []string{"authenticated", "consent"}}, {Class: "identifier", Requires: []string{"authenticated"}},
			{Class: "interest"}, {Class: "preference"}, {Class: "public"},
		},
		Timeout: machine.Range{Min: 900, Max: 1800}, Retries: machine.Range{Min: 1, Max: 3},
		Notices: []string{"emergency", "privacy-short"}, VendorFloor: "contact", Horizon: 30, ReviewEvery: 365,
	}
	for _, c := range p.Classes {
		p.Keep = append(p.Keep, machine.Keep{Class: c.Name, Range: machine.Range{Min: 1, Max: 365}})
	}
	return p
}

// people are the handoffs of the turn protocol.
func people() []machine.Location {
	return []machine.Location{
		{ID: "@human", State: "@human", Kind: machine.Handoff, Team: "backed", Tier: machine.Routine},
		{ID: "@stuck", State: "@stuck", Kind: machine.Handoff, Team: "backed", Tier: machine.Routine},
		{ID: "escalation/emergency", State: "emergency", Kind: machine.Handoff, Team: "always", Tier: machine.Emergency, Place: place(12),
			Do: []machine.Action{{Say: text("If this is an emergency, call 911 now."), Place: place(12)}}},
		{ID: "escalation/team", State: "team", Kind: machine.Handoff, Team: "always", Tier: machine.Urgent, Place: place(13),
			Do: []machine.Action{{Say: text("Our team takes over."), Place: place(13)}}},
	}
}
