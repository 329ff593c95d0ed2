package export

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// location writes one location: that it is reached, what it says, sends and asks, and what can come next.
func (w *modelWriter) location(l *machine.Location) {
	n := w.number[l.ID]
	w.line(0, "L%d: /* %s */", n, note(l.ID))
	w.line(1, `printf("at %s\n"); /* G1 L%d state %s */`, note(l.ID), n, note(l.State))
	w.line(1, "automatic = %t;", l.Kind == machine.Auto)
	w.speech(l)
	w.uses(l)
	switch l.Kind {
	case machine.End, machine.Handoff:
		w.stop(l)
		return
	case machine.Ask:
		w.collect(l)
	case machine.Auto, machine.Offer, machine.Listen, machine.Consent, machine.Verify, machine.Book:
	}
	w.line(1, "if")
	for _, h := range w.a.happenings(l) {
		w.happen(l, h)
	}
	w.line(1, "fi;")
}

// speech asserts that what a location names has a value, and that what it sends may be sent.
func (w *modelWriter) speech(l *machine.Location) {
	w.line(1, "speaking = true;")
	for _, f := range w.a.namedAt(l) {
		w.line(1, "assert(G3 || %s != 0);", w.variable(w.a.position[f]))
	}
	for _, d := range l.Do {
		if d.By != "" {
			w.speechBy(d)
		}
		if d.To != "" {
			w.send(d)
		}
	}
	w.line(1, "speaking = false;")
}

func (w *modelWriter) speechBy(d machine.Action) {
	by := w.a.position[d.By]
	for i, c := range w.a.variables[by-1].cells {
		for _, f := range fieldsOf(d.Cases[c.text]) {
			w.line(1, "assert(G3 || %s != %d || %s != 0);", w.variable(by), i+1, w.variable(w.a.position[f]))
		}
	}
}

// send judges what is sent by itself; what a send tells by happening at all is no property of single runs, and is left
// to the facts.
func (w *modelWriter) send(d machine.Action) {
	i := slices.IndexFunc(w.m.Practice.Vendors, func(v machine.Vendor) bool { return v.Name == d.To })
	v := w.m.Practice.Vendors[i]
	if !slices.Contains(v.Purposes, w.m.Flow.Purpose) {
		w.line(1, "assert(G7); /* %s does not serve this purpose */", note(v.Name))
	}
	agreement := false
	for _, f := range d.Fields {
		class := w.a.fieldOf[f].Class
		if !slices.ContainsFunc(v.Classes, func(c string) bool { return w.atLeast(c, class) }) {
			w.line(1, "assert(G7); /* %s may not hold %s */", note(v.Name), note(f))
		}
		agreement = agreement || w.m.Policy.VendorFloor != "" && w.atLeast(class, w.m.Policy.VendorFloor)
	}
	if agreement {
		w.line(1, "assert(G8 || %s);", inForce(v.Agreement, w.m.Policy.Horizon))
	}
}

// inForce is the expression that an agreement is in force on the day of the check and through the horizon.
func inForce(a *machine.Agreement, horizon int) string {
	if a == nil {
		return "false"
	}
	from, ok := dayNumber(a.Effective)
	if !ok {
		return "false"
	}
	until, ok := dayNumber(a.Expires)
	if !ok {
		return fmt.Sprintf("AS_OF >= %d", from)
	}
	return fmt.Sprintf("(AS_OF >= %d && AS_OF + %d <= %d)", from, horizon, until)
}

// atLeast reports whether class is low, or stands above it.
func (w *modelWriter) atLeast(class, low string) bool {
	seen, open := map[string]bool{}, []string{class}
	for len(open) > 0 {
		c := open[len(open)-1]
		open = open[:len(open)-1]
		if c == low {
			return true
		}
		if seen[c] {
			continue
		}
		seen[c] = true
		for _, x := range w.m.Policy.Classes {
			if x.Name == c {
				open = append(open, x.Above...)
			}
		}
	}
	return false
}

