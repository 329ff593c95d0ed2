package machine

import (
	"slices"
	"strconv"
	"time"
)

// The kinds of what a guard compares. Dates are written 2006-01-02 and times 15:04.
const (
	KindYesNo  = "yes-no"
	KindNumber = "number"
	KindChoice = "choice"
	KindDate   = "date"
	KindTime   = "time"
	KindText   = "text"
)

// DateOfBirth is the type of a field that holds when a patient was born.
const DateOfBirth = "date-of-birth"

// PolicyType is the type by which the policy permits a field.
func (f *Field) PolicyType() string {
	if f.Means != "" {
		return f.Means
	}
	return f.Type
}

// ValueKind is the kind of a field's values.
func (f *Field) ValueKind() string {
	switch f.Type {
	case KindYesNo, KindNumber, KindChoice, KindDate, KindTime:
		return f.Type
	case DateOfBirth:
		return KindDate
	}
	return KindText
}

// The bounds of what guards compare, where a field has none of its own.
const (
	MaxNumber = 1 << 53        // of a number: what a double holds exactly
	MaxAge    = 120            // of a date of birth, in completed years: nobody is older, also later in a conversation
	MaxYears  = 10_000         // the age of any other date, in years, before or after it
	MaxDays   = 366 * MaxYears // the days until a date, or since it
)

// Domain is what can be compared, as numbers in order: of an option its place in the list, of a no 0 and of a yes 1, of
// a day the days since 1970, of a time the minute of the day. Texts are for whoever compares them to number.
type Domain struct {
	Kind   string
	List   []string // of a choice
	Lo, Hi int64    // the smallest and the largest number
}

// newDomain is all that a kind can be; of a choice, of these.
func newDomain(kind string, list []string) Domain {
	d := Domain{Kind: kind, List: list}
	switch kind {
	case KindYesNo:
		d.Hi = 1
	case KindNumber:
		d.Lo, d.Hi = -MaxNumber, MaxNumber
	case KindChoice:
		d.Hi = int64(len(list)) - 1
	case KindDate:
		d.Lo, d.Hi = -719_528, 2_932_896 // 0000-01-01 … 9999-12-31
	case KindTime:
		d.Hi = 24*60 - 1
	case KindText:
		d.Hi = MaxNumber
	}
	return d
}

// Number reads a value; false where it is not written like one of that kind, and for texts.
func (d *Domain) Number(s string) (int64, bool) {
	switch d.Kind {
	case KindYesNo:
		return map[string]int64{"yes": 1, OpTrue: 1}[s], slices.Contains([]string{"no", OpFalse, "yes", OpTrue}, s)
	case KindNumber:
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil && strconv.FormatInt(n, 10) == s
	case KindChoice:
		n := slices.Index(d.List, s)
		return int64(n), n >= 0
	case KindDate:
		t, err := time.Parse(time.DateOnly, s)
		return t.Unix() / (24 * 60 * 60), err == nil
	case KindTime:
		t, err := time.Parse("15:04", s)
		return int64(t.Hour()*60 + t.Minute()), err == nil && t.Format("15:04") == s
	}
	return 0, false
}

// Value writes a number of a domain; texts have none.
func (d *Domain) Value(n int64) string {
	switch d.Kind {
	case KindYesNo:
		return []string{"no", "yes"}[n]
	case KindChoice:
		return d.List[n]
	case KindDate:
		return time.Unix(n*24*60*60, 0).UTC().Format(time.DateOnly)
	case KindTime:
		return time.Unix(n*60, 0).UTC().Format("15:04")
	}
	return strconv.FormatInt(n, 10)
}

// Domain is what a field's values can be.
func (f *Field) Domain() Domain {
	var list []string
	for i := range f.Options {
		list = append(list, f.Options[i].Value)
	}
	d := newDomain(f.ValueKind(), list)
	if d.Kind == KindNumber && f.Min != nil {
		d.Lo = *f.Min
	}
	if d.Kind == KindNumber && f.Max != nil {
		d.Hi = *f.Max
	}
	return d
}

// AgeDomain is what the age of a date can be, in completed years.
func (f *Field) AgeDomain() Domain {
	if f.Type == DateOfBirth {
		return Domain{Kind: KindNumber, Lo: 0, Hi: MaxAge}
	}
	return Domain{Kind: KindNumber, Lo: -MaxYears, Hi: MaxYears}
}

// DaysDomain is what the days until a date can be, from when it is asked for.
func (f *Field) DaysDomain() Domain {
	d := Domain{Kind: KindNumber, Lo: -MaxDays, Hi: MaxDays}
	switch {
	case f.Type == DateOfBirth:
		d.Hi = 0
	case f.Min != nil && f.Max != nil:
		d.Hi = *f.Max
	}
	return d
}

// Weekdays are what now.weekday can be, in the order of time.Weekday.
var Weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// Given is what guards may test besides fields and what was heard. No field has a name that begins like one of these.
var Given = map[string]Domain{
	"practice.open": newDomain(KindYesNo, nil),
	"now.hour":      {Kind: KindNumber, Hi: 23},
	"now.weekday":   newDomain(KindChoice, Weekdays),
	"channel":       newDomain(KindChoice, []string{"web-chat", "portal-chat", "sms", "email"}),
	"language":      newDomain(KindChoice, []string{"en", "es"}),
	"attempts":      newDomain(KindNumber, nil),
	"verified":      newDomain(KindYesNo, nil),
}

// GivenDomain is what something given can be in this machine, or of heard:NAME whether it was heard; without a kind for
// anything else.
func (m *Machine) GivenDomain(name string) Domain {
	switch d := Given[name]; {
	case name == "language":
		return newDomain(KindChoice, m.Flow.Languages)
	case name == "channel":
		return newDomain(KindChoice, m.Flow.Channels)
	case name == "attempts":
		return Domain{Kind: KindNumber, Hi: int64(m.Session.Retries) + 1} // one more than retries where the last code failed
	case d.Kind == "":
		return newDomain(KindYesNo, nil)
	default:
		return d
	}
}

// IsDay reports whether s is a day of the calendar, 2006-01-02.
func IsDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
