package kernel

import (
	"slices"
	"strings"

	"github.com/tacet-lang/tacet/lang/machine"
)

// place is a location with its names looked up.
type place struct {
	*machine.Location
	field    int   // or -1
	reads    []int // fields that it reads in any case
	cases    []sayCase
	outcomes []outcome
	consent  int  // bit of the fact, or 0
	author   bool // an end, or a handoff by the author; any other handoff is the turn protocol's
	waits    bool // the world moves on before it is left
	pends    bool // the world was asked, and the patient may have written meanwhile
	merge    int  // of its invariant, or -1
}

// sayCase is what one answer of a say-by reads beside the field.
type sayCase struct {
	field int
	test  int // that this is the answer
	reads []int
}

// outcome is one thing that can happen at a location, with the ways on.
type outcome struct {
	on     string
	topic  string // whose own way it is
	edges  []int  // into Location.Edges
	tested []int  // variables of their guards, ascending
	sets   int    // the field that gets a value, or -1
	hears  int    // the variable heard:topic that becomes yes, or -1
	tries  int    // which attempts it can come after, see variable.pick
	leaves []leaf
}

// people is the outcome of the turn protocol that is no author's way.
const people = "@people"

// lookUp numbers locations and fields, and finds where the turn protocol leads.
func (k *checker) lookUp() {
	k.locationOf, k.fieldOf, k.raised = map[string]int{}, map[string]int{}, map[string]string{}
	k.verifiedBy, k.below, k.consentTo = map[string]bool{}, map[string]map[string]bool{}, map[string]int{}
	for i := range k.m.Locations {
		l := &k.m.Locations[i]
		k.locationOf[l.ID] = i
		if l.Kind == machine.Verify {
			k.verifiedBy[l.Field] = true
		}
	}
	for i := range k.m.Fields {
		k.fieldOf[k.m.Fields[i].Name] = i
	}
	k.people = []int{k.locationOf[k.m.Human], k.locationOf[k.m.Stuck]}
	for i := range k.m.Escalations {
		e := &k.m.Escalations[i]
		k.people = append(k.people, k.locationOf[e.Location])
		for _, cause := range e.On {
			k.raised[cause] = e.Tier
		}
	}
	k.people = set(k.people)
}

// enterVariables makes variables of the fields and of what else the certificate lists (1).
func (k *checker) enterVariables() {
	k.worldOf = map[string]int{}
	for i := range k.m.Fields {
		f := &k.m.Fields[i]
		k.vars = append(k.vars, variable{name: f.Name, field: f, sides: []machine.Domain{f.Domain()}})
		if v := &k.vars[i]; v.sides[0].Kind == machine.KindDate {
			v.sides = append(v.sides, f.AgeDomain(), f.DaysDomain())
		}
	}
	for i := range k.c.Variables {
		name := k.c.Variables[i].Name
		if i < len(k.vars) {
			k.want(name == k.vars[i].name, "form", "variable %d of the certificate is %q, not the field %q", i, name, k.vars[i].name)
			continue
		}
		_, twice := k.worldOf[name]
		k.want(!twice, "form", "the certificate lists %q twice", name)
		k.worldOf[name] = i
		v := variable{name: name, sides: []machine.Domain{k.m.GivenDomain(name)}}
		if what, ok := strings.CutPrefix(name, "heard:"); ok {
			v.heard = true
			v.trigger, v.silent = k.isTrigger(what)
		}
		k.vars = append(k.vars, v)
	}
	k.want(len(k.c.Variables) >= len(k.m.Fields), "form", "the certificate leaves out fields")
}

// isTrigger reports whether a name is that of a trigger, and whether it is an emergency or raises one.
func (k *checker) isTrigger(name string) (trigger, emergency bool) {
	k.spend(len(k.m.Triggers))
	at := slices.IndexFunc(k.m.Triggers, func(t machine.Trigger) bool { return t.Name == name })
	return at >= 0, at >= 0 && k.m.Triggers[at].Tier == machine.Emergency || k.raised[name] == machine.Emergency
}

