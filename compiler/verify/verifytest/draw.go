package verifytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// Options steer what is drawn. The zero value draws small machines of every kind, sound or not.
type Options struct {
	Locations int  // most locations besides people; 0 means 7
	Sane      bool // guards end in an otherwise, and fields are asked in the first locations: most are accepted
}

// Draw makes a machine from a seed. Every line of it has a place of its own.
func Draw(seed uint64, o Options) *machine.Machine {
	d := &drawer{state: seed, o: o, m: base(), line: 100}
	if d.o.Locations == 0 {
		d.o.Locations = 7
	}
	d.fields()
	d.guards()
	d.locations()
	return complete(d.m)
}

// complete gives guards their code.
func complete(m *machine.Machine) *machine.Machine {
	if err := guard.Complete(m); err != nil {
		panic("verifytest: a guard that is drawn is wrong: " + err.Error())
	}
	return m
}

// drawer draws from a seed (splitmix64: Steele, Lea and Flood, 2014).
type drawer struct {
	state uint64
	o     Options
	m     *machine.Machine
	line  int
	ids   []string
}

func (d *drawer) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	z := d.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// n draws a number below the limit.
func (d *drawer) n(limit int) int { return int(d.next() % uint64(limit)) }

func (d *drawer) chance(percent int) bool { return d.n(100) < percent }

func (d *drawer) place() machine.Place {
	d.line++
	return place(d.line)
}

func pick[T any](d *drawer, from []T) T { return from[d.n(len(from))] }

func (d *drawer) fields() {
	lo, hi := int64(0), int64(4)
	options := func(names ...string) (out []machine.Option) {
		for _, n := range names {
			out = append(out, machine.Option{Value: n, Label: text(strings.ToUpper(n[:1]) + n[1:])})
		}
		return out
	}
	d.m.Fields = []machine.Field{
		{Name: "born", Type: "date-of-birth", Class: pick(d, []string{"contact", "identifier"})},
		{Name: "day", Type: "date", Class: "contact"},
		{Name: "mark", Type: "number", Class: pick(d, []string{"preference", "health"}), Min: &lo, Max: &hi},
		{Name: "name", Type: "name", Class: "contact"},
		{Name: "ok", Type: "yes-no", Class: "preference"},
		{Name: "phone", Type: "phone", Class: "contact"},
		{Name: "slot", Type: "slot", Class: "contact"},
		{Name: "topic", Type: "choice", Class: "interest", Options: options("botox", "filler", "other")},
	}
	if span := int64(2500); d.chance(60) {
		d.m.Fields[1].Min, d.m.Fields[1].Max = new(int64), &span
		if d.chance(40) {
			past := -span
			d.m.Fields[1].Min, d.m.Fields[1].Max = &past, new(int64)
		}
	}
	for i := range d.m.Fields {
		d.m.Fields[i].Place = d.place()
	}
}

// atoms are what conditions are made of: source and the fields it reads.
var atoms = [][]string{
	{`mark < 2`, "mark"}, {`mark >= 2`, "mark"}, {`mark == 3`, "mark"}, {`mark > 3`, "mark"}, {`mark in [0, 1]`, "mark"}, {`mark > 4`, "mark"},
	{`ok`, "ok"}, {`!ok`, "ok"}, {`topic == "other"`, "topic"}, {`topic != "other"`, "topic"}, {`topic in ["botox", "filler"]`, "topic"},
	{`day < "2026-12-01"`, "day"}, {`day >= "2026-12-01"`, "day"}, {`days(day) > 7`, "day"}, {`age(born) >= 18`, "born"}, {`age(born) < 18`, "born"},
	{`practice.open`}, {`!practice.open`}, {`now.hour < 12`}, {`now.hour >= 12`}, {`now.weekday == "monday"`}, {`now.weekday in ["saturday", "sunday"]`},
	{`language == "es"`}, {`attempts > 1`}, {`attempts <= 1`}, {`verified`}, {`!verified`}, {`heard("pricing")`}, {`heard("fever")`}, {`heard("chest-pain")`}, {`heard("booking")`},
	{`name == "Bo"`, "name"},
}

func (d *drawer) guards() {
	seen := map[string]bool{}
	for range 10 {
		parts := []string{pick(d, atoms)[0]}
		reads := []string{}
		expr := parts[0]
		for d.chance(35) {
			next := pick(d, atoms)[0]
			switch d.n(4) {
			case 0:
				expr = "(" + expr + ") && " + next
			case 1:
				expr = "(" + expr + ") || " + next
			case 2:
				expr = "!(" + expr + ")"
				continue
			default:
				expr = "(" + expr + ") ? " + next + " : !(" + next + ")"
			}
			parts = append(parts, next)
		}
		for _, a := range atoms {
			if len(a) > 1 && slices.Contains(parts, a[0]) {
				reads = append(reads, a[1])
			}
		}
		if seen[expr] {
			continue
		}
		seen[expr] = true
		slices.Sort(reads)
		d.m.Guards = append(d.m.Guards, machine.Guard{Source: expr, Reads: slices.Compact(reads)})
	}
	slices.SortFunc(d.m.Guards, func(a, b machine.Guard) int { return strings.Compare(a.Source, b.Source) })
}

func (d *drawer) locations() {
	n := 2 + d.n(d.o.Locations-1)
	for i := range n {
		d.ids = append(d.ids, fmt.Sprintf("l%02d", i))
	}
	d.m.Start = d.ids[0]
	for i := range n {
		d.m.Locations = append(d.m.Locations, d.location(i))
	}
	if d.chance(30) {
		d.m.Topics[0].Answer, d.m.Topics[0].Route = nil, pick(d, d.ids)
	}
	d.m.Locations = append(d.m.Locations, people()...)
	slices.SortFunc(d.m.Locations, func(a, b machine.Location) int { return strings.Compare(a.ID, b.ID) })
}