// uses tells which answers are of use on entry: what the location names, and everything where people take over by the
// author's word.
func (w *modelWriter) uses(l *machine.Location) {
	for i := range w.m.Fields {
		f := w.m.Fields[i].Name
		reads := slices.Contains(w.a.readsAt(l), w.a.position[f])
		if reads || l.Kind == machine.Handoff && !w.ofProtocol(l.ID) {
			w.use(1, f, "")
		}
	}
}

func (w *modelWriter) ofProtocol(id string) bool {
	return id == w.m.Human || id == w.m.Stuck ||
		slices.ContainsFunc(w.m.Escalations, func(e machine.Escalation) bool { return e.Location == id })
}

// stop ends the conversation, or passes it on while somebody is there.
func (w *modelWriter) stop(l *machine.Location) {
	if l.Kind == machine.Handoff {
		if there := w.a.coveredCells(l.Team); len(there) < len(w.a.variables[w.a.position["now"]-1].cells) {
			w.line(1, "assert(G9 || %s);", w.isOneOf(w.a.position["now"], there))
		}
	}
	w.line(1, "over = true;")
	w.line(1, "goto stopped;")
}

// collect asserts that the policy permits what is asked, and that what it requires has come before.
func (w *modelWriter) collect(l *machine.Location) {
	requires, permitted := w.requirements(l.Field)
	if !permitted {
		w.line(1, "assert(G4); /* the policy permits no %s */", note(l.Field))
	}
	for _, r := range requires {
		switch r {
		case "authenticated":
			w.line(1, "assert(G5 || verified);")
		case "consent":
			w.line(1, "assert(G5 || %s);", w.consentTo(w.collectedAs(l.Field)))
		case "secure-channel":
			w.line(1, "assert(G4 || %t); /* only the portal is a secure channel */", slices.Equal(w.m.Flow.Channels, []string{"portal-chat"}))
		default:
			w.line(1, "assert(G4); /* %s */", note(r))
		}
	}
}

// consentTo is the expression that some consent holds which lets a class be collected.
func (w *modelWriter) consentTo(class string) string {
	covers := func(c string) bool {
		return slices.ContainsFunc(w.m.Locations, func(l machine.Location) bool {
			return l.Consent == c && slices.ContainsFunc(l.Covers, func(high string) bool { return w.atLeast(high, class) })
		})
	}
	parts := []string{"false"}
	for _, c := range w.sortedConsents() {
		if covers(c) {
			parts = append(parts, w.consent(c))
		}
	}
	return "(" + strings.Join(parts, " || ") + ")"
}

// collectedAs is the class of a field before its declassification.
func (w *modelWriter) collectedAs(field string) string {
	for _, d := range w.m.Policy.Declassify {
		if d.Field == field {
			return d.From
		}
	}
	return w.a.fieldOf[field].Class
}

// requirements are those of the permit of the field's type, else of its class, and of the whole purpose.
func (w *modelWriter) requirements(field string) (requires []string, permitted bool) {
	f, class := w.a.fieldOf[field], w.collectedAs(field)
	ofType := func(p machine.Permit) bool { return p.Type == f.PolicyType() && p.Class == class }
	ofClass := func(p machine.Permit) bool { return p.Type == "" && p.Class == class }
	i := slices.IndexFunc(w.m.Policy.Permits, ofType)
	if i < 0 {
		i = slices.IndexFunc(w.m.Policy.Permits, ofClass)
	}
	if i >= 0 {
		requires = append(requires, w.m.Policy.Permits[i].Requires...)
	}
	proves := slices.ContainsFunc(w.m.Locations, func(l machine.Location) bool { return l.Kind == machine.Verify && l.Field == field })
	for _, r := range w.m.Policy.Requires {
		if r != "authenticated" || !proves {
			requires = append(requires, r)
		}
	}
	return requires, i >= 0
}
