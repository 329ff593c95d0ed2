package input

import (
	"strconv"
	"strings"
)

// maxNumberTokens is the longest answer that is read as a number.
const maxNumberTokens = 80

// parseNumber reads a whole number in figures or words. "About 7" is 7: it is the patient's own figure and the echo
// shows it. "More than 7" and a number with a unit are not taken, because the question may mean another unit.
func parseNumber(t string, c Context) Result {
	n := &numberReader{toks: tokenize(t), c: c}
	if len(n.toks) > maxNumberTokens {
		return unclear(NotANumber)
	}
	for i := 0; i < len(n.toks); {
		i += n.read(i)
	}
	return n.result()
}

// A numberReader collects what the words of an answer say about one number.
type numberReader struct {
	toks     []token
	c        Context
	values   []int64 // in the order said
	readings bool    // values are readings of one expression, not several answers
	span     bool    // the values are the ends of a range
	end      int     // token after the last value
	problem  string  // first reason that forbids an answer
}

func (n *numberReader) fail(reason string) {
	if n.problem == "" {
		n.problem = reason
	}
}

// read reads what starts at token i and returns how many tokens it takes.
func (n *numberReader) read(i int) int {
	if _, m := openNumbers.match(n.toks, i); m > 0 {
		n.fail(OpenEnded)
		return m
	}
	if m := n.scale(i); m > 0 {
		return m
	}
	if m := n.value(i); m > 0 {
		return m
	}
	t := n.toks[i]
	switch {
	case rangeWords[t.s] && len(n.values) > 0, t.is("between"), t.is("entre"):
		n.span = true
	case t.is("-"), t.is(".") && i+1 < len(n.toks) && n.toks[i+1].kind == number && !n.toks[i+1].space:
		n.fail(NotANumber)
	case t.is("+"):
		if len(n.values) > 0 {
			n.fail(OpenEnded)
		}
	case t.is("<") || t.is(">") || t.is("≤") || t.is("≥"):
		n.fail(OpenEnded)
	case numberFillers[t.s], t.kind == punct && strings.Contains(".,!?#()\"'*:;~=≈¡¿-", t.s):
	case t.kind == punct && t.s[0] >= 0x80 && !strings.ContainsAny(t.s, "½¼¾⅓⅔⅛€£¥∞√²³"):
	case negations[t.s]:
		n.fail(Negated)
	case units[t.s] || t.is("%") || t.is("$"):
		n.fail(Unit)
	case t.is("half") || t.is("medio") || t.is("media") || t.kind == punct && t.s[0] >= 0x80:
		n.fail(WholeNumber)
	default:
		n.fail(NotANumber)
	}
	return 1
}

// scale reads "7/10", "7 out of 10", "7 de 10" where 10 is the top of the range asked for.
func (n *numberReader) scale(i int) int {
	v, m := cardinal(n.toks, i)
	if m == 0 {
		return 0
	}
	at := i + m
	switch {
	case at < len(n.toks) && (n.toks[at].is("/") || n.toks[at].is("of") || n.toks[at].is("de") || n.toks[at].is("sobre")):
		at++
	case follows(n.toks, at, "out", "of"):
		at += 2
	default:
		return 0
	}
	top, k := cardinal(n.toks, at)
	if k == 0 {
		return 0
	}
	if !n.c.HasRange || top != n.c.Max || v > top {
		n.fail(NotANumber)
	}
	n.values = append(n.values, v)
	return at + k - i
}

// value reads one number with its sign.
func (n *numberReader) value(i int) int {
	sign, at := int64(1), i
	if t := n.toks[at]; signWords[t.s] && (t.kind == word || !n.valueBefore(i)) && at+1 < len(n.toks) && (t.kind == word || !n.toks[at+1].space) {
		sign, at = -1, at+1
	} else if t.is("+") && at+1 < len(n.toks) && n.toks[at+1].kind == number && !n.toks[at+1].space && len(n.values) == 0 {
		at++
	}
	var m int
	if n.toks[at].kind == number {
		m = n.figures(at, sign)
	} else {
		m = n.spelled(at, sign)
	}
	if m == 0 {
		return 0
	}
	n.end = at + m
	return at + m - i
}

var (
	signWords  = set("- minus menos negative negativo")
	rangeWords = set("- to through hasta a")
)

// valueBefore reports that a value ends at token i, so that a dash there joins two values.
func (n *numberReader) valueBefore(i int) bool { return len(n.values) > 0 && n.end == i }

func (n *numberReader) spelled(i int, sign int64) int {
	t := n.toks[i]
	switch {
	case t.is("once") && !spanish(n.c):
		n.values, n.readings = append(n.values, sign, sign*11), len(n.values) == 0
		return 1
	case zeroWords[t.s]:
		n.values = append(n.values, 0)
		return 1
	case (t.is("dozen") || t.is("docena") || t.is("docenas")) && n.valueBefore(i):
		n.values[len(n.values)-1] = dozens(n.values[len(n.values)-1])
		return 1
	case t.is("dozen") || t.is("docena"):
		n.values = append(n.values, sign*12)
		return 1
	case (t.is("un") || t.is("una")) && i+1 < len(n.toks):
		return 0
	}
	v, m := cardinalWords(n.toks, i)
	if m == 0 || t.is("a") && v < 100 {
		return 0
	}
	n.values = append(n.values, sign*v)
	return m + n.fraction(i+m)
}

func dozens(v int64) int64 {
	if v > tooBig/12 {
		return tooBig
	}
	return v * 12
}

var zeroWords = set("none ninguno ninguna")

