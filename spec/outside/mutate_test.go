package outside_test

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/machine"
)

// drawn makes the machines numbered from … to-1: a third as drawn, half of it such that answers tell of others, a third with one defect, a third that were accepted
// as drawn and then got a defect or had one way led elsewhere, one place changed.
func drawn(t *testing.T, from, to int) []*machine.Machine {
	t.Helper()
	var out []*machine.Machine
	sound := accepted()
	for i := from; i < to; i++ {
		m, name := verifytest.Draw(uint64(i), verifytest.Options{Sane: i%2 == 0}), "as drawn"
		switch i % 3 {
		case 0:
			if i%2 == 1 {
				m, name = verifytest.DrawTelling(uint64(i)), "telling"
			}
		case 1:
			d := defects[i/3%len(defects)]
			d.make(m)
			name = d.name
		case 2:
			m, name = damaged(sound[i/3%len(sound)], i)
		}
		m.Flow.ID = fmt.Sprintf("drawn-%d, %s", i, name)
		if err := m.Validate(); err != nil {
			t.Fatalf("%s: %v", m.Flow.ID, err)
		}
		out = append(out, m)
	}
	return out
}

// accepted are the seeds of machines that keep every guarantee: among 120, or among 2000 with TACET_OUTSIDE.
var accepted = sync.OnceValue(func() []int {
	limit := 120
	if os.Getenv("TACET_OUTSIDE") != "" {
		limit = 2000
	}
	var out []int
	for i := 0; i < limit || len(out) == 0; i += 2 {
		report, _ := verify.Check(verifytest.Draw(uint64(i), verifytest.Options{Sane: true}), verify.Options{AsOf: asOf})
		if report.Certificate != nil {
			out = append(out, i)
		}
	}
	return out
})

// damaged draws an accepted machine again and changes one thing, by the number of the machine. What the change leaves
// invalid is drawn as it was.
func damaged(seed, i int) (*machine.Machine, string) {
	redraw := func() *machine.Machine { return verifytest.Draw(uint64(seed), verifytest.Options{Sane: true}) }
	m, name := redraw(), "sound"
	if i%2 == 0 {
		d := defects[i/6%len(defects)]
		d.make(m)
		name = "sound, then " + d.name
	} else {
		c := changes[i/6%len(changes)]
		c.make(m, i)
		name = "sound, then " + c.name
	}
	if m.Validate() != nil {
		return redraw(), "sound"
	}
	return m, name
}

// changes are changes of paths, steered by a number.
var changes = []struct {
	name string
	make func(m *machine.Machine, n int)
}{
	{"a way leads elsewhere", func(m *machine.Machine, n int) {
		if e := someEdge(m, n); e != nil {
			e.To = authors(m, n/7)
		}
	}},
	{"a way under another condition", func(m *machine.Machine, n int) {
		if e := someEdge(m, n); e != nil && e.Guard != nil {
			g := n / 7 % len(m.Guards)
			e.Guard = &g
		}
	}},
	{"an otherwise is gone", func(m *machine.Machine, n int) {
		l := &m.Locations[n%len(m.Locations)]
		if k := len(l.Edges); k > 1 && l.Edges[k-1].Guard == nil && l.Edges[k-2].On == l.Edges[k-1].On {
			l.Edges = l.Edges[:k-1]
		}
	}},
	{"conditions in no order", func(m *machine.Machine, n int) { m.Locations[n%len(m.Locations)].Ordered = false }},
	{"something more is sent", func(m *machine.Machine, n int) {
		l := &m.Locations[n%len(m.Locations)]
		l.Do = append([]machine.Action{{To: []string{"crm", "mailer"}[n/7%2], Fields: []string{m.Fields[n/3%len(m.Fields)].Name}}}, l.Do...)
	}},
	{"something else is asked", func(m *machine.Machine, n int) {
		for i := range m.Locations {
			if l := &m.Locations[(n+i)%len(m.Locations)]; l.Kind == machine.Ask && l.Field != "slot" {
				l.Field = m.Fields[n/3%len(m.Fields)].Name
				return
			}
		}
	}},
	{"it starts elsewhere", func(m *machine.Machine, n int) { m.Start = authors(m, n) }},
	{"another team", func(m *machine.Machine, n int) {
		for i := range m.Locations {
			if l := &m.Locations[(n+i)%len(m.Locations)]; l.Kind == machine.Handoff {
				l.Team = "office"
				return
			}
		}
	}},
	{"nothing is done", func(m *machine.Machine, n int) {
		if l := &m.Locations[n%len(m.Locations)]; l.Kind != machine.Handoff {
			l.Do = nil
		}
	}},
}

