package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

func (c *comparing) flow() {
	a, b := &c.old.Flow, &c.new.Flow
	c.value(Privacy, "the primary purpose is another", a.Purpose, b.Purpose, "what patients say is used for something else, and other rules hold", b.Place)
	for _, ch := range minus(b.Channels, a.Channels) {
		c.add(Change{Level: Privacy, What: "the flow is served on `" + ch + "`", Means: "patients can write there, and what they write passes through it", Place: b.Place})
	}
	for _, ch := range minus(a.Channels, b.Channels) {
		c.add(Change{Level: Behaviour, What: "the flow is no longer served on `" + ch + "`", Means: "patients cannot write there any more", Place: b.Place})
	}
	for _, l := range minus(b.Languages, a.Languages) {
		c.add(Change{Level: Behaviour, What: "the flow speaks " + language(l), Means: "patients can choose it", Place: b.Place})
	}
	for _, l := range minus(a.Languages, b.Languages) {
		c.add(Change{Level: Safety, What: "the flow no longer speaks " + language(l), Means: "patients who read only that cannot follow, and its signs of danger are not heard", Place: b.Place})
	}
	c.value(Wording, "the flow has another name", a.Name, b.Name, "nothing", b.Place)
	c.value(Privacy, "another person owns the flow", a.Owner, b.Owner, "another person answers for it", b.Place)
	c.value(Privacy, "another person reviews the flow", a.Reviewer, b.Reviewer, "another person has read it", b.Place)
	c.text(Privacy, "the notice", c.old.Notice, c.new.Notice, b.Place, &Sign{Role: "notice"})
}

func (c *comparing) fields() {
	for _, p := range paired(c.old.Fields, c.new.Fields, func(f *machine.Field) string { return f.Name }) {
		switch {
		case p.old == nil:
			c.add(Change{
				Level: Privacy, What: fmt.Sprintf("`%s` (%s, class `%s`) is newly collected", p.name, p.new.PolicyType(), p.new.Class), New: p.new.For, Place: p.new.Place,
				Means: "patients are asked for something they were not asked for before", Sign: &Sign{New: true, Field: p.name},
			})
		case p.new == nil:
			c.add(Change{
				Level: Privacy, What: fmt.Sprintf("`%s` (%s, class `%s`) is no longer collected", p.name, p.old.PolicyType(), p.old.Class), Place: p.old.Place, Gone: true,
				Means: "patients are no longer asked for it", Sign: &Sign{Field: p.name},
			})
		default:
			c.field(p.old, p.new)
		}
	}
}

func (c *comparing) field(a, b *machine.Field) {
	name := "`" + b.Name + "`"
	c.value(Privacy, name+" has another class", a.Class, b.Class, "other rules hold for what patients answer", b.Place)
	c.value(Privacy, name+" is used for something else", a.For, b.For, "what patients answer is used otherwise", b.Place)
	if a.Type != b.Type || a.Means != b.Means {
		c.add(Change{Level: Privacy, What: name + " has another type", Old: a.PolicyType(), New: b.PolicyType(), Means: "patients are asked for something else", Place: b.Place, Sign: &Sign{New: true, Field: b.Name}})
	}
	if r, s := bounds(a), bounds(b); r != s {
		c.add(Change{Level: Behaviour, What: name + " has another range", Old: r, New: s, Means: "answers are taken that were refused, or refused that were taken", Place: b.Place, Sign: &Sign{New: true, Role: "reprompt"}})
	}
	for _, p := range paired(a.Options, b.Options, func(o *machine.Option) string { return o.Value }) {
		sign := &Sign{New: true, Field: b.Name}
		switch {
		case p.old == nil:
			c.add(Change{Level: Behaviour, What: fmt.Sprintf("%s can also be `%s`", name, p.name), Means: "patients have one more answer to choose", Place: b.Place, Sign: sign})
		case p.new == nil:
			c.add(Change{Level: Behaviour, What: fmt.Sprintf("%s can no longer be `%s`", name, p.name), Means: "patients cannot answer that any more", Place: b.Place, Sign: sign})
		default:
			c.text(Wording, fmt.Sprintf("the answer `%s` of %s", p.name, name), p.old.Label, p.new.Label, b.Place, sign)
		}
	}
}

