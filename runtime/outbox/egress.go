package outbox

import (
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Refusal says why something may not leave. It is told to people and never names a value.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// permit decides whether a parcel may be sent to a vendor on a day, as 2006-01-02, by what the practice's flows of today say of
// that vendor. It returns the vendor, or a Refusal. Where flows of today disagree, each of them must permit it (45 CFR
// 164.502(e), 164.504(e)).
func (p *parcel) permit(today []*machine.Machine, vendor, day string) (machine.Vendor, error) {
	var found *machine.Vendor
	for _, m := range today {
		at := slices.IndexFunc(m.Practice.Vendors, func(v machine.Vendor) bool { return v.Name == vendor })
		if at < 0 {
			continue
		}
		found = &m.Practice.Vendors[at]
		if err := p.permitted(found, day); err != nil {
			return *found, err
		}
	}
	if found == nil {
		return machine.Vendor{Name: vendor}, Refusal("no flow in service names this vendor any more")
	}
	return *found, nil
}

func (p *parcel) permitted(v *machine.Vendor, day string) error {
	collected := p.machine
	floor := collected.Policy.VendorFloor
	needed := floor == ""
	for _, class := range p.told {
		if !slices.ContainsFunc(v.Classes, func(c string) bool { return collected.Policy.Below(c)[class] }) {
			return Refusal("it may not hold the class " + class)
		}
		needed = needed || collected.Policy.Below(class)[floor]
	}
	if !slices.Contains(v.Purposes, collected.Flow.Purpose) {
		return Refusal("it does not serve the purpose " + collected.Flow.Purpose)
	}
	a := v.Agreement
	switch {
	case !needed:
		return nil
	case a == nil:
		return Refusal("there is no agreement with it")
	case !machine.IsDay(a.Signed) || a.Signed > day || !machine.IsDay(a.Effective) || a.Effective > day:
		return Refusal("the agreement with it is not in force yet")
	case a.Expires != "" && (!machine.IsDay(a.Expires) || a.Expires <= day):
		return Refusal("the agreement with it has ended on " + a.Expires)
	}
	return nil
}

// tells lists the classes that a vendor is told of by being sent fields: theirs, and what is learned from the line of the machine that
// sends them, or, where several do, from any of them: also by a field of that line that was not asked for. Where none does, anything may
// be told.
func (k *known) tells(vendor string, fields []engine.FieldValue) (classes []string) {
	for _, f := range fields {
		classes = append(classes, f.Class)
	}
	from := false
	for i := range k.machine.Locations {
		l := &k.machine.Locations[i]
		for _, a := range l.Do {
			other := func(f engine.FieldValue) bool { return !slices.Contains(a.Fields, f.Name) }
			if a.To == vendor && !slices.ContainsFunc(fields, other) {
				from = true
				classes = append(classes, k.learned.at[l.ID]...)
				for _, name := range a.Fields {
					classes = append(classes, k.learned.of[name]...)
				}
			}
		}
	}
	for i := range k.machine.Fields {
		if !from {
			classes = append(classes, k.machine.Fields[i].Class)
		}
	}
	return classes
}

// whole decides whether fields may stand in what is sent, instead of being fetched: only of classes that the policy lets the flow
// collect without any condition. What needs consent, authentication or a secure channel to be collected leaves by a fetch.
func (p *parcel) whole() error {
	collected := p.machine
	for _, f := range p.fields {
		kind := ""
		for i := range collected.Fields {
			if collected.Fields[i].Name == f.Name {
				kind = collected.Fields[i].Type
			}
		}
		free := slices.ContainsFunc(collected.Policy.Permits, func(p machine.Permit) bool {
			return len(p.Requires) == 0 && (p.Type == "" || p.Type == kind) && collected.Policy.Below(p.Class)[f.Class]
		})
		if !free {
			return Refusal("the policy lets the class " + f.Class + " leave only by a fetch: set the vendor's form to thin")
		}
	}
	return nil
}

// day is the practice's calendar day.
func day(at time.Time, zone *time.Location) string { return at.In(zone).Format(time.DateOnly) }
