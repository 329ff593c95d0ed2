package migration

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Refusal is why a plan, or a part of it, is not admitted, in a sentence for whoever wrote it.
type Refusal struct {
	Location string // of the old version; empty where it is about all conversations
	Reason   string
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Location == "" {
		return r.Reason
	}
	return fmt.Sprintf("conversations at `%s` cannot move: %s", r.Location, r.Reason)
}

func refuse(format string, args ...any) error { return &Refusal{Reason: fmt.Sprintf(format, args...)} }

// Move is a plan that is admitted. Safe for concurrent use.
type Move struct {
	plan     Plan
	old, new *side
	fields   []int           // by field of new: the field of old whose value it takes over; -1: none
	consents map[string]bool // that mean the same in both
}

// From and To are the hashes of the machines that it moves between.
func (m *Move) From() string { return m.plan.From }

// To is the hash of the machine that it moves to.
func (m *Move) To() string { return m.plan.To }

// Check admits a plan, or says all that is wrong with it: the errors it joins are of type *Refusal. That the proofs of both
// artifacts hold, the old one on the day it was deployed, is for the caller to have checked.
func Check(p Plan, from, to *machine.Artifact) (*Move, error) {
	m, err := between(p, from, to)
	if err != nil {
		return nil, err
	}
	if p.Format != Format || p.From != m.old.hash || p.To != m.new.hash {
		return nil, refuse("the map is about other versions")
	}
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(p.Locations)) {
		if err := m.admits(id, p.Locations[id]); err != nil {
			errs = append(errs, err)
		}
	}
	for i := range m.old.m.Locations {
		l := &m.old.m.Locations[i]
		if _, named := p.Locations[l.ID]; l.Kind.Waits() && !named {
			errs = append(errs, &Refusal{Location: l.ID, Reason: "the map does not say what becomes of them"})
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return m, nil
}

// Admits says whether conversations at a question of from could move to a question of to, by a plan with these fields.
func Admits(fields map[string]string, from, to *machine.Artifact) (func(old, new string) error, error) {
	m, err := between(Plan{Format: Format, Fields: fields}, from, to)
	if err != nil {
		return nil, err
	}
	return m.admits, nil
}

// between checks what is about all conversations.
func between(p Plan, from, to *machine.Artifact) (*Move, error) {
	m := &Move{plan: p, consents: map[string]bool{}}
	var err error
	if m.old, err = newSide(from); err != nil {
		return nil, err
	}
	if m.new, err = newSide(to); err != nil {
		return nil, err
	}
	if m.old.hash == m.new.hash {
		return nil, refuse("both versions are the same")
	}
	if err := errors.Join(m.sameFlow(), m.sameNotice(), m.mapFields()); err != nil {
		return nil, err
	}
	for _, name := range m.old.c.Consents {
		was, is := m.old.asked(name), m.new.asked(name)
		m.consents[name] = len(is) > 0 && slices.Equal(was, is)
	}
	return m, nil
}

// sameFlow checks that both are versions of one flow, under the same promises to patients.
func (m *Move) sameFlow() error {
	old, new := m.old.m, m.new.m
	switch {
	case old.Practice.ID != new.Practice.ID || old.Flow.ID != new.Flow.ID:
		return refuse("they are not versions of one flow: `%s` of `%s`, and `%s` of `%s`", old.Flow.ID, old.Practice.ID, new.Flow.ID, new.Practice.ID)
	case old.Flow.Purpose != new.Flow.Purpose:
		return refuse("patients gave their answers for `%s`, and the new version is for `%s`", old.Flow.Purpose, new.Flow.Purpose)
	case old.Practice.Timezone != new.Practice.Timezone:
		return refuse("the practice's time zone has changed, so that times mean something else")
	case old.Session.Keep != new.Session.Keep:
		return refuse("conversations are kept for %d days, and those of the new version for %d", old.Session.Keep, new.Session.Keep)
	case !slices.Equal(old.Session.Ended, new.Session.Ended):
		return refuse("how long conversations are kept depends on how they end, in another way than in the new version")
	}
	for _, lang := range old.Flow.Languages {
		if !slices.Contains(new.Flow.Languages, lang) {
			return refuse("the new version does not speak `%s`", lang)
		}
	}
	for _, channel := range old.Flow.Channels {
		if !slices.Contains(new.Flow.Channels, channel) {
			return refuse("the new version is not for `%s`", channel)
		}
	}
	return nil
}

// sameNotice checks that what patients were shown before the first question is what the new version shows.
func (m *Move) sameNotice() error {
	old, new := m.old.m, m.new.m
	for _, lang := range old.Flow.Languages {
		text := old.Notice.In(lang)
		same := text == new.Notice.In(lang)
		for _, p := range machine.Placeholders(text) {
			same = same && (!strings.HasPrefix(p.Name, "practice.") || reflect.DeepEqual(told(&old.Practice), told(&new.Practice)))
		}
		if !same {
			return refuse("the privacy notice has changed in `%s`: patients were shown the old one", lang)
		}
	}
	return nil
}

// told is what texts can tell of a practice.
func told(p *machine.Practice) []any {
	return []any{p.Name, p.Phone, p.Address, p.HoursText, p.Hours, p.Holidays}
}

// mapFields checks that every value that is taken over means what it meant.
func (m *Move) mapFields() error {
	m.fields = make([]int, len(m.new.m.Fields))
	for i := range m.fields {
		m.fields[i] = -1
	}
	for i := range m.old.m.Fields {
		f := &m.old.m.Fields[i]
		to, named := m.plan.Fields[f.Name]
		if !named {
			return refuse("the map does not say what becomes of the field `%s`", f.Name)
		}
		if to == "" {
			continue
		}
		n, ok := m.new.fields[to]
		if !ok {
			return refuse("the new version has no field `%s`: name under `fields` what it is called now, or drop", to)
		}
		if m.fields[n] >= 0 {
			return refuse("two fields would become `%s`", to)
		}
		if err := m.sameField(f, &m.new.m.Fields[n]); err != nil {
			return err
		}
		m.fields[n] = i
	}
	for name := range m.plan.Fields {
		if _, ok := m.old.fields[name]; !ok {
			return refuse("the old version has no field `%s`", name)
		}
	}
	return nil
}

func (m *Move) sameField(old, new *machine.Field) error {
	a, b := *old, *new
	for _, f := range []*machine.Field{&a, &b} { // what may differ
		f.Name, f.Class, f.Options, f.Min, f.Max, f.Place = "", "", nil, nil, nil, machine.Place{}
	}
	was, is := old.Domain(), new.Domain()
	switch {
	case !reflect.DeepEqual(a, b):
		return refuse("`%s` is a %s for %q, and `%s` a %s for %q: drop its value, or let conversations end on the old version",
			old.Name, old.Type, old.For, new.Name, new.Type, new.For)
	case !m.new.m.Policy.Below(new.Class)[old.Class]:
		return refuse("`%s` may hold %s, and `%s` only %s", old.Name, old.Class, new.Name, new.Class)
	case old.Type == typeSlot && (old.Name != new.Name || !reflect.DeepEqual(m.old.m.Practice.Appointments, m.new.m.Practice.Appointments)):
		return refuse("`%s` holds an appointment that may be kept in the calendar: it can be neither renamed nor given other hours", old.Name)
	case was.Kind == machine.KindNumber && (was.Lo < is.Lo || was.Hi > is.Hi), less(old.Min, new.Min), less(new.Max, old.Max):
		return refuse("`%s` takes less than `%s` did", new.Name, old.Name)
	}
	for i := range old.Options {
		o := &old.Options[i]
		n := slices.IndexFunc(new.Options, func(x machine.Option) bool { return x.Value == o.Value })
		if n < 0 || !m.sameText(o.Label, new.Options[n].Label) {
			return refuse("the answer `%s` of `%s` is gone, or is called otherwise", o.Value, old.Name)
		}
	}
	return nil
}

// typeSlot is the type of a field that holds an appointment.
const typeSlot = "slot"

// less reports whether b is a tighter lower bound than a. No bound at all bounds nothing.
func less(a, b *int64) bool { return b != nil && (a == nil || *a < *b) }

// sameText reports whether patients read the same, in the languages that they can have read it in.
func (m *Move) sameText(old, new machine.Text) bool {
	return !slices.ContainsFunc(m.old.m.Flow.Languages, func(lang string) bool { return old.In(lang) != new.In(lang) })
}

// asked is how a consent is asked for, and for what, in every place.
func (s *side) asked(consent string) (out []string) {
	for i := range s.m.Locations {
		l := &s.m.Locations[i]
		if l.Kind != machine.Consent || l.Consent != consent {
			continue
		}
		words := strings.Join(l.Covers, "\n")
		for _, lang := range slices.Sorted(maps.Keys(l.Prompt)) {
			words += "\n" + lang + "\n" + l.Prompt[lang]
		}
		out = append(out, words)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
