package text

import (
	"slices"
	"strings"
)

// cueKind is what a cue announces.
type cueKind uint8

const (
	noCue cueKind = iota
	cueSSN
	cueITIN
	cueNPI
	cueDEA
	cueABA
	cueAccount
	cueCard
	cueLicense
	cuePassport
	cuePlate
	cueMRN
	cueMember
	cueDevice
	cueZip
	cuePhone
	cueNumber // "my number is": a phone, or what the shape says
	cueEmail
	cueHandle
	cueBirth
	cueEvent // of care: surgery, discharged
	cueAddress
	cueVersion
	cueOther // numbers that tell nothing of the patient: orders, codes, rooms
	cueVIN
	cueMAC
	cueIP
	cueID // an "id" of any kind: the plan's, unless another cue stands by
)

// cueTable says what announces what. Words are folded, contractions written out. The longest phrase wins, so that a
// "gift card" announces no payment card.
var cueTable = []struct {
	kind    cueKind
	phrases string
}{
	{cueSSN, `ssn, ss number, ss no, s s n, ss, social, social security, social security number, social number, soc sec, social sec, soc, seguro social, numero de seguro social, numero social, numero de seguro, nss, seg social, numero del seguro social, mi seguro social, su seguro social, tu seguro social, el seguro social`},
	{cueITIN, `itin, tax id, taxpayer id, taxpayer identification, taxpayer, individual taxpayer, i t i n`},
	{cueNPI, `npi, n p i, provider number, provider id, national provider, national provider identifier, national provider number, numero nacional de proveedor, identificador nacional de proveedor, identificador npi, proveedor nacional, numero de proveedor, numero del proveedor`},
	{cueDEA, `dea, dea number, d e a`},
	{cueABA, `routing, routing number, routing no, rt, aba, aba number, rtn, transit number, numero de ruta, ruta, ruta bancaria, numero de transito`},
	{cueAccount, `account, account number, account no, acct, acct number, acct no, accnt, checking, checking account, checking acct, savings, savings account, bank account, bank acct, iban, clabe,
 cuenta, numero de cuenta, cuenta bancaria, cuenta de cheques, cuenta de ahorros, no de cuenta, cta, cbu, cvu, cci, numero de cbu, cuenta clabe, clabe interbancaria, cuenta corriente, ahorros, cuenta de ahorro, caja de ahorro, cuenta del paciente, cuenta de paciente, cuenta medica, account num, account nr, bank no, cuenta no, cuenta num, no de la cuenta, nro de cuenta, account ending, sort code`},
	{cueCard, `card, card number, visa, mastercard, master card, amex, american express, discover, credit card, credit card number, debit card, debit card number, credit, debit, tarjeta, tarjeta de credito, tarjeta de debito, numero de tarjeta, cc`},
	{cueLicense, `license, license number, license no, license id, licence, licence number, drivers license, driver license, drivers license number, driver license number, drivers licence, drivers, dl, dl number, dl no, driver id, state id, state issued id, id del estado, drivers id, photo id, government id, real id, state identification, identification card, id card from the state, identificacion estatal, identificacion oficial, id estatal, id de conducir, learners permit, permit number,
 licencia, licencia de conducir, licencia de manejo, licencia de manejar, permiso de conducir, numero de licencia, carnet de conducir, carne de conducir, carne de manejo, carnet de manejo, brevete, registro de conducir, licencia federal, lic, lic no, lic number, driving licence, driving license, dui, nie, nif, rut, ine, curp, cedula, dni`},
	{cuePlate, `plate, plates, plate number, license plate, license plates, license plate number, licence plate, tag number, car tag, tag, tags, plate no, placa, placas, matricula, numero de placa, numero de matricula, tablilla, patente, chapa, dominio del auto, rego, registration plate, reg plate, reg number, plates are, number plate, plate num, tag no, plate is, placa no, num de placa, nro de placa, plaquita, numero de patente`},
	{cuePassport, `passport, passport number, passport no, pasaporte, numero de pasaporte`},
	{cueMRN, `mrn, m r n, patient, medical record, medical record number, medical record no, nhc, records, medical records number, record number, record no, record id, chart number, chart no, chart, chart id, patient id, patient number, patient no, patient identifier, patient account number, hospital number, encounter number, visit number,
 numero de expediente, expediente, expediente medico, historia clinica, historia, numero de historia, numero de historia clinica, id de paciente, id del paciente, numero de paciente, registro medico, registro, paciente, numero de registro, expediente clinico, file number, file no, file num, record, hc, record medico, numero de record, numero de record medico, record clinico, ficha, ficha medica, numero de ficha, nuhsa, numero de archivo clinico, file on me, my file, chart on me, numero de archivo, mi archivo, numero de folio medico, mr, pt, medical number, medical no, bracelet, brazalete, manilla, carpeta, carpeta medica, carpeta clinica, numero de carpeta, legajo, numero de legajo, historial, historial medico, historial clinico, numero de historial, no de historial, num de exp, no de exp, numero de exp, h c, folio clinico, codigo de paciente, codigo del paciente, med rec, med rec no, med rec number, med record, med record no, medical rec, medical rec no, mr no, mr number, pt id, pt no, pt number, patient num, patient nr, record num, unit number, hospital id, hospital no, hosp no, exp clinico, no de expediente, num de expediente, nro de expediente, numero clinico, clave de paciente, folio de expediente, wristband, pulsera`},
	{cueMember, `member id, member number, member no, member, members id, memberid, subscriber, subscriber id, subscriber number, policy, policy number, policy no, policy id, policy holder id, group number, group id, group no, group, grp, grp no, insurance id, insurance id number, insurance number, insurance no, insurance, insurance card, insurance card number, insurance id card, id card, id card number, member card, member id card, insured id, plan id, plan number, health plan id,
 enrollee id, rx bin, rxbin, rx group, rxgrp, pcn, bin number, claim number, medicaid, medicaid id, medicaid number, medicare, medicare number, medicare id, medicare card, beneficiary, beneficiary id, beneficiary number, mbi, hicn,
 poliza, numero de poliza, numero de miembro, miembro, id de miembro, afiliado, afiliacion, numero de afiliado, numero de afiliacion, id de seguro, numero del seguro, tarjeta de seguro, tarjeta del seguro, identificacion de miembro, beneficiario, numero de beneficiario, suscriptor, id del seguro, seguro medico, numero de seguro medico, numero de mi seguro medico, numero de seguro de salud, seguro de salud, asegurado, asegurada, no de poliza, no de miembro, no de afiliado, membership number, membership id, membership no, insured, guarantor, titular, policy holder, policyholder, numero de asegurado, numero de grupo, grupo, contrato, contrato numero, numero de contrato, socio, socia, numero de socio, numero de socia, eps, obra social, prepaga, mutua, mutual, mutualista, isapre, numero de credencial, carnet del seguro, carne del seguro, tarjeta del plan, tarjeta sanitaria, numero de derechohabiente, derechohabiente, sisben, plan card, health card, cardholder id, certificate number, id on my card, seguro popular, tarjeta medica, cover no, cover number, cover id, travel cover, travel insurance, coverage id, coverage number, recipient id, recipient number, medi cal, benefits id, benefits number, dental plan, vision plan, certificado, certificado numero, numero de certificado, numero de contrato de seguro, nro de afiliado, nro de poliza, nro de socio, numero de cobertura, cobertura medica, plan medico, mi plan`},
	{cueID, `id, id number, id no, id is, identificacion, numero de identificacion, carnet, carne, credencial, seguro, numero de id`},
	{cueDevice, `serial, serial number, serial no, serial num, sn, s n, lot, lot number, lot no, pacemaker, defibrillator, device id, device number, device identifier, implant, implants, implant id, implant serial, implant card, implant lot, implant ref, udi, model and serial, hearing aid, insulin pump, lote, numero de lote, numero de serie, numero de serie de mi, serie de mi bomba, bomba de insulina, cpap, marcapasos, serie, no de serie, implante, dispositivo, audifono`},
	{cueZip, `zip, zipcode, zip code, zips, postal, postal code, codigo postal, cp, postcode, c p, post code, area postal`},
	{cuePhone, `call, phone, phone number, cell, cellphone, cell number, mobile, mobile number, telephone, tel, text, txt, sms, reach me, reach, ring, fax, voicemail, whatsapp, whats, wats, wsp, whats app, contact me, callback, call back, landline, ring us, ring us on, home no, mob, my mob, telf, tlf, tfno, tel fijo, fijo, telefono fijo, casa al, work phone, home phone, dial, area code, zelle, venmo, cashapp,
 telefono, celular, cel, movil, fono, llame, llamen, llamar, llameme, llamenme, llamame, llamarme, marque, marcar, marqueme, mensaje, contacto, contactarme, comunicarse, localizarme`},
	{cueNumber, `for the record, on record, world record, track record, number, numero, line, at, home, work, office, al, digits`},
	{cueEmail, `email, e mail, mail, email address, gmail, correo, correo electronico, inbox`},
	{cueHandle, `instagram, insta, ig, tiktok, tik tok, twitter, facebook, fb, face, snap, snapchat, threads, handle, username, user name, usuario, dm me, dm, linkedin, youtube, telegram, messenger, discord, pinterest, onlyfans, twitch, whatsapp name, red social, redes, perfil, arroba, ig como, instagram como, tiktok como, facebook como, ig as, instagram as, tiktok as`},
	{cueBirth, `born, dob, d o b, birthday, birth day, birth date, birthdate, date of birth, birth, bday, b day, naci, nacio, nacimiento, cumpleanos, cumplo, cumplo anos, cumple, cumple anos, fecha de nacimiento, fecha nac, fec nac, fdn, f d n, nacida, nacido, f n, turn, turned, turning, year of birth, came into this world, came into the world, vine al mundo, vino al mundo, dia de nacimiento, date of my birth, birthyear, was delivered on`},
	{cueEvent, `surgery, admitted, admission, discharged, discharge, diagnosed, operated, died, death, procedure, visit, hospital, treated, treatment, injected, operation, seen, came in, consult, consultation, saw, appointment, appt, accident, hospitalized, er, delivered, delivery, surgery date, service, date of service, injury, injured, stroke, implanted, implants, last here,
 cirugia, operaron, operacion, ingresaron, ingreso, alta, diagnosticaron, murio, fallecio, atendieron, inyectaron, procedimiento, visita, consulta, cita, hospitalizaron, accidente, tratamiento, implantaron, fui, estuve, parto`},
	{cueAddress, `live at, live on, lives at, lives on, live in, lives in, address is, address, home, mail it, mail, send, ship, vivo en, vive en, vivimos en, direccion, domicilio, located at, house, residence, living at, moved to, mailing address, home address, street address, deliver, delivered, building, queda en, enviar, manden, mandenlo, envien, stay at, staying at, reside, resido en`},
	{cueVersion, `version, v, ver, release, update, build, firmware, ios, android, chrome, windows, app, software`},
	{cueVIN, `vin, vin number, vehicle identification, chasis, numero de chasis`},
	{cueMAC, `mac, mac address`},
	{cueIP, `ip, ip address, direccion ip`},
	{cueOther, `order, order number, orders, tracking, tracking number, confirmation, confirmation number, confirmation code, conf, ticket, ticket number, invoice, invoice number, promo, promo code, coupon, coupon code, code, gift card, gift certificate, gift card code, gift card number, reference, reference number, ref, ref number, pin, otp, verification code, room, suite,
 floor, flight, extension, ext, exit, highway, bus, route, model, model number, part number, sku, item, lot of, parking, spot, space, deposit, total, price, quote, balance, bill, cost, paid, owe, charge me, units, syringe, syringes, social media, social anxiety, social worker, social life, social event, social hour, green card, business card, thank you card, card on file, care credit, carecredit, report card, loyalty card, membership card, punch card, reward card, rewards, points, score, calories, steps, followers, reviews, discount,
 serial killer, member discount, members discount, group rate, group discount, group of, group chat, group photo, group setting, group class, chart of, plan on, plan to, a plan, insurance company, case, study, page, chapter, channel, gate, seat, locker, survey, case number, study number, coupon number, locker number, order id, booking, booking number, reservation, reservation number, appointment number,
 orden, numero de orden, pedido, numero de pedido, factura, folio, cupon, codigo de descuento, codigo, codigo de confirmacion, referencia, numero de referencia, rastreo, guia, numero de guia, reservacion, numero de confirmacion, turno, habitacion, piso, sala, total, precio, costo, deposito, pague, tarjeta de regalo, certificado de regalo, redes sociales, trabajadora social, unidades, jeringas, puntos, estacionamiento, ruta del autobus, autobus`},
}

