package text

import "strings"

// A name is found where somebody introduces themselves or somebody close, where a form has a place for it, in a
// signature, and where it is the whole answer. Lists of names alone decide nothing: half of them are words.

// nameFrame is a way to say a name. Sure frames are followed by a name whatever it looks like; the others need a capital
// or a known given name.
type nameFrame struct {
	words  []string
	sure   bool
	second byte // the first letter of the second word, 0 where there is none
}

var nameFrames = func() map[string][]nameFrame {
	out := map[string][]nameFrame{}
	add := func(phrases string, sure bool) {
		for p := range strings.SplitSeq(phrases, ",") {
			if w := strings.Fields(p); len(w) > 0 {
				out[w[0]] = append(out[w[0]], nameFrame{w, sure, secondLetter(w)})
			}
		}
	}
	add(`my name is, my names, my name, my names is, my name s, name is, name, names, my full name is, full name, legal name, legal name is, they call me, everyone calls me, everybody calls me, people call me, sent from, i go by, goes by, go by, first name, first name is, last name, last name is, surname, surname is, maiden name, maiden name is, middle name, nickname is, known as,
 her name is, his name is, their name is, patient name, patient name is, name of the patient, patient, husbands name is, whose name is, named, i am called, called myself, spell it, spelled, name on the account, name on file, on behalf of, under the name, under the name of, name of, registered as, signed in as, in the system as, listed as, look up, system as, emergency contact, emergency contact is, contact person, voicemail from, message from, text from, booked as, booked under, reservation for, appointment for, appointment is under, is under, be under, under, put it under, it under, ask for, asked for, insured, guarantor, policy holder, policyholder, account holder, cardholder, card holder, responsible party, legal guardian, signed, ya girl, your girl, ya boy, your boy, kids are, kids names are, children are, hijos son, hijas son, booking for, my information, my info, my details, patient information, mis datos, mis datos son,
 mi nombre es, mi nombre, mi nombre completo es, nombre, nombre es, nombre completo, nombre completo es, me llamo, me llaman, me dicen, mi apellido es, apellido, apellidos, apellido es, se llama, se llaman, llamo, nombre del paciente, nombre de la paciente, nombre de, a nombre de, bajo el nombre de, de parte de, de parte del, de parte de la, contacto de emergencia, apellido de soltera, apellido de soltera es, cita para, pregunte por, pregunten por, preguntar por, busque a, busquen a, me apellido, el paciente es, la paciente es, paciente es, paciente se llama, titular, firma, asegurado, asegurada, en el sistema como, registrada como, registrado como, aparezco como, anotada como, quien escribe es, quien les escribe es, quien habla es, le escribe, les escribe, salgo como, figuro como, servidor, servidora, su servidor, su servidora, my name be, name be, have me as, got me as, me down as, listed me as, put me as, me tienen como, tienen como, tienen a, apunteme como, anoteme como, apunteme, anoteme, anotame, apuntame, llamame, llamenme, diganme, dime, digame, me conocen como, me puede llamar, me pueden llamar, puede llamarme, apellido de soltera era, mi apellido era, pongalo bajo, ponganlo bajo, registrado bajo, registrada bajo, speaking as, writing as, signing as, firmado, atentamente tu clienta, guest, guest name, attn, re patient, attending as, responde al nombre de, clienta, cliente, llamo por, escribo por, escribo de parte de, calling for, writing for, calling on behalf of, writing on behalf of, reservation should say, booking should say, card should say, ticket should say, name on booking, name on the booking, name on reservation, name on the reservation, name on the appointment, name on the card, correct spelling, correct spelling is, spelling is, spelled out, spelled like, she is called, he is called, you can call me, just call me, pongame como, pongame, ponme como, pongan como, apuntela como, apuntelo como, me registre como, registre como, firmo como, me puede decir, me pueden decir, le saluda, les saluda, le habla, te habla, les habla, te saluda, te escribe, paciente`, true)
	add(`i am, call me, this is, it is, this was, that is, here is, speaking with, speak with, spoke with, hi from, for, its, soy, habla, aqui, con, para, es, fue, misspelled my name it is, name it is, made by, card says, id says, license says, licence says, chart says, tarjeta dice, credencial dice, hecha por, hecho por, reservada por, agendada por, used to be, ya no, aca, bajo, cancelenle a, cancele a, agende a, agendenle a`, false)
	return out
}()

var nameHeads = keysOf(nameFrames)

// framesOf are nameFrames by the number of their first word.
var framesOf = func() [][]nameFrame {
	out := make([][]nameFrame, 64*len(nameHeads))
	for first, frames := range nameFrames {
		out[wordNumbers[first]] = frames
	}
	return out
}()

