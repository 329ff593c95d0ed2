package syntax

import (
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
)

// guard reads the condition after `when`, raw, up to the arrow. Where no arrow comes it ends where the next line begins
// something new, so that a forgotten arrow costs one line.
func (s *scanner) guard() {
	for s.pos < len(s.src) && strings.IndexByte(" \t\r\n", s.src[s.pos]) >= 0 {
		if s.src[s.pos] == '\n' {
			if s.startsLine(s.pos + 1) {
				return
			}
			s.line++
		}
		s.pos++
	}
	start, line := s.pos, s.line
	s.pos = s.guardEnd()
	text := strings.TrimRight(s.src[start:s.pos], " \t\r\n")
	after := s.pos
	s.pos = start + len(text)
	if text == "" {
		return
	}
	s.add(start, kindGuard)
	s.toks[len(s.toks)-1].line = uint32(line)
	s.line = line + strings.Count(s.src[start:after], "\n")
	s.first = strings.IndexByte(s.src[s.pos:after], '\n') >= 0
	s.pos = after
}

// guardEnd returns where the condition at the current place ends.
func (s *scanner) guardEnd() int {
	plain := 0 // up to here a quote has no other half
	for i := s.pos; i < len(s.src); i++ {
		switch s.src[i] {
		case '"', '\'':
			if i < plain {
				continue
			}
			if j, closed := s.skipQuoted(i); closed {
				i = j
			} else {
				plain = j
			}
		case '{', '}':
			return i
		case '#':
			end := s.commentEnd(i)
			if s.startsLine(end) {
				return i
			}
			s.report.add(diag.CommentInGuard.At(s.span(i, end), "a comment cannot stand inside a condition").
				Help("put it on a line of its own, above the `when`"))
			i = end - 1
		case '-', '=', 0xE2:
			if strings.HasPrefix(s.src[i:], "->") {
				return i
			}
			// `=>` is an arrow only if no arrow follows; before one it is a mistyped `>=`, which is lang/guard's to say.
			if n := wrongArrow(s.src[i:]); n > 0 && !(s.src[i:i+n] == "=>" && s.arrowAhead(i+n)) {
				return i
			}
		case '\n':
			if s.startsLine(i + 1) {
				return i
			}
		}
	}
	return len(s.src)
}

// commentEnd returns where the line of byte i ends.
func (s *scanner) commentEnd(i int) int {
	line, _, _ := strings.Cut(s.src[i:], "\n")
	return i + len(strings.TrimRight(line, " \t\r"))
}

// skipQuoted returns the index of the closing quote, or the end of the line and false.
func (s *scanner) skipQuoted(i int) (int, bool) {
	j := i + 1
	for ; j < len(s.src) && s.src[j] != '\n'; j++ {
		switch s.src[j] {
		case '\\':
			if j+1 < len(s.src) && s.src[j+1] != '\n' {
				j++
			}
		case s.src[i]:
			return j, true
		}
	}
	return j, false
}

// arrowAhead reports whether an arrow stands on the rest of the line, as far as one may look.
func (s *scanner) arrowAhead(i int) bool {
	line, _, _ := strings.Cut(s.src[i:min(len(s.src), i+256)], "\n")
	return strings.Contains(line, "->")
}

// startsLine reports whether the line at byte i begins with a structural word, a brace or a text: something new.
func (s *scanner) startsLine(i int) bool {
	rest := strings.TrimLeft(s.src[i:min(len(s.src), i+256)], " \t\r\n")
	if rest == "" || rest[0] == '}' || rest[0] == '{' || rest[0] == '#' {
		return true
	}
	n := 0
	for n < len(rest) && isLower(rest[n]) {
		n++
	}
	return structural[rest[:n]] == kindKeyword && (n == len(rest) || strings.IndexByte(" \t\r\n\"{", rest[n]) >= 0)
}
