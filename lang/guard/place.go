package guard

import (
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/common/ast"

	"github.com/tacet-lang/tacet/lang/source"
)

// span returns where e stands in the flow file. cel-go records one code point offset an expression (an operator's own
// place for operators), so the range is that of the leftmost to the rightmost leaf.
func (b *treeBuilder) span(e ast.Expr) source.Span {
	start, end := b.bounds(e)
	return b.at(start, end)
}

func (b *treeBuilder) text(e ast.Expr) string {
	start, end := b.bounds(e)
	return b.src[start:end]
}

// bounds are byte offsets in the guard.
func (b *treeBuilder) bounds(e ast.Expr) (start, end int) {
	start, end = len(b.src), 0
	ast.PostOrderVisit(e, ast.NewExprVisitor(func(x ast.Expr) {
		r, ok := b.info.GetOffsetRange(x.ID())
		if !ok {
			return
		}
		from := runeToByte(b.src, int(r.Start))
		start, end = min(start, callee(b.src, from)), max(end, tokenEnd(b.src, from))
	}))
	if start >= end {
		return 0, len(b.src)
	}
	return start, b.closing(start, end)
}

// closing extends a range over brackets that were opened inside it, as those of heard("…") or a list.
func (b *treeBuilder) closing(start, end int) int {
	open := 0
	for _, t := range tokens(b.src) {
		if t.start < start {
			continue
		}
		if t.start >= end && open <= 0 {
			break
		}
		switch t.text {
		case "(", "[":
			open++
		case ")", "]":
			open--
		}
		end = max(end, t.end)
	}
	return end
}

// callee is the start of the function name before the bracket at from, where cel-go places a call; otherwise from.
func callee(src string, from int) int {
	if from >= len(src) || src[from] != '(' {
		return from
	}
	for _, t := range tokens(src) {
		if t.end == from && isWord(rune(t.text[0])) {
			return t.start
		}
	}
	return from
}

func tokenEnd(src string, from int) int {
	for _, t := range tokens(src) {
		if t.start <= from && from < t.end {
			return t.end
		}
	}
	return from
}

func runeToByte(src string, n int) int {
	offset := 0
	for range n {
		if offset >= len(src) {
			break
		}
		_, size := utf8.DecodeRuneInString(src[offset:])
		offset += size
	}
	return offset
}

// token is a piece of a guard's source; text in quotes is one token.
type token struct {
	text       string
	start, end int // bytes
}

// tokens splits a guard roughly as CEL does. It never fails: an unknown character is a token of its own.
func tokens(src string) []token {
	var out []token
	for i := 0; i < len(src); {
		n := tokenLength(src[i:])
		if n > 0 {
			out = append(out, token{src[i : i+n], i, i + n})
		}
		if n == 0 {
			n = 1 // white space
		}
		i += n
	}
	return out
}

func tokenLength(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == ' ' || r == '\t' || r == '\n' || r == '\r':
		return 0
	case r == '"' || r == '\'':
		return quotedLength(s)
	case isWord(r):
		n := 0
		for _, r := range s {
			if !isWord(r) && (r != '.' || n == 0) {
				break
			}
			n += utf8.RuneLen(r)
		}
		return n
	}
	for _, op := range []string{"<=>", "===", "!==", "&&", "||", "==", "!=", "<=", ">=", "=<", "=>", "<>", "->"} {
		if strings.HasPrefix(s, op) {
			return len(op)
		}
	}
	return max(size, 1)
}

func quotedLength(s string) int {
	quote := s[0]
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		}
	}
	return len(s)
}

func isWord(r rune) bool {
	return r == '_' || (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z')
}
