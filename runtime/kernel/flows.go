package kernel

import (
	"math"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// findWays enters the locations that some state of each location goes on to by an edge, or by a topic's route.
func (k *checker) findWays() error {
	for i := range k.locs {
		var out []int
		for e, taken := range k.taken[i] {
			if taken {
				out = append(out, k.locationOf[k.locs[i].Edges[e].To])
			}
		}
		if k.locs[i].Kind.Waits() && k.reached(i) {
			out = append(out, k.routes...)
		}
		k.ways = append(k.ways, set(out))
	}
	return nil
}

func (k *checker) reached(i int) bool { return len(k.c.Invariants[i].States) > 0 }

// checkMerges checks that Merge makes a tree, and that of every step from a to b the Merge of a is b or above b. Then
// every way from a location to an end comes by its Merge.
func (k *checker) checkMerges() error {
	n := len(k.locs)
	children := make([][]int, n)
	var order []int // parents before children
	for i := range k.locs {
		l := &k.locs[i]
		name := k.c.Invariants[i].Merge
		to, ok := k.locationOf[name]
		switch {
		case !k.reached(i):
		case name == "":
			order = append(order, i)
		case !ok || !k.reached(to) || l.Kind == machine.End || l.Kind == machine.Handoff:
			return k.at("G7", i, "its ways cannot all come by %q", name)
		default:
			l.merge = to
			children[to] = append(children[to], i)
		}
	}
	k.depth = make([]int, n)
	size := make([]int, n) // of the tree below, itself included
	for at := 0; at < len(order); at++ {
		for _, child := range children[order[at]] {
			k.depth[child] = k.depth[order[at]] + 1
			order = append(order, child)
		}
	}
	for _, i := range slices.Backward(order) {
		size[i]++
		if up := k.locs[i].merge; up >= 0 {
			size[up] += size[i]
		}
	}
	number := make([]int, n) // preorder: the tree below i is number[i] … number[i]+size[i]-1
	next := 1
	for _, i := range order {
		if k.locs[i].merge < 0 {
			number[i] = next
			next += size[i]
		}
		below := number[i] + 1
		for _, child := range children[i] {
			number[child] = below
			below += size[child]
		}
	}
	for i := range k.locs {
		if k.reached(i) && number[i] == 0 {
			return k.at("G7", i, "the merges go round")
		}
		for _, to := range k.ways[i] {
			if up := k.locs[i].merge; up >= 0 && (number[to] < number[up] || number[to] >= number[up]+size[up]) {
				return k.at("G7", i, "a way by %q does not come by %q", k.locs[to].ID, k.locs[up].ID)
			}
		}
	}
	return nil
}

// checkControl finds the classes that decide where a conversation comes by, and checks that the certificate lists no
// others. What a guard tests decides every location between where its ways part and where they merge again; and where
// ways part for any other reason, what decided that a conversation came there decides where it goes on to.
// A certificate may list less than that: only parting by guards is the contract's. What may be sent is judged by all.
func (k *checker) checkControl() error {
	k.decided = map[string][]bool{}
	branches := map[string][]parting{}
	for i := range k.locs {
		for n := range k.locs[i].outcomes {
			o := &k.locs[i].outcomes[n]
			to := k.partedBy(i, o)
			for _, v := range o.tested {
				if f := k.vars[v].field; f != nil && len(to) > 1 {
					branches[f.Class] = append(branches[f.Class], parting{at: i, to: to})
				}
			}
		}
	}
	for class, parts := range branches {
		if err := k.spread(class, parts); err != nil {
			return err
		}
	}
	for i := range k.locs {
		control := k.c.Invariants[i].Control
		for n, class := range control {
			if n > 0 && control[n-1] >= class || k.decided[class] == nil || !k.decided[class][i] {
				return k.at("G7", i, "its control has %q, which is repeated, unsorted or decides nothing here", class)
			}
		}
	}
	return nil
}

// parting is a location where ways part.
type parting struct {
	at int
	to []int
}

// partedBy are the locations that an outcome leads to in some state.
func (k *checker) partedBy(i int, o *outcome) []int {
	var to []int
	for _, e := range o.edges {
		if k.taken[i][e] {
			to = append(to, k.locationOf[k.locs[i].Edges[e].To])
		}
	}
	return set(to)
}

// spread marks what a class decides: from each parting up the tree of merges, up to but without the parting's own, and
// in the same way on from every location marked. So whatever a conversation can come by before it comes by the merge of
// the parting is marked, even if the certificate's merges are farther on than they need be. What was walked before, as
// far or farther, is not walked again.
func (k *checker) spread(class string, parts []parting) error {
	decided, walked := make([]bool, len(k.locs)), make([]int, len(k.locs))
	for i := range walked {
		walked[i] = math.MaxInt
	}
	for n := 0; n < len(parts); n++ {
		until, top := k.locs[parts[n].at].merge, -1
		if until >= 0 {
			top = k.depth[until]
		}
		for _, to := range parts[n].to {
			for at := to; at >= 0 && at != until && walked[at] > top; at = k.locs[at].merge {
				if err := k.spend(1); err != nil {
					return err
				}
				walked[at] = top
				if !decided[at] {
					parts = append(parts, parting{at: at, to: k.ways[at]})
				}
				decided[at] = true
			}
		}
	}
	k.decided[class] = decided
	return nil
}

// checkUses checks the ranks toward a use of what is asked for, and that every question has one (8).
func (k *checker) checkUses() error {
	for i := range k.locs {
		uses := k.c.Invariants[i].Uses
		for n, u := range uses {
			if u.Variable < 0 || u.Variable >= len(k.m.Fields) || u.Rank < 0 || n > 0 && uses[n-1].Variable >= u.Variable {
				return k.at("form", i, "its uses are repeated, unsorted or of nothing")
			}
			if !k.leadsToUse(i, u) {
				return k.at("G6", i, "nothing after it is nearer to a use of %q", k.vars[u.Variable].name)
			}
		}
		if l := &k.locs[i]; l.Kind == machine.Ask && k.reached(i) {
			if _, ok := k.useOf(i, l.field); !ok {
				return k.at("G6", i, "it asks for %q, and nothing that follows uses it", k.vars[l.field].name)
			}
		}
	}
	return nil
}

func (k *checker) useOf(i, field int) (rank int, ok bool) {
	uses := k.c.Invariants[i].Uses
	n, ok := slices.BinarySearchFunc(uses, field, func(u machine.Use, f int) int { return u.Variable - f })
	if !ok {
		return 0, false
	}
	return uses[n].Rank, true
}

func (k *checker) leadsToUse(i int, u machine.Use) bool {
	if u.Rank == 0 {
		return k.usesHere(i, u.Variable)
	}
	return slices.ContainsFunc(k.ways[i], func(to int) bool {
		if k.asks(to, u.Variable) {
			return k.usesOnEntry(to, u.Variable)
		}
		rank, ok := k.useOf(to, u.Variable)
		return ok && rank < u.Rank
	})
}

func (k *checker) asks(i, field int) bool {
	return k.locs[i].Kind == machine.Ask && k.locs[i].field == field
}

// usesHere reports whether a location uses a field; where it asks for it, only the guards after the answer do.
func (k *checker) usesHere(i, field int) bool {
	asks := k.asks(i, field)
	return !asks && k.usesOnEntry(i, field) || slices.ContainsFunc(k.locs[i].outcomes, func(o outcome) bool {
		return has(o.tested, field) && (!asks || o.sets == field)
	})
}

func (k *checker) usesOnEntry(i, field int) bool {
	l := &k.locs[i]
	return l.Kind == machine.Handoff && l.author || has(k.allReads(l), field)
}

// checkSends checks who is sent what, by words or by silence (10), and that agreements are in force (G8).
func (k *checker) checkSends() error {
	vendors := map[string]*machine.Vendor{}
	for i := range k.m.Practice.Vendors {
		vendors[k.m.Practice.Vendors[i].Name] = &k.m.Practice.Vendors[i]
	}
	above, below := map[string][]string{}, map[string][]string{}
	for _, c := range k.m.Policy.Classes {
		below[c.Name] = c.Above
		for _, b := range c.Above {
			above[b] = append(above[b], c.Name)
		}
	}
	needing := closure([]string{k.m.Policy.VendorFloor}, above)
	mayHold := map[string]map[string]bool{}
	expires := ""
	for i := range k.locs {
		for _, a := range k.locs[i].Do {
			if a.To == "" || !k.reached(i) {
				continue
			}
			v := vendors[a.To]
			if mayHold[v.Name] == nil {
				mayHold[v.Name] = closure(v.Classes, below)
			}
			var told []string
			for class, decided := range k.decided {
				if decided[i] {
					told = append(told, class)
				}
			}
			slices.Sort(told)
			for _, f := range a.Fields {
				told = append(told, k.m.Fields[k.fieldOf[f]].Class)
			}
			if err := k.checkSend(i, v, told, mayHold[v.Name]); err != nil {
				return err
			}
			if !slices.ContainsFunc(told, func(class string) bool { return needing[class] }) && k.m.Policy.VendorFloor != "" {
				continue
			}
			if err := k.checkAgreement(i, v); err != nil {
				return err
			}
			if e := v.Agreement.Expires; e != "" && (expires == "" || e < expires) {
				expires = e
			}
		}
	}
	if k.c.Expires != expires {
		return refuse("G8", "", "the first agreement to end does so on %q, and the certificate says %q", expires, k.c.Expires)
	}
	return nil
}

// closure is everything that can be come to from the names by next.
func closure(names []string, next map[string][]string) map[string]bool {
	out := map[string]bool{}
	for stack := slices.Clone(names); len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !out[at] {
			out[at] = true
			stack = append(stack, next[at]...)
		}
	}
	return out
}

