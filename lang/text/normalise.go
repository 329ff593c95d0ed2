package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxRunes is how many code points of a message are read; what follows is ignored. It bounds the work of one message.
const MaxRunes = 4000

// maxFolded bounds what compatibility decomposition may make of MaxRunes code points (one ligature can become 18).
const maxFolded = 2 * MaxRunes

// other stands in Message.folded for a character that has no ASCII reading.
const other = 0x80

// Span is a range of bytes in the original text: Start inclusive, End exclusive.
type Span struct{ Start, End int }

// Message is a text made ready for matching, computed once and read by all detectors. It is never changed after
// Normalise and is safe for concurrent use.
type Message struct {
	// Text is the original, byte for byte.
	Text string

	// folded holds one byte per character that is left after normalisation: ASCII, upper and lower case kept, accents and
	// look-alikes folded; lower is the same in lower case. start and end give the bytes of Text each one came from; they are
	// nil where that is the same place.
	folded     string
	lower      string
	start, end []int32

	tokens   []token
	readings [][]token // other ways to read the letters (spaced out, written with signs); usually none

	heard *hearing // what the built-in model of requests hears in it, once somebody asks
}

// Normalise reads s. Compatibility forms (NFKC), accents, look-alike letters and case are folded; invisible and
// text-direction characters disappear; invalid UTF-8 becomes a letter nobody knows. It never fails.
func Normalise(s string) *Message {
	both := &struct {
		Message
		hearing
	}{}
	m := &both.Message
	m.Text, m.heard = s, &both.hearing
	if isPlain(s) {
		m.folded = s
	} else {
		f := folder{text: s}
		f.grow(min(len(s), maxFolded))
		f.run()
		m.folded, m.start, m.end = string(f.out), f.start, f.end
	}
	m.lower = lowerASCII(m.folded)
	m.tokens = tokenise(m.folded, m.lower, plainReading)
	if lines := joinLines(m.tokens, m.lower); lines != nil {
		m.readings = append(m.readings, lines)
	}
	if hasTricks(m.lower, m.tokens) {
		m.readings = append(m.readings, joinSpelled(tokenise(m.folded, m.lower, joinedReading), m.lower))
	}
	return m
}

// isPlain says whether the text is read as it stands: printable ASCII and line ends, and no longer than what is read.
func isPlain(s string) bool {
	if len(s) > MaxRunes {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c >= 0x7f || c == '`') && c != '\n' {
			return false
		}
	}
	return true
}

// span maps a range of characters of the folded text to bytes of the original.
func (m *Message) span(from, to int) Span {
	if from >= to {
		return Span{}
	}
	if m.start == nil {
		return Span{Start: from, End: to}
	}
	return Span{Start: int(m.start[from]), End: int(m.end[to-1])}
}

// folder writes the folded form of text with the place each character came from.
type folder struct {
	text       string
	out        []byte
	start, end []int32
	read       int // code points read
}

func (f *folder) grow(n int) {
	f.out = make([]byte, 0, n)
	places := make([]int32, 2*n)
	f.start, f.end = places[:0:n], places[n:n]
}

func (f *folder) emit(c byte, from, to int) {
	if len(f.out) < maxFolded {
		f.out = append(f.out, c)
		f.start = append(f.start, int32(from))
		f.end = append(f.end, int32(to))
	}
}

func (f *folder) run() {
	for i := 0; i < len(f.text) && f.read < MaxRunes; {
		c := f.text[i]
		if c < utf8.RuneSelf && (f.standsAlone(i+1) || latinAt(f.text, i+1) != 0) {
			f.ascii(c, i, i+1)
			f.read++
			i++
			continue
		}
		if folded := latinAt(f.text, i); folded != 0 && (f.standsAlone(i+2) || latinAt(f.text, i+2) != 0) {
			f.emit(folded, i, i+2)
			f.read++
			i += 2
			continue
		}
		i = f.segment(i)
	}
}

// standsAlone says whether nothing that begins at i can belong to the letter before it: the end, or ASCII.
func (f *folder) standsAlone(i int) bool { return i >= len(f.text) || f.text[i] < utf8.RuneSelf }

