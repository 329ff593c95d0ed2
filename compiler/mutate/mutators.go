package mutate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// mutators in the order of the guarantees they aim at.
var mutators = []Mutator{
	{"loop-end", "G1", "an end goes back to the start instead, so that nothing can be finished there", (*maker).loopEnd},
	{"drop-otherwise", "G2", "an `otherwise` is left out", (*maker).dropOtherwise},
	{"constant-condition", "G2", "a condition always holds, or never", (*maker).constantCondition},
	{"move-bound", "", "a number in a condition is one higher or lower, or a comparison counts its bound otherwise", (*maker).moveBound},
	{"negate-condition", "", "a condition is turned round", (*maker).negateCondition},
	{"swap-ways", "", "two ways lead where the other should", (*maker).swapWays},
	{"redirect-way", "", "a way leads back to the start", (*maker).redirectWay},
	{"drop-outcome", "G3", "an outcome of the world is not handled", (*maker).dropOutcome},
	{"skip-question", "G3", "a question is left out", (*maker).skipQuestion},
	{"raise-class", "G4", "a field is of a class that the purpose may not collect", (*maker).raiseClass},
	{"silent-notice", "G5", "the notice no longer names 911 and 988 in one language", (*maker).silentNotice},
	{"skip-consent", "G5", "consent is taken for granted", (*maker).skipConsent},
	{"other-consent", "G5", "a consent is for nothing of what is collected", (*maker).otherConsent},
	{"skip-verification", "G5", "identity is taken for verified", (*maker).skipVerification},
	{"drop-send", "G6", "nothing is sent any more", (*maker).dropSend},
	{"send-field", "G7", "a field is sent to a vendor that may not hold it", (*maker).sendField},
	{"narrow-vendor", "G7", "a vendor may no longer hold what it is sent", (*maker).narrowVendor},
	{"expire-agreement", "G8", "an agreement is over, not yet begun, or missing", (*maker).expireAgreement},
	{"drop-fallback", "G9", "nobody is there when a team is closed", (*maker).dropFallback},
	{"close-team", "G9", "a team is never there, and nobody instead", (*maker).closeTeam},
	{"drop-emergencies", "G10", "no emergency is looked for", (*maker).dropEmergencies},
	{"drop-sign", "", "one sign of danger is not looked for", (*maker).dropSign},
	{"deaf-language", "G10", "signs of danger are not heard in one language", (*maker).deafLanguage},
	{"demote-emergency", "G10", "an emergency is treated as routine", (*maker).demoteEmergency},
	{"stretch-bound", "G11", "timeout, retention or patience lies outside of the policy", (*maker).stretchBound},
	{"unroute-topic", "G12", "a topic in scope leads nowhere", (*maker).unrouteTopic},
	{"unreviewed", "G15", "owner, reviewer or review is missing, or one reviews what they own", (*maker).unreviewed},
	{"drop-words", "", "something is no longer said", (*maker).dropWords},
	{"wrong-language", "", "a text is in the first language in all of them", (*maker).wrongLanguage},
	{"wrong-team", "", "a handoff goes to another team", (*maker).wrongTeam},
	{"wrong-outcome", "", "a conversation ends with another outcome", (*maker).wrongOutcome},
	{"other-timeout", "", "silence ends the conversation much later or sooner, within the policy", (*maker).otherTimeout},
}

// edges calls f for every edge of the author's.
func (k *maker) edges(f func(i, j int, l *machine.Location, e *machine.Edge)) {
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		for j := range l.Edges {
			f(i, j, l, &l.Edges[j])
		}
	}
}

func (k *maker) words(e *machine.Edge) string {
	switch {
	case e.Guard != nil:
		return "when " + k.base.Guards[*e.Guard].Source
	case e.On != "":
		return e.On
	}
	return "otherwise"
}

func place(e *machine.Edge, l *machine.Location) machine.Place {
	if e.Place.Line > 0 {
		return e.Place
	}
	return l.Place
}

func (k *maker) loopEnd() {
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		if l.Kind != machine.End {
			continue
		}
		ends := 0
		for j := range k.base.Locations {
			if x := &k.base.Locations[j]; x.Kind == machine.End || x.Kind == machine.Handoff && !k.protocol(x.ID) {
				ends++
			}
		}
		guarantee := "none"
		if ends == 1 {
			guarantee = "G1"
		}
		k.make(mistake{what: fmt.Sprintf("the end in `%s` goes back to `%s`", l.State, k.base.Start), place: l.Place, at: l.ID, guarantee: guarantee, edit: func(m *machine.Machine) {
			x := &m.Locations[i]
			x.Kind, x.Outcome, x.Edges = machine.Auto, "", []machine.Edge{{To: m.Start, Place: l.Place}}
		}})
	}
}

func (k *maker) dropOtherwise() {
	k.edges(func(i, j int, l *machine.Location, e *machine.Edge) {
		guarded := slices.ContainsFunc(l.Edges, func(x machine.Edge) bool { return x.On == e.On && x.Guard != nil })
		if e.Guard != nil || !guarded {
			return
		}
		k.make(mistake{what: fmt.Sprintf("`otherwise -> %s` is left out", e.To), place: place(e, l), at: l.ID, edit: func(m *machine.Machine) {
			m.Locations[i].Edges = slices.Delete(m.Locations[i].Edges, j, j+1)
		}})
	})
}

