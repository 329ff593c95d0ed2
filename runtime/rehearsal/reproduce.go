package rehearsal

import (
	"fmt"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/calendar"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// reproduces checks what a violation looks like when it happens, for the codes where that is more than to have come so
// far.
func (r *replayer) reproduces(talk *machine.Talk) error {
	ok, want := true, ""
	switch talk.Code {
	case "T2104":
		ok, want = r.Conv.Reason == "fault", "the answer is handled after all"
	case "T2105":
		ok, want = r.undecided(), "no second condition holds"
	case "T2203":
		ok, want = r.Conv.Reason == "fault", "it does not go round by itself"
	case "T2202":
		return r.repeats(talk)
	case "T2042":
		ok, want = r.readsUnknown(), "everything that is read has a value"
	case "T3105":
		ok, want = len(r.Conv.Verified) == 0, "the patient is verified"
	case "T3106":
		ok, want = !r.agreed(), "the patient has agreed"
	case "T3301", "T3303", "T3311", "T6101", "T6102":
		ok, want = r.leaves(talk.Code), "nothing is sent to whom may not have it"
	case "T5101":
		ok, want = r.nobodyThere(), "somebody is there"
	}
	if !ok {
		return fmt.Errorf("%w: %s", ErrDiverges, want)
	}
	return nil
}

// entered are the locations entered in the last turn.
func (r *replayer) entered() []string {
	var out []string
	for _, effect := range r.turn {
		if e, ok := effect.(engine.Entered); ok {
			out = append(out, e.Location)
		}
	}
	return out
}

// passed reports whether a location was entered in a turn that went on to people.
func (r *replayer) passed(location string) bool {
	return r.Conv.Control != engine.Assistant && slices.Contains(r.entered(), location)
}

// leaves reports that something was sent in the last turn which may not have been, in the way of a code.
func (r *replayer) leaves(code string) bool {
	m := r.program.Machine()
	return slices.ContainsFunc(r.sent(), func(s engine.Sent) bool {
		i := slices.IndexFunc(m.Practice.Vendors, func(v machine.Vendor) bool { return v.Name == s.Vendor })
		v := &m.Practice.Vendors[i]
		var classes []string
		for _, x := range s.Fields {
			classes = append(classes, classOf(m, x.Name))
		}
		mayNot := func(class string) bool {
			return !slices.ContainsFunc(v.Classes, func(c string) bool { return stands(m, c, class) })
		}
		switch code {
		case "T3301":
			return slices.ContainsFunc(classes, mayNot)
		case "T3303":
			return !slices.Contains(v.Purposes, m.Flow.Purpose)
		case "T3311":
			return slices.ContainsFunc(r.decided(), func(class string) bool { return mayNot(class) && !slices.Contains(classes, class) })
		case "T6101":
			return v.Agreement == nil
		}
		return v.Agreement != nil && !r.inForce(v.Agreement)
	})
}

func classOf(m *machine.Machine, field string) string {
	for i := range m.Fields {
		if m.Fields[i].Name == field {
			return m.Fields[i].Class
		}
	}
	return ""
}

// inForce reports whether an agreement holds on the day of the conversation and as long after it as the policy wants.
func (r *replayer) inForce(a *machine.Agreement) bool {
	until := r.now.AddDate(0, 0, r.program.Machine().Policy.Horizon)
	return a.Effective <= r.now.Format(time.DateOnly) && (a.Expires == "" || a.Expires >= until.Format(time.DateOnly))
}

// decided are the classes of the fields that conditions of the flow look at, or that questions before conditions are for, whose
// attempts may count: one of them decides that a send happens, which no single conversation shows.
func (r *replayer) decided() []string {
	m := r.program.Machine()
	var out []string
	for _, g := range m.Guards {
		for _, f := range g.Reads {
			out = append(out, classOf(m, f))
		}
	}
	for i := range m.Locations {
		if l := &m.Locations[i]; l.Kind == machine.Ask && slices.ContainsFunc(l.Edges, func(e machine.Edge) bool { return e.Guard != nil }) {
			out = append(out, classOf(m, l.Field))
		}
	}
	return out
}

func (r *replayer) sent() (out []engine.Sent) {
	for _, effect := range r.turn {
		if e, ok := effect.(engine.Sent); ok {
			out = append(out, e)
		}
	}
	return out
}

// nobodyThere reports that the last turn handed the conversation to a team while neither it nor a fallback is there.
func (r *replayer) nobodyThere() bool {
	m := r.program.Machine()
	for _, effect := range r.turn {
		e, ok := effect.(engine.HandedOff)
		if !ok {
			continue
		}
		team := e.Team
		for range m.Practice.Teams {
			if s, ok := calendar.Team(&m.Practice, team); !ok || s.IsOpen(r.now) {
				return false
			}
			i := slices.IndexFunc(m.Practice.Teams, func(t machine.Team) bool { return t.Name == team })
			if team = m.Practice.Teams[i].Fallback; team == "" {
				return true
			}
		}
	}
	return false
}

// readsUnknown reports that something entered in the last turn reads a field without a value, on entry or where its
// ways part.
func (r *replayer) readsUnknown() bool {
	m := r.program.Machine()
	for i := range m.Locations {
		l := &m.Locations[i]
		if l.ID != r.Conv.Location && !slices.Contains(r.entered(), l.ID) {
			continue
		}
		if slices.ContainsFunc(r.reads(l), func(f string) bool { return r.value(f) == "" }) {
			return true
		}
	}
	return false
}

func (r *replayer) value(field string) string {
	for i, f := range r.program.Machine().Fields {
		if f.Name == field {
			return r.Conv.Values[i]
		}
	}
	return "-" // a fact of the practice
}

// reads are the fields that a location reads, and facts of the practice that its texts name.
func (r *replayer) reads(l *machine.Location) []string {
	var out []string
	add := func(texts ...machine.Text) {
		for _, t := range texts {
			for _, p := range machine.Placeholders(t.In(r.Conv.Lang)) {
				out = append(out, p.Name)
			}
		}
	}
	for _, a := range l.Do {
		add(a.Say)
		out = append(out, a.Fields...)
		if a.By != "" {
			out = append(out, a.By)
			add(a.Cases[r.value(a.By)])
		}
	}
	add(l.Prompt)
	for _, ch := range l.Choices {
		add(ch.Label)
	}
	if l.Field != "" && l.Kind != machine.Ask {
		out = append(out, l.Field)
	}
	for _, e := range l.Edges {
		if e.Guard != nil {
			tests := r.program.Machine().Guards[*e.Guard].Reads
			out = append(out, slices.DeleteFunc(slices.Clone(tests), func(f string) bool { return l.Kind == machine.Ask && f == l.Field && e.On == "" })...)
		}
	}
	return out
}

// stepped is an event with what it was applied to and what came of it.
type stepped struct {
	before engine.Conversation
	event  engine.Event
	also   []string // what its text is taken for besides
	after  engine.Conversation
	out    []engine.Effect
}

// retrace applies every event again.
func (r *replayer) retrace() []stepped {
	c := r.program.New("rehearsal")
	var out []stepped
	defer func() { *r.also = nil }()
	for i, e := range r.Log {
		*r.also = r.alsoAt[i]
		after, effects, err := r.program.Step(c, e)
		if err != nil {
			return nil
		}
		out = append(out, stepped{c, e, r.alsoAt[i], after, effects})
		c = after
	}
	return out
}

// agreed reports that the patient gave a consent which is for the class of the field that is asked now.
func (r *replayer) agreed() bool {
	m := r.program.Machine()
	class := ""
	for _, l := range m.Locations {
		for _, f := range m.Fields {
			if l.ID == r.Conv.Location && l.Kind == machine.Ask && l.Field == f.Name {
				class = f.Class
			}
		}
		for _, d := range m.Policy.Declassify {
			if l.ID == r.Conv.Location && l.Field == d.Field {
				class = d.From
			}
		}
	}
	given := r.consents()
	return slices.ContainsFunc(m.Locations, func(l machine.Location) bool {
		return given[l.Consent] && slices.ContainsFunc(l.Covers, func(c string) bool { return stands(m, c, class) })
	})
}

// stands reports whether a class is another, or stands above it.
func stands(m *machine.Machine, high, low string) bool {
	open, seen := []string{high}, map[string]bool{}
	for len(open) > 0 {
		at := open[0]
		open = open[1:]
		if at == low {
			return true
		}
		for _, c := range m.Policy.Classes {
			if c.Name == at && !seen[at] {
				open = append(open, c.Above...)
			}
		}
		seen[at] = true
	}
	return false
}

// consents are those whose last answer was yes.
func (r *replayer) consents() map[string]bool {
	m := r.program.Machine()
	given := map[string]bool{}
	for _, s := range r.retrace() {
		i := slices.IndexFunc(m.Locations, func(l machine.Location) bool { return l.ID == s.before.Location && l.Kind == machine.Consent })
		if i < 0 || s.after.Location == s.before.Location {
			continue
		}
		for _, effect := range s.out {
			if e, ok := effect.(engine.Entered); ok {
				for _, edge := range m.Locations[i].Edges {
					if edge.Place == e.Edge && edge.On == machine.OnRefused {
						delete(given, m.Locations[i].Consent)
					}
					if edge.Place == e.Edge && edge.On == machine.OnGranted {
						given[m.Locations[i].Consent] = true
					}
				}
				break
			}
		}
	}
	return given
}

// undecided reports that in the last turn some way was taken without which another, under a guard, is taken: two held.
func (r *replayer) undecided() bool {
	steps := r.retrace()
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		for _, effect := range s.out {
			if e, ok := effect.(engine.Entered); ok && e.Guard != "" && r.another(s, e) {
				return true
			}
		}
	}
	return false
}

