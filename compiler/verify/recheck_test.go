package verify_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// recheck judges a certificate by the words beside machine.Certificate, naively: guards are evaluated by lang/guard on
// the values that name the cells.
type recheck struct {
	m      *machine.Machine
	c      *machine.Certificate
	at     map[string]int
	vars   map[string]int
	cells  [][]verify.Cell // by variable
	guards []*guard.Expr
	states []map[string]machine.AbstractState
	taken  map[[2]int]bool
	given  map[[2]int]bool // of those, the ways of an ask that bring a value
	lines  map[int]bool    // of the edges that are taken
	errs   []string
}

func newRecheck(m *machine.Machine, c *machine.Certificate) *recheck {
	r := &recheck{m: m, c: c, at: map[string]int{}, vars: map[string]int{}, cells: verify.Cells(m), taken: map[[2]int]bool{}, given: map[[2]int]bool{}, lines: map[int]bool{}}
	var vars []guard.Var
	var heard []string
	for _, f := range m.Fields {
		v := guard.Var{Name: f.Name, Kind: map[string]guard.Kind{"number": guard.Int, "yes-no": guard.Bool, "choice": guard.Choice, "date": guard.Date, "date-of-birth": guard.Date, "time": guard.Time}[f.Type]}
		if v.Kind == 0 {
			v.Kind = guard.String
		}
		for _, o := range f.Options {
			v.Options = append(v.Options, o.Value)
		}
		vars = append(vars, v)
	}
	for _, t := range m.Topics {
		heard = append(heard, t.Name)
	}
	for _, t := range m.Triggers {
		heard = append(heard, t.Name)
	}
	env := guard.NewEnv(vars, heard)
	for _, g := range m.Guards {
		x, err := env.Compile(g.Source)
		if err != nil {
			panic(err)
		}
		r.guards = append(r.guards, x)
	}
	for i, l := range m.Locations {
		r.at[l.ID] = i
		byKey := map[string]machine.AbstractState{}
		for _, s := range c.Invariants[i].States {
			byKey[key(s[0], s[3:])] = s
		}
		r.states = append(r.states, byKey)
	}
	for i, v := range c.Variables {
		r.vars[v] = i
	}
	return r
}

func key(facts int, cells []int) string { return fmt.Sprint(facts, cells) }

func (r *recheck) fail(format string, args ...any) {
	r.errs = append(r.errs, fmt.Sprintf(format, args...))
}

// scene is an abstract state with the world of one turn. Cells of variables that are not known are -1; held says of
// fields whether they have a value, where that is known.
type scene struct {
	facts    int
	cell     map[int]int
	held     map[int]bool
	attempts int64
	r        *recheck
}

// Lookup implements guard.Values.
func (s scene) Lookup(name string) (any, bool) {
	value := func(v int) verify.Cell {
		return s.r.cells[v][s.cell[v]-1]
	}
	if v, ok := s.r.vars[name]; ok && v < len(s.r.m.Fields) {
		if n, known := s.cell[v]; !known || n == 0 {
			return nil, false
		}
		c := value(v)
		switch s.r.m.Fields[v].Type {
		case "yes-no":
			return c.Value == "yes", true
		case "number":
			n, err := strconv.ParseInt(c.Value, 10, 64)
			return n, err == nil
		case "date", "date-of-birth":
			if c.Days != nil {
				return "2026-01-01", true // today is chosen to fit
			}
			if c.Age != nil {
				return "1990-01-01", true
			}
		}
		if c.Other {
			return "nothing that is compared with", true
		}
		return c.Value, true
	}
	switch name {
	case "channel", "language":
		if v, ok := s.r.vars[name]; ok {
			return value(v).Value, true
		}
		return "", false
	case "verified":
		return s.facts&1 == 1, true
	case "attempts":
		return s.attempts, true
	case "today":
		for v := range s.r.m.Fields {
			if n := s.cell[v]; n > 0 {
				switch c := value(v); {
				case c.Days != nil:
					d, _ := time.Parse(time.DateOnly, "2026-01-01")
					return d.AddDate(0, 0, -int(*c.Days)).Format(time.DateOnly), true
				case c.Age != nil:
					return fmt.Sprintf("%d-06-01", 1990+*c.Age), true
				}
			}
		}
		return "2026-01-01", true
	}
	if atom, ok := strings.CutPrefix(name, "heard:"); ok {
		return value(s.r.vars["heard:"+atom]).Value == "yes", true
	}
	at, open := s.r.moment(value(s.r.vars["now"]).Value)
	switch name {
	case "practice.open":
		return open, true
	case "now.hour":
		return int64(at.Hour()), true
	case "now.weekday":
		return strings.ToLower(at.Weekday().String()), true
	}
	return nil, false
}

