package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
)

// checkPractice reports what the facts contradict each other in. What is absent was reported before, or may be.
func (d *document) checkPractice(p *Practice) {
	d.checkTimezone(p)
	d.checkPhone(p.Phone)
	d.checkOpen(d.rootValue().get("hours"), p.Hours)
	d.checkHolidays(p)
	d.checkTeams(p)
	for _, v := range p.Vendors {
		d.checkAgreement(v)
		d.once("class", v.Classes)
		d.once("purpose", v.Purposes)
	}
	d.checkAppointments(p.Appointments)
	for _, f := range p.Flows {
		d.checkFlow(f)
	}
	d.once("language", p.Languages)
	d.once("channel", p.Channels)
}

// zones are the time zones that American practices are in, and those their staff most often write about.
var zones = []string{
	"America/Adak", "America/Anchorage", "America/Boise", "America/Chicago", "America/Denver", "America/Detroit",
	"America/Indiana/Indianapolis", "America/Juneau", "America/Kentucky/Louisville", "America/Los_Angeles",
	"America/Menominee", "America/Mexico_City", "America/New_York", "America/Phoenix", "America/Puerto_Rico",
	"America/St_Thomas", "America/Tijuana", "America/Toronto", "America/Vancouver", "Pacific/Guam", "Pacific/Honolulu",
	"Pacific/Pago_Pago", "Pacific/Saipan",
}

// zoneWords are what people call them.
var zoneWords = []struct{ word, zone string }{
	{"eastern", "America/New_York"}, {"est", "America/New_York"}, {"edt", "America/New_York"}, {"et", "America/New_York"},
	{"central", "America/Chicago"}, {"cst", "America/Chicago"}, {"cdt", "America/Chicago"}, {"ct", "America/Chicago"},
	{"mountain", "America/Denver"}, {"mst", "America/Denver"}, {"mdt", "America/Denver"}, {"mt", "America/Denver"},
	{"pacific", "America/Los_Angeles"}, {"pst", "America/Los_Angeles"}, {"pdt", "America/Los_Angeles"}, {"pt", "America/Los_Angeles"},
	{"alaska", "America/Anchorage"}, {"hawaii", "Pacific/Honolulu"}, {"arizona", "America/Phoenix"},
	{"atlantic", "America/Puerto_Rico"}, {"indiana", "America/Indiana/Indianapolis"},
}

func (d *document) checkTimezone(p *Practice) {
	if !p.Timezone.IsSet() {
		return
	}
	name := p.Timezone.Value
	if strings.Contains(name, "/") && !strings.ContainsAny(name, " ") {
		if loc, err := time.LoadLocation(name); err == nil {
			p.Location = loc
			return
		}
	}
	what := diag.TimezoneUnknown.At(p.Timezone.Span, "`%s` is not the name of a time zone", shown(name))
	if meant := zoneMeant(name); meant != "" {
		what.Mend(false, fmt.Sprintf("did you mean `%s`?", meant), diag.Edit{Span: p.Timezone.Span, Text: meant})
	} else {
		what.Help("write its name with the region, for example America/New_York, America/Chicago, America/Denver or America/Los_Angeles")
	}
	d.diags.Add(what)
}

func zoneMeant(name string) string {
	folded := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(name)), " ", "_")
	for _, z := range zones {
		_, city, _ := strings.Cut(strings.ToLower(z), "/")
		if folded == city || folded == strings.ToLower(z) || strings.HasSuffix(city, "/"+folded) {
			return z
		}
	}
	words := strings.FieldsFunc(folded, func(r rune) bool { return (r < 'a' || r > 'z') })
	for _, z := range zoneWords {
		if slices.Contains(words, z.word) {
			return z.zone
		}
	}
	return diag.Near(name, zones)
}

func (d *document) checkPhone(s String) {
	if s.IsSet() && !isPhone(s.Value) {
		d.diags.Add(diag.PhoneWrong.At(s.Span, "`%s` is not a complete phone number", shown(s.Value)).
			Help("write it with its area code, for example (312) 555-0142"))
	}
}

// isPhone reports whether s is a number of the North American plan with its area code, or one with + and a country
// code (ITU-T E.164: at most 15 digits).
func isPhone(s string) bool {
	var digits []byte
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits = append(digits, byte(r))
		case r == '+' && i == 0, strings.ContainsRune(" ().-/", r):
		default:
			return false
		}
	}
	if strings.HasPrefix(s, "+") && !strings.HasPrefix(string(digits), "1") {
		return len(digits) >= 8 && len(digits) <= 15
	}
	if len(digits) == 11 && digits[0] == '1' {
		digits = digits[1:]
	}
	return len(digits) == 10 && digits[0] >= '2' && digits[3] >= '2'
}

