package verifytest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// Seen is what a monitor that knows only the guarantees saw of a machine in every conversation: each with concrete
// values, played step by step. Keys are location ids, field names, team names, and lines of the drawn file.
type Seen struct {
	TooMany   bool            // it gave up; nothing else counts
	Turns     int             // steps of patient or world that were played
	Reached   map[string]bool // locations
	Unhandled map[string]bool // location and outcome: no way on
	Overlap   map[string]bool // location and outcome: two ways on, apart
	Asked     map[int]bool    // lines of edges whose outcome came
	Held      map[int]bool    // lines of edges whose guard held
	Taken     map[int]bool    // lines of edges that were taken
	Missing   map[string]bool // fields read without a value
	Early     map[string]bool // field and condition: asked before it held
	Deserted  map[string]bool // teams handed to while nobody was there
	Circle    bool            // automatic steps came round
	Trap      bool            // a place from which no end was reached
	Steps     map[string]map[string]bool
	Answers   map[string]map[string]bool // the steps from asks that bring a value
}

// node is one concrete situation.
type node struct {
	loc      int
	values   string // of the fields, joined; "" is none
	verified bool
	consents string
	env      string // while automatic, or at a handoff
}

// env is what the world decides for one turn.
type env struct {
	moment   int
	lang     string
	heard    []string
	attempts int
	today    string
}

// Watch plays every conversation of a machine, with at most so many turns.
func Watch(m *machine.Machine, most int) *Seen {
	w := newWatcher(m, most)
	w.run()
	return w.seen
}

type watcher struct {
	m      *machine.Machine
	most   int
	seen   *Seen
	at     map[string]int
	fields map[string]int
	guards []*guard.Expr
	used   string // the sources of all guards in use, joined
	domain [][]string
	when   []instant
	queue  []node
	known  map[node]bool
	after  map[node][]node
	envs   map[string]env
}

// instant is a minute at which something may differ.
type instant struct {
	weekday, minute int
	holiday         *machine.Holiday
}

var (
	todays   = []string{"2020-01-01", "2026-01-01", "2030-01-01", "2035-01-01"}
	weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
)

func newWatcher(m *machine.Machine, most int) *watcher {
	w := &watcher{
		m: m, most: most, at: map[string]int{}, fields: map[string]int{}, known: map[node]bool{}, after: map[node][]node{}, envs: map[string]env{},
		seen: &Seen{
			Reached: map[string]bool{}, Unhandled: map[string]bool{}, Overlap: map[string]bool{}, Asked: map[int]bool{}, Held: map[int]bool{},
			Taken: map[int]bool{}, Missing: map[string]bool{}, Early: map[string]bool{}, Deserted: map[string]bool{}, Steps: map[string]map[string]bool{},
			Answers: map[string]map[string]bool{},
		},
	}
	var vars []guard.Var
	for i, f := range m.Fields {
		w.fields[f.Name] = i
		v := guard.Var{Name: f.Name, Kind: map[string]guard.Kind{"number": guard.Int, "yes-no": guard.Bool, "choice": guard.Choice, "date": guard.Date, "date-of-birth": guard.Date, "time": guard.Time}[f.Type]}
		if v.Kind == 0 {
			v.Kind = guard.String
		}
		for _, o := range f.Options {
			v.Options = append(v.Options, o.Value)
		}
		vars = append(vars, v)
	}
	var heard []string
	for _, t := range m.Topics {
		heard = append(heard, t.Name)
	}
	for _, t := range m.Triggers {
		heard = append(heard, t.Name)
	}
	e := guard.NewEnv(vars, heard)
	for _, g := range m.Guards {
		x, err := e.Compile(g.Source)
		if err != nil {
			panic(err)
		}
		w.guards = append(w.guards, x)
	}
	for i, l := range m.Locations {
		w.at[l.ID] = i
		for _, edge := range l.Edges {
			if edge.Guard != nil {
				w.used += m.Guards[*edge.Guard].Source + "\n"
			}
		}
	}
	w.domains()
	w.instants()
	return w
}

