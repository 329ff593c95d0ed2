package text

import (
	"net/netip"
	"strings"
)

// chunk is a run of letters and digits that dashes may join, with at least one digit.
type chunk struct {
	from, to int
	bare     string // without dashes, upper case
}

func chunks(s string) []chunk {
	var out []chunk
	for i := 0; i < len(s); {
		if !isWordByte(s[i]) {
			i++
			continue
		}
		j, hasDigit := i, false
		for j < len(s) && (isWordByte(s[j]) || s[j] == '-' && j+1 < len(s) && isWordByte(s[j+1])) {
			hasDigit = hasDigit || isDigit(s[j])
			j++
		}
		if hasDigit && j-i <= maxTokenLength {
			out = append(out, chunk{i, j, strings.ToUpper(strings.ReplaceAll(s[i:j], "-", ""))})
		}
		i = j
	}
	return out
}

// codes finds identifiers of letters and digits.
func (d *detector) codes() {
	for _, c := range chunks(d.m.lower) {
		switch {
		case d.taken(c.from, c.to):
		case mbi(c.bare):
			d.report("mbi", c.from, c.to, rankChecked, ActionMask)
		case vin(c.bare):
			d.report("vin", c.from, c.to, rankChecked, ActionMask)
		case d.cuedCode(c):
		case dea(c.bare):
			d.report("dea", c.from, c.to, rankChecked, ActionMask)
		}
	}
	d.macs()
}

// mbi checks the form of a Medicare Beneficiary Identifier (CMS: eleven characters; letters without S L O I B Z).
func mbi(s string) bool {
	if len(s) != 11 || s[0] == '0' {
		return false
	}
	for i, want := range "nabnabnaann" {
		digit, letter := isDigit(s[i]), 'A' <= s[i] && s[i] <= 'Z' && strings.IndexByte("SLOIBZ", s[i]) < 0
		switch {
		case want == 'n' && !digit, want == 'a' && !letter, want == 'b' && !digit && !letter:
			return false
		}
	}
	return true
}

// vin checks a vehicle identification number (49 CFR 565.15: check digit in position 9).
func vin(s string) bool {
	if len(s) != 17 {
		return false
	}
	const letters, values = "ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789"
	weights := [17]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}
	sum := 0
	for i := range 17 {
		v := int(s[i] - '0')
		if !isDigit(s[i]) {
			k := strings.IndexByte(letters, s[i])
			if k < 0 {
				return false
			}
			v = int(values[k] - '0')
		}
		sum += weights[i] * v
	}
	return "0123456789X"[sum%11] == s[8]
}

// dea checks a DEA registration number (two letters, or a letter and 9; check digit over seven digits).
func dea(s string) bool {
	if len(s) != 9 || strings.IndexByte("ABCDEFGHJKLMPRSTUX", s[0]) < 0 || !allDigits(s[2:]) || isDigit(s[1]) && s[1] != '9' {
		return false
	}
	v := func(i int) int { return int(s[i] - '0') }
	return (v(2)+v(4)+v(6)+2*(v(3)+v(5)+v(7)))%10 == v(8)
}

// codeCue is a kind of number that only the words before it give away.
type codeCue struct {
	typ      string
	cues     *cueSet
	min, max int // characters without dashes
	action   string
}

var codeCues = []codeCue{
	{"passport", cues("passport, pasaporte"), 6, 10, ActionMask},
	{"license", cues("license number, license no, license is, licence number, drivers license, driver license, driver license number, drivers licence, license, licence, dl, dl number, licencia de conducir, licencia, state id, id del estado"), 5, 15, ActionMask},
	{"plate", cues("plate, plates, plate number, license plate, tag number, placa, placas, matricula"), 4, 8, ActionFlag},
	{"member-id", cues("member id, member number, member, subscriber, subscriber id, policy, policy number, policy id, group number, group id, group no, insurance id, insurance number, plan id, plan number, poliza, numero de poliza, numero de miembro, miembro, afiliado, afiliacion, numero de afiliado, id de seguro, medicaid, medicaid id, beneficiary"), 5, 16, ActionFlag},
	{"mrn", cues("mrn, medical record, record number, record no, chart number, chart no, chart, chart id, patient id, patient number, patient no, patient identifier, case number, numero de expediente, expediente, historia clinica, id de paciente, numero de paciente, numero de historia"), 4, 13, ActionFlag},
	{"account", cues("account, account number, acct, acct no, checking, savings, iban, cuenta, numero de cuenta, bank account, cuenta bancaria"), 4, 34, ActionMask},
	{"device-id", cues("serial, serial number, serial no, sn, s n, lot, lot number, pacemaker, device id, implant, implant id, implant serial, udi, lote, numero de serie, marcapasos, serie"), 5, 20, ActionFlag},
}

