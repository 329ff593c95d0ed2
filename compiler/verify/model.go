package verify

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"github.com/tacet-lang/tacet/lang/guard"
	"github.com/tacet-lang/tacet/lang/machine"
)

// model is a machine with everything looked up: names are numbers, guards are trees over variables, texts are the
// fields they name.
type model struct {
	m       *machine.Machine
	locs    []location
	byID    map[string]int
	field   map[string]int // a field's variable; fields come first, in the machine's order
	vars    []variable
	guards  []*expr
	classes *lattice
	weeks   *weeks

	start, human, stuck int
	escalations         []int // their locations, each once, in order
	routes              []route
	now                 int // the variable, or -1
	consents            []string
	covers              [][]string // of each consent: the classes that it lets be collected
	tooFine             bool       // guards tell more values apart than are looked at
}

// route is a handled topic with a way of its own.
type route struct {
	topic string
	heard int // the variable heard:topic, or -1
	to    int
}

// location is a machine.Location prepared for exploring.
type location struct {
	*machine.Location
	index    int
	field    int   // variable of Field, or -1
	reads    []int // fields that are read whichever way a say-by goes, sorted
	tells    []int // say-by fields whose case decides what else is read, sorted
	cases    []sayBy
	outcomes []outcome
	consent  int // number of the consent, or -1
	ours     bool
	covered  bool // handoff: somebody is there at every moment
	team     int  // handoff: number of the team
}

// sayBy is a say-by action whose cases read different fields.
type sayBy struct {
	field int
	reads map[string][]int // by value
	place machine.Place
}

// outcome is one thing that can happen at a location, with the ways on from it.
type outcome struct {
	on    string
	edges []int // indices into Location.Edges
	to    []int // by edge
	sets  int   // the field that gets a value, or -1
	hears int   // the variable heard:topic that becomes true, or -1
	tests []int // variables that its guards test, sorted
}

func (l *location) waits() bool { return l.Kind.Waits() }

// leaves reports whether the turn protocol can lead away from here: somebody or something is waited for.
func (l *location) leaves() bool { return l.Kind.Waits() || l.Kind == machine.Book }

// newModel looks everything up. The machine must be valid; the error is about guards only.
func newModel(m *machine.Machine) (*model, error) {
	p := &model{m: m, byID: make(map[string]int, len(m.Locations)), field: map[string]int{}, now: -1}
	for i := range m.Locations {
		p.byID[m.Locations[i].ID] = i
	}
	for i := range m.Fields {
		p.field[m.Fields[i].Name] = i
	}
	trees, err := parseGuards(m)
	if err != nil {
		return nil, err
	}
	p.classes = newLattice(m.Policy.Classes)
	p.weeks = newWeeks(&m.Practice)
	p.start, p.human, p.stuck = p.byID[m.Start], p.byID[m.Human], p.byID[m.Stuck]
	for i := range m.Escalations {
		p.escalations = append(p.escalations, p.byID[m.Escalations[i].Location])
	}
	slices.Sort(p.escalations)
	p.escalations = slices.Compact(p.escalations)
	p.collectConsents()
	p.makeVariables(trees)
	p.indexLocations()
	for i := range m.Topics {
		if t := &m.Topics[i]; t.Treat == machine.Handle && t.Route != "" {
			p.routes = append(p.routes, route{topic: t.Name, heard: p.variable("heard:" + t.Name), to: p.byID[t.Route]})
		}
	}
	return p, nil
}

// parseGuards reads every guard on all processors: one takes some tens of microseconds.
func parseGuards(m *machine.Machine) ([]guard.Node, error) {
	vars := make([]guard.Var, 0, len(m.Fields))
	for i := range m.Fields {
		f := &m.Fields[i]
		v := guard.Var{Name: f.Name, Kind: kindOf(f.Type)}
		for _, o := range f.Options {
			v.Options = append(v.Options, o.Value)
		}
		vars = append(vars, v)
	}
	heard := make([]string, 0, len(m.Topics)+len(m.Triggers))
	for i := range m.Topics {
		heard = append(heard, m.Topics[i].Name)
	}
	for i := range m.Triggers {
		heard = append(heard, m.Triggers[i].Name)
	}
	env := guard.NewEnv(vars, heard)
	trees, errs := make([]guard.Node, len(m.Guards)), make([]error, len(m.Guards))
	workers := min(runtime.GOMAXPROCS(0), len(m.Guards))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(m.Guards); i += workers {
				x, err := env.Compile(m.Guards[i].Source)
				if err != nil {
					errs[i] = err
					continue
				}
				trees[i] = x.Tree()
			}
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("guard %d: %w", i, err)
		}
	}
	return trees, nil
}

func kindOf(fieldType string) guard.Kind {
	switch fieldType {
	case "number":
		return guard.Int
	case "yes-no":
		return guard.Bool
	case "choice":
		return guard.Choice
	case "date", birth:
		return guard.Date
	case "time":
		return guard.Time
	}
	return guard.String
}

