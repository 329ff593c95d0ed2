package input

// A clock is a time of day as said: an hour that may still lack its half of the day.
type clock struct {
	hour, minute int
	part         part // said with the hour: "pm", "de la tarde"
	military     bool // written as a 24-hour time: "03:00", "15h"
	said         bool // has something besides the bare number: minutes, "at", "o'clock"
	bad          bool // no such time: 25:00, 3:75
}

// part is a part of the day.
type part uint8

const (
	anyPart part = iota
	am
	pm
	dawn
	morning
	midday
	afternoon
	evening
	night
)

// at returns the hour of a twelve- or 24-hour reading in this part of the day, or -1 where they contradict.
func (p part) at(h int) int {
	twelve := h >= 1 && h <= 12
	switch p {
	case am:
		if h == 12 {
			return 0
		}
		return only(h, h < 12)
	case pm:
		if h < 12 && h > 0 {
			return h + 12
		}
		return only(h, h >= 12)
	case dawn:
		if h == 12 {
			return 0
		}
		return only(h, h <= 6)
	case morning:
		return only(h, h >= 1 && h <= 11)
	case midday:
		if h >= 1 && h <= 3 {
			return h + 12
		}
		return only(h, h >= 12 && h <= 15)
	case afternoon:
		if h >= 1 && h <= 8 {
			return h + 12
		}
		return only(h, h >= 12 && h <= 20)
	case evening:
		if h >= 4 && h <= 11 {
			return h + 12
		}
		return only(h, h >= 16)
	case night:
		switch {
		case h == 12:
			return 0
		case twelve && h >= 6:
			return h + 12
		}
		return only(h, h <= 4 || h >= 18)
	default:
		return h
	}
}

func only(h int, ok bool) int {
	if ok {
		return h
	}
	return -1
}

// readings lists the minutes of the day that a clock may mean within a part of the day said elsewhere. Without any
// part, 9 to 11 are the morning and 12 is noon, because the other reading is night, when nobody is seen or called;
// 1 to 8 stay open. nil means that no such time exists.
func (c clock) readings(elsewhere part) []int {
	p := c.part
	if p == anyPart {
		p = elsewhere
	}
	if c.bad || c.hour > 23 || c.minute > 59 {
		return nil
	}
	if p != anyPart {
		if h := p.at(c.hour); h >= 0 {
			return []int{h*60 + c.minute}
		}
		if p == morning && c.hour == 12 {
			return []int{c.minute, 12*60 + c.minute}
		}
		return nil
	}
	if c.military || c.hour == 0 || c.hour >= 9 {
		return []int{c.hour*60 + c.minute}
	}
	return []int{c.hour*60 + c.minute, (c.hour+12)*60 + c.minute}
}

// hour reads a time of day, or a bare number, which is an hour only if a time is wanted.
func (s *whenScanner) hour(i int) (item, int) {
	at, said := s.hourPrefix(i)
	c, n := s.clockAt(at)
	if n == 0 {
		return item{}, 0
	}
	c.said = c.said || said
	at += n
	c, at = s.hourSuffix(c, at)
	if (!c.said && c.part == anyPart || c.bad && c.minute == 0) && s.want != wantHour {
		return item{kind: bare, n: c.hour}, at - i
	}
	return item{kind: hour, clock: c}, at - i
}

// hourPrefix passes the words that announce an hour.
func (s *whenScanner) hourPrefix(i int) (int, bool) {
	at := s.skip(i, "around", "about", "approximately", "como", "tipo", "sobre", "son", "es")
	if at < len(s.toks) && (s.toks[at].is("at") || s.toks[at].is("@") || s.toks[at].is("a")) {
		at = s.skip(at+1, "about", "around", "eso", "de", "like", "partir")
	}
	if at < len(s.toks) && (s.toks[at].is("las") || s.toks[at].is("la")) {
		return at + 1, true
	}
	if at > i && (s.toks[at-1].is("at") || s.toks[at-1].is("@") || s.toks[i].is("at")) {
		return at, true
	}
	return i, false
}

func (s *whenScanner) clockAt(i int) (clock, int) {
	if i >= len(s.toks) {
		return clock{}, 0
	}
	if c, n := clockWords.match(s.toks, i); n > 0 {
		return c, n
	}
	for _, rule := range clockRules {
		if c, n := rule(s, i); n > 0 {
			return c, n
		}
	}
	return clock{}, 0
}

var clockWords = func() phrases[clock] {
	p := phrases[clock]{}
	p.add(clock{hour: 12, said: true, military: true}, "noon, midday, mediodia, medio dia, el mediodia, el medio dia, al mediodia, al medio dia, 12 noon, twelve noon, high noon, 12 midday")
	p.add(clock{hour: 0, said: true, military: true}, "midnight, medianoche, media noche, 12 midnight, twelve midnight")
	return p
}()

