package report_test

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/report"
)

func TestInputs(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int64{"": 0, "300": 300_00, "299.50": 299_50, "0.05": 5, "3.5": -1, "-3": -1, "1e3": -1, ".": -1, "9999999999": -1} {
		got, err := report.ParseDollars(s)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("%q: got %d, %v; want %d", s, got, err, want)
		}
	}
	for s, want := range map[string]report.Share{"": {}, "15/100": {N: 15, Of: 100}, "0/1": {Of: 1}, "1/0": {N: -1}, "2/1": {N: -1}, "5": {N: -1}, "5/": {N: -1}} {
		got, err := report.ParseShare(s)
		if (err != nil) != (want.N < 0) || err == nil && got != want {
			t.Errorf("%q: got %v, %v; want %v", s, got, err, want)
		}
	}
}

func FuzzInputs(f *testing.F) {
	f.Add("15/100")
	f.Add("299.50")
	f.Fuzz(func(t *testing.T, s string) {
		if cents, err := report.ParseDollars(s); err == nil && (cents < 0 || cents > 101_000_000_000) {
			t.Errorf("%q is %d cents", s, cents)
		}
		if share, err := report.ParseShare(s); err == nil && (share.N < 0 || share.N > share.Of) {
			t.Errorf("%q is %v", s, share)
		}
	})
}