// names finds names of persons.
func (d *detector) names() {
	for i := 0; i < len(d.tokens); i++ {
		f, ok := d.frameAt(i)
		if ok {
			if d.introduced(i, f) {
				i += len(f.words) - 1
			}
			continue
		}
		if d.has(i, kinship) {
			d.closePerson(i)
			d.kinOf(i)
		}
		if d.is(i, dons) {
			d.don(i)
		}
	}
	if d.capitals {
		d.fullNames()
		d.strangeNames()
		d.initialled()
		d.oneself()
		d.thisPerson()
	}
	d.announced()
	d.signed()
	d.alone()
}

// frameAt is the longest frame at token i.
func (d *detector) frameAt(i int) (nameFrame, bool) {
	best, found := nameFrame{}, false
	if !nameHeads.holds(d.number[i]) {
		return best, false
	}
	next := d.letterAt(i + 1)
	frames := framesOf[d.number[i]]
	for k := range frames {
		f := &frames[k]
		if (f.second == 0 || f.second == next) && len(f.words) > len(best.words) && d.phraseAt(i, f.words) {
			best, found = *f, true
		}
	}
	return best, found
}

// introduced reports the name behind a frame.
func (d *detector) introduced(i int, f nameFrame) bool {
	at := i + len(f.words)
	// "first name: …", "my name's actually …", "my name it's …"
	for at < len(d.canon) && at < i+len(f.words)+2 && frameFillers.holds(d.number[at]) {
		at++
	}
	if d.is(at, articles) && (d.has(at+1, titleWord) || d.is(i, ownIntro) && at+1 < len(d.tokens) && d.strangeCapital(at+1)) {
		at++
	}
	if (d.is(at, doctors) || d.ofStaff(i)) && !ownFrames.has(f.words[0]) {
		return false
	}
	if !f.sure && d.is(at, placeHeads) && d.is(at, quarterHeads) {
		return false
	}
	asksItself := len(f.words) == 1 && weakAlone.has(f.words[0]) && d.tokens[i].after == question // "¿Nombre? Fabiola."
	if at >= len(d.tokens) || d.tokens[at-1].after >= stop && !d.colonAt(at-1) && !asksItself {
		return false
	}
	sure := f.sure
	if weakAlone.has(f.words[0]) && len(f.words) == 1 {
		sure = d.colonAt(at-1) || d.has(at-1, copula) || d.tokens[at].capital && !d.shouting() && !d.common(at)
	}
	from, to := d.nameAfter(at, sure)
	if to == from {
		return false
	}
	if !d.reportName(from, to) {
		return false
	}
	// "my kids are Imani, Zuri and Kwame"
	for to < len(d.tokens) && d.tokens[to-1].after == comma && d.has(to, givenName) && d.tokens[to].capital && !d.shouting() && !d.common(to) {
		_, b := d.nameAfter(to, false)
		if b == to || !d.reportName(to, b) {
			break
		}
		to = b
	}
	if d.is(to, listJoints) && d.tokens[to-1].after == noPause {
		if a, b := d.nameAfter(to+1, false); b > a && d.has(a, givenName) && (d.tokens[a].capital || !d.has(a, everyday)) {
			d.reportName(a, b)
		}
	}
	return true
}

// kinOf reports the name in "la mamá de Kendry", "el esposo de Daniuska": of somebody whose relative is spoken of.
func (d *detector) kinOf(i int) {
	if i == 0 || i+2 >= len(d.tokens) || !d.is(i-1, articles) || d.canon[i+1] != "de" || d.tokens[i].after > noPause || !d.tokens[i+2].capital || d.shouting() {
		return
	}
	if from, to := d.nameAfter(i+2, true); to > from && !d.has(from, anyoneWord) {
		d.reportName(from, to)
	}
}

// don reports the name behind "don", "doña": those are of persons, and of no doctor.
func (d *detector) don(i int) {
	if i+1 == len(d.tokens) || d.tokens[i].after > noPause || !d.tokens[i+1].capital || d.shouting() {
		return
	}
	if from, to := d.nameAfter(i+1, true); to > from {
		d.reportName(from, to)
	}
}

var dons = wordSet("don dona")

// ofStaff says whether the sentence names somebody of the practice just before token i: "the doctor is named", "la enfermera se llama".
func (d *detector) ofStaff(i int) bool {
	for k := i - 1; k >= max(0, i-5) && d.tokens[k].after <= comma; k-- {
		switch {
		case d.has(k, ownWord|kinship):
			return false
		case d.is(k, staffWords):
			return true
		}
	}
	return false
}