// englishFraction reads "half past two", "quarter to three", "20 past 3", "ten minutes to four".
func (s *whenScanner) englishFraction(i int) (clock, int) {
	at := s.skip(i, "a")
	minutes, n := 0, 1
	switch {
	case at >= len(s.toks):
		return clock{}, 0
	case s.toks[at].is("half"):
		minutes = 30
	case s.toks[at].is("quarter"):
		minutes = 15
	default:
		v, m := cardinal(s.toks, at)
		if m == 0 || v > 59 {
			return clock{}, 0
		}
		minutes, n = int(v), m
	}
	at += n
	spoken := minutes == 15 && n == 1 && s.toks[at-1].is("quarter") || minutes == 20 || minutes == 25
	if k := s.skip(at, "minutes", "minute", "mins", "min"); k > at {
		at, spoken = k, true
	}
	if at >= len(s.toks) {
		return clock{}, 0
	}
	switch s.toks[at].s {
	case "past", "after":
	case "to", "till", "til", "of", "before":
		if !spoken {
			return clock{}, 0
		}
		minutes = -minutes
	default:
		return clock{}, 0
	}
	if s.toks[at].is("after") && !spoken && minutes != 30 {
		return clock{}, 0
	}
	h, m := s.hourNumber(at + 1)
	if m == 0 {
		return clock{}, 0
	}
	return shifted(h, minutes), at + 1 + m - i
}

// spanishFraction reads "(un) cuarto para las tres", "diez para las dos".
func (s *whenScanner) spanishFraction(i int) (clock, int) {
	at := s.skip(i, "un", "faltan", "falta")
	minutes, n := int64(0), 0
	if at < len(s.toks) && s.toks[at].is("cuarto") {
		minutes, n = 15, 1
	} else {
		minutes, n = cardinal(s.toks, at)
	}
	if n == 0 || minutes > 59 {
		return clock{}, 0
	}
	at = s.skip(at+n, "minutos")
	if !follows(s.toks, at, "para", "las") && !follows(s.toks, at, "para", "la") {
		return clock{}, 0
	}
	h, m := s.hourNumber(at + 2)
	if m == 0 {
		return clock{}, 0
	}
	return shifted(h, -int(minutes)), at + 2 + m - i
}

// shifted moves a spoken hour by minutes; the twelve-hour clock wraps to 12, not to 0.
func shifted(h, minutes int) clock {
	if minutes >= 0 {
		return clock{hour: h, minute: minutes, said: true}
	}
	h--
	if h == 0 {
		h = 12
	}
	return clock{hour: h, minute: 60 + minutes, said: true, bad: h < 0}
}

// hourNumber reads a number from 0 to 24 that can be an hour.
func (s *whenScanner) hourNumber(i int) (int, int) {
	v, n := cardinal(s.toks, i)
	if n == 0 || v > 24 || n == 1 && s.toks[i].kind == number && len(s.toks[i].s) > 2 {
		return 0, 0
	}
	return int(v), n
}

// figuresClock reads "3", "3:30", "15h30", "1430", "3 30", "3 y media".
func (s *whenScanner) figuresClock(i int) (clock, int) {
	t := s.toks
	if t[i].kind != number || len(t[i].s) > 4 {
		return clock{}, 0
	}
	v := int(digitsValue(t[i].s))
	next := func(k int) bool { return i+k < len(t) && t[i+k].kind == number && !t[i+k].space }
	c := clock{hour: v, bad: v > 23}
	if len(t[i].s) > 2 {
		return s.compactClock(i)
	}
	if i+2 < len(t) && !t[i+1].space && next(2) && (t[i+1].is(":") || t[i+1].is("h") || t[i+1].is(".") && s.dotted(i)) {
		c.minute = int(min(digitsValue(t[i+2].s), 99))
		c.military = len(t[i].s) == 2 && (t[i].s[0] == '0' || t[i+1].is("h"))
		c.said = true
		c.bad = c.bad || c.minute > 59 || len(t[i+2].s) != 2
		if i+4 < len(t) && t[i+3].is(":") && next(4) {
			c.bad = c.bad || t[i+4].s != "00"
			return c, 5
		}
		return c, 3
	}
	if s.want == wantHour && i+1 < len(t) && t[i+1].kind == number && len(t[i+1].s) == 2 && v <= 23 && t[i+1].s <= "59" &&
		!(i+2 < len(t) && t[i+2].kind == number) {
		c.minute, c.said = int(digitsValue(t[i+1].s)), true
		return c, 2
	}
	if m, minutes := s.spokenMinutes(i+1, v); m > 0 {
		return withMinutes(v, minutes), 1 + m
	}
	return c, 1
}

// dotted reports that "3.30" at i is a time, because a time is wanted or the words around say so.
func (s *whenScanner) dotted(i int) bool {
	if len(s.toks[i+2].s) != 2 {
		return false
	}
	if s.want == wantHour || i+3 < len(s.toks) && meridiem(s.toks[i+3]) != anyPart {
		return true
	}
	return i > 0 && (s.toks[i-1].is("at") || s.toks[i-1].is("las") || s.toks[i-1].is("la"))
}

