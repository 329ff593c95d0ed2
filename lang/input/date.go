package input

import (
	"slices"
	"strings"
)

// The days from today that are an answer where nobody says otherwise: beyond them a year is a slip of the finger.
const (
	DaysBack  = 43_830 // 120 years
	DaysAhead = 1_827  // five years
)

// Limits of the dates that are accepted.
const (
	maxAge     = 120 // for date-of-birth, in years
	rollMonths = 11  // a day without a year that has passed this year means next year if that is at most so far
)

// parseDate reads a day from Context.Min to Max days after today; without a range, from today on.
func parseDate(t string, c Context) Result {
	return dateResult("date", scanWhen(t, wantDay, c), wantDay, c)
}

// parseBirth reads a day in the past with its year.
func parseBirth(t string, c Context) Result {
	return dateResult("date-of-birth", scanWhen(t, wantBirth, c), wantBirth, c)
}

func dateResult(kind string, items []item, want purpose, c Context) Result {
	if has(items, not) {
		return unclear(Negated)
	}
	d := newDateReader(want, c)
	for i := range items {
		d.read(items, i)
	}
	d.close()
	switch {
	case has(items, unknown):
		return unclear(NotADate)
	case d.bounded:
		return unclear(OpenEnded)
	case d.spanned:
		return unclear(Range)
	case d.past && len(d.found) == 0 && want == wantDay:
		return invalid(PastDate)
	case d.vague || d.past:
		return unclear(NeedsDay)
	case d.failed != "":
		return failure(d.failed, d.nearby)
	case d.bare && len(d.found) == 0:
		return unclear(NeedsMonth)
	case d.bare:
		return unclear(NotADate)
	case len(d.found) == 0:
		return unclear(NeedsDay)
	}
	slices.SortFunc(d.found, func(a, b civil) int { return a.utc().Compare(b.utc()) })
	return oneOf(kind, civilStrings(d.found), c)
}

func has(items []item, k itemKind) bool {
	return slices.ContainsFunc(items, func(it item) bool { return it.kind == k })
}

func civilStrings(days []civil) []string {
	var s []string
	for _, d := range days {
		s = append(s, d.String())
	}
	return s
}

// failure makes the result of an answer with a date that cannot be taken.
func failure(reason string, choices []civil) Result {
	switch {
	case reason == WeekdayMismatch && len(choices) >= 2:
		return Result{Status: Ambiguous, Reason: reason, Choices: civilStrings(choices)}
	case reason == NeedsYear, reason == RecentlyPast, reason == WeekdayMismatch:
		return unclear(reason)
	default:
		return invalid(reason)
	}
}

// A dateReader collects the days that the items of one answer may mean.
type dateReader struct {
	today   civil
	first   civil // the days that are an answer to a question for a day
	last    civil
	want    purpose
	found   []civil // every acceptable day
	failed  string  // reason of the first day that is not acceptable
	nearby  []civil // what a day that contradicts its weekday may have meant
	pending *mention
	joined  bool // "or" or "and" stands since the last mention
	timed   bool // the last mention was an hour: a bare number after "or" is another
	month   int  // of the last day that named one
	bare    bool // a number that may be a day of the month
	vague   bool
	past    bool
	bounded bool // "after friday"
	spanned bool // "monday to friday"
}

func newDateReader(want purpose, c Context) *dateReader {
	from, to := daysWanted(c)
	today := civilOf(c.Now)
	return &dateReader{want: want, today: today, first: today.addDays(from), last: today.addDays(to)}
}

// daysWanted are the first and the last day that is an answer, from today.
func daysWanted(c Context) (from, to int) {
	if !c.HasRange {
		return 0, DaysAhead
	}
	return int(max(c.Min, -DaysBack)), int(min(c.Max, DaysBack))
}

// looksBack reports whether days that are over are an answer.
func (d *dateReader) looksBack() bool { return d.want == wantDay && d.first.before(d.today) }

// wants reports whether a day is an answer to a question for a day.
func (d *dateReader) wants(day civil) bool { return !day.before(d.first) && !d.last.before(day) }

// A mention is a day of the week, a day of the calendar, or both.
type mention struct {
	weekday *item
	days    []civil // settled readings
	reason  string  // why there are none
}

