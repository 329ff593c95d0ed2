package verifytest

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// DrawTelling makes a machine from a seed in which what is sent can tell of more than what was answered to it: a question
// decides whether another is asked, asked again, or an identity checked; then the ways meet, and what came of it is sent, or
// decides whether something is. All of them go forward only, and read nothing that was not asked.
func DrawTelling(seed uint64) *machine.Machine {
	d := &drawer{state: seed, m: base(), line: 100}
	d.fields()
	d.m.Fields[2].Class = "preference"
	for i, f := range []string{"phone", "ok", "mark", "name"} {
		d.telling(machine.Ask, i, f, 1)
	}
	d.telling(machine.Ask, 4, pick(d, []string{"topic", "topic", "mark"}), 1+d.n(3), 1)
	for i := 5; i < 9; i++ {
		d.telling(pick(d, []machine.Kind{machine.Ask, machine.Ask, machine.Verify, machine.Auto, machine.Offer}), i, d.told(), 1+d.n(3), 1)
	}
	d.telling(machine.Auto, 9, "", 1+d.n(2), 1)
	d.telling(machine.Auto, 10, "", 1)
	all := []string{"mark", "name", "ok", "phone", "topic"}
	d.m.Locations[10].Do = []machine.Action{{Place: d.place(), To: "crm", Fields: all[:4]}}
	if d.m.Locations[4].Field == "topic" {
		d.m.Locations[10].Do[0].Fields = all
	}
	d.telling(machine.End, 11, "")
	d.m.Start = letter(0)
	d.m.Locations = append(d.m.Locations, people()...)
	slices.SortFunc(d.m.Locations, func(a, b machine.Location) int { return strings.Compare(a.ID, b.ID) })
	return complete(d.m)
}

func letter(i int) string { return "l" + string(rune('a'+i)) }

func (d *drawer) told() string { return pick(d, []string{"phone", "ok", "mark", "name"}) }

// telling adds a location that leads so many places on; the first way has a guard if there are more.
func (d *drawer) telling(kind machine.Kind, i int, field string, ahead ...int) {
	l := machine.Location{ID: letter(i), State: letter(i), Kind: kind, Place: d.place(), Ordered: true}
	on := []string{""}
	switch kind {
	case machine.Ask:
		l.Field, l.Prompt = field, text("Which?")
	case machine.Verify:
		l.Field, l.Prompt = "phone", text("The code?")
		on = []string{machine.OnFailed, machine.OnUnreachable, machine.OnVerified}
	case machine.Offer:
		l.Prompt, l.Choices, on = text("Well?"), []machine.Choice{{Label: text("This")}, {Label: text("That")}}, []string{"1", "2"}
	case machine.End:
		l.Outcome, on = "done", nil
	default:
	}
	for _, o := range on {
		for n, by := range ahead {
			e := machine.Edge{On: o, To: letter(min(i+by, 11)), Place: d.place()}
			if n < len(ahead)-1 {
				source := pick(d, []string{"ok", "!ok", "mark < 2", `name == "Bo"`})
				switch {
				case i >= 4 && d.chance(50) && (field == "topic" || i > 4 && d.m.Locations[4].Field == "topic"):
					source = `topic != "other"`
				case kind == machine.Ask && d.chance(40):
					source = "attempts > 1"
				case slices.ContainsFunc(d.m.Locations, func(l machine.Location) bool { return l.Kind == machine.Verify }) && d.chance(60):
					source = "verified"
				}
				e.Guard = d.guard(source)
			}
			l.Edges = append(l.Edges, e)
		}
	}
	if i > 4 && kind != machine.End && d.chance(25) {
		l.Do = append(l.Do, machine.Action{Place: d.place(), To: pick(d, []string{"crm", "mailer", "mailer"}), Fields: []string{d.told()}})
	}
	d.m.Locations = append(d.m.Locations, l)
}

// guard numbers a guard by where it comes first.
func (d *drawer) guard(source string) *int {
	n := slices.IndexFunc(d.m.Guards, func(g machine.Guard) bool { return g.Source == source })
	if n < 0 {
		n = len(d.m.Guards)
		g := machine.Guard{Source: source}
		for _, a := range atoms {
			if a[0] == source && len(a) > 1 {
				g.Reads = a[1:]
			}
		}
		d.m.Guards = append(d.m.Guards, g)
	}
	return &n
}