var kinds = []machine.Kind{
	machine.Ask, machine.Ask, machine.Ask, machine.Ask, machine.Auto, machine.Auto, machine.Auto, machine.Offer, machine.Listen,
	machine.Consent, machine.Verify, machine.Book, machine.End, machine.End, machine.Handoff,
}

func (d *drawer) location(i int) machine.Location {
	l := machine.Location{ID: d.ids[i], State: d.ids[i], Kind: pick(d, kinds), Place: d.place()}
	last := i == len(d.ids)-1
	switch {
	case last:
		l.Kind = pick(d, []machine.Kind{machine.End, machine.Handoff})
	case d.o.Sane && i < 3:
		l.Kind = machine.Ask
	}
	for range d.n(3) {
		l.Do = append(l.Do, d.action(i))
	}
	d.fill(&l, i)
	return l
}

func (d *drawer) field() string { return pick(d, d.m.Fields).Name }

// read is a field to read at location i: in sane machines one of the first three asked.
func (d *drawer) read(i int) string {
	if d.o.Sane && i < 3 {
		return ""
	}
	if d.o.Sane {
		return pick(d, []string{"mark", "name", "topic"})
	}
	return d.field()
}

func (d *drawer) action(i int) machine.Action {
	a := machine.Action{Place: d.place()}
	f := d.read(i)
	switch {
	case f == "" || d.chance(40):
		a.Say = text("Good.")
	case d.chance(30):
		a.By = "topic"
		a.Cases = map[string]machine.Text{"botox": text("Botox."), "filler": text("Filler."), "other": text("Other.")}
		if d.chance(50) {
			a.Cases["other"] = text("Other, {" + f + "}.")
		}
	case d.chance(50):
		a.Say = text("You said {" + f + "}.")
	default:
		a.To, a.Fields = pick(d, []string{"crm", "mailer"}), []string{f}
	}
	return a
}

// to is where a way leads: forward more often than back.
func (d *drawer) to(i int) string {
	if d.chance(75) && i+1 < len(d.ids) {
		return d.ids[i+1+d.n(len(d.ids)-i-1)]
	}
	return pick(d, d.ids)
}

func (d *drawer) edge(on string, i int) machine.Edge {
	return machine.Edge{On: on, To: d.to(i), Place: d.place()}
}

// ways are guarded ways on of one outcome.
func (d *drawer) ways(l *machine.Location, on string, i int) {
	guarded := 0
	if d.chance(60) && len(d.m.Guards) > 0 {
		guarded = 1 + d.n(3)
	}
	for range guarded {
		e := d.edge(on, i)
		g := d.n(len(d.m.Guards))
		if d.o.Sane && !d.harmless(g, i, l) {
			continue
		}
		e.Guard = &g
		l.Edges = append(l.Edges, e)
	}
	if d.o.Sane || d.chance(70) || !slices.ContainsFunc(l.Edges, func(e machine.Edge) bool { return e.On == on }) {
		l.Edges = append(l.Edges, d.edge(on, i))
	}
	l.Ordered = l.Ordered || d.o.Sane || d.chance(30)
}

// harmless reports whether a guard reads only what a sane machine has asked.
func (d *drawer) harmless(g, i int, l *machine.Location) bool {
	for _, f := range d.m.Guards[g].Reads {
		if i < 3 && f != l.Field || i >= 3 && f != "mark" && f != "name" && f != "topic" {
			return false
		}
	}
	return true
}

// fill gives a location what its kind needs.
func (d *drawer) fill(l *machine.Location, i int) {
	switch l.Kind {
	case machine.Auto:
		d.ways(l, "", i)
	case machine.Ask:
		l.Field, l.Prompt = d.field(), text("Which?")
		if d.o.Sane && i < 3 {
			l.Field = []string{"name", "mark", "topic"}[i]
		}
		if l.Field == "slot" {
			d.ways(l, machine.OnNone, i)
		}
		d.ways(l, "", i)
		if d.o.Sane && i < 2 {
			l.Edges = []machine.Edge{{To: d.ids[i+1], Place: d.place()}}
		}
	case machine.Offer:
		l.Prompt = text("What next?")
		for n := range 1 + d.n(3) {
			l.Choices = append(l.Choices, machine.Choice{Label: text(fmt.Sprintf("Way %d", n+1))})
			d.ways(l, fmt.Sprint(n+1), i)
		}
	case machine.Listen:
		l.Edges = append(l.Edges, d.edge("booking", i), d.edge("hours", i))
	case machine.Consent:
		l.Consent, l.Prompt = pick(d, []string{"health", "health", "texts"}), text("Do you agree?")
		if l.Consent == "health" {
			l.Covers = []string{"health"}
		}
		d.ways(l, machine.OnGranted, i)
		d.ways(l, machine.OnRefused, i)
	case machine.Verify:
		l.Field, l.Prompt = "phone", text("The code?")
		for _, on := range []string{machine.OnFailed, machine.OnUnreachable, machine.OnVerified} {
			d.ways(l, on, i)
		}
	case machine.Book:
		l.Field = "slot"
		for _, on := range []string{machine.OnBooked, machine.OnFailed, machine.OnTaken} {
			d.ways(l, on, i)
		}
	case machine.End:
		l.Outcome = "done"
	case machine.Handoff:
		l.Team, l.Tier = pick(d, []string{"always", "backed", "backed", "office"}), machine.Routine
	default:
		panic("verifytest: unknown kind " + string(l.Kind))
	}
}
