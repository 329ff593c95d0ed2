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
	u := &understanding{}
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
}

// Read implements Reader.
func (u *understanding) Read(s, expected string) Reading {
	return &understood{by: u, msg: text.Normalise(s), expected: expected}
}

// understood is one text with what was worked out about it so far.
type understood struct {
	by       *understanding
	msg      *text.Message
	expected string

	best       text.Score
	classified bool
	found      []Finding
	detected   bool
}

// Triggers implements Reading.
func (u *understood) Triggers() []string {
	var out []string
	for _, h := range u.by.triggers.Match(u.msg) {
		out = append(out, h.Name)
	}
	return out
}

// Topics implements Reading. The classifier vouches for its best guess only; what comes after it in the list is what
// the best one won against.
func (u *understood) Topics(bar Bar) []string {
	if !u.classified {
		u.classified = true
		if scores := u.by.topics.Classify(u.msg); len(scores) > 0 {
			u.best = scores[0]
		}
	}
	least := 0
	switch bar {
	case Likely:
		least = likelyScore
	case Certain:
		least = certainScore
	case Possible:
	}
	if u.best.Topic == "" || u.best.Score < least {
		return nil
	}
	return []string{u.best.Topic}
}

// WantsHuman implements Reading.
func (u *understood) WantsHuman() bool {
	_, wants := text.WantsHuman(u.msg)
	return wants
}

// AsksIfBot implements Reading.
func (u *understood) AsksIfBot() bool { return text.AsksIfBot(u.msg) }

// Found implements Reading.
func (u *understood) Found() []Finding {
	if u.detected {
		return u.found
	}
	u.detected = true
	for _, f := range text.DetectPHI(u.msg, phiType(u.expected)) {
		u.found = append(u.found, Finding{Type: fieldType(f.Type), Class: f.Class, Start: f.Span.Start, End: f.Span.End})
	}
	return u.found
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