// cueHit is a cue that stands in the message.
type cueHit struct {
	from, to int // tokens
	kind     cueKind
}

// readWords looks every word up, misspelt ones as what they stand for, and finds the cues.
func (d *detector) readWords() {
	l := phiWords()
	n := len(d.tokens)
	d.words, d.canon, d.number = emptied(d.words, n), emptied(d.canon, n), emptied(d.number, n)
	d.inCue, d.respelt, d.usual = emptied(d.inCue, n), emptied(d.respelt, n), emptied(d.usual, n)
	for i := range d.tokens {
		w := d.tokens[i].text
		d.canon[i] = w
		x := d.tokens[i].known
		if x == nil {
			x = l.words.get(w)
		}
		if x != nil {
			d.words[i], d.number[i] = x, x.number
			continue
		}
		d.words[i] = l.plural(w)
		if lettersOnly(w) && !d.everydayAt(i) {
			if fixed := l.respell(w); fixed != w {
				d.canon[i], d.respelt[i] = fixed, true
				d.words[i] = l.misspelt(fixed)
				d.usual[i] = 0
			}
		}
		d.number[i] = wordNumbers[d.canon[i]]
	}
	for i := 0; i < len(d.tokens); {
		n := d.cueAt(i)
		i += max(1, n)
	}
	d.terms = emptied(d.terms, n)
	for i := range d.terms {
		d.terms[i] = d.findTerm(i)
	}
}

