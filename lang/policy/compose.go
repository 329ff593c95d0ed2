package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

// Compose puts a base pack and its overlays together. An overlay may only tighten: what is permitted is what all of
// them permit, minima rise, maxima fall, notices and conditions add up. One that loosens is reported at the line that
// does it. The order of the overlays does not matter, nor does naming one twice. The policy is nil when anything is
// wrong, and when base is nil; nil overlays (whose file could not be read) are left out.
func Compose(base *Pack, overlays ...*Pack) (*Policy, diag.List) {
	if base == nil {
		return nil, nil
	}
	overlays, diags := arranged(base, overlays)
	diags = append(diags, base.problems(base)...)
	for _, o := range overlays {
		diags = append(diags, o.problems(base, o)...)
	}
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	order := orderOf(base)
	for _, o := range overlays {
		diags = append(diags, o.loosens(base, order)...)
	}
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	p := composed(base, overlays)
	diags = append(diags, p.contradictions(overlays)...)
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	return p, diags.Sorted()
}

// problems reports what makes a pack unusable by itself: names, order, and what a base pack must say.
func (p *Pack) problems(known ...*Pack) diag.List {
	if known[0] != p {
		known = append(known[:1:1], p)
	}
	out := p.references(namesOf(known...))
	out = append(out, p.orderProblems(orderOf(known...))...)
	if known[0] == p {
		out = append(out, p.lacks()...)
	}
	return out
}

// orderOf orders the classes of a base pack and those that its overlays add; the order of the base itself is fixed.
func orderOf(packs ...*Pack) *lattice {
	direct := map[string][]string{}
	for _, p := range packs {
		for _, c := range p.Classes {
			if _, known := packs[0].Class(c.Name.Value); known && p != packs[0] {
				continue
			}
			direct[c.Name.Value] = append(direct[c.Name.Value], values(c.Above)...)
		}
	}
	return newLattice(direct)
}

// arranged sorts the overlays by name, leaves out repetitions and reports those that do not belong to the base.
func arranged(base *Pack, overlays []*Pack) ([]*Pack, diag.List) {
	var out []*Pack
	var diags diag.List
	if base.Extends.IsSet() {
		diags.Add(diag.PackKind.At(base.Extends.Span, "`%s` extends another pack and cannot stand first", base.Name.Value).
			Help("use `%s` with it", base.Extends.Value))
	}
	sorted := slices.DeleteFunc(slices.Clone(overlays), func(p *Pack) bool { return p == nil })
	slices.SortStableFunc(sorted, func(a, b *Pack) int {
		return cmp.Or(cmp.Compare(a.Name.Value, b.Name.Value), cmp.Compare(string(a.File.Bytes), string(b.File.Bytes)))
	})
	for _, o := range sorted {
		switch last := len(out) - 1; {
		case o == base:
		case !o.Extends.IsSet():
			diags.Add(diag.PackKind.At(o.Name.Span, "`%s` is a base pack, and `%s` is already in use", o.Name.Value, base.Name.Value).
				Help("use one base pack; an overlay says `extends: %s`", base.Name.Value))
		case o.Extends.Value != base.Name.Value:
			diags.Add(diag.PackKind.At(o.Extends.Span, "this overlay tightens `%s`, but the base pack here is `%s`", o.Extends.Value, base.Name.Value).
				Help("use the overlay that was written for `%s`", base.Name.Value))
		case last >= 0 && out[last].Name.Value == o.Name.Value && string(out[last].File.Bytes) == string(o.File.Bytes):
		case last >= 0 && out[last].Name.Value == o.Name.Value:
			diags.Add(diag.PackKind.At(o.Name.Span, "two different packs are called `%s`", o.Name.Value).
				Note(out[last].Name.Span, "the other one").Help("give one of them another name"))
		default:
			out = append(out, o)
		}
	}
	return out, diags
}