func (k *checker) checkSend(i int, v *machine.Vendor, told []string, mayHold map[string]bool) error {
	if !slices.Contains(v.Purposes, k.m.Flow.Purpose) {
		return k.at("G7", i, "it sends to %q, which does not serve the purpose %q", v.Name, k.m.Flow.Purpose)
	}
	for _, class := range told {
		if !mayHold[class] {
			return k.at("G7", i, "it tells %q something of class %q, which that may not hold", v.Name, class)
		}
	}
	return nil
}

// checkAgreement checks the agreement of a vendor: in force on the day of the certificate, for the time that the policy
// demands after it, and today.
func (k *checker) checkAgreement(i int, v *machine.Vendor) error {
	a := v.Agreement
	if a == nil {
		return k.at("G8", i, "it sends to %q, with which there is no agreement", v.Name)
	}
	if !isDay(a.Effective) || a.Effective > k.c.AsOf || !isDay(a.Signed) || a.Signed > k.c.AsOf {
		return k.at("G8", i, "the agreement with %q is not signed and in force on %s", v.Name, k.c.AsOf)
	}
	if a.Expires == "" {
		return nil
	}
	if until := later(k.c.AsOf, max(k.m.Policy.Horizon, 0)); !isDay(a.Expires) || a.Expires < until || a.Expires <= k.today {
		return k.at("G8", i, "the agreement with %q ends on %s, and must be in force until %s and on %s", v.Name, a.Expires, until, k.today)
	}
	return nil
}
