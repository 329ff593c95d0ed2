package main

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// hostileWalk is what is written in the conversations of one flow.
type hostileWalk struct {
	*siege
	m         *machine.Machine
	todo      map[string][]string // by location
	rnd       *rand.Rand
	aim       string         // the question whose lines are written now
	away      map[string]int // how far it is
	templates []*regexp.Regexp
	said      map[string]bool // that fitted a template
	written   int
}

// part is how many questions share the corpus.
const part = 16

// share gives each question its lines: a part of them, another one for each, or all.
func (w *hostileWalk) share(lines []string, offset int, all bool) {
	for i := range w.m.Locations {
		l := &w.m.Locations[i]
		if !l.Kind.Waits() {
			continue
		}
		for n, line := range lines {
			if all || (n+i+offset)%part == 0 {
				w.todo[l.ID] = append(w.todo[l.ID], line)
			}
		}
	}
	w.said = map[string]bool{}
	for _, text := range textsOf(w.m) {
		w.templates = append(w.templates, patternOf(text))
	}
}

// tries is how many conversations in a row may miss the question that they are meant to come to.
const tries = 400

// walk writes what is left, question by question, until nothing is or a question cannot be reached.
func (w *hostileWalk) walk() {
	w.Helper()
	for i := range w.m.Locations {
		w.aim = w.m.Locations[i].ID
		w.away = distances(w.m, w.aim)
		for missed := 0; len(w.todo[w.aim]) > 0 && missed < tries; missed++ {
			before := len(w.todo[w.aim])
			if w.converse(); len(w.todo[w.aim]) < before {
				missed = 0
			}
		}
	}
	unheard := 0
	for id, rest := range w.todo {
		unheard += len(rest)
		w.Logf("%s: %d lines were not written at %s", w.m.Flow.ID, len(rest), id)
	}
	if w.written < 30 || unheard > w.written/20 {
		w.Errorf("%s: only %d lines were written, and %d were not", w.m.Flow.ID, w.written, unheard)
	}
	w.Logf("%s: %d lines in %d requests", w.m.Flow.ID, w.written, w.ids)
}

// distances is how many turns a question is away from every other location, at least.
func distances(m *machine.Machine, from string) map[string]int {
	out := map[string]int{from: 0}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for i := range m.Locations {
			l := &m.Locations[i]
			leads := slices.ContainsFunc(l.Edges, func(e machine.Edge) bool { return e.To == queue[0] })
			if _, known := out[l.ID]; leads && !known {
				out[l.ID] = out[queue[0]] + 1
				queue = append(queue, l.ID)
			}
		}
	}
	return out
}

// hostileTalk is one conversation.
type hostileTalk struct {
	ID       string `json:"conversation"`
	Token    string
	Control  string
	Notice   struct{ Hash string }
	Seq      int64
	Messages []struct {
		Author, Role, Text string
		Options            []struct{ ID, Label string }
	}
	lines []string
}

func (w *hostileWalk) converse() {
	w.Helper()
	var c hostileTalk
	id := w.clientID()
	start := map[string]any{"flow": w.m.Flow.ID, "client_id": id}
	_, b, _ := w.do("POST", "/api/conversations", "", start)
	if err := json.Unmarshal(b, &c); err != nil {
		w.Fatal(err)
	}
	start["notice"] = c.Notice.Hash
	status, b, _ := w.do("POST", "/api/conversations", "", start)
	if err := json.Unmarshal(b, &c); err != nil || status != http.StatusCreated {
		w.Fatalf("start: %d %s", status, b)
	}
	at := w.state(c.ID)
	for turn := 0; turn < 30 && at.Control == engine.Assistant; turn++ {
		body, line := w.next(&c, &at)
		if line != "" {
			c.lines = append(c.lines, line)
			w.written++
		}
		body["client_id"] = w.clientID()
		status, b, _ := w.do("POST", "/api/conversations/"+c.ID+"/messages", c.Token, body)
		c.Messages = nil
		if err := json.Unmarshal(b, &c); err != nil || status != http.StatusOK && line == "" {
			w.Fatalf("%v at %s: %d %s", body, at.Location, status, b)
		}
		now := w.state(c.ID)
		w.allowed(&at, &now, body)
		w.spoken(&c, body, now.Values)
		at = now
	}
	if len(c.lines) > 0 {
		w.outputs(&c)
	}
}

