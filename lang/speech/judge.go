package speech

// Judge reads a text of the assistant, written in lang ("en", "es", or "" for either), and returns what it must not ask or
// give in this context, in order of position, at most one finding a sentence. It never fails; an empty text has no findings.
func Judge(s, lang string, c Context) []Finding {
	r := reader{text: s, context: c, sentences: sentences(s, lang)}
	var out []Finding
	for i := range r.sentences {
		features := r.features(i)
		asks, gives := models()[Solicitation].score(features), models()[Advice].score(features)
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

// reader judges one text.
type reader struct {
	text      string
	context   Context
	sentences []sentence
}

// permits says whether the context lets the text ask for the object.
func (r *reader) permits(o conceptInfo) bool {
	switch {
	case o.class == "public" || o.class == "preference":
		return true
	case r.context.Permits[o.name]:
		return true
	case o.name == "has-insurance":
		return r.context.Permits["member-id"]
	}
	return false
}

func (r *reader) finding(s *sentence, kind, class, rule, why string, from, to int) Finding {
	start, end := s.span(from, to)
	return Finding{Kind: kind, Class: class, Rule: rule, Why: why, Start: start, End: end, Phrase: r.text[start:end]}
}
