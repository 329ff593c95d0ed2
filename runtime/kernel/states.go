package kernel

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// checkState checks what must hold in every state of a location.
func (k *checker) checkState(i int, s machine.AbstractState) {
	l := &k.locs[i]
	k.checkRead(i, l.reads)
	for _, c := range l.cases {
		if k.holdsNow(i, "G3", c.is) {
			k.checkRead(i, c.reads)
		}
	}
	if l.Kind == machine.Ask {
		k.checkCollecting(i, s[machine.StateFacts])
	}
	k.wantAt(i, l.there == nil || k.holdsNow(i, "G9", l.there), "G9", "nobody of %q is there at some moment", l.Team)
}

// holdsNow reports whether a test holds in the state at hand, which must tell.
func (k *checker) holdsNow(i int, obligation string, t *machine.Comparison) bool {
	cell := k.now[t.Variable]
	return k.wantAt(i, cell > 0, obligation, "its invariant does not say the cell of %q", k.vars[t.Variable].Name) && t.Holds[cell]
}

// checkRead checks that fields have a value (5).
func (k *checker) checkRead(i int, fields []int) {
	for _, f := range fields {
		k.wantAt(i, k.now[f] > 0 || k.now[f] == held, "G3", "it reads %q, which may have no value", k.vars[f].Name)
	}
}

// checkCollecting checks that a field may be asked for when these facts hold (6).
func (k *checker) checkCollecting(i, facts int) {
	f := &k.m.Fields[k.locs[i].field]
	class := f.Class
	k.spend(len(k.m.Policy.Declassify) + len(k.m.Policy.Permits))
	if d := slices.IndexFunc(k.m.Policy.Declassify, func(d machine.Declass) bool { return d.Field == f.Name }); d >= 0 {
		class = k.m.Policy.Declassify[d].From
	}
	permit := k.permit(class, f.PolicyType())
	if permit == nil {
		permit = k.permit(class, "")
	}
	if !k.wantAt(i, permit != nil, "G4", "the policy does not permit asking for %q, of class %q", f.Name, class) {
		return
	}
	for _, r := range permit.Requires {
		k.checkRequired(i, facts, r, class)
	}
	for _, r := range k.m.Policy.Requires {
		if r != "authenticated" || !k.verifiedBy[f.Name] { // whoever is verified by it must be asked for it before
			k.checkRequired(i, facts, r, class)
		}
	}
}

// permit is what the policy says of a type in a class, or of the class.
func (k *checker) permit(class, fieldType string) *machine.Permit {
	for i := range k.m.Policy.Permits {
		if p := &k.m.Policy.Permits[i]; p.Class == class && p.Type == fieldType {
			return p
		}
	}
	return nil
}

func (k *checker) checkRequired(i, facts int, condition, class string) {
	switch condition {
	case "authenticated":
		k.wantAt(i, facts&1 != 0, "G5", "%q may be asked for before there is %q", k.locs[i].Field, condition)
	case "consent":
		k.wantAt(i, facts&k.consentsTo(class) != 0, "G5", "%q may be asked for before there is %q", k.locs[i].Field, condition)
	default:
		secure := condition == "secure-channel" && slices.Equal(k.m.Flow.Channels, []string{"portal-chat"})
		k.wantAt(i, secure, "G4", "%q may not be asked for here: it requires %q", k.locs[i].Field, condition)
	}
}

// consentsTo are the facts of the consents that are for a class.
func (k *checker) consentsTo(class string) int {
	if facts, ok := k.consentTo[class]; ok {
		return facts
	}
	for i := range k.locs {
		if l := &k.locs[i]; l.consent != 0 && k.holds(l.Covers, class) {
			k.consentTo[class] |= l.consent
		}
	}
	return k.consentTo[class]
}
