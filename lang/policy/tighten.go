package policy

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// comparison looks for the lines by which an overlay loosens its base pack. Each overlay is compared with the base
// alone, so that what one may say does not depend on the others.
type comparison struct {
	base, overlay *Pack
	order         *lattice // of the base
	diags         diag.List
}

func (p *Pack) loosens(base *Pack, order *lattice) diag.List {
	c := &comparison{base: base, overlay: p, order: order}
	c.classes()
	c.types()
	c.purposes()
	c.channels()
	c.bounds()
	c.retention()
	c.vendors()
	c.declassifiers()
	c.additions()
	return c.diags
}

func (c *comparison) report(code *diag.Code, at, base source.Span, help, format string, args ...any) {
	d := code.At(at, format, args...).In("overlay `%s`", c.overlay.Name.Value).Help("%s", help)
	if base.IsValid() {
		d.Note(base, "`%s` says", c.base.Name.Value)
	}
	c.diags.Add(d)
}

// own reports whether the class is one that only the overlay has.
func (c *comparison) own(class string) bool { return !c.order.has(class) }

func (c *comparison) classes() {
	for _, x := range c.overlay.Classes {
		base, known := c.base.Class(x.Name.Value)
		if !known {
			for _, a := range x.Above {
				if b, ok := c.base.Class(a.Value); ok && b.Never {
					c.report(diag.LoosensClass, a.Span, b.Span, "put it above a class that can be collected",
						"`%s` would stand above `%s`, which is never collected", x.Name.Value, a.Value)
				}
			}
			if len(x.Above) == 0 {
				c.report(diag.LoosensClass, x.Span, source.Span{}, "say which classes it stands above", "the new class `%s` stands above nothing", x.Name.Value)
			}
			continue
		}
		for _, a := range x.Above {
			if !c.order.below(a.Value, x.Name.Value) {
				c.report(diag.LoosensClass, a.Span, base.Span, "leave `above` out, or make a new class",
					"whoever may hold `%s` could now hold `%s` too", x.Name.Value, a.Value)
			}
		}
	}
}

func (c *comparison) types() {
	for _, t := range c.overlay.Types {
		i := slices.IndexFunc(c.base.Types, func(b Type) bool { return b.Name.Value == t.Name.Value })
		if i < 0 {
			c.newType(t)
			continue
		}
		base := c.base.Types[i]
		if t.Class.IsSet() && !c.own(t.Class.Value) && !c.order.below(base.Class.Value, t.Class.Value) {
			c.report(diag.LoosensClass, t.Class.Span, base.Class.Span, fmt.Sprintf("choose a class above `%s`, or leave `class` out", base.Class.Value),
				"`%s` is of class `%s` and cannot become `%s`", t.Name.Value, base.Class.Value, t.Class.Value)
		}
		if t.Input.IsSet() && t.Input.Value != base.Input.Value {
			c.report(diag.PackKind, t.Input.Span, base.Span, "leave `input` out", "an overlay cannot change how an answer is read")
		}
		if end := cmp.Or(t.Min, t.Max); end.IsSet() {
			c.report(diag.PackKind, end.Span, base.Span, "leave `min` and `max` out", "an overlay cannot change what answers `%s`", t.Name.Value)
		}
		c.newSpellings(t, base.Name.Value)
	}
}

// newType lets an overlay describe another kind of answer only as carefully as free text: nothing says what it is.
func (c *comparison) newType(t Type) {
	c.newSpellings(t, t.Name.Value)
	floor := Top
	if i := slices.IndexFunc(c.base.Types, func(b Type) bool { return b.Name.Value == "text" }); i >= 0 {
		floor = c.base.Types[i].Class.Value
	}
	switch {
	case !t.Class.IsSet() || !t.Title.IsSet():
		c.report(diag.PackLacks, t.Span, source.Span{}, "write {class: …, title: …}", "the new kind of answer `%s` needs a class and a title", t.Name.Value)
	case !c.own(t.Class.Value) && !c.order.below(floor, t.Class.Value):
		c.report(diag.LoosensClass, t.Class.Span, source.Span{}, fmt.Sprintf("use a class at or above `%s`, or have the base pack describe it", floor),
			"the new kind of answer `%s` would be less private than free text", t.Name.Value)
	}
}

