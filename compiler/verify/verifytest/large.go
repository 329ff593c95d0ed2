package verifytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Large makes a machine that keeps every guarantee, with so many locations and fields: blocks that ask, decide, offer
// and send, one after the other, with ways back.
func Large(locations, fields int) *machine.Machine {
	locations = (locations-1)/3*3 + 1 // whole blocks and an end
	m := base()
	line := 100
	at := func() machine.Place { line++; return place(line) }
	lo, hi := int64(0), int64(10)
	for i := range fields {
		f := machine.Field{Name: fmt.Sprintf("f%03d", i), Class: "contact", Place: at()}
		switch i % 4 {
		case 0:
			f.Type, f.Min, f.Max = "number", &lo, &hi
		case 1:
			f.Type = "choice"
			for _, o := range []string{"a", "b", "c", "d"} {
				f.Options = append(f.Options, machine.Option{Value: o, Label: text(o)})
			}
		case 2:
			f.Type = "yes-no"
		default:
			f.Type = "name"
		}
		m.Fields = append(m.Fields, f)
	}
	guards := map[string]int{}
	guard := func(src, field string) *int {
		n, ok := guards[src]
		if !ok {
			n = len(m.Guards)
			guards[src] = n
			m.Guards = append(m.Guards, machine.Guard{Source: src, Reads: []string{field}})
		}
		return &n
	}
	id := func(i int) string { return fmt.Sprintf("s%05d", min(i, locations-1)) }
	for i := range locations - 1 {
		f := m.Fields[i/3%fields]
		l := machine.Location{ID: id(i), State: id(i), Place: at()}
		switch i % 3 {
		case 0:
			l.Kind, l.Field, l.Prompt = machine.Ask, f.Name, text("Which?")
			l.Do = []machine.Action{{Say: text("Welcome."), Place: at()}}
			l.Edges = []machine.Edge{{To: id(i + 1), Place: at()}}
		case 1:
			l.Kind = machine.Auto
			l.Do = []machine.Action{{Say: text("You said {" + f.Name + "}."), Place: at()}}
			if src := test(f.Type, f.Name); src != "" {
				l.Edges = append(l.Edges, machine.Edge{Guard: guard(src, f.Name), To: id(i + 2), Place: at()})
			}
			l.Edges = append(l.Edges, machine.Edge{To: id(i + 1), Place: at()})
		default:
			l.Kind, l.Prompt = machine.Offer, text("What next?")
			l.Choices = []machine.Choice{{Label: text("On")}, {Label: text("Back")}}
			l.Edges = []machine.Edge{{On: "1", To: id(i + 1), Place: at()}, {On: "2", To: id(i - 2), Place: at()}}
			l.Do = []machine.Action{{To: "crm", Fields: []string{f.Name}, Place: at()}}
		}
		m.Locations = append(m.Locations, l)
	}
	m.Locations = append(m.Locations, machine.Location{ID: id(locations), State: id(locations), Kind: machine.End, Outcome: "done", Place: at()})
	m.Start = id(0)
	return finish(m)
}

func test(fieldType, name string) string {
	switch fieldType {
	case "number":
		return name + " >= 7"
	case "choice":
		return name + ` in ["a", "b"]`
	case "yes-no":
		return name
	}
	return ""
}

// Adversarial makes a machine that asks for many numbers first and decides on all of them in the end, each at many
// bounds: its situations grow as ten to the number of fields.
func Adversarial(fields int) *machine.Machine {
	m := base()
	lo, hi := int64(0), int64(9)
	for i := range fields {
		m.Fields = append(m.Fields, machine.Field{Name: fmt.Sprintf("f%03d", i), Type: "number", Class: "contact", Min: &lo, Max: &hi, Place: place(100 + i)})
	}
	last := fmt.Sprintf("s%03d", fields)
	for i := range fields {
		next := fmt.Sprintf("s%03d", i+1)
		m.Locations = append(m.Locations, machine.Location{
			ID: fmt.Sprintf("s%03d", i), State: "ask", Kind: machine.Ask, Field: m.Fields[i].Name, Prompt: text("How much?"),
			Place: place(200 + i), Edges: []machine.Edge{{To: next, Place: place(300 + i)}},
		})
	}
	l := machine.Location{ID: last, State: "decide", Kind: machine.Auto, Ordered: true, Place: place(400)}
	for n := range 10 {
		var parts []string
		for i := range fields {
			parts = append(parts, fmt.Sprintf("%s == %d", m.Fields[i].Name, n))
		}
		g := len(m.Guards)
		reads := make([]string, fields)
		for i := range fields {
			reads[i] = m.Fields[i].Name
		}
		m.Guards = append(m.Guards, machine.Guard{Source: strings.Join(parts, " && "), Reads: reads})
		l.Edges = append(l.Edges, machine.Edge{Guard: &g, To: "z", Place: place(500 + n)})
	}
	l.Edges = append(l.Edges, machine.Edge{To: "y", Place: place(600)})
	m.Locations = append(m.Locations, l)
	for i, id := range []string{"y", "z"} {
		m.Locations = append(m.Locations, machine.Location{ID: id, State: id, Kind: machine.End, Outcome: "done", Place: place(700 + i)})
	}
	m.Start = "s000"
	return finish(m)
}

// finish adds the people, and puts lists in their order.
func finish(m *machine.Machine) *machine.Machine {
	m.Locations = append(m.Locations, people()...)
	slices.SortFunc(m.Locations, func(a, b machine.Location) int { return strings.Compare(a.ID, b.ID) })
	return complete(m)
}
