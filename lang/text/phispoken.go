package text

import "strings"

// Numbers that are written as words, as voice-to-text and careful people write them.

// numeral is what a word of a number adds: a value that the next word may complete, or a factor.
type numeral struct {
	value int
	ord   bool // third, tercero
}

var numerals = buildNumerals()

func buildNumerals() map[string]numeral {
	out := map[string]numeral{}
	for _, row := range []struct {
		first, step int
		words       string
	}{
		{0, 1, "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"},
		{20, 10, "twenty thirty forty fifty sixty seventy eighty ninety"},
		{0, 1, "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"},
		{30, 10, "treinta cuarenta cincuenta sesenta setenta ochenta noventa"},
		{200, 100, "doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"},
	} {
		for i, w := range strings.Fields(row.words) {
			out[w] = numeral{value: row.first + i*row.step}
		}
	}
	for i, w := range strings.Fields("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth") {
		out[w] = numeral{value: i + 1, ord: true}
	}
	for w, v := range map[string]int{"oh": 0, "fourty": 40, "fivety": 50, "nintey": 90, "hundred": 100, "cien": 100, "ciento": 100, "thousand": 1000, "mil": 1000, "thirtieth": 30, "primero": 1} {
		out[w] = numeral{value: v, ord: w == "thirtieth" || w == "primero"}
	}
	return out
}

var numeralWords = keysOf(numerals)

// numeralAt is what token i adds to a number.
func (d *detector) numeralAt(i int) (numeral, bool) {
	if !numeralWords.holds(d.number[i]) {
		return numeral{}, false
	}
	n, ok := numerals[d.canon[i]]
	return n, ok
}

// namesNumber says whether token i exists and adds something to a number.
func (d *detector) namesNumber(i int) bool {
	if i < 0 {
		return false
	}
	n, _ := d.numeralAt(i)
	return n.value > 0
}

// span of a number read at a token.
type readNumber struct {
	value, next int
	ord         bool
}

// numberWord reads the number written as words at token i: ninety two, mil novecientos ochenta y cinco. ok is false if
// there is none.
func (d *detector) numberWord(i int) (readNumber, bool) {
	r := readNumber{next: i}
	group, any := 0, false
	for r.next < len(d.canon) {
		n, ok := d.numeralAt(r.next)
		if !ok || any && d.tokens[r.next-1].after > noPause {
			break
		}
		switch {
		case n.value == 1000:
			r.value, group = r.value+max(group, 1)*1000, 0
		case n.value == 100 && group > 0 && group < 10:
			group *= 100
		case !any || group%100 == 0 && n.value < 100 && group >= 100 || group%100 == 0 && any && group == 0:
			group += n.value
		case group%100 >= 20 && group%10 == 0 && n.value < 10 && n.value > 0:
			group += n.value
		default:
			r.value += group
			return r, true
		}
		any = true
		r.ord = n.ord
		r.next++
		if r.ord {
			break
		}
		// "ochenta y cinco", "one hundred and one"
		if r.next+1 < len(d.canon) && (d.canon[r.next] == "y" && group%100 >= 30 && group%10 == 0 || d.canon[r.next] == "and" && group >= 100 && group%100 == 0) {
			switch v, ok := d.numeralAt(r.next + 1); {
			case ok && v.value < 100:
				r.next++
			case d.canon[r.next+1] == "un":
				return readNumber{value: r.value + group + 1, next: r.next + 2}, true
			}
		}
	}
	r.value += group
	return r, any
}

// yearWords reads a year: nineteen eighty five, two thousand one, dos mil cinco, mil novecientos setenta.
func (d *detector) yearWords(i int) (year, next int, ok bool) {
	a, ok := d.numberWord(i)
	if !ok || a.ord {
		return 0, i, false
	}
	if a.value >= 1900 && a.value <= 2100 {
		return a.value, a.next, true
	}
	if a.value != 19 && a.value != 20 {
		return 0, i, false
	}
	b, ok := d.numberWord(a.next)
	switch {
	case !ok || b.value > 99:
		return 0, i, false
	case b.value == 0: // nineteen oh five
		if c, ok := d.numberWord(b.next); ok && c.value < 10 {
			return a.value*100 + c.value, c.next, true
		}
		return 0, i, false
	}
	return a.value*100 + b.value, b.next, true
}

