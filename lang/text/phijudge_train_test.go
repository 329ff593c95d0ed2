package text

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// Marked reads a line with [[type:words]] marks: its text and what is marked.
func Marked(line string) (string, []PHI) {
	var out strings.Builder
	var want []PHI
	for {
		before, rest, ok := strings.Cut(line, "[[")
		out.WriteString(before)
		if !ok {
			return out.String(), want
		}
		inner, after, _ := strings.Cut(rest, "]]")
		typ, words, _ := strings.Cut(inner, ":")
		start := out.Len()
		out.WriteString(words)
		want = append(want, PHI{Type: typ, Span: Span{Start: start, End: out.Len()}})
		line = after
	}
}

// phiExample is a message with what is marked in it.
type phiExample struct {
	example
	marks []PHI
}

// markedExamples reads a writer's develop half.
func markedExamples(t testing.TB, writer string) []phiExample {
	t.Helper()
	data, err := os.ReadFile("testdata/phi/" + writer + "-phi-develop.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []phiExample
	for l := range strings.Lines(string(data)) {
		if lang, msg, ok := strings.Cut(strings.TrimRight(l, "\n"), "|"); ok && !strings.HasPrefix(l, "#") {
			e := phiExample{}
			e.lang = lang
			e.text, e.marks = Marked(msg)
			out = append(out, e)
		}
	}
	return out
}

// workPHIExamples reads work.jsonl.
func workPHIExamples(t testing.TB) []phiExample {
	t.Helper()
	data, err := os.ReadFile("testdata/phi/work.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var out []phiExample
	for l := range bytes.Lines(data) {
		var m struct {
			Lang, Text string
			Spans      []struct {
				Type       string
				Start, End int
			}
		}
		if err := json.Unmarshal(l, &m); err != nil {
			t.Fatal(err)
		}
		e := phiExample{}
		e.lang, e.text = m.Lang, m.Text
		for _, s := range m.Spans {
			e.marks = append(e.marks, PHI{Type: s.Type, Span: Span{Start: s.Start, End: s.End}})
		}
		out = append(out, e)
	}
	return out
}

// bodily are the categories of alarms that tell of somebody's body or mind.
var bodily = wordSet("cardiac stroke breathing anaphylaxis bleeding overdose unresponsive suicide self-harm burn pregnancy sugar vascular-occlusion anaesthetic botulinum clot haematoma infection wound necrosis post-procedure")

// alarmSets are the develop halves of the sets of alarms that are read too, by writer: they change for nobody's sake.
var alarmSets = []struct{ writer, set string }{
	{"second", "triggers"}, {"third", "triggers"}, {"fourth", "triggers"}, {"fifth", "alarms"}, {"fifth", "harmless"},
	{"sixth", "alarms"}, {"sixth", "harmless"}, {"seventh", "alarms"}, {"seventh", "harmless"},
}

// alarmExamples are the alarms of the body, marked from end to end, and the messages in which nothing of health is told.
func alarmExamples(t testing.TB, without string) []phiExample {
	t.Helper()
	var all []example
	for _, s := range alarmSets {
		if s.writer != without {
			all = appendExamples(t, all, "testdata/triggers/"+s.writer+"-"+s.set+"-develop.tsv")
		}
	}
	var out []phiExample
	for _, e := range all {
		x := phiExample{example: e}
		switch {
		case e.expect != "none" && bodily.has(e.category):
			x.marks = []PHI{{Type: "health", Span: Span{End: len(e.text)}}}
		case e.expect != "none", !harmless.has(e.category):
			continue
		}
		out = append(out, x)
	}
	return out
}

// harmless are the categories without an alarm in which nobody's health is told either.
var harmless = wordSet("chat service-chat idiom metaphor booking policy policy-question education name name-or-job job media fiction news quote joke")

// judgedParts lists the parts of the messages with what is seen in them. Of a message that is marked from end to end only
// one of a single part tells anything.
func judgedParts(examples []phiExample) []instance {
	var out []instance
	for i := range examples {
		e := &examples[i]
		m := Normalise(e.text)
		d := &detector{m: m, tokens: m.tokens, covered: make([]bool, len(m.lower))}
		d.readWords()
		r := newPartReader(d)
		parts := d.parts()
		if e.expect != "" && e.expect != "none" && len(parts) > 1 {
			continue
		}
		for _, w := range parts {
			sp := m.span(int(d.tokens[w.from].from), int(d.tokens[w.to-1].to))
			told := slices.ContainsFunc(e.marks, func(p PHI) bool {
				return p.Type == "health" && p.Span.Start < sp.End && sp.Start < p.Span.End
			})
			out = append(out, instance{example: &e.example, alarm: told, all: [][]evidence{slices.Clone(r.read(w))}})
		}
	}
	return out
}

// healthWriters are the writers of sets of patient data from which the judge learns.
var healthWriters = []string{"third", "fourth", "fifth", "sixth", "seventh"}

// healthExamples is what the judge is trained on; without leaves a writer out.
func healthExamples(t testing.TB, without string) []phiExample {
	out := workPHIExamples(t)
	for _, writer := range healthWriters {
		if writer != without {
			out = append(out, markedExamples(t, writer)...)
		}
	}
	return append(out, alarmExamples(t, without)...)
}

func trainedHealthJudge(t testing.TB, without string) []byte {
	t.Helper()
	return trainGate(judgedParts(healthExamples(t, without))).appendWeights(nil)
}

// TestHealthJudgeIsCurrent trains the judge again and compares; TACET_UPDATE=1 writes it.
func TestHealthJudgeIsCurrent(t *testing.T) {
	const file = "lexicon/health.bin"
	want := trainedHealthJudge(t, "")
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(healthData, want) {
		t.Errorf("%s is not what its data gives (%d bytes, want %d); run go generate", file, len(healthData), len(want))
	}
}

// TestReportHealthJudge leaves one writer out, trains on the rest and prints for bars in order how many of the statements
// that the rules miss are heard, and how often the judge speaks up where nothing is marked.
func TestReportHealthJudge(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	for _, writer := range healthWriters {
		g := trainGate(judgedParts(healthExamples(t, writer)))
		reportHealthJudge(t, writer, g)
	}
}

func reportHealthJudge(t *testing.T, writer string, g *gate) {
	bars := []float64{-2, -1.5, -1.25, -1, -0.75, -0.5, 0, 0.5, 1}
	heard, wrong, alone := make([]int, len(bars)), make([]int, len(bars)), make([]int, len(bars))
	missed, empty := 0, 0
	for _, e := range markedExamples(t, writer) {
		m := Normalise(e.text)
		found := slices.DeleteFunc(DetectPHI(m, ""), func(p PHI) bool { return p.Why == whyJudged })
		d := &detector{m: m, tokens: m.tokens, covered: make([]bool, len(m.lower))}
		d.readWords()
		r := newPartReader(d)
		if len(e.marks) == 0 {
			empty++
		}
		overlaps := func(list []PHI, s Span) bool {
			return slices.ContainsFunc(list, func(p PHI) bool { return p.Type == "health" && p.Span.Start < s.End && s.Start < p.Span.End })
		}
		for _, p := range e.marks {
			if p.Type == "health" && !overlaps(found, p.Span) {
				missed++
			}
		}
		for _, w := range d.parts() {
			sp := m.span(int(d.tokens[w.from].from), int(d.tokens[w.to-1].to))
			if overlaps(found, sp) {
				continue
			}
			right := overlaps(e.marks, sp)
			score := g.score(r.read(w))
			for b, bar := range bars {
				if score < bar {
					continue
				}
				switch {
				case right:
					heard[b]++
				case len(e.marks) == 0:
					alone[b]++
				default:
					wrong[b]++
				}
			}
			if os.Getenv("TACET_MISSES") != "" && (score >= -0.25) != right {
				t.Logf("%v %.2f %q", right, score, e.text[sp.Start:sp.End])
			}
		}
	}
	for b, bar := range bars {
		t.Logf("%s: bar %.2f: %d of %d missed by the rules heard, wrong: %d beside other data, %d in %d messages without any", writer, bar, heard[b], missed, wrong[b], alone[b], empty)
	}
}
