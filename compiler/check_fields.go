package compiler

import (
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// checkFields judges the types of fields and parameters.
func (c *compilation) checkFields() {
	c.types.classes = map[string]string{}
	c.types.declass = map[string]*syntax.DeclassifyDecl{}
	sent := c.sentFields()
	for _, f := range sortedBySpan(c.names.fields) {
		if !c.checkType(&f.Type) {
			continue
		}
		t := c.typeOfRef(&f.Type)
		if f.For == nil && (t.name != typeYesNo || sent[f.Name.Name]) {
			c.report(diag.FieldWithoutUse, f.Name.Span, "the field `%s` does not say what it is for", f.Name.Name).
				Help("add what the practice does with it: `for \"the coordinator's call back\"`")
		}
		if f.For != nil && isBlank(f.For.Value) {
			c.report(diag.EmptyText, f.For.Span, "this does not say what the field is for").Help("name the use in a few words; the policy document prints it")
		}
		if t.name == typeSlot && c.facts.practice.Appointments == nil {
			c.report(diag.NoCalendar, f.Type.Span, "`%s` is a slot, and practice.yaml has no `appointments`", f.Name.Name).
				Means("there would never be a free time").
				Help("add `appointments` to practice.yaml, or ask for a day and a part of the day instead")
		}
	}
	c.eachFragmentParam(func(p *syntax.Param) { c.checkType(&p.Type) })
}

func (c *compilation) eachFragmentParam(f func(p *syntax.Param)) {
	for _, frag := range sortedFragments(c.names.frags) {
		for i := range frag.decl.Params {
			f(&frag.decl.Params[i])
		}
	}
}

// sentFields are the fields of the flow that some send names.
func (c *compilation) sentFields() map[string]bool {
	out := map[string]bool{}
	for _, i := range c.graph.states {
		for _, st := range i.decl.Body {
			if send, ok := st.(*syntax.SendStmt); ok {
				for _, f := range send.Fields {
					out[i.frame.field(f.Name)] = true
				}
			}
		}
	}
	return out
}

// checkType judges a type by itself.
func (c *compilation) checkType(t *syntax.TypeRef) bool {
	if _, ok := c.facts.policy.FieldType(c.typeOfRef(t).name); !ok {
		id := syntax.Ident{Name: t.Name, Span: t.Span}
		c.suggest(c.report(diag.UnknownFieldType, t.Span, "there is no kind of answer called `%s`", t.Name), id, append(c.facts.policy.TypeNames(), "one of"))
		return false
	}
	if t.Name == "one of" {
		return c.checkOptions(t)
	}
	if c.typeOfRef(t).name == typeDate {
		return c.checkDays(t)
	}
	if t.Min != nil && t.Max != nil && t.Min.Value >= t.Max.Value {
		c.report(diag.BadType, t.Span, "the range %d..%d holds no choice", t.Min.Value, t.Max.Value).
			Help("write the smaller number first, for example `0..10`")
		return false
	}
	return true
}

// checkDays judges the days that a date may be.
func (c *compilation) checkDays(t *syntax.TypeRef) bool {
	d := c.typeOfRef(t)
	switch {
	case *d.min < -machine.DaysBack || *d.max > machine.DaysBack:
		c.report(diag.BadType, t.Span, "a date lies at most %d days from today", machine.DaysBack).
			Help("leave the number out: `date ..today` is any day that is over, `date today..` any from today on")
		return false
	case *d.min > *d.max:
		c.report(diag.BadType, t.Span, "the range `%s` holds no day", strings.TrimPrefix(d.written(), "date ")).
			Help("write the earlier day first, counted from today: `date 1..60`, `date -30..today`")
		return false
	}
	return true
}

func (c *compilation) checkOptions(t *syntax.TypeRef) bool {
	seen := map[string]source.Span{}
	ok := true
	for _, o := range t.Options {
		if first, dup := seen[o.Name.Name]; dup {
			c.report(diag.DeclaredTwice, o.Name.Span, "the option `%s` is listed twice", o.Name.Name).
				Note(first, "the first stands here").Help("delete one of the two")
			ok = false
		}
		seen[o.Name.Name] = o.Name.Span
	}
	if len(seen) > machine.MaxChoices {
		c.report(diag.TooManyStates, t.Span, "this choice has %d options, and %d are the limit", len(seen), machine.MaxChoices).Help("ask in two steps")
		return false
	}
	if len(seen) < 2 {
		c.report(diag.BadType, t.Span, "a choice needs at least two options").Help("add another, for example `other`")
		return false
	}
	return ok
}

// checkClasses judges the classes of fields against the policy.
func (c *compilation) checkClasses() {
	for _, f := range sortedBySpan(c.names.fields) {
		c.classOf(f)
	}
	links := c.linkFields()
	c.types.linked = map[string]string{}
	for _, l := range links {
		c.types.linked[l.Field] = l.To
	}
	c.checkDeclassify()
	for _, f := range sortedBySpan(c.names.fields) {
		if class, ok := c.types.classes[f.Name.Name]; ok && !c.checkPermit(f, class) {
			delete(c.types.classes, f.Name.Name)
		}
	}
	for _, l := range links {
		c.checkLinked(l)
	}
}

// classOf finds the class of a field: its type's, or a higher one that it names.
func (c *compilation) classOf(f *syntax.FieldDecl) {
	p := c.facts.policy
	info, ok := p.FieldType(c.typeOfRef(&f.Type).name)
	if !ok {
		return
	}
	c.types.classes[f.Name.Name] = info.Class
	if f.Class == nil {
		return
	}
	switch {
	case !p.IsClass(f.Class.Name):
		c.suggest(c.report(diag.UnknownClass, f.Class.Span, "there is no data class `%s`", f.Class.Name), *f.Class, p.Classes())
	case !p.Below(info.Class, f.Class.Name):
		c.report(diag.ClassLowered, f.Class.Span, "`%s` is of class `%s`, and `%s` is not above it", f.Name.Name, info.Class, f.Class.Name).
			Help("leave `class` out, or name a class above `%s`", info.Class)
	default:
		c.types.classes[f.Name.Name] = f.Class.Name
	}
}

// checkDeclassify lowers the classes that the policy lets the flow lower.
func (c *compilation) checkDeclassify() {
	p := c.facts.policy
	for _, d := range c.names.declass {
		field := c.names.fields[d.Field.Name]
		if _, ok := c.types.classes[d.Field.Name]; !ok {
			continue
		}
		from := c.classBefore(d.Field.Name)
		c.checkReason(d.Reason)
		if isBlank(d.Owner.Value) {
			c.report(diag.EmptyText, d.Owner.Span, "nobody is named here").Help("name the person who decided it")
		}
		if first := c.types.declass[d.Field.Name]; first != nil {
			c.twice(d.Field, "declassification", first)
			continue
		}
		if !p.IsClass(d.Class.Name) {
			c.suggest(c.report(diag.UnknownClass, d.Class.Span, "there is no data class `%s`", d.Class.Name), d.Class, p.Classes())
			continue
		}
		by, ok := p.Declassifier(c.typeOfRef(&field.Type).name, from, d.Class.Name)
		if !ok {
			c.report(diag.DeclassifyRefused, d.Class.Span, "the policy has no way from `%s` down to `%s` for `%s`", from, d.Class.Name, d.Field.Name).
				Help("leave it as it is, or ask for less: a yes or no, a year, three digits of a ZIP code")
			continue
		}
		if !c.realDate(d.Until) || !c.soonEnough(d, by) {
			continue
		}
		c.types.declass[d.Field.Name] = d
		c.types.classes[d.Field.Name] = d.Class.Name
	}
}

// soonEnough checks that a declassification is looked at again when the policy says, counted from the flow's review. A
// flow without one is refused for that.
func (c *compilation) soonEnough(d *syntax.DeclassifyDecl, by policy.Declassifier) bool {
	r, _ := c.facts.practice.Flow(flowID(c.entry))
	reviewed, err := time.Parse(time.DateOnly, r.Reviewed.Value)
	if err != nil || !by.MaxFor.IsSet() {
		return true
	}
	last := reviewed.AddDate(0, 0, int(by.MaxFor.Value)).Format(time.DateOnly)
	if d.Until.Value <= last {
		return true
	}
	c.report(diag.DeclassifyTooLong, d.Until.Span, "this is decided for longer than the %d days that the policy permits", by.MaxFor.Value).
		Note(by.Span, "the policy says so here").
		Note(r.Reviewed.Span, "the flow was reviewed on this day").
		Help("write `until %s` or an earlier day", last)
	return false
}

// checkPermit asks the policy whether this purpose may collect the field.
func (c *compilation) checkPermit(f *syntax.FieldDecl, class string) bool {
	p, purpose := c.facts.policy, c.names.purpose.Name.Name
	t := c.typeOfRef(&f.Type)
	judged := class
	if c.types.declass[f.Name.Name] != nil { // what a declassifier gives was collected as what it is
		judged = c.classBefore(f.Name.Name)
	}
	d := p.Permit(purpose, t.name, judged)
	info, _ := p.FieldType(t.name)
	switch {
	case !d.Allowed && info.Never:
		c.refuse(c.report(diag.NeverCollected, f.Type.Span, "`%s` asks for %s, which is never asked for in a chat", f.Name.Name, titled(info, judged)), d)
	case !d.Allowed:
		if !c.sameCause("class "+judged, f.Type.Span, "nor may it ask for `%s`: %s", f.Name.Name, titled(info, judged)) {
			c.refuse(c.cause("class "+judged, c.report(diag.RefusedForPurpose, f.Type.Span, "`%s` asks for %s, which a flow for `%s` may not collect", f.Name.Name, titled(info, judged), purpose)), d)
		}
	case contains(d.Requires, policy.HumanApproval):
		c.refuse(c.report(diag.NeedsApproval, f.Type.Span, "`%s` asks for %s, which needs a person's approval first", f.Name.Name, titled(info, judged)), d)
	case contains(d.Requires, policy.SecureChannel) && c.insecureChannel() != "":
		if !c.sameCause("channel", f.Type.Span, "nor for `%s`: %s", f.Name.Name, titled(info, judged)) {
			c.refuse(c.cause("channel", c.report(diag.NeedsSecureChannel, f.Type.Span, "`%s` asks for %s, which `%s` is not secure enough for", f.Name.Name, titled(info, judged), c.insecureChannel())), d)
		}
	case t.input == typeChoice && len(t.options) == 0:
		c.report(diag.BadType, f.Type.Span, "`%s` is a choice, and this does not say between which answers", f.Name.Name).
			Means("patients would have no button to press").
			Help("list the answers and name the class: `field %s one of this, that class %s`", f.Name.Name, class)
	default:
		return true
	}
	return false
}

// titled says what a field asks for, in plain words, with the class when the author raised it.
func titled(info policy.TypeInfo, class string) string {
	title := info.Title
	if title == "" {
		title = "`" + info.Name + "`"
	}
	if class != info.Class {
		title += " of class `" + class + "`"
	}
	return title
}

// refuse completes a refusal: the policy's reason and rule, where it would be allowed, and what to do instead.
func (c *compilation) refuse(d *diag.Diagnostic, decision policy.Decision) {
	if decision.Why != "" {
		d.Note(source.Span{}, "why: %s", decision.Why)
	}
	if pu, ok := c.facts.policy.Purpose(c.names.purpose.Name.Name); ok {
		d.Note(pu.Span, "what `%s` may collect is listed here", pu.Name.Value)
	}
	if decision.Cite != "" {
		d.Note(source.Span{}, "rule: %s", decision.Cite)
	}
	if len(decision.AllowedFor) > 0 {
		d.Note(source.Span{}, "allowed for: %s", strings.Join(decision.AllowedFor, "; "))
	}
	if decision.Instead != "" {
		d.Help("%s", decision.Instead)
	} else {
		d.Help("delete the field, or hand the conversation to a person with `handoff`")
	}
}

// insecureChannel is a channel that is not secure; one that this purpose may not be served on is refused for that.
func (c *compilation) insecureChannel() string {
	purpose, _ := c.facts.policy.Purpose(c.names.purpose.Name.Name)
	allowed := words(purpose.Channels)
	for _, name := range c.names.channels {
		if len(allowed) > 0 && !contains(allowed, name) {
			continue
		}
		if ch, ok := c.facts.policy.Channel(name); ok && ch.Secure.Value != "yes" {
			return name
		}
	}
	return ""
}

// classBefore is the class of a field without its declassification: what it has beside other fields, names, or its type has.
func (c *compilation) classBefore(name string) string {
	if to, ok := c.types.linked[name]; ok {
		return to
	}
	f := c.names.fields[name]
	if f.Class != nil {
		return f.Class.Name
	}
	info, _ := c.facts.policy.FieldType(c.typeOfRef(&f.Type).name)
	return info.Class
}

// linkFields raises the classes that fields have only beside each other.
func (c *compilation) linkFields() []policy.Linked {
	var all []policy.LinkField
	for _, f := range sortedBySpan(c.names.fields) {
		class, ok := c.types.classes[f.Name.Name]
		if !ok {
			continue
		}
		t := c.typeOfRef(&f.Type)
		all = append(all, policy.LinkField{Name: f.Name.Name, Type: t.name, Class: class, Options: c.linkedOptions(&f.Type)})
	}
	return c.facts.policy.Linked(all)
}

// checkLinked judges a field by the class it has beside another, and keeps that class.
func (c *compilation) checkLinked(l policy.Linked) {
	f := c.names.fields[l.Field]
	if _, ok := c.types.classes[l.Field]; !ok {
		return // refused already
	}
	purpose := c.names.purpose.Name.Name
	d := c.facts.policy.Permit(purpose, c.typeOfRef(&f.Type).name, l.To)
	if !d.Allowed {
		problem := c.report(diag.LinkedClassRefused, f.Name.Span, "beside `%s`, `%s` is of class `%s`, which a flow for `%s` may not hold", l.With, l.Field, l.To, purpose).
			Note(c.names.fields[l.With].Name.Span, "`%s` stands here", l.With)
		if l.Link.Because.Value != "" {
			d.Why = l.Link.Because.Value
		}
		d.Cite, d.Instead = l.Link.Cite.Value, "ask only one of the two, let an `offer` lead on instead of keeping the answer, or let a person ask"
		c.refuse(problem, d)
		return
	}
	if c.types.declass[l.Field] == nil {
		c.types.classes[l.Field] = l.To
	}
}

// checkChannels judges where the flow is served.
func (c *compilation) checkChannels() {
	p := c.facts.policy
	purpose, _ := p.Purpose(c.names.purpose.Name.Name)
	for i, name := range c.names.channels {
		span := c.names.purpose.Span
		if c.names.channel != nil {
			span = c.names.channel.Names[c.channelIndex(name)].Span
		}
		if allowed := words(purpose.Channels); len(allowed) > 0 && !contains(allowed, name) {
			c.report(diag.ChannelRefused, span, "a flow for `%s` may not be served on `%s`", purpose.Name.Value, name).
				Help("serve it on %s: `channel %s`", list(allowed), allowed[0])
			continue
		}
		if !contains(c.facts.channels(), name) {
			c.report(diag.ChannelNotOffered, span, "practice.yaml does not list the channel `%s`", name).
				Help("practice.yaml has %s", list(c.facts.channels()))
		}
		for _, f := range sortedBySpan(c.names.fields) {
			class, ok := c.types.classes[f.Name.Name]
			if ok && !p.Carries(name, class, true) {
				c.report(diag.ClassNotOnChannel, f.Name.Span, "`%s` is of class `%s`, which `%s` may not carry", f.Name.Name, class, c.names.channels[i]).
					Help("leave the channel out, or do not ask for it")
			}
		}
	}
}

func (c *compilation) channelIndex(name string) int {
	for i, id := range c.names.channel.Names {
		if id.Name == name {
			return i
		}
	}
	return 0
}

// checkSession judges how long the flow waits, keeps and asks again.
func (c *compilation) checkSession() {
	p := c.facts.policy
	values := c.sessionItems()
	if v, ok := values["timeout"]; ok {
		c.checkRange(diag.TimeoutOutOfRange, v, p.Timeout(), "the timeout", seconds)
	}
	if v, ok := values["retries"]; ok {
		c.checkRange(diag.RetriesOutOfRange, v, p.Retries(), "`retries`", count)
	}
	if v, ok := values["keep"]; ok {
		c.checkKeep(v)
		c.checkEnded(v, values)
	}
}

// checkEnded judges what is kept after an outcome: such an outcome there is, and it only shortens what is kept.
func (c *compilation) checkEnded(keep sessionValue, values map[string]sessionValue) {
	for _, name := range sortedNames(values) {
		v := values[name]
		if v.outcome == nil {
			continue
		}
		if known := c.endings(); !slices.Contains(known, v.outcome.Name) {
			c.suggest(c.report(diag.BadSession, v.outcome.Span, "no conversation of this flow ends as `%s`", v.outcome.Name), *v.outcome, known)
			continue
		}
		if v.value >= keep.value {
			c.report(diag.KeepOutOfRange, v.span, "`%s` must be shorter than `keep`, which is %s", name, days(keep.value)).
				Means("what patients wrote is there for longer than the flow says of all others").
				Help("make `keep` the longest and shorten the other outcomes, or leave this line out")
			continue
		}
		c.checkKeep(v)
	}
}

// freeTextClass is the class of what a patient may write at any time, whatever is asked.
const freeTextClass = "health"

// checkKeep judges the retention against every class that the flow holds; one message for the first that refuses.
func (c *compilation) checkKeep(v sessionValue) {
	if r, ok := c.facts.policy.Keep(freeTextClass); ok && !c.checkRange(diag.KeepOutOfRange, v, r, "`keep`, because patients write freely,", days) {
		return
	}
	for _, f := range sortedBySpan(c.names.fields) {
		class, ok := c.types.classes[f.Name.Name]
		if !ok {
			continue
		}
		r, ok := c.facts.policy.Keep(class)
		if !ok {
			c.report(diag.NoKeep, f.Name.Span, "the policy does not say how long `%s`, of class `%s`, may be kept", f.Name.Name, class).
				Help("ask your compliance owner for a rule, or do not collect it")
			return
		}
		if !c.checkRange(diag.KeepOutOfRange, v, r, "`keep`, because of `"+f.Name.Name+"`,", days) {
			return
		}
	}
}

// sessionValue is one line of the session in the unit that the machine counts in.
type sessionValue struct {
	value   int64
	span    source.Span
	outcome *syntax.Ident // that it is for; nil for all
}

func (c *compilation) checkRange(code *diag.Code, v sessionValue, r machine.Range, what string, unit func(int64) string) bool {
	if v.value >= r.Min && v.value <= r.Max {
		return true
	}
	c.report(code, v.span, "%s must be between %s and %s, not %s", what, unit(r.Min), unit(r.Max), unit(v.value)).
		Help("choose a value between %s and %s", unit(r.Min), unit(r.Max))
	return false
}
