package text

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
)

// trait is what a word may be, whatever stands around it.
type trait uint16

const (
	givenName  trait = 1 << iota
	surname          // a family name
	everyday         // an everyday word of English or Spanish
	nameStop         // begins no name though it can be written with a capital: interested, monday, paciente
	particle         // inside a name: de la, van
	titleWord        // before a name: mr, señora
	kinship          // husband, mamá, friend: somebody close
	thirdOne         // he, she, ella
	ownWord          // I, my, me; yo, mi
	anyoneWord       // people, patients, someone
	bridge           // may stand between a cue and its number: is, the, number
	copula           // is, es, are: what follows is the thing named before
	brand            // a name of a product or an insurer
	tender           // parts of the body that hurt, swell or are operated
)

// cuePhrase is a phrase that says what number or name comes.
type cuePhrase struct {
	words  []string
	kind   cueKind
	second byte // the first letter of the second word, 0 where there is none
}

// secondLetter tells most phrases that do not follow from those that may.
func secondLetter(words []string) byte {
	if len(words) < 2 {
		return 0
	}
	return words[1][0]
}

// phiLexicon is everything the detector knows of words.
type phiLexicon struct {
	words *lexemeTable
	stems map[string]bool   // of everyday Spanish words
	near  map[string]string // a word of a cue or a term with one letter left out → the word
	sieve spellingSieve     // of the keys of near
}

// About how much there is, so that the tables need not grow.
const (
	knownWords = 46_000
	knownStems = 3_000
	knownNear  = 28_000
)

// unknown is the lexeme of a word that nothing is known of.
var unknown = &lexeme{phrases: noPhrases}

func phiWords() *phiLexicon {
	if l := readyWords.Load(); l != nil {
		return l
	}
	return buildWords()
}

var buildWords = sync.OnceValue(func() *phiLexicon {
	l := &phiLexicon{words: newLexemeTable(knownWords), stems: make(map[string]bool, knownStems), near: make(map[string]string, knownNear)}
	l.mark(everyday, lexicon("everyday-en.txt", ""))
	for _, w := range lexicon("common.txt", "") {
		l.mark(everyday, []string{w})
		if len(w) > 3 {
			l.stems[stemSpanish(w)] = true
		}
	}
	l.mark(givenName, lexicon("given.txt", ""))
	l.mark(surname, lexicon("surname.txt", ""))
	for _, file := range []string{"insurer.txt", "procedure.txt"} {
		for _, entry := range lexicon(file, ",") {
			l.mark(brand, strings.Fields(entry))
		}
	}
	for t, words := range traitWords {
		l.mark(t, strings.Fields(words))
	}
	for _, payer := range lexicon("insurer.txt", ",") {
		l.addCue(strings.Fields(payer), cueMember)
	}
	for _, row := range cueTable {
		for p := range strings.SplitSeq(row.phrases, ",") {
			l.addCue(strings.Fields(p), row.kind)
		}
	}
	for _, state := range states.words() {
		if len(state) > 2 {
			for _, phrase := range []string{state + " id", state + " license", "id de " + state, "identificacion de " + state, "licencia de " + state, "id from " + state} {
				l.addCue(strings.Fields(phrase), cueLicense)
			}
		}
	}
	for first, frames := range nameFrames {
		l.learn(first)
		for _, f := range frames {
			for _, w := range f.words {
				l.learn(w)
			}
		}
	}
	for _, w := range anyVerbs.with(beVerbs).words() {
		l.learn(w)
	}
	l.addTerms()
	l.words.all(func(x *lexeme) {
		x.number = wordNumbers[x.text]
		slices.SortStableFunc(x.cues, func(a, b cuePhrase) int { return cmp.Compare(len(b.words), len(a.words)) })
		slices.SortStableFunc(x.terms, func(a, b healthTerm) int { return cmp.Compare(len(b.words), len(a.words)) })
	})
	l.words.all(func(x *lexeme) {
		if health := l.healthOf(x); len(health) > 0 {
			x.own().health = health
		}
	})
	readyWords.Store(l)
	return l
})

