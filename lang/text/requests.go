package text

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sync"
)

// What every machine understands whatever its author wrote: a request for a person, the question whether this is a
// machine, and questions that only a clinician may answer. The first two have patterns as well (person.go). The model is
// trained as every topic model is, from the human-* and told-* lexicons and the examples of std/frontdesk, and stored, for
// those are not here when a message comes.
//
//go:generate env TACET_UPDATE=1 go test -count=1 -run TestRequestModel .

//go:embed lexicon/requests.json.gz
var storedRequests []byte

// The topics of the model of requests.
const (
	humanRequest    = "human"
	botQuestion     = "bot"
	clinicalRequest = "clinical"
)

// requestCaution is the caution of the model of requests: handing a patient over who did not ask for it ends the chat.
const requestCaution = 25

// requestModel is the stored model.
var requestModel = sync.OnceValue(func() *TopicModel {
	m, err := readRequests(storedRequests)
	if err != nil {
		panic("text: built-in model of requests: " + err.Error())
	}
	return m
})

func readRequests(stored []byte) (*TopicModel, error) {
	r, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxModel))
	if err != nil {
		return nil, fmt.Errorf("unpack: %w", err)
	}
	return DecodeTopics(data)
}

// asked is the request that a message most likely makes, with its score; none if the model is not sure.
type asked struct {
	topic string
	score int
}

// hearing is what the model of requests hears in a message, worked out once.
type hearing struct {
	once sync.Once
	asked
}

// asks is what the message asks for.
func (m *Message) asks() asked {
	m.heard.once.Do(func() {
		if answersOnly(m.tokens) {
			return
		}
		if scores := requestModel().rank(m); len(scores) > 0 {
			m.heard.asked = asked{scores[0].Topic, scores[0].Score}
		}
	})
	return m.heard.asked
}

// asking are words that make a text ask something where it has no question mark.
var asking = wordSet(`can could may might should shall will would is are am do does did how what when which who why where whether if ok okay safe need want wanted wonder wondering
 recommend advise tell suggest puedo puede podria debo debe deberia es son esta hay como que cual cuando cuanto cuantos cuantas quien donde si necesito conviene recomienda recomiendan aconseja
 quiero quisiera sirve afecta diga digame`)

// AsksClinical says whether the message asks what only a clinician may answer: whether something is safe or right for
// this person, what to take, what something is. What a patient tells ("my back hurts") asks nothing.
func AsksClinical(m *Message) bool {
	if m.asks().topic != clinicalRequest {
		return false
	}
	for i := range m.tokens {
		if t := &m.tokens[i]; t.after == question || asking[t.text] {
			return true
		}
	}
	return false
}
