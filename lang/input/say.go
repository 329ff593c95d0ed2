package input

import (
	"strconv"
	"strings"
)

// Reprompt asks again after a result that is not OK: one short sentence in c.Lang with what went wrong, what would
// work, or the readings to choose from. It never repeats what the patient typed. For OK it is empty.
func Reprompt(kind string, r Result, c Context) string {
	if r.Status == OK {
		return ""
	}
	if r.Status == Ambiguous && len(r.Choices) > 0 {
		return oneStop(whichOf(kind, r, c))
	}
	if s, found := reasonTexts[r.Reason]; found && kind != "choice" {
		if from, to := daysWanted(c); r.Reason == NeedsDay && from < 0 && to <= 0 {
			s = bestGuess
		}
		return oneStop(fillIn(s.in(c), kind, c))
	}
	if r.Reason == TooLong {
		return tooLong(kind, c)
	}
	return kindText(kind, c)
}

// bestGuess asks for a day that is over, which nobody may remember: insisting on the exact one would lead nowhere.
var bestGuess = wording{"Which day was it? Your best guess is fine, for example {example}.",
	"¿Qué día fue? Si no lo recuerda, diga uno aproximado, por ejemplo el {example}."}

// oneStop ends a sentence once where its last word is an abbreviation: "3:00 p. m.".
func oneStop(s string) string {
	if strings.HasSuffix(s, "..") {
		return s[:len(s)-1]
	}
	return s
}

// A wording is one sentence in both languages.
type wording struct{ en, es string }

func (w wording) in(c Context) string {
	if spanish(c) {
		return w.es
	}
	return w.en
}

// whichOf asks between the readings of an ambiguous answer.
func whichOf(kind string, r Result, c Context) string {
	names := make([]string, len(r.Choices))
	for i, v := range r.Choices {
		names[i] = article(kind, v, c) + Echo(kind, v, c)
	}
	list := listOf(names, c)
	switch r.Reason {
	case PartOfDay:
		return wording{"What time exactly? For example " + list + ".", "¿A qué hora exactamente? Por ejemplo, " + list + "."}.in(c)
	case WeekdayMismatch:
		return wording{"That weekday and that date do not match. Did you mean " + list + "?",
			"Ese día de la semana y esa fecha no coinciden. ¿Quiso decir " + list + "?"}.in(c)
	}
	return wording{"Did you mean " + list + "?", "¿Quiso decir " + list + "?"}.in(c)
}

// article is what Spanish puts before a day or an hour: "el 5 de diciembre", "las 3:00", "la 1:00".
func article(kind, value string, c Context) string {
	switch {
	case !spanish(c):
		return ""
	case kind == "date" || kind == "date-of-birth":
		return "el "
	case kind == "time" && (strings.HasPrefix(value, "01") || strings.HasPrefix(value, "13")):
		return "la "
	case kind == "time":
		return "las "
	}
	return ""
}

// listOf joins names with commas and "or". The Spanish "o" is "u" before the sound of o.
func listOf(names []string, c Context) string {
	if len(names) == 0 {
		return ""
	}
	last := names[len(names)-1]
	if len(names) == 1 {
		return last
	}
	or := wording{" or ", " o "}.in(c)
	if spanish(c) && soundsLikeO(last) {
		or = " u "
	}
	sep := ", "
	if strings.Contains(strings.Join(names, ""), ",") {
		sep = "; "
	}
	return strings.Join(names[:len(names)-1], sep) + or + last
}

func soundsLikeO(s string) bool {
	s = fold(s)
	return strings.HasPrefix(s, "o") || strings.HasPrefix(s, "ho") || strings.HasPrefix(s, "8") ||
		s == "11" || strings.HasPrefix(s, "11:")
}

func fillIn(s, kind string, c Context) string {
	if !strings.Contains(s, "{") {
		return s
	}
	from, to := daysWanted(c)
	day := func(n int) string { return Echo("date", civilOf(c.Now).addDays(n).String(), c) }
	return strings.NewReplacer("{number}", numberWanted(c), "{example}", example(kind, c), "{first}", day(from), "{last}", day(to)).Replace(s)
}