// codeWindow is how many words may stand between a cue and the number it announces.
const codeWindow = 5

// cuedCode reports a code after the nearest cue that fits its length.
func (d *detector) cuedCode(c chunk) bool {
	if c.from > 0 && (d.m.lower[c.from-1] == '$' || d.m.lower[c.from-1] == '.') || unitLike(c.bare) {
		return false
	}
	at := d.tokenAt(c.from)
	whole := clause{tokens: d.tokens, end: at}
	for i := at - 1; i >= max(0, at-codeWindow); i-- {
		if d.tokens[i].after >= stop && i < at-1 {
			return false
		}
		whole.begin = i
		for _, k := range codeCues {
			n := whole.phrase(i, k.cues)
			if n == 0 || len(c.bare) < k.min || len(c.bare) > k.max || !d.bridges(i+n, at) {
				continue
			}
			// "license plate" begins with the cue of another kind.
			if k.typ == "license" && i+n < at && d.tokens[i+n].text == "plate" {
				continue
			}
			d.report(k.typ, c.from, c.to, rankCue, k.action)
			return true
		}
	}
	return false
}

// bridges says whether only linking words stand between a cue and its number.
func (d *detector) bridges(from, to int) bool {
	for i := from; i < to; i++ {
		if !codeLinks[d.tokens[i].text] {
			return false
		}
	}
	return true
}

var codeLinks = wordSet("is number no num id it the my s are es el la mi numero de was # card for insurance policy member account serial code tarjeta seguro group del con")

// unitLike says whether the code is an amount ("20mg", "3pm", "1st").
func unitLike(s string) bool {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	switch s[i:] {
	case "MG", "ML", "CC", "AM", "PM", "ST", "ND", "RD", "TH", "K", "LBS", "LB", "KG", "IN", "FT", "YO", "YRS", "X", "MIN", "HRS":
		return i > 0
	}
	return false
}

// macs finds hardware addresses: six pairs of hexadecimal digits parted by colons or dashes.
func (d *detector) macs() {
	s := d.m.lower
	for i := 0; i+17 <= len(s); i++ {
		if sep := s[i+2]; sep != ':' && sep != '-' || i > 0 && isWordByte(s[i-1]) || i+17 < len(s) && isWordByte(s[i+17]) {
			continue
		}
		ok := true
		for k := range 17 {
			c := s[i+k]
			if k%3 == 2 {
				ok = ok && c == s[i+2]
			} else {
				ok = ok && (isDigit(c) || 'a' <= c && c <= 'f')
			}
		}
		if ok {
			d.report("mac", i, i+17, rankChecked, ActionMask)
		}
	}
}