var staffWords = wordSet("doctor dr doctora dra surgeon cirujano cirujana nurse enfermera enfermero manager gerente receptionist recepcionista injector technician tecnica tecnico therapist terapeuta coordinator coordinadora assistant asistente esthetician dermatologist dermatologa dentist dentista owner duena dueno encargada encargado muchacha muchacho senorita chica clinic clinica office practice consultorio")

// ownFrames are those with which a doctor too would say their own name.
var ownFrames = wordSet("i soy this habla me my mi")

var (
	ownIntro     = wordSet("soy aqui aca habla") // "soy el Brayan"
	quarterHeads = wordSet("col colonia barrio urb urbanizacion reparto residencial fracc calle avenida av")
	articles     = wordSet("la el")
	frameFillers = wordSet("is s es actually really it was again simply just jus still maybe here also dr sr")
	// weakAlone are frames of one word that are everyday words too.
	weakAlone = wordSet("name names nombre patient paciente surname apellido apellidos named spelled under llamo information info details datos insured guarantor titular firma asegurado asegurada signed guest attn clienta cliente firmado dime digame diganme anoteme anotame apunteme apuntame llamame llamenme")
)

func (d *detector) reportName(from, to int) bool {
	for from < to && d.has(from, titleWord) {
		from++
	}
	if from == to {
		return false
	}
	a, b := int(d.tokens[from].from), int(d.tokens[to-1].to)
	if own := d.m.lower[a:b]; strings.HasSuffix(own, "'s") {
		b -= len("'s") // "Brenda's phone"
	}
	if d.taken(a, b) {
		return false
	}
	d.report("name", a, b, rankContext, ActionFlag)
	return true
}

// maxNameWords is the length of the longest name that is read.
const maxNameWords = 6

// nameAfter reads the words from token i on that can be a name.
func (d *detector) nameAfter(i int, sure bool) (int, int) {
	from := i
	for i < len(d.tokens) && i-from < maxNameWords && d.nameWord(i, from, sure) {
		i++
		if d.nameEnds(i - 1) {
			break
		}
	}
	for i > from && d.has(i-1, particle) && !d.has(i-1, givenName|surname) {
		i--
	}
	if i == from+1 && !d.nameAlone(from, sure) {
		return from, from
	}
	return from, i
}

// nameEnds says whether nothing of the name can follow token i. The point of an initial or of an abbreviation ends nothing.
func (d *detector) nameEnds(i int) bool {
	t := &d.tokens[i]
	if t.after == noPause {
		return false
	}
	if t.after <= stop && strings.HasPrefix(d.gap(i), ".") && (t.to-t.from == 1 || nameAbbreviations.has(t.text)) {
		return strings.Contains(d.gap(i), "\n")
	}
	return true
}

var nameAbbreviations = wordSet("st sta sto jr sr sra srta dra mr mrs ms dr ma fco")

// gap is what stands between token i and the next one, or the end of the text. The two words of a contraction have the
// same place.
func (d *detector) gap(i int) string {
	from, to := int(d.tokens[i].to), len(d.m.lower)
	if i+1 < len(d.tokens) {
		to = max(from, int(d.tokens[i+1].from))
	}
	return d.m.lower[from:to]
}

// nameWord says whether token i can be part of the name that begins at token from.
func (d *detector) nameWord(i, from int, sure bool) bool {
	t, w := &d.tokens[i], d.tokens[i].text
	first := i == from
	if t.to == t.from || !isLetter(w[0]) || hasDigits(w) || d.inCue[i] && i+1 < len(d.tokens) && hasDigits(d.tokens[i+1].text) {
		return false
	}
	capital := t.capital && !d.shouting()
	switch {
	case len(w) == 1:
		if first {
			return capital && sure && strings.HasPrefix(d.gap(i), ".") && i+1 < len(d.tokens) && d.tokens[i+1].capital
		}
		return (capital || d.shouting() && w != "i" && w != "y" || strings.HasPrefix(d.gap(i), ".") || i+1 < len(d.tokens) && lowerInitial(d, i))
	case d.has(i, titleWord):
		return true
	case d.has(i, particle) && (!first || sure && !d.has(i, givenName)):
		return d.particleGoesOn(i)
	case w[0] == other:
		return capital || sure && first
	}
	if first {
		return d.firstName(i, capital, sure)
	}
	return d.laterName(i, from, capital, sure)
}

// lowerInitial tells "john q public" from "john i want".
func lowerInitial(d *detector, i int) bool {
	w := d.tokens[i].text
	return w != "i" && w != "y" && w != "u" && w != "r" && w != "n" && w != "o" && w != "a" && w != "e" && d.words[i+1].traits&everyday == 0 && !d.ordinary(i+1)
}

