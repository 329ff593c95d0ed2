package text

import "strings"

// Names that no introduction announces: written in full, in a signature, at the head of a form, as a whole answer.

// fullNames finds a known given name and a family name written with capitals, wherever they stand: "ship it to Ana Ruiz".
// A doctor's, and what is followed by the name of an institution or a street, is no patient's.
func (d *detector) fullNames() {
	if d.traits&givenName == 0 || d.shouting() || d.titleCase() {
		return
	}
	for i := 0; i+1 < len(d.tokens); i++ {
		if !d.has(i, givenName) || !d.tokens[i].capital || d.tokens[i].after > noPause || d.is(i-1, doctors) || d.is(i-1, placeHeads) || d.has(i, brand) || d.has(i, everyday|nameStop) && d.startsSentence(i) && !d.has(i+1, givenName|surname) && d.common(i+1) {
			continue
		}
		from, to := d.nameAfter(i, false)
		if to-from < 2 || !d.tokens[to-1].capital || to < len(d.tokens) && d.tokens[to-1].after == noPause && institutionWords.holds(d.number[to]) || institutionWords.holds(d.number[to-1]) || famous.holds(d.number[to-1]) {
			continue
		}
		d.reportName(from, to)
		i = to - 1
	}
}

// strangeCapital says whether token i has a capital, and only one, and is no word that anything is known of.
func (d *detector) strangeCapital(i int) bool {
	t := &d.tokens[i]
	w := d.m.folded[t.from:t.to]
	return t.capital && !d.shouting() && len(w) > 1 && isLetter(t.text[0]) && !hasDigits(t.text) && (w != strings.ToUpper(w) || len(w) == 2) &&
		(d.has(i, givenName|surname) && !d.has(i, nameStop) || !d.common(i)) && !d.has(i, brand) && len(d.words[i].terms) == 0
}

// strangeNames finds two or three capitals in a row that stand as a person does: at the head of a sentence or behind a colon
// or a comma, and before a comma, an end, or what somebody does or has. Neither word need be known as a name.
func (d *detector) strangeNames() {
	if d.shouting() || d.titleCase() {
		return
	}
	for i := 0; i < len(d.tokens); i++ {
		if !d.strangeCapital(i) || !(i == 0 || d.tokens[i-1].after >= comma || d.has(i-1, titleWord) || d.is(i-1, nameVerbs)) || d.is(i-1, doctors) {
			continue
		}
		to := i + 1
		for to < min(i+4, len(d.tokens)) && d.tokens[to-1].after == noPause && (d.strangeCapital(to) || d.gap(to-1) == "-" || d.has(to, particle) && !d.is(to, listJoints) && d.particleGoesOn(to)) {
			to++
		}
		if to-i == 1 && i > 0 && d.tokens[i-1].after == comma && d.tokens[i].after == comma && d.is(to, theWords) && d.is(to+1, whoWords) {
			d.reportName(i, to) // "soy yo, Marleny, la de la bolsa"
		}
		if to-i == 1 && i > 0 && d.tokens[i-1].after == comma && d.is(i-1, againWords) && d.is(0, meLeads) && i < maxNameWords && (to == len(d.tokens) || d.tokens[i].after >= comma) {
			d.reportName(i, to) // "it's me, Lupita"
		}
		if to-i > 1 && !d.namesPlace(i, to) && (to == len(d.tokens) || d.tokens[to-1].after >= comma || d.is(to, afterFull)) {
			d.reportName(i, to)
		}
		i = to - 1
	}
}

var (
	againWords = wordSet("me again yo vez nuevo")
	meLeads    = wordSet("me it its soy again yo")
	theWords   = wordSet("la el the")
	whoWords   = wordSet("de que del one lady girl guy woman man mom from")
	nameVerbs  = wordSet("put confirmada confirmado anote anoten apunte apunten agende agenden agreguen agregue add book register child daughter guest son")
	afterFull  = wordSet("here at with w and from down aqui del tengo necesito quiero i says dice speaking calling")
)

// initialled finds names of initials and a family name: "J. T. McAllister", "regards S. Ramanathan".
func (d *detector) initialled() {
	if d.shouting() {
		return
	}
	for i := 0; i+1 < len(d.tokens); i++ {
		n := i
		for n+1 < len(d.tokens) && d.initial(n) {
			n++
		}
		if n == i {
			continue
		}
		begins := n > i+1 || i == 0 || d.tokens[i-1].after >= comma || d.is(i-1, signatures) || d.is(i-1, nameVerbs)
		if begins && d.strangeCapital(n) && !d.is(i-1, doctors) {
			d.reportName(i, n+1)
		}
		i = n
	}
}

