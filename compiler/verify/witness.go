package verify

import (
	"fmt"
	"slices"

	"github.com/tacet-lang/tacet/lang/machine"
)

// witness is a shortest conversation to a state, and what happens there.
type witness struct {
	state  int32
	then   *fault // the choice that no guard decides; nil: to have come here is enough
	shows  string
	lasso  bool // it goes round for ever from the state on
	circle bool // and by itself
	lacks  int  // 0, or one more than the field that has no value
}

// maxWitnesses is how many conversations are written down; a flow with more violations has enough to mend.
const maxWitnesses = 100

// show writes a witness down under a code and returns its name, or nothing when there are many already, or when the
// model's answer is one that nobody can type: a date that is over, a text that is no name.
func (c *checking) show(code string, w witness) string {
	if len(c.witnesses) == maxWitnesses {
		return ""
	}
	c.counts[code]++
	name := fmt.Sprintf("%s-%d.talk", code, c.counts[code])
	if c.hash == "" {
		hash, err := c.m.Hash()
		if err != nil {
			panic("verify: a valid machine has no hash: " + err.Error())
		}
		c.hash = hash
	}
	s := newScribe(c)
	s.talk = &machine.Talk{Flow: c.m.Flow.ID, Machine: c.hash, Code: code, Shows: w.shows}
	path, again := c.x.path(w.state), -1
	if w.lasso {
		path, again = c.x.lasso(path)
	}
	s.begin(path[0])
	for i, at := range path {
		if i > 0 {
			s.step(path[i-1], c.x.stepTo(path[i-1], at))
		}
		s.enter(at)
		if again == i {
			s.say(machine.TalkAgain, "")
		}
	}
	s.talk.Lasso = again >= 0
	if w.then != nil {
		s.step(w.state, step{from: w.state, outcome: w.then.outcome, edge: -1, route: -1, choices: w.then.choice, tries: w.then.tries})
	}
	if w.then != nil && len(w.then.edges) == 0 {
		s.say(machine.TalkEnters, c.m.Stuck) // nothing is handled: the engine passes the patient to a person
	}
	if w.circle {
		s.talk.Lasso = true
		s.say(machine.TalkEnters, c.m.Stuck) // the engine passes the patient to a person
	}
	s.close()
	if w.lacks > 0 {
		s.say(machine.TalkHolds, c.m.Fields[w.lacks-1].Name+"=")
	}
	if s.mute {
		c.counts[code]--
		return ""
	}
	c.witnesses = append(c.witnesses, Witness{Name: name, Talk: s.talk})
	return name
}

// path is the states from the start to s.
func (x *exploration) path(s int32) []int32 {
	var out []int32
	for at := s; at >= 0; at = x.states[at].parent {
		out = append(out, at)
	}
	slices.Reverse(out)
	return out
}

// lasso extends a path by the nearest circle that its end leads into, and says where on it the circle begins: at the
// state that is last as well. Without a circle (the guards decide nothing further on) the path stays, and again is -1.
func (x *exploration) lasso(path []int32) (around []int32, again int) {
	first := len(path) - 1
	from := map[int32]int32{path[first]: -1}
	queue := []int32{path[first]}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		var way []int32
		for s := at; s >= 0; s = from[s] {
			way = append(way, s)
		}
		slices.Reverse(way)
		for _, to := range x.after(at) {
			if n := slices.Index(way, to); n >= 0 {
				return append(slices.Concat(path[:first], way), to), first + n
			}
			if _, seen := from[to]; !seen {
				from[to] = at
				queue = append(queue, to)
			}
		}
	}
	return path, -1
}

// stepTo finds the first step from one state to the other.
func (x *exploration) stepTo(from, to int32) step {
	var out step
	done := false
	x.successors(from, func(st step) {
		if !done && x.enter(st.to, st.facts, from) == to {
			out, done = st, true
			out.from = from
			out.choices = slices.Clone(st.choices)
		}
	}, func(fault) {})
	if !done {
		panic("verify: a state is not among the successors of its parent")
	}
	return out
}
