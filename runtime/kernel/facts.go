package kernel

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// checkCollecting checks that a field may be asked for when these facts hold (7).
func (k *checker) checkCollecting(i, facts int) error {
	f := &k.m.Fields[k.locs[i].field]
	class := f.Class
	for _, d := range k.m.Policy.Declassify {
		if d.Field == f.Name {
			class = d.From
		}
	}
	permit := k.permit(class, f.Type)
	if permit == nil {
		return k.at("G4", i, "the policy does not permit asking for %q, of class %q", f.Name, class)
	}
	for _, r := range permit.Requires {
		if err := k.checkRequired(i, facts, r, class); err != nil {
			return err
		}
	}
	for _, r := range k.m.Policy.Requires {
		if r == "authenticated" && k.verifiedBy[f.Name] {
			continue // whoever is verified by it must be asked for it before
		}
		if err := k.checkRequired(i, facts, r, class); err != nil {
			return err
		}
	}
	return nil
}

// permit is the line of a type in a class, else that of the class.
func (k *checker) permit(class, fieldType string) *machine.Permit {
	for _, t := range []string{fieldType, ""} {
		for i := range k.m.Policy.Permits {
			if p := &k.m.Policy.Permits[i]; p.Class == class && p.Type == t {
				return p
			}
		}
	}
	return nil
}

func (k *checker) checkRequired(i, facts int, condition, class string) error {
	f := &k.m.Fields[k.locs[i].field]
	switch {
	case condition == "authenticated" && facts&1 != 0:
	case condition == "consent" && facts&k.consentTo(class) != 0:
	case condition == "secure-channel" && slices.Equal(k.m.Flow.Channels, []string{"portal-chat"}):
	case condition == "authenticated" || condition == "consent":
		return k.at("G5", i, "%q may be asked for before there is %q", f.Name, condition)
	default:
		return k.at("G4", i, "%q may not be asked for here: it requires %q", f.Name, condition)
	}
	return nil
}

// consentTo are the facts of the consents that are for a class, or for one above it.
func (k *checker) consentTo(class string) int {
	if facts, ok := k.consents[class]; ok {
		return facts
	}
	below := map[string][]string{}
	for _, c := range k.m.Policy.Classes {
		below[c.Name] = c.Above
	}
	facts := 0
	for i := range k.locs {
		if l := &k.locs[i]; l.consent != 0 && closure(l.Covers, below)[class] {
			facts |= l.consent
		}
	}
	if k.consents == nil {
		k.consents = map[string]int{}
	}
	k.consents[class] = facts
	return facts
}

// checkNotice checks channels, declassifications, and that the notice names where to turn in need.
func (k *checker) checkNotice() error {
	for _, c := range k.m.Flow.Channels {
		if p := k.m.Policy.Channels; len(p) > 0 && !slices.Contains(p, c) {
			return refuse("G4", "", "the policy does not permit this purpose on the channel %q", c)
		}
	}
	for _, d := range k.m.Policy.Declassify {
		if d.To != k.m.Fields[k.fieldOf[d.Field]].Class || d.Reason == "" || d.Owner == "" || !isDay(d.Until) || d.Until < k.today {
			return refuse("G4", "", "the declassification of %q is over, or lacks a reason or an owner", d.Field)
		}
	}
	for _, lang := range k.m.Flow.Languages {
		notice := k.m.Notice[lang]
		if !strings.Contains(notice, "911") {
			return refuse("G5", "", "the notice in %q does not name 911", lang)
		}
		if !strings.Contains(notice+k.m.Texts["emergency-bar"][lang], "988") { // the bar stands on every page
			return refuse("G5", "", "neither the notice nor the emergency line in %q names 988", lang)
		}
	}
	return nil
}

