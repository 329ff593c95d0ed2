package policy

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Policy is a base pack and its overlays composed: the rules a flow is judged by. [Compose] makes one. It is immutable
// and safe for concurrent use.
type Policy struct {
	Rules   *Pack          // the composed rules; spans point into the pack that decided
	Packs   []machine.Pack // base first, then overlays by name
	order   *lattice
	levels  map[string][]level // per type: the classes it must be permitted as; the base pack's first
	layers  map[string][]layer // per purpose: what each pack says; all of them must permit
	aliases map[string]string  // any spelling → type

	declarers map[string]int // class → the number of packs that bring it in
}

// level is a class that a type has in some pack. The first pack's is the one that rows by type stand for.
type level struct {
	class string
	base  bool
}

// layer is what one pack says about a purpose, with the classes that it knows: the base pack's and its own.
type layer struct {
	Purpose
	knows *lattice
	base  *lattice // nil in the base pack's layer
}

// declares reports whether the pack of the layer brings in the class.
func (l layer) declares(class string) bool {
	return l.knows.has(class) && (l.base == nil || !l.base.has(class))
}

// TypeInfo is a field type as the composed policy sees it.
type TypeInfo struct {
	Name     string // canonical: "date-of-birth"
	Class    string
	Title    string // "a date of birth"
	Input    string // the kind of lang/input that reads it
	Min, Max *int64 // what a number or a date may be, the date in days from today; nil: anything
	FreeText bool
	Never    bool   // no purpose may ever collect it
	Why      string // a clause: why it is refused
	Instead  string // an imperative: what to do instead
	Cite     string
}

// Decision says whether a purpose may collect something, under what conditions, and what to tell the author.
type Decision struct {
	Allowed    bool
	Requires   []string // Authenticated, Consent, SecureChannel, HumanApproval; sorted
	Class      string   // the class that was judged
	Cite       string   // of the rule that decided
	Why        string   // a clause: why it is refused, or why the conditions
	AllowedFor []string // the purposes that may collect it, in words: "intake-portal (after the patient's identity is verified)"
	Instead    string   // an imperative
}

// FieldType returns the field type of a name as an author writes it: "date of birth", "date-of-birth" and "dob" are one.
func (p *Policy) FieldType(name string) (TypeInfo, bool) {
	t, ok := p.typ(name)
	if !ok {
		return TypeInfo{}, false
	}
	class, _ := p.Rules.Class(t.Class.Value)
	input := t.Input.Value
	if input == "" {
		input = "text"
	}
	return TypeInfo{
		Name: t.Name.Value, Class: t.Class.Value, Title: t.Title.Value, Input: input, FreeText: t.FreeText,
		Min: t.Min.end(), Max: t.Max.end(), Never: class.Never, Why: t.Why.Value, Instead: t.Instead.Value, Cite: t.Cite.Value,
	}, true
}

func (p *Policy) typ(name string) (Type, bool) {
	canonical, ok := p.aliases[name]
	if !ok {
		canonical, ok = p.aliases[spelling(name)]
	}
	if !ok {
		return Type{}, false
	}
	i := 0
	for p.Rules.Types[i].Name.Value != canonical {
		i++
	}
	return p.Rules.Types[i], true
}

// spelling folds the ways of writing a type name: "date of birth", "Date-of-birth", "date_of_birth".
func spelling(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r == ' ' || r == '-' || r == '_'
	}), "-")
}

// TypeNames returns every spelling of every field type, sorted, for suggestions.
func (p *Policy) TypeNames() []string { return sortedKeys(p.aliases) }

// Purposes returns the names of the purposes, sorted.
func (p *Policy) Purposes() []string {
	out := make([]string, len(p.Rules.Purposes))
	for i, pu := range p.Rules.Purposes {
		out[i] = pu.Name.Value
	}
	slices.Sort(out)
	return out
}

// Purpose returns the rules of a purpose.
func (p *Policy) Purpose(name string) (Purpose, bool) { return p.Rules.purpose(name) }

// Classes returns the names of the classes, sorted.
func (p *Policy) Classes() []string { return slices.Clone(p.order.names) }

// IsClass reports whether the policy knows the class.
func (p *Policy) IsClass(name string) bool { return p.order.has(name) }

// Below reports whether whatever may hold b may hold a: a is b, or lies under it. Every class is below Top.
func (p *Policy) Below(a, b string) bool { return p.order.below(a, b) }

// Join returns the smallest class at or above both. Top when there is none.
func (p *Policy) Join(a, b string) string { return p.order.join(a, b) }