func (w *watcher) run() {
	for i := range w.when {
		for _, lang := range w.languages() {
			for _, today := range w.todays("") {
				e := env{moment: i, lang: lang, today: today}
				w.enter(node{loc: w.at[w.m.Start], values: strings.Repeat("|", len(w.m.Fields)-1)}, e, node{loc: -1})
			}
		}
	}
	for len(w.queue) > 0 && !w.seen.TooMany {
		n := w.queue[len(w.queue)-1]
		w.queue = w.queue[:len(w.queue)-1]
		w.play(n)
	}
	w.seen.Trap = w.trapped()
}

func (w *watcher) languages() []string {
	if strings.Contains(w.used, "language") {
		return w.m.Flow.Languages
	}
	return w.m.Flow.Languages[:1]
}

// todays are the days from one on.
func (w *watcher) todays(from string) []string {
	if !strings.Contains(w.used, "age(") && !strings.Contains(w.used, "days(") {
		return todays[:1]
	}
	for i, d := range todays {
		if d >= from {
			return todays[i:]
		}
	}
	return nil
}

// enter arrives at a location: it does what is done there and, where it is automatic, keeps the world as it is.
func (w *watcher) enter(n node, e env, from node) {
	l := &w.m.Locations[n.loc]
	n.env = "" // what the world was like matters only until something is waited for; the day does not go back
	if l.Kind == machine.Auto || l.Kind == machine.Handoff {
		n.env = fmt.Sprint(e)
		w.envs[n.env] = e
	} else {
		n.env = e.today
		w.envs[n.env] = env{today: e.today}
	}
	if from.loc >= 0 {
		w.after[from] = append(w.after[from], n)
	}
	if !w.known[n] {
		w.known[n] = true
		w.queue = append(w.queue, n)
	}
}

func (n node) value(f int) string { return strings.Split(n.values, "|")[f] }

func (n node) with(f int, v string) node {
	values := strings.Split(n.values, "|")
	values[f] = v
	n.values = strings.Join(values, "|")
	return n
}

// play does what a location does, and all that can come after.
func (w *watcher) play(n node) {
	l := &w.m.Locations[n.loc]
	w.seen.Reached[l.ID] = true
	for _, f := range w.reads(n, l) {
		if n.value(w.fields[f]) == "" {
			w.seen.Missing[f] = true
		}
	}
	switch l.Kind {
	case machine.End:
	case machine.Handoff:
		if e := w.envs[n.env]; !w.there(l.Team, w.when[e.moment]) {
			w.seen.Deserted[l.Team] = true
		}
	case machine.Auto:
		w.decide(n, n, l, "", w.envs[n.env])
		w.circle(n)
	case machine.Verify, machine.Book:
		if n.value(w.fields[l.Field]) != "" {
			w.wait(n, l)
		}
	default:
		w.wait(n, l)
	}
}

// circle follows automatic steps until one comes round.
func (w *watcher) circle(n node) {
	at := n
	for range len(w.m.Locations) + 1 {
		next := w.after[at]
		if len(next) == 0 || w.m.Locations[at.loc].Kind != machine.Auto {
			return
		}
		at = next[0]
		if at == n {
			w.seen.Circle = true
			return
		}
	}
}

// reads are the fields that a location reads on entry.
func (w *watcher) reads(n node, l *machine.Location) []string {
	var out []string
	add := func(t machine.Text) {
		for _, s := range t {
			for _, p := range machine.Placeholders(s) {
				if !strings.HasPrefix(p.Name, "practice.") {
					out = append(out, p.Name)
				}
			}
		}
	}
	for _, a := range l.Do {
		add(a.Say)
		out = append(out, a.Fields...)
		if a.By != "" {
			out = append(out, a.By)
			add(a.Cases[n.value(w.fields[a.By])])
		}
	}
	add(l.Prompt)
	if l.Field != "" && l.Kind != machine.Ask {
		out = append(out, l.Field)
	}
	return out
}

