package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

func (w writer) purpose(m *machine.Machine) []block {
	f := &m.Flow
	out := []block{table{
		Caption: "What this flow is", Head: []string{"What", "This flow"},
		Rows: [][]cell{
			{one("Primary purpose"), mono(f.Purpose)},
			{one("Practice"), one(m.Practice.Name)},
			{one("Channels"), {listed(f.Channels)}},
			{one("Languages"), one(languageNames(f.Languages))},
			{one("Policy packs"), packs(m)},
		},
	}}
	rows := topicRows(m, machine.Handle)
	if len(rows) == 0 {
		return append(out, paragraph{plain("It answers no free questions; it only leads through its own steps.")})
	}
	return append(out, table{Caption: "Questions it answers or acts on", Head: []string{"Topic", "What happens"}, Rows: rows})
}

func packs(m *machine.Machine) cell {
	var out cell
	for _, p := range m.Policy.Packs {
		out = append(out, join(code(p.Name), plain(" "+p.Version)))
	}
	return out
}

func topicRows(m *machine.Machine, treat string) [][]cell {
	var rows [][]cell
	for i := range m.Topics {
		t := &m.Topics[i]
		if t.Treat == treat {
			rows = append(rows, []cell{mono(t.Name), outcomeOf(m, t)})
		}
	}
	return rows
}

// outcomeOf says what becomes of a topic in scope.
func outcomeOf(m *machine.Machine, t *machine.Topic) cell {
	switch {
	case t.Treat == machine.Refuse:
		return one("the standard refusal, then the question again")
	case t.Treat == machine.Escalate:
		for i := range m.Escalations {
			if e := &m.Escalations[i]; slices.Contains(e.On, t.Name) {
				return cell{join(plain("people take over: "), code(e.Name))}
			}
		}
		return one("people take over")
	case t.Route != "":
		return cell{join(plain("goes to "), code(stateOf(m, t.Route)))}
	case len(t.Answer) > 0:
		return one("answered: " + said(m, t.Answer))
	}
	return one("chosen where it is on offer")
}

func (w writer) exclusions(m *machine.Machine) []block {
	var out []block
	if rows := topicRows(m, machine.Refuse); len(rows) > 0 {
		out = append(out, table{Caption: "Refused, always with the same words", Head: []string{"Topic", "What happens"}, Rows: rows})
	}
	if rows := topicRows(m, machine.Escalate); len(rows) > 0 {
		out = append(out, table{Caption: "Never answered by the assistant: people take over", Head: []string{"Topic", "What happens"}, Rows: rows})
	}
	var never [][]cell
	for _, c := range m.Policy.Classes {
		if !slices.ContainsFunc(m.Policy.Permits, func(p machine.Permit) bool { return p.Class == c.Name }) {
			never = append(never, []cell{mono(c.Name), one(c.Cite)})
		}
	}
	if len(never) > 0 {
		out = append(out, table{Caption: "Classes of data it may not ask for, for this purpose", Head: []string{"Class", "Rule"}, Rows: never})
	}
	return out
}

func (w writer) data(m *machine.Machine) []block {
	if len(m.Fields) == 0 {
		return []block{paragraph{plain("This flow asks for nothing. What a patient types is kept with the conversation: see session and retention.")}}
	}
	t := table{
		Caption: "Everything it may ask for; nothing else can be asked",
		Head:    []string{"Field", "Type", "Class", "Stated use", "Recipients", "Kept", "Conditions", "Rule"},
	}
	for i := range m.Fields {
		f := &m.Fields[i]
		p := permitOf(m, f)
		t.Rows = append(t.Rows, []cell{
			mono(f.Name), fieldType(m, f), mono(f.Class), one(f.For), recipients(m, f), one(days(m.Session.Keep)),
			conditions(m, f, p), lines(slices.Compact(nonEmpty(p.Cite, classCite(m, f.Class)))),
		})
	}
	out := []block{t}
	if len(m.Policy.Declassify) > 0 {
		d := table{Caption: "Declassified by a person, with reason and end", Head: []string{"Field", "From", "To", "Reason", "Decided by", "Until"}}
		for _, x := range m.Policy.Declassify {
			d.Rows = append(d.Rows, []cell{mono(x.Field), mono(x.From), mono(x.To), one(x.Reason), one(x.Owner), w.until(x.Until)})
		}
		out = append(out, d)
	}
	return out
}

// permitOf is the line of the policy that lets the field be asked: that of its type, else of its class, before a
// declassification.
func permitOf(m *machine.Machine, f *machine.Field) machine.Permit {
	class := f.Class
	for _, d := range m.Policy.Declassify {
		if d.Field == f.Name {
			class = d.From
		}
	}
	var whole machine.Permit
	for _, p := range m.Policy.Permits {
		switch {
		case p.Class == class && p.Type == f.PolicyType():
			return p
		case p.Class == class && p.Type == "":
			whole = p
		}
	}
	return whole
}

