package syntax

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
)

// This file turns a word that does not fit into a sentence for the author. The first case that applies is told.

// explain reports that the unit at p.from fails at the word p.bad.
func (p *parser) explain() {
	if p.from == p.guess {
		return // the line may have been meant otherwise
	}
	if d := p.explanation(); d != nil {
		p.report.add(d.In("%s", p.within))
	}
}

func (p *parser) explanation() *diag.Diagnostic {
	bad, t := p.bad, p.toks[p.bad]
	switch {
	case t.kind == kindIllegal && bad < p.end:
		return nil // the scanner has reported it
	case p.wants("->"):
		return p.missingArrow()
	case p.wants("{") && (p.lineOver(bad) || p.is(bad+1, "->")):
		return p.missingBrace()
	case p.wants("..") && (t.kind == kindNumber || p.text(bad) == "to"):
		return p.badRange(bad)
	case p.text(bad-1) == "," && (p.lineOver(bad) || p.wants("<ident>") && (p.text(bad) == "to" || p.is(bad, ")") || p.is(bad, "{"))):
		return p.trailingComma()
	case p.lineOver(bad):
		return diag.MissingPart.At(p.tokenSpan(bad-1, bad-1), "after `%s` %s is missing", p.shortText(bad-1), p.wanted()).
			Labelled("%s must follow", p.wanted()).
			Help("add %s", p.wanted())
	case p.wants("<ident>") && (t.kind == kindKeyword || t.kind == kindLang):
		return p.reservedName()
	case p.wants("<string>") && (t.kind == kindIdent || t.kind == kindKeyword) && !p.textAhead(bad):
		return p.missingQuotes()
	case p.listGoesOn(bad):
		return p.missingComma(bad)
	case p.wants("{") && t.kind == kindIdent && p.toks[bad-1].kind == kindIdent:
		return p.twoWords(bad)
	}
	sp := p.tokenSpan(bad, bad)
	d := diag.UnexpectedWord.At(sp, "after `%s` comes %s, not %s", p.shortText(bad-1), p.wanted(), p.shown(bad))
	if near := nearest(p.text(bad), p.want); near != "" && t.kind != kindString {
		return d.Mend(false, "did you mean `"+near+"`?", diag.Edit{Span: sp, Text: near})
	}
	if t.kind == kindString {
		return d.Help("put %s before the text", p.wanted())
	}
	return d.Help("put %s after `%s`", p.wanted(), p.shortText(bad-1))
}

// wants reports whether the grammar expected this at the wrong word.
func (p *parser) wants(word string) bool { return slices.Contains(p.want, word) }

// lineOver reports whether the word at i no longer belongs to the line before it.
func (p *parser) lineOver(i int) bool { return i >= p.end || p.toks[i].first || p.is(i, "}") }

// shown returns token i as the author sees it.
func (p *parser) shown(i int) string {
	if i >= p.end {
		return "the end of the file"
	}
	return "`" + p.shortText(i) + "`"
}

// textAhead reports whether a text stands between quotes further along the line of token i.
func (p *parser) textAhead(i int) bool {
	for i++; !p.lineOver(i); i++ {
		if p.toks[i].kind == kindString {
			return true
		}
	}
	return false
}

func (p *parser) missingArrow() *diag.Diagnostic {
	bad, last := p.bad, p.bad-1
	switch {
	case p.toks[last].kind == kindGuard && p.lineOver(bad):
		return p.guardWithoutArrow(last)
	case !p.lineOver(bad) && (p.toks[bad].kind == kindIdent || slices.Contains(goWords, p.text(bad))):
		sp := p.tokenSpan(bad, bad)
		if slices.Contains(goWords, p.text(bad)) {
			return diag.MissingArrow.At(sp, "the way on is written `->`, not `%s`", p.text(bad)).
				Mend(true, "write `->`", diag.Edit{Span: sp, Text: "->"})
		}
		return diag.MissingArrow.At(sp, "`->` is missing before `%s`", p.shortText(bad)).
			Mend(false, "put `->` before the name of the state", diag.Edit{Span: p.tokenSpan(bad, bad), Text: "-> " + p.text(bad)})
	case p.lineOver(bad) && p.toks[last].kind == kindIdent && p.toks[last-1].kind == kindString:
		sp := p.tokenSpan(last, last)
		return diag.MissingArrow.At(sp, "`->` is missing before `%s`", p.shortText(last)).
			Mend(false, "put `->` before the name of the state", diag.Edit{Span: sp, Text: "-> " + p.text(last)})
	case p.lineOver(bad):
		return diag.MissingArrow.At(p.tokenSpan(last, last), "after `%s` it is not said where to go", p.shortText(last)).
			Means("the assistant would not know what to do next").
			Help("add `->` and the name of a state")
	}
	return diag.MissingArrow.At(p.tokenSpan(bad, bad), "after `%s` comes `->` and the name of a state, not %s", p.shortText(last), p.shown(bad)).
		Help("put `->` and the name of a state after `%s`", p.shortText(last))
}

// goWords are what people write for an arrow.
var goWords = []string{"then", "goto", "to", "go"}

