package text

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// findingsOf lists the findings of the triggers in an example with what is seen around them: in a message where nothing
// is wrong all of them, whatever the rules make of them; in an alarm those that count by the rules.
func findingsOf(tr *Triggers, e *example) []instance {
	var out []instance
	m := Normalise(e.text)
	read := func(tokens []token) {
		s := surroundingsOf(tokens)
		for _, f := range tr.automaton.run(tokens) {
			ref := tr.phrases[f.phrase]
			if ref.except {
				continue
			}
			alarm := e.expect != "none"
			if alarm && contextOf(tokens, f.from, f.to, ref.denies) != Counts {
				continue
			}
			w := s.features(tr.specs[ref.spec].Category, ref.text, f.from, f.to, nil)
			out = append(out, instance{example: e, alarm: alarm, all: [][]evidence{w}})
		}
	}
	read(m.tokens)
	if repaired := tr.automaton.vocabulary.repair(m.tokens); repaired != nil {
		read(repaired)
	}
	return out
}

func findings(tr *Triggers, examples []example) []instance {
	var out []instance
	for i := range examples {
		out = append(out, findingsOf(tr, &examples[i])...)
	}
	return out
}

// TrainScope learns from the work sets which findings of the triggers are meant, and returns what scope.go reads.
func TrainScope(t testing.TB, tr *Triggers) []byte {
	t.Helper()
	return trainGate(findings(tr, workExamples(t))).appendWeights(nil)
}

// ScopeData is the model as it is embedded.
func ScopeData() []byte { return scopeData }

// ReportScopeFolds prints, for bars in order, which part of the findings that are meant and of those that are not would be
// taken back, on parts of the work set that the judge was not trained on.
func ReportScopeFolds(t testing.TB, tr *Triggers) {
	t.Helper()
	type judged struct {
		*instance
		score float64
	}
	all := findings(tr, workExamples(t))
	var out []judged
	const folds = 5
	for f := range folds {
		var rest []instance
		for i := range all {
			if all[i].block%folds != f {
				rest = append(rest, all[i])
			}
		}
		g := trainGate(rest)
		for i := range all {
			if all[i].block%folds == f {
				out = append(out, judged{&all[i], g.score(all[i].all[0])})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b judged) int { return cmp.Compare(a.score, b.score) })
	meant, not := 0, 0
	for _, x := range out {
		if x.alarm {
			meant++
		} else {
			not++
		}
	}
	lost, taken, line := 0, 0, ""
	marks := []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.03}
	for _, x := range out {
		if x.alarm {
			lost++
		} else {
			taken++
		}
		if len(marks) > 0 && float64(lost) > marks[0]*float64(meant) {
			line += fmt.Sprintf(" %.3f: %.3f (at %.2f)", marks[0], float64(taken)/float64(not), x.score)
			marks = marks[1:]
		}
	}
	t.Logf("%d findings meant, %d not; taken back rightly by wrongly:%s", meant, not, line)
	if path := os.Getenv("TACET_FOLDS"); path != "" {
		var b strings.Builder
		for _, x := range out {
			fmt.Fprintf(&b, "%.2f\t%v\t%s\t%s\t%s\n", x.score, x.alarm, x.lang, x.category, x.text)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
