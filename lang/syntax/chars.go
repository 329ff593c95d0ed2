package syntax

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// checkCharacters reports, anywhere in the file, characters that deceive the eye or the machine: text-direction and
// invisible characters, control bytes, look-alike letters inside a word, and text that is not in Unicode NFC.
func checkCharacters(s *scanned) {
	r := s.report
	for i := 0; i < len(s.src) && !r.full(); {
		c := s.src[i]
		switch {
		case c >= ' ' && c < 0x7F || c == '\n' || c == '\t':
			i++
		case c == '\r' && strings.HasPrefix(s.src[i+1:], "\n"):
			i++
		case c < utf8.RuneSelf:
			r.add(diag.ControlCharacter.At(s.span(i, i+1), "the control character %s stands here, which no screen shows", code(rune(c))).
				Mend(true, "remove it", diag.Edit{Span: s.span(i, i+1), Text: controlReplacement(c)}))
			i++
		default:
			i = s.checkRun(i)
		}
	}
}

func code(r rune) string { return fmt.Sprintf("U+%04X", r) }

// controlReplacement keeps apart what an old-style line end or a page break kept apart.
func controlReplacement(c byte) string {
	if c == '\r' || c == '\f' || c == '\v' {
		return "\n"
	}
	return ""
}

// checkRun checks the word around the first byte that is not ASCII and returns where the word ends.
func (s *scanned) checkRun(i int) int {
	if i == 0 && strings.HasPrefix(s.src, "\ufeff") {
		return len("\ufeff")
	}
	start := i
	for start > 0 && isWordByte(s.src[start-1]) {
		start--
	}
	end := i
	for end < len(s.src) && !s.report.full() {
		c, size := utf8.DecodeRuneInString(s.src[end:])
		if c == utf8.RuneError && size == 1 {
			s.report.add(diag.NotUTF8.At(s.span(end, end+1), "this byte is not part of any character (0x%02X)", s.src[end]).
				Help("save the file as UTF-8"))
			return s.skipInvalid(end)
		}
		if isIgnorable(c) || unicode.IsSpace(c) && c >= utf8.RuneSelf || unicode.IsControl(c) && c >= utf8.RuneSelf {
			s.reportInvisible(end, c, size)
		} else if c < utf8.RuneSelf && !isWordByte(byte(c)) {
			break
		}
		end += size
	}
	s.checkWord(start, end)
	return end
}

// skipInvalid passes over a run of bytes that are not UTF-8, so that a file in another encoding is one error a word.
func (s *scanned) skipInvalid(i int) int {
	for i < len(s.src) && s.src[i] > ' ' {
		i++
	}
	return i
}

func isWordByte(c byte) bool { return isLower(c) || isUpper(c) || isDigit(c) }

func (s *scanned) reportInvisible(i int, c rune, size int) {
	sp := s.span(i, i+size)
	switch {
	case isDirection(c):
		s.report.add(diag.DirectionCharacter.At(sp, "the invisible character %s changes the direction of the text around it", code(c)).
			Means("what the assistant does could differ from what this line seems to say").
			Mend(true, "remove it", diag.Edit{Span: sp}))
	case unicode.IsSpace(c):
		s.report.add(diag.InvisibleCharacter.At(sp, "this is not an ordinary space but %s", code(c)).
			Mend(true, "type an ordinary space", diag.Edit{Span: sp, Text: spaceFor(c)}))
	default:
		s.report.add(diag.InvisibleCharacter.At(sp, "the invisible character %s stands here", code(c)).
			Mend(true, "remove it", diag.Edit{Span: sp}))
	}
}

func spaceFor(c rune) string {
	if c == '\u2028' || c == '\u2029' || c == '\u0085' {
		return "\n"
	}
	return " "
}

// checkWord reports look-alike letters in a word that is otherwise Latin, and letters that are not in NFC.
func (s *scanned) checkWord(start, end int) {
	word := s.src[start:end]
	if fold := strings.Map(lookAlike, word); fold != word && hasLatin(word) && !s.isName(start) {
		s.report.add(lookAlikeAt(s.span(start, end), word, fold).
			Mend(true, "type it with Latin letters", diag.Edit{Span: s.span(start, end), Text: fold}))
	}
	if !norm.NFC.IsNormalString(word) {
		s.report.add(diag.NotNFC.At(s.span(start, end), "the letters of `%s` are stored in pieces", clip(norm.NFC.String(word))).
			Mend(true, "store each letter as one character (Unicode NFC)",
				diag.Edit{Span: s.span(start, end), Text: norm.NFC.String(word)}))
	}
}

// isName reports whether a token that is a name or a reserved word begins at byte i; the scanner has reported those.
func (s *scanned) isName(i int) bool {
	low, high := 0, len(s.toks)
	for low < high {
		if mid := (low + high) / 2; int(s.toks[mid].end) <= i {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low == len(s.toks) || int(s.toks[low].start) > i {
		return false
	}
	return s.toks[low].kind <= kindLang
}

func hasLatin(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) >= 0
}

func lookAlikeAt(sp source.Span, word, fold string) *diag.Diagnostic {
	for i, r := range word {
		if l := lookAlike(r); l != r {
			return diag.LookAlike.At(sp, "letter %d of `%s` is %s %s, which only looks like `%c`",
				utf8.RuneCountInString(word[:i])+1, clip(fold), scriptOf(r), code(r), l).
				Means("two names that look the same would be different")
		}
	}
	panic("syntax: no look-alike letter in " + word)
}

func scriptOf(r rune) string {
	switch {
	case unicode.Is(unicode.Cyrillic, r):
		return "the Cyrillic letter"
	case unicode.Is(unicode.Greek, r):
		return "the Greek letter"
	default:
		return "the character"
	}
}

// lookAlikes pairs letters that cannot be told from a Latin one on the screen. Source: the single-letter pairs of
// Unicode TR 39, confusables.txt, for the scripts a keyboard of a practice may have.
const lookAlikes = "АAВBСCЕEНHІIЈJКKМMОOРPЅSТTХXҮYаaсcеeһhіiјjоoрpԛqѕsԝwхxуy" +
	"ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoνvΙIιiρp"

var lookAlikeOf = func() map[rune]rune {
	pairs := []rune(lookAlikes)
	m := make(map[rune]rune, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}()

// lookAlike returns the Latin letter that r cannot be told from, or r itself. Full-width letters count too.
func lookAlike(r rune) rune {
	if r < utf8.RuneSelf {
		return r
	}
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	if l, ok := lookAlikeOf[r]; ok {
		return l
	}
	return r
}

// isDirection reports whether r turns the direction of text (Unicode UAX 9, explicit formatting characters).
func isDirection(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0x061C
}

// isIgnorable reports whether r is drawn as nothing. The joiner U+200D and the variation selectors stay allowed where
// emoji need them, which is only within texts and comments.
func isIgnorable(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case isDirection(r):
		return true
	case r == 0xAD, r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x3164, r == 0xFFA0, r == 0xFEFF:
		return true
	case r >= 0x180B && r <= 0x180F, r >= 0x200B && r <= 0x200C, r >= 0x2060 && r <= 0x2065, r >= 0x206A && r <= 0x206F:
		return true
	case r >= 0xFFF9 && r <= 0xFFFB, r >= 0xE0000 && r <= 0xE0FFF, r >= 0xE000 && r <= 0xF8FF:
		return true
	}
	return false
}
