package text

import "strings"

var (
	// streetSuffixes after USPS Publication 28, appendix C1.
	streetSuffixes = wordSet(`street st avenue ave av road rd drive dr doctor lane ln boulevard blvd court ct place pl way circle cir terrace ter trail trl parkway pkwy
 highway hwy square sq loop run path pike plaza plz alley aly crossing xing ridge row point pt cove cv expressway expy freeway fwy turnpike tpke bend hollow mews park broadway bypass crescent
 bluff branch bridge brook canyon causeway commons corner creek estates falls field fields ferry fork garden gardens gate gateway glen green grove harbor haven heights hill hills island junction key knoll
 lake landing manor meadow meadows mews croft gardens drift rise quay wynd mill mission mount mountain oaks orchard overlook parkways pass passage pines plain plains prairie ranch rapids rest route rue shoal shore shores spring springs spur station
 stream summit trace track tunnel union valley via view village vista walk wells`)
	sureSuffixes  = wordSet("street avenue ave road rd lane ln boulevard blvd parkway pkwy terrace hwy turnpike")
	unitWords     = wordSet("apt apartment apartments unit suite ste floor fl room rm lot building bldg departamento depto dpto apto apartamento piso interior int num no numero casa local oficina")
	streetWordsES = wordSet("calle avenida av carrera cra calzada paseo boulevard bulevar blvd callejon camino carretera diagonal transversal privada prolongacion pasaje circuito cll kr kra jiron travesia ronda glorieta plazuela carrer rua pje pasaje cerrada andador retorno alameda malecon autopista carr")
	notStreet     = wordSet("hour hours minute minutes min mins day days week weeks month months year years yr yrs people dollars bucks mile miles am pm horas minutos dias semanas meses anos percent block blocks units unit of in on to and for or with is at syringe syringes kids more times sessions a an visits ml mg cc")
)

// ofPractice says whether a question asks about the practice's own place: "did you move to 77 Harbor Blvd?".
func (d *detector) ofPractice(i int) bool {
	c := clauseOf(d.tokens, i, i+1)
	if d.tokens[c.end-1].after != question {
		return false
	}
	for k := i - 1; k >= max(c.begin, i-6); k-- {
		switch {
		case d.has(k, ownWord) || spanishOwn.holds(d.number[k]):
			return false
		case practiceWords.holds(d.number[k]):
			return true
		}
	}
	return false
}

var practiceWords = wordSet("your yours you clinic office location su sus local sucursal clinica consultorio ustedes")

// addresses finds postal addresses: a number, one to five words and a street suffix; in Spanish the kind of street, its
// name and a number; and post-office boxes.
func (d *detector) addresses() {
	if !d.plays(placeRole) && !d.signs.has(anyDigit) {
		return
	}
	for i := range d.tokens {
		switch {
		case d.roleOf(i)&placeRole == 0 && !hasDigits(d.tokens[i].text), d.tokens[i].from == d.tokens[i].to, (houseNumber(d.tokens[i].text) || streetWordsES.holds(d.number[i])) && d.ofPractice(i):
		case d.boxAt(i), d.ruralRoute(i), d.plotAt(i), d.lotAt(i), d.roadAt(i):
		case houseNumber(d.tokens[i].text):
			d.streetAt(i)
		case d.namesNumber(i):
			d.spokenStreet(i)
		case streetWordsES.holds(d.number[i]) && !d.respelt[i], d.calleSign(i), d.is(i, squares) && d.tokens[i].capital && i+1 < len(d.tokens) && (d.tokens[i+1].capital || hasDigits(d.tokens[i+1].text)):
			d.calleAt(i)
		}
	}
}

// calleSign says whether token i is the "C/" of a street in Spain.
func (d *detector) calleSign(i int) bool {
	return d.tokens[i].text == "c" && strings.HasPrefix(d.gap(i), "/") && i+1 < len(d.tokens) && d.tokens[i+1].capital && !d.shouting()
}

// spokenStreet reads "four twelve maple street" where an address was announced.
func (d *detector) spokenStreet(i int) {
	if d.namesNumber(i-1) || !d.cued(int(d.tokens[i].from), 4, cueAddress) {
		return
	}
	_, words, next := d.digitWords(i)
	if words == 0 || next >= len(d.tokens) || d.tokens[next-1].after >= comma {
		return
	}
	for k := next; k < min(next+4, len(d.tokens)); k++ {
		switch {
		case notStreet.holds(d.number[k]) && k == next:
			return
		case k > next && streetSuffixes.holds(d.number[k]):
			d.report("address", int(d.tokens[i].from), int(d.tokens[d.unitAfter(k)].to), rankCue, ActionFlag)
			return
		case d.tokens[k].after >= comma:
			return
		}
	}
}