// initial says whether token i is a capital with a point behind it.
func (d *detector) initial(i int) bool {
	t := &d.tokens[i]
	return t.to == t.from+1 && t.capital && strings.HasPrefix(d.gap(i), ".")
}

// oneself finds the name that stands behind who it is: "y yo, Vale, lo llevo", "a firmar por mí, Octavio".
func (d *detector) oneself() {
	for i := 1; i < len(d.tokens); i++ {
		if d.is(i-1, selfPronouns) && d.tokens[i-1].after == comma && d.strangeCapital(i) && (i+1 == len(d.tokens) || d.tokens[i].after >= comma) {
			d.reportName(i, i+1)
		}
	}
}

// thisPerson finds "good mornin this Miss Odessa", "this Peaches, the one with the twins": who leaves the verb out.
func (d *detector) thisPerson() {
	for i := 0; i < min(4, len(d.tokens)-1); i++ {
		if d.canon[i] != "this" || d.tokens[i].after > noPause || !d.tokens[i+1].capital || d.shouting() {
			continue
		}
		at := i + 1
		titled := d.has(at, titleWord) && !d.is(at, doctors) && at+1 < len(d.tokens)
		if titled {
			at++
		}
		if d.strangeCapital(at) && (titled || at+1 == len(d.tokens) || d.tokens[at].after >= comma) {
			d.reportName(at, at+1)
		}
	}
}

var selfPronouns = wordSet("yo me mi myself")

// namesPlace says whether the capitals tokens[from:to] are of a place, a firm or somebody known: what they begin or end
// with, and what follows.
func (d *detector) namesPlace(from, to int) bool {
	if institutionWords.holds(d.number[to-1]) || streetSuffixes.holds(d.number[to-1]) || famous.holds(d.number[to-1]) || placeHeads.holds(d.number[from]) {
		return true
	}
	if to < len(d.tokens) && (states.holds(d.number[to]) && d.canon[to] != "me" || d.canon[to] == "usa") {
		return true
	}
	if from == 0 {
		return false
	}
	// Behind an address stands its town.
	return d.taken(int(d.tokens[from-1].from), int(d.tokens[from-1].to)) && d.findingAt(from-1) == "address"
}

// findingAt is the type of the finding that covers token i, or "".
func (d *detector) findingAt(i int) string {
	at := int(d.tokens[i].from)
	for k := range d.findings {
		if f := &d.findings[k]; f.from <= at && at < f.to {
			return f.Type
		}
	}
	return ""
}

var placeHeads = wordSet("san santa santo los las el la new north south west east fort port lake mount saint st palm grand colonia col barrio urb urbanizacion reparto residencial fracc calle avenida av rio puerto nueva nuevo ciudad villa united merry happy good black cyber labor memorial mothers fathers valentines")

func (d *detector) startsSentence(i int) bool { return i == 0 || d.tokens[i-1].after >= stop }

// titleCase says whether nearly every word has a capital, so that capitals tell little.
func (d *detector) titleCase() bool {
	n := 0
	for i := range d.tokens {
		if d.tokens[i].capital {
			n++
		}
	}
	return len(d.tokens) > 5 && n*5 > len(d.tokens)*4
}

var (
	doctors          = wordSet("dr doctor dra doctora nurse enfermera surgeon cirujano cirujana md like como")
	institutionWords = wordSet("clinic center centre hospital medical health avenue street st ave road rd drive blvd university college school institute pharmacy group associates building mall airport beach park county city bank foundation aesthetics spa dermatology surgery plaza hotel clinica centro calle avenida escuela universidad farmacia banco")
	famous           = wordSet("kardashian jenner jolie hadid beckham clooney johansson kidman robbie swift grande lohan pitt monroe bieber trump biden obama")
)

var ourWords = wordSet("our su sus nuestro nuestra")

// announced finds "Priya Raman here", "this was Ann Lee speaking": capitals before a closing word.
func (d *detector) announced() {
	if len(d.tokens) > 1 && d.has(0, givenName) && !d.has(0, everyday) && (d.tokens[0].after == noPause && d.is(1, openingWords) || d.tokens[0].after == comma && d.is(1, placeWords)) {
		d.reportName(0, 1)
	}
	if len(d.tokens) > 2 && greetings.holds(d.number[0]) && !d.common(1) && d.tokens[1].after == noPause && d.is(2, fromWord) && isLetter(d.tokens[1].text[0]) && len(d.words[1].terms) == 0 {
		d.reportName(1, 2)
	}
	if !d.plays(closingRole) {
		return
	}
	for i := range d.tokens {
		if i == 0 || !d.is(i, closingWords) && !d.closesAt(i) {
			continue
		}
		from := i
		for from > 0 && i-from < 4 && d.tokens[from-1].after == noPause && d.couldName(from-1) && !greetings.holds(d.number[from-1]) {
			from--
		}
		if from < i && from > 0 && d.has(from-1, titleWord) {
			d.reportName(from, i)
			continue
		}
		if from < i && (d.has(from, givenName) || i-from > 1) && (from == 0 || d.tokens[from-1].after >= comma || greetings.holds(d.number[from-1]) || d.tokens[from].capital) {
			d.reportName(from, i)
		}
	}
}