func (c *comparison) newSpellings(t Type, name string) {
	for _, s := range append([]String{t.Name}, t.Also...) {
		for _, b := range c.base.Types {
			for _, known := range append([]String{b.Name}, b.Also...) {
				if b.Name.Value != name && spelling(known.Value) == spelling(s.Value) {
					c.report(diag.RuleTwice, s.Span, known.Span, "use another word", "`%s` already means the kind of answer `%s`", s.Value, b.Name.Value)
				}
			}
		}
	}
}

func (c *comparison) purposes() {
	for _, pu := range c.overlay.Purposes {
		base, ok := c.base.purpose(pu.Name.Value)
		if !ok {
			c.report(diag.LoosensCollect, pu.Span, source.Span{}, "only a base pack can have new purposes", "`%s` has no purpose `%s`", c.base.Name.Value, pu.Name.Value)
			continue
		}
		for _, ch := range pu.Channels {
			if !containsValue(base.Channels, ch.Value) {
				c.report(diag.LoosensChannel, ch.Span, base.Span, "leave it out", "`%s` may not be served on `%s`", pu.Name.Value, ch.Value)
			}
		}
		for _, r := range pu.Collect {
			c.row(pu, base, r)
		}
	}
}

// row compares a line of an overlay with the line of the base that permits the same.
func (c *comparison) row(pu, base Purpose, r Row) {
	if r.Class.IsSet() && c.own(r.Class.Value) {
		return // what is of a class of the overlay's own must be permitted as what the base calls it, too
	}
	b, ok := c.baseRow(base, r)
	if !ok {
		c.report(diag.LoosensCollect, r.Span, base.Span, "leave the line out", "`%s` may not collect the %s", pu.Name.Value, r.key())
		return
	}
	if !r.Stated {
		return
	}
	for _, need := range b.Requires {
		if !containsValue(r.Requires, need.Value) {
			c.report(diag.LoosensCondition, r.Span, b.Span, fmt.Sprintf("add `%s` to `requires`, or leave `requires` out", need.Value),
				"`%s` may collect the %s only with the condition `%s`", pu.Name.Value, r.key(), need.Value)
		}
	}
}

func (c *comparison) baseRow(base Purpose, r Row) (Row, bool) {
	l := level{class: r.Class.Value}
	if r.Type.IsSet() {
		i := slices.IndexFunc(c.base.Types, func(t Type) bool { return t.Name.Value == r.Type.Value })
		if i < 0 {
			return Row{}, false
		}
		l = level{class: c.base.Types[i].Class.Value, base: true}
	}
	return rowFor(base, r.Type.Value, l)
}

func (c *comparison) channels() {
	for _, ch := range c.overlay.Channels {
		base, ok := c.base.channel(ch.Name.Value)
		if !ok {
			c.report(diag.LoosensChannel, ch.Span, source.Span{}, "only a base pack can have new channels", "`%s` has no channel `%s`", c.base.Name.Value, ch.Name.Value)
			continue
		}
		more := func(list, permitted []String) {
			for _, x := range list {
				if !containsValue(permitted, x.Value) {
					c.report(diag.LoosensChannel, x.Span, base.Span, "leave it out", "`%s` may not carry `%s`", ch.Name.Value, x.Value)
				}
			}
		}
		more(ch.Holds, base.Holds)
		more(ch.Verified, base.Verified)
		if ch.Secure.Value == "yes" && base.Secure.Value != "yes" {
			c.report(diag.LoosensChannel, ch.Secure.Span, base.Span, "leave `secure` out", "`%s` is not a secure channel", ch.Name.Value)
		}
		if ch.PeopleOnly.Value == "no" && base.PeopleOnly.Value == "yes" {
			c.report(diag.LoosensChannel, ch.PeopleOnly.Span, base.Span, "leave `people_only` out", "on `%s` only people speak", ch.Name.Value)
		}
	}
}

func (c *comparison) bounds() {
	base := c.base.bounds()
	for _, b := range c.overlay.bounds() {
		i := slices.IndexFunc(base, func(x namedBound) bool { return x.name == b.name })
		if i >= 0 {
			c.bound(b.name, *b.bound, *base[i].bound)
		}
	}
}

