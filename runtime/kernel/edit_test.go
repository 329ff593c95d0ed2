package kernel_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

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

// between puts a location into a way, which leads on under a guard alone.
func (e edit) between(from string, way int, id, only string) {
	n := len(e.m.Guards)
	e.m.Guards = append(e.m.Guards, machine.Guard{Source: only})
	to := &e.loc(from).Edges[way].To
	l := machine.Location{ID: id, State: id, Kind: machine.Auto, Edges: []machine.Edge{{Guard: &n, To: *to}}}
	*to = id
	at, _ := slices.BinarySearchFunc(e.m.Locations, id, func(l machine.Location, id string) int { return strings.Compare(l.ID, id) })
	e.m.Locations = slices.Insert(e.m.Locations, at, l)
	if err := guard.Complete(e.m); err != nil {
		panic(err)
	}
}

// consents adds questions that nobody comes to, so that the machine asks for so many consents.
func (e edit) consents(n int) {
	for i := range n - 1 {
		l := *e.loc("d-consent")
		l.ID, l.Consent = fmt.Sprintf("zz-%02d", i), fmt.Sprintf("zz-%02d", i)
		e.m.Locations = append(e.m.Locations, l)
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

// named is the certificate, as one of the machine as it is now.
func (e edit) named(t testing.TB) *machine.Certificate {
	t.Helper()
	hash, err := e.m.Hash()
	if err != nil {
		t.Fatal(err)
	}
	e.c.Machine = hash
	return e.c
}

// split is the first tree of guards of a location.
func (e edit) split(id string) *machine.Split { return &e.inv(id).Splits[0] }

func (e edit) drop(id string, n int) {
	inv := e.inv(id)
	inv.States = slices.Delete(slices.Clone(inv.States), n, n+1)
}
