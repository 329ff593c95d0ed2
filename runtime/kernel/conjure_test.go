package kernel

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Conjure makes the best certificate it can for any machine, safe or not: whatever the kernel finds missing is added
// until it finds nothing more, or something that cannot be mended. It is the adversary of the fuzz test, and says no more
// in its invariants than is needed.
func Conjure(m *machine.Machine, asOf time.Time) *machine.Certificate { return conjure(m, asOf, false) }

// ConjureMuch is Conjure for an adversary that claims to know all it can of the world everywhere.
func ConjureMuch(m *machine.Machine, asOf time.Time) *machine.Certificate {
	return conjure(m, asOf, true)
}

func conjure(m *machine.Machine, asOf time.Time, much bool) *machine.Certificate {
	hash, err := m.Hash()
	if err != nil {
		panic(err)
	}
	c := &machine.Certificate{Format: machine.CertificateFormat, Machine: hash, AsOf: asOf.Format(time.DateOnly)}
	for i := range m.Locations {
		if name := m.Locations[i].Consent; name != "" {
			c.Consents = append(c.Consents, name)
		}
		c.Invariants = append(c.Invariants, machine.Invariant{Location: m.Locations[i].ID, Merge: -1})
	}
	slices.Sort(c.Consents)
	c.Consents = slices.Compact(c.Consents)
	cells, err := m.Cells()
	if err != nil {
		return c
	}
	for i := range cells.Variables {
		c.Variables = append(c.Variables, cells.Variables[i].Name)
	}
	fields := len(m.Fields)
	k := &checker{m: m, c: c, today: c.AsOf}
	for _, part := range []func(){k.lookUp, k.enterVariables, k.enterPlaces} {
		part()
	}
	if k.refusal != nil {
		return c
	}
	k.now, k.box = make([]int, len(k.vars)), make([][]int, len(k.vars))
	for i := range c.Invariants {
		for v := fields; v < len(k.vars) && much; v++ {
			c.Invariants[i].Exact = append(c.Invariants[i].Exact, v)
		}
	}
	k.conjureLive()
	for i := range k.locs {
		for n := range k.locs[i].outcomes {
			if o := k.locs[i].outcomes[n]; len(o.leaves) == 0 {
				s := machine.Split{On: o.on}
				k.conjureSplit(i, o, &s, -1, nil)
				k.checkSplit(i, o, &s)
				c.Invariants[i].Splits = append(c.Invariants[i].Splits, s)
			}
		}
	}
	k.conjureStates()
	for i := range c.Invariants {
		if inv := &c.Invariants[i]; len(inv.States) == 0 {
			inv.Exact, inv.Held, inv.Splits = nil, nil, nil
		}
	}
	k.refusal = nil
	k.findWays()
	k.conjureUses()
	k.conjureControl()
	for range 2 { // the second time, with the expiry that the first asked for
		if r, ok := Check(m, c, asOf).(*Refusal); ok && r.Obligation == "G8" {
			fmt.Sscanf(r.Reason, "the first agreement to end does so on %q", &c.Expires)
		}
	}
	return c
}

// conjureLive enters in every invariant what is read before it is set again.
func (k *checker) conjureLive() {
	world := func(l *place, v int) bool {
		return l.waits && k.vars[v].Field == nil && k.vars[v].Name != "channel" || k.vars[v].Name == "attempts" || k.vars[v].Name == "verified"
	}
	for changed := true; changed; {
		changed = false
		for i := range k.locs {
			l, inv := &k.locs[i], &k.c.Invariants[i]
			exact, held := slices.Clone(inv.Exact), slices.Concat(inv.Held, l.reads)
			for _, c := range l.cases {
				exact, held = append(exact, c.is.Variable), append(held, c.reads...)
			}
			if l.there != nil {
				exact = append(exact, l.there.Variable)
			}
			for _, o := range l.outcomes {
				to := slices.Clone(o.tested)
				var have []int
				for _, e := range o.edges {
					next := &k.c.Invariants[k.locationOf[l.Edges[e].To]]
					to, have = append(to, next.Exact...), append(have, next.Held...)
				}
				for _, leaf := range o.leaves {
					to, have = append(to, k.c.Invariants[leaf.to].Exact...), append(have, k.c.Invariants[leaf.to].Held...)
				}
				for _, v := range to {
					if v != o.sets && !world(l, v) {
						exact = append(exact, v)
					}
				}
				for _, f := range have {
					if f != o.sets {
						held = append(held, f)
					}
				}
			}
			exact = set(exact)
			held = slices.DeleteFunc(set(held), func(f int) bool { return has(exact, f) })
			if !slices.Equal(exact, inv.Exact) || !slices.Equal(held, inv.Held) {
				inv.Exact, inv.Held, changed = exact, held, true
			}
		}
	}
}

