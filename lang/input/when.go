package input

// An item is one thing said about a day or a time of day. Dates and times are read in two steps: when.go, whenday.go
// and whenhour.go turn words into items; date.go and time.go decide what the items amount to. A word that is neither
// an item nor a known filler makes the whole answer unclear, so that nothing unread can change the meaning.
type item struct {
	kind    itemKind
	days    []civil // absolute: readings; year 0 where none was said
	short   bool    // absolute: the year has two digits
	weekday int     // weekday: 0 is Sunday
	which   which   // weekday, dayOfMonth: modifier
	weeks   int     // weekday: whole weeks later
	n       int     // dayOfMonth, bare: the number
	clock   clock   // hour
	part    part    // partOfDay; absolute, for "tonight"
	reason  string  // vague
}

// maxWhenTokens is the longest answer that is read as a date or a time: beyond it, it is a story.
const maxWhenTokens = 80

type itemKind uint8

const (
	absolute   itemKind = iota // "12/5", "5 de diciembre", "tomorrow"
	weekday                    // "next tuesday"
	dayOfMonth                 // "the 5th"
	bare                       // "5": a day of the month or an hour
	hour                       // "3:30 pm"
	partOfDay                  // "in the morning"
	or                         // "or"
	and                        // "and"
	comma                      // "," between things that may be one or two
	upTo                       // "to", "-": a range when between two of a kind
	open                       // "after", "between": what follows bounds, but does not fix
	until                      // "until", "through": the end of a range
	not                        // any negation
	vague                      // understood, but says no day
	past                       // understood, and lies in the past
	aside                      // says nothing
	unknown                    // not understood
)

type which uint8

const (
	plain which = iota
	next        // "next tuesday"
	nextWeek
	thisWeek
	thisMonth
	nextMonth
	last // "last tuesday"
)

type purpose uint8

const (
	wantDay purpose = iota
	wantBirth
	wantHour
)

// A whenScanner walks the tokens of one answer.
type whenScanner struct {
	toks  []token
	want  purpose
	c     Context
	today civil
	back  bool // days that are over are an answer
}

func scanWhen(t string, want purpose, c Context) []item {
	from, _ := daysWanted(c)
	s := &whenScanner{toks: tokenize(t), want: want, c: c, today: civilOf(c.Now), back: want == wantDay && from < 0}
	if len(s.toks) > maxWhenTokens {
		return []item{{kind: unknown}}
	}
	items := make([]item, 0, len(s.toks))
	for i := 0; i < len(s.toks); {
		it, n, skip := s.at(i)
		if !skip && it.kind != aside {
			items = append(items, it)
		}
		i += n
	}
	return items
}

// Rules are tried in this order; the first that reads something takes it.
var (
	whenRules  = [...]whenRule{(*whenScanner).span, (*whenScanner).day, (*whenScanner).relative, (*whenScanner).hour, (*whenScanner).fixed}
	dayRules   = [...]whenRule{(*whenScanner).numeric, (*whenScanner).dayMonth, (*whenScanner).monthDay, (*whenScanner).weekdayAt, (*whenScanner).dayOnly, (*whenScanner).compact}
	countRules = [...]whenRule{(*whenScanner).inSpan, (*whenScanner).spanFrom, (*whenScanner).ago}
	clockRules = [...]func(*whenScanner, int) (clock, int){(*whenScanner).englishFraction, (*whenScanner).spanishFraction, (*whenScanner).figuresClock, (*whenScanner).wordsClock}
)

// A whenRule reads an item at a token; the count is 0 when it is not what the rule reads.
type whenRule func(s *whenScanner, i int) (item, int)

// at reads what starts at token i. n is at least 1.
func (s *whenScanner) at(i int) (it item, n int, skip bool) {
	for _, rule := range whenRules {
		if it, n := rule(s, i); n > 0 {
			return it, n, false
		}
	}
	t := s.toks[i]
	switch {
	case whenFillers[t.s], s.want == wantBirth && birthFillers[t.s], s.back && pastFillers[t.s], t.kind == punct && t.s[0] >= 0x80:
		return item{}, 1, true
	case t.kind == punct:
		return s.punctuation(t)
	case negations[t.s]:
		return item{kind: not}, 1, false
	default:
		return item{kind: unknown}, 1, false
	}
}

func (s *whenScanner) punctuation(t token) (it item, n int, skip bool) {
	switch t.s {
	case ",", ";":
		return item{kind: comma}, 1, false
	case "&":
		return item{kind: and}, 1, false
	case "/":
		return item{kind: or}, 1, false
	case "-":
		return item{kind: upTo}, 1, false
	case "<", ">":
		return item{kind: open}, 1, false
	case ".", "!", "?", "(", ")", "\"", "'", ":", "*", "~":
		return item{}, 1, true
	default:
		return item{kind: unknown}, 1, false
	}
}

// fixed reads the closed phrases.
func (s *whenScanner) fixed(i int) (item, int) { return whenPhrases.match(s.toks, i) }

// span reads "5-7 de diciembre" and "del 5 al 7 de diciembre", which look like dates but are ranges.
func (s *whenScanner) span(i int) (item, int) {
	_, n := cardinal(s.toks, i)
	if n == 0 {
		return item{}, 0
	}
	at := i + n
	if at >= len(s.toks) || !(s.toks[at].is("-") || s.toks[at].is("al") || s.toks[at].is("to") || s.toks[at].is("a")) {
		return item{}, 0
	}
	_, m := s.dayMonth(at + 1)
	if m == 0 {
		return item{}, 0
	}
	return item{kind: open}, at + 1 + m - i
}

