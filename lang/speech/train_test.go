package speech

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// example is a line of a work set.
type example struct {
	lang, purpose, expect, class, style, text string
	file                                      string
	block                                     int // lines that stand together, and may say the same in other words
}

// blockLines is how many lines of a set stay in one fold.
const blockLines = 8

// workSet reads the work sets, files in name order.
func workSet(t testing.TB) []example {
	t.Helper()
	files, err := filepath.Glob("../text/testdata/author/work*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no work sets: %v", err)
	}
	develop, err := filepath.Glob("../text/testdata/author/*-develop.tsv")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, develop...)
	slices.Sort(files)
	var out []example
	block := 0
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		for n := 0; lines.Scan(); n++ {
			if n%blockLines == 0 {
				block++
			}
			cells := strings.Split(lines.Text(), "\t")
			if strings.HasPrefix(lines.Text(), "#") || cells[0] == "lang" {
				continue
			}
			if len(cells) != 6 {
				t.Fatalf("%s:%d: %d cells, want 6", name, n+1, len(cells))
			}
			out = append(out, example{cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], filepath.Base(name), block})
		}
	}
	return out
}

// asksMore are the classes that an accepted example asks for where its purpose permits it.
var asksMore = set("health identifier record-id plan-id dob address photo special-mh special-repro special-sud")

// wants says whether a model is to find something in the example. What a purpose permits is not the models': they learn what
// asks for more than a name and a number, and what tells a price, wherever that is.
func (e example) wants(model int) bool {
	switch model {
	case asking:
		return e.expect == Solicitation && !groupOf(e.class).little() || e.expect == "ok" && asksMore[e.class]
	case giving:
		return e.expect == Advice && e.class != Price
	case pricing:
		return e.class == Price
	}
	return e.wants(asking) || e.wants(giving) || e.wants(pricing)
}

// unclear says whether the example does not show a model what it is to find: a question of a flow that may ask for more.
func (e example) unclear(model int) bool {
	return (model == asking || model == risky) && e.style == "flow" && mayAskMore[e.purpose] && e.class == "contact" && !strings.Contains(e.text, "name")
}

var mayAskMore = set("billing intake-portal refill-request post-visit")

// reading is an example ready for training: the features of each sentence.
type reading struct {
	example
	sentences [][]uint32
}

func read(examples []example) []reading {
	out := make([]reading, 0, len(examples))
	for _, e := range examples {
		r := reader{text: e.text, sentences: sentences(e.text, "")}
		of := reading{example: e}
		for i := range r.sentences {
			of.sentences = append(of.sentences, r.features(i))
		}
		out = append(out, of)
	}
	return out
}

// What training does: how many texts a feature stands in at least, how much an example that is on the wrong side of the margin
// costs beside the length of the weights, and how often all examples are gone through. They were chosen by what they do for
// writers left out (TestWriters).
const (
	minSeen = 2
	cost    = 2.0
	passes  = 12
)

// lesson is what is learnt from: all of an example, or of a longer one a part.
type lesson struct {
	of       int     // the example
	part     bool    // it is a part: it teaches what is sound, for what is risky need not stand in it
	features []int32 // by number, ascending
	inverse  float64 // of the length of the vector of their rarities
}

// train learns the models: support vector machines with a squared hinge over the texts, each feature counted by its rarity and
// each text by the length of its vector, found by dual coordinate descent (Hsieh et al., 2008).
func train(readings []reading) *model {
	index, list, seen := number(readings)
	level := make([]uint8, len(list))
	rare := make([]float64, len(list))
	for i, key := range list {
		level[i] = levelOf(seen[key], len(readings))
		rare[i] = float64(rarities[level[i]])
	}
	lessons := lessonsOf(readings, index, rare)
	weights := make([]scores, len(list))
	m := &model{}
	var learning sync.WaitGroup
	for k := range models {
		learning.Go(func() {
			bias, learnt := machine(readings, lessons, rare, k)
			m.bias[k] = int(math.Round(bias * unit))
			for i, w := range learnt {
				weights[i][k] = int(math.Round(float64(w*rare[i]) * fine))
			}
		})
	}
	learning.Wait()
	m.makeRoom(len(list))
	order := slices.Clone(list)
	slices.Sort(order)
	for _, key := range order {
		at, i := m.place(key), index[key]
		m.keys[at], m.levels[at] = key, level[i]
		for k, w := range weights[i] {
			m.weights[at][k] = int16(max(math.MinInt16, min(math.MaxInt16, w)))
		}
	}
	return m
}

