package engine

import (
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