// checkOpen reports hours that never come, unless something else about them was reported.
func (d *document) checkOpen(v value, hours []Opening) {
	if v.isSet() && v.node.Kind == yaml.MappingNode && len(hours) == 0 && !d.blamedUnder(v) {
		d.diags.Add(diag.NeverOpen.At(d.keySpan(v.key, v.node), "these hours are closed all week").In("`%s`", d.within[v.node]).
			Help("give at least one day its hours"))
	}
}

// blamedUnder reports whether a diagnostic already stands inside the value.
func (d *document) blamedUnder(v value) bool { return v.isSet() && d.blamedIn(v.span()) }

func (d *document) blamedIn(span source.Span) bool {
	return slices.ContainsFunc(d.diags, func(x *diag.Diagnostic) bool {
		return x.Span.Start.Offset >= span.Start.Offset && x.Span.Start.Offset <= span.End
	})
}

// realDay reports a day that the calendar does not have.
func (d *document) realDay(s String) (time.Time, bool) {
	t, ok := day(s)
	if !ok && s.IsSet() {
		d.diags.Add(diag.NoSuchDay.At(s.Span, "there is no day `%s`", s.Value).Help("write a day that is in the calendar, as year, month and day"))
	}
	return t, ok
}

func (d *document) checkHolidays(p *Practice) {
	seen := map[string]source.Span{}
	for _, h := range p.Holidays {
		if _, ok := d.realDay(h.Date); !ok {
			continue
		}
		if first, twice := seen[h.Date.Value]; twice {
			d.diags.Add(diag.HolidayTwice.At(h.Date.Span, "`%s` is already listed", h.Date.Value).Note(first, "the first one").Help("keep one of the two"))
			continue
		}
		seen[h.Date.Value] = h.Date.Span
	}
}

func (d *document) checkTeams(p *Practice) {
	names := d.teamNames()
	unknown := func(s String, within string) {
		if !s.IsSet() || len(names) == 0 || slices.Contains(names, s.Value) {
			return
		}
		what := diag.TeamUnknown.At(s.Span, "no team is called `%s`", s.Value).In("`%s`", within).
			Means("a patient would be handed to nobody")
		if near := diag.Near(s.Value, names); near != "" {
			what.Mend(false, fmt.Sprintf("did you mean `%s`?", near), diag.Edit{Span: s.Span, Text: near})
		} else {
			what.Help("the teams are %s", strings.Join(names, ", "))
		}
		d.diags.Add(what)
	}
	for _, h := range p.Handoff {
		unknown(h.Team, "handoff: "+h.Tier.Value)
	}
	for _, t := range p.Teams {
		path := "teams: " + t.Name.Value
		unknown(t.Fallback, path)
		d.checkContact(t.Contact, path)
		d.checkLabel(t, p, path)
		if t.Kind == HoursOwn {
			d.checkOpen(d.rootValue().get("teams").get(t.Name.Value).get("hours"), t.Hours)
		}
	}
	d.checkCircles(p)
}

// teamNames returns every team that stands in the file, even one that could not be read. It is empty when a name
// itself could not: any reference may mean that team.
func (d *document) teamNames() []string {
	var out []string
	teams := d.rootValue().get("teams")
	if !teams.isSet() || teams.node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(teams.node.Content); i += 2 {
		if d.blamed[teams.node.Content[i]] {
			return nil
		}
		out = append(out, teams.node.Content[i].Value)
	}
	return unique(out)
}

func (d *document) checkContact(s String, path string) {
	if !s.IsSet() || isPhone(s.Value) {
		return
	}
	local, domain, ok := strings.Cut(s.Value, "@")
	if ok && local != "" && strings.Contains(strings.Trim(domain, "."), ".") && !strings.ContainsAny(s.Value, " ,;<>") {
		return
	}
	d.diags.Add(diag.ValueRefused.At(s.Span, "`%s` is neither a phone number nor an e-mail address", shown(s.Value)).In("`%s: contact`", path).
		Help("write one of the two, for example (312) 555-0142 or nurses@lakeside.example"))
}

func (d *document) checkLabel(t Team, p *Practice, path string) {
	if len(t.Label) == 0 || d.blamedUnder(d.rootValue().get("teams").get(t.Name.Value).get("label")) {
		return
	}
	for _, lang := range p.Languages {
		if slices.ContainsFunc(t.Label, func(l Label) bool { return l.Lang.Value == lang.Value }) {
			continue
		}
		d.diags.Add(diag.LanguageMissing.At(t.Label[0].Text.Span, "the label is missing in `%s`", lang.Value).In("`%s: label`", path).
			Means("a patient who chose that language would read another").
			Help("write {%s: %s, %s: …}", t.Label[0].Lang.Value, t.Label[0].Text.Value, lang.Value))
	}
}

