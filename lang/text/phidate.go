package text

import "strings"

var (
	birthCues = cues(`born, dob, d o b, birthday, birth date, birthdate, date of birth, birth, bday, naci, nacio, nacimiento, cumpleanos, cumplo, fecha de nacimiento, nacida, nacido, f n`)
	eventCues = cues(`surgery, admitted, admission, discharged, discharge, diagnosed, operated, died, procedure was, visit was, hospital, treated, injected, cirugia, operaron, ingresaron, ingreso, alta, diagnosticaron, murio, fallecio, atendieron, inyectaron, operacion`)
)

// months by their names and abbreviations in both languages.
var months = map[string]int{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
	"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
	"enero": 1, "febrero": 2, "marzo": 3, "abril": 4, "mayo": 5, "junio": 6, "julio": 7, "agosto": 8, "septiembre": 9, "setiembre": 9, "octubre": 10, "noviembre": 11, "diciembre": 12,
	"ene": 1, "abr": 4, "ago": 8, "dic": 12,
}

// lastBirthYear is the year up to which a full date without a cue is taken for a birthday: appointments are made for
// the present, and the package has no clock.
const lastBirthYear = 2015

// calendar finds dates written with digits: 3/14/1985, 14-03-85, 1985-03-14.
func (d *detector) calendar(run []group) int {
	if len(run) < 2 {
		return 0
	}
	if len(run) >= 3 && run[1].before == run[2].before && len(run[1].before) == 1 && strings.Contains("/-. ", run[1].before) && d.ends(run, 3) {
		a, b, c := d.value(run[0]), d.value(run[1]), d.value(run[2])
		la, lb, lc := width(run[0]), width(run[1]), width(run[2])
		switch {
		case la == 4 && lb <= 2 && lc <= 2 && dayMonth(b, c):
			d.date(a, run[0].from, run[2].to)
			return 3
		case la <= 2 && lb <= 2 && lc == 4 && dayMonth(a, b):
			d.date(c, run[0].from, run[2].to)
			return 3
		case la <= 2 && lb <= 2 && lc == 2 && run[1].before != " " && dayMonth(a, b):
			d.date(shortYear(c), run[0].from, run[2].to)
			return 3
		}
	}
	// A day and month without the year is only told from other numbers by a cue.
	if run[1].before == "/" && width(run[0]) <= 2 && width(run[1]) <= 2 && dayMonth(d.value(run[0]), d.value(run[1])) &&
		d.cued(run[0].from, 5, birthCues) {
		d.report("dob", run[0].from, run[1].to, rankCue, ActionFlag)
		return 2
	}
	return 0
}

func (d *detector) value(g group) int { return number(d.m.lower[g.from:g.to]) }

func width(g group) int { return g.to - g.from }

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

// date reports a full date: as a birthday after a cue or when it lies long ago, as a date next to the name of an
// event of care. Any other date is an appointment.
func (d *detector) date(year, from, to int) {
	if year < 1900 || year > 2100 {
		return
	}
	switch {
	case d.cued(from, 6, birthCues):
		d.report("dob", from, to, rankShape, ActionFlag)
	case d.cued(from, 6, eventCues), d.cuedAfter(to, 5, eventCues):
		d.report("date", from, to, rankCue, ActionFlag)
	case year <= lastBirthYear:
		d.report("dob", from, to, rankCue, ActionFlag)
	}
}

// dates finds dates with the month as a word: March 14, 1985; 14 March 1985; 14 de marzo de 1985.
func (d *detector) dates() {
	for i := range d.tokens {
		if months[d.tokens[i].text] == 0 {
			continue
		}
		first, last := i, i
		day := 0
		if k := d.skipOf(i, -1); k >= 0 && dayNumber(d.tokens[k].text) {
			first, day = k, 1
		} else if i+1 < len(d.tokens) && dayNumber(d.tokens[i+1].text) {
			last, day = i+1, 1
		}
		k := d.skipOf(last, 1)
		if day == 0 || k < 0 {
			d.dayOnly(first, last, day)
			continue
		}
		if y := d.tokens[k].text; allDigits(y) && (len(y) == 4 || len(y) == 2 && d.cued(int(d.tokens[first].from), 6, birthCues)) {
			year := number(y)
			if len(y) == 2 {
				year = shortYear(year)
			}
			d.date(year, int(d.tokens[first].from), int(d.tokens[k].to))
			continue
		}
		d.dayOnly(first, last, day)
	}
}

// dayOnly reports a day and month without the year after a birthday cue.
func (d *detector) dayOnly(first, last, day int) {
	if from := int(d.tokens[first].from); day > 0 && d.cued(from, 5, birthCues) {
		d.report("dob", from, int(d.tokens[last].to), rankCue, ActionFlag)
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