// another reports whether, without the way taken, a second guard leads elsewhere.
func (r *replayer) another(s stepped, taken engine.Entered) bool {
	m := *r.program.Machine()
	m.Locations = slices.Clone(m.Locations)
	for i := range m.Locations {
		l := &m.Locations[i]
		n := slices.IndexFunc(l.Edges, func(e machine.Edge) bool { return e.Place == taken.Edge && e.To == taken.Location && e.Guard != nil })
		if n < 0 {
			continue
		}
		on := l.Edges[n].On // other conditions that lead there too are not what is looked for
		l.Edges = slices.DeleteFunc(slices.Clone(l.Edges), func(e machine.Edge) bool { return e.On == on && e.To == taken.Location && e.Guard != nil })
	}
	p, err := engine.LoadWith(&m, engine.Options{Reader: r.program.Reader()})
	if err != nil {
		return false
	}
	c := s.before
	c.Machine = p.Hash()
	*r.also = s.also
	defer func() { *r.also = nil }()
	_, out, err := p.Step(c, s.event)
	if err != nil {
		return false
	}
	for _, effect := range out {
		if e, ok := effect.(engine.Entered); ok && e.Guard != "" && e.Location != taken.Location {
			return true
		}
	}
	return false
}

// repeats performs what stands after `again` twice more, and expects the assistant to be there still. Times are moved
// on by whole weeks.
func (r *replayer) repeats(talk *machine.Talk) error {
	from := slices.IndexFunc(talk.Lines, func(l machine.TalkLine) bool { return l.Verb == machine.TalkAgain })
	if !talk.Lasso || from < 0 {
		return nil
	}
	for range 2 {
		days := 0
		for _, l := range talk.Lines[from+1:] {
			if l.Verb == machine.TalkHolds {
				continue
			}
			if l.Verb == machine.TalkWait {
				l.Text, days = r.laterWeek(l.Text)
			}
			if l.Verb == machine.TalkPatient {
				l.Text = laterDate(l.Text, days)
			}
			if err := r.line(l); err != nil {
				return fmt.Errorf("again, `%s: %s`: %w", l.Verb, l.Text, err)
			}
		}
	}
	if r.Conv.Control != engine.Assistant {
		return fmt.Errorf("%w: it ends", ErrDiverges)
	}
	return nil
}

// laterWeek moves a time that has passed on by whole weeks, and says by how many days.
func (r *replayer) laterWeek(text string) (later string, days int) {
	at, err := time.ParseInLocation(talkTime, text, r.zone)
	if err != nil {
		return text, 0
	}
	for at.Before(r.now) {
		at, days = at.AddDate(0, 0, 7), days+7
	}
	return at.Format(talkTime), days
}

// laterDate moves a typed date on by days.
func laterDate(text string, days int) string {
	const form = "January 2, 2006"
	day, err := time.Parse(form, text)
	if err != nil || days == 0 {
		return text
	}
	return day.AddDate(0, 0, days).Format(form)
}
