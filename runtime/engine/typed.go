package engine

import (
	"strings"
	"unicode"

	"github.com/tacet-lang/tacet/lang/input"
)

// topicsIn are the names of the topics that count in step 4 and in guards, for a text with that reading as an answer.
func (t *turn) topicsIn(r Reading, answer input.Result, text string) (counts, guards []string) {
	switch {
	case t.wellFormed(answer):
		if !asksToo(text) {
			return nil, nil
		}
		return r.Topics(Likely), r.Topics(Likely)
	case answer.Status == input.OK && answer.Value != "":
		return r.Topics(Certain), r.Topics(Likely)
	}
	return r.Topics(Likely), r.Topics(Likely)
}

// wellFormed reports an answer to a question whose answers have a form of their own. The words around a telephone number
// ("call me at …") say little about what a text is about.
func (t *turn) wellFormed(answer input.Result) bool {
	switch answer.Status {
	case input.OK, input.Ambiguous:
	default:
		return false
	}
	switch t.here().kind {
	case "phone", "email", "date", "date-of-birth", "time", "zip", "number", "code":
		return true
	}
	return false
}

// asking are the words that make a text ask for something, whatever else it says. Accents are often left out.
var asking = map[string]bool{
	"what": true, "why": true, "who": true, "how": true, "which": true, "where": true, "can": true, "could": true,
	"does": true, "need": true, "want": true, "wants": true, "cancel": true, "complain": true, "complaint": true, "refund": true,
	"qué": true, "cuánto": true, "cuánta": true, "cuanto": true, "cuanta": true, "cómo": true, "dónde": true, "donde": true,
	"quién": true, "puedo": true, "puede": true, "pueden": true, "necesito": true, "quiero": true, "cancelar": true,
	"queja": true, "quejarme": true, "reembolso": true,
}

// asksToo reports whether a text that answers a question asks something besides.
func asksToo(text string) bool {
	if strings.ContainsAny(text, "?¿") {
		return true
	}
	for word := range strings.FieldsFuncSeq(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) }) {
		if asking[word] {
			return true
		}
	}
	return false
}