// latinAt is what the letter with an accent of Latin-1, or the Spanish sign, at i folds to, or 0 where there is none. None of
// them joins what stands before it.
func latinAt(s string, i int) byte {
	if i+1 >= len(s) || s[i] != 0xc2 && s[i] != 0xc3 {
		return 0
	}
	return latinTable[s[i]&1][s[i+1]&0x3f]
}

// latinTable holds ¿ and ¡, and the letters from U+00C0 to U+00FF that fold to one character, as segment folds them.
var latinTable = func() (table [2][64]byte) {
	for r := rune(0xa1); r <= 0xff; r++ {
		if r < 0xc0 && r != '¡' && r != '¿' {
			continue
		}
		f := folder{text: string(r)}
		f.segment(0)
		if len(f.out) == 1 {
			table[f.text[0]&1][f.text[1]&0x3f] = f.out[0]
		}
	}
	return table
}()

// segment folds one normalisation segment (a letter and the marks on it) that begins at i and returns its end. All of
// its characters map to the whole segment, so a masked letter never leaves its accent behind.
func (f *folder) segment(i int) int {
	n := norm.NFKC.NextBoundaryInString(f.text[i:], true)
	if n <= 0 {
		n = 1
	}
	seg := f.text[i : i+n]
	f.read += utf8.RuneCountInString(seg)
	// NFKC would take the spacing accents that people type for an apostrophe apart, so single signs are looked up first.
	if r, size := utf8.DecodeRuneInString(seg); size == n {
		if c, ok := foldTable[r]; ok {
			f.emit(c, i, i+n)
			return i + n
		}
	}
	if len(seg) > 1 {
		seg = norm.NFKC.String(seg)
	}
	for _, r := range seg {
		f.fold(r, i, i+n)
	}
	return i + n
}

func (f *folder) ascii(c byte, from, to int) {
	switch {
	case c == '\t' || c == '\v' || c == '\f':
		c = ' '
	case c == '\r':
		c = '\n'
	case c == '`':
		c = '\''
	case c < ' ' && c != '\n' || c == 0x7f:
		return
	}
	f.emit(c, from, to)
}

func (f *folder) fold(r rune, from, to int) {
	if r < utf8.RuneSelf {
		f.ascii(byte(r), from, to)
		return
	}
	if c, ok := foldTable[r]; ok {
		f.emit(c, from, to)
		return
	}
	switch {
	case r == utf8.RuneError:
		f.emit(other, from, to)
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Cc, r),
		r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0:
		return
	case unicode.IsSpace(r):
		f.emit(' ', from, to)
	case unicode.IsDigit(r):
		f.emit('0'+byte(digitValue(r)), from, to)
	case unicode.IsSymbol(r):
		f.symbol(r, from, to)
	default:
		f.emit(baseLetter(r), from, to)
	}
}

// symbol writes a letter in a box or a circle as the letter, a picture of something that matters here as its word, and any
// other sign as a space, so that words with a picture between them stay apart.
func (f *folder) symbol(r rune, from, to int) {
	for _, first := range boxedLetters {
		if r >= first && r < first+26 {
			f.emit('A'+byte(r-first), from, to)
			return
		}
	}
	f.emit(' ', from, to)
	if word := pictures[r]; word != "" {
		for i := range len(word) {
			f.emit(word[i], from, to)
		}
		f.emit(' ', from, to)
	}
}

// boxedLetters are the first letters of the alphabets in circles, boxes and flags that NFKC leaves alone.
var boxedLetters = []rune{'\U0001F150', '\U0001F170', '\U0001F1E6'}

// pictures are the emoji that stand for a word nobody takes for a joke.
var pictures = map[rune]string{
	'🩸': "blood", '🫀': "heart", '🫁': "lungs", '🧠': "brain", '🔫': "gun", '🔪': "knife", '💣': "bomb", '💊': "pills", '💉': "injection",
	'🚑': "ambulance", '🆘': "help", '🤰': "pregnant", '🤮': "vomiting", '🤒': "fever", '🤕': "hurt", '😵': "dizzy",
}

