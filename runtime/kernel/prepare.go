package kernel

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// variable is something that guards look at, with its cells, which count from 1.
type variable struct {
	*machine.Variable
	all, answers []int
	later        [][]int  // of a date with age or days: by cell, where time can lead
	pick         [3][]int // of a yes-no of the world the cells of no and yes; of attempts those that the names below say
	heard        bool     // whether something was heard
	trigger      bool     // namely a trigger
	silent       bool     // of an emergency: whoever says that is with a person
}

// Which attempts an outcome can come after.
const (
	triesNone    = 0 // none
	triesRetries = 1 // up to the retries
	triesFailed  = 2 // one more, where the last code has failed
)

// place is a location with its names looked up.
type place struct {
	*machine.Location
	field    int   // or -1
	reads    []int // fields that it reads in any case
	cases    []sayCase
	outcomes []*outcome          // what its edges are for, and then what the turn protocol can do
	consent  int                 // bit of the fact, or 0
	there    *machine.Comparison // of a handoff: that somebody is there; nil if that is so at every moment
	author   bool                // an end, or a handoff by the author; any other handoff is the turn protocol's
	waits    bool                // the world moves on before it is left
	pends    bool                // the world was asked, and the patient may have written meanwhile
}

// sayCase is what one answer of a say-by reads beside the field.
type sayCase struct {
	is    *machine.Comparison // that this is the answer
	reads []int
}

// outcome is one thing that can happen at a location, with the ways on.
type outcome struct {
	on              string
	topic           string // whose own way it is
	edges           []int  // into Location.Edges
	tested          []int  // variables of their guards, ascending
	sets            int    // the field that gets a value, or -1
	hears           string // the variable heard:topic that becomes yes
	tries           int    // which attempts it can come after, see variable.pick
	grants, revokes int    // facts
	leaves          []leaf
}

// people is the outcome of the turn protocol that is no author's way.
const people = "@people"

// lookUp finds what has a name, and where the turn protocol leads.
func (k *checker) lookUp() {
	k.locationOf, k.tierOf, k.below = map[string]int{}, map[string]string{}, map[string]map[string]bool{}
	k.verifiedBy, k.consentTo = map[string]bool{}, map[string]int{}
	for i := range k.m.Locations {
		l := &k.m.Locations[i]
		k.locationOf[l.ID] = i
		if l.Kind == machine.Verify {
			k.verifiedBy[l.Field] = true
		}
		if l.Consent != "" {
			k.consents = append(k.consents, l.Consent)
		}
	}
	k.consents = set(k.consents)
	listed := slices.Equal(k.consents, k.c.Consents) && len(k.consents) < 60
	k.want(listed, "form", "it asks for the consents %q, and the certificate does not list those, or too many", k.consents)
	for i := range k.m.Policy.Classes {
		name := k.m.Policy.Classes[i].Name
		k.below[name] = k.m.Policy.Below(name)
	}
	k.people = []int{k.locationOf[k.m.Human], k.locationOf[k.m.Stuck]}
	for i := range k.m.Escalations {
		e := &k.m.Escalations[i]
		k.people = append(k.people, k.locationOf[e.Location])
		for _, cause := range e.On {
			k.tierOf[cause] = e.Tier
		}
	}
	k.people = set(k.people)
}

// enterVariables finds what can be known of fields and of the world, and what guards say of it (1).
func (k *checker) enterVariables() {
	for i := range k.m.Guards {
		if g := &k.m.Guards[i]; !k.want(len(g.Code) > 0, "form", "the guard `%s` has no code", g.Source) {
			return
		}
	}
	var err error
	if k.cells, err = k.m.Cells(); !k.want(err == nil, "form", "%v", err) {
		return
	}
	silent := map[string]bool{} // by trigger
	for i := range k.m.Triggers {
		silent[heard+k.m.Triggers[i].Name] = k.tierOf[k.m.Triggers[i].Name] == machine.Emergency
	}
	for i := range k.cells.Variables {
		v := variable{Variable: &k.cells.Variables[i]}
		listed := i < len(k.c.Variables) && k.c.Variables[i] == v.Name
		k.want(listed, "form", "variable %d is %q, and the certificate does not say so", i, v.Name)
		v.all, v.answers, v.later = v.With(math.MinInt64, math.MaxInt64), v.Answers(), v.Later()
		v.heard = strings.HasPrefix(v.Name, heard)
		v.silent, v.trigger = silent[v.Name]
		v.pick = [...][]int{v.With(0, 0), v.With(1, 1), v.all}
		if v.Name == "attempts" {
			v.pick[triesRetries] = v.With(0, int64(k.m.Session.Retries))
		}
		k.vars = append(k.vars, v)
	}
	k.want(len(k.c.Variables) == len(k.vars), "form", "the certificate lists %d variables, not %d", len(k.c.Variables), len(k.vars))
	for i := range k.m.Guards {
		k.guards = append(k.guards, k.guard(k.m.Guards[i].Code))
	}
}

