package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

// weekdays in the order of time.Weekday.
var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

const minutesOfDay = 24 * 60

// week reads the hours of a week, sorted by day and time.
func (d *document) week(v value) []Opening {
	var out []Opening
	for day, name := range weekdays {
		out = append(out, d.stretches(v.get(name), day)...)
	}
	return out
}

// stretches reads the hours of one day: "09:00-12:00, 13:00-17:00", a list of such, or "closed".
func (d *document) stretches(v value, day int) []Opening {
	var out []Opening
	for _, item := range v.items() {
		if item.str().Value == "closed" {
			continue
		}
		for _, part := range d.parts(item) {
			if o, ok := d.stretch(part, day, item); ok {
				out = append(out, o)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Opening) int { return cmp.Compare(a.From, b.From) })
	return d.apart(out)
}

// parts splits a list on commas, each part with its own place.
func (d *document) parts(v value) []String {
	whole := v.str()
	at := strings.Index(d.file.Text(whole.Span), whole.Value) // past a quote
	var out []String
	offset := whole.Span.Start.Offset + max(at, 0)
	for part := range strings.SplitSeq(whole.Value, ",") {
		text := strings.TrimSpace(part)
		start := offset + strings.Index(part, text)
		out = append(out, String{Value: text, Span: d.file.Span(start, start+len(text))})
		offset += len(part) + 1
	}
	return out
}

func (d *document) stretch(s String, day int, v value) (Opening, bool) {
	from, to, _ := strings.Cut(strings.ReplaceAll(s.Value, "–", "-"), "-")
	o := Opening{Opening: machine.Opening{Day: day, From: clock(from), To: clock(to)}, Span: s.Span}
	report := func(message, help string) (Opening, bool) {
		d.diags.Add(diag.HoursWrong.At(s.Span, "%s", message).In("`%s`", d.within[v.node]).Help("%s", help))
		return Opening{}, false
	}
	switch {
	case o.From > minutesOfDay || o.To > minutesOfDay:
		return report(fmt.Sprintf("`%s` goes past the end of the day", s.Value), "a day ends at 24:00")
	case o.From == o.To:
		return report(fmt.Sprintf("`%s` begins and ends at the same time", s.Value), "write 00:00-24:00 for the whole day, or closed")
	case o.From > o.To && o.To == 0:
		return report(fmt.Sprintf("`%s` ends at the day's beginning", s.Value), fmt.Sprintf("write %s-24:00", strings.TrimSpace(from)))
	case o.From > o.To:
		return report(fmt.Sprintf("`%s` ends before it begins", s.Value), d.overnight(o, day))
	}
	return o, true
}

// overnight says how hours past midnight are written, or that the afternoon was written as the morning.
func (d *document) overnight(o Opening, day int) string {
	if o.To < 12*60 && o.To+12*60 > o.From && o.From < 12*60 {
		return fmt.Sprintf("if it ends in the afternoon, write %s-%s", clockText(o.From), clockText(o.To+12*60))
	}
	return fmt.Sprintf("hours past midnight are two stretches: %s-24:00 here, and 00:00-%s on %s",
		clockText(o.From), clockText(o.To), weekdays[(day+1)%7])
}

// apart reports overlaps and returns what does not overlap. Stretches that touch become one.
func (d *document) apart(in []Opening) []Opening {
	var out []Opening
	for _, o := range in {
		if len(out) == 0 || o.From > out[len(out)-1].To {
			out = append(out, o)
			continue
		}
		last := &out[len(out)-1]
		if o.From < last.To {
			d.diags.Add(diag.HoursWrong.At(o.Span, "`%s` overlaps the hours before it", d.file.Text(o.Span)).
				Note(last.Span, "they last until %s", clockText(last.To)).Help("write one stretch for both, or let them touch"))
		}
		last.To = max(last.To, o.To)
	}
	return out
}

// clock reads 9:00 or 17:30 as minutes from midnight; the schema has checked its form.
func clock(s string) int {
	h, m, _ := strings.Cut(strings.TrimSpace(s), ":")
	hours, _ := strconv.Atoi(h)
	mins, _ := strconv.Atoi(m)
	return hours*60 + mins
}

func clockText(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// always is every minute of the week.
func always() []Opening {
	out := make([]Opening, 7)
	for day := range out {
		out[day].Opening = machine.Opening{Day: day, From: 0, To: minutesOfDay}
	}
	return out
}

func openings(in []Opening) []machine.Opening {
	out := make([]machine.Opening, len(in))
	for i, o := range in {
		out[i] = o.Opening
	}
	return out
}
