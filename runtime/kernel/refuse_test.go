package kernel_test

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/kernel"
)

func TestClinicIsAdmitted(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	c := certify(t, m)
	if err := kernel.Check(m, c, today); err != nil {
		t.Fatal(err)
	}
	for i, inv := range c.Invariants {
		t.Log(m.Locations[i].ID, len(inv.States), inv.Exact, inv.Held, inv.Merge, inv.Control, inv.Uses)
	}
}