func (p *parser) shortText(i int) string {
	return clip(p.text(i))
}

// clip shortens what the author wrote for use in a sentence.
func clip(text string) string {
	text, _, cut := strings.Cut(text, "\n")
	for i := range text {
		if i > 40 {
			return text[:i] + "…"
		}
	}
	if cut {
		text += "…"
	}
	return text
}

// guardWithoutArrow reports a condition that no arrow follows.
func (p *parser) guardWithoutArrow(i int) *diag.Diagnostic {
	sp, text := p.tokenSpan(i, i), p.text(i)
	if p.from >= 2 && !p.toks[p.from].first && p.is(p.from-2, "->") {
		return diag.MissingArrow.At(p.tokenSpan(p.from, i), "the condition comes before the arrow").
			Help("write `when %s -> %s`", clip(text), p.shortText(p.from-1))
	}
	for _, word := range []string{" then ", " goto ", " go to "} {
		if at := strings.LastIndex(text, word); at >= 0 {
			start := int(p.toks[i].start) + at + 1
			wrong := p.span(start, start+len(word)-2)
			return diag.MissingArrow.At(wrong, "the way on is written `->`, not `%s`", strings.TrimSpace(word)).
				Mend(true, "write `->`", diag.Edit{Span: wrong, Text: "->"})
		}
	}
	return diag.MissingArrow.At(sp, "after this condition it is not said where to go").
		Means("the assistant would not know what to do next").
		Help("add `->` and the name of a state")
}

func (p *parser) missingBrace() *diag.Diagnostic {
	last := p.bad - 1
	end := p.span(int(p.toks[last].end), int(p.toks[last].end))
	fix := "put `{` after it"
	if !p.uneven {
		fix += ", and `}` after the last line that belongs to it"
	}
	return diag.MissingBrace.At(p.tokenSpan(p.from, last), "`{` is missing after `%s`", p.shortText(last)).
		Mend(false, fix, diag.Edit{Span: end, Text: " {"})
}

func (p *parser) trailingComma() *diag.Diagnostic {
	sp := p.tokenSpan(p.bad-1, p.bad-1)
	return diag.MissingPart.At(sp, "after this comma nothing follows").
		Mend(true, "remove the comma, or add what was to come", diag.Edit{Span: sp})
}

func (p *parser) reservedName() *diag.Diagnostic {
	sp, word := p.tokenSpan(p.bad, p.bad), p.text(p.bad)
	d := diag.ReservedName.At(sp, "`%s` is a word of the language and cannot be a name", word).
		Labelled("%s must stand here", p.wanted())
	before := p.text(p.bad - 1)
	p.report.reserved = append(p.report.reserved, reservedName{d, word, before == "field" || before == "state"})
	if before == "field" || before == "ask" {
		return d.Help("choose another name, for example `%s_answer`", word)
	}
	return d.Help("choose another name, for example `my-%s`", word)
}

// missingQuotes reports words where a text must stand, up to the end of the line.
func (p *parser) missingQuotes() *diag.Diagnostic {
	start := int(p.toks[p.bad].start)
	line := plainText(p.src[start:])
	sp := p.span(start, start+len(line))
	quoted := quote(line)
	if p.text(p.from) == "use" {
		parts := strings.Split(line, ",")
		for i, part := range parts {
			parts[i] = quote(strings.TrimSpace(part))
		}
		quoted = strings.Join(parts, ", ")
	}
	return diag.MissingQuotes.At(sp, "%s stands between quotes", p.wanted()).
		Mend(false, "write `"+clip(quoted)+"`", diag.Edit{Span: sp, Text: quoted})
}

// plainText returns what was most likely meant as a text: the rest of the line up to a brace or an arrow, but with the
// names in braces that a text may hold.
func plainText(rest string) string {
	line, _, _ := strings.Cut(rest, "\n")
	line, _, _ = strings.Cut(line, "->")
	line = strings.TrimSuffix(strings.TrimSpace(line), "{")
	depth := 0
	for i := range len(line) {
		switch line[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth < 0 {
				line = line[:i]
				return strings.TrimSpace(line)
			}
		}
	}
	return strings.TrimSpace(line)
}

func quote(text string) string { return `"` + escaper.Replace(text) + `"` }

// listed are the words that a list of names or texts follows.
var listed = []string{"use", "languages", "channel", "handle", "escalate", "refuse", "send", "on", "exits", "like", "en", "es", "except", "field", "run"}

// listGoesOn reports whether the word at i goes on with a list whose comma is missing.
func (p *parser) listGoesOn(i int) bool {
	from := p.from
	if i <= from+1 || p.toks[i].first || p.toks[i].kind != p.toks[i-1].kind {
		return false
	}
	switch k := p.toks[i].kind; {
	case k != kindIdent && k != kindString && k != kindLang:
		return false
	case p.text(from) == "field":
		return i > from+4 && p.text(from+2) == "one" && k == kindIdent
	}
	return slices.Contains(listed, p.text(from))
}

