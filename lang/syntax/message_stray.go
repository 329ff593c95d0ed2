package syntax

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
)

// habits are words of other tools, and what they are called here.
var habits = map[string]string{
	"if": "when", "elif": "when", "else": "otherwise", "default": "otherwise", "goto": "->", "jump": "->", "next": "->",
	"print": "say", "tell": "say", "show": "say", "message": "say", "reply": "say", "respond": "say", "speak": "say",
	"question": "ask", "prompt": "ask", "collect": "ask", "get": "ask", "input": "ask",
	"choice": "offer", "choices": "offer", "buttons": "offer", "menu": "offer", "options": "offer", "choose": "offer",
	"stop": "end", "finish": "end", "exit": "end", "quit": "end", "done": "end",
	"transfer": "handoff", "escalate": "handoff", "human": "handoff", "notify": "send", "call": "run",
	"import": "use", "include": "use", "require": "use", "var": "field", "let": "field", "variable": "field", "slot": "field",
	"node": "state", "step": "state", "page": "state", "screen": "state", "block": "state", "intent": "topic",
	"macro": "fragment", "function": "fragment", "def": "fragment", "begin": "start", "bot": "flow", "privacy": "notice",
	"user": "patient", "assert": "expect", "says": "patient", "examples": "like", "example": "like", "response": "answer",
}

// sureHabits cannot be meant otherwise.
var sureHabits = []string{"if", "else", "goto"}

// meant returns the allowed word that the word at i was plainly meant to be, having reported it, or "".
func (p *parser) meant(i int, allowed []string) string {
	word := p.text(i)
	if k := p.toks[i].kind; k != kindIdent && k != kindKeyword {
		return ""
	}
	if p.follows(i) {
		return "" // it goes on with the line before it
	}
	sp := p.tokenSpan(i, i)
	if word == "else" && i+1 < p.end && p.text(i+1) == "if" {
		p.pos++
		p.report.add(diag.HabitWord.At(p.tokenSpan(i, i+1), "a further condition is written `when`, not `else if`").
			In("%s", p.within).
			Mend(true, "write `when`", diag.Edit{Span: p.tokenSpan(i, i+1), Text: "when"}))
		return "when"
	}
	if word == "go" && p.text(i+1) == "to" && slices.Contains(allowed, "->") {
		p.pos++
		p.report.add(diag.HabitWord.At(p.tokenSpan(i, i+1), "the way on is written `->`, not `go to`").In("%s", p.within).
			Mend(true, "write `->`", diag.Edit{Span: p.tokenSpan(i, i+1), Text: "->"}))
		return "->"
	}
	if want := habits[word]; slices.Contains(allowed, want) {
		p.report.add(diag.HabitWord.At(sp, "here this is called `%s`, not `%s`", want, word).In("%s", p.within).
			Mend(slices.Contains(sureHabits, word), "write `"+want+"`", diag.Edit{Span: sp, Text: want}))
		return want
	}
	near := diag.Near(word, allowed)
	if near == "" || home[word] != "" {
		return ""
	}
	p.report.add(diag.UnexpectedWord.At(sp, "no line here begins with `%s`", clip(word)).In("%s", p.within).
		Mend(false, "did you mean `"+near+"`?", diag.Edit{Span: sp, Text: near}))
	return near
}

// follows reports whether the word at i stands on the line of a unit that has just ended, as if it belonged to it.
func (p *parser) follows(i int) bool {
	return i > 0 && !p.toks[i].first && !p.is(i-1, "{") && !p.is(i-1, "}")
}

// home says in which block a line that begins with this word stands.
var home = func() map[string]string {
	m := map[string]string{}
	for block, words := range map[string][]string{
		"a test": stepWords, "a trigger": {"category", "except"}, "a topic": {"like", "answer"}, "session": {"timeout", "keep", "retries"},
		"scope": {"handle", "refuse"}, "an escalation": {"tier", "on"},
	} {
		for _, w := range words {
			m[w] = block
		}
	}
	for _, w := range stateWords[1:] {
		m[w] = "a state"
	}
	return m
}()

