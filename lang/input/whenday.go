package input

import "slices"

// day reads dates with their own words or figures: "12/5", "Dec 5th, 2026", "el 5 de diciembre", "the 5th",
// "next tuesday", "el martes de la semana que viene".
func (s *whenScanner) day(i int) (item, int) {
	for _, rule := range dayRules {
		if it, n := rule(s, i); n > 0 {
			return it, n
		}
	}
	return item{}, 0
}

// numeric reads figures: year-month-day, or two or three numbers with one separator.
func (s *whenScanner) numeric(i int) (item, int) {
	nums, n := s.figures(i)
	if n == 0 {
		return item{}, 0
	}
	if nums == nil {
		return item{kind: unknown}, n
	}
	if s.want == wantHour && len(nums) == 2 && s.toks[i+1].s != "/" {
		return item{}, 0
	}
	if at := i + n; at < len(s.toks) && (meridiem(s.toks[at]) != anyPart || s.toks[at].is(":") && !s.toks[at].space) {
		return item{}, 0
	}
	if len(nums) == 2 && s.toks[i+1].is("-") && digitsValue(nums[0].s) < digitsValue(nums[1].s) && digitsValue(nums[1].s) <= 12 {
		return item{kind: open}, n // "10-12" is October 12 or from ten to twelve
	}
	return s.ordered(nums), n
}

// figures collects the numbers of a numeric date. It returns n = 0 where there is no such chain, and no numbers for a
// chain that is none of the shapes of a date, such as a phone number.
func (s *whenScanner) figures(i int) (nums []token, n int) {
	t := s.toks
	if t[i].kind != number {
		return nil, 0
	}
	if i+2 < len(t) && t[i+1].kind == number && t[i+2].kind == number {
		if len(t[i+2].s) == 4 && len(t[i].s) <= 2 && len(t[i+1].s) <= 2 ||
			s.want == wantBirth && len(t[i].s) <= 2 && len(t[i+1].s) <= 2 && len(t[i+2].s) == 2 {
			return []token{t[i], t[i+1], t[i+2]}, 3
		}
		return nil, 0
	}
	if i+2 >= len(t) || !(t[i+1].is("/") || t[i+1].is("-") || t[i+1].is(".")) || t[i+2].kind != number {
		return nil, 0
	}
	sep := t[i+1].s
	if sep != "/" && (t[i+1].space || t[i+2].space) && !(i+4 < len(t) && t[i+3].is(sep) && t[i+4].kind == number) {
		return nil, 0
	}
	nums, n = []token{t[i], t[i+2]}, 3
	if i+4 < len(t) && t[i+3].is(sep) && t[i+4].kind == number {
		nums, n = append(nums, t[i+4]), 5
	}
	more := i+n+1 < len(t) && t[i+n].is(sep) && !t[i+n].space && t[i+n+1].kind == number
	if !more && dateShape(nums) {
		return nums, n
	}
	if n == 5 {
		return nil, n
	}
	return nil, 0
}

// dateShape reports lengths that figures of a date have: 2-2, 2-2-2, 2-2-4 or 4-2-2 at most.
func dateShape(nums []token) bool {
	first, second := len(nums[0].s), len(nums[1].s)
	if second > 2 || len(nums) == 2 && first > 2 {
		return false
	}
	if len(nums) == 2 {
		return true
	}
	third := len(nums[2].s)
	if first == 4 {
		return third <= 2
	}
	return first <= 2 && (third == 2 || third == 4)
}

// ordered gives numbers the orders they may stand in.
func (s *whenScanner) ordered(nums []token) item {
	v := make([]int, len(nums))
	for k, t := range nums {
		v[k] = int(digitsValue(t.s))
	}
	if len(nums[0].s) == 4 {
		return item{kind: absolute, days: []civil{{v[0], v[1], v[2]}}}
	}
	if len(nums) == 2 {
		return item{kind: absolute, days: s.orders(v[0], v[1], 0, false)}
	}
	short := len(nums[2].s) == 2
	if short && s.c.DateOrder == "ymd" {
		return item{kind: absolute, short: true, days: []civil{{v[0], v[1], v[2]}}}
	}
	return item{kind: absolute, short: short, days: s.orders(v[0], v[1], v[2], short)}
}

