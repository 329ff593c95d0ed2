package hostile_test

import (
	"testing"

	"github.com/tacet-lang/tacet/spec/hostile"
)

func TestLines(t *testing.T) {
	t.Parallel()
	list := hostile.Lines()
	seen := map[string]bool{}
	for _, line := range list {
		if seen[line] {
			t.Errorf("%q stands there twice", line)
		}
		seen[line] = true
	}
	if len(list) < 500 {
		t.Errorf("there are %d lines", len(list))
	}
}
