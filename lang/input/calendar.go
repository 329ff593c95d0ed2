package input

import (
	"fmt"
	"time"
)

// A civil is a day of the Gregorian calendar. Year 0 means that no year was said.
type civil struct{ year, month, day int }

func civilOf(t time.Time) civil {
	y, m, d := t.Date()
	return civil{y, int(m), d}
}

func (d civil) utc() time.Time {
	return time.Date(d.year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
}

func (d civil) addDays(n int) civil   { return civilOf(d.utc().AddDate(0, 0, n)) }
func (d civil) weekday() int          { return int(d.utc().Weekday()) }
func (d civil) before(e civil) bool   { return d.utc().Before(e.utc()) }
func (d civil) in(year int) civil     { return civil{year, d.month, d.day} }
func (d civil) String() string        { return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day) }
func leap(y int) bool                 { return y%4 == 0 && (y%100 != 0 || y%400 == 0) }
func (d civil) nextMonth() civil      { return civilOf(civil{d.year, d.month + 1, 1}.utc()) }
func (d civil) inMonth(day int) civil { return civil{d.year, d.month, day} }

// real reports whether the calendar has the day; without a year, whether some year has it.
func (d civil) real() bool {
	if d.month < 1 || d.month > 12 || d.day < 1 {
		return false
	}
	return d.day <= monthDays(d.month, d.year == 0 || leap(d.year))
}

func monthDays(month int, leap bool) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if leap {
			return 29
		}
		return 28
	default:
		return 31
	}
}

// parseCivil reads exactly "2006-01-02".
func parseCivil(s string) (civil, bool) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil || len(s) != len("2006-01-02") {
		return civil{}, false
	}
	return civilOf(t), true
}

var (
	monthNames = index(1,
		"january jan enero ene", "february feb febrero febuary febrary", "march marzo mrz", "april apr abril abr",
		"may mayo", "june jun junio", "july jul julio", "august aug agosto",
		"september sept sep septiembre setiembre set", "october oct octubre", "november nov noviembre novembre",
		"december dec diciembre dic decembre dicembre")
	weekdayNames = index(0,
		"sunday sun domingo dom", "monday mon lunes lun munday",
		"tuesday tues tue martes tusday teusday tuseday tuesay",
		"wednesday wed weds miercoles mie wensday wendsday wednsday wednesay",
		"thursday thurs thur thu jueves jue thrusday thurday thirsday",
		"friday fri viernes vie firday frday", "saturday sat sabado sab satuday saterday")

	englishMonths   = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	spanishMonths   = [...]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"}
	englishWeekdays = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	spanishWeekdays = [...]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"}
)

// index numbers the words of each list by its place, from first on.
func index(first int, lists ...string) map[string]int {
	m := map[string]int{}
	for i, l := range lists {
		for w := range set(l) {
			m[w] = first + i
		}
	}
	return m
}
