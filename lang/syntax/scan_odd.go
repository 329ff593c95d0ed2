package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tacet-lang/tacet/lang/diag"
)

// This file is about what people type by habit or paste from a word processor: it is reported once, with the fix, and
// then read as what was meant.

// replace makes the edit that writes text in place of the bytes from start to the current place.
func (s *scanner) replace(start int, text string) diag.Edit {
	return diag.Edit{Span: s.span(start, s.pos), Text: text}
}

// arrow reads an arrow of n bytes that is not written ->.
func (s *scanner) arrow(n int) {
	start := s.pos
	s.pos += n
	s.report.add(diag.WrongArrow.At(s.span(start, s.pos), "`%s` is not how an arrow is written", s.src[start:s.pos]).
		Mend(true, "write `->`", s.replace(start, "->")))
	s.addFixed(start, kindPunct, "->")
}

// illegal reads n bytes that are no word.
func (s *scanner) illegal(n int) {
	start := s.pos
	s.pos += n
	if s.partsTexts(start) {
		s.report.add(diag.StrayCharacter.At(s.span(start, s.pos), "`%s` does not part languages", s.src[start:s.pos]).
			Mend(false, "put the language before its text: `\"Hi!\" es \"¡Hola!\"`", s.replace(start, "es")))
		s.addFixed(start, kindLang, "es")
		return
	}
	help := "texts stand between quotes, and notes to yourself after `#`"
	if s.src[start] == '=' {
		help = "what equals what is asked after `when`, and the way on is written `->`"
	}
	s.report.add(diag.StrayCharacter.At(s.span(start, s.pos), "`%s` means nothing here", s.src[start:s.pos]).Help("%s", help))
	s.add(start, kindIllegal)
}

// partsTexts reports whether the sign from start to the current place stands between two texts, as if they said the same in two
// languages.
func (s *scanner) partsTexts(start int) bool {
	n := len(s.toks)
	sign := s.src[start:s.pos]
	return n > 0 && s.toks[n-1].kind == kindString && (sign == "/" || sign == "|") &&
		strings.HasPrefix(strings.TrimLeft(s.src[s.pos:], " \t\r\n"), `"`)
}

// unusual reads what no correct file has outside texts.
func (s *scanner) unusual() {
	r, size := utf8.DecodeRuneInString(s.src[s.pos:])
	switch {
	case r == ';' || r == ':':
		s.punctuation(r)
	case r == '\'' || r == '`' || strings.ContainsRune("“”„‟«»‘’‚‛", r):
		s.foreignQuotes(r, size)
	case isIgnorable(r) || unicode.IsControl(r) || unicode.IsSpace(r) || (r == utf8.RuneError && size == 1):
		s.pos += size // reported with the characters of the whole file
	case unicode.IsLetter(r):
		s.word()
	default:
		if n := wrongArrow(s.src[s.pos:]); n > 0 {
			s.arrow(n)
			return
		}
		s.illegal(size)
	}
}

// punctuation drops a sign of one byte that people end lines with.
func (s *scanner) punctuation(sign rune) {
	start := s.pos
	s.pos++
	s.report.add(diag.StrayPunctuation.At(s.span(start, s.pos), "no `%c` is needed here", sign).
		Mend(true, "leave it out", s.replace(start, "")))
}

// foreignQuotes reads a text between quotes that are not ".
func (s *scanner) foreignQuotes(open rune, size int) {
	start := s.pos
	closing := "”“\"»«"
	if strings.ContainsRune("'`‘’‚‛", open) {
		closing = "'`‘’"
	}
	line, _, _ := strings.Cut(s.src[start+size:], "\n")
	end := lastQuote(line, closing)
	if end < 0 {
		s.pos += size
		s.report.add(diag.WrongQuotes.At(s.span(start, s.pos), "`%c` is not how a text begins", open).
			Mend(false, "write a text between `\"` and `\"`", s.replace(start, `"`)))
		s.add(start, kindIllegal)
		return
	}
	inner := line[:end]
	_, last := utf8.DecodeRuneInString(line[end:])
	s.pos = start + size + end + last
	want := `"` + strings.ReplaceAll(strings.ReplaceAll(inner, `\`, `\\`), `"`, `\"`) + `"`
	s.report.add(diag.WrongQuotes.At(s.span(start, s.pos), "texts stand between `\"` and `\"`, not between `%c` and `%s`",
		open, line[end:end+last]).
		Mend(true, "use straight double quotes", s.replace(start, want)))
	s.addFixed(start, kindString, want)
}

