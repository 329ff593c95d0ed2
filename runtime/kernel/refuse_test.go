package kernel_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

func TestClinicIsAdmitted(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	if err := kernel.Check(m, certify(t, m), today); err != nil {
		t.Fatal(err)
	}
}

// clone copies by way of JSON.
func clone[T any](t testing.TB, v *T) *T {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	out := new(T)
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// edit is what a case may change: a machine and its certificate, with names for what stands in them.
type edit struct {
	m *machine.Machine
	c *machine.Certificate
}

func (e edit) at(id string) int {
	return slices.IndexFunc(e.m.Locations, func(l machine.Location) bool { return l.ID == id })
}

func (e edit) loc(id string) *machine.Location { return &e.m.Locations[e.at(id)] }

func (e edit) inv(id string) *machine.Invariant { return &e.c.Invariants[e.at(id)] }

func (e edit) number(name string) int {
	return slices.Index(e.c.Variables, name)
}

// guard replaces a guard.
func (e edit) guard(from, to string) {
	for i := range e.m.Guards {
		if e.m.Guards[i].Source == from {
			e.m.Guards[i] = machine.Guard{Source: to}
		}
	}
	if err := guard.Complete(e.m); err != nil {
		panic(err)
	}
}

// order lists the tree of merges again after a change.
func (e edit) order() {
	below := map[int][]int{}
	for i := range e.c.Invariants {
		if inv := &e.c.Invariants[i]; len(inv.States) > 0 {
			below[inv.Merge] = append(below[inv.Merge], i)
		}
	}
	e.c.Order = nil
	for stack := slices.Clone(below[-1]); len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = append(stack[:len(stack)-1], below[at]...)
		e.c.Order = append(e.c.Order, at)
	}
}

// split is the first tree of guards of a location.
func (e edit) split(id string) *machine.Split { return &e.inv(id).Splits[0] }

func (e edit) drop(id string, n int) {
	inv := e.inv(id)
	inv.States = slices.Delete(slices.Clone(inv.States), n, n+1)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	c := certify(t, m)
	for name, x := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := edit{m: clone(t, m), c: clone(t, c)}
			x.change(e)
			if hash, err := e.m.Hash(); err == nil && e.c.Machine == c.Machine {
				e.c.Machine = hash
			}
			err := kernel.Check(e.m, e.c, today)
			var r *kernel.Refusal
			if !errors.As(err, &r) || r.Obligation != x.obligation || !strings.Contains(err.Error(), x.reason) {
				t.Errorf("got %v, want %s: …%s…", err, x.obligation, x.reason)
			}
		})
	}
}