// plural is what is known of a word that the lexicon does not hold: the terms that begin with its singular.
func (l *phiLexicon) plural(w string) *lexeme {
	one := singular(w)
	if one == w {
		return unknown
	}
	if f := l.words.get(one); f != nil && len(f.terms) > 0 {
		return &lexeme{phrases: &phrases{health: f.terms}}
	}
	return unknown
}

// usualness is whether a word is one of everyday language: 0 not known yet, 1 yes, -1 no.
type usualness int8

// everydayAt says whether token i, as it is spelt right, or what it is an inflection of, is an everyday word.
func (d *detector) everydayAt(i int) bool {
	if d.usual[i] == 0 {
		d.usual[i] = -1
		if phiWords().everydayWord(d.canon[i]) {
			d.usual[i] = 1
		}
	}
	return d.usual[i] > 0
}

// ordinary is everydayAt for the word as it is spelt: a misspelt one is not.
func (d *detector) ordinary(i int) bool { return !d.respelt[i] && d.everydayAt(i) }

// misspelt is what is known of a word that stands misspelt: it counts as no name and as no everyday word.
func (l *phiLexicon) misspelt(fixed string) *lexeme {
	x := &lexeme{phrases: &phrases{}}
	if f := l.words.get(fixed); f != nil {
		x.traits, x.cues, x.terms = f.traits&^(givenName|surname|everyday), f.cues, f.terms
	}
	if f := l.words.get(singular(fixed)); f != nil && len(x.terms) == 0 {
		x.terms = f.terms
	}
	x.health = x.terms
	return x
}

