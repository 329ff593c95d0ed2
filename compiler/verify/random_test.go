package verify_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

// found is what the verifier says of a drawn machine, in the monitor's terms.
type found map[string][]string

func (f found) add(what, who string) {
	if !slices.Contains(f[what], who) {
		f[what] = append(f[what], who)
		slices.Sort(f[what])
	}
}

// verdicts sorts diagnostics by what the monitor sees too.
func verdicts(m *machine.Machine, l diag.List) found {
	outcomeAt := map[int]string{}
	for _, loc := range m.Locations {
		for _, e := range loc.Edges {
			outcomeAt[e.Place.Line] = loc.ID + " " + e.On
		}
	}
	out := found{}
	for _, d := range l {
		line := d.Span.Start.Line
		quoted := ""
		if parts := strings.Split(d.Message, "`"); len(parts) > 1 {
			quoted = parts[1]
		}
		switch d.Code {
		case diag.AnswersUnhandled:
			out.add("unhandled", outcomeAt[line])
		case diag.GuardsOverlap:
			out.add("overlap", outcomeAt[line])
		case diag.GuardDead:
			out.add("dead", strconv.Itoa(line))
		case diag.GuardShadowed:
			out.add("shadowed", strconv.Itoa(line))
		case diag.OtherwiseUnneeded:
			out.add("otherwise", strconv.Itoa(line))
		case diag.NotYetAsked:
			out.add("missing", quoted)
		case diag.NeedsVerification, diag.NeedsConsent:
			condition := map[*diag.Code]string{diag.NeedsVerification: " authenticated", diag.NeedsConsent: " consent"}[d.Code]
			out.add("early", quoted+condition)
			for _, n := range d.Notes {
				if also, ok := strings.CutPrefix(n.Text, "and so is `"); ok {
					out.add("early", strings.TrimSuffix(also, "`")+condition)
				}
			}
		case diag.NobodyThere:
			out.add("deserted", quoted)
			for _, n := range d.Notes {
				if also, ok := strings.CutPrefix(n.Text, "nor of `"); ok {
					out.add("deserted", strings.TrimSuffix(also, "`"))
				}
			}
		case diag.AutomaticCircle:
			out.add("circle", "yes")
		case diag.NoWayOut:
			out.add("trap", "yes")
		case diag.StateUnreached:
			out.add("unreached", quoted)
		case diag.NeverUsed:
			out.add("unused", strconv.Itoa(line))
		case diag.VendorMayNotHold:
			out.add("leak", strconv.Itoa(line))
		case diag.ImplicitFlow:
			out.add("implicit", strconv.Itoa(line))
		case diag.UsedOnSomeWays, diag.TopicUnrouted, diag.NeverAsked:
		default:
			out.add("other", d.Code.ID+" "+d.Message)
		}
	}
	return out
}

// watched is what the monitor saw, in the same terms.
func watched(m *machine.Machine, s *verifytest.Seen) found {
	out := found{}
	for _, l := range m.Locations {
		for _, e := range l.Edges {
			line := e.Place.Line
			switch {
			case !s.Asked[line] || s.Taken[line]:
			case e.Guard == nil && len(l.Edges) > 1:
				out.add("otherwise", strconv.Itoa(line))
			case e.Guard == nil:
			case !s.Held[line]:
				out.add("dead", strconv.Itoa(line))
			case l.Ordered:
				out.add("shadowed", strconv.Itoa(line))
			}
		}
	}
	for what, set := range map[string]map[string]bool{"unhandled": s.Unhandled, "overlap": s.Overlap, "missing": s.Missing, "early": s.Early, "deserted": s.Deserted} {
		for who := range set {
			out.add(what, who)
		}
	}
	if s.Circle {
		out.add("circle", "yes")
	}
	if s.Trap && !s.Circle && len(s.Unhandled) == 0 { // else what is not handled may be why
		out.add("trap", "yes")
	}
	unused(m, s, out)
	leaks(m, s, out)
	return out
}

