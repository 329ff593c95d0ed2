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
			for k < len(s) && k-j < 3 && strings.IndexByte(" .-()/,_*", s[k]) >= 0 {
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
	if !d.signs.has(anyDigit) {
		return
	}
	d.numbersIn(d.m.lower)
	if s := lettersAsDigits(d.m.lower); s != d.m.lower {
		d.numbersIn(s)
	}
}

// numbersIn looks for numbers in s, the text or a reading of it.
func (d *detector) numbersIn(s string) {
	d.read = s
	for _, run := range digitRuns(s) {
		for i := 0; i < len(run); {
			i += max(1, d.numberAt(run[i:]))
		}
	}
}

// lettersAsDigits reads o, l and i between digits as the digits they look like: 3l2-555-O142.
func lettersAsDigits(s string) string {
	var out []byte
	for i := 0; i < len(s); {
		if !isWordByte(s[i]) {
			i++
			continue
		}
		j, digits, alike := i, 0, 0
		for ; j < len(s) && isWordByte(s[j]); j++ {
			switch {
			case isDigit(s[j]):
				digits++
			case s[j] == 'o' || s[j] == 'l' || s[j] == 'i':
				alike++
			}
		}
		if digits > 0 && alike > 0 && digits+alike == j-i && j-i >= 3 {
			if out == nil {
				out = []byte(s)
			}
			for k := i; k < j; k++ {
				switch out[k] {
				case 'o':
					out[k] = '0'
				case 'l', 'i':
					out[k] = '1'
				}
			}
		}
		i = j
	}
	if out == nil {
		return s
	}
	return string(out)
}

// numberAt tries every kind of number on the first groups of run and returns how many groups it used.
func (d *detector) numberAt(run []group) int {
	if d.taken(run[0].from, run[0].to) {
		return 1
	}
	for _, try := range numberKinds {
		if n := try(d, run); n > 0 {
			return n
		}
	}
	return 0
}

// numberKinds in the order in which they are believed.
var numberKinds = []func(*detector, []group) int{
	(*detector).card, (*detector).cardEnd, (*detector).address4, (*detector).calendar, (*detector).social, (*detector).bank, (*detector).npi,
	(*detector).phone, (*detector).spaced, (*detector).zip, (*detector).age,
}

func (d *detector) digits(run []group) string {
	if len(run) == 1 {
		return d.read[run[0].from:run[0].to]
	}
	var b strings.Builder
	for _, g := range run {
		b.WriteString(d.read[g.from:g.to])
	}
	return b.String()
}

// lengths says whether the first groups have these numbers of digits, each parted by some of the separators.
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
	if to < len(d.read) && isLetter(d.read[to]) {
		return false
	}
	return n == len(run) || run[n].before != "-" && run[n].before != "." && run[n].before != "/"
}

// endsSoft is ends, with an extension allowed.
func (d *detector) endsSoft(run []group, n int) bool {
	to := run[n-1].to
	if to < len(d.read) && isLetter(d.read[to]) {
		return d.read[to] == 'x' || d.read[to] == 'e'
	}
	return n == len(run) || run[n].before != "-" && run[n].before != "."
}

// starts says whether nothing is glued to the front of the number.
func (d *detector) starts(at int) bool {
	return at == 0 || d.read[at-1] != '$' && !(d.read[at-1] == '.' && at > 1 && isDigit(d.read[at-2])) && !(d.read[at-1] == '-' && at > 1 && isWordByte(d.read[at-2]))
}

// card finds payment cards: 12 to 19 digits with the issuer range of a card scheme and a Luhn check digit
// (ISO/IEC 7812).
func (d *detector) card(run []group) int {
	for n := min(len(run), 19); n > 0; n-- {
		digits := d.digits(run[:n])
		if len(digits) < 12 || len(digits) > 19 || !issuer(digits) || !d.ends(run, n) || !d.starts(run[0].from) {
			continue
		}
		if n > 1 && slices.ContainsFunc(run[1:n], func(g group) bool { return strings.Trim(g.before, " -.*_") != "" }) {
			continue
		}
		switch {
		case luhn(digits):
			d.report("card", run[0].from, run[n-1].to, rankChecked, ActionMask)
		case d.mistypedCard(run[:n], run[0].from):
			d.report("card", run[0].from, run[n-1].to, rankCue, ActionMask)
		default:
			continue
		}
		return n
	}
	return 0
}

