package input

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxInput is the longest input that is read, in code points; a longer one is Invalid with [TooLong].
const MaxInput = 4000

// Default lengths in code points, used where Context.MaxRunes is 0.
const (
	DefaultNameRunes    = 80
	DefaultTextRunes    = 200
	DefaultMessageRunes = 2000
)

// Context is what a parser knows about the question.
type Context struct {
	Lang      string    // language of the conversation, "en" or "es"; anything else counts as "en"
	Now       time.Time // in the practice's location
	DateOrder string    // "mdy", "dmy" or "ymd"; empty means "mdy"
	Country   string    // ISO 3166 region of national phone numbers and of the date order; empty means "US"
	Min, Max  int64     // inclusive bounds of a number, or of a date in days from today, if HasRange
	HasRange  bool
	Options   []Option // for choice, in the order shown to the patient
	MaxRunes  int      // longest name, text or message in code points; 0 means the type's default
}

// Option is one answer of a choice.
type Option struct {
	Value  string            // canonical value
	Labels map[string]string // language → label as shown
	Also   []string          // further spellings, in any language
}

// Status says how far an input was understood.
type Status int

const (
	OK        Status = iota // one reading, acceptable
	Ambiguous               // two to four readings, in Result.Choices
	Unclear                 // cannot be read with certainty
	Invalid                 // read, but not acceptable
)

// String returns the lower-case name of the status.
func (s Status) String() string {
	switch s {
	case OK:
		return "ok"
	case Ambiguous:
		return "ambiguous"
	case Unclear:
		return "unclear"
	case Invalid:
		return "invalid"
	default:
		return "unknown"
	}
}

// Result is what an input was read as.
type Result struct {
	Status  Status
	Value   string   // canonical value, only for OK
	Echo    string   // how to repeat the value to the patient, only for OK
	Choices []string // canonical values to ask between, only for Ambiguous; two to four
	Reason  string   // stable id, empty for OK
}

// Reasons of results that are not OK.
const (
	TooLong         = "too-long"          // more code points than allowed
	Empty           = "empty"             // nothing to read
	UnknownKind     = "unknown-kind"      // Parse does not know the kind
	TwoReadings     = "two-readings"      // several readings of one expression, or several answers
	TooMany         = "too-many-readings" // more than four readings
	Negated         = "negated"           // says what it is not
	OpenEnded       = "open-ended"        // "after 5", "more than 7"
	Range           = "range"             // "between 3 and 5"
	NotADate        = "not-a-date"        // no date understood
	NeedsDay        = "needs-day"         // "next week", "December"
	NeedsMonth      = "needs-month"       // a bare day number
	NeedsYear       = "needs-year"        // date of birth without a year
	NoSuchDate      = "no-such-date"      // November 31
	PastDate        = "past-date"         // lies before today
	StillToCome     = "still-to-come"     // lies after today, and the past is asked for
	DayOutOfRange   = "day-out-of-range"  // outside Context.Min..Max days from today
	FutureDate      = "future-date"       // date of birth that is not in the past
	TooFar          = "too-far"           // further away than the kind allows
	RecentlyPast    = "past-or-next-year" // no year, and this year's day has just passed
	WeekdayMismatch = "weekday-mismatch"  // "Tuesday, December 5" when that is a Saturday
	NotATime        = "not-a-time"        // no time understood
	NeedsHour       = "needs-hour"        // a day, or "soon", but no time of day
	PartOfDay       = "part-of-day"       // "in the morning"
	NoSuchTime      = "no-such-time"      // 25:00
	NotANumber      = "not-a-number"      // no whole number understood
	WholeNumber     = "whole-number"      // has a fraction
	OutOfRange      = "out-of-range"      // outside Context.Min..Max
	Unit            = "unit"              // a number with a unit the question may not mean
	NotAPhone       = "not-a-phone"       // no number that exists in the numbering plan
	NeedsAreaCode   = "needs-area-code"   // seven digits
	EmergencyNumber = "emergency-number"  // 911, 988, 112
	NotAnEmail      = "not-an-email"      // no address understood
	NotAZip         = "not-a-zip"         // no five-digit code understood
	NotACode        = "not-a-code"        // no code of four to eight digits understood
	NotYesNo        = "not-yes-no"        // neither yes nor no
	Contrast        = "contrast"          // "yes, but…"
	Undecided       = "undecided"         // "maybe"
	Mixed           = "mixed"             // yes and no at once
	NotAChoice      = "not-a-choice"      // no option matches
	NotAName        = "not-a-name"        // reads like something other than a name
	Characters      = "characters"        // characters the kind does not take
)

