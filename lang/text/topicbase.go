package text

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:generate env TACET_UPDATE=1 go test -count=1 -run TestStandardTopicsAreCurrent .

// standardData is written by TestStandardTopicsAreCurrent from the examples of std/frontdesk, from testdata/topics and from
// the background-*, human-* and told-* lexicons.
//
//go:embed lexicon/topics.bin
var standardData []byte

// topicBase is what was learned beforehand: of the topics of std/frontdesk, of requests for a person, and of what is about
// nothing. It serves three ends. It hears in every message what every machine understands about itself (requests.go). A
// flow whose topics are those of std/frontdesk has its model ready. And one that adds topics of its own begins with these.
type topicBase struct {
	model TopicModel
	*learner
	background      int            // the first of the lines that are about nothing whatever topics a flow has
	backgroundWords []string       // of those lines
	likes           []standardLike // examples of std/frontdesk, while it is built
	standard        idTable        // the same, by likeID
	like            map[string]int // topic → how many there are of it
	requests        [requestKinds]request
	near            nearOnce
}

var standardTopics = sync.OnceValue(func() *topicBase {
	b, ok := decodeTopicBase(standardData)
	if !ok {
		panic("text: the embedded model of the standard topics is damaged")
	}
	return b
})

// likeID stands for an example of a topic.
func likeID(topic string, p Phrase) featureID { return idOf(topic + "\n" + p.Lang + "\n" + p.Pattern) }

// beside returns what the specs have besides the whole of the standard topics; not ok if they have not all of that.
func (b *topicBase) beside(specs []TopicSpec) (beside []TopicSpec, ok bool) {
	whole := 0
	for _, s := range specs {
		more := TopicSpec{Name: s.Name}
		for _, p := range s.Like {
			if b.standard.get(likeID(s.Name, p)) < 0 {
				more.Like = append(more.Like, p)
			}
		}
		if want := b.like[s.Name]; want > 0 && len(s.Like)-len(more.Like) >= want {
			whole++
		} else if want > 0 {
			return nil, false
		}
		if len(more.Like) > 0 {
			beside = append(beside, more)
		}
	}
	return beside, whole == len(b.model.topics)
}

// Passes over the lines: for a model that begins with nothing, for finding its bar, and for one that begins with the standard
// topics, which goes on with steps as small as the last ones of those, over a part of their examples.
const (
	passes       = 8
	passesForBar = 4
	standardPass = 12
)

// besideTimes is how often the examples of the flow are heard in the one pass that goes on with the standard topics.
const besideTimes = 9

// besideSurer is what the weights of a topic with few examples are multiplied by, in tenths: those that it has are soon told
// apart by words that nobody else will use, and what others say shares a third of the rest.
const besideSurer = 30

// rarelySaid is in how many lines of the standard topics a word may stand that an example of the flow makes its own.
const rarelySaid = 12

// besideShare is how many times more an example of the flow weighs than it would if all were learned at once.
const besideShare = 3

// with learns what stands beside the standard topics.
func (b *topicBase) with(beside []TopicSpec) *TopicModel {
	if len(beside) == 0 {
		return &b.model
	}
	topics := slices.Clone(b.model.topics)
	class := make([]int, len(beside))
	for i, s := range beside {
		if class[i] = slices.Index(topics, s.Name); class[i] < 0 {
			class[i] = len(topics)
			topics = append(topics, s.Name)
		}
	}
	t := b.widened(len(topics))
	for i, s := range beside {
		for _, p := range s.Like {
			t.add(class[i], p)
		}
	}
	t.countFeatures(len(b.lines))
	t.rate(len(b.named))
	rarity := slices.Clone(t.rarity)
	t.valueFew() // for these examples only: the others are many
	t.weigh(len(b.lines))
	t.rarity = rarity
	t.balance()
	for i := len(b.lines); i < len(t.lines); i++ {
		t.lines[i].share *= besideShare
	}
	t.weights = append(t.weights, make([]int32, (len(t.named)-len(b.named))*t.classes)...)
	which := t.all()
	own := which[len(b.lines):]
	for range besideTimes - 1 {
		which = append(which, own...)
	}
	t.learn(which, standardPass, standardPass+1)
	t.assure(b.topics, len(topics))
	t.said = append(t.said, aloneSaid(beside, class, func(w *token, lang string) bool {
		n := b.ids.get(wordID(lang, w.stem(lang)))
		return n < 0 || b.rarity[n] >= rarityOf(rarelySaid, len(b.lines))
	})...)
	t.said = append(t.said, b.said...) // what the flow says goes first
	return t.model(topics, b.model.bar)
}

