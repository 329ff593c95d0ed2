package verify

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// certify writes down what the exploration found. The caller has made sure that every guarantee holds.
func (c *checking) certify() (*machine.Certificate, error) {
	hash, err := c.m.Hash()
	if err != nil {
		return nil, err
	}
	out := &machine.Certificate{
		Format: machine.CertificateFormat, Machine: hash, AsOf: c.asOf, Expires: c.expires(),
		Consents: slices.Clone(c.consents), Invariants: make([]machine.Invariant, len(c.locs)),
	}
	for i := range c.vars {
		out.Variables = append(out.Variables, machine.Variable{Name: c.vars[i].name, Cells: c.vars[i].cells})
	}
	used := c.usesOnTheWay()
	for i := range c.locs {
		inv := &out.Invariants[i]
		*inv = machine.Invariant{Location: c.locs[i].ID}
		if len(c.x.at[i]) == 0 {
			continue
		}
		inv.Exact, inv.Held, inv.Uses = c.x.live.exact[i], c.x.live.held[i], used[i]
		if to := c.ways.merge[i]; to >= 0 {
			inv.Merge = c.locs[to].ID
		}
		for _, class := range c.ways.ctl[i].list() {
			inv.Control = append(inv.Control, c.classes.names[class])
		}
		slices.Sort(inv.Control)
		for _, s := range c.x.at[i] {
			inv.States = append(inv.States, c.abstract(s))
		}
		slices.SortFunc(inv.States, compareStates)
	}
	return out, nil
}

func (c *checking) abstract(s int32) machine.AbstractState {
	cells := c.x.cellsOf(s)
	out := make(machine.AbstractState, machine.StateCells, machine.StateCells+len(cells))
	out[machine.StateFacts] = int(c.x.states[s].facts)
	out[machine.StateEnd] = int(max(c.ranks.end[s], 0))
	out[machine.StateSteps] = int(c.ranks.steps[s])
	for _, cell := range cells {
		out = append(out, int(cell))
	}
	return out
}

// compareStates orders states by everything but their ranks.
func compareStates(a, b machine.AbstractState) int {
	if a[machine.StateFacts] != b[machine.StateFacts] {
		return a[machine.StateFacts] - b[machine.StateFacts]
	}
	return slices.Compare(a[machine.StateCells:], b[machine.StateCells:])
}

// usesOnTheWay lists, by location, the ranks that lead from every ask to a use of what it collects, and no others.
func (c *checking) usesOnTheWay() [][]machine.Use {
	out := make([][]machine.Use, len(c.locs))
	for f := range c.m.Fields {
		rank := c.uses[f]
		if rank == nil {
			continue
		}
		seen := make([]bool, len(c.locs))
		for i := range c.locs {
			for at := i; len(c.x.at[i]) > 0 && c.x.asks(i, f) && at >= 0 && !seen[at]; at = c.closer(f, at) {
				seen[at] = true
				out[at] = append(out[at], machine.Use{Variable: f, Rank: int(rank[at])})
			}
		}
	}
	return out
}

// closer is a location after this one that is closer to a use of the field; -1 at a use, and before an ask of the field
// that uses it first.
func (c *checking) closer(f, at int) int {
	rank := c.uses[f]
	if rank[at] <= 0 {
		return -1
	}
	ways := c.ways.to[at]
	if c.x.asks(at, f) {
		ways = c.ways.answers[at]
	}
	for _, to := range ways {
		if !c.x.asks(to, f) && rank[to] >= 0 && rank[to] < rank[at] {
			return to
		}
	}
	return -1
}

// expires is the earliest expiry of an agreement that the flow relies on.
func (c *checking) expires() string {
	first := ""
	for _, v := range c.relied {
		if a := c.m.Practice.Vendors[v].Agreement; a != nil && a.Expires != "" && (first == "" || a.Expires < first) {
			first = a.Expires
		}
	}
	return first
}
