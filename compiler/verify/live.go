package verify

import (
	"github.com/tacet-lang/tacet/lang/machine"
)

// live says what must be known on entry to each location, because something from there on reads it before it is set
// again: of exact variables the cell, of held fields whether they have a value. Both lists are ascending and disjoint.
type live struct {
	exact [][]int
	held  [][]int
}

// flowNode is one point of the backward analysis: a location, or one of the two sets of jumps that the turn protocol
// can make (with and without the routes of topics).
type flowNode struct {
	exact, held       bits // needed on entry
	useExact, useHeld bits
	preds             []pred
	queued            bool
}

// pred is a node that leads here, and what it sets on the way.
type pred struct {
	node int
	sets bits // nil: nothing
}

// liveness runs the backward analysis to its fixed point.
func (p *model) liveness() *live {
	n := len(p.locs)
	nodes := make([]flowNode, n+2)
	world := newBits(len(p.vars)) // what the world sets anew after every wait
	for i := len(p.m.Fields); i < len(p.vars); i++ {
		if p.vars[i].name != "channel" {
			world.set(i)
		}
	}
	for i := range nodes {
		nodes[i].useExact, nodes[i].useHeld = newBits(len(p.vars)), newBits(len(p.vars))
		nodes[i].exact, nodes[i].held = newBits(len(p.vars)), newBits(len(p.vars))
	}
	for i := range p.locs {
		p.enterUses(nodes, &p.locs[i], world)
	}
	jumps, acts := n, n+1
	for _, to := range p.jumpTargets() {
		nodes[to].preds = append(nodes[to].preds, pred{node: jumps}, pred{node: acts})
	}
	for _, r := range p.routes {
		nodes[r.to].preds = append(nodes[r.to].preds, pred{node: jumps})
	}
	p.solveLiveness(nodes)
	out := &live{exact: make([][]int, n), held: make([][]int, n)}
	for i := range p.locs {
		for w := range nodes[i].held {
			nodes[i].held[w] &^= nodes[i].exact[w]
		}
		out.exact[i], out.held[i] = nodes[i].exact.list(), nodes[i].held.list()
	}
	return out
}

// jumpTargets are where the turn protocol leads from everywhere: people.
func (p *model) jumpTargets() []int {
	return sortedSet(append([]int{p.human, p.stuck}, p.escalations...))
}

// enterUses enters what one location reads and who it leads to.
func (p *model) enterUses(nodes []flowNode, l *location, world bits) {
	node := &nodes[l.index]
	for _, f := range l.reads {
		node.useHeld.set(f)
	}
	for _, f := range l.tells {
		node.useExact.set(f)
	}
	for _, c := range l.cases {
		for _, reads := range c.reads {
			for _, f := range reads {
				node.useHeld.set(f)
			}
		}
	}
	if l.Kind == machine.Handoff && !l.covered {
		node.useExact.set(p.now)
	}
	for i := range l.outcomes {
		o := &l.outcomes[i]
		sets := p.setBy(l, o, world)
		for _, v := range o.tests {
			if sets == nil || !sets.has(v) {
				node.useExact.set(v)
			}
		}
		for _, to := range o.to {
			nodes[to].preds = append(nodes[to].preds, pred{node: l.index, sets: sets})
		}
	}
	if l.leaves() {
		jumps := len(p.locs)
		if !l.waits() {
			jumps++
		}
		nodes[jumps].preds = append(nodes[jumps].preds, pred{node: l.index, sets: world})
	}
}

// setBy is what a step sets: the world moves on wherever something is waited for, and an ask sets its field.
func (p *model) setBy(l *location, o *outcome, world bits) bits {
	if !l.leaves() {
		return nil
	}
	if o.sets < 0 {
		return world
	}
	sets := append(newBits(0), world...)
	sets.set(o.sets)
	return sets
}

func (p *model) solveLiveness(nodes []flowNode) {
	queue := make([]int, 0, len(nodes))
	for i := len(nodes) - 1; i >= 0; i-- {
		nodes[i].exact.add(nodes[i].useExact, nil)
		nodes[i].held.add(nodes[i].useHeld, nil)
		nodes[i].queued = true
		queue = append(queue, i)
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		nodes[at].queued = false
		for _, pr := range nodes[at].preds {
			to := &nodes[pr.node]
			grew := to.exact.add(nodes[at].exact, pr.sets)
			if to.held.add(nodes[at].held, pr.sets) {
				grew = true
			}
			if grew && !to.queued {
				to.queued = true
				queue = append(queue, pr.node)
			}
		}
	}
}
