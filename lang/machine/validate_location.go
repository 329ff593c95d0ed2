package machine

import (
	"maps"
	"slices"
	"strconv"
)

func (v *validator) indexLocations() {
	v.at = make(map[string]*Location, len(v.m.Locations))
	for i := range v.m.Locations {
		l := &v.m.Locations[i]
		v.check(l.ID != "" && len(l.ID) <= MaxText && l.State != "", "location %d has no id or state", i)
		v.check(i == 0 || v.m.Locations[i-1].ID < l.ID, "locations are repeated or unsorted at %q", l.ID)
		v.at[l.ID] = l
	}
	for i := range v.m.Topics {
		t := &v.m.Topics[i]
		v.check(t.Route == "" || v.at[t.Route] != nil, "topic %q leads to the missing location %q", t.Name, t.Route)
	}
}

func (v *validator) escalations() {
	raised := map[string]string{}
	v.people = map[string]bool{v.m.Human: true, v.m.Stuck: true}
	names := make([]string, len(v.m.Escalations))
	for i := range v.m.Escalations {
		e := &v.m.Escalations[i]
		names[i] = e.Name
		v.check(isName(e.Name) && isTier(e.Tier), "escalation %q has no name or tier", e.Name)
		v.check(len(e.On) > 0 && strictlySorted(e.On), "what raises escalation %q is missing, repeated or unsorted", e.Name)
		for _, cause := range e.On {
			v.check(raised[cause] == "", "%q raises both %q and %q", cause, raised[cause], e.Name)
			raised[cause] = e.Name
			topic := v.topicOf[cause]
			v.check(topic == nil || topic.Treat == Escalate, "escalation %q takes the topic %q, which is not escalated", e.Name, cause)
			v.check(topic != nil || v.triggerOf[cause] != nil, "escalation %q is raised by the unknown %q", e.Name, cause)
		}
		to := v.at[e.Location]
		v.check(to != nil && to.Kind == Handoff && to.Tier == e.Tier, "escalation %q does not lead to a handoff of its tier", e.Name)
		if to != nil {
			v.check(countSays(to.Do) == 1, "escalation %q does not say exactly one sentence", e.Name)
			v.people[to.ID] = true
		}
	}
	v.check(strictlySorted(names), "escalations are repeated or unsorted")
	for i := range v.m.Topics {
		t := &v.m.Topics[i]
		v.check(t.Treat != Escalate || raised[t.Name] != "", "the escalated topic %q raises nothing", t.Name)
		v.check(!v.people[t.Route], "topic %q leads to %q, which only the turn protocol leads to", t.Name, t.Route)
	}
	for i := range v.m.Triggers {
		v.check(raised[v.m.Triggers[i].Name] != "", "the trigger %q raises nothing", v.m.Triggers[i].Name)
	}
}

func countSays(actions []Action) int {
	n := 0
	for _, a := range actions {
		if a.Say != nil || a.By != "" {
			n++
		}
	}
	return n
}

// entrances checks where conversations begin and where the turn protocol leads by itself.
func (v *validator) entrances() {
	v.check(v.at[v.m.Start] != nil, "it starts at the missing location %q", v.m.Start)
	for _, id := range []string{v.m.Human, v.m.Stuck} {
		v.check(v.at[id] != nil && v.at[id].Kind == Handoff, "%q is no handoff", id)
	}
}

func (v *validator) locations() {
	for i := range v.m.Locations {
		l := &v.m.Locations[i]
		v.check(len(l.Edges) <= MaxPerPlace && len(l.Choices) <= MaxChoices && len(l.Do) <= MaxPerPlace, "location %q is too large", l.ID)
		v.actions(l)
		v.shape(l)
		v.edges(l)
		if v.err != nil {
			return
		}
	}
}

// actions checks what a location does on entry.
func (v *validator) actions(l *Location) {
	for _, a := range l.Do {
		kinds := 0
		if a.Say != nil {
			kinds++
			v.text(a.Say, "a text of "+l.ID, anything)
		}
		if a.By != "" {
			kinds++
			v.sayBy(l, a)
		}
		if a.To != "" {
			kinds++
			v.check(v.vendors[a.To], "location %q sends to the unknown vendor %q", l.ID, a.To)
			v.check(len(a.Fields) > 0 && strictlySorted(a.Fields), "what location %q sends is missing, repeated or unsorted", l.ID)
		}
		for _, f := range a.Fields {
			v.check(v.fieldOf[f] != nil, "location %q sends the unknown field %q", l.ID, f)
		}
		v.check(kinds == 1, "location %q has an action that is not exactly one thing", l.ID)
		v.check((a.To != "" || len(a.Fields) == 0) && (a.By != "" || len(a.Cases) == 0), "location %q has an action with parts of another", l.ID)
	}
}

func (v *validator) sayBy(l *Location, a Action) {
	f := v.fieldOf[a.By]
	if v.check(f != nil, "location %q speaks by the unknown field %q", l.ID, a.By); f == nil {
		return
	}
	want := []string{"no", "yes"}
	if f.Type != "yes-no" {
		want = want[:0]
		for _, o := range f.Options {
			want = append(want, o.Value)
		}
		slices.Sort(want)
	}
	got := slices.Sorted(maps.Keys(a.Cases))
	v.check(len(want) > 0 && slices.Equal(got, want), "location %q does not speak for every answer of %q", l.ID, a.By)
	for _, k := range got {
		v.text(a.Cases[k], "a text of "+l.ID, anything)
	}
}