// Permit decides whether a flow of this purpose may collect a field of this type and class; an empty class is the
// type's own. The class may only be higher than the type's.
func (p *Policy) Permit(purpose, fieldType, class string) Decision {
	t, ok := p.typ(fieldType)
	if !ok {
		return Decision{Class: class, Why: "no policy pack describes this kind of answer"}
	}
	if class == "" {
		class = t.Class.Value
	}
	d := p.permit(purpose, t, class)
	d.Class = class
	d.Instead = t.Instead.Value
	d.AllowedFor = p.allowedFor(t, class)
	return d
}

func (p *Policy) permit(purpose string, t Type, class string) Decision {
	refused := Decision{Why: t.Why.Value, Cite: t.Cite.Value}
	pu, ok := p.Rules.purpose(purpose)
	if !ok || !p.Below(t.Class.Value, class) || containsValue(pu.Refuse, t.Name.Value) {
		return refused
	}
	d := Decision{Allowed: true, Why: t.Why.Value, Requires: values(pu.Requires)}
	for _, l := range p.levelsOf(t, class) {
		c, _ := p.Rules.Class(l.class)
		if c.Never || containsValue(pu.Refuse, l.class) {
			if c.Never {
				refused.Cite = c.Cite.Value
			}
			return refused
		}
		requires, cite, ok := p.rows(purpose, t.Name.Value, l)
		if !ok {
			return refused
		}
		d.Requires = append(append(d.Requires, requires...), values(c.Requires)...)
		d.Cite = cite
	}
	d.Requires = unique(d.Requires)
	return d
}

// rows asks every pack whether a purpose may collect a type as a class: each that lists what may be collected, and
// knows the class, must have a line for it. At least the pack that declares the class must; where several overlays
// declare it, all of them.
func (p *Policy) rows(purpose, typ string, l level) (requires []string, cite string, ok bool) {
	declared := 0
	for i, layer := range p.layers[purpose] {
		row, found := rowFor(layer.Purpose, typ, level{class: l.class, base: l.base || i > 0})
		switch {
		case found:
			requires = append(requires, values(row.Requires)...)
			if layer.declares(l.class) {
				declared++
			}
			if cite == "" || row.Cite.IsSet() {
				cite = row.Cite.Value
			}
		case layer.Limited && layer.knows.has(l.class):
			return nil, "", false
		}
	}
	return requires, cite, declared > 0 && declared == p.declarers[l.class]
}

// PermitLowered decides whether a flow of this purpose may collect a field whose class a declassifier lowers.
func (p *Policy) PermitLowered(purpose, fieldType, from, to string) Decision {
	t, ok := p.typ(fieldType)
	x, listed := p.Declassifier(fieldType, from, to)
	pu, known := p.Rules.purpose(purpose)
	if !ok || !listed || !known || containsValue(pu.Refuse, t.Name.Value) {
		return Decision{Class: to, Why: "the policy has no declassifier for this", Cite: t.Cite.Value, Instead: t.Instead.Value}
	}
	row, ok := p.classPermit(pu, to)
	requires := unique(append(values(pu.Requires), row.Requires...))
	return Decision{Allowed: ok, Requires: requires, Class: to, Cite: x.Cite.Value, Why: x.How.Value, Instead: t.Instead.Value}
}

// levelsOf returns every class the type must be permitted as when a field of it has this class: raising a class never
// makes something permitted that was not.
func (p *Policy) levelsOf(t Type, class string) []level {
	levels := slices.Clone(p.levels[t.Name.Value])
	if !slices.ContainsFunc(levels, func(l level) bool { return l.class == class }) {
		levels = append(levels, level{class: class})
	}
	return levels
}

func rowFor(pu Purpose, typ string, l level) (Row, bool) {
	for _, r := range pu.Collect {
		if l.base && r.Type.Value == typ {
			return r, true
		}
	}
	for _, r := range pu.Collect {
		if r.Class.IsSet() && r.Class.Value == l.class {
			return r, true
		}
	}
	return Row{}, false
}

func (p *Policy) allowedFor(t Type, class string) []string {
	var out []string
	for _, name := range p.Purposes() {
		d := p.permit(name, t, class)
		if !d.Allowed {
			continue
		}
		if words := ConditionsInWords(d.Requires); words != "" {
			name += " (" + words + ")"
		}
		out = append(out, name)
	}
	return out
}