func bounds(f *machine.Field) string {
	end := func(n *int64) string {
		if n == nil {
			return ""
		}
		return fmt.Sprint(*n)
	}
	if f.Min == nil && f.Max == nil {
		return ""
	}
	return end(f.Min) + ".." + end(f.Max)
}

// sent lists which vendor receives which field where.
type sent struct{ vendor, field, at string }

func sends(m *machine.Machine, k *keys) map[sent]machine.Place {
	out := map[sent]machine.Place{}
	for i := range m.Locations {
		for _, a := range m.Locations[i].Do {
			for _, f := range a.Fields {
				out[sent{a.To, f, m.Locations[i].State}] = a.Place
			}
		}
	}
	return out
}

// sends reports vendors and fields that are new together or no longer are, then sends that moved to another state.
func (c *comparing) sends() {
	before, after := sends(c.old, c.oldKeys), sends(c.new, c.newKeys)
	has := func(in map[sent]machine.Place, vendor, field string) bool {
		for s := range in {
			if s.vendor == vendor && (field == "" || s.field == field) {
				return true
			}
		}
		return false
	}
	for _, s := range sortedSends(after) {
		if _, ok := before[s]; ok {
			continue
		}
		ch := Change{Level: Privacy, Place: after[s], Sign: &Sign{New: true, Vendor: s.vendor, Sent: s.field}}
		switch {
		case !has(before, s.vendor, ""):
			ch.What, ch.Means = fmt.Sprintf("`%s` is newly sent to `%s`, which received nothing before", s.field, s.vendor), "another company learns what they answer"
		case !has(before, s.vendor, s.field):
			ch.What, ch.Means = fmt.Sprintf("`%s` is newly sent to `%s`", s.field, s.vendor), "a company learns an answer that it did not learn before"
		default:
			ch.What, ch.Means = fmt.Sprintf("`%s` is sent to `%s` in state `%s` too", s.field, s.vendor, s.at), "a company learns an answer at another moment of the conversation"
		}
		c.add(ch)
	}
	for _, s := range sortedSends(before) {
		if _, ok := after[s]; ok {
			continue
		}
		ch := Change{Level: Privacy, Place: before[s], Gone: true, Sign: &Sign{Vendor: s.vendor, Sent: s.field}}
		if has(after, s.vendor, s.field) {
			ch.What, ch.Means = fmt.Sprintf("`%s` is no longer sent to `%s` in state `%s`", s.field, s.vendor, s.at), "a company does not learn it at that moment"
		} else {
			ch.What, ch.Means = fmt.Sprintf("`%s` is no longer sent to `%s`", s.field, s.vendor), "what they asked for may not reach whoever acts on it there"
		}
		c.add(ch)
	}
}

func sortedSends(in map[sent]machine.Place) []sent {
	out := make([]sent, 0, len(in))
	for s := range in {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b sent) int {
		return strings.Compare(a.vendor+"\x00"+a.field+"\x00"+a.at, b.vendor+"\x00"+b.field+"\x00"+b.at)
	})
	return out
}

