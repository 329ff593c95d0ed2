package compiler

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
	"github.com/tacet-lang/tacet/lang/text"
)

const (
	tierEmergency = machine.Emergency
	tierUrgent    = machine.Urgent
	tierRoutine   = machine.Routine
)

// tiers in order of urgency, least first.
var tiers = []string{tierRoutine, tierUrgent, tierEmergency}

func triggerTier(d *syntax.TriggerDecl) string {
	if d.Tier == nil {
		return tierRoutine
	}
	return d.Tier.Name
}

func escalationTier(d *syntax.EscalationDecl) string {
	for _, s := range d.Body {
		if t, ok := s.(*syntax.TierStmt); ok {
			return t.Tier.Name
		}
	}
	return tierRoutine
}

// scopeWord is where the scope names a topic, and how it treats it.
type scopeWord struct {
	verb string
	span source.Span
}

// contradicted is the treatment of a topic whose treatment was refused, so that nothing more is said about it.
const contradicted = "contradicted"

// checkScope enters how each topic is treated.
func (c *compilation) checkScope() {
	c.types.treat = map[string]string{}
	first := map[string]scopeWord{}
	for _, item := range c.names.scope.Items {
		verb := item.Verb.Name
		if verb != machine.Handle && verb != machine.Escalate && verb != machine.Refuse {
			c.suggest(c.report(diag.SubjectInTwo, item.Verb.Span, "a scope has no `%s`", verb), item.Verb,
				[]string{machine.Escalate, machine.Handle, machine.Refuse})
			continue
		}
		for _, id := range item.Topics {
			before, dup := first[id.Name]
			switch {
			case !dup:
				first[id.Name] = scopeWord{verb: verb, span: id.Span}
				c.types.treat[id.Name] = verb
			case before.verb == verb:
				c.report(diag.DeclaredTwice, id.Span, "the topic `%s` is listed twice", id.Name).Note(before.span, "the first stands here").Help("delete one of the two")
			default:
				c.types.treat[id.Name] = contradicted
				c.report(diag.SubjectInTwo, id.Span, "the scope says both `%s %s` and `%s %s`", before.verb, id.Name, verb, id.Name).
					Note(before.span, "the other stands here").Help("keep the one that is meant; escalating is the careful choice")
			}
		}
	}
}

// checkTriggers judges the phrases and tiers of triggers.
func (c *compilation) checkTriggers() {
	for _, name := range sortedNames(c.names.triggers) {
		d := c.names.triggers[name]
		if d.Tier != nil && !slices.Contains(tiers, d.Tier.Name) {
			c.unknownTier(*d.Tier)
		}
		c.checkPatterns(d.Phrases)
		c.checkPatterns(d.Except)
		c.checkPhraseLanguages(d.Name, "trigger", d.Phrases)
	}
}

func (c *compilation) unknownTier(id syntax.Ident) {
	c.suggest(c.report(diag.UnknownTier, id.Span, "there is no tier `%s`", id.Name), id, tiers)
}

// checkPatterns judges patterns that somebody wrote; a test judges those of the library that is built in.
func (c *compilation) checkPatterns(phrases []syntax.Phrases) {
	for i := range phrases {
		if c.opts.Std == nil && c.unitOf(phrases[i].Span).isStandard() {
			continue
		}
		for _, line := range phrases[i].Lines {
			err := text.CheckPattern(line.Value)
			if err == nil {
				continue
			}
			span := line.Span
			var p *text.PatternError
			if f := c.unitOf(span).file; errors.As(err, &p) && !line.Block && f.Text(span) == `"`+line.Value+`"` {
				at := span.Start.Offset + 1 + p.Offset
				span = f.Span(at, span.End-1)
			}
			c.report(diag.BadPattern, span, "%s", err).
				Help("write the words that must be heard, for example \"chest pain\" or \"{can't, breathe}\"")
		}
	}
}

// phraseLanguage is the language of example lines or patterns; without a word for it, the unit's first.
func (c *compilation) phraseLanguage(p *syntax.Phrases) string {
	if p.Lang.Name == "" {
		return c.firstLanguage(c.unitOf(p.Span))
	}
	return p.Lang.Name
}

// checkPhraseLanguages checks that something can be recognised in every language of the flow.
func (c *compilation) checkPhraseLanguages(name syntax.Ident, what string, lists ...[]syntax.Phrases) {
	has := map[string]bool{}
	for _, phrases := range lists {
		for i := range phrases {
			p := &phrases[i]
			lang := c.phraseLanguage(p)
			has[lang] = has[lang] || len(p.Lines) > 0
			if !slices.Contains(knownLanguages, lang) {
				c.suggest(c.report(diag.UnknownLanguage, p.Lang.Span, "there is no language `%s`", p.Lang.Name), p.Lang, knownLanguages)
			}
		}
	}
	for _, lang := range c.names.languages {
		if !has[lang] {
			c.report(diag.MissingLanguage, name.Span, "the %s `%s` has no phrases in %s", what, name.Name, languageName(lang)).
				Means("a patient who writes %s is not understood", languageName(lang)).
				Help("add a line `%s \"…\", \"…\"`", lang)
		}
	}
}

