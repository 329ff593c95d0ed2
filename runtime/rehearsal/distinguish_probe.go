package rehearsal

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// inputs are what may make a difference now: answers to what either side waits for, then what is worth trying anywhere.
func (d *distinguishing) inputs(n *node) []probe {
	var out []probe
	for side := range n.pair {
		s := n.pair[1-side] // the second program's first
		if l := s.location(); l != nil && s.Conv.Control == engine.Assistant {
			for _, text := range d.texts(s, l) {
				out = append(out, probe{text: text})
			}
		}
	}
	return unique(append(out, d.anywhere...))
}

func unique(in []probe) []probe {
	var out []probe
	for _, x := range in {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// texts are answers to what a location waits for.
func (d *distinguishing) texts(s *Session, l *machine.Location) []string {
	lang := s.Conv.Lang
	switch l.Kind {
	case machine.Ask:
		m := s.program.Machine()
		i := slices.IndexFunc(m.Fields, func(f machine.Field) bool { return f.Name == l.Field })
		return d.answersTo(&m.Fields[i], s)
	case machine.Offer:
		var out []string
		for _, c := range l.Choices {
			out = append(out, c.Label.In(lang))
		}
		return out
	case machine.Listen:
		var out []string
		for _, e := range l.Edges {
			out = append(out, d.meaning(e.On))
		}
		return out
	case machine.Consent:
		return yesNo(lang)
	case machine.Verify:
		return []string{s.World.Code(), "000000"}
	case machine.Auto, machine.Book, machine.End, machine.Handoff:
	}
	return nil
}

func yesNo(lang string) []string {
	if lang == "es" {
		return []string{"sí", "no"}
	}
	return []string{"yes", "no"}
}

func (d *distinguishing) answersTo(f *machine.Field, s *Session) []string {
	out := slices.Clone(d.search.Answers[f.Name])
	switch f.Type {
	case "choice":
		out = nil
		for _, o := range f.Options {
			out = append(out, o.Label.In(s.Conv.Lang))
		}
	case "yes-no":
		out = yesNo(s.Conv.Lang)
	case "number":
		for _, bound := range []*int64{f.Min, f.Max} {
			if bound != nil {
				out = append(out, strconv.FormatInt(*bound, 10))
			}
		}
		if len(out) == 0 {
			out = []string{"1"}
		}
	case "slot":
		out = []string{"1"}
	default:
		out = append(out, cmp.Or(plausible[f.Type], "12345678"))
	}
	if !d.read[f.Name] {
		out = out[:1]
	}
	return out
}

// plausible answers by type, such as a person would give.
var plausible = map[string]string{
	"text": "blue", "message": "please call in the morning", "name": "Sam Lee", "phone": "312 555 0142", "email": "sam@example.org",
	"date": "2026-04-15", "date-of-birth": "1980-05-17", "time": "10:30", "zip": "60611",
}

// learn finds out what can matter: fields that decide something, and what to try at every question for the signs.
func (d *distinguishing) learn() {
	timeout := d.programs[0].Machine().Session.Timeout
	for _, p := range d.programs {
		m := p.Machine()
		for _, g := range m.Guards {
			for _, f := range g.Reads {
				d.read[f] = true
			}
		}
		for i := range m.Locations {
			for _, a := range m.Locations[i].Do {
				if a.By != "" {
					d.read[a.By] = true
				}
			}
		}
		timeout = min(timeout, m.Session.Timeout)
	}
	for _, g := range d.search.Signs {
		switch {
		case g.Says != "":
			d.anywhere = append(d.anywhere, probe{text: g.Says})
		case g.Heard != "":
			d.anywhere = append(d.anywhere, probe{text: d.meaning(g.Heard)})
		case g.Reason == "human":
			d.anywhere = append(d.anywhere, probe{human: true})
		case g.Reason == engine.ReasonRetries || g.Role == engine.RoleReprompt:
			d.anywhere = append(d.anywhere, probe{text: "qwertz"})
		case g.Outcome == "timeout":
			d.anywhere = append(d.anywhere, probe{wait: time.Duration(timeout)*time.Second + time.Minute})
		}
	}
	d.anywhere = unique(d.anywhere)
}

// meaning is a text that means a topic or trigger: of those that patients said elsewhere the first that either program
// understands so.
func (d *distinguishing) meaning(name string) string {
	if text, ok := d.means[name]; ok {
		return text
	}
	text := cmp.Or(d.search.Means[name], strings.ReplaceAll(name, "-", " "))
	for _, t := range d.search.Texts {
		if slices.ContainsFunc(d.programs[:], func(p *engine.Program) bool { return about(p, t, name) }) {
			text = t
			break
		}
	}
	d.means[name] = text
	return text
}

// typed reports whether the patient did what the sign asks of the patient.
func (d *distinguishing) typed(g *Sign, in probe) bool {
	switch {
	case g.Says != "":
		return in.text == g.Says
	case g.Heard != "":
		return in.text == d.meaning(g.Heard)
	}
	return true
}

func about(p *engine.Program, text, name string) bool {
	r := p.Reader().Read(text, "")
	if triggers := r.Triggers(); len(triggers) > 0 {
		return slices.Contains(triggers, name)
	}
	topics := r.Topics(engine.Likely)
	return len(topics) > 0 && topics[0] == name && !r.WantsHuman()
}

// both lists what either program has, the second's first.
func (d *distinguishing) both(list func(*machine.Machine) []string) []string {
	out := slices.Clone(list(d.programs[1].Machine()))
	for _, x := range list(d.programs[0].Machine()) {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

func (d *distinguishing) channels() []string {
	return d.both(func(m *machine.Machine) []string { return m.Flow.Channels })
}

// languages are the first of both and those that a sign asks for.
func (d *distinguishing) languages() []string {
	out := d.both(func(m *machine.Machine) []string { return m.Flow.Languages[:1] })
	for _, g := range d.search.Signs {
		if g.Lang != "" && !slices.Contains(out, g.Lang) {
			out = append(out, g.Lang)
		}
	}
	return out
}

func (d *distinguishing) moments() []string {
	if len(d.search.Moments) == 0 {
		return []string{"2026-03-02 10:00"}
	}
	return d.search.Moments
}

// accidents are the outcomes of the world that some edge waits for, after none at all.
func (d *distinguishing) accidents() []string {
	return append([]string{""}, d.both(func(m *machine.Machine) []string {
		var out []string
		for i := range m.Locations {
			for _, e := range m.Locations[i].Edges {
				switch e.On {
				case machine.OnNone, machine.OnTaken, machine.OnFailed, machine.OnUnreachable:
					if !slices.Contains(out, e.On) {
						out = append(out, e.On)
					}
				}
			}
		}
		slices.Sort(out)
		return out
	})...)
}