func lettersOnly(w string) bool {
	for i := range len(w) {
		if !isLetter(w[i]) || w[i] == other {
			return false
		}
	}
	return w != ""
}

// cueAt keeps the longest cue that begins at token i and returns its length.
func (d *detector) cueAt(i int) int {
	next := d.letterAt(i + 1)
	for k := range d.words[i].cues {
		c := &d.words[i].cues[k]
		if (c.second == 0 || c.second == next) && d.phraseAt(i, c.words) {
			d.cues = append(d.cues, cueHit{i, i + len(c.words), c.kind})
			for k := range c.words {
				d.inCue[i+k] = true
			}
			return len(c.words)
		}
	}
	return 0
}

// letterAt is the first letter of token i as it should be spelt, or 0.
func (d *detector) letterAt(i int) byte {
	if i >= len(d.canon) || d.canon[i] == "" {
		return 0
	}
	return d.canon[i][0]
}

// phraseAt says whether the words stand at token i without the end of a sentence between them; a point after a single
// letter is an abbreviation's.
func (d *detector) phraseAt(i int, words []string) bool {
	if i+len(words) > len(d.canon) {
		return false
	}
	for k, w := range words {
		if d.canon[i+k] != w || k > 0 && d.tokens[i+k-1].after >= stop && len(words[k-1]) > 1 && !d.abbreviated(i+k-1) {
			return false
		}
	}
	return true
}