// moment reads a cell of now as a time, and whether the practice is open then.
func (r *recheck) moment(s string) (time.Time, bool) {
	day, clock, _ := strings.Cut(s, " ")
	at, err := time.Parse("2006-01-02 15:04", "2026-03-01 "+clock) // a Sunday
	if err != nil {
		panic(err)
	}
	minute := at.Hour()*60 + at.Minute()
	if d, err := time.Parse(time.DateOnly, day); err == nil {
		for _, h := range r.m.Practice.Holidays {
			if h.Date == day {
				return d.Add(time.Duration(minute) * time.Minute), slices.ContainsFunc(h.Openings, func(o machine.Opening) bool { return o.From <= minute && minute < o.To })
			}
		}
	}
	for strings.ToLower(at.Weekday().String()) != day {
		at = at.AddDate(0, 0, 1)
	}
	return at, slices.ContainsFunc(r.m.Practice.Hours, func(o machine.Opening) bool {
		return o.Day == int(at.Weekday()) && o.From <= minute && minute < o.To
	})
}

func (r *recheck) scene(loc int, s machine.AbstractState) scene {
	inv := &r.c.Invariants[loc]
	out := scene{facts: s[machine.StateFacts], cell: map[int]int{}, held: map[int]bool{}, r: r}
	for i, v := range inv.Exact {
		out.cell[v] = s[machine.StateCells+i]
		out.held[v] = out.cell[v] > 0
	}
	for i, v := range inv.Held {
		out.held[v] = s[machine.StateCells+len(inv.Exact)+i] == 1
	}
	return out
}

// arrive checks that a scene is in the invariant of a location, and returns the state it is.
func (r *recheck) arrive(loc int, s scene, from string) machine.AbstractState {
	inv := &r.c.Invariants[loc]
	var cells []int
	for _, v := range inv.Exact {
		n, ok := s.cell[v]
		if !ok {
			r.fail("from %s to %s: nothing says what %s is", from, inv.Location, r.c.Variables[v])
		}
		cells = append(cells, n)
	}
	for _, v := range inv.Held {
		h, ok := s.held[v]
		if !ok {
			r.fail("from %s to %s: nothing says whether %s has a value", from, inv.Location, r.c.Variables[v])
		}
		cells = append(cells, map[bool]int{true: 1}[h])
	}
	st, ok := r.states[loc][key(s.facts, cells)]
	if !ok {
		r.fail("from %s to %s: %v %v is not in the invariant", from, inv.Location, s.facts, cells)
	}
	return st
}

// worlds calls f for all that the world can move on to before an outcome of a location.
func (r *recheck) worlds(l *machine.Location, s scene, on, heard string, f func(scene)) {
	var vs, lo, hi []int
	pending := l.Kind == machine.Verify || l.Kind == machine.Book || l.Kind == machine.Ask && r.m.Fields[r.vars[l.Field]].Type == "slot"
	for v := len(r.m.Fields); v < len(r.c.Variables); v++ {
		name, top := r.c.Variables[v], len(r.cells[v])
		if name == "attempts" || name == "verified" {
			continue // known otherwise
		}
		from := 1
		atom, isHeard := strings.CutPrefix(name, "heard:")
		for _, t := range r.m.Triggers {
			if t.Name == atom && isHeard && (!pending || t.Tier == machine.Emergency) {
				top = 1
			}
		}
		if isHeard && atom == heard {
			from = 2
		}
		if name != "channel" {
			vs, lo, hi = append(vs, v), append(lo, from), append(hi, top)
		}
	}
	for v := range r.m.Fields { // any later age and fewer days
		if n := s.cell[v]; n > 0 && (r.cells[v][n-1].Age != nil || r.cells[v][n-1].Days != nil) {
			vs, lo, hi = append(vs, v), append(lo, 1), append(hi, len(r.cells[v]))
		}
	}
	tries := []int64{0}
	if l.Kind != machine.Book {
		for n := range r.m.Session.Retries {
			tries = append(tries, int64(n+1))
		}
		if on == machine.OnFailed && l.Kind == machine.Verify {
			tries = append(tries, int64(r.m.Session.Retries+1))
		}
	}
	var choose func(i int, now scene)
	choose = func(i int, now scene) {
		if i == len(vs) {
			for _, t := range tries {
				now.attempts = t
				f(now)
			}
			return
		}
		was := s.cell[vs[i]]
		for n := lo[i]; n <= hi[i]; n++ {
			if vs[i] < len(r.m.Fields) && !r.later(vs[i], was, n) {
				continue
			}
			next := now
			next.cell = clone(now.cell)
			next.cell[vs[i]] = n
			choose(i+1, next)
		}
	}
	choose(0, s)
}

