package speech

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/text"
)

// Judge reads a text of the assistant, written in lang ("en", "es", or "" for either), and returns what it must not ask or
// give in this context, or that a person writes it, in order of position, at most one finding a sentence. It never fails; an empty text has no findings.
// It may be called from several goroutines at once.
func Judge(s, lang string, c Context) []Finding {
	r := reader{text: s, context: c, sentences: sentences(s, lang)}
	risks := r.risks()
	var out []Finding
	for i := range r.sentences {
		if r.sentences[i].parting() {
			continue
		}
		if from, to, ok := r.sentences[i].pretends(); ok && !c.Consent {
			out = append(out, r.finding(&r.sentences[i], Pretence, "", "person", "it says that a person writes here", from, to))
			continue
		}
		if found, ok := r.decide(i, risks[i]); ok {
			out = append(out, found)
		}
	}
	return out
}

// risks gives the scores by which each sentence is risky, or nil where it is not.
func (r *reader) risks() []*scores {
	keys := make([][]uint32, len(r.sentences))
	for i := range r.sentences {
		keys[i] = r.features(i)
	}
	return trained().hear(keys).blamed(func(i int) int { return bars[r.sentences[i].judgedIn()] })
}

// wishes are all that sentences consist of which wish somebody well at parting, and advise nothing.
var wishes = set("take good care feel get well better soon cuidese cuidate cuidense mucho bien y que se te le les vaya mejore mejores mejoren alivie alivies pronto")

func (s *sentence) parting() bool {
	return !s.question && !s.colon && !slices.ContainsFunc(s.words, func(w text.Word) bool { return !wishes[w.Text] })
}

// decide is what sentence i must not ask or give; by is nil where the models find no risk in it.
func (r *reader) decide(i int, by *scores) (Finding, bool) {
	if by == nil {
		return r.solicits(i, false)
	}
	s := &r.sentences[i]
	asks, gives, prices := by[asking], by[giving], by[pricing]
	_, _, amount := s.price()
	if prices > asks && prices > gives || amount && asks <= 0 && gives < clearAdvice {
		return r.priced(s), !r.context.Prices
	}
	asked, isAsked := Finding{}, false
	if asks > 0 || asks >= gives {
		asked, isAsked = r.solicits(i, true)
	}
	isGiven := gives > 0 || gives > asks
	if isAsked && (!isGiven || asks >= gives) || !isGiven {
		return asked, isAsked
	}
	return r.advises(s), true
}

// clearAdvice is what the model of advice says at least of a sentence with an amount of money that is more than a price ("you need 20
// units, so $240").
const clearAdvice = 600

// bars are the risks that a finding takes, by language, chosen on writers whom the models had not read (TestWriters).
var bars = [languages]int{english: 65, spanish: 75}

// judgedIn is the language that the sentence is judged in: English, unless it can only be Spanish.
func (s *sentence) judgedIn() int {
	if s.es && !s.en {
		return spanish
	}
	return english
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