// levelOf is how rare a feature is that seen of all texts have.
func levelOf(seen, all int) uint8 {
	return uint8(min(levels-1, math.Round(1.6*math.Log(float64(all)/float64(seen)))))
}

// number gives the features that enough texts have a number each, in order of the first example, and in how many they stand.
func number(readings []reading) (index map[uint32]int32, list []uint32, seen map[uint32]int) {
	seen, index = map[uint32]int{}, map[uint32]int32{}
	for _, r := range readings {
		for _, key := range union(r.sentences) {
			seen[key]++
		}
	}
	for _, r := range readings {
		for _, key := range union(r.sentences) {
			if _, ok := index[key]; !ok && seen[key] >= minSeen && key != 0 {
				index[key] = int32(len(list))
				list = append(list, key)
			}
		}
	}
	return index, list, seen
}

// union are the features of several sentences, in ascending order, none twice.
func union(sentences [][]uint32) []uint32 {
	out := slices.Concat(sentences...)
	slices.Sort(out)
	return slices.Compact(out)
}

// lessonsOf are all examples whole, and the sentences of those that have several, by themselves and, of three and more, in twos.
func lessonsOf(readings []reading, index map[uint32]int32, rare []float64) []lesson {
	var out []lesson
	add := func(of int, sentences [][]uint32, part bool) {
		l := lesson{of: of, part: part}
		square := 0.0
		for _, key := range union(sentences) {
			if i, ok := index[key]; ok {
				l.features = append(l.features, i)
				square += float64(rare[i] * rare[i])
			}
		}
		slices.Sort(l.features)
		l.inverse = 1 / math.Sqrt(max(1, square))
		out = append(out, l)
	}
	for n, r := range readings {
		add(n, r.sentences, false)
		for i := range r.sentences {
			if len(r.sentences) > 1 {
				add(n, r.sentences[i:i+1], true)
			}
			if len(r.sentences) > 2 && i+1 < len(r.sentences) {
				add(n, r.sentences[i:i+2], true)
			}
		}
	}
	return out
}