// digitValue is the value of a decimal digit of any script: Unicode lays each set out as ten in a row.
func digitValue(r rune) rune {
	for zero := r; ; zero-- {
		if !unicode.IsDigit(zero-1) || r-zero == 9 {
			return (r - zero) % 10
		}
	}
}

// baseLetter is the ASCII letter under the marks of r, or other.
func baseLetter(r rune) byte {
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	d := norm.NFD.Properties(buf[:n]).Decomposition()
	if len(d) > 0 && d[0] < utf8.RuneSelf {
		return d[0]
	}
	if len(d) > 0 {
		if first, _ := utf8.DecodeRune(d); first != r {
			if c, ok := foldTable[first]; ok {
				return c
			}
		}
	}
	return other
}

func lowerASCII(s string) string {
	var room [256]byte // most messages are shorter
	for i := 0; i < len(s); i++ {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			b := append(room[:0], s...)
			for ; i < len(b); i++ {
				if c := b[i]; 'A' <= c && c <= 'Z' {
					b[i] = c + 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}

// foldTable maps letters and signs without a useful decomposition to the ASCII character they are read as: typographic
// punctuation, and the look-alike letters of Cyrillic and Greek (Unicode Technical Standard 39, single-letter pairs).
var foldTable = buildFoldTable()

func buildFoldTable() map[rune]byte {
	t := make(map[rune]byte, 160)
	for _, row := range []struct{ from, to string }{
		{"АВЕЅІЈКМНОРСТУХҮԌԚԜ", "ABESIJKMHOPCTYXYGQW"},
		{"авеѕіјкмнорстухүԁԛԝһӏгпь", "abesijkmhopctyxydqwhlrnb"},
		{"ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"},
		{"αβειικκνορτυχωγηϲ", "abeiikkvoptuxwyhc"},
		{"ıłŁøØđĐħßæÆœŒðÐþÞȷɑɡɩʀ", "ilLoOdDhsaAoOdDtTjagir"},
		{"‘’‛′ʼʹ´ˈ＇", "'''''''''"},
		{"“”„‟«»″", "\"\"\"\"\"\"\""},
		{"‐‑‒–—―−﹘﹣－", "----------"},
		{"¿¡·•⁄∕", ";;..//"},
		{"。、，！？", ".,,!?"},
		{"ªº", "ao"},
		{"ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz"},
		{"օսոհ", "ounh"},
	} {
		to := []byte(row.to)
		n := 0
		for _, r := range row.from {
			t[r] = to[n]
			n++
		}
	}
	return t
}

// hasTricks says whether the text may hide words: letters spelled one by one, or signs inside words.
func hasTricks(lower string, tokens []token) bool {
	singles := 0
	for i := range tokens {
		if len(tokens[i].text) == 1 && isLetter(tokens[i].text[0]) {
			if singles++; singles == minSpelled {
				return true
			}
			continue
		}
		singles = 0
	}
	for rest, at := lower, 0; ; {
		i := strings.IndexAny(rest, signs)
		if i < 0 {
			return false
		}
		if at += i; signInWord(lower, at) {
			return true
		}
		at++
		rest = lower[at:]
	}
}

// signs are written in place of letters.
const signs = "@$!*+|"

// signInWord says whether the character at position at is a sign that may stand for a letter of a word.
func signInWord(lower string, at int) bool {
	if strings.IndexByte(signs, lower[at]) < 0 || at+1 == len(lower) {
		return false
	}
	if at > 0 && isWordByte(lower[at-1]) {
		return isWordByte(lower[at+1])
	}
	return (lower[at] == '$' || lower[at] == '@') && isLetter(lower[at+1])
}

func isLetter(c byte) bool   { return byteClasses[c]&letterByte != 0 }
func isDigit(c byte) bool    { return byteClasses[c]&digitByte != 0 }
func isWordByte(c byte) bool { return byteClasses[c] != 0 }

const (
	letterByte = 1 << iota
	digitByte
)

var byteClasses = func() (out [256]uint8) {
	for c := byte('a'); c <= 'z'; c++ {
		out[c], out[c-'a'+'A'] = letterByte, letterByte
	}
	for c := byte('0'); c <= '9'; c++ {
		out[c] = digitByte
	}
	out[other] = letterByte
	return out
}()
