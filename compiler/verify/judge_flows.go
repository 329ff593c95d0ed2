package verify

import (
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

// sending is one reached send.
type sending struct {
	l      *location
	action *machine.Action
	vendor int
}

// sends lists the sends that some conversation comes to.
func (c *checking) sends() []sending {
	var out []sending
	for i := range c.locs {
		l := &c.locs[i]
		if len(c.x.at[i]) == 0 {
			continue
		}
		for k := range l.Do {
			if a := &l.Do[k]; a.To != "" {
				v := slices.IndexFunc(c.m.Practice.Vendors, func(v machine.Vendor) bool { return v.Name == a.To })
				out = append(out, sending{l: l, action: a, vendor: v})
			}
		}
	}
	return out
}

// flows is G7.
func (c *checking) flows() {
	if !c.explored("G7") {
		return
	}
	told := map[machine.Place]bool{}
	sends := c.sends()
	for _, s := range sends {
		if told[s.action.Place] && s.action.Place.Line > 0 {
			continue
		}
		for _, d := range c.leaks(s) {
			told[s.action.Place] = true
			c.violated("G7", d)
		}
	}
	if len(sends) == 0 {
		c.verdict("G7", Vacuous, "nothing is sent")
	}
	c.verdict("G7", Holds, "%d sends", len(sends))
}

// leaks are what a send tells its vendor that it may not hold.
func (c *checking) leaks(s sending) []*diag.Diagnostic {
	v := &c.m.Practice.Vendors[s.vendor]
	at := c.span(s.action.Place)
	var out []*diag.Diagnostic
	add := func(d *diag.Diagnostic) {
		d.In("%s", c.within(s.l))
		d.Witness = c.showSent(s, d)
		out = append(out, d)
	}
	if !slices.Contains(v.Purposes, c.m.Flow.Purpose) {
		add(diag.VendorPurpose.At(at, "`%s` does not serve the purpose `%s`", v.Name, c.m.Flow.Purpose).
			Note(c.span(v.Place), "its purposes are listed here").
			Help("leave the line out, or have the agreement and practice.yaml changed by whoever owns them"))
	}
	sent := map[string]bool{}
	for _, name := range s.action.Fields {
		class := c.m.Fields[c.field[name]].Class
		sent[class] = true
		if !c.classes.holds(v.Classes, class) {
			add(diag.VendorMayNotHold.At(at, "`%s` is of class `%s`, which `%s` may not hold", name, class, v.Name).
				Note(c.span(v.Place), "what it may hold is listed here").
				Means("`%s` would leave the practice for a company that may not have it", name).
				Help("leave `%s` out, or have the agreement and practice.yaml changed by whoever owns them", name))
		}
	}
	if d := c.implied(s, v, sent); d != nil {
		add(d)
	}
	for _, name := range s.action.Fields {
		if d := c.impliedBy(s, v, sent, c.field[name]); d != nil {
			add(d)
		}
	}
	return out
}

// showSent writes down a conversation in which all that is sent was asked; what is not is G3's to tell.
func (c *checking) showSent(s sending, d *diag.Diagnostic) string {
	for _, at := range c.x.at[s.l.index] {
		c.x.restore(at)
		if !slices.ContainsFunc(s.action.Fields, func(f string) bool { return !c.x.held[c.field[f]] }) {
			return c.show(d.Code.ID, witness{state: at, shows: d.Message})
		}
	}
	return ""
}

// implied is what a send tells by happening at all.
func (c *checking) implied(s sending, v *machine.Vendor, sent map[string]bool) *diag.Diagnostic {
	var classes []string
	var by []machine.Place
	for _, k := range c.ways.ctl[s.l.index].list() {
		if class := c.classes.names[k]; !sent[class] && !c.classes.holds(v.Classes, class) {
			classes = append(classes, "`"+class+"`")
			by = append(by, c.deciders(s.l.index, k)...)
		}
	}
	if len(classes) == 0 {
		return nil
	}
	slices.Sort(classes)
	d := diag.ImplicitFlow.At(c.span(s.action.Place), "whether this is sent depends on an answer of class %s, which `%s` may not hold", strings.Join(classes, " or "), v.Name).
		Means("from receiving it, `%s` can tell what the patient answered", v.Name).
		Help("send it before this is decided or once the ways have met again, or hand the conversation to a person")
	c.alsoDeciders(d, by)
	return d
}

// impliedBy is what a field that is sent tells by which of its questions was answered last.
func (c *checking) impliedBy(s sending, v *machine.Vendor, sent map[string]bool, field int) *diag.Diagnostic {
	var classes []string
	var by []machine.Place
	var asked *location
	for _, k := range c.ways.told[field].list() {
		class := c.classes.names[k]
		if sent[class] || c.ways.ctl[s.l.index].has(k) || c.classes.holds(v.Classes, class) {
			continue
		}
		classes = append(classes, "`"+class+"`")
		for i := range c.locs {
			l := &c.locs[i]
			if l.Kind == machine.Ask && l.field == field && c.ways.ctl[i].has(k) && (asked == nil || l.Place.Line > asked.Place.Line) {
				asked, by = l, c.deciders(i, k)
			}
		}
	}
	if len(classes) == 0 {
		return nil
	}
	slices.Sort(classes)
	name := c.m.Fields[field].Name
	d := diag.ImplicitFlow.At(c.span(s.action.Place), "which question for `%s` is asked depends on an answer of class %s, which `%s` may not hold", name, strings.Join(classes, " or "), v.Name).
		Note(c.span(asked.Place), "it is asked for here, too").
		Means("from the answer, `%s` can tell what the patient answered before", v.Name).
		Help("ask for it in one place that every way comes by, or use another field for the question that only some are asked")
	c.alsoDeciders(d, by)
	return d
}

// alsoDeciders notes the lines that decide, each once.
func (c *checking) alsoDeciders(d *diag.Diagnostic, by []machine.Place) {
	told := map[machine.Place]bool{}
	for _, b := range by {
		if !told[b] {
			told[b] = true
			d.Also(c.span(b), "this decides it")
		}
	}
}

// deciders are the lines whose guards test a field of a class and that decide whether a location is come by: at once,
// or, where there are none, by way of others.
func (c *checking) deciders(loc, class int) []machine.Place {
	if near := c.decide(class, func(between []int) bool { return slices.Contains(between, loc) }); len(near) > 0 {
		return near
	}
	return c.decide(class, func([]int) bool { return true })
}

func (c *checking) decide(class int, what func(between []int) bool) []machine.Place {
	var out []machine.Place
	for i := range c.locs {
		l := &c.locs[i]
		for n := range l.outcomes {
			o := &l.outcomes[n]
			to := c.x.taken(l, o)
			if len(to) < 2 || !slices.Contains(c.classesTold(l, o), class) {
				continue
			}
			if what(c.ways.between(to, c.ways.merge[i])) && len(out) < 3 {
				out = append(out, l.Edges[o.edges[0]].Place)
			}
		}
	}
	return out
}

// soon is how long before the check would fail that an agreement's end is told as a warning.
const soon = 60 // days

// agreements is G8.
func (c *checking) agreements() {
	if !c.explored("G8") {
		return
	}
	for _, s := range c.sends() {
		needs := func(class string) bool {
			return c.m.Policy.VendorFloor != "" && c.classes.atMost(c.m.Policy.VendorFloor, class)
		}
		classes := slices.Clone(c.ways.ctl[s.l.index])
		for _, name := range s.action.Fields {
			classes.add(c.ways.told[c.field[name]], nil)
		}
		told := slices.ContainsFunc(classes.list(), func(k int) bool { return needs(c.classes.names[k]) })
		if told && !slices.Contains(c.relied, s.vendor) {
			c.relied = append(c.relied, s.vendor)
			c.agreement(s)
		}
	}
	if len(c.relied) == 0 {
		c.verdict("G8", Vacuous, "nothing is sent that needs an agreement")
	}
	c.verdict("G8", Holds, "%d agreements in force on %s and for %d days", len(c.relied), c.asOf, c.m.Policy.Horizon)
}

func (c *checking) agreement(s sending) {
	v := &c.m.Practice.Vendors[s.vendor]
	place := c.span(v.Place)
	if v.Place.Line == 0 {
		place = c.span(s.action.Place)
	}
	until := c.opts.AsOf.AddDate(0, 0, c.m.Policy.Horizon).Format(time.DateOnly)
	a := v.Agreement
	var d *diag.Diagnostic
	switch {
	case a == nil:
		d = diag.AgreementAbsent.At(place, "`%s` is sent patient data without a signed agreement", v.Name).
			Help("add `agreement` in practice.yaml, or send nothing to it")
	case a.Effective > c.asOf:
		d = diag.AgreementOver.At(place, "the agreement with `%s` begins on %s", v.Name, a.Effective).
			Help("serve the flow from that day on")
	case a.Expires != "" && a.Expires < until:
		d = diag.AgreementOver.At(place, "the agreement with `%s` ends on %s, and must be in force until %s", v.Name, a.Expires, until).
			Help("renew it and write the new date into practice.yaml")
	case a.Expires != "" && a.Expires < c.opts.AsOf.AddDate(0, 0, c.m.Policy.Horizon+soon).Format(time.DateOnly):
		c.diags.Add(diag.AgreementEnds.At(place, "the agreement with `%s` ends on %s", v.Name, a.Expires).
			Help("renew it; from %d days before that day the flow no longer passes", c.m.Policy.Horizon))
		return
	default:
		return
	}
	d.Note(c.span(s.action.Place), "it is sent to here").Means("what patients tell would go to a company that promised nothing")
	d.Witness = c.showSent(s, d)
	c.violated("G8", d)
}
