package syntax

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
)

// This file turns a word that does not fit into a sentence for the author.

// explain reports that the unit at p.from fails at the word p.bad.
func (p *parser) explain() {
	p.report.add(diag.UnexpectedWord.At(p.tokenSpan(p.bad, p.bad), "unexpected %s, want %s", p.shown(p.bad), strings.Join(p.want, " ")).
		In("%s", p.within))
}

// shown returns token i as the author sees it.
func (p *parser) shown(i int) string {
	if i >= p.end {
		return "the end of the file"
	}
	return "`" + p.text(i) + "`"
}

// explainStray reports that no line of the block begins with the word at i.
func (p *parser) explainStray(i int, allowed []string) {
	p.report.add(diag.UnexpectedWord.At(p.tokenSpan(i, i), "unexpected %s", p.shown(i)).In("%s", p.within))
}

// meant returns the allowed word that the word at i was plainly meant to be, having reported it, or "".
func (p *parser) meant(i int, allowed []string) string {
	if k := p.toks[i].kind; k != kindIdent && k != kindKeyword {
		return ""
	}
	near := diag.Near(p.text(i), allowed)
	if near == "" || slices.Contains(allowed, p.text(i)) {
		return ""
	}
	sp := p.tokenSpan(i, i)
	p.report.add(diag.UnexpectedWord.At(sp, "no line begins with `%s` here", p.text(i)).In("%s", p.within).
		Mend(false, "did you mean `"+near+"`?", diag.Edit{Span: sp, Text: near}))
	return near
}
