package compiler

import (
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// testTime is how a test gives a time.
const testTime = "2006-01-02 15:04"

// worldOutcomes are what a test may let the world answer.
var worldOutcomes = []string{"booked", "expired", "failed", "none", "taken", "unreachable", "verified", "wrong"}

// checkTests judges the in-language tests.
func (c *compilation) checkTests() {
	seen := map[string]source.Span{}
	for _, d := range c.names.tests {
		if first, dup := seen[d.Name.Value]; dup {
			c.report(diag.DeclaredTwice, d.Name.Span, "there are two tests named `%s`", d.Name.Value).Note(first, "the first stands here").Help("rename one of them")
		}
		seen[d.Name.Value] = d.Name.Span
		expects := false
		for i := range d.Steps {
			expects = expects || d.Steps[i].Verb.Name == "expect"
			if problem := c.checkStep(&d.Steps[i]); problem != nil {
				problem.In(`test "%s"`, excerpt(d.Name.Value))
			}
		}
		if !expects {
			c.report(diag.EmptyTest, d.Name.Span, "the test `%s` expects nothing", excerpt(d.Name.Value)).
				Help("add what should happen, for example `expect state …`, `expect say \"…\"` or `expect silence`")
		}
	}
}

// checkStep judges one line of a test and returns the problem it reported, or nil.
func (c *compilation) checkStep(s *syntax.TestStep) *diag.Diagnostic {
	switch s.Verb.Name {
	case "at":
		if _, err := time.Parse(testTime, s.Text.Value); err != nil {
			return c.report(diag.BadTestStep, s.Text.Span, "`%s` is not a time", s.Text.Value).Help("write `at \"2026-03-02 22:00\"`")
		}
	case "language":
		return c.knownInTest(s.Name, "language", c.names.languages)
	case "channel":
		return c.knownInTest(s.Name, "channel", c.names.channels)
	case "world":
		return c.knownInTest(s.Name, "outcome", worldOutcomes)
	case "wait":
		if _, ok := c.unit(s.Name); !ok || s.Amount.Value < 0 {
			return c.report(diag.BadTestStep, s.Span, "this is no length of time").Help("write `wait 25 minutes`")
		}
	case "expect":
		return c.checkExpect(s)
	}
	return nil
}

func (c *compilation) checkExpect(s *syntax.TestStep) *diag.Diagnostic {
	if s.Name == nil {
		return nil
	}
	n := &c.names
	switch s.What.Name {
	case "ask", "field":
		return c.knownInTest(s.Name, "field", sortedNames(n.fields))
	case "state":
		if n.states[s.Name.Name] != nil {
			return nil
		}
		return c.knownInTest(s.Name, "state", sortedNames(n.states))
	case "escalation":
		return c.knownInTest(s.Name, "escalation", sortedNames(n.escs))
	case "handoff":
		return c.knownInTest(s.Name, "team", c.facts.teams())
	case "send":
		return c.knownInTest(s.Name, "vendor", c.facts.vendors())
	case "end":
		return c.knownInTest(s.Name, "outcome", c.endings())
	}
	return nil
}

func (c *compilation) knownInTest(id *syntax.Ident, what string, known []string) *diag.Diagnostic {
	if id == nil || slices.Contains(known, id.Name) {
		return nil
	}
	d := c.report(diag.UnknownInTest, id.Span, "the flow has no %s `%s`", what, id.Name)
	c.suggest(d, *id, known)
	return d
}

// endings are the outcomes a conversation can end with.
func (c *compilation) endings() []string {
	all := map[string]bool{"timeout": true}
	for _, i := range c.graph.states {
		for _, st := range i.decl.Body {
			if e, ok := st.(*syntax.EndStmt); ok {
				all[e.Outcome.Name] = true
			}
		}
	}
	return sortedNames(all)
}
