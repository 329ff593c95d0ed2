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

// TopicModel tells topics apart by weighted features of a message: naive Bayes with a background class that is taught
// with small talk. A message must fit a topic clearly better than the background and than every other topic. Training and
// classifying use integers only, so that the same specs give the same model and the same machine decides the same
// everywhere. The zero value knows no topic and always abstains. Safe for concurrent use.
//
// (An averaged perceptron on the same features was tried, alone and starting from these weights: with a few dozen
// examples to a topic it knew fewer unseen messages.)
type TopicModel struct {
	topics   []string
	features map[string][]weight
}

// weight is for one topic, or for the background if topic is the number of topics.
type weight struct {
	topic int
	value int // thousandths of a bit, for one unit of a feature's value
}

// Score is how well a message fits a topic: 0 not at all, 1000 beyond doubt.
type Score struct {
	Topic string
	Score int
}

// A topic is believed when it leads the background by leastEvidence and the next topic by leastMargin, in thousandths
// of a bit. Every word that no example has is evidence for something else.
const (
	leastEvidence  = 5000
	leastMargin    = 1000
	unknownPenalty = 1500
	halfScore      = 12_000 // a lead that makes a score of 500
)

// TrainTopics learns the model. The same specs give the same model; examples without a word are ignored.
func TrainTopics(specs []TopicSpec) *TopicModel {
	m := &TopicModel{features: map[string][]weight{}}
	classes := len(specs) + 1
	counts, total := map[string][]int{}, make([]int, classes) // examples with the feature, and all, by class
	learn := func(class int, p Phrase) {
		fs := features(Normalise(p.Pattern), p.Lang)
		if len(fs) == 0 {
			return
		}
		total[class]++
		for _, f := range fs {
			if counts[f.name] == nil {
				counts[f.name] = make([]int, classes)
			}
			counts[f.name][class]++
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
	for name, count := range counts {
		m.features[name] = logOdds(count, total)
	}
	return m
}

// logOdds weighs a feature for each class: the log-odds that it is seen in an example of the class rather than in
// another one, with half an example added to every count.
func logOdds(count, total []int) []weight {
	all, seen := 0, 0
	for i := range total {
		all += total[i]
		seen += count[i]
	}
	var out []weight
	for i := range total {
		within := log2Milli(2*count[i]+1) - log2Milli(2*total[i]+2)
		outside := log2Milli(2*(seen-count[i])+1) - log2Milli(2*(all-total[i])+2)
		if w := (within - outside) / fullValue; w != 0 {
			out = append(out, weight{topic: i, value: w})
		}
	}
	return out
}

// log2Milli is the binary logarithm of n ≥ 1 in thousandths, rounded down, by repeated squaring.
func log2Milli(n int) int {
	whole := bits.Len(uint(n)) - 1
	x := uint64(n) << (63 - whole) // 1 ≤ x/2⁶³ < 2
	frac := 0
	for bit := 1 << 15; bit > 0; bit >>= 1 {
		hi, _ := bits.Mul64(x, x)
		if hi >= 1<<63 {
			frac |= bit
			x = hi
		} else {
			x = hi << 1
		}
	}
	return whole*1000 + frac*1000>>16
}

// Classify returns the topics that the message may be about, best first; none if the model is not sure.
func (m *TopicModel) Classify(msg *Message) []Score {
	if m == nil || len(m.topics) == 0 || wordClasses().cover(msg.tokens) {
		return nil // a bare "botox" or "friday" answers a question, it asks none
	}
	sum := make([]int, len(m.topics)+1)
	for _, f := range features(msg, "") {
		for _, w := range m.features[f.name] {
			sum[w.topic] += w.value * f.value
		}
	}
	background := sum[len(m.topics)] + unknownPenalty*m.unknown(msg)
	order := make([]int, len(m.topics))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sum[b], sum[a]) })
	best := sum[order[0]]
	if best-background < leastEvidence || len(order) > 1 && best-sum[order[1]] < leastMargin {
		return nil
	}
	var out []Score
	for _, i := range order {
		lead := sum[i] - background
		if lead <= 0 {
			break
		}
		out = append(out, Score{Topic: m.topics[i], Score: 1000 * lead / (lead + halfScore)})
	}
	return out
}

// unknown counts the words with meaning of their own that no example has in either language.
func (m *TopicModel) unknown(msg *Message) int {
	n := 0
	for i := range msg.tokens {
		t := &msg.tokens[i]
		if functionWords[t.text] || allDigits(t.text) {
			continue
		}
		_, en := m.features["en:"+t.en]
		_, es := m.features["es:"+t.es]
		if !en && !es && !wordClasses().knows(msg.tokens, i) {
			n++
		}
	}
	return n
}

// fullValue is the value of a word with a meaning of its own.
const fullValue = 3

// feature is one property of a message; words with meaning of their own count more than function words.
type feature struct {
	name  string
	value int
}

// beginning is how many letters of a longer word are a feature of their own: complain and complaint share it.
const beginning = 5

// features lists what a message consists of, without repetition: stems, pairs of neighbouring stems, and the classes
// of words that the package knows (procedures, insurers, days). lang "" reads the message in both languages.
func features(m *Message, lang string) []feature {
	seen := map[string]bool{}
	var out []feature
	add := func(name string, value int) {
		if !seen[name] {
			seen[name] = true
			out = append(out, feature{name, value})
		}
	}
	for _, c := range wordClasses().find(m.tokens) {
		add("#"+c, 2)
	}
	for _, l := range []string{"en", "es"} {
		if lang != "" && lang != l {
			continue
		}
		before, beforeValue := "^", 1
		for i := range m.tokens {
			t := &m.tokens[i]
			stem, value := t.en, fullValue
			if l == "es" {
				stem = t.es
			}
			if functionWords[t.text] {
				value = 1
			}
			if allDigits(stem) {
				stem, value = "0", 1
			}
			add(l+":"+stem, value)
			if value > 1 && len(t.text) > beginning {
				add(l+"-"+t.text[:beginning], 1)
			}
			add(l+":"+before+" "+stem, max(1, min(2, value+beforeValue-2)))
			before, beforeValue = stem, value
			if t.after >= stop {
				before, beforeValue = "^", 1
			}
		}
	}
	return out
}

// functionWords carry grammar rather than a subject.
var functionWords = wordSet(`a an the and or but of to in on at for with from by as is are am was were be been do does did have has had i you he she it we they me my your
 his her our their this that these those there here not no yes so if can could will would should may might must what when where which who how why im u just please some any
 el la los las un una unos unas y o pero de del a al en con por para que se me te le nos lo su sus mi mis tu es son soy esta estan estoy fue ser hay he ha yo usted ustedes
 como cuando donde cual quien porque si no muy ya mas este esto esa eso algo`)

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
