package kernel_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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

func TestRefusalsRead(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]kernel.Refusal{"G2: no": {Obligation: "G2", Reason: "no"}, `G2 at "a": no`: {Obligation: "G2", Location: "a", Reason: "no"}} {
		if got := r.Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
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
	"a certificate of no day":       {"form", `of "2026-10-32"`, func(e edit) { e.c.AsOf = "2026-10-32" }},
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
	"exact unknown":              {"form", "repeated, unsorted or unknown", func(e edit) { e.inv("z-end").Exact = []int{len(e.c.Variables)} }},
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
	"a node that looks at nothing": {"G2", "out of place", func(e edit) { e.split("e-born").Nodes[0].Variable = len(e.c.Variables) }},
	"a later way where an earlier one holds": {"G2", "takes edge 1 where", func(e edit) {
		nodes := e.split("m-send").Nodes
		for n := range nodes {
			if nodes[n].Variable == -1 && nodes[n].Edge == 0 {
				nodes[n].Edge = 1
			}
		}
	}},
	"a leaf with a cell too many": {"G2", "takes edge 0 where", func(e edit) {
		e.loc("f-mark").Edges[1].Guard = nil // otherwise
		s := e.split("f-mark")
		at := func(edge int) int {
			return slices.IndexFunc(s.Nodes, func(n machine.Node) bool { return n.Variable == -1 && n.Edge == edge })
		}
		to := &s.Nodes[at(0)]
		to.Cells = append(slices.Clone(to.Cells), s.Nodes[at(1)].Cells...)
		s.Nodes = slices.Delete(s.Nodes, at(1), at(1)+1)
	}},
	"a handoff that is no end": {"G1", "the rank 1 toward", func(e edit) { e.inv("z-nurse").States[0][1] = 1 }},
	"a state at no hour": {"G2", "does not say its cell", func(e edit) {
		i := e.inv("m-send")
		s := slices.Clone(i.States[0])
		s[machine.StateCells+slices.Index(i.Exact, e.number("now"))] = 0
		i.States = slices.Insert(slices.Clone(i.States), 0, s)
	}},
	"a day known that was not told": {"G3", "claims to know the cell", func(e edit) {
		i := e.inv("z-later")
		i.Exact = append([]int{e.number("born")}, i.Exact...)
		for n, s := range i.States {
			i.States[n] = slices.Insert(slices.Clone(s), machine.StateCells, 1)
		}
	}},
	"a root with cells": {"G2", "that do not exist or were taken", func(e edit) { e.split("e-born").Nodes[0].Cells = []int{1} }},
	"a leaf that is none": {"G2", "out of place", func(e edit) {
		s := e.split("e-born")
		s.Nodes = append(s.Nodes, machine.Node{Above: 0, Variable: -2, Edge: -1})
	}},
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

// knowing is a certificate that says more than it needs to: of a day and of a number that they have no value yet.
func knowing(t testing.TB, m *machine.Machine) *machine.Certificate {
	t.Helper()
	e := edit{m: m, c: clone(t, certify(t, m))}
	for _, id := range []string{"a-start", "a-spanish", "b-phone", "c-verify"} {
		i := e.inv(id)
		i.Exact = append([]int{e.number("born")}, i.Exact...)
		if id != "c-verify" {
			i.Held = append(i.Held, e.number("phone"))
		}
		for n, s := range i.States {
			s = slices.Insert(slices.Clone(s), machine.StateCells, 0)
			if id != "c-verify" {
				s = append(s, 0)
			}
			i.States[n] = s
		}
	}
	return e.c
}

func TestMoreMayBeKnownThanIsNeeded(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	if err := kernel.Check(m, knowing(t, m), today); err != nil {
		t.Error(err)
	}
}