// closesAt says whether words stand at token i that close an announcement: "Begoña al aparato", "Ana Ruiz, that's me".
func (d *detector) closesAt(i int) bool {
	if !closingHeads.holds(d.number[i]) {
		return false
	}
	for _, words := range closings[d.canon[i]] {
		if d.phraseAt(i, words) {
			return true
		}
	}
	return false
}

var closings = byFirstWord([][]string{{"le", "escribe"}, {"les", "escribe"}, {"te", "escribe"}, {"le", "habla"}, {"les", "habla"}, {"le", "saluda"}, {"les", "saluda"}, {"al", "aparato"}, {"al", "habla"}, {"por", "aqui"}, {"por", "aca"}, {"de", "nuevo"}, {"otra", "vez", "aqui"}, {"on", "the", "line"}, {"texting"}, {"writing"}, {"this", "side"}})

var closingHeads = keysOf(closings)

var (
	openingWords = wordSet("from again here calling aqui w with")
	fromWord     = wordSet("from")
	placeWords   = wordSet("from del") // "Iker, del turno de las seis"
	closingWords = wordSet("here speaking calling habla")
	greetings    = wordSet("hi hello hey hola morning afternoon evening buenas buenos dias tardes noches thanks gracias")
)

// plainName says whether token i is a name by itself: a capital and no everyday word, or a given name that is none.
func (d *detector) plainName(i int) bool {
	t := &d.tokens[i]
	if !isLetter(t.text[0]) || hasDigits(t.text) || d.has(i, nameStop|kinship) || len(d.words[i].terms) > 0 && !d.has(i, givenName) && !d.respelt[i] {
		return false
	}
	if len(t.text) == 1 {
		return t.capital
	}
	if t.capital && !d.shouting() {
		return d.has(i, givenName|surname|particle) || !d.common(i) && !d.has(i, brand)
	}
	return d.has(i, givenName) && !d.has(i, everyday) || d.has(i, particle)
}

// couldName says whether token i can be part of a name that something else gives away.
func (d *detector) couldName(i int) bool {
	t := &d.tokens[i]
	switch {
	case !isLetter(t.text[0]) || hasDigits(t.text) || d.has(i, brand) && !d.has(i, givenName):
		return false
	case len(t.text) == 1:
		return t.capital || strings.HasPrefix(d.gap(i), ".")
	case d.has(i, nameStop|kinship|ownWord|thirdOne):
		return d.has(i, surname|givenName) && t.capital && !d.shouting()
	case t.capital && !d.shouting(), d.has(i, givenName|surname|particle):
		return true
	}
	return !d.common(i) && !d.inCue[i] && len(d.words[i].terms) == 0
}

// signatures close a message before the name.
var signatures = wordSet("thanks thank regards best sincerely cheers love respectfully yours ty thx warmly cordially gracias atentamente saludos cordialmente atte att bendiciones abrazos xoxo saludo atenta atento pendiente sinceramente truly hugs peace abrazo beso besos respectfully bendicion cordial faithfully xx xxx xo")

// signed finds the name at the end of a message: after a closing phrase, on a line of its own, behind a dash; and the one
// that begins a block of contact details.
func (d *detector) signed() {
	last := len(d.tokens)
	from := last
	for from > 0 && last-from < maxNameWords && d.couldName(from-1) && !signatures.holds(d.number[from-1]) && (from == last || !d.nameEnds(from-1)) {
		from--
	}
	d.signature(from, last)
	d.heading()
	if !d.plays(signatureRole) {
		return
	}
	for i := range d.tokens {
		// A signature that a number follows.
		if d.is(i, signatures) && i+1 < len(d.tokens) && d.tokens[i].after >= comma {
			if a, b := d.nameAfter(i+1, false); b > a && b < last && d.tokens[a].capital && (d.tokens[b-1].after >= comma || d.is(b, listJoints)) && d.plainName(a) {
				d.reportName(a, b)
			}
		}
	}
}

