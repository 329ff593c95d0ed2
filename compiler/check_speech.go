package compiler

import (
	"maps"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/speech"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// checkSpeech judges what the words of the flow ask for (G13) and give (G14), and who they say is writing, in every language, wherever a patient can
// read them. What a question may ask for is what its field may hold; what any other text may ask for is what this purpose
// collects without conditions, and what the questions hold that follow at once.
func (c *compilation) checkSpeech() {
	c.collectTexts()
	eachConcurrently(len(c.utterances), func(i int) {
		s := &c.utterances[i]
		s.findings = speech.Judge(s.part.Value, s.lang, s.context)
	})
	for i := range c.utterances {
		c.reportUtterance(&c.utterances[i])
	}
}

// utterance is a text in one of its languages, and what is found in it.
type utterance struct {
	part     *syntax.LangString
	lang     string
	within   string // the state or escalation that says it, for messages
	context  speech.Context
	findings []speech.Finding
}

// collectTexts lists what is to be judged, in the order in which it is reported.
func (c *compilation) collectTexts() {
	n := &c.names
	anywhere := c.speechAnywhere()
	c.judgeText(anywhere, "", &n.notice.Text)
	for _, name := range sortedNames(n.texts) {
		c.judgeText(anywhere, "", &n.texts[name].Text)
	}
	for _, name := range sortedNames(n.topics) {
		for _, d := range n.topics[name].decls {
			if d.Answer != nil {
				c.judgeText(anywhere, "", d.Answer)
			}
		}
	}
	for _, name := range sortedNames(n.escs) {
		for _, st := range n.escs[name].Body {
			for _, t := range textsIn(st) {
				c.judgeText(anywhere, `escalation "`+name+`"`, t)
			}
		}
	}
	c.eachBody(func(b body, s *syntax.StateDecl) {
		beside := c.withClasses(c.classesAsked(b, s))
		for _, st := range s.Body {
			c.judgeStatement(b, s, beside, st)
		}
	})
}

// speechAnywhere is what a text may ask for wherever it stands.
func (c *compilation) speechAnywhere() speech.Context {
	if c.anywhere.Permits == nil {
		unmet := []string{policy.HumanApproval, policy.Authenticated, policy.Consent}
		c.anywhere = speech.Context{Permits: permitted(c.facts.policy, c.names.purpose.Name.Name, unmet), Prices: c.tellsPrices()}
	}
	return c.anywhere
}

// tellsPrices says whether the scope leaves prices to the assistant: no topic about them is passed on or refused.
func (c *compilation) tellsPrices() bool {
	for topic, verb := range c.types.treat {
		if verb != machine.Handle && (strings.Contains(topic, "pric") || strings.Contains(topic, "cost") || strings.Contains(topic, "fee")) {
			return false
		}
	}
	return true
}

// withClasses is what a text may ask for anywhere and, besides, everything that one of the classes may hold.
func (c *compilation) withClasses(classes []string) speech.Context {
	context := c.speechAnywhere()
	if len(classes) == 0 {
		return context
	}
	slices.Sort(classes)
	key := strings.Join(slices.Compact(classes), " ")
	if c.permits[key] == nil {
		permits := map[string]bool{}
		for _, k := range speech.Kinds() {
			permits[k.Type] = context.Permits[k.Type] || slices.ContainsFunc(classes, func(class string) bool { return c.facts.policy.Below(k.Class, class) })
		}
		c.permits[key] = permits
	}
	context.Permits = c.permits[key]
	return context
}

// speechOfPrompt is what the question for a field of such a class and type may ask for.
func (c *compilation) speechOfPrompt(class, fieldType string) speech.Context {
	context := c.withClasses([]string{class})
	context.Prompt = true
	fuller := coarser[fieldType]
	if len(fuller) == 0 {
		return context
	}
	key := "a " + fieldType + " of " + class
	if c.permits[key] == nil {
		permits := maps.Clone(context.Permits)
		for _, t := range fuller {
			permits[t] = true
		}
		c.permits[key] = permits
	}
	context.Permits = c.permits[key]
	return context
}

// classesAsked are the classes of the fields that a state asks for, and those that the states it leads to ask for.
func (c *compilation) classesAsked(b body, s *syntax.StateDecl) []string {
	var out []string
	add := func(state *syntax.StateDecl) {
		for _, st := range state.Body {
			if a, ok := st.(*syntax.AskStmt); ok {
				out = append(out, c.classAsked(b, a))
			}
		}
	}
	add(s)
	for _, st := range s.Body {
		for _, t := range targetsIn(st) {
			if next := c.stateIn(b, t.Name.Name); next != nil {
				add(next)
			}
		}
	}
	return out
}

// stateIn finds a state by its name within the same body, or nil.
func (c *compilation) stateIn(b body, name string) *syntax.StateDecl {
	if b.frag == nil {
		return c.names.states[name]
	}
	for _, s := range b.frag.decl.States {
		if s.Name.Name == name {
			return s
		}
	}
	return nil
}

// classAsked is the class that the field of a question was given, before any declassification.
func (c *compilation) classAsked(b body, a *syntax.AskStmt) string {
	name := a.Field.Name
	if b.frag == nil || b.frag.params[name] == nil {
		if _, ok := c.names.fields[name]; ok {
			return c.classBefore(name)
		}
	}
	info, _ := c.facts.policy.FieldType(c.typeOf(b, name).name)
	return info.Class
}

func (c *compilation) judgeStatement(b body, s *syntax.StateDecl, beside speech.Context, st syntax.Stmt) {
	within := b.in(s.Name.Name)
	switch st := st.(type) {
	case *syntax.AskStmt:
		c.judgeText(c.speechOfPrompt(c.classAsked(b, st), c.typeOf(b, st.Field.Name).name), within, &st.Prompt)
	case *syntax.ConsentStmt:
		beside.Consent = true
		c.judgeText(beside, within, &st.Prompt)
	case *syntax.OfferStmt: // the labels are what patients say
		if st.Prompt != nil {
			c.judgeText(beside, within, st.Prompt)
		}
	default:
		for _, t := range textsIn(st) {
			c.judgeText(beside, within, t)
		}
	}
}

// coarser are the field types that take part of what the same words could ask for: "How old are you?" over age groups,
// "Which month is the birthday?" over months.
var coarser = map[string][]string{"age-band": {"age"}, "choice": {"age", typeBirth}, "zip3": {"zip"}}

// judgeText puts a text, in each of its languages, on the list of what is judged.
func (c *compilation) judgeText(context speech.Context, within string, t *syntax.Text) {
	for i := range t.Parts {
		part := &t.Parts[i]
		c.utterances = append(c.utterances, utterance{part: part, lang: c.languageOf(part), within: within, context: context})
	}
}

func (c *compilation) reportUtterance(s *utterance) {
	for _, f := range s.findings {
		d := c.reportSpeech(f, c.phraseSpan(&s.part.String, f.Phrase))
		if s.within != "" {
			d.In("%s", s.within)
		}
		if instead := speech.Rewrite(f, s.lang, s.context); instead != "" && d.Fix == nil {
			d.Help("say instead, for example: `%s`", instead)
		} else if instead != "" {
			d.Note(source.Span{}, "or say: `%s`", instead)
		}
	}
}

// phraseSpan finds where words of a text stand in the file: the whole text, where they are written with escapes.
func (c *compilation) phraseSpan(s *syntax.String, phrase string) source.Span {
	f := c.unitOf(s.Span).file
	phrase, _, _ = strings.Cut(phrase, "\n")
	i := strings.Index(f.Text(s.Span), phrase)
	if i < 0 {
		return s.Span
	}
	start := s.Span.Start.Offset + i
	return f.Span(start, start+len(phrase))
}

// reportSpeech reports a finding: what is asked or given, why the words do that, and by which rule it may not be.
func (c *compilation) reportSpeech(f speech.Finding, span source.Span) *diag.Diagnostic {
	switch f.Kind {
	case speech.Advice:
		return c.reportAdvice(f, span)
	case speech.Pretence:
		return c.report(diag.SaysPerson, span, "this says that a person writes here").
			Note(source.Span{}, "rule: Cal. Bus. & Prof. Code 17941 (bots say that they are bots)").
			Means("patients would trust it as they trust a person, who is not there")
	}
	p, purpose := c.facts.policy, c.names.purpose.Name.Name
	title := "`" + f.Class + "`"
	if info, ok := p.FieldType(f.Type); ok {
		title = titled(info, info.Class)
	}
	decision := p.Permit(purpose, f.Type, "")
	if decision.Allowed {
		return c.report(diag.AsksElse, span, "this asks for %s, which no question here takes in", title).
			Note(source.Span{}, "why it asks: %s", f.Why).
			Note(source.Span{}, "class: `%s`, which `%s` may collect %s", f.Class, purpose, policy.ConditionsInWords(decision.Requires)).
			Means("patients would answer where the flow neither expects nor protects it").
			Help("ask for it with a field of a fitting type, or of `class %s`", f.Class)
	}
	d := c.report(diag.AsksTooMuch, span, "this asks for %s, which a flow for `%s` may not collect", title, purpose).
		Note(source.Span{}, "why it asks: %s", f.Why).
		Note(source.Span{}, "class: `%s`", f.Class).
		Means("patients would write it here, whatever the field is called")
	if decision.Why != "" {
		d.Note(source.Span{}, "why not: %s", decision.Why)
	}
	if pu, ok := p.Purpose(purpose); ok {
		d.Note(pu.Span, "what `%s` may collect is listed here", pu.Name.Value)
	}
	if decision.Cite != "" {
		d.Note(source.Span{}, "rule: %s", decision.Cite)
	}
	return d
}

func (c *compilation) reportAdvice(f speech.Finding, span source.Span) *diag.Diagnostic {
	code, what := diag.GivesAdvice, "advice"
	if f.Class == speech.Price {
		code, what = diag.TellsPrice, "a price, and the scope passes prices on"
	}
	return c.report(code, span, "this gives %s", what).
		Note(source.Span{}, "why: %s (%s)", f.Why, f.Class).
		Means("a patient would act on it although no clinician has seen them")
}
