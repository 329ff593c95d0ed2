package syntax

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/tacet-lang/tacet/lang/source"
)

// tokenTypes are the sorts of words that the grammar tells apart.
var tokenTypes = map[string]lexer.TokenType{
	"EOF":     lexer.EOF,
	"Ident":   lexer.TokenType(kindIdent),
	"Keyword": lexer.TokenType(kindKeyword),
	"Lang":    lexer.TokenType(kindLang),
	"String":  lexer.TokenType(kindString),
	"Number":  lexer.TokenType(kindNumber),
	"Date":    lexer.TokenType(kindDate),
	"Code":    lexer.TokenType(kindCode),
	"Guard":   lexer.TokenType(kindGuard),
	"Punct":   lexer.TokenType(kindPunct),
	"Illegal": lexer.TokenType(kindIllegal),
}

// definition is the scanner as the grammar sees it. It never fails: what is no word of the language is an Illegal token.
type definition struct{}

var _ lexer.Definition = definition{}

func (definition) Symbols() map[string]lexer.TokenType { return tokenTypes }

func (definition) Lex(filename string, r io.Reader) (lexer.Lexer, error) {
	content, err := io.ReadAll(io.LimitReader(r, source.MaxFileSize))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filename, err)
	}
	s := scan(source.New(filename, content))
	return &stream{scanned: s, end: len(s.toks) - 1}, nil
}

// stream hands a range of scanned tokens to the grammar. The offset of each position is the index of the token, not a
// byte: that is how what the grammar captures finds its way back.
type stream struct {
	scanned   *scanned
	next, end int
}

// Next returns the next token; its error is always nil.
func (s *stream) Next() (lexer.Token, error) {
	if s.next >= s.end {
		return lexer.Token{Type: lexer.EOF, Pos: lexer.Position{Offset: s.end}}, nil
	}
	i := s.next
	s.next++
	return lexer.Token{
		Type:  lexer.TokenType(s.scanned.toks[i].kind),
		Value: s.scanned.text(i),
		Pos:   lexer.Position{Offset: i},
	}, nil
}

// build returns the grammar of a unit, which is built when the first such unit is read.
func build[G any]() func() *participle.Parser[G] {
	return sync.OnceValue(func() *participle.Parser[G] {
		return participle.MustBuild[G](participle.Lexer(definition{}), participle.UseLookahead(0))
	})
}

var allowTrailing = participle.AllowTrailing(true)

// window is how many tokens are handed to the grammar at once, at least: few, because they are copied into a slice that grows.
const window = 256

// match reads one unit at the current token and moves past it. If the unit does not match, it returns nil and the index
// of the word that is wrong is in p.bad, with what was expected there in p.want.
func match[G any](p *parser, g func() *participle.Parser[G]) *G {
	p.slide()
	u, err := g().ParseFromLexer(p.peek, allowTrailing)
	if err == nil {
		p.pos = p.low + int(p.peek.RawCursor())
		return u
	}
	p.bad, p.want = p.pos, nil
	var at participle.Error
	if errors.As(err, &at) {
		p.bad = at.Position().Offset
		p.want = firstWords(at.Message())
	}
	return nil
}

// slide makes p.peek stand at p.pos.
func (p *parser) slide() {
	at := p.low
	if p.peek != nil {
		at = p.low + int(p.peek.RawCursor())
	}
	if p.peek == nil || p.pos < at || p.pos >= p.high {
		p.low, p.high = p.pos, p.windowEnd()
		// The stream never fails, so neither does the upgrade.
		p.peek, _ = lexer.Upgrade(&stream{scanned: p.scanned, next: p.low, end: p.high})
		return
	}
	if p.pos > at {
		p.peek.FastForward(lexer.RawCursor(p.pos - p.low - 1))
	}
}

// windowEnd returns the end of the tokens to hand over: the first place far enough ahead that no unit crosses. No unit holds
// a closing brace, and a structural word only ever opens one, except after `expect`.
func (p *parser) windowEnd() int {
	for i := p.pos + window; i < p.end; i++ {
		if p.is(i, "}") || p.toks[i].kind == kindKeyword && structural[p.text(i)] != kindEOF && p.text(i-1) != "expect" {
			return i
		}
	}
	return p.end
}

// firstWords returns the words that may stand first according to the grammar's own notation in a message such as
// `unexpected token "x" (expected ("->" <ident>)? <string>)`.
func firstWords(message string) []string {
	_, rule, found := strings.Cut(message, "(expected ")
	if !found {
		return nil
	}
	var out []string
	for rest := strings.TrimLeft(rule, "( "); rest != ""; {
		var word string
		switch rest[0] {
		case '"':
			word, rest, _ = strings.Cut(rest[1:], `"`)
		case '<':
			word, rest, _ = strings.Cut(rest, ">")
			word += ">"
		default:
			if strings.HasPrefix(rest, "ParamUnit") { // the one rule that is named; it begins with a name
				out = append(out, "<ident>")
			}
			return out
		}
		out = append(out, word)
		if rest = strings.TrimLeft(rest, ")"); !strings.HasPrefix(rest, " | ") {
			return out
		}
		rest = strings.TrimLeft(rest[3:], "( ")
	}
	return out
}