var whenPhrases = func() phrases[item] {
	p := phrases[item]{}
	p.add(item{kind: or}, "or, o, u, or else, o bien, o si no")
	p.add(item{kind: and}, "and, y, e, and also, as well as")
	p.add(item{kind: upTo}, "to, al, a")
	p.add(item{kind: open}, `after, before, by, since, from, between, entre, desde, antes, despues, antes de, antes del,
		despues de, despues del, a partir de, a partir del, no later than, no earlier than, not before, not after,
		later than, earlier than, at least, as of, onwards, onward, en adelante, or later, or earlier, o antes,
		o despues, any time after, anytime after, starting, luego de, mas tarde de, pasadas`)
	p.add(item{kind: until}, "until, till, til, hasta, through, thru, up to")
	p.add(item{kind: not}, "any day but, any day except, anything but, other than, cualquier dia menos, todos menos, no")
	p.add(item{kind: vague, reason: NeedsDay}, `next week, this week, the week after, week after next, weekend, weekends, weekday,
		weekdays, this weekend, next weekend, next month, this month, end of the month, end of month, next year,
		la semana que viene, la proxima semana, proxima semana, semana que viene, la otra semana, semana proxima, esta semana, este mes,
		el proximo mes, proximo mes, el mes que viene, mes que viene, fin de semana, fin de mes, entre semana, proximo ano, any day,
		any weekday, cualquier dia, whenever, cuando sea, cuando quiera, cuando pueda, asap,
		as soon as possible, soon, pronto, lo antes posible, cuanto antes, first available, next available, earliest,
		soonest, earliest available, the earliest, primera disponible, lo mas pronto, lo mas pronto posible, later,
		mas tarde, luego, now, right now, ahora, ahora mismo, ahorita,
		some day, someday, algun dia, another day, otro dia, a few days, unos dias, a couple of days, few weeks,
		unas semanas, couple of weeks, a couple of weeks, christmas, navidad, thanksgiving, easter, morning or afternoon`)
	p.add(item{kind: vague, reason: NeedsDay}, `mondays, tuesdays, wednesdays, thursdays, fridays, saturdays, sundays, los lunes, los martes,
		los miercoles, los jueves, los viernes, los sabados, los domingos`)
	p.add(item{kind: vague, reason: NeedsHour}, "early, late, temprano, any time, anytime")
	p.add(item{kind: aside}, "do you have, can i have, could i have, may i have, i could have, would work, will work, could work, should work, might work, works for me, works best, would be, work for me, works")
	p.add(item{kind: past}, "yesterday, ayer, anteayer, antier, antes de ayer, day before yesterday, last week, la semana pasada, last month, el mes pasado, last night, anoche")
	for _, e := range []struct {
		part part
		list string
	}{
		{morning, `in the morning, of the morning, the morning, morning, mornings, por la manana, en la manana, de la manana, a la manana,
			por las mananas, en las mananas, am, in the mornings`},
		{dawn, "de la madrugada, en la madrugada, por la madrugada, madrugada"},
		{afternoon, `in the afternoon, of the afternoon, the afternoon, afternoon, afternoons, por la tarde, en la tarde, de la tarde,
			a la tarde, por las tardes, en las tardes, tarde, in the afternoons, after lunch`},
		{evening, "in the evening, in the evenings, the evening, evening, evenings"},
		{night, `at night, in the night, the night, night, nights, por la noche, en la noche, de la noche, a la noche,
			por las noches, noche`},
		{midday, "del mediodia, del medio dia"},
		{pm, "pm"},
	} {
		p.add(item{kind: partOfDay, part: e.part}, e.list)
	}
	return p
}()

// negations make an answer say what it is not.
var negations = set(`not no nope nah dont doesnt cant cannot couldnt wont wouldnt isnt arent wasnt never none neither nor
	without except excluding unless but besides instead rather
	ni nunca jamas tampoco nada ningun ninguno ninguna sin excepto salvo menos pero sino aunque`)

// whenFillers may stand around a date or a time without changing it.
var whenFillers = set(`i id ill im me my we us you your it its that this is be am are was would will could can should may
	might like want need prefer love the a an on at in of for with as so do lets let say make take get go come see
	book schedule appointment appt appointments consultation consult visit call slot day date time please pls plz thanks
	thank hi hello hey ok okay yes yeah yep sure well great good fine best better maybe perhaps possibly
	probably think guess ideally around about approximately roughly there possible how what available just actually sharp exactly ish everyone anyone free open o oclock hrs
	year th st nd rd on coming upcoming sounds ok then
	yo mi me mis un una el la los las lo de del en por para con es son era sea seria esta este estaria quiero quisiera
	necesito puedo podria puede podemos gustaria prefiero preferiria agendar reservar cita citas consulta visita llamada
	llamar llamen llameme llamarme dia fecha hora horas favor gracias hola buenas buenos dias tardes si claro bueno bien
	mejor tal vez quiza quizas creo como alrededor eso aproximadamente mas mismo quede que se le les viene proximo
	ser ir venir verme vernos perfecto vale digamos ano a disponible libre
	posible seria ojala mero tipo sobre`)

// pastFillers stand around a day that is over.
var pastFillers = set(`was were been had have went came saw seen visited last time happened did fue fui estuve vine vi tuve
	hubo ultima ultimo vez pasado pasada ocurrio`)

// birthFillers announce a date of birth; around another date they would make it one.
var birthFillers = set("born birthday dob birth bday birthdate nacimiento naci nacida nacido cumpleanos")