// assure makes the weights of some classes greater by besideSurer.
func (t *learner) assure(from, to int) {
	for n := range t.named {
		row := t.weights[n*t.classes:]
		for c := from; c < to; c++ {
			row[c] = int32(int(row[c]) * besideSurer / 10)
		}
	}
}

// widened is a copy of what was learned, with room for so many topics in all.
func (b *topicBase) widened(topics int) *learner {
	shift := topics - b.topics
	t := &learner{
		classes: b.classes + shift, topics: topics, lines: slices.Clone(b.lines), unkept: b.unkept, named: slices.Clone(b.named),
		count: slices.Clone(b.count), rarity: slices.Clone(b.rarity), words: slices.Clone(b.words),
	}
	t.ids = b.ids
	t.ids.slots = slices.Clone(b.ids.slots)
	t.begin()
	wide := func(c int) int {
		if c >= b.topics {
			return c + shift
		}
		return c
	}
	for i := range t.lines {
		t.lines[i].class = wide(t.lines[i].class)
	}
	for c, v := range b.model.bias {
		t.bias[wide(c)] = v << storedShift
	}
	for _, k := range b.model.known {
		row := t.weights[b.ids.get(k.id)*t.classes:]
		for _, w := range k.weights {
			row[wide(int(w.class))] = w.value << (storedShift + weightShift)
		}
	}
	return t
}

// fewValues are what features of a kind count where examples are few, in parts of 1 << valueShift of what they count otherwise:
// most pairs are met by chance then, and a concept speaks for words that no example has.
var fewValues = [featureKinds]int{wordFeature: 1024, functionFeature: 1024, beginningFeature: 1024, pairFeature: 360, overFeature: 0, meantFeature: 0, conceptFeature: 1463, conceptPairFeature: 1024, gramFeature: 512, formFeature: 0}

func (t *learner) valueFew() {
	for n, r := range t.rarity {
		if r > 0 {
			t.rarity[n] = r * fewValues[t.named[n].kind] >> valueShift
		}
	}
}

// What is kept back to find the bar: one of so many examples and background lines.
const (
	keptExamples   = 4
	keptBackground = 2
)

// without learns topics that are not the standard ones.
func (b *topicBase) without(specs []TopicSpec) *TopicModel {
	t := &learner{
		classes: len(specs) + 1, topics: len(specs), ids: b.ids, named: slices.Clone(b.named),
		count: make([]int, len(b.named)), rarity: make([]int, len(b.named)), words: slices.Clone(b.backgroundWords),
	}
	t.ids.slots = slices.Clone(b.ids.slots)
	var topics []string
	for i, s := range specs {
		topics = append(topics, s.Name)
		for _, p := range s.Like {
			t.add(i, p)
		}
	}
	if len(t.lines) == 0 {
		return &TopicModel{topics: topics}
	}
	for _, l := range b.lines[b.background:] {
		l.class = len(specs)
		t.lines = append(t.lines, l)
	}
	t.countFeatures(0)
	t.rate(0)
	t.valueFew()
	t.weigh(0)
	t.balance()
	bar := t.findBar(caution)
	class := make([]int, len(specs))
	for i := range class {
		class[i] = i
	}
	t.said = append(t.said, aloneSaid(specs, class, b.neverBackground)...)
	t.begin()
	t.learn(t.all(), 0, passes)
	return t.model(topics, bar)
}

// neverBackground says whether no line that is about nothing whatever topics a flow has has the word.
func (b *topicBase) neverBackground(t *token, _ string) bool {
	_, found := slices.BinarySearch(b.backgroundWords, t.text)
	return !found
}

// findBar finds the lead over the background that best tells examples from background, by models that were taught neither:
// each learns from most examples and half of the background, and is asked about the others.
func (t *learner) findBar(caution int) int {
	var meant, not []int
	for turn := range keptExamples {
		taught, kept := t.keep(turn)
		t.begin()
		t.learn(taught, 0, passesForBar)
		for _, i := range kept {
			l := &t.lines[i]
			t.judge(l)
			lead, topic := t.lead()
			switch {
			case l.class >= t.topics:
				not = append(not, lead)
			case topic == l.class:
				meant = append(meant, lead)
			}
		}
	}
	return part(meant, not, len(meant), caution) >> storedShift
}

// keep keeps lines back from being taught, in each turn others.
func (t *learner) keep(turn int) (taught, kept []int) {
	seen := make([]int, t.classes)
	for i := range t.lines {
		class := t.lines[i].class
		every := keptExamples
		if class >= t.topics {
			every = keptBackground
		}
		if seen[class]++; seen[class]%every == turn%every {
			kept = append(kept, i)
		} else {
			taught = append(taught, i)
		}
	}
	return taught, kept
}

// splitWords splits words that stand with a space between.
func splitWords(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, " ")
}