// houseNumber accepts up to six digits, with a letter behind them.
func houseNumber(w string) bool {
	if n := len(w); n > 1 && isLetter(w[n-1]) && isDigit(w[n-2]) {
		w = w[:n-1]
	}
	return allDigits(w) && len(w) <= 6
}

func (d *detector) streetAt(i int) {
	t := &d.tokens[i]
	if d.taken(int(t.from), int(t.to)) || t.after >= comma || t.from > 0 && d.m.lower[t.from-1] == '$' {
		return
	}
	for k := i + 1; k <= min(i+6, len(d.tokens)-1); k++ {
		w := d.canon[k]
		if notStreet.has(w) || k == i+1 && allDigits(d.tokens[k].text) {
			return
		}
		last := k+1 < len(d.tokens) && d.tokens[k].after == noPause && streetSuffixes.holds(d.number[k+1])
		if k == i+1 && streetWordsES.has(w) && !d.respelt[k] || k == i+1 && foreignStreets.has(w) {
			if end := d.capitalsAfter(k); end > k { // "1402 Avenida del Sol", "1 Rue Sainte-Anne"
				end = d.unitAfter(end)
				d.report("address", d.houseStart(i), int(d.tokens[end].to), rankCue, ActionFlag)
				d.zipAfter(end + 1)
				return
			}
		}
		if w == "close" && d.tokens[k].capital && d.tokens[k-1].capital && !d.shouting() { // an everyday word but for its capital
			d.report("address", d.houseStart(i), int(d.tokens[d.unitAfter(k)].to), rankCue, ActionFlag)
			return
		}
		if streetSuffixes.has(w) && !last && (k > i+1 || w == "broadway") && d.looksLikeStreet(i, k) {
			end := d.unitAfter(d.quarterAfter(k))
			d.report("address", d.houseStart(i), int(d.tokens[end].to), rankCue, ActionFlag)
			d.zipAfter(end + 1)
			return
		}
		if d.tokens[k].after == comma && d.tokens[k].capital && !d.shouting() && d.is(k+1, unitSigns) && k+2 < len(d.tokens) && hasDigits(d.tokens[k+2].text) {
			d.report("address", d.houseStart(i), int(d.tokens[k+2].to), rankCue, ActionFlag) // "1120 Pine, Unit #9"
			return
		}
		if d.tokens[k].after >= comma && !(d.tokens[k].after >= stop && streetAbbreviations.has(w)) {
			return
		}
	}
}

// capitalsAfter is the last of the words with capitals, and the particles between them, behind token k, or k.
func (d *detector) capitalsAfter(k int) int {
	last := k
	for i := k + 1; i < min(k+6, len(d.tokens)) && (d.tokens[i-1].after == noPause || streetAbbreviations.holds(d.number[i-1])); i++ {
		switch {
		case d.tokens[i].capital && !hasDigits(d.tokens[i].text):
			last = i
		case !d.has(i, particle):
			return last
		}
	}
	return last
}

// unitSigns are of a flat in a house and of nothing else.
var unitSigns = wordSet("apt apartment unit ste suite depto dpto apto")

// foreignStreets are kinds of streets that are named before the street, in other languages.
var foreignStreets = wordSet("rue via rua strada piazza calea ulica")

// quarterAfter is the point of the compass behind the street at token k, or k.
func (d *detector) quarterAfter(k int) int {
	if d.is(k+1, quarters) && d.tokens[k].after == noPause {
		return k + 1
	}
	return k
}

var quarters = wordSet("n s e w ne nw se sw north south east west norte sur este oeste")

// houseStart is where the house number at token i begins: "45-12" is one.
func (d *detector) houseStart(i int) int {
	if i > 0 && d.gap(i-1) == "-" && allDigits(d.tokens[i-1].text) {
		return int(d.tokens[i-1].from)
	}
	return int(d.tokens[i].from)
}

// streetAbbreviations may end in a point in the middle of an address.
var streetAbbreviations = wordSet("doctor no num nro n s e w ne nw se sw st ste mt ft dr jr ave")