var refusals = map[string]struct {
	obligation, reason string
	change             func(e edit)
}{
	"a machine that is not valid":   {"form", "no id or state", func(e edit) { e.m.Locations[0].ID = "" }},
	"another format":                {"form", "of the format", func(e edit) { e.c.Format = "x" }},
	"another machine":               {"form", "another machine", func(e edit) { e.c.Machine = strings.Repeat("0", 64) }},
	"a certificate of tomorrow":     {"form", `of "2026-11-23"`, func(e edit) { e.c.AsOf = "2026-11-23" }},
	"a certificate of no day":       {"form", `of "2026-11-31"`, func(e edit) { e.c.AsOf = "2026-11-31" }},
	"a holiday that does not exist": {"form", "is no day", func(e edit) { e.m.Practice.Holidays[0].Date = "2026-02-30" }},
	"a holiday that stands twice":   {"form", `stands twice`, func(e edit) { e.m.Practice.Holidays[0].Date = "2026-12-25" }},
	"consents left out":             {"form", `does not list those`, func(e edit) { e.c.Consents = nil }},
	"variables left out":            {"form", `does not say so`, func(e edit) { e.c.Variables = e.c.Variables[1:] }},
	"the last variable left out":    {"form", `does not say so`, func(e edit) { e.c.Variables = e.c.Variables[:len(e.c.Variables)-1] }},
	"a variable renamed":            {"form", "variable 1", func(e edit) { e.c.Variables[1] = "cuont" }},

	"more cells than can be looked at": {"form", "too many values", func(e edit) {
		var dates, numbers []string
		for n := range 80 {
			dates = append(dates, fmt.Sprintf("%q", today.AddDate(0, 0, 2*n).Format(time.DateOnly)))
			numbers = append(numbers, strconv.Itoa(2*n))
		}
		e.guard(`day < "2027-01-01" && days(day) > 3`, "day in ["+strings.Join(dates, ",")+"] || days(day) in ["+strings.Join(numbers, ",")+"]")
	}},

	"no invariants":              {"form", "invariants", func(e edit) { e.c.Invariants = nil }},
	"an invariant left out":      {"form", "invariants", func(e edit) { e.c.Invariants = e.c.Invariants[1:] }},
	"invariants exchanged":       {"form", "is that of", func(e edit) { v := e.c.Invariants; v[2], v[3] = v[3], v[2] }},
	"unreached, and yet":         {"form", `leaves out`, func(e edit) { e.inv("a-spanish").States = nil }},
	"exact unsorted":             {"form", "repeated, unsorted or unknown", func(e edit) { slices.Reverse(e.inv("a-start").Exact) }},
	"exact unknown":              {"form", "repeated, unsorted or unknown", func(e edit) { e.inv("z-end").Exact = []int{99} }},
	"exact and held":             {"form", `state 0 has`, func(e edit) { i := e.inv("h-about"); i.Held = []int{5, 8, 10} }},
	"guards not covered":         {"form", `state 0 has`, func(e edit) { e.inv("a-start").Exact = nil }},
	"reads not covered":          {"form", `state 0 has`, func(e edit) { e.inv("i-late").Held = []int{8, 10} }},
	"say-by not covered":         {"form", `leaves out`, func(e edit) { i := e.inv("h-about"); i.Exact, i.Held = nil, []int{5, 8, 10} }},
	"handoff without the time":   {"form", `state 0 has`, func(e edit) { e.inv("z-office").Exact = nil }},
	"a state too short":          {"form", "numbers", func(e edit) { e.inv("z-end").States[0] = machine.AbstractState{0, 0} }},
	"facts that do not exist":    {"form", `leaves out`, func(e edit) { e.inv("z-end").States[2][0] = 8 }},
	"a cell that does not exist": {"form", "a cell that", func(e edit) { e.inv("a-start").States[3][4] = 9 }},
	"held more than once":        {"form", `leaves out`, func(e edit) { e.inv("l-slot").States[0][3] = 2 }},
	"states unsorted":            {"form", "unsorted at state", func(e edit) { slices.Reverse(e.inv("a-start").States) }},
	"an end that is none":        {"G1", "the rank 0 toward", func(e edit) { e.inv("a-start").States[0][1] = 0 }},
	"no end where there is one":  {"G1", "the rank 1 toward", func(e edit) { e.inv("z-end").States[0][1] = 1 }},
	"an end before the end":      {"G1", "the rank -1 toward", func(e edit) { e.inv("@human").States[0][1] = -1 }},
	"steps where somebody waits": {"G9", `toward a human`, func(e edit) { e.inv("z-end").States[0][2] = 1 }},
	"a beginning left out":       {"form", "leaves out", func(e edit) { e.drop("a-start", 3) }},
	"a state left out":           {"form", "leaves out", func(e edit) { e.drop("h-about", 1) }},
	"people left out":            {"form", "leaves out", func(e edit) { e.drop("@stuck", 2) }},
	"a route left out":           {"form", "leaves out", func(e edit) { e.drop("q-note", 0) }},
	"too low toward an end":      {"G1", "nearer to an end", func(e edit) { e.inv("b-phone").States[0][1] = 1 }},
	"steps that go round":        {"G1", "may go round", func(e edit) { e.inv("a-start").States[2][2], e.inv("a-start").States[3][2] = 1, 1 }},
	"more known than was set": {"G3", "claims to know the cell", func(e edit) {
		i := e.inv("z-end")
		i.Exact = []int{e.number("hour")}
		for n, s := range i.States {
			i.States[n] = append(s, 1)
		}
	}},
	"more held than was set": {"G3", "claims to know whether", func(e edit) {
		i := e.inv("z-end")
		i.Held = []int{e.number("hour")}
		for n, s := range i.States {
			i.States[n] = append(s, 1)
		}
	}},
	"two guards at once": {"G2", `takes edge 0 where`, func(e edit) { e.guard("mark >= 8", "7 <= mark") }},
	"a gap":              {"G2", `takes edge 0 where`, func(e edit) { e.guard("mark >= 8", "9 <= mark") }},

	"never permitted":               {"G4", "does not permit", func(e edit) { e.m.Policy.Permits = e.m.Policy.Permits[1:] }},
	"not identified":                {"G5", `"authenticated"`, func(e edit) { e.m.Policy.Permits[0].Requires = []string{"authenticated"} }},
	"not agreed":                    {"G5", `"consent"`, func(e edit) { e.m.Policy.Requires = []string{"consent"} }},
	"not identified by policy":      {"G5", `"authenticated"`, func(e edit) { e.m.Policy.Requires = []string{"authenticated"} }},
	"not secure":                    {"G4", `"secure-channel"`, func(e edit) { e.m.Policy.Requires = []string{"secure-channel"} }},
	"a person's approval":           {"G4", `"human-approval"`, func(e edit) { e.m.Policy.Permits[0].Requires = []string{"human-approval"} }},
	"a channel not permitted":       {"G4", "channel", func(e edit) { e.m.Policy.Channels = []string{"sms"} }},
	"declassified for too long":     {"G4", "declassification", func(e edit) { e.m.Policy.Declassify[0].Until = "2026-11-21" }},
	"declassified without a reason": {"G4", "declassification", func(e edit) { e.m.Policy.Declassify[0].Reason = "" }},
	"declassified by nobody":        {"G4", "declassification", func(e edit) { e.m.Policy.Declassify[0].Owner = "" }},
	"declassified to another":       {"G4", "declassification", func(e edit) { e.m.Policy.Declassify[0].To = "contact" }},
	"declassified from above": {"G4", "does not permit", func(e edit) {
		e.m.Policy.Classes = append(e.m.Policy.Classes, machine.Class{Name: "secret"})
		e.m.Policy.Declassify[0].From = "secret"
	}},
	"no 911 in the notice":    {"G5", "911", func(e edit) { e.m.Notice["es"] = "988" }},
	"no number in the notice": {"G5", "988", func(e edit) { e.m.Notice["es"] = "911" }},
	"911 in another number":   {"G5", "911", func(e edit) { e.m.Notice["es"] = "Llame al 303-911-9880, o al 988." }},
	"988 not to be called":    {"G5", "988", func(e edit) { e.m.Notice["en"] = "Call 911. Never call 988." }},

	"a merge that is not reached":    {"form", "unknown", func(e edit) { e.inv("b-phone").Merge = 999 }},
	"a merge of an end":              {"G7", "cannot all come by", func(e edit) { e.inv("z-end").Merge = e.at("z-later") }},
	"merges that go round":           {"G7", `below its merge`, func(e edit) { e.inv("g-topic").Merge = e.at("f-strong") }},
	"a merge that some ways pass by": {"G7", "does not come by", func(e edit) { e.inv("d-consent").Merge = e.at("f-mark"); e.order() }},
	"a merge of a handoff":           {"G7", "cannot all come by", func(e edit) { e.inv("z-nurse").Merge = e.at("z-end") }},
	"a merge below all":              {"form", "unknown", func(e edit) { e.inv("b-phone").Merge = -2 }},
	"a control beyond all": {"form", "unknown", func(e edit) {
		e.inv("b-phone").Control = []machine.Control{{Class: "health", Until: len(e.m.Locations)}}
	}},
	"a control below all":           {"form", "unknown", func(e edit) { e.inv("b-phone").Control = []machine.Control{{Class: "health", Until: -2}} }},
	"an order beyond all":           {"G7", "the order of merges", func(e edit) { e.c.Order = append(e.c.Order, len(e.m.Locations)) }},
	"an order below all":            {"G7", "the order of merges", func(e edit) { e.c.Order = append(e.c.Order, -1) }},
	"an order that lists one twice": {"G7", "the order of merges", func(e edit) { e.c.Order = append(e.c.Order, e.c.Order[0]) }},
	"an order that leaves one out": {"G7", "not in the order", func(e edit) {
		e.inv("a-start").Merge = -1
		e.order()
		e.c.Order = slices.DeleteFunc(e.c.Order, func(i int) bool { return i == 0 })
	}},
	"a variable twice":             {"form", "variables, not", func(e edit) { e.c.Variables = append(e.c.Variables, e.c.Variables[len(e.c.Variables)-1]) }},
	"consents unsorted":            {"form", "does not list those", func(e edit) { e.c.Consents = []string{"health", "zz", "a"} }},
	"a guard without code":         {"form", "has no code", func(e edit) { e.m.Guards[0].Code = nil }},
	"a node above itself":          {"G2", "out of place", func(e edit) { e.split("e-born").Nodes[1].Above = 1 }},
	"a node that looks at nothing": {"G2", "out of place", func(e edit) { e.split("e-born").Nodes[0].Variable = 99 }},
	"cells that lead to two nodes": {"G2", "or were taken", func(e edit) { n := e.split("e-born").Nodes; n[2].Cells = n[1].Cells }},
	"cells that lead nowhere": {"G2", "leaves out some cells", func(e edit) {
		for n := range e.split("g-topic").Nodes {
			if node := &e.split("g-topic").Nodes[n]; len(node.Cells) > 1 {
				node.Cells = node.Cells[1:]
			}
		}
	}},
	"a guard on what is not known": {"G2", "does not say its cell", func(e edit) {
		i := e.inv("a-start")
		s := i.States[0]
		i.States = []machine.AbstractState{slices.Concat(s[:machine.StateCells], s[machine.StateCells+len(i.Exact):])}
		i.Exact = nil
	}},
	"a say-by on what is not known": {"G3", "does not say the cell", func(e edit) {
		i := e.inv("h-about")
		i.Exact, i.Held = nil, []int{5, 8, 10}
		for n, s := range i.States {
			i.States[n] = append(slices.Clone(s[:machine.StateCells]), s[4], s[5], 1)
		}
		slices.SortFunc(i.States, func(a, b machine.AbstractState) int { return slices.Compare(a, b) })
		i.States = slices.CompactFunc(i.States, func(a, b machine.AbstractState) bool { return slices.Equal(a[3:], b[3:]) })
	}},
	"a tree that looks twice": {"G2", "twice", func(e edit) {
		s := e.split("e-born")
		v := s.Nodes[0].Variable
		s.Nodes = []machine.Node{s.Nodes[0], {Above: 0, Cells: []int{1, 2}, Variable: v, Edge: -1}, {Above: 1, Cells: []int{1}, Variable: -1, Edge: -1}, {Above: 1, Cells: []int{2}, Variable: -1, Edge: -1}}
	}},
	"no tree":                     {"G2", "there is no split", func(e edit) { e.inv("e-born").Splits = nil }},
	"a tree too many":             {"form", "outcomes without guards", func(e edit) { i := e.inv("b-phone"); i.Splits = e.inv("e-born").Splits }},
	"a way past the merge":        {"G7", `below its merge`, func(e edit) { e.inv("d-consent").Merge = e.at("z-end") }},
	"a control left out":          {"G7", `leaves out the class`, func(e edit) { e.inv("g-name").Control = nil }},
	"no use":                      {"G6", "nothing that follows", func(e edit) { e.inv("e-born").Uses = nil }},
	"a use that is none":          {"G6", "nearer to a use", func(e edit) { e.inv("z-end").Uses = []machine.Use{{}} }},
	"a use no nearer":             {"G6", "nearer to a use", func(e edit) { e.inv("g-name").Uses[0].Variable = 4 }},
	"a vendor of another purpose": {"G7", "purpose", func(e edit) { e.m.Practice.Vendors[0].Purposes = []string{"billing"} }},
	"a vendor that may not hold":  {"G7", "may not hold", func(e edit) { e.m.Practice.Vendors[0].Classes = []string{"interest"} }},
	"no agreement":                {"G8", "there is no agreement", func(e edit) { e.m.Practice.Vendors[0].Agreement = nil }},
	"an agreement to come":        {"G8", "not signed and in force", func(e edit) { e.m.Practice.Vendors[0].Agreement.Effective = "2026-11-23" }},
	"an agreement not signed":     {"G8", "not signed and in force", func(e edit) { e.m.Practice.Vendors[0].Agreement.Signed = "" }},
	"an agreement ending":         {"G8", "ends on", func(e edit) { e.m.Practice.Vendors[0].Agreement.Expires = "2026-12-01" }},
	"an agreement without an end": {"G8", "the first agreement", func(e edit) { e.m.Practice.Vendors[0].Agreement.Expires = "" }},
	"no agreement, and only that it is sent tells": {"G8", "there is no agreement", func(e edit) {
		e.m.Practice.Vendors[0].Agreement, e.m.Policy.VendorFloor = nil, "health"
	}},
	"no floor for agreements": {"G8", "there is no agreement", func(e edit) { e.m.Policy.VendorFloor = ""; e.m.Practice.Vendors[0].Agreement = nil }},

	"a sign of danger taken out": {"G10", "seizure", func(e edit) { e.m.Policy.Signs[1].Kind = "seizure" }},
	"a sign of danger made less": {"G10", "as urgently", func(e edit) {
		e.m.Policy.Signs[1].Tier = machine.Urgent
		e.m.Triggers[1].Tier = machine.Routine
	}},
	"an emergency without a number": {"G10", "911", func(e edit) { e.loc("escalation/emergency").Do[0].Say["es"] = "Ay." }},
	"no emergencies":                {"G10", "no emergency", func(e edit) { e.m.Triggers[0].Tier = machine.Routine }},
	"an emergency without words":    {"G10", `is not recognised`, func(e edit) { t := &e.m.Triggers[0]; t.Category, t.Phrases = "heart", t.Phrases[:1] }},
	"too many retries":              {"G9", "retries", func(e edit) { e.m.Session.Retries = 4 }},
	"too short a timeout":           {"G11", "timeout", func(e edit) { e.m.Policy.Timeout.Min = int64(e.m.Session.Timeout) + 1 }},
	"kept too short at its end": {"G11", "kept", func(e edit) {
		e.m.Session.Ended = []machine.KeepEnded{{Outcome: machine.Timeout, Days: 1}}
		for i := range e.m.Policy.Keep {
			e.m.Policy.Keep[i].Min = 2
		}
	}},
	"kept for too long, but for its end": {"G11", "kept", func(e edit) {
		e.m.Session.Ended = []machine.KeepEnded{{Outcome: machine.Timeout, Days: 1}}
		for i := range e.m.Policy.Keep {
			e.m.Policy.Keep[i].Max = int64(e.m.Session.Keep) - 1
		}
	}},
	"one class kept for too long": {"G11", "kept", func(e edit) {
		e.m.Policy.Keep = slices.Clone(e.m.Policy.Keep)
		at := slices.IndexFunc(e.m.Policy.Keep, func(k machine.Keep) bool { return k.Class == "health" })
		e.m.Policy.Keep[at].Max = int64(e.m.Session.Keep) - 1
	}},
	"too long a timeout":  {"G11", "timeout", func(e edit) { e.m.Session.Timeout = 3600 }},
	"kept for too long":   {"G11", "kept", func(e edit) { e.m.Session.Keep = 400 }},
	"kept without a rule": {"G11", "kept", func(e edit) { e.m.Policy.Keep = nil }},
	"a topic of a choice that nobody is offered": {"G12", "nothing happens", func(e edit) {
		e.m.Topics = append([]machine.Topic{{Name: "acne", Treat: machine.Handle}}, e.m.Topics...)
		e.m.Locations = append(e.m.Locations, machine.Location{
			ID: "zz", State: "zz", Kind: machine.Offer, Choices: []machine.Choice{{Label: text("Acne"), Topic: "acne"}}, Edges: []machine.Edge{{On: "1", To: "z-end"}}})
		e.c.Invariants = append(e.c.Invariants, machine.Invariant{Location: "zz", Merge: -1})
	}},
	"a topic that nobody listens for": {"G12", "nothing happens", func(e edit) {
		e.m.Topics = append([]machine.Topic{{Name: "acne", Treat: machine.Handle}}, e.m.Topics...)
		e.m.Locations = append(e.m.Locations, machine.Location{ID: "zz", State: "zz", Kind: machine.Listen, Edges: []machine.Edge{{On: "acne", To: "z-end"}}})
		e.c.Invariants = append(e.c.Invariants, machine.Invariant{Location: "zz", Merge: -1})
	}},
	"a topic called as an outcome": {"G12", "nothing happens", func(e edit) {
		e.m.Topics = append(e.m.Topics[:1:1], append([]machine.Topic{{Name: "granted", Treat: machine.Handle}}, e.m.Topics[1:]...)...)
	}},
	"permitted for another type":       {"G4", "does not permit", func(e edit) { e.m.Policy.Permits[0].Type = "zip" }},
	"a merge by the first location":    {"G7", "does not come by", func(e edit) { e.inv("d-consent").Merge = e.at("@human"); e.order() }},
	"an agreement without a beginning": {"G8", "not signed and in force", func(e edit) { e.m.Practice.Vendors[0].Agreement.Effective = "" }},
	"an agreement to be signed":        {"G8", "not signed and in force", func(e edit) { e.m.Practice.Vendors[0].Agreement.Signed = "2026-11-23" }},
	"an agreement that ends on no day": {"G8", "ends on", func(e edit) { e.m.Practice.Vendors[0].Agreement.Expires = "zzz" }},
	"a topic without an answer": {"G12", "nothing happens", func(e edit) {
		e.m.Topics = append([]machine.Topic{{Name: "acne", Treat: machine.Handle}}, e.m.Topics...)
	}},
	"no reviewer":      {"G15", "missing", func(e edit) { e.m.Flow.Reviewer = " " }},
	"no owner":         {"G15", "missing", func(e edit) { e.m.Flow.Owner = "" }},
	"one person":       {"G15", "one person", func(e edit) { e.m.Flow.Reviewer = " dana ruiz " }},
	"no review":        {"G15", "none before today", func(e edit) { e.m.Flow.Reviewed = "" }},
	"a review to come": {"G15", "none before today", func(e edit) { e.m.Flow.Reviewed = "2026-11-23" }},
	"an old review":    {"G15", "one is due", func(e edit) { e.m.Flow.Reviewed = "2025-11-21" }},
}

