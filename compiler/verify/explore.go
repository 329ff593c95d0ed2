package verify

import (
	"encoding/binary"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// state is one abstract state: a location, the facts, and the cells of what is live there.
type state struct {
	loc    int32
	facts  uint32
	cells  int32 // where its cells begin in exploration.arena: exact variables, then held fields
	parent int32 // the state it was first found from; -1 at the start
}

// exploration is everything that conversations can come to, breadth first, so that the way back by parents is a
// shortest one.
type exploration struct {
	*model
	live   *live
	states []state
	arena  []uint16
	byKey  map[string]int32
	at     [][]int32 // states of each location
	budget int
	work   int
	over   bool // the budget was not enough

	next  []int32 // successors by edges and routes, of each state in order, hardly repeated
	nexts []int32 // where those of each state begin in next; one more at the end

	edges  []edgeUse // of every edge of the machine, in order
	first  []int     // index into edges of each location's first
	routed []bits    // of each location: routes taken, by number
	faults []fault
	faulty map[[3]int]bool // location, outcome and kind of those
	breaks map[int32]bool  // states in which some answer is not handled

	key  []byte // scratch
	w    world  // scratch
	held []bool // scratch: what is held, by variable
}

// edgeUse says what became of an edge.
type edgeUse struct {
	taken bool
	held  bool // its guard held in some state in which it was asked, taken or not
	asked bool // its outcome happened in some state
}

// fault is a state in which the guards of an outcome do not decide: none holds, or several that lead apart. It is kept
// once for each outcome of a location, the first found.
type fault struct {
	state   int32
	outcome int
	edges   []int // that hold, into Location.Edges; none: nothing is handled
	choice  []choice
	tries   int64 // attempts
}

// choice is a cell that a step gave to a variable.
type choice struct {
	v    int
	cell uint16
}

// step is one way on from a state, as it is found.
type step struct {
	from    int32 // of a step that a witness takes
	outcome int   // index into location.outcomes, or -1: a jump of the protocol
	edge    int   // index into Location.Edges, or -1
	route   int   // index into model.routes, or -1
	to      int
	facts   uint32
	choices []choice // what the world and the patient chose; valid during the call only
	tries   int64
}

func (p *model) explore(budget int) *exploration {
	x := &exploration{
		model: p, live: p.liveness(), byKey: map[string]int32{}, at: make([][]int32, len(p.locs)), budget: budget,
		w: world{cell: make([]uint16, len(p.vars))}, held: make([]bool, len(p.vars)),
		faulty: map[[3]int]bool{}, breaks: map[int32]bool{},
	}
	if x.over = p.tooFine; x.over {
		return x
	}
	for i := range p.locs {
		x.first = append(x.first, len(x.edges))
		x.edges = append(x.edges, make([]edgeUse, len(p.locs[i].Edges))...)
		x.routed = append(x.routed, newBits(len(p.routes)))
	}
	x.begin(func(facts uint32) { x.enter(p.start, facts, -1) })
	for i := 0; i < len(x.states) && !x.over; i++ {
		x.expand(int32(i))
	}
	x.nexts = append(x.nexts, int32(len(x.next)))
	return x
}

// begin chooses what a conversation begins with.
func (x *exploration) begin(found func(facts uint32)) {
	var free []int
	for _, v := range x.live.exact[x.start] {
		switch {
		case v < len(x.m.Fields):
			x.w.cell[v] = 0
		case x.vars[v].name == "channel" || x.vars[v].name == "language" || v == x.now:
			free = append(free, v)
		default:
			x.w.cell[v] = 0 // nothing was heard yet
		}
	}
	for i := range x.held {
		x.held[i] = false
	}
	x.each(free, func(v int) (int, int) { return 0, x.vars[v].last() }, func([]choice) { found(0) })
}

// each calls f for every combination of cells of the variables, having put them into the scratch world.
func (x *exploration) each(vs []int, bounds func(v int) (lo, hi int), f func([]choice)) {
	chosen := make([]choice, len(vs))
	lows, highs := make([]int, len(vs)), make([]int, len(vs))
	for i, v := range vs {
		lows[i], highs[i] = bounds(v)
		chosen[i] = choice{v: v, cell: uint16(lows[i])}
		x.w.cell[v] = uint16(lows[i])
	}
	for {
		f(chosen)
		if x.work++; x.over {
			return
		}
		i := len(vs) - 1
		for ; i >= 0 && int(chosen[i].cell) == highs[i]; i-- {
			chosen[i].cell = uint16(lows[i])
			x.w.cell[vs[i]] = chosen[i].cell
		}
		if i < 0 {
			return
		}
		chosen[i].cell++
		x.w.cell[vs[i]] = chosen[i].cell
	}
}

// enter adds the state at a location that the scratch world is in.
func (x *exploration) enter(to int, facts uint32, parent int32) int32 {
	k := binary.LittleEndian.AppendUint32(x.key[:0], uint32(to))
	k = binary.LittleEndian.AppendUint32(k, facts)
	for _, v := range x.live.exact[to] {
		k = binary.LittleEndian.AppendUint16(k, x.w.cell[v])
	}
	for _, v := range x.live.held[to] {
		var b uint16
		if x.held[v] {
			b = 1
		}
		k = binary.LittleEndian.AppendUint16(k, b)
	}
	x.key = k
	if s, ok := x.byKey[string(k)]; ok {
		return s
	}
	if len(x.states) >= x.budget || x.work > 8*x.budget {
		x.over = true
		return -1
	}
	s := int32(len(x.states))
	x.states = append(x.states, state{loc: int32(to), facts: facts, cells: int32(len(x.arena)), parent: parent})
	for i := 8; i < len(k); i += 2 {
		x.arena = append(x.arena, binary.LittleEndian.Uint16(k[i:]))
	}
	x.byKey[string(k)] = s
	x.at[to] = append(x.at[to], s)
	return s
}

// cellsOf returns the cells of a state: of its location's exact variables, then 0 or 1 for the held fields.
func (x *exploration) cellsOf(s int32) []uint16 {
	st := &x.states[s]
	n := len(x.live.exact[st.loc]) + len(x.live.held[st.loc])
	return x.arena[st.cells : int(st.cells)+n]
}

// restore puts a state into the scratch world.
func (x *exploration) restore(s int32) {
	loc := x.states[s].loc
	cells := x.cellsOf(s)
	exact := x.live.exact[loc]
	for i, v := range exact {
		x.w.cell[v] = cells[i]
		x.held[v] = cells[i] != 0
	}
	for i, v := range x.live.held[loc] {
		x.held[v] = cells[len(exact)+i] != 0
		x.w.cell[v] = 0
	}
	x.w.facts = x.states[s].facts
}

// expand finds every way on from a state and enters what it leads to.
func (x *exploration) expand(s int32) {
	loc := x.states[s].loc
	begin := len(x.next)
	x.nexts = append(x.nexts, int32(begin))
	x.successors(s, func(st step) {
		if st.edge >= 0 {
			x.edges[x.first[loc]+st.edge].taken = true
		}
		if st.route >= 0 {
			x.routed[loc].set(st.route)
		}
		to := x.enter(st.to, st.facts, s)
		if to >= 0 && (st.edge >= 0 || st.route >= 0) && !recent(x.next[begin:], to) {
			x.next = append(x.next, to)
		}
	}, func(f fault) { x.fault(f) })
}

// recent looks for a state among the last few: repetitions stand close together, and one more does no harm.
func recent(list []int32, s int32) bool { return slices.Contains(list[max(0, len(list)-8):], s) }

func (x *exploration) fault(f fault) {
	if len(f.edges) == 0 {
		x.breaks[f.state] = true
	}
	key := [3]int{int(x.states[f.state].loc), f.outcome, min(len(f.edges), 1)}
	if x.faulty[key] {
		return
	}
	x.faulty[key] = true
	f.choice = slices.Clone(f.choice)
	x.faults = append(x.faults, f)
}

// successors calls found for every step from a state, with the scratch world in the state after it, and wrong for every
// choice that the guards do not decide.
func (x *exploration) successors(s int32, found func(step), wrong func(fault)) {
	l := &x.locs[x.states[s].loc]
	if x.restore(s); (l.Kind == machine.Verify || l.Kind == machine.Book) && !x.held[l.field] {
		return // there is nothing to verify or book, which G3 tells: a person takes over at once
	}
	for i := range l.outcomes {
		x.restore(s)
		x.outcome(s, l, i, found, wrong)
		if x.over {
			return
		}
	}
	if l.leaves() {
		x.jumps(s, l, found)
	}
}

// outcome finds the steps of one outcome.
func (x *exploration) outcome(s int32, l *location, n int, found func(step), wrong func(fault)) {
	o := &l.outcomes[n]
	facts := factsAfter(l, o, x.states[s].facts)
	free, drift := x.free(l, o)
	for _, t := range x.tries(l, o) {
		x.w.attempts = t
		x.drifting(drift, func() {
			if o.sets >= 0 {
				x.held[o.sets] = true
			}
			x.each(free, func(v int) (int, int) { return x.bounds(l, o, v) }, func(chosen []choice) {
				x.w.facts = facts
				x.decide(s, l, n, append(slices.Clip(chosen), x.drifted(drift)...), found, wrong)
			})
		})
	}
}

// factsAfter are the facts once the outcome has come.
func factsAfter(l *location, o *outcome, facts uint32) uint32 {
	switch {
	case l.Kind == machine.Verify && o.on == machine.OnVerified:
		return facts | factVerified
	case l.Kind == machine.Consent && o.on == machine.OnGranted:
		return facts | factVerified<<(1+l.consent)
	case l.Kind == machine.Consent && o.on == machine.OnRefused:
		return facts &^ (factVerified << (1 + l.consent))
	}
	return facts
}

// free are the variables that the step chooses and that its guards, or what it leads to, look at; drift are the dates
// whose age may have moved on.
func (x *exploration) free(l *location, o *outcome) (free, drift []int) {
	if l.Kind == machine.Auto {
		return nil, nil
	}
	needed := slices.Clone(o.tests)
	for _, to := range o.to {
		needed = append(needed, x.live.exact[to]...)
	}
	for _, v := range sortedSet(needed) {
		switch {
		case v == o.sets:
			free = append(free, v)
		case v < len(x.m.Fields):
			if x.vars[v].drift != nil {
				drift = append(drift, v)
			}
		case x.vars[v].name != "channel":
			free = append(free, v)
		}
	}
	if o.sets >= 0 && !slices.Contains(free, o.sets) {
		x.w.cell[o.sets] = 0 // held, and nobody asks for its cell
	}
	return free, drift
}

// bounds are the cells that the step may give to a variable.
func (x *exploration) bounds(l *location, o *outcome, v int) (lo, hi int) {
	switch {
	case v == o.sets:
		return 1, x.vars[v].answers
	case v == o.hears:
		return x.vars[v].last(), x.vars[v].last()
	case x.vars[v].trigger != nil && (!x.pends(l) || x.vars[v].tier == machine.Emergency):
		return 0, 0
	}
	return 0, x.vars[v].last()
}

// pends reports whether the world is asked something at a location, so that what a patient types meanwhile is heard
// without an answer.
func (x *exploration) pends(l *location) bool {
	return l.Kind == machine.Verify || l.Kind == machine.Book || l.Kind == machine.Ask && x.m.Fields[l.field].Type == "slot"
}

// tries are the numbers of attempts that the outcome can come after, as far as its guards tell them apart.
func (x *exploration) tries(l *location, o *outcome) []int64 {
	reads := false
	var all []*expr
	for _, e := range o.edges {
		if g := l.Edges[e].Guard; g != nil && x.guards[*g].readsAttempts() {
			reads = true
			all = append(all, x.guards[*g].testsOf(opAttempts)...)
		}
	}
	if !reads || l.Kind == machine.Auto || l.Kind == machine.Book {
		return []int64{0}
	}
	most := int64(x.m.Session.Retries)
	if l.Kind == machine.Verify && o.on == machine.OnFailed {
		most++
	}
	var out []int64
	for _, s := range spans(all, "", 0, most) {
		out = append(out, s.lo)
	}
	return out
}

// drifting calls f for every way in which time can have moved the dates on.
func (x *exploration) drifting(dates []int, f func()) {
	if len(dates) == 0 || x.over {
		f()
		return
	}
	v := dates[0]
	from := x.w.cell[v]
	if from == 0 {
		x.drifting(dates[1:], f)
		return
	}
	for _, to := range x.vars[v].drift[from] {
		x.w.cell[v] = to
		x.drifting(dates[1:], f)
	}
	x.w.cell[v] = from
}

func (x *exploration) drifted(dates []int) []choice {
	var out []choice
	for _, v := range dates {
		out = append(out, choice{v: v, cell: x.w.cell[v]})
	}
	return out
}

// decide evaluates the guards of an outcome in the scratch world. Guards that test a field without a value decide
// nothing; that is told by G3.
func (x *exploration) decide(s int32, l *location, n int, chosen []choice, found func(step), wrong func(fault)) {
	o := &l.outcomes[n]
	for _, v := range o.tests {
		if v < len(x.m.Fields) && x.w.cell[v] == 0 {
			return
		}
	}
	var hold []int
	apart := false
	otherwise := -1
	for i, e := range o.edges {
		use := &x.edges[x.first[l.index]+e]
		use.asked = true
		g := l.Edges[e].Guard
		if g == nil {
			otherwise = i
			continue
		}
		if !x.guards[*g].eval(&x.w) {
			continue
		}
		use.held = true
		apart = apart || len(hold) > 0 && o.to[hold[0]] != o.to[i]
		hold = append(hold, i)
	}
	if len(hold) == 0 && otherwise < 0 || apart && !l.Ordered {
		f := fault{state: s, outcome: n, choice: chosen, tries: x.w.attempts}
		for _, i := range hold {
			f.edges = append(f.edges, o.edges[i])
		}
		wrong(f)
		if len(hold) == 0 {
			return
		}
	}
	taken := otherwise
	if len(hold) > 0 {
		taken = hold[0]
	}
	found(step{outcome: n, edge: o.edges[taken], route: -1, to: o.to[taken], facts: x.w.facts, choices: chosen, tries: x.w.attempts})
}

// jumps finds where the turn protocol can lead from a state that waits.
func (x *exploration) jumps(s int32, l *location, found func(step)) {
	jump := func(to, route int) {
		x.restore(s)
		facts := x.states[s].facts
		o := &outcome{to: []int{to}, sets: -1, hears: -1}
		if route >= 0 {
			o.hears = x.routes[route].heard
		}
		free, drift := x.free(l, o)
		x.drifting(drift, func() {
			x.each(free, func(v int) (int, int) { return x.bounds(l, o, v) }, func(chosen []choice) {
				found(step{outcome: -1, edge: -1, route: route, to: to, facts: facts, choices: append(slices.Clip(chosen), x.drifted(drift)...)})
			})
		})
	}
	for _, to := range x.jumpTargets() {
		jump(to, -1)
	}
	if l.waits() {
		for i, r := range x.routes {
			if !l.Takes(r.topic) {
				jump(r.to, i)
			}
		}
	}
}
