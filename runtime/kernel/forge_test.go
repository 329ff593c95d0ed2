package kernel_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

// forgeries are machines that break a guarantee, with certificates that would be believed but for one check.
var forgeries = map[string]struct {
	obligation, reason string
	forged             func(testing.TB) (*machine.Machine, *machine.Certificate)
}{
	"told on the way":      {"G7", "leaves out the class", toldOnTheWay},
	"told aside":           {"G7", "does not come by its merge", toldAside},
	"told by the first":    {"G7", "leaves out the class", toldByTheFirst},
	"used round and round": {"G6", "nothing after it is nearer", usedInACircle},
}

func TestForgeries(t *testing.T) {
	t.Parallel()
	for name, x := range forgeries {
		m, c := x.forged(t)
		var r *kernel.Refusal
		if err := kernel.Check(m, c, today); !errors.As(err, &r) || r.Obligation != x.obligation || !strings.Contains(r.Reason, x.reason) {
			t.Errorf("%s: got %v, want %s: …%s…", name, err, x.obligation, x.reason)
		}
	}
}

// telling is the clinic with a location after the question for a mark that sends to somebody who may not be told of health, and the
// certificate that it had if they might. Where that location leads is up to the case.
func telling(t testing.TB, to string) edit {
	t.Helper()
	m := clinic(t)
	e := edit{m: m}
	tell := machine.Location{ID: "f-tell", State: "f-tell", Kind: machine.Auto, Edges: []machine.Edge{{To: to}},
		Do: []machine.Action{{To: m.Practice.Vendors[1].Name, Fields: []string{"phone"}}}}
	e.loc("f-strong").Edges[0].To = tell.ID
	m.Locations = slices.Insert(m.Locations, e.at("f-strong")+1, tell)
	v := &m.Practice.Vendors[1]
	v.Classes, v.Agreement = []string{"health"}, clone(t, m.Practice.Vendors[0].Agreement)
	e.c = clone(t, certify(t, m))
	v.Classes = []string{"contact", "identifier"}
	return e
}

// toldOnTheWay names the merge after the next for where the patient comes before the send, which then stands on no way that it
// calls parted.
func toldOnTheWay(t testing.TB) (*machine.Machine, *machine.Certificate) {
	t.Helper()
	e := telling(t, "g-topic")
	e.inv("f-tell").Control, e.inv("f-strong").Merge = nil, e.at("g-topic")
	e.order()
	return e.m, e.named(t)
}

// toldAside says that all ways from where the mark is tested come by the send, though one does not.
func toldAside(t testing.TB) (*machine.Machine, *machine.Certificate) {
	t.Helper()
	e := telling(t, "z-end")
	forget := func(c machine.Control) bool { return c.Class == "health" }
	e.inv("f-tell").Control = slices.DeleteFunc(e.inv("f-tell").Control, forget)
	e.inv("f-mark").Merge, e.inv("f-strong").Merge = e.at("f-tell"), e.at("f-tell")
	for n := range e.inv("f-strong").Control {
		if c := &e.inv("f-strong").Control[n]; c.Class == "health" {
			c.Until = e.at("f-tell")
		}
	}
	e.order()
	return e.m, e.named(t)
}

// mergingFirst is a machine whose first location is where ways meet again, some of which parted long before, and its certificate.
func mergingFirst(t testing.TB) edit {
	t.Helper()
	m := clinic(t)
	e := edit{m: m}
	first := *e.loc("g-topic")
	first.ID = "0-topic"
	weak, part := *e.loc("f-strong"), *e.loc("f-strong")
	weak.ID, part.ID, part.Do = "f-weak", "f-part", nil
	part.Edges = e.loc("f-mark").Edges
	part.Edges[1].To = weak.ID
	e.loc("f-mark").Edges = []machine.Edge{{To: part.ID}}
	e.loc("e-born").Edges[1].To = weak.ID
	m.Locations = slices.Insert(slices.Delete(m.Locations, e.at("g-topic"), e.at("g-topic")+1), 0, first)
	m.Locations = append(m.Locations, weak, part)
	slices.SortFunc(m.Locations, func(a, b machine.Location) int { return strings.Compare(a.ID, b.ID) })
	for i := range m.Locations {
		for n := range m.Locations[i].Edges {
			if x := &m.Locations[i].Edges[n]; x.To == "g-topic" {
				x.To = first.ID
			}
		}
	}
	e.c = clone(t, certify(t, m))
	return e
}

func TestMergingFirstIsAdmitted(t *testing.T) {
	t.Parallel()
	if e := mergingFirst(t); kernel.Check(e.m, e.c, today) != nil {
		t.Error(kernel.Check(e.m, e.c, today))
	}
}

// toldByTheFirst leaves out what decides that a conversation comes to the first location.
func toldByTheFirst(t testing.TB) (*machine.Machine, *machine.Certificate) {
	t.Helper()
	e := mergingFirst(t)
	e.inv("0-topic").Control = nil
	return e.m, e.named(t)
}

// usedInACircle asks for an hour that nothing uses, and says of two questions that lead back and forth that each is as near to a use as
// the other.
func usedInACircle(t testing.TB) (*machine.Machine, *machine.Certificate) {
	t.Helper()
	e := edit{m: clinic(t)}
	e.loc("i-hour").Edges = []machine.Edge{{To: "i-late"}}
	for _, id := range []string{"j-offer", "k-listen"} {
		for n := range e.loc(id).Edges {
			switch x := &e.loc(id).Edges[n]; x.On {
			case "1":
			case "hours":
				x.To = "j-offer"
			default:
				x.To = "z-end"
			}
		}
	}
	e.m.Topics[3].Route = "z-end"
	e.c = kernel.Conjure(e.m, today)
	hour := e.number("hour")
	for id, rank := range map[string]int{"i-hour": 9, "i-late": 8, "j-offer": 7, "k-listen": 7} {
		inv := e.inv(id)
		inv.Uses = slices.DeleteFunc(inv.Uses, func(u machine.Use) bool { return u.Variable == hour })
		at, _ := slices.BinarySearchFunc(inv.Uses, hour, func(u machine.Use, f int) int { return u.Variable - f })
		inv.Uses = slices.Insert(inv.Uses, at, machine.Use{Variable: hour, Rank: rank})
	}
	return e.m, e.c
}
