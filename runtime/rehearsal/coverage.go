package rehearsal

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
)

// Coverage counts what conversations have been through. Its lists are complete from the beginning, so what was never
// reached stands there with 0.
type Coverage struct {
	Locations []LocationCount
	Edges     []EdgeCount // in order of location, then as in it

	byLocation map[string]int
	edgesOf    map[string][2]int // range of Edges
}

// LocationCount says how often a location was entered.
type LocationCount struct {
	Location string
	State    string
	Place    machine.Place
	Entered  int
}

// EdgeCount says how often a way was taken, and how often its guard was tried and did not hold.
type EdgeCount struct {
	From, To string
	On       string
	Guard    string // its source; "" for none
	Place    machine.Place
	Taken    int
	Refused  int
}

// NewCoverage is the coverage of no conversation.
func NewCoverage(m *machine.Machine) *Coverage {
	c := &Coverage{byLocation: map[string]int{}, edgesOf: map[string][2]int{}}
	for i := range m.Locations {
		l := &m.Locations[i]
		c.byLocation[l.ID] = i
		c.Locations = append(c.Locations, LocationCount{Location: l.ID, State: l.State, Place: l.Place})
		first := len(c.Edges)
		for _, e := range l.Edges {
			n := EdgeCount{From: l.ID, To: e.To, On: e.On, Place: e.Place}
			if e.Guard != nil {
				n.Guard = m.Guards[*e.Guard].Source
			}
			c.Edges = append(c.Edges, n)
		}
		c.edgesOf[l.ID] = [2]int{first, len(c.Edges)}
	}
	return c
}

// add counts the effects of a step that began at a location.
func (c *Coverage) add(from string, out []engine.Effect) {
	for _, effect := range out {
		e, ok := effect.(engine.Entered)
		if !ok {
			continue
		}
		c.took(from, e)
		if i, ok := c.byLocation[e.Location]; ok {
			c.Locations[i].Entered++
		}
		from = e.Location
	}
}

// took counts the edge of an entry. Guards before it with the same outcome were tried and did not hold.
func (c *Coverage) took(from string, e engine.Entered) {
	span := c.edgesOf[from]
	edges := c.Edges[span[0]:span[1]]
	i := slices.IndexFunc(edges, func(n EdgeCount) bool {
		return n.To == e.Location && n.Guard == e.Guard && n.Place == e.Edge && (e.Edge.Line != 0 || e.Guard != "")
	})
	if i < 0 {
		return
	}
	edges[i].Taken++
	for j := range edges[:i] {
		if edges[j].On == edges[i].On && edges[j].Guard != "" {
			edges[j].Refused++
		}
	}
}

// Merge adds the counts of another coverage of the same machine.
func (c *Coverage) Merge(o *Coverage) {
	for i := range min(len(c.Locations), len(o.Locations)) {
		c.Locations[i].Entered += o.Locations[i].Entered
	}
	for i := range min(len(c.Edges), len(o.Edges)) {
		c.Edges[i].Taken += o.Edges[i].Taken
		c.Edges[i].Refused += o.Edges[i].Refused
	}
}

// Summary is coverage in figures.
type Summary struct {
	Locations, Edges, Guards Ratio
}

// Ratio is how many of how many. A guard has two outcomes.
type Ratio struct{ Covered, Total int }

// Summary counts what was covered of the author's own lines: what the standard library and the compiler add is tested
// elsewhere.
func (c *Coverage) Summary() Summary {
	var s Summary
	for _, l := range c.Locations {
		if authored(l.Place) {
			s.Locations.count(l.Entered > 0)
		}
	}
	for _, e := range c.Edges {
		if !authored(e.Place) {
			continue
		}
		s.Edges.count(e.Taken > 0)
		if e.Guard != "" {
			s.Guards.count(e.Taken > 0)
			s.Guards.count(e.Refused > 0)
		}
	}
	return s
}

func (r *Ratio) count(covered bool) {
	r.Total++
	if covered {
		r.Covered++
	}
}

// Gap is a source line with something that no conversation went through.
type Gap struct {
	Place machine.Place
	What  string
}

// authored reports whether a place is in a file of the practice.
func authored(p machine.Place) bool { return p.Line != 0 && !strings.HasPrefix(p.File, "std/") }

// Gaps lists what was never reached of the author's own lines, in the order of the source.
func (c *Coverage) Gaps() []Gap {
	var out []Gap
	for _, l := range c.Locations {
		if l.Entered == 0 && authored(l.Place) {
			out = append(out, Gap{l.Place, "`" + l.Location + "` is never entered"})
		}
	}
	for _, e := range c.Edges {
		switch {
		case !authored(e.Place):
		case e.Taken == 0 && e.Guard != "":
			out = append(out, Gap{e.Place, "`" + e.Guard + "` never holds"})
		case e.Taken == 0:
			out = append(out, Gap{e.Place, "the way from `" + e.From + "` to `" + e.To + "` is never taken"})
		case e.Guard != "" && e.Refused == 0:
			out = append(out, Gap{e.Place, "`" + e.Guard + "` always holds"})
		}
	}
	slices.SortStableFunc(out, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(a.Place.File, b.Place.File), cmp.Compare(a.Place.Line, b.Place.Line), cmp.Compare(a.Place.Column, b.Place.Column))
	})
	return out
}