// checkEmergencies checks that emergencies are recognised in every language and lead to people, and that after an
// escalation's one sentence nothing follows.
func (k *checker) checkEmergencies() error {
	raised := map[string]string{}
	for i := range k.m.Escalations {
		e := &k.m.Escalations[i]
		for _, cause := range e.On {
			raised[cause] = e.Tier
		}
		l := &k.m.Locations[k.locationOf[e.Location]]
		if len(l.Do) != 1 || l.Do[0].Say == nil {
			return refuse("G10", l.ID, "the escalation %q does more than say one sentence", e.Name)
		}
		for _, lang := range k.m.Flow.Languages {
			if e.Tier == machine.Emergency && !strings.Contains(l.Do[0].Say[lang], "911") {
				return refuse("G10", l.ID, "the sentence of %q does not name 911 in %q", e.Name, lang)
			}
		}
	}
	worded := map[string]bool{} // by kind of emergency and language
	var kinds []string
	for i := range k.m.Triggers {
		t := &k.m.Triggers[i]
		if t.Tier != machine.Emergency {
			continue
		}
		if raised[t.Name] != machine.Emergency {
			return refuse("G10", "", "the emergency %q does not lead to an escalation of that tier", t.Name)
		}
		kind := t.Category
		if kind == "" {
			kind = t.Name
		}
		kinds = append(kinds, kind)
		for _, p := range t.Phrases {
			worded[kind+" "+p.Lang] = true
		}
	}
	if len(kinds) == 0 {
		return refuse("G10", "", "no emergency is recognised")
	}
	for _, kind := range kinds {
		for _, lang := range k.m.Flow.Languages {
			if !worded[kind+" "+lang] {
				return refuse("G10", "", "the emergency %q has no phrases in %q", kind, lang)
			}
		}
	}
	return nil
}

// checkRanges checks the session against the policy (G9, G11).
func (k *checker) checkRanges() error {
	s, p := &k.m.Session, &k.m.Policy
	if !within(s.Retries, p.Retries) {
		return refuse("G9", "", "%d retries are outside of what the policy permits", s.Retries)
	}
	if !within(s.Timeout, p.Timeout) {
		return refuse("G11", "", "a timeout of %d seconds is outside of what the policy permits", s.Timeout)
	}
	for i := range k.m.Fields {
		f := &k.m.Fields[i]
		at := slices.IndexFunc(p.Keep, func(r machine.Keep) bool { return r.Class == f.Class })
		if at < 0 || !within(s.Keep, p.Keep[at].Range) {
			return refuse("G11", "", "%q, of class %q, may not be kept for %d days", f.Name, f.Class, s.Keep)
		}
	}
	return nil
}

func within(n int, r machine.Range) bool { return r.Min <= int64(n) && int64(n) <= r.Max }

// checkScope checks that something happens for every topic in scope (G12). Topics that are escalated or refused are
// Validate's.
func (k *checker) checkScope() error {
	routed := map[string]bool{}
	for i := range k.locs {
		if !k.reached(i) {
			continue
		}
		l := &k.locs[i]
		for _, c := range l.Choices {
			routed[c.Topic] = true
		}
		for _, e := range l.Edges {
			if l.Kind == machine.Listen {
				routed[e.On] = true
			}
		}
	}
	for i := range k.m.Topics {
		t := &k.m.Topics[i]
		if t.Treat == machine.Handle && t.Answer == nil && t.Route == "" && !routed[t.Name] {
			return refuse("G12", "", "nothing happens when a patient means %q", t.Name)
		}
	}
	return nil
}

// checkReview checks who answers for the flow, and that its review is not overdue (G15).
func (k *checker) checkReview() error {
	f := &k.m.Flow
	owner, reviewer := strings.TrimSpace(f.Owner), strings.TrimSpace(f.Reviewer)
	if owner == "" || reviewer == "" || strings.EqualFold(owner, reviewer) {
		return refuse("G15", "", "the owner or the reviewer is missing, or they are one person")
	}
	if !isDay(f.Reviewed) || f.Reviewed > k.today {
		return refuse("G15", "", "the day of the last review, %q, is none before today", f.Reviewed)
	}
	if later(f.Reviewed, k.m.Policy.ReviewEvery) < k.today {
		return refuse("G15", "", "the last review was on %s, and one is due every %d days", f.Reviewed, k.m.Policy.ReviewEvery)
	}
	return nil
}