// authors is a location that an author can lead to: the protocol's own handoffs have no names in the language.
func authors(m *machine.Machine, n int) string {
	var ids []string
	for _, l := range m.Locations {
		if !ofProtocol(m, l.ID) {
			ids = append(ids, l.ID)
		}
	}
	return ids[n%len(ids)]
}

func someEdge(m *machine.Machine, n int) *machine.Edge {
	var all []*machine.Edge
	for i := range m.Locations {
		for j := range m.Locations[i].Edges {
			all = append(all, &m.Locations[i].Edges[j])
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[n%len(all)]
}

// defects are small changes of a machine, most of which break a guarantee that stands in facts rather than in paths,
// or is about conditions that drawn machines seldom have. Each may find nothing to change.
var defects = []struct {
	name string
	make func(m *machine.Machine)
}{
	{"nothing", func(*machine.Machine) {}},
	{"retries above the policy", func(m *machine.Machine) { m.Session.Retries = int(m.Policy.Retries.Max) + 1 }},
	{"no retries", func(m *machine.Machine) { m.Session.Retries = 0 }},
	{"timeout at the limit", func(m *machine.Machine) { m.Session.Timeout = int(m.Policy.Timeout.Max) }},
	{"timeout above", func(m *machine.Machine) { m.Session.Timeout = int(m.Policy.Timeout.Max) + 1 }},
	{"timeout below", func(m *machine.Machine) { m.Session.Timeout = int(m.Policy.Timeout.Min) - 1 }},
	{"kept too long for one class", func(m *machine.Machine) { m.Policy.Keep[2].Max = int64(m.Session.Keep) - 1 }},
	{"kept too short for one class", func(m *machine.Machine) { m.Policy.Keep[1].Min = int64(m.Session.Keep) + 1 }},
	{"an outcome kept too short for one class", func(m *machine.Machine) {
		m.Session.Ended = []machine.KeepEnded{{Outcome: machine.Timeout, Days: 1}}
		m.Policy.Keep[1].Min = 2
	}},
	{"retention of a class undeclared", func(m *machine.Machine) { m.Policy.Keep = slices.Delete(m.Policy.Keep, 2, 3) }},
	{"agreement until the horizon", func(m *machine.Machine) {
		m.Practice.Vendors[0].Agreement.Expires = asOf.AddDate(0, 0, 30).Format("2006-01-02")
	}},
	{"agreement until a day before the horizon", func(m *machine.Machine) {
		m.Practice.Vendors[0].Agreement.Expires = asOf.AddDate(0, 0, 29).Format("2006-01-02")
	}},
	{"agreement from today", func(m *machine.Machine) { m.Practice.Vendors[1].Agreement.Effective = asOf.Format("2006-01-02") }},
	{"agreement from tomorrow", func(m *machine.Machine) {
		m.Practice.Vendors[1].Agreement.Effective = asOf.AddDate(0, 0, 1).Format("2006-01-02")
	}},
	{"no agreement", func(m *machine.Machine) { m.Practice.Vendors[1].Agreement = nil }},
	{"agreements only for health", func(m *machine.Machine) {
		m.Practice.Vendors[0].Agreement, m.Practice.Vendors[1].Agreement, m.Policy.VendorFloor = nil, nil, "health"
	}},
	{"agreements only for health, and vendors that may hold it", func(m *machine.Machine) {
		m.Policy.VendorFloor = "health"
		for i := range m.Practice.Vendors {
			m.Practice.Vendors[i].Agreement, m.Practice.Vendors[i].Classes = nil, []string{"health"}
		}
	}},
	{"vendor of another purpose", func(m *machine.Machine) { m.Practice.Vendors[1].Purposes = []string{"billing"} }},
	{"vendors of another purpose", func(m *machine.Machine) {
		for i := range m.Practice.Vendors {
			m.Practice.Vendors[i].Purposes = []string{"billing"}
		}
	}},
	{"vendor may hold less", func(m *machine.Machine) { m.Practice.Vendors[1].Classes = []string{"preference"} }},
	{"vendor may hold everything", func(m *machine.Machine) { m.Practice.Vendors[0].Classes = []string{"health"} }},
	{"portal only", func(m *machine.Machine) {
		m.Flow.Channels = []string{"portal-chat"}
		m.Policy.Permits[0].Requires = []string{"secure-channel"}
	}},
	{"portal and web", func(m *machine.Machine) {
		m.Flow.Channels = []string{"portal-chat", "web-chat"}
		m.Policy.Permits[0].Requires = []string{"secure-channel"}
	}},
	{"not for the web", func(m *machine.Machine) { m.Policy.Channels = []string{"portal-chat"} }},
	{"for the web", func(m *machine.Machine) { m.Policy.Channels = []string{"portal-chat", "web-chat"} }},
	{"a person's approval", func(m *machine.Machine) { m.Policy.Permits[3].Requires = []string{"human-approval"} }},
	{"interest needs consent", func(m *machine.Machine) { m.Policy.Permits[3].Requires = []string{"consent"} }},
	{"contact is not permitted", func(m *machine.Machine) { m.Policy.Permits = slices.Delete(m.Policy.Permits, 0, 1) }},
	{"names are not permitted", func(m *machine.Machine) {
		m.Policy.Permits = append(m.Policy.Permits, machine.Permit{Class: "contact", Type: "name", Requires: []string{"authenticated"}})
		slices.SortStableFunc(m.Policy.Permits, func(a, b machine.Permit) int {
			return slices.Compare([]string{a.Class, a.Type}, []string{b.Class, b.Type})
		})
	}},
	{"a type of the policy's own", func(m *machine.Machine) {
		for i := range m.Fields {
			if f := &m.Fields[i]; f.Type == "number" || f.Type == "yes-no" {
				f.Means = "age"
				m.Policy.Permits = append(m.Policy.Permits, machine.Permit{Class: f.Class, Type: "age", Requires: []string{"authenticated"}})
				return
			}
		}
	}},
	{"the purpose needs identity", func(m *machine.Machine) { m.Policy.Requires = []string{"authenticated"} }},
	{"the purpose needs consent", func(m *machine.Machine) { m.Policy.Requires = []string{"consent"} }},
	{"declassified", func(m *machine.Machine) {
		for i := range m.Fields {
			if m.Fields[i].Name == "mark" {
				m.Policy.Declassify = []machine.Declass{{Field: "mark", From: "health", To: "preference", Reason: "a score", Owner: "Dana Ruiz", Until: "2027-12-31"}}
				m.Fields[i].Class = "preference"
			}
		}
	}},
	{"declassified until yesterday", func(m *machine.Machine) {
		m.Policy.Declassify = []machine.Declass{{Field: "topic", From: "interest", To: "contact", Reason: "a list", Owner: "Dana Ruiz", Until: "2026-11-21"}}
		for i := range m.Fields {
			if m.Fields[i].Name == "topic" {
				m.Fields[i].Class = "contact"
			}
		}
	}},
	{"no owner", func(m *machine.Machine) { m.Flow.Owner = "" }},
	{"no reviewer", func(m *machine.Machine) { m.Flow.Reviewer = "" }},
	{"one person", func(m *machine.Machine) { m.Flow.Reviewer = m.Flow.Owner }},
	{"never reviewed", func(m *machine.Machine) { m.Flow.Reviewed = "" }},
	{"review due today", func(m *machine.Machine) {
		m.Flow.Reviewed = asOf.AddDate(0, 0, -m.Policy.ReviewEvery).Format("2006-01-02")
	}},
	{"review overdue", func(m *machine.Machine) {
		m.Flow.Reviewed = asOf.AddDate(0, 0, -m.Policy.ReviewEvery-1).Format("2006-01-02")
	}},
	{"reviewed in the future", func(m *machine.Machine) { m.Flow.Reviewed = asOf.AddDate(0, 0, 1).Format("2006-01-02") }},
	{"notice without 988", func(m *machine.Machine) { m.Notice["es"] = "En una emergencia llame al 911." }},
	{"988 in the emergency line only", func(m *machine.Machine) {
		m.Notice["en"], m.Texts["emergency-bar"] = "In an emergency call 911.", machine.Text{"en": "Call 911 or 988.", "es": "Llame al 911 o al 988."}
	}},
	{"a number with 911 and 988 in it", func(m *machine.Machine) { m.Notice["en"] = "Call us at 303-911-9880." }},
	{"notice without words", func(m *machine.Machine) { m.Notice["en"] = "" }},
	{"no emergency", func(m *machine.Machine) { m.Triggers[0].Tier = machine.Urgent }},
	{"emergency lowered", func(m *machine.Machine) {
		m.Escalations[0].On, m.Escalations[1].On = []string{"pricing"}, []string{"chest-pain", "fever"}
	}},
	{"a calm emergency", func(m *machine.Machine) {
		m.Escalations[0].On, m.Escalations[1].On = []string{"chest-pain", "fever"}, []string{"pricing"}
	}},
	{"emergency in one language", func(m *machine.Machine) { m.Triggers[0].Phrases = m.Triggers[0].Phrases[:1] }},
	{"emergency in one language each", func(m *machine.Machine) {
		fall := m.Triggers[0]
		fall.Name, fall.Phrases, m.Triggers[0].Phrases = "fall", fall.Phrases[:1], m.Triggers[0].Phrases[1:]
		m.Triggers = slices.Insert(m.Triggers, 1, fall)
		m.Escalations[0].On = append(m.Escalations[0].On, "fall")
	}},
	{"one kind of emergency in two triggers", func(m *machine.Machine) {
		m.Triggers[0].Category = "heart"
		fall := m.Triggers[0]
		fall.Name, fall.Phrases, m.Triggers[0].Phrases = "fall", fall.Phrases[:1], m.Triggers[0].Phrases[1:]
		m.Triggers = slices.Insert(m.Triggers, 1, fall)
		m.Escalations[0].On = append(m.Escalations[0].On, "fall")
	}},
	{"emergency sentence without 911", func(m *machine.Machine) {
		at(m, "escalation/emergency").Do[0].Say = machine.Text{"en": "Call 911.", "es": "Ya avisamos."}
	}},
	{"a topic without a way", func(m *machine.Machine) { m.Topics[1].Answer = nil }},
	{"a topic with a way", func(m *machine.Machine) { m.Topics[1].Answer, m.Topics[1].Route = nil, m.Start }},
	{"nobody at night", func(m *machine.Machine) { m.Practice.Teams[1].Fallback = "" }},
	{"falls back in a circle", func(m *machine.Machine) {
		m.Practice.Teams[1].Fallback, m.Practice.Teams[2].Fallback = "office", "backed"
	}},
	{"works on holidays", func(m *machine.Machine) {
		m.Practice.Teams[2].Holidays = false
		for d := range 7 {
			m.Practice.Teams[2].Hours = append(slices.Clone(m.Practice.Teams[2].Hours), machine.Opening{Day: d, From: 0, To: 1440})
		}
	}},
	{"closed on one holiday", func(m *machine.Machine) { m.Practice.Teams[0].Holidays = true }},
	{"wide numbers", func(m *machine.Machine) {
		for i := range m.Fields {
			m.Fields[i].Min, m.Fields[i].Max = nil, nil
		}
	}},
}

func at(m *machine.Machine, id string) *machine.Location {
	i := slices.IndexFunc(m.Locations, func(l machine.Location) bool { return l.ID == id })
	return &m.Locations[i]
}
