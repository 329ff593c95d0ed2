package text

import (
	"cmp"
	"slices"
	"strings"
)

// What is done with a finding before a text is stored or forwarded.
const (
	ActionMask = "mask" // sure enough, or grave enough, to hide at once
	ActionFlag = "flag" // shown to a person who decides
)

// PHI is something in a message that tells who the patient is, or how they are (45 CFR 164.514(b)(2)(i) A–R, and health
// statements in the first person). Class is the data class of the policy packs.
type PHI struct {
	Type   string // name phone email ssn mrn dob date age zip address member-id mbi npi dea card account aba license passport plate vin device-id url ip mac handle itin health
	Class  string
	Action string
	About  string // "self" or "other" for health statements, else empty
	Why    string // the rule that decided, for people who ask
	Span   Span
}

// phiClass gives each type its data class.
var phiClass = map[string]string{
	"name": "contact", "phone": "contact", "email": "contact",
	"dob": "identifier", "date": "identifier", "age": "identifier", "zip": "identifier", "address": "identifier",
	"npi": "identifier", "plate": "identifier", "vin": "identifier", "url": "identifier", "ip": "identifier",
	"mac": "identifier", "handle": "identifier",
	"mrn": "record-id", "account": "record-id", "device-id": "record-id",
	"member-id": "plan-id", "mbi": "plan-id",
	"ssn": "government-id", "itin": "government-id", "license": "government-id", "passport": "government-id",
	"dea": "government-id", "card": "secret", "aba": "secret", "health": "health",
}

// expected lists what a state that asks for a field type does not report.
var expected = map[string][]string{
	"name": {"name"}, "phone": {"phone"}, "email": {"email"}, "dob": {"dob", "date"}, "date": {"date", "dob"}, "time": {"date"},
	"age": {"age"}, "zip": {"zip"}, "address": {"address", "zip"}, "member-id": {"member-id", "mbi"}, "mbi": {"mbi", "member-id"},
	"mrn": {"mrn"}, "account": {"account"}, "license": {"license"}, "health": {"health"}, "url": {"url"},
}

// DetectPHI returns what in the message identifies a person or tells of their health, in order of position, without
// overlaps. expect is the field type the conversation is asking for ("" if none): an answer of that type is not reported.
func DetectPHI(m *Message, expect string) []PHI {
	d := &detector{m: m, tokens: m.tokens}
	d.emails()
	d.links()
	d.codes()
	d.numbers()
	d.spelledNumbers()
	d.dates()
	d.addresses()
	d.names()
	d.health()
	return d.result(expect)
}

// finding is a PHI in characters of the folded text. Rank settles overlaps: the smaller wins.
type finding struct {
	PHI
	from, to int
	rank     int
}

type detector struct {
	m        *Message
	tokens   []token
	findings []finding
}

// Ranks: what carries a check digit or an unmistakable form is believed before what only a cue word suggests.
const (
	rankChecked = iota
	rankShape
	rankCue
	rankContext
)

// report adds a finding; an action may be given to overrule the one that follows from the rank.
func (d *detector) report(typ string, from, to, rank int, action string) {
	if to <= from {
		return
	}
	d.findings = append(d.findings, finding{PHI: PHI{Type: typ, Class: phiClass[typ], Action: action}, from: from, to: to, rank: rank})
}

// taken says whether a sure finding covers part of the range.
func (d *detector) taken(from, to int) bool {
	for _, f := range d.findings {
		if f.Type != "health" && f.from < to && from < f.to {
			return true
		}
	}
	return false
}

func (d *detector) result(expect string) []PHI {
	slices.SortStableFunc(d.findings, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	skip := expected[expect]
	var kept []finding
	for _, f := range d.findings {
		if !slices.ContainsFunc(kept, func(k finding) bool {
			return k.from < f.to && f.from < k.to && (k.Type == "health") == (f.Type == "health")
		}) {
			kept = append(kept, f)
		}
	}
	slices.SortStableFunc(kept, func(a, b finding) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out []PHI
	for _, f := range kept {
		if slices.Contains(skip, f.Type) {
			continue
		}
		f.Span = d.m.span(f.from, f.to)
		out = append(out, f.PHI)
	}
	return out
}

// tokenAt is the index of the first token that ends after character at.
func (d *detector) tokenAt(at int) int {
	i, _ := slices.BinarySearchFunc(d.tokens, at, func(t token, at int) int {
		if int(t.to) <= at {
			return -1
		}
		return 1
	})
	return i
}

// cued says whether one of the cues stands in the window of words before character at, in the same sentence.
func (d *detector) cued(at, window int, set *cueSet) bool {
	last := d.tokenAt(at)
	c := clause{tokens: d.tokens, end: last}
	for i := last - 1; i >= 0 && i >= last-window; i-- {
		if d.tokens[i].after >= stop && i < last-1 {
			return false
		}
		c.begin = i
		if c.phrase(i, set) > 0 {
			return true
		}
	}
	return false
}

// cuedAfter says whether one of the cues stands in the window of words from character at on.
func (d *detector) cuedAfter(at, window int, set *cueSet) bool {
	first := d.tokenAt(at)
	c := clause{tokens: d.tokens, begin: first, end: len(d.tokens)}
	for i := first; i < min(first+window, len(d.tokens)); i++ {
		if c.phrase(i, set) > 0 {
			return true
		}
		if d.tokens[i].after >= stop {
			return false
		}
	}
	return false
}

// maskRune covers masked text; maskWidth of them stand for any span, so that the mask tells nothing about the length.
const (
	maskRune  = "▮"
	maskWidth = 4
)

// Mask replaces each span of s by the same run of ▮. Spans may come in any order and overlap; parts outside s are ignored.
func Mask(s string, spans []Span) string {
	ordered := slices.Clone(spans)
	slices.SortFunc(ordered, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	var out strings.Builder
	at, masked := 0, -1
	for _, sp := range ordered {
		from, to := max(sp.Start, at), min(sp.End, len(s))
		if from >= to {
			continue
		}
		out.WriteString(s[at:from])
		if from != masked {
			out.WriteString(strings.Repeat(maskRune, maskWidth))
		}
		at, masked = to, to
	}
	out.WriteString(s[at:])
	return out.String()
}