// orders lists the readings of two numbers. Month first is trusted in an English conversation of a US practice that
// does not say otherwise, day first where a practice outside the US declares it; everywhere else both stand.
func (s *whenScanner) orders(a, b, year int, short bool) []civil {
	mdy, dmy := civil{year, a, b}, civil{year, b, a}
	us := country(s.c) == "US"
	trustMDY := us && !spanish(s.c) && s.c.DateOrder != "dmy"
	trustDMY := !us && s.c.DateOrder == "dmy"
	check := func(d civil) bool {
		if short {
			d.year = 0
		}
		return d.real()
	}
	switch {
	case a > 12 || trustDMY && b <= 12:
		return []civil{dmy}
	case b > 12 || trustMDY || a == b:
		return []civil{mdy}
	case check(mdy) && check(dmy):
		return []civil{mdy, dmy}
	case check(dmy):
		return []civil{dmy}
	default:
		return []civil{mdy}
	}
}

// dayMonth reads "5 December 2026", "the 5th of Dec", "5 de diciembre del 26", "5-Mar-1985".
func (s *whenScanner) dayMonth(i int) (item, int) {
	at := s.skip(i, "the", "el", "dia")
	d, n := ordinal(s.toks, at)
	if n == 0 {
		d, n = cardinal(s.toks, at)
	}
	if n == 0 || s.toks[at].kind == number && len(s.toks[at].s) > 2 {
		return item{}, 0
	}
	at = s.skip(at+n, "of", "de", "-", "/", ".")
	if follows(s.toks, at, "next", "month") || follows(s.toks, at, "proximo", "mes") || follows(s.toks, at, "mes", "que", "viene") ||
		follows(s.toks, at, "the", "next", "month") || follows(s.toks, at, "del", "proximo", "mes") ||
		follows(s.toks, at, "del", "mes", "que", "viene") {
		for !s.toks[at].is("month") && !s.toks[at].is("mes") {
			at++
		}
		return item{kind: dayOfMonth, n: small(d), which: nextMonth}, s.skip(at+1, "que", "viene") - i
	}
	if follows(s.toks, at, "this", "month") || follows(s.toks, at, "este", "mes") {
		return item{kind: dayOfMonth, n: small(d), which: thisMonth}, at + 2 - i
	}
	m, ok := s.month(at, true)
	if !ok {
		return item{}, 0
	}
	at = s.skip(at+1, ".")
	return s.withYear(small(d), m, at, i)
}

// monthDay reads "December 5th, 2026", "diciembre 5".
func (s *whenScanner) monthDay(i int) (item, int) {
	if s.toks[i].kind == number && len(s.toks[i].s) == 4 && i+1 < len(s.toks) && s.toks[i+1].kind == word {
		if it, n := s.monthDay(i + 1); n > 0 && len(it.days) == 1 && it.days[0].year == 0 {
			it.days[0].year = int(digitsValue(s.toks[i].s))
			return it, n + 1
		}
		return item{}, 0
	}
	m, ok := s.month(i, false)
	if !ok {
		return item{}, 0
	}
	at := s.skip(i+1, ".", "/", "-", "the", "el", "dia")
	d, n := ordinal(s.toks, at)
	if n == 0 {
		d, n = cardinal(s.toks, at)
	}
	if n > 0 && d <= 99 && !s.hourFollows(at, n) {
		return s.withYear(small(d), m, at+n, i)
	}
	if s.toks[i].is("may") || s.toks[i].is("mar") || s.toks[i].is("ago") || s.toks[i].is("set") {
		return item{}, 0
	}
	if y, k := s.year(s.skip(i+1, "de", "del", ",", "of"), true); k > 0 && y > 0 {
		return item{kind: vague, reason: NeedsDay}, s.skip(i+1, "de", "del", ",", "of") + k - i
	}
	return item{kind: vague, reason: NeedsDay}, 1
}

// hourFollows reports that the number at i is the hour of a time, not a day: "december 5:30".
func (s *whenScanner) hourFollows(i, n int) bool {
	at := i + n
	return at < len(s.toks) && (s.toks[at].is(":") && !s.toks[at].space || meridiem(s.toks[at]) != anyPart && !s.toks[at].space)
}

// month reads a month name. "mar" and "ago" are also a weekday and an English word: they count only beside a number.
func (s *whenScanner) month(i int, afterDay bool) (int, bool) {
	if i >= len(s.toks) {
		return 0, false
	}
	beside := afterDay || i+1 < len(s.toks) && (s.toks[i+1].kind == number || s.toks[i+1].is("."))
	switch {
	case s.toks[i].is("mar") && beside && !spanish(s.c):
		return 3, true
	case s.toks[i].is("mar") && s.want == wantBirth:
		return 3, true
	case s.toks[i].is("ago") && beside && spanish(s.c):
		return 8, true
	}
	m, ok := monthNames[s.toks[i].s]
	return m, ok
}

