package syntax

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// Parse reads a flow or module file. It returns a tree of everything that could be read, never nil, and what is wrong
// with the rest; a file without diagnostics is in the grammar of spec/language.md. Several errors are told, one for each
// mistake, at most 50. Parse never fails and is safe for concurrent use.
func Parse(f *source.File) (*File, diag.List) {
	if len(f.Bytes) > source.MaxFileSize {
		return &File{Source: f}, diag.List{diag.FlowTooLarge.At(source.Span{Start: source.Pos{Filename: f.Name}},
			"the file has %d bytes, and at most %d are read", len(f.Bytes), source.MaxFileSize).
			Help("divide it into several flows")}
	}
	if d := otherEncoding(f); d != nil {
		return &File{Source: f}, diag.List{d}
	}
	s := scan(f)
	checkCharacters(s)
	file := &File{Source: f, Comments: s.comments}
	p := newParser(s, 0, len(s.toks)-1)
	file.Decls = p.decls()
	s.report.tellReservedOnce()
	return file, capped(s.report.list)
}

// parser reads a range of the tokens of a file, declaration by declaration and line by line.
type parser struct {
	*scanned
	pos, end int  // the current token; the range ends before toks[end]
	uneven   bool // the braces do not match, so indentation decides which one is missing
	depth    int
	tooDeep  bool // reading stopped because of it
	guess    int  // the last word that was read as another one

	peek      *lexer.PeekingLexer // what the grammar reads, tokens low to high
	low, high int

	from   int      // where the unit that failed began
	bad    int      // the word that is wrong
	want   []string // what the grammar expected there
	within string   // the enclosing construct in the author's words
}

func newParser(s *scanned, pos, end int) *parser {
	p := &parser{scanned: s, pos: pos, end: end, guess: -1}
	p.uneven = !p.evenBraces()
	return p
}

// evenBraces reports whether every brace has its other half.
func (p *parser) evenBraces() bool {
	depth := 0
	for i := p.pos; i < p.end; i++ {
		if p.toks[i].kind != kindPunct {
			continue
		}
		switch p.text(i) {
		case "{":
			depth++
		case "}":
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

// atEnd reports whether no token is left, or nothing more will be told anyway.
func (p *parser) atEnd() bool { return p.pos >= p.end || p.report.full() }

// word returns the current token as text, "" at the end.
func (p *parser) word() string {
	if p.pos >= p.end {
		return ""
	}
	return p.text(p.pos)
}

// decls reads declarations up to the end.
func (p *parser) decls() []Decl {
	var out []Decl
	for !p.atEnd() {
		p.within = ""
		if d := p.decl(); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// decl reads one declaration, or skips what is none. It returns nil if the declaration has an error in its first line.
func (p *parser) decl() Decl {
	from := p.pos
	if parse := declParser(p.word()); parse != nil && p.toks[from].kind != kindString {
		return parse(p, from)
	}
	return p.noDecl()
}

// declParser returns what reads the declaration that opens with a word, or nil.
func declParser(word string) func(*parser, int) Decl {
	switch word {
	case "flow":
		return (*parser).flow
	case "purpose":
		return (*parser).purpose
	case "use":
		return (*parser).use
	case "languages":
		return (*parser).languages
	case "channel":
		return (*parser).channel
	case "scope":
		return (*parser).scope
	case "field":
		return (*parser).fieldDecl
	case "declassify":
		return (*parser).declassify
	case "allow":
		return (*parser).allow
	case "session":
		return (*parser).session
	case "notice":
		return (*parser).notice
	case "text":
		return (*parser).textDecl
	case "start":
		return (*parser).start
	case "state":
		return (*parser).stateDecl
	case "escalation":
		return (*parser).escalation
	case "topic":
		return (*parser).topic
	case "trigger":
		return (*parser).trigger
	case "fragment":
		return (*parser).fragment
	case "test":
		return (*parser).test
	default:
		return nil
	}
}

// startsDecl reports whether a declaration opens at token i: at a reserved word that only declarations open with.
func (p *parser) startsDecl(i int) bool {
	return p.toks[i].kind == kindKeyword && slices.Contains(declWords, p.text(i))
}