func (c *comparing) vendors() {
	for _, p := range paired(c.old.Practice.Vendors, c.new.Practice.Vendors, func(v *machine.Vendor) string { return v.Name }) {
		switch {
		case p.old == nil:
			c.add(Change{Level: Privacy, What: "the vendor `" + p.name + "` is new", New: p.new.Legal + ": " + p.new.Service, Means: "flows can send patient data there", Place: p.new.Place})
		case p.new == nil:
			c.add(Change{Level: Privacy, What: "the vendor `" + p.name + "` is gone", Old: p.old.Legal, Means: "nothing can be sent there", Place: p.old.Place, Gone: true})
		default:
			a, b := p.old, p.new
			c.value(Privacy, "the vendor `"+p.name+"` is another company", a.Legal, b.Legal, "another company receives what is sent", b.Place)
			c.value(Privacy, "the vendor `"+p.name+"` does something else", a.Service, b.Service, "what is sent is used otherwise", b.Place)
			c.value(Privacy, "the vendor `"+p.name+"` may hold other classes", strings.Join(a.Classes, ", "), strings.Join(b.Classes, ", "), "more or less may be sent there", b.Place)
			c.value(Privacy, "the vendor `"+p.name+"` receives for other purposes", strings.Join(a.Purposes, ", "), strings.Join(b.Purposes, ", "), "other flows may send there", b.Place)
			c.value(Privacy, "the agreement with `"+p.name+"` is another", agreement(a.Agreement), agreement(b.Agreement), "what is sent is protected by other terms or for another time", b.Place)
		}
	}
}

func agreement(a *machine.Agreement) string {
	if a == nil {
		return "none"
	}
	out := "signed " + a.Signed + ", in force from " + a.Effective
	if a.Expires != "" {
		out += " to " + a.Expires
	}
	if a.Document != "" {
		out += ", document " + a.Document
	}
	return out
}

func (c *comparing) policy() {
	a, b := &c.old.Policy, &c.new.Policy
	for _, p := range paired(a.Packs, b.Packs, func(p *machine.Pack) string { return p.Name }) {
		c.value(Privacy, "the policy pack `"+p.name+"` is another", pack(p.old), pack(p.new), "the flow is judged by other rules", machine.Place{})
	}
	permits := func(p *machine.Permit) string { return strings.TrimSuffix(p.Class+" "+p.Type, " ") }
	for _, p := range paired(a.Permits, b.Permits, permits) {
		c.value(Privacy, "the policy on collecting `"+p.name+"` is another", permit(p.old), permit(p.new), "what patients may be asked changes", machine.Place{})
	}
	for _, p := range paired(a.Declassify, b.Declassify, func(d *machine.Declass) string { return d.Field }) {
		place := machine.Place{}
		if p.new != nil {
			place = p.new.Place
		}
		c.value(Privacy, "the declassification of `"+p.name+"` is another", declass(p.old), declass(p.new), "an answer is treated as less or more sensitive", place)
	}
	for _, p := range paired(a.Classes, b.Classes, func(x *machine.Class) string { return x.Name }) {
		c.value(Privacy, "the class `"+p.name+"` stands elsewhere", class(p.old), class(p.new), "who may hold what changes", machine.Place{})
	}
	for _, p := range paired(a.Keep, b.Keep, func(x *machine.Keep) string { return x.Class }) {
		c.value(Privacy, "`"+p.name+"` may be kept for another time", keep(p.old), keep(p.new), "what patients wrote may be there for longer or shorter", machine.Place{})
	}
	c.value(Behaviour, "the policy has another range for silence", span(a.Timeout, " seconds"), span(b.Timeout, " seconds"), "nothing until the flow changes", machine.Place{})
	c.value(Safety, "the policy has another range for answers that do not fit", span(a.Retries, " times"), span(b.Retries, " times"), "nothing until the flow changes", machine.Place{})
	c.value(Privacy, "the policy permits the purpose on other channels", strings.Join(a.Channels, ", "), strings.Join(b.Channels, ", "), "the flow may be served elsewhere", machine.Place{})
	c.value(Privacy, "other notices must come first", strings.Join(a.Notices, ", "), strings.Join(b.Notices, ", "), "patients are told more or less before they are asked", machine.Place{})
	c.value(Privacy, "agreements are needed from another class on", a.VendorFloor, b.VendorFloor, "more or less may be sent without one", machine.Place{})
	silenced := func(x *machine.Allowed) string { return x.Code }
	for _, p := range paired(c.old.Allowed, c.new.Allowed, silenced) {
		c.value(Privacy, "the warning `"+p.name+"` is silenced otherwise", allowed(p.old), allowed(p.new), "something unusual is let through, or no longer is", machine.Place{})
	}
	c.value(Privacy, "the whole purpose has other conditions", strings.Join(a.Requires, ", "), strings.Join(b.Requires, ", "), "identity or consent comes first, or no longer does", machine.Place{})
	c.value(Privacy, "agreements must stay in force for another time", fmt.Sprint(a.Horizon, " days"), fmt.Sprint(b.Horizon, " days"), "nothing until an agreement ends", machine.Place{})
	c.value(Privacy, "flows are reviewed at another interval", fmt.Sprint(a.ReviewEvery, " days"), fmt.Sprint(b.ReviewEvery, " days"), "a flow is read again sooner or later", machine.Place{})
}

