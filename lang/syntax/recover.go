package syntax

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
)

// This file decides where reading goes on after an error, so that every mistake is told once and none hides another.

// maxDepth is how deep blocks may be nested; no correct file comes near.
const maxDepth = 16

// lost reports why the declaration at from does not match and goes on after it.
func (p *parser) lost(from int) Decl {
	p.failed(from)
	return nil
}

// failed reports why the unit at from does not match and goes on after it.
func (p *parser) failed(from int) {
	p.from = from
	p.explain()
	p.skip(from)
	p.hush(p.bad)
}

// hush takes back what the scanner said about the words from token i to the current one: the error told about them
// explains it.
func (p *parser) hush(i int) {
	if p.toks[i].kind == kindIllegal {
		i = min(i+1, p.end) // what was said about the illegal word itself stands
	}
	from, to := int(p.toks[i].start), int(p.toks[p.pos].start)
	p.report.list = slices.DeleteFunc(p.report.list, func(d *diag.Diagnostic) bool {
		return d.Span.Start.Offset >= from && d.Span.Start.Offset < to && slices.Contains(scannerCodes, d.Code)
	})
}

// scannerCodes are about single words; an error about the whole line makes them needless.
var scannerCodes = []*diag.Code{diag.UpperCase, diag.BadName, diag.StrayCharacter, diag.StrayPunctuation, diag.WrongQuotes}

// enterBlock reports why the block header at from does not match and goes into its block if there is one, so that the
// lines in it are still read. It returns false, past the header, if there is none.
func (p *parser) enterBlock(from int) bool {
	p.from = from
	p.bad = p.ownLine(p.bad)
	p.explain()
	for i := from + 1; i < p.end && !p.toks[i].first; i++ {
		if p.is(i, "{") {
			p.pos = i + 1
			return true
		}
		if p.is(i, "}") {
			break
		}
	}
	if p.wants("{") && p.bad < p.end && p.toks[p.bad].first && !p.startsDecl(p.bad) && !p.is(p.bad, "}") &&
		!(p.startsStmt(from) && p.startsStmt(p.bad)) {
		p.pos = p.bad
		return true
	}
	p.skip(from)
	p.hush(p.bad)
	return false
}

// ownLine returns the word at which a line of an offer begins that the grammar took for its question, because `{` is
// missing, or else bad.
func (p *parser) ownLine(bad int) int {
	i := bad - 1
	for i > p.from && !p.toks[i].first && (p.toks[i].kind == kindString || p.toks[i].kind == kindLang) {
		i--
	}
	if p.wants("{") && p.is(bad, "->") && i > p.from && p.toks[i].first && p.toks[i].kind == kindString {
		return i
	}
	return bad
}

// startsStmt reports whether a statement of a state opens at token i.
func (p *parser) startsStmt(i int) bool {
	return p.toks[i].kind != kindString && slices.Contains(stateWords, p.text(i))
}

// guessName returns the name that a block header with an error most likely has.
func (p *parser) guessName(from int) Ident {
	if i := from + 1; i < p.end && (p.toks[i].kind == kindIdent || p.toks[i].kind == kindKeyword) {
		return p.identAt(i)
	}
	return Ident{}
}

// is reports whether token i is this sign.
func (p *parser) is(i int, sign string) bool {
	return i < p.end && p.toks[i].kind == kindPunct && p.text(i) == sign
}

// block reads the lines of a block up to its closing brace. from is the first word of the header; item reads one line,
// reporting false if none begins with the current word; allowed are the words that lines begin with, nil if they begin
// with names or texts.
func (p *parser) block(from int, allowed []string, item func(int) bool) {
	open := p.pos - 1
	headless := !p.is(open, "{") // which is said
	p.depth++
	defer func() { p.depth-- }()
	for !p.report.full() {
		i := p.pos
		switch {
		case i >= p.end:
			p.unclosed(from, open)
			return
		case p.is(i, "}"):
			if p.closesOuter(i, from, headless) {
				p.unclosed(from, open)
				return
			}
			p.pos++
			if !p.surplus(i, from) {
				return
			}
			p.reportSurplus(i)
		case p.opensElsewhere(i, from, allowed), headless && allowed == nil && p.startsStmt(i):
			p.unclosed(from, open)
			return
		case !item(i):
			p.stray(i, allowed)
		}
	}
}

