package kernel_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/runtime/kernel"
)

// TestWorkIsBounded lets a check run out of work at many points at which it counts: it must refuse, and not go on.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	m := clinic(t)
	c := certify(t, m)
	all, err := kernel.CheckAfter(m, c, today, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kernel.CheckAfter(m, c, today, kernel.MaxWork-all); err != nil {
		t.Errorf("as much work as may be: %v", err)
	}
	for n := 0; n < all; n += 1 + min(n, max(all-n-300, 0))/100 { // by small steps at the beginning and toward the end
		if _, err := kernel.CheckAfter(m, c, today, kernel.MaxWork-n); err == nil || !strings.Contains(err.Error(), "steps to check") {
			t.Fatalf("%d of %d: %v", n, all, err)
		}
	}
}