// particleGoesOn says whether a name goes on behind the particle at i: "de la Cruz", not "de Guadalajara".
func (d *detector) particleGoesOn(i int) bool {
	for k := i + 1; k < min(i+3, len(d.tokens)); k++ {
		if d.tokens[k-1].after > noPause && !nameAbbreviations.has(d.tokens[k-1].text) {
			return false
		}
		if d.has(k, particle) && !d.has(k, givenName) {
			continue
		}
		return d.tokens[k].capital && !d.shouting() || i > 0 && d.has(i-1, givenName|surname) && !d.common(k)
	}
	return false
}

// common says whether token i is a word of everyday language, or one that begins no name.
func (d *detector) common(i int) bool {
	return d.has(i, nameStop|everyday|ownWord|thirdOne|kinship|bridge) || d.inCue[i] || d.ordinary(i) || d.monthAt(i) != 0
}

func (d *detector) firstName(i int, capital, sure bool) bool {
	given := d.has(i, givenName)
	switch {
	case d.has(i, nameStop):
		return d.stopAsName(i, capital, sure)
	case d.has(i, brand) && !given:
		return false
	case d.monthAt(i) != 0 && !sure && !given:
		return false
	case len(d.words[i].terms) > 0 && !given && !d.respelt[i], d.has(i, kinship|ownWord|thirdOne) && !(given && capital && i+1 < len(d.tokens) && d.tokens[i+1].capital):
		return false
	case capital:
		return given || !d.common(i) || sure && !d.inCue[i] && !d.has(i, bridge)
	case sure:
		return given && (len(d.tokens[i].text) > 2 || d.has(i+1, surname)) || !d.common(i) && len(d.tokens[i].text) > 2
	}
	return given && (len(d.tokens[i].text) > 2 || d.has(i+1, surname))
}

// stopAsName says whether a word that begins no name does so for once: "Will Raman", "my last name is White".
func (d *detector) stopAsName(i int, capital, sure bool) bool {
	if !d.has(i, givenName|surname) || !capital && !sure {
		return false
	}
	if d.tokens[i].after > noPause || i+1 == len(d.tokens) {
		return sure && capital
	}
	return d.tokens[i+1].capital && !d.shouting() && !d.has(i+1, nameStop) || d.has(i+1, surname) || !d.common(i+1)
}

func (d *detector) laterName(i, from int, capital, sure bool) bool {
	switch {
	case d.has(i, ownWord|thirdOne|kinship), d.has(i, nameStop) && !d.has(i, givenName|surname):
		return false
	case capital:
		return !d.inCue[i] || d.has(i, givenName|surname)
	case d.has(i, surname):
		return d.surnameFits(i)
	case d.has(i, givenName):
		return !d.has(i, everyday) || sure && d.surnameFits(i)
	case d.tokens[from].capital && !d.shouting():
		return false // "Maria from the gym": a name that began with a capital goes on with one
	}
	return !d.common(i) && len(d.tokens[i].text) > 1
}

// surnameFits says whether an everyday word behind a given name can be the family name: it ends the statement, or what
// follows goes on with another.
func (d *detector) surnameFits(i int) bool {
	if d.tokens[i].after > noPause || i+1 == len(d.tokens) {
		return true
	}
	return d.has(i+1, nameStop|ownWord|bridge|everyday|surname) || d.has(i+1, givenName)
}

// nameAlone says whether the single word at i is enough of a name.
func (d *detector) nameAlone(i int, sure bool) bool {
	t := &d.tokens[i]
	if d.has(i, titleWord) || t.to-t.from < 2 {
		return false
	}
	if sure {
		return true
	}
	if !d.has(i, everyday) && (d.has(i, givenName) || !d.ordinary(i)) {
		return d.has(i, givenName) || t.capital && !d.shouting()
	}
	// Grace, Mark, June: an everyday word needs the capital inside a sentence and something that follows a name.
	if !d.has(i, givenName) {
		return false
	}
	return t.after >= comma || i+1 == len(d.tokens) || d.is(i+1, afterName)
}

var afterName = wordSet("from here again calling speaking and with i de y otra la el at returning")

// closePerson reports the name behind "my daughter", "mi esposo": a capital or a known given name directly after it.
func (d *detector) closePerson(i int) {
	if i+1 >= len(d.tokens) || d.tokens[i].after >= stop || i == 0 || !d.has(i-1, ownWord|thirdOne) && !d.is(i-1, ourWords) {
		return
	}
	at := i + 1
	from, to := d.nameAfter(at, false)
	if to == from && at < len(d.tokens) && d.has(at, givenName) && d.tokens[at].capital && !d.shouting() && !d.has(at, nameStop) {
		from, to = at, at+1
	}
	if to == from {
		return
	}
	if !d.tokens[at].capital && !d.has(at, givenName) {
		return
	}
	d.reportName(from, to)
}
