package text

import (
	"bytes"
	"os"
	"slices"
	"testing"
)

// nameWriters are the writers of sets of patient data from which the judge of names learns.
var nameWriters = []string{"third", "fourth", "fifth", "sixth", "seventh"}

// nameExamples is what the judge is trained on; without leaves a writer out.
func nameExamples(t testing.TB, without string) []phiExample {
	out := workPHIExamples(t)
	for _, writer := range nameWriters {
		if writer != without {
			out = append(out, markedExamples(t, writer)...)
		}
	}
	return out
}

// readForNames reads a message as far as the judge of names needs.
func readForNames(s string) *detector {
	d := &detector{}
	d.begin(Normalise(s), "")
	d.readWords()
	d.takeStock()
	return d
}

// namesIn lists the words of the messages that may be names, with what is seen of each.
func namesIn(examples []phiExample) []instance {
	var out []instance
	for n := range examples {
		e := &examples[n]
		d := readForNames(e.text)
		r := nameReader{detector: d}
		for i := range d.tokens {
			if !d.mayBeName(i) {
				continue
			}
			sp := d.m.span(int(d.tokens[i].from), int(d.tokens[i].to))
			out = append(out, instance{example: &e.example, alarm: within(e.marks, "name", sp), all: [][]evidence{slices.Clone(r.read(i))}})
		}
	}
	return out
}

// within says whether a mark of the type shares a character with the span.
func within(marks []PHI, typ string, s Span) bool {
	return slices.ContainsFunc(marks, func(p PHI) bool { return p.Type == typ && p.Span.Start < s.End && s.Start < p.Span.End })
}

// TestNameJudgeIsCurrent trains the judge again and compares; TACET_UPDATE=1 writes it.
func TestNameJudgeIsCurrent(t *testing.T) {
	const file = "lexicon/name.bin"
	want := trainGate(namesIn(nameExamples(t, ""))).appendWeights(nil)
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(nameData, want) {
		t.Errorf("%s is not what its data gives (%d bytes, want %d); run go generate", file, len(nameData), len(want))
	}
}

// TestReportNameJudge leaves one writer out, trains on the rest and prints for bars in order how many of the names that the
// frames miss are heard, and what else is taken for a name.
func TestReportNameJudge(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	for _, writer := range nameWriters {
		reportNameJudge(t, writer, trainGate(namesIn(nameExamples(t, writer))))
	}
}

func reportNameJudge(t *testing.T, writer string, g *gate) {
	bars := []float64{-1, -0.5, 0, 0.25, 0.5, 0.75, 1, 1.5}
	heard, wrong := make([]int, len(bars)), make([]int, len(bars))
	names, missed := 0, 0
	for _, e := range markedExamples(t, writer) {
		d := readForNames(e.text)
		r := nameReader{detector: d}
		found := slices.DeleteFunc(DetectPHI(d.m, ""), func(p PHI) bool { return p.Why == whyJudged })
		best := map[int]float64{} // of each mark that the frames miss
		for k, p := range e.marks {
			if p.Type == "name" {
				names++
				if !within(found, "name", p.Span) {
					missed++
					best[k] = -100
				}
			}
		}
		for i := range d.tokens {
			sp := d.m.span(int(d.tokens[i].from), int(d.tokens[i].to))
			if !d.mayBeName(i) || slices.ContainsFunc(found, func(p PHI) bool { return p.Span.Start < sp.End && sp.Start < p.Span.End }) {
				continue
			}
			score := g.score(r.read(i))
			at := slices.IndexFunc(e.marks, func(p PHI) bool { return p.Type == "name" && p.Span.Start < sp.End && sp.Start < p.Span.End })
			if at >= 0 {
				if _, ok := best[at]; ok {
					best[at] = max(best[at], score)
				}
				continue
			}
			for b, bar := range bars {
				if score >= bar {
					wrong[b]++
				}
			}
			if os.Getenv("TACET_MISSES") != "" && score >= 0.5 {
				t.Logf("surplus %.2f %q in %q", score, e.text[sp.Start:sp.End], e.text)
			}
		}
		for _, score := range best {
			for b, bar := range bars {
				if score >= bar {
					heard[b]++
				}
			}
		}
	}
	for b, bar := range bars {
		t.Logf("%s: bar %.2f: %d of %d names that the frames miss, of %d, are heard; %d other words", writer, bar, heard[b], missed, names, wrong[b])
	}
}