// spokenDates finds dates whose day or year is written as words.
func (d *detector) spokenDates() {
	if !d.plays(monthRole | digitRole) {
		return
	}
	for i := range d.tokens {
		role := d.roleOf(i)
		if role&monthRole != 0 {
			d.spokenDate(i)
		}
		if role&digitRole != 0 {
			d.spokenAge(i)
			d.spokenBirthday(i)
		}
	}
}

// spokenBirthday reads a birthday said in numbers alone: "three fourteen eighty five" after its cue.
func (d *detector) spokenBirthday(i int) {
	month, ok := d.numberWord(i)
	if !ok || month.value < 1 || month.value > 31 || d.namesNumber(i-1) || !d.cued(int(d.tokens[i].from), 4, cueBirth) {
		return
	}
	day, ok := d.numberWord(month.next)
	if !ok || !dayMonth(month.value, day.value) {
		return
	}
	year, next, ok := d.yearWords(day.next)
	if !ok {
		short, found := d.numberWord(day.next)
		if !found || short.value < 1 || short.value > 99 {
			return
		}
		year, next = shortYear(short.value), short.next
	}
	d.date(year, int(d.tokens[i].from), int(d.tokens[next-1].to))
}

func (d *detector) spokenDate(month int) {
	first, last, found := d.dayBeside(month)
	if !found {
		if k := d.skipOf(month, 1); k >= 0 {
			if n, ok := d.numberWord(k); ok && n.value >= 1 && n.value <= 31 {
				last, found = n.next-1, true
			}
		}
	}
	if !found {
		for _, size := range []int{3, 2, 1} {
			k := d.skipOf(month, -1) - size + 1
			if n, ok := d.numberWord(max(k, 0)); k >= 0 && ok && n.next == k+size && n.value >= 1 && n.value <= 31 {
				first, found = k, true
				break
			}
		}
	}
	if !found {
		return
	}
	k := d.skipOf(last, 1)
	if last < month {
		k = d.skipOf(month, 1)
	}
	if k < 0 {
		d.dayOnly(min(first, month), max(last, month), true)
		return
	}
	if year, next, ok := d.yearWords(k); ok {
		d.date(year, int(d.tokens[first].from), int(d.tokens[next-1].to))
	} else if y := d.canon[k]; allDigits(y) && len(y) == 4 {
		d.date(number(y), int(d.tokens[first].from), int(d.tokens[k].to))
	} else {
		d.dayOnly(min(first, month), max(last, month), true)
	}
}

// spokenAge finds ages of 90 and more as words.
func (d *detector) spokenAge(i int) {
	n, ok := d.numberWord(i)
	if !ok || n.value < 90 || n.value > 120 {
		return
	}
	from := int(d.tokens[i].from)
	if i > 0 && d.canon[i-1] == "a" && d.canon[i] == "hundred" {
		from = int(d.tokens[i-1].from)
	}
	d.read = d.m.lower
	d.ageAt(i, n.next, from, int(d.tokens[n.next-1].to))
}

// leastSpoken is how many digits written as words are taken for a number of a person.
const leastSpoken = 4

// spokenNumbers finds telephone, Social Security and other numbers written as words, with or without digits among them.
func (d *detector) spokenNumbers() {
	if !d.plays(digitRole) {
		return
	}
	for i := 0; i < len(d.tokens); {
		if w := d.canon[i]; len(w) > 1 && d.roleOf(i)&digitRole == 0 && !isDigit(w[0]) {
			i++
			continue
		}
		digits, words, next := d.digitWords(i)
		if words >= 2 && len(digits) >= leastSpoken {
			from, to := int(d.tokens[i].from), int(d.tokens[next-1].to)
			if !d.taken(from, to) {
				d.spoken(digits, from, to)
			}
		}
		i = max(next, i+1)
	}
}

// maxSpoken bounds the digits of one number.
const maxSpoken = 20

