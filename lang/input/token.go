package input

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean makes valid UTF-8 in NFC, drops invisible characters (controls except line breaks and tabs, text direction
// marks, zero-width spaces), and trims. Joiners stay: emoji and some scripts need them.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029':
			return '\n'
		case invisible(r):
			return -1
		default:
			return r
		}
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	if !plainASCII(s) {
		s = norm.NFC.String(s) // last: a control between a letter and its accent is gone now
	}
	return strings.TrimSpace(s)
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// invisible reports control characters and format characters other than the joiners.
func invisible(r rune) bool {
	if r < utf8.RuneSelf {
		return r < 0x20 || r == 0x7F
	}
	return r != '\u200C' && r != '\u200D' && unicode.In(r, unicode.Cc, unicode.Cf)
}

type tokenKind uint8

const (
	word   tokenKind = iota // letters, folded
	number                  // digits, as ASCII
	punct                   // any one other character
)

// A token is a word, a run of digits, or one other character.
type token struct {
	s     string // folded: lower case, no accents, no apostrophes, ASCII digits
	kind  tokenKind
	space bool // white space or the start of the text stands before it
	start int  // bytes, in the cleaned text
	end   int
}

func (t token) is(s string) bool { return t.s == s }

// tokenize splits cleaned text. "3pm" gives a number and a word without space between; "don't" gives "dont".
func tokenize(t string) []token {
	return joinMeridiem(appendTokens(make([]token, 0, len(t)/4+4), t))
}

// appendTokens is tokenize behind tokens that are there already, without joining.
func appendTokens(toks []token, t string) []token {
	space := true
	for i := 0; i < len(t); {
		r, n := utf8.DecodeRuneInString(t[i:])
		switch {
		case unicode.IsSpace(r):
			space = true
			i += n
			continue
		case ignorable(r):
			i += n
			continue
		case digit(r) >= 0:
			end := scan(t, i, func(r rune) bool { return digit(r) >= 0 || ignorable(r) })
			toks = append(toks, token{s: foldDigits(t[i:end]), kind: number, space: space, start: i, end: end})
			i = end
		case letter(r):
			end := scanWord(t, i)
			toks = append(toks, token{s: fold(t[i:end]), kind: word, space: space, start: i, end: end})
			i = end
		default:
			toks = append(toks, token{s: string(plainPunct(r)), kind: punct, space: space, start: i, end: i + n})
			i += n
		}
		space = false
	}
	return toks
}

// ignorable reports characters that change how a neighbour looks, not what it means: variation selectors, the
// keycap and skin tones.
func ignorable(r rune) bool {
	return r == '\uFE0F' || r == '\uFE0E' || r == '\u20E3' || r == '\u200D' || r == '\u200C' ||
		r >= 0x1F3FB && r <= 0x1F3FF
}

func letter(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

func scan(t string, from int, in func(rune) bool) int {
	for i, r := range t[from:] {
		if !in(r) {
			return from + i
		}
	}
	return len(t)
}

// scanWord ends a word; apostrophes inside it belong to it.
func scanWord(t string, from int) int {
	for i := from; i < len(t); {
		r, n := utf8.DecodeRuneInString(t[i:])
		if !letter(r) {
			next, _ := utf8.DecodeRuneInString(t[i+n:])
			if !apostrophe(r) || !letter(next) {
				return i
			}
		}
		i += n
	}
	return len(t)
}

func apostrophe(r rune) bool {
	return r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' || r == '´'
}

// plainPunct maps the typographic forms of a character to the ASCII one.
func plainPunct(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case apostrophe(r):
		return '\''
	case r == '‐' || r == '‑' || r == '‒' || r == '–' || r == '—' || r == '−':
		return '-'
	case r == '“' || r == '”' || r == '«' || r == '»':
		return '"'
	case r == '…':
		return '.'
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	default:
		return r
	}
}

// digit returns the value of a decimal digit of any script, or -1.
func digit(r rune) int {
	if r < utf8.RuneSelf {
		if '0' <= r && r <= '9' {
			return int(r - '0')
		}
		return -1
	}
	if !unicode.Is(unicode.Nd, r) {
		return -1
	}
	// Decimal digits of a script stand together in order, and ranges of the table hold whole tens.
	for _, rg := range unicode.Nd.R16 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return int(r-rune(rg.Lo)) % 10
		}
	}
	for _, rg := range unicode.Nd.R32 {
		if rune(rg.Lo) <= r && r <= rune(rg.Hi) {
			return int(r-rune(rg.Lo)) % 10
		}
	}
	return -1
}

