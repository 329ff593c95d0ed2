package policy_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

// TestAnswerWithin: a team says how soon it answers, from a minute to a week.
func TestAnswerWithin(t *testing.T) {
	t.Parallel()
	good := load(t, "testdata/practice.yaml")
	for text, want := range map[string]int{
		"1 minute": 1, "30 minutes": 30, "4 hours": 240, "168 hours": 10080, "7 days": 10080,
		"0 minutes": -1, "169 hours": -1, "8 days": -1, "1 week": -1, "soon": -1, "30": -1,
	} {
		p, problems := parsePractice(bytes.Replace(good, []byte("hours: always"), []byte("hours: always\n    answer_within: "+text), 1))
		if want < 0 {
			if !slices.ContainsFunc(problems, func(d *diag.Diagnostic) bool { return d.Code == diag.ValueRefused }) {
				t.Errorf("%q is not refused: %v", text, problems)
			}
			continue
		}
		if problems.HasErrors() {
			t.Errorf("%q: %v", text, problems)
			continue
		}
		teams := p.Machine().Teams
		i := slices.IndexFunc(teams, func(t machine.Team) bool { return t.Within > 0 })
		if i < 0 || teams[i].Within != want {
			t.Errorf("%q: %+v, want %d minutes", text, teams, want)
		}
	}
}