// looksLikeStreet asks for a capital in the name, or a word that says that an address follows, where the suffix is also
// an everyday word.
func (d *detector) looksLikeStreet(number, suffix int) bool {
	if !d.shouting() {
		for k := number + 1; k < suffix; k++ {
			if d.tokens[k].capital {
				return true
			}
		}
	}
	if sureSuffixes.holds(d.number[suffix]) || hasDigits(d.tokens[suffix-1].text) && suffix > number+1 && !allDigits(d.tokens[suffix-1].text) {
		return true
	}
	return number == 0 || d.cued(int(d.tokens[number].from), 6, cueAddress)
}

// unitAfter is the last token of ", Apt 4B" or "#5" behind token k, or k.
func (d *detector) unitAfter(k int) int {
	if k+1 >= len(d.tokens) || strings.Contains(d.gap(k), "\n") {
		return k
	}
	if strings.Contains(d.gap(k), "#") && len(d.tokens[k+1].text) <= 5 {
		return k + 1
	}
	if d.is(k+2, floors) && hasDigits(d.tokens[k+1].text) {
		return k + 2
	}
	if end := d.doorAfter(k); end > k {
		return end
	}
	if k+2 < len(d.tokens) && unitWords.holds(d.number[k+1]) && (hasDigits(d.tokens[k+2].text) || len(d.tokens[k+2].text) == 1 || d.namesNumber(k+2)) {
		return k + 2
	}
	return k
}

// doorAfter is the last token of a floor and door as they are written in Spain ("2.º B", "3r 2a", "bajo B") behind token
// k, or k.
func (d *detector) doorAfter(k int) int {
	if k+2 >= len(d.tokens) || d.tokens[k].after > comma {
		return k
	}
	floor, door := d.tokens[k+1].text, d.tokens[k+2].text
	ordinal := len(floor) <= 3 && hasDigits(floor) && (lettersIn(floor) || strings.ContainsAny(d.gap(k+1), ".º°ª"))
	if !ordinal && floor != "bajo" && floor != "atico" || len(door) > 2 || len(door) == 2 && !hasDigits(door) || d.tokens[k+1].after >= comma && !ordinal {
		return k
	}
	return k + 2
}

var floors = wordSet("floor fl piso")

// calleAt reads "calle Hidalgo 123", "avenida 7 #45-20, depto 4", "calle 5 de Mayo 123, colonia Centro".
func (d *detector) calleAt(i int) {
	house := -1
	for k := i + 1; k <= min(i+8, len(d.tokens)-1); k++ {
		switch w := d.canon[k]; {
		case houseNumber(w):
			house = k
		case house >= 0 && !d.calleGoesOn(k):
			k = len(d.tokens)
		case d.has(k, everyday) && notInStreetES.has(w):
			k = len(d.tokens)
		}
		if house < 0 && k+1 < len(d.tokens) && d.tokens[k].after == comma && !houseNumber(d.canon[k+1]) && !d.is(k+1, unitWords) {
			break
		}
		if k < len(d.tokens) && d.tokens[k].after >= stop && !(d.tokens[k].to-d.tokens[k].from <= 3 && streetAbbreviations.holds(d.number[k])) {
			break
		}
	}
	if house < 0 || house == i+1 && d.is(house+1, unitNames) || (len(d.canon[i]) == 1 || squares.holds(d.number[i])) && house > i+4 {
		return
	}
	end := d.unitAfter(house)
	if end+2 < len(d.tokens) && d.canon[end+1] == "colonia" && d.tokens[end].after <= comma {
		end += 2
	}
	d.report("address", int(d.tokens[i].from), int(d.tokens[end].to), rankCue, ActionFlag)
	d.zipAfter(end + 1)
}

// calleGoesOn says whether the words from token k on, after a number, belong to the name of the street: "5 de Mayo 123".
func (d *detector) calleGoesOn(k int) bool {
	if d.tokens[k-1].after >= comma || unitWords.holds(d.number[k]) {
		return false
	}
	for n := k; n < min(k+3, len(d.tokens)); n++ {
		if houseNumber(d.tokens[n].text) {
			return true
		}
	}
	return false
}

var notInStreetES = wordSet("esta estan hay queda tienen tengo puedo puede quiero necesito y cuando como donde porque minutos horas")

