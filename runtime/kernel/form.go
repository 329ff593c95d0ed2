package kernel

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// heard is what can be heard of: a topic, or a trigger.
type heard struct {
	trigger   bool
	emergency bool // or an escalation's that it raises
}

// place is a location with its names looked up.
type place struct {
	*machine.Location
	field    int   // or -1
	reads    []int // fields that it reads in any case
	cases    []sayBy
	outcomes []outcome
	consent  int  // bit of the fact, or 0
	author   bool // an end, or a handoff by the author; any other handoff is the turn protocol's
	merge    int  // of its invariant, or -1
}

// sayBy is an action that reads other fields for other answers.
type sayBy struct {
	field int
	reads map[string][]int
}

// outcome is one thing that can happen at a location, with the ways on.
type outcome struct {
	on       string
	edges    []int // into Location.Edges
	tested   []int // variables of their guards, ascending
	attempts []int64
	sets     int // the field that gets a value, or -1
	hears    int // the variable heard:topic that becomes yes, or -1
}

// waits reports whether the world moves on before a location is left.
func (l *place) waits() bool { return l.Kind.Waits() || l.Kind == machine.Book }

// lookUp numbers locations, fields and what can be heard.
func (k *checker) lookUp() error {
	k.locationOf, k.fieldOf, k.heardOf = map[string]int{}, map[string]int{}, map[string]heard{}
	k.verifiedBy = map[string]bool{}
	for i := range k.m.Locations {
		l := &k.m.Locations[i]
		k.locationOf[l.ID] = i
		if l.Kind == machine.Verify {
			k.verifiedBy[l.Field] = true
		}
	}
	k.people = []int{k.locationOf[k.m.Human], k.locationOf[k.m.Stuck]}
	for i := range k.m.Fields {
		f := &k.m.Fields[i]
		k.fieldOf[f.Name] = i
		k.vars = append(k.vars, variable{name: f.Name, field: f, first: 1})
	}
	for i := range k.m.Topics {
		t := &k.m.Topics[i]
		k.heardOf[t.Name] = heard{}
		if t.Route != "" {
			k.routes = append(k.routes, k.locationOf[t.Route])
		}
	}
	for i := range k.m.Triggers {
		t := &k.m.Triggers[i]
		k.heardOf[t.Name] = heard{trigger: true, emergency: t.Tier == machine.Emergency}
	}
	for i := range k.m.Escalations {
		e := &k.m.Escalations[i]
		for _, cause := range e.On {
			h := k.heardOf[cause]
			h.emergency = h.emergency || e.Tier == machine.Emergency
			k.heardOf[cause] = h
		}
		k.people = append(k.people, k.locationOf[e.Location])
	}
	k.people = set(k.people)
	return nil
}

// maxConsents is as many as the facts of a state have bits for.
const maxConsents = 60

// prepare gives tests their variables, and locations what they read and where they lead. It checks the consents that
// the certificate lists, because facts are numbered by them.
func (k *checker) prepare() error {
	var consents []string
	for i := range k.m.Locations {
		if name := k.m.Locations[i].Consent; name != "" {
			consents = append(consents, name)
		}
	}
	slices.Sort(consents)
	if consents = slices.Compact(consents); !slices.Equal(consents, k.c.Consents) || len(consents) > maxConsents {
		return refuse("form", "", "the consents of the certificate are not those of the machine, or more than %d", maxConsents)
	}
	k.enterWorld()
	for i := range k.tests {
		t := &k.tests[i]
		if t.isVariable() {
			t.number = k.number(t)
			k.vars[t.number].tests = append(k.vars[t.number].tests, i)
		}
	}
	for i := range k.guards {
		g := &k.guards[i]
		for _, c := range g.code {
			if c.op != pushTest {
				continue
			}
			switch t := &k.tests[c.test]; {
			case t.number >= 0:
				g.tested = append(g.tested, t.number)
			case t.variable == "attempts":
				for _, v := range t.values {
					g.attempts = append(g.attempts, v.n)
				}
			}
		}
	}
	for i := range k.m.Locations {
		k.locs = append(k.locs, k.place(i))
	}
	return nil
}

// isVariable reports whether a test is about a variable, rather than about attempts or the fact verified.
func (t *test) isVariable() bool {
	return t.isField || t.variable != "attempts" && t.variable != "verified"
}

// number is the variable that a test is about.
func (k *checker) number(t *test) int {
	if t.isField {
		return k.fieldOf[t.variable]
	}
	return k.variableOf[t.variable]
}

// enterWorld adds, by name, the variables of the world that some guard tests, or some handoff in the case of now.
func (k *checker) enterWorld() {
	var names []string
	for i := range k.tests {
		if t := &k.tests[i]; !t.isField && t.isVariable() {
			names = append(names, t.variable)
		}
	}
	for team := range k.covered {
		if !k.covered[team] {
			names = append(names, "now")
		}
	}
	slices.Sort(names)
	k.variableOf = map[string]int{}
	for _, name := range slices.Compact(names) {
		k.variableOf[name] = len(k.vars)
		v := variable{name: name}
		if what, ok := strings.CutPrefix(name, "heard:"); ok {
			v.trigger, v.silent = k.heardOf[what].trigger, k.heardOf[what].emergency
		}
		k.vars = append(k.vars, v)
	}
}

