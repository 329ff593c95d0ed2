package mutate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

func (k *maker) raiseClass() {
	p := &k.base.Policy
	for i := range k.base.Fields {
		f := &k.base.Fields[i]
		for _, c := range p.Classes {
			if slices.ContainsFunc(p.Permits, func(x machine.Permit) bool { return x.Class == c.Name }) {
				continue
			}
			k.make(mistake{what: fmt.Sprintf("`%s` is of class `%s`", f.Name, c.Name), place: f.Place, static: true, edit: func(m *machine.Machine) { m.Fields[i].Class = c.Name }})
			break
		}
	}
}

func (k *maker) silentNotice() {
	for _, lang := range k.base.Flow.Languages {
		k.make(mistake{what: "the notice names no emergency number in " + language(lang), place: k.base.Flow.Place, at: k.base.Start, edit: func(m *machine.Machine) {
			m.Notice[lang] = strings.NewReplacer("911", "us", "988", "us").Replace(m.Notice[lang])
		}})
	}
}

func (k *maker) skipConsent() {
	k.skip(machine.Consent, machine.OnGranted, "consent to `%s` is taken for granted")
}

// otherConsent leaves out what a consent is for, wherever it is asked for.
func (k *maker) otherConsent() {
	done := map[string]bool{}
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		if l.Kind != machine.Consent || len(l.Covers) == 0 || done[l.Consent] {
			continue
		}
		done[l.Consent] = true
		guarantee := ""
		if !k.required(machine.Consent) {
			guarantee = "none"
		}
		k.make(mistake{what: "the consent `" + l.Consent + "` is for nothing", place: l.Place, at: l.ID, guarantee: guarantee, edit: func(m *machine.Machine) {
			for j := range m.Locations {
				if m.Locations[j].Consent == l.Consent {
					m.Locations[j].Covers = nil
				}
			}
		}})
	}
}

func (k *maker) skipVerification() {
	k.skip(machine.Verify, machine.OnVerified, "`%s` is taken for verified")
}

// skip leads past a location as if it had ended well.
func (k *maker) skip(kind machine.Kind, on, what string) {
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		if to := onward(l, on); l.Kind == kind && to != "" && to != l.ID {
			guarantee := ""
			if !k.required(kind) {
				guarantee = "none"
			}
			k.make(mistake{what: fmt.Sprintf(what, l.Consent+l.Field), place: l.Place, at: l.ID, guarantee: guarantee, edit: func(m *machine.Machine) { redirect(m, l.ID, to) }})
		}
	}
}

// required reports whether anything that is collected needs consent, or verified identity, first.
func (k *maker) required(kind machine.Kind) bool {
	need := map[machine.Kind]string{machine.Consent: "consent", machine.Verify: "authenticated"}[kind]
	if slices.Contains(k.base.Policy.Requires, need) {
		return true
	}
	for _, f := range k.base.Fields {
		if slices.ContainsFunc(k.base.Policy.Permits, func(p machine.Permit) bool {
			return p.Class == f.Class && (p.Type == "" || p.Type == f.PolicyType()) && slices.Contains(p.Requires, need)
		}) {
			return true
		}
	}
	return false
}

// actions calls f for every action of every location.
func (k *maker) actions(f func(i, j int, l *machine.Location, a *machine.Action)) {
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		for j := range l.Do {
			f(i, j, l, &l.Do[j])
		}
	}
}

func (k *maker) dropSend() {
	k.actions(func(i, j int, l *machine.Location, a *machine.Action) {
		if a.To == "" {
			return
		}
		guarantee := "none"
		if slices.ContainsFunc(a.Fields, func(f string) bool { return !k.usedBeside(f, a) }) {
			guarantee = "G6"
		}
		k.make(mistake{what: fmt.Sprintf("nothing is sent to `%s`", a.To), place: a.Place, at: l.ID, guarantee: guarantee, edit: func(m *machine.Machine) {
			m.Locations[i].Do = slices.Delete(m.Locations[i].Do, j, j+1)
		}})
	})
}

