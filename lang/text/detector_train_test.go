package text

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The trainer of the detector. It lives in a test because nothing that is shipped needs it. Same data, same bytes on every
// machine: each float product stands in a conversion of its own, which keeps compilers from fusing it with a sum, and
// only + - * / and the square root are used, which IEEE 754 defines to the last bit.

// example is a line of the work sets.
type example struct {
	lang, expect, category, style, text string
	set                                 string // the file it is from
	block                               int    // neighbours, which are alike, stay together when the set is split
}

const blockLines = 6

// workSets are what the models are trained on: the work sets, and the halves of the independent sets that may be read.
var workSets = []string{"testdata/triggers/work*.tsv", "testdata/triggers/*-develop.tsv"}

func workExamples(t testing.TB) []example {
	t.Helper()
	var out []example
	for _, pattern := range workSets {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no work sets %s: %v", pattern, err)
		}
		for _, f := range files {
			out = appendExamples(t, out, f)
		}
	}
	return appendOrdinary(t, out)
}

// ordinarySets are messages about something in scope or about nothing, of which those about ordinaryTopics tell what a front
// desk gets all day.
var ordinarySets = []string{"testdata/topics/*-develop.tsv"}

var ordinaryTopics = wordSet("none procedures pricing insurance hours location booking cancelling parking records bot")

// ordinary says whether the example is from a set of topics.
func ordinary(e *example) bool {
	return strings.Contains(e.set, "-topics-") || strings.HasPrefix(e.set, "train-")
}

// appendOrdinary reads the ordinary messages of the sets of topics: lang, topic, style, text.
func appendOrdinary(t testing.TB, out []example) []example {
	t.Helper()
	for _, pattern := range ordinarySets {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no sets of topics %s: %v", pattern, err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(data)) {
				if p := strings.Split(strings.TrimSpace(line), "\t"); len(p) == 4 && ordinaryTopics.has(p[1]) {
					out = append(out, example{p[0], "none", chat, p[1], p[3], filepath.Base(f), len(out) / blockLines})
				}
			}
		}
	}
	return appendFrontDesk(t, out)
}

// frontDeskSets are what the standard topics are learnt from: lines "= TOPIC LANG", each followed by messages about it.
const frontDeskSets = "testdata/topics/train-*.txt"

// appendFrontDesk reads the ordinary messages that the standard topics are learnt from.
func appendFrontDesk(t testing.TB, out []example) []example {
	t.Helper()
	files, err := filepath.Glob(frontDeskSets)
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples of topics %s: %v", frontDeskSets, err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		topic, lang := "", ""
		for line := range strings.Lines(string(data)) {
			line = strings.TrimSpace(line)
			if head, ok := strings.CutPrefix(line, "= "); ok {
				topic, lang, _ = strings.Cut(head, " ")
			} else if line != "" && !strings.HasPrefix(line, "#") && ordinaryTopics.has(topic) {
				out = append(out, example{lang, "none", chat, topic, line, filepath.Base(f), len(out) / blockLines})
			}
		}
	}
	return out
}

// appendExamples reads a work set; lines that begin with # and the heading are left out.
func appendExamples(t testing.TB, out []example, file string) []example {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "lang\t") {
			continue
		}
		p := strings.Split(line, "\t")
		if len(p) != 5 {
			t.Fatalf("%s:%d: %d columns, want 5", file, i+1, len(p))
		}
		if name, ok := otherNames[p[2]]; ok {
			p[2] = name
		}
		out = append(out, example{p[0], p[1], p[2], p[3], p[4], filepath.Base(file), len(out) / blockLines})
	}
	return out
}

// otherNames are the categories of std/emergency by the names that the independent sets give them.
var otherNames = map[string]string{
	"anesthetic": "anaesthetic", "hematoma": "haematoma", "occlusion": "vascular-occlusion", "fever": "infection", "seizure": "unresponsive",
	"sexual-assault": "assault",
}

// instance is an example as the trainer sees it: the evidence of each window.
type instance struct {
	*example
	alarm      bool
	altered    bool // other words or another request were put in: it tells that something is wrong, not exactly what
	all, plain [][]evidence
}

func instanceOf(e *example, s string) instance { return instanceOfTokens(e, Normalise(s).tokens) }

func instanceOfTokens(e *example, tokens []token) instance {
	in := instance{example: e, alarm: e.expect != "none"}
	d := prepareDetector(tokens)
	var sink evidenceSink
	for _, w := range windows(d.tokens) {
		d.features(w, &sink)
		in.all = append(in.all, slices.Clone(sink.all))
		in.plain = append(in.plain, slices.Clone(sink.plain))
	}
	return in
}

// gate is a logistic regression trained by AdaGrad (Duchi 2011), an example's most alarming window standing for it
// (multiple instances: Dietterich 1997). Its weights are the mean of those after each of the later epochs (Polyak 1992).
type gate struct{ weight map[evidence]float64 }

const (
	gateSettled = 6 // epochs before the first that counts
	gateRate    = 0.1
	gateEpochs  = 15
	gateDecay   = 0.02
	gateLeast   = 2   // examples that must show a piece of evidence
	gateShown   = 154 // of 256 pieces of evidence, how many are shown at a time
)

