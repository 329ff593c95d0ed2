package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // so that time zones are known on every machine

	"golang.org/x/text/unicode/norm"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/lang/source"
)

// ParsePractice reads practice.yaml. All slips are reported at once; the practice is nil when the file is not usable at
// all, and otherwise holds what could be read.
func ParsePractice(f *source.File) (*Practice, diag.List) {
	d := read(f)
	if d.root == nil {
		return nil, d.sortedDiags()
	}
	d.check(practiceShape())
	p := d.practice()
	d.checkPractice(p)
	return p, d.sortedDiags()
}

func (d *document) practice() *Practice {
	v := d.rootValue()
	p := &Practice{
		File: d.file, ID: v.get("id").str(), Name: v.get("name").str(), Phone: v.get("phone").str(), Address: v.get("address").str(),
		Timezone: v.get("timezone").str(), CoveredEntity: v.get("covered_entity").str(), Languages: v.get("languages").strs(),
		Hours: d.week(v.get("hours")), Channels: v.get("channels").strs(),
	}
	if !p.ID.IsSet() && p.Name.IsSet() {
		p.ID = String{Value: slug(p.Name.Value), Span: p.Name.Span}
	}
	if !p.CoveredEntity.IsSet() {
		p.CoveredEntity.Value = "unknown"
	}
	if len(p.Languages) == 0 {
		p.Languages = []String{{Value: "en"}}
	}
	if len(p.Channels) == 0 {
		p.Channels = []String{{Value: "web-chat"}}
	}
	for _, h := range v.get("holidays").items() {
		p.Holidays = append(p.Holidays, d.holiday(h))
	}
	for name, t := range v.get("teams").keys() {
		p.Teams = append(p.Teams, d.team(name, t, p))
	}
	for tier, team := range v.get("handoff").keys() {
		p.Handoff = append(p.Handoff, Handoff{Tier: tier, Team: team.str()})
	}
	for name, x := range v.get("vendors").keys() {
		p.Vendors = append(p.Vendors, d.vendor(name, x))
	}
	p.Appointments = d.appointments(v.get("appointments"), p)
	if w := v.get("website"); w.isSet() {
		p.Website = &Website{Origins: w.get("origins").strs(), Color: w.get("color").str(), Logo: w.get("logo").str()}
	}
	for name, x := range v.get("flows").keys() {
		p.Flows = append(p.Flows, FlowRecord{
			Name: name, Owner: x.get("owner").str(), Reviewer: x.get("reviewer").str(), Reviewed: x.get("reviewed").str(), Span: name.Span.To(x.span()),
		})
	}
	return p
}

// slug makes a short name of a practice's name: "Lakeside Aesthetics" becomes lakeside-aesthetics.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(norm.NFKD.String(name)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && (r < '\u0300' || r > '\u036f')
	})
	for i, w := range words {
		words[i] = strings.Map(func(r rune) rune {
			if r >= '\u0300' && r <= '\u036f' { // accents
				return -1
			}
			return r
		}, w)
	}
	return strings.Join(words, "-")
}

func (d *document) holiday(v value) Holiday {
	return Holiday{Date: v.get("date").str(), Name: v.get("name").str(), Openings: d.stretches(v.get("hours"), 0), Span: v.span()}
}

func (d *document) team(name String, v value, p *Practice) Team {
	t := Team{Name: name, Label: d.label(v.get("label"), p), Fallback: v.get("fallback").str(), Contact: v.get("contact").str(), Within: v.get("answer_within").in(minutes), Span: name.Span.To(v.span())}
	t.Kind, t.Hours = d.openHours(v.get("hours"), p)
	t.Holidays = t.Kind != HoursAlways
	if away := v.get("holidays"); away.isSet() {
		t.Holidays = away.yes()
	}
	return t
}

func (d *document) openHours(v value, p *Practice) (kind string, hours []Opening) {
	switch v.str().Value {
	case HoursPractice:
		return HoursPractice, p.Hours
	case HoursAlways:
		return HoursAlways, always()
	}
	return HoursOwn, d.week(v)
}

// label reads a text per language; one plain text is in the practice's first language.
func (d *document) label(v value, p *Practice) []Label {
	if s := v.str(); s.IsSet() {
		return []Label{{Lang: String{Value: p.Languages[0].Value, Span: s.Span}, Text: s}}
	}
	var out []Label
	for lang, text := range v.keys() {
		out = append(out, Label{Lang: lang, Text: text.str()})
	}
	return out
}

func (d *document) vendor(name String, v value) Vendor {
	return Vendor{
		Name: name, Legal: v.get("legal_name").str(), Service: v.get("service").str(), Owner: v.get("owner").str(),
		Classes: v.get("classes").strs(), Purposes: v.get("purposes").strs(),
		Agreement: d.agreement(v.get("agreement")), Span: name.Span.To(v.span()),
	}
}

