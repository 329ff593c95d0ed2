package text

import "slices"

// featureKind tells what a feature of a message is.
type featureKind uint8

const (
	wordFeature        featureKind = iota
	functionFeature                // a word without a meaning of its own
	beginningFeature               // the first letters of a longer word
	pairFeature                    // two neighbouring words
	overFeature                    // two words with one between
	meantFeature                   // two neighbouring words, one or both by their concept
	conceptFeature                 // what many words mean
	conceptPairFeature             // two concepts near each other
	gramFeature                    // letters in a row: estaciona and estacionar, whereabouts and where, share them
	formFeature                    // whether it asks, how long it is
	featureKinds       = iota
)

// featureValues are what features count before they are weighed by how rare they are; one is a thousand.
var featureValues = [featureKinds]int{wordFeature: 1000, functionFeature: 600, beginningFeature: 600, pairFeature: 1000, overFeature: 700, meantFeature: 600, conceptFeature: 700, conceptPairFeature: 300, gramFeature: 400, formFeature: 600}

// least is how many examples must have a feature for it to count: one has to have a word or a concept, more what is made of several.
func (k featureKind) least() int {
	switch k {
	case wordFeature, functionFeature, conceptFeature:
		return 1
	case gramFeature, overFeature, meantFeature:
		return 3
	default:
		return 2
	}
}

// featureID stands for the name of a feature: the upper bits of its FNV-1a hash. Of the some ten thousand features of a
// model no two meet by chance in 40 bits but once in thousands of models; then they share their weights.
type featureID uint64

const idBits = 40

// idOf hashes a name (Fowler, Noll, Vo).
func idOf[T string | []byte](name T) featureID { return featureID(hashBytes(name) >> (64 - idBits)) }

func hashBytes[T string | []byte](s T) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h ^ h<<32 // the upper bits of FNV mix the last letters badly
}

// beginning is how many letters of a longer word are a feature of their own: complain and complaint share it.
const beginning = 5

// conceptsBack is how many concepts back a pair of concepts may reach.
const conceptsBack = 6

// featureReader tells what a message consists of: stems, beginnings of words, pairs of stems, concepts, pairs of them and
// of a concept with a stem, letters in a row, and its form. Some are told more than once.
type featureReader struct {
	tokens []token
	lang   string // "" reads the message in both languages
	tell   func(id featureID, kind featureKind)
	name   []byte
}

// noConcept stands where a word has none.
const noConcept = -1

func (r *featureReader) read() {
	r.concepts()
	r.form()
	for i := range r.tokens {
		r.grams(r.tokens[i].text)
	}
	for _, l := range languages {
		if r.lang == "" || r.lang == l {
			r.words(l)
		}
	}
}

func (r *featureReader) words(lang string) {
	before, last := sentenceEdge, ""
	for i := range r.tokens {
		t := &r.tokens[i]
		stem, kind := t.stem(lang), wordFeature
		if functionWords.has(t.text) {
			kind = functionFeature
		}
		if allDigits(stem) {
			stem, kind = "0", functionFeature
		}
		r.name = appendWordName(r.name[:0], lang, stem)
		r.tell(idOf(r.name), kind)
		if kind == wordFeature && len(t.text) > beginning {
			r.name = append(append(append(r.name[:0], lang...), '-'), t.text[:beginning]...)
			r.tell(idOf(r.name), beginningFeature)
		}
		r.pair(lang, before, stem)
		r.over(lang, last, stem)
		if last, before = before, stem; t.after >= stop {
			r.pair(lang, before, sentenceEdge)
			before, last = sentenceEdge, ""
		}
	}
	if before != sentenceEdge {
		r.pair(lang, before, sentenceEdge)
	}
}

// From fewest to most letters in a row are a feature; words of no more than the fewest have none.
const (
	fewestLetters = 3
	mostLetters   = 5
)

// grams tells the letters in a row of a word, with its beginning and end. Both languages share them.
func (r *featureReader) grams(word string) {
	if len(word) <= fewestLetters || functionWords.has(word) || allDigits(word) {
		return
	}
	word = "^" + word + "$"
	for n := fewestLetters; n <= min(mostLetters, len(word)); n++ {
		for i := range len(word) - n + 1 {
			r.name = append(append(r.name[:0], '~'), word[i:i+n]...)
			r.tell(idOf(r.name), gramFeature)
		}
	}
}

