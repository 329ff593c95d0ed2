// Package export shows a compiled machine in other forms: drawings, and later the inputs of outside checkers. It sees
// only the machine.
package export

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Graph is a machine as its author thinks of it: one node a state, one edge a way on.
type Graph struct {
	Title string
	Nodes []Node // the start first, then in the order of the file
	Edges []Edge
}

// NodeKind says how a node is drawn.
type NodeKind string

// The kinds of node.
const (
	StateNode      NodeKind = "state"
	EndNode        NodeKind = "end"
	HandoffNode    NodeKind = "handoff"
	EscalationNode NodeKind = "escalation"
	AnywhereNode   NodeKind = "anywhere" // stands for every question of the flow
)

// Node is a state, an escalation, or the stand-in for every question.
type Node struct {
	ID    string
	Kind  NodeKind
	Lines []string // the name, then what happens there
}

// Edge is a way on. Several ways between the same two nodes share one edge with several labels.
type Edge struct {
	From, To int // index into Nodes
	Labels   []string
	Dashed   bool // taken by the turn protocol, not by the author's states
}

// anywhere is the id of the node that stands for every question.
const anywhere = "at any question"

// GraphOf draws a machine. Labels are in the flow's first language.
func GraphOf(m *machine.Machine) *Graph {
	b := &graphBuilder{m: m, lang: m.Flow.Languages[0], index: map[string]int{}, edges: map[[2]int]int{}}
	b.g.Title = m.Flow.Name
	b.state = map[string]string{}
	for _, l := range m.Locations {
		b.state[l.ID] = l.State
	}
	b.nodes()
	b.ways()
	b.protocol()
	return &b.g
}

type graphBuilder struct {
	m     *machine.Machine
	g     Graph
	lang  string
	index map[string]int    // node id → index
	state map[string]string // location → state
	edges map[[2]int]int
}

func (b *graphBuilder) nodes() {
	locations := slices.Clone(b.m.Locations)
	slices.SortStableFunc(locations, func(x, y machine.Location) int {
		return cmp.Compare(b.rank(x), b.rank(y))
	})
	for _, l := range locations {
		if strings.HasPrefix(l.ID, "@") {
			continue
		}
		i, ok := b.index[l.State]
		if !ok {
			i = len(b.g.Nodes)
			b.index[l.State] = i
			b.g.Nodes = append(b.g.Nodes, Node{ID: l.State, Kind: StateNode, Lines: []string{l.State}})
		}
		n := &b.g.Nodes[i]
		if line := b.describe(l); line != "" && !slices.Contains(n.Lines, line) {
			n.Lines = append(n.Lines, line)
		}
		switch l.Kind {
		case machine.End:
			n.Kind = EndNode
		case machine.Handoff:
			n.Kind = HandoffNode
		case machine.Auto, machine.Ask, machine.Offer, machine.Listen, machine.Consent, machine.Verify, machine.Book:
		}
	}
	for _, e := range b.m.Escalations {
		if i, ok := b.index[b.state[e.Location]]; ok {
			b.g.Nodes[i].Kind = EscalationNode
			b.g.Nodes[i].Lines[0] = e.Name
			b.g.Nodes[i].Lines = append(b.g.Nodes[i].Lines, e.Tier)
		}
	}
}

// rank puts the start state first and keeps the rest in the order of the author's files.
func (b *graphBuilder) rank(l machine.Location) int {
	if l.State == b.state[b.m.Start] {
		return 0
	}
	return 1
}

func (b *graphBuilder) describe(l machine.Location) string {
	switch l.Kind {
	case machine.Ask:
		return "asks " + l.Field
	case machine.Consent:
		return "asks consent: " + l.Consent
	case machine.Verify:
		return "verifies " + l.Field
	case machine.Book:
		return "books " + l.Field
	case machine.End:
		return "end: " + l.Outcome
	case machine.Handoff:
		return "handoff: " + l.Team
	case machine.Auto, machine.Offer, machine.Listen:
	}
	return ""
}

func (b *graphBuilder) ways() {
	for _, l := range b.m.Locations {
		for _, e := range l.Edges {
			if b.state[e.To] != l.State || e.To == l.ID {
				b.way(l.State, b.state[e.To], b.label(l, e), false)
			}
		}
	}
	for _, t := range b.m.Topics {
		if t.Route != "" {
			b.way(b.any(), b.state[t.Route], t.Name, true)
		}
	}
}