// digitWords reads the digits spelled from token i on: words of digits, tens and teens, "double five", and digits. It
// says how many of the tokens were words.
func (d *detector) digitWords(i int) (digits string, words, next int) {
	next = i
	for next < len(d.canon) && len(digits) < maxSpoken {
		w := d.canon[next]
		if next > i && d.tokens[next-1].after >= stop {
			break
		}
		part, n := d.digitWord(next)
		switch {
		case part == "" && d.codeLetter(next, digits != ""):
			digits += strings.ToUpper(w)
			next++
		case part != "":
			digits += part
			words++
			next += n
		case allDigits(w) && len(w) <= 4 && !d.taken(int(d.tokens[next].from), int(d.tokens[next].to)):
			digits += w
			next++
		case next > i && digitFillers.holds(d.number[next]):
			next++
		default:
			return d.trimFillers(digits, words, i, next)
		}
	}
	return d.trimFillers(digits, words, i, next)
}

// codeLetter says whether the single letter at token i belongs to a code that is spelled: "w one two three".
func (d *detector) codeLetter(i int, inside bool) bool {
	w := d.canon[i]
	if len(w) != 1 || !isLetter(w[0]) || w[0] == other || strings.ContainsAny(w, "aieouy") && !inside {
		return false
	}
	if i+1 == len(d.canon) || d.tokens[i].after >= stop {
		return inside
	}
	_, more := d.numeralAt(i + 1)
	return more || len(d.canon[i+1]) == 1 && isLetter(d.canon[i+1][0]) || inside && !strings.ContainsAny(w, "aieouy")
}

func (d *detector) trimFillers(digits string, words, i, next int) (string, int, int) {
	for next > i && digitFillers.holds(d.number[next-1]) {
		next--
	}
	return digits, words, next
}

// digitFillers may stand between the digits of a number that is spoken.
var digitFillers = wordSet("dash uh um guion then luego hyphen eh este")

var repeats = map[string]int{"double": 2, "triple": 3, "doble": 2}

// digitWords are all that digitWord reads.
var digitWords = keysOf(numerals).with(keysOf(repeats)).with(wordSet("o"))

// digitWord reads what the word at token i adds to a number that is spelled: five → 5, fifty five → 55, double five → 55,
// eight hundred → 800.
func (d *detector) digitWord(i int) (string, int) {
	w := d.canon[i]
	if !digitWords.holds(d.number[i]) {
		return "", 0
	}
	if n := repeats[w]; n > 0 && i+1 < len(d.canon) {
		if v, ok := d.numeralAt(i + 1); ok && v.value < 10 {
			return repeated(byte('0'+v.value), n), 2
		}
	}
	if w == "o" {
		return "0", 1
	}
	v, ok := numerals[w]
	if !ok || v.ord || v.value >= 1000 {
		return "", 0
	}
	next, more := numeral{}, false
	if i+1 < len(d.canon) && d.tokens[i].after == noPause {
		next, more = d.numeralAt(i + 1)
	}
	switch {
	case v.value >= 100 || more && next.value == 100 && v.value > 0 && v.value < 10:
		return d.hundreds(i)
	case v.value >= 20 && v.value < 100 && v.value%10 == 0 && more && next.value > 0 && next.value < 10 && !next.ord:
		return twoDigits(v.value + next.value), 2
	case v.value >= 30 && v.value < 100 && v.value%10 == 0 && i+2 < len(d.canon) && d.canon[i+1] == "y":
		if u, ok := d.numeralAt(i + 2); ok && u.value > 0 && u.value < 10 {
			return twoDigits(v.value + u.value), 3
		}
	}
	if v.value < 10 {
		return string(byte('0' + v.value)), 1
	}
	return twoDigits(v.value), 1
}

// hundreds reads "eight hundred" as 800, "three hundred twelve" and "trescientos doce" as 312; the digit behind "eight
// hundred five five five" begins another group.
func (d *detector) hundreds(i int) (string, int) {
	value, n, least := numerals[d.canon[i]].value, 1, 1
	if value < 10 {
		value, n, least = 100*value, 2, 10
	}
	if i+n < len(d.canon) && d.tokens[i+n-1].after == noPause {
		if r, ok := d.numberWord(i + n); ok && !r.ord && r.value >= least && r.value < 100 && value%100 == 0 {
			value, n = value+r.value, r.next-i
		}
	}
	return threeDigits(value), n
}

func threeDigits(n int) string { return string(byte('0'+n/100)) + twoDigits(n%100) }

func twoDigits(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) }

func repeated(c byte, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = c
	}
	return string(out)
}