// Lengths of messages are told apart in steps of so many words, up to a last step.
const (
	lengthStep  = 3
	lengthSteps = 6
)

// form tells whether the message asks, and about how long it is.
func (r *featureReader) form() {
	r.name = append(r.name[:0], "!tells"...)
	for i := range r.tokens {
		if r.tokens[i].after == question {
			r.name = append(r.name[:0], "!asks"...)
			break
		}
	}
	r.tell(idOf(r.name), formFeature)
	r.name = append(append(r.name[:0], "!length "...), '0'+byte(min(len(r.tokens)/lengthStep, lengthSteps)))
	r.tell(idOf(r.name), formFeature)
}

func appendWordName(b []byte, lang, stem string) []byte {
	return append(append(append(b, lang...), ':'), stem...)
}

// wordID is the feature that a stem is.
func wordID(lang, stem string) featureID { return idOf(appendWordName(nil, lang, stem)) }

// sentenceEdge stands for the beginning or the end of a sentence.
const sentenceEdge = "^"

func (r *featureReader) pair(lang, before, after string) {
	r.name = append(append(append(r.name[:0], lang...), ':'), before...)
	r.name = append(append(r.name, ' '), after...)
	r.tell(idOf(r.name), pairFeature)
}

// over tells two stems with one between; the first is "" at the beginning of a sentence.
func (r *featureReader) over(lang, first, stem string) {
	if first == "" {
		return
	}
	r.name = append(append(append(r.name[:0], lang...), ';'), first...)
	r.name = append(append(r.name, ' '), stem...)
	r.tell(idOf(r.name), overFeature)
}

// meant tells a neighbouring pair of which one or both are known by their concept. Where both are, the languages share it.
func (r *featureReader) meant(lang string, at, before, here int) {
	if before == noConcept && here == noConcept {
		return
	}
	r.name = append(r.name[:0], '=')
	if before == noConcept || here == noConcept {
		r.name = append(r.name, lang...)
	}
	r.tag(lang, at-1, before)
	r.name = append(r.name, ' ')
	r.tag(lang, at, here)
	r.tell(idOf(r.name), meantFeature)
}

// tag names a word by its concept, or its stem where it has none.
func (r *featureReader) tag(lang string, at, concept int) {
	if concept == noConcept {
		r.name = append(r.name, r.tokens[at].stem(lang)...)
		return
	}
	r.name = append(append(r.name, '#'), concepts().names[concept]...)
}

func (r *featureReader) concepts() {
	c := concepts()
	var back, here, one []int
	before := [...]int{noConcept, noConcept} // by language
	for i := range r.tokens {
		here = here[:0]
		for n, l := range languages {
			if r.lang != "" && r.lang != l {
				continue
			}
			one = c.at(r.tokens, i, l, one[:0])
			first := noConcept
			if len(one) > 0 {
				first = one[0]
			}
			if i > 0 && r.tokens[i-1].after < stop {
				r.meant(l, i, before[n], first)
			}
			before[n] = first
			for _, concept := range one {
				if !slices.Contains(here, concept) {
					here = append(here, concept)
				}
			}
		}
		for _, h := range here {
			r.name = append(append(r.name[:0], '#'), c.names[h]...)
			r.tell(idOf(r.name), conceptFeature)
			for _, b := range back {
				if b != h {
					r.name = append(append(r.name[:0], '#'), c.names[min(b, h)]...)
					r.name = append(append(r.name, " #"...), c.names[max(b, h)]...)
					r.tell(idOf(r.name), conceptPairFeature)
				}
			}
		}
		back = append(back, here...)
		back = back[max(0, len(back)-conceptsBack):]
	}
}

// functionWords carry grammar rather than a subject.
var functionWords = wordSet(`a an the and or but of to in on at for with from by as is are am was were be been do does did have has had i you he she it we they me my your
 his her our their this that these those there here not no yes so if can could will would should may might must what when where which who how why im u just please some any
 el la los las un una unos unas y o pero de del a al en con por para que se me te le nos lo su sus mi mis tu es son soy esta estan estoy fue ser hay he ha yo usted ustedes
 como cuando donde cual quien porque si no muy ya mas este esto esa eso algo`)

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}