// cueReach is how many words a cue may stand away from its number.
const cueReach = 11

// cueFor is the kind of cue that the number from..to (characters) belongs to: the nearest before it, or else the one
// behind it. wanted says which kinds can announce it; if the nearest is another one, the number is not for us to name.
func (d *detector) cueFor(from, to int, wanted func(cueKind) bool) cueKind {
	at := d.tokenAt(from)
	if k, ok := d.cueBefore(at, wanted); ok {
		return k
	}
	return d.cueBehind(d.tokenAt(to), wanted)
}

// cueBefore also says whether some cue claims the number.
func (d *detector) cueBefore(at int, wanted func(cueKind) bool) (cueKind, bool) {
	generic := false
	for i := d.cuesBefore(at) - 1; i >= 0; i-- {
		h := d.cues[i]
		switch {
		case at-h.to > cueReach || !d.connected(h.to, at):
			return anyID(generic)
		case h.kind == cueID:
			generic = wanted(cueID) || generic
		case wanted(h.kind):
			return h.kind, true
		case !neutral[h.kind] && (h.kind != cuePhone && !d.is(h.from, placesOfCars) || !d.lettered(at)):
			if generic {
				return cueID, true
			}
			return noCue, true
		}
	}
	return anyID(generic)
}

// lettered says whether token i has letters and digits: no telephone number.
func (d *detector) lettered(i int) bool {
	return i < len(d.tokens) && hasDigits(d.tokens[i].text) && !allDigits(d.tokens[i].text)
}

// placesOfCars have numbers, but none with letters: "the plate for the parking is …".
var placesOfCars = wordSet("parking spot space estacionamiento")

// anyID is what an "id" that no other cue explains amounts to.
func anyID(generic bool) (cueKind, bool) {
	if generic {
		return cueID, true
	}
	return noCue, false
}

// neutral kinds of cues claim no number for themselves alone.
var neutral = map[cueKind]bool{cueNumber: true, cueAddress: true, cueEvent: true, cueCard: true, cueEmail: true, cueHandle: true}

// cuesBefore is how many cues end at or before token at.
func (d *detector) cuesBefore(at int) int {
	n, _ := slices.BinarySearchFunc(d.cues, at, func(h cueHit, at int) int {
		if h.to <= at {
			return -1
		}
		return 1
	})
	return n
}

// connected says whether what stands between the cue that ends at token from and the number at token at leaves them
// together: little words, or anything if the sentence then says "is".
func (d *detector) connected(from, at int) bool {
	linked, strange := true, 0
	for i := from; i < at; i++ {
		if d.tokens[i].after >= stop && !d.abbreviated(i) {
			return false
		}
		if d.words[i].traits&bridge == 0 && !d.inCue[i] && !(d.is(at-1, listJoints) && d.taken(int(d.tokens[i].from), int(d.tokens[i].to))) {
			linked = false
			strange++
		}
	}
	// A full stop or a line end right behind the cue is an abbreviation's or a form's.
	if from > 0 && d.tokens[from-1].after >= stop && at > from+1 && !d.abbreviated(from-1) {
		return false
	}
	// A strange word or two part no long number from its cue ("licencia tejana 12345678"), and a comma ends an aside: "group
	// number, as best I can read it, GA-55102-B".
	if linked || strange <= 2 && d.longNumber(at) || d.tokens[at-1].after == comma && strange <= cueReach && d.codeLike(at) {
		return true
	}
	return d.has(at-1, copula) || d.has(at-2, copula) && d.has(at-1, particle|bridge) && at-2 >= from || d.tokens[at-1].after == comma && d.colonAt(at-1)
}