// A parser reads one kind; t is the cleaned, trimmed, non-empty input within MaxInput.
type parser func(t string, c Context) Result

var parsers = map[string]parser{
	"text":          parseText,
	"message":       parseMessage,
	"name":          parseName,
	"phone":         parsePhone,
	"email":         parseEmail,
	"date":          parseDate,
	"date-of-birth": parseBirth,
	"time":          parseTime,
	"zip":           parseZip,
	"number":        parseNumber,
	"yes-no":        parseYesNo,
	"choice":        parseChoice,
	"code":          parseCode,
}

// Kinds returns the kinds that Parse knows, sorted.
func Kinds() []string {
	return []string{"choice", "code", "date", "date-of-birth", "email", "message", "name", "number", "phone", "text",
		"time", "yes-no", "zip"}
}

// Parse reads text as an answer of the given kind. It never panics; an unknown kind is Invalid with [UnknownKind].
//
// Canonical values: phone is E.164, with ";ext=" and digits where one was given; email has a lower-case domain; date
// and date-of-birth are "2006-01-02"; time is "15:04"; zip is "12345" or "12345-6789" as typed; number is a decimal
// integer; yes-no is "yes" or "no"; choice is the option's Value; code is four to eight digits; name, text and message
// are the text itself, in Unicode NFC.
func Parse(kind, text string, c Context) Result {
	parse, ok := parsers[kind]
	if !ok {
		return invalid(UnknownKind)
	}
	if len(text) > MaxInput*utf8.UTFMax || utf8.RuneCountInString(text) > MaxInput {
		return invalid(TooLong)
	}
	t := clean(text)
	if t == "" {
		return unclear(Empty)
	}
	return parse(t, c)
}

// Echo says a canonical value in c.Lang. A value that is not canonical for the kind is returned unchanged.
func Echo(kind, value string, c Context) string {
	switch kind {
	case "date":
		return echoDate(value, c)
	case "date-of-birth":
		return echoBirth(value, c)
	case "time":
		return echoTime(value, c)
	case "phone":
		return echoPhone(value, c)
	case "yes-no":
		return echoYesNo(value, c)
	case "choice":
		return echoChoice(value, c)
	default:
		return value
	}
}

func spanish(c Context) bool { return c.Lang == "es" || strings.HasPrefix(c.Lang, "es-") }

func country(c Context) string {
	if c.Country == "" {
		return "US"
	}
	return strings.ToUpper(c.Country)
}

func ok(kind, value string, c Context) Result {
	return Result{Status: OK, Value: value, Echo: Echo(kind, value, c)}
}

func unclear(reason string) Result { return Result{Status: Unclear, Reason: reason} }
func invalid(reason string) Result { return Result{Status: Invalid, Reason: reason} }

// oneOf is OK for one distinct value, Ambiguous for two to four, and Unclear with [TooMany] beyond. Values keep
// their order.
func oneOf(kind string, values []string, c Context) Result {
	var distinct []string
	for _, v := range values {
		if !slices.Contains(distinct, v) {
			distinct = append(distinct, v)
		}
		if len(distinct) > 4 {
			return unclear(TooMany)
		}
	}
	if len(distinct) == 1 {
		return ok(kind, distinct[0], c)
	}
	return Result{Status: Ambiguous, Choices: distinct, Reason: TwoReadings}
}
