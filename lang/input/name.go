package input

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNameWords bounds the words of a name that are not particles ("de la", "van"): beyond it, it is a sentence.
const maxNameWords = 6

// parseName reads a person's name. An introduction ("my name is", "me llamo") is taken off, and so are politeness
// and the final period; capital letters stay as typed.
func parseName(t string, c Context) Result {
	if strings.ContainsAny(t, "?¿") {
		return unclear(NotAName)
	}
	name := strings.Join(strings.Fields(normalApostrophes(t)), " ")
	own := trimName(afterIntroduction(name))
	introduced := len(own) < len(trimName(name))
	name = own
	if name == "" || introduced && strings.HasPrefix(name, "de ") {
		return unclear(NotAName)
	}
	limit := DefaultNameRunes
	if c.MaxRunes > 0 {
		limit = c.MaxRunes
	}
	switch {
	case utf8.RuneCountInString(name) > limit && nameCharacters(name):
		return invalid(TooLong)
	case !nameCharacters(name) || looseHyphen(name) || webAddress(name):
		return invalid(Characters)
	case !soundsLikeName(name, c):
		return unclear(NotAName)
	}
	return ok("name", name, c)
}

func normalApostrophes(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '\u2018', '\u2019', '`', '´', 'ʼ':
			return '\''
		case '‐', '‑', '–', '—':
			return '-'
		}
		return r
	}, s)
}

// afterIntroduction takes greetings and introductions off, as often as they follow one another.
func afterIntroduction(name string) string {
	for range 4 {
		toks := tokenize(name)
		n := introduction(toks)
		if n == 0 || n >= len(toks) {
			break
		}
		name = strings.TrimLeft(name[toks[n].start:], " ,.:;!-¡")
	}
	return beforeConclusion(name)
}

// introduction counts the tokens of an introduction at the start.
func introduction(toks []token) int {
	if len(toks) == 0 {
		return 0
	}
	_, n := introductions.match(toks, 0)
	if n == 0 {
		return 0
	}
	if greetings[toks[0].s] && n == 1 && len(toks) > 1 && toks[1].kind == word && !introducing(toks[1:]) {
		return 0
	}
	for n < len(toks) && toks[n].kind == punct {
		n++
	}
	return n
}

// greetings are also the beginning of an answer that is no name ("ok then"); they need punctuation or an
// introduction after them.
var greetings = set("yes yeah sure ok okay si claro")

func introducing(toks []token) bool {
	_, n := introductions.match(toks, 0)
	return n > 0
}

var introductions = func() phrases[bool] {
	p := phrases[bool]{}
	p.add(true, `its me, it is me, it s me, soy yo, my name is, my names, my full name is, my first name is, the name is, the names, names, name is, name, full name, name s, i am, im,
		i m, its, it is, it s, this is, call me, you can call me, please call me, just call me, they call me, i go by, people call me, just,
		me llamo, yo me llamo, mi nombre es, mi nombre completo es, el nombre es, nombre, nombre completo, yo soy, soy,
		es, llamame, llameme, me puede llamar, puede llamarme, me dicen, a nombre de, under the name, under, habla,
		hi, hello, hey, hi there, hello there, hola, buenas, buenos dias, buenas tardes, buenas noches, good morning, good afternoon,
		good evening, yes, yeah, sure, ok, okay, si, claro, hola que tal`)
	return p
}()

// beforeConclusion takes off what may stand behind a name.
func beforeConclusion(name string) string {
	toks := tokenize(name)
	for n := len(toks) - 1; n > 0 && n >= len(toks)-6; n-- {
		if _, m := conclusions.match(toks, n); m > 0 && n+m >= len(toks)-trailingPunct(toks) {
			return strings.TrimRight(name[:toks[n].start], " ,.;-!")
		}
	}
	return name
}

func trailingPunct(toks []token) int {
	n := 0
	for n < len(toks) && toks[len(toks)-1-n].kind == punct {
		n++
	}
	return n
}

var conclusions = func() phrases[bool] {
	p := phrases[bool]{}
	p.add(true, `mucho gusto, encantada, encantado, nice to meet you, please, thanks, thank you, thank you very much, thanks a lot, is my name, is fine, calling, speaking, here again, gracias, muchas gracias, por favor, es mi nombre, here, para servirle,
		a sus ordenes`)
	return p
}()

// trimName strips quotes, brackets, trailing marks and the period that ends a sentence, but not that of "Jr.".
func trimName(name string) string {
	name = strings.Trim(name, " \"“”«»()<>[],;:!¡*_~")
	name = strings.TrimRightFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || ignorable(r)
	})
	name = strings.TrimRight(name, " ,;:!")
	if strings.HasSuffix(name, ".") {
		last := name[strings.LastIndexByte(name, ' ')+1:]
		if !abbreviations[fold(strings.TrimRight(last, "."))] && utf8.RuneCountInString(last) != 2 && strings.Count(last, ".") == 1 {
			name = strings.TrimRight(name, ".")
		}
	}
	return strings.TrimSpace(name)
}

var abbreviations = set("jr sr dr dra sra srta mr mrs ms st esq phd md prof lic ing ma")

func nameCharacters(name string) bool {
	letters := 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsMark(r), r == '\'', r == '-', r == ' ', r == '.', r == '\u200C', r == '\u200D', r == '·', r == '・':
		default:
			return false
		}
	}
	return letters > 0
}