func pack(p *machine.Pack) string {
	if p == nil {
		return "not used"
	}
	return p.Version + " " + p.SHA256
}

func class(c *machine.Class) string {
	switch {
	case c == nil:
		return "none"
	case len(c.Above) == 0:
		return "above nothing; " + c.Cite
	}
	return "above " + strings.Join(c.Above, ", ") + "; " + c.Cite
}

func keep(k *machine.Keep) string {
	if k == nil {
		return "not said"
	}
	return span(k.Range, " days")
}

func span(r machine.Range, unit string) string { return fmt.Sprintf("%d to %d%s", r.Min, r.Max, unit) }

func allowed(a *machine.Allowed) string {
	if a == nil {
		return "not silenced"
	}
	return "until " + a.Until + ": " + a.Reason
}

func permit(p *machine.Permit) string {
	switch {
	case p == nil:
		return "not permitted"
	case len(p.Requires) == 0:
		return "permitted; " + p.Cite
	}
	return "permitted with " + strings.Join(p.Requires, ", ") + "; " + p.Cite
}

func declass(d *machine.Declass) string {
	if d == nil {
		return "none"
	}
	return fmt.Sprintf("%s to %s until %s, by %s: %s", d.From, d.To, d.Until, d.Owner, d.Reason)
}

// consents compares what is agreed to, and by which fields identity is verified.
func (c *comparing) consents() {
	list := func(m *machine.Machine, kind machine.Kind) map[string]*machine.Location {
		out := map[string]*machine.Location{}
		for i := range m.Locations {
			if l := &m.Locations[i]; l.Kind == kind {
				out[l.Consent+l.Field] = l
			}
		}
		return out
	}
	for _, x := range []struct {
		kind machine.Kind
		what string
	}{{machine.Consent, "consent to `%s`"}, {machine.Verify, "verification by `%s`"}} {
		before, after := list(c.old, x.kind), list(c.new, x.kind)
		var names []string
		for n := range before {
			names = append(names, n)
		}
		for n := range after {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range slices.Compact(names) {
			what := fmt.Sprintf(x.what, n)
			switch {
			case before[n] == nil:
				c.add(Change{Level: Privacy, What: what + " is newly asked for", Means: "patients must do one thing more first", Place: after[n].Place, Sign: &Sign{New: true, At: after[n].ID}})
			case after[n] == nil:
				c.add(Change{Level: Privacy, What: what + " is no longer asked for", Means: "what followed it now happens without", Place: before[n].Place, Gone: true, Sign: &Sign{At: before[n].ID}})
			case !slices.Equal(before[n].Covers, after[n].Covers):
				c.add(Change{Level: Privacy, What: what + " is for " + classes(after[n].Covers) + " now, not for " + classes(before[n].Covers), Means: "patients agree to something else than before", Place: after[n].Place, Sign: &Sign{New: true, At: after[n].ID}})
			}
		}
	}
}

func classes(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return listed(names)
}

func fieldNames(m *machine.Machine) string {
	var out []string
	for _, f := range m.Fields {
		out = append(out, f.Name)
	}
	if len(out) == 0 {
		return ""
	}
	return listed(out)
}
