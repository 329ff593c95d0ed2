package kernel

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// Conjure makes the best certificate it can for any machine, safe or not: whatever the kernel finds missing is added
// until it finds nothing more, or something that cannot be mended. It is the adversary of the fuzz test.
func Conjure(m *machine.Machine, asOf time.Time) *machine.Certificate {
	hash, err := m.Hash()
	if err != nil {
		panic(err)
	}
	c := &machine.Certificate{Format: machine.CertificateFormat, Machine: hash, AsOf: asOf.Format(time.DateOnly)}
	for i := range m.Locations {
		if name := m.Locations[i].Consent; name != "" {
			c.Consents = append(c.Consents, name)
		}
		c.Invariants = append(c.Invariants, machine.Invariant{Location: m.Locations[i].ID})
	}
	slices.Sort(c.Consents)
	c.Consents = slices.Compact(c.Consents)
	k := &checker{m: m, c: c, today: c.AsOf}
	for _, part := range []func() error{k.lookUp, k.hours, k.readGuards, k.prepare} {
		if part() != nil {
			return c
		}
	}
	for i := range k.vars {
		c.Variables = append(c.Variables, machine.Variable{Name: k.vars[i].name, Cells: k.conjureCells(&k.vars[i])})
	}
	if k.checkVariables() != nil {
		return c
	}
	k.conjureLive()
	authors := make([]bool, len(k.locs))
	for i := range k.locs {
		authors[i] = k.locs[i].author
		k.locs[i].author = true // first all states are found, whether they lead to an end or not
	}
	k.mendAll()
	for i := range k.locs {
		k.locs[i].author = authors[i]
		for _, s := range c.Invariants[i].States {
			if !authors[i] && k.locs[i].Kind != machine.Handoff {
				s[machine.StateEnd] = 1
			}
		}
	}
	k.mendAll()
	for i := range c.Invariants {
		if inv := &c.Invariants[i]; len(inv.States) == 0 {
			inv.Exact, inv.Held = nil, nil
		}
	}
	if k.findWays() == nil {
		k.conjureUses()
	}
	for range 2 { // the second time, with the expiry that the first asked for
		if r, ok := Check(m, c, asOf).(*Refusal); ok && r.Obligation == "G8" {
			fmt.Sscanf(r.Reason, "the first agreement to end does so on %q", &c.Expires)
		}
	}
	return c
}

func (k *checker) conjureCells(v *variable) []machine.Cell {
	var out []machine.Cell
	seen := map[string]bool{}
	for _, s := range k.samples(v) {
		if key := k.signature(v, &s); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		cell := machine.Cell{Value: s.value.s}
		switch {
		case v.isYesNo():
			cell.Value = map[bool]string{true: "yes", false: "no"}[s.value.yes]
		case v.field == nil && v.name == "now":
			cell.Value = fmt.Sprintf("%s %02d:%02d", weekdays[s.weekday], s.minute/60, s.minute%60)
			for name, d := range k.dayOf {
				if at, _ := k.namedMoment(name + cell.Value[strings.Index(cell.Value, " "):]); d >= 7 && k.signature(v, &at) == k.signature(v, &s) {
					if plain, _ := k.namedMoment(cell.Value); k.signature(v, &plain) != k.signature(v, &s) {
						cell.Value = name + cell.Value[strings.Index(cell.Value, " "):]
					}
				}
			}
		case v.field != nil && kindOf(v.field.Type) == integer:
			cell.Value = fmt.Sprint(s.value.n)
		case v.field != nil && len(v.tests) == 0 && !v.apart:
			cell = machine.Cell{Other: true}
		case v.field != nil && kindOf(v.field.Type) == day:
			age, days := k.conjureDate(v, s)
			if k.looksAt(v, "age") {
				cell.Age = &age
			}
			if k.looksAt(v, "days") {
				cell.Days = &days
			}
		}
		out = append(out, cell)
	}
	return out
}

// conjureDate finds an age and days that go together and look like those of a sample.
func (k *checker) conjureDate(v *variable, s sample) (age, days int64) {
	for a := s.age; a < s.age+140; a++ {
		for _, d := range []int64{s.days, -365 * a, -366*(a+1) + 1, -366 * a, -365*a - 1, 0, 8} {
			at := s
			at.age, at.days = a, d
			cell := &machine.Cell{Value: s.value.s}
			if k.looksAt(v, "age") {
				cell.Age = &a
			}
			if k.looksAt(v, "days") {
				cell.Days = &d
			}
			if _, ok := k.namedDate(v, cell); ok && k.signature(v, &at) == k.signature(v, &s) {
				return a, d
			}
		}
	}
	return s.age, s.days
}