// codeLike says whether what begins at token i has letters and digits and is as long as only numbers of something are.
func (d *detector) codeLike(i int) bool {
	if !d.longNumber(i) {
		return false
	}
	from, to := int(d.tokens[i].from), int(d.tokens[i].from)
	for to < len(d.m.lower) && (isWordByte(d.m.lower[to]) || d.m.lower[to] == '-' || d.m.lower[to] == '/') {
		to++
	}
	return lettersIn(d.m.lower[from:to]) && hasDigits(d.m.lower[from:to]) && to-from >= 6
}

// longNumber says whether what begins at token i is long enough a number to be one of somebody: "12345678", "F255-921-50".
func (d *detector) longNumber(i int) bool {
	if i >= len(d.tokens) {
		return false
	}
	size, digits := 0, 0
	for k := int(d.tokens[i].from); k < len(d.m.lower) && size < maxTokenLength; k++ {
		switch c := d.m.lower[k]; {
		case isDigit(c):
			size, digits = size+1, digits+1
		case isWordByte(c):
			size++
		case strings.IndexByte(" -./", c) < 0 || k+1 == len(d.m.lower) || !isDigit(d.m.lower[k+1]) && c != '-':
			return size >= 6 && digits >= 4
		}
	}
	return size >= 6 && digits >= 4
}

// abbreviated says whether the full stop behind token i is that of an abbreviation: "no. 123".
func (d *detector) abbreviated(i int) bool {
	return numberSigns.holds(d.number[i]) && strings.HasPrefix(d.gap(i), ".")
}

var numberSigns = wordSet("dr dra sr sra mr mrs ms st no num nr nro nos id tel cel ext lic cta acct apt pol exp reg mem ins pt")

// listJoints join a second number to the first: "serial 123 and 456".
var listJoints = wordSet("and y or o e")

// colonAt says whether a colon stands behind token i.
func (d *detector) colonAt(i int) bool {
	for k := int(d.tokens[i].to); k < len(d.m.lower) && !isWordByte(d.m.lower[k]); k++ {
		if d.m.lower[k] == ':' {
			return true
		}
	}
	return false
}

// cueBack is how many words a cue may stand behind its number: "9031 are the last four of my ss".
const cueBack = 7

// cueBehind looks for "… is my ssn", "… (cell)".
func (d *detector) cueBehind(at int, wanted func(cueKind) bool) cueKind {
	if at > 0 && d.tokens[at-1].after >= stop && !d.is(at, pointsBack) {
		return noCue
	}
	for _, h := range d.cues[d.cuesBefore(at):] {
		if h.from > at+cueBack {
			return noCue
		}
		if h.from < at {
			continue
		}
		for i := at; i < h.from; i++ {
			if d.words[i].traits&bridge == 0 || d.tokens[i].after >= comma {
				return noCue
			}
		}
		// What a number follows announces that one.
		if d.announces(h) {
			return noCue
		}
		if wanted(h.kind) {
			return h.kind
		}
	}
	return noCue
}

// pointsBack begin a sentence about what was just said: "5502. That's my social".
var pointsBack = wordSet("that thats that's its it's es ese esa eso")

// announces says whether a number follows the cue within a few words.
func (d *detector) announces(h cueHit) bool {
	for i := h.to; i < min(h.to+4, len(d.tokens)); i++ {
		if hasDigits(d.tokens[i].text) {
			return true
		}
		if d.tokens[i-1].after >= stop {
			return false
		}
	}
	return false
}

// anyOf wants the kinds named.
func anyOf(kinds ...cueKind) func(cueKind) bool {
	return func(k cueKind) bool { return slices.Contains(kinds, k) }
}
