package text

import "strings"

var (
	wantsPhone  = anyOf(cuePhone, cueNumber)
	wantsStrong = anyOf(cuePhone)
)

// phone finds numbers of the North American plan, and international ones that begin with "+".
func (d *detector) phone(run []group) int {
	plus := run[0].from > 0 && d.read[run[0].from-1] == '+'
	if !plus && !d.starts(run[0].from) || d.yours(run[0].from) {
		return 0
	}
	start := run[0].from
	if plus || start > 0 && d.read[start-1] == '(' {
		start--
	}
	if plus && start > 0 && d.read[start-1] == '(' {
		start--
	}
	skip := 0
	if first := d.read[run[0].from:run[0].to]; (first == "1" || first == "001") && len(run) > 1 && run[1].before != "," {
		skip = 1
	}
	rest := run[skip:]
	switch {
	case lengths(rest, " .-()/_*", 3, 3, 4) && nanp(d.digits(rest[:3])) && d.endsSoft(rest, 3):
		d.report("phone", start, rest[2].to, rankShape, ActionMask)
		return skip + 3
	case lengths(rest, " .-()/", 3, 3, 2, 2) && nanp(d.digits(rest[:4])) && d.endsSoft(rest, 4):
		d.report("phone", start, rest[3].to, rankShape, ActionMask)
		return skip + 4
	case lengths(rest, " .-()/", 3, 7) && nanp(d.digits(rest[:2])), lengths(rest, " .-()/", 6, 4) && nanp(d.digits(rest[:2])):
		d.report("phone", start, rest[1].to, rankShape, ActionMask)
		return skip + 2
	}
	if n := d.phoneAlone(rest, start, plus); n > 0 {
		return skip + n
	}
	// What cannot be a number of the plan is one all the same where the patient says so.
	if lengths(rest, " .-()/_*", 3, 3, 4) && d.endsSoft(rest, 3) && d.cueFor(run[0].from, rest[2].to, wantsStrong) != noCue {
		d.report("phone", start, rest[2].to, rankCue, ActionFlag)
		return skip + 3
	}
	if first := d.read[run[0].from:run[0].to]; plus || (first == "00" || first == "011") && len(run) > 2 {
		return d.international(run, start)
	}
	return d.phoneGrouped(run, start)
}

// phoneAlone takes ten digits, or eleven that begin with 1, in one group, and seven after a cue.
func (d *detector) phoneAlone(rest []group, start int, plus bool) int {
	g := rest[0]
	ten := d.read[g.from:g.to]
	if len(ten) == 11 && ten[0] == '1' {
		ten = ten[1:]
	}
	switch {
	case nanp(ten) && d.endsSoft(rest, 1):
		kind, claimed := d.cueBefore(d.tokenAt(g.from), wantsPhone)
		if claimed && kind == noCue && !plus {
			return 0 // an order, an account
		}
		d.report("phone", start, g.to, rankCue, actionIf(plus || kind != noCue || d.cueFor(g.from, g.to, wantsPhone) != noCue))
		return 1
	case lengths(rest, " .-", 3, 4) && d.read[g.from] >= '2' && d.endsSoft(rest, 2) && (d.cueFor(g.from, rest[1].to, wantsPhone) != noCue || d.wholeAnswer(g.from, rest[1].to)):
		d.report("phone", start, rest[1].to, rankCue, ActionFlag)
		return 2
	case lengths(rest, "", 7) && d.read[g.from] >= '2' && d.endsSoft(rest, 1) && d.cueFor(g.from, g.to, wantsStrong) != noCue:
		d.report("phone", start, g.to, rankCue, ActionFlag)
		return 1
	}
	return 0
}

// international takes up to fifteen digits (ITU-T E.164) after a "+".
func (d *detector) international(run []group, start int) int {
	total, n := 0, 0
	for n < len(run) && total+width(run[n]) <= 15 && (n == 0 || run[n].before != ",") {
		total += width(run[n])
		n++
	}
	if total < 8 {
		return 0
	}
	d.report("phone", start, run[n-1].to, rankShape, ActionMask)
	return n
}

// How many digits a number from abroad without its "+" has.
const (
	leastForeign   = 8
	longestForeign = 13
)

