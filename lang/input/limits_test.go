package input_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/input"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind     string
		runes    int
		maxRunes int
		want     string
	}{
		{"text", 200, 0, "ok"}, {"text", 201, 0, "too-long"}, {"text", 6, 5, "too-long"}, {"text", 300, 400, "ok"},
		{"message", 2000, 0, "ok"}, {"message", 2001, 0, "too-long"}, {"message", 4000, 9000, "ok"}, {"message", 4001, 9000, "too-long"},
		{"name", 80, 0, "ok"}, {"name", 81, 0, "too-long"}, {"name", 11, 10, "too-long"},
		{"date", 4001, 0, "too-long"}, {"yes-no", 4001, 0, "too-long"},
	} {
		c := context("en")
		c.MaxRunes = tc.maxRunes
		r := input.Parse(tc.kind, strings.Repeat("é", tc.runes), c)
		got := r.Reason
		if r.Status == input.OK {
			got = "ok"
		}
		if got != tc.want {
			t.Errorf("Parse(%s) of %d code points with limit %d: %s, want %s", tc.kind, tc.runes, tc.maxRunes, got, tc.want)
		}
	}
}