// checkCircles reports each circle of fallbacks once, at its first team in the file.
func (d *document) checkCircles(p *Practice) {
	done := map[string]bool{}
	for _, t := range p.Teams {
		var path []string
		on := map[string]bool{}
		at, ok := t, true
		for ok && !on[at.Name.Value] && !done[at.Name.Value] {
			on[at.Name.Value] = true
			path = append(path, at.Name.Value)
			at, ok = p.Team(at.Fallback.Value)
		}
		if ok && on[at.Name.Value] {
			circle := append(path[slices.Index(path, at.Name.Value):], at.Name.Value)
			d.diags.Add(diag.FallbackCircle.At(at.Fallback.Span, "%s", "the fallbacks lead in a circle: "+strings.Join(circle, " → ")).
				In("`teams: %s`", at.Name.Value).Means("when all of them are closed, nobody would take the conversation").
				Help("leave `fallback` out of one of them, best one whose hours are always"))
		}
		for _, name := range path {
			done[name] = true
		}
	}
}

func (d *document) checkAgreement(v Vendor) {
	a := v.Agreement
	if a == nil {
		return
	}
	signed, okSigned := d.realDay(a.Signed)
	effective, okEffective := d.realDay(a.Effective)
	var expires time.Time
	okExpires := false
	if a.Expires.IsSet() && !a.Evergreen() {
		expires, okExpires = d.realDay(a.Expires)
	}
	order := func(late String, message string, early String, what string) {
		d.diags.Add(diag.AgreementDates.At(late.Span, "%s", message).In("`vendors: %s: agreement`", v.Name.Value).
			Note(early.Span, "%s", what).Help("check the dates in the signed document"))
	}
	if okSigned && okEffective && effective.Before(signed) {
		order(a.Effective, fmt.Sprintf("the agreement takes effect on %s, before it was signed on %s", a.Effective.Value, a.Signed.Value), a.Signed, "signed here")
	}
	if okEffective && okExpires && !expires.After(effective) {
		order(a.Expires, fmt.Sprintf("the agreement expires on %s, before it takes effect on %s", a.Expires.Value, a.Effective.Value), a.Effective, "in effect from here")
	}
}

func (d *document) checkAppointments(a *Appointments) {
	if a == nil {
		return
	}
	longest := 0
	for _, o := range a.Hours {
		longest = max(longest, o.To-o.From)
	}
	wrong := func(at Int, message, help string) {
		d.diags.Add(diag.AppointmentWrong.At(at.Span, "%s", message).In("`appointments`").
			Means("a patient would never be offered a time").Help("%s", help))
	}
	switch {
	case !a.Duration.IsSet():
	case a.Duration.Value == 0:
		wrong(a.Duration, "an appointment takes no time", "write how long one takes, for example 30 minutes")
	case longest > 0 && a.Duration.Value > int64(longest):
		wrong(a.Duration, fmt.Sprintf("an appointment of %s is longer than the longest stretch of hours, %s", spanText(a.Duration.Value), spanText(int64(longest))),
			"make it shorter, or the hours longer")
	}
	switch {
	case a.Horizon.IsSet() && a.Horizon.Value == 0:
		wrong(a.Horizon, "the calendar does not reach ahead", "write how far ahead patients can book, for example 60 days")
	case a.Notice.IsSet() && a.Notice.Value >= a.Horizon.Value*24*60:
		wrong(a.Notice, "patients must book further ahead than the calendar reaches", "make the notice shorter, or the horizon longer")
	}
	if a.Hold.IsSet() && a.Hold.Value == 0 {
		d.diags.Add(diag.AppointmentWrong.At(a.Hold.Span, "a chosen time is not kept at all").In("`appointments`").
			Means("a patient could lose the time they chose while they confirm it").
			Help("write how long it is kept, for example 10 minutes"))
	}
	if d.rootValue().get("appointments").get("hours").isSet() && a.Kind == HoursOwn {
		d.checkOpen(d.rootValue().get("appointments").get("hours"), a.Hours)
	}
}

func (d *document) checkFlow(f FlowRecord) {
	d.realDay(f.Reviewed)
	if f.Owner.IsSet() && f.Reviewer.IsSet() && samePerson(f.Owner.Value, f.Reviewer.Value) {
		d.diags.Add(diag.SamePerson.At(f.Reviewer.Span, "`%s` owns this flow and cannot review it", f.Reviewer.Value).In("`flows: %s`", f.Name.Value).
			Note(f.Owner.Span, "the owner").Help("have somebody else read it, and write their name here"))
	}
}

func samePerson(a, b string) bool {
	fold := func(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
	return fold(a) == fold(b)
}

func (d *document) once(what string, list []String) {
	first := map[string]source.Span{}
	for _, s := range list {
		if before, twice := first[s.Value]; twice && s.IsSet() {
			d.diags.Add(diag.ListedTwice.At(s.Span, "the %s `%s` is listed twice", what, s.Value).Note(before, "the first one").Help("delete one of the two"))
			continue
		}
		first[s.Value] = s.Span
	}
}
