package kernel

import (
	"maps"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// checkNotice checks channels, declassifications, and that the notice names where to turn in need (G4, G5).
func (k *checker) checkNotice() {
	for _, c := range k.m.Flow.Channels {
		p := k.m.Policy.Channels
		k.want(len(p) == 0 || slices.Contains(p, c), "G4", "the policy does not permit this purpose on the channel %q", c)
	}
	for _, d := range k.m.Policy.Declassify {
		class := k.vars[k.cells.Of[d.Field]].Field.Class // or above, where another field raises it
		stands := k.below[class][d.To] && d.Reason != "" && d.Owner != "" && d.Until >= k.today
		k.want(stands, "G4", "the declassification of %q is over, or lacks a reason or an owner", d.Field)
	}
	for _, lang := range k.m.Flow.Languages {
		for _, number := range []string{"911", "988"} {
			needed := slices.Contains(k.m.Policy.Notices, "emergency")
			k.want(!needed || machine.GivesNumber(k.m.Notice[lang], number), "G5", "the notice in %q does not tell to call %s", lang, number)
		}
	}
}

// urgency orders tiers.
var urgency = map[string]int{machine.Routine: 1, machine.Urgent: 2, machine.Emergency: 3}

// checkEmergencies checks that what the policy calls a sign of danger is recognised in every language and leads to
// people as urgently as it must, and that the sentence said then names the number to call (G10).
func (k *checker) checkEmergencies() {
	for i := range k.m.Escalations {
		at := k.locationOf[k.m.Escalations[i].Location]
		do := k.m.Locations[at].Do
		k.wantAt(at, len(do) == 1, "G10", "the escalation does more than say one sentence")
		for _, said := range do[0].Say { // Validate: it says one
			k.wantAt(at, k.m.Escalations[i].Tier != machine.Emergency || machine.GivesNumber(said, "911"), "G10", "its sentence does not name 911")
		}
	}
	needed, answered := map[string]int{}, map[string]int{} // by kind of danger, and by kind and language: how urgently
	for _, s := range k.m.Policy.Signs {
		needed[s.Kind] = urgency[s.Tier]
	}
	emergency := false
	for i := range k.m.Triggers {
		t := &k.m.Triggers[i]
		if t.Tier == machine.Emergency {
			needed[t.Kind()], emergency = urgency[t.Tier], true
			k.want(k.tierOf[t.Name] == t.Tier, "G10", "the emergency %q does not lead to an escalation of that tier", t.Name)
		}
		for _, p := range t.Phrases {
			for _, key := range []string{t.Name + " " + p.Lang, t.Kind() + " " + p.Lang} {
				answered[key] = max(answered[key], min(urgency[t.Tier], urgency[k.tierOf[t.Name]]))
			}
		}
	}
	k.want(emergency, "G10", "no emergency is recognised")
	for _, kind := range slices.Sorted(maps.Keys(needed)) {
		for _, lang := range k.m.Flow.Languages {
			k.want(answered[kind+" "+lang] >= needed[kind], "G10", "the danger %q is not recognised in %q, or is not answered as urgently as it must be", kind, lang)
		}
	}
}

// checkRanges checks the session against the policy (G9, G11).
func (k *checker) checkRanges() {
	s, p := &k.m.Session, &k.m.Policy
	k.want(within(s.Retries, p.Retries), "G9", "%d retries are outside of what the policy permits", s.Retries)
	k.want(within(s.Timeout, p.Timeout), "G11", "a timeout of %d seconds is outside of what the policy permits", s.Timeout)
	for _, f := range k.m.Fields {
		at := slices.IndexFunc(p.Keep, func(r machine.Keep) bool { return r.Class == f.Class })
		k.want(at >= 0 && k.spend(at) && within(s.Keep, p.Keep[at].Range) && within(s.Shortest(), p.Keep[at].Range), "G11",
			"%q, of class %q, may not be kept for %d to %d days", f.Name, f.Class, s.Shortest(), s.Keep)
	}
}

func within(n int, r machine.Range) bool { return r.Min <= int64(n) && int64(n) <= r.Max }

// checkScope checks that something happens for every topic in scope (G12). Topics that are escalated or refused are
// Validate's.
func (k *checker) checkScope() {
	routed := map[string]bool{}
	for i := range k.locs {
		l := &k.locs[i]
		for _, c := range l.Choices {
			routed[c.Topic] = routed[c.Topic] || k.reached(i)
		}
		for _, e := range l.Edges {
			routed[e.On] = routed[e.On] || l.Kind == machine.Listen && k.reached(i)
		}
	}
	for _, t := range k.m.Topics {
		happens := t.Treat != machine.Handle || t.Answer != nil || t.Route != "" || routed[t.Name]
		k.want(happens, "G12", "nothing happens when a patient means %q", t.Name)
	}
}

// checkReview checks who answers for the flow, and that its review is not overdue (G15).
func (k *checker) checkReview() {
	f := &k.m.Flow
	owner, reviewer := strings.TrimSpace(f.Owner), strings.TrimSpace(f.Reviewer)
	k.want(owner != "" && reviewer != "" && !strings.EqualFold(owner, reviewer), "G15", "the owner or the reviewer is missing, or they are one person")
	k.want(machine.IsDay(f.Reviewed) && f.Reviewed <= k.today, "G15", "the day of the last review, %q, is none before today", f.Reviewed)
	k.want(later(f.Reviewed, k.m.Policy.ReviewEvery) >= k.today, "G15", "the last review was on %s, and one is due every %d days", f.Reviewed, k.m.Policy.ReviewEvery)
}