// shape checks that a location has the parts of its kind and no others.
func (v *validator) shape(l *Location) {
	needsField := l.Kind == Ask || l.Kind == Verify || l.Kind == Book
	needsPrompt := l.Kind == Ask || l.Kind == Verify || l.Kind == Consent
	mayPrompt := needsPrompt || l.Kind == Offer || l.Kind == Listen
	v.check(needsField == (l.Field != ""), "location %q has a field and needs none, or needs one", l.ID)
	v.check(l.Field == "" || v.fieldOf[l.Field] != nil, "location %q is about the unknown field %q", l.ID, l.Field)
	v.check((mayPrompt || l.Prompt == nil) && (!needsPrompt || l.Prompt != nil), "location %q has a prompt and needs none, or needs one", l.ID)
	if l.Prompt != nil {
		v.text(l.Prompt, "the prompt of "+l.ID, anything)
	}
	v.check((l.Kind == Offer) == (len(l.Choices) > 0), "location %q has choices and needs none, or needs some", l.ID)
	for _, ch := range l.Choices {
		v.text(ch.Label, "a choice of "+l.ID, anything)
		v.check(ch.Topic == "" || v.topicOf[ch.Topic] != nil && v.topicOf[ch.Topic].Treat == Handle, "location %q offers the topic %q, which is not handled", l.ID, ch.Topic)
	}
	v.consent(l)
	v.check((l.Kind == End) == (l.Outcome != ""), "location %q names an outcome and does not end, or the reverse", l.ID)
	if l.Kind == Handoff {
		v.check(v.teams[l.Team] && isTier(l.Tier), "location %q hands off to the unknown team %q or tier %q", l.ID, l.Team, l.Tier)
	} else {
		v.check(l.Team == "" && l.Tier == "", "location %q names a team and does not hand off", l.ID)
	}
	if f := v.fieldOf[l.Field]; f != nil {
		v.check(l.Kind != Verify || f.PolicyType() == "phone" || f.PolicyType() == "email", "location %q verifies %q", l.ID, f.Name)
		v.check(l.Kind != Book || f.Type == "slot", "location %q books %q", l.ID, f.Name)
	}
}

// consent checks that a consent covers the same classes wherever it is asked for.
func (v *validator) consent(l *Location) {
	v.check((l.Kind == Consent) == (l.Consent != ""), "location %q names a consent and asks for none, or the reverse", l.ID)
	v.check(l.Consent != "" || len(l.Covers) == 0, "location %q covers classes and asks for no consent", l.ID)
	v.check(strictlySorted(l.Covers), "what the consent %q covers is repeated or unsorted", l.Consent)
	for _, c := range l.Covers {
		v.check(v.classes[c], "the consent %q covers the unknown class %q", l.Consent, c)
	}
	if l.Consent == "" {
		return
	}
	first, asked := v.consents[l.Consent]
	if v.consents == nil {
		v.consents = map[string][]string{}
	}
	v.check(!asked || slices.Equal(first, l.Covers), "the consent %q does not cover the same classes everywhere", l.Consent)
	v.consents[l.Consent] = l.Covers
}

// edges checks that every outcome of a location has a way on, and that each way leads somewhere.
func (v *validator) edges(l *Location) {
	want, ok := v.outcomes(l)
	if v.check(ok, "location %q is of the unknown kind %q", l.ID, l.Kind); !ok {
		return
	}
	covered := map[string]bool{}
	closed := map[string]bool{} // an edge without guard ends the alternatives of its outcome
	for i := range l.Edges {
		e := &l.Edges[i]
		v.check(v.at[e.To] != nil, "location %q leads to the missing location %q", l.ID, e.To)
		v.check(!v.people[e.To], "location %q leads to %q, which only the turn protocol leads to", l.ID, e.To)
		v.check(e.Guard == nil || *e.Guard >= 0 && *e.Guard < len(v.m.Guards), "location %q has a guard that does not exist", l.ID)
		v.check(slices.Contains(want, e.On), "location %q has a way on %q, which cannot happen", l.ID, e.On)
		v.check(!closed[e.On], "location %q has a way after the last one on %q", l.ID, e.On)
		covered[e.On] = true
		closed[e.On] = closed[e.On] || e.Guard == nil
	}
	for _, on := range want {
		v.check(covered[on], "location %q has no way on %q", l.ID, on)
	}
}

// outcomes are what can happen at a location.
func (v *validator) outcomes(l *Location) ([]string, bool) {
	switch l.Kind {
	case Auto:
		return []string{""}, true
	case Ask:
		if f := v.fieldOf[l.Field]; f != nil && f.Type == "slot" {
			return []string{"", OnNone}, true
		}
		return []string{""}, true
	case Offer:
		out := make([]string, len(l.Choices))
		for i := range out {
			out[i] = strconv.Itoa(i + 1)
		}
		return out, true
	case Listen:
		var out []string
		for _, e := range l.Edges {
			t := v.topicOf[e.On]
			v.check(t != nil && t.Treat == Handle, "location %q listens for the topic %q, which is not handled", l.ID, e.On)
			out = append(out, e.On)
		}
		v.check(len(out) > 0 && len(out) <= MaxChoices, "location %q listens for nothing, or for too much", l.ID)
		return out, true
	case Consent:
		return []string{OnGranted, OnRefused}, true
	case Verify:
		return []string{OnFailed, OnUnreachable, OnVerified}, true
	case Book:
		return []string{OnBooked, OnFailed, OnTaken}, true
	case End, Handoff:
		return nil, true
	}
	return nil, false
}
