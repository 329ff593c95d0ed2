package input

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// emergencyNumbers are never taken as a number to call a patient back on: 911 (US, CA, MX), 988 (US crisis line),
// 112 (EU, and every GSM network).
var emergencyNumbers = set("911 988 112")

// parsePhone finds the phone number in a sentence. The answer may hold other figures ("after 5"), but two different
// numbers are Ambiguous, and a second number that does not exist makes the answer unclear.
func parsePhone(t string, c Context) Result {
	toks := tokenize(t)
	var found []string
	var broken, local, emergency, any bool
	last := 0
	for _, run := range digitRuns(toks, "-.()/,", c) {
		any = true
		numbers := phonesIn(toks, run, c)
		digits := run.digits()
		switch {
		case len(numbers) > 0:
			found = append(found, numbers...)
			last = run.first
		case emergencyNumbers[digits]:
			emergency = true
		case len(digits) >= 2 && run.first > 0 && alternative[toks[run.first-1].s]:
			broken = true
		case len(digits) == 7:
			local, broken = true, true
		case len(digits) > 7:
			broken = true
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	switch {
	case len(found) > 0 && negatedBefore(toks, last):
		return unclear(Negated)
	case len(found) > 1:
		return oneOf("phone", found, c)
	case len(found) == 1 && !broken:
		return ok("phone", found[0], c)
	case emergency:
		return invalid(EmergencyNumber)
	case local && len(found) == 0:
		return unclear(NeedsAreaCode)
	case any && len(found) == 0:
		return invalid(NotAPhone)
	}
	return unclear(NotAPhone)
}

// phonesIn reads a run as one number, as one number beside an hour ("after 5 212 555 0142"), or as two numbers.
func phonesIn(toks []token, run digitRun, c Context) []string {
	if p := e164(run, c); p != "" {
		return []string{p + extension(toks, run.end)}
	}
	first, last := run.groups[0], run.groups[len(run.groups)-1]
	if len(run.groups) > 1 && len(first.digits) <= 2 && first.first > 0 && hourAnnounced[toks[first.first-1].s] {
		if p := e164(run.cut(1, 0), c); p != "" {
			return []string{p + extension(toks, run.end)}
		}
	}
	if len(run.groups) > 1 && len(last.digits) <= 2 && last.end < len(toks) && meridiem(toks[last.end]) != anyPart {
		if p := e164(run.cut(0, 1), c); p != "" {
			return []string{p}
		}
	}
	if len(run.digits()) < 14 || len(run.groups) > 16 {
		return nil
	}
	for k := 1; k < len(run.groups); k++ {
		a, b := e164(run.cut(0, len(run.groups)-k), c), e164(run.cut(k, 0), c)
		if a != "" && b != "" {
			return []string{a, b}
		}
	}
	return nil
}

// alternative announces another answer, even where it is only the end of a number: "212 555 0142 or 0143".
var alternative = set("or o u /")

var hourAnnounced = set("after before at around until till from by las la despues antes hasta desde : to")

// e164 returns the number in E.164, or "" where the numbering plan has no such number. A national number of the US
// has ten digits, or eleven with the leading 1.
func e164(run digitRun, c Context) string {
	digits := run.digits()
	switch {
	case len(digits) < 7 || len(digits) > 17:
		return ""
	case run.plus:
		digits = "+" + digits
	case strings.HasPrefix(digits, "011") && country(c) == "US":
		digits = "+" + digits[3:]
	case country(c) == "US" && len(digits) == 10:
		digits = "+1" + digits
	case country(c) == "US" && len(digits) == 11 && digits[0] == '1':
		digits = "+" + digits
	case country(c) == "US":
		return ""
	}
	n := northAmerican(digits)
	if n == nil {
		var err error
		if n, err = phonenumbers.Parse(digits, country(c)); err != nil {
			return ""
		}
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.UNKNOWN, phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.VOICEMAIL:
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// northAmerican makes the number of "+1" and ten digits without the library's search for prefixes, or nil.
func northAmerican(digits string) *phonenumbers.PhoneNumber {
	if len(digits) != len("+12125550142") || !strings.HasPrefix(digits, "+1") {
		return nil
	}
	code, national := int32(1), uint64(digitsValue(digits[2:]))
	if national < 2_000_000_000 {
		return nil
	}
	return &phonenumbers.PhoneNumber{CountryCode: &code, NationalNumber: &national}
}

// extension reads ";ext=12", "ext. 12", "x12", "extensión 12" after a number.
func extension(toks []token, i int) string {
	at := i
	for range 3 {
		if at < len(toks) && (toks[at].is(";") || toks[at].is(",") || toks[at].is("(")) {
			at++
		}
	}
	if at >= len(toks) || !extensionWords[toks[at].s] {
		return ""
	}
	at++
	for range 2 {
		if at < len(toks) && (toks[at].is("=") || toks[at].is(".") || toks[at].is(":") || toks[at].is("number")) {
			at++
		}
	}
	if at < len(toks) && toks[at].kind == number && len(toks[at].s) <= 7 {
		return ";ext=" + toks[at].s
	}
	return ""
}

var extensionWords = set("ext extension extn x anexo interno #")

func echoPhone(value string, c Context) string {
	main, ext, _ := strings.Cut(value, ";ext=")
	out := phoneInWords(main, c)
	if ext != "" {
		out += " ext. " + ext
	}
	return out
}

// phoneInWords writes a number as people of the practice's country do; one from abroad keeps its country code.
func phoneInWords(e164 string, c Context) string {
	if home := country(c); (home == "US" || home == "CA" || home == "PR") && northAmerican(e164) != nil {
		return "(" + e164[2:5] + ") " + e164[5:8] + "-" + e164[8:]
	}
	n, err := phonenumbers.Parse(e164, country(c))
	if err != nil || !strings.HasPrefix(e164, "+") {
		return e164
	}
	format := phonenumbers.INTERNATIONAL
	if phonenumbers.GetRegionCodeForNumber(n) == country(c) {
		format = phonenumbers.NATIONAL
	}
	return phonenumbers.Format(n, format)
}
