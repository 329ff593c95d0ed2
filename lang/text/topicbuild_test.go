package text

import (
	"cmp"
	"slices"
)

// The trainer of the standard topics. It lives in a test because nothing that is shipped needs it.

// StandardExample is a sentence that the standard topics learn from.
type StandardExample struct {
	Lang, Topic, Text string // the topic is human for a request for a person and none for what is about nothing
	InFlow            bool   // is one of std/frontdesk
	Background        bool   // is about nothing for whatever topics a flow has
}

// folds is into how many parts the examples are split to find the bars; neighbours, which are alike, stay together.
const (
	folds       = 5
	blockOfFold = 6
)

// What a message that is left alone counts where bars are found, in tenths of what an understood example does. Handing a
// patient over who did not ask for it ends the chat.
var (
	standardCaution = 45
	requestCautions = [requestKinds]int{humanRequest: 150, botQuestion: 400, clinicalRequest: 80}
)

// judged is an example and what a model that was not taught it makes of it.
type judged struct {
	class  int
	logits []int
}

// BuildStandardTopics learns the standard topics and finds the bars; examples of std/frontdesk and of the other files in any order.
func BuildStandardTopics(examples []StandardExample) []byte {
	b := newTopicBase(examples)
	out := b.judgeFolds()
	b.findBars(out)
	b.begin()
	b.learn(b.all(), 0, standardPass)
	bar := b.model.bar
	b.model = *b.learner.model(b.model.topics, bar)
	return b.encode()
}

// FoldResult is what was meant by an example and what a model that was not taught it made of that.
type FoldResult struct{ Want, Got string }

// JudgeStandardFolds learns the standard topics from each part of the examples but one and judges that.
func JudgeStandardFolds(examples []StandardExample) []FoldResult {
	b := newTopicBase(examples)
	all := b.judgeFolds()
	b.findBars(all)
	names := append(slices.Clone(b.model.topics), "human", "none")
	var out []FoldResult
	for _, j := range all {
		b.logits = j.logits
		r := FoldResult{Want: names[j.class], Got: "none"}
		if lead, topic := b.lead(); lead>>storedShift > b.model.bar {
			r.Got = names[topic]
		}
		if human := &b.requests[humanRequest]; human.lead(j.logits)>>storedShift > human.bar {
			r.Got = "human"
		}
		out = append(out, r)
	}
	return out
}

func newTopicBase(examples []StandardExample) *topicBase {
	b := &topicBase{learner: &learner{}}
	for _, e := range examples {
		if e.InFlow && !slices.Contains(b.model.topics, e.Topic) {
			b.model.topics = append(b.model.topics, e.Topic)
		}
	}
	slices.Sort(b.model.topics)
	b.topics = len(b.model.topics)
	b.classes = b.topics + 2
	class := func(topic string) int {
		switch i := slices.Index(b.model.topics, topic); {
		case i >= 0:
			return i
		case topic == "human":
			return b.topics
		case topic == "none":
			return b.topics + 1
		}
		panic("no class for topic " + topic)
	}
	slices.SortStableFunc(examples, func(x, y StandardExample) int {
		return cmp.Or(cmp.Compare(class(x.Topic), class(y.Topic)), cmp.Compare(oneIf(x.Background), oneIf(y.Background)))
	})
	for _, e := range examples {
		p := Phrase{Lang: e.Lang, Pattern: e.Text}
		c := class(e.Topic)
		if e.Background && b.background == 0 {
			b.background = len(b.lines)
			b.words = nil
		}
		b.add(c, p)
		if e.InFlow {
			b.likes = append(b.likes, standardLike{likeID(e.Topic, p), c})
		}
	}
	b.backgroundWords = nearWordsOf(b.words).list
	b.words = nil
	for _, e := range examples {
		b.words = append(b.words, readExample(Phrase{Lang: e.Lang, Pattern: e.Text}).words...)
	}
	b.words = nearWordsOf(b.words).list
	slices.SortFunc(b.likes, func(x, y standardLike) int { return cmp.Compare(x.id, y.id) })
	b.likes = slices.Compact(b.likes)
	b.countFeatures(0)
	b.rate(0)
	b.weigh(0)
	b.balance()
	for i := range b.requests {
		b.requests[i] = b.requestOf(i)
	}
	return b
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// judgeFolds asks about each part of the examples a model that learned the others.
func (b *topicBase) judgeFolds() []judged {
	var out []judged
	fold := make([]int, len(b.lines))
	seen := make([]int, b.classes)
	for i := range b.lines {
		c := b.lines[i].class
		fold[i] = seen[c] / blockOfFold % folds
		seen[c]++
	}
	for f := range folds {
		var taught []int
		for i := range b.lines {
			if fold[i] != f {
				taught = append(taught, i)
			}
		}
		b.begin()
		b.learn(taught, 0, standardPass)
		for i := range b.lines {
			if fold[i] == f {
				b.judge(&b.lines[i])
				out = append(out, judged{b.lines[i].class, slices.Clone(b.logits)})
			}
		}
	}
	return out
}

// findBars finds the bars by what is made of examples that were not taught.
func (b *topicBase) findBars(all []judged) {
	var meant, not []int
	total := 0
	for _, j := range all {
		b.logits = j.logits
		lead, topic := b.lead()
		switch {
		case j.class >= b.topics:
			not = append(not, lead)
		default:
			total++
			if topic == j.class {
				meant = append(meant, lead)
			}
		}
	}
	b.model.bar = part(meant, not, total, standardCaution) >> storedShift
	for i := range b.requests {
		r := &b.requests[i]
		var meant, not []int
		for _, j := range all {
			if lead := r.lead(j.logits); slices.Contains(r.classes, j.class) {
				meant = append(meant, lead)
			} else {
				not = append(not, lead)
			}
		}
		r.bar = part(meant, not, len(meant), requestCautions[i]) >> storedShift
	}
}
