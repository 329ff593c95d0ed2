package input

// relative reads days counted from today: "tomorrow", "in two weeks", "pasado mañana", "de hoy en ocho".
func (s *whenScanner) relative(i int) (item, int) {
	if s.back {
		if r, n := pastPhrases.match(s.toks, i); n > 0 {
			if r == nil {
				return item{kind: vague, reason: NeedsDay}, n
			}
			return s.counted(r.offsets), n
		}
	}
	if r, n := relativePhrases.match(s.toks, i); n > 0 {
		it := s.counted(r.offsets)
		it.part = r.part
		return it, n
	}
	for _, rule := range countRules {
		if it, n := rule(s, i); n > 0 {
			return it, n
		}
	}
	return item{}, 0
}

// counted makes an item of day offsets.
func (s *whenScanner) counted(offsets []int) item {
	it := item{kind: absolute}
	for _, n := range offsets {
		it.days = append(it.days, s.today.addDays(n))
	}
	return it
}

// A relativeDay is a phrase for days counted from today, which may name a part of the day as well.
type relativeDay struct {
	offsets []int
	part    part
}

// "Ocho días" is a week and "quince días" a fortnight to most speakers, and eight or fifteen days to some: both stand.
var relativePhrases = func() phrases[relativeDay] {
	p := phrases[relativeDay]{}
	today := []int{0}
	p.add(relativeDay{offsets: today}, "today, hoy, hoy dia, hoy mismo, el dia de hoy, later today, mas tarde hoy")
	p.add(relativeDay{today, morning}, "this morning, esta manana")
	p.add(relativeDay{today, afternoon}, "this afternoon, esta tarde")
	p.add(relativeDay{today, evening}, "this evening")
	p.add(relativeDay{today, night}, "tonight, tonite, esta noche")
	p.add(relativeDay{offsets: []int{1}}, `tomorrow, tomorow, tommorow, tommorrow, tomorrrow, tmrw, tmr, tmw, tomoro, manana,
		el dia de manana, tomorrows`)
	p.add(relativeDay{offsets: []int{2}}, `day after tomorrow, the day after tomorrow, overmorrow, pasado manana, pasadomanana,
		day after tmrw, the day after tmrw`)
	p.add(relativeDay{offsets: []int{7, 8}}, `de hoy en ocho, hoy en ocho, en ocho dias, en 8 dias, dentro de ocho dias,
		dentro de 8 dias, de hoy en ocho dias`)
	p.add(relativeDay{offsets: []int{14, 15}}, `en quince dias, en 15 dias, dentro de quince dias, dentro de 15 dias,
		de hoy en quince, hoy en quince, de hoy en quince dias`)
	p.add(relativeDay{offsets: []int{14}}, "in a fortnight, a fortnight from now, a fortnight from today")
	return p
}()

// pastPhrases are the days that are over; without a day of their own, weeks and months. Elsewhere they are no answer.
var pastPhrases = func() phrases[*relativeDay] {
	p := phrases[*relativeDay]{}
	p.add(&relativeDay{offsets: []int{-1}}, "yesterday, ayer, last night, anoche, el dia de ayer")
	p.add(&relativeDay{offsets: []int{-2}}, "day before yesterday, the day before yesterday, anteayer, antier, antes de ayer")
	p.add(&relativeDay{offsets: []int{-7, -8}}, "hace ocho dias, hace 8 dias")
	p.add(&relativeDay{offsets: []int{-14, -15}}, "hace quince dias, hace 15 dias")
	p.add(nil, `last week, la semana pasada, last month, el mes pasado, last year, el ano pasado, this week, esta semana,
		this month, este mes, this year, este ano, recently, hace poco, long ago, hace mucho, never, nunca`)
	return p
}()

// inSpan reads "in 3 days", "dentro de dos semanas". Months have no fixed length and hours name no day.
func (s *whenScanner) inSpan(i int) (item, int) {
	at := i
	switch {
	case s.toks[i].is("in"), s.toks[i].is("en"):
		at++
	case follows(s.toks, i, "dentro", "de"), follows(s.toks, i, "de", "aqui"), follows(s.toks, i, "de", "hoy"):
		at += 2
		at = s.skip(at, "en", "a")
	default:
		return item{}, 0
	}
	v, unit, n := s.quantity(at)
	if n == 0 {
		return item{}, 0
	}
	return s.later(v, unit), at + n - i
}

// spanFrom reads "two weeks from today", "3 days from now", "a week from monday".
func (s *whenScanner) spanFrom(i int) (item, int) {
	v, unit, n := s.quantity(i)
	if n == 0 {
		return item{}, 0
	}
	at := i + n
	if at >= len(s.toks) || !s.toks[at].is("from") && !s.toks[at].is("after") {
		return item{}, 0
	}
	at++
	switch {
	case follows(s.toks, at, "now"), follows(s.toks, at, "today"):
		return s.later(v, unit), at + 1 - i
	case follows(s.toks, at, "tomorrow"):
		if unit > 0 {
			return s.later(v*unit+1, 1), at + 1 - i
		}
		return item{kind: vague, reason: NeedsDay}, at + 1 - i
	}
	it, m := s.weekdayAt(at)
	if m == 0 || it.kind != weekday || unit != 7 || v > 52 {
		return item{}, 0
	}
	it.weeks += v
	return it, at + m - i
}

// ago reads "3 days ago", "hace una semana".
func (s *whenScanner) ago(i int) (item, int) {
	if s.toks[i].is("hace") {
		if v, unit, n := s.quantity(i + 1); n > 0 {
			return s.earlier(v, unit), 1 + n
		}
		return item{}, 0
	}
	v, unit, n := s.quantity(i)
	if at := i + n; n > 0 && at < len(s.toks) && (s.toks[at].is("ago") || s.toks[at].is("atras")) {
		return s.earlier(v, unit), n + 1
	}
	return item{}, 0
}

// earlier is a day so long ago, where such days are an answer.
func (s *whenScanner) earlier(v, unit int) item {
	if !s.back {
		return item{kind: past}
	}
	return s.later(-v, unit)
}

// quantity reads a number and a unit of time; unit is its length in days, 0 for those without a fixed one.
func (s *whenScanner) quantity(i int) (v, unit, n int) {
	q, n := cardinal(s.toks, i)
	if n == 0 && i < len(s.toks) && (s.toks[i].is("a") || s.toks[i].is("an")) {
		q, n = 1, 1
	}
	if n == 0 || i+n >= len(s.toks) {
		return 0, 0, 0
	}
	at := i + n
	if follows(s.toks, at, "business") || follows(s.toks, at, "working") {
		return small(q), 0, 2 + n
	}
	unit, ok := timeUnits[s.toks[at].s]
	if !ok {
		return 0, 0, 0
	}
	return small(q), unit, n + 1
}

var timeUnits = map[string]int{
	"day": 1, "days": 1, "dia": 1, "dias": 1, "week": 7, "weeks": 7, "semana": 7, "semanas": 7, "wk": 7, "wks": 7,
	"month": 0, "months": 0, "mes": 0, "meses": 0, "year": 0, "years": 0, "ano": 0, "anos": 0,
	"hour": 0, "hours": 0, "hora": 0, "horas": 0, "minute": 0, "minutes": 0, "minuto": 0, "minutos": 0, "min": 0, "mins": 0,
}

func (s *whenScanner) later(v, unit int) item {
	if unit == 0 {
		return item{kind: vague, reason: NeedsDay}
	}
	return s.counted([]int{v * unit})
}