// closesOuter reports whether the brace at i, judged by its indentation, closes a block around the one that began at
// from. Indentation is evidence only where braces are missing.
func (p *parser) closesOuter(i, from int, headless bool) bool {
	return (p.uneven || headless) && p.depth > 1 && p.toks[i].first && p.column(i) < p.column(from)
}

// surplus reports whether the brace at i, judged by its indentation and by what follows, stands in the block that began
// at from without closing it.
func (p *parser) surplus(i, from int) bool {
	next := i + 1
	if !p.uneven || !p.toks[i].first || p.column(i) <= p.column(from) || next >= p.end || !p.toks[next].first {
		return false
	}
	if p.is(next, "}") {
		return p.column(next) == p.column(from)
	}
	return p.column(next) > p.column(from)
}

// opensElsewhere reports whether the word at i begins a declaration, or a statement, that stands outside of the block
// which began at from.
func (p *parser) opensElsewhere(i, from int, allowed []string) bool {
	t := p.toks[i]
	if !t.first || p.column(i) > p.column(from) {
		return false
	}
	word := p.text(i)
	if slices.Contains(allowed, word) && !(p.uneven && p.startsDecl(i)) {
		return false
	}
	return p.startsDecl(i) || p.uneven && slices.Contains(stateWords, word) && t.kind != kindString
}

// column returns the indentation of the line that token i is on.
func (p *parser) column(i int) uint32 { return p.toks[i].indent }

func (p *parser) unclosed(from, open int) {
	if p.tooDeep || !p.is(open, "{") {
		return // the opening brace is missing too, and that is said
	}
	last := max(p.pos-1, from)
	where := p.tokenSpan(last, last)
	where.Start = p.file.Pos(where.End)
	d := diag.UnclosedBrace.At(p.tokenSpan(from, max(open, from)), "the block of %s is never closed", p.describe(from, open)).
		In("%s", p.within).
		Labelled("opens here").
		Note(where, "`}` is missing after this")
	p.report.add(d.Mend(false, "put `}` on a line of its own there",
		diag.Edit{Span: where, Text: "\n" + p.blanks(from) + "}"}))
}

// blanks returns the indentation of the line of token i, as written.
func (p *parser) blanks(i int) string {
	start := strings.LastIndexByte(p.src[:p.toks[i].start], '\n') + 1
	return p.src[start : start+len(p.src[start:])-len(strings.TrimLeft(p.src[start:], " \t"))]
}

// describe names the block whose first line reaches from token i to the brace at token open.
func (p *parser) describe(i, open int) string {
	return "`" + clip(strings.TrimSpace(p.src[p.toks[i].start:p.toks[max(open, i+1)].start])) + "`"
}

func (p *parser) reportSurplus(i int) {
	sp := p.tokenSpan(i, i)
	p.report.add(diag.SurplusBrace.At(sp, "this `}` closes nothing").In("%s", p.within).
		Mend(false, "remove it, or add the `{` that it belongs to", diag.Edit{Span: sp}))
}

// reportComma reports a comma after a line that is no list.
func (p *parser) reportComma(i int) {
	sp := p.tokenSpan(i, i)
	p.report.add(diag.StrayPunctuation.At(sp, "no comma is needed here").In("%s", p.within).
		Mend(true, "leave it out", diag.Edit{Span: sp}))
}

// skip goes on after the unit at from, in which p.bad is the wrong word: at the next line that begins something, or at
// the brace that closes the block around it.
func (p *parser) skip(from int) {
	depth := 0
	for i := max(p.bad, from); i < p.end; i++ {
		t := p.toks[i]
		if i > from && t.first && (depth == 0 && p.resumes(i, from) || p.uneven && p.startsDecl(i) && p.column(i) <= p.column(from)) {
			p.pos = i
			return
		}
		switch {
		case p.is(i, "{"):
			depth++
		case p.is(i, "}") && depth > 0:
			depth--
		case p.is(i, "}") && i > from:
			p.pos = i
			return
		}
	}
	p.pos = p.end
}