// checkEscalations judges every escalation and enters what raises which.
func (c *compilation) checkEscalations() {
	c.types.raised = map[string]string{}
	names := sortedNames(c.names.escs)
	for _, module := range []bool{false, true} { // the flow's own word goes first
		for _, name := range names {
			if d := c.names.escs[name]; c.unitOf(d.Span).isModule() == module {
				c.checkEscalation(d)
			}
		}
	}
	for _, name := range sortedNames(c.names.triggers) {
		if c.types.raised[name] == "" {
			c.report(diag.TriggerUnheard, c.names.triggers[name].Name.Span, "no escalation is raised by the trigger `%s`", name).
				Means("a patient who says it is heard by nobody").
				Help("add `on %s` to an escalation", name)
		}
	}
	c.checkEscalated()
}

// checkEscalated reports what the scope escalates and no escalation takes, once: one escalation can take it all.
func (c *compilation) checkEscalated() {
	var left []syntax.Ident
	for _, item := range c.names.scope.Items {
		for _, id := range item.Topics {
			if c.types.treat[id.Name] == machine.Escalate && c.types.raised[id.Name] == "" {
				left = append(left, id)
			}
		}
	}
	if len(left) == 0 {
		return
	}
	names := make([]string, len(left))
	for i, id := range left {
		names[i] = id.Name
	}
	d := c.report(diag.NotEscalated, left[0].Span, "nothing says who takes %s", list(names)).
		Means("a patient who asks about `%s` is passed to nobody", names[0]).
		Help("add `escalation %s-team { on %s say \"I am passing this to our team.\" handoff }`", names[0], strings.Join(names, ", "))
	for _, id := range left[1:] {
		d.Also(id.Span, "and nothing says who takes this")
	}
}

func (c *compilation) checkEscalation(d *syntax.EscalationDecl) {
	within := `escalation "` + d.Name.Name + `"`
	tier := escalationTier(d)
	var says, handoffs, on, tierLines []syntax.Stmt
	for _, st := range d.Body {
		switch st := st.(type) {
		case *syntax.TierStmt:
			tierLines = append(tierLines, st)
			if !slices.Contains(tiers, st.Tier.Name) {
				c.unknownTier(st.Tier)
				tier = tierEmergency // so that nothing is too urgent for it
			}
		case *syntax.OnStmt:
			on = append(on, st)
			c.checkOn(d, tier, st)
		case *syntax.SayStmt:
			says = append(says, st)
			c.checkAnywhere("the sentence of an escalation", &st.Text)
		case *syntax.HandoffStmt:
			handoffs = append(handoffs, st)
		case *syntax.SendStmt:
			c.report(diag.NotYetAsked, st.Span, "an escalation can be raised before `%s` was asked", st.Fields[0].Name).In("%s", within).
				Help("delete the line; the people who take over see everything that was collected")
		case *syntax.SayByStmt:
			says = append(says, st)
			c.report(diag.OneSay, st.Span, "an escalation can be raised before `%s` was asked, so it cannot choose its sentence by it", st.Field.Name).
				In("%s", within).Help("write one `say \"…\"` that is right for everybody")
		default:
			panic(fmt.Sprintf("check: unhandled statement %T of an escalation", st))
		}
	}
	c.checkOnce(within, d, says, handoffs, tierLines)
	if len(on) == 0 {
		c.report(diag.NothingRaises, d.Name.Span, "nothing raises `%s`", d.Name.Name).In("%s", within).Help("add `on` with topics or triggers")
	}
}

// checkOnce checks that an escalation has one sentence, one handoff and at most one tier.
func (c *compilation) checkOnce(within string, d *syntax.EscalationDecl, says, handoffs, tierLines []syntax.Stmt) {
	switch {
	case len(says) == 0:
		c.report(diag.OneSay, d.Name.Span, "the escalation `%s` says nothing", d.Name.Name).In("%s", within).
			Means("the patient does not learn that a person takes over").
			Help("add `say \"I am passing this to our team.\"`")
	case len(says) > 1:
		c.report(diag.OneSay, says[1].Range(), "an escalation says one sentence only").In("%s", within).
			Note(says[0].Range(), "the first stands here").Help("join the two into one `say`")
	}
	switch {
	case len(handoffs) == 0:
		c.report(diag.NoHandoff, d.Name.Span, "the escalation `%s` hands off to nobody", d.Name.Name).In("%s", within).
			Means("the patient waits for a person who does not know").Help("add `handoff`, or `handoff` and a team of practice.yaml: %s", list(c.facts.teams()))
	case len(handoffs) > 1:
		c.report(diag.NoHandoff, handoffs[1].Range(), "an escalation hands off once").In("%s", within).
			Note(handoffs[0].Range(), "the first stands here").Help("keep one of the two")
	case d.Body[len(d.Body)-1] != handoffs[0]:
		c.report(diag.AfterTheEnd, d.Body[len(d.Body)-1].Range(), "this comes after the handoff").In("%s", within).Help("move it above `handoff`")
	}
	if len(tierLines) > 1 {
		c.report(diag.DeclaredTwice, tierLines[1].Range(), "there are two tiers").In("%s", within).
			Note(tierLines[0].Range(), "the first stands here").Help("keep one of the two")
	}
}