// cardEnd finds the last four digits of a card that is spoken of: "the Visa ending in 2286", "cárguelo a la que acaba en 7064".
func (d *detector) cardEnd(run []group) int {
	if !lengths(run, "", 4) || len(run) > 1 && width(run[1]) >= 2 || !d.ends(run, 1) || !d.starts(run[0].from) {
		return 0
	}
	i := d.tokenAt(run[0].from) - 1
	for i >= 0 && d.is(i, endFillers) && d.tokens[i].after <= comma {
		i--
	}
	if i < 1 || !d.is(i, endWords) || d.tokens[i].after > comma {
		return 0
	}
	for k := i - 1; k >= max(0, i-cueReach) && d.tokens[k].after < stop; k-- {
		switch {
		case d.is(k, noCards) || d.inCue[k] && !d.is(k, cardWords):
			return 0
		case d.is(k, cardWords) || d.is(k, chargeWords):
			d.report("card", run[0].from, run[0].to, rankCue, ActionFlag)
			return 1
		}
	}
	return 0
}

// mistypedCard says whether a number whose check digit is wrong is written in the groups of a card behind a word for one.
func (d *detector) mistypedCard(run []group, from int) bool {
	if !lengths(run, " -.", 4, 4, 4, 4) && !lengths(run, " -.", 4, 6, 5) {
		return false
	}
	at := d.tokenAt(from)
	found := false
	for i := at - 1; i >= max(0, at-cueReach); i-- {
		if d.is(i, noCards) || d.tokens[i].after >= stop && !d.abbreviated(i) {
			return false
		}
		found = found || d.is(i, cardWords)
	}
	return found
}

var (
	cardWords   = wordSet("card credit debit visa mastercard amex american discover diners hsa fsa tarjeta credito debito plastico")
	endWords    = wordSet("ending ends end termina terminan terminada terminacion acaba acaban finaliza")
	endFillers  = wordSet("in with on en con is digits es por")
	chargeWords = wordSet("charge charged run ran carguelo cargue cargaron cobraron cobre cobrenlo carguenlo carguen")
	noCards     = wordSet("gift library loyalty points order regalo puntos member membership id insurance seguro policy poliza")
)

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
	wantsSocial = anyOf(cueSSN, cueITIN)
	wantsBank   = anyOf(cueABA)
	wantsNPI    = anyOf(cueNPI)
)

