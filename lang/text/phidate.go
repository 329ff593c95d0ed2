package text

import "strings"

// months by their names and abbreviations in both languages.
var months = map[string]int{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
	"enero": 1, "febrero": 2, "marzo": 3, "abril": 4, "mayo": 5, "junio": 6, "julio": 7, "agosto": 8, "septiembre": 9, "setiembre": 9, "octubre": 10, "noviembre": 11, "diciembre": 12,
	"ene": 1, "abr": 4, "ago": 8, "dic": 12,
}

var monthWords = keysOf(months)

// monthAt is the month that token i names, or 0.
func (d *detector) monthAt(i int) int {
	if !d.respelt[i] && !monthWords.holds(d.number[i]) {
		return 0
	}
	return months[d.tokens[i].text]
}

// calendar finds dates written with digits: 3/14/1985, 14-03-85, 1985-03-14.
func (d *detector) calendar(run []group) int {
	if d.birthDigits(run) {
		return 1
	}
	if len(run) < 2 || !d.starts(run[0].from) {
		return 0
	}
	if len(run) >= 3 && sameSign(run[1].before, run[2].before) && d.ends(run, 3) {
		a, b, c := d.value(run[0]), d.value(run[1]), d.value(run[2])
		la, lb, lc := width(run[0]), width(run[1]), width(run[2])
		switch {
		case la == 4 && lb <= 2 && lc <= 2 && dayMonth(b, c) && d.date(a, run[0].from, run[2].to),
			la <= 2 && lb <= 2 && lc == 4 && dayMonth(a, b) && d.date(c, run[0].from, run[2].to),
			la <= 2 && lb <= 2 && lc == 2 && run[1].before != " " && dayMonth(a, b) && d.date(shortYear(c), run[0].from, run[2].to):
			return 3
		}
	}
	if (run[1].before == "/" || run[1].before == "-") && width(run[0]) <= 2 && width(run[1]) == 4 && d.ends(run, 2) && d.value(run[0]) >= 1 && d.value(run[0]) <= 12 && d.value(run[1]) > 1900 && d.value(run[1]) < 2100 {
		return d.dayMonthOnly(run[0].from, run[1].to, true) // a month and its year
	}
	// A day and month without the year is only told from other numbers by a cue.
	if (run[1].before == "/" || run[1].before == "-") && width(run[0]) <= 2 && width(run[1]) <= 2 && d.ends(run, 2) && dayMonth(d.value(run[0]), d.value(run[1])) {
		return d.dayMonthOnly(run[0].from, run[1].to, run[1].before == "/")
	}
	return 0
}

// birthDigits reads a birthday without separators after its cue: 03141985, 19850314.
func (d *detector) birthDigits(run []group) bool {
	s := d.read[run[0].from:run[0].to]
	if len(s) != 8 && len(s) != 6 || !d.ends(run, 1) || !d.cued(run[0].from, 5, cueBirth) {
		return false
	}
	if len(s) == 6 {
		return dayMonth(number(s[:2]), number(s[2:4])) && d.date(shortYear(number(s[4:])), run[0].from, run[0].to)
	}
	year, a, b := number(s[4:]), number(s[:2]), number(s[2:4])
	if year < 1900 || year > 2100 {
		year, a, b = number(s[:4]), number(s[4:6]), number(s[6:])
	}
	return year >= 1900 && year <= 2100 && dayMonth(a, b) && d.date(year, run[0].from, run[0].to)
}

// dayMonthOnly reports a day and month as digits after a cue.
func (d *detector) dayMonthOnly(from, to int, slash bool) int {
	switch {
	case d.cued(from, 5, cueBirth):
		d.report("dob", from, to, rankCue, ActionFlag)
	case slash && d.pastEvent(from, to):
		d.report("date", from, to, rankCue, ActionFlag)
	default:
		return 0
	}
	return 2
}

