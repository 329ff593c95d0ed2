package text

import (
	"slices"
	"strings"
)

// group is an unbroken run of digits.
type group struct {
	from, to int
	before   string // what stands between the group before and this one; "" for the first of a run
}

// digitRuns splits the text into runs of digit groups that only separators part ("(212) 555-0142" is one run of three).
func digitRuns(s string) [][]group {
	var runs [][]group
	for i := 0; i < len(s); {
		if !isDigit(s[i]) || i > 0 && isLetter(s[i-1]) {
			i++
			continue
		}
		var run []group
		before := ""
		for {
			j := i
			for j < len(s) && isDigit(s[j]) {
				j++
			}
			run = append(run, group{i, j, before})
			k := j
			for k < len(s) && k-j < 3 && strings.IndexByte(" .-()/,", s[k]) >= 0 {
				k++
			}
			if k == j || k == len(s) || !isDigit(s[k]) {
				i = max(j, i+1)
				break
			}
			before = s[j:k]
			i = k
		}
		runs = append(runs, run)
	}
	return runs
}

func (d *detector) numbers() {
	for _, run := range digitRuns(d.m.lower) {
		for i := 0; i < len(run); {
			i += max(1, d.numberAt(run[i:]))
		}
	}
}

// numberAt tries every kind of number on the first groups of run and returns how many groups it used.
func (d *detector) numberAt(run []group) int {
	if d.taken(run[0].from, run[0].to) {
		return 1
	}
	for _, try := range []func([]group) int{d.card, d.address4, d.social, d.phone, d.bank, d.npi, d.calendar, d.zip, d.age} {
		if n := try(run); n > 0 {
			return n
		}
	}
	return 0
}

func (d *detector) digits(run []group) string {
	var b strings.Builder
	for _, g := range run {
		b.WriteString(d.m.lower[g.from:g.to])
	}
	return b.String()
}

// lengths says whether the first groups have these numbers of digits, each parted by one of the separators.
func lengths(run []group, separators string, want ...int) bool {
	if len(run) < len(want) {
		return false
	}
	for i, n := range want {
		if run[i].to-run[i].from != n {
			return false
		}
		if i > 0 && (run[i].before == "" || strings.Trim(run[i].before, separators) != "") {
			return false
		}
	}
	return true
}

// ends says whether no letter or further digit group is glued to the end of the n groups.
func (d *detector) ends(run []group, n int) bool {
	to := run[n-1].to
	if to < len(d.m.lower) && isLetter(d.m.lower[to]) {
		return false
	}
	return n == len(run) || run[n].before != "-" && run[n].before != "." && run[n].before != "/"
}

// card finds payment cards: 12 to 19 digits with the issuer range of a card scheme and a Luhn check digit
// (ISO/IEC 7812).
func (d *detector) card(run []group) int {
	for n := min(len(run), 6); n > 0; n-- {
		digits := d.digits(run[:n])
		if len(digits) < 12 || len(digits) > 19 || !issuer(digits) || !luhn(digits) {
			continue
		}
		if n > 1 && slices.ContainsFunc(run[1:n], func(g group) bool { return g.before != " " && g.before != "-" && g.before != "." }) {
			continue
		}
		d.report("card", run[0].from, run[n-1].to, rankChecked, ActionMask)
		return n
	}
	return 0
}

// issuer says whether the digits begin and measure like a Visa, Mastercard, American Express, Discover, Diners, JCB,
// UnionPay or Maestro number.
func issuer(n string) bool {
	l, p2, p3, p4 := len(n), number(n[:2]), number(n[:3]), number(n[:4])
	switch {
	case n[0] == '4':
		return l == 13 || l == 16 || l == 19
	case p2 >= 51 && p2 <= 55, p4 >= 2221 && p4 <= 2720:
		return l == 16
	case p2 == 34, p2 == 37:
		return l == 15
	case p4 == 6011, p2 == 65, p3 >= 644 && p3 <= 649, p4 >= 3528 && p4 <= 3589, p2 == 62:
		return l >= 16
	case p3 >= 300 && p3 <= 305, p2 == 36, p2 == 38, p2 == 39:
		return l >= 14
	case p4 == 5018, p4 == 5020, p4 == 5038, p4 == 5893, p4 == 6304, p4 == 6759, p4 == 6761, p4 == 6762, p4 == 6763:
		return true
	}
	return false
}