// social finds Social Security numbers and ITINs. The shape alone passes for most nine-digit numbers, so separators or
// a cue decide.
func (d *detector) social(run []group) int {
	n := 0
	switch {
	case lengths(run, " -./_*", 3, 2, 4) && d.ends(run, 3) && d.starts(run[0].from):
		n = 3
	case lengths(run, "", 9) && d.ends(run, 1) && d.cueFor(run[0].from, run[0].to, wantsSocial) != noCue:
		n = 1
	case lengths(run, "", 9) && len(d.tokens) == 1 && ssn(d.digits(run[:1])):
		d.report("ssn", run[0].from, run[0].to, rankContext, ActionFlag) // the whole answer
		return 1
	case lengths(run, "", 4) && d.ends(run, 1) && (d.cueFor(run[0].from, run[0].to, wantsSocial) == cueSSN || d.lastFour(run[0].from)):
		if len(run) > 1 && width(run[1]) >= 4 {
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

// lastFour says whether four digits are announced as the last of a number that is not named, where no card, telephone or
// account is spoken of: practices ask for those of the Social Security number.
func (d *detector) lastFour(from int) bool {
	i := d.tokenAt(from) - 1
	for i >= 0 && (d.is(i, fourWords) || d.has(i, copula)) {
		i--
	}
	if i+1 >= len(d.tokens) || i < 0 || !d.is(i, lastWords) || !d.is(i+1, fourWords) {
		return false
	}
	return !slices.ContainsFunc(d.cues, func(h cueHit) bool {
		return h.kind == cueCard || h.kind == cuePhone || h.kind == cueAccount || h.kind == cueOther || h.kind == cueMember
	})
}

var (
	lastWords = wordSet("last ultimos ultimas finales")
	fourWords = wordSet("four 4 cuatro digits digitos numeros numbers")
)

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

// bank finds routing numbers of US banks (ABA; check digit with weights 3-7-1) where a cue names them.
func (d *detector) bank(run []group) int {
	n := 1
	if lengths(run, " -", 3, 3, 3) {
		n = 3
	}
	if n == 1 && !lengths(run, "", 9) || !d.ends(run, n) || !aba(d.digits(run[:n])) || !d.checkedBy(group{from: run[0].from, to: run[n-1].to}, wantsBank, cueABA) {
		return 0
	}
	d.report("aba", run[0].from, run[n-1].to, rankChecked, ActionMask)
	d.accountBehind(d.tokenAt(run[n-1].to))
	return n
}

// accountBehind reports the number that stands directly behind a routing number, as on a cheque.
func (d *detector) accountBehind(i int) {
	for k := i; k < min(i+3, len(d.tokens)); k++ {
		switch w := d.tokens[k].text; {
		case allDigits(w) && len(w) >= 6 && len(w) <= 17:
			d.report("account", int(d.tokens[k].from), int(d.tokens[k].to), rankCue, ActionMask)
			return
		case !d.is(k, listJoints) && w != "then" && w != "luego":
			return
		}
	}
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

// npi finds National Provider Identifiers (45 CFR 162.406; Luhn over 80840 + number) where a cue names them: the check
// digit alone would take one phone number in ten.
func (d *detector) npi(run []group) int {
	for n := 1; n <= min(len(run), 4); n++ {
		digits := d.digits(run[:n])
		if n > 1 && run[n-1].before != " " && run[n-1].before != "-" || len(digits) > 10 {
			return 0
		}
		if len(digits) == 10 && d.ends(run, n) && (digits[0] == '1' || digits[0] == '2') && luhn("80840"+digits) && d.checkedBy(run[0], wantsNPI, cueNPI) {
			d.report("npi", run[0].from, run[n-1].to, rankChecked, ActionMask)
			return n
		}
	}
	return 0
}

// checkedBy says whether a cue of the kind belongs to a number whose check digit is right: then anywhere near it will do.
func (d *detector) checkedBy(g group, wanted func(cueKind) bool, kind cueKind) bool {
	return d.cueFor(g.from, g.to, wanted) != noCue || d.cued(g.from, cueReach, kind) || d.cuedAfter(g.to, 5, kind)
}

// address4 finds IPv4 addresses.
func (d *detector) address4(run []group) int {
	if len(run) < 4 || !d.ends(run, 4) || !d.starts(run[0].from) || d.cued(run[0].from, 3, cueVersion) {
		return 0
	}
	for i, g := range run[:4] {
		if g.to-g.from > 3 || i > 0 && g.before != "." || number(d.read[g.from:g.to]) > 255 {
			return 0
		}
	}
	d.report("ip", run[0].from, run[3].to, rankShape, ActionMask)
	return 4
}

var states = wordSet(`alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas
 kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada hampshire jersey mexico york carolina dakota
 ohio oklahoma oregon pennsylvania tennessee texas utah vermont virginia washington wisconsin wyoming
 al ak az ar ca co ct fl ga hi id il ia ks ky la md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr`)

var wantsZip = anyOf(cueZip)

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
	if v := number(d.digits(run[:1])); v < 501 || v > 99950 || !d.starts(run[0].from) {
		return 0
	}
	if !d.afterState(run[0].from) && d.cueFor(run[0].from, run[n-1].to, wantsZip) == noCue && !d.livesIn(run[0].from, run[n-1].to) && !d.zipAsPlace(run[0].from, run[n-1].to) {
		return 0
	}
	d.report("zip", run[0].from, run[n-1].to, rankCue, ActionFlag)
	return n
}

// livesIn says whether the number ends "I live in 78704", "vivo en el 78704".
func (d *detector) livesIn(from, to int) bool {
	next := d.tokenAt(to)
	return d.cued(from, 3, cueAddress) && (next == len(d.tokens) || d.tokens[next-1].after >= comma)
}

// zipAsPlace says whether the number stands where a place would: "we're in 46807", "soy del 33012, Hialeah", "¿cubren el
// 77087?", between commas behind other data. Round numbers are amounts.
func (d *detector) zipAsPlace(from, to int) bool {
	i, next := d.tokenAt(from), d.tokenAt(to)
	if strings.HasSuffix(d.read[from:to], "00") || next < len(d.tokens) && d.tokens[next-1].after < comma {
		return false
	}
	if kind, claimed := d.cueBefore(i, wantsZip); claimed && kind == noCue {
		return false
	}
	switch {
	case i == 0:
		return false
	case d.is(i-1, placePrepositions) && d.tokens[i-1].after == noPause:
		return d.is(i-2, placeVerbs) || d.is(i-3, placeVerbs) || d.is(i-1, insideWords)
	case d.is(i-1, articlesES) && d.tokens[i-1].after == noPause:
		return d.is(i-2, placeVerbs)
	}
	return d.tokens[i-1].after == comma && d.taken(int(d.tokens[i-1].from), int(d.tokens[i-1].to))
}

var (
	placePrepositions = wordSet("in near from outside around del desde en de to")
	insideWords       = wordSet("in near outside del")
	articlesES        = wordSet("el al")
	placeVerbs        = wordSet("cover covers serve service cubren cubre atienden llegan van vivo vive vivimos soy somos estoy estamos live lives moved am are is drive driving come coming summers winters based from")
)

// afterState says whether the name of a state, or its abbreviation in capitals or after a comma, stands before at.
func (d *detector) afterState(at int) bool {
	i := d.tokenAt(at) - 1
	if i < 0 || d.tokens[i].after >= stop || !states.has(d.tokens[i].text) {
		return false
	}
	t := d.tokens[i]
	return len(t.text) > 2 || t.capital || i > 0 && d.tokens[i-1].after == comma
}