func (k *maker) constantCondition() {
	k.edges(func(i, j int, l *machine.Location, e *machine.Edge) {
		if e.Guard == nil {
			return
		}
		for _, value := range []string{"true", "false"} {
			guarantee := "G2"
			if value == "true" && !slices.ContainsFunc(l.Edges, func(x machine.Edge) bool { return x.On == e.On && x.Guard != nil && *x.Guard != *e.Guard }) {
				guarantee = "none" // the `otherwise` below is then not needed, which is no error
			}
			k.make(mistake{what: fmt.Sprintf("`%s` is `when %s`", k.words(e), value), place: place(e, l), at: l.ID, guarantee: guarantee, edit: func(m *machine.Machine) {
				guardOn(m, &m.Locations[i].Edges[j], value, nil)
				tidy(m)
			}})
		}
	})
}

var (
	comparison = regexp.MustCompile(`(<=|>=|<|>)\s*(-?[0-9]+)`)
	strictness = map[string]string{"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
)

func (k *maker) moveBound() {
	k.edges(func(i, j int, l *machine.Location, e *machine.Edge) {
		if e.Guard == nil {
			return
		}
		g := k.base.Guards[*e.Guard]
		guarantee := "G2"
		if slices.ContainsFunc(l.Edges, func(x machine.Edge) bool { return x.On == e.On && x.Guard == nil }) {
			guarantee = "none"
		}
		for _, at := range comparison.FindAllStringSubmatchIndex(g.Source, -1) {
			op, number := g.Source[at[2]:at[3]], g.Source[at[4]:at[5]]
			n, err := strconv.ParseInt(number, 10, 64)
			if err != nil || strings.Count(g.Source[:at[0]], `"`)%2 == 1 {
				continue
			}
			for _, instead := range []string{
				op + " " + strconv.FormatInt(n+1, 10), op + " " + strconv.FormatInt(n-1, 10), strictness[op] + " " + number,
			} {
				source := g.Source[:at[0]] + instead + g.Source[at[1]:]
				k.make(mistake{what: fmt.Sprintf("`%s` is `when %s`", k.words(e), source), place: place(e, l), at: l.ID, guarantee: guarantee, edit: func(m *machine.Machine) {
					guardOn(m, &m.Locations[i].Edges[j], source, g.Reads)
					tidy(m)
				}})
			}
		}
	})
}

func (k *maker) negateCondition() {
	k.edges(func(i, j int, l *machine.Location, e *machine.Edge) {
		if e.Guard == nil {
			return
		}
		g := k.base.Guards[*e.Guard]
		source := "!(" + g.Source + ")"
		k.make(mistake{what: fmt.Sprintf("`when %s` is `when %s`", g.Source, source), place: place(e, l), at: l.ID, edit: func(m *machine.Machine) {
			guardOn(m, &m.Locations[i].Edges[j], source, g.Reads)
			tidy(m)
		}})
	})
}

func (k *maker) swapWays() {
	k.edges(func(i, j int, l *machine.Location, e *machine.Edge) {
		if j == 0 || l.Edges[j-1].To == e.To {
			return
		}
		other := &l.Edges[j-1]
		k.make(mistake{what: fmt.Sprintf("`%s` and `%s` lead where the other should", k.words(other), k.words(e)), place: place(e, l), at: l.ID, edit: func(m *machine.Machine) {
			es := m.Locations[i].Edges
			es[j].To, es[j-1].To = es[j-1].To, es[j].To
		}})
	})
}

func (k *maker) redirectWay() {
	k.edges(func(i, j int, l *machine.Location, e *machine.Edge) {
		if e.To == k.base.Start || l.Kind == machine.Auto {
			return
		}
		k.make(mistake{what: fmt.Sprintf("`%s` leads to `%s` instead of `%s`", k.words(e), k.base.Start, e.To), place: place(e, l), at: l.ID, edit: func(m *machine.Machine) {
			m.Locations[i].Edges[j].To = m.Start
		}})
	})
}

func (k *maker) dropOutcome() {
	k.edges(func(i, j int, l *machine.Location, e *machine.Edge) {
		if e.On == "" || l.Kind == machine.Offer || l.Kind == machine.Listen {
			return
		}
		k.make(mistake{what: fmt.Sprintf("`%s` is not handled", e.On), place: place(e, l), at: l.ID, edit: func(m *machine.Machine) {
			m.Locations[i].Edges = slices.Delete(m.Locations[i].Edges, j, j+1)
		}})
	})
}

func (k *maker) skipQuestion() {
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		if l.Kind != machine.Ask {
			continue
		}
		to := onward(l, "")
		if to == "" || to == l.ID {
			continue
		}
		guarantee := "none"
		if k.read(l.Field) {
			guarantee = "G3"
		}
		k.make(mistake{what: fmt.Sprintf("`%s` is not asked", l.Field), place: l.Place, at: l.ID, guarantee: guarantee, edit: func(m *machine.Machine) { redirect(m, l.ID, to) }})
	}
}

// read reports whether something reads a field.
func (k *maker) read(field string) bool {
	for _, g := range k.base.Guards {
		if slices.Contains(g.Reads, field) {
			return true
		}
	}
	named := func(t machine.Text) bool {
		for _, s := range t {
			if slices.ContainsFunc(machine.Placeholders(s), func(p machine.Placeholder) bool { return p.Name == field }) {
				return true
			}
		}
		return false
	}
	for i := range k.base.Locations {
		l := &k.base.Locations[i]
		if named(l.Prompt) || l.Kind != machine.Ask && l.Field == field {
			return true
		}
		for _, a := range l.Do {
			if a.By == field || slices.Contains(a.Fields, field) || named(a.Say) {
				return true
			}
			for _, c := range a.Cases {
				if named(c) {
					return true
				}
			}
		}
	}
	return false
}