// unused finds asks from which no way leads to a use, by plain search.
func unused(m *machine.Machine, s *verifytest.Seen, out found) {
	at := map[string]*machine.Location{}
	for i := range m.Locations {
		at[m.Locations[i].ID] = &m.Locations[i]
	}
	for i := range m.Locations {
		l := &m.Locations[i]
		if l.Kind != machine.Ask || !s.Reached[l.ID] || parts(m, l, l.Field, "", s.Taken) {
			continue
		}
		seen := map[string]bool{}
		queue := []string{l.ID}
		used := false
		for steps := s.Answers; len(queue) > 0 && !used; steps = s.Steps { // the first step must be the answer
			from := queue[0]
			queue = queue[1:]
			for to := range steps[from] {
				used = used || usesFirst(m, at[to], l.Field, s.Taken)
				if !seen[to] && !(at[to].Kind == machine.Ask && at[to].Field == l.Field) {
					seen[to] = true
					queue = append(queue, to)
				}
			}
		}
		if !used {
			out.add("unused", strconv.Itoa(l.Place.Line))
		}
	}
}

// parts reports whether a guard of an outcome reads a field, and ways of that outcome that were taken lead to two places;
// any outcome for "*". What was taken is told by line.
func parts(m *machine.Machine, l *machine.Location, field, on string, taken map[int]bool) bool {
	tested, led := map[string]bool{}, map[string]map[string]bool{}
	for _, e := range l.Edges {
		if e.Guard != nil && slices.Contains(m.Guards[*e.Guard].Reads, field) {
			tested[e.On] = true
		}
		if taken[e.Place.Line] {
			if led[e.On] == nil {
				led[e.On] = map[string]bool{}
			}
			led[e.On][e.To] = true
		}
	}
	for o := range tested {
		if (on == "*" || o == on) && len(led[o]) > 1 {
			return true
		}
	}
	return false
}

// usesFirst reports whether a location uses a field before it may ask it anew.
func usesFirst(m *machine.Machine, l *machine.Location, field string, taken map[int]bool) bool {
	return readsFirst(l, field) || !(l.Kind == machine.Ask && l.Field == field) && parts(m, l, field, "*", taken)
}

// readsFirst reports whether a location uses a field on entry.
func readsFirst(l *machine.Location, field string) bool {
	if l.Kind == machine.Handoff && !strings.HasPrefix(l.ID, "@") && !strings.HasPrefix(l.ID, "escalation/") || l.Kind != machine.Ask && l.Field == field {
		return true
	}
	for _, a := range l.Do {
		if a.By == field || slices.Contains(a.Fields, field) || strings.Contains(a.Say["en"], "{"+field+"}") {
			return true
		}
		for _, t := range a.Cases {
			if strings.Contains(t["en"], "{"+field+"}") {
				return true
			}
		}
	}
	for _, c := range l.Choices {
		if strings.Contains(c.Label["en"], "{"+field+"}") {
			return true
		}
	}
	return strings.Contains(l.Prompt["en"], "{"+field+"}")
}

var holdsClasses = map[string][]string{
	"crm": {"public", "preference", "contact", "interest"}, "mailer": {"public", "preference", "contact"},
}

// leaks finds what sends tell: directly, and by what decides that they happen. Which location every way comes by is
// found by leaving it out and looking whether an end is still reached.
func leaks(m *machine.Machine, s *verifytest.Seen, out found) {
	class := map[string]string{}
	for _, f := range m.Fields {
		class[f.Name] = f.Class
	}
	control, told := controls(m, s, class)
	for _, l := range m.Locations {
		if !s.Reached[l.ID] {
			continue
		}
		for _, a := range l.Do {
			if a.To == "" {
				continue
			}
			sent := map[string]bool{}
			for _, f := range a.Fields {
				sent[class[f]] = true
				if !slices.Contains(holdsClasses[a.To], class[f]) {
					out.add("leak", strconv.Itoa(a.Place.Line))
				}
			}
			tells := maps.Clone(control[l.ID])
			for _, f := range a.Fields {
				maps.Copy(tells, told[f])
			}
			for c := range tells {
				if !sent[c] && !slices.Contains(holdsClasses[a.To], c) {
					out.add("implicit", strconv.Itoa(a.Place.Line))
				}
			}
		}
	}
}