// composed merges packs of which each overlay is known to tighten.
func composed(base *Pack, overlays []*Pack) *Policy {
	rules := *base
	p := &Policy{Rules: &rules, order: orderOf(append([]*Pack{base}, overlays...)...), layers: map[string][]layer{}}
	p.levels, p.aliases, p.declarers = map[string][]level{}, map[string]string{}, map[string]int{}
	for _, c := range base.Classes {
		p.declarers[c.Name.Value] = 1
	}
	for _, x := range append([]*Pack{base}, overlays...) {
		sum := sha256.Sum256(x.File.Bytes)
		p.Packs = append(p.Packs, machine.Pack{Name: x.Name.Value, Version: x.Version.Value, SHA256: hex.EncodeToString(sum[:])})
	}
	for _, t := range base.Types {
		p.levels[t.Name.Value] = []level{{class: t.Class.Value, base: true}}
	}
	for _, pu := range base.Purposes {
		p.layers[pu.Name.Value] = []layer{{Purpose: pu, knows: orderOf(base)}}
	}
	for _, o := range overlays {
		p.tighten(base, o)
	}
	for _, t := range rules.Types {
		for _, name := range append([]String{t.Name}, t.Also...) {
			p.aliases[spelling(name.Value)] = t.Name.Value
		}
	}
	return p
}

// tighten merges one overlay into the rules.
func (p *Policy) tighten(base, o *Pack) {
	r := p.Rules
	for _, c := range o.Classes {
		if _, known := base.Class(c.Name.Value); !known {
			p.declarers[c.Name.Value]++
		}
	}
	r.Classes = merged(r.Classes, o.Classes, func(c Class) string { return c.Name.Value }, tightenClass)
	r.Types = merged(r.Types, o.Types, func(t Type) string { return t.Name.Value }, p.tightenType)
	for _, t := range o.Types {
		if t.Class.IsSet() {
			p.raise(t.Name.Value, t.Class.Value)
		}
	}
	for i, t := range r.Types { // several overlays may have raised it
		class := t.Class
		for _, l := range p.levels[t.Name.Value] {
			class.Value = p.order.join(class.Value, l.class)
		}
		r.Types[i].Class = class
	}
	for _, pu := range o.Purposes {
		p.layers[pu.Name.Value] = append(p.layers[pu.Name.Value], layer{Purpose: pu, knows: orderOf(base, o), base: orderOf(base)})
	}
	r.Purposes = merged(r.Purposes, o.Purposes, func(x Purpose) string { return x.Name.Value }, tightenPurpose)
	r.Channels = merged(r.Channels, o.Channels, func(x Channel) string { return x.Name.Value }, tightenChannel)
	r.Links = append(slices.Clip(r.Links), o.Links...)
	r.Session = tightenSession(r.Session, o.Session)
	r.Retention = merged(r.Retention, o.Retention, func(x Retention) string { return x.Record.Value }, tightenRetention)
	r.Notices = merged(r.Notices, o.Notices, func(x Notice) string { return x.Name.Value }, tightenNotice)
	r.Vendors = p.tightenVendors(r.Vendors, o.Vendors)
	if o.Review.Every.IsSet() && o.Review.Every.Value < r.Review.Every.Value {
		r.Review = o.Review
	}
	r.Declassify = merged(r.Declassify, o.Declassify, func(x Declassifier) string { return x.Name.Value }, tightenDeclassifier)
	r.Obligations = merged(r.Obligations, o.Obligations, func(x Obligation) string { return x.Name.Value }, func(a, _ Obligation) Obligation { return a })
	r.Basis = union(r.Basis, o.Basis)
}

func (p *Policy) raise(typ, class string) {
	if !slices.ContainsFunc(p.levels[typ], func(l level) bool { return l.class == class }) {
		p.levels[typ] = append(p.levels[typ], level{class: class})
	}
}

// merged applies each entry of more to the one of the same name in base, or appends it.
func merged[T any](base, more []T, name func(T) string, tighten func(a, b T) T) []T {
	out := slices.Clone(base)
	for _, b := range more {
		i := slices.IndexFunc(out, func(a T) bool { return name(a) == name(b) })
		if i < 0 {
			out = append(out, b)
			continue
		}
		out[i] = tighten(out[i], b)
	}
	return out
}

func tightenClass(a, b Class) Class {
	a.Never = a.Never || b.Never
	a.NoVendor = a.NoVendor || b.NoVendor
	a.Requires = union(a.Requires, b.Requires)
	return a
}