// signature reports the name tokens[from:last] at the end of the message if something sets it off.
func (d *detector) signature(from, last int) {
	if from == last || from == 0 || !d.namelike(from, last) {
		return
	}
	gap := d.gap(from - 1)
	dash := strings.Contains(gap, " -") || strings.Contains(gap, "--") || strings.Contains(gap, "~")
	line := strings.Contains(gap, "\n")
	closed := false
	for k := from - 1; k >= max(0, from-4); k-- {
		if d.is(k, signatures) {
			closed = d.tokens[from-1].after >= comma || k == from-1 && d.is(k, closers) && d.tokens[from].capital && !d.shouting()
			break
		}
	}
	if !closed && !dash && !line && d.tokens[from-1].after == stop && (last-from > 1 && d.has(from, givenName) || last-from == 1 && d.has(from, givenName) && !d.has(from, everyday)) {
		d.reportName(from, last) // a sentence of its own
		return
	}
	if closed && (d.has(from, givenName) || last-from > 1 || line || d.strangeCapital(from)) || (dash || line) && (d.has(from, givenName) || last-from > 1 || dash && d.strangeCapital(from)) {
		d.reportName(from, last)
	}
}

// closers are closings that need no comma before the name.
var closers = wordSet("regards sincerely respectfully saludos atentamente atte att cordialmente firma firmado yours sinceramente faithfully xx xxx xo xoxo")

// namelike asks that at least one word be known as a given name or none be an everyday word.
func (d *detector) namelike(from, to int) bool {
	for i := from; i < to; i++ {
		if d.has(i, givenName) {
			return true
		}
	}
	for i := from; i < to; i++ {
		if d.common(i) {
			return false
		}
	}
	return true
}

// heading finds the name before a telephone number, an address or a birthday that the message begins with.
func (d *detector) heading() {
	to := 0
	for to < len(d.tokens) && to < maxNameWords && d.couldName(to) {
		to++
		if d.nameEnds(to - 1) {
			break
		}
	}
	if to == 0 || to == len(d.tokens) || d.tokens[to-1].after == noPause && !d.dashAfter(to-1) && !d.numberBehindName(to) || !d.namelike(0, to) || to == 1 && !d.has(0, givenName) {
		return
	}
	next := int(d.tokens[to].from)
	for _, f := range d.findings {
		if f.from <= next+1 && next < f.to {
			d.reportName(0, to)
			return
		}
	}
	if d.inCue[to] && to > 1 && d.announcesNumber(to) {
		d.reportName(0, to)
	}
}

// numberBehindName reads "ROBERTO GUZMAN 210-555-0134": a given and a family name with capitals, then digits.
func (d *detector) numberBehindName(to int) bool {
	if to == 1 && d.tokens[0].capital && !d.shouting() && d.has(0, givenName) && !d.common(0) && len(d.tokens[1].text) == 10 && allDigits(d.tokens[1].text) {
		return true // "Wanda 9312447718"
	}
	return to > 1 && isDigit(d.tokens[to].text[0]) && d.tokens[0].capital && d.has(0, givenName) && d.tokens[to-1].capital && d.has(to-1, surname)
}

func (d *detector) dashAfter(i int) bool {
	return strings.Contains(d.gap(i), "-") && len(d.gap(i)) > 1
}

// announcesNumber says whether a cue at token i has a finding behind it.
func (d *detector) announcesNumber(i int) bool {
	for _, f := range d.findings {
		if f.from >= int(d.tokens[i].from) && d.tokenAt(f.from) <= i+4 {
			return true
		}
	}
	return false
}

// alone finds a message that is nothing but a name, as an answer to "what is your name?".
func (d *detector) alone() {
	from, to := 0, len(d.tokens)
	for from < to && answerWords.holds(d.number[from]) {
		from++
	}
	n := to - from
	if n == 0 || n > 5 || n == 1 && (from > 0 || !d.has(from, givenName) || d.has(from, everyday)) {
		return
	}
	for i := from; i < to; i++ {
		if !d.plainName(i) && !(i > from && d.has(from, givenName) && d.couldName(i)) || i+1 < to && d.nameEnds(i) {
			return
		}
	}
	if d.has(from, givenName) && (n == 1 || d.tokens[from].capital || d.has(to-1, givenName|surname) || !d.common(to-1)) || n > 1 && n < 4 && d.allCapitalised(from, to) {
		d.reportName(from, to)
	}
}

// allCapitalised says whether every word has a capital, and only one, and is no everyday word.
func (d *detector) allCapitalised(from, to int) bool {
	for i := from; i < to; i++ {
		t := &d.tokens[i]
		if w := d.m.folded[t.from:t.to]; !t.capital || d.common(i) || len(w) > 1 && w == strings.ToUpper(w) {
			return false
		}
	}
	return true
}

var answerWords = wordSet("sure yes ok okay yeah yep claro si bueno it is that my name es soy of course por supuesto its")

func hasDigits(w string) bool {
	for i := range len(w) {
		if isDigit(w[i]) {
			return true
		}
	}
	return false
}