// looseHyphen reports a hyphen that does not join two letters: a dash begins a remark.
func looseHyphen(name string) bool {
	for i := range len(name) {
		if name[i] == '-' && (i == 0 || i+1 == len(name) || strings.IndexByte(" -.'", name[i-1]) >= 0 || strings.IndexByte(" -.'", name[i+1]) >= 0) {
			return true
		}
	}
	return false
}

// webAddress reports a word like "www.example.com".
func webAddress(name string) bool {
	for w := range strings.FieldsSeq(name) {
		dot := strings.LastIndexByte(strings.TrimRight(w, "."), '.')
		if strings.HasPrefix(fold(w), "www.") || dot >= 3 && len(strings.TrimRight(w, "."))-dot-1 >= 2 {
			return true
		}
	}
	return false
}

// soundsLikeName refuses sentences and refusals: few enough words, none of which belongs to a sentence. A word that
// is also a name ("Will", "May", "Can") counts against a name only in company, and a short one ("Lo", "My") not where it
// is written like a name.
func soundsLikeName(name string, c Context) bool {
	toks := tokenize(name)
	if _, n := notNames.match(toks, 0); n > 0 && n >= len(toks)-trailingPunct(toks) {
		return false
	}
	count, total := 0, 0
	for _, t := range toks {
		if t.kind != word {
			continue
		}
		total++
		if !particles[t.s] {
			count++
		}
	}
	if count == 0 && total > 1 || total == 0 || count > maxNameWords {
		return false
	}
	short := total == 2 || total == 3
	short = short && (titled(name) || total == 2 && !spanish(c)) && !slices.ContainsFunc(toks, func(t token) bool { return besideShort[t.s] })
	for _, t := range toks {
		if short && (shortNames[t.s] && titled(name) || foreignNames[t.s] && !spanish(c)) {
			continue
		}
		if sentenceWords[t.s] || total > 1 && sentenceWordsInCompany[t.s] {
			return false
		}
	}
	return true
}

// titled reports whether every word begins with a capital letter and goes on with small ones.
func titled(name string) bool {
	for w := range strings.FieldsSeq(name) {
		for i, r := range w {
			if unicode.IsLetter(r) && unicode.IsUpper(r) != (i == 0) {
				return false
			}
		}
	}
	return true
}

// Names of people that are words of a sentence too: where they are written like names, and, in a conversation in English,
// those that are Spanish words only. Beside some words they are a sentence all the same.
var (
	shortNames   = set("lo le un my son an so ya in on hoy les")
	foreignNames = set("lo le un les ya hoy")
	besideShort  = set("siento mismo misma digo dije doy mando name full first last case is am are el la que esto eso dejo sabe se he ha llamo momento segundo minuto rato dia way help thanks")
)

var (
	particles = set("de del la las los el y e da do dos das di van von der den ter bin ibn al san santa st mc mac o d")
	notNames  = func() phrases[bool] {
		p := phrases[bool]{}
		p.add(true, `yes, no, nope, yeah, yep, nah, ok, okay, sure, hi, hello, hey, hola, si, claro, thanks, thank you, gracias, none, nobody, nadie,
			anonymous, anonimo, anonima, skip, pass, stop, cancel, cancelar, quit, exit, help, ayuda, menu, start, name, nombre, n a, na,
			test, testing, prueba, idk, dunno, unknown, desconocido, me, myself, new, urgent, tomorrow, today, later, now, nueva, nuevo, urgente, hoy, ahora, luego, back again, me again, interested, sick, hurt, scared, yo, y, n, nada, nothing, what, que, who,
			quien, why, como, good, fine, bien, good morning, good afternoon, good evening, buenos dias, buenas tardes, buenas noches, same, same as before,
			private, privado, secret, secreto, whatever, maybe, undefined, null, human, agent, humano, agente, operator, representative, person,
			it depends, no name, sin nombre, next, back, here, patient, paciente, new patient, please, por favor, a la orden`)
		return p
	}()
	sentenceWords = set(`want need would could should have has had dont doesnt didnt cant cannot wont isnt arent im ive id ill
		is are was were been being does did get got book booking appointment appointments consultation schedule
		because about with without not rather prefer telling why what when where how who which interested looking
		husband wife mother father mom dad son daughter esposo esposa mama papa hijo hija madre padre marido spelled spell spelling deletrea escribe my your you they them their there this that these those from into
		hurts hurt pain please question questions price cost call number phone email
		thinking feeling ready available already anyone someone something nothing anything everything tell say said
		quiero necesito tengo tiene puedo puede prefiero decir decirlo decirle darlo dar quisiera gustaria deseo busco
		cita citas consulta agendar reservar programar porque cuando donde cuanto cuesta precio duele dolor
		mis sus estoy estas esta esto eso soy eres es somos hay muy tambien pero para con sin por
		pregunta numero telefono correo hola llamo llama nombre`)
	sentenceWordsInCompany = set(`i the in on at to for of or and but if just only it its we us be no yes ok sure here
		might let lets go going new patient first last time fine good not sure help
		que como no si un una unos lo le les ya ahora nueva nuevo paciente interesado interesada hoy manana`)
)