// tightenType takes over the wording of b; the class follows from the levels.
func (p *Policy) tightenType(a, b Type) Type {
	a.Also = union(a.Also, b.Also)
	a.FreeText = a.FreeText || b.FreeText
	for _, x := range []struct{ to, from *String }{{&a.Title, &b.Title}, {&a.Why, &b.Why}, {&a.Instead, &b.Instead}, {&a.Cite, &b.Cite}} {
		if x.from.IsSet() {
			*x.to = *x.from
		}
	}
	return a
}

func tightenPurpose(a, b Purpose) Purpose {
	if len(b.Channels) > 0 {
		a.Channels = common(a.Channels, b.Channels)
	}
	a.Requires = union(a.Requires, b.Requires)
	a.Refuse = union(a.Refuse, b.Refuse)
	return a
}

func tightenChannel(a, b Channel) Channel {
	if b.Limited {
		a.Holds = common(a.Holds, b.Holds)
	}
	if b.LimitedVerified {
		a.Verified = common(a.Verified, b.Verified)
	}
	if b.Secure.Value == "no" {
		a.Secure = b.Secure
	}
	if b.PeopleOnly.Value == "yes" {
		a.PeopleOnly = b.PeopleOnly
	}
	return a
}

func tightenBound(a, b Bound) Bound {
	if b.Min.IsSet() && b.Min.Value > a.Min.Value {
		a.Min = b.Min
	}
	if b.Max.IsSet() && (!a.Max.IsSet() || b.Max.Value < a.Max.Value) {
		a.Max = b.Max
	}
	if b.Default.IsSet() {
		a.Default = b.Default
	}
	if a.Default.IsSet() {
		a.Default.Value = max(a.Default.Value, a.Min.Value)
		if a.Max.IsSet() {
			a.Default.Value = min(a.Default.Value, a.Max.Value)
		}
	}
	if b.Cite.IsSet() {
		a.Cite = b.Cite
	}
	return a
}

func tightenSession(a, b SessionRules) SessionRules {
	return SessionRules{
		Timeout: tightenBound(a.Timeout, b.Timeout), Retries: tightenBound(a.Retries, b.Retries), StaffIdle: tightenBound(a.StaffIdle, b.StaffIdle),
		StaffAbsolute: tightenBound(a.StaffAbsolute, b.StaffAbsolute), Page: tightenBound(a.Page, b.Page),
	}
}

func tightenRetention(a, b Retention) Retention {
	a.Classes = union(a.Classes, b.Classes)
	a.Bound = tightenBound(a.Bound, b.Bound)
	if b.Hold.Value == "never" {
		a.Hold = b.Hold
	}
	return a
}

// tightenNotice adds what else a notice must say.
func tightenNotice(a, b Notice) Notice {
	if !strings.Contains(a.Says.Value, b.Says.Value) {
		a.Says.Value += "; " + b.Says.Value
	}
	return a
}

func (p *Policy) tightenVendors(a, b VendorRules) VendorRules {
	if b.Floor.IsSet() {
		a.Floor.Value = p.order.meet(a.Floor.Value, b.Floor.Value)
	}
	if b.Horizon.IsSet() && b.Horizon.Value > a.Horizon.Value {
		a.Horizon = b.Horizon
	}
	if b.Reports.IsSet() && (!a.Reports.IsSet() || b.Reports.Value < a.Reports.Value) {
		a.Reports = b.Reports
	}
	a.Clauses = merged(a.Clauses, b.Clauses, func(t Term) string { return t.Name.Value }, func(x, _ Term) Term { return x })
	return a
}

func tightenDeclassifier(a, b Declassifier) Declassifier {
	if b.MaxFor.IsSet() && (!a.MaxFor.IsSet() || b.MaxFor.Value < a.MaxFor.Value) {
		a.MaxFor = b.MaxFor
	}
	if len(b.Types) > 0 {
		a.Types = common(a.Types, b.Types)
	}
	return a
}

func union(a, b []String) []String {
	out := slices.Clone(a)
	for _, s := range b {
		if !containsValue(out, s.Value) {
			out = append(out, s)
		}
	}
	return out
}

func common(a, b []String) []String {
	return slices.DeleteFunc(slices.Clone(a), func(s String) bool { return !containsValue(b, s.Value) })
}