// usedBeside reports whether a field is used other than by one send.
func (k *maker) usedBeside(field string, send *machine.Action) bool {
	was := send.Fields
	rest := clone(k.base)
	for i := range rest.Locations {
		for j := range rest.Locations[i].Do {
			a := &rest.Locations[i].Do[j]
			if a.To == send.To && a.Place == send.Place && slices.Equal(a.Fields, was) {
				a.Fields = nil
			}
		}
	}
	return (&maker{base: rest}).read(field) || slices.ContainsFunc(rest.Locations, func(l machine.Location) bool { return l.Kind == machine.Handoff && !k.protocol(l.ID) })
}

// sendField sends each field, right after it was collected, to a vendor that may not hold its class.
func (k *maker) sendField() {
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		to := onward(l, "")
		if l.Kind != machine.Ask || to == "" || to == l.ID {
			continue
		}
		n, ok := k.at[to]
		if !ok {
			continue
		}
		class := k.class(l.Field)
		for _, v := range k.base.Practice.Vendors {
			guarantee := "none"
			if !k.holds(v.Classes, class) {
				guarantee = "G7"
			}
			k.make(mistake{what: fmt.Sprintf("`%s` is sent to `%s` as soon as it is known", l.Field, v.Name), place: l.Place, at: to, guarantee: guarantee, static: guarantee == "none", edit: func(m *machine.Machine) {
				m.Locations[n].Do = slices.Insert(m.Locations[n].Do, 0, machine.Action{To: v.Name, Fields: []string{l.Field}, Place: l.Place})
			}})
		}
	}
}

func (k *maker) class(field string) string {
	for _, f := range k.base.Fields {
		if f.Name == field {
			return f.Class
		}
	}
	return ""
}

// holds reports whether somebody who may hold these classes may hold class.
func (k *maker) holds(classes []string, class string) bool {
	above := map[string][]string{}
	for _, c := range k.base.Policy.Classes {
		above[c.Name] = c.Above
	}
	seen := map[string]bool{}
	queue := slices.Clone(classes)
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		if c == class {
			return true
		}
		if !seen[c] {
			seen[c] = true
			queue = append(queue, above[c]...)
		}
	}
	return false
}

func (k *maker) narrowVendor() {
	for i := range k.base.Practice.Vendors {
		v := &k.base.Practice.Vendors[i]
		received := ""
		k.actions(func(_, _ int, _ *machine.Location, a *machine.Action) {
			for _, f := range a.Fields {
				if a.To == v.Name && received == "" && k.class(f) != "public" {
					received = k.class(f)
				}
			}
		})
		if received != "" {
			k.make(mistake{what: fmt.Sprintf("`%s` may hold nothing but `public`", v.Name), place: v.Place, static: true, edit: func(m *machine.Machine) {
				m.Practice.Vendors[i].Classes = []string{"public"}
			}})
		}
	}
}

func (k *maker) expireAgreement() {
	for i := range k.base.Practice.Vendors {
		v := &k.base.Practice.Vendors[i]
		receives := false
		k.actions(func(_, _ int, _ *machine.Location, a *machine.Action) { receives = receives || a.To == v.Name })
		if v.Agreement == nil || !receives {
			continue
		}
		for _, x := range []struct {
			what      string
			agreement func(machine.Agreement) *machine.Agreement
		}{
			{"the agreement with `%s` is over", func(a machine.Agreement) *machine.Agreement { a.Expires = a.Effective; return &a }},
			{"the agreement with `%s` has not begun", func(a machine.Agreement) *machine.Agreement {
				a.Effective, a.Expires = "9999-01-01", ""
				return &a
			}},
			{"there is no agreement with `%s`", func(machine.Agreement) *machine.Agreement { return nil }},
		} {
			k.make(mistake{what: fmt.Sprintf(x.what, v.Name), place: v.Place, static: true, edit: func(m *machine.Machine) {
				m.Practice.Vendors[i].Agreement = x.agreement(*v.Agreement)
			}})
		}
	}
}