// healthOf are the terms that the word can begin.
func (l *phiLexicon) healthOf(x *lexeme) []healthTerm {
	if len(x.terms) > 0 {
		return x.terms
	}
	if one := singular(x.text); one != x.text {
		if f := l.words.get(one); f != nil {
			return f.terms
		}
	}
	return nil
}

func (l *phiLexicon) mark(t trait, words []string) {
	for _, w := range words {
		l.words.of(w).traits |= t
	}
}

func (l *phiLexicon) addCue(words []string, kind cueKind) {
	if len(words) == 0 {
		return
	}
	x := l.words.of(words[0]).own()
	x.cues = append(x.cues, cuePhrase{words, kind, secondLetter(words)})
	for _, w := range words {
		l.learn(w)
	}
}

// minRespell is the length from which a word of a cue or a term is recognised with a typing error.
const minRespell = 5

// learn lets a word be recognised when it is misspelt.
func (l *phiLexicon) learn(w string) {
	if len(w) < minRespell-1 {
		return
	}
	keep := func(key string) {
		if known, ok := l.near[key]; !ok || len(known) < len(w) || len(known) == len(w) && known > w {
			l.near[key] = w
			l.sieve.add(spellingOf(key))
		}
	}
	keep(sounds(w))
	if len(w) < minRespell {
		return
	}
	keep(w)
	for i := range len(w) {
		keep(w[:i] + w[i+1:])
	}
}

// slips are short words that are often mistyped.
var slips = map[string]string{"nmae": "name", "naem": "name", "nme": "name", "soi": "soy", "yamo": "llamo", "phne": "phone", "adn": "and", "teh": "the", "hav": "have", "hve": "have", "numer": "number"}

const longestSlip = 5

// respell is the word that w stands for where it is one typing error away from one, or sounds like it; else w.
func (l *phiLexicon) respell(w string) string {
	if len(w) <= longestSlip {
		if known, ok := slips[w]; ok {
			return known
		}
	}
	if len(w) < minRespell-1 || len(w) > maxTokenLength {
		return w
	}
	var room [maxTokenLength]byte
	if sound := appendSounds(room[:0], w); l.sieve.has(spellingOf(sound)) {
		if known := l.near[string(sound)]; known != "" && sounds(known) == string(sound) {
			return known
		}
	}
	if known := l.near[w]; known != "" && len(known) > minRespell && oneEdit(w, known) {
		return known
	}
	var less [maxTokenLength]spelling
	spellingsWithout(&less, w)
	for i := 1; i < len(w); i++ {
		if !l.sieve.has(less[i]) {
			continue
		}
		if known := l.near[w[:i]+w[i+1:]]; known != "" && oneEdit(w, known) && len(known) >= minRespell {
			return known
		}
	}
	return w
}

// sounds writes letters that sound alike in Spanish, and double letters, in one way.
func sounds(w string) string { return string(appendSounds(make([]byte, 0, len(w)), w)) }

