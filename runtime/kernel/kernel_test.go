package kernel_test

import (
	"os"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

// today is the day that checks in tests are made on.
var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// examples compiles and verifies the flows of an example.
func examples(t testing.TB) []machine.Artifact {
	t.Helper()
	results, problems := compiler.CompileAll(os.DirFS("../../examples/lakeside"), compiler.Options{})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	var out []machine.Artifact
	for _, r := range results {
		out = append(out, machine.Artifact{Machine: r.Machine, Certificate: certify(t, r.Machine)})
	}
	return out
}

func certify(t testing.TB, m *machine.Machine) *machine.Certificate {
	t.Helper()
	report, problems := verify.Check(m, verify.Options{AsOf: today})
	if report.Certificate == nil {
		t.Fatal(problems)
	}
	return report.Certificate
}

func TestExamplesAreAdmitted(t *testing.T) {
	t.Parallel()
	for _, a := range examples(t) {
		b, err := a.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		read, err := machine.DecodeArtifact(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := kernel.Check(read.Machine, read.Certificate, today); err != nil {
			t.Errorf("%s: %v", a.Machine.Flow.ID, err)
		}
		if err := kernel.Check(read.Machine, read.Certificate, today.AddDate(1, 0, 0)); err == nil {
			t.Errorf("%s is admitted after its agreements and its review have run out", a.Machine.Flow.ID)
		}
	}
}

// TestAgreesWithVerifier draws machines: what the verifier certifies, the kernel admits.
func TestAgreesWithVerifier(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	accepted := 0
	for seed := range uint64(1500) {
		m := verifytest.Draw(seed, verifytest.Options{Sane: seed%4 != 0})
		report, _ := verify.Check(m, verify.Options{AsOf: today})
		if report.Certificate == nil {
			continue
		}
		accepted++
		if err := kernel.Check(m, report.Certificate, today); err != nil {
			if seen[err.Error()]++; seen[err.Error()] < 2 {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
	}
	t.Logf("%d accepted", accepted)
}

// TestAgreesWithVerifierOnSome is the quick part of the test above: machines that it certifies and that test what the world
// decides.
func TestAgreesWithVerifierOnSome(t *testing.T) {
	t.Parallel()
	for _, seed := range certified {
		m := verifytest.Draw(seed, verifytest.Options{Sane: seed%4 != 0})
		if err := kernel.Check(m, certify(t, m), today); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
}

// certified are seeds of drawn machines that keep every guarantee, and test what the world decides.
var certified = []uint64{109, 559, 709, 847, 981, 1043, 1214, 1241, 1391, 1403, 1422, 1674, 1779, 2018, 2271, 2381, 2433, 2623, 2810, 3039, 3114, 3145,
	3298, 3441, 3646, 3654, 3815, 3822}
