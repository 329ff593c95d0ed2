package text

import (
	"cmp"
	"slices"
)

// TopicSpec names what a patient may mean and gives examples of how it is said.
type TopicSpec struct {
	Name string   `json:"name"`
	Like []Phrase `json:"like"` // plain sentences, not patterns
}

// TopicModel tells topics apart by weighted features of a message. It is a linear classifier trained by the averaged
// perceptron with a margin (Freund & Schapire 1999; Collins 2002), in integers only, so that the same specs give the
// same model and the same machine decides the same everywhere. Beside the topics it knows a background class, taught
// with small talk: a message must fit a topic clearly better than the background and than every other topic.
// The zero value knows no topic and always abstains. Safe for concurrent use.
type TopicModel struct {
	topics   []string
	features map[string][]weight
}

// weight is for one topic, or for the background if topic is the number of topics.
type weight struct {
	topic int
	value int // thousandths
}

// Score is how well a message fits a topic: 0 not at all, 1000 beyond doubt.
type Score struct {
	Topic string
	Score int
}

const (
	epochs = 24
	margin = 24 // in units of the features' values

	// A topic is believed when it leads the background by leastEvidence and the next topic by leastMargin. Every word
	// that no example has is evidence for something else.
	leastEvidence  = 9000
	leastMargin    = 3500
	unknownPenalty = 3500
	halfScore      = 18_000 // a lead that makes a score of 500
)

// example is one line to learn from: the numbers of its features and their values.
type example struct {
	class  int
	ids    []int
	values []int
}

// trainer holds what training needs; weights are by feature, then class.
type trainer struct {
	classes  int
	names    []string
	ids      map[string]int
	examples []example
	weights  [][]int
	sums     [][]int
}

// TrainTopics learns the model. The same specs give the same model; examples without a word are ignored.
func TrainTopics(specs []TopicSpec) *TopicModel {
	t := &trainer{classes: len(specs) + 1, ids: map[string]int{}}
	m := &TopicModel{features: map[string][]weight{}}
	byClass := make([][]Phrase, t.classes)
	for i, s := range specs {
		m.topics = append(m.topics, s.Name)
		byClass[i] = s.Like
	}
	for _, lang := range []string{"en", "es"} {
		for _, line := range lexicon("smalltalk-"+lang+".txt", "\n") {
			byClass[len(specs)] = append(byClass[len(specs)], Phrase{Lang: lang, Pattern: line})
		}
	}
	t.interleave(byClass)
	for range epochs {
		t.epoch()
	}
	for id, name := range t.names {
		for class, sum := range t.sums[id] {
			if v := sum * 1000 / epochs; v != 0 {
				m.features[name] = append(m.features[name], weight{topic: class, value: v})
			}
		}
	}
	return m
}

// interleave takes one example of each class in turn: a perceptron that sees the classes one after the other forgets
// the first.
func (t *trainer) interleave(byClass [][]Phrase) {
	for round, more := 0, true; more; round++ {
		more = false
		for class, lines := range byClass {
			if round < len(lines) {
				more = true
				t.add(class, lines[round])
			}
		}
	}
	t.weights, t.sums = make([][]int, len(t.names)), make([][]int, len(t.names))
	for i := range t.names {
		t.weights[i], t.sums[i] = make([]int, t.classes), make([]int, t.classes)
	}
}

func (t *trainer) add(class int, p Phrase) {
	e := example{class: class}
	for _, f := range features(Normalise(p.Pattern), p.Lang) {
		id, ok := t.ids[f.name]
		if !ok {
			id = len(t.names)
			t.ids[f.name] = id
			t.names = append(t.names, f.name)
		}
		e.ids, e.values = append(e.ids, id), append(e.values, f.value)
	}
	if len(e.ids) > 0 {
		t.examples = append(t.examples, e)
	}
}

func (t *trainer) epoch() {
	scores := make([]int, t.classes)
	for _, e := range t.examples {
		clear(scores)
		for k, id := range e.ids {
			for class, w := range t.weights[id] {
				scores[class] += w * e.values[k]
			}
		}
		rival := -1
		for class, s := range scores {
			if class != e.class && (rival < 0 || s > scores[rival]) {
				rival = class
			}
		}
		if rival < 0 || scores[e.class]-scores[rival] >= margin {
			continue
		}
		for k, id := range e.ids {
			t.weights[id][e.class] += e.values[k]
			t.weights[id][rival] -= e.values[k]
		}
	}
	for id, row := range t.weights {
		for class, w := range row {
			t.sums[id][class] += w
		}
	}
}

// Classify returns the topics that the message may be about, best first; none if the model is not sure.
func (m *TopicModel) Classify(msg *Message) []Score {
	if m == nil || len(m.topics) == 0 {
		return nil
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

// feature is one property of a message; words with meaning of their own count more than function words.
type feature struct {
	name  string
	value int
}

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
			stem, value := t.en, 3
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