// sameSign says whether the two separators are one and the same sign of a date, with or without spaces around it.
func sameSign(a, b string) bool {
	if a != " " {
		a, b = strings.Trim(a, " "), strings.Trim(b, " ")
	}
	return a == b && len(a) == 1 && strings.Contains("/-. ", a)
}

func (d *detector) value(g group) int { return number(d.read[g.from:g.to]) }

// dayMonth accepts both orders.
func dayMonth(a, b int) bool {
	return a >= 1 && b >= 1 && (a <= 12 && b <= 31 || a <= 31 && b <= 12)
}

// shortYear reads a year of two digits: from 30 on it belongs to the last century.
func shortYear(y int) int {
	if y >= 30 {
		return 1900 + y
	}
	return 2000 + y
}

// lastBirthYear is the year up to which a full date without a cue is taken for a birthday: appointments are made for
// the present, and the package has no clock.
const lastBirthYear = 2012

// date reports a full date: as a birthday after a cue or when it lies long ago, else as a date (164.514(b)(2)(i)(C)).
func (d *detector) date(year, from, to int) bool {
	switch {
	case year < 1900 || year > 2100:
		return false
	case d.cued(from, 7, cueBirth) && !d.eventNearer(from), d.cuedAfter(to, 4, cueBirth):
		d.report("dob", from, to, rankShape, ActionFlag)
	case year <= lastBirthYear && !d.pastEvent(from, to):
		d.report("dob", from, to, rankCue, ActionFlag)
	case d.scheduling(from) && !d.toldAsPast(d.tokenAt(from)):
		return true // a day to come
	default:
		d.report("date", from, to, rankCue, ActionFlag)
	}
	return true
}

// eventNearer says whether an event of care stands between the birthday cue and the date.
func (d *detector) eventNearer(from int) bool {
	for i := d.cuesBefore(d.tokenAt(from)) - 1; i >= 0; i-- {
		switch d.cues[i].kind {
		case cueBirth:
			return false
		case cueEvent:
			return true
		}
	}
	return false
}

// scheduling says whether the sentence asks for, or moves, an appointment.
func (d *detector) scheduling(from int) bool {
	c := clauseOf(d.tokens, d.tokenAt(from), d.tokenAt(from)+1)
	for i := c.begin; i < c.end; i++ {
		if schedulingWords.holds(d.number[i]) {
			return true
		}
	}
	return false
}

var schedulingWords = wordSet("book booking schedule scheduling reschedule rescheduling move available availability open opening openings slot free can could come coming wedding travel traveling vacation cancel appointment appt works work between next upcoming until expires expired due deadline agendar reservar cita disponible disponibilidad puedo podria pueden cambiar mover cancelar boda viaje proxima proximo vence hasta")

// pastEvent says whether an event of care that is over is named next to a day without its year. An appointment to come
// is not one.
func (d *detector) pastEvent(from, to int) bool {
	if d.toldAsPast(d.tokenAt(from)) {
		return true
	}
	at := d.tokenAt(from)
	for k := max(0, at-6); k < min(len(d.canon), at+4); k++ {
		if careEvents.holds(d.number[k]) {
			return true
		}
	}
	return false
}

// careEvents are of care whenever they are: the day of an operation to come is told too.
var careEvents = wordSet("surgery procedure operation admitted admission discharged discharge died passed delivered delivery period lmp injury accident cirugia operacion ingreso alta fallecio murio parto regla menstruacion accidente procedimiento")

// toldAsPast looks for a past verb in the words around token i.
func (d *detector) toldAsPast(i int) bool {
	past := false
	for k := max(0, i-8); k < min(len(d.canon), i+6); k++ {
		if wishWords.holds(d.number[k]) && d.canon[k] != "to" {
			return false
		}
		past = past || pastVerbs.holds(d.number[k])
	}
	return past
}

var pastVerbs = wordSet("had was were got did came went saw underwent admitted discharged diagnosed operated died treated injected since fui fue tuve operaron hicieron atendieron inyectaron murio fallecio ingresaron dieron estuve vi pusieron puse hice vine vino hizo pusieron quede salio salieron quitaron fueron waited stayed left got passed")

