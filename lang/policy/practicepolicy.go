package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

// ConsumerHealth is the overlay for practices that are not covered entities: consumer-health law binds them instead.
const ConsumerHealth = "std/us-wa-mhmda"

// NeededOverlays returns the names of the overlays that a practice's facts demand, sorted.
func NeededOverlays(p *Practice) []string {
	if p.CoveredEntity.Value == "no" {
		return []string{ConsumerHealth}
	}
	return nil
}

// CheckPractice compares the facts of a practice with the policy: classes, purposes and channels that exist, vendors
// that may hold what they are to hold, and agreements that say what they must.
func (p *Policy) CheckPractice(pr *Practice) diag.List {
	var out diag.List
	for _, name := range NeededOverlays(pr) {
		if !slices.ContainsFunc(p.Packs, func(x machine.Pack) bool { return x.Name == name }) {
			out.Add(diag.OverlayAbsent.At(pr.CoveredEntity.Span, "a practice that is not a covered entity needs the overlay `%s`", name).
				Help("add `use \"%s\"` to the flows", name))
		}
	}
	for _, c := range pr.Channels {
		if _, ok := p.Channel(c.Value); !ok {
			out.Add(suggest(diag.FactChannelUnknown.At(c.Span, "the policy has no channel `%s`", c.Value), c, p.ChannelNames(), "the channels are"))
		}
	}
	for _, v := range pr.Vendors {
		out = append(out, p.checkVendor(v)...)
	}
	return out.Sorted()
}

func suggest(d *diag.Diagnostic, s String, known []string, list string) *diag.Diagnostic {
	if near := diag.Near(s.Value, known); near != "" {
		return d.Mend(false, fmt.Sprintf("did you mean `%s`?", near), diag.Edit{Span: s.Span, Text: near})
	}
	return d.Help("%s %s", list, strings.Join(known, ", "))
}

func (p *Policy) checkVendor(v Vendor) diag.List {
	var out diag.List
	within := fmt.Sprintf("`vendors: %s`", v.Name.Value)
	needs := String{}
	for _, c := range v.Classes {
		switch {
		case !p.IsClass(c.Value):
			out.Add(suggest(diag.FactClassUnknown.At(c.Span, "the policy has no class `%s`", c.Value), c, p.Classes(), "the classes are").In("%s", within))
		case !p.VendorMayHold(c.Value):
			out.Add(diag.FactClassRefused.At(c.Span, "no vendor may hold `%s`", c.Value).In("%s", within).
				Help("take it out of `classes`; let people of the practice handle it"))
		case p.NeedsAgreement(c.Value) && !needs.IsSet():
			needs = c
		}
	}
	for _, x := range v.Purposes {
		if _, ok := p.Purpose(x.Value); !ok {
			out.Add(suggest(diag.FactPurposeUnknown.At(x.Span, "the policy has no purpose `%s`", x.Value), x, p.Purposes(), "the purposes are").In("%s", within))
		}
	}
	if !needs.IsSet() {
		return out
	}
	if v.Agreement == nil {
		out.Add(diag.AgreementMissing.At(v.Name.Span, "`%s` may hold `%s` without a signed agreement", v.Name.Value, needs.Value).In("%s", within).
			Note(needs.Span, "from this class on, an agreement is needed").
			Means("a patient's data would go to a company that promised nothing").
			Help("add `agreement`, or let it hold nothing at or above `%s`", p.Rules.Vendors.Floor.Value))
		return out
	}
	return append(out, p.checkTerms(v)...)
}

func cited(s String) string {
	if !s.IsSet() {
		return ""
	}
	return " (" + s.Value + ")"
}

// checkTerms compares an agreement with what it must say.
func (p *Policy) checkTerms(v Vendor) diag.List {
	var out diag.List
	a, within := v.Agreement, fmt.Sprintf("`vendors: %s: agreement`", v.Name.Value)
	for _, term := range p.Rules.Vendors.Clauses {
		i := slices.IndexFunc(a.Clauses, func(c Clause) bool { return c.Name.Value == term.Name.Value })
		switch {
		case i < 0:
			out.Add(diag.AgreementTerm.At(a.Span, "it is not recorded whether the agreement says %s", term.Title.Value).In("%s", within).
				Help("look it up in the signed document and add `%s: yes` under `says`%s", term.Name.Value, cited(term.Cite)))
		case !a.Clauses[i].Says:
			out.Add(diag.AgreementTerm.At(a.Clauses[i].Name.Span, "the agreement does not say %s", term.Title.Value).In("%s", within).
				Help("have the agreement mended before patient data is sent%s", cited(term.Cite)))
		}
	}
	if limit := p.Rules.Vendors.Reports; limit.IsSet() && a.Reports.IsSet() && a.Reports.Value > limit.Value {
		out.Add(diag.AgreementReports.At(a.Reports.Span, "the vendor reports breaches within %d days, and the policy asks for %d", a.Reports.Value, limit.Value).
			In("%s", within).Help("agree on %d days or fewer", limit.Value))
	}
	return out
}