func (k *checker) place(i int) place {
	l := place{Location: &k.m.Locations[i], field: -1, merge: -1}
	if l.Field != "" {
		l.field = k.fieldOf[l.Field]
	}
	if l.Consent != "" {
		n, _ := slices.BinarySearch(k.c.Consents, l.Consent)
		l.consent = 2 << n
	}
	l.author = l.Kind == machine.End || l.Kind == machine.Handoff && !has(k.people, i)
	k.enterReads(&l)
	k.enterOutcomes(&l)
	return l
}

// enterReads enters which fields a location reads (2): those its actions, prompt and labels name, send, verify or book.
func (k *checker) enterReads(l *place) {
	for i := range l.Do {
		a := &l.Do[i]
		l.reads = k.fieldsIn(l.reads, a.Say)
		for _, f := range a.Fields {
			l.reads = append(l.reads, k.fieldOf[f])
		}
		if a.By != "" {
			k.enterSayBy(l, a)
		}
	}
	l.reads = k.fieldsIn(l.reads, l.Prompt)
	for i := range l.Choices {
		l.reads = k.fieldsIn(l.reads, l.Choices[i].Label)
	}
	if l.Kind == machine.Verify || l.Kind == machine.Book {
		l.reads = append(l.reads, l.field)
	}
	l.reads = set(l.reads)
}

// enterSayBy enters a say-by. Where all its cases name the same fields, which of them is said does not matter.
func (k *checker) enterSayBy(l *place, a *machine.Action) {
	by := sayBy{field: k.fieldOf[a.By], reads: map[string][]int{}}
	l.reads = append(l.reads, by.field)
	var all, last []int
	same := true
	for answer, t := range a.Cases {
		reads := set(k.fieldsIn(nil, t))
		same = same && (len(by.reads) == 0 || slices.Equal(reads, last))
		by.reads[answer], last, all = reads, reads, append(all, reads...)
	}
	if same {
		l.reads = append(l.reads, all...)
		return
	}
	k.vars[by.field].apart = true
	l.cases = append(l.cases, by)
}

// fieldsIn appends the fields that a text names in any language.
func (k *checker) fieldsIn(to []int, t machine.Text) []int {
	for _, s := range t {
		for _, p := range machine.Placeholders(s) {
			if f, ok := k.fieldOf[p.Name]; ok {
				to = append(to, f)
			}
		}
	}
	return to
}

// enterOutcomes groups the edges of a location by what selects them.
func (k *checker) enterOutcomes(l *place) {
	at := map[string]int{}
	for e := range l.Edges {
		on := l.Edges[e].On
		n, ok := at[on]
		if !ok {
			n = len(l.outcomes)
			at[on] = n
			l.outcomes = append(l.outcomes, k.outcome(l, on))
		}
		o := &l.outcomes[n]
		o.edges = append(o.edges, e)
		if g := l.Edges[e].Guard; g != nil {
			o.tested = append(o.tested, k.guards[*g].tested...)
			o.attempts = append(o.attempts, k.guards[*g].attempts...)
		}
	}
	for n := range l.outcomes {
		o := &l.outcomes[n]
		o.tested, o.attempts = set(o.tested), k.attempts(l, o)
	}
}

func (k *checker) outcome(l *place, on string) outcome {
	o := outcome{on: on, sets: -1, hears: -1}
	if l.Kind == machine.Ask && on == "" {
		o.sets = l.field
	}
	if l.Kind == machine.Listen {
		o.hears = k.heardVariable(on)
	}
	return o
}

// heardVariable is the variable heard:name, or -1 where no guard asks.
func (k *checker) heardVariable(name string) int {
	if n, ok := k.variableOf["heard:"+name]; ok {
		return n
	}
	return -1
}

