package text

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// ReportWriters measures the triggers on the sets that may be read of each independent writer, with models that were trained
// without anything of that writer: what to expect of messages by somebody nobody has read.
func ReportWriters(t testing.TB, tr *Triggers) {
	t.Helper()
	all := workExamples(t)
	copied, found := copiesOf(all), findings(tr, all)
	detector, scope, heard := builtinDetector, builtinScope, tr.heard
	defer func() { builtinDetector, builtinScope, tr.heard = detector, scope, heard }()
	total := writerFigures{}
	for _, writer := range alarmWriters(all) {
		of := func(e *example) bool { return strings.HasPrefix(e.set, writer) }
		m, w := modelsWithout(copied, found, of)
		builtinDetector, builtinScope = func() *detectorModel { return m }, func() *weightTable { return w }
		tr.heard = m.raises(tr.specs)
		figures := writerFigures{}
		for i := range all {
			if of(&all[i]) {
				figures.add(&all[i], tr)
				total.add(&all[i], tr)
			}
		}
		figures.log(t, writer)
	}
	total.log(t, "all")
}

// alarmWriters are those who wrote the independent sets of alarms among the examples, in the order of their names.
func alarmWriters(all []example) []string {
	var out []string
	for i := range all {
		if writer, _, ok := strings.Cut(all[i].set, "-"); ok && !ordinary(&all[i]) && strings.HasSuffix(all[i].set, "-develop.tsv") {
			out = append(out, writer)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// modelsWithout trains both judges without the examples of somebody.
func modelsWithout(copied copies, found []instance, of func(*example) bool) (*detectorModel, *weightTable) {
	rest := copied.of(func(e *example) bool { return !of(e) })
	g := trainGate(rest)
	m, _ := decodeDetector(encode(g, trainKinds(copied.told(rest), g)))
	var others []instance
	for i := range found {
		if !of(found[i].example) {
			others = append(others, found[i])
		}
	}
	w := readWeights(&modelReader{data: trainGate(others).appendWeights(nil), ok: true})
	return m, &w
}

// writerFigures counts what was raised, by kind of example: of how many, and how many of them.
type writerFigures map[string]*[2]int

func (f writerFigures) add(e *example, tr *Triggers) {
	raised := false
	for _, h := range tr.Match(Normalise(e.text)) {
		if h.Tier != TierRoutine {
			raised = true
		}
	}
	kind := "sounding alarming"
	switch {
	case e.expect != "none":
		kind = "heard"
	case e.category == chat:
		kind = "ordinary chat"
		if ordinary(e) {
			kind = "of topics"
		}
	}
	in := []string{kind, kind + " " + e.lang}
	if kind == "heard" {
		in = append(in, kind+" "+e.category)
	}
	for _, s := range in {
		if f[s] == nil {
			f[s] = &[2]int{}
		}
		f[s][0]++
		f[s][1] += asOne(raised)
	}
}

// log prints the figures in the order of their names.
func (f writerFigures) log(t testing.TB, writer string) {
	t.Helper()
	for _, s := range slices.Sorted(maps.Keys(f)) {
		t.Logf("%s: %-32s %5d of %5d %.4f", writer, s, f[s][1], f[s][0], rateOf(f[s][1], f[s][0]))
	}
}

func asOne(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func rateOf(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
