package verify

import (
	"slices"
	"strconv"

	"github.com/tacet-lang/tacet/lang/machine"
)

// certify writes down what the exploration found. The caller has made sure that every guarantee holds. It returns nil
// where the trees of the guards would be too large.
func (c *checking) certify() (*machine.Certificate, error) {
	hash, err := c.m.Hash()
	if err != nil {
		return nil, err
	}
	w := &certifying{checking: c, nodes: maxNodes}
	w.out = &machine.Certificate{
		Format: machine.CertificateFormat, Machine: hash, AsOf: c.asOf, Expires: c.expires(),
		Consents: slices.Clone(c.consents), Order: c.ways.preorder(c.x), Invariants: make([]machine.Invariant, len(c.locs)),
	}
	w.variables()
	used, control := c.usesOnTheWay(), c.controlOnTheWay()
	for i := range c.locs {
		inv := &w.out.Invariants[i]
		*inv = machine.Invariant{Location: c.locs[i].ID, Merge: -1}
		if len(c.x.at[i]) == 0 {
			continue
		}
		inv.Exact, inv.Held = w.numbers(c.x.live.exact[i]), w.numbers(c.x.live.held[i])
		inv.Uses, inv.Control, inv.Merge = used[i], control[i], c.ways.merge[i]
		for _, s := range c.x.at[i] {
			inv.States = append(inv.States, w.abstract(s))
		}
		slices.SortFunc(inv.States, compareStates)
		inv.Splits = w.splits(&c.locs[i])
	}
	if w.nodes < 0 {
		return nil, nil
	}
	return w.out, nil
}

// certifying writes a certificate. Its variables are those of the exploration and, where guards look at them, attempts
// and verified; its cells count from 1.
type certifying struct {
	*checking
	out      *machine.Certificate
	cells    [][]cell // by variable of the certificate, in order
	number   []int    // by variable of the exploration
	attempts int      // the variable, or -1
	verified int
	tries    []int64 // by cell of attempts: the first number of it
	nodes    int     // how many more may be written
}

// variables lists the variables with their cells.
func (w *certifying) variables() {
	w.attempts, w.verified = -1, -1
	var attempts, verified []*expr
	for _, g := range w.model.guards {
		attempts, verified = append(attempts, g.testsOf(opAttempts)...), append(verified, g.testsOf(opVerified)...)
	}
	for i := range w.vars {
		if w.vars[i].field == nil {
			w.given(w.vars[i].name, attempts, verified)
		}
		v := &w.vars[i]
		names := make([]cell, len(v.cells))
		for n, at := range v.order {
			names[at-1] = v.cells[n]
		}
		w.number = append(w.number, w.list(v.name, names))
	}
	w.given("~", attempts, verified)
}

// list adds a variable with its cells, and returns its number.
func (w *certifying) list(name string, cells []cell) int {
	w.out.Variables, w.cells = append(w.out.Variables, name), append(w.cells, cells)
	return len(w.cells) - 1
}

// given adds attempts and verified, if guards look at them, before the variable of the world whose turn it is.
func (w *certifying) given(before string, attempts, verified []*expr) {
	if w.attempts < 0 && len(attempts) > 0 && "attempts" < before {
		var cells []cell
		seen := map[string]bool{}
		for _, s := range spans(attempts, "", 0, int64(w.m.Session.Retries)+1) {
			if key := signature(attempts, value{n: s.lo}); !seen[key] {
				seen[key] = true
				w.tries = append(w.tries, s.lo)
				cells = append(cells, cell{Value: strconv.FormatInt(s.lo, 10)})
			}
		}
		w.attempts = w.list("attempts", cells)
	}
	if w.verified < 0 && len(verified) > 0 && "verified" < before {
		cells := []cell{{Value: "no"}}
		if signature(verified, value{}) != signature(verified, value{b: true}) {
			cells = append(cells, cell{Value: "yes"})
		}
		w.verified = w.list("verified", cells)
	}
}

// signature says which tests hold for a value.
func signature(tests []*expr, v value) string {
	out := make([]byte, len(tests))
	for i, e := range tests {
		if holds(e.test, v) {
			out[i] = 1
		}
	}
	return string(out)
}

func (w *certifying) numbers(variables []int) []int {
	var out []int
	for _, v := range variables {
		out = append(out, w.number[v])
	}
	return out
}

// cell is the number of a cell in the certificate.
func (w *certifying) cell(v int, cell uint16) int {
	if n := int(cell) - w.vars[v].base; n >= 0 {
		return w.vars[v].order[n]
	}
	return 0 // a field without a value
}

func (w *certifying) abstract(s int32) machine.AbstractState {
	cells, loc := w.x.cellsOf(s), w.x.states[s].loc
	out := make(machine.AbstractState, machine.StateCells, machine.StateCells+len(cells))
	out[machine.StateFacts] = int(w.x.states[s].facts)
	out[machine.StateEnd] = int(max(w.ranks.end[s], 0))
	switch l := &w.locs[loc]; {
	case l.Kind == machine.Auto:
		out[machine.StateHuman] = int(w.ranks.steps[s]) + 1
	case l.leaves():
		out[machine.StateHuman] = 1
	}
	exact := w.x.live.exact[loc]
	for i, cell := range cells {
		if i < len(exact) {
			out = append(out, w.cell(exact[i], cell))
		} else {
			out = append(out, int(cell))
		}
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
				if at != i && c.x.usesOnEntry(&c.locs[at], f) {
					break
				}
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
