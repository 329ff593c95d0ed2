package text

import (
	"cmp"
	"slices"
	"strings"
	"sync"
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
	Judged bool   // no rule decided but the learnt judge of health, which errs more often
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
	"name": {"name"}, "phone": {"phone"}, "email": {"email"}, "dob": {"dob", "date"}, "date-of-birth": {"dob", "date"}, "date": {"date", "dob"}, "time": {"date"}, "slot": {"date"},
	"age": {"age"}, "zip": {"zip"}, "address": {"address", "zip"}, "member-id": {"member-id", "mbi"}, "mbi": {"mbi", "member-id"},
	"mrn": {"mrn"}, "account": {"account"}, "license": {"license"}, "health": {"health"}, "url": {"url"},
}

// DetectPHI returns what in the message identifies a person or tells of their health, in order of position, without
// overlaps. expect is the field type the conversation is asking for ("" if none): an answer of that type is not reported.
func DetectPHI(m *Message, expect string) []PHI {
	d := detectors.Get().(*detector)
	d.begin(m, expect)
	d.readWords()
	d.takeStock()
	d.emails()
	d.links()
	d.codes()
	d.numbers()
	d.spokenNumbers()
	d.spokenDates()
	d.dates()
	d.addresses()
	d.handles()
	d.names()
	d.judgeNames()
	d.health()
	d.judgeHealth()
	out := d.result()
	d.end()
	detectors.Put(d)
	return out
}

// detectors are kept for the next message, with the room they have.
var detectors = sync.Pool{New: func() any { return new(detector) }}

func (d *detector) begin(m *Message, expect string) {
	d.m, d.tokens, d.expect, d.upper = m, m.tokens, expect, 0
	d.cues, d.findings = d.cues[:0], d.findings[:0]
	d.covered = emptied(d.covered, len(m.lower))
}

// end forgets the message: nothing of it may outlive it.
func (d *detector) end() {
	d.m, d.tokens, d.read = nil, nil, ""
	clear(d.canon)
	clear(d.findings)
	clear(d.kept)
}

// emptied is s with room for n zero values.
func emptied[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// finding is a PHI in characters of the folded text. Rank settles overlaps: the smaller wins.
type finding struct {
	PHI
	from, to int
	rank     int
}

type detector struct {
	m        *Message
	expect   string
	tokens   []token
	words    []*lexeme    // of each token
	canon    []string     // of each token: its text, or the word it is a misspelling of
	number   []wordNumber // of canon
	usual    []usualness  // of canon
	inCue    []bool
	terms    []termHit // at each token
	respelt  []bool
	cues     []cueHit // in order
	findings []finding
	covered  []bool // of each character, by findings other than of health
	told     []bool // of each character, by statements of health, which may hold other findings
	kept     []finding
	windows  []window // the parts of sentences
	judged   partReader
	seen     []evidence // of a word that may be a name
	read     string     // the text that numbers are read from: lower, or a reading of it
	signs    signSet    // of the message
	roles    role       // of any of its words
	traits   trait      // of any of its words
	capitals bool       // whether some word begins with one
	upper    int8       // whether the message is in capitals: 0 not known yet, 1 yes, -1 no
}

// Ranks: what carries a check digit or an unmistakable form is believed before what only a cue word suggests.
const (
	rankChecked = iota
	rankShape
	rankCue
	rankContext
)

// whyRank says in words what a rank rests on.
var whyRank = [...]string{"check digit or fixed form", "shape", "a word that announces it", "the sentence around it"}

// report adds a finding.
func (d *detector) report(typ string, from, to, rank int, action string) {
	if to <= from {
		return
	}
	d.findings = append(d.findings, finding{
		PHI:  PHI{Type: typ, Class: phiClass[typ], Action: action, Why: whyRank[rank]},
		from: from, to: to, rank: rank,
	})
	if typ != "health" {
		cover(d.covered, from, to)
	}
}

func cover(covered []bool, from, to int) {
	for i := from; i < to; i++ {
		covered[i] = true
	}
}

// taken says whether a finding covers part of the range.
func (d *detector) taken(from, to int) bool { return slices.Contains(d.covered[from:to], true) }

func (d *detector) result() []PHI {
	if len(d.findings) == 0 {
		return nil
	}
	slices.SortStableFunc(d.findings, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to))
	})
	skip := expected[d.expect]
	clear(d.covered)
	d.told = emptied(d.told, len(d.covered))
	kept := d.kept[:0]
	for _, f := range d.findings {
		by := d.covered
		if f.Type == "health" {
			by = d.told
		}
		if !slices.Contains(by[f.from:f.to], true) {
			cover(by, f.from, f.to)
			kept = append(kept, f)
		}
	}
	d.kept = kept
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

// has says whether token i exists and has one of the traits.
func (d *detector) has(i int, t trait) bool {
	return i >= 0 && i < len(d.words) && d.words[i].traits&t != 0
}

// is says whether token i exists and is one of the words.
func (d *detector) is(i int, words wordBits) bool {
	return i >= 0 && i < len(d.number) && words.holds(d.number[i])
}

// cued says whether a cue of the kind stands within the last words before character at, in the same sentence.
func (d *detector) cued(at, window int, kinds ...cueKind) bool {
	tok := d.tokenAt(at)
	for i := d.cuesBefore(tok) - 1; i >= 0 && tok-d.cues[i].to < window; i-- {
		if d.stopBetween(d.cues[i].to, tok) {
			return false
		}
		if slices.Contains(kinds, d.cues[i].kind) {
			return true
		}
	}
	return false
}

// cuedAfter says whether a cue of the kind stands within the next words from character at on, in the same sentence.
func (d *detector) cuedAfter(at, window int, kinds ...cueKind) bool {
	tok := d.tokenAt(at)
	for _, h := range d.cues[d.cuesBefore(tok):] {
		if h.from >= tok+window || h.from >= tok && d.stopBetween(tok, h.from) {
			return false
		}
		if h.from >= tok && slices.Contains(kinds, h.kind) {
			return true
		}
	}
	return false
}

// stopBetween says whether a sentence ends between the tokens; an end right behind the first is a form's.
func (d *detector) stopBetween(from, to int) bool {
	for i := from; i < to; i++ {
		if d.tokens[i].after >= stop && i+1 < to {
			return true
		}
	}
	return false
}

// shouting says whether the whole message is in capitals, so that capitals tell nothing.
func (d *detector) shouting() bool {
	if d.upper == 0 {
		d.upper = 1
		for i := 0; i < len(d.m.folded); i++ {
			if c := d.m.folded[i]; 'a' <= c && c <= 'z' {
				d.upper = -1
				break
			}
		}
	}
	return d.upper > 0
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
