package compiler

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// checkConsent judges what a consent says it is for: classes of the policy, and the same ones wherever it is asked for.
func (c *compilation) checkConsent(within string, st *syntax.ConsentStmt) {
	seen := map[string]syntax.Ident{}
	for _, id := range st.For {
		if !c.facts.policy.IsClass(id.Name) {
			c.suggest(c.report(diag.UnknownClass, id.Span, "there is no data class `%s`", id.Name).In("%s", within), id, c.facts.policy.Classes())
		}
		if first, twice := seen[id.Name]; twice {
			c.report(diag.DeclaredTwice, id.Span, "the class `%s` is listed twice", id.Name).In("%s", within).
				Note(first.Span, "the first stands here").Help("delete one of the two")
		}
		seen[id.Name] = id
	}
	if c.types.agreed == nil {
		c.types.agreed = map[string]*syntax.ConsentStmt{}
	}
	first := c.types.agreed[st.Name.Name]
	if first == nil {
		c.types.agreed[st.Name.Name] = st
		return
	}
	if !slices.Equal(covered(first), covered(st)) {
		c.report(diag.ConsentDiffers, st.Name.Span, "the consent `%s` is for something else than where it is asked first", st.Name.Name).In("%s", within).
			Note(first.Name.Span, "it is asked for here").
			Means("nobody could tell from the record what the patient agreed to").
			Help("write the same `for` in both places, or give this consent a name of its own")
	}
}

// covered are the classes that a consent lets be collected, sorted.
func covered(st *syntax.ConsentStmt) []string {
	var out []string
	for _, id := range st.For {
		out = append(out, id.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