// dates finds dates with the month as a word: March 14, 1985; 14 March 1985; 14 de marzo de 1985.
func (d *detector) dates() {
	if !d.plays(monthRole) && !d.signs.has(anyDigit) {
		return
	}
	for i := range d.tokens {
		if d.gluedDate(i) {
			continue
		}
		if !monthWords.holds(d.number[i]) || d.taken(int(d.tokens[i].from), int(d.tokens[i].to)) {
			continue
		}
		first, last, day := d.dayBeside(i)
		k := d.skipOf(last, 1)
		if day && k >= 0 {
			if y := d.tokens[k].text; allDigits(y) && (len(y) == 4 || len(y) == 2 && d.cued(int(d.tokens[first].from), 6, cueBirth)) {
				year := number(y)
				if len(y) == 2 {
					year = shortYear(year)
				}
				if d.date(year, int(d.tokens[first].from), int(d.tokens[k].to)) {
					continue
				}
			}
		}
		d.dayOnly(first, last, day)
	}
}

// gluedDate reads 14MAR1985, as forms print it.
func (d *detector) gluedDate(i int) bool {
	w := d.tokens[i].text
	if len(w) < 8 || len(w) > 9 || !allDigits(w[len(w)-4:]) {
		return false
	}
	day, month := w[:len(w)-7], months[w[len(w)-7:len(w)-4]]
	if month == 0 || !dayNumber(day) {
		return false
	}
	return d.date(number(w[len(w)-4:]), int(d.tokens[i].from), int(d.tokens[i].to))
}

// dayBeside looks for the number of the day before or after the month at token i.
func (d *detector) dayBeside(i int) (first, last int, found bool) {
	if k := d.skipOf(i, -1); k >= 0 && dayNumber(d.tokens[k].text) && d.tokens[k].after <= comma {
		return k, i, true
	}
	if k := d.skipOf(i, 1); k >= 0 && dayNumber(d.tokens[k].text) && (d.tokens[i].after <= comma || d.tokens[i].after == stop && len(d.tokens[i].text) <= 4 && strings.HasPrefix(d.gap(i), ". ")) {
		return i, k, true
	}
	return i, i, false
}

// dayOnly reports a day and month without the year after a cue.
func (d *detector) dayOnly(first, last int, day bool) {
	from, to := int(d.tokens[first].from), int(d.tokens[last].to)
	switch {
	case !day:
		k := d.skipOf(last, 1)
		if k < 0 || len(d.tokens[k].text) != 4 || !allDigits(d.tokens[k].text) || d.tokens[last].after > comma {
			return
		}
		switch { // a month and its year
		case d.cued(from, 6, cueBirth):
			d.report("dob", from, int(d.tokens[k].to), rankCue, ActionFlag)
		case d.pastEvent(from, int(d.tokens[k].to)):
			d.report("date", from, int(d.tokens[k].to), rankCue, ActionFlag)
		}
	case d.cued(from, 6, cueBirth), d.cuedAfter(to, 4, cueBirth):
		d.report("dob", from, to, rankCue, ActionFlag)
	case d.pastEvent(from, to):
		d.report("date", from, to, rankCue, ActionFlag)
	}
}

// skipOf is the token next to i in the direction, over "de", "del", "of" and "the"; -1 at an end.
func (d *detector) skipOf(i, direction int) int {
	for k := i + direction; k >= 0 && k < len(d.tokens); k += direction {
		switch d.tokens[k].text {
		case "de", "del", "of", "the":
			continue
		}
		return k
	}
	return -1
}

// dayNumber accepts 1–31 with an English ordinal ending.
func dayNumber(w string) bool {
	for _, ending := range []string{"st", "nd", "rd", "th"} {
		w = strings.TrimSuffix(w, ending)
	}
	return allDigits(w) && len(w) <= 2 && number(w) >= 1 && number(w) <= 31
}
