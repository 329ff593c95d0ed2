package compare

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// Probes are what a search for conversations should try, because some condition of either machine turns there.
type Probes struct {
	Answers map[string][]string // by field
	Moments []string            // 2026-03-02 10:00, by the practice's clock; the plainest first
}

// The moments a search sets out from: a Monday morning, that night, and a Sunday.
const (
	morning = "2026-03-02 10:00"
	night   = "2026-03-02 22:00"
	sunday  = "2026-03-08 12:00"
)

// ProbesOf reads the conditions of machines. It errs on a condition that is none.
func ProbesOf(ms ...*machine.Machine) (Probes, error) {
	p := Probes{Answers: map[string][]string{}, Moments: []string{morning}}
	for _, m := range ms {
		env := guard.NewEnv(vars(m), heard(m))
		for _, g := range m.Guards {
			x, err := env.Compile(g.Source)
			if err != nil {
				return p, fmt.Errorf("the condition %s: %w", g.Source, err)
			}
			guard.Walk(x.Tree(), func(n guard.Node) {
				if t, ok := n.(guard.Test); ok {
					p.test(&t)
				}
			})
		}
	}
	for f := range p.Answers {
		slices.Sort(p.Answers[f])
		p.Answers[f] = slices.Compact(p.Answers[f])
	}
	return p, nil
}

func vars(m *machine.Machine) []guard.Var {
	kinds := map[string]guard.Kind{"number": guard.Int, "yes-no": guard.Bool, "choice": guard.Choice, "date": guard.Date, "date-of-birth": guard.Date, "time": guard.Time}
	var out []guard.Var
	for _, f := range m.Fields {
		v := guard.Var{Name: f.Name, Kind: guard.String}
		if k, ok := kinds[f.Type]; ok {
			v.Kind = k
		}
		for _, o := range f.Options {
			v.Options = append(v.Options, o.Value)
		}
		out = append(out, v)
	}
	return out
}

func heard(m *machine.Machine) []string {
	var out []string
	for _, t := range m.Topics {
		out = append(out, t.Name)
	}
	for _, t := range m.Triggers {
		out = append(out, t.Name)
	}
	return out
}

// test notes what is just on either side of a test.
func (p *Probes) test(t *guard.Test) {
	for _, v := range t.Values {
		switch name := t.Subject.Name; {
		case t.Subject.Func == "heard":
		case t.Subject.Func == "age":
			p.answer(name, shifted(morning[:10], -int(v.Int), 0), shifted(morning[:10], -int(v.Int)-1, 0), shifted(morning[:10], -int(v.Int)+1, 0))
		case t.Subject.Func == "days":
			p.answer(name, shifted(morning[:10], 0, int(v.Int)), shifted(morning[:10], 0, int(v.Int)-1), shifted(morning[:10], 0, int(v.Int)+1))
		case name == "practice.open":
			p.moments(night, sunday)
		case name == "now.hour":
			p.hour(v.Int - 1)
			p.hour(v.Int)
			p.hour(v.Int + 1)
		case name == "now.weekday":
			for d := range 7 {
				p.moments(shifted(morning[:10], 0, d) + " 10:00")
			}
		case t.Subject.Kind == guard.Int:
			p.answer(name, strconv.FormatInt(v.Int-1, 10), strconv.FormatInt(v.Int, 10), strconv.FormatInt(v.Int+1, 10))
		case t.Subject.Kind == guard.Date:
			p.answer(name, v.Text, shifted(v.Text, 0, -1), shifted(v.Text, 0, 1))
		case t.Subject.Kind == guard.Time, t.Subject.Kind == guard.String:
			p.answer(name, v.Text)
		}
	}
	if t.Subject.Name == "practice.open" {
		p.moments(night, sunday)
	}
}

func (p *Probes) answer(field string, texts ...string) {
	p.Answers[field] = append(p.Answers[field], texts...)
}

func (p *Probes) moments(ms ...string) {
	for _, m := range ms {
		if !slices.Contains(p.Moments, m) {
			p.Moments = append(p.Moments, m)
		}
	}
}

func (p *Probes) hour(h int64) {
	if h >= 0 && h < 24 {
		p.moments(fmt.Sprintf("%s %02d:00", morning[:10], h))
	}
}

// shifted moves a day; a day that is none stays as it is.
func shifted(day string, years, by int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(years, 0, by).Format(time.DateOnly)
}