// checkOn enters what raises an escalation. What the flow says goes before what a module says, except about emergencies.
func (c *compilation) checkOn(d *syntax.EscalationDecl, tier string, on *syntax.OnStmt) {
	module := c.unitOf(d.Span).isModule()
	within := `escalation "` + d.Name.Name + `"`
	for _, id := range on.Names {
		trigger := c.names.triggers[id.Name]
		if other, raised := c.types.raised[id.Name]; raised {
			c.raisedTwice(d, tier, id, other)
			continue
		}
		if trigger != nil {
			if need := triggerTier(trigger); slices.Index(tiers, tier) < slices.Index(tiers, need) {
				c.report(diag.TierTooLow, id.Span, "`%s` is of tier `%s`, and this escalation of tier `%s`", id.Name, need, tier).In("%s", within).
					Note(trigger.Name.Span, "the trigger stands here").Help("write `tier %s` in the escalation", need)
			}
			c.types.raised[id.Name] = d.Name.Name
			continue
		}
		verb := c.types.treat[id.Name]
		switch {
		case verb == machine.Escalate || verb == "" && module:
			c.types.treat[id.Name] = machine.Escalate
			c.types.raised[id.Name] = d.Name.Name
		case module: // the flow treats it otherwise
		case verb == "":
			c.report(diag.NotInScope, id.Span, "the scope does not escalate `%s`", id.Name).In("%s", within).
				Help("add it to the scope: `escalate %s`", id.Name)
		default:
			c.report(diag.NotInScope, id.Span, "the scope says `%s %s`", verb, id.Name).In("%s", within).
				Help("write `escalate %s` in the scope, or take it out here", id.Name)
		}
	}
}

// raisedTwice judges a second escalation on the same topic or trigger.
func (c *compilation) raisedTwice(d *syntax.EscalationDecl, tier string, id syntax.Ident, other string) {
	first := c.names.escs[other]
	mine, theirs := c.unitOf(d.Span), c.unitOf(first.Span)
	switch {
	case mine != theirs && !theirs.isModule() && tier == tierEmergency:
		c.report(diag.EmergencyFixed, first.Name.Span, "`%s` takes the emergency `%s` from `%s`", other, id.Name, d.Name.Name).
			Note(id.Span, "it comes from `%s`", mine.name).
			Means("an emergency could be treated as less").
			Help("take `%s` out of `%s`", id.Name, other)
	case mine != theirs && !theirs.isModule(): // the flow's own goes first
	default:
		c.report(diag.RaisedTwice, id.Span, "`%s` already raises `%s`", id.Name, other).In(`escalation "%s"`, d.Name.Name).
			Note(first.Name.Span, "that escalation stands here").Help("take it out of one of the two")
	}
}

// checkTopics judges the topics that the flow treats.
func (c *compilation) checkTopics() {
	routed := c.routedTopics()
	for _, item := range c.names.scope.Items {
		for _, id := range item.Topics {
			t := c.names.topics[id.Name]
			if c.types.treat[id.Name] == machine.Handle && t.answer() == nil && t.route() == nil && !routed[id.Name] {
				c.report(diag.TopicUnrouted, id.Span, "nothing happens when a patient asks about `%s`", id.Name).
					Note(t.place(), "the topic is declared here").
					Help("declare `topic %s { answer \"…\" }`, or `topic %s { -> … }`, or name it in a `listen` or `offer`", id.Name, id.Name)
			}
		}
	}
	for _, name := range sortedNames(c.names.topics) {
		c.checkTopic(c.names.topics[name])
	}
}

