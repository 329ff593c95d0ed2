package input

import (
	"slices"
	"strings"
)

// parseEmail finds the address in a sentence, written ("<jane@x.com>", "mailto:") or spoken ("jane at x dot com",
// "ana arroba x punto com"). The local part keeps its case, the domain is lowered. It takes the practical part of
// RFC 5321: a dot-atom of ASCII and a domain of at least two letter-digit-hyphen labels.
func parseEmail(t string, c Context) Result {
	fields := joinAddresses(splitFields(t))
	if !slices.ContainsFunc(fields, func(f string) bool { return holdsAt(f) && normalAddress(f) != "" }) {
		fields = joinAddresses(spoken(fields))
	}
	var found []string
	seen, spaced, last := false, false, 0
	for i, f := range fields {
		if !holdsAt(f) {
			continue
		}
		seen = true
		address := normalAddress(f)
		if address == "" {
			return invalid(NotAnEmail)
		}
		spaced = spaced || i > 0 && !strings.ContainsAny(f[:1], "<([") && !announces(fields[i-1])
		found = append(found, address)
		last = i
	}
	switch {
	case !seen:
		return unclear(NotAnEmail)
	case deniedBefore(fields[:last]):
		return unclear(Negated)
	case spaced:
		return unclear(NotAnEmail)
	}
	return oneOf("email", found, c)
}

// splitFields splits at white space, and at commas and semicolons, which stay at the end of their field.
func splitFields(t string) []string {
	return strings.Fields(addressSigns.Replace(t))
}

var addressSigns = strings.NewReplacer("＠", "@", "．", ".", ",", ", ", ";", "; ", "mailto:", " ", "MAILTO:", " ", "(at)", "@", "[at]", "@",
	"{at}", "@", "(AT)", "@", "[AT]", "@", "(dot)", ".", "[dot]", ".", "{dot}", ".", "(DOT)", ".", "[DOT]", ".",
	"(arroba)", "@", "(punto)", ".")

func holdsAt(f string) bool { return strings.IndexByte(f, '@') >= 0 }

// joinAddresses mends spaces around the "@" and the dots of a domain: "jane @ mail. com".
func joinAddresses(fields []string) []string {
	out := make([]string, 0, len(fields))
	for _, f := range fields {
		n := len(out)
		if n > 0 && glued(out[n-1], f) && len(out[n-1])+len(f) <= 320 {
			out[n-1] += f
			continue
		}
		out = append(out, f)
	}
	return out
}

func glued(left, right string) bool {
	switch {
	case strings.HasSuffix(left, "@"), strings.HasPrefix(right, "@") && !strings.ContainsAny(left, "@,;:"):
		return true
	case !holdsAt(left):
		return false
	case strings.HasPrefix(right, "."):
		return true
	}
	return strings.HasSuffix(left, ".") && topDomains[fold(strings.TrimRight(right, ".!"))]
}

// topDomains are the endings that may stand apart after "mail. "; another word there begins a new sentence.
var topDomains = set("com net org edu gov io co us es mx ar uk info biz me ca com.mx")

// spoken replaces the spoken names of the signs, so that "jane dot doe at mail dot com" reads as it would be typed.
func spoken(fields []string) []string {
	out := make([]string, 0, len(fields))
	glue, at := false, false
	for i := 0; i < len(fields); i++ {
		f := fields[i]
		if i > 0 && (listWords[fold(f)] || strings.HasSuffix(fields[i-1], ",")) {
			glue, at = false, false
		}
		sign, n := spokenSign(fields, i)
		// "at" is also an ordinary word: it is the sign only before "… dot …", and once.
		if sign == "@" && (at || !dotFollows(fields, i)) {
			sign = ""
		}
		switch {
		case sign != "" && len(out) > 0:
			out[len(out)-1] += sign
			glue, at = true, at || sign == "@"
			i += n - 1
		case glue && len(out[len(out)-1])+len(f) <= 320:
			out[len(out)-1] += f
			glue = false
		default:
			out = append(out, f)
			glue = false
		}
	}
	return out
}

var listWords = set("or and o y u")

func spokenSign(fields []string, i int) (string, int) {
	f := fold(strings.Trim(fields[i], "()[]{}<>"))
	switch f {
	case "at", "arroba":
		return "@", 1
	case "dot", "punto":
		return ".", 1
	case "underscore":
		return "_", 1
	case "dash", "hyphen":
		return "-", 1
	case "plus":
		return "+", 1
	case "guion":
		if i+1 < len(fields) && fold(fields[i+1]) == "bajo" {
			return "_", 2
		}
		return "-", 1
	}
	return "", 0
}

// dotFollows reports a dot, spoken or written, within the next few fields.
func dotFollows(fields []string, i int) bool {
	for k := i + 1; k < len(fields) && k <= i+4; k++ {
		f := fold(strings.Trim(fields[k], "()[]{}"))
		if f == "dot" || f == "punto" || strings.IndexByte(strings.TrimRight(f, "."), '.') > 0 {
			return true
		}
	}
	return false
}

// normalAddress returns the canonical address in a field, or "".
func normalAddress(f string) string {
	f = strings.TrimRight(strings.TrimLeft(f, "<([{\"'“‘:,;"), ">)]}\"'”’,;:.!?")
	local, domain, found := strings.Cut(f, "@")
	domain = strings.ToLower(domain)
	if !found || len(local) > 64 || len(f) > 254 || !dotAtom(local) || !hostName(domain) {
		return ""
	}
	return local + "@" + domain
}

func dotAtom(s string) bool {
	if s == "" || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(s) {
		if !asciiAlnum(s[i]) && strings.IndexByte(".!#$%&'*+-/=?^_`{|}~", s[i]) < 0 {
			return false
		}
	}
	return true
}

func hostName(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 || len(s) > 253 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			if !asciiAlnum(l[i]) && l[i] != '-' {
				return false
			}
		}
	}
	top := labels[len(labels)-1]
	if misspeltTops[top] {
		return false
	}
	return strings.HasPrefix(top, "xn--") || len(top) >= 2 && !strings.ContainsAny(top, "0123456789-")
}

// misspeltTops are endings that do not exist and that fingers produce for "com" and "net".
var misspeltTops = set("con cmo ocm comm coom vom xom nte ner")

func asciiAlnum(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}

// announces reports that a field may stand before an address without belonging to it: "jane doe@mail.com" may be one
// address with a slip, "write to doe@mail.com" is not.
func announces(f string) bool {
	if strings.ContainsAny(f[len(f)-1:], ",;:.!?-=>)]") || holdsAt(f) {
		return true
	}
	return beforeAddress[fold(strings.Trim(f, "\"'*"))]
}

var beforeAddress = set(`is its es to at a email mail correo electronico address direccion use usa try prueba or o y and on via by al
	en con de mi my e-mail gmail me write escriba escribeme envielo send contact hi hola hello yes si sure ok claro seria was
	this esta este que here aqui`)

// deniedBefore reports a denial among the fields before an address.
func deniedBefore(fields []string) bool {
	for _, f := range fields {
		w := fold(strings.Trim(f, "\"'.!"))
		if denials[strings.Trim(w, ",;:")] || w == "no" {
			return true
		}
	}
	return false
}