// withYear finishes a date of day and month with the year that may follow at token at.
func (s *whenScanner) withYear(d, m, at, from int) (item, int) {
	it := item{kind: absolute, days: []civil{{0, m, d}}}
	after := s.skip(at, ",", "de", "del", "of", "in", "year", "ano", "-", "/", ".")
	if y, n := s.year(after, after > at && !s.toks[after-1].is(",") || s.want == wantBirth); n > 0 {
		it.days[0].year, it.short = y, y < 100
		return it, after + n - from
	}
	return it, at - from
}

// year reads a year of four digits, of two digits where they cannot be anything else, or in words.
func (s *whenScanner) year(i int, short bool) (y, n int) {
	t := s.toks
	if i >= len(t) {
		return 0, 0
	}
	if t[i].is("'") && i+1 < len(t) && t[i+1].kind == number && len(t[i+1].s) == 2 {
		return int(digitsValue(t[i+1].s)), 2
	}
	if t[i].kind == number {
		v := int(min(digitsValue(t[i].s), 9999))
		if s.hourFollows(i, 1) {
			return 0, 0
		}
		if len(t[i].s) == 4 && (v >= 1800 && v <= 2199 || s.want == wantBirth) || len(t[i].s) == 2 && short {
			return v, 1
		}
		return 0, 0
	}
	v, n := cardinalWords(t, i)
	if n > 0 && v >= 1800 && v <= 2199 {
		return int(v), n
	}
	if n > 0 && (v == 19 || v == 20 || v == 18) {
		if u, m := belowHundred(t, i+n); m > 0 && u >= 10 {
			return int(v*100 + u), n + m
		}
		if i+n < len(t) && (t[i+n].is("oh") || t[i+n].is("o")) {
			if u, m := digitWord(t, i+n+1); m > 0 {
				return int(v*100 + u), n + 1 + m
			}
		}
	}
	if n > 0 && short && v >= 10 && v <= 99 && s.want == wantBirth {
		return int(v), n
	}
	return 0, 0
}

// weekdayAt reads a day of the week with its modifiers before and after.
func (s *whenScanner) weekdayAt(i int) (item, int) {
	it := item{kind: weekday}
	at := s.skip(i, "the", "el", "on", "for")
	switch {
	case follows(s.toks, at, "next", "week", "on") || follows(s.toks, at, "next", "week"):
		it.which = nextWeek
		at = s.skip(at+2, ",", "on")
	case follows(s.toks, at, "la", "proxima", "semana") || follows(s.toks, at, "la", "semana", "proxima"):
		it.which = nextWeek
		at = s.skip(at+3, ",", "el")
	case follows(s.toks, at, "la", "semana", "que", "viene"):
		it.which = nextWeek
		at = s.skip(at+4, ",", "el")
	case follows(s.toks, at, "next") || follows(s.toks, at, "proximo"):
		it.which = next
		at++
	case follows(s.toks, at, "last") || follows(s.toks, at, "past"):
		it = s.lastWeekday(it)
		at++
	case follows(s.toks, at, "this") || follows(s.toks, at, "este") || follows(s.toks, at, "coming"):
		at = s.skip(at+1, "coming", "proximo")
	}
	if at >= len(s.toks) {
		return item{}, 0
	}
	wd, ok := weekdayNames[s.toks[at].s]
	if !ok && s.toks[at].is("mar") && spanish(s.c) && !(at+1 < len(s.toks) && s.toks[at+1].kind == number) {
		wd, ok = 2, true
	}
	if !ok {
		return item{}, 0
	}
	it.weekday = wd
	if s.indefinite(i) || (it.kind == past || it.which == last) && at+1 < len(s.toks) && (s.toks[at+1].is("of") || s.toks[at+1].is("in")) {
		return item{kind: vague, reason: NeedsDay}, at + 1 - i
	}
	return s.afterWeekday(it, s.skip(at+1, "."), i)
}

// lastWeekday is a day of the week that is over, where such days are an answer.
func (s *whenScanner) lastWeekday(it item) item {
	if s.back {
		it.which = last
	} else {
		it.kind = past
	}
	return it
}