func foldDigits(s string) string {
	if plainASCII(s) {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if d := digit(r); d >= 0 {
			b = append(b, byte('0'+d))
		}
	}
	return string(b)
}

// fold lowers case and drops accents and apostrophes: "¿Mañana?" and "manana" are one word to a reader in a hurry.
func fold(s string) string {
	if plainASCII(s) {
		s = strings.ToLower(s)
		if strings.IndexByte(s, '\'') >= 0 || strings.IndexByte(s, '`') >= 0 {
			s = strings.NewReplacer("'", "", "`", "").Replace(s)
		}
		return s
	}
	b := make([]byte, 0, len(s))
	for i, r := range s {
		if int(r) >= len(latin) {
			return foldAny(b, s[i:])
		}
		if latin[r] != 0 {
			b = utf8.AppendRune(b, latin[r])
		}
	}
	return string(b)
}

// foldAny folds the rest of a word in any script, behind what is folded already.
func foldAny(b []byte, s string) string {
	for _, r := range norm.NFD.String(s) {
		if r = foldRune(r); r != 0 {
			b = utf8.AppendRune(b, r)
		}
	}
	return string(b)
}

// foldRune folds a rune of decomposed text; 0 drops it.
func foldRune(r rune) rune {
	switch {
	case apostrophe(r), unicode.Is(unicode.Mn, r):
		return 0
	case r >= 0xFF01 && r <= 0xFF5E:
		return unicode.ToLower(r - 0xFEE0)
	}
	return unicode.ToLower(r)
}

// latin folds Basic Latin, Latin-1 and Latin Extended-A without decomposing: nearly every word typed here.
var latin = func() (table [0x180]rune) {
	for r := range table {
		for _, d := range norm.NFD.String(string(rune(r))) {
			if f := foldRune(d); f != 0 && table[r] == 0 {
				table[r] = f
			}
		}
	}
	return table
}()

// joinMeridiem makes one word of "a.m.", "p. m." and "p.m".
func joinMeridiem(toks []token) []token {
	out := toks[:0]
	for i := 0; i < len(toks); i++ {
		t := toks[i]
		if (t.is("a") || t.is("p")) && i+2 < len(toks) && toks[i+1].is(".") && !toks[i+1].space && toks[i+2].is("m") {
			t.s, t.end = t.s+"m", toks[i+2].end
			i += 2
			if i+1 < len(toks) && toks[i+1].is(".") && !toks[i+1].space {
				i++
			}
		}
		out = append(out, t)
	}
	return out
}

// words is a set of folded words.
type words map[string]bool

// set makes a word set from space-separated lists.
func set(lists ...string) words {
	all := strings.Fields(strings.Join(lists, " "))
	w := make(words, len(all))
	for _, s := range all {
		w[s] = true
	}
	return w
}

// phrases holds folded phrases of several words with a class each, by first word, longest first.
type phrases[T any] map[string][]phrase[T]

type phrase[T any] struct {
	words []string
	class T
}

// add puts phrases, separated by commas, into the table.
func (p phrases[T]) add(class T, list string) {
	for _, s := range strings.Split(list, ",") {
		w := strings.Fields(s)
		if len(w) == 0 {
			continue
		}
		at := p[w[0]]
		i := 0
		for i < len(at) && len(at[i].words) >= len(w) {
			i++
		}
		at = append(at, phrase[T]{})
		copy(at[i+1:], at[i:])
		at[i] = phrase[T]{w, class}
		p[w[0]] = at
	}
}

// match finds the longest phrase that starts at toks[i], and its length in tokens (0: none).
func (p phrases[T]) match(toks []token, i int) (class T, n int) {
	for _, ph := range p[toks[i].s] {
		if follows(toks, i, ph.words...) {
			return ph.class, len(ph.words)
		}
	}
	return class, 0
}

// follows reports whether the tokens from i on are exactly these words.
func follows(toks []token, i int, ws ...string) bool {
	if i < 0 || i+len(ws) > len(toks) {
		return false
	}
	for k, w := range ws {
		if toks[i+k].s != w {
			return false
		}
	}
	return true
}