// birth is the type of a date of birth.
const birth = "date-of-birth"

func (p *model) collectConsents() {
	for i := range p.m.Locations {
		if c := p.m.Locations[i].Consent; c != "" {
			p.consents = append(p.consents, c)
		}
	}
	slices.Sort(p.consents)
	p.consents = slices.Compact(p.consents)
	p.covers = make([][]string, len(p.consents))
	for i := range p.m.Locations {
		if l := &p.m.Locations[i]; l.Consent != "" {
			n, _ := slices.BinarySearch(p.consents, l.Consent)
			p.covers[n] = l.Covers
		}
	}
}

// consentTo are the facts of the consents that let a class be collected.
func (p *model) consentTo(class string) uint32 {
	var out uint32
	for i, covers := range p.covers {
		if p.classes.holds(covers, class) {
			out |= factVerified << (1 + i)
		}
	}
	return out
}

// variable returns the number of a variable, or -1.
func (p *model) variable(name string) int {
	for i := len(p.m.Fields); i < len(p.vars); i++ {
		if p.vars[i].name == name {
			return i
		}
	}
	return -1
}

func (p *model) indexLocations() {
	p.locs = make([]location, len(p.m.Locations))
	for i := range p.m.Locations {
		p.locs[i] = p.newLocation(i)
	}
}

func (p *model) newLocation(i int) location {
	l := location{Location: &p.m.Locations[i], index: i, field: -1, consent: -1}
	if l.Field != "" {
		l.field = p.field[l.Field]
	}
	if l.Consent != "" {
		l.consent, _ = slices.BinarySearch(p.consents, l.Consent)
	}
	if l.Kind == machine.Handoff {
		l.team = p.weeks.team(l.Team)
		l.covered = p.weeks.always(l.team)
		l.ours = i != p.human && i != p.stuck && !slices.Contains(p.escalations, i)
	}
	l.ours = l.ours || l.Kind == machine.End
	p.collectReads(&l)
	p.collectOutcomes(&l)
	return l
}

// collectReads enters which fields the location reads on entry.
func (p *model) collectReads(l *location) {
	add := func(t machine.Text) { l.reads = p.named(l.reads, t) }
	for i := range l.Do {
		a := &l.Do[i]
		add(a.Say)
		for _, f := range a.Fields {
			l.reads = append(l.reads, p.field[f])
		}
		if a.By != "" {
			p.collectSayBy(l, a)
		}
	}
	add(l.Prompt)
	for i := range l.Choices {
		add(l.Choices[i].Label)
	}
	if l.field >= 0 && l.Kind != machine.Ask {
		l.reads = append(l.reads, l.field)
	}
	l.reads, l.tells = sortedSet(l.reads), sortedSet(l.tells)
}

func (p *model) collectSayBy(l *location, a *machine.Action) {
	by := p.field[a.By]
	l.reads = append(l.reads, by)
	reads := make(map[string][]int, len(a.Cases))
	var first []int
	same := true
	for value, text := range a.Cases {
		reads[value] = sortedSet(p.named(nil, text))
		if len(reads) == 1 {
			first = reads[value]
		}
		same = same && slices.Equal(first, reads[value])
	}
	if same {
		l.reads = append(l.reads, first...)
		return
	}
	l.tells = append(l.tells, by)
	l.cases = append(l.cases, sayBy{field: by, reads: reads, place: a.Place})
}

// named appends the fields that a text names, in any language.
func (p *model) named(to []int, t machine.Text) []int {
	for _, s := range t {
		for _, ph := range machine.Placeholders(s) {
			if f, ok := p.field[ph.Name]; ok {
				to = append(to, f)
			}
		}
	}
	return to
}

func (p *model) collectOutcomes(l *location) {
	for e := range l.Edges {
		edge := &l.Edges[e]
		n := slices.IndexFunc(l.outcomes, func(o outcome) bool { return o.on == edge.On })
		if n < 0 {
			n = len(l.outcomes)
			o := outcome{on: edge.On, sets: -1, hears: -1}
			if l.Kind == machine.Ask && edge.On == "" {
				o.sets = l.field
			}
			if l.Kind == machine.Listen {
				o.hears = p.variable("heard:" + edge.On)
			}
			l.outcomes = append(l.outcomes, o)
		}
		o := &l.outcomes[n]
		o.edges = append(o.edges, e)
		o.to = append(o.to, p.byID[edge.To])
		if edge.Guard != nil {
			o.tests = append(o.tests, p.guards[*edge.Guard].tests()...)
		}
	}
	for n := range l.outcomes {
		l.outcomes[n].tests = sortedSet(l.outcomes[n].tests)
	}
}

func sortedSet(s []int) []int {
	slices.Sort(s)
	return slices.Compact(s)
}

// choiceNumber reads the outcome of an offer, counted from 0.
func choiceNumber(on string) int {
	n, err := strconv.Atoi(on)
	if err != nil {
		panic("verify: the outcome of an offer is no number: " + on)
	}
	return n - 1
}