// gateTrainer holds the weights by number: of pieces of evidence that enough examples show.
type gateTrainer struct {
	weight, gradients, mean []float64
	shown                   *rand.Rand // which pieces of evidence an example shows
	kept                    []int32
}

// numbered is the evidence of a window by number; what is not learnt from is left out, but counts for the length.
type numbered struct {
	known  []int32
	length float64
}

func trainGate(ins []instance) *gate {
	count := countEvidence(ins, func(in *instance) [][]evidence { return in.all })
	number := map[evidence]int32{}
	for e, n := range count {
		if n >= gateLeast {
			number[e] = int32(len(number))
		}
	}
	windows := make([][]numbered, len(ins))
	for i := range ins {
		for _, w := range ins[i].all {
			windows[i] = append(windows[i], numberedOf(w, number))
		}
	}
	g := &gateTrainer{weight: make([]float64, len(number)), gradients: make([]float64, len(number)), mean: make([]float64, len(number))}
	g.shown = rand.New(rand.NewPCG(7, 11))
	order := g.shown.Perm(len(ins))
	for epoch := range gateEpochs {
		for _, k := range order {
			g.see(windows[k], ins[k].alarm)
		}
		if epoch >= gateSettled {
			for i, w := range g.weight {
				g.mean[i] += w
			}
		}
	}
	out := &gate{weight: make(map[evidence]float64, len(number))}
	for e, i := range number {
		out.weight[e] = g.mean[i] / (gateEpochs - gateSettled)
	}
	return out
}

func numberedOf(w []evidence, number map[evidence]int32) numbered {
	out := numbered{length: lengthOf(w)}
	for _, e := range w {
		if i, ok := number[e]; ok {
			out.known = append(out.known, i)
		}
	}
	return out
}

// countEvidence counts the examples that show each piece of evidence in any of their copies, which stand together.
func countEvidence(ins []instance, of func(*instance) [][]evidence) map[evidence]int {
	type shown struct {
		by *example
		n  int
	}
	last := map[evidence]shown{}
	for i := range ins {
		for _, w := range of(&ins[i]) {
			for _, e := range w {
				if s := last[e]; s.by != ins[i].example {
					last[e] = shown{ins[i].example, s.n + 1}
				}
			}
		}
	}
	count := make(map[evidence]int, len(last))
	for e, s := range last {
		count[e] = s.n
	}
	return count
}

// see learns from an example: an alarm is told by its most alarming window, where nothing is wrong each tells that.
func (g *gateTrainer) see(windows []numbered, alarm bool) {
	if !alarm {
		for _, w := range windows {
			g.learn(w, 0)
		}
		return
	}
	at, best := 0, math.Inf(-1)
	for i, w := range windows {
		if s := g.score(w); s > best {
			at, best = i, s
		}
	}
	g.learn(windows[at], 1)
}

func (g *gateTrainer) score(w numbered) float64 {
	sum := 0.0
	for _, i := range w.known {
		sum += g.weight[i]
	}
	return sum / w.length
}

func (g *gateTrainer) learn(w numbered, want float64) {
	w = g.shownOf(w)
	x := g.score(w)
	// x/sqrt(1+x²) has the shape of the logistic function without its exponential.
	d := want - float64(0.5*(1+x/math.Sqrt(1+float64(x*x))))
	if math.Abs(d) < 0.01 {
		return
	}
	d /= w.length
	for _, i := range w.known {
		old := g.weight[i]
		step := d - float64(gateDecay*old)
		g.gradients[i] += float64(step * step)
		g.weight[i] = old + float64(gateRate*step)/math.Sqrt(1+g.gradients[i])
	}
}

// shownOf is the window with some of its evidence left out, each time other: what is learnt then rests on no single word, since
// the words of somebody else will be others (van der Maaten 2013).
func (g *gateTrainer) shownOf(w numbered) numbered {
	g.kept = g.kept[:0]
	var bits uint64
	for n, i := range w.known {
		if n%8 == 0 {
			bits = g.shown.Uint64()
		}
		if bits&255 < gateShown {
			g.kept = append(g.kept, i)
		}
		bits >>= 8
	}
	return numbered{g.kept, w.length * gateShown / 256}
}

func (g *gate) score(w []evidence) float64 {
	sum := 0.0
	for _, e := range w {
		sum += g.weight[e]
	}
	return sum / lengthOf(w)
}

// lengthOf is by what the score of a window is divided, so that a long message is not an alarm for its length.
func lengthOf(w []evidence) float64 { return math.Sqrt(float64(len(w)) / usualEvidence) }

func (g *gate) best(in *instance) (score float64, at int) {
	score = math.Inf(-1)
	for i, w := range in.all {
		if s := g.score(w); s > score {
			score, at = s, i
		}
	}
	return score, at
}

// kinds is an averaged perceptron (Collins 2002) over the plain evidence: which alarm is it? Whole numbers only.
type kinds struct {
	classes     []string
	weight, sum map[evidence][]int64
	steps       int64
}