// always is a team that is there at every hour.
func always(t *machine.Team) bool {
	minutes := 0
	for _, o := range t.Hours {
		minutes += o.To - o.From
	}
	return minutes == 7*1440 && !t.Holidays
}

// takesOver reports whether a handoff leads to the team itself.
func (k *maker) takesOver(team string) bool {
	return slices.ContainsFunc(k.base.Locations, func(l machine.Location) bool { return l.Kind == machine.Handoff && l.Team == team })
}

func (k *maker) dropFallback() {
	for i := range k.base.Practice.Teams {
		t := &k.base.Practice.Teams[i]
		if t.Fallback != "" && !always(t) && k.takesOver(t.Name) {
			k.make(mistake{what: fmt.Sprintf("nobody is there when `%s` is not", t.Name), static: true, edit: func(m *machine.Machine) { m.Practice.Teams[i].Fallback = "" }})
		}
	}
}

func (k *maker) closeTeam() {
	for i := range k.base.Practice.Teams {
		t := &k.base.Practice.Teams[i]
		if k.takesOver(t.Name) {
			k.make(mistake{what: fmt.Sprintf("`%s` is never there", t.Name), static: true, edit: func(m *machine.Machine) {
				m.Practice.Teams[i].Fallback, m.Practice.Teams[i].Hours = "", nil
			}})
		}
	}
}

func (k *maker) stretchBound() {
	p, s := &k.base.Policy, k.base.Session
	of := func(guarantee, what string, edit func(*machine.Session)) {
		k.make(mistake{what: what, place: s.Place, static: true, guarantee: guarantee, edit: func(m *machine.Machine) { edit(&m.Session) }})
	}
	bound := func(what string, edit func(*machine.Session)) { of("", what, edit) }
	bound("silence ends the conversation a second later than the policy permits", func(s *machine.Session) { s.Timeout = int(p.Timeout.Max) + 1 })
	if p.Timeout.Min > 1 {
		bound("silence ends the conversation a second sooner than the policy permits", func(s *machine.Session) { s.Timeout = int(p.Timeout.Min) - 1 })
	}
	of("G9", "people take over one answer later than the policy permits", func(s *machine.Session) { s.Retries = int(p.Retries.Max) + 1 })
	var longest []int64
	for _, keep := range p.Keep {
		if !slices.Contains(longest, keep.Max) && slices.ContainsFunc(k.base.Fields, func(f machine.Field) bool { return f.Class == keep.Class }) {
			longest = append(longest, keep.Max)
			bound(fmt.Sprintf("conversations are kept a day longer than `%s` permits", keep.Class), func(s *machine.Session) { s.Keep = int(keep.Max) + 1 })
		}
	}
}

func (k *maker) unreviewed() {
	for _, x := range []struct {
		what string
		edit func(*machine.Flow)
	}{
		{"nobody owns the flow", func(f *machine.Flow) { f.Owner = "" }},
		{"nobody reviews the flow", func(f *machine.Flow) { f.Reviewer = "" }},
		{"its owner reviews the flow", func(f *machine.Flow) { f.Reviewer = f.Owner }},
		{"the flow was never reviewed", func(f *machine.Flow) { f.Reviewed = "" }},
		{"the flow was reviewed long ago", func(f *machine.Flow) { f.Reviewed = "2001-01-01" }},
	} {
		changed := k.base.Flow
		if x.edit(&changed); changed.Owner == k.base.Flow.Owner && changed.Reviewer == k.base.Flow.Reviewer && changed.Reviewed == k.base.Flow.Reviewed {
			continue
		}
		k.make(mistake{what: x.what, place: k.base.Flow.Place, static: true, edit: func(m *machine.Machine) { x.edit(&m.Flow) }})
	}
}
