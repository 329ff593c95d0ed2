package kernel

import (
	"slices"
	"sort"

	"github.com/tacet-lang/tacet/lang/machine"
)

// What is known of a variable beside the number of its cell.
const (
	unknown = -1 // nothing
	held    = -2 // a field: it has a value
	absent  = -3 // a field: it has none
)

// step is one way in which a conversation can go on.
type step struct {
	from     int
	state    machine.AbstractState // before it
	moves    bool                  // the world moves on first (4)
	sets     int                   // the field that gets a value, or -1
	hears    int                   // the variable heard:topic that becomes yes, or -1
	pending  bool                  // the world was asked, and the patient may have written meanwhile
	facts    int                   // after it
	byAuthor bool                  // an edge or a topic's route, and so a way toward an end
}

// checkSteps checks that conversations begin in the invariants (3), that every state in them is allowed (6, 7, 9, 11),
// and that no step leads out of them (4, 5).
func (k *checker) checkSteps() error {
	k.now, k.chosen = make([]int, len(k.vars)), make([]bool, len(k.vars))
	for v := range k.now {
		k.now[v] = unknown
	}
	for i := range k.locs {
		k.taken = append(k.taken, make([]bool, len(k.locs[i].Edges)))
	}
	if err := k.checkStart(); err != nil {
		return err
	}
	for i := range k.locs {
		inv := &k.c.Invariants[i]
		for _, s := range inv.States {
			k.load(inv, s)
			if err := k.checkState(i, s); err != nil {
				return err
			}
			if err := k.checkWays(i, s); err != nil {
				return err
			}
		}
		for _, v := range slices.Concat(inv.Exact, inv.Held) {
			k.now[v] = unknown
		}
	}
	return nil
}

// load enters what a state knows.
func (k *checker) load(inv *machine.Invariant, s machine.AbstractState) {
	cells := s[machine.StateCells:]
	for j, v := range inv.Exact {
		k.now[v] = cells[j]
	}
	for j, f := range inv.Held {
		k.now[f] = absent
		if cells[len(inv.Exact)+j] == 1 {
			k.now[f] = held
		}
	}
}

// hasValue reports whether a field is known to have a value.
func (k *checker) hasValue(f int) bool { return k.now[f] > 0 || k.now[f] == held }

// checkStart checks that the invariant of the start holds every beginning: no fact, no value, nothing heard (3).
func (k *checker) checkStart() error {
	start := k.locationOf[k.m.Start]
	inv := &k.c.Invariants[start]
	var free []int
	for _, v := range slices.Concat(inv.Exact, inv.Held) {
		switch x := &k.vars[v]; {
		case x.field != nil && has(inv.Exact, v):
			k.now[v] = 0
		case x.field != nil:
			k.now[v] = absent
		case len(x.no) > 0:
			k.now[v] = x.no[0]
		default:
			free = append(free, v)
		}
	}
	begin := step{from: start, sets: -1, hears: -1}
	err := k.each(free, func(v int) []int { return k.vars[v].all }, func() error {
		_, err := k.arrive(&begin, start)
		return err
	})
	for _, v := range slices.Concat(inv.Exact, inv.Held) {
		k.now[v] = unknown
	}
	return err
}

// checkState checks what must hold in every state of a location.
func (k *checker) checkState(i int, s machine.AbstractState) error {
	l := &k.locs[i]
	for _, f := range l.reads {
		if !k.hasValue(f) {
			return k.at("G3", i, "it reads %q, which may have no value", k.vars[f].name)
		}
	}
	for _, by := range l.cases {
		v := &k.vars[by.field]
		for _, f := range by.reads[v.cells[k.now[by.field]-v.first].Value] {
			if !k.hasValue(f) {
				return k.at("G3", i, "it says %q, which may have no value", k.vars[f].name)
			}
		}
	}
	if l.Kind == machine.Ask {
		return k.checkCollecting(i, s[machine.StateFacts])
	}
	if team := k.teamOf[l.Team]; l.Kind == machine.Handoff && !k.covered[team] {
		now := &k.vars[k.variableOf["now"]]
		at, _ := k.namedMoment(now.cells[k.now[k.variableOf["now"]]].Value)
		if at.extra[team] == '0' {
			return k.at("G9", i, "nobody is there for %q on a %s at %02d:%02d", l.Team, weekdays[at.weekday], at.minute/60, at.minute%60)
		}
	}
	return nil
}