func classCite(m *machine.Machine, class string) string {
	for _, c := range m.Policy.Classes {
		if c.Name == class {
			return c.Cite
		}
	}
	return ""
}

func fieldType(m *machine.Machine, f *machine.Field) cell {
	switch f.Type {
	case "choice":
		out := cell{plain("one of")}
		for _, o := range f.Options {
			out = append(out, plain(said(m, o.Label)))
		}
		return out
	case "number":
		if f.Min != nil && f.Max != nil {
			return one(fmt.Sprintf("number %d to %d", *f.Min, *f.Max))
		}
	case "date":
		if f.Min != nil && f.Max != nil {
			return one(daysWanted(*f.Min, *f.Max))
		}
	case "yes-no":
		return one("yes or no")
	case "message":
		return one("message (free text)")
	}
	return one(strings.ReplaceAll(f.Type, "-", " "))
}

// daysWanted says which days a date can be.
func daysWanted(from, to int64) string {
	name := func(n int64) string {
		switch {
		case n == 0:
			return "today"
		case n < 0:
			return fmt.Sprintf("%d days before", -n)
		}
		return fmt.Sprintf("%d days ahead", n)
	}
	switch {
	case from == -machine.DaysBack && to == 0:
		return "date up to today"
	case from == 0 && to == machine.DaysAhead:
		return "date from today on"
	}
	return "date from " + name(from) + " to " + name(to)
}

// recipients are the vendors that some step sends the field to, and the teams that take over: people read what was
// collected.
func recipients(m *machine.Machine, f *machine.Field) cell {
	var vendors []string
	for i := range m.Locations {
		for _, a := range m.Locations[i].Do {
			if a.To != "" && slices.Contains(a.Fields, f.Name) {
				vendors = append(vendors, a.To)
			}
		}
	}
	slices.Sort(vendors)
	out := cell{}
	for _, v := range slices.Compact(vendors) {
		out = append(out, join(plain("vendor "), code(v)))
	}
	return append(out, plain("the team that takes over"))
}

func conditions(m *machine.Machine, f *machine.Field, p machine.Permit) cell {
	words := map[string]string{
		"authenticated": "identity verified first", "consent": "consent given first",
		"secure-channel": "secure channel only", "human-approval": "approved by a person",
	}
	verifies := slices.ContainsFunc(m.Locations, func(l machine.Location) bool { return l.Kind == machine.Verify && l.Field == f.Name })
	required := slices.Concat(p.Requires, m.Policy.Requires)
	slices.Sort(required)
	out := []string{"notice shown first"}
	for _, r := range slices.Compact(required) {
		if r == "authenticated" && verifies && !slices.Contains(p.Requires, r) {
			continue
		}
		if s, ok := words[r]; ok {
			r = s
		}
		out = append(out, r)
	}
	if verifies {
		out = append(out, "identity is verified by it")
	}
	return lines(out)
}

func (w writer) session(m *machine.Machine) []block {
	s, p := &m.Session, &m.Policy
	rows := [][]cell{
		{one("Ends after silence of"), one(minutes(s.Timeout)), one(fmt.Sprintf("%s to %s", minutes(int(p.Timeout.Min)), minutes(int(p.Timeout.Max))))},
		{one("Answers that do not fit, before a person takes over"), one(fmt.Sprint(s.Retries + 1)), one(fmt.Sprintf("%d to %d", p.Retries.Min+1, p.Retries.Max+1))},
		{one("Conversation and everything in it kept for"), one(days(s.Keep)), keepRange(m)},
	}
	for _, e := range s.Ended {
		rows = append(rows, []cell{one("The same, of one that ended as " + e.Outcome), one(days(e.Days)), keepRange(m)})
	}
	return []block{table{Caption: "Bounds of a conversation", Head: []string{"What", "This flow", "Permitted by policy"}, Rows: rows}}
}

// keepRange is what the policy permits for every class the flow collects, taken together.
func keepRange(m *machine.Machine) cell {
	var low, high int64 = 0, -1
	for _, k := range m.Policy.Keep {
		if !slices.ContainsFunc(m.Fields, func(f machine.Field) bool { return f.Class == k.Class }) {
			continue
		}
		low = max(low, k.Min)
		if high < 0 || k.Max < high {
			high = k.Max
		}
	}
	if high < 0 {
		return one("")
	}
	return one(fmt.Sprintf("%d to %d days", low, high))
}