// conjureLive enters in every invariant what is read before it is set again.
func (k *checker) conjureLive() {
	for changed := true; changed; {
		changed = false
		for i := range k.locs {
			l, inv := &k.locs[i], &k.c.Invariants[i]
			exact, heldNow := slices.Clone(inv.Exact), slices.Concat(inv.Held, k.allReads(l))
			for _, by := range l.cases {
				exact = append(exact, by.field)
			}
			if l.Kind == machine.Handoff && !k.covered[k.teamOf[l.Team]] {
				exact = append(exact, k.variableOf["now"])
			}
			from := func(to, sets int) {
				for _, v := range k.c.Invariants[to].Exact {
					if v != sets && !(l.waits() && k.moves(v)) {
						exact = append(exact, v)
					}
				}
				for _, f := range k.c.Invariants[to].Held {
					if f != sets {
						heldNow = append(heldNow, f)
					}
				}
			}
			for _, o := range l.outcomes {
				for _, v := range o.tested {
					if v != o.sets && !(l.waits() && k.moves(v)) {
						exact = append(exact, v)
					}
				}
				for _, e := range o.edges {
					from(k.locationOf[l.Edges[e].To], o.sets)
				}
			}
			if l.waits() {
				for _, to := range slices.Concat(k.people, k.routes) {
					from(to, -1)
				}
			}
			exact = set(exact)
			heldNow = slices.DeleteFunc(set(heldNow), func(f int) bool { return has(exact, f) })
			if !slices.Equal(exact, inv.Exact) || !slices.Equal(heldNow, inv.Held) {
				inv.Exact, inv.Held, changed = exact, heldNow, true
			}
		}
	}
}

func (k *checker) mendAll() {
	for range 20_000 {
		k.taken, k.ways = nil, nil
		if err := k.checkSteps(); err == nil || !k.mend(err.(*Refusal)) {
			return
		}
	}
}

// mend adds the state that a refusal misses, or raises the ranks that it finds too low.
func (k *checker) mend(r *Refusal) bool {
	for v := range k.now {
		k.now[v], k.chosen[v] = unknown, false
	}
	var to string
	if _, err := fmt.Sscanf(r.Reason, "a conversation can come from here to %q", &to); err == nil {
		i := k.locationOf[to]
		inv := &k.c.Invariants[i]
		s := append(machine.AbstractState{k.known[0], 0, 0}, k.known[1:]...)
		if k.locs[i].Kind == machine.Auto {
			s[machine.StateSteps] = 1
		}
		n, _ := slices.BinarySearchFunc(inv.States, k.known, compareStates)
		inv.States = slices.Insert(inv.States, n, s)
		return len(inv.States) < 200
	}
	place, rank := machine.StateSteps, -1
	if _, err := fmt.Sscanf(r.Reason, "no way on leads nearer to an end in a state of rank %d", &rank); err == nil {
		place = machine.StateEnd
	} else if !strings.HasPrefix(r.Reason, "automatic steps") {
		return false
	}
	highest, i := 0, k.locationOf[r.Location]
	for _, s := range k.c.Invariants[i].States {
		k.load(&k.c.Invariants[i], s)
		if k.checkWays(i, s) != nil {
			s[place]++
		}
		highest = max(highest, s[place])
	}
	for v := range k.now {
		k.now[v], k.chosen[v] = unknown, false
	}
	return highest < 250
}

// conjureUses ranks every location toward a use of every field.
func (k *checker) conjureUses() {
	for f := range k.m.Fields {
		for round := range len(k.locs) {
			for i := range k.locs {
				inv := &k.c.Invariants[i]
				if _, ok := k.useOf(i, f); ok || len(inv.States) == 0 {
					continue
				}
				if u := (machine.Use{Variable: f, Rank: round}); k.leadsToUse(i, u) {
					inv.Uses = append(inv.Uses, u)
				}
			}
		}
	}
}

// CheckAfter is Check for a checker that has done so much work already; used is all that it has done then.
func CheckAfter(m *machine.Machine, c *machine.Certificate, asOf time.Time, work int) (used int, err error) {
	k := &checker{m: m, c: c, today: asOf.Format(time.DateOnly), work: work}
	err = k.check()
	return k.work, err
}

// MaxWork is the work after which a check refuses.
const MaxWork = maxWork
