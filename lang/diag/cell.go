package diag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// tabStop is how far apart tab stops are in excerpts, in cells.
const tabStop = 4

// A cell is the smallest piece of a line that is never cut: a character with the marks that combine with it.
type cell struct {
	text       string // what is printed for it; nothing in it can steer a terminal
	width      int    // columns it takes in a terminal
	start, end int    // bytes of the line it stands for
}

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	emojiPresentation  = '\ufe0f' // asks for the wide, colored form of the character before it
)

// cells splits one line into cells. Tabs become spaces up to the next tab stop; characters that a reader could not see
// or that could steer a terminal become their code, as `<U+202E>`, and bytes that are no UTF-8 theirs, as `<0xFF>`.
func cells(line []byte) []cell {
	out := make([]cell, 0, len(line))
	column := 0
	prev := rune(0) // the character before, 0 at the start and after a hidden one
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRune(line[i:])
		c := cell{start: i, end: i + n}
		switch {
		case r == '\t':
			c.width = tabStop - column%tabStop
			c.text = strings.Repeat(" ", c.width)
			prev = 0
		case r == utf8.RuneError && n == 1:
			c.text = fmt.Sprintf("<0x%02X>", line[i])
			c.width = len(c.text)
			prev = 0
		case isHidden(r, prev):
			c.text = fmt.Sprintf("<U+%04X>", r)
			c.width = len(c.text)
			prev = 0
		default:
			c.text = string(line[i : i+n])
			c.width = runeWidth(r)
			if last := len(out) - 1; prev != 0 && continues(r, prev) {
				grow := joinedWidth(r, out[last].width) - out[last].width
				out[last].text += c.text
				out[last].end = c.end
				out[last].width += grow
				column += grow
				prev, i = r, i+n
				continue
			}
			prev = r
		}
		out = append(out, c)
		column += c.width
		i += n
	}
	return out
}

// continues reports whether r is drawn in the cell of the character before it: marks, joiners, what a joiner joins,
// and skin tones. It follows the extended grapheme clusters of UAX #29 as far as they change a width.
func continues(r, prev rune) bool {
	switch {
	case runeWidth(r) == 0, isSkinTone(r):
		return true
	default:
		return prev == zeroWidthJoiner && runeWidth(r) == 2
	}
}

// joinedWidth is the width of a cell of the given width once r has joined it.
func joinedWidth(r rune, w int) int {
	if r == emojiPresentation {
		return max(w, 2)
	}
	return w
}

func isSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// runeWidth is the number of columns a printable character takes in a terminal: none for marks that combine, two for
// East Asian wide and fullwidth characters (UAX #11), one for all others. Ambiguous ones count as narrow.
func runeWidth(r rune) int {
	switch {
	case r < 0x7f:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me), r == zeroWidthJoiner, r == zeroWidthNonJoiner:
		return 0
	case r >= 0x1160 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7ff: // the vowels and finals of a Hangul syllable
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// isHidden reports whether a character must be shown by its code: controls (terminal escapes among them), text
// direction and other format characters, line separators, fillers, private and unassigned ones. A joiner is shown as it
// is after a character of a script that uses it, and after emoji.
func isHidden(r, prev rune) bool {
	switch r {
	case zeroWidthJoiner, zeroWidthNonJoiner:
		return prev < 0x600
	case '\u034f', '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0': // drawn as nothing
		return true
	}
	return !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r)
}

// visible returns one line of text that is safe to print anywhere: what [cells] shows, with tabs by their code too.
func visible(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	for _, c := range cells([]byte(s)) {
		if s[c.start] == '\t' {
			c.text = "<U+0009>"
		}
		b.WriteString(c.text)
	}
	return b.String()
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
