package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// checkPack reports what a pack contradicts itself in.
func (d *document) checkPack(p *Pack) {
	for _, b := range p.bounds() {
		d.checkBound(b.name, *b.bound)
	}
	for _, t := range p.Types {
		d.checkAnswers(t)
	}
	d.spellings(p)
	for _, pu := range p.Purposes {
		d.checkRows(pu)
	}
}

type namedBound struct {
	name  string
	bound *Bound
}

// bounds lists every range of a pack with its path.
func (p *Pack) bounds() []namedBound {
	s := &p.Session
	out := []namedBound{
		{"session: timeout", &s.Timeout}, {"session: retries", &s.Retries}, {"session: staff_idle", &s.StaffIdle},
		{"session: staff_absolute", &s.StaffAbsolute}, {"session: page", &s.Page},
	}
	for i := range p.Retention {
		out = append(out, namedBound{"retention: " + p.Retention[i].Record.Value, &p.Retention[i].Bound})
	}
	return out
}

func (d *document) checkBound(name string, b Bound) {
	wrong := func(at Int, message, help string) {
		d.diags.Add(diag.BoundWrong.At(at.Span, "%s", message).In("`%s`", name).Help("%s", help))
	}
	switch {
	case b.Min.IsSet() && b.Max.IsSet() && b.Min.Value > b.Max.Value:
		wrong(b.Max, "the largest value is smaller than the smallest", "exchange the two, or correct one")
	case b.Default.IsSet() && (b.Default.Value < b.Min.Value || b.Max.IsSet() && b.Default.Value > b.Max.Value):
		wrong(b.Default, "the default lies outside the range", "choose a default between the smallest and the largest value")
	}
}

// checkAnswers judges the range of what answers a type.
func (d *document) checkAnswers(t Type) {
	d.checkBound("types: "+t.Name.Value, Bound{Min: t.Min, Max: t.Max})
	end := cmp.Or(t.Min, t.Max)
	if end.IsSet() && t.Class.IsSet() && t.Input.Value != "number" && t.Input.Value != "date" { // else the base pack describes it
		d.diags.Add(diag.BoundWrong.At(end.Span, "only a number or a date has a smallest and a largest value").In("`types: %s`", t.Name.Value).
			Help("delete the line, or write `input: number`"))
	}
}

// spellings reports field types that could be meant by one word.
func (d *document) spellings(p *Pack) {
	first := map[string]source.Span{}
	for _, t := range p.Types {
		for _, name := range append([]String{t.Name}, t.Also...) {
			folded := spelling(name.Value)
			if before, twice := first[folded]; twice {
				d.diags.Add(diag.RuleTwice.At(name.Span, "`%s` already means a kind of answer", name.Value).In("`types: %s`", t.Name.Value).
					Note(before, "here").Help("use another word"))
				continue
			}
			first[folded] = name.Span
		}
	}
}

func (d *document) checkRows(pu Purpose) {
	first := map[string]source.Span{}
	for _, r := range pu.Collect {
		if d.blamedIn(r.Span) {
			continue
		}
		if r.Class.IsSet() == r.Type.IsSet() {
			d.diags.Add(diag.WrongShape.At(r.Span, "this line does not say what may be collected: a class, or a type").In("`purposes: %s: collect`", pu.Name.Value).
				Help("write {class: contact}, or {type: date-of-birth, requires: [authenticated]}"))
			continue
		}
		key := r.key()
		if before, twice := first[key]; twice {
			d.diags.Add(diag.RuleTwice.At(r.Span, "there are two lines for the %s", key).In("`purposes: %s: collect`", pu.Name.Value).
				Note(before, "the first one").Help("keep one of the two"))
			continue
		}
		first[key] = r.Span
	}
}

// key names what a row is about: "class `contact`".
func (r Row) key() string {
	if r.Type.IsSet() {
		return "type `" + r.Type.Value + "`"
	}
	return "class `" + r.Class.Value + "`"
}

// names are what the rules of a pack may refer to: its own and the base pack's.
type names struct {
	classes, types, channels []string
	spelled                  map[string]string // any spelling of a type → its name
}

func namesOf(packs ...*Pack) names {
	n := names{spelled: map[string]string{}}
	for _, p := range packs {
		for _, c := range p.Classes {
			n.classes = append(n.classes, c.Name.Value)
		}
		for _, t := range p.Types {
			n.types = append(n.types, t.Name.Value)
			for _, also := range t.Also {
				n.spelled[spelling(also.Value)] = t.Name.Value
			}
		}
		for _, c := range p.Channels {
			n.channels = append(n.channels, c.Name.Value)
		}
	}
	return n
}

