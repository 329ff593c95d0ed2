package engine

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/text"
)

// permits says which classes may be held, and under which conditions.
type permits []permit

type permit struct {
	classes  map[string]bool // the class and all below it
	kind     string          // only this type; "" means any
	consent  consents        // nil: it needs none
	verified bool
}

// consents says which classes each consent lets be collected.
type consents map[string]map[string]bool

// cover reports whether one that was granted covers a class.
func (cs consents) cover(class string, granted []string) bool {
	return slices.ContainsFunc(granted, func(name string) bool { return cs[name][class] })
}

// indexPolicy computes what the flow and each vendor may hold.
func (p *Program) indexPolicy() error {
	below := map[string][]string{}
	for _, c := range p.m.Policy.Classes {
		below[c.Name] = c.Above
	}
	asked := consents{}
	for i := range p.m.Locations {
		l := &p.m.Locations[i]
		for _, class := range l.Covers {
			if asked[l.Consent] == nil {
				asked[l.Consent] = map[string]bool{}
			}
			maps.Copy(asked[l.Consent], closure(below, class))
		}
	}
	for _, mp := range p.m.Policy.Permits {
		may := permit{classes: closure(below, mp.Class), kind: mp.Type, verified: slices.Contains(mp.Requires, "authenticated")}
		if slices.Contains(mp.Requires, "consent") {
			may.consent = asked
		}
		p.permits = append(p.permits, may)
	}
	p.vendors = make(map[string]permits, len(p.m.Practice.Vendors))
	for _, v := range p.m.Practice.Vendors {
		var may permits
		for _, class := range v.Classes {
			may = append(may, permit{classes: closure(below, class)})
		}
		p.vendors[v.Name] = may
	}
	return nil
}

func closure(below map[string][]string, class string) map[string]bool {
	out := map[string]bool{class: true}
	for todo := []string{class}; len(todo) > 0; todo = todo[1:] {
		for _, b := range below[todo[0]] {
			if !out[b] {
				out[b] = true
				todo = append(todo, b)
			}
		}
	}
	return out
}

// allow reports whether what was found may be held in this conversation.
func (ps permits) allow(f Finding, c *Conversation) bool {
	for _, p := range ps {
		switch {
		case !p.classes[f.Class], p.kind != "" && p.kind != f.Type:
		case p.consent != nil && !p.consent.cover(f.Class, c.Consents), p.verified && len(c.Verified) == 0:
		default:
			return true
		}
	}
	return false
}

// expected is the field type that the open question asks for; "" without one.
func (t *turn) expected() string {
	if t.c.Control != Assistant || !t.waits() {
		return ""
	}
	return t.here().expects
}

func (t *turn) mayNotHold(f Finding) bool { return !t.p.permits.allow(f, &t.c) }

// forbidden are the findings that the flow may not hold.
func (t *turn) forbidden(r Reading) []Finding {
	var out []Finding
	for _, f := range r.Found() {
		if t.mayNotHold(f) {
			out = append(out, f)
		}
	}
	return out
}

// receive stores a patient's text, masked, and flags the conversation for review once.
func (t *turn) receive(said string, r Reading) {
	t.c.Seq++
	forbidden := t.forbidden(r)
	masked := said
	if len(forbidden) > 0 {
		masked = r.Mask(t.mayNotHold)
	}
	t.emit(Received{Seq: t.c.Seq, Text: said, Masked: masked, Found: r.Found()})
	if len(forbidden) > 0 && !t.c.Flagged {
		t.c.Flagged = true
		t.emit(Flagged{Found: forbidden})
	}
}

// quiet classes are hidden without a word: a date or a postcode in a message is no reason to admonish a patient, and what
// only the words around it suggest is not sure enough for it.
var quiet = map[string]bool{"identifier": true, "contact": true, "preference": true, "interest": true, "public": true}

// gentle asks once to leave medical details and personal numbers out, before the reply of an ordinary turn.
func (t *turn) gentle(r Reading) {
	if t.c.Gentle || !slices.ContainsFunc(t.forbidden(r), func(f Finding) bool { return !quiet[f.Class] }) {
		return
	}
	t.c.Gentle = true
	t.said(RoleGentle, t.standard("phi"))
}

// Mask hides in text, where found was found, what hide says. It serves every reader of a stored text: by the classes that
// the reader's role sees.
func Mask(s string, found []Finding, hide func(Finding) bool) string {
	var spans []text.Span
	for _, f := range found {
		if hide(f) {
			spans = append(spans, text.Span{Start: f.Start, End: f.End})
		}
	}
	return text.Mask(s, spans)
}

// Kinds counts findings by their type, as "health 2, ssn 1": all that a log, a metric or an audit trail may know of them.
func Kinds(found []Finding) string {
	count := map[string]int{}
	for _, f := range found {
		count[f.Type]++
	}
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, kind+" "+strconv.Itoa(count[kind]))
	}
	return strings.Join(parts, ", ")
}

// send asks for fields to be sent to a vendor. A free text is masked once more, by what this vendor may hold.
func (t *turn) send(a *action) {
	s := Sent{Vendor: a.to}
	for _, i := range a.fields {
		f := &t.p.m.Fields[i]
		value := t.c.Values[i]
		if value == "" {
			continue
		}
		if kind := t.p.kinds[i]; kind == kindText || kind == "message" {
			value = t.maskFor(a.to, f, value)
		}
		s.Fields = append(s.Fields, FieldValue{Name: f.Name, Class: f.Class, Value: value})
	}
	t.emit(s)
}

// maskFor hides in a free text what is above the classes the vendor may hold.
func (t *turn) maskFor(vendor string, f *machine.Field, value string) string {
	if f.Type == typeSlot {
		return value
	}
	may := t.p.vendors[vendor]
	return t.p.reader.Read(value, f.PolicyType()).Mask(func(found Finding) bool { return !may.allow(found, &t.c) })
}