// resumes reports whether the line that token i begins is a new one rather than the rest of the one begun at from.
func (p *parser) resumes(i, from int) bool {
	if p.column(i) <= p.column(from) {
		return !p.is(i, "{")
	}
	t := p.toks[i]
	return t.kind == kindKeyword && structural[p.text(i)] != kindEOF
}

// noDecl reports a word at the top level that opens no declaration, and goes on after it.
func (p *parser) noDecl() Decl {
	i := p.pos
	p.bad, p.from, p.want = i, i, nil
	switch {
	case p.toks[i].kind == kindIllegal:
		p.skipPast(i)
	case p.is(i, "}"):
		p.reportSurplus(i)
		p.pos++
	case slices.Contains(stateWords, p.word()) && p.toks[i].kind != kindString:
		p.report.add(diag.OutsideState.At(p.tokenSpan(i, i), "`%s` stands outside of any state", p.shortText(i)).
			Means("the assistant would never come to this line").
			Help("put it between the `{` and `}` of a state"))
		p.toNextDecl()
		p.hush(i)
	default:
		p.stray(i, declWords)
		p.skipIndented(i)
	}
	return nil
}

// skipIndented skips the lines that go on with the indented line at i, which was no declaration: one error for all.
func (p *parser) skipIndented(i int) {
	for p.pos > i && !p.atEnd() && p.column(i) > 0 && p.toks[p.pos].first && p.column(p.pos) > 0 {
		word := p.word()
		if declParser(word) != nil || p.startsStmt(p.pos) || p.toks[p.pos].kind == kindPunct || p.guess == p.pos {
			return
		}
		p.bad = p.pos
		p.skipPast(p.pos)
	}
}

// toNextDecl goes to the next declaration outside of all braces.
func (p *parser) toNextDecl() {
	depth := 0
	for p.pos++; p.pos < p.end; p.pos++ {
		switch {
		case p.is(p.pos, "{"):
			depth++
		case p.is(p.pos, "}"):
			if depth--; depth < 0 {
				return
			}
		case depth <= 0 && p.startsDecl(p.pos), p.uneven && p.startsDecl(p.pos) && p.column(p.pos) == 0:
			return
		}
	}
}

// stray reports the word at i, with which no line of the block can begin. If it was plainly meant to be one of the
// allowed words it becomes that word and is read again; otherwise the line is skipped.
func (p *parser) stray(i int, allowed []string) {
	p.bad, p.from, p.want = i, i, nil
	if p.toks[i].kind == kindIllegal {
		p.skipPast(i)
		return
	}
	if p.is(i, ",") && p.follows(i) {
		p.reportComma(i)
		p.pos++
		return
	}
	if p.startsDecl(i) && p.depth > 0 {
		p.nested(i)
		return
	}
	if word := p.meant(i, allowed); word != "" {
		p.become(p.pos, word)
		return
	}
	p.explainStray(i, allowed)
	p.skipPast(i)
}

// skipPast skips the line at i, at least its first word.
func (p *parser) skipPast(i int) {
	p.skip(i)
	if p.pos <= i {
		p.pos = i + 1
	}
	p.hush(i)
}

// nested reports a declaration inside a block, and reads it all the same.
func (p *parser) nested(i int) {
	word := p.text(i)
	if p.depth > maxDepth {
		p.report.add(diag.TooDeep.At(p.tokenSpan(i, i), "blocks are nested more than %d deep here", maxDepth).
			Help("look for a missing `}` further up"))
		p.pos = p.end
		p.tooDeep = true
		return
	}
	p.report.add(diag.NestedDeclaration.At(p.tokenSpan(i, i), "`%s` cannot stand inside %s", word, p.within).
		In("%s", p.within).
		Help("move it out, to the left margin; if the block before it should have ended, add its `}`"))
	declParser(word)(p, i)
}

// become makes token i the word that was meant.
func (p *parser) become(i int, word string) {
	p.fixed[i] = word
	k := reserved[word]
	if k == kindEOF {
		k = kindIdent
	}
	if word == "->" {
		k = kindPunct
	}
	p.toks[i].kind = k
	p.peek = nil
	p.guess = i
}
