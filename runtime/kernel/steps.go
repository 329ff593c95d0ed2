package kernel

import (
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// What is known of a variable beside the number of its cell; of a field, 0 says that it has no value.
const (
	unknown = -1 // nothing
	held    = -2 // a field: it has a value
)

// checkInvariants checks that the invariants stand for the locations and have the layout they must have, and reads the
// splits of their guards.
func (k *checker) checkInvariants() {
	k.now, k.box = make([]int, len(k.vars)), make([][]int, len(k.vars))
	if !k.want(len(k.c.Invariants) == len(k.locs), "form", "the certificate has %d invariants, and the machine %d locations", len(k.c.Invariants), len(k.locs)) {
		return
	}
	for i := range k.locs {
		inv := &k.c.Invariants[i]
		stray := func(c machine.Control) bool { return c.Until < -1 || c.Until >= len(k.locs) }
		known := inv.Location == k.locs[i].ID && !stray(machine.Control{Until: inv.Merge}) && !slices.ContainsFunc(inv.Control, stray)
		known = known && ascending(inv.Exact, len(k.vars)) && ascending(inv.Held, len(k.m.Fields))
		if !k.wantAt(i, known, "form", "its invariant is that of %q, or has variables or locations that are repeated, unsorted or unknown", inv.Location) {
			return
		}
		splits := inv.Splits
		for _, o := range k.locs[i].outcomes {
			if len(o.leaves) > 0 || !k.reached(i) {
				continue
			}
			if !k.wantAt(i, len(splits) > 0 && splits[0].On == o.on, "G2", "there is no split that says how its guards decide on %q", o.on) {
				return
			}
			k.checkSplit(i, o, &splits[0])
			splits = splits[1:]
		}
		k.wantAt(i, len(splits) == 0, "form", "it has splits of outcomes without guards")
		if k.checkStates(i, inv); k.refusal != nil {
			return
		}
	}
}

func (k *checker) reached(i int) bool { return len(k.c.Invariants[i].States) > 0 }

// checkStates checks the layout of every state of a location, their order, and the ranks that are fixed (7, 9).
func (k *checker) checkStates(i int, inv *machine.Invariant) {
	l := &k.locs[i]
	for n, s := range inv.States {
		if !k.wantAt(i, len(s) == machine.StateCells+len(inv.Exact)+len(inv.Held), "form", "state %d has %d numbers", n, len(s)) {
			return
		}
		end, human := s[machine.StateEnd], s[machine.StateHuman]
		k.wantAt(i, n == 0 || compareStates(inv.States[n-1], s) < 0, "form", "its states are repeated or unsorted at state %d", n)
		k.wantAt(i, end >= 0 && (l.author == (end == 0) || !l.author && l.Kind == machine.Handoff), "G1", "state %d has the rank %d toward an end", n, end)
		k.wantAt(i, l.Kind == machine.Auto || human == map[bool]int{true: 1}[l.waits], "G9", "state %d has the rank %d toward a human", n, human)
		for j, v := range inv.Exact {
			cell := s[machine.StateCells+j]
			k.wantAt(i, uint(cell) <= uint(k.vars[v].Count), "form", "state %d has a cell that does not exist", n)
		}
	}
}

// compareStates orders states by everything but their ranks.
func compareStates(a, b machine.AbstractState) int {
	if a[machine.StateFacts] != b[machine.StateFacts] {
		return a[machine.StateFacts] - b[machine.StateFacts]
	}
	return slices.Compare(a[machine.StateCells:], b[machine.StateCells:])
}

func ascending(list []int, limit int) bool {
	return len(list) == 0 || list[0] >= 0 && list[len(list)-1] < limit && slices.Equal(list, set(slices.Clone(list)))
}

// step is one way in which a conversation can go on from a state.
type step struct {
	from   int
	state  machine.AbstractState // before it; nil: it is the beginning
	o      *outcome
	moves  bool // the world moves on first (4)
	facts  int  // after it
	nearer bool // some state after it is nearer to an end
}

// checkSteps checks that conversations begin in the invariants (2), that every state in them is allowed (5, 6, 7), and
// that no step leads out of them (4).
func (k *checker) checkSteps() {
	start := k.locationOf[k.m.Start] // fields have no value yet, which is what the new k.now says
	k.arrive(&step{from: start, moves: true, o: &outcome{sets: -1}}, start)
	for v := range k.now {
		k.now[v] = unknown
	}
	for i := range k.locs {
		inv := &k.c.Invariants[i]
		for _, s := range inv.States {
			if k.load(inv, s); k.refusal == nil {
				k.checkState(i, s)
				k.checkWays(i, s)
			}
		}
		for _, v := range slices.Concat(inv.Exact, inv.Held) {
			k.now[v] = unknown
		}
	}
}

// load enters what a state knows.
func (k *checker) load(inv *machine.Invariant, s machine.AbstractState) {
	cells := s[machine.StateCells:]
	for j, v := range inv.Exact {
		k.now[v] = cells[j]
	}
	for j, f := range inv.Held {
		if k.now[f] = 0; cells[len(inv.Exact)+j] != 0 {
			k.now[f] = held
		}
	}
}

// checkWays checks every step from a state, and that some lead nearer to an end (9).
func (k *checker) checkWays(i int, s machine.AbstractState) {
	l := &k.locs[i]
	nearer := l.Kind == machine.End || l.Kind == machine.Handoff
	for _, o := range l.outcomes {
		nearer = k.checkOutcome(i, s, o) || nearer
	}
	k.wantAt(i, nearer, "G1", "no way on leads nearer to an end in a state of rank %d", s[machine.StateEnd])
}

func (k *checker) checkOutcome(i int, s machine.AbstractState, o *outcome) (nearer bool) {
	st := step{from: i, state: s, o: o, moves: k.locs[i].waits, facts: (s[machine.StateFacts] | o.grants) &^ o.revokes}
	for _, v := range o.tested {
		set := k.vars[v].Field == nil || v == o.sets || k.now[v] > 0
		if !k.wantAt(i, set, "G3", "a guard tests %q, which may have no value", k.vars[v].Name) {
			return false
		}
	}
	for n := range o.leaves {
		k.follow(&st, &o.leaves[n])
	}
	return st.nearer
}

// follow goes where a leaf leads, if a step can come to it.
func (k *checker) follow(st *step, l *leaf) {
	possible := k.spend(1 + len(l.vars))
	for j, v := range l.vars {
		k.box[v] = nil
		can := k.after(st, v)
		k.wantAt(st.from, can != nil, "G2", "its guards test %q, and its invariant does not say its cell", k.vars[v].Name)
		k.box[v] = slices.DeleteFunc(slices.Clone(l.cells[j]), func(c int) bool { return !slices.Contains(can, c) })
		possible = possible && len(k.box[v]) > 0
	}
	if possible && k.wantAt(st.from, l.to >= 0, "G2", "no guard holds in some case on %q, or two that lead apart", st.o.on) {
		l.taken = true
		k.arrive(st, l.to)
	}
	for _, v := range l.vars {
		k.box[v] = nil
	}
}

// after are the cells that a variable can have after a step, as far as the way to a leaf allows; nil where that is not
// known.
func (k *checker) after(st *step, v int) []int {
	x, begins := &k.vars[v], st.state == nil
	switch {
	case k.box[v] != nil:
		return k.box[v]
	case v == st.o.sets:
		return x.answers
	case st.moves && x.later != nil && k.now[v] > 0:
		return x.later[k.now[v]]
	case x.Field != nil && k.now[v] >= 0:
		return k.now[v : v+1]
	case x.Field != nil:
		return nil
	case x.Name == "attempts":
		return x.pick[st.o.tries]
	case x.Name == "verified":
		return x.pick[st.facts&1]
	case x.Name == st.o.hears:
		return x.pick[1]
	case x.heard && begins || x.trigger && st.moves && (x.silent || !k.locs[st.from].pends):
		return x.pick[0]
	case st.moves && (x.Name != "channel" || begins):
		return x.all
	case k.now[v] > 0:
		return k.now[v : v+1]
	}
	return nil
}

// arrive checks that every state a step can lead to at a location is in its invariant, and that ranks fall (7, 9).
func (k *checker) arrive(st *step, to int) {
	inv, next := &k.c.Invariants[to], &k.locs[to]
	cells := make([][]int, len(inv.Exact))
	known := make(machine.AbstractState, machine.StateCells, machine.StateCells+len(inv.Exact)+len(inv.Held))
	known[machine.StateFacts] = st.facts
	for j, v := range inv.Exact {
		cells[j] = k.after(st, v)
		if !k.wantAt(st.from, len(cells[j]) > 0, "G3", "%q claims to know the cell of %q, which is not known on the way there", next.ID, k.vars[v].Name) {
			return
		}
		known = append(known, cells[j][0])
	}
	for _, f := range inv.Held {
		k.wantAt(st.from, k.now[f] != unknown || f == st.o.sets, "G3", "%q claims to know whether %q has a value, which is not known on the way there", next.ID, k.vars[f].Name)
		known = append(known, map[bool]int{true: 1}[k.now[f] != 0 || f == st.o.sets])
	}
	at := make([]int, len(cells))
	for more := true; more && k.spend(1+len(known)); more = turn(at, cells, known[machine.StateCells:]) {
		n, listed := slices.BinarySearchFunc(inv.States, known, compareStates)
		if !listed {
			k.wantAt(st.from, false, "form", "a conversation can come from here to %q in a state that its invariant leaves out, %v", next.ID, known)
			return
		}
		if s := inv.States[n]; st.state != nil {
			falls := k.locs[st.from].Kind != machine.Auto || s[machine.StateHuman] < st.state[machine.StateHuman]
			k.wantAt(st.from, falls, "G1", "automatic steps may go round by %q", next.ID)
			st.nearer = st.nearer || st.o.on != people && s[machine.StateEnd] < st.state[machine.StateEnd]
		}
	}
}

// turn counts on like an odometer, and reports false once it is round.
func turn(at []int, cells [][]int, known []int) bool {
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = (at[i] + 1) % len(cells[i])
		known[i] = cells[i][at[i]]
		if at[i] > 0 {
			return true
		}
	}
	return false
}