func (d *dateReader) read(items []item, i int) {
	it := items[i]
	switch it.kind {
	case dayOfMonth:
		d.calendarDay(d.withMonth(items, i))
	case absolute:
		d.calendarDay(it)
	case weekday:
		d.dayOfWeek(it)
	case bare:
		d.number(items, i)
	case hour, partOfDay:
		d.timed, d.joined = it.kind == hour, false
	case or, and:
		d.joined = true
	case upTo:
		d.spanned = d.spanned || i > 0 && i+1 < len(items) && isDay(items[i-1]) && (isDay(items[i+1]) || items[i+1].kind == bare)
	case open, until:
		d.bounds(items, i)
	case vague:
		d.vague = d.vague || it.reason == NeedsDay
	case past:
		d.past = true
	}
}

func isDay(it item) bool { return it.kind <= dayOfMonth }

func listing(it item) bool { return it.kind == or || it.kind == and || it.kind == comma }

// bounds judges "after", "between", "from": before an hour they say nothing about the day.
func (d *dateReader) bounds(items []item, i int) {
	days := items[i].kind == until && i > 0 && (items[i-1].kind == absolute || items[i-1].kind == dayOfMonth)
	if !days && i+1 < len(items) && (items[i+1].kind == hour || items[i+1].kind == bare || items[i+1].kind == partOfDay) {
		d.timed = true
		return
	}
	d.bounded = true
}

func (d *dateReader) calendarDay(it item) {
	m := d.settle(it)
	if d.pending != nil && d.pending.weekday != nil && d.pending.days == nil && d.pending.reason == "" && !d.joined {
		d.pending.days, d.pending.reason = m.days, m.reason
	} else {
		d.close()
		d.pending = m
	}
	d.month = 0
	if it.kind == absolute && len(it.days) == 1 && it.days[0].year == 0 {
		d.month = it.days[0].month
	}
	d.joined, d.timed = false, false
}

func (d *dateReader) dayOfWeek(it item) {
	if p := d.pending; p != nil && p.weekday == nil && !d.joined && !d.timed {
		p.weekday = &it
	} else {
		d.close()
		d.pending = &mention{weekday: &it}
	}
	d.joined, d.timed = false, false
}

// number reads a bare number by its neighbours: an hour beside hours, a day beside a weekday or a month.
func (d *dateReader) number(items []item, i int) {
	it := items[i]
	switch {
	case d.timed, i+2 < len(items) && (items[i+1].kind == upTo || listing(items[i+1])) && items[i+2].kind == hour:
		return
	case d.pending != nil && d.pending.weekday != nil && d.pending.days == nil && !d.joined:
		d.calendarDay(item{kind: dayOfMonth, n: it.n})
	default:
		if it = d.withMonth(items, i); it.kind != absolute {
			d.bare = true
			return
		}
		d.calendarDay(it)
	}
}

// withMonth gives a day number the month of the date that it is listed with: "dec 24 or 26", "5 or 6 december".
func (d *dateReader) withMonth(items []item, i int) item {
	it := items[i]
	if it.which != plain {
		return it
	}
	if month := d.month; month > 0 {
		return item{kind: absolute, days: []civil{{0, month, it.n}}}
	}
	if i+2 < len(items) && listing(items[i+1]) && items[i+2].kind == absolute && len(items[i+2].days) == 1 {
		return item{kind: absolute, days: []civil{items[i+2].days[0].inMonth(it.n)}}
	}
	return it
}

// close settles the pending mention.
func (d *dateReader) close() {
	p := d.pending
	d.pending = nil
	switch {
	case p == nil:
		return
	case p.reason != "":
		d.fail(p.reason)
	case p.weekday == nil:
		d.found = append(d.found, p.days...)
	case d.want == wantBirth && p.days == nil:
		d.vague = true
	case p.days == nil:
		d.found = append(d.found, d.weekdays(*p.weekday)...)
	default:
		d.matching(p)
	}
}

func (d *dateReader) fail(reason string) {
	if d.failed == "" {
		d.failed = reason
	}
}