func (c *compilation) checkTopic(t *topic) {
	var lists [][]syntax.Phrases
	for _, d := range t.decls {
		lists = append(lists, d.Like)
		if d.Answer != nil && d.Route != nil {
			c.report(diag.SubjectInTwo, d.Route.Span, "the topic `%s` has both an answer and a way", t.name).
				Help("keep one: an answer is said and the question comes again, a way leads to a state")
		}
		for i := range d.Like {
			for _, line := range d.Like[i].Lines {
				if isBlank(line.Value) {
					c.report(diag.EmptyText, line.Span, "this example says nothing").Help("write what a patient might type")
				}
			}
		}
	}
	if c.types.treat[t.name] == "" {
		return
	}
	last := t.decls[len(t.decls)-1]
	if !slices.ContainsFunc(lists, func(l []syntax.Phrases) bool { return len(l) > 0 }) {
		c.report(diag.TopicUntaught, last.Name.Span, "the topic `%s` has no examples", t.name).
			Means("no patient is ever understood to mean it").
			Help("add `like en \"…\", \"…\"` with what patients type")
		return
	}
	c.checkPhraseLanguages(last.Name, "topic", lists...)
}

// routedTopics are the topics that some listen or offer leads on by.
func (c *compilation) routedTopics() map[string]bool {
	out := map[string]bool{}
	for _, i := range c.graph.states {
		for _, st := range i.decl.Body {
			switch st := st.(type) {
			case *syntax.ListenStmt:
				for _, o := range st.Routes {
					out[o.Name.Name] = true
				}
			case *syntax.OfferStmt:
				for _, ch := range st.Choices {
					if ch.Topic != nil {
						out[ch.Topic.Name] = true
					}
				}
			}
		}
	}
	return out
}

// checkSend asks practice.yaml and the policy whether a vendor may hold what it is sent.
func (c *compilation) checkSend(b body, within string, st *syntax.SendStmt) {
	v, _ := c.facts.practice.Vendor(st.To.Name)
	if purpose := c.names.purpose.Name.Name; !slices.Contains(words(v.Purposes), purpose) {
		c.wrongPurpose(within, st, v, purpose)
	}
	seen := map[string]source.Span{}
	for _, f := range st.Fields {
		if first, dup := seen[f.Name]; dup {
			c.report(diag.DeclaredTwice, f.Span, "`%s` is sent twice", f.Name).In("%s", within).Note(first, "the first stands here").Help("delete one of the two")
		}
		seen[f.Name] = f.Span
		if b.frag == nil || b.frag.params[f.Name] == nil {
			c.checkHold(within, st.To.Name, f, f.Name)
		}
	}
}

func (c *compilation) wrongPurpose(within string, st *syntax.SendStmt, v policy.Vendor, purpose string) {
	cause := "purpose of " + v.Name.Value
	if c.sameCause(cause, st.To.Span, "it is sent to here too") {
		return
	}
	c.cause(cause, c.report(diag.VendorPurpose, st.To.Span, "practice.yaml does not list `%s` among the purposes of `%s`", purpose, st.To.Name)).In("%s", within).
		Note(v.Name.Span, "it may be used for %s", list(words(v.Purposes))).
		Means("what patients tell would go to a company that promised nothing for this purpose").
		Help("leave the line out, or have the agreement and practice.yaml changed by whoever owns them")
}

// checkSentParams judges what fragments send, for each field they are given.
func (c *compilation) checkSentParams() {
	for _, i := range c.graph.states {
		if i.frame == nil {
			continue
		}
		for _, st := range i.decl.Body {
			send, ok := st.(*syntax.SendStmt)
			if !ok {
				continue
			}
			for _, f := range send.Fields {
				if i.frame.fields[f.Name] != "" {
					c.checkHold(`state "`+i.root+`"`, send.To.Name, f, i.frame.field(f.Name))
				}
			}
		}
	}
}

// checkHold reports a field that its receiver may not hold.
func (c *compilation) checkHold(within, vendor string, at syntax.Ident, field string) {
	class, ok := c.types.classes[field]
	if !ok {
		return
	}
	p := c.facts.policy
	if !p.VendorMayHold(class) {
		c.report(diag.NoVendorMayHold, at.Span, "`%s` is of class `%s`, which no vendor may hold", field, class).In("%s", within).
			Help("leave it out, and hand the conversation to a person")
		return
	}
	v, _ := c.facts.practice.Vendor(vendor)
	if slices.ContainsFunc(words(v.Classes), func(may string) bool { return p.Below(class, may) }) {
		return
	}
	cause := "classes of " + vendor
	if c.sameCause(cause, at.Span, "nor may it hold `%s`, of class `%s`", field, class) {
		return
	}
	c.cause(cause, c.report(diag.VendorMayNotHold, at.Span, "`%s` is of class `%s`, which `%s` may not hold", field, class, vendor)).In("%s", within).
		Note(v.Name.Span, "it may hold %s", list(words(v.Classes))).
		Means("what patients tell would leave the practice for a company that may not have it").
		Help("leave `%s` out, or have the agreement and practice.yaml changed by whoever owns them", field)
}

// handled reports whether the scope handles a topic.
func (c *compilation) handled(t *topic) bool { return c.types.treat[t.name] == machine.Handle }