// checkWays checks every step from a state.
func (k *checker) checkWays(i int, s machine.AbstractState) error {
	l := &k.locs[i]
	k.nearer = l.author || l.Kind == machine.Handoff
	for n := range l.outcomes {
		if err := k.checkOutcome(i, s, &l.outcomes[n]); err != nil {
			return err
		}
	}
	if l.waits() {
		if err := k.checkProtocol(i, s); err != nil {
			return err
		}
	}
	if !k.nearer {
		return k.at("G1", i, "no way on leads nearer to an end in a state of rank %d", s[machine.StateEnd])
	}
	return nil
}

func (k *checker) checkOutcome(i int, s machine.AbstractState, o *outcome) error {
	l := &k.locs[i]
	st := step{
		from: i, state: s, moves: l.waits(), sets: o.sets, hears: o.hears, facts: s[machine.StateFacts], byAuthor: true,
		pending: l.Kind == machine.Verify || l.Kind == machine.Book || l.Kind == machine.Ask && k.m.Fields[l.field].Type == "slot",
	}
	switch {
	case o.on == machine.OnVerified && l.Kind == machine.Verify:
		st.facts |= 1
	case o.on == machine.OnGranted && l.Kind == machine.Consent:
		st.facts |= l.consent
	case o.on == machine.OnRefused && l.Kind == machine.Consent:
		st.facts &^= l.consent
	}
	if o.sets >= 0 {
		before := k.now[o.sets]
		k.now[o.sets] = held
		defer func() { k.now[o.sets] = before }()
	}
	return k.each(o.tested, st.cells(k), func() error {
		for _, v := range o.tested {
			if x := &k.vars[v]; k.now[v] < x.first {
				return k.at("G3", i, "a guard tests %q, which may have no value", x.name)
			}
		}
		for _, attempts := range o.attempts {
			if err := k.follow(&st, o, attempts); err != nil {
				return err
			}
		}
		return nil
	})
}

// follow takes the one edge that the guards of an outcome choose (5).
func (k *checker) follow(st *step, o *outcome, attempts int64) error {
	l := &k.locs[st.from]
	taken := -1
	for _, e := range o.edges {
		g := l.Edges[e].Guard
		switch {
		case g == nil && taken >= 0:
		case g != nil && !k.holds(*g, st.facts, attempts):
		case taken < 0:
			taken = e
		case !l.Ordered && l.Edges[taken].To != l.Edges[e].To:
			return k.at("G2", st.from, "two guards hold at once and lead to %q and %q", l.Edges[taken].To, l.Edges[e].To)
		}
	}
	if taken < 0 {
		return k.at("G2", st.from, "no guard holds in some case on %q", o.on)
	}
	k.taken[st.from][taken] = true
	return k.arriveEach(st, k.locationOf[l.Edges[taken].To])
}

// holds decides a guard for what is known now.
func (k *checker) holds(g, facts int, attempts int64) bool {
	return k.guards[g].eval(func(n int) bool {
		switch t := &k.tests[n]; {
		case t.number >= 0:
			return t.truth[k.now[t.number]]
		case t.variable == "attempts":
			return t.holds(constant{n: attempts})
		default: // "verified"
			return t.holds(constant{yes: facts&1 != 0})
		}
	})
}

// checkProtocol checks the steps of the turn protocol: to people from everywhere, to a topic's route from where the
// patient is heard.
func (k *checker) checkProtocol(i int, s machine.AbstractState) error {
	st := step{from: i, state: s, moves: true, sets: -1, hears: -1, facts: s[machine.StateFacts]}
	st.pending = k.locs[i].Kind == machine.Verify || k.locs[i].Kind == machine.Book || k.locs[i].Kind == machine.Ask && k.m.Fields[k.locs[i].field].Type == "slot"
	for _, to := range k.people {
		if err := k.arriveEach(&st, to); err != nil {
			return err
		}
	}
	if k.locs[i].Kind == machine.Book {
		return nil
	}
	st.byAuthor = true
	for t := range k.m.Topics {
		if topic := &k.m.Topics[t]; topic.Route != "" {
			st.hears = k.heardVariable(topic.Name)
			if err := k.arriveEach(&st, k.locationOf[topic.Route]); err != nil {
				return err
			}
		}
	}
	return nil
}

