// Package enginetest holds what tests of the engine and of its callers share: a reader whose understanding is written
// in the text itself, and machines built by hand.
package enginetest

import (
	"strings"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// Reader understands marks in the text and nothing else:
//
//	!name   raises a trigger
//	#name   is likely about a topic
//	##name  is certainly about it
//	@human  asks for a person
//	@bot    asks whether this is one
//	$class  is protected data of that class, and of the type of the same name
type Reader struct{}

// Read implements engine.Reader.
func (Reader) Read(text, expected string) engine.Reading {
	r := &reading{text: text, expected: expected}
	if !strings.ContainsAny(text, "!#@$") {
		return r
	}
	at := 0
	for word := range strings.FieldsSeq(text) {
		start := at + strings.Index(text[at:], word)
		at = start + len(word)
		r.word(word, start)
	}
	return r
}

type reading struct {
	text, expected  string
	triggers        []string
	likely, certain []string
	human, bot      bool
	found           []engine.Finding
}

func (r *reading) word(word string, start int) {
	switch {
	case strings.HasPrefix(word, "!"):
		r.triggers = append(r.triggers, word[1:])
	case strings.HasPrefix(word, "##"):
		r.likely = append(r.likely, word[2:])
		r.certain = append(r.certain, word[2:])
	case strings.HasPrefix(word, "#"):
		r.likely = append(r.likely, word[1:])
	case word == "@human":
		r.human = true
	case word == "@bot":
		r.bot = true
	case strings.HasPrefix(word, "$") && word[1:] != r.expected:
		r.found = append(r.found, engine.Finding{Type: word[1:], Class: word[1:], Start: start, End: start + len(word)})
	}
}

func (r *reading) Triggers() []string      { return r.triggers }
func (r *reading) WantsHuman() bool        { return r.human }
func (r *reading) AsksIfBot() bool         { return r.bot }
func (r *reading) Found() []engine.Finding { return r.found }

func (r *reading) Topics(b engine.Bar) []string {
	if b == engine.Certain {
		return r.certain
	}
	return r.likely
}

func (r *reading) Mask(hide func(engine.Finding) bool) string {
	out := []byte(r.text)
	for _, f := range r.found {
		if hide(f) {
			for i := f.Start; i < f.End; i++ {
				out[i] = '*'
			}
		}
	}
	return string(out)
}