// matching keeps the days that fall on the weekday said with them. When none does, one of the two is a slip: ask
// between the day as said and the nearest such weekdays.
func (d *dateReader) matching(p *mention) {
	n := len(d.found)
	for _, day := range p.days {
		if day.weekday() == p.weekday.weekday {
			d.found = append(d.found, day)
		}
	}
	if len(d.found) > n {
		return
	}
	d.fail(WeekdayMismatch)
	if d.want == wantBirth || d.nearby != nil {
		return
	}
	day := p.days[0]
	back := (day.weekday() - p.weekday.weekday + 7) % 7
	for _, near := range []civil{day.addDays(-back), day, day.addDays(7 - back)} {
		if d.wants(near) {
			d.nearby = append(d.nearby, near)
		}
	}
}

// weekdays lists the days that a weekday alone may mean.
func (d *dateReader) weekdays(it item) []civil {
	t := d.today
	ahead := (it.weekday - t.weekday() + 7) % 7
	coming := ahead
	if coming == 0 {
		coming = 7
	}
	sunday := t.addDays(it.weekday - t.weekday())             // in the week that starts on Sunday
	monday := t.addDays((it.weekday+6)%7 - (t.weekday()+6)%7) // in the week that starts on Monday
	var days []civil
	switch it.which {
	case next:
		days = []civil{t.addDays(coming), sunday.addDays(7), monday.addDays(7)}
	case nextWeek:
		days = []civil{sunday.addDays(7), monday.addDays(7)}
	case thisWeek:
		days = []civil{sunday, monday}
	case last:
		days = []civil{sunday.addDays(-7)}
		if ahead > 0 {
			days = append(days, t.addDays(ahead-7))
		}
	default:
		days = []civil{t.addDays(ahead)}
		if ahead == 0 {
			days = append(days, t.addDays(7))
		}
		if it.weeks == 0 {
			days = append(days, t.addDays(ahead-7))
		}
	}
	var wanted []civil
	for _, day := range days {
		if day = day.addDays(7 * it.weeks); d.wants(day) && !slices.Contains(wanted, day) {
			wanted = append(wanted, day)
		}
	}
	if len(wanted) == 0 {
		d.fail(d.outside(days[0]))
	}
	return wanted
}

// settle gives the readings of a calendar day their year and keeps the acceptable ones. When no reading is
// acceptable, the reason is the first reading's.
func (d *dateReader) settle(it item) *mention {
	var days []civil
	if it.kind == dayOfMonth {
		days = d.monthly(it)
	}
	for _, day := range it.days {
		days = append(days, d.years(day, it.short)...)
	}
	days = d.around(days)
	m := &mention{}
	for _, day := range days {
		reason := d.check(&day)
		switch {
		case reason == "" || reason == RecentlyPast && len(days) > 1:
			m.days = append(m.days, day)
		case m.reason == "":
			m.reason = reason
		}
	}
	if m.days != nil {
		m.reason = ""
	}
	return m
}

// years expands a two-digit year: to this century for a day ahead, to both centuries for a birth.
func (d *dateReader) years(day civil, short bool) []civil {
	switch {
	case !short:
		return []civil{day}
	case d.want == wantDay:
		if last := day.in(1900 + day.year); last.real() && d.wants(last) && !d.wants(day.in(2000+day.year)) {
			return []civil{last}
		}
		return []civil{day.in(2000 + day.year)}
	}
	var out []civil
	for _, century := range []int{1900, 2000} {
		if full := day.in(century + day.year); d.birthday(full) == "" {
			out = append(out, full)
		}
	}
	if out == nil {
		return []civil{day.in(1900 + day.year)}
	}
	return out
}

// around gives days without a year the years in which they are nearest to today, where the past is asked for too.
func (d *dateReader) around(days []civil) []civil {
	if !d.looksBack() {
		return days
	}
	var out []civil
	for _, day := range days {
		if day.year != 0 {
			out = append(out, day)
			continue
		}
		y := d.today.year
		near := d.nearest([]civil{day.in(y - 4), day.in(y - 3), day.in(y - 2), day.in(y - 1), day.in(y), day.in(y + 1), day.in(y + 2), day.in(y + 3), day.in(y + 4)})
		if near == nil {
			near = []civil{day.in(y)}
		}
		out = append(out, near...)
	}
	return out
}