// lastQuote returns the byte index of the quote that closes a text which began with a foreign quote, or -1: the first
// that is followed by a blank, punctuation of the language or the end of the line.
func lastQuote(line, closing string) int {
	for i, r := range line {
		if !strings.ContainsRune(closing, r) {
			continue
		}
		next := strings.TrimLeft(line[i+utf8.RuneLen(r):], " \t\r")
		if next == "" || strings.IndexByte(",{}-#)=–—→", next[0]) >= 0 || next != line[i+utf8.RuneLen(r):] {
			return i
		}
	}
	return -1
}

// numberWord reads a word that begins with a digit.
func (s *scanner) numberWord(start int) {
	for s.pos < len(s.src) {
		r, size := utf8.DecodeRuneInString(s.src[s.pos:])
		if r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) || strings.HasPrefix(s.src[s.pos:], "->") {
			break
		}
		s.pos += size
	}
	text := s.src[start:s.pos]
	d := diag.BadName.At(s.span(start, s.pos), "a name cannot begin with a digit: `%s`", clip(text))
	if i := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) }); isUnit(text[i:]) {
		d = diag.BadName.At(s.span(start, s.pos), "there is no space between `%s` and `%s`", clip(text[:i]), clip(text[i:])).
			Mend(true, "put a space between them", s.replace(start, text[:i]+" "+text[i:]))
		s.report.add(d)
		end := s.pos
		s.pos = start + i
		s.add(start, kindNumber)
		s.pos = end
		s.add(start+i, kindIdent)
		return
	}
	s.report.add(d.Help("begin the name with a letter"))
	s.addFixed(start, kindIdent, "n"+toName(text))
}

func isUnit(word string) bool {
	switch word {
	case "minutes", "minute", "hours", "hour", "days", "day":
		return true
	}
	return false
}

// oddWord reads a word that is not made of lower-case plain letters, digits and single joints.
func (s *scanner) oddWord(start int, text string) {
	if len(text) == 5 && text[0] == 'T' && strings.Trim(text[1:], "0123456789") == "" {
		s.add(start, kindCode)
		return
	}
	seen := strings.Map(func(r rune) rune {
		if isIgnorable(r) {
			return -1 // reported with the characters of the whole file
		}
		return r
	}, text)
	plain := strings.Map(lookAlike, seen)
	name := toName(plain)
	if seen == name {
		s.addWord(start, name) // what cannot be seen in it is reported with the characters of the whole file
		return
	}
	sp := s.span(start, s.pos)
	switch {
	case plain != seen && isASCII(plain):
		s.report.add(lookAlikeAt(sp, text, plain).Mend(true, "type it with plain letters", s.replace(start, name)))
	case !isASCII(plain):
		s.report.add(diag.BadName.At(sp, "names have plain letters a to z only: `%s`", clip(seen)).
			Mend(false, "write it without accents; texts between quotes may have any letter", s.replace(start, name)))
	case strings.ToLower(plain) == name && plain != name:
		s.report.add(diag.UpperCase.At(sp, "names and words of the language are in lower case: `%s`", clip(plain)).
			Mend(true, "write `"+clip(name)+"`", s.replace(start, name)))
	case plain != name:
		s.report.add(diag.BadName.At(sp, "`%s` is not a name: words are joined by one `-` or `_`", clip(plain)).
			Mend(false, "write `"+clip(name)+"`", s.replace(start, name)))
	}
	s.addWord(start, name)
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// toName makes a well-formed name of any word: lower case, plain letters, single joints.
func toName(word string) string {
	var b strings.Builder
	joint := byte(0)
	for _, r := range norm.NFD.String(strings.ToLower(word)) {
		switch {
		case r == '-' || r == '_':
			joint = byte(r)
			continue
		case r >= utf8.RuneSelf || !isLower(byte(r)) && !isDigit(byte(r)):
			continue
		}
		if joint != 0 && b.Len() > 0 {
			b.WriteByte(joint)
		}
		joint = 0
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "x"
	}
	return b.String()
}
