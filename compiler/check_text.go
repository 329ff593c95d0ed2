package compiler

import (
	"slices"
	"strings"
	"unicode"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// firstLanguage is the language of the untagged part of a text: a flow says it, a module is written in English.
func (c *compilation) firstLanguage(u *unit) string {
	if u.isModule() {
		return "en"
	}
	return c.names.languages[0]
}

// languageOf is the language of a part of a text.
func (c *compilation) languageOf(p *syntax.LangString) string {
	if p.Lang != nil {
		return p.Lang.Name
	}
	return c.firstLanguage(c.unitOf(p.String.Span))
}

// checkTexts judges the texts outside states.
func (c *compilation) checkTexts() {
	n := &c.names
	c.checkAnywhere("the notice", &n.notice.Text)
	c.checkNotice(&n.notice.Text)
	for _, name := range sortedNames(n.texts) {
		c.checkAnywhere("a standard sentence", &n.texts[name].Text)
		c.checkKept(name, &n.texts[name].Text)
	}
	for _, name := range sortedNames(n.topics) {
		for _, d := range n.topics[name].decls {
			if d.Answer != nil {
				c.checkAnywhere("an answer", d.Answer)
			}
		}
	}
	for _, f := range sortedBySpan(n.fields) {
		c.checkLabels(f)
	}
}

// kept are the words that a standard sentence keeps whoever writes it: for each, one of them in every language. They are
// whole words: “botox” says of nobody that it is a bot.
var kept = map[string][]struct {
	what string
	any  []string
}{
	"bot": {{"that this is no person", []string{"automated", "automatic", "not a person", "not a human", "bot", "chatbot", "robot", "machine",
		"computer", "program", "automático", "automática", "automatizado", "automatizada", "no soy una persona", "no una persona", "máquina",
		"programa"}}},
	"emergency-bar": {{"911", []string{"911"}}, {"988", []string{"988"}}},
	"phi": {{"what to leave out", []string{"medical", "health", "personal", "médico", "médica", "médicos", "médicas", "personales",
		"salud"}}},
}

// checkKept checks that a sentence in place of a standard one still says what patients rely on.
func (c *compilation) checkKept(name string, t *syntax.Text) {
	for i := range t.Parts {
		for _, k := range kept[name] {
			if !slices.ContainsFunc(k.any, func(w string) bool { return says(t.Parts[i].Value, w) }) {
				c.report(diag.SentenceLost, t.Parts[i].String.Span, "the sentence `%s` does not say %s", name, k.what).
					Means("patients rely on it wherever they chat with a practice").
					Help("say it, for example with `%s`, or leave the sentence out: the standard one is used then", k.any[0])
				break
			}
		}
	}
}

// emergencyNumbers are what a notice must tell to call where the policy has a notice about them before the first question.
var emergencyNumbers = []string{"911", "988"}

// says reports whether words stand in a text; a number to call must be told to be called.
func says(text, words string) bool {
	if contains(emergencyNumbers, words) {
		return machine.GivesNumber(text, words)
	}
	apart := func(s string) string {
		notInWords := func(r rune) bool { return !unicode.IsLetter(r) }
		return " " + strings.Join(strings.FieldsFunc(strings.ToLower(s), notInWords), " ") + " "
	}
	return strings.Contains(apart(text), apart(words))
}

// checkNotice checks the one thing in a notice that can be looked up: the emergency numbers, in every language.
func (c *compilation) checkNotice(t *syntax.Text) {
	for _, n := range c.facts.policy.Rules.Notices {
		if n.When.Value != policy.BeforeCollect {
			continue
		}
		for i := range t.Parts {
			for _, number := range emergencyNumbers {
				if !says(n.Says.Value, number) || says(t.Parts[i].Value, number) {
					continue
				}
				c.report(diag.NoticeMissing, t.Parts[i].String.Span, "the notice does not tell patients to call %s", number).
					Note(n.Span, "the policy asks for it here").
					Means("a patient in danger is not told whom to call").
					Help("add: `In an emergency call 911; in a crisis call or text 988.`")
				break
			}
		}
	}
}

// checkText judges a text of a state: its languages and what stands in braces.
func (c *compilation) checkText(b body, within string, t *syntax.Text) {
	c.checkLanguages(b.unit, within, t)
	for i := range t.Parts {
		s := &t.Parts[i].String
		c.checkPlaceholders(within, s)
		fieldPlaceholders(s.Value, func(n int, name string) {
			if have := c.typeOf(b, name); !have.shown() {
				c.report(diag.NotShown, c.placeholderSpan(s, n), "`%s` is `%s` and is not repeated to the patient", name, have.written()).
					In("%s", within).Help("take `{%s}` out of the text", name)
			}
		})
	}
}

// checkAnywhere judges a text that can be said at any time, before anything was asked.
func (c *compilation) checkAnywhere(what string, t *syntax.Text) {
	c.checkLanguages(c.unitOf(t.Span), "", t)
	for i := range t.Parts {
		s := &t.Parts[i].String
		c.checkPlaceholders("", s)
		fieldPlaceholders(s.Value, func(n int, name string) {
			c.report(diag.SaidAnywhere, c.placeholderSpan(s, n), "%s can be said at any time, so it cannot use `{%s}`", what, name).
				Means("a patient who was not asked yet would read an empty space").
				Help("leave it out; facts such as `{practice.phone}` can be used")
		})
	}
}

// checkPlaceholders reports what stands in braces and is neither a name nor a fact of the practice.
func (c *compilation) checkPlaceholders(within string, s *syntax.String) {
	if !strings.Contains(s.Value, "{") {
		return
	}
	for n, p := range machine.Placeholders(s.Value) {
		object, fact, dotted := strings.Cut(p.Name, ".")
		if p.Problem == "" && (!dotted || object == "practice" && slices.Contains(machine.PracticeFacts, fact)) {
			continue
		}
		problem := p.Problem
		if problem == "" {
			problem = "nothing is called `{" + p.Name + "}`"
		}
		d := c.report(diag.UnknownPlaceholder, c.placeholderSpan(s, n), "%s", problem)
		if within != "" {
			d.In("%s", within)
		}
		switch near := diag.Near(fact, machine.PracticeFacts); {
		case p.Problem != "":
			d.Help("write a field's name as in `{name}`, or `{{` for a brace that is shown")
		case near != "":
			d.Help("did you mean `{practice.%s}`?", near)
		default:
			d.Help("the practice's facts are %s, each after `practice.`", list(machine.PracticeFacts))
		}
	}
}

// checkLanguages checks that a text stands in every language of the flow, once, and says something in each.
func (c *compilation) checkLanguages(u *unit, within string, t *syntax.Text) {
	in := func(d *diag.Diagnostic) *diag.Diagnostic {
		if within != "" {
			d.In("%s", within)
		}
		return d
	}
	seen := map[string]source.Span{}
	for i, part := range t.Parts {
		lang := c.languageOf(&t.Parts[i])
		if len(part.Value) > machine.MaxText {
			in(c.report(diag.TooManyStates, part.String.Span, "this text has %d bytes, and %d are the limit", len(part.Value), machine.MaxText)).
				Help("nobody reads that much in a chat; split it into several messages")
		}
		if isBlank(part.Value) {
			in(c.report(diag.EmptyText, part.String.Span, "this text says nothing")).Help("write what the patient should read, or delete the line")
		}
		first, dup := seen[lang]
		switch {
		case dup && i > 0:
			in(c.report(diag.DeclaredTwice, part.String.Span, "this text is there twice in %s", languageName(lang))).
				Note(first, "the first stands here").Help("keep one of the two; the first text of a line needs no `%s`", lang)
		case !u.isModule() && !slices.Contains(c.names.languages, lang) && !c.sameCause("language "+lang, part.Lang.Span, "here it is spoken too"):
			in(c.cause("language "+lang, c.report(diag.UnknownLanguage, part.Lang.Span, "this flow does not declare %s", languageName(lang)))).
				Help("add `languages %s` at the top, or delete this text", strings.Join(append(slices.Clone(c.names.languages), lang), ", "))
		}
		seen[lang] = part.String.Span
	}
	for _, lang := range c.names.languages {
		if _, ok := seen[lang]; !ok {
			in(c.report(diag.MissingLanguage, t.Span, "this text is missing in %s: `%s`", languageName(lang), excerpt(firstPart(*t)))).
				Means("a patient who chose %s has nothing to read here", languageName(lang)).
				Help("add `%s \"…\"` after it", lang)
		}
	}
}

// checkLabels judges the labels of a choice. Without a label the option's name is shown, which is a text of the flow's
// first language.
func (c *compilation) checkLabels(f *syntax.FieldDecl) {
	u := c.unitOf(f.Span)
	shown := map[string]shownOption{}
	for i := range f.Type.Options {
		o := &f.Type.Options[i]
		label := spoken(o.Name.Name)
		switch {
		case o.Label != nil:
			c.checkLanguages(u, "", o.Label)
			label = firstPart(*o.Label)
			for p := range o.Label.Parts {
				if s := &o.Label.Parts[p].String; strings.Contains(s.Value, "{") {
					c.report(diag.UnknownPlaceholder, s.Span, "a label is shown as it stands, so it cannot hold braces").Help("leave the braces out")
				}
			}
		case len(c.names.languages) > 1:
			missing := c.names.languages[1:]
			c.report(diag.MissingLanguage, o.Name.Span, "the option `%s` has no label in %s", o.Name.Name, languageName(missing[0])).
				Means("a patient who chose %s reads `%s`", languageName(missing[0]), label).
				Help("write `%s \"%s\" %s \"…\"`", o.Name.Name, label, missing[0])
		}
		if first, dup := shown[label]; dup && first.name != o.Name.Name {
			c.report(diag.DeclaredTwice, o.Name.Span, "two options read `%s`", label).Note(first.span, "the first stands here").
				Means("the patient cannot tell them apart").Help("word one of them differently")
		}
		shown[label] = shownOption{name: o.Name.Name, span: o.Name.Span}
	}
}

// shownOption is the option that has a label.
type shownOption struct {
	name string
	span source.Span
}

// spoken is the label of an option that has none: its name, with spaces.
func spoken(name string) string { return strings.NewReplacer("-", " ", "_", " ").Replace(name) }
