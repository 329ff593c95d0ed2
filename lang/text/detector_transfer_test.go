package text

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// ReportTransfer measures the triggers on the sets of independent writers with detectors that were trained without what
// they are measured on: on a whole set without it, which is what to expect of messages by somebody nobody has read, and on
// parts of all of them.
func ReportTransfer(t testing.TB, tr *Triggers) {
	t.Helper()
	all := workExamples(t)
	copies := copiesOf(all)
	builtin, heard := builtinDetector, tr.heard
	defer func() { builtinDetector, tr.heard = builtin, heard }()
	measure := func(held func(*example) bool) []heardExample {
		rest := copies.of(func(e *example) bool { return !held(e) })
		g := trainGate(rest)
		m, _ := decodeDetector(encode(g, trainKinds(copies.told(rest), g)))
		m.least = raiseScore / 2
		builtinDetector = func() *detectorModel { return m }
		tr.heard = m.raises(tr.specs)
		var out []heardExample
		for i := range all {
			if held(&all[i]) {
				out = append(out, tr.hearExample(&all[i]))
			}
		}
		return out
	}
	const newest, folds = "third-triggers-develop.tsv", 3
	reportHeard(t, newest, measure(func(e *example) bool { return e.set == newest }))
	var parts []heardExample
	for f := range folds {
		parts = append(parts, measure(func(e *example) bool { return e.block%folds == f && !strings.HasPrefix(e.set, "work") })...)
	}
	reportHeard(t, "folds", parts)
}

// heardExample is an example with how sure the triggers are that it is an alarm, in parts of what it takes.
type heardExample struct {
	*example
	sure   float64
	raised string
}

// byPhrase is surer than any detector.
const byPhrase = 1e6

func (t *Triggers) hearExample(e *example) heardExample {
	m := Normalise(e.text)
	out := heardExample{example: e}
	doubted := false
	for _, h := range WithoutDetector(t).MatchAll(m) {
		switch {
		case h.Why != Counts:
			doubted = true
		case h.Tier != TierRoutine:
			out.sure, out.raised = byPhrase, h.Name+" by "+h.Phrase
			return out
		}
	}
	a := t.hear(m)
	if s := t.specOf(&a); s >= 0 {
		bar := t.bar(&a, s, doubted)
		out.sure, out.raised = float64(a.score)/float64(bar), t.specs[s].Name
	} else {
		out.sure = float64(a.score) / raiseScore
	}
	return out
}

// reportHeard prints what is heard for bars in order.
func reportHeard(t testing.TB, title string, all []heardExample) {
	t.Helper()
	slices.SortStableFunc(all, func(a, b heardExample) int { return cmp.Compare(b.sure, a.sure) })
	for _, bar := range []float64{byPhrase, 1.6, 1.4, 1.2, 1, 0.9, 0.8, 0.7, 0.6} {
		var heard, alarms, wrong, adversarial, noise, talk int
		for _, x := range all {
			up := x.sure >= bar
			switch {
			case x.expect != "none":
				alarms++
				heard += asOne(up)
			case x.category == chat:
				talk++
				noise += asOne(up)
			default:
				adversarial++
				wrong += asOne(up)
			}
		}
		t.Logf("%s, bar %.1f: heard %.3f of %d, false alarms: adversarial %.3f of %d, chat %.4f of %d", title, bar,
			rateOf(heard, alarms), alarms, rateOf(wrong, adversarial), adversarial, rateOf(noise, talk), talk)
	}
	if path := os.Getenv("TACET_FOLDS"); path != "" {
		var b strings.Builder
		for _, x := range all {
			fmt.Fprintf(&b, "%.2f\t%s\t%s\t%s\t%s\t%s\t%s\n", x.sure, x.lang, x.expect, x.category, x.style, x.text, x.raised)
		}
		if err := os.WriteFile(path+"."+title, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func asOne(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func rateOf(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
