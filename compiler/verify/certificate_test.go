package verify_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/machine"
)

func TestCertificatesAreInductive(t *testing.T) {
	t.Parallel()
	checked, states := 0, 0
	for seed := range uint64(drawn(t, 400)) {
		m := verifytest.Draw(3*seed, verifytest.Options{Sane: true})
		report, _ := verify.Check(m, verify.Options{AsOf: asOf})
		if report.Certificate == nil {
			continue
		}
		checked++
		states += report.States
		b, err := report.Certificate.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		c, err := machine.DecodeCertificate(b)
		if err != nil {
			t.Fatal(err)
		}
		if errs := newRecheck(m, c).run(); len(errs) > 0 {
			t.Errorf("seed %d: %s", 3*seed, strings.Join(errs[:min(len(errs), 5)], "\n"))
		}
	}
	t.Logf("%d certificates with %d states", checked, states)
}

// A certificate that lacks any one of its states, or claims a rank that is too small, is not inductive.
func TestRecheckSeesWhatIsMissing(t *testing.T) {
	t.Parallel()
	broken := 0
	for seed := range uint64(60) {
		m := verifytest.Draw(3*seed, verifytest.Options{Sane: true})
		report, _ := verify.Check(m, verify.Options{AsOf: asOf})
		if report.Certificate == nil {
			continue
		}
		for i := range report.Certificate.Invariants {
			inv := &report.Certificate.Invariants[i]
			for s := range inv.States {
				whole := inv.States
				inv.States = slices.Delete(slices.Clone(whole), s, s+1)
				broken++
				if len(newRecheck(m, report.Certificate).run()) == 0 {
					t.Errorf("seed %d: %s without state %v is accepted", 3*seed, inv.Location, whole[s])
				}
				inv.States = whole
			}
		}
	}
	t.Logf("%d certificates broken", broken)
}
