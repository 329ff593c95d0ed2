package speech

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// example is a line of a work set.
type example struct{ lang, purpose, expect, class, style, text string }

// workSet reads the work sets, files in name order.
func workSet(t testing.TB) []example {
	t.Helper()
	files, err := filepath.Glob("../text/testdata/author/work*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no work sets: %v", err)
	}
	slices.Sort(files)
	var out []example
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(bytes.NewReader(data))
		for n := 0; lines.Scan(); n++ {
			cells := strings.Split(lines.Text(), "\t")
			if len(cells) != 6 {
				t.Fatalf("%s:%d: %d cells, want 6", name, n+1, len(cells))
			}
			if n > 0 {
				out = append(out, example{cells[0], cells[1], cells[2], cells[3], cells[4], cells[5]})
			}
		}
	}
	return out
}

// wants says whether the model of a kind is to find something in the example. What a purpose permits is not the model's:
// it learns what asks for more than a name and a number, wherever that is.
func (e example) wants(kind string) bool {
	if kind == Advice {
		return e.expect == Advice && e.class != Price
	}
	g := groups[e.class]
	return e.expect == Solicitation && g != "<contact>" && g != "<interest>" || e.expect == "ok" && asksMore[e.class]
}

// asksMore are the classes that an accepted example asks for where its purpose permits it.
var asksMore = set("health identifier record-id plan-id")

// reading is an example ready for training: the features of each sentence.
type reading struct {
	example
	sentences [][]string
}

func read(examples []example, kind string) []reading {
	var out []reading
	for _, e := range examples {
		r := reader{text: e.text, sentences: sentences(e.text, e.lang)}
		of := reading{example: e}
		priced := false
		for i := range r.sentences {
			of.sentences = append(of.sentences, r.features(i))
			priced = priced || r.judgeAdvice(&r.sentences[i]).class == Price
		}
		if kind == Solicitation || !priced { // prices are left to the rules
			out = append(out, of)
		}
	}
	return out
}

// What training does: passes over the set, the margin that a decision must have, the least number of examples that a feature
// needs, and the bounds of a weight.
const (
	epochs    = 12
	margin    = 400
	minSeen   = 4
	maxWeight = 30000
	least     = 300 // weights that decide nothing are left out
	rare      = 30  // the step for what is to be found, of which there is less; 10 for the rest
)

// train learns a model: an averaged perceptron with a margin, in integers, over the sentence of each example that scores
// most. Sentences of an accepted example must all score below; of the others, one above.
func train(readings []reading, kind string) *model {
	seen := map[string]int{}
	for _, r := range readings {
		for _, s := range r.sentences {
			for _, f := range s {
				seen[f]++
			}
		}
	}
	weights, sums := map[string]int{}, map[string]int{}
	order := make([]int, len(readings))
	for i := range order {
		order[i] = i
	}
	random := uint64(20261122)
	step := 0
	total := epochs * len(readings)
	for range epochs {
		for i := len(order) - 1; i > 0; i-- {
			random = random*6364136223846793005 + 1442695040888963407
			j := int(random>>33) % (i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for _, n := range order {
			r := &readings[n]
			best, score := 0, -1<<60
			for i, s := range r.sentences {
				sum := weights[""]
				for _, f := range s {
					sum += weights[f] * value(f)
				}
				if sum > score {
					best, score = i, sum
				}
			}
			want := r.wants(kind)
			left := total - step
			step++
			if len(r.sentences) == 0 || want && score >= margin || !want && score <= -margin {
				continue
			}
			d := rare
			if !want {
				d = -10
			}
			weights[""] += d
			sums[""] += d * left
			for _, f := range r.sentences[best] {
				if seen[f] >= minSeen {
					weights[f] += d * value(f)
					sums[f] += d * value(f) * left
				}
			}
		}
	}
	m := &model{bias: sums[""] * 10 / total, weights: map[string]int{}}
	for f, s := range sums {
		if w := s * 10 / total; f != "" && (w > least || w < -least) {
			m.weights[f] = max(-maxWeight, min(maxWeight, w))
		}
	}
	return m
}

// best is the score of the example's sentence that scores most.
func (m *model) best(r reading) int {
	score := -1 << 30
	for _, s := range r.sentences {
		score = max(score, m.score(s))
	}
	return score
}

// TestTrain checks that training on the work sets gives model.tsv, byte for byte; TACET_UPDATE=1 writes it.
func TestTrain(t *testing.T) {
	var out bytes.Buffer
	examples := workSet(t)
	for _, kind := range []string{Solicitation, Advice} {
		m := train(read(examples, kind), kind)
		fmt.Fprintf(&out, "%s\t\t%d\n", kind, m.bias)
		for _, f := range sortedFeatures(m) {
			fmt.Fprintf(&out, "%s\t%s\t%d\n", kind, f, m.weights[f])
		}
	}
	if os.Getenv("TACET_UPDATE") == "1" {
		if err := os.WriteFile("model.tsv", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if out.String() != modelFile {
		t.Error("model.tsv is not what the work sets give: run TACET_UPDATE=1 go test -run TestTrain")
	}
}

func sortedFeatures(m *model) []string {
	var out []string
	for f := range m.weights {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

// TestFolds trains on four fifths and judges the rest, five times: what to expect on unseen texts of the same kind.
func TestFolds(t *testing.T) {
	examples := workSet(t)
	for _, kind := range []string{Solicitation, Advice} {
		readings := read(examples, kind)
		var all tally
		by := map[string]*tally{}
		const folds = 5
		for fold := range folds {
			var rest []reading
			for n, r := range readings {
				if n%folds != fold {
					rest = append(rest, r)
				}
			}
			m := train(rest, kind)
			for n, r := range readings {
				if n%folds != fold {
					continue
				}
				got, want := m.best(r) > 0, r.wants(kind)
				all.count(got, want)
				key := r.lang + " " + r.style
				if by[key] == nil {
					by[key] = &tally{}
				}
				by[key].count(got, want)
				if os.Getenv("TACET_DUMP") != "" {
					fmt.Printf("DUMP\t%s\t%v\t%d\t%v\t%s\t%s\n", kind, want, m.best(r), byRules(r.example, kind), r.style, r.text)
				}
				if got != want && os.Getenv("TACET_SHOW") != "" {
					t.Logf("%s want %v score %d rules %v: %s", kind, want, m.best(r), byRules(r.example, kind), r.text)
				}
			}
		}
		t.Logf("%s: %v", kind, all)
		for _, key := range slices.Sorted(maps.Keys(by)) {
			t.Logf("%s %-20s %v", kind, key, by[key])
		}
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
