package kernel_test

import (
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

// TestWhatAnswersTell draws machines in which answers tell of other answers: the kernel admits those that the verifier
// certifies, and no other.
func TestWhatAnswersTell(t *testing.T) {
	t.Parallel()
	certified := 0
	for n := range uint64(121) {
		seed := n
		if n == 120 {
			seed = letterByCode
		}
		m := verifytest.DrawTelling(seed)
		if report, _ := verify.Check(m, verify.Options{AsOf: today}); report.Certificate != nil {
			certified++
			if err := kernel.Check(m, report.Certificate, today); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
		judge(t, m, kernel.Conjure)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if certified == 0 {
		t.Error("none is certified")
	}
	t.Logf("%d certified", certified)
}

// letterByCode is a seed whose machine sends a letter only to whom a code was asked from.
const letterByCode = 1042