// attempts are numbers of attempts enough for an outcome: none at an automatic location and a booking, one more than
// the retries where the last code has failed (4).
func (k *checker) attempts(l *place, o *outcome) []int64 {
	most := int64(k.m.Session.Retries)
	switch {
	case l.Kind == machine.Auto || l.Kind == machine.Book:
		most = 0
	case l.Kind == machine.Verify && o.on == machine.OnFailed:
		most++
	}
	out := []int64{0}
	for _, n := range o.attempts {
		out = appendCuts(out, n, 0, most)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func set(s []int) []int {
	slices.Sort(s)
	return slices.Compact(s)
}

// checkForm checks that the invariants stand for the locations and speak of what the locations read (1, 2).
func (k *checker) checkForm() error {
	if len(k.c.Invariants) != len(k.locs) {
		return refuse("form", "", "the certificate has %d invariants, and the machine %d locations", len(k.c.Invariants), len(k.locs))
	}
	for i := range k.locs {
		inv := &k.c.Invariants[i]
		if inv.Location != k.locs[i].ID {
			return k.at("form", i, "its invariant is that of %q", inv.Location)
		}
		if len(inv.States) == 0 {
			if len(inv.Exact)+len(inv.Held)+len(inv.Uses)+len(inv.Control) > 0 || inv.Merge != "" {
				return k.at("form", i, "its invariant says more than that it is not reached")
			}
			continue
		}
		if err := k.checkInvariant(i, inv); err != nil {
			return err
		}
	}
	return nil
}

func (k *checker) checkInvariant(i int, inv *machine.Invariant) error {
	if !ascending(inv.Exact, len(k.vars)) || !ascending(inv.Held, len(k.m.Fields)) {
		return k.at("form", i, "the variables of its invariant are repeated, unsorted or unknown")
	}
	for _, f := range inv.Held {
		if has(inv.Exact, f) {
			return k.at("form", i, "its invariant says twice what is known of %q", k.vars[f].name)
		}
	}
	l := &k.locs[i]
	for n := range l.outcomes {
		for _, v := range l.outcomes[n].tested {
			if set := v == l.outcomes[n].sets || l.waits() && k.moves(v); !set && !has(inv.Exact, v) {
				return k.at("G2", i, "its guards test %q, and its invariant does not say its cell", k.vars[v].name)
			}
		}
	}
	for _, f := range k.allReads(l) {
		if !has(inv.Exact, f) && !has(inv.Held, f) {
			return k.at("G3", i, "it reads %q, and its invariant does not say whether that has a value", k.vars[f].name)
		}
	}
	for _, by := range l.cases {
		if !has(inv.Exact, by.field) {
			return k.at("G3", i, "it speaks by %q, and its invariant does not say its cell", k.vars[by.field].name)
		}
	}
	if l.Kind == machine.Handoff && !k.covered[k.teamOf[l.Team]] && !has(inv.Exact, k.variableOf["now"]) {
		return k.at("G9", i, "there are times without anybody of %q, and its invariant does not say the time", l.Team)
	}
	return k.checkStates(i, inv)
}

// moves reports whether the world sets a variable anew at every wait.
func (k *checker) moves(v int) bool { return k.vars[v].field == nil && k.vars[v].name != "channel" }

// allReads are the fields a location reads in some case.
func (k *checker) allReads(l *place) []int {
	out := slices.Clone(l.reads)
	for _, by := range l.cases {
		for _, reads := range by.reads {
			out = append(out, reads...)
		}
	}
	return set(out)
}

// checkStates checks the layout of every state of a location, their order, and the ranks that are fixed.
func (k *checker) checkStates(i int, inv *machine.Invariant) error {
	l := &k.locs[i]
	for n, s := range inv.States {
		if len(s) != machine.StateCells+len(inv.Exact)+len(inv.Held) {
			return k.at("form", i, "state %d has %d numbers", n, len(s))
		}
		if s[machine.StateFacts] < 0 || s[machine.StateFacts] >= 2<<len(k.c.Consents) {
			return k.at("form", i, "state %d knows facts that do not exist", n)
		}
		for j, cell := range s[machine.StateCells:] {
			last := 1 // held or not
			if j < len(inv.Exact) {
				v := &k.vars[inv.Exact[j]]
				last = v.first + len(v.cells) - 1
			}
			if cell < 0 || cell > last {
				return k.at("form", i, "state %d has a cell that does not exist", n)
			}
		}
		if n > 0 && compareStates(inv.States[n-1], slices.Concat(s[:1], s[machine.StateCells:])) >= 0 {
			return k.at("form", i, "its states are repeated or unsorted at state %d", n)
		}
		if end := s[machine.StateEnd]; end < 0 || l.author != (end == 0) && (l.author || l.Kind != machine.Handoff) {
			return k.at("G1", i, "state %d has the rank %d toward an end", n, end)
		}
		if steps := s[machine.StateSteps]; steps < 0 || l.Kind != machine.Auto && steps > 0 {
			return k.at("G1", i, "state %d has the rank %d of automatic steps", n, steps)
		}
	}
	return nil
}

// compareStates orders states by everything but their ranks; known is the facts and the cells of the second.
func compareStates(s machine.AbstractState, known []int) int {
	if s[machine.StateFacts] != known[0] {
		return s[machine.StateFacts] - known[0]
	}
	return slices.Compare(s[machine.StateCells:], known[1:])
}

func ascending(list []int, limit int) bool {
	for i, n := range list {
		if n < 0 || n >= limit || i > 0 && list[i-1] >= n {
			return false
		}
	}
	return true
}

func has(ascending []int, n int) bool {
	_, ok := slices.BinarySearch(ascending, n)
	return ok
}
