package text

import (
	"net/netip"
	"strings"
)

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
		from, to = spacedEmail(s, at, from, to)
		for from < at && s[from] == '.' {
			from++
		}
		dot := strings.LastIndexAny(s[at:to], ".,")
		if from < at && dot > 1 && to-at-dot > 2 {
			d.report("email", from, to, rankChecked, ActionMask)
		}
		next := strings.IndexByte(s[at+1:], '@')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	d.spokenEmails()
}

var topDomains = wordSet("com net org edu gov io co us me es mx info biz app dev ai health clinic uk ca de fr be ly tv cc gl gle link site online store shop blog photography photo photos studio page xyz art design life world example to au in br ar cl pe it nl ch pr live email cu do ve ec uy py bo gt hn sv ni pa cr ng za ke gh jp cn kr ie nz se dk fi pt tr il ph gob mil eus cat gal")

// spokenEmails finds "jane dot doe at gmail dot com", "juan arroba gmail punto com".
func (d *detector) spokenEmails() {
	if !d.plays(atRole) {
		return
	}
	for i := 1; i < len(d.tokens); i++ {
		if w := d.tokens[i].text; w != "at" && w != "arroba" {
			continue
		}
		last := d.spokenDomain(i + 1)
		if last == 0 && strings.ContainsAny(d.gap(i-1), "([") && i+2 < len(d.tokens) && d.gap(i+1) == "." && topDomains.has(d.tokens[i+2].text) {
			last = i + 2 // jane(at)example.com
		}
		if last > 0 {
			d.report("email", int(d.tokens[d.spokenLocal(i-1)].from), int(d.tokens[last].to), rankShape, ActionMask)
		}
	}
}

// spokenDomain is the last token of the domain that begins at token i, or 0.
func (d *detector) spokenDomain(i int) int {
	if d.dotted(i) {
		return i + 1
	}
	if i < len(d.tokens) && mailHosts.has(d.tokens[i].text) && (i+1 == len(d.tokens) || d.tokens[i].after >= comma) && i >= 3 && (dotWord(d.tokens[i-3].text) || d.cued(int(d.tokens[i-1].from), 5, cueEmail)) {
		return i
	}
	last, dots := i, 0
	for last+1 < len(d.tokens) {
		switch {
		case dotWord(d.tokens[last+1].text) && last+2 < len(d.tokens):
			last += 2
			dots++
		case d.gap(last) == "-":
			last++
		default:
			if dots > 0 && topDomains.has(d.tokens[last].text) {
				return last
			}
			return 0
		}
	}
	if dots > 0 && topDomains.has(d.tokens[last].text) {
		return last
	}
	return 0
}

// spokenLocal is the first token of the part before the "at" that ends at token i.
func (d *detector) spokenLocal(i int) int {
	for i >= 1 {
		before := d.tokens[i-1].text
		switch {
		case i >= 2 && (dotWord(before) || joinWord(before)):
			i -= 2
		case before == "bajo" && i >= 3 && d.tokens[i-2].text == "guion":
			i -= 3
		case strings.Trim(d.gap(i-1), "._-+") == "" && d.gap(i-1) != "":
			i--
		case isNumeral(d.tokens[i].text) && d.tokens[i-1].after == noPause && !d.has(i-1, bridge|copula):
			i--
		case allDigits(d.tokens[i].text) && d.tokens[i-1].after == noPause && !d.has(i-1, bridge):
			i--
		default:
			return i
		}
	}
	return i
}

func isNumeral(w string) bool {
	_, ok := numerals[w]
	return ok
}

func dotWord(w string) bool  { return w == "dot" || w == "punto" }
func joinWord(w string) bool { return w == "underscore" || w == "dash" || w == "guion" }

func (d *detector) dotted(i int) bool {
	if i+1 >= len(d.tokens) || !topDomains.has(d.tokens[i+1].text) {
		return false
	}
	a, b := int(d.tokens[i].to), int(d.tokens[i+1].from)
	return b == a+1 && d.m.lower[a] == '.' && mailHosts.has(d.tokens[i].text)
}

var mailHosts = wordSet("gmail yahoo hotmail outlook icloud aol protonmail proton live msn comcast verizon att")

// links finds web addresses, and IPv6 addresses.
func (d *detector) links() {
	if !d.signs.has(linkSigns) {
		return
	}
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
		if colons == 0 && strings.IndexByte(s[i:j], '.') < 0 {
			i = j
			continue
		}
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
		if !d.taken(from, to) && isLink(word) && !strings.Contains(word, "(at)") && !strings.Contains(word, "[at]") && !d.yours(from) {
			d.report("url", from, to, rankShape, ActionMask)
		}
		i = j
	}
}

