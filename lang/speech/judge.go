package speech

// Judge reads a text of the assistant, written in lang ("en", "es", or "" for either), and returns what it must not ask or
// give in this context, in order of position, at most one finding a sentence. It never fails; an empty text has no findings.
func Judge(s, lang string, c Context) []Finding {
	r := reader{text: s, context: c, sentences: sentences(s, lang)}
	var out []Finding
	for i := range r.sentences {
		features := r.features(i)
		asks, gives := models()[Solicitation].score(features), models()[Advice].score(features)
		if r.ruledAsking(i) {
			asks += askingByRule
		}
		asked, isAsked := r.solicits(i, asks)
		given, isGiven := r.advises(i, gives)
		switch {
		case isAsked && (!isGiven || asks >= gives):
			out = append(out, asked)
		case isGiven:
			out = append(out, given)
		}
	}
	return out
}

// What it takes to decide: where the rules find a request or advice, the model must be surer of the contrary to overrule them.
// Chosen on the folds of the work sets.
const (
	askingByRule  = 1000
	adviceWithout = -500 // no rule finds advice: the score from which it is advice all the same
	adviceByRule  = -4000
)

// reader judges one text.
type reader struct {
	text      string
	context   Context
	sentences []sentence
}

// permits says whether the context lets the text ask for the object.
func (r *reader) permits(o conceptInfo) bool {
	if o.class == "public" || o.class == "preference" {
		return true
	}
	return r.context.Permits[o.name]
}

func (r *reader) finding(s *sentence, kind, class, rule, why string, from, to int) Finding {
	start, end := s.span(from, to)
	return Finding{Kind: kind, Class: class, Rule: rule, Why: why, Start: start, End: end, Phrase: r.text[start:end]}
}
