package text

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestReportDetectorFolds measures the detector on parts of the work set that it was not trained on.
func TestReportDetectorFolds(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	examples := workExamples(t)
	copies := copiesOf(examples)
	type judged struct {
		*example
		score float64
		kind  string
	}
	var all []judged
	const folds = 5
	for f := range folds {
		rest := copies.of(func(e *example) bool { return e.block%folds != f })
		g := trainGate(rest)
		k := trainKinds(copies.told(rest), g)
		for i := range examples {
			if examples[i].block%folds == f {
				plain := &copies[i][0]
				score, at := g.best(plain)
				all = append(all, judged{&examples[i], score, k.classes[k.guess(plain.plain[at], k.sum)]})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b judged) int { return cmp.Compare(b.score, a.score) })
	var alarms, none, kind, tier int
	for _, x := range all {
		if x.expect == "none" {
			none++
			continue
		}
		alarms++
		want := className(x.example)
		if x.kind == want {
			kind++
		}
		if strings.HasSuffix(want, TierUrgent) == strings.HasSuffix(x.kind, TierUrgent) {
			tier++
		}
	}
	var found, raised int
	marks := []float64{0.01, 0.02, 0.03, 0.05, 0.08, 0.10, 0.15}
	line := ""
	for _, x := range all {
		if x.expect == "none" {
			raised++
		} else {
			found++
		}
		if len(marks) > 0 && float64(raised) > marks[0]*float64(none) {
			line += fmt.Sprintf(" %.2f: %.3f (at %.2f)", marks[0], float64(found)/float64(alarms), x.score)
			marks = marks[1:]
		}
	}
	t.Logf("%d alarms, %d others; recall by false alarms:%s", alarms, none, line)
	t.Logf("category and tier right %.3f, tier right %.3f", float64(kind)/float64(alarms), float64(tier)/float64(alarms))
	if path := os.Getenv("TACET_FOLDS"); path != "" {
		var b strings.Builder
		for _, x := range all {
			fmt.Fprintf(&b, "%.2f\t%s\t%s\t%s\t%s\t%s\t%s\n", x.score, x.lang, x.expect, x.category, x.style, x.text, x.kind)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