// controls finds, for each location, the classes that decide whether it is come by, and for each field and `verified` those
// that its value tells.
func controls(m *machine.Machine, s *verifytest.Seen, class map[string]string) (control, told map[string]map[string]bool) {
	at := map[string]machine.Location{}
	for _, l := range m.Locations {
		at[l.ID] = l
	}
	ends := func(id string) bool {
		l := at[id]
		return l.Kind == machine.End || l.Kind == machine.Handoff && !strings.HasPrefix(id, "@") && !strings.HasPrefix(id, "escalation/")
	}
	// by reports whether every way from one location to an end comes by another.
	by := func(from, over string) bool {
		if from == over {
			return true
		}
		seen := map[string]bool{from: true}
		queue := []string{from}
		for len(queue) > 0 {
			id := queue[0]
			queue = queue[1:]
			if ends(id) {
				return false
			}
			for to := range s.Steps[id] {
				if to != over && !seen[to] {
					seen[to] = true
					queue = append(queue, to)
				}
			}
		}
		return true
	}
	control, told = map[string]map[string]bool{}, map[string]map[string]bool{"verified": {}}
	for f, c := range class {
		told[f] = map[string]bool{c: true}
	}
	type decision struct{ at, over, tests string } // tests is a value, or "" where ways part for any reason
	var decisions []decision
	asked := map[string]int{}
	for id := range s.Reached {
		control[id] = map[string]bool{}
		if at[id].Kind == machine.Ask {
			asked[at[id].Field]++
		}
	}
	for id := range s.Reached {
		outcomes := map[string]map[string]bool{}
		reads := map[string]map[string]bool{}
		for _, e := range at[id].Edges {
			if outcomes[e.On] == nil {
				outcomes[e.On], reads[e.On] = map[string]bool{}, map[string]bool{}
			}
			if s.Taken[e.Place.Line] {
				outcomes[e.On][e.To] = true
			}
			if e.Guard != nil {
				for _, f := range m.Guards[*e.Guard].Reads {
					reads[e.On][f] = true
				}
				if strings.Contains(m.Guards[*e.Guard].Source, "verified") {
					reads[e.On]["verified"] = true
				}
				if at[id].Kind == machine.Ask && strings.Contains(m.Guards[*e.Guard].Source, "attempts") {
					reads[e.On][at[id].Field] = true
				}
			}
		}
		outcomes["any"], reads["any"] = s.Steps[id], map[string]bool{"": true} // where ways part for any reason, what decided before decides on
		for on, targets := range outcomes {
			if len(targets) < 2 {
				continue
			}
			for to := range targets {
				for l := range s.Reached {
					if by(to, l) && (l == id || !by(id, l)) {
						for value := range reads[on] {
							decisions = append(decisions, decision{id, l, value})
						}
					}
				}
			}
		}
	}
	size := func() (n int) {
		for _, classes := range control {
			n += len(classes)
		}
		return n
	}
	for before := -1; before < size(); {
		before = size()
		for _, d := range decisions {
			if d.tests == "" {
				maps.Copy(control[d.over], control[d.at])
			}
			maps.Copy(control[d.over], told[d.tests])
		}
		for id := range s.Reached {
			switch at[id].Kind {
			case machine.Ask:
				if asked[at[id].Field] > 1 { // which of them was answered last
					maps.Copy(told[at[id].Field], control[id])
				}
			case machine.Verify:
				maps.Copy(told["verified"], control[id])
			}
		}
	}
	return control, told
}