// explainStray reports that no line of the block begins with the word at i.
func (p *parser) explainStray(i int, allowed []string) {
	p.report.add(p.strayExplanation(i, allowed).In("%s", p.within))
}

func (p *parser) strayExplanation(i int, allowed []string) *diag.Diagnostic {
	sp, word := p.tokenSpan(i, i), p.text(i)
	if near := diag.Near(word, allowed); near != "" && p.toks[i].kind == kindIdent && p.follows(i) && p.within == "session" {
		return diag.UnexpectedWord.At(sp, "`%s` is not known here", clip(word)).
			Mend(false, "did you mean `"+near+"`?", diag.Edit{Span: sp, Text: near})
	}
	if p.follows(i) {
		if d := p.continued(i); d != nil {
			return d
		}
	}
	if p.isOption(i) {
		return p.missingComma(i)
	}
	switch k := p.toks[i].kind; {
	case k == kindString && slices.Contains(allowed, "say"):
		return diag.UnexpectedWord.At(sp, "this text is not said: no `say` or `ask` stands before it").
			Mend(false, "put `say` before it", diag.Edit{Span: p.span(int(p.toks[i].start), int(p.toks[i].start)), Text: "say "})
	case k == kindString && slices.Contains(allowed, "en"):
		return diag.UnexpectedWord.At(sp, "it is not said which language this phrase is in").
			Mend(false, "put `en` or `es` before it", diag.Edit{Span: p.span(int(p.toks[i].start), int(p.toks[i].start)), Text: "en "})
	case p.is(i, "{"):
		return diag.UnexpectedWord.At(sp, "this `{` opens a block that nothing names").
			Help("a block has a first word, such as `state welcome {`")
	case p.is(i, "->") && allowed == nil:
		return diag.UnexpectedWord.At(sp, "what leads to this arrow is missing").Help("put the answer or the outcome before the arrow")
	case home[word] == "a state" && allowed == nil && p.enclosing() == "a state":
		return diag.Misplaced.At(sp, "`%s` stands in a state, not among answers and outcomes", clip(word)).
			Help("end the block before it with `}`")
	case (k == kindIdent || k == kindKeyword) && home[word] != "" && p.depth > 0:
		return diag.Misplaced.At(sp, "`%s` stands in %s, not in %s", clip(word), home[word], p.enclosing()).
			Help("%s", p.lineHelp(allowed))
	case k == kindIdent && p.is(i+1, "->") && slices.Contains(allowed, "->"):
		return diag.UnexpectedWord.At(sp, "`%s` alone cannot stand before an arrow", clip(word)).
			Help("a condition begins with `when`; outcomes and answers stand in the block of what they belong to")
	}
	return diag.UnexpectedWord.At(sp, "%s cannot begin a line here", p.shown(i)).Help("%s", p.lineHelp(allowed))
}

// isOption reports whether the line at i most likely is a further option of the choice above it.
func (p *parser) isOption(i int) bool {
	if p.depth > 0 || !p.toks[i].first || p.toks[i].kind != kindIdent || i == 0 || p.is(i-1, ",") {
		return false
	}
	j := i - 1
	for j > 0 && (!p.toks[j].first || p.column(j) >= p.column(i)) {
		j--
	}
	return p.text(j) == "field" && p.text(j+2) == "one"
}

// enclosing names the enclosing block without the name the author gave it.
func (p *parser) enclosing() string {
	kind, _, named := strings.Cut(p.within, " ")
	switch {
	case kind == "":
		return "this block"
	case !named:
		return kind
	case kind == "escalation":
		return "an escalation"
	default:
		return "a " + kind
	}
}