// cells says which cells a step can give to a variable; nil where it stays as it is.
func (st *step) cells(k *checker) func(v int) []int {
	return func(v int) []int {
		x := &k.vars[v]
		switch {
		case v == st.sets:
			return x.gets
		case !st.moves:
			return nil
		case x.later != nil && k.now[v] > 0:
			return x.later[k.now[v]]
		case x.field != nil || x.name == "channel":
			return nil
		case v == st.hears:
			return x.yes
		case x.trigger && (!st.pending || x.silent):
			return x.no
		}
		return x.all
	}
}

// wheel is a variable that takes each of some cells.
type wheel struct {
	variable int
	before   int
	cells    []int
	at       int
}

// each calls f for every combination of cells that the variables not chosen yet can take.
func (k *checker) each(variables []int, cells func(v int) []int, f func() error) error {
	var wheels []wheel
	for _, v := range variables {
		if k.chosen[v] {
			continue
		}
		if c := cells(v); c != nil {
			wheels = append(wheels, wheel{variable: v, before: k.now[v], cells: c})
		}
	}
	for _, w := range wheels {
		k.now[w.variable], k.chosen[w.variable] = w.cells[0], true
	}
	err := k.turn(wheels, f)
	for _, w := range wheels {
		k.now[w.variable], k.chosen[w.variable] = w.before, false
	}
	return err
}

// turn counts through the wheels like an odometer.
func (k *checker) turn(wheels []wheel, f func() error) error {
	for {
		if err := k.spend(1); err != nil {
			return err
		}
		if err := f(); err != nil {
			return err
		}
		i := len(wheels) - 1
		for ; i >= 0; i-- {
			w := &wheels[i]
			w.at = (w.at + 1) % len(w.cells)
			k.now[w.variable] = w.cells[w.at]
			if w.at > 0 {
				break
			}
		}
		if i < 0 {
			return nil
		}
	}
}

// arriveEach checks that every state a step can lead to at a location is in its invariant.
func (k *checker) arriveEach(st *step, to int) error {
	return k.each(k.c.Invariants[to].Exact, st.cells(k), func() error {
		after, err := k.arrive(st, to)
		if err != nil || !st.byAuthor {
			return err
		}
		l, next := &k.locs[st.from], &k.locs[to]
		if after[machine.StateEnd] < st.state[machine.StateEnd] && (next.author || next.Kind != machine.Handoff) {
			k.nearer = true
		}
		if l.Kind == machine.Auto && next.Kind == machine.Auto && after[machine.StateSteps] >= st.state[machine.StateSteps] {
			return k.at("G1", st.from, "automatic steps may go round by %q", next.ID)
		}
		return nil
	})
}

// arrive finds the state at a location that is as things are now.
func (k *checker) arrive(st *step, to int) (machine.AbstractState, error) {
	inv := &k.c.Invariants[to]
	if err := k.spend(1 + len(inv.Exact) + len(inv.Held)); err != nil {
		return nil, err
	}
	k.known = append(k.known[:0], st.facts)
	for _, v := range inv.Exact {
		if k.now[v] < 0 {
			return nil, k.at("G3", st.from, "%q claims to know the cell of %q, which is not known on the way there", inv.Location, k.vars[v].name)
		}
		k.known = append(k.known, k.now[v])
	}
	for _, f := range inv.Held {
		switch {
		case k.now[f] == unknown:
			return nil, k.at("G3", st.from, "%q claims to know whether %q has a value, which is not known on the way there", inv.Location, k.vars[f].name)
		case k.hasValue(f):
			k.known = append(k.known, 1)
		default:
			k.known = append(k.known, 0)
		}
	}
	n := sort.Search(len(inv.States), func(n int) bool { return compareStates(inv.States[n], k.known) >= 0 })
	if n == len(inv.States) || compareStates(inv.States[n], k.known) != 0 {
		return nil, k.at("form", st.from, "a conversation can come from here to %q in a state that its invariant leaves out", inv.Location)
	}
	return inv.States[n], nil
}
