package main

import (
	"strings"
	"testing"
)

// TestAssessedRisks: all that the assessment lists is shown, the worst first, each control by a test that can be run or a page.
func TestAssessedRisks(t *testing.T) {
	t.Parallel()
	list := assessedRisks()
	if len(list) < 15 || list[0].Likelihood != "high" || list[0].Harm != "high" {
		t.Fatalf("%d risks, the first %+v", len(list), list[0])
	}
	for _, r := range list {
		if r.Threat == "" || r.Rests == "" || len(r.Controls) == 0 || len(r.Assets) == 0 || r.Assets[0] == "" {
			t.Errorf("%+v lacks something", r)
		}
		for _, c := range r.Controls {
			if isTest := strings.Contains(c.By, ".Test"); isTest != strings.HasPrefix(c.Run, "go test -run '^Test") {
				t.Errorf("%s is run by %q", c.By, c.Run)
			}
		}
	}
}