// appendSounds adds what sounds writes to out, which is empty.
func appendSounds(out []byte, w string) []byte {
	for i := 0; i < len(w); i++ {
		c := w[i]
		next := byte(0)
		if i+1 < len(w) {
			next = w[i+1]
		}
		switch {
		case c == 'z', c == 'c' && (next == 'e' || next == 'i'):
			c = 's'
		case c == 'v':
			c = 'b'
		case c == 'g' && (next == 'e' || next == 'i'):
			c = 'j'
		case c == 'h' && (i == 0 || w[i-1] != 'c'), c == 'u' && i > 0 && w[i-1] == 'q':
			continue
		case c == 'q', c == 'c' && next != 'h':
			c = 'k'
		case c == 'l' && next == 'l':
			c = 'y'
			i++
		case c == 'p' && next == 'h':
			c = 'f'
			i++
		}
		if len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	return out
}

// everydayWord says whether w, or what it is an inflection of, is an everyday word.
func (l *phiLexicon) everydayWord(w string) bool {
	if x := l.words.get(w); x != nil && x.traits&everyday != 0 {
		return true
	}
	if w == "" {
		return false
	}
	for _, e := range englishEndings[w[len(w)-1]] {
		base, ok := strings.CutSuffix(w, e.cut)
		if !ok || len(base) < 3 {
			continue
		}
		if l.isEveryday(base + e.put) {
			return true
		}
		if n := len(base); e.put == "" && n > 3 && base[n-1] == base[n-2] && l.isEveryday(base[:n-1]) {
			return true
		}
	}
	return len(w) > 4 && strings.IndexByte("aeiosnrldz", w[len(w)-1]) >= 0 && l.stems[stemSpanish(w)]
}

func (l *phiLexicon) isEveryday(w string) bool {
	x := l.words.get(w)
	return x != nil && x.traits&everyday != 0
}

// englishEndings take an inflected form back to the base form that the word list holds; they stand by their
// last letter.
var englishEndings = func() (out [256][]inflection) {
	for _, e := range []inflection{
		{"ies", "y"}, {"es", ""}, {"s", ""}, {"ied", "y"}, {"ed", ""}, {"ed", "e"}, {"ing", ""}, {"ing", "e"}, {"ly", ""}, {"er", ""}, {"er", "e"},
		{"est", ""}, {"est", "e"}, {"ness", ""}, {"ers", ""}, {"ers", "e"}, {"ings", ""}, {"ings", "e"},
	} {
		last := e.cut[len(e.cut)-1]
		out[last] = append(out[last], e)
	}
	return out
}()

type inflection struct{ cut, put string }

// keysOf is the set of the words that a table has an entry for.
func keysOf[V any](table map[string]V) wordBits {
	return wordSet(strings.Join(slices.Sorted(maps.Keys(table)), " "))
}

// traitWords are the closed groups.
var traitWords = map[trait]string{
	particle:  "de del la las los van von der den di da le el al bin ibn ben y mc mac san santa st saint o do dos das du abu",
	titleWord: "mr mrs ms miss mx doctor dr dra doctora sr sra srta don dona senor senora senorita mister sir prof profesor profesora",
	kinship: `husband wife spouse son daughter mom mother dad father mum mommy daddy momma mama papa baby brother sister sis bro grandma grandmother grandpa grandfather granny grandson granddaughter partner boyfriend girlfriend bf gf
 friend bestie aunt uncle auntie cousin kid kids child children toddler teenager nephew niece fiance fiancee stepson stepdaughter stepmom stepdad roommate coworker boss twin hubby
 esposo esposa marido mujer hijo hija hijita hijito mami papi padre madre bebe hermano hermana abuela abuelo abuelita abuelito novio novia pareja tia tio primo prima suegra suegro nieta nieto sobrina sobrino cunada cunado
 amiga amigo comadre compadre hijastra hijastro nuera yerno jefa jefe vecina vecino companera companero senora twins gemelos gemelas mellizos mellizas cuates triplets trillizos hermanito hermanita sobrinito papito suegros abuelos parents papas ahijada ahijado madrina padrino godson goddaughter godmother godfather bisabuela bisabuelo madrastra padrastro stepfather stepmother grandkid grandkids grandbaby mawmaw pawpaw mamaw papaw meemaw nana`,
	thirdOne:   "he she his her him hers ella",
	ownWord:    "i my me myself mine we our us mi mis yo nos nuestra nuestro conmigo",
	anyoneWord: "people patients someone somebody anyone anybody everyone everybody clients person patient women men you your yours they them their those others adults teens persona personas paciente pacientes alguien usted ustedes gente quienes quien clientes mujeres hombres uno",
	bridge: `is are what number no num nr id ids it the my s are es el la mi su numero nro de was for insurance policy member account serial code tarjeta seguro group del con y and a an on in
 at to from card its thats that this here son mis would be should as with digits last first full exp xx por favor please pls ok so of reads says shows dice sale aparece en identification identificacion carnet credencial que termina terminan ending 4 four cuatro digit digito digitos under bajo last4 acaba acaban ends`,
	copula: "is es are was son era be being says reads dice sale ends",
	tender: `nose eye eyes eyelid eyelids lip lips face cheek cheeks chin jaw neck throat tongue ear ears head scalp forehead brow brows breast breasts nipple nipples chest stomach belly tummy abdomen back leg legs calf thigh thighs
 arm arms hand hands finger fingers foot feet toe toes knee knees hip hips shoulder shoulders skin incision incisions wound wounds stitches sutures punto scar scars implant implants filler fillers relleno rellenos implantes drain heart lungs kidney kidneys liver gums tooth teeth mouth vagina bladder bowel spine joints muscles site
 nariz ojo ojos parpado parpados labio labios cara mejilla mejillas menton mandibula cuello garganta lengua oreja orejas oido cabeza frente ceja cejas seno senos pecho pechos pezon estomago vientre barriga abdomen espalda pierna piernas pantorrilla muslo
 brazo brazos mano manos dedo dedos pie pies rodilla rodillas cadera hombro piel incision herida heridas puntos cicatriz cicatrices corazon pulmones rinon rinones higado encias diente muela boca columna`,
	nameStop: `a an the not so very really just also here there in on at from with to for of and or but my your his her our their this that it is are am was were be been being
 interested looking calling texting writing trying going getting having thinking wondering hoping planning located new late early sorry happy sure okay ok fine good great sick tired scared worried allergic pregnant
 diabetic available free busy ready back done coming running about urgent emergency regarding because currently still now already only doing feeling afraid unable able married single female male years year old
 un una el la los las de del en con para por nueva nuevo paciente alergica alergico mayor madre padre mama esposa esposo hija hijo yo muy su mi tu que quien lo le se me no si es soy bien aqui desde mexicana mexicano hispana
 diabetica diabetico enfermera enfermero maestra doctora doctor botox filler monday tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado domingo today tomorrow hoy manana all what who how
 when where why please thanks thank yes god crazy ridiculous amazing awesome awful terrible urgente importante
 hiv bipolar positive negative gay trans straight vegan vegetarian christian muslim jewish american mexican indian chinese asian black white latina latino hispanic english spanish calling but pero can could will would want need have has had
 irish italian german french russian polish korean japanese vietnamese filipino filipina african european canadian brazilian colombian puerto rican cuban dominican venezuelan peruvian salvadoran arab greek turkish nigerian
 colombiana colombiano cubana cubano venezolana venezolano peruana peruano argentina argentino chilena chileno espanola espanol americana americano puertorriquena puertorriqueno salvadorena dominicana guatemalteca hondurena ecuatoriana boliviana
 january february march july september october november december enero febrero marzo mayo junio julio agosto septiembre octubre noviembre diciembre hola hi hey hello buenas buenos gracias favor saludos cita clinic clinica team staff support office front desk um uh er eh hmm lol omg pls plz thx ty ya n btw british scottish welsh australian dutch swedish norwegian danish portuguese hungarian romanian ukrainian iranian iraqi syrian lebanese egyptian ethiopian somali kenyan ghanaian pakistani bangladeshi hawaiian jamaican haitian haitiana haitiano ecuatoriano boliviano hondureno guatemalteco salvadoreno nicaraguense panamena panameno costarricense uruguaya uruguayo paraguaya paraguayo aries taurus gemini virgo libra scorpio sagittarius capricorn aquarius pisces tauro geminis escorpio sagitario capricornio acuario piscis`,
}
