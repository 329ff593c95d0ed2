package text

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Fixed-point scales of training. The same specs give the same model on every machine, so there is no float here.
const (
	oneShift    = 16
	one         = 1 << oneShift // of weights, logits, probabilities and gradients
	valueShift  = 10            // of values of features: a message has length 1 << valueShift
	stepShift   = 8             // of the size of a step
	storedShift = 6             // what a stored weight leaves off
)

// How the weights are found: passes of stochastic gradient descent on the multinomial logistic loss.
const (
	passes        = 8
	passesForBar  = 4
	firstStep     = 4 << stepShift
	stepDecay     = 77 // the step of pass n is firstStep·256/(256+n·stepDecay)
	biasStep      = 20 // a bias moves by one part in so many of a weight's step
	leastGradient = one / 1000
	muchGradient  = one / 50
	leastStored   = 2
)

// backgroundShare bounds what all background lines together weigh: so many halves of what all examples weigh.
const backgroundShare = 3

// mostShare is what an example of a topic with few weighs at most.
const mostShare = 3 << valueShift

// unknownValue is what a word that no example has adds to the square of a message's length.
const unknownValue = 1000 * 1000

// What is kept back to find the bar: one of so many examples and background lines.
const (
	keptExamples   = 4
	keptBackground = 2
)

// caution is what a background line that is left alone counts, in tenths of what an understood example does. Background
// lines are easier to tell than what is nearly meant, so they count more.
const caution = 13

// feature is one property of an example.
type feature struct {
	name  string
	value int
}

// line is one example, ready to learn from.
type line struct {
	class    int
	features []feature
	words    []string
	said     string // its words as they were written
	index    []int  // of features, those that are kept
	values   []int  // normalised
	share    int    // what it weighs, of 1 << valueShift
}

// lineReader reads lines one after the other.
type lineReader struct{ seen map[string]bool }

func (in *lineReader) read(class int, p Phrase) line {
	said := Normalise(p.Pattern).tokens
	tokens := repaired(said, nil, func(*token) bool { return true })
	l := line{class: class, share: 1 << valueShift, said: wordsOf(said)}
	if in.seen == nil {
		in.seen = map[string]bool{}
	}
	clear(in.seen)
	r := featureReader{tokens: tokens, lang: p.Lang, tell: func(name []byte, value int) {
		if !in.seen[string(name)] {
			f := feature{string(name), value}
			l.features = append(l.features, f)
			in.seen[f.name] = true
		}
	}}
	r.read()
	for i := range tokens {
		l.words = append(l.words, tokens[i].text)
	}
	return l
}

// backgroundLines are what patients say that is about nothing a practice has a topic for.
var backgroundLines = sync.OnceValue(func() []line {
	var out []line
	var in lineReader
	for _, lang := range languages {
		for _, s := range lexicon("background-"+lang+".txt", "\n") {
			out = append(out, in.read(0, Phrase{Lang: lang, Pattern: s}))
		}
	}
	return out
})

// training is the state of learning one model.
type training struct {
	classes int // topics and, last, the background
	lines   []line
	names   []string // of features
	rarity  []int
	weights []int32 // by feature, then class
	bias    []int
	logits  []int // of the line at hand
}

// TrainTopics learns the model. The same specs give the same model; examples without a word are ignored. The last few
// models are kept, for the flows of a practice mostly have the same topics.
func TrainTopics(specs []TopicSpec) *TopicModel {
	return taught.model(specs)
}

// maxTaught is how many models are kept.
const maxTaught = 8

// taught are the models learned last, latest last.
var taught taughtModels

type taughtModels struct {
	mu   sync.Mutex
	last []taughtModel
}

type taughtModel struct {
	of  [sha256.Size]byte
	get func() *TopicModel
}

func (t *taughtModels) model(specs []TopicSpec) *TopicModel {
	h := sha256.New()
	for _, s := range specs {
		_, _ = fmt.Fprintf(h, "%q\n", s)
	}
	of := [sha256.Size]byte(h.Sum(nil))
	return t.find(of, specs)()
}

func (t *taughtModels) find(of [sha256.Size]byte, specs []TopicSpec) func() *TopicModel {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.last {
		if m.of == of {
			return m.get
		}
	}
	get := sync.OnceValue(func() *TopicModel { return trainTopics(specs, nil, caution) })
	t.last = append(t.last[max(0, len(t.last)+1-maxTaught):], taughtModel{of, get})
	return get
}