// example is an answer of the kind that would be taken.
func example(kind string, c Context) string {
	switch kind {
	case "date":
		from, to := daysWanted(c)
		week := 7
		if to < week {
			week = max(from, min(to, -7))
		}
		return Echo("date", civilOf(c.Now).addDays(max(from, week)).String(), c)
	case "date-of-birth":
		return wording{"March 4, 1985", "4 de marzo de 1985"}.in(c)
	case "time":
		return wording{"3:00 PM", "3:00 p. m."}.in(c)
	case "phone":
		return "(212) 555-0142"
	case "email":
		return wording{"name@example.com", "nombre@example.com"}.in(c)
	case "zip":
		return "10001"
	case "name":
		return wording{"Ana Smith", "Ana García"}.in(c)
	case "number":
		return strconv.FormatInt(exampleNumber(c), 10)
	case "choice":
		if len(c.Options) > 0 {
			return Echo("choice", c.Options[0].Value, c)
		}
	case "yes-no":
		return wording{"yes", "sí"}.in(c)
	}
	return ""
}

func exampleNumber(c Context) int64 {
	if c.HasRange && (c.Min > 7 || c.Max < 7) {
		return c.Min
	}
	return 7
}

func numberWanted(c Context) string {
	if !c.HasRange {
		return wording{"a whole number", "un número entero"}.in(c)
	}
	lo, hi := strconv.FormatInt(c.Min, 10), strconv.FormatInt(c.Max, 10)
	return wording{"a whole number from " + lo + " to " + hi, "un número entero del " + lo + " al " + hi}.in(c)
}

func tooLong(kind string, c Context) string {
	limit := c.MaxRunes
	switch {
	case limit > 0:
	case kind == "name":
		limit = DefaultNameRunes
	case kind == "text":
		limit = DefaultTextRunes
	case kind == "message":
		limit = DefaultMessageRunes
	default:
		return wording{"That is too long to read. Please send just the answer.", "Es demasiado largo. Por favor, escriba solo la respuesta."}.in(c)
	}
	n := strconv.Itoa(limit)
	return wording{"That is too long. Please use at most " + n + " characters.", "Es demasiado largo. Por favor, use como máximo " + n + " caracteres."}.in(c)
}

// kindText asks for an answer of the kind.
func kindText(kind string, c Context) string {
	if kind == "choice" {
		var labels []string
		for _, o := range c.Options {
			labels = append(labels, Echo("choice", o.Value, c))
		}
		list := listOf(labels, c)
		return wording{"Please choose one: " + list + ".", "Por favor, elija una opción: " + list + "."}.in(c)
	}
	if w, found := kindTexts[kind]; found {
		return fillIn(w.in(c), kind, c)
	}
	return wording{"Please type your answer.", "Por favor, escriba su respuesta."}.in(c)
}

var kindTexts = map[string]wording{
	"date": {"I could not read a day in that. Please write just the day, for example {example}.",
		"No pude leer una fecha. Por favor, escriba solo el día, por ejemplo {example}."},
	"date-of-birth": {"I could not read a date of birth in that. Please write month, day and year, for example {example}.",
		"No pude leer una fecha de nacimiento. Por favor, escriba día, mes y año, por ejemplo {example}."},
	"time": {"I could not read a time in that. Please write just the time, for example {example}.",
		"No pude leer una hora. Por favor, escriba solo la hora, por ejemplo {example}."},
	"phone": {"I could not read a phone number in that. Please write it with the area code, for example {example}.",
		"No pude leer un número de teléfono. Por favor, escríbalo con el código de área, por ejemplo {example}."},
	"email": {"I could not read an email address in that. Please write just the address, for example {example}.",
		"No pude leer un correo electrónico. Por favor, escriba solo la dirección, por ejemplo {example}."},
	"zip": {"Please write the five digits of the ZIP code, for example {example}.",
		"Por favor, escriba los cinco dígitos del código postal, por ejemplo {example}."},
	"number": {"Please answer with {number}, for example {example}.", "Por favor, responda con {number}, por ejemplo {example}."},
	"yes-no": {"Please answer yes or no.", "Por favor, responda sí o no."},
	"name": {"I could not read a name in that. Please write just the name, for example {example}.",
		"No pude leer un nombre. Por favor, escriba solo el nombre, por ejemplo {example}."},
	"code": {"Please write just the digits of the code.", "Por favor, escriba solo los dígitos del código."},
}