// machine learns one model: its bias, and a weight by the number of the feature. Products are rounded before they are added, so that
// no machine fuses the two and all learn the same.
func machine(readings []reading, lessons []lesson, rare []float64, kind int) (bias float64, weights []float64) {
	weights = make([]float64, len(rare))
	var order []int
	for i, l := range lessons {
		if r := readings[l.of]; !r.unclear(kind) && !(l.part && r.wants(kind)) {
			order = append(order, i)
		}
	}
	pull := make([]float64, len(lessons)) // the dual variables
	random := uint64(20261123)
	for range passes {
		for i := len(order) - 1; i > 0; i-- {
			random = random*6364136223846793005 + 1442695040888963407
			j := int(random>>33) % (i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for _, i := range order {
			l := &lessons[i]
			side := -1.0
			if readings[l.of].wants(kind) {
				side = 1
			}
			sum := 0.0
			for _, f := range l.features {
				sum += float64(weights[f] * rare[f])
			}
			score := bias + float64(sum*l.inverse)
			gradient := float64(side*score) - 1 + float64(pull[i]/(2*cost))
			next := max(0, pull[i]-gradient/(2+1/(2*cost)))
			step := float64((next - pull[i]) * side)
			pull[i] = next
			if step == 0 {
				continue
			}
			bias += step
			step = float64(step * l.inverse)
			for _, f := range l.features {
				weights[f] += float64(step * rare[f])
			}
		}
	}
	return bias, weights
}

// encode writes models as decodeModel reads them.
func (m *model) encode() []byte {
	var out []byte
	number := func(n int) { out = binary.AppendUvarint(out, uint64(n<<1^n>>63)) }
	for _, b := range m.bias {
		number(b)
	}
	keys := slices.DeleteFunc(slices.Clone(m.keys), func(k uint32) bool { return k == 0 })
	slices.Sort(keys)
	out = binary.AppendUvarint(out, uint64(len(keys)))
	before := uint32(0)
	for _, key := range keys {
		at := m.place(key)
		step := (uint64(key-before)*levels + uint64(m.levels[at])) << models
		for k, w := range m.weights[at] {
			if w != 0 {
				step |= 1 << k
			}
		}
		out = binary.AppendUvarint(out, step)
		before = key
		for _, w := range m.weights[at] {
			if w != 0 {
				number(int(w))
			}
		}
	}
	return out
}

// judgement is what models say of an example: the greatest risk in it, and the scores that tell of it.
type judgement struct {
	risk int
	by   scores
}

func (m *model) judge(r reading) judgement {
	risk, by := m.hear(r.sentences).most()
	return judgement{risk, by}
}

// TestTrain checks that training on the work sets gives model.bin, byte for byte; TACET_UPDATE=1 writes it.
func TestTrain(t *testing.T) {
	got := train(read(workSet(t))).encode()
	if os.Getenv("TACET_UPDATE") == "1" {
		if err := os.WriteFile("model.bin", got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, modelFile) {
		t.Error("model.bin is not what the work sets give: run TACET_UPDATE=1 go test -run TestTrain")
	}
}

// TestFolds trains on all blocks of lines but a tenth and judges those, ten times: what to expect on unseen texts of the same
// kind by people who know the lexicons. It prints what the bars of judge.go are chosen by.
func TestFolds(t *testing.T) {
	if os.Getenv("TACET_FOLDS") == "" {
		t.Skip("takes a minute: TACET_FOLDS=1 runs it")
	}
	readings := read(workSet(t))
	const folds = 5
	by := make([]judgement, len(readings))
	for fold := range folds {
		var rest []reading
		for _, r := range readings {
			if r.block%folds != fold {
				rest = append(rest, r)
			}
		}
		m := train(rest)
		for n, r := range readings {
			if r.block%folds == fold {
				by[n] = m.judge(r)
			}
		}
	}
	for _, lang := range []string{"en", "es"} {
		reportBars(t, lang, readings, by)
	}
	tallies := map[string]*tally{}
	count := func(key string, got, want bool) {
		if tallies[key] == nil {
			tallies[key] = &tally{}
		}
		tallies[key].count(got, want)
	}
	for n, r := range readings {
		found := r.foundBy(by[n])
		if !r.shown() {
			continue
		}
		for _, key := range []string{"any", "any " + r.lang, "any " + r.expect + " " + r.class, "any style " + r.style, "file " + r.file} {
			count(key, found, r.expect != "ok")
		}
		if os.Getenv("TACET_SHOW") != "" && found != (r.expect != "ok") {
			fmt.Printf("SHOW %s %s %s %v: %s\n", r.lang, r.expect, r.class, by[n], r.text)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(tallies)) {
		t.Logf("%-32s %v", key, tallies[key])
	}
}

// language is the language of the example as bars number it.
func (e example) language() int {
	if e.lang == "es" {
		return spanish
	}
	return english
}

// independent says whether the example was written by somebody who had not seen the rules.
func (e example) independent() bool { return strings.HasSuffix(e.file, "-develop.tsv") }

// shown says whether the example shows that a text is found or spared, by what it asks for or gives.
func (e example) shown() bool {
	return !(e.expect == "ok" && asksMore[e.class] || e.unclear(asking) || groupOf(e.class).little() && e.expect != "ok")
}

// reportBars prints, for parts of the sound texts of independent writers in a language that are to be accepted, the bar that rejects
// the rest, and how many of their risky ones.
func reportBars(t *testing.T, lang string, readings []reading, by []judgement) {
	var sound, all []int
	for n, r := range readings {
		if r.lang != lang || !r.independent() || !r.shown() || r.style == "answered" {
			continue
		}
		if r.expect == "ok" {
			sound = append(sound, by[n].risk)
		} else {
			all = append(all, by[n].risk)
		}
	}
	slices.Sort(sound)
	for _, least := range []float64{0.92, 0.93, 0.94, 0.95, 0.96, 0.97, 0.98} {
		bar := sound[int(least*float64(len(sound)))]
		rejected := 0
		for _, risk := range all {
			if risk > bar {
				rejected++
			}
		}
		t.Logf("%s, %.2f accepted: bar %d, rejected %d/%d = %.3f", lang, least, bar, rejected, len(all), float64(rejected)/float64(len(all)))
	}
}

// tally counts judgements.
type tally struct{ hit, miss, alarm, clear int }

func (c *tally) count(got, want bool) {
	switch {
	case got && want:
		c.hit++
	case want:
		c.miss++
	case got:
		c.alarm++
	default:
		c.clear++
	}
}

func (c tally) String() string {
	return fmt.Sprintf("recall %d/%d = %.3f, accepted %d/%d = %.3f", c.hit, c.hit+c.miss, float64(c.hit)/float64(max(1, c.hit+c.miss)),
		c.clear, c.clear+c.alarm, float64(c.clear)/float64(max(1, c.clear+c.alarm)))
}

// TestDecode checks that what is read of model.bin says the same when it is written again.
func TestDecode(t *testing.T) {
	m := decodeModel(modelFile)
	if got := m.encode(); !bytes.Equal(got, modelFile) {
		t.Errorf("model.bin read and written again has %d bytes, want the same %d", len(got), len(modelFile))
	}
}