// phoneGrouped takes ten digits in any grouping after a cue ("my cell is 21 2555 01 42"), and more where the cue is sure.
func (d *detector) phoneGrouped(run []group, start int) int {
	total := 0
	for n, g := range run {
		if n > 0 && strings.Trim(g.before, " -.") != "" {
			return 0
		}
		if total += width(g); total >= leastForeign {
			whole := n+1 == len(run) || strings.Trim(run[n+1].before, " -.") != ""
			if whole && total <= longestForeign && d.cueFor(run[0].from, g.to, wantsStrong) != noCue {
				d.report("phone", start, g.to, rankCue, ActionFlag)
				return n + 1
			}
			if total < 10 || !whole && total > 10 {
				continue
			}
			if total > 10 || !nanp(d.digits(run[:n+1])) || d.cueFor(run[0].from, g.to, wantsPhone) == noCue && !d.wholeAnswer(run[0].from, g.to) {
				return 0
			}
			d.report("phone", start, g.to, rankCue, ActionFlag)
			return n + 1
		}
	}
	return 0
}

// wholeAnswer says whether nothing but words of an answer stands around the range.
func (d *detector) wholeAnswer(from, to int) bool {
	for i := range d.tokens {
		if t := &d.tokens[i]; (int(t.to) <= from || int(t.from) >= to) && !d.has(i, bridge) && !answerWords.holds(d.number[i]) {
			return false
		}
	}
	return true
}

// leastSpaced is how many single digits in a row are taken for a number written with spaces.
const leastSpaced = 7

// spaced takes digits written one by one: 3 1 2 5 5 5 0 1 4 2.
func (d *detector) spaced(run []group) int {
	n := 0
	for n < len(run) && width(run[n]) == 1 && (n == 0 || strings.Trim(run[n].before, " -.,()/_*") == "") {
		n++
	}
	if n < leastSpaced {
		return 0
	}
	from := run[0].from
	if from > 0 && d.read[from-1] == '(' {
		from--
	}
	if d.spoken(d.digits(run[:n]), from, run[n-1].to) {
		return n
	}
	return 0
}

// spoken classifies digits that were written as words or one by one.
func (d *detector) spoken(digits string, from, to int) bool {
	if len(digits) == 11 && digits[0] == '1' {
		digits = digits[1:]
	}
	kind := d.cueFor(from, to, func(k cueKind) bool { return !neutral[k] })
	if kind == noCue {
		kind = d.cueFor(from, to, anyOf(cueNumber))
	}
	switch n := len(digits); {
	case !allDigits(digits):
		return countDigits(digits) >= 3 && d.spokenCode(kind, n, from, to)
	case n == 10 && kind == cueNPI && luhn("80840"+digits):
		d.report("npi", from, to, rankChecked, ActionMask)
	case kind == cueSSN && n == 9 && ssn(digits), kind == cueSSN && n == 4:
		d.report("ssn", from, to, rankShape, ActionMask)
	case n == 10 && nanp(digits) && (kind == cuePhone || kind == cueNumber || kind == noCue):
		d.report("phone", from, to, rankShape, ActionMask)
	case n == 7 && (kind == cuePhone || kind == cueNumber) && digits[0] >= '2':
		d.report("phone", from, to, rankCue, ActionFlag)
	case n == 5 && kind == cueZip:
		d.report("zip", from, to, rankCue, ActionFlag)
	case n >= 12 && n <= 19 && issuer(digits) && luhn(digits):
		d.report("card", from, to, rankChecked, ActionMask)
	case n == 9 && kind == cueABA && aba(digits):
		d.report("aba", from, to, rankChecked, ActionMask)
	case n == 9 && kind == noCue && ssn(digits):
		d.report("ssn", from, to, rankContext, ActionFlag)
	default:
		return d.spokenCode(kind, n, from, to)
	}
	return true
}

