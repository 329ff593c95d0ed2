package text

import (
	"cmp"
	"math/bits"
	"slices"
)

// TopicSpec names what a patient may mean and gives examples of how it is said.
type TopicSpec struct {
	Name string   `json:"name"`
	Like []Phrase `json:"like"` // plain sentences, not patterns
}

// TopicModel tells topics apart by weighted words. Training and classifying use integers only, so that the same
// machine decides the same everywhere. The zero value knows no topic and always abstains. Safe for concurrent use.
//
// A weight is the log-odds, in thousandths of a bit, that a feature is seen in an example of the topic rather than in
// one of another topic (naive Bayes with shared smoothing).
type TopicModel struct {
	topics   []string
	features map[string][]weight
}

type weight struct {
	topic int
	value int // thousandths of a bit
}

// Score is how well a message fits a topic: 0 not at all, 1000 beyond doubt.
type Score struct {
	Topic string
	Score int
}

// Evidence below these amounts (thousandths of a bit) is no reason to believe in a topic, or in one rather than another.
const (
	leastEvidence = 4200
	leastMargin   = 1200
	halfScore     = 6000 // evidence that makes a score of 500
)

// TrainTopics learns the model. The same specs give the same model; examples without a word are ignored.
func TrainTopics(specs []TopicSpec) *TopicModel {
	m := &TopicModel{features: map[string][]weight{}}
	counts := map[string][]int{} // examples with the feature, by topic; the last is the background
	classes := len(specs) + 1
	total := make([]int, classes)
	learn := func(class int, p Phrase) {
		fs := features(Normalise(p.Pattern), p.Lang)
		if len(fs) == 0 {
			return
		}
		total[class]++
		for _, f := range fs {
			if counts[f] == nil {
				counts[f] = make([]int, classes)
			}
			counts[f][class]++
		}
	}
	for i, s := range specs {
		m.topics = append(m.topics, s.Name)
		for _, p := range s.Like {
			learn(i, p)
		}
	}
	for _, lang := range []string{"en", "es"} {
		for _, line := range lexicon("smalltalk-"+lang+".txt", "\n") {
			learn(len(specs), Phrase{Lang: lang, Pattern: line})
		}
	}
	for f, c := range counts {
		m.features[f] = logOdds(c, total)
	}
	return m
}

// logOdds weighs one feature for each topic that it was seen in, and against each topic where it is missing although
// it is frequent elsewhere. The background class (the last) only gives weight against.
func logOdds(count, total []int) []weight {
	all, seen := 0, 0
	for i := range total {
		all += total[i]
		seen += count[i]
	}
	var out []weight
	for i := range len(total) - 1 {
		in, rest := total[i], all-total[i]
		if in == 0 {
			continue
		}
		// Half an example is added to every cell, scaled to the size of the class.
		within := log2Milli(uint64(2*count[i]+1)) - log2Milli(uint64(2*in+2))
		outside := log2Milli(uint64(2*(seen-count[i])+1)) - log2Milli(uint64(2*rest+2))
		if w := within - outside; count[i] > 0 || w < 0 {
			out = append(out, weight{topic: i, value: w})
		}
	}
	return out
}

// log2Milli is the binary logarithm of n ≥ 1 in thousandths, rounded down, by repeated squaring.
func log2Milli(n uint64) int {
	whole := bits.Len64(n) - 1
	x := n << (63 - whole) // 1 ≤ x/2⁶³ < 2
	frac, bit := 0, 1<<15
	for bit > 0 {
		hi, _ := bits.Mul64(x, x)
		if hi >= 1<<63 {
			frac |= bit
			x = hi
		} else {
			x = hi << 1
		}
		bit >>= 1
	}
	return whole*1000 + frac*1000>>16
}

// Classify returns the topics that the message may be about, best first; none if the model is not sure.
func (m *TopicModel) Classify(msg *Message) []Score {
	if m == nil || len(m.topics) == 0 {
		return nil
	}
	sum := make([]int, len(m.topics))
	known, support := 0, make([]int, len(m.topics))
	fs := features(msg, "")
	for _, f := range fs {
		ws := m.features[f]
		if len(ws) > 0 {
			known++
		}
		for _, w := range ws {
			sum[w.topic] += w.value
			if w.value > 0 {
				support[w.topic]++
			}
		}
	}
	if known == 0 {
		return nil
	}
	return m.rank(sum, support)
}

func (m *TopicModel) rank(sum, support []int) []Score {
	order := make([]int, len(sum))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sum[b], sum[a]) })
	best := sum[order[0]]
	if best < leastEvidence {
		return nil
	}
	if len(order) > 1 && best-sum[order[1]] < leastMargin {
		return nil
	}
	var out []Score
	for _, i := range order {
		if sum[i] <= 0 || support[i] == 0 {
			break
		}
		out = append(out, Score{Topic: m.topics[i], Score: 1000 * sum[i] / (sum[i] + halfScore)})
	}
	return out
}

// features lists what a message consists of, without repetition: stems, pairs of neighbouring stems, and the classes
// of words that the package knows (procedures, insurers, weekdays). lang "" reads the message in both languages.
func features(m *Message, lang string) []string {
	seen := map[string]bool{}
	var out []string
	add := func(f string) {
		if !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	for _, c := range wordClasses().find(m.tokens) {
		add("#" + c)
	}
	for _, l := range []string{"en", "es"} {
		if lang != "" && lang != l {
			continue
		}
		before := "^"
		for i := range m.tokens {
			t := &m.tokens[i]
			stem := t.en
			if l == "es" {
				stem = t.es
			}
			if allDigits(stem) {
				stem = "0"
			}
			add(l + ":" + stem)
			add(l + ":" + before + " " + stem)
			before = stem
			if t.after >= stop {
				before = "^"
			}
		}
	}
	return out
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
