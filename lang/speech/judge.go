package speech

import (
	"slices"
	"sync"

	"github.com/tacet-lang/tacet/lang/text"
)

// Judge reads a text of the assistant, written in lang ("en", "es", or "" for either), and returns what it must not ask or
// give in this context, or that a person writes it, in order of position, at most one finding a sentence. It never fails; an empty text has no findings.
// It may be called from several goroutines at once.
func Judge(s, lang string, c Context) []Finding {
	r := reader{text: s, context: c, sentences: sentences(s, lang)}
	f := featureRoom.Get().(*features)
	defer featureRoom.Put(f)
	var out []Finding
	for i := range r.sentences {
		if r.sentences[i].parting() {
			continue
		}
		if from, to, ok := r.sentences[i].pretends(); ok && !c.Consent {
			out = append(out, r.finding(&r.sentences[i], Pretence, "", "person", "it says that a person writes here", from, to))
			continue
		}
		f.keys = f.keys[:0]
		r.appendFeatures(f, i)
		if found, ok := r.decide(i, trained().score(f)); ok {
			out = append(out, found)
		}
	}
	return out
}

// wishes are all that sentences consist of which wish somebody well at parting, and advise nothing.
var wishes = set("take good care feel get well better soon cuidese cuidate cuidense mucho bien y que se te le les vaya mejore mejores mejoren alivie alivies pronto")

func (s *sentence) parting() bool {
	return !s.question && !s.colon && !slices.ContainsFunc(s.words, func(w text.Word) bool { return !wishes[w.Text] })
}

var featureRoom = sync.Pool{New: func() any { return &features{} }}

// decide is what sentence i must not ask or give, by the models' scores.
func (r *reader) decide(i int, by scores) (Finding, bool) {
	s := &r.sentences[i]
	bar := &bars[english]
	if s.es && !s.en {
		bar = &bars[spanish]
	}
	asks, gives := by[asking]-bar[asking], by[giving]-bar[giving]
	if prices := by[pricing] - bar[pricing]; prices > 0 && prices > asks {
		return r.priced(s), !r.context.Prices
	}
	asked, isAsked := r.solicits(i, asks)
	given, isGiven := r.advises(s, gives)
	if isAsked && (!isGiven || asks >= gives) {
		return asked, true
	}
	return given, isGiven
}

// bars are the scores that a finding takes, by language, chosen on writers whom the models had not read (TestWriters).
var bars = [languages]scores{
	english: {asking: 7000, giving: 5000, pricing: 4000},
	spanish: {asking: 7000, giving: 4500, pricing: 4000},
}

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