// references reports every name that stands for nothing.
func (p *Pack) references(n names) diag.List {
	var out diag.List
	check := func(what string, known []string, refs ...String) {
		for _, r := range refs {
			if !r.IsSet() || slices.Contains(known, r.Value) {
				continue
			}
			d := diag.PackReference.At(r.Span, "there is no %s `%s`", what, r.Value)
			if near := cmp.Or(n.spelled[spelling(r.Value)], diag.Near(r.Value, known)); slices.Contains(known, near) {
				d.Mend(false, fmt.Sprintf("did you mean `%s`?", near), diag.Edit{Span: r.Span, Text: near})
			} else {
				d.Help("what there is: %s", strings.Join(unique(known), ", "))
			}
			out.Add(d)
		}
	}
	for _, c := range p.Classes {
		check("class", n.classes, c.Above...)
	}
	for _, t := range p.Types {
		check("class", n.classes, t.Class)
	}
	for _, pu := range p.Purposes {
		check("channel", n.channels, pu.Channels...)
		check("class or field type", append(slices.Clone(n.classes), n.types...), pu.Refuse...)
		for _, r := range pu.Collect {
			check("class", n.classes, r.Class)
			check("field type", n.types, r.Type)
		}
	}
	for _, c := range p.Channels {
		check("class", n.classes, c.Holds...)
		check("class", n.classes, c.Verified...)
	}
	for _, l := range p.Links {
		check("field type", n.types, l.Types...)
		check("class", n.classes, l.From, l.With, l.Gives)
	}
	for _, r := range p.Retention {
		check("class", n.classes, r.Classes...)
	}
	for _, x := range p.Declassify {
		check("field type", n.types, x.Types...)
		check("class", n.classes, x.From, x.To)
	}
	check("class", n.classes, p.Vendors.Floor)
	return out
}

// lacks reports what a base pack must say and does not.
func (p *Pack) lacks() diag.List {
	var out diag.List
	lack := func(is bool, at source.Span, format string, args ...any) {
		if is {
			out.Add(diag.PackLacks.At(at, format, args...).Help("add it; std/hipaa shows how"))
		}
	}
	for _, x := range []struct {
		is   bool
		what string
	}{
		{len(p.Classes) == 0, "classes"}, {len(p.Types) == 0, "types"}, {len(p.Purposes) == 0, "purposes"}, {len(p.Channels) == 0, "channels"},
		{!p.Session.Timeout.Max.IsSet(), "session: timeout: max"}, {!p.Session.Retries.Max.IsSet(), "session: retries: max"},
		{len(p.Retention) == 0, "retention"}, {!p.Vendors.Floor.IsSet(), "vendors: agreement_from"},
		{!p.Vendors.Horizon.IsSet(), "vendors: horizon"}, {!p.Review.Every.IsSet(), "review: every"},
	} {
		lack(x.is, p.Name.Span, "a base pack says `%s`, and this one does not", x.what)
	}
	for _, t := range p.Types {
		lack(!t.Class.IsSet(), t.Span, "the kind of answer `%s` has no class", t.Name.Value)
		lack(!t.Title.IsSet(), t.Span, "the kind of answer `%s` has no title", t.Name.Value)
	}
	for _, x := range p.Declassify {
		lack(!x.From.IsSet() || !x.To.IsSet() || len(x.Types) == 0, x.Span, "the declassifier `%s` does not say which types go from where to where", x.Name.Value)
	}
	return out
}

// orderProblems reports a circle, or pairs of classes without a single class above both.
func (p *Pack) orderProblems(l *lattice) diag.List {
	var out diag.List
	for _, c := range p.Classes {
		for _, a := range c.Above {
			if !slices.Contains(l.direct[c.Name.Value], a.Value) {
				continue // an overlay's line about a class of the base, which cannot change it
			}
			if l.has(a.Value) && l.below(c.Name.Value, a.Value) {
				out.Add(diag.ClassCircle.At(a.Span, "`%s` stands above `%s`, which stands above it", c.Name.Value, a.Value).
					Help("take one of the two out of `above`"))
			}
		}
	}
	if len(out) > 0 {
		return out[:1] // every line of the circle is as wrong as the first
	}
	for i, a := range l.names {
		for _, b := range l.names[i+1:] {
			if least := l.minimalAbove(a, b); len(least) > 1 && !l.below(a, b) && !l.below(b, a) {
				c, _ := p.Class(least[1])
				out.Add(diag.ClassNoJoin.At(c.Span, "`%s` and `%s` both stand directly over `%s` and `%s`", least[0], least[1], a, b).
					Help("put `%s` above `%s`, or the other way round", least[1], least[0]))
			}
		}
	}
	return out
}