// conjureSplit splits by one cell after the other until the guards decide.
func (k *checker) conjureSplit(i int, o *outcome, s *machine.Split, above int, cells []int) {
	n := len(s.Nodes)
	s.Nodes = append(s.Nodes, machine.Node{Above: above, Cells: cells, Variable: -1, Edge: -1})
	for _, e := range o.edges {
		if k.decides(i, o, e) {
			s.Nodes[n].Edge = e
			return
		}
	}
	at := slices.IndexFunc(o.tested, func(v int) bool { return k.box[v] == nil })
	if at < 0 || len(s.Nodes) > 5_000 {
		return
	}
	v := o.tested[at]
	s.Nodes[n].Variable = v
	for _, c := range k.vars[v].all {
		k.box[v] = []int{c}
		k.conjureSplit(i, o, s, n, []int{c})
	}
	k.box[v] = nil
}

// conjureStates adds states until none is missing, and then raises ranks until they fall on every way, or cannot.
func (k *checker) conjureStates() {
	mended := func(try func()) (r *Refusal, ok bool) {
		for range 20_000 {
			k.refusal, k.work = nil, 0
			if try(); k.refusal == nil {
				return nil, true
			}
			if !k.addState(k.refusal) {
				return k.refusal, false
			}
		}
		return nil, false
	}
	start := k.locationOf[k.m.Start]
	mended(func() {
		for v := range k.now {
			k.now[v] = 0
		}
		k.arrive(&step{from: start, moves: true, o: &outcome{sets: -1}}, start)
	})
	for changed := true; changed; {
		changed = false
		for i := range k.locs {
			inv := &k.c.Invariants[i]
			for n := 0; n < len(inv.States) && len(inv.States) < 200; n++ {
				count := k.states()
				s := inv.States[n]
				r, ok := mended(func() { k.forget(); k.load(inv, s); k.checkWays(i, s) })
				changed = changed || k.states() > count
				switch {
				case ok || r == nil:
				case strings.HasPrefix(r.Reason, "no way on") && s[machine.StateEnd] < 60 && k.locs[i].Kind != machine.Handoff:
					s[machine.StateEnd]++
					changed = true
				case strings.HasPrefix(r.Reason, "automatic steps") && s[machine.StateHuman] < 60:
					s[machine.StateHuman]++
					changed = true
				}
			}
		}
	}
	k.forget()
}

func (k *checker) forget() {
	for v := range k.now {
		k.now[v], k.box[v] = unknown, nil
	}
}

func (k *checker) states() (n int) {
	for i := range k.c.Invariants {
		n += len(k.c.Invariants[i].States)
	}
	return n
}

// addState adds the state that a refusal misses.
func (k *checker) addState(r *Refusal) bool {
	var to string
	if _, err := fmt.Sscanf(r.Reason, "a conversation can come from here to %q", &to); err != nil {
		return false
	}
	var s machine.AbstractState
	numbers := strings.ReplaceAll(r.Reason[strings.LastIndex(r.Reason, "["):], " ", ",")
	if err := json.Unmarshal([]byte(numbers), &s); err != nil {
		panic(err)
	}
	i := k.locationOf[to]
	inv, l := &k.c.Invariants[i], &k.locs[i]
	if s[machine.StateEnd], s[machine.StateHuman] = 1, 1; l.author {
		s[machine.StateEnd] = 0
	}
	if l.Kind == machine.End || l.Kind == machine.Handoff {
		s[machine.StateHuman] = 0
	}
	n, _ := slices.BinarySearchFunc(inv.States, s, compareStates)
	inv.States = slices.Insert(inv.States, n, s)
	return len(inv.States) < 200
}