// luhn checks the digits (ISO/IEC 7812-1 annex B).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		v := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// number is the value of up to nine digits.
func number(digits string) int {
	n := 0
	for i := range min(len(digits), 9) {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

var (
	ssnCues  = cues("ssn, social, social security, ss number, seguro social, numero de seguro, nss, soc sec, sosial")
	itinCues = cues("itin, tax id, taxpayer")
)

// social finds Social Security numbers and ITINs. The shape alone passes for most nine-digit numbers, so separators or
// a cue decide.
func (d *detector) social(run []group) int {
	n := 0
	switch {
	case lengths(run, " -./", 3, 2, 4) && run[1].before == run[2].before && d.ends(run, 3):
		n = 3
	case lengths(run, "", 9) && d.ends(run, 1) && (d.cued(run[0].from, 5, ssnCues) || d.cued(run[0].from, 5, itinCues)):
		n = 1
	case lengths(run, "", 4) && d.ends(run, 1) && d.cued(run[0].from, 6, ssnCues):
		if len(run) > 1 && run[1].to-run[1].from >= 4 {
			return 0
		}
		d.report("ssn", run[0].from, run[0].to, rankShape, ActionMask)
		return 1
	default:
		return 0
	}
	digits := d.digits(run[:n])
	switch {
	case itin(digits):
		d.report("itin", run[0].from, run[n-1].to, rankChecked, ActionMask)
	case ssn(digits):
		d.report("ssn", run[0].from, run[n-1].to, rankChecked, ActionMask)
	default:
		return 0
	}
	return n
}

// ssn says whether the nine digits can have been assigned (20 CFR 422.103; randomised since 2011). The three numbers
// are known from advertising and examples.
func ssn(n string) bool {
	area, grp, serial := n[:3], n[3:5], n[5:]
	if area == "000" || area == "666" || area[0] == '9' || grp == "00" || serial == "0000" {
		return false
	}
	return n != "078051120" && n != "219099999" && n != "123456789" && strings.Trim(n, n[:1]) != ""
}

// itin says whether the nine digits are an Individual Taxpayer Identification Number (IRS: 9xx, groups 50–65, 70–88,
// 90–92, 94–99).
func itin(n string) bool {
	g := number(n[3:5])
	return n[0] == '9' && (g >= 50 && g <= 65 || g >= 70 && g <= 88 || g >= 90 && g <= 92 || g >= 94 && g <= 99)
}

var (
	phoneCues       = cues(`call, phone, cell, mobile, text, number is, reach me, telefono, celular, cel, movil, tel, llame, llamen, llamar, llameme, numero es, fono, contact me, whatsapp, fax, home, number, numero, marque, sms, line, at, contacto`)
	strongPhoneCues = cues("call, phone, cell, mobile, text, telefono, celular, cel, movil, tel, llame, llamen, llamar, llameme, whatsapp, fax, reach me, sms")
)

// phone finds numbers of the North American plan, and international ones that begin with "+".
func (d *detector) phone(run []group) int {
	plus := run[0].from > 0 && d.m.lower[run[0].from-1] == '+'
	start := run[0].from
	if plus || start > 0 && d.m.lower[start-1] == '(' {
		start--
	}
	if plus && start > 0 && d.m.lower[start-1] == '(' {
		start--
	}
	skip := 0
	if run[0].to-run[0].from == 1 && d.m.lower[run[0].from] == '1' && len(run) > 1 && run[1].before != "," {
		skip = 1
	}
	rest := run[skip:]
	cued := d.cued(run[0].from, 5, phoneCues)
	switch {
	case lengths(rest, " .-()/", 3, 3, 4) && nanp(d.digits(rest[:3])) && d.endsSoft(rest, 3):
		d.report("phone", start, rest[2].to, rankShape, ActionMask)
		return skip + 3
	case lengths(rest, " .-()/", 3, 7) && nanp(d.digits(rest[:2])), lengths(rest, " .-()/", 6, 4) && nanp(d.digits(rest[:2])):
		d.report("phone", start, rest[1].to, rankShape, ActionMask)
		return skip + 2
	case lengths(rest, "", 10) && nanp(d.digits(rest[:1])) && d.endsSoft(rest, 1):
		d.report("phone", start, rest[0].to, rankCue, actionIf(cued || plus))
		return skip + 1
	case skip == 0 && lengths(run, "", 11) && d.m.lower[run[0].from] == '1' && nanp(d.digits(run[:1])[1:]):
		d.report("phone", start, run[0].to, rankCue, actionIf(cued || plus))
		return 1
	case lengths(rest, " .-", 3, 4) && d.m.lower[rest[0].from] >= '2' && d.endsSoft(rest, 2) && d.cued(run[0].from, 5, phoneCues):
		d.report("phone", start, rest[1].to, rankCue, ActionFlag)
		return skip + 2
	}
	if plus {
		return d.international(run, start)
	}
	return d.grouped(run, start)
}

// international takes up to fifteen digits (ITU-T E.164) after a "+".
func (d *detector) international(run []group, start int) int {
	total, n := 0, 0
	for n < len(run) && total+run[n].to-run[n].from <= 15 && (n == 0 || run[n].before != ",") {
		total += run[n].to - run[n].from
		n++
	}
	if total < 8 {
		return 0
	}
	d.report("phone", start, run[n-1].to, rankShape, ActionMask)
	return n
}

// grouped takes ten digits in any grouping after a cue ("my cell is 21 2555 01 42").
func (d *detector) grouped(run []group, start int) int {
	total := 0
	for n, g := range run {
		if n > 0 && g.before != " " && g.before != "-" && g.before != "." {
			return 0
		}
		if total += g.to - g.from; total >= 10 {
			if digits := d.digits(run[:n+1]); total == 10 && nanp(digits) && d.cued(run[0].from, 5, strongPhoneCues) {
				d.report("phone", start, g.to, rankCue, ActionFlag)
				return n + 1
			}
			return 0
		}
	}
	return 0
}

// endsSoft is ends, with an extension allowed.
func (d *detector) endsSoft(run []group, n int) bool {
	to := run[n-1].to
	if to < len(d.m.lower) && isLetter(d.m.lower[to]) {
		return d.m.lower[to] == 'x' || d.m.lower[to] == 'e'
	}
	return n == len(run) || run[n].before != "-" && run[n].before != "."
}

func actionIf(sure bool) string {
	if sure {
		return ActionMask
	}
	return ActionFlag
}

// nanp says whether ten digits are a number of the North American Numbering Plan: area code and exchange begin with
// 2–9, the area code is no service code (N11) and not reserved for expansion (N9X).
func nanp(n string) bool {
	return len(n) == 10 && n[0] >= '2' && n[3] >= '2' && n[1:3] != "11" && n[1] != '9' && strings.Trim(n, n[:1]) != ""
}

var bankCues = cues("routing, aba, rtn, bank, transit, ruta, banco")

// bank finds routing numbers of US banks (ABA; check digit with weights 3-7-1) where a cue names them.
func (d *detector) bank(run []group) int {
	if !lengths(run, "", 9) || !d.ends(run, 1) || !d.cued(run[0].from, 5, bankCues) || !aba(d.digits(run[:1])) {
		return 0
	}
	d.report("aba", run[0].from, run[0].to, rankChecked, ActionMask)
	return 1
}

func aba(n string) bool {
	p := number(n[:2])
	if p > 12 && p < 21 || p > 32 && p < 61 || p > 72 && p != 80 {
		return false
	}
	sum := 0
	for i, w := range []int{3, 7, 1, 3, 7, 1, 3, 7, 1} {
		sum += w * int(n[i]-'0')
	}
	return sum%10 == 0
}

var npiCues = cues("npi, provider number, provider id, national provider")

// npi finds National Provider Identifiers (45 CFR 162.406; Luhn over 80840 + number) where a cue names them: the check
// digit alone would take one phone number in ten.
func (d *detector) npi(run []group) int {
	if !lengths(run, "", 10) || !d.ends(run, 1) || !d.cued(run[0].from, 5, npiCues) {
		return 0
	}
	if n := d.digits(run[:1]); n[0] != '1' && n[0] != '2' || !luhn("80840"+n) {
		return 0
	}
	d.report("npi", run[0].from, run[0].to, rankChecked, ActionMask)
	return 1
}

var versionCues = cues("version, v, ver, release, update")

// address4 finds IPv4 addresses.
func (d *detector) address4(run []group) int {
	if len(run) < 4 || !d.ends(run, 4) || d.cued(run[0].from, 2, versionCues) {
		return 0
	}
	for i, g := range run[:4] {
		if g.to-g.from > 3 || i > 0 && g.before != "." || number(d.m.lower[g.from:g.to]) > 255 {
			return 0
		}
	}
	d.report("ip", run[0].from, run[3].to, rankShape, ActionMask)
	return 4
}

var (
	zipCues = cues("zip, zipcode, zip code, postal, postal code, codigo postal, cp, postcode")
	states  = wordSet(`alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas
 kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada hampshire jersey mexico york carolina dakota
 ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming
 al ak az ar ca co ct fl ga hi id il ia ks ky la md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc`)
)

// zip finds ZIP codes after a cue or the name of a state.
func (d *detector) zip(run []group) int {
	n := 0
	switch {
	case lengths(run, "-", 5, 4) && d.ends(run, 2):
		n = 2
	case lengths(run, "", 5) && d.ends(run, 1):
		n = 1
	default:
		return 0
	}
	if v := number(d.digits(run[:1])); v < 501 || v > 99950 {
		return 0
	}
	if !d.cued(run[0].from, 4, zipCues) && !d.afterState(run[0].from) {
		return 0
	}
	d.report("zip", run[0].from, run[n-1].to, rankCue, ActionFlag)
	return n
}

// afterState says whether the name of a state, or its abbreviation in capitals or after a comma, stands before at.
func (d *detector) afterState(at int) bool {
	i := d.tokenAt(at) - 1
	if i < 0 || d.tokens[i].after >= stop || !states[d.tokens[i].text] {
		return false
	}
	t := d.tokens[i]
	return len(t.text) > 2 || t.capital || i > 0 && d.tokens[i-1].after == comma
}

var ageCues = cues("years, year old, yo, y o, yrs, yr, anos, anitos")

// age finds ages of 90 and more, which 164.514(b)(2)(i)(C) treats like dates.
func (d *detector) age(run []group) int {
	n := number(d.digits(run[:1]))
	if n < 90 || n > 120 || run[0].to-run[0].from > 3 {
		return 0
	}
	i := d.tokenAt(run[0].from)
	from := run[0].from
	if i+1 < len(d.tokens) && d.tokens[i].after == noPause {
		c := clause{tokens: d.tokens, begin: i + 1, end: len(d.tokens)}
		if c.phrase(i+1, ageCues) > 0 {
			to := int(d.tokens[i+1].to)
			if i+2 < len(d.tokens) && d.tokens[i+2].text == "old" {
				to = int(d.tokens[i+2].to)
			}
			d.report("age", from, to, rankShape, ActionMask)
			return 1
		}
	}
	if i > 0 && (d.tokens[i-1].text == "age" || d.tokens[i-1].text == "aged" || d.tokens[i-1].text == "edad") {
		d.report("age", from, run[0].to, rankShape, ActionMask)
		return 1
	}
	return 0
}

var digitWords = map[string]byte{
	"zero": '0', "oh": '0', "o": '0', "one": '1', "two": '2', "three": '3', "four": '4', "five": '5', "six": '6', "seven": '7', "eight": '8', "nine": '9',
	"cero": '0', "uno": '1', "dos": '2', "tres": '3', "cuatro": '4', "cinco": '5', "seis": '6', "siete": '7', "ocho": '8', "nueve": '9',
}

// spelledNumbers finds phone and Social Security numbers written as words, with or without digits among them.
func (d *detector) spelledNumbers() {
	for i := 0; i < len(d.tokens); {
		j, digits, words := i, "", 0
		for j < len(d.tokens) && len(digits) < 16 {
			t := d.tokens[j].text
			if c, ok := digitWords[t]; ok {
				digits += string(c)
				words++
			} else if allDigits(t) && len(t) <= 4 {
				digits += t
			} else {
				break
			}
			j++
			if d.tokens[j-1].after >= stop {
				break
			}
		}
		if words > 0 {
			d.spelled(digits, int(d.tokens[i].from), int(d.tokens[max(i, j-1)].to))
		}
		i = max(j, i+1)
	}
}

func (d *detector) spelled(digits string, from, to int) {
	if len(digits) == 11 && digits[0] == '1' {
		digits = digits[1:]
	}
	switch {
	case len(digits) == 10 && nanp(digits):
		d.report("phone", from, to, rankShape, ActionMask)
	case len(digits) == 9 && ssn(digits) && d.cued(from, 5, ssnCues):
		d.report("ssn", from, to, rankShape, ActionMask)
	case len(digits) == 4 && d.cued(from, 6, ssnCues):
		d.report("ssn", from, to, rankShape, ActionMask)
	case len(digits) == 7 && d.cued(from, 5, strongPhoneCues):
		d.report("phone", from, to, rankCue, ActionFlag)
	}
}
