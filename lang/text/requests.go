package text

import (
	"slices"
	"sync"
)

// What every machine understands whatever its author wrote: a request for a person, the question whether this is a
// machine, and questions that only a clinician may answer. The first two have patterns as well (person.go). All three are
// heard by what was learned of the standard topics beforehand (topicbase.go), which knows what else a front desk is asked.

// requestKind is one of the things that are understood in every flow.
type requestKind int

const (
	noRequest requestKind = iota - 1
	humanRequest
	botQuestion
	clinicalRequest
	requestKinds = iota - 1
)

// request is how one is told from everything else.
type request struct {
	classes []int // that are one
	bar     int   // the lead over every other class that it must have, in 1024ths of a logit
}

// requestOf names the classes of a kind of request.
func (b *topicBase) requestOf(kind int) request {
	switch requestKind(kind) {
	case humanRequest:
		return request{classes: []int{b.topics}}
	case botQuestion:
		return request{classes: []int{slices.Index(b.model.topics, "are-you-a-bot")}}
	default:
		return request{classes: []int{slices.Index(b.model.topics, ClinicalTopic), slices.Index(b.model.topics, "diagnosis")}}
	}
}

// lead is how much more speaks for the request than for anything else.
func (r *request) lead(logits []int) int {
	mine, others := -1<<62, -1<<62
	for c, z := range logits {
		if slices.Contains(r.classes, c) {
			mine = max(mine, z)
		} else {
			others = max(others, z)
		}
	}
	return mine - others
}

// asked is the request that a message most likely makes, with its score.
type asked struct {
	kind  requestKind
	score int
}

// hearing is what is heard in a message, worked out once.
type hearing struct {
	once sync.Once
	asked
	near []int // what the lines most like it speak for, by class of the standard topics; nil if none is
}

// asks is what the message asks for.
func (m *Message) asks() asked {
	m.heard.once.Do(func() { standardTopics().listen(m) })
	return m.heard.asked
}

// likened is what the lines most like the message speak for.
func (m *Message) likened() []int {
	m.asks()
	return m.heard.near
}

// listen works out what is heard in a message.
func (b *topicBase) listen(m *Message) {
	var logits []int
	logits, m.heard.near = b.judgeMessage(m)
	m.heard.asked = b.hear(m, logits)
}

// judgeMessage is how much speaks for each class in all, and how much of that is what the lines most like the message do.
func (b *topicBase) judgeMessage(m *Message) (logits, near []int) {
	found, values := b.model.read(m)
	logits = b.model.weighed(found, values)
	for i, k := range found {
		found[i] = b.ids.get(b.model.known[k].id)
	}
	near = b.neighbours().opinion(found)
	for c, n := range near {
		logits[c] += n
	}
	return logits, near
}

// hear tells what the message asks for of what every machine understands.
func (b *topicBase) hear(m *Message, logits []int) asked {
	heard := asked{kind: noRequest}
	if answersOnly(m.tokens) {
		return heard
	}
	for i := range b.requests {
		bar := b.requests[i].bar
		if requestKind(i) == humanRequest && !speaksOfPeople(m.tokens) && !speaksOfPeople(repaired(m.tokens, b.model.words, b.model.knows)) {
			bar += unnamedLead
			if len(m.tokens) < leastUnnamed {
				bar += terseLead
			}
		}
		if requestKind(i) == botQuestion && !slices.ContainsFunc(m.tokens, addresses) {
			bar += strangerLead
		}
		if lead := b.requests[i].lead(logits) - bar; lead > 0 {
			if score := scoreOf(lead); score > heard.score {
				heard = asked{requestKind(i), score}
			}
		}
	}
	return heard
}

// unnamedLead is what a request for a person must lead by, besides, where it names neither a person nor a machine nor a
// way to talk ("this gets me nowhere").
const unnamedLead = halfScore / 2

// leastUnnamed is how many words such a request has at least, lest it must lead by terseLead besides: a word or two are an answer
// ("circle", "Al Bell") unless they are clearly a misspelt request ("agnet").
const (
	leastUnnamed = 3
	terseLead    = 3 * halfScore
)

// strangerLead is what the question whether this is a machine must lead by, besides, where it names neither a machine nor a
// person and turns to nobody ("can my wife come?").
const strangerLead = 2 * halfScore

// addresses says whether the word turns to whom one writes with, or points at this chat.
func addresses(t token) bool { return addressing.has(t.text) }

var addressing = wordSet(`you your yours u ur ya yourself this that it tu te ti tus usted ustedes eres esto esta este estas suenas escribes contestas vos sos real
 there anyone anybody someone who whom human humans person people flesh automated recorded bot robot machine computer ai software program beep hay alguien quien humano humana humanos persona personas gente carne maquina computadora robot programa grabacion automatico automatica`)

// ofPeople are the concepts of persons, machines and ways to talk.
var ofPeople = map[string]bool{"human": true, "talk": true, "bot": true, "doctor": true}

// speaksOfPeople says whether the words name a person, a machine or a way to talk.
func speaksOfPeople(tokens []token) bool {
	c := concepts()
	var found []int
	for i := range tokens {
		for _, l := range languages {
			found = c.at(tokens, i, l, found)
		}
	}
	return slices.ContainsFunc(found, func(n int) bool { return ofPeople[c.names[n]] })
}

// asking are words that make a text ask something where it has no question mark.
var asking = wordSet(`can could may might should shall will would is are am do does did how what when which who why where whether if ok okay safe need want wanted wonder wondering
 recommend advise tell suggest puedo puede podria debo debe deberia es son esta hay como que cual cuando cuanto cuantos cuantas quien donde si necesito conviene recomienda recomiendan aconseja
 quiero quisiera sirve afecta diga digame`)

// AsksClinical says whether the message asks what only a clinician may answer: whether something is safe or right for
// this person, what to take, what something is. What a patient tells ("my back hurts") asks nothing.
func AsksClinical(m *Message) bool {
	return slices.ContainsFunc(m.tokens, asksAtAll) && m.asks().kind == clinicalRequest
}

func asksAtAll(t token) bool { return t.after == question || asking.has(t.text) }