func (d *document) agreement(v value) *Agreement {
	if !v.isSet() {
		return nil
	}
	a := &Agreement{
		Signed: v.get("signed").str(), Effective: v.get("effective").str(), Expires: v.get("expires").str(),
		Document: v.get("document").str(), Reports: v.get("reports_breaches_within").in(days), Span: d.span(v.key),
	}
	a.Document.Value = strings.ToLower(a.Document.Value)
	for name, says := range v.get("says").keys() {
		a.Clauses = append(a.Clauses, Clause{Name: name, Says: says.yes()})
	}
	return a
}

func (d *document) appointments(v value, p *Practice) *Appointments {
	if !v.isSet() {
		return nil
	}
	a := &Appointments{
		Duration: v.get("duration").in(minutes), Buffer: v.get("buffer").in(minutes),
		Notice: orDefault(v.get("notice").in(minutes), 24*60), Horizon: orDefault(v.get("horizon").in(days), 60),
		Capacity: orDefault(v.get("capacity").integer(), 1), Hold: orDefault(v.get("hold").in(minutes), 10), Span: v.span(),
	}
	a.Kind, a.Hours = HoursPractice, p.Hours
	if h := v.get("hours"); h.isSet() {
		a.Kind, a.Hours = d.openHours(h, p)
	}
	return a
}

func orDefault(i Int, otherwise int64) Int {
	if !i.IsSet() {
		i.Value = otherwise
	}
	return i
}

// Machine returns what a machine carries of the practice. Call it only for a practice without errors.
func (p *Practice) Machine() machine.Practice {
	out := machine.Practice{
		ID: p.ID.Value, Name: p.Name.Value, Phone: p.Phone.Value, Address: p.Address.Value, Timezone: p.Timezone.Value,
		Hours: openings(p.Hours), HoursText: hoursText(p.Hours), Handoff: map[string]string{},
	}
	for _, h := range p.Holidays {
		out.Holidays = append(out.Holidays, machine.Holiday{Date: h.Date.Value, Name: h.Name.Value, Openings: openings(h.Openings)})
	}
	slices.SortFunc(out.Holidays, func(a, b machine.Holiday) int { return cmp.Compare(a.Date, b.Date) })
	for _, t := range p.Teams {
		out.Teams = append(out.Teams, t.machine())
	}
	slices.SortFunc(out.Teams, func(a, b machine.Team) int { return cmp.Compare(a.Name, b.Name) })
	for _, h := range p.Handoff {
		out.Handoff[h.Tier.Value] = h.Team.Value
	}
	for _, v := range p.Vendors {
		out.Vendors = append(out.Vendors, v.machine(p.File))
	}
	slices.SortFunc(out.Vendors, func(a, b machine.Vendor) int { return cmp.Compare(a.Name, b.Name) })
	if a := p.Appointments; a != nil {
		out.Appointments = &machine.Appointments{
			Hours: openings(a.Hours), Duration: int(a.Duration.Value), Buffer: int(a.Buffer.Value), Notice: int(a.Notice.Value),
			Horizon: int(a.Horizon.Value), Capacity: int(a.Capacity.Value), Hold: int(a.Hold.Value),
		}
	}
	if w := p.Website; w != nil {
		out.Website = &machine.Website{Origins: sortedValues(w.Origins), Color: strings.ToLower(w.Color.Value), Logo: w.Picture}
	}
	return out
}

func (t Team) machine() machine.Team {
	out := machine.Team{Name: t.Name.Value, Hours: openings(t.Hours), Holidays: t.Holidays, Fallback: t.Fallback.Value, Within: int(t.Within.Value)}
	for _, l := range t.Label {
		if out.Label == nil {
			out.Label = machine.Text{}
		}
		out.Label[l.Lang.Value] = l.Text.Value
	}
	return out
}

func (v Vendor) machine(f *source.File) machine.Vendor {
	out := machine.Vendor{
		Name: v.Name.Value, Legal: v.Legal.Value, Service: v.Service.Value,
		Classes: sortedValues(v.Classes), Purposes: sortedValues(v.Purposes), Place: placeOf(f, v.Name.Span),
	}
	if a := v.Agreement; a != nil {
		out.Agreement = &machine.Agreement{Signed: a.Signed.Value, Effective: a.Effective.Value, Document: a.Document.Value}
		if !a.Evergreen() {
			out.Agreement.Expires = a.Expires.Value
		}
	}
	return out
}

func placeOf(f *source.File, s source.Span) machine.Place {
	p := machine.Place{File: s.Start.Filename, Line: s.Start.Line, Column: s.Start.Column}
	if end := f.Pos(s.End); end.Line == p.Line {
		p.End = end.Column
	}
	return p
}

// day reads a calendar day; the schema has checked its form.
func day(s String) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s.Value)
	return t, err == nil
}