// trainTopics learns with more background than there always is.
func trainTopics(specs []TopicSpec, background []line, caution int) *TopicModel {
	m := &TopicModel{features: map[string]*known{}, said: map[string]int{}}
	var lines []line
	var in lineReader
	for i, s := range specs {
		m.topics = append(m.topics, s.Name)
		for _, p := range s.Like {
			l := in.read(i, p)
			if len(l.features) == 0 {
				continue
			}
			lines = append(lines, l)
			if _, twice := m.said[l.said]; !twice && strings.IndexByte(l.said, other) < 0 {
				m.said[l.said] = i
			}
		}
	}
	if len(lines) == 0 {
		return m
	}
	background = append(slices.Clone(backgroundLines()), background...)
	for i := range background {
		background[i].class = len(specs)
	}
	t := newTraining(len(specs)+1, slices.Concat(lines, background))
	m.bar = t.findBar(caution)
	t.learn(t.all(), passes)
	t.store(m)
	return m
}

func newTraining(classes int, lines []line) *training {
	t := &training{classes: classes, lines: lines, logits: make([]int, classes)}
	t.index()
	t.balance()
	return t
}

// all are the numbers of all lines.
func (t *training) all() []int {
	out := make([]int, len(t.lines))
	for i := range out {
		out[i] = i
	}
	return out
}

// balance lets a topic with few examples be heard beside one with many, and all topics beside the background.
func (t *training) balance() {
	count := make([]int, t.classes)
	for i := range t.lines {
		count[t.lines[i].class]++
	}
	background := count[t.classes-1]
	examples, most := len(t.lines)-background, slices.Max(count[:t.classes-1])
	for i := range t.lines {
		l := &t.lines[i]
		if l.class == t.classes-1 {
			l.share = min(1<<valueShift, backgroundShare*examples<<valueShift/(2*background))
			continue
		}
		l.share = min(mostShare, squareRoot(most<<(2*valueShift)/count[l.class]))
	}
}

// index numbers the features: words and concepts, and of pairs and beginnings those that are met twice. A rare feature
// tells more than one that every other line has. Each line has the length of one.
func (t *training) index() {
	numbers := map[string]int{}
	var names []string
	var count []int
	for i := range t.lines {
		l := &t.lines[i]
		l.index = make([]int, 0, len(l.features))
		for _, f := range l.features {
			n, ok := numbers[f.name]
			if !ok {
				n = len(names)
				numbers[f.name], names, count = n, append(names, f.name), append(count, 0)
			}
			count[n]++
			l.index = append(l.index, n)
		}
	}
	kept := make([]int, len(names))
	for n, name := range names {
		kept[n] = -1
		if strings.IndexByte(name, other) < 0 && (count[n] > 1 || !strings.ContainsAny(name, " -")) {
			kept[n] = len(t.names)
			t.names = append(t.names, name)
			t.rarity = append(t.rarity, t.rarityOf(count[n]))
		}
	}
	for i := range t.lines {
		t.weigh(&t.lines[i], kept)
	}
}

// rarityOf is how much a feature of so many lines tells, the root of its share in how much one line could tell.
func (t *training) rarityOf(lines int) int {
	told := log2Milli((len(t.lines)+lines)<<valueShift/lines) - valueShift*1000
	return squareRoot(told << (2 * valueShift) / log2Milli(len(t.lines)+1))
}

// weigh gives the kept features of a line their values.
func (t *training) weigh(l *line, kept []int) {
	all, square := l.index, 0
	l.index, l.values = all[:0], make([]int, 0, len(all))
	for k, n := range all {
		if n = kept[n]; n >= 0 {
			v := l.features[k].value * t.rarity[n] >> valueShift
			l.index, l.values = append(l.index, n), append(l.values, v)
			square += v * v
		}
	}
	scale(l.values, square)
}

// scale divides values by the root of square.
func scale(values []int, square int) {
	length := max(1, squareRoot(square))
	for i := range values {
		values[i] = values[i] << valueShift / length
	}
}