// later reports whether time can lead from one cell of a date to another, as far as their names say.
func (r *recheck) later(v, from, to int) bool {
	a, b := r.cells[v][from-1], r.cells[v][to-1]
	return a.Value == b.Value && a.Other == b.Other && (a.Age == nil || *a.Age <= *b.Age) && (a.Days == nil || *a.Days >= *b.Days)
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	out := make(map[K]V, len(m)+1)
	for k, v := range m {
		out[k] = v
	}
	return out
}

func (r *recheck) run() []string {
	r.start()
	for i := range r.m.Locations {
		for _, s := range r.c.Invariants[i].States {
			r.state(i, s)
		}
	}
	r.uses()
	return r.errs
}

func (r *recheck) start() {
	s := scene{cell: map[int]int{}, held: map[int]bool{}, r: r}
	for v := range r.m.Fields {
		s.cell[v], s.held[v] = 0, false
	}
	var choose func(v int, s scene)
	choose = func(v int, s scene) {
		if v == len(r.c.Variables) {
			r.arrive(r.at[r.m.Start], s, "the start")
			return
		}
		for n := range r.cells[v] {
			next := s
			next.cell = clone(s.cell)
			next.cell[v] = n + 1
			choose(v+1, next)
			if strings.HasPrefix(r.c.Variables[v], "heard:") {
				return
			}
		}
	}
	choose(len(r.m.Fields), s)
}

// state checks one state: what it reads, and every step from it.
func (r *recheck) state(loc int, st machine.AbstractState) {
	l := &r.m.Locations[loc]
	s := r.scene(loc, st)
	ours := l.Kind == machine.End || l.Kind == machine.Handoff && !strings.HasPrefix(l.ID, "@") && !strings.HasPrefix(l.ID, "escalation/")
	if (st[machine.StateEnd] == 0) != ours && l.Kind != machine.Handoff {
		r.fail("%s: End is %d", l.ID, st[machine.StateEnd])
	}
	closer := ours || l.Kind == machine.Handoff
	outcomes := map[string]bool{}
	for _, e := range l.Edges {
		outcomes[e.On] = true
	}
	follow := func(now scene, on string) {
		e := r.choose(l, now, on)
		if e == nil {
			return
		}
		r.split(loc, now, on, e)
		now.attempts = 0
		r.taken[[2]int{loc, r.at[e.To]}] = true
		r.lines[e.Place.Line] = true
		if l.Kind == machine.Ask && on == "" {
			r.given[[2]int{loc, r.at[e.To]}] = true
		}
		after := r.arrive(r.at[e.To], now, l.ID)
		if after == nil {
			return
		}
		closer = closer || after[machine.StateEnd] < st[machine.StateEnd]
		if l.Kind == machine.Auto && after[machine.StateHuman] >= st[machine.StateHuman] {
			r.fail("%s: Human does not fall", l.ID)
		}
	}
	for on := range outcomes {
		if l.Kind == machine.Auto {
			follow(s, on)
			continue
		}
		heard := ""
		if l.Kind == machine.Listen {
			heard = on
		}
		r.worlds(l, s, on, heard, func(now scene) {
			for _, now := range r.outcome(l, now, on) {
				follow(now, on)
			}
		})
	}
	if l.Kind.Waits() || l.Kind == machine.Book {
		to := []string{r.m.Human, r.m.Stuck}
		for _, e := range r.m.Escalations {
			to = append(to, e.Location)
		}
		for _, t := range to {
			r.worlds(l, s, "", "", func(now scene) { r.arrive(r.at[t], now, l.ID) })
		}
	}
	for _, t := range r.m.Topics {
		if t.Treat == machine.Handle && t.Route != "" && l.Kind.Waits() && !l.Takes(t.Name) {
			r.worlds(l, s, "", t.Name, func(now scene) {
				r.taken[[2]int{loc, r.at[t.Route]}] = true
				if after := r.arrive(r.at[t.Route], now, l.ID); after != nil {
					closer = closer || after[machine.StateEnd] < st[machine.StateEnd]
				}
			})
		}
	}
	if !closer {
		r.fail("%s: nothing leads closer to an end", l.ID)
	}
}

