package preview

import (
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/compiler/export"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// drawing is the graph of a flow: the states that its author leads through as a picture, and what can happen at any
// question as a list beside it, which as a fan of arrows would hide the picture.
type drawing struct {
	graph  *export.Graph
	lines  []string // of the picture, one element each
	aside  []aside
	places map[string]machine.Place // by state
}

// aside is what a patient can say at any question, and where that leads.
type aside struct {
	State string // the node that is lit
	Name  string
	On    []string // topics and triggers
	Then  string
	Kind  string // tier of an escalation; "" of a topic's way
}

func draw(m *machine.Machine) *drawing {
	d := &drawing{graph: authored(export.GraphOf(m)), places: map[string]machine.Place{}}
	svg := d.graph.SVG()
	if i, j := strings.Index(svg, "<style>"), strings.Index(svg, "</style>\n"); i >= 0 && j > i {
		svg = svg[:i] + svg[j+len("</style>\n"):] // the page's own style dresses it
	}
	svg = strings.Replace(svg, ` role="img"`, ` role="group"`, 1) // it holds links
	d.lines = strings.Split(strings.TrimRight(svg, "\n"), "\n")
	for _, l := range slices.Backward(m.Locations) {
		d.places[l.State] = l.Place
	}
	for _, e := range m.Escalations {
		a := aside{State: stateOf(m, e.Location), Name: e.Name, On: e.On, Kind: e.Tier}
		if a.Kind == "" {
			a.Kind = "routine"
		}
		for _, l := range m.Locations {
			if l.State == a.State && l.Kind == machine.Handoff {
				a.Then = "handoff " + l.Team
			}
		}
		d.aside = append(d.aside, a)
	}
	for _, t := range m.Topics {
		if t.Route != "" {
			d.aside = append(d.aside, aside{State: stateOf(m, t.Route), Name: t.Name, On: []string{t.Name}, Then: "to " + stateOf(m, t.Route)})
		}
	}
	return d
}

// authored leaves out of a graph what only the turn protocol leads to.
func authored(g *export.Graph) *export.Graph {
	out := &export.Graph{Title: g.Title}
	led := map[int]bool{}
	for _, e := range g.Edges {
		if !e.Dashed {
			led[e.From], led[e.To] = true, true
		}
	}
	index := map[int]int{}
	for i, n := range g.Nodes {
		if n.Kind == export.AnywhereNode || n.Kind == export.EscalationNode && !led[i] {
			continue
		}
		index[i] = len(out.Nodes)
		out.Nodes = append(out.Nodes, n)
	}
	for _, e := range g.Edges {
		if !e.Dashed {
			e.From, e.To = index[e.From], index[e.To]
			out.Edges = append(out.Edges, e)
		}
	}
	return out
}

// marks say how a drawing is lit.
type marks struct {
	now     string // state
	been    map[string]bool
	taken   map[step]bool
	reached map[string]bool // by the flow's tests; nil: nothing is said about tests
	walked  map[step]bool
}

// covered adds what tests reach.
func (m *marks) covered(c *rehearsal.Coverage) {
	m.reached, m.walked = map[string]bool{}, map[step]bool{}
	states := map[string]string{}
	for _, l := range c.Locations {
		states[l.Location] = l.State
		if l.Entered > 0 {
			m.reached[l.State] = true
		}
	}
	for _, e := range c.Edges {
		if e.Taken > 0 {
			m.walked[step{states[e.From], states[e.To]}] = true
		}
	}
}

// lit is the picture with every state and way in its classes: now, been and taken of the conversation, untested where
// no test of the flow gets. Each state is a link to its line.
func (d *drawing) lit(m marks, link func(machine.Place) string) template.HTML {
	var b strings.Builder
	ways := d.order()
	node, way, inWay := 0, 0, false
	for _, line := range d.lines {
		if inWay && !strings.HasPrefix(line, `<text class="label halo"`) {
			b.WriteString("</g>\n")
			inWay = false
		}
		switch {
		case strings.HasPrefix(line, `<path d="`):
			b.WriteString(d.openWay(ways[way], m))
			way++
			inWay = true
		case strings.HasPrefix(line, `<g class="`):
			n := d.graph.Nodes[node]
			node++
			kind := `<g class="` + string(n.Kind)
			line = fmt.Sprintf(`<a href="%s"><g data-state="%s" class="node %s%s`, html.EscapeString(link(d.places[n.ID])), html.EscapeString(n.ID), n.Kind, m.of(n.ID)) +
				strings.TrimPrefix(line, kind) + "</a>"
		}
		b.WriteString(line + "\n")
	}
	return template.HTML(b.String()) //nolint:gosec // export escapes every text, and so does this
}

// order lists the ways as the picture draws them: loops come last.
func (d *drawing) order() []export.Edge {
	out := slices.Clone(d.graph.Edges)
	slices.SortStableFunc(out, func(a, b export.Edge) int {
		switch loop := func(e export.Edge) bool { return e.From == e.To }; {
		case loop(a) == loop(b):
			return 0
		case loop(a):
			return 1
		}
		return -1
	})
	return out
}

// apart is how far the two ways between two states are drawn from each other, in pixels.
const apart = 10

func (d *drawing) openWay(e export.Edge, m marks) string {
	s := step{d.graph.Nodes[e.From].ID, d.graph.Nodes[e.To].ID}
	class, shift := "way", ""
	if m.taken[s] {
		class += " taken"
	}
	if m.walked != nil && !m.walked[s] {
		class += " untested"
	}
	if e.From != e.To && slices.ContainsFunc(d.graph.Edges, func(o export.Edge) bool { return o.From == e.To && o.To == e.From }) {
		shift = fmt.Sprintf(` transform="translate(%d 0)"`, map[bool]int{true: -apart, false: apart}[e.From < e.To])
	}
	return `<g class="` + class + `"` + shift + ">\n"
}

// of are the classes of a state, each after a space.
func (m marks) of(state string) string {
	out := ""
	if state == m.now {
		out += " now"
	}
	if m.been[state] {
		out += " been"
	}
	if m.reached != nil && !m.reached[state] {
		out += " untested"
	}
	return out
}
