package kernel

import (
	"math"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// findWays enters where the states of each location go on to by an edge or a topic's route.
func (k *checker) findWays() {
	for i := range k.locs {
		var out []int
		for _, o := range k.locs[i].outcomes {
			if o.on != people && k.spend(8) {
				out = append(out, o.leads()...)
			}
		}
		k.ways = append(k.ways, set(out))
	}
}

// leads are the locations that an outcome leads to in some state.
func (o *outcome) leads() []int {
	var to []int
	for _, l := range o.leaves {
		if l.taken {
			to = append(to, l.to)
		}
	}
	return set(to)
}

// checkMerges checks that Merge makes a tree which Order lists, and that of every step from a to b the Merge of a is b
// or above b. Then every way from a location to an end comes by its Merge.
func (k *checker) checkMerges() {
	k.first, k.last = make([]int, len(k.locs)), make([]int, len(k.locs))
	var open []int // the locations above the one at hand
	for n, i := range k.c.Order {
		if !k.want(i >= 0 && i < len(k.locs) && k.first[i] == 0, "G7", "the order of merges lists a location twice, or one that does not exist") {
			return
		}
		merge, kind := k.c.Invariants[i].Merge, k.locs[i].Kind
		k.wantAt(i, merge == -1 || kind != machine.End && kind != machine.Handoff, "G7", "its ways cannot all come by another location")
		for len(open) > 0 && open[len(open)-1] != merge {
			k.last[open[len(open)-1]] = n
			open = open[:len(open)-1]
		}
		k.wantAt(i, merge == -1 || len(open) > 0, "G7", "it does not stand below its merge in the order")
		k.first[i], open = n+1, append(open, i)
	}
	for _, i := range open {
		k.last[i] = len(k.c.Order)
	}
	for i := range k.locs {
		k.wantAt(i, !k.reached(i) || k.first[i] > 0, "G7", "it is not in the order of merges")
		for _, to := range k.ways[i] {
			k.wantAt(i, k.above(k.c.Invariants[i].Merge, to), "G7", "a way by %q does not come by its merge", k.locs[to].ID)
		}
	}
}

// above reports whether a location is another or above it in the tree of merges; -1 is above all.
func (k *checker) above(a, b int) bool {
	return a < 0 || k.first[a] <= k.first[b] && k.first[b] <= k.last[a]
}

// findTold enters the classes that values tell of: a field of its own; where several questions are for it, of what decides
// which was answered last; verified of what decides that an identity is checked.
func (k *checker) findTold() {
	k.told = make([][]string, len(k.vars))
	from := map[string][]int{} // by variable: where its values come about
	for i := range k.locs {
		switch l := &k.locs[i]; {
		case !k.reached(i):
		case l.Kind == machine.Ask:
			from[l.Field] = append(from[l.Field], i)
		case l.Kind == machine.Verify:
			from["verified"] = append(from["verified"], i)
		}
	}
	for v := range k.vars {
		x := &k.vars[v]
		if x.Field != nil {
			k.told[v] = []string{x.Field.Class}
		}
		at := from[x.Name]
		for n := 0; n < len(at) && (len(at) > 1 || x.Field == nil); n++ {
			for _, c := range k.c.Invariants[at[n]].Control {
				k.spend(1)
				k.told[v] = append(k.told[v], c.Class)
			}
		}
		k.told[v] = set(k.told[v])
	}
}

// tells are the classes that a value which guards of a location test tells of. How many answers to a question did not fit
// tells of the one that does.
func (k *checker) tells(i, v int) []string {
	if k.locs[i].Kind == machine.Ask && k.vars[v].Name == "attempts" {
		return k.told[k.locs[i].field]
	}
	return k.told[v]
}

// checkControl checks that the classes that decide where a conversation comes by are listed there (see Invariant). What
// a guard tests decides every location between where its ways part and where they merge again; and what decided that a
// conversation came somewhere decides where it goes on to, as far as it does. A merge may be a later one than the next.
func (k *checker) checkControl() {
	for i := range k.locs {
		inv := &k.c.Invariants[i]
		for _, o := range k.locs[i].outcomes {
			to := o.leads()
			for n := 0; n < len(o.tested) && len(to) > 1; n++ {
				for _, class := range k.tells(i, o.tested[n]) {
					k.checkDecided(i, to, class, inv.Merge)
				}
			}
		}
		for _, c := range inv.Control {
			if inv.Merge >= 0 {
				k.checkDecided(i, []int{inv.Merge}, c.Class, c.Until)
			}
			k.checkDecided(i, k.ways[i], c.Class, inv.Merge)
		}
	}
}

// checkDecided checks that a class is in the control of locations, and as far as another location. That itself is not
// decided.
func (k *checker) checkDecided(i int, locations []int, class string, until int) {
	for _, to := range locations {
		control := k.c.Invariants[to].Control
		listed := slices.ContainsFunc(control, func(c machine.Control) bool {
			return c.Class == class && (c.Until == until || until >= 0 && k.above(c.Until, until))
		})
		k.wantAt(to, (to == until || listed) && k.spend(1+len(control)), "G7", "its control leaves out the class %q, by which ways part at %q", class, k.locs[i].ID)
	}
}

// checkUses checks the ranks toward a use of what is asked for, and that every question has one (8).
func (k *checker) checkUses() {
	for i := range k.locs {
		for _, u := range k.c.Invariants[i].Uses {
			k.wantAt(i, k.leadsToUse(i, u), "G6", "nothing after it is nearer to a use of variable %d", u.Variable)
		}
		if l := &k.locs[i]; l.Kind == machine.Ask && k.reached(i) {
			k.wantAt(i, k.nearer(i, l.field, math.MaxInt), "G6", "it asks for %q, and nothing that follows uses it", l.Field)
		}
	}
}

// nearer reports whether a location has a rank toward a use of a field that is below another.
func (k *checker) nearer(i, field, rank int) bool {
	uses := k.c.Invariants[i].Uses
	n, ok := slices.BinarySearchFunc(uses, field, func(u machine.Use, f int) int { return u.Variable - f })
	return ok && uses[n].Rank < rank
}

// leadsToUse reports whether what a field holds when a location is left is used there and then, by where the conversation
// leads, or next, or nearer to a use. What is asked here is the answer.
func (k *checker) leadsToUse(i int, u machine.Use) bool {
	ways, asks := k.ways[i], k.asks(i, u.Variable)
	for _, o := range k.locs[i].outcomes {
		if asks && o.sets != u.Variable {
			continue
		}
		to := o.leads()
		if has(o.tested, u.Variable) && len(to) > 1 {
			return true
		}
		if asks {
			ways = to
		}
	}
	return slices.ContainsFunc(ways, func(to int) bool {
		return k.usesOnEntry(to, u.Variable) || !k.asks(to, u.Variable) && k.nearer(to, u.Variable, u.Rank)
	})
}

func (k *checker) asks(i, field int) bool {
	return k.locs[i].Kind == machine.Ask && k.locs[i].field == field
}

func (k *checker) usesOnEntry(i, field int) bool {
	l := &k.locs[i]
	return l.Kind == machine.Handoff || has(l.reads, field) ||
		slices.ContainsFunc(l.cases, func(c sayCase) bool { return slices.Contains(c.reads, field) })
}

// checkSends checks who is sent what, by words or by silence (10), and that agreements are in force (G8).
func (k *checker) checkSends() {
	expires := ""
	for i := range k.locs {
		for n := range k.locs[i].Do {
			a := &k.locs[i].Do[n]
			at := slices.IndexFunc(k.m.Practice.Vendors, func(v machine.Vendor) bool { return v.Name == a.To })
			if at < 0 || !k.reached(i) || !k.spend(at) {
				continue
			}
			v := &k.m.Practice.Vendors[at]
			if needed := k.checkSend(i, v, a.Fields); needed && k.checkAgreement(i, v) {
				if e := v.Agreement.Expires; e != "" && (expires == "" || e < expires) {
					expires = e
				}
			}
		}
	}
	k.want(k.c.Expires == expires, "G8", "the first agreement to end does so on %q, and the certificate says %q", expires, k.c.Expires)
}

// checkSend checks what a vendor is told, and reports whether that needs an agreement.
func (k *checker) checkSend(i int, v *machine.Vendor, fields []string) (needed bool) {
	k.wantAt(i, slices.Contains(v.Purposes, k.m.Flow.Purpose), "G7", "it sends to %q, which does not serve the purpose %q", v.Name, k.m.Flow.Purpose)
	var told []string
	for _, f := range fields {
		told = append(told, k.told[k.cells.Of[f]]...)
	}
	for _, c := range k.c.Invariants[i].Control {
		told = append(told, c.Class)
	}
	floor := k.m.Policy.VendorFloor
	for _, class := range told {
		k.wantAt(i, k.holds(v.Classes, class), "G7", "it tells %q something of class %q, which that may not hold", v.Name, class)
		needed = needed || floor == "" || k.below[class][floor]
	}
	return needed
}

// checkAgreement checks the agreement of a vendor: in force on the day of the certificate, for the time that the policy
// demands after it, and today.
func (k *checker) checkAgreement(i int, v *machine.Vendor) bool {
	a := v.Agreement
	if !k.wantAt(i, a != nil, "G8", "it sends to %q, with which there is no agreement", v.Name) {
		return false
	}
	begun := machine.IsDay(a.Effective) && a.Effective <= k.c.AsOf && machine.IsDay(a.Signed) && a.Signed <= k.c.AsOf
	k.wantAt(i, begun, "G8", "the agreement with %q is not signed and in force on %s", v.Name, k.c.AsOf)
	until := later(k.c.AsOf, max(k.m.Policy.Horizon, 0))
	lasts := a.Expires == "" || machine.IsDay(a.Expires) && a.Expires >= until && a.Expires > k.today
	return k.wantAt(i, lasts, "G8", "the agreement with %q ends on %s, and must be in force until %s and on %s", v.Name, a.Expires, until, k.today)
}