// unprovable are machines for which no certificate can be: the best attempt fails at the guarantee.
var unprovable = map[string]struct {
	obligation, reason string
	change             func(e edit)
	much               bool // also for whoever claims to know more than is needed, which takes a while
}{
	"said before it is asked": {"G3", "may have no value", func(e edit) { e.m.Start = "i-late" }, false},
	"asked in some cases":     {"G3", `reads "name"`, func(e edit) { e.loc("g-topic").Edges[0].To = "h-about" }, false},
	"tested before it is asked": {"G3", "a guard tests", func(e edit) {
		e.m.Start = "s-said"
		e.loc("s-said").Edges[0].Guard = e.loc("r-ok").Edges[0].Guard
		e.loc("s-said").Do = nil
	}, false},
	"nobody there": {"G9", "is there at some moment", func(e edit) { e.loc("z-later").Team = "office" }, false},
	"an escalation that does more": {"G10", "more than say", func(e edit) {
		e.m.Start = "z-end"
		l := e.loc("escalation/team")
		l.Do = append(l.Do, machine.Action{To: "crm", Fields: []string{"phone"}})
	}, false},
	"a person's approval on the portal": {"G4", `"human-approval"`, func(e edit) {
		e.m.Flow.Channels, e.m.Policy.Requires = []string{"portal-chat"}, []string{"human-approval"}
	}, false},
	"what is heard, only where it is not": {"G2", "no guard holds", func(e edit) {
		e.guard(`note == "stop" || heard("booking")`, `!heard("booking")`)
		e.loc("q-note").Edges = e.loc("q-note").Edges[:1]
	}, true},
	"a sign that is heard while the world is slow": {"G2", "no guard holds", func(e edit) {
		e.guard(`heard("fever")`, `!heard("fever")`)
		e.loc("l-slot").Edges = e.loc("l-slot").Edges[:2]
	}, true},
	"an emergency made less": {"G10", "of that tier", func(e edit) {
		e.m.Triggers = append(e.m.Triggers, machine.Trigger{Name: "stroke", Tier: machine.Emergency, Phrases: e.m.Triggers[0].Phrases})
		e.m.Escalations[1].On = append(e.m.Escalations[1].On, "stroke")
	}, false},
	"a circle":              {"G1", "may go round", func(e edit) { e.loc("a-spanish").Edges[0].To = "a-start" }, false},
	"tested to go on alike": {"G6", "nothing that follows uses it", func(e edit) { e.loc("s-count").Edges[1].To = "s-said" }, false},
	"a trap": {"G1", "nearer to an end", func(e edit) {
		e.loc("s-said").Edges[0].To = "s-count"
		e.loc("r-ok").Edges[1].To = "s-count"
		e.m.Topics[3].Route = "s-count"
		e.loc("s-said").Do = nil
		e.loc("s-count").Edges[1].To = "r-ok"
	}, false},
	"nobody on a holiday": {"G9", "is there at some moment", func(e edit) {
		e.m.Practice.Teams[1].Hours, e.m.Practice.Teams[1].Fallback = e.m.Practice.Teams[0].Hours, ""
	}, false},
	"a day that draws near": {"G2", "no guard holds", func(e edit) {
		e.loc("i-hour").Edges = []machine.Edge{{Guard: e.loc("i-day").Edges[0].Guard, To: "i-late"}}
	}, false},
	"a birthday while the patient answers": {"G2", "no guard holds", func(e edit) {
		e.loc("e-born").Edges[0].To, e.loc("e-born").Edges[1].To = "q-note", "i-hour"
		e.loc("i-hour").Edges = []machine.Edge{{Guard: e.loc("e-born").Edges[1].Guard, To: "z-end"}}
	}, false},
	"a consent taken back": {"G5", `"consent"`, func(e edit) {
		again := *e.loc("d-consent")
		again.ID = "d-consent-again"
		again.Edges = []machine.Edge{{On: machine.OnGranted, To: "f-mark"}, {On: machine.OnRefused, To: "f-mark"}}
		e.loc("d-consent").Edges[0].To = again.ID
		e.m.Locations = slices.Insert(e.m.Locations, e.at("d-consent")+1, again)
	}, false},
	"a consent to something else": {"G5", `"consent"`, func(e edit) { e.loc("d-consent").Covers = []string{"contact"} }, false},
	"a language that changes while the patient answers": {"G2", "no guard holds", func(e edit) {
		n := len(e.m.Guards)
		e.m.Guards = append(e.m.Guards, machine.Guard{Source: `language == "es"`})
		e.loc("a-start").Edges[1].To, e.loc("b-phone").Edges[0].Guard = "z-end", &n
		if err := guard.Complete(e.m); err != nil {
			panic(err)
		}
	}, true},
	"one try more than retries": {"G2", "no guard holds", func(e edit) {
		e.guard("attempts > 2", "attempts <= 2")
		l := e.loc("c-verify")
		l.Edges = slices.Delete(slices.Clone(l.Edges), 1, 2)
	}, false},
	"no use": {"G6", "nothing that follows", func(e edit) {
		e.m.Topics[3].Route, e.m.Topics[3].Answer = "", text("Well.")
		e.loc("s-count").Edges = []machine.Edge{{To: "s-said"}}
	}, false},
	"used only where a topic leads away from the question": {"G6", "nothing that follows", func(e edit) {
		e.m.Topics[3].Route = "z-later"
		e.loc("s-count").Edges = []machine.Edge{{To: "s-said"}}
	}, false},
	"told by a branch and a choice": {"G7", `class "health"`, func(e edit) {
		e.m.Practice.Vendors[0].Classes = []string{"interest", "identifier"}
		e.loc("f-mark").Edges[0].To = "z-nurse"
	}, false},
}

