package text

import "strings"

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
			out = append(out, chunk{i, j, bareCode(s[i:j])})
		}
		i = j
	}
	return out
}

var codeSigns = strings.NewReplacer("-", "", " ", "", "/", "")

func bareCode(s string) string { return strings.ToUpper(codeSigns.Replace(s)) }

// codes finds identifiers of letters and digits.
func (d *detector) codes() {
	digits := d.signs.has(anyDigit)
	if digits {
		d.deviceIdentifiers()
		d.ibans()
	}
	d.macs()
	d.spelledCodes()
	if !digits {
		return
	}
	all := chunks(d.m.lower)
	for i, c := range all {
		if d.taken(c.from, c.to) || d.spacedMBI(all[i:]) {
			continue
		}
		switch {
		case mbi(c.bare):
			d.report("mbi", c.from, c.to, rankChecked, ActionMask)
		case vin(c.bare):
			d.report("vin", c.from, c.to, rankChecked, ActionMask)
		case d.cuedCode(all[i:]):
		case dea(c.bare):
			d.report("dea", c.from, c.to, rankChecked, ActionMask)
		}
	}
}

// leastSpelled is how many single letters and digits in a row are taken for a number that is spelled.
const leastSpelled = 8

// spelledCodes finds numbers with a check digit or a fixed form that are written letter by letter: "B S 5 4 3 2 0 1 2".
func (d *detector) spelledCodes() {
	for i := 0; i < len(d.tokens); {
		n := i
		for n < len(d.tokens) && d.tokens[n].to == d.tokens[n].from+1 && n-i < maxSpoken && (n == i || d.tokens[n-1].after <= comma) {
			n++
		}
		if n-i < leastSpelled {
			i = max(n, i+1)
			continue
		}
		bare := ""
		for _, t := range d.tokens[i:n] {
			bare += strings.ToUpper(d.m.lower[t.from:t.to])
		}
		from, to := int(d.tokens[i].from), int(d.tokens[n-1].to)
		switch {
		case mbi(bare):
			d.report("mbi", from, to, rankChecked, ActionMask)
		case vin(bare):
			d.report("vin", from, to, rankChecked, ActionMask)
		case dea(bare):
			d.report("dea", from, to, rankChecked, ActionMask)
		}
		i = n
	}
}