func (p *parser) missingComma(i int) *diag.Diagnostic {
	end := int(p.toks[i-1].end)
	return diag.MissingComma.At(p.tokenSpan(i, i), "a comma is missing before `%s`", p.shortText(i)).
		Mend(false, "put a comma before it, or a `-` if the two are one name",
			diag.Edit{Span: p.span(end, end), Text: ","})
}

// twoWords reports a name written as two words.
func (p *parser) twoWords(i int) *diag.Diagnostic {
	joint := "-"
	if slices.Contains([]string{"field", "ask", "book", "verify", "by"}, p.text(i-2)) {
		joint = "_"
	}
	want := p.text(i-1) + joint + p.text(i)
	return diag.BadName.At(p.tokenSpan(i-1, i), "a name is one word: `%s %s` is two", p.shortText(i-1), p.shortText(i)).
		Mend(false, "write `"+clip(want)+"`", diag.Edit{Span: p.tokenSpan(i-1, i), Text: want})
}

// wanted says in words what must come at the wrong word.
func (p *parser) wanted() string {
	switch before := p.text(max(p.bad-1, 0)); {
	case p.wants("<ident>") && p.text(p.from) == "expect":
		return p.nounExpected(before)
	case p.wants("<ident>") || p.wants("one"):
		if noun, ok := nounAfter[before]; ok && p.toks[p.bad-1].kind != kindString {
			return noun
		}
		if p.wants("one") || p.text(p.from) == "field" && p.bad == p.from+2 {
			return "the type of the field, such as `text`, `phone` or `one of`"
		}
		if before == "to" {
			if p.text(p.from) == "declassify" {
				return "a class"
			}
			return "the name of a vendor in practice.yaml"
		}
		return "a name"
	case p.wants("<string>"):
		return "a text"
	case p.wants("<number>"):
		return "a number"
	case p.wants("<date>"):
		return "a date such as `2026-03-31`"
	case p.wants("<lang>"):
		return "`en` or `es`"
	case p.wants("<code>"):
		return "the code of a warning, such as `T5203`"
	case p.wants("<guard>"):
		return "a condition"
	case p.wants("minutes"):
		return "`minutes`, `hours` or `days`"
	case p.wants("silence"):
		return "one of `say`, `not`, `ask`, `state`, `field`, `escalation`, `handoff`, `end`, `send`, `silence` or `reprompt`"
	}
	quoted := make([]string, len(p.want))
	for i, w := range p.want {
		quoted[i] = "`" + w + "`"
	}
	return orList(quoted)
}

// orList joins with commas and a final "or".
func orList(words []string) string {
	switch n := len(words); n {
	case 0:
		return "something else"
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
}

// nounAfter says what name follows a word.
var nounAfter = map[string]string{
	"purpose": "a purpose, such as `scheduling`", "channel": "a channel, such as `web-chat`",
	"handle": "a topic", "escalate": "a topic", "refuse": "a topic",
	"field": "a name for the field", "declassify": "a field", "class": "a class", "text": "the name of a standard sentence",
	"start": "the name of a state", "state": "a name for the state", "escalation": "a name for the escalation",
	"topic": "a name for the topic", "trigger": "a name for the trigger", "fragment": "a name for the fragment",
	"tier": "`emergency`, `urgent-clinical` or `routine`", "category": "a category", "exits": "the name of an exit",
	"by": "the field that chooses the text", "ask": "the field that is asked for", "send": "a field to send",
	"book": "the field that holds the time", "verify": "the field that is verified", "consent": "a name for the consent",
	"run": "the name of a fragment", "->": "the name of a state", "end": "a word for how it ended, such as `completed`",
	"on": "a topic or a trigger", "of": "an option", ",": "a name", "(": "a field", "world": "an outcome",
}

// nounExpected says what name follows a word of an `expect`. Of teams it gives those that the flow hands over to.
func (p *parser) nounExpected(word string) string {
	switch word {
	case "ask", "field":
		return "the name of a field"
	case "state":
		return "the name of a state"
	case "escalation":
		return "the name of an escalation"
	case "end":
		return "the outcome (such as `completed`)"
	case "send":
		return "the name of a vendor in practice.yaml"
	}
	var teams []string
	for i := range p.toks {
		if team := "`" + p.text(i) + "`"; i > 0 && p.text(i-1) == "handoff" && p.toks[i].kind == kindIdent && !slices.Contains(teams, team) {
			teams = append(teams, team)
		}
	}
	if len(teams) == 0 {
		return "the team's name"
	}
	return "the team's name (here " + orList(teams[:min(len(teams), maxTeams)]) + ")"
}

// maxTeams is how many teams a message names at most.
const maxTeams = 4

// nearest returns the literal among the expected words that was most likely meant, or "".
func nearest(word string, want []string) string {
	var literals []string
	for _, w := range want {
		if !strings.HasPrefix(w, "<") {
			literals = append(literals, w)
		}
	}
	if near := diag.Near(word, literals); near != "" {
		return near
	}
	if len(word) < 2 {
		return ""
	}
	for _, l := range literals {
		if strings.HasPrefix(l, strings.TrimSuffix(word, "s")) {
			return l
		}
	}
	return ""
}