// wait plays every answer of patient and world at a location, and every jump of the turn protocol.
func (w *watcher) wait(n node, l *machine.Location) {
	if l.Kind == machine.Ask {
		class := w.m.Fields[w.fields[l.Field]].Class
		for _, p := range w.m.Policy.Permits {
			if p.Class != class {
				continue
			}
			if slices.Contains(p.Requires, "authenticated") && !n.verified {
				w.seen.Early[l.Field+" authenticated"] = true
			}
			if slices.Contains(p.Requires, "consent") && !w.agreed(n.consents, class) {
				w.seen.Early[l.Field+" consent"] = true
			}
		}
	}
	outcomes := []string{}
	for _, e := range l.Edges {
		if !slices.Contains(outcomes, e.On) {
			outcomes = append(outcomes, e.On)
		}
	}
	for _, on := range outcomes {
		w.worlds(n, l, on, func(e env) {
			for _, next := range w.answers(n, l, on, e.today) {
				w.decide(n, next, l, on, e)
			}
		})
	}
	jumps := []string{w.m.Human, w.m.Stuck}
	for _, e := range w.m.Escalations {
		jumps = append(jumps, e.Location)
	}
	for _, to := range jumps {
		w.worlds(n, l, "", func(e env) {
			j := n
			j.loc = w.at[to]
			w.enter(j, e, node{loc: -1})
		})
	}
	for _, t := range w.m.Topics {
		own := slices.ContainsFunc(l.Choices, func(c machine.Choice) bool { return c.Topic == t.Name }) || l.Kind == machine.Listen && slices.Contains(outcomes, t.Name)
		if l.Kind == machine.Book || t.Treat != machine.Handle || t.Route == "" || own {
			continue
		}
		w.worlds(n, l, "", func(e env) {
			if !slices.Contains(e.heard, t.Name) {
				e.heard = append(slices.Clone(e.heard), t.Name)
				slices.Sort(e.heard)
			}
			j := n
			j.loc = w.at[t.Route]
			e.attempts = 0
			step(w.seen.Steps, l.ID, t.Route)
			w.enter(j, e, n)
		})
	}
}

// agreed reports whether one of the consents given is for a class, or one that stands above it.
func (w *watcher) agreed(given, class string) bool {
	var under func(high string) bool
	under = func(high string) bool {
		i := slices.IndexFunc(w.m.Policy.Classes, func(c machine.Class) bool { return c.Name == high })
		return high == class || slices.ContainsFunc(w.m.Policy.Classes[i].Above, under)
	}
	return slices.ContainsFunc(w.m.Locations, func(l machine.Location) bool {
		return l.Consent != "" && slices.Contains(strings.Fields(given), l.Consent) && slices.ContainsFunc(l.Covers, under)
	})
}

func step(steps map[string]map[string]bool, from, to string) {
	if steps[from] == nil {
		steps[from] = map[string]bool{}
	}
	steps[from][to] = true
}

// worlds calls f for everything the world can be like when an outcome comes.
func (w *watcher) worlds(n node, l *machine.Location, on string, f func(env)) {
	slot := l.Kind == machine.Ask && w.m.Fields[w.fields[l.Field]].Type == "slot"
	pending := l.Kind == machine.Book || l.Kind == machine.Verify || slot
	var atoms []string
	for _, t := range w.m.Topics {
		if strings.Contains(w.used, strconv.Quote(t.Name)) {
			atoms = append(atoms, t.Name)
		}
	}
	if pending && strings.Contains(w.used, `"fever"`) {
		atoms = append(atoms, "fever")
	}
	tries := []int{0}
	if strings.Contains(w.used, "attempts") && l.Kind != machine.Book {
		tries = []int{0, 1, 2}
		if l.Kind == machine.Verify && on == machine.OnFailed {
			tries = append(tries, 3)
		}
	}
	for i := range w.when {
		for _, lang := range w.languages() {
			for _, today := range w.todays(w.envs[n.env].today) {
				for _, a := range tries {
					for mask := range 1 << len(atoms) {
						e := env{moment: i, lang: lang, today: today, attempts: a}
						for b, name := range atoms {
							if mask>>b&1 == 1 || l.Kind == machine.Listen && name == on {
								e.heard = append(e.heard, name)
							}
						}
						if l.Kind == machine.Listen && !slices.Contains(e.heard, on) {
							e.heard = append(e.heard, on)
						}
						slices.Sort(e.heard)
						if w.seen.Turns++; w.seen.Turns > w.most {
							w.seen.TooMany = true
							return
						}
						f(e)
					}
				}
			}
		}
	}
}

