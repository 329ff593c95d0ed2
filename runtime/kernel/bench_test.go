package kernel_test

import (
	"fmt"
	"testing"

	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

func BenchmarkCheck(b *testing.B) {
	for _, n := range []int{200, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			m := verifytest.Large(n, 40)
			c := certify(b, m)
			states := 0
			for _, inv := range c.Invariants {
				states += len(inv.States)
			}
			b.ReportMetric(float64(states), "states")
			for b.Loop() {
				if err := kernel.Check(m, c, today); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(states), "states")
		})
	}
}