// protocol adds what the turn protocol can do from any question.
func (b *graphBuilder) protocol() {
	for _, e := range b.m.Escalations {
		b.way(b.any(), b.state[e.Location], shorten(strings.Join(e.On, ", ")), true)
	}
}

func (b *graphBuilder) any() string {
	if _, ok := b.index[anywhere]; !ok {
		b.index[anywhere] = len(b.g.Nodes)
		b.g.Nodes = append(b.g.Nodes, Node{ID: anywhere, Kind: AnywhereNode, Lines: []string{anywhere}})
	}
	return anywhere
}

func (b *graphBuilder) way(from, to, label string, dashed bool) {
	f, ok := b.index[from]
	t, ok2 := b.index[to]
	if !ok || !ok2 {
		return
	}
	key := [2]int{f, t}
	i, ok := b.edges[key]
	if !ok {
		i = len(b.g.Edges)
		b.edges[key] = i
		b.g.Edges = append(b.g.Edges, Edge{From: f, To: t, Dashed: dashed})
	}
	if label != "" && !slices.Contains(b.g.Edges[i].Labels, label) {
		b.g.Edges[i].Labels = append(b.g.Edges[i].Labels, label)
	}
}

func (b *graphBuilder) label(l machine.Location, e machine.Edge) string {
	if e.Guard != nil {
		return shorten(b.m.Guards[*e.Guard].Source)
	}
	if l.Kind == machine.Offer {
		if n, err := strconv.Atoi(e.On); err == nil && n >= 1 && n <= len(l.Choices) {
			return shorten(l.Choices[n-1].Label.In(b.lang))
		}
	}
	if e.On == "" && len(l.Edges) > 1 {
		return "otherwise"
	}
	return e.On
}

func shorten(s string) string {
	const limit = 36
	if r := []rune(s); len(r) > limit {
		return string(r[:limit-1]) + "…"
	}
	return s
}

// DOT returns the graph in the language of Graphviz.
func (g *Graph) DOT() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %s {\n  rankdir=TB;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n", strconv.Quote(g.Title))
	shapes := map[NodeKind]string{
		EndNode: ", shape=oval", HandoffNode: ", style=\"rounded,bold\"", EscalationNode: ", style=\"rounded,bold\"", AnywhereNode: ", style=\"dashed\"",
	}
	for i, n := range g.Nodes {
		fmt.Fprintf(&b, "  n%d [label=%s%s];\n", i, strconv.Quote(strings.Join(n.Lines, "\n")), shapes[n.Kind])
	}
	for _, e := range g.Edges {
		style := ""
		if e.Dashed {
			style = ", style=dashed"
		}
		fmt.Fprintf(&b, "  n%d -> n%d [label=%s%s];\n", e.From, e.To, strconv.Quote(strings.Join(e.Labels, "\n")), style)
	}
	b.WriteString("}\n")
	return b.String()
}

// Mermaid returns the graph as a Mermaid flowchart.
func (g *Graph) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart TD\n")
	for i, n := range g.Nodes {
		open, shut := "[", "]"
		switch n.Kind {
		case EndNode:
			open, shut = "([", "])"
		case HandoffNode, EscalationNode:
			open, shut = "[[", "]]"
		case AnywhereNode:
			open, shut = "{{", "}}"
		case StateNode:
		}
		fmt.Fprintf(&b, "  n%d%s\"%s\"%s\n", i, open, mermaidText(n.Lines), shut)
	}
	for _, e := range g.Edges {
		arrow := "-->"
		if e.Dashed {
			arrow = "-.->"
		}
		if len(e.Labels) == 0 {
			fmt.Fprintf(&b, "  n%d %s n%d\n", e.From, arrow, e.To)
			continue
		}
		fmt.Fprintf(&b, "  n%d %s|\"%s\"| n%d\n", e.From, arrow, mermaidText(e.Labels), e.To)
	}
	return b.String()
}

// mermaidText quotes lines for a Mermaid label, where characters are escaped as #CODE;.
func mermaidText(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteString("<br/>")
		}
		for _, r := range l {
			if strings.ContainsRune("\"#<>&;`[]{}|", r) {
				fmt.Fprintf(&b, "#%d;", r)
				continue
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}