// outcome are the scenes once an outcome has come.
func (r *recheck) outcome(l *machine.Location, s scene, on string) []scene {
	switch {
	case l.Kind == machine.Ask && on == "":
		v := r.vars[l.Field]
		var out []scene
		for n, c := range r.cells[v] {
			if f := r.m.Fields[v]; f.Type == "date" && f.Min != nil && c.Days != nil && (*c.Days < *f.Min || *c.Days > *f.Max) {
				continue
			}
			next := s
			next.cell, next.held = clone(s.cell), clone(s.held)
			next.cell[v], next.held[v] = n+1, true
			out = append(out, next)
		}
		return out
	case l.Kind == machine.Verify && on == machine.OnVerified:
		s.facts |= 1
	case l.Kind == machine.Consent:
		bit := 2 << slices.Index(r.c.Consents, l.Consent)
		s.facts &^= bit
		if on == machine.OnGranted {
			s.facts |= bit
		}
	}
	return []scene{s}
}

// choose finds the edge that is taken.
func (r *recheck) choose(l *machine.Location, s scene, on string) *machine.Edge {
	var hold []*machine.Edge
	for i := range l.Edges {
		e := &l.Edges[i]
		if e.On != on {
			continue
		}
		if e.Guard == nil {
			if len(hold) == 0 {
				hold = append(hold, e)
			}
			continue
		}
		ok, err := r.guards[*e.Guard].Eval(s)
		if err != nil {
			r.fail("%s: %v", l.ID, err)
			return nil
		}
		if ok {
			hold = append(hold, e)
		}
	}
	if len(hold) == 0 {
		r.fail("%s: no way on", l.ID)
		return nil
	}
	for _, e := range hold {
		if e.To != hold[0].To && !l.Ordered {
			r.fail("%s: two ways on", l.ID)
		}
	}
	return hold[0]
}

// split checks that the tree of an outcome's guards leads to an edge to where the guards lead.
func (r *recheck) split(loc int, s scene, on string, taken *machine.Edge) {
	inv := &r.c.Invariants[loc]
	at := slices.IndexFunc(inv.Splits, func(s machine.Split) bool { return s.On == on })
	if at < 0 {
		if slices.ContainsFunc(r.m.Locations[loc].Edges, func(e machine.Edge) bool { return e.On == on && e.Guard != nil }) {
			r.fail("%s: no tree for %q", inv.Location, on)
		}
		return
	}
	nodes, n := inv.Splits[at].Nodes, 0
	for nodes[n].Variable >= 0 {
		v := nodes[n].Variable
		cell := s.cell[nodes[n].Variable]
		switch r.c.Variables[v] {
		case "attempts":
			return // which cell a number is in is not known here
		case "verified":
			cell = min(1+s.facts&1, len(r.cells[v]))
		}
		next := slices.IndexFunc(nodes, func(x machine.Node) bool { return x.Above == n && slices.Contains(x.Cells, cell) })
		if next < 0 {
			r.fail("%s: the tree for %q has no way for cell %d of %s", inv.Location, on, cell, r.c.Variables[v])
			return
		}
		n = next
	}
	if e := nodes[n].Edge; e < 0 || r.m.Locations[loc].Edges[e].To != taken.To {
		r.fail("%s: the tree for %q leads to edge %d, and the guards to %s", inv.Location, on, e, taken.To)
	}
}

// uses checks the ranks toward a use.
func (r *recheck) uses() {
	rank := map[[2]int]int{}
	for i := range r.c.Invariants {
		for _, u := range r.c.Invariants[i].Uses {
			rank[[2]int{i, u.Variable}] = u.Rank
		}
	}
	for i := range r.m.Locations {
		l := &r.m.Locations[i]
		if v, ok := r.vars[l.Field]; ok && l.Kind == machine.Ask && len(r.c.Invariants[i].States) > 0 {
			if _, ok := rank[[2]int{i, v}]; !ok {
				r.fail("%s: no rank toward a use", l.ID)
			}
		}
	}
	for k, n := range rank {
		l, field := &r.m.Locations[k[0]], r.m.Fields[k[1]].Name
		ask := l.Kind == machine.Ask && l.Field == field
		if ask && parts(r.m, l, field, "", r.lines) || !ask && parts(r.m, l, field, "*", r.lines) {
			continue
		}
		closer := false
		ways := r.taken
		if ask {
			ways = r.given
		}
		for e := range ways {
			if e[0] != k[0] {
				continue
			}
			to := &r.m.Locations[e[1]]
			m, ok := rank[[2]int{e[1], k[1]}]
			asks := to.Kind == machine.Ask && to.Field == field
			closer = closer || readsFirst(to, field) || ok && !asks && m < n
		}
		if !closer {
			r.fail("%s: nothing leads closer to a use of %s", l.ID, field)
		}
	}
}
