package syntax

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// This file turns the runs of words that the grammar captured into nodes.

// at returns the index of a captured word in the file's tokens.
func at(w words, i int) int { return w[i].Pos.Offset }

// tokenSpan returns the span of the tokens from index i to index j, both included.
func (p *parser) tokenSpan(i, j int) source.Span {
	t := p.toks[i]
	return source.Span{
		Start: source.Pos{Filename: p.file.Name, Offset: int(t.start), Line: int(t.line), Column: int(t.col)},
		End:   int(p.toks[j].end),
	}
}

// since returns the span from the token at index i to the last one read.
func (p *parser) since(i int) source.Span { return p.tokenSpan(i, max(i, p.pos-1)) }

func (p *parser) identAt(i int) Ident { return Ident{Name: p.text(i), Span: p.tokenSpan(i, i)} }

func (p *parser) ident(w words) Ident { return p.identAt(at(w, 0)) }

// field is an ident that names a field, so that conditions must be able to name it too.
func (p *parser) field(w words) Ident { return p.fieldAt(at(w, 0)) }

func (p *parser) fieldAt(i int) Ident {
	id := p.identAt(i)
	if strings.Contains(id.Name, "-") {
		p.hyphen(id, nil)
	}
	return id
}

// newField is an ident that a declaration makes the name of a field. Texts that mention the field are mended with it.
func (p *parser) newField(w words) Ident {
	id := p.ident(w)
	if strings.Contains(id.Name, "-") && !p.report.full() {
		p.hyphen(id, p.mentions(id.Name))
	}
	return id
}

// hyphen reports a hyphen in the name of a field; more are the edits that go with the mended name.
func (p *parser) hyphen(id Ident, more []diag.Edit) {
	want, safe := joined(id.Name), len(more) <= maxMentions
	more = more[:min(len(more), maxMentions)]
	p.report.add(diag.HyphenInField.At(id.Span, "a field name cannot have a hyphen: `%s`", clip(id.Name)).
		In("%s", p.within).
		Mend(safe, "write `"+clip(want)+"`", append([]diag.Edit{{Span: id.Span, Text: want}}, more...)...))
}

// maxMentions is how many texts are mended together with a name; in a file with more it is left to its author.
const maxMentions = 1000

// joined returns the name as a field may have it.
func joined(name string) string { return strings.ReplaceAll(name, "-", "_") }

// mentions returns the edits that write a field with a hyphen as it must be wherever a text of the file holds it in
// braces. Two braces stand for one and hold nothing. It stops soon after maxMentions.
func (p *parser) mentions(name string) []diag.Edit {
	var out []diag.Edit
	held := "{" + name + "}"
	for _, t := range p.toks {
		if t.kind != kindString {
			continue
		}
		text := p.src[t.start:t.end]
		pos := source.Pos{Filename: p.file.Name, Offset: int(t.start), Line: int(t.line), Column: int(t.col)}
		for at := strings.Index(text, held); at >= 0 && len(out) <= maxMentions; at = strings.Index(text, held) {
			before := text[:at+1]
			pos = advance(pos, before)
			if braces := len(before) - len(strings.TrimRight(before, "{")); braces%2 == 1 {
				out = append(out, diag.Edit{Span: source.Span{Start: pos, End: pos.Offset + len(name)}, Text: joined(name)})
			}
			text = text[at+1:]
		}
	}
	return out
}

// advance returns the place after text, which begins at pos.
func advance(pos source.Pos, text string) source.Pos {
	pos.Offset += len(text)
	if lines := strings.Count(text, "\n"); lines > 0 {
		pos.Line += lines
		pos.Column = 1
		text = text[strings.LastIndexByte(text, '\n')+1:]
	}
	pos.Column += utf8.RuneCountInString(text)
	return pos
}

func (p *parser) optIdent(w words) *Ident {
	if len(w) == 0 {
		return nil
	}
	id := p.ident(w)
	return &id
}

// idents makes the names of a list, leaving out its commas.
func (p *parser) idents(w words) []Ident {
	out := make([]Ident, 0, (len(w)+1)/2)
	for i := 0; i < len(w); i += 2 {
		out = append(out, p.identAt(at(w, i)))
	}
	return out
}

func (p *parser) fields(w words) []Ident {
	out := make([]Ident, 0, (len(w)+1)/2)
	for i := 0; i < len(w); i += 2 {
		out = append(out, p.fieldAt(at(w, i)))
	}
	return out
}

func (p *parser) strings(w words) []String {
	out := make([]String, 0, (len(w)+1)/2)
	for i := 0; i < len(w); i += 2 {
		out = append(out, p.stringAt(at(w, i)))
	}
	return out
}

func (p *parser) string(w words) String { return p.stringAt(at(w, 0)) }