// conditionWords say the conditions of a permit in the order a patient meets them.
var conditionWords = []struct{ name, words string }{
	{SecureChannel, "over a secure channel"},
	{Authenticated, "after the patient's identity is verified"},
	{Consent, "after the patient agreed"},
	{HumanApproval, "when a person of the practice approves"},
}

// ConditionsInWords says conditions in words: "over a secure channel, after the patient agreed".
func ConditionsInWords(requires []string) string {
	var out []string
	for _, c := range conditionWords {
		if slices.Contains(requires, c.name) {
			out = append(out, c.words)
		}
	}
	return strings.Join(out, ", ")
}

// Channel returns the rules of a channel.
func (p *Policy) Channel(name string) (Channel, bool) { return p.Rules.channel(name) }

// ChannelNames returns the names of the channels, sorted.
func (p *Policy) ChannelNames() []string {
	out := make([]string, len(p.Rules.Channels))
	for i, c := range p.Rules.Channels {
		out[i] = c.Name.Value
	}
	slices.Sort(out)
	return out
}

// Carries reports whether a channel may carry a class, before or after the patient's identity was verified.
func (p *Policy) Carries(channel, class string, verified bool) bool {
	c, ok := p.Rules.channel(channel)
	if !ok {
		return false
	}
	return containsValue(c.Holds, class) || verified && containsValue(c.Verified, class)
}

// Timeout returns the permitted seconds without a message from the patient.
func (p *Policy) Timeout() machine.Range { return p.Rules.Session.Timeout.closed() }

// Retries returns the permitted number of reprompts.
func (p *Policy) Retries() machine.Range { return p.Rules.Session.Retries.closed() }

// Keep returns how many days records that hold a class may be kept.
func (p *Policy) Keep(class string) (machine.Range, bool) {
	var out machine.Range
	found := false
	for _, r := range p.Rules.Retention {
		if !containsValue(r.Classes, class) {
			continue
		}
		c := r.closed()
		if found {
			c = machine.Range{Min: max(c.Min, out.Min), Max: min(c.Max, out.Max)}
		}
		out, found = c, true
	}
	return out, found
}

// NoticesBeforeCollecting returns the notices that must precede the first question, sorted by name.
func (p *Policy) NoticesBeforeCollecting() []string {
	var out []string
	for _, n := range p.Rules.Notices {
		if n.When.Value == BeforeCollect {
			out = append(out, n.Name.Value)
		}
	}
	slices.Sort(out)
	return out
}

// NeedsAgreement reports whether a vendor that receives the class needs an agreement.
func (p *Policy) NeedsAgreement(class string) bool {
	return p.Below(p.Rules.Vendors.Floor.Value, class)
}

// VendorMayHold reports whether any vendor may hold the class at all.
func (p *Policy) VendorMayHold(class string) bool {
	for _, c := range p.Rules.Classes {
		if (c.NoVendor || c.Never) && p.Below(c.Name.Value, class) {
			return false
		}
	}
	return p.IsClass(class)
}

// Declassifier returns the rule by which a field of this type may go from one class to a lower one.
func (p *Policy) Declassifier(fieldType, from, to string) (Declassifier, bool) {
	t, ok := p.typ(fieldType)
	if !ok {
		return Declassifier{}, false
	}
	for _, d := range p.Rules.Declassify {
		if d.From.Value == from && d.To.Value == to && containsValue(d.Types, t.Name.Value) {
			return d, true
		}
	}
	return Declassifier{}, false
}

// Machine returns what a machine of this purpose carries of the policy. Declassify is the compiler's to fill.
func (p *Policy) Machine(purpose string) machine.Policy {
	out := machine.Policy{
		Packs: slices.Clone(p.Packs), Timeout: p.Timeout(), Retries: p.Retries(),
		Notices: p.NoticesBeforeCollecting(), VendorFloor: p.Rules.Vendors.Floor.Value,
		Horizon: int(p.Rules.Vendors.Horizon.Value), ReviewEvery: int(p.Rules.Review.Every.Value),
	}
	for _, name := range p.order.names {
		c, _ := p.Rules.Class(name)
		out.Classes = append(out.Classes, machine.Class{Name: name, Above: p.order.above(name), Cite: c.Cite.Value})
		if keep, ok := p.Keep(name); ok {
			out.Keep = append(out.Keep, machine.Keep{Class: name, Range: keep})
		}
	}
	if pu, ok := p.Rules.purpose(purpose); ok {
		out.Permits = p.permits(pu)
		out.Channels = sortedValues(pu.Channels)
		out.Requires = sortedValues(pu.Requires)
	}
	return out
}
