package verify_test

import (
	"testing"

	"github.com/tacet-lang/tacet/lang/input"
	"github.com/tacet-lang/tacet/lang/machine"
)

// TestDaysAgree holds the bounds that machines are made with to those that answers are read with.
func TestDaysAgree(t *testing.T) {
	t.Parallel()
	if input.DaysAhead != machine.DaysAhead || input.DaysBack != machine.DaysBack {
		t.Errorf("lang/input reads -%d..%d, lang/machine says -%d..%d", input.DaysBack, input.DaysAhead, machine.DaysBack, machine.DaysAhead)
	}
}
