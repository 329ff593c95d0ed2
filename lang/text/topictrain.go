package text

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
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

// unknownValue is what a word that no example has adds to the square of a message's length.
const unknownValue = 1500 * 1000

// TrainTopics learns the model. The same specs give the same model; examples without a word are ignored. Where all topics of
// std/frontdesk are among the specs, whole, what was learned of them beforehand is taken as it is and only what the flow adds
// is learned. The last few models are kept, for the flows of a practice mostly have the same topics.
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
	var b []byte
	for i := range specs {
		b = fmt.Appendf(b[:0], "%d %s\n", len(specs[i].Like), specs[i].Name)
		for _, p := range specs[i].Like {
			b = fmt.Appendf(b, "%s%d ", p.Lang, len(p.Pattern))
			b = append(b, p.Pattern...)
		}
		_, _ = h.Write(b)
	}
	return t.find([sha256.Size]byte(h.Sum(nil)), specs)()
}

func (t *taughtModels) find(of [sha256.Size]byte, specs []TopicSpec) func() *TopicModel {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.last {
		if m.of == of {
			return m.get
		}
	}
	get := sync.OnceValue(func() *TopicModel { return trainTopics(specs) })
	t.last = append(t.last[max(0, len(t.last)+1-maxTaught):], taughtModel{of, get})
	return get
}

func trainTopics(specs []TopicSpec) *TopicModel {
	base := standardTopics()
	if beside, ok := base.beside(specs); ok {
		return base.with(beside)
	}
	return base.without(specs)
}

// feature is one property of an example.
type feature struct {
	id   featureID
	kind featureKind
}

// line is one example, ready to learn from.
type line struct {
	class  int
	index  []int32 // of features
	values []int32 // normalised; of features that are dropped zero
	share  int     // what it weighs, of 1 << valueShift
}

// reading is an example as it was read.
type reading struct {
	features []feature
	words    []string
	said     uint64
}

func readExample(p Phrase) reading {
	spoken := Normalise(p.Pattern).tokens
	tokens := repaired(spoken, nil, func(*token) bool { return true })
	out := reading{said: hashWords(spoken)}
	r := featureReader{tokens: tokens, lang: p.Lang, tell: func(id featureID, kind featureKind) {
		if !slices.ContainsFunc(out.features, func(f feature) bool { return f.id == id }) {
			out.features = append(out.features, feature{id, kind})
		}
	}}
	r.read()
	for i := range tokens {
		out.words = append(out.words, tokens[i].text)
	}
	return out
}

// learner is the state of learning one model.
type learner struct {
	classes int // topics and, last, those of no topic
	topics  int
	lines   []line
	unkept  int // lines that were counted, too, and are not at hand
	ids     idTable
	named   []feature // by number
	count   []int     // lines that have it
	rarity  []int     // -1 for a feature that is dropped
	weights []int32   // by feature, then class
	bias    []int
	logits  []int // of the line at hand
	words   []string
	said    said
}

// add takes in an example.
func (t *learner) add(class int, p Phrase) {
	r := readExample(p)
	if len(r.features) == 0 {
		return
	}
	l := line{class: class, index: make([]int32, 0, len(r.features))}
	for _, f := range r.features {
		n := t.ids.get(f.id)
		if n < 0 {
			n = len(t.named)
			t.ids.put(f.id, n)
			t.named, t.count, t.rarity = append(t.named, f), append(t.count, 0), append(t.rarity, -1)
		}
		l.index = append(l.index, int32(n))
	}
	slices.Sort(l.index)
	t.lines = append(t.lines, l)
	t.words = append(t.words, r.words...)
	if class < t.topics {
		t.said = append(t.said, saidLine{r.said, class})
	}
}

// countFeatures counts the lines from the first given on that have a feature.
func (t *learner) countFeatures(first int) {
	for i := first; i < len(t.lines); i++ {
		for _, n := range t.lines[i].index {
			t.count[n]++
		}
	}
}

// rate decides what the features from the first given on tell: a rare one more than one that every other line has, and
// one that is made of several words, if it is met once, nothing.
func (t *learner) rate(first int) {
	for n := first; n < len(t.named); n++ {
		t.rarity[n] = -1
		if t.count[n] >= t.named[n].kind.least() {
			t.rarity[n] = rarityOf(t.count[n], len(t.lines)+t.unkept)
		}
	}
}

// rarityOf is how much a feature of so many lines of all tells, the root of its share in how much one line could tell.
func rarityOf(lines, all int) int {
	told := log2Milli((all+lines)<<valueShift/lines) - valueShift*1000
	return squareRoot(told << (2 * valueShift) / log2Milli(all+1))
}

// weigh gives the features of each line from the first given on their values, and each line the length of one.
func (t *learner) weigh(first int) {
	total := 0
	for i := first; i < len(t.lines); i++ {
		total += len(t.lines[i].index)
	}
	room := make([]int32, total)
	for i := first; i < len(t.lines); i++ {
		l := &t.lines[i]
		l.values, room = room[:len(l.index):len(l.index)], room[len(l.index):]
		square := 0
		for k, n := range l.index {
			if r := t.rarity[n]; r >= 0 {
				v := featureValues[t.named[n].kind] * r >> valueShift
				l.values[k] = int32(v)
				square += v * v
			}
		}
		scale(l.values, square)
	}
}

// scale divides values by the root of square.
func scale[T int | int32](values []T, square int) {
	length := max(1, squareRoot(square))
	for i := range values {
		values[i] = T(int(values[i]) << valueShift / length)
	}
}

// What examples weigh. backgroundShare bounds what all lines of no topic weigh together, in halves of what all examples weigh;
// mostShare is what an example of a topic with few weighs at most.
const (
	backgroundShare = 3
	mostShare       = 3 << valueShift
)