func (c *comparison) bound(name string, b, base Bound) {
	if b.Min.IsSet() && b.Min.Value < base.Min.Value {
		c.report(diag.LoosensBound, b.Min.Span, base.Min.Span, "choose a larger value, or leave `min` out", "the smallest value of `%s` can only go up", name)
	}
	if b.Max.IsSet() && base.Max.IsSet() && b.Max.Value > base.Max.Value {
		c.report(diag.LoosensBound, b.Max.Span, base.Max.Span, "choose a smaller value, or leave `max` out", "the largest value of `%s` can only go down", name)
	}
}

func (c *comparison) retention() {
	for _, r := range c.overlay.Retention {
		i := slices.IndexFunc(c.base.Retention, func(b Retention) bool { return b.Record.Value == r.Record.Value })
		for _, class := range r.Classes {
			if !c.own(class.Value) && !c.kept(class.Value) {
				c.report(diag.LoosensBound, class.Span, source.Span{}, "leave it out", "`%s` has no time for which `%s` may be kept", c.base.Name.Value, class.Value)
			}
		}
		if i >= 0 && r.Hold.Value == "allowed" && c.base.Retention[i].Hold.Value == "never" {
			c.report(diag.LoosensBound, r.Hold.Span, c.base.Retention[i].Hold.Span, "leave `hold` out", "a legal hold may not keep `%s` longer", r.Record.Value)
		}
	}
}

func (c *comparison) kept(class string) bool {
	return slices.ContainsFunc(c.base.Retention, func(r Retention) bool { return containsValue(r.Classes, class) })
}

func (c *comparison) vendors() {
	v, base := c.overlay.Vendors, c.base.Vendors
	if v.Floor.IsSet() && !c.order.below(v.Floor.Value, base.Floor.Value) {
		c.report(diag.LoosensVendor, v.Floor.Span, base.Floor.Span, fmt.Sprintf("choose `%s` or a class below it", base.Floor.Value),
			"vendors would need no agreement for `%s` any more", base.Floor.Value)
	}
	if v.Horizon.IsSet() && v.Horizon.Value < base.Horizon.Value {
		c.report(diag.LoosensVendor, v.Horizon.Span, base.Horizon.Span, "choose a longer time, or leave `horizon` out", "agreements must be in force for at least %d more days", base.Horizon.Value)
	}
	if v.Reports.IsSet() && base.Reports.IsSet() && v.Reports.Value > base.Reports.Value {
		c.report(diag.LoosensVendor, v.Reports.Span, base.Reports.Span, "choose a shorter time, or leave it out", "breaches must be reported within %d days", base.Reports.Value)
	}
	if r := c.overlay.Review.Every; r.IsSet() && r.Value > c.base.Review.Every.Value {
		c.report(diag.LoosensBound, r.Span, c.base.Review.Every.Span, "choose a shorter time, or leave `review` out", "flows must be reviewed at least every %d days", c.base.Review.Every.Value)
	}
}

func (c *comparison) declassifiers() {
	for _, x := range c.overlay.Declassify {
		i := slices.IndexFunc(c.base.Declassify, func(b Declassifier) bool { return b.Name.Value == x.Name.Value })
		if i < 0 {
			c.report(diag.LoosensDeclassify, x.Span, source.Span{}, "only a base pack can have new declassifiers", "`%s` has no declassifier `%s`", c.base.Name.Value, x.Name.Value)
			continue
		}
		base := c.base.Declassify[i]
		for _, t := range x.Types {
			if !containsValue(base.Types, t.Value) {
				c.report(diag.LoosensDeclassify, t.Span, base.Span, "leave it out", "`%s` is not for `%s`", x.Name.Value, t.Value)
			}
		}
		for _, end := range []struct{ got, want String }{{x.From, base.From}, {x.To, base.To}} {
			if end.got.IsSet() && end.got.Value != end.want.Value {
				c.report(diag.LoosensDeclassify, end.got.Span, end.want.Span, "leave it out", "`%s` goes from `%s` to `%s`", x.Name.Value, base.From.Value, base.To.Value)
			}
		}
		if x.MaxFor.IsSet() && base.MaxFor.IsSet() && x.MaxFor.Value > base.MaxFor.Value {
			c.report(diag.LoosensDeclassify, x.MaxFor.Span, base.MaxFor.Span, "choose a shorter time, or leave `max` out", "`%s` is good for at most %d days", x.Name.Value, base.MaxFor.Value)
		}
	}
}