// zipAfter reports a ZIP code that follows a street within the next few words of the sentence.
func (d *detector) zipAfter(i int) {
	for k := i; k < min(i+5, len(d.tokens)) && d.tokens[k-1].after < stop; k++ {
		if t := &d.tokens[k]; allDigits(t.text) && len(t.text) == 5 {
			d.report("zip", int(t.from), int(t.to), rankCue, ActionFlag)
			return
		}
	}
}

// boxAt finds "PO Box 12", "P.O. Box 12", "apartado postal 12".
func (d *detector) boxAt(i int) bool {
	if !boxHeads.holds(d.number[i]) {
		return false
	}
	for _, words := range boxes[d.canon[i]] {
		n := len(words)
		if d.phraseAt(i, words) && i+n < len(d.tokens) && allDigits(d.tokens[i+n].text) {
			d.report("address", int(d.tokens[i].from), int(d.tokens[i+n].to), rankShape, ActionFlag)
			d.zipAfter(i + n + 1)
			return true
		}
	}
	return false
}

// lotAt finds "Lot 14, Whispering Pines Trailer Park".
func (d *detector) lotAt(i int) bool {
	if !d.is(i, lots) || !d.tokens[i].capital || i+3 >= len(d.tokens) || !hasDigits(d.tokens[i+1].text) {
		return false
	}
	last := i + 1
	for k := i + 2; k < min(i+7, len(d.tokens)) && d.tokens[k].capital && (d.tokens[k-1].after == noPause || k == i+2); k++ {
		last = k
	}
	if last < i+3 || !d.is(last, parks) {
		return false
	}
	d.report("address", int(d.tokens[i].from), int(d.tokens[last].to), rankShape, ActionFlag)
	return true
}

var (
	lots  = wordSet("lot space site unit trailer cottage cabin")
	parks = wordSet("park court estates village community homes resort campground apartments towers")
)

// roadAt finds "carr. 844 km 3.2", as the roads of Puerto Rico are.
func (d *detector) roadAt(i int) bool {
	if !d.is(i, roads) || i+3 >= len(d.tokens) || !allDigits(d.tokens[i+1].text) || d.canon[i+2] != "km" || !hasDigits(d.tokens[i+3].text) {
		return false
	}
	from, to := i, i+3
	if i >= 2 && d.is(i-2, squares) && d.tokens[i-1].capital {
		from = i - 2
	}
	if to+1 < len(d.tokens) && d.gap(to) == "." && allDigits(d.tokens[to+1].text) {
		to++
	}
	d.report("address", int(d.tokens[from].from), int(d.tokens[to].to), rankShape, ActionFlag)
	return true
}

var roads = wordSet("carr carretera ruta")

// ruralRoute finds "RR 2 Box 152".
func (d *detector) ruralRoute(i int) bool {
	k := i + 1
	if (d.canon[i] == "rural" || d.canon[i] == "star") && d.is(i+1, routeWords) {
		k++
	} else if d.canon[i] != "rr" && d.canon[i] != "hc" {
		return false
	}
	if k+2 >= len(d.tokens) || !allDigits(d.tokens[k].text) || d.canon[k+1] != "box" || !hasDigits(d.tokens[k+2].text) {
		return false
	}
	d.report("address", int(d.tokens[i].from), int(d.tokens[k+2].to), rankShape, ActionFlag)
	return true
}

// squares are words of Spanish addresses that are everyday words too: they count with capitals and a number close by.
var squares = wordSet("plaza cl cr urb urbanizacion via barrio sector vereda residencial conjunto")

// plotAt finds "manzana 14 lote 3", "Mz. B Lt. 12", as new quarters number their plots.
func (d *detector) plotAt(i int) bool {
	if !d.is(i, plotWords) || i+3 >= len(d.tokens) || !d.is(i+2, lotWords) || len(d.tokens[i+1].text) > 3 || !hasDigits(d.tokens[i+3].text) {
		return false
	}
	d.report("address", int(d.tokens[i].from), int(d.tokens[i+3].to), rankShape, ActionFlag)
	return true
}

var (
	plotWords = wordSet("manzana mz mza supermanzana sm block bloque")
	lotWords  = wordSet("lote lt lot casa apto")
)

var routeWords = wordSet("route rt")

var boxes = byFirstWord([][]string{{"po", "box"}, {"p", "o", "box"}, {"pobox"}, {"post", "office", "box"}, {"apartado", "postal"}, {"apartado", "de", "correos"}, {"casilla", "postal"}})

var boxHeads = keysOf(boxes)