// provable are machines that are no worse than the clinic, and look elsewhere.
var provable = map[string]func(e edit){
	"what a yes needs": func(e edit) {
		e.loc("s-said").Do[0].Cases["yes"] = text("Good, {ok}: {count}.")
	},
	"declassified, and raised again by another field": func(e edit) { e.m.Fields[9].Class = "contact" },
	"an emergency is never heard while the world is slow": func(e edit) {
		e.guard(`heard("fever")`, `!heard("chest-pain")`)
		e.loc("l-slot").Edges = e.loc("l-slot").Edges[:2]
	},
	"a sign is never heard where the patient is waited for": func(e edit) {
		e.guard(`note == "stop" || heard("booking")`, `!heard("fever")`)
		e.loc("q-note").Edges = []machine.Edge{{Guard: e.loc("q-note").Edges[0].Guard, To: "r-ok"}}
		e.loc("r-ok").Do = []machine.Action{say("You said {note}.")}
	},
	"as many attempts as there can be": func(e edit) {
		e.guard("attempts > 2", "attempts <= 3")
		e.guard(`note == "stop" || heard("booking")`, "attempts <= 2")
		e.guard(`heard("fever")`, "attempts == 0")
		l := e.loc("c-verify")
		l.Edges = slices.Delete(slices.Clone(l.Edges), 1, 2)
		e.loc("q-note").Edges = []machine.Edge{{Guard: e.loc("q-note").Edges[0].Guard, To: "r-ok"}}
		e.loc("r-ok").Do = []machine.Action{say("You said {note}.")}
		e.loc("l-book").Edges[1].Guard, e.loc("l-slot").Edges = e.loc("l-slot").Edges[1].Guard, slices.Delete(slices.Clone(e.loc("l-slot").Edges), 1, 2)
	},
	"who is verified is verified": func(e edit) {
		l := e.loc("c-verify")
		l.Edges = slices.DeleteFunc(slices.Clone(l.Edges), func(x machine.Edge) bool { return x.On == machine.OnVerified && x.Guard == nil })
	},
	"a channel stays": func(e edit) {
		n := len(e.m.Guards)
		e.m.Guards = append(e.m.Guards, machine.Guard{Source: `channel == "web-chat"`})
		e.loc("b-phone").Edges = []machine.Edge{{Guard: &n, To: "c-verify"}, {To: "z-later"}}
		l := e.loc("c-verify")
		l.Edges[slices.IndexFunc(l.Edges, func(x machine.Edge) bool { return x.On == machine.OnUnreachable })].Guard = &n
		if err := guard.Complete(e.m); err != nil {
			panic(err)
		}
	},
	"everything after a code": func(e edit) {
		e.m.Policy.Requires, e.m.Topics[3].Route = []string{"authenticated"}, "z-later"
	},
	"a type is permitted that its class is not": func(e edit) {
		at := slices.IndexFunc(e.m.Policy.Permits, func(p machine.Permit) bool { return p.Class == "identifier" && p.Type == "" })
		e.m.Policy.Permits = append(e.m.Policy.Permits, machine.Permit{Class: "identifier", Type: "date-of-birth"})
		e.m.Policy.Permits[at].Requires = []string{"human-approval"}
	},
	"a secure channel": func(e edit) {
		e.m.Flow.Channels, e.m.Policy.Requires = []string{"portal-chat"}, []string{"secure-channel"}
	},
	"no agreement is needed for so little": func(e edit) {
		e.m.Policy.Classes = append(e.m.Policy.Classes, machine.Class{Name: "secret", Above: []string{"health"}})
		e.m.Policy.VendorFloor, e.m.Practice.Vendors[0].Agreement = "secret", nil
	},
	"a channel that the policy permits, and rules of keeping in another order": func(e edit) {
		e.m.Policy.Channels = []string{"sms", "web-chat", "portal-chat"}
		e.m.Policy.Keep = slices.Clone(e.m.Policy.Keep)
		slices.Reverse(e.m.Policy.Keep)
		at := slices.IndexFunc(e.m.Policy.Keep, func(k machine.Keep) bool { return k.Class == "health" })
		e.m.Policy.Keep[0], e.m.Policy.Keep[at] = e.m.Policy.Keep[at], e.m.Policy.Keep[0]
	},
	"an agreement that begins today": func(e edit) {
		a := e.m.Practice.Vendors[0].Agreement
		a.Effective, a.Signed = "2026-11-22", "2026-11-22"
	},
	"an agreement that ends with the horizon": func(e edit) {
		e.m.Practice.Vendors[0].Agreement.Expires = today.AddDate(0, 0, e.m.Policy.Horizon).Format(time.DateOnly)
	},
	"a topic that is offered where nobody comes, too": func(e edit) {
		e.m.Topics = append([]machine.Topic{{Name: "acne", Treat: machine.Handle}, {Name: "aging", Treat: machine.Handle}}, e.m.Topics...)
		e.loc("j-offer").Choices[0].Topic = "acne"
		l := e.loc("k-listen")
		l.Edges = append([]machine.Edge{{On: "aging", To: l.Edges[0].To}}, l.Edges...)
		e.m.Locations = append(e.m.Locations,
			machine.Location{ID: "zz", State: "zz", Kind: machine.Offer, Choices: []machine.Choice{{Label: text("Acne"), Topic: "acne"}}, Edges: []machine.Edge{{On: "1", To: "z-end"}}},
			machine.Location{ID: "zzz", State: "zzz", Kind: machine.Listen, Edges: []machine.Edge{{On: "aging", To: "z-end"}}})
	},
	"declassified until today":  func(e edit) { e.m.Policy.Declassify[0].Until = "2026-11-22" },
	"reviewed today":            func(e edit) { e.m.Flow.Reviewed = "2026-11-22" },
	"reviewed for the last day": func(e edit) { e.m.Flow.Reviewed = today.AddDate(0, 0, -e.m.Policy.ReviewEvery).Format(time.DateOnly) },
	"within the ranges just so": func(e edit) {
		s, p := &e.m.Session, &e.m.Policy
		p.Timeout, p.Retries = machine.Range{Min: int64(s.Timeout), Max: int64(s.Timeout)}, machine.Range{Min: int64(s.Retries), Max: int64(s.Retries)}
	},
	"a topic that is listened for, and one that is offered": func(e edit) {
		e.m.Topics = append([]machine.Topic{{Name: "acne", Treat: machine.Handle}, {Name: "aging", Treat: machine.Handle}}, e.m.Topics...)
		e.loc("j-offer").Choices[0].Topic = "acne"
		l := e.loc("k-listen")
		l.Edges = append([]machine.Edge{{On: "aging", To: l.Edges[0].To}}, l.Edges...)
	},
	"no notice asked for":             func(e edit) { e.m.Policy.Notices, e.m.Notice = nil, text("Hello.") },
	"any guard":                       func(e edit) { e.guard("verified", "verified ? true : false || !true") },
	"two questions after one consent": func(e edit) { e.m.Fields[0].Class = "health" },
	"ages ahead":                      func(e edit) { e.guard(`day < "2027-01-01" && days(day) > 3`, "age(day) < -1") },
	"a day that has drawn near": func(e edit) {
		e.loc("i-hour").Edges = slices.Clone(e.loc("i-day").Edges)
		e.loc("i-hour").Edges[0].To = "i-late"
	},
	"heard at once": func(e edit) {
		e.guard(`note == "stop" || heard("booking")`, `heard("chest-pain") || note in ["stop", "no"]`)
	},
	"ages and days that go together": func(e edit) { e.guard("age(born) >= 18", "age(born) >= 18 && days(born) < -6500") },
	"heard as listened":              func(e edit) { e.guard("practice.open", `practice.open && heard("hours")`) },
	"the nearest fallback":           func(e edit) { e.m.Practice.Teams[1].Fallback = "office"; e.m.Practice.Teams[2].Fallback = "always" },
}

