package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tacet-lang/tacet/lang/source"
)

// scanned is a file cut into words. Comments and white space are no words.
type scanned struct {
	file     *source.File
	src      string
	toks     []token // the last one is the end of the file
	fixed    map[int]string
	comments []Comment
	report   *reporter
}

// text returns a token as it should have been written.
func (s *scanned) text(i int) string {
	if t, ok := s.fixed[i]; ok {
		return t
	}
	return s.src[s.toks[i].start:s.toks[i].end]
}

func (s *scanned) span(start, end int) source.Span { return s.file.Span(start, end) }

// scanner cuts a file into words.
type scanner struct {
	*scanned
	pos   int
	line  int
	first bool
	odd   bool // the file has an odd number of """, so one is missing

	counted int // bytes before this one are counted in column
	column  int // code points between the line's start and counted

	margin uint32 // blanks before the first word of the line
}

// scan cuts a file into words. It never fails: what is no word becomes an illegal token and a diagnostic.
func scan(f *source.File) *scanned {
	s := &scanner{
		scanned: &scanned{file: f, src: string(f.Bytes), fixed: map[int]string{}, report: &reporter{file: f}},
		line:    1,
		first:   true,
	}
	s.toks = make([]token, 0, len(s.src)/6+1)
	s.odd = strings.Count(s.src, `"""`)%2 == 1
	s.pos = len(s.src) - len(strings.TrimPrefix(s.src, "\ufeff"))
	for s.pos < len(s.src) && !s.report.full() {
		s.next()
	}
	s.toks = append(s.toks, token{uint32(s.pos), uint32(s.pos), uint32(s.line), s.columnOf(s.pos), 0, kindEOF, true})
	return s.scanned
}

// add appends the token from start to the current place.
func (s *scanner) add(start int, k kind) {
	col := s.columnOf(start)
	if s.first {
		s.margin = col - 1
	}
	s.toks = append(s.toks, token{uint32(start), uint32(s.pos), uint32(s.line), col, s.margin, k, s.first})
	s.first = false
}

// columnOf returns the column of byte i; i never goes back, so a long line is counted once.
func (s *scanner) columnOf(i int) uint32 {
	for s.counted < i {
		size := 1
		switch c := s.src[s.counted]; {
		case c == '\n':
			s.column = -1
		case c >= utf8.RuneSelf:
			_, size = utf8.DecodeRuneInString(s.src[s.counted:])
		}
		s.column++
		s.counted += size
	}
	return uint32(s.column + 1)
}

// addFixed appends a token that was written wrongly, as it should have been.
func (s *scanner) addFixed(start int, k kind, text string) {
	s.fixed[len(s.toks)] = text
	s.add(start, k)
}

func (s *scanner) next() {
	start := s.pos
	switch c := s.src[s.pos]; {
	case c == '\n':
		s.pos++
		s.line++
		s.first = true
	case c == ' ' || c == '\t' || c == '\r':
		s.pos++
	case isLower(c):
		s.word()
	case c == '"':
		s.quoted()
	case c == '#':
		s.comment()
	case c == ',' || c == '{' || c == '}' || c == '(' || c == ')':
		s.pos++
		s.add(start, kindPunct)
	case c == '-' || c == '=' || c == '.':
		s.operator()
	case isDigit(c):
		s.number(start)
	case isUpper(c) || c == '_':
		s.word()
	default:
		s.unusual()
	}
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func (s *scanner) comment() {
	start := s.pos
	end := strings.IndexByte(s.src[s.pos:], '\n')
	if end < 0 {
		end = len(s.src) - s.pos
	}
	s.pos += end
	text := strings.TrimRight(s.src[start:s.pos], " \t\r")
	s.comments = append(s.comments, Comment{Text: text, Span: s.span(start, start+len(text))})
}

// operator reads what begins with -, = or a dot.
func (s *scanner) operator() {
	start, rest := s.pos, s.src[s.pos:]
	switch {
	case strings.HasPrefix(rest, "->"):
		s.pos += 2
		s.add(start, kindPunct)
	case strings.HasPrefix(rest, ".."):
		s.pos += 2
		s.add(start, kindPunct)
	case rest[0] == '-' && len(rest) > 1 && isDigit(rest[1]):
		s.pos++
		s.number(start)
	default:
		if n := wrongArrow(rest); n > 0 {
			s.arrow(n)
			return
		}
		if rest[0] == '.' && (len(rest) == 1 || strings.IndexByte(" \t\r\n}", rest[1]) >= 0) {
			s.punctuation('.')
			return
		}
		s.illegal(1)
	}
}

// wrongArrow returns the length of an arrow that is not written ->, or 0.
func wrongArrow(rest string) int {
	n := 0
	for n < len(rest) {
		r, size := utf8.DecodeRuneInString(rest[n:])
		switch {
		case strings.ContainsRune("→⇒➔➜⟶⟹➝➞", r) && n == 0:
			return size
		case strings.ContainsRune("-=–—−‐‑", r):
			n += size
		case r == '>' && n > 0 && rest[:n] != "-":
			return n + 1
		default:
			return 0
		}
		if n > 12 {
			return 0
		}
	}
	return 0
}

// number reads the digits of a whole number that begins at byte start, or a date.
func (s *scanner) number(start int) {
	for s.pos < len(s.src) && isDigit(s.src[s.pos]) {
		s.pos++
	}
	if isDate(s.src[start:]) {
		s.pos = start + len("2026-03-02")
		s.add(start, kindDate)
		return
	}
	if s.pos < len(s.src) {
		if r, _ := utf8.DecodeRuneInString(s.src[s.pos:]); r == '_' || unicode.IsLetter(r) {
			s.numberWord(start)
			return
		}
	}
	s.add(start, kindNumber)
}

func isDate(rest string) bool {
	if len(rest) < 10 || (len(rest) > 10 && (isDigit(rest[10]) || isLower(rest[10]))) {
		return false
	}
	for i := range 10 {
		if (i == 4 || i == 7) != (rest[i] == '-') || (rest[i] != '-' && !isDigit(rest[i])) {
			return false
		}
	}
	return true
}

// word reads a name or a reserved word.
func (s *scanner) word() {
	start, plain := s.pos, true
	for s.pos < len(s.src) {
		c := s.src[s.pos]
		switch {
		case isLower(c) || isDigit(c):
			s.pos++
			continue
		case c == '-' || c == '_':
			if strings.HasPrefix(s.src[s.pos:], "->") {
				break
			}
			if s.pos+1 == len(s.src) || (!isLower(s.src[s.pos+1]) && !isDigit(s.src[s.pos+1])) || s.pos == start {
				plain = false
			}
			s.pos++
			continue
		case isUpper(c):
			plain = false
			s.pos++
			continue
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(s.src[s.pos:])
			if unicode.IsLetter(r) || unicode.IsMark(r) || isIgnorable(r) {
				plain = false
				s.pos += size
				continue
			}
		}
		break
	}
	text := s.src[start:s.pos]
	if !plain {
		s.oddWord(start, text)
		return
	}
	s.addWord(start, text)
}

// addWord appends a well-formed word; after `when` the condition follows.
func (s *scanner) addWord(start int, text string) {
	k := reserved[text]
	if k == kindEOF {
		k = kindIdent
	}
	if text != s.src[start:s.pos] {
		s.addFixed(start, k, text)
	} else {
		s.add(start, k)
	}
	if text == "when" || text == "if" { // `if` is reported, and read as `when`
		s.guard()
	}
}