// compare says where the two differ; empty is good.
func compare(m *machine.Machine, s *verifytest.Seen, got, want found) string {
	var b strings.Builder
	kinds := []string{"unhandled", "overlap", "dead", "shadowed", "otherwise", "missing", "early", "deserted", "circle", "trap", "unused", "leak"}
	if !s.Trap && !s.Circle {
		kinds = append(kinds, "implicit")
	}
	for _, k := range kinds {
		if k == "trap" && len(s.Unhandled) > 0 {
			continue
		}
		told := len(got["dead"])+len(got["shadowed"])+len(got["unhandled"])+len(got["overlap"])+len(got["missing"]) > 0
		if k == "unused" && told && !slices.ContainsFunc(got[k], func(line string) bool { return !slices.Contains(want[k], line) }) {
			continue // the guards that should have used it are told
		}
		if !slices.Equal(got[k], want[k]) {
			fmt.Fprintf(&b, "%s: verifier says %v, monitor saw %v\n", k, got[k], want[k])
		}
	}
	unreached := false
	for _, l := range m.Locations {
		unreached = unreached || !s.Reached[l.ID] && !strings.HasPrefix(l.ID, "@") && !strings.HasPrefix(l.ID, "escalation/")
	}
	for _, id := range got["unreached"] {
		if s.Reached[id] {
			fmt.Fprintf(&b, "verifier says that %s is not reached\n", id)
		}
	}
	explained := len(got["unreached"])+len(got["dead"])+len(got["shadowed"])+len(got["unhandled"])+len(got["missing"]) > 0
	if unreached && !explained {
		b.WriteString("verifier does not say that something is not reached\n")
	}
	if len(got["other"]) > 0 {
		fmt.Fprintf(&b, "verifier also says %v\n", got["other"])
	}
	return b.String()
}

// drawn is how many machines the comparison draws; TACET_DRAWN sets it for longer runs.
func drawn(t *testing.T, usual int) int {
	if n, err := strconv.Atoi(os.Getenv("TACET_DRAWN")); err == nil {
		return n
	}
	if testing.Short() {
		return usual / 10
	}
	return usual
}

func TestAgainstMonitor(t *testing.T) {
	t.Parallel()
	looked, accepted, skipped, turns := 0, 0, 0, 0
	for seed := range uint64(drawn(t, 200)) {
		m := verifytest.Draw(seed, verifytest.Options{Sane: seed%3 == 0})
		if err := m.Validate(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		s := verifytest.Watch(m, 60_000)
		turns += s.Turns
		if s.TooMany {
			skipped++
			continue
		}
		looked++
		report, problems := verify.Check(m, verify.Options{AsOf: asOf})
		if diff := compare(m, s, verdicts(m, problems), watched(m, s)); diff != "" {
			t.Errorf("seed %d:\n%s", seed, diff)
		}
		if report.Certificate != nil {
			accepted++
		}
		if accepted := report.Certificate != nil; accepted == problems.HasErrors() {
			t.Errorf("seed %d: certificate %v, errors %v", seed, accepted, problems.HasErrors())
		}
	}
	t.Logf("%d machines compared over %d turns, %d accepted, %d too large for the monitor", looked, turns, accepted, skipped)
}

// TestTellingAgainstMonitor draws machines in which answers tell of other answers.
func TestTellingAgainstMonitor(t *testing.T) {
	t.Parallel()
	machines, implied := drawn(t, 200), 0
	for seed := range uint64(machines) {
		m := verifytest.DrawTelling(seed)
		if err := m.Validate(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		s := verifytest.Watch(m, 60_000)
		_, problems := verify.Check(m, verify.Options{AsOf: asOf})
		want := watched(m, s)
		if diff := compare(m, s, verdicts(m, problems), want); diff != "" {
			t.Errorf("seed %d:\n%s", seed, diff)
		}
		implied += len(want["implicit"])
	}
	t.Logf("%d machines compared, %d sends that tell more than they say", machines, implied)
}