// additions compares what overlays add to: a notice's moment, a link's direction, an obligation's words.
func (c *comparison) additions() {
	for _, n := range c.overlay.Notices {
		i := slices.IndexFunc(c.base.Notices, func(b Notice) bool { return b.Name.Value == n.Name.Value })
		if i >= 0 && c.base.Notices[i].When.Value != n.When.Value {
			c.report(diag.LoosensCondition, n.When.Span, c.base.Notices[i].When.Span, "keep the moment, or give the new notice another name",
				"the notice `%s` is due at another moment", n.Name.Value)
		}
	}
	for _, l := range c.overlay.Links {
		if !c.own(l.Gives.Value) && !c.order.below(l.From.Value, l.Gives.Value) {
			c.report(diag.LoosensClass, l.Gives.Span, source.Span{}, "a link can only raise a class", "`%s` is not above `%s`", l.Gives.Value, l.From.Value)
		}
	}
	for _, x := range c.overlay.Obligations {
		i := slices.IndexFunc(c.base.Obligations, func(b Obligation) bool { return b.Name.Value == x.Name.Value })
		if i >= 0 && c.base.Obligations[i].Says.Value != x.Says.Value {
			c.report(diag.RuleTwice, x.Span, c.base.Obligations[i].Span, "give it another name", "the base pack has an obligation `%s` that says something else", x.Name.Value)
		}
	}
}

// contradictions reports what the overlays leave empty between them.
func (p *Policy) contradictions(overlays []*Pack) diag.List {
	var out diag.List
	for _, b := range p.Rules.bounds() {
		if !b.bound.Max.IsSet() || b.bound.Min.Value <= b.bound.Max.Value {
			continue
		}
		out.Add(diag.PacksContradict.At(b.bound.Max.Span, "no value of `%s` is left", b.name).
			Note(b.bound.Min.Span, "the smallest value comes from here").Help("change one of the two packs"))
	}
	for i, a := range overlays {
		for _, b := range overlays[i+1:] {
			out = append(out, clash(a, b)...)
		}
	}
	return append(out, p.Rules.orderProblems(p.order)...)
}

// clash reports what two overlays both add and describe differently.
func clash(a, b *Pack) diag.List {
	var out diag.List
	for _, x := range b.Classes {
		y, both := a.Class(x.Name.Value)
		if both && !slices.Equal(sortedValues(x.Above), sortedValues(y.Above)) && len(x.Above) > 0 && len(y.Above) > 0 {
			out.Add(diag.PacksContradict.At(x.Span, "two overlays put the class `%s` above different classes", x.Name.Value).
				Note(y.Span, "`%s` says", a.Name.Value).Help("make them agree, or give one of them another name"))
		}
	}
	for _, x := range b.Types {
		for _, y := range a.Types {
			for _, s := range append([]String{x.Name}, x.Also...) {
				if x.Name.Value != y.Name.Value && slices.ContainsFunc(append([]String{y.Name}, y.Also...), func(o String) bool { return spelling(o.Value) == spelling(s.Value) }) {
					out.Add(diag.PacksContradict.At(s.Span, "two overlays mean different kinds of answer by `%s`", s.Value).
						Note(y.Span, "`%s` says", a.Name.Value).Help("use another word in one of them"))
				}
			}
		}
	}
	for _, x := range b.Notices {
		for _, y := range a.Notices {
			if x.Name.Value == y.Name.Value && x.When.Value != y.When.Value {
				out.Add(diag.PacksContradict.At(x.When.Span, "two overlays want the notice `%s` at different moments", x.Name.Value).
					Note(y.When.Span, "`%s` says", a.Name.Value).Help("give one of them another name"))
			}
		}
	}
	return out
}