// next is the next line for the question that the conversation is meant to come to, or, on the way there, one for another; or an answer
// that fits.
func (w *hostileWalk) next(c *hostileTalk, at *engine.Conversation) (body map[string]any, line string) {
	rest := w.todo[at.Location]
	if len(rest) > 0 && (at.Location == w.aim || at.Attempts == 0 && w.rnd.IntN(2) == 0) {
		if w.todo[at.Location] = rest[1:]; len(rest) == 1 {
			delete(w.todo, at.Location)
		}
		return map[string]any{"text": rest[0]}, rest[0]
	}
	for i := len(c.Messages) - 1; i >= 0; i-- {
		if o := c.Messages[i].Options; len(o) > 0 {
			option := o[w.rnd.IntN(len(o))].ID
			if l := locationOf(w.m, at.Location); l.Kind == machine.Offer && w.rnd.IntN(4) > 0 {
				option = w.nearest(l, option)
			}
			return map[string]any{"option": option}, ""
		}
	}
	return map[string]any{"text": w.fitting(locationOf(w.m, at.Location), at)}, ""
}

// meaning is what somebody says about topics that a word does not name.
var meaning = map[string]string{"ways-to-pay": "I want to make a payment", "payment-plan": "do you offer payment plans?", "statement": "what is an explanation of benefits?"}

// nearest is the button, or the topic, that leads nearest to what is meant to be reached, or the other where none does.
func (w *hostileWalk) nearest(l *machine.Location, other string) string {
	best := 1 << 30
	for _, e := range l.Edges {
		if away, leads := w.away[e.To]; leads && away < best {
			best, other = away, e.On
		}
	}
	return other
}

// fitting is an answer that may fit a question.
func (w *hostileWalk) fitting(l *machine.Location, at *engine.Conversation) string {
	if l.Kind == machine.Verify && at.Sent {
		sent := w.codes.Sent()
		return sent[len(sent)-1]
	}
	if l.Kind == machine.Consent {
		return []string{"yes", "yes", "no"}[w.rnd.IntN(3)]
	}
	i := slices.IndexFunc(w.m.Fields, func(f machine.Field) bool { return f.Name == l.Field })
	if i < 0 {
		topic := w.m.Topics[w.rnd.IntN(len(w.m.Topics))].Name
		if len(l.Edges) > 0 {
			topic = w.nearest(l, topic)
		}
		about := strings.ReplaceAll(topic, "-", " ")
		return []string{"what are your opening hours?", "a question about " + about, cmp.Or(meaning[topic], about)}[w.rnd.IntN(3)]
	}
	list := map[string][]string{
		"name": {"Ana Ruiz"}, "phone": {"312 555 0142", "312 555 0142", unreached}, "email": {"ana@example.com", "unheard-of@example.com"}, "zip": {"60601"}, "yes-no": {"yes", "no"},
		"date-of-birth": {"1980-04-12", time.Now().AddDate(-9, 0, 0).Format(time.DateOnly)}, "date": {time.Now().AddDate(0, 0, 3).Format(time.DateOnly), time.Now().AddDate(0, 0, -3).Format(time.DateOnly), "1980-04-12"},
		"time": {"10:30"}, "number": {"3", "7", "1", "0", "10"}, "slot": {"the first one"},
	}[w.m.Fields[i].Type]
	if len(list) == 0 {
		list = []string{"lisinopril", "please call me in the morning", "A1234567", "other"}
	}
	return list[w.rnd.IntN(len(list))]
}
