package text

import "strings"

// Classes of health terms by what has to be said with them.
const (
	conditionClass = "health"    // what one has
	medicineClass  = "medicine"  // what one takes
	measureClass   = "measure"   // what a value follows
	operationClass = "operation" // what was done, and tells of an illness
	procedureClass = "procedure" // what an aesthetic practice does: a topic, until it was done
	stateClass     = "state"     // what one is: diabetic, pregnant
	symptomClass   = "symptom"   // what one has or feels, and what a part of the body shows
	ailingClass    = "ailing"    // what a part of the body is or does: swollen, hurts
	habitClass     = "habit"     // what one does: smoke
)

// healthTerm is a word or phrase of a class; words are in the singular.
type healthTerm struct {
	words  []string
	class  string
	second byte // the first letter of the second word, 0 where there is none
}

// termClasses in the order in which they claim a phrase.
var termClasses = []string{"special-sud", "special-mh", "special-repro", "special-hiv", "genetic", conditionClass, medicineClass, measureClass, operationClass, stateClass, symptomClass, ailingClass, habitClass, procedureClass}

func (l *phiLexicon) addTerms() {
	for _, class := range termClasses {
		name := "health-" + class + ".txt"
		if class == procedureClass {
			name = "procedure.txt"
		}
		for _, entry := range lexicon(name, ",") {
			if !homographs.has(entry) {
				l.addTerm(entry, class)
			}
		}
	}
}

// homographs are names of procedures that are everyday words of the other language: "fue" is "was".
var homographs = wordSet("fue")

func (l *phiLexicon) addTerm(entry, class string) {
	m := Normalise(entry)
	t := healthTerm{class: class}
	for i := range m.tokens {
		l.learn(m.tokens[i].text)
	}
	for i := range m.tokens {
		t.words = append(t.words, singular(m.tokens[i].text))
	}
	if len(t.words) == 0 {
		return
	}
	t.second = secondLetter(t.words)
	x := l.words.of(t.words[0]).own()
	for _, known := range x.terms {
		if strings.Join(known.words, " ") == strings.Join(t.words, " ") {
			return
		}
	}
	x.terms = append(x.terms, t)
	for _, w := range t.words {
		l.learn(w)
	}
}

// termHit is a term of health: its class and how many words it has, 0 where there is none.
type termHit struct {
	class string
	n     int
}

func (d *detector) termAt(i int) (class string, n int) { return d.terms[i].class, d.terms[i].n }

// findTerm finds the longest term at token i; a single word may also be known by how it ends.
func (d *detector) findTerm(i int) termHit {
	next := d.letterAt(i + 1)
	for k := range d.words[i].health {
		t := &d.words[i].health[k]
		if (t.second == 0 || t.second == next) && d.termFollows(i, t.words) {
			return termHit{t.class, len(t.words)}
		}
	}
	w := d.tokens[i].text
	if len(w) >= leastMorphed && d.words[i].traits == 0 && !d.inCue[i] {
		class := termBySuffix(w)
		return termHit{class, min(1, len(class))}
	}
	return termHit{}
}

func (d *detector) termFollows(i int, words []string) bool {
	if i+len(words) > len(d.canon) {
		return false
	}
	for k, w := range words {
		if singular(d.canon[i+k]) != w || k > 0 && d.tokens[i+k-1].after >= stop {
			return false
		}
	}
	return true
}

// leastMorphed is the length from which a word is known by its ending alone.
const leastMorphed = 7

// Endings of the names of illnesses (Greek and Latin, the same in both languages but for a vowel) and of medicines
// (USAN and INN stems).
var (
	illnessEndings   = strings.Fields("itis osis emia aemia oma opathy opatia algia plegia plejia phobia fobia rrhea rrea uria penia megaly megalia oidism oidismo lepsy lepsia trophy trofia sclerosis esclerosis ectasia paresis")
	operationEndings = strings.Fields("ectomy ectomia ostomy ostomia otomy otomia oscopy oscopia")
	medicineEndings  = strings.Fields(`pril sartan olol statin prazole azole cillin mycin micin cycline floxacin zepam zolam triptan gliptin gliflozin glutide tidine dronate setron parin xaban gatran zumab ximab lizumab tinib ciclovir vudine oxetine pramine triptyline dipine
 thiazide semide lukast asone olone onide terol profen coxib codone morphone fentanil barbital afil sone pirone azepine zodone gabalin dryl statina prazol azol cilina micina ciclina floxacino floxacina gliptina gliflozina xaban parina oxetina pramina triptilina dipino tiazida semida asona olona profeno codona zodona barbital`)
	notMedical = wordSet("diagnosis prognosis hypnosis osmosis symbiosis metamorphosis diploma aroma sympathy empathy nostalgia persona amazona maratona corona cortisona phenomena academia bohemia economia paradise console fresone saxophone microphone headphone telephone iphone smartphone cellphone milestone cornerstone gemstone limestone xylophone stallone malone alone palermo barcelona pamplona arizona oklahoma panama california industria")
)

// endingTail is the length of the shortest ending; the tail of a word finds those that it may have.
const endingTail = 3

type termEnding struct{ text, class string }

var endingsByTail = func() map[string][]termEnding {
	out := map[string][]termEnding{}
	for _, of := range []struct {
		endings []string
		class   string
	}{{operationEndings, operationClass}, {illnessEndings, conditionClass}, {medicineEndings, medicineClass}} {
		for _, e := range of.endings {
			tail := e[len(e)-endingTail:]
			out[tail] = append(out[tail], termEnding{e, of.class})
		}
	}
	return out
}()

func termBySuffix(w string) string {
	if notMedical.has(w) {
		return ""
	}
	w = singular(w)
	for _, e := range endingsByTail[w[len(w)-endingTail:]] {
		if strings.HasSuffix(w, e.text) && len(w) >= len(e.text)+3 {
			return e.class
		}
	}
	return ""
}
