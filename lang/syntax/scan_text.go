package syntax

import (
	"strings"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/diag"
)

const triple = `"""`

// quoted reads a text between quotes.
func (s *scanner) quoted() {
	if strings.HasPrefix(s.src[s.pos:], triple) {
		s.block()
		return
	}
	start := s.pos
	for i := s.pos + 1; ; i++ {
		if i >= len(s.src) || s.src[i] == '\n' {
			s.unterminated(start, i)
			return
		}
		switch s.src[i] {
		case '\\':
			s.escape(i)
			if i+1 < len(s.src) && s.src[i+1] != '\n' {
				i++
			}
		case '"':
			s.pos = i + 1
			s.add(start, kindString)
			return
		}
	}
}

// escape checks the escape at byte i.
func (s *scanner) escape(i int) {
	if s.report.full() || i+1 < len(s.src) && strings.IndexByte(`"\nt`, s.src[i+1]) >= 0 {
		return
	}
	if i+1 >= len(s.src) || s.src[i+1] == '\n' || s.src[i+1] == '\r' {
		return // the text is unterminated, which is said instead
	}
	_, size := utf8.DecodeRuneInString(s.src[i+1:])
	sp := s.span(i, i+1+size)
	s.report.add(diag.UnknownEscape.At(sp, "`%s` means nothing in a text", s.src[i:i+1+size]).
		Mend(false, "write `\\\\` for a backslash; `\\\"`, `\\n` and `\\t` are the others a text may hold",
			diag.Edit{Span: s.span(i, i+1), Text: `\\`}))
}

// unterminated reports a text that is still open where its line ends, at byte end, and goes on after it. A text that
// was meant to run over several lines is one mistake, so its further lines are skipped with it.
func (s *scanner) unterminated(start, end int) {
	end = start + len(strings.TrimRight(s.src[start:end], " \t\r"))
	s.pos = end
	if rest, lines := s.continuation(end); lines > 0 {
		s.report.add(diag.OpenText.At(s.span(start, end), "this text runs over the end of its line").
			Labelled("no closing `\"` on this line").
			Help("write a text of several lines between `\"\"\"` and `\"\"\"`"))
		s.add(start, kindString)
		s.fixed[len(s.toks)-1] = `""`
		s.pos, s.line = rest, s.line+lines
		return
	}
	s.report.add(diag.OpenText.At(s.span(start, end), "this text has no closing `\"`").
		Mend(false, "close the text with `\"`", diag.Edit{Span: s.span(end, end), Text: `"`}))
	s.addFixed(start, kindString, s.src[start:end]+`"`)
}

// maxContinuation is over how many lines the end of an open text is looked for.
const maxContinuation = 8

// continuation looks for the quote that closes an open text on one of the next lines, as long as none of them begins
// something new. It returns the byte after that quote and the number of lines passed, or 0 lines.
func (s *scanner) continuation(end int) (after, lines int) {
	i := strings.IndexByte(s.src[end:], '\n')
	for at := end + i + 1; i >= 0 && lines < maxContinuation; {
		lines++
		if s.startsLine(at) || strings.HasPrefix(strings.TrimLeft(s.src[at:], " \t"), `"`) {
			return 0, 0
		}
		line, _, more := strings.Cut(s.src[at:], "\n")
		switch strings.Count(line, `"`) - strings.Count(line, `\"`) {
		case 0:
		case 1:
			return at + strings.LastIndexByte(line, '"') + 1, lines
		default:
			return 0, 0
		}
		if !more {
			return 0, 0
		}
		at += len(line) + 1
	}
	return 0, 0
}

// block reads a text between """ and """.
func (s *scanner) block() {
	start, line := s.pos, s.line
	end := len(s.src)
	if n := closingTriple(s.src[start+3:]); n >= 0 {
		end = start + 3 + n
	}
	limit := end
	if s.odd || end == len(s.src) {
		limit = s.openBlockEnd(start, end)
	}
	if limit < end || end == len(s.src) {
		s.pos = limit
		s.report.add(diag.OpenBlock.At(s.span(start, start+3), "this text has no closing `\"\"\"`").
			Help("close it with `\"\"\"` on a line of its own, after its last line"))
		s.odd = false
		s.addFixed(start, kindString, triple+triple)
	} else {
		s.pos = end + 3
		s.add(start, kindString)
		for i := start + 3; i < s.pos-3; i++ {
			if s.src[i] == '\\' {
				s.escape(i)
				i++
			}
		}
	}
	s.toks[len(s.toks)-1].line = uint32(line)
	s.line += strings.Count(s.src[start:s.pos], "\n")
}

// closingTriple returns the index of the first """ that no backslash takes apart, or -1.
func closingTriple(text string) int {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			i++
		case text[i] == '"' && strings.HasPrefix(text[i:], triple):
			return i
		}
	}
	return -1
}

// openBlockEnd returns where a block that was never closed must have ended: before the first line that is indented no
// deeper than the line it began on and begins something new. It looks no further than end, which it returns then.
func (s *scanner) openBlockEnd(start, end int) int {
	if strings.IndexByte(s.src[start:end], '\n') < 0 {
		return end // without a look back: a line may hold very many texts
	}
	depth := s.indent(start)
	for at := start; ; {
		i := strings.IndexByte(s.src[at:end], '\n')
		if i < 0 {
			return end
		}
		at += i + 1
		text := strings.TrimLeft(s.src[at:], " \t")
		if text == "" || text[0] == '\n' || text[0] == '#' || len(s.src)-at-len(text) > depth {
			continue
		}
		if s.startsLine(at) {
			return at - 1
		}
	}
}

// indent returns the number of blanks before the first word of the line that byte i is on.
func (s *scanned) indent(i int) int {
	start := strings.LastIndexByte(s.src[:i], '\n') + 1
	return len(s.src[start:]) - len(strings.TrimLeft(s.src[start:], " \t"))
}
