package verify_test

import (
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// TestWitnessesReplay plays every witness of random machines through the engine.
func TestWitnessesReplay(t *testing.T) {
	t.Parallel()
	all, without := 0, 0
	for seed := range uint64(drawn(t, 600)) {
		m := verifytest.Draw(seed, verifytest.Options{})
		report, problems := verify.Check(m, verify.Options{AsOf: asOf})
		for _, w := range report.Witnesses {
			all++
			if _, err := rehearsal.Replay(m, w.Talk, 1); err != nil {
				t.Errorf("seed %d: %v\n%s", seed, err, w.Talk.Format())
			}
		}
		for _, d := range problems {
			if d.Witness == "" && d.Code.ID == "T2104" {
				without++
			}
		}
	}
	if all == 0 || without*20 > all {
		t.Errorf("%d witnesses, and %d answers that are not handled without one", all, without)
	}
	t.Logf("%d witnesses; %d answers that are not handled without one", all, without)
}
