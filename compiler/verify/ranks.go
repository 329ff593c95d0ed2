package verify

import (
	"github.com/tacet-lang/tacet/lang/machine"
)

// ranks are what must come about, as numbers that fall on the way to it.
type ranks struct {
	end    []int32 // by state: the fewest steps to an end or an author's handoff; -1: there is no way
	steps  []int32 // by state: the most automatic steps until something is waited for; 0 where that is so already
	circle []int32 // automatic states that lead back to themselves, the first of each circle
}

func (x *exploration) rank() *ranks {
	r := &ranks{end: make([]int32, len(x.states)), steps: make([]int32, len(x.states))}
	x.rankEnds(r)
	x.rankSteps(r)
	return r
}

// rankEnds goes backward from the ends.
func (x *exploration) rankEnds(r *ranks) {
	preds, starts := x.reversed()
	var queue []int32
	for s := range x.states {
		r.end[s] = -1
		if x.locs[x.states[s].loc].ours {
			r.end[s] = 0
			queue = append(queue, int32(s))
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, from := range preds[starts[at]:starts[at+1]] {
			if r.end[from] < 0 {
				r.end[from] = r.end[at] + 1
				queue = append(queue, from)
			}
		}
	}
}

// reversed is the successor relation turned around, in the same layout.
func (x *exploration) reversed() (preds, starts []int32) {
	starts = make([]int32, len(x.states)+1)
	for _, to := range x.next {
		starts[to+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	preds = make([]int32, len(x.next))
	fill := append([]int32(nil), starts...)
	for s := range x.states {
		for _, to := range x.after(int32(s)) {
			preds[fill[to]] = int32(s)
			fill[to]++
		}
	}
	return preds, starts
}

// after returns the successors of a state by edges and routes.
func (x *exploration) after(s int32) []int32 {
	if int(s)+1 >= len(x.nexts) {
		return nil
	}
	return x.next[x.nexts[s]:x.nexts[s+1]]
}

// rankSteps follows automatic states. Each has at most one successor, because its state says all that its guards test.
func (x *exploration) rankSteps(r *ranks) {
	mark := make([]byte, len(x.states)) // 1 on the way, 2 done
	for s := range x.states {
		path, n := []int32(nil), int32(0)
		for at := int32(s); x.automatic(at); {
			if mark[at] == 1 {
				r.circle = append(r.circle, at)
			}
			if mark[at] != 0 {
				n = r.steps[at]
				break
			}
			mark[at] = 1
			path = append(path, at)
			after := x.after(at)
			if len(after) == 0 {
				break
			}
			at = after[0]
		}
		for i := len(path) - 1; i >= 0; i-- {
			n++
			r.steps[path[i]], mark[path[i]] = n, 2
		}
	}
}

func (x *exploration) automatic(s int32) bool { return x.locs[x.states[s].loc].Kind == machine.Auto }