// heard begins the names of the variables that say whether something was heard.
const heard = "heard:"

// enterPlaces enters what locations read and where they lead.
func (k *checker) enterPlaces() {
	k.enterProtocol()
	k.locs = make([]place, len(k.m.Locations))
	for i := range k.locs {
		l := &k.locs[i]
		*l = place{Location: &k.m.Locations[i], field: -1}
		if l.Field != "" {
			l.field = k.cells.Of[l.Field]
		}
		if l.Consent != "" {
			n, _ := slices.BinarySearch(k.consents, l.Consent)
			l.consent = 2 << n
		}
		l.there = k.cells.Attended(l.Team)
		l.author = l.Kind == machine.End || l.Kind == machine.Handoff && !has(k.people, i)
		l.waits = l.Kind.Waits() || l.Kind == machine.Book
		l.pends = l.Kind == machine.Verify || l.Kind == machine.Book || l.Kind == machine.Ask && k.m.Fields[l.field].Type == "slot"
		reads := l.Reads()
		l.reads = k.fields(reads.Always)
		for _, c := range reads.Cases {
			l.cases = append(l.cases, sayCase{is: k.cells.Answered(c.Field, c.Answer), reads: k.fields(c.Fields)})
		}
		k.enterOutcomes(l)
	}
}

func (k *checker) fields(names []string) []int {
	out := make([]int, len(names))
	for i, name := range names {
		out[i] = k.cells.Of[name]
	}
	return out
}

// enterOutcomes groups the edges of a location by what selects them, and adds where the turn protocol leads: to people from
// everywhere that waits, and to a topic's route from where the patient is heard, unless the topic is taken for an answer.
func (k *checker) enterOutcomes(l *place) {
	at := map[string]*outcome{}
	for e := range l.Edges {
		edge := &l.Edges[e]
		o := at[edge.On]
		if o == nil {
			o = k.outcome(l, edge.On)
			at[edge.On], l.outcomes = o, append(l.outcomes, o)
		}
		o.edges = append(o.edges, e)
		switch {
		case edge.Guard != nil:
			for _, step := range k.guards[*edge.Guard] {
				if step.test != nil {
					o.tested = append(o.tested, step.test.Variable)
				}
			}
			o.tested = set(o.tested)
		case len(o.edges) == 1:
			o.leaves = []leaf{{to: k.locationOf[edge.To]}}
		}
	}
	for _, o := range k.protocol {
		if l.waits && k.spend(8, 1+len(l.Choices)+len(l.Edges)) && (o.on == people || l.Kind.Waits() && !l.Takes(o.topic)) {
			l.outcomes = append(l.outcomes, o)
		}
	}
}

func (k *checker) outcome(l *place, on string) *outcome {
	o := &outcome{on: on, sets: -1, tries: triesRetries}
	switch {
	case l.Kind == machine.Ask && on == "":
		o.sets = l.field
	case l.Kind == machine.Listen:
		o.hears = heard + on
	case l.Kind == machine.Auto || l.Kind == machine.Book:
		o.tries = triesNone
	case l.Kind == machine.Verify && on == machine.OnFailed:
		o.tries = triesFailed
	case l.Kind == machine.Verify && on == machine.OnVerified:
		o.grants = 1
	case l.Kind == machine.Consent && on == machine.OnGranted:
		o.grants = l.consent
	case l.Kind == machine.Consent:
		o.revokes = l.consent
	}
	return o
}

// enterProtocol enters what the turn protocol can do.
func (k *checker) enterProtocol() {
	away := &outcome{on: people, sets: -1}
	for _, to := range k.people {
		away.leaves = append(away.leaves, leaf{to: to})
	}
	k.protocol = []*outcome{away}
	for t := range k.m.Topics {
		if topic := &k.m.Topics[t]; topic.Route != "" {
			o := &outcome{on: "@topic", topic: topic.Name, sets: -1, hears: heard + topic.Name, leaves: []leaf{{to: k.locationOf[topic.Route]}}}
			k.protocol = append(k.protocol, o)
		}
	}
}

// holds reports whether somebody who may hold these classes may hold that one: it is one of them, or below one.
func (k *checker) holds(classes []string, class string) bool {
	return k.spend(1+len(classes)) && slices.ContainsFunc(classes, func(c string) bool { return k.below[c][class] })
}

func set[T cmp.Ordered](s []T) []T {
	slices.Sort(s)
	return slices.Compact(s)
}

func has(ascending []int, n int) bool {
	_, ok := slices.BinarySearch(ascending, n)
	return ok
}