// compactClock reads "1430", "0900 hours", "330pm".
func (s *whenScanner) compactClock(i int) (clock, int) {
	digits := s.toks[i].s
	v := int(digitsValue(digits))
	announced := i > 0 && (s.toks[i-1].is("at") || s.toks[i-1].is("las") || s.toks[i-1].is("la"))
	followed := i+1 < len(s.toks) && (meridiem(s.toks[i+1]) != anyPart || hourWords[s.toks[i+1].s] || s.toks[i+1].is("hours"))
	if s.want != wantHour && !announced && !followed {
		return clock{}, 0
	}
	c := clock{hour: v / 100, minute: v % 100, said: true, military: len(digits) == 4 && digits[0] == '0'}
	c.bad = c.hour > 23 || c.minute > 59
	return c, 1
}

// wordsClock reads "three", "three thirty", "las tres y media", "tres menos cuarto".
func (s *whenScanner) wordsClock(i int) (clock, int) {
	if s.toks[i].is("once") && !spanish(s.c) && !(i > 0 && (s.toks[i-1].is("las") || s.toks[i-1].is("dia"))) {
		return clock{}, 0
	}
	h, n := s.hourNumber(i)
	if n == 0 || s.toks[i].is("un") || s.toks[i].is("una") && !(i > 0 && s.toks[i-1].is("la")) {
		return clock{}, 0
	}
	at := i + n
	if m, minutes := s.spokenMinutes(at, 60); m > 0 {
		return withMinutes(h, minutes), n + m
	}
	if at < len(s.toks) && (s.toks[at].is("oh") || s.toks[at].is("o")) {
		if u, m := digitWord(s.toks, at+1); m > 0 {
			return withMinutes(h, int(u)), n + 1 + m
		}
	}
	dashed := at < len(s.toks) && s.toks[at].is("-")
	if dashed {
		at++
	}
	// "Ten eleven" and "nine-ten" are two hours, "two-thirty" and "ten ten" are one.
	if u, m := belowHundred(s.toks, at); m > 0 && h >= 1 && u <= 59 && (u > 12 || u == 10 && !dashed) {
		return withMinutes(h, int(u)), at + m - i
	}
	return clock{hour: h}, n
}

func withMinutes(h, minutes int) clock {
	if minutes < 0 {
		return shifted(h, minutes)
	}
	return clock{hour: h, minute: minutes, said: true}
}

// spokenMinutes reads what follows an hour in Spanish: "y media", "y cuarto", "y veinte", "con diez", "menos cuarto".
// Two plain figures joined by "y" are a list, not a time, unless the second cannot be an hour.
func (s *whenScanner) spokenMinutes(at, figure int) (n, minutes int) {
	if at+1 >= len(s.toks) {
		return 0, 0
	}
	sign := 1
	switch s.toks[at].s {
	case "y", "con":
	case "menos":
		sign = -1
	default:
		return 0, 0
	}
	switch {
	case s.toks[at+1].is("media") && sign > 0:
		return 2, 30
	case s.toks[at+1].is("cuarto"):
		return 2, sign * 15
	}
	v, m := cardinal(s.toks, at+1)
	list := v <= 12 && s.toks[at+1].kind == number && figure <= 24 && sign > 0 &&
		!(at > 1 && (s.toks[at-2].is("las") || s.toks[at-2].is("la")))
	if m == 0 || v < 1 || v > 59 || v%5 != 0 || list {
		return 0, 0
	}
	return 1 + m, sign * int(v)
}

var hourWords = set("oclock hrs hr horas hs h ish sharp")

// hourSuffix reads what follows an hour: "o'clock", "pm", "de la tarde".
func (s *whenScanner) hourSuffix(c clock, at int) (clock, int) {
	for range 3 {
		if at >= len(s.toks) {
			break
		}
		switch {
		case hourWords[s.toks[at].s] || c.said && (s.toks[at].is("hours") || s.toks[at].is("hour")):
			c.said, at = true, at+1
			continue
		case follows(s.toks, at, "o", "clock"), follows(s.toks, at, "en", "punto"), follows(s.toks, at, "-", "ish"):
			c.said, at = true, at+2
			continue
		}
		if p := meridiem(s.toks[at]); p != anyPart && (len(s.toks[at].s) == 2 || !s.toks[at].space) {
			c.part, c.said, at = p, true, at+1
			continue
		}
		// "El lunes 30 en la tarde": only "de la tarde" belongs to the number where a day is wanted.
		if s.want != wantHour && (s.toks[at].is("en") || s.toks[at].is("por") || s.toks[at].is("a")) {
			break
		}
		it, n := whenPhrases.match(s.toks, at)
		if n < 2 || it.kind != partOfDay || s.toks[at].is("this") || s.toks[at].is("esta") {
			break
		}
		c.part, c.said, at = it.part, true, at+n
	}
	return c, at
}

// meridiem reads am and pm.
func meridiem(t token) part {
	switch t.s {
	case "am", "a":
		if t.s == "am" || !t.space {
			return am
		}
	case "pm", "p":
		if t.s == "pm" || !t.space {
			return pm
		}
	}
	return anyPart
}