// yours says whether what stands at character from is said to be the practice's: "your website www…".
func (d *detector) yours(from int) bool {
	at := d.tokenAt(from)
	for i := at - 1; i >= max(0, at-4); i-- {
		if d.tokens[i].after >= comma && i < at-1 {
			return false
		}
		if d.canon[i] == "your" || d.canon[i] == "ustedes" {
			return true
		}
	}
	return false
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
	if dot < 1 || dot < 3 && !strings.Contains(w, "/") || strings.ContainsAny(host, "@:,") || !topDomains.has(host[dot+1:]) {
		return false
	}
	// "help.me" and "no.es" are more often a missing space than a host.
	return len(host)-dot > 3 || strings.Contains(w, "/") || host[dot+1:] == "io" || host[dot+1:] == "ai"
}

// spacedEmail widens an address with a space on each side of its @ ("jane @ gmail.com") and one with a comma for the last
// point ("jane@gmail,com").
func spacedEmail(s string, at, from, to int) (int, int) {
	if from == at && at > 1 && s[at-1] == ' ' && isWordByte(s[at-2]) && to == at+1 && at+2 < len(s) && s[at+1] == ' ' && isWordByte(s[at+2]) {
		end := at + 2
		for end < len(s) && (isWordByte(s[end]) || s[end] == '-' || s[end] == '.') {
			end++
		}
		host := strings.TrimRight(s[at+2:end], ".-")
		if dot := strings.LastIndexByte(host, '.'); dot > 0 && topDomains.has(host[dot+1:]) {
			for from--; from > 0 && (isWordByte(s[from-1]) || strings.IndexByte("._%+-", s[from-1]) >= 0); from-- {
			}
			return from, at + 2 + len(host)
		}
	}
	if to+1 < len(s) && s[to] == ',' && to > at+1 && !strings.Contains(s[at:to], ".") {
		end := to + 1
		for end < len(s) && isWordByte(s[end]) {
			end++
		}
		if topDomains.has(s[to+1 : end]) {
			return from, end
		}
	}
	return from, to
}

// handles finds names of accounts: an @name where a platform is named or the patient introduces themselves with it, and
// what a platform's name announces.
func (d *detector) handles() {
	s := d.m.lower
	for at := strings.IndexByte(s, '@'); at >= 0; {
		to := handleEnd(s, at+1)
		if (at == 0 || !isWordByte(s[at-1]) && s[at-1] != '.') && to-at > 3 && !d.taken(at, to) && d.handleMeant(at, to) {
			d.report("handle", at, to, rankCue, ActionFlag)
		}
		next := strings.IndexByte(s[at+1:], '@')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	for _, h := range d.cues {
		if h.kind == cueHandle {
			d.bareHandle(h.to)
		}
	}
}

func (d *detector) handleMeant(from, to int) bool {
	at := d.tokenAt(from)
	for i := at - 1; i >= max(0, at-6); i-- {
		switch {
		case d.tokens[i].after >= stop:
			return d.cuedAfter(to, 5, cueHandle)
		case d.is(i, othersHandles):
			return false
		case d.has(i, ownWord):
			return true
		}
	}
	return d.cued(from, 7, cueHandle) || d.cuedAfter(to, 5, cueHandle) || at > 0 && d.has(at-1, ownWord) || d.is(at-1, handleLeads) || d.is(at-2, handleLeads)
}

// othersHandles come before the name of somebody else's account.
var othersHandles = wordSet("follow following saw your yours you seen page sigo vi ustedes")

var handleLeads = wordSet("am soy follow sigueme siganme find encuentras handle me")

// handleEnd is where the letters, digits, points and underscores from at on end; a point at the end is the sentence's.
func handleEnd(s string, at int) int {
	for at < len(s) && (isWordByte(s[at]) || s[at] == '_' || s[at] == '.') {
		at++
	}
	for at > 0 && s[at-1] == '.' {
		at--
	}
	return at
}

// handleWindow is how many words may stand between a platform and a name without an @.
const handleWindow = 4

// bareHandle reports what follows the platform named before token i if it is written as only handles are, or directly
// said to be one.
func (d *detector) bareHandle(i int) {
	for k := i; k < min(i+handleWindow, len(d.tokens)); k++ {
		if k > 0 && d.tokens[k-1].after >= stop {
			return
		}
		from := int(d.tokens[k].from)
		for from > 0 && d.m.lower[from-1] == '_' {
			from--
		}
		to := handleEnd(d.m.lower, from)
		word := d.m.lower[from:to]
		odd := strings.ContainsAny(word, "._") && lettersIn(word) || hasDigits(word) && lettersIn(word) && !unitLike(strings.ToUpper(word))
		said := k > i && (d.has(k-1, copula) || d.is(k-1, handleLeads)) && len(word) > 3 && d.words[k].traits == 0 && !phiWords().everydayWord(word)
		if (odd || said) && len(word) > 3 && !d.taken(from, to) && !isLink(word) {
			d.report("handle", from, to, rankCue, ActionFlag)
			return
		}
		if !d.has(k, bridge|ownWord) && !d.inCue[k] && !d.is(k, handleLeads) {
			return
		}
	}
}

func lettersIn(s string) bool {
	for i := range len(s) {
		if isLetter(s[i]) {
			return true
		}
	}
	return false
}
