package text

// Values of features before they are weighed by how rare they are; one is a thousand.
const (
	wordValue        = 1000
	functionValue    = 600 // a word without a meaning of its own
	beginningValue   = 400
	pairValue        = 500
	conceptValue     = 1200
	conceptPairValue = 500
)

// beginning is how many letters of a longer word are a feature of their own: complain and complaint share it.
const beginning = 5

// conceptsBack is how many concepts back a pair of concepts may reach.
const conceptsBack = 6

// featureReader tells what a message consists of: stems, beginnings of words, pairs of neighbouring stems, concepts,
// and pairs of concepts. Some are told more than once.
type featureReader struct {
	tokens []token
	lang   string // "" reads the message in both languages
	tell   func(name []byte, value int)
	name   []byte
}

func (r *featureReader) read() {
	r.concepts()
	for _, l := range languages {
		if r.lang == "" || r.lang == l {
			r.words(l)
		}
	}
}

func (r *featureReader) words(lang string) {
	before := sentenceEdge
	for i := range r.tokens {
		t := &r.tokens[i]
		stem, value := t.stem(lang), wordValue
		if functionWords[t.text] {
			value = functionValue
		}
		if allDigits(stem) {
			stem, value = "0", functionValue
		}
		r.name = append(append(append(r.name[:0], lang...), ':'), stem...)
		r.tell(r.name, value)
		if value == wordValue && len(t.text) > beginning {
			r.name = append(append(append(r.name[:0], lang...), '-'), t.text[:beginning]...)
			r.tell(r.name, beginningValue)
		}
		r.pair(lang, before, stem)
		if before = stem; t.after >= stop {
			r.pair(lang, before, sentenceEdge)
			before = sentenceEdge
		}
	}
	if before != sentenceEdge {
		r.pair(lang, before, sentenceEdge)
	}
}

// sentenceEdge stands for the beginning or the end of a sentence.
const sentenceEdge = "^"

func (r *featureReader) pair(lang, before, after string) {
	r.name = append(append(append(r.name[:0], lang...), ':'), before...)
	r.name = append(append(r.name, ' '), after...)
	r.tell(r.name, pairValue)
}

func (r *featureReader) concepts() {
	c := concepts()
	var back, here []int
	for i := range r.tokens {
		here = here[:0]
		for _, l := range languages {
			if r.lang == "" || r.lang == l {
				here = c.at(r.tokens, i, l, here)
			}
		}
		for _, h := range here {
			r.name = append(append(r.name[:0], '#'), c.names[h]...)
			r.tell(r.name, conceptValue)
			for _, b := range back {
				if b != h {
					r.name = append(append(r.name[:0], '#'), c.names[min(b, h)]...)
					r.name = append(append(r.name, " #"...), c.names[max(b, h)]...)
					r.tell(r.name, conceptPairValue)
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
