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

// TopicModel tells topics apart by weighted features of a message: words, pairs of words, and concepts that many words
// share. It is a multinomial logistic regression with further classes for what is about no topic: a request for a person, which
// is heard before topics are, and the background, which is taught with what people say otherwise. Training and classifying
// use integers only, so that the same specs give the same model and the same machine decides the same everywhere. The zero
// value knows no topic and always abstains. Safe for concurrent use.
type TopicModel struct {
	topics []string
	bias   []int // by class: the topics, then those of no topic, of which the background is the last
	bar    int   // the lead over every class of no topic that a message must have
	ids    idTable
	known  []known
	words  *nearWords // that examples have
	said   said
}

// known is what the model knows of a feature.
type known struct {
	id      featureID
	rarity  int // 0 (in every example) to 1 << valueShift
	weights []weight
}

// weight is for one class.
type weight struct {
	class int32
	value int32 // 64ths of a logit
}

// weightShift makes a weight of the unit that leads and bars have, 1024ths of a logit.
const weightShift = 4

// said are examples word for word, and what means a topic on its own (topicword.go): hashes of the words, in order, with
// their topics.
type said []saidLine

type saidLine struct {
	words uint64
	topic int
}

// topicOf returns the topic of the example that has these words, or -1.
func (s said) topicOf(words uint64) int {
	if i, ok := slices.BinarySearchFunc(s, words, func(l saidLine, w uint64) int { return cmp.Compare(l.words, w) }); ok {
		return s[i].topic
	}
	return -1
}

// Score is how well a message fits a topic: 0 not at all, 1000 beyond doubt.
type Score struct {
	Topic string
	Score int
}

// halfScore is the lead that makes a score of 500, in 1024ths of a logit.
const halfScore = 2048

// ClinicalTopic is the topic of std/frontdesk for questions that only a clinician may answer.
const ClinicalTopic = "clinical-question"

// forClinicians are the topics of std/frontdesk that end with a clinician anyway.
var forClinicians = map[string]bool{ClinicalTopic: true, "existing-care": true, "diagnosis": true}

// Classify returns the topics that the message may be about, best first; none if the model is not sure. A clinical
// question in the words of another topic ("how many hours before botox do I stop aspirin") is ClinicalTopic first,
// whether the model has that topic or not: no list of topics talks a question around its scope.
func (m *TopicModel) Classify(msg *Message) []Score {
	if m == nil || len(m.bias) == 0 || answersOnly(msg.tokens) || m.givenName(msg.tokens) {
		return nil
	}
	scores := m.rank(msg)
	if !AsksClinical(msg) {
		return scores
	}
	heard := msg.asks()
	switch {
	case len(scores) > 0 && forClinicians[scores[0].Topic]:
		scores[0].Score = max(scores[0].Score, heard.score)
		return scores
	case len(scores) > 0 && scores[0].Score > heard.score:
		return scores
	}
	scores = slices.DeleteFunc(scores, func(s Score) bool { return s.Topic == ClinicalTopic })
	return slices.Insert(scores, 0, Score{Topic: ClinicalTopic, Score: heard.score})
}

// givenName says whether the message is a given name that no example has ("Horacio", which one error parts from "horario").
func (m *TopicModel) givenName(tokens []token) bool {
	return len(tokens) == 1 && tokens[0].after != question && givenNames()[tokens[0].text] && !m.knows(&tokens[0])
}

// saidLead is the lead over the bar of a message that is word for word an example.
const saidLead = 30 * halfScore

// rank is Classify for a message that asks something.
func (m *TopicModel) rank(msg *Message) []Score {
	sum := m.logits(msg)
	for c, near := range standardTopics().besides(m, msg) {
		sum[c] += near
	}
	least := slices.Max(sum[len(m.topics):]) + m.bar
	exact, alone := m.said.topicOf(hashWords(msg.tokens)), m.aloneTopic(msg.tokens)
	_, best := leadOf(sum, len(m.topics))
	if alone >= 0 {
		best = alone
	}
	if exact >= 0 && m.standard(exact) && !m.standard(best) {
		exact = -1 // what the flow has of its own goes before an example of a standard topic
	}
	switch {
	case exact >= 0:
		sum[exact] = max(slices.Max(sum), least+saidLead)
	case alone >= 0:
		sum[alone] = max(slices.Max(sum)+1, least+aloneLead)
	}
	order := make([]int, len(m.topics))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sum[b], sum[a]) })
	var out []Score
	for _, i := range order {
		lead := sum[i] - least
		if lead <= 0 {
			break
		}
		out = append(out, Score{Topic: m.topics[i], Score: scoreOf(lead)})
	}
	return out
}

// standard says whether a topic has the name of a standard one.
func (m *TopicModel) standard(topic int) bool {
	return slices.Contains(standardTopics().model.topics, m.topics[topic])
}

// scoreOf makes a score of a lead over the bar.
func scoreOf(lead int) int { return 1000 * lead / (lead + halfScore) }

// hashWords stands for the words of a message.
func hashWords(tokens []token) uint64 {
	var b []byte
	for i := range tokens {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, tokens[i].text...)
	}
	return hashBytes(b)
}

// logits is how much speaks for each class.
func (m *TopicModel) logits(msg *Message) []int {
	return m.weighed(m.read(msg))
}

// weighed is how much these features speak for each class.
func (m *TopicModel) weighed(found, values []int) []int {
	sum := slices.Clone(m.bias)
	for i, k := range found {
		for _, w := range m.known[k].weights {
			sum[w.class] += int(w.value) << weightShift * values[i] >> valueShift
		}
	}
	return sum
}

// read finds the features of the message that the model knows, and their values, with the message's length made one.
// A word that no example has makes everything else count less.
func (m *TopicModel) read(msg *Message) (found, values []int) {
	tokens := repaired(msg.tokens, m.words, m.knows)
	square := unknownValue * m.unknown(tokens)
	met := make([]uint64, (len(m.known)+63)/64) // a bit for each that is found
	r := featureReader{tokens: tokens, tell: func(id featureID, kind featureKind) {
		k := m.ids.get(id)
		if k < 0 || met[k/64]>>(k%64)&1 != 0 {
			return
		}
		met[k/64] |= 1 << (k % 64)
		v := featureValues[kind] * m.known[k].rarity >> valueShift
		found, values = append(found, k), append(values, v)
		square += v * v
	}}
	r.read()
	scale(values, square)
	return found, values
}

// knows says whether the word is one of an example or a concept.
func (m *TopicModel) knows(t *token) bool {
	var name [64]byte
	return m.ids.get(idOf(appendWordName(name[:0], "en", t.en))) >= 0 ||
		m.ids.get(idOf(appendWordName(name[:0], "es", t.es))) >= 0 || concepts().knows(t)
}

// unknown counts the words with a meaning of their own that the model does not know.
func (m *TopicModel) unknown(tokens []token) int {
	n := 0
	for i := range tokens {
		if t := &tokens[i]; !functionWords.has(t.text) && !allDigits(t.text) && !m.knows(t) {
			n++
		}
	}
	return n
}
