package mutate

import (
	"fmt"
	"maps"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

func (k *maker) dropSign() {
	for i := range k.base.Triggers {
		t := &k.base.Triggers[i]
		k.make(mistake{what: fmt.Sprintf("the sign of danger `%s` is not looked for", t.Name), place: t.Place, heard: true, edit: func(m *machine.Machine) {
			m.Triggers = slices.Delete(m.Triggers, i, i+1)
			unraise(m, t.Name)
		}})
	}
}

func (k *maker) dropEmergencies() {
	emergency := func(t machine.Trigger) bool { return t.Tier == machine.Emergency }
	if !slices.ContainsFunc(k.base.Triggers, emergency) {
		return
	}
	k.make(mistake{what: "no emergency is looked for", place: k.base.Flow.Place, heard: true, edit: func(m *machine.Machine) {
		for _, t := range k.base.Triggers {
			if emergency(t) {
				unraise(m, t.Name)
			}
		}
		m.Triggers = slices.DeleteFunc(m.Triggers, emergency)
	}})
}

// unraise takes a cause from its escalation, and the escalation with its last one.
func unraise(m *machine.Machine, cause string) {
	for i := range m.Escalations {
		m.Escalations[i].On = slices.DeleteFunc(m.Escalations[i].On, func(c string) bool { return c == cause })
	}
	m.Escalations = slices.DeleteFunc(m.Escalations, func(e machine.Escalation) bool { return len(e.On) == 0 })
}

func (k *maker) deafLanguage() {
	for _, lang := range k.base.Flow.Languages {
		for i := range k.base.Triggers {
			t := &k.base.Triggers[i]
			in := func(p machine.Phrase) bool { return p.Lang == lang }
			if t.Tier != machine.Emergency || !slices.ContainsFunc(t.Phrases, in) {
				continue
			}
			k.make(mistake{what: fmt.Sprintf("`%s` is not heard in %s", t.Name, language(lang)), place: t.Place, heard: true, edit: func(m *machine.Machine) {
				m.Triggers[i].Phrases = slices.DeleteFunc(slices.Clone(t.Phrases), in)
			}})
		}
	}
}

func (k *maker) demoteEmergency() {
	for i := range k.base.Escalations {
		e := &k.base.Escalations[i]
		n, ok := k.at[e.Location]
		if e.Tier != machine.Emergency || !ok {
			continue
		}
		k.make(mistake{what: fmt.Sprintf("the escalation `%s` is routine", e.Name), place: e.Place, at: e.Location, edit: func(m *machine.Machine) {
			m.Escalations[i].Tier, m.Locations[n].Tier = machine.Routine, machine.Routine
		}})
	}
}

func (k *maker) unrouteTopic() {
	for i := range k.base.Topics {
		t := &k.base.Topics[i]
		switch {
		case t.Treat == machine.Handle && (len(t.Answer) > 0 || t.Route != ""):
			k.make(mistake{what: fmt.Sprintf("`%s` is in scope and nothing is said about it", t.Name), place: t.Place, guarantee: k.offered(t.Name), edit: func(m *machine.Machine) {
				m.Topics[i].Answer, m.Topics[i].Route = nil, ""
			}})
		case t.Treat == machine.Escalate:
			k.make(mistake{what: fmt.Sprintf("`%s` no longer brings people", t.Name), place: t.Place, edit: func(m *machine.Machine) { unraise(m, t.Name) }})
			k.make(mistake{what: fmt.Sprintf("`%s` is refused instead of passed to people", t.Name), place: t.Place, guarantee: "none", edit: func(m *machine.Machine) {
				m.Topics[i].Treat = machine.Refuse
				unraise(m, t.Name)
			}})
		case t.Treat == machine.Refuse:
			k.make(mistake{what: fmt.Sprintf("`%s` is not refused", t.Name), place: t.Place, guarantee: "none", edit: func(m *machine.Machine) { m.Topics[i].Treat = "" }})
		}
	}
}

// offered is "none" for a topic that some choice or listening state names too, so that it still leads somewhere.
func (k *maker) offered(topic string) string {
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		if slices.ContainsFunc(l.Choices, func(c machine.Choice) bool { return c.Topic == topic }) ||
			l.Kind == machine.Listen && slices.ContainsFunc(l.Edges, func(e machine.Edge) bool { return e.On == topic }) {
			return "none"
		}
	}
	return ""
}

func language(tag string) string {
	switch tag {
	case "en":
		return "English"
	case "es":
		return "Spanish"
	}
	return tag
}

func (k *maker) dropWords() {
	k.actions(func(i, j int, l *machine.Location, a *machine.Action) {
		if a.To != "" {
			return
		}
		k.make(mistake{what: fmt.Sprintf("in `%s` something is no longer said", l.State), place: a.Place, at: l.ID, edit: func(m *machine.Machine) {
			m.Locations[i].Do = slices.Delete(m.Locations[i].Do, j, j+1)
		}})
	})
}

func (k *maker) wrongLanguage() {
	langs := k.base.Flow.Languages
	if len(langs) < 2 {
		return
	}
	first := func(t machine.Text) machine.Text {
		out := maps.Clone(t)
		for _, l := range langs[1:] {
			out[l] = t[langs[0]]
		}
		return out
	}
	k.actions(func(i, j int, l *machine.Location, a *machine.Action) {
		if a.Say != nil {
			k.make(mistake{what: fmt.Sprintf("what `%s` says is in %s in every language", l.State, language(langs[0])), place: a.Place, at: l.ID, edit: func(m *machine.Machine) {
				m.Locations[i].Do[j].Say = first(a.Say)
			}})
		}
	})
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		if len(l.Prompt) > 0 {
			k.make(mistake{what: fmt.Sprintf("the question in `%s` is in %s in every language", l.State, language(langs[0])), place: l.Place, at: l.ID, edit: func(m *machine.Machine) {
				m.Locations[i].Prompt = first(l.Prompt)
			}})
		}
	}
}

func (k *maker) wrongTeam() {
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		if l.Kind != machine.Handoff {
			continue
		}
		for _, t := range k.base.Practice.Teams {
			if t.Name != l.Team {
				k.make(mistake{what: fmt.Sprintf("`%s` hands over to `%s`", l.State, t.Name), place: l.Place, at: l.ID, edit: func(m *machine.Machine) { m.Locations[i].Team = t.Name }})
				break
			}
		}
	}
}

func (k *maker) wrongOutcome() {
	for i := range k.base.Locations {
		if l := &k.base.Locations[i]; l.Kind == machine.End {
			k.make(mistake{what: fmt.Sprintf("`%s` ends as `other` instead of `%s`", l.State, l.Outcome), place: l.Place, at: l.ID, edit: func(m *machine.Machine) { m.Locations[i].Outcome = "other" }})
		}
	}
}

func (k *maker) otherTimeout() {
	r := k.base.Policy.Timeout
	for _, to := range []int{int(r.Min), int(r.Max)} {
		if to > 0 && to != k.base.Session.Timeout {
			k.make(mistake{what: fmt.Sprintf("silence ends the conversation after %d seconds", to), place: k.base.Session.Place, edit: func(m *machine.Machine) { m.Session.Timeout = to }})
		}
	}
}
