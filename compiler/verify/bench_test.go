package verify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
)

func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{100, 200, 1000, 10_000} {
		m := verifytest.Large(n, 40)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				report, problems := verify.Check(m, verify.Options{AsOf: asOf})
				if report.Certificate == nil {
					b.Fatal(problems[0].Message)
				}
				b.ReportMetric(float64(report.States), "states")
			}
		})
	}
}

// Many fields that are asked first and decided on much later: what cannot be looked at within the budget is not proven.
func TestAdversarialFamily(t *testing.T) {
	t.Parallel()
	for _, fields := range []int{4, 30} {
		m := verifytest.Adversarial(fields)
		if err := m.Validate(); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		report, problems := verify.Check(m, verify.Options{AsOf: asOf, Budget: 100_000})
		t.Logf("%d fields: %d states, %v, %d problems", fields, report.States, time.Since(begin).Round(time.Millisecond), len(problems))
		if report.States > 100_000 {
			t.Errorf("%d fields: %d states, more than the budget", fields, report.States)
		}
		if proven := report.Certificate != nil; proven != (fields == 4) {
			t.Errorf("%d fields: proven %v", fields, proven)
		}
		for _, v := range report.Verdicts {
			if fields == 30 && v.Guarantee == "G2" && v.Status != verify.NotProven {
				t.Errorf("G2 is %s, want not proven", v.Status)
			}
		}
		if len(report.Verdicts) != len(verify.Guarantees) {
			t.Errorf("%d verdicts, want %d", len(report.Verdicts), len(verify.Guarantees))
		}
	}
}
