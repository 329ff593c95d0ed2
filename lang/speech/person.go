package speech

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/text"
)

// Words of claims to be a person, folded, in both languages.
var (
	personWords = set(`person human humans people nurse doctor physician surgeon dentist receptionist coordinator secretary therapist clinician hygienist
 technician esthetician pharmacist injector provider counselor psychologist midwife optometrist dermatologist
 persona humano humana enfermera enfermero doctora medico medica cirujana cirujano dentista recepcionista coordinadora coordinador secretaria secretario
 terapeuta higienista tecnica tecnico esteticista farmaceutica farmaceutico psicologa psicologo partera optometrista dermatologa dermatologo`)
	titleWords   = set("dr dra doctor doctora nurse enfermera enfermero")
	machineWords = set("bot bots chatbot chatbots robot robots machine machines computer computers program algorithm ai maquina maquinas computadora computadoras ordenador programa ia contestadora")
	// saysMachine are words with which a sentence says that nobody is there, whatever else it says.
	saysMachine = set("automated automatic virtual digital software automatico automatica automatizado automatizada grabacion recording bot chatbot robot ai ia programa program maquina machine computer computadora")
	// filling may stand between a claim and its noun.
	filling = set(`a an the your our one of real live actual human registered certified licensed front desk office head senior practice medical dental right here just another
 un una el la los las su tu nuestra nuestro de uno verdad real viva vivo carne y hueso jefa titulada clinica consultorio`)
	// following make of who is named a thing: a nurse line, a doctor's office.
	following = set("s line desk office team station page phone number hours service services virtual automatico automatica linea de")
	talking   = set("chatting talking speaking texting messaging writing connected hablando chateando conversando escribiendo platicando comunicandose")
	adverbs   = set("now really currently still actually also indeed ahora ya realmente mismo")
	// wondering make no claim: "as if you were talking to a person", "press 0 until …", "to know whether I am a person".
	wondering = set("if whether when until unless once like as si cuando hasta como cual whoever quien")
)

// pretends finds a claim of the assistant to be a person, or no machine: words from, to.
func (s *sentence) pretends() (from, to int, ok bool) {
	if s.question || slices.ContainsFunc(s.words, func(w text.Word) bool { return wondering[w.Text] }) {
		return 0, 0, false
	}
	machine := slices.ContainsFunc(s.words, func(w text.Word) bool { return saysMachine[w.Text] })
	for i := range s.words {
		if to := s.deniesMachine(i); to > 0 {
			return i, to, true
		}
		if before := s.word(i - 1); machine || (before == "no" || before == "not" || before == "ni") && s.words[i-1].After == 0 {
			continue
		}
		if to := max(s.claims(i), s.connects(i)); to > 0 {
			return i, to, true
		}
	}
	return 0, 0, false
}

// word is a word, or "".
func (s *sentence) word(i int) string {
	if i < 0 || i >= len(s.words) {
		return ""
	}
	return s.words[i].Text
}

// claims reads "I am Maria, the nurse", "this is Dr. Lee", "le atiende Ana, nuestra enfermera" from word i on.
func (s *sentence) claims(i int) int {
	switch a, b := s.word(i), s.word(i+1); {
	case a == "i" && b == "am":
		return s.person(i+2, false)
	case a == "im", a == "soy", a == "somos" && s.es:
		return s.person(i+1, false)
	case a == "this" && b == "is":
		return s.person(i+2, true)
	case i == 0 && (a == "aqui" || a == "habla"):
		return s.person(i+1, true)
	case (a == "le" || a == "te" || a == "les" || a == "lo" || a == "la") && (b == "atiende" || b == "escribe" || b == "saluda" || b == "habla" || b == "responde" || b == "contesta"):
		if to := s.person(i+2, true); to == len(s.words) { // else it tells who sees the patient, and when
			return to
		}
	}
	return 0
}

// connects reads "you are talking to a real person", "está hablando con nuestra enfermera" from word i on.
func (s *sentence) connects(i int) int {
	switch s.word(i) {
	case "are", "re", "youre", "esta", "estas", "estan":
	default:
		return 0
	}
	if i++; adverbs[s.word(i)] {
		i++
	}
	if !talking[s.word(i)] {
		return 0
	}
	if i++; adverbs[s.word(i)] {
		i++
	}
	if with := s.word(i); with != "with" && with != "to" && with != "con" {
		return 0
	}
	return s.person(i+1, false)
}

// maxNamed is how many words a name and what stands before a noun have at most.
const maxNamed = 6

// person reads a name, if any, and who that is, up to the word after it; 0 where nobody is named. Named asks for a name: "this is a
// doctor who listens" tells of somebody else.
func (s *sentence) person(i int, named bool) int {
	names := 0
	for n := 0; n < maxNamed && i < len(s.words); n, i = n+1, i+1 {
		w := s.word(i)
		switch {
		case titleWords[w] && s.capital(i+1):
			for i++; s.capital(i); {
				i++
			}
			if following[s.word(i)] {
				return 0
			}
			return i
		case personWords[w]:
			if following[s.word(i+1)] && !(s.word(i+1) == "de" && filling[s.word(i+2)]) || named && names == 0 {
				return 0
			}
			return i + 1
		case filling[w]:
		case s.capital(i):
			names++
		default:
			return 0
		}
	}
	return 0
}

// capital says whether a word is written like a name.
func (s *sentence) capital(i int) bool {
	if i < 0 || i >= len(s.words) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s.raw[s.words[i].Span.Start:])
	return unicode.IsUpper(r)
}

// deniesMachine reads "I am not a bot", "you are not talking to a machine", "no soy un robot" from a denial at word i on.
func (s *sentence) deniesMachine(i int) int {
	if s.word(i) != "not" && s.word(i) != "no" && s.word(i) != "never" {
		return 0
	}
	before := s.word(i-1) == "am" || s.word(i-1) == "im" || s.word(i-1) == "is" && (s.word(i-2) == "this" || s.word(i-2) == "it") || s.word(i-1) == "are" && s.word(i-2) == "you"
	n := i + 1
	switch s.word(n) {
	case "soy", "es":
		before = true
		n++
	case "esta", "habla", "hablas":
		before = true
		if n++; talking[s.word(n)] {
			n++
		}
	}
	if !before {
		return 0
	}
	for range maxNamed {
		switch w := s.word(n); {
		case machineWords[w]:
			return n + 1
		case filling[w], talking[w], w == "to", w == "with", w == "con", w == "ningun", w == "ninguna", w == "some":
			n++
		default:
			return 0
		}
	}
	return 0
}