var reasonTexts = map[string]wording{
	TooMany: {"There is more than one answer in that. Please write just one, for example {example}.",
		"Ahí hay más de una respuesta. Por favor, escriba solo una, por ejemplo {example}."},
	Negated: {"I read what it is not. Please write what it is, for example {example}.",
		"Leí lo que no es. Por favor, escriba lo que sí es, por ejemplo {example}."},
	OpenEnded: {"Please give one exact answer, for example {example}.",
		"Por favor, dé una sola respuesta exacta, por ejemplo {example}."},
	Range: {"That is a range. Please give one exact answer, for example {example}.",
		"Eso es un rango. Por favor, dé una sola respuesta exacta, por ejemplo {example}."},
	NeedsDay: {"Which day exactly? For example {example}.", "¿Qué día exactamente? Por ejemplo, {example}."},
	NeedsMonth: {"Which month is that? Please write day and month, for example {example}.",
		"¿De qué mes? Por favor, escriba el día y el mes, por ejemplo {example}."},
	NeedsYear: {"Please add the year, for example {example}.", "Por favor, agregue el año, por ejemplo {example}."},
	NoSuchDate: {"That day is not on the calendar. Please check it, for example {example}.",
		"Ese día no existe en el calendario. Por favor, revíselo, por ejemplo {example}."},
	PastDate: {"That day has already passed. Please write a day from today on, for example {example}.",
		"Ese día ya pasó. Por favor, escriba un día a partir de hoy, por ejemplo {example}."},
	StillToCome: {"That day is still to come. Please write a day up to today, for example {example}.",
		"Ese día aún no ha llegado. Por favor, escriba un día hasta hoy, por ejemplo {example}."},
	DayOutOfRange: {"Please write a day from {first} to {last}.", "Por favor, escriba un día entre el {first} y el {last}."},
	FutureDate: {"A date of birth lies in the past. Please check the year, for example {example}.",
		"Una fecha de nacimiento está en el pasado. Por favor, revise el año, por ejemplo {example}."},
	TooFar: {"That year looks wrong. Please check it, for example {example}.",
		"Ese año parece incorrecto. Por favor, revíselo, por ejemplo {example}."},
	RecentlyPast: {"That day has already passed this year. If you mean next year, please add the year; otherwise write another day, for example {example}.",
		"Ese día ya pasó este año. Si se refiere al próximo, agregue el año; si no, escriba otro día, por ejemplo {example}."},
	WeekdayMismatch: {"That weekday and that date do not match. Please write just the date, for example {example}.",
		"Ese día de la semana y esa fecha no coinciden. Por favor, escriba solo la fecha, por ejemplo {example}."},
	NeedsHour: {"What time exactly? For example {example}.", "¿A qué hora exactamente? Por ejemplo, {example}."},
	NoSuchTime: {"There is no such time. Please check it, for example {example}.",
		"Esa hora no existe. Por favor, revísela, por ejemplo {example}."},
	WholeNumber: {"Please answer with {number}, without fractions, for example {example}.",
		"Por favor, responda con {number}, sin fracciones, por ejemplo {example}."},
	OutOfRange: {"Please answer with {number}.", "Por favor, responda con {number}."},
	Unit: {"Please answer with just the number, in the unit of the question, for example {example}.",
		"Por favor, responda solo con el número, en la unidad de la pregunta, por ejemplo {example}."},
	NeedsAreaCode: {"Please add the area code, for example {example}.", "Por favor, agregue el código de área, por ejemplo {example}."},
	EmergencyNumber: {"That is an emergency line: if this is an emergency, please call it now; otherwise write a number where we can reach you, for example {example}.",
		"Esa es una línea de emergencia: si es una emergencia, llame ahora; si no, escriba un número donde podamos llamarle, por ejemplo {example}."},
	Contrast: {"I want to be sure: is that a yes or a no?", "Quiero asegurarme: ¿eso es un sí o un no?"},
	Mixed:    {"I want to be sure: is that a yes or a no?", "Quiero asegurarme: ¿eso es un sí o un no?"},
	Characters: {"Please use only letters, spaces, hyphens and apostrophes, for example {example}.",
		"Por favor, use solo letras, espacios, guiones y apóstrofos, por ejemplo {example}."},
}