// nearest are, of days in order, the last one up to today and the first one after it, as far as they are wanted.
func (d *dateReader) nearest(days []civil) []civil {
	var over, ahead []civil
	for _, day := range days {
		switch {
		case !day.real() || !d.wants(day):
		case d.today.before(day):
			ahead = append(ahead, day)
		default:
			over = append(over, day)
		}
	}
	return append(over[max(0, len(over)-1):], ahead[:min(1, len(ahead))]...)
}

// monthly places a day of the month: in this month if it is still to come, else in the next one; where the past is asked
// for, on the days nearest to today.
func (d *dateReader) monthly(it item) []civil {
	here, there := d.today.inMonth(it.n), d.today.nextMonth().inMonth(it.n)
	if d.looksBack() && it.which == plain {
		last := civilOf(civil{d.today.year, d.today.month - 1, 1}.utc())
		before := civilOf(civil{d.today.year, d.today.month - 2, 1}.utc())
		if near := d.nearest([]civil{before.inMonth(it.n), last.inMonth(it.n), here, there}); near != nil {
			return near
		}
	}
	switch {
	case it.which == thisMonth:
		return []civil{here}
	case it.which == nextMonth:
		return []civil{there}
	case it.n == d.today.day && there.real():
		return []civil{here, there}
	case it.n >= d.today.day:
		return []civil{here}
	default:
		return []civil{there}
	}
}

// check says why a day is not acceptable; it sets the year of a day that has none.
func (d *dateReader) check(day *civil) string {
	if d.want == wantBirth {
		return d.birthday(*day)
	}
	switch {
	case !day.real():
		return NoSuchDate
	case day.year == 0:
		return d.roll(day)
	case !d.wants(*day):
		return d.outside(*day)
	}
	return ""
}

// outside says why a day is not wanted.
func (d *dateReader) outside(day civil) string {
	switch {
	case day.before(d.today) && !d.first.before(d.today):
		return PastDate
	case d.today.before(day) && !d.today.before(d.last):
		return StillToCome
	case day.before(d.today.addDays(-DaysBack)), d.today.addDays(DaysAhead).before(day):
		return TooFar
	}
	return DayOutOfRange
}

// roll puts a day without a year into this year or, if it has passed, into the next.
func (d *dateReader) roll(day *civil) string {
	here, there := day.in(d.today.year), day.in(d.today.year+1)
	if here.real() && !here.before(d.today) {
		*day = here
		return d.check(day)
	}
	if !there.real() {
		return NoSuchDate
	}
	*day = there
	if there.utc().After(d.today.utc().AddDate(0, rollMonths, 0)) {
		return RecentlyPast
	}
	return d.check(day)
}

func (d *dateReader) birthday(day civil) string {
	switch {
	case !day.real():
		return NoSuchDate
	case day.year == 0:
		return NeedsYear
	case !day.before(d.today):
		return FutureDate
	case day.in(day.year + maxAge).utc().Before(d.today.utc()):
		return TooFar
	}
	return ""
}

// echoDate says a day with its weekday, and with the year if it is another than this one.
func echoDate(value string, c Context) string {
	d, ok := parseCivil(value)
	if !ok {
		return value
	}
	name := dayName(d, c)
	if spanish(c) {
		name = spanishWeekdays[d.weekday()] + " " + name
	} else {
		name = englishWeekdays[d.weekday()] + ", " + name
	}
	if d.year == c.Now.Year() {
		return name
	}
	return name + yearName(d, c)
}

func echoBirth(value string, c Context) string {
	d, ok := parseCivil(value)
	if !ok {
		return value
	}
	return dayName(d, c) + yearName(d, c)
}

func dayName(d civil, c Context) string {
	if spanish(c) {
		return digits(d.day) + " de " + spanishMonths[d.month-1]
	}
	return englishMonths[d.month-1] + " " + digits(d.day)
}

func yearName(d civil, c Context) string {
	year := d.String()[:strings.IndexByte(d.String(), '-')]
	if spanish(c) {
		return " de " + year
	}
	return ", " + year
}