// spokenCode reports an identifier that its cue alone makes one.
func (d *detector) spokenCode(kind cueKind, n, from, to int) bool {
	for _, k := range codeKinds {
		if k.kind == kind && n >= k.min && n <= k.max {
			d.report(k.typ, from, to, rankCue, k.action)
			return true
		}
	}
	return false
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

// age finds ages of 90 and more, which 164.514(b)(2)(i)(C) treats like dates.
func (d *detector) age(run []group) int {
	n := number(d.digits(run[:1]))
	if n < 90 || n > 120 || width(run[0]) > 3 || !d.starts(run[0].from) {
		return 0
	}
	i := d.tokenAt(run[0].from)
	if d.ageAt(i, i+1, run[0].from, run[0].to) {
		return 1
	}
	return 0
}

var (
	ageWords = wordSet("years year yo yrs yr anos anitos")
	ageLeads = wordSet("age aged edad ages")
	ageTurns = wordSet("cumplir turned turns turning turn cumplio cumple cumplira")
	ageVerbs = wordSet("is are am tiene tengo at be hit hits reached")
	ownAge   = wordSet("am tengo") // "I'm 90 and I want my neck done"
	oldWords = wordSet("old edad young")
)

// ageAt reports the number of tokens[i:next], which is 90 to 120, if it is somebody's age. "94yo" is one token.
func (d *detector) ageAt(i, next, from, to int) bool {
	glued := i < len(d.tokens) && int(d.tokens[i].to) > to
	switch {
	case glued:
		if d.read[to:d.tokens[i].to] == "th" && d.is(i+1, birthdayWord) {
			d.report("age", from, int(d.tokens[i+1].to), rankShape, ActionMask)
			return true
		}
		switch d.read[to:d.tokens[i].to] {
		case "yo", "y", "yrs", "yr", "yearold":
			d.report("age", from, int(d.tokens[i].to), rankShape, ActionMask)
			return true
		}
		return false
	case d.is(next, ageWords) && d.tokens[next-1].after <= comma, d.isYO(next):
		end := next
		if d.isYO(next) {
			end++
		}
		if d.is(end+1, oldWords) && d.tokens[end].after == noPause {
			end++
		}
		if d.ago(next) {
			return false
		}
		d.report("age", from, int(d.tokens[end].to), rankShape, ActionMask)
		return true
	case d.is(i-1, ageLeads), d.is(i-1, copulaAge) && d.is(i-2, ageLeads), d.is(i-1, ageTurns) && !d.measured(next):
		d.report("age", from, to, rankShape, ActionMask)
		return true
	case d.has(i-1, kinship) && d.tokens[i-1].after == comma && d.tokens[next-1].after == comma && next < len(d.tokens): // "my great aunt, 102, wants …"
		d.report("age", from, to, rankContext, ActionFlag)
		return true
	case (d.is(i-1, ofWord) || d.is(i-1, atWord)) && d.has(i-2, kinship) && !d.measured(next): // "mi abuela de 92", "my mother at 101"
		d.report("age", from, to, rankContext, ActionFlag)
		return true
	case d.is(i-1, ageVerbs) && (d.thirdNear(i-2) || d.is(i-1, ownAge) && !strings.HasPrefix(d.read[to:], "%")) && (next == len(d.tokens) || d.tokens[next-1].after >= comma || d.is(next, afterAge)):
		d.report("age", from, to, rankContext, ActionFlag)
		return true
	}
	return false
}

// thirdNear says whether somebody else is named in the words that end at token i.
func (d *detector) thirdNear(i int) bool {
	for k := i; k >= max(0, i-2); k-- {
		if d.has(k, thirdOne|kinship) {
			return true
		}
	}
	return false
}

var (
	birthdayWord = wordSet("birthday bday")
	ofWord       = wordSet("de")
	atWord       = wordSet("at")
	copulaAge    = wordSet("is es")
	afterAge     = wordSet("and y but so now pero in this next en")
	agoWords     = wordSet("ago later experience in")
)

func (d *detector) isYO(i int) bool {
	return i+1 < len(d.tokens) && d.tokens[i].text == "y" && d.tokens[i+1].text == "o"
}

// ago tells a stretch of time from an age.
func (d *detector) ago(i int) bool { return d.is(i+1, agoWords) }

// measured says whether token i is a unit of something.
func (d *detector) measured(i int) bool { return d.is(i, unitNames) }

var unitNames = wordSet(`mg mgs ml cc ccs g kg lb lbs oz pounds kilos libras units unit unidades jeringas syringes syringe dollars dolares bucks pesos usd percent minutes minute mins min minutos hours hrs hour horas
 days day dias weeks week semanas months month meses miles mile millas cm mm inches inch feet ft f c degrees grados people personas times veces sessions sesiones nm watts joules passes degree mcg iu am pm`)

func width(g group) int { return g.to - g.from }