func TestProvable(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	for name, change := range provable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := edit{m: clone(t, m)}
			change(e)
			if err := e.m.Validate(); err != nil {
				t.Fatal(err)
			}
			if err := kernel.Check(e.m, kernel.Conjure(e.m, today), today); err != nil {
				t.Error(err)
			}
			if report, _ := verify.Check(e.m, verify.Options{AsOf: today}); report.Certificate != nil {
				if err := kernel.Check(e.m, report.Certificate, today); err != nil {
					t.Errorf("with the verifier's proof: %v", err)
				}
			}
		})
	}
}

func TestUnprovable(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	for name, x := range unprovable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := edit{m: clone(t, m)}
			x.change(e)
			if err := e.m.Validate(); err != nil {
				t.Fatal(err)
			}
			err := kernel.Check(e.m, kernel.Conjure(e.m, today), today)
			var r *kernel.Refusal
			if !errors.As(err, &r) || r.Obligation != x.obligation || !strings.Contains(err.Error(), x.reason) {
				t.Errorf("got %v, want %s: …%s…", err, x.obligation, x.reason)
			}
			if x.much && kernel.Check(e.m, kernel.ConjureMuch(e.m, today), today) == nil {
				t.Error("whoever claims to know more gets it admitted")
			}
		})
	}
}