const (
	kindEpochs = 10
	kindLeast  = 2
)

func className(e *example) string {
	tier := TierEmergency
	if e.expect != "emergency" {
		tier = TierUrgent
	}
	return e.category + " " + tier
}

func trainKinds(ins []instance, g *gate) *kinds {
	alarms := slices.DeleteFunc(slices.Clone(ins), func(in instance) bool { return !in.alarm })
	k := &kinds{weight: map[evidence][]int64{}, sum: map[evidence][]int64{}}
	for i := range alarms {
		k.classes = append(k.classes, className(alarms[i].example))
	}
	slices.Sort(k.classes)
	k.classes = slices.Compact(k.classes)
	for e, n := range countEvidence(alarms, func(in *instance) [][]evidence { return in.plain }) {
		if n >= kindLeast {
			k.weight[e], k.sum[e] = make([]int64, len(k.classes)), make([]int64, len(k.classes))
		}
	}
	told, want := make([][]evidence, len(alarms)), make([]int, len(alarms))
	for i := range alarms {
		_, at := g.best(&alarms[i])
		told[i], want[i] = alarms[i].plain[at], slices.Index(k.classes, className(alarms[i].example))
	}
	r := rand.New(rand.NewPCG(3, 5))
	order := r.Perm(len(alarms))
	for range kindEpochs {
		for _, n := range order {
			k.learn(told[n], want[n])
		}
	}
	for e, sum := range k.sum {
		for c := range sum {
			// The average over all steps of a weight that was w from step s on.
			sum[c] = k.weight[e][c]*k.steps - sum[c]
		}
	}
	return k
}

func (k *kinds) learn(w []evidence, want int) {
	k.steps++
	got := k.guess(w, k.weight)
	if got == want {
		return
	}
	for _, e := range w {
		if row, sum := k.weight[e], k.sum[e]; row != nil {
			row[want]++
			row[got]--
			sum[want] += k.steps
			sum[got] -= k.steps
		}
	}
}

func (k *kinds) guess(w []evidence, weight map[evidence][]int64) int {
	scores := make([]int64, len(k.classes))
	for _, e := range w {
		for c, v := range weight[e] {
			scores[c] += v
		}
	}
	best := 0
	for c := range scores {
		if scores[c] > scores[best] {
			best = c
		}
	}
	return best
}

// Weights smaller than these, in units of the stored model, are left out.
const (
	gateLeastWeight = 20
	kindLeastWeight = 12
	kindScale       = 32
)

// WithoutDetector is the triggers as their phrases alone raise them.
func WithoutDetector(t *Triggers) *Triggers {
	deaf := *t
	deaf.heard = nil
	return &deaf
}

// encode writes what decodeDetector reads.
func encode(g *gate, k *kinds) []byte {
	var b []byte
	b = binary.AppendUvarint(b, uint64(len(k.classes)))
	for _, c := range k.classes {
		b = binary.AppendUvarint(b, uint64(len(c)))
		b = append(b, c...)
	}
	b = g.appendWeights(b)
	rows := map[evidence][]byte{}
	for e, sum := range k.sum {
		n, row := 0, []byte{}
		for c, v := range sum {
			if v = v * kindScale / k.steps; v >= kindLeastWeight || v <= -kindLeastWeight {
				n++
				row = binary.AppendVarint(binary.AppendUvarint(row, uint64(c)), v)
			}
		}
		if n > 0 {
			rows[e] = append(binary.AppendUvarint(nil, uint64(n)), row...)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(rows)))
	last := evidence(0)
	for _, e := range sorted(rows) {
		b = append(binary.AppendUvarint(b, uint64(e-last)), rows[e]...)
		last = e
	}
	return b
}

// appendWeights writes what readWeights reads.
func (g *gate) appendWeights(b []byte) []byte {
	weights := map[evidence]int64{}
	for e, w := range g.weight {
		if n := int64(math.Round(w * scoreScale)); n >= gateLeastWeight || n <= -gateLeastWeight {
			weights[e] = n
		}
	}
	b = binary.AppendUvarint(b, uint64(len(weights)))
	last := evidence(0)
	for _, e := range sorted(weights) {
		b = binary.AppendVarint(binary.AppendUvarint(b, uint64(e-last)), weights[e])
		last = e
	}
	return b
}

func sorted[V any](m map[evidence]V) []evidence {
	out := make([]evidence, 0, len(m))
	for e := range m {
		out = append(out, e)
	}
	slices.Sort(out)
	return out
}

func trainedModel(t testing.TB, examples []example) []byte {
	t.Helper()
	c := copiesOf(examples)
	all := c.of(func(*example) bool { return true })
	g := trainGate(all)
	return encode(g, trainKinds(c.told(all), g))
}

// TestDetectorModelIsCurrent trains the detector again and compares; TACET_UPDATE=1 writes it.
func TestDetectorModelIsCurrent(t *testing.T) {
	const file = "lexicon/detector.bin"
	want := trainedModel(t, workExamples(t))
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(detectorData, want) {
		t.Errorf("%s is not what its data gives (%d bytes, want %d); run go generate", file, len(detectorData), len(want))
	}
}
