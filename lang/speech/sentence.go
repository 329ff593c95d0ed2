package speech

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/text"
)

// sentence is a sentence of a text with what the lexicons found in it.
type sentence struct {
	words    []text.Word
	marks    []mark
	present  conceptSet
	stems    []symbol  // per word
	kinds    []symbol  // per word
	named    []mark    // what objects gives
	verdicts []verdict // on what is named, once asked for
	given    *given    // the advice that the rules see, once asked for
	segment  []int     // per word: the clause it belongs to
	en, es   bool      // the languages it may be written in; stems are taken in English if it may be
	question bool
	colon    bool // it ends with a colon: a label, or something follows
	open     bool // it ends with no sign
	blank    bool // it has room to fill in, or boxes to tick
	index    int  // among the sentences of the text
	last     bool // no sentence follows
	alone    bool // after its colon comes nothing, or another label
	off      int  // bytes of the whole text before the piece that words count from
	raw      string
}

// maxPiece is how many bytes of a text are read at once: text.Normalise reads text.MaxRunes code points.
const maxPiece = 3500

// sentences reads a text.
func sentences(s, lang string) []sentence {
	var out []sentence
	for off := 0; off < len(s); {
		n := pieceEnd(s[off:])
		out = appendSentences(out, s[off:off+n], off, lang)
		off += n
	}
	for i := range out {
		s := &out[i]
		s.index, s.last = i, i+1 == len(out)
		s.alone = s.last || out[i+1].colon || len(out[i+1].words) <= maxBare
	}
	return out
}

// pieceEnd is where the first piece of s ends: after the last sentence, line or word that fits.
func pieceEnd(s string) int {
	if len(s) <= maxPiece {
		return len(s)
	}
	for _, sep := range []string{"\n", ". ", "? ", " "} {
		if i := strings.LastIndex(s[:maxPiece], sep); i > maxPiece/2 {
			return i + len(sep)
		}
	}
	n := maxPiece
	for n > maxPiece-4 && s[n]&0xC0 == 0x80 {
		n--
	}
	return n
}

// minWrapped is the length in bytes of a line that is taken to be wrapped, so that the sentence goes on in the next.
const minWrapped = 50

// unwrap turns the line ends inside long paragraphs into spaces and takes the names out of braces, where answers will stand;
// places stay the same.
func unwrap(s string) string {
	if !strings.ContainsAny(s, "\n{") {
		return s
	}
	b := []byte(s)
	inside := false
	for i, c := range b {
		switch {
		case c == '{' || c == '}':
			inside = c == '{'
		case inside && c != '\n':
			b[i] = 'x'
		}
	}
	begin := 0
	for i := range b {
		if b[i] != '\n' {
			continue
		}
		line := strings.TrimSpace(s[begin:i])
		next := strings.TrimLeft(s[i+1:], " \t")
		begin = i + 1
		if len(line) < minWrapped || next == "" || strings.ContainsRune(".!?:;", rune(line[len(line)-1])) || strings.ContainsRune("\n-*#", rune(next[0])) || strings.HasPrefix(next, "•") {
			continue
		}
		b[i] = ' '
	}
	return string(b)
}

// abbreviations end with a dot that ends no sentence.
var abbreviations = set("dr dra mr mrs ms sr sra srta st vs approx ext no num dept apt")

func appendSentences(out []sentence, piece string, off int, lang string) []sentence {
	m := text.Normalise(unwrap(piece))
	words := m.Words()
	first := 0
	for i, w := range words {
		next := len(m.Text)
		if i+1 < len(words) {
			next = max(w.Span.End, words[i+1].Span.Start)
		}
		between := m.Text[w.Span.End:next]
		ends := w.After >= text.StopPause || i+1 == len(words)
		if ends && w.After == text.StopPause && i+1 < len(words) && abbreviations[strings.ToLower(m.Text[w.Span.Start:w.Span.End])] && strings.TrimSpace(between) == "." {
			ends = false
		}
		label := strings.Contains(between, ":") && !strings.Contains(between, "://")
		if !ends && !label {
			continue
		}
		s := sentence{words: words[first : i+1], off: off, raw: piece}
		s.question = w.After == text.QuestionPause || strings.ContainsRune(between, '?')
		s.colon = label
		s.open = strings.TrimSpace(between) == ""
		s.blank = hasBlank(m.Text[words[first].Span.Start:next])
		s.read(lang)
		out = append(out, s)
		first = i + 1
	}
	return out
}

// blanks are what forms have where something is filled in or ticked.
var blanks = []string{"__", "( )", "()", "[ ]", "[]", "☐", "→", "…", "/n)", "y/n", "s/n", " / "}

func hasBlank(s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(blanks, func(b string) bool { return strings.Contains(s, b) })
}

func (s *sentence) read(declared string) {
	l := lexicons()
	n := len(s.words)
	room := make([]symbol, 4*n)
	s.stems, s.kinds = room[:n:n], room[n:2*n:2*n]
	spanishKinds, keys := room[2*n:3*n], room[3*n:]
	for i, w := range s.words {
		s.kinds[i], spanishKinds[i] = l.kinds[english].of(w.Text), l.kinds[spanish].of(w.Text)
	}
	s.en, s.es = s.language(declared, s.kinds, spanishKinds)
	s.marks = make([]mark, 0, 3*n)
	if s.en {
		s.marks = l.marks(s.marks, english, s.words, stemSymbols(s.stems, english, s.words))
	}
	if s.es {
		if s.en {
			s.marks = l.marks(s.marks, spanish, s.words, stemSymbols(keys, spanish, s.words))
		} else {
			s.marks = l.marks(s.marks, spanish, s.words, stemSymbols(s.stems, spanish, s.words))
		}
	}
	for _, m := range s.marks {
		s.present.add(m.concept)
	}
	for i, w := range s.words {
		if isNumber(w) {
			s.stems[i] = aNumber
		}
		s.kinds[i] = kindOf(w, s.en, s.es, s.kinds[i], spanishKinds[i])
	}
	s.split()
	s.named = s.objectMarks()
}