// TestAgreementsEnd serves a machine with its certificate up to the day on which an agreement is no longer in force.
func TestAgreementsEnd(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	m.Practice.Vendors[0].Agreement.Expires = "2027-01-31"
	c := certify(t, m)
	last := time.Date(2027, 1, 30, 0, 0, 0, 0, time.UTC)
	if err := kernel.Check(m, c, last); err != nil || c.Expires != "2027-01-31" {
		t.Errorf("the day before: %v; expires %s", err, c.Expires)
	}
	var r *kernel.Refusal
	if err := kernel.Check(m, c, last.AddDate(0, 0, 1)); !errors.As(err, &r) || r.Obligation != "G8" {
		t.Errorf("the day itself: got %v, want G8", err)
	}
}

// TestTheFirstAgreementToEndIsTold serves a machine that sends to two vendors.
func TestTheFirstAgreementToEndIsTold(t *testing.T) {
	t.Parallel()
	for _, ends := range [][3]string{{"2027-01-31", "2027-03-01", "2027-01-31"}, {"2027-03-01", "2027-01-31", "2027-01-31"}, {"2027-03-01", "", "2027-03-01"}, {"", "2027-03-01", "2027-03-01"}} {
		m := clinic(t)
		v := m.Practice.Vendors
		v[1].Classes, v[1].Agreement = v[0].Classes, clone(t, v[0].Agreement)
		v[0].Agreement.Expires, v[1].Agreement.Expires = ends[0], ends[1]
		e := edit{m: m}
		e.loc("f-strong").Do = append(e.loc("f-strong").Do, machine.Action{To: v[1].Name, Fields: []string{"phone"}})
		c := certify(t, m)
		if err := kernel.Check(m, c, today); err != nil || c.Expires != ends[2] {
			t.Errorf("%q: %v; expires %s", ends, err, c.Expires)
		}
	}
}

func TestNothingIsRefused(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	broken := clone(t, m)
	broken.TopicModel = machine.RawJSON("{")
	for _, err := range []error{
		kernel.Check(nil, certify(t, m), today), kernel.Check(m, nil, today), kernel.Check(m, &machine.Certificate{}, today),
		kernel.Check(&machine.Machine{}, &machine.Certificate{}, today), kernel.Check(broken, certify(t, m), today), kernel.Check(m, certify(t, m), time.Time{}),
	} {
		if err == nil {
			t.Error("admitted")
		}
	}
}
