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
	Writer            string // of a set by one of those who had not seen the rules; "" for all others
	Style             string
}

// What a message that is left alone counts where bars are found, in tenths of what an understood example does. Handing a
// patient over who did not ask for it ends the chat.
var (
	standardCaution = 55
	requestCautions = [requestKinds]int{humanRequest: 110, botQuestion: 400, clinicalRequest: 60}
)

// judged is an example and what a model that was taught nothing by its writer makes of it.
type judged struct {
	class  int
	logits []int
}

// BuildStandardTopics learns the standard topics and finds the bars; examples of std/frontdesk and of the other files in any order.
func BuildStandardTopics(examples []StandardExample) []byte {
	b := taughtBase(examples)
	b.findBars(judgeWriters(examples, writersBases(examples)))
	return b.encode()
}

// taughtBase learns the standard topics; their bars are not found yet.
func taughtBase(examples []StandardExample) *topicBase {
	b := newTopicBase(examples)
	b.begin()
	b.learn(b.all(), 0, standardPass)
	b.model = *b.learner.model(b.model.topics, 0)
	b.near.data = b.appendNeighbours(nil)
	return b
}

// writersOf are those who wrote the sets.
func writersOf(examples []StandardExample) []string {
	var out []string
	for _, e := range examples {
		if e.Writer != "" && !slices.Contains(out, e.Writer) {
			out = append(out, e.Writer)
		}
	}
	return out
}

// writersBases learns for each writer from what all others wrote.
func writersBases(examples []StandardExample) map[string]*topicBase {
	out := map[string]*topicBase{}
	for _, w := range writersOf(examples) {
		others := slices.DeleteFunc(slices.Clone(examples), func(e StandardExample) bool { return e.Writer == w })
		out[w] = taughtBase(others)
	}
	return out
}

// judgeWriters asks about what each writer wrote the model that learned from the others. Bars are found on that, since who
// will write to a machine is a stranger to it, too.
func judgeWriters(examples []StandardExample, bases map[string]*topicBase) []judged {
	var out []judged
	for _, e := range examples {
		if b := bases[e.Writer]; b != nil {
			logits, _ := b.judgeMessage(Normalise(e.Text))
			out = append(out, judged{b.classOf(e.Topic), logits})
		}
	}
	return out
}

// WriterResult is what was meant by an example and what a model that learned nothing from its writer made of it.
type WriterResult struct {
	StandardExample
	Got      string
	Clinical bool // whatever the topics are
}

// JudgeStandardWriters learns the standard topics from all writers but one and judges what that one wrote, in the order of a turn.
func JudgeStandardWriters(examples []StandardExample) []WriterResult {
	bases := writersBases(examples)
	found := judgeWriters(examples, bases)
	for _, b := range bases {
		b.findBars(found)
	}
	var out []WriterResult
	for _, e := range examples {
		b := bases[e.Writer]
		if b == nil {
			continue
		}
		m := Normalise(e.Text)
		m.heard.once.Do(func() { b.listen(m) })
		r := WriterResult{StandardExample: e, Got: "none", Clinical: AsksClinical(m)}
		_, human := WantsHuman(m)
		scores := b.model.Classify(m)
		switch {
		case human:
			r.Got = "human"
		case AsksIfBot(m):
			r.Got = "are-you-a-bot"
		case len(scores) > 0:
			r.Got = scores[0].Topic
		}
		out = append(out, r)
	}
	return out
}

// classOf is the number of a topic's class; the topics are known.
func (b *topicBase) classOf(topic string) int {
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
	class := b.classOf
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

// findBars finds the bars by what is made of examples that were not taught.
func (b *topicBase) findBars(all []judged) {
	var meant, not []int
	total := 0
	for _, j := range all {
		lead, topic := leadOf(j.logits, b.topics)
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
	b.model.bar = part(meant, not, total, standardCaution)
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
		r.bar = part(meant, not, len(meant), requestCautions[i])
	}
}