// fraction refuses what makes a spelled number a broken one: "point five", "and a half", "y media".
func (n *numberReader) fraction(at int) int {
	for _, w := range [][]string{{"point"}, {"punto"}, {"coma"}, {"and", "a", "half"}, {"y", "media"}, {"y", "medio"}, {"and", "half"}} {
		if follows(n.toks, at, w...) {
			n.fail(WholeNumber)
			return len(w)
		}
	}
	return 0
}

// figures reads digits with the separators of thousands and decimals.
func (n *numberReader) figures(i int, sign int64) int {
	groups, seps := []string{n.toks[i].s}, ""
	at := i + 1
	for at+1 < len(n.toks) && (n.toks[at].is(",") || n.toks[at].is(".")) && !n.toks[at].space &&
		n.toks[at+1].kind == number && !n.toks[at+1].space {
		groups, seps = append(groups, n.toks[at+1].s), seps+n.toks[at].s
		at += 2
	}
	if at < len(n.toks) && n.toks[at].kind == number && len(n.toks[at].s) == 3 {
		n.fail(NotANumber)
	}
	for _, v := range n.grouped(groups, seps) {
		n.values = append(n.values, sign*v)
	}
	return at - i + n.fraction(at)
}

// grouped lists the whole numbers that groups of digits may stand for. The comma parts thousands and the point
// decimals in English and in American Spanish, the other way round in Spain: three digits after one separator are
// read as thousands, but "1.000" in English could be one.
func (n *numberReader) grouped(groups []string, seps string) []int64 {
	last := len(groups) - 1
	switch {
	case last == 0:
		return []int64{digitsValue(groups[0])}
	case thousands(groups) && strings.Count(seps, seps[:1]) == last:
		whole := digitsValue(strings.Join(groups, ""))
		if last > 1 || seps == "," || spanish(n.c) {
			return []int64{whole}
		}
		if groups[1] == "000" {
			n.readings = len(n.values) == 0
			return []int64{digitsValue(groups[0]), whole}
		}
	case last == 1 && seps == "," && !spanish(n.c) && groups[1][0] != '0':
		return []int64{digitsValue(groups[0]), digitsValue(groups[1])}
	}
	head := groups[:last]
	if strings.Trim(groups[last], "0") != "" || last > 1 && (!thousands(head) || seps[last-1] == seps[0]) {
		n.fail(WholeNumber)
	}
	return []int64{digitsValue(strings.Join(head, ""))}
}

func thousands(groups []string) bool {
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return len(groups[0]) <= 3 && groups[0][0] != '0'
}

func (n *numberReader) result() Result {
	switch {
	case n.problem == Negated || n.problem == OpenEnded || n.problem == Unit || n.problem == NotANumber:
		return unclear(n.problem)
	case n.problem != "":
		return invalid(n.problem)
	case len(n.values) == 0:
		return unclear(NotANumber)
	}
	if n.span {
		return n.spread()
	}
	var in []int64
	for _, v := range n.values {
		if n.inRange(v) {
			in = append(in, v)
		}
	}
	if len(in) == 0 || len(in) < len(n.values) && !n.readings {
		return invalid(OutOfRange)
	}
	return oneOf("number", decimals(in), n.c)
}

// spread lists the whole numbers of a short range.
func (n *numberReader) spread() Result {
	lo, hi := n.values[0], n.values[len(n.values)-1]
	if len(n.values) != 2 || lo > hi || hi-lo > 3 || !n.inRange(lo) || !n.inRange(hi) {
		return unclear(Range)
	}
	var all []int64
	for v := lo; v <= hi; v++ {
		all = append(all, v)
	}
	return oneOf("number", decimals(all), n.c)
}

func (n *numberReader) inRange(v int64) bool {
	if n.c.HasRange && (v < n.c.Min || v > n.c.Max) {
		return false
	}
	return v < tooBig && v > -tooBig
}

func decimals(values []int64) []string {
	var s []string
	for _, v := range values {
		s = append(s, strconv.FormatInt(v, 10))
	}
	return s
}

var openNumbers = func() phrases[bool] {
	p := phrases[bool]{}
	p.add(true, `more than, less than, fewer than, at least, at most, over, under, above, below, up to, almost, nearly, no more than,
		no less than, or more, or less, or so, plus, mas de, menos de, al menos, como minimo, como maximo, por lo menos, casi,
		mas que, menos que, o mas, o menos, hasta, greater than, bigger than, not more than, not less than, a few, a couple,
		couple, few, several, varios, varias, unos cuantos, un par, un par de, pocos, many, muchos`)
	return p
}()

var numberFillers = set(`a an the to is its it i im id ive my me about around roughly approximately approx maybe like say perhaps probably think
	guess would be was am just only exactly have had give rate number level out of please or and thanks pain on scale right now today
	um uh well hmm total times veces vez time people personas persona person kids children hijos ok yes
	el la un una u es son de mi me yo tengo diria creo como unos unas aproximadamente mas o y tal quiza quizas
	solo exactamente alrededor sobre numero nivel por favor dolor en gracias pues eh`)

// units make a number mean something the question may not ask for.
var units = set(`day days week weeks month months year years hour hours minute minutes yr yrs mo mos wk wks hr hrs min mins
	dia dias semana semanas mes meses ano anos hora horas minuto minutos old edad percent pct por ciento
	lb lbs pound pounds kg kilo kilos g mg ml cc oz cm mm m ft feet foot inch inches in pies pulgadas
	libras gramos dollars dolares usd bucks pesos euros grand k thousandths degrees grados hundred thousand million millon millones`)