// lineHelp says what lines of the block begin with.
func (p *parser) lineHelp(allowed []string) string {
	if allowed == nil {
		return "lines of this block begin with an answer, an option or an outcome; perhaps its `}` is missing before this"
	}
	quoted := make([]string, len(allowed))
	for i, w := range allowed {
		quoted[i] = "`" + w + "`"
	}
	return "here a line begins with " + orList(quoted)
}

// continued explains a word that stands after the end of a unit on the same line.
func (p *parser) continued(i int) *diag.Diagnostic {
	p.from = p.lineStart(i)
	sp, word, last, k := p.tokenSpan(i, i), p.text(i), p.text(i-1), p.toks[i].kind
	lastKind := p.toks[i-1].kind
	switch {
	case lastKind == kindString && p.toks[i-1].end == p.toks[i].start && k != kindPunct:
		return diag.UnexpectedWord.At(sp, "the text before this ends at its second `\"`").
			Help("a quote inside a text is written `\\\"`")
	case p.listGoesOn(i):
		return p.missingComma(i)
	case lastKind == kindNumber && (k == kindNumber || word == "to"):
		return p.badRange(i)
	case lastKind == kindString && k == kindIdent && p.toks[i+1].kind == kindString:
		return diag.ForeignLanguage.At(sp, "texts can be in `en` and `es`, not in `%s`", clip(word)).
			Help("remove this text, or tag it with one of the two")
	case last == "handoff" && word == "to":
		return diag.UnexpectedWord.At(sp, "no `to` stands between `handoff` and the team").
			Mend(true, "leave it out", diag.Edit{Span: sp})
	case lastKind == kindString && k == kindString:
		return diag.UnexpectedWord.At(sp, "two texts stand side by side").
			Help("make one text of them, or say which language the second is in: `es \"…\"`")
	case lastKind == kindIdent && k == kindIdent && (last == "one-of" || last == "oneof" || last == "choice" || last == "enum"):
		before := p.tokenSpan(i-1, i-1)
		return diag.HabitWord.At(before, "a choice is written `one of`, not `%s`", last).
			Mend(true, "write `one of`", diag.Edit{Span: before, Text: "one of"})
	}
	if near := diag.Near(word, tails); near != "" && k == kindIdent {
		return diag.UnexpectedWord.At(sp, "the line cannot go on with `%s`", clip(word)).
			Mend(false, "did you mean `"+near+"`?", diag.Edit{Span: sp, Text: near})
	}
	if lastKind == kindIdent && k == kindIdent && p.toks[i-1].line == p.toks[i].line {
		return p.twoWords(i)
	}
	if k == kindKeyword && p.depth == 0 {
		return nil
	}
	return diag.UnexpectedWord.At(sp, "the line before %s is complete, and cannot go on with it", p.shown(i)).
		Help("remove it, or begin a new line with one of the words of this block")
}

// tails are the words that optional parts of a line begin with.
var tails = []string{"for", "class", "none", "because", "until"}

// badRange reports `0-10` or `0 to 10` for `0..10`; i is what follows the first number.
func (p *parser) badRange(i int) *diag.Diagnostic {
	last := i
	if p.text(i) == "to" && p.toks[i+1].kind == kindNumber {
		last++
	}
	want := p.text(i-1) + ".." + strings.TrimLeft(p.text(last), "-")
	return diag.UnexpectedWord.At(p.tokenSpan(i-1, last), "a range of numbers is written with two dots").
		Mend(false, "write `"+clip(want)+"`", diag.Edit{Span: p.tokenSpan(i-1, last), Text: want})
}

// lineStart returns the first word of the line that token i stands on, or of the statement on it.
func (p *parser) lineStart(i int) int {
	for j := i; j > 0; j-- {
		if p.toks[j].first || p.toks[j].kind == kindKeyword && structural[p.text(j)] != kindEOF || p.is(j-1, "{") || p.is(j-1, "}") {
			return j
		}
	}
	return 0
}