// indefinite reports "a monday", "un lunes" at i, which is any of them; in "de lunes a viernes" the "a" means "to".
func (s *whenScanner) indefinite(i int) bool {
	if i == 0 || !s.toks[i-1].is("un") && !s.toks[i-1].is("a") {
		return false
	}
	if i == 1 || s.toks[i-1].is("un") {
		return true
	}
	_, span := weekdayNames[s.toks[i-2].s]
	return !span
}

// afterWeekday reads the modifiers that follow: "next week", "que viene", "pasado".
func (s *whenScanner) afterWeekday(it item, at, from int) (item, int) {
	after := s.skip(at, ",", "of", "de", "en")
	for _, m := range []struct {
		which which
		words []string
	}{
		{nextWeek, []string{"next", "week"}}, {nextWeek, []string{"la", "proxima", "semana"}},
		{nextWeek, []string{"la", "semana", "que", "viene"}}, {nextWeek, []string{"la", "semana", "proxima"}},
		{thisWeek, []string{"this", "week"}}, {thisWeek, []string{"esta", "semana"}},
		{next, []string{"que", "viene"}}, {next, []string{"proximo"}},
	} {
		if follows(s.toks, after, m.words...) {
			it.which = m.which
			return it, after + len(m.words) - from
		}
	}
	switch {
	case follows(s.toks, at, "pasado"):
		return s.lastWeekday(it), at + 1 - from
	case follows(s.toks, at, "after", "next"):
		return item{kind: vague, reason: NeedsDay}, at + 2 - from
	case follows(s.toks, at, "week"):
		it.weeks = 1
		return it, at + 1 - from
	}
	return it, at - from
}

// dayOnly reads "the 5th", "5th", "el día 5", "el 5".
func (s *whenScanner) dayOnly(i int) (item, int) {
	at := s.skip(i, "the", "el", "dia", "day")
	said := at > i
	if at >= len(s.toks) || s.want == wantHour && !said {
		return item{}, 0
	}
	if d, n := ordinal(s.toks, at); n > 0 {
		return s.ordinalDay(small(d), at, at+n, i)
	}
	if !said || s.want == wantBirth {
		return item{}, 0
	}
	d, n := cardinal(s.toks, at)
	if n == 0 || s.toks[at].kind == number && len(s.toks[at].s) > 2 {
		return item{}, 0
	}
	if it, k := s.hour(at); k > 0 && it.kind == hour && (it.clock.part != anyPart || it.clock.said) {
		return item{}, 0
	}
	return item{kind: dayOfMonth, n: small(d)}, at + n - i
}

// ordinalDay judges an ordinal without a month. "The first" and "the second one" choose from a list as often as they
// name a day, and "the first tuesday" lacks its month; "the 1st" and "the fifth" are days.
func (s *whenScanner) ordinalDay(d, at, after, from int) (item, int) {
	if after < len(s.toks) {
		if _, ok := weekdayNames[s.toks[after].s]; ok {
			return item{kind: vague, reason: NeedsDay}, after - from
		}
	}
	if s.toks[at].kind == word && (d <= 3 || at == from) {
		return item{kind: bare, n: d}, after - from
	}
	return item{kind: dayOfMonth, n: d}, after - from
}

// compact reads a date of birth typed as six or eight digits.
func (s *whenScanner) compact(i int) (item, int) {
	t := s.toks[i].s
	if s.want != wantBirth || s.toks[i].kind != number || len(t) != 6 && len(t) != 8 {
		return item{}, 0
	}
	v := func(from, to int) int { return int(digitsValue(t[from:to])) }
	it := item{kind: absolute, short: len(t) == 6, days: s.orders(v(0, 2), v(2, 4), v(4, len(t)), len(t) == 6)}
	if len(t) == 8 && (v(0, 2) == 19 || v(0, 2) == 20) {
		if iso := (civil{v(0, 4), v(4, 6), v(6, 8)}); iso.real() {
			it.days = append(it.days, iso)
		}
	}
	return it, 1
}

// skip passes at most three of these words: more is no date, and looking further from every token would not be linear.
func (s *whenScanner) skip(i int, any ...string) int {
	for range 3 {
		if i >= len(s.toks) || !slices.Contains(any, s.toks[i].s) {
			break
		}
		i++
	}
	return i
}

// small narrows a day number; whatever does not fit is no day.
func small(v int64) int { return int(min(v, 100_000)) }
