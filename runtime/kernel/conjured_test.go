package kernel_test

import (
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

// TestAdversaryIsAble shows that the adversary of the fuzz test proves what can be proven: everything that the
// verifier accepts.
func TestAdversaryIsAble(t *testing.T) {
	t.Parallel()
	for seed := range uint64(600) {
		m := verifytest.Draw(seed, verifytest.Options{Sane: true})
		if report, _ := verify.Check(m, verify.Options{AsOf: today}); report.Certificate == nil || report.States > 60 {
			continue
		}
		if err := kernel.Check(m, kernel.Conjure(m, today), today); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
	m := clinic(t)
	if err := kernel.Check(m, kernel.Conjure(m, today), today); err != nil {
		t.Error(err)
	}
}