// learn begins anew and goes over some lines a number of times, each time in another order. A line that needs no
// change is left alone in the next pass.
func (t *training) learn(which []int, passes int) {
	t.weights = make([]int32, len(t.names)*t.classes)
	t.bias = make([]int, t.classes)
	rests := make([]bool, len(t.lines))
	random := uint64(1)
	for pass := range passes {
		for i := len(which) - 1; i > 0; i-- {
			random = random*6364136223846793005 + 1442695040888963407 // Knuth, MMIX
			j := int((random >> 33) % uint64(i+1))
			which[i], which[j] = which[j], which[i]
		}
		step := firstStep * 256 / (256 + pass*stepDecay)
		for _, i := range which {
			if rests[i] {
				rests[i] = false
				continue
			}
			rests[i] = !t.improve(&t.lines[i], step)
		}
	}
}

// improve moves the weights toward the class of the line and says whether there was much to move.
func (t *training) improve(l *line, step int) bool {
	t.judge(l)
	softmax(t.logits)
	much := false
	for c, p := range t.logits {
		g := -p
		if c == l.class {
			g += one
		}
		if g = g * l.share >> valueShift; g < leastGradient && g > -leastGradient {
			continue
		}
		much = much || g > muchGradient || g < -muchGradient
		g = g * step >> stepShift
		t.bias[c] += g / biasStep
		for k, i := range l.index {
			t.weights[i*t.classes+c] += int32(g * l.values[k] >> valueShift)
		}
	}
	return much
}

// judge sets the logits of a line.
func (t *training) judge(l *line) {
	clear(t.logits)
	for k, i := range l.index {
		v := l.values[k]
		for c, w := range t.weights[i*t.classes : (i+1)*t.classes] {
			t.logits[c] += int(w) * v
		}
	}
	for c := range t.logits {
		t.logits[c] = t.logits[c]>>valueShift + t.bias[c]
	}
}

// findBar finds the lead over the background that best tells examples from background, by a model that was taught
// neither: it learns from most examples and half of the background, and is asked about the others.
func (t *training) findBar(caution int) int {
	var taught, kept []int
	seen := make([]int, t.classes)
	for i := range t.lines {
		class := t.lines[i].class
		every := keptExamples
		if class == t.classes-1 {
			every = keptBackground
		}
		if seen[class]++; seen[class]%every == 0 {
			kept = append(kept, i)
		} else {
			taught = append(taught, i)
		}
	}
	t.learn(taught, passesForBar)
	var meant, not []int
	for _, i := range kept {
		l := &t.lines[i]
		t.judge(l)
		best := slices.Max(t.logits[:t.classes-1])
		lead := best - t.logits[t.classes-1]
		switch {
		case l.class == t.classes-1:
			not = append(not, lead)
		case t.logits[l.class] == best:
			meant = append(meant, lead)
		}
	}
	return part(meant, not, caution) >> storedShift
}

// part finds the number that the most of meant exceed and the fewest of not, where of each list's share those of not
// count caution tenths. It takes the least of the numbers that do so nearly best: taught all examples, the model is
// surer of what is meant than where it was asked.
func part(meant, not []int, caution int) int {
	all := slices.Sorted(slices.Values(slices.Concat(meant, not)))
	slices.Sort(meant)
	slices.Sort(not)
	gains := make([]int, len(all))
	above, below := len(meant), 0
	for i, at := range all {
		for above > 0 && meant[len(meant)-above] <= at {
			above--
		}
		for below < len(not) && not[below] <= at {
			below++
		}
		gains[i] = 10*above*max(1, len(not)) + caution*below*max(1, len(meant))
	}
	if len(all) == 0 {
		return 0
	}
	least := slices.Max(gains) / 100 * nearlyBest
	from := slices.IndexFunc(gains, func(g int) bool { return g >= least })
	return all[from]
}

// nearlyBest is how many hundredths of the best is nearly as good.
const nearlyBest = 99

// store writes what was learned into the model, without what weighs next to nothing.
func (t *training) store(m *TopicModel) {
	for i, name := range t.names {
		k := &known{rarity: t.rarity[i]}
		for c, w := range t.weights[i*t.classes : (i+1)*t.classes] {
			w := int(w)
			if w >>= storedShift + weightShift; w >= leastStored || w <= -leastStored {
				k.weights = append(k.weights, weight{topic: c, value: w})
			}
		}
		m.features[name] = k
	}
	for _, b := range t.bias {
		m.bias = append(m.bias, b>>storedShift)
	}
	words := map[string]bool{}
	for i := range t.lines {
		for _, w := range t.lines[i].words {
			words[w] = true
		}
	}
	m.know(words)
}