// spacedMBI finds the number as it is printed on the card, in three parts: 1EG4 TE5 MK73.
func (d *detector) spacedMBI(cs []chunk) bool {
	if len(cs) < 3 || cs[1].from != cs[0].to+1 || cs[2].from != cs[1].to+1 || !mbi(cs[0].bare+cs[1].bare+cs[2].bare) {
		return false
	}
	d.report("mbi", cs[0].from, cs[2].to, rankChecked, ActionMask)
	return true
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

// codeKind is a kind of number that only the words around it give away.
type codeKind struct {
	kind     cueKind
	typ      string
	min, max int // characters without dashes
	digits   int // at least
	action   string
}

var codeKinds = []codeKind{
	{cuePassport, "passport", 6, 10, 5, ActionMask},
	{cueLicense, "license", 5, 18, 4, ActionMask},
	{cuePlate, "plate", 4, 8, 1, ActionFlag},
	{cueMember, "member-id", 5, 20, 3, ActionFlag},
	{cueID, "member-id", 5, 20, 3, ActionFlag},
	{cueMRN, "mrn", 4, 14, 3, ActionFlag},
	{cueAccount, "account", 4, 34, 4, ActionMask},
	{cueDevice, "device-id", 5, 24, 3, ActionFlag},
	{cueDEA, "dea", 9, 9, 7, ActionMask},
}

func wantsCode(k cueKind) bool {
	for _, c := range codeKinds {
		if c.kind == k {
			return true
		}
	}
	return false
}

// cuedCode reports the code that begins at the first chunk if a cue announces it.
func (d *detector) cuedCode(cs []chunk) bool {
	c := cs[0]
	if strings.Contains(d.m.lower[c.from:c.to], "-year") { // "a 103-year-old"
		return false
	}
	if c.from > 0 && strings.IndexByte("$.@", d.m.lower[c.from-1]) >= 0 || unitLike(c.bare) && c.to-c.from == len(c.bare) || d.m.lower[min(c.to, len(d.m.lower)-1)] == '@' {
		return false
	}
	at := d.tokenAt(c.from)
	from := c.from
	if lead := d.leadLetters(at, c.from); lead >= 0 {
		at, from = lead, int(d.tokens[lead].from)
	}
	kind := d.cueFor(from, c.to, wantsCode)
	if kind == noCue {
		kind = d.cueInside(c)
	}
	for _, k := range codeKinds {
		if k.kind != kind || kind == noCue {
			continue
		}
		to := d.codeEnd(cs, k, from)
		bare := bareCode(d.m.lower[from:to])
		if len(bare) < k.min || len(bare) > k.max || countDigits(bare) < k.digits || d.otherNumber(from, to, k) {
			return false
		}
		d.report(k.typ, from, to, rankCue, k.action)
		return true
	}
	return false
}

// cueInside is the kind of the cue that the code itself begins with: "MRN-0448-B".
func (d *detector) cueInside(c chunk) cueKind {
	for _, h := range d.cues {
		if t := &d.tokens[h.from]; int(t.from) == c.from && int(d.tokens[h.to-1].to) < c.to && wantsCode(h.kind) {
			return h.kind
		}
	}
	return noCue
}

// leadLetters is the token of one to four capitals before a code that belongs to it ("XEA 123 456 789"), or -1.
func (d *detector) leadLetters(at, from int) int {
	i := at - 1
	if i < 0 || d.tokens[i].after != noPause || int(d.tokens[i].to)+1 != from || d.inCue[i] {
		return -1
	}
	w := d.m.folded[d.tokens[i].from:d.tokens[i].to]
	if len(w) > 4 || w != strings.ToUpper(w) || d.shouting() && d.has(i, everyday|bridge) {
		return -1
	}
	return i
}

// codeEnd joins the chunks that a space parts as long as the code is too short without them, or they are groups of a
// number written in groups.
func (d *detector) codeEnd(cs []chunk, k codeKind, from int) int {
	to := cs[0].to
	for i := 1; i < len(cs) && cs[i].from == to+1 && (d.m.lower[to] == ' ' || d.slashed(cs[i], to)); i++ {
		if d.m.lower[to] == '/' {
			to = cs[i].to
			continue
		}
		grouped := len(cs[i].bare) >= 3 && len(cs[i].bare) <= 4 && len(cs[i-1].bare) <= 4
		size := len(bareCode(d.m.lower[from:cs[i].to]))
		if size > k.max || len(bareCode(d.m.lower[from:to])) >= k.min && !grouped || unitLike(cs[i].bare) {
			break
		}
		to = cs[i].to
	}
	return to
}

// slashed says whether a single slash joins the chunk to what ends at to: "2019/5531", but no date.
func (d *detector) slashed(c chunk, to int) bool {
	return d.m.lower[to] == '/' && (c.to == len(d.m.lower) || d.m.lower[c.to] != '/') && allDigits(c.bare)
}

// otherNumber says whether what stands there is plainly something else: a telephone number with its separators, a date,
// an amount.
func (d *detector) otherNumber(from, to int, k codeKind) bool {
	s := d.m.lower[from:to]
	if d.measured(d.tokenAt(to)) && d.tokens[d.tokenAt(to)-1].after == noPause {
		return true
	}
	runs := digitRuns(s)
	if len(runs) != 1 || runs[0][0].from != 0 || runs[0][len(runs[0])-1].to != len(s) {
		return false
	}
	run := runs[0]
	d.read = s
	switch {
	case lengths(run, "-. ", 3, 3, 4):
		return nanp(d.digits(run))
	case lengths(run, "-. ", 3, 2, 4):
		return k.kind != cueAccount
	case len(run) == 3 && (width(run[0]) == 4 || width(run[2]) == 4) && dayMonth(number(s[run[0].from:run[0].to]), number(s[run[1].from:run[1].to])):
		return true
	case countDigits(s) >= 15 && issuer(d.digits(run)) && d.mistypedCard(run, from):
		return true
	case len(run) == 1 && len(s) == 4:
		return s[:2] == "19" || s[:2] == "20"
	}
	return false
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

// unitLike says whether the code is an amount ("20mg", "3pm", "1st").
func unitLike(s string) bool {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	switch s[i:] {
	case "MG", "ML", "CC", "AM", "PM", "ST", "ND", "RD", "TH", "K", "LBS", "LB", "KG", "IN", "FT", "YO", "YRS", "X", "MIN", "HRS", "DAYS", "CM", "MM", "NM":
		return i > 0
	}
	return false
}

// deviceIdentifiers finds the Unique Device Identification of 21 CFR 830 in the form of GS1: "(01)", fourteen digits with
// a check digit, and what other parts in brackets follow.
func (d *detector) deviceIdentifiers() {
	const mark = "(01)"
	s := d.m.lower
	for at := 0; ; {
		i := strings.Index(s[at:], mark)
		if i < 0 {
			return
		}
		from := at + i
		to := from + len(mark) + 14
		at = from + len(mark)
		if to > len(s) || !allDigits(s[at:to]) {
			continue
		}
		rank, action := rankShape, ActionFlag
		if gtin(s[at:to]) {
			rank, action = rankChecked, ActionMask
		}
		for to+4 < len(s) && s[to] == '(' && s[to+3] == ')' && isDigit(s[to+1]) && isDigit(s[to+2]) {
			for to += 4; to < len(s) && isWordByte(s[to]); to++ {
			}
		}
		d.report("device-id", from, to, rank, action)
	}
}

// gtin checks the fourteen digits of a GS1 trade item number.
func gtin(s string) bool {
	sum := 0
	for i := range len(s) {
		v := int(s[i] - '0')
		if i%2 == 0 {
			v *= 3
		}
		sum += v
	}
	return sum%10 == 0
}

// macs finds hardware addresses: hexadecimal digits in pairs parted by colons or dashes, or in groups of four.
func (d *detector) macs() {
	if d.signs.has(pairSigns) {
		d.pairedMACs()
	}
	if d.signs.has(1 << '.') {
		d.dottedMACs()
	}
}

// pairedMACs finds them in six groups: 00:1b:44:11:3a:b7.
func (d *detector) pairedMACs() {
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

// dottedMACs finds them in three groups: 001b.4411.3ab7.
func (d *detector) dottedMACs() {
	s := d.m.lower
	for i := 0; i+14 <= len(s); i++ {
		if s[i+4] != '.' || s[i+9] != '.' || i > 0 && (isWordByte(s[i-1]) || s[i-1] == '.') || i+14 < len(s) && isWordByte(s[i+14]) {
			continue
		}
		if hex := s[i:i+4] + s[i+5:i+9] + s[i+10:i+14]; strings.Trim(hex, "0123456789abcdef") == "" && !allDigits(hex) {
			d.report("mac", i, i+14, rankChecked, ActionMask)
		}
	}
}
