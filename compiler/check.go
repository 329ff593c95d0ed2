package compiler

import (
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// check judges the expanded flow by everything that needs no search through its paths, and by one thing that needs a
// single pass over them: that nothing is read before it was asked (G3). The rest is compiler/verify's.
func (c *compilation) check() {
	c.checkFields()
	c.checkClasses()
	c.checkChannels()
	c.checkSession()
	c.checkTexts()
	c.checkScope()
	c.checkTriggers()
	c.checkEscalations()
	c.checkTopics()
	c.eachBody(c.checkState)
	c.checkSentParams()
	c.checkGuards()
	c.checkAllows()
	c.checkTests()
	c.checkSpeech()
	c.checkPressed()
	if !c.diags.HasErrors() {
		c.checkAssigned()
	}
}

// checkApart judges what can be judged alone where wrong names stopped the road before check: fields against the policy,
// the bounds of the session, and texts. An author then hears of a refused question in the same run as of a misspelt state.
// What texts ask for and give depends on what is asked around them, so they wait until the names within the flow are right.
func (c *compilation) checkApart() {
	n := &c.names
	if n.purpose == nil || n.session == nil || n.notice == nil {
		return
	}
	if _, known := c.facts.policy.Purpose(n.purpose.Name.Name); !known {
		return
	}
	namesHold := c.onlyOutsideUnknown()
	c.checkFields()
	c.checkClasses()
	c.checkSession()
	c.checkTexts()
	if namesHold {
		c.checkScope()
		c.checkSpeech()
	}
}

// outside are the errors in names of what a flow leads to, and which is no part of it.
var outside = []*diag.Code{diag.UnknownTeam, diag.UnknownVendor, diag.UnknownChannel}

// onlyOutsideUnknown says whether no error so far is about the flow itself.
func (c *compilation) onlyOutsideUnknown() bool {
	return !slices.ContainsFunc(c.diags, func(d *diag.Diagnostic) bool { return d.Severity == diag.Error && !slices.Contains(outside, d.Code) })
}

// checkState judges the statements of one state.
func (c *compilation) checkState(b body, s *syntax.StateDecl) {
	c.checkOrder(b, s)
	within := b.in(s.Name.Name)
	if len(s.Body) > machine.MaxPerPlace {
		c.report(diag.TooManyStates, s.Name.Span, "the state `%s` has %d lines, and %d are the limit", s.Name.Name, len(s.Body), machine.MaxPerPlace).
			Help("split it into several states")
	}
	for _, st := range s.Body {
		for _, t := range textsIn(st) {
			c.checkText(b, within, t)
		}
		c.checkStatement(b, within, st)
	}
}

// checkOrder checks that a state speaks, acts and asks, and then goes somewhere, once.
func (c *compilation) checkOrder(b body, s *syntax.StateDecl) {
	within := b.in(s.Name.Name)
	var terminal, when, otherwise, first syntax.Stmt
	for _, st := range s.Body {
		if terminal != nil {
			c.report(diag.AfterTheEnd, st.Range(), "this is never reached").In("%s", within).
				Note(terminal.Range(), "the state has already gone on here").
				Help("move it above that line, or delete it")
			return
		}
		switch st := st.(type) {
		case *syntax.SayStmt, *syntax.SayByStmt, *syntax.SendStmt, *syntax.AskStmt:
			if decided := cmpOr(otherwise, when, first); decided != nil {
				c.report(diag.AfterTheEnd, st.Range(), "this comes after the ways on, so it is never reached").In("%s", within).
					Note(decided.Range(), "the state decides where to go here").Help("move it above that line")
				return
			}
		case *syntax.FirstStmt:
			if when != nil || first != nil {
				c.report(diag.BadOtherwise, st.Range(), "`first` stands once, before the first `when`").In("%s", within).Help("move it there")
			}
			first = st
		case *syntax.WhenStmt:
			if otherwise != nil {
				c.report(diag.BadOtherwise, st.Range(), "this `when` comes after `otherwise`, so it is never tried").In("%s", within).
					Note(otherwise.Range(), "everything else has gone here").Help("move it above `otherwise`")
			}
			when = st
		case *syntax.OtherwiseStmt:
			c.checkOtherwise(within, st, when, otherwise)
			otherwise = st
		default:
			c.checkTerminal(within, st, cmpOr(otherwise, when, first))
			terminal = st
		}
	}
	if terminal == nil && when == nil && otherwise == nil {
		c.report(diag.NoWayOn, s.Name.Span, "the state `%s` leads nowhere", s.Name.Name).In("%s", within).
			Means("the patient waits for an answer that never comes").
			Help("end it with `-> another-state`, `offer { … }`, `end completed` or `handoff`")
	}
}

func (c *compilation) checkOtherwise(within string, st *syntax.OtherwiseStmt, when, before syntax.Stmt) {
	switch {
	case before != nil:
		c.report(diag.BadOtherwise, st.Range(), "there are two `otherwise`").In("%s", within).
			Note(before.Range(), "the first stands here").Help("keep one of the two")
	case when == nil:
		c.report(diag.BadOtherwise, st.Range(), "`otherwise` needs a `when` before it").In("%s", within).
			Mend(true, "write `-> "+st.Target.Name.Name+"`", diag.Edit{Span: st.Span, Text: "-> " + st.Target.Name.Name})
	}
}

func (c *compilation) checkTerminal(within string, st, decided syntax.Stmt) {
	if decided == nil {
		return
	}
	d := c.report(diag.BadOtherwise, st.Range(), "a state with `when` lines cannot also do this").In("%s", within).
		Note(decided.Range(), "the state decides where to go here")
	if g, ok := st.(*syntax.GotoStmt); ok {
		d.Mend(true, "write `otherwise -> "+g.Target.Name.Name+"`", diag.Edit{Span: g.Span, Text: "otherwise -> " + g.Target.Name.Name})
		return
	}
	d.Help("give it a state of its own and lead there with `otherwise -> …`")
}

// cmpOr returns the first statement that is there.
func cmpOr(stmts ...syntax.Stmt) syntax.Stmt {
	for _, s := range stmts {
		if s != nil {
			return s
		}
	}
	return nil
}

// checkStatement judges the types and outcomes of one statement.
func (c *compilation) checkStatement(b body, within string, st syntax.Stmt) {
	switch st := st.(type) {
	case *syntax.SayByStmt:
		c.checkSayBy(b, within, st)
	case *syntax.AskStmt:
		c.checkAsk(b, within, st)
	case *syntax.SendStmt:
		c.checkSend(b, within, st)
	case *syntax.BookStmt:
		c.needType(b, within, "book", st.Field, typeSlot)
		c.outcomes(within, st.Field.Span, "book", []string{"booked", "taken", "failed"}, st.Outcomes)
	case *syntax.VerifyStmt:
		c.needType(b, within, "verify", st.Field, typePhone, typeEmail)
		c.outcomes(within, st.Field.Span, "verify", []string{"verified", "failed", "unreachable"}, st.Outcomes)
	case *syntax.ConsentStmt:
		c.checkConsent(within, st)
		c.outcomes(within, st.Name.Span, "consent", []string{"granted", "refused"}, st.Outcomes)
	case *syntax.OfferStmt:
		c.checkOffer(within, st)
	case *syntax.ListenStmt:
		c.checkListen(within, st)
	}
}

func (c *compilation) needType(b body, within, act string, f syntax.Ident, want ...string) {
	have := c.typeOf(b, f.Name)
	for _, w := range want {
		if have.name == w {
			return
		}
	}
	c.report(diag.WrongType, f.Span, "`%s` needs %s, and `%s` is `%s`", act, either(want), f.Name, have.written()).In("%s", within).
		Help("declare a field of type %s, ask for it, and use that", either(want))
}

func (c *compilation) checkSayBy(b body, within string, st *syntax.SayByStmt) {
	have := c.typeOf(b, st.Field.Name)
	want := have.options
	switch have.input {
	case typeYesNo:
		want = []string{"yes", "no"}
	case typeChoice:
	default:
		c.needType(b, within, "say by", st.Field, "one of …", typeYesNo)
		return
	}
	seen := map[string]source.Span{}
	for _, k := range st.Cases {
		first, dup := seen[k.Value.Name]
		switch {
		case dup:
			c.report(diag.DeclaredTwice, k.Value.Span, "`%s` has two texts here", k.Value.Name).In("%s", within).
				Note(first, "the first stands here").Help("keep one of the two")
		case !contains(want, k.Value.Name):
			c.suggest(c.report(diag.UnknownOption, k.Value.Span, "`%s` has no option `%s`", st.Field.Name, k.Value.Name).In("%s", within), k.Value, want)
		}
		seen[k.Value.Name] = k.Value.Span
	}
	var missing []string
	for _, w := range want {
		if _, ok := seen[w]; !ok {
			missing = append(missing, w)
		}
	}
	if len(missing) > 0 {
		c.report(diag.OptionMissing, st.Field.Span, "`%s` can also be %s, which has no text here", st.Field.Name, list(missing)).In("%s", within).
			Means("a patient who answered `%s` hears nothing", missing[0]).
			Help("add `%s \"…\"`", missing[0])
	}
}

func (c *compilation) checkAsk(b body, within string, st *syntax.AskStmt) {
	slot := c.typeOf(b, st.Field.Name).name == typeSlot
	switch {
	case slot && st.None == nil:
		c.report(diag.SlotNone, st.Span, "this does not say what happens when no time is free").In("%s", within).
			Means("a patient who wants an appointment in a full week has no next step").
			Help("add `none -> …` at the end of the line")
	case !slot && st.None != nil:
		c.report(diag.SlotNone, st.None.Span, "`none` is only for slots, and `%s` is `%s`", st.Field.Name, c.typeOf(b, st.Field.Name).written()).In("%s", within).
			Mend(false, "delete `none -> "+st.None.Name.Name+"`")
	}
}

func (c *compilation) checkOffer(within string, st *syntax.OfferStmt) {
	c.checkCount(within, st.Span, len(st.Choices))
	topics := map[string]source.Span{}
	labels := map[string]source.Span{}
	for _, ch := range st.Choices {
		if label := firstPart(ch.Label); label != "" {
			if first, dup := labels[label]; dup {
				c.report(diag.DeclaredTwice, ch.Label.Span, "two choices read `%s`", excerpt(label)).In("%s", within).
					Note(first, "the first stands here").Means("the patient cannot tell them apart").Help("word one of them differently")
			}
			labels[label] = ch.Label.Span
		}
		if ch.Topic != nil {
			c.checkRoute(within, *ch.Topic, topics)
		}
	}
}

func firstPart(t syntax.Text) string {
	if len(t.Parts) == 0 {
		return ""
	}
	return t.Parts[0].Value
}

func (c *compilation) checkListen(within string, st *syntax.ListenStmt) {
	c.checkCount(within, st.Span, len(st.Routes))
	topics := map[string]source.Span{}
	for _, o := range st.Routes {
		c.checkRoute(within, o.Name, topics)
	}
}

// checkCount bounds what a patient is to choose from.
func (c *compilation) checkCount(within string, at source.Span, n int) {
	if n == 0 {
		c.report(diag.NoWayOn, at, "there is nothing to choose here").In("%s", within).
			Means("the patient can only give up or ask for a person").
			Help("add at least one line with an arrow, for example `\"Book\" -> contact`")
	}
	if n > machine.MaxChoices {
		c.report(diag.TooManyStates, at, "this has %d choices, and %d are the limit", n, machine.MaxChoices).In("%s", within).
			Help("ask in two steps")
	}
}

// checkRoute checks a topic that leads on from a state.
func (c *compilation) checkRoute(within string, id syntax.Ident, seen map[string]source.Span) {
	if first, dup := seen[id.Name]; dup {
		c.report(diag.DeclaredTwice, id.Span, "the topic `%s` leads on twice here", id.Name).In("%s", within).
			Note(first, "the first stands here").Help("keep one of the two")
		return
	}
	seen[id.Name] = id.Span
	switch verb := c.types.treat[id.Name]; verb {
	case machine.Handle:
	case "":
		c.report(diag.OutOfScope, id.Span, "the scope does not handle `%s`", id.Name).In("%s", within).
			Help("add it to the scope: `handle %s`", id.Name)
	default:
		c.report(diag.OutOfScope, id.Span, "the scope has `%s %s`, so no state can lead on by it", verb, id.Name).In("%s", within).
			Help("take it out here, or handle it in the scope")
	}
}

// realDate checks a date against the calendar.
func (c *compilation) realDate(d syntax.Date) bool {
	if _, err := time.Parse(time.DateOnly, d.Value); err != nil {
		c.report(diag.BadDate, d.Span, "there is no day %s", d.Value).Help("write year, month and day, for example `2027-03-01`")
		return false
	}
	return true
}

// checkAllows checks what the author silences.
func (c *compilation) checkAllows() {
	seen := map[string]source.Span{}
	for _, a := range c.names.allows {
		c.realDate(a.Until)
		code := diag.Lookup(a.Code.Name)
		switch first, dup := seen[a.Code.Name]; {
		case code == nil:
			c.report(diag.BadAllow, a.Code.Span, "there is no diagnostic `%s`", a.Code.Name).Help("copy the code of the warning, for example `T5203`")
		case code.Severity == diag.Error:
			c.report(diag.BadAllow, a.Code.Span, "`%s` is an error and cannot be silenced", a.Code.Name).
				Help("mend what it tells; `tacet explain %s` says why it matters", a.Code.Name)
		case dup:
			c.report(diag.DeclaredTwice, a.Code.Span, "`%s` is silenced twice", a.Code.Name).Note(first, "the first stands here").Help("keep one of the two")
		}
		seen[a.Code.Name] = a.Code.Span
		c.checkReason(a.Reason)
	}
}

func (c *compilation) checkReason(r syntax.String) {
	if isBlank(r.Value) {
		c.report(diag.EmptyText, r.Span, "this gives no reason").Help("say in a sentence why; an auditor reads it")
	}
}