// stemSymbols puts the symbols of the words' stems in a language into out.
func stemSymbols(out []symbol, lang int, words []text.Word) []symbol {
	for i, w := range words {
		out[i] = symbolOf(stem(lang, w))
	}
	return out
}

var (
	englishWords = set(`the you your of and to is are do does for with we our us what which how any please have has if it this that in on at by from not can could would will
 be was were did tell who when where why my me i an or as about before after so let`)
	spanishWords = set(`el la los las de del que su sus tu tus por para con usted en un una unos y o si al se lo le les nos es son tiene ha han como cual cuales cuando donde
 no mas este esta ese esa nuestro nuestra favor hay algun alguna qué muy sin sobre pero tambien`)
)

// language says which languages the sentence may be written in: the one that clearly more of its words belong to; of an
// unclear one, the declared one.
func (s *sentence) language(declared string, kindsEN, kindsES []symbol) (en, es bool) {
	e, p := 0, 0
	for i, w := range s.words {
		littleEN, littleES := englishWords[w.Text], spanishWords[w.Text]
		e += belongs(littleEN && !littleES, kindsEN[i])
		p += belongs(littleES && !littleEN, kindsES[i])
	}
	switch {
	case e >= p+clearly:
		return true, false
	case p >= e+clearly:
		return false, true
	case declared == "en" || declared == "es":
		return declared == "en", declared == "es"
	case e > p:
		return true, false
	case p > e:
		return false, true
	}
	return true, true
}

// clearly is by how much the words of a language must outweigh those of the other: a little word counts two, another one.
const clearly = 3

// belongs is what a word says for a language, of whose little words alone it is one or in which it has a kind.
func belongs(little bool, kind symbol) int {
	switch {
	case little:
		return 2
	case kind != 0:
		return 1
	}
	return 0
}

var contrast = set("but however yet though although instead otherwise pero sino aunque except salvo excepto mejor")

// split numbers the clauses: one begins at a word of contrast, and at an order or a need after a comma.
func (s *sentence) split() {
	s.segment = make([]int, len(s.words))
	seg := 0
	for i := range s.words {
		switch {
		case i == 0:
		case contrast[s.words[i].Text] && !s.wordsAt(i, "instead of", "rather than", "yet"):
			seg++
		case s.words[i-1].After == text.CommaPause && s.startsClause(seg, i):
			seg++
		}
		s.segment[i] = seg
	}
}

// startsClause says whether an order or a need begins at word i, after the little words that may open it. An order that goes
// on with a list of what not to do ("do not share, send or type …") begins nothing.
func (s *sentence) startsClause(seg, i int) bool {
	verb := i
	for ; verb < len(s.words) && leaders[s.words[verb].Text]; verb++ {
	}
	switch {
	case verb == len(s.words):
		return false
	case s.at(verb, cueNeed):
		return true
	}
	return s.at(verb, cueTell) && !s.listed(seg, i)
}

// listed says whether the order at i goes on with a denial that began in segment seg.
func (s *sentence) listed(seg, i int) bool {
	denied, named := false, false
	deny := cueDeny
	for _, m := range s.marks {
		if m.from < i && s.segment[m.from] == seg {
			denied = denied || m.concept == deny
			named = named || s.isObject(m)
		}
	}
	if !denied || !named {
		return denied
	}
	for k := i; k+1 < len(s.words) && k < i+8; k++ {
		switch s.words[k].Text {
		case "or", "nor", "ni", "o", "and", "y":
			return s.at(k+1, cueTell)
		}
	}
	return false
}

var leaders = set(`please kindly so and then first now also just next simply finally ok okay great thanks well y luego ahora primero tambien solo solamente por favor entonces bien gracias
 quickly briefly hi hello hola to`)

// wordsAt says whether one of the phrases begins at word i.
func (s *sentence) wordsAt(i int, phrases ...string) bool {
	for _, p := range phrases {
		k := i
		ok := true
		for f := range strings.FieldsSeq(p) {
			if k >= len(s.words) || s.words[k].Text != f {
				ok = false
				break
			}
			k++
		}
		if ok {
			return true
		}
	}
	return false
}

func (s *sentence) isObject(m mark) bool { return m.concept >= cues }

// at says whether a phrase of the cue begins at word i.
func (s *sentence) at(i int, c concept) bool {
	for _, m := range s.marks {
		if m.concept == c && m.from == i {
			return true
		}
	}
	return false
}

// has says whether the cue stands anywhere in the sentence.
func (s *sentence) has(c concept) bool { return s.present.has(c) }

// hasIn says whether a phrase of the cue begins in words[from:to].
func (s *sentence) hasIn(c concept, from, to int) bool {
	for _, m := range s.marks {
		if m.concept == c && m.from >= from && m.from < to {
			return true
		}
	}
	return false
}

// segmentOf gives the bounds of the clause that word i is in.
func (s *sentence) segmentOf(i int) (from, to int) {
	from, to = i, i+1
	for from > 0 && s.segment[from-1] == s.segment[i] {
		from--
	}
	for to < len(s.words) && s.segment[to] == s.segment[i] {
		to++
	}
	return from, to
}

// span gives the bytes of words[from:to] in the whole text.
func (s *sentence) span(from, to int) (start, end int) {
	return s.off + s.words[from].Span.Start, s.off + s.words[to-1].Span.End
}