func (p *parser) stringAt(i int) String {
	s := String{Span: p.tokenSpan(i, i)}
	s.Value, s.Block = unquote(p.text(i))
	return s
}

// message makes a text of one or more languages.
func (p *parser) message(w words) Text {
	t := Text{Span: p.tokenSpan(at(w, 0), at(w, len(w)-1))}
	t.Parts = make([]LangString, 0, (len(w)+1)/2)
	t.Parts = append(t.Parts, LangString{String: p.stringAt(at(w, 0))})
	for i := 1; i+1 < len(w); i += 2 {
		lang := p.identAt(at(w, i))
		t.Parts = append(t.Parts, LangString{Lang: &lang, String: p.stringAt(at(w, i+1))})
	}
	return t
}

func (p *parser) optMessage(w words) *Text {
	if len(w) == 0 {
		return nil
	}
	t := p.message(w)
	return &t
}

func (p *parser) target(w words) Target {
	return Target{Name: p.identAt(at(w, 1)), Span: p.tokenSpan(at(w, 0), at(w, 1))}
}

func (p *parser) date(w words) Date {
	i := at(w, 0)
	return Date{Value: p.text(i), Span: p.tokenSpan(i, i)}
}

func (p *parser) number(w words) Number { return p.numberAt(at(w, 0)) }

func (p *parser) numberAt(i int) Number {
	n, err := strconv.ParseInt(p.text(i), 10, 64)
	if err != nil {
		p.report.add(diag.NumberTooLarge.At(p.tokenSpan(i, i), "the number %s is too large", p.shortText(i)).
			In("%s", p.within).Help("the largest number is 9223372036854775807"))
	}
	return Number{Value: n, Span: p.tokenSpan(i, i)}
}

// unit is the unit of a length of time, in the plural however it was written.
func (p *parser) unit(i int) *Ident {
	id := p.identAt(i)
	if !strings.HasSuffix(id.Name, "s") {
		id.Name += "s"
	}
	return &id
}

// typeRef makes a field type.
func (p *parser) typeRef(w words) TypeRef {
	t := TypeRef{Name: w[0].Value, Span: p.tokenSpan(at(w, 0), at(w, len(w)-1))}
	switch {
	case len(w) == 1:
	case t.Name == "one":
		t.Name = "one of"
		t.Options = p.options(w[2:])
	case t.Name == "date" && w[1].Value == "of":
		t.Name = "date of birth"
	case t.Name == "date":
		t.Min, t.Max = p.dayBounds(w)
	default: // number A .. B
		low, high := p.numberAt(at(w, 1)), p.numberAt(at(w, 3))
		t.Min, t.Max = &low, &high
	}
	return t
}

// dayBounds reads the days around `..`; `today` is 0.
func (p *parser) dayBounds(w words) (low, high *Number) {
	for i := 1; i < len(w); i++ {
		if w[i].Value == ".." {
			continue
		}
		n := Number{Span: p.tokenSpan(at(w, i), at(w, i))}
		if w[i].Value != "today" {
			n = p.numberAt(at(w, i))
		}
		if i == 1 {
			low = &n
		} else {
			high = &n
		}
	}
	return low, high
}

// options makes the answers of a choice.
func (p *parser) options(w words) []Option {
	var out []Option
	for i := 0; i < len(w); {
		j := i + 1
		for j < len(w) && w[j].Value != "," {
			j++
		}
		out = append(out, Option{
			Name:  p.identAt(at(w, i)),
			Label: p.optMessage(w[i+1 : j]),
			Span:  p.tokenSpan(at(w, i), at(w, j-1)),
		})
		i = j + 1
	}
	return out
}

// unquote returns the text that a quoted token stands for, and whether it was a block.
func unquote(quoted string) (value string, block bool) {
	if strings.HasPrefix(quoted, triple) {
		value, block = dedent(quoted[3:len(quoted)-3]), true
	} else {
		value = quoted[1 : len(quoted)-1]
	}
	return norm.NFC.String(unescape(value)), block
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// dedent drops the first and the last line of a block if they are blank, takes the smallest indent off the others and
// trailing blanks off all, and ends lines with \n alone.
func dedent(block string) string {
	lines := strings.Split(block, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\r")
	}
	if len(lines) > 1 && lines[0] == "" {
		lines = lines[1:]
	}
	if n := len(lines); n > 0 && lines[n-1] == "" {
		lines = lines[:n-1]
	}
	depth := -1
	for _, l := range lines {
		if n := len(l) - len(strings.TrimLeft(l, " \t")); l != "" && (depth < 0 || n < depth) {
			depth = n
		}
	}
	for i, l := range lines {
		if l != "" {
			lines[i] = l[depth:]
		}
	}
	return strings.Join(lines, "\n")
}
