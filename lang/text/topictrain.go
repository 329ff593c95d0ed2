package text

import (
	"math/bits"
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
	passes        = 12
	passesForBar  = 6
	firstStep     = 4 << stepShift
	stepDecay     = 77 // the step of pass n is firstStep·256/(256+n·stepDecay)
	biasStep      = 20 // a bias moves by one part in so many of a weight's step
	leastGradient = one / 1000
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
const caution = 11

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

func readLine(class int, p Phrase) line {
	said := Normalise(p.Pattern).tokens
	tokens := repaired(said, nil, func(*token) bool { return true })
	l := line{class: class, share: 1 << valueShift, said: wordsOf(said)}
	seen := map[string]bool{}
	r := featureReader{tokens: tokens, lang: p.Lang, tell: func(name []byte, value int) {
		if !seen[string(name)] {
			l.features = append(l.features, feature{string(name), value})
			seen[string(name)] = true
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
	for _, lang := range languages {
		for _, s := range lexicon("background-"+lang+".txt", "\n") {
			out = append(out, readLine(0, Phrase{Lang: lang, Pattern: s}))
		}
	}
	return out
})

// training is the state of learning one model.
type training struct {
	classes int // topics and, last, the background
	lines   []line
	index   map[string]int
	names   []string
	rarity  []int
	weights []int // by feature, then class
	bias    []int
}

// TrainTopics learns the model. The same specs give the same model; examples without a word are ignored.
func TrainTopics(specs []TopicSpec) *TopicModel { return trainTopics(specs, nil, caution) }

// trainTopics learns with more background than there always is.
func trainTopics(specs []TopicSpec, background []line, caution int) *TopicModel {
	m := &TopicModel{features: map[string]*known{}, said: map[string]int{}}
	var lines []line
	for i, s := range specs {
		m.topics = append(m.topics, s.Name)
		for _, p := range s.Like {
			l := readLine(i, p)
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
	m.bar = findBar(len(specs)+1, lines, background, caution)
	t := newTraining(len(specs)+1, slices.Concat(lines, background))
	t.learn(passes)
	t.store(m)
	return m
}

func newTraining(classes int, lines []line) *training {
	t := &training{classes: classes, lines: slices.Clone(lines), index: map[string]int{}, bias: make([]int, classes)}
	t.keep()
	for i := range t.lines {
		l := &t.lines[i]
		l.index, l.values = t.values(l)
	}
	t.balance()
	t.weights = make([]int, len(t.names)*classes)
	return t
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

// keep chooses the features: words and concepts, and of pairs and beginnings those that are met twice. A rare feature
// tells more than one that every other line has.
func (t *training) keep() {
	count := map[string]int{}
	var order []string
	for i := range t.lines {
		for _, f := range t.lines[i].features {
			if count[f.name] == 0 {
				order = append(order, f.name)
			}
			count[f.name]++
		}
	}
	all := log2Milli(len(t.lines) + 1)
	for _, name := range order {
		if strings.IndexByte(name, other) >= 0 {
			continue // no letter that could be stored
		}
		if n := count[name]; n > 1 || !strings.ContainsAny(name, " -") {
			t.index[name] = len(t.names)
			t.names = append(t.names, name)
			rare := (log2Milli((len(t.lines)+n)<<valueShift/n) - valueShift*1000) << (2 * valueShift) / all
			t.rarity = append(t.rarity, squareRoot(rare))
		}
	}
}

// values gives the kept features of a line, weighed by rarity, with the line's length made one.
func (t *training) values(l *line) (index, values []int) {
	square := 0
	for _, f := range l.features {
		if i, ok := t.index[f.name]; ok {
			v := f.value * t.rarity[i] >> valueShift
			index, values = append(index, i), append(values, v)
			square += v * v
		}
	}
	scale(values, square)
	return index, values
}

// scale divides values by the root of square.
func scale(values []int, square int) {
	length := max(1, squareRoot(square))
	for i := range values {
		values[i] = values[i] << valueShift / length
	}
}

// learn goes over the lines a number of times, each time in another order.
func (t *training) learn(passes int) {
	order := make([]int, len(t.lines))
	for i := range order {
		order[i] = i
	}
	random := uint64(1)
	logits := make([]int, t.classes)
	for pass := range passes {
		for i := len(order) - 1; i > 0; i-- {
			random = random*6364136223846793005 + 1442695040888963407 // Knuth, MMIX
			j := int((random >> 33) % uint64(i+1))
			order[i], order[j] = order[j], order[i]
		}
		step := firstStep * 256 / (256 + pass*stepDecay)
		for _, i := range order {
			t.improve(&t.lines[i], logits, step)
		}
	}
}

// improve moves the weights toward the class of the line.
func (t *training) improve(l *line, logits []int, step int) {
	t.logits(l, logits)
	softmax(logits)
	for c, p := range logits {
		g := -p
		if c == l.class {
			g += one
		}
		if g = g * l.share >> valueShift; g < leastGradient && g > -leastGradient {
			continue
		}
		g = g * step >> stepShift
		t.bias[c] += g / biasStep
		for k, i := range l.index {
			t.weights[i*t.classes+c] += g * l.values[k] >> valueShift
		}
	}
}

func (t *training) logits(l *line, out []int) {
	clear(out)
	for k, i := range l.index {
		v := l.values[k]
		for c, w := range t.weights[i*t.classes : (i+1)*t.classes] {
			out[c] += w * v
		}
	}
	for c := range out {
		out[c] = out[c]>>valueShift + t.bias[c]
	}
}

// findBar finds the lead over the background that best tells examples from background, by a model that was taught
// neither: it learns from most examples and half of the background, and is asked about the others.
func findBar(classes int, examples, background []line, caution int) int {
	var taught, kept []line
	seen := make([]int, classes)
	for _, l := range examples {
		if seen[l.class]++; seen[l.class]%keptExamples == 0 {
			kept = append(kept, l)
		} else {
			taught = append(taught, l)
		}
	}
	for i, l := range background {
		if i%keptBackground == 0 {
			kept = append(kept, l)
		} else {
			taught = append(taught, l)
		}
	}
	t := newTraining(classes, taught)
	t.learn(passesForBar)
	var meant, not []int
	logits := make([]int, classes)
	for i := range kept {
		l := &kept[i]
		l.index, l.values = t.values(l)
		t.logits(l, logits)
		lead := slices.Max(logits[:classes-1]) - logits[classes-1]
		switch {
		case l.class == classes-1:
			not = append(not, lead)
		case logits[l.class] == slices.Max(logits[:classes-1]):
			meant = append(meant, lead)
		}
	}
	return part(meant, not, caution) >> storedShift
}

// part finds the number that the most of meant exceed and the fewest of not, where of each list's share those of not
// count caution tenths. It takes the middle of the numbers that do so nearly best: a few lines more or less must not
// move it much.
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
	to := len(gains) - 1
	for gains[to] < least {
		to--
	}
	return all[from] + (all[min(to+1, len(all)-1)]-all[from])/2
}

// nearlyBest is how many hundredths of the best is nearly as good.
const nearlyBest = 99

// store writes what was learned into the model, without what weighs next to nothing.
func (t *training) store(m *TopicModel) {
	for i, name := range t.names {
		k := &known{rarity: t.rarity[i]}
		for c, w := range t.weights[i*t.classes : (i+1)*t.classes] {
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

// softmax turns logits into probabilities.
func softmax(z []int) {
	top, sum := slices.Max(z), 0
	for i := range z {
		z[i] = expNegative(top - z[i])
		sum += z[i]
	}
	for i := range z {
		z[i] = z[i] << oneShift / sum
	}
}

// expTable is e^(-i/16), computed with integers.
var expTable = func() (table [16*16 + 2]int) {
	x := uint64(1) << 32
	for i := range table {
		table[i] = int(x >> (32 - oneShift))
		x = x * 4034748382 >> 32 // 2³²·e^(-1/16)
	}
	return table
}()

// expNegative is e^(-x) for x ≥ 0, interpolated.
func expNegative(x int) int {
	const cell = one / 16
	i := x / cell
	if i >= len(expTable)-1 {
		return 0
	}
	a, b := expTable[i], expTable[i+1]
	return a - (a-b)*(x-i*cell)/cell
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

// squareRoot is the square root of n ≥ 0, rounded down.
func squareRoot(n int) int {
	if n <= 0 {
		return 0
	}
	x := 1 << ((bits.Len(uint(n)) + 1) / 2)
	for {
		y := (x + n/x) / 2
		if y >= x {
			return x
		}
		x = y
	}
}