// enterPlaces enters what locations read and where they lead, and makes tests of the answers of say-bys.
func (k *checker) enterPlaces() {
	k.locs = make([]place, len(k.m.Locations))
	for i := range k.locs {
		l := &k.locs[i]
		*l = place{Location: &k.m.Locations[i], field: -1, merge: -1}
		if l.Field != "" {
			l.field = k.fieldOf[l.Field]
		}
		if l.Consent != "" {
			n, ok := slices.BinarySearch(k.c.Consents, l.Consent)
			k.wantAt(i, ok, "form", "the certificate does not list the consent %q", l.Consent)
			l.consent = 2 << n
		}
		l.author = l.Kind == machine.End || l.Kind == machine.Handoff && !has(k.people, i)
		l.waits = l.Kind.Waits() || l.Kind == machine.Book
		l.pends = l.Kind == machine.Verify || l.Kind == machine.Book || l.Kind == machine.Ask && k.m.Fields[l.field].Type == "slot"
		reads := l.Reads()
		l.reads = k.fields(reads.Always)
		for _, c := range reads.Cases {
			field := k.fieldOf[c.Field]
			n, _ := k.vars[field].sides[0].Number(c.Answer)
			l.cases = append(l.cases, sayCase{field: field, test: k.addTest(field, 0, "==", n), reads: k.fields(c.Fields)})
		}
		k.enterOutcomes(l)
	}
	k.enterProtocol()
	k.want(len(k.c.Consents) < 60 && slices.IsSorted(k.c.Consents), "form", "the consents of the certificate are unsorted or too many")
}

func (k *checker) fields(names []string) []int {
	out := make([]int, len(names))
	for i, name := range names {
		out[i] = k.fieldOf[name]
	}
	return out
}

// enterOutcomes groups the edges of a location by what selects them.
func (k *checker) enterOutcomes(l *place) {
	at := map[string]int{}
	for e := range l.Edges {
		edge := &l.Edges[e]
		n, ok := at[edge.On]
		if !ok {
			n = len(l.outcomes)
			at[edge.On] = n
			l.outcomes = append(l.outcomes, k.outcome(l, edge.On))
		}
		o := &l.outcomes[n]
		o.edges = append(o.edges, e)
		if edge.Guard == nil && len(o.edges) == 1 {
			o.leaves = []leaf{{edge: e, to: k.locationOf[edge.To]}}
		}
		if edge.Guard != nil {
			for _, step := range k.guards[*edge.Guard] {
				if step.op == isTest {
					o.tested = append(o.tested, k.tests[step.test].variable)
				}
			}
			o.tested = set(o.tested)
		}
	}
}

func (k *checker) outcome(l *place, on string) outcome {
	o := outcome{on: on, sets: -1, hears: -1, tries: triesRetries}
	switch {
	case l.Kind == machine.Ask && on == "":
		o.sets = l.field
	case l.Kind == machine.Listen:
		o.hears = k.heard(on)
	case l.Kind == machine.Auto || l.Kind == machine.Book:
		o.tries = triesNone
	case l.Kind == machine.Verify && on == machine.OnFailed:
		o.tries = triesFailed
	}
	return o
}

// enterProtocol enters where the turn protocol leads: to people from everywhere that waits, and to a topic's route from
// where the patient is heard.
func (k *checker) enterProtocol() {
	away := outcome{on: people, sets: -1, hears: -1}
	for _, to := range k.people {
		away.leaves = append(away.leaves, leaf{edge: -1, to: to})
	}
	k.protocol = []outcome{away}
	for t := range k.m.Topics {
		if topic := &k.m.Topics[t]; topic.Route != "" {
			to := []leaf{{edge: -1, to: k.locationOf[topic.Route]}}
			k.protocol = append(k.protocol, outcome{on: "@topic", topic: topic.Name, sets: -1, hears: k.heard(topic.Name), leaves: to})
		}
	}
}

// jumps are where the turn protocol leads from a location. A topic that it takes for an answer leads on by the edge.
func (k *checker) jumps(l *place) []outcome {
	switch {
	case l.Kind == machine.Offer || l.Kind == machine.Listen:
		return slices.DeleteFunc(slices.Clone(k.protocol), func(o outcome) bool { return o.topic != "" && l.Takes(o.topic) })
	case l.Kind.Waits():
		return k.protocol
	case l.waits:
		return k.protocol[:1]
	}
	return nil
}

// heard is the variable heard:name, or -1 where no guard asks.
func (k *checker) heard(name string) int {
	if n, ok := k.worldOf["heard:"+name]; ok {
		return n
	}
	return -1
}

// holds reports whether somebody who may hold these classes may hold that one: it is one of them, or below one.
func (k *checker) holds(classes []string, class string) bool {
	return k.spend(1+len(classes)) && slices.ContainsFunc(classes, func(c string) bool { return k.classesBelow(c)[class] })
}

// classesBelow are a class and all below it.
func (k *checker) classesBelow(class string) map[string]bool {
	out, ok := k.below[class]
	if !ok && k.spend(len(k.m.Policy.Classes)) {
		out = k.m.Policy.Below(class)
		k.below[class] = out
	}
	return out
}

func set(s []int) []int {
	slices.Sort(s)
	return slices.Compact(s)
}

func has(ascending []int, n int) bool {
	_, ok := slices.BinarySearch(ascending, n)
	return ok
}