// emails finds addresses (the practical part of RFC 5321), and those with "at" and "dot" written out.
func (d *detector) emails() {
	s := d.m.lower
	for at := strings.IndexByte(s, '@'); at >= 0; {
		from, to := at, at+1
		for from > 0 && (isWordByte(s[from-1]) || strings.IndexByte("._%+-", s[from-1]) >= 0) {
			from--
		}
		for to < len(s) && (isWordByte(s[to]) || s[to] == '-' || s[to] == '.') {
			to++
		}
		for to > at && (s[to-1] == '.' || s[to-1] == '-') {
			to--
		}
		for from < at && s[from] == '.' {
			from++
		}
		dot := strings.LastIndexByte(s[at:to], '.')
		switch {
		case from < at && dot > 1 && to-at-dot > 2:
			d.report("email", from, to, rankChecked, ActionMask)
		case from == at && to-at > 3:
			d.handle(at, to)
		}
		next := strings.IndexByte(s[at+1:], '@')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	d.spokenEmails()
}

var platformCues = cues("instagram, insta, ig, tiktok, twitter, facebook, fb, snap, snapchat, x, threads, handle, usuario, account, cuenta, dm, linkedin, youtube, telegram")

// handle reports an @name where a platform is named close by or the patient introduces themselves with it.
func (d *detector) handle(from, to int) {
	if d.cued(from, 6, platformCues) || d.cuedAfter(to, 5, platformCues) || d.cued(from, 3, selfCues) {
		d.report("handle", from, to, rankCue, ActionFlag)
	}
}

var selfCues = cues("i am, my, soy, mi, me llamo")

var topDomains = wordSet("com net org edu gov io co us me es mx info biz app dev ai health clinic uk ca de fr")

// spokenEmails finds "jane dot doe at gmail dot com", "juan arroba gmail punto com".
func (d *detector) spokenEmails() {
	for i := range d.tokens {
		if w := d.tokens[i].text; w != "at" && w != "arroba" || i == 0 {
			continue
		}
		last := i + 1
		for last+2 < len(d.tokens) && dotWord(d.tokens[last+1].text) {
			last += 2
		}
		if last == i+1 || !topDomains[d.tokens[last].text] {
			// "gmail.com" after "at" is two words with a point between.
			if !d.dotted(i + 1) {
				continue
			}
			last = i + 2
		}
		first := i - 1
		for first >= 2 && (dotWord(d.tokens[first-1].text) || joinWord(d.tokens[first-1].text)) {
			first -= 2
		}
		d.report("email", int(d.tokens[first].from), int(d.tokens[last].to), rankShape, ActionMask)
	}
}

func dotWord(w string) bool  { return w == "dot" || w == "punto" }
func joinWord(w string) bool { return w == "underscore" || w == "dash" || w == "guion" }

func (d *detector) dotted(i int) bool {
	if i+1 >= len(d.tokens) || !topDomains[d.tokens[i+1].text] {
		return false
	}
	a, b := int(d.tokens[i].to), int(d.tokens[i+1].from)
	return b == a+1 && d.m.lower[a] == '.' && mailHosts[d.tokens[i].text]
}

var mailHosts = wordSet("gmail yahoo hotmail outlook icloud aol protonmail proton live msn comcast verizon att")

// links finds web addresses, and IPv6 addresses.
func (d *detector) links() {
	s := d.m.lower
	for i := 0; i < len(s); {
		if s[i] == ' ' || s[i] == '\n' {
			i++
			continue
		}
		j := i
		colons := 0
		for j < len(s) && s[j] != ' ' && s[j] != '\n' {
			if s[j] == ':' {
				colons++
			}
			j++
		}
		from, to := i, j
		for to > from && strings.IndexByte(".,;:!?)\"'>", s[to-1]) >= 0 {
			to--
		}
		for from < to && strings.IndexByte("(\"'<", s[from]) >= 0 {
			from++
		}
		word := s[from:to]
		if colons >= 2 && len(word) <= 45 {
			if a, err := netip.ParseAddr(word); err == nil && a.Is6() {
				d.report("ip", from, to, rankChecked, ActionMask)
			}
		}
		if !d.taken(from, to) && isLink(word) {
			d.report("url", from, to, rankShape, ActionMask)
		}
		i = j
	}
}

// isLink accepts a scheme, "www.", or a host name that ends in a known top-level domain.
func isLink(w string) bool {
	for _, scheme := range []string{"http://", "https://", "ftp://"} {
		if rest, ok := strings.CutPrefix(w, scheme); ok {
			return len(rest) > 3
		}
	}
	if strings.HasPrefix(w, "www.") {
		return strings.Count(w, ".") >= 2
	}
	host, _, _ := strings.Cut(w, "/")
	dot := strings.LastIndexByte(host, '.')
	if dot < 3 || strings.ContainsAny(host, "@:,") || !topDomains[host[dot+1:]] {
		return false
	}
	// "help.me" and "no.es" are more often a missing space than a host.
	return len(host)-dot > 3 || strings.Contains(w, "/") || host[dot+1:] == "io" || host[dot+1:] == "ai"
}