// answers are what a patient or the world can answer with an outcome.
func (w *watcher) answers(n node, l *machine.Location, on, today string) []node {
	switch {
	case l.Kind == machine.Ask && on == "":
		var out []node
		f := w.fields[l.Field]
		for _, v := range w.domain[f] {
			if w.wanted(&w.m.Fields[f], v, today) {
				out = append(out, n.with(f, v))
			}
		}
		return out
	case l.Kind == machine.Verify && on == machine.OnVerified:
		n.verified = true
	case l.Kind == machine.Consent:
		names := strings.Fields(n.consents)
		names = slices.DeleteFunc(names, func(s string) bool { return s == l.Consent })
		if on == machine.OnGranted {
			names = append(names, l.Consent)
			slices.Sort(names)
		}
		n.consents = strings.Join(names, " ")
	}
	return []node{n}
}

// decide takes the way that the guards of an outcome leave.
func (w *watcher) decide(from, n node, l *machine.Location, on string, e env) {
	var hold []machine.Edge
	var otherwise *machine.Edge
	blind := false
	for i := range l.Edges {
		edge := &l.Edges[i]
		if edge.On != on || edge.Guard == nil {
			continue
		}
		for _, f := range w.m.Guards[*edge.Guard].Reads {
			if n.value(w.fields[f]) == "" {
				w.seen.Missing[f], blind = true, true
			}
		}
	}
	if blind {
		return
	}
	for i := range l.Edges {
		edge := &l.Edges[i]
		if edge.On != on {
			continue
		}
		w.seen.Asked[edge.Place.Line] = true
		if edge.Guard == nil {
			otherwise = edge
			continue
		}
		holds, err := w.guards[*edge.Guard].Eval(situation{w: w, n: n, e: e})
		if err != nil {
			panic(err)
		}
		if holds {
			w.seen.Held[edge.Place.Line] = true
			hold = append(hold, *edge)
		}
	}
	for _, h := range hold {
		if !l.Ordered && h.To != hold[0].To {
			w.seen.Overlap[l.ID+" "+on] = true
		}
	}
	if len(hold) == 0 && otherwise == nil {
		w.seen.Unhandled[l.ID+" "+on] = true
		return
	}
	taken := otherwise
	if len(hold) > 0 {
		taken = &hold[0]
	}
	w.seen.Taken[taken.Place.Line] = true
	step(w.seen.Steps, l.ID, taken.To)
	if l.Kind == machine.Ask && on == "" {
		step(w.seen.Answers, l.ID, taken.To)
	}
	n.loc = w.at[taken.To]
	e.attempts = 0
	w.enter(n, e, from)
}

// trapped reports whether from some node with a way on no end is reached.
func (w *watcher) trapped() bool {
	before := map[node][]node{}
	var queue []node
	good := map[node]bool{}
	for n := range w.known {
		l := &w.m.Locations[n.loc]
		if l.Kind == machine.End || l.Kind == machine.Handoff && !strings.HasPrefix(l.ID, "@") && !strings.HasPrefix(l.ID, "escalation/") {
			good[n] = true
			queue = append(queue, n)
		}
		for _, to := range w.after[n] {
			before[to] = append(before[to], n)
		}
	}
	for len(queue) > 0 {
		n := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		for _, b := range before[n] {
			if !good[b] {
				good[b] = true
				queue = append(queue, b)
			}
		}
	}
	for n := range w.known {
		if !good[n] && len(w.after[n]) > 0 {
			return true
		}
	}
	return false
}
