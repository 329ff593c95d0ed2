package engine

import (
	"fmt"
	"sync"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/text"
)

// The scores of lang/text's classifier (0..1000) that count as Likely and as Certain.
//
// Measured with the standard topics over the lines of lang/text/testdata/topics/work.tsv that are no examples of theirs,
// and the ordinary answers of testdata/answers.txt:
//
//	score at least                           0   300   400   500   600   700
//	questions for people, passed on (130)  110   106   100    94    82    59
//	texts about nothing in scope (232)      35    22    20    12     5     3
//	ordinary answers (51)                    4     2     2     1     1     0
//
// So 300 decides about texts that answer nothing, where missing a question costs the patient a reprompt, and 700 about
// texts that do answer, where a false alarm would take a sound answer away. The price of the second bar is that most
// questions typed into a free text field wait for the person who reads that field.
const (
	likelyScore  = 300
	certainScore = 700
)

// indexReader makes the machine's triggers and topic model ready, side by side, unless a reader was given.
func (p *Program) indexReader(shared *Shared) error {
	if p.reader != nil {
		return nil
	}
	u := &understanding{offered: sync.OnceValue(p.offered)}
	var g sync.WaitGroup
	var wrong error
	g.Go(func() { u.topics, wrong = shared.topicsOf(p.m.TopicModel) })
	triggers, err := shared.triggersOf(p.m.Triggers)
	g.Wait()
	if err != nil {
		return fmt.Errorf("triggers: %w", err)
	}
	if wrong != nil {
		return fmt.Errorf("topic model: %w", wrong)
	}
	u.triggers, p.reader = triggers, u
	return nil
}

// CompileTriggers makes the triggers of a machine ready. The error names the trigger.
func CompileTriggers(list []machine.Trigger) (*text.Triggers, error) {
	specs := make([]text.TriggerSpec, 0, len(list))
	for _, t := range list {
		s := text.TriggerSpec{Name: t.Name, Tier: tierOf(t.Tier), Category: t.Category}
		for _, ph := range t.Phrases {
			s.Phrases = append(s.Phrases, text.Phrase{Lang: ph.Lang, Pattern: ph.Pattern})
		}
		for _, ph := range t.Except {
			s.Except = append(s.Except, text.Phrase{Lang: ph.Lang, Pattern: ph.Pattern})
		}
		specs = append(specs, s)
	}
	return text.CompileTriggers(specs)
}

// DecodeTopics makes the topic model of a machine ready; without a model it knows no topic.
func DecodeTopics(model []byte) (*text.TopicModel, error) {
	if len(model) == 0 {
		return &text.TopicModel{}, nil
	}
	return text.DecodeTopics(model)
}

// understanding is the Reader of lang/text.
type understanding struct {
	triggers *text.Triggers
	topics   *text.TopicModel

	offered func() map[string]bool // what most texts are: the words that the machine itself puts before patients
	mu      sync.RWMutex
	known   map[asked]*understood // readings of these; guarded by mu
}

// asked is a text and the field type that was expected when it was typed.
type asked struct{ text, expected string }

// Read implements Reader.
func (u *understanding) Read(s, expected string) Reading {
	key := asked{s, expected}
	u.mu.RLock()
	known := u.known[key]
	u.mu.RUnlock()
	if known != nil {
		return known
	}
	r := &understood{by: u, msg: text.Normalise(s), expected: expected}
	if u.offered()[s] {
		r.complete()
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.known == nil {
			u.known = map[asked]*understood{}
		}
		u.known[key] = r
	}
	return r
}

// understood is one text with what was worked out about it so far.
type understood struct {
	by       *understanding
	msg      *text.Message
	expected string

	triggers found[[]string]
	best     found[text.Score]
	human    found[bool]
	bot      found[bool]
	findings found[[]Finding]
}

// found is what is worked out when it is first asked for.
type found[T any] struct {
	value T
	known bool
}

func (f *found[T]) or(find func() T) T {
	if !f.known {
		f.value, f.known = find(), true
	}
	return f.value
}

// complete works everything out, so that any number of turns can read it at once.
func (u *understood) complete() {
	u.Triggers()
	u.Topics(Possible)
	u.WantsHuman()
	u.AsksIfBot()
	u.Found()
}

// Triggers implements Reading.
func (u *understood) Triggers() []string {
	return u.triggers.or(func() (names []string) {
		for _, h := range u.by.triggers.Match(u.msg) {
			names = append(names, h.Name)
		}
		return names
	})
}

// Topics implements Reading. The classifier vouches for its best guess only; what comes after it in the list is what
// the best one won against.
func (u *understood) Topics(bar Bar) []string {
	best := u.best.or(func() (best text.Score) {
		if scores := u.by.topics.Classify(u.msg); len(scores) > 0 {
			best = scores[0]
		}
		return best
	})
	least := 0
	switch bar {
	case Likely:
		least = likelyScore
	case Certain:
		least = certainScore
		if best.Topic == text.ClinicalTopic && !text.AsksClinical(u.msg) {
			return nil // who is asked about medicines and names them has asked nothing
		}
	case Possible:
	}
	if best.Topic == "" || best.Score < least {
		return nil
	}
	return []string{best.Topic}
}

// WantsHuman implements Reading.
func (u *understood) WantsHuman() bool {
	return u.human.or(func() bool {
		_, wants := text.WantsHuman(u.msg)
		return wants
	})
}

// AsksIfBot implements Reading.
func (u *understood) AsksIfBot() bool {
	return u.bot.or(func() bool { return text.AsksIfBot(u.msg) })
}

// Found implements Reading.
func (u *understood) Found() []Finding {
	return u.findings.or(func() (list []Finding) {
		for _, f := range text.DetectPHI(u.msg, phiType(u.expected)) {
			list = append(list, Finding{Type: fieldType(f.Type), Class: f.Class, Start: f.Span.Start, End: f.Span.End})
		}
		return list
	})
}

// Mask implements Reading.
func (u *understood) Mask(hide func(Finding) bool) string { return Mask(u.msg.Text, u.Found(), hide) }

// phiType and fieldType translate between the names of field types and those of lang/text where they differ.
func phiType(field string) string {
	if field == "date-of-birth" {
		return "dob"
	}
	return field
}

func fieldType(phi string) string {
	if phi == "dob" {
		return "date-of-birth"
	}
	return phi
}