// balance lets a topic with few examples be heard beside one with many, and all topics beside the background.
func (t *learner) balance() {
	count := make([]int, t.classes)
	for i := range t.lines {
		count[t.lines[i].class]++
	}
	shares := sharesOf(count, t.topics)
	for i := range t.lines {
		t.lines[i].share = shares[t.lines[i].class]
	}
}

// sharesOf is what a line of each class weighs, by how many lines each has.
func sharesOf(count []int, topics int) []int {
	examples, background := 0, 0
	for c, n := range count {
		if c < topics {
			examples += n
		} else {
			background += n
		}
	}
	most := slices.Max(count[:topics])
	shares := make([]int, len(count))
	for c, n := range count {
		if c >= topics {
			shares[c] = min(1<<valueShift, backgroundShare*examples<<valueShift/(2*max(1, background)))
		} else {
			shares[c] = min(mostShare, squareRoot(most<<(2*valueShift)/max(1, n)))
		}
	}
	return shares
}

// How the weights are found: stochastic gradient descent on the multinomial logistic loss.
const (
	firstStep     = 2 << stepShift
	stepDecay     = 77 // the step of pass n is firstStep·256/(256+n·stepDecay)
	biasStep      = 20 // a bias moves by one part in so many of a weight's step
	leastGradient = one / 1000
	muchGradient  = one / 50
	leastStored   = 8
	doubt         = one / 20 // the share that the other classes keep of every example, lest the model be surer than it is right
)

// begin forgets all weights.
func (t *learner) begin() {
	t.weights = make([]int32, len(t.named)*t.classes)
	t.bias = make([]int, t.classes)
	t.logits = make([]int, t.classes)
}

// learn goes over some lines in the passes given, each time in another order. A line that needs no change is left alone
// in the next pass.
func (t *learner) learn(which []int, from, to int) {
	rests := make([]bool, len(t.lines))
	random := uint64(1)
	for pass := from; pass < to; pass++ {
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

// all are the numbers of all lines.
func (t *learner) all() []int {
	out := make([]int, len(t.lines))
	for i := range out {
		out[i] = i
	}
	return out
}

// improve moves the weights toward the class of the line and says whether there was much to move.
func (t *learner) improve(l *line, step int) bool {
	t.judge(l)
	softmax(t.logits)
	much := false
	for c, p := range t.logits {
		g := doubt/max(1, len(t.logits)-1) - p
		if c == l.class {
			g = one - doubt - p
		}
		if g = g * l.share >> valueShift; g < leastGradient && g > -leastGradient {
			continue
		}
		much = much || g > muchGradient || g < -muchGradient
		g = g * step >> stepShift
		t.bias[c] += g / biasStep
		for k, n := range l.index {
			t.weights[int(n)*t.classes+c] += int32(g * int(l.values[k]) >> valueShift)
		}
	}
	return much
}

// judge sets the logits of a line.
func (t *learner) judge(l *line) {
	logits := t.logits
	clear(logits)
	for k, n := range l.index {
		v := int(l.values[k])
		row := t.weights[int(n)*t.classes:][:len(logits)]
		for c, w := range row {
			logits[c] += int(w) * v
		}
	}
	for c := range logits {
		logits[c] = logits[c]>>valueShift + t.bias[c]
	}
}

// lead is how much more speaks for the likeliest topic of the line at hand than for no topic, and that topic.
func (t *learner) lead() (lead, topic int) { return leadOf(t.logits, t.topics) }

// leadOf is how much more speaks for the likeliest of so many topics than for no topic, and that topic.
func leadOf(logits []int, topics int) (lead, topic int) {
	for c, z := range logits[:topics] {
		if z > logits[topic] {
			topic = c
		}
	}
	return logits[topic] - slices.Max(logits[topics:]), topic
}

// caution is what a background line that is left alone counts, in tenths of what an understood example does. At 13, of the
// topics of bench/nlp up to 7 of a hundred fewer are named and up to 11 of a hundred more lines about none are left alone.
const caution = 8

// part finds the number that the most of meant exceed and the fewest of not, where of each list's share those of not
// count caution tenths. It takes the least of the numbers that do so nearly best: taught all examples, the model is
// surer of what is meant than where it was asked. total is how many should have been meant.
func part(meant, not []int, total, caution int) int {
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
		gains[i] = 10*above*max(1, len(not)) + caution*below*max(1, total)
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

// model writes what was learned, without what weighs next to nothing.
func (t *learner) model(topics []string, bar int) *TopicModel {
	m := &TopicModel{topics: topics, bar: bar, ids: newIDTable(len(t.named)), said: t.said}
	order := make([]int, 0, len(t.named))
	for n, r := range t.rarity {
		if r >= 0 {
			order = append(order, n)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(t.named[a].id, t.named[b].id) })
	var room []weight
	for _, n := range order {
		k := known{id: t.named[n].id, rarity: t.rarity[n]}
		from := len(room)
		for c, w := range t.weights[n*t.classes : (n+1)*t.classes] {
			if w >>= storedShift + weightShift; w >= leastStored || w <= -leastStored {
				room = append(room, weight{class: int32(c), value: w})
			}
		}
		k.weights = room[from:len(room):len(room)]
		m.ids.put(k.id, len(m.known))
		m.known = append(m.known, k)
	}
	for _, b := range t.bias {
		m.bias = append(m.bias, b>>storedShift)
	}
	m.words = nearWordsOf(t.words)
	slices.SortStableFunc(m.said, func(a, b saidLine) int { return cmp.Compare(a.words, b.words) })
	m.said = slices.CompactFunc(m.said, func(a, b saidLine) bool { return a.words == b.words })
	return m
}