// conjureUses ranks every location toward a use of every field.
func (k *checker) conjureUses() {
	for f := range k.m.Fields {
		for round := range len(k.locs) {
			for i := range k.locs {
				inv := &k.c.Invariants[i]
				if len(inv.States) == 0 || k.nearer(i, f, len(k.locs)) {
					continue
				}
				if u := (machine.Use{Variable: f, Rank: round}); k.leadsToUse(i, u) {
					inv.Uses = append(inv.Uses, u)
				}
			}
		}
	}
}

// conjureControl finds the tree of merges by trying: of all locations that every way to an end comes by, the nearest.
// Then it lists what decides, as long as the kernel misses something.
func (k *checker) conjureControl() {
	ends := func(from, without int) bool { // an end can be come to from here without that location
		seen := make([]bool, len(k.locs))
		for stack := []int{from}; len(stack) > 0; {
			at := stack[len(stack)-1]
			if stack = stack[:len(stack)-1]; at == without || seen[at] {
				continue
			}
			if seen[at] = true; k.locs[at].author {
				return true
			}
			stack = append(stack, k.ways[at]...)
		}
		return false
	}
	above := make([][]int, len(k.locs)) // by location: all that every way on comes by
	for i := range k.locs {
		for on := range k.locs {
			if on != i && k.reached(i) && k.reached(on) && ends(i, -1) && !ends(i, on) {
				above[i] = append(above[i], on)
			}
		}
	}
	below := map[int][]int{-1: nil}
	for i := range k.locs {
		merge := -1
		for _, on := range above[i] { // the nearest is the one that all others are above
			if len(above[on]) == len(above[i])-1 {
				merge = on
			}
		}
		if k.reached(i) {
			below[merge] = append(below[merge], i)
		}
		k.c.Invariants[i].Merge = merge
	}
	for stack := slices.Clone(below[-1]); len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = append(stack[:len(stack)-1], below[at]...)
		k.c.Order = append(k.c.Order, at)
	}
	k.checkMerges()
	for range 10_000 {
		k.refusal, k.work = nil, 0
		k.findTold()
		if k.checkControl(); k.refusal == nil {
			return
		}
		var class, at string
		fmt.Sscanf(k.refusal.Reason, "its control leaves out the class %q, by which ways part at %q", &class, &at)
		inv := &k.c.Invariants[k.locationOf[k.refusal.Location]]
		inv.Control = slices.DeleteFunc(inv.Control, func(c machine.Control) bool { return c.Class == class })
		inv.Control = append(inv.Control, machine.Control{Class: class, Until: k.conjureUntil(inv, class)})
	}
}

// conjureUntil is how far a class must decide from a location on: the nearest that the kernel is content with.
func (k *checker) conjureUntil(inv *machine.Invariant, class string) int {
	was, before := inv.Control, k.refusal
	defer func() { inv.Control, k.refusal = was, before }()
	for at := inv.Merge; at >= 0; at = k.c.Invariants[at].Merge {
		inv.Control = append(slices.Clip(was), machine.Control{Class: class, Until: at})
		if k.refusal = nil; true {
			k.checkControl()
		}
		if k.refusal == nil || k.refusal.Location != inv.Location || !strings.Contains(k.refusal.Reason, fmt.Sprintf("%q, by", class)) {
			return at
		}
	}
	return -1
}

// CheckAfter is Check for a checker that has done so much work already; used is all that it has done then.
func CheckAfter(m *machine.Machine, c *machine.Certificate, asOf time.Time, work int) (used int, err error) {
	k := &checker{m: m, c: c, today: asOf.Format(time.DateOnly), work: work}
	if k.check(); k.refusal != nil {
		return k.work, k.refusal
	}
	return k.work, nil
}

// MaxWork is the work after which a check refuses.
const MaxWork = maxWork
