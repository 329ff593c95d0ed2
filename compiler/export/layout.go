package export

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// The measures of a drawing, in pixels.
const (
	lineHeight = 18
	charWidth  = 7.4 // of 13 px sans-serif text, on average
	padding    = 14
	nodeGap    = 36
	layerGap   = 74
	margin     = 24
)

// place is a node of the layout: a node of the graph, or a bend of an edge that crosses a layer.
type place struct {
	node   int // index into Graph.Nodes, or -1 for a bend
	layer  int
	w, h   float64
	room   float64 // width kept free: that of the box, or of the labels that lead to it
	x, y   float64 // centre
	up, dn []int   // neighbours in the layers above and below
}

// route is the way of an edge through places, top to bottom.
type route struct {
	edge    int
	through []int
	upward  bool // the edge points from its lower end to its upper end
}

// layout is a layered drawing after Sugiyama, Tagawa and Toda (1981): cycles are broken at the edges that a depth-first
// walk from the start finds to lead back, layers are longest paths, the order within a layer follows the mean of the
// neighbours, and coordinates are the mean of the neighbours as far as boxes leave room.
type layout struct {
	g      *Graph
	places []place
	layers [][]int
	routes []route
	loops  []int // edges from a node to itself
	w, h   float64
}

func (g *Graph) layout() *layout {
	l := &layout{g: g}
	back := g.backEdges()
	l.assignLayers(back)
	l.order()
	l.coordinates()
	return l
}

// backEdges marks the edges that close a cycle when walking depth first in the order of nodes.
func (g *Graph) backEdges() []bool {
	out := make([][]int, len(g.Nodes))
	for i, e := range g.Edges {
		out[e.From] = append(out[e.From], i)
	}
	back := make([]bool, len(g.Edges))
	const unseen, open, done = 0, 1, 2
	state := make([]int, len(g.Nodes))
	type frame struct{ node, next int }
	for root := range g.Nodes {
		if state[root] != unseen {
			continue
		}
		stack := []frame{{root, 0}}
		state[root] = open
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(out[top.node]) {
				state[top.node] = done
				stack = stack[:len(stack)-1]
				continue
			}
			e := out[top.node][top.next]
			top.next++
			switch to := g.Edges[e].To; state[to] {
			case open:
				back[e] = true
			case unseen:
				state[to] = open
				stack = append(stack, frame{to, 0})
			}
		}
	}
	return back
}

func (l *layout) assignLayers(back []bool) {
	layer := l.g.longestPaths(back)
	for i, n := range l.g.Nodes {
		w, h := n.size()
		l.places = append(l.places, place{node: i, layer: layer[i], w: w, h: h, room: w})
	}
	for i, e := range l.g.Edges {
		from, to := e.From, e.To
		if from == to {
			l.loops = append(l.loops, i)
			continue
		}
		r := route{edge: i, upward: layer[from] > layer[to]}
		if r.upward {
			from, to = to, from
		}
		r.through = l.chain(from, to)
		l.routes = append(l.routes, r)
		if below := &l.places[r.through[1]]; below.room < e.labelWidth() {
			below.room = e.labelWidth()
		}
	}
	for i := range l.places {
		p := &l.places[i]
		for len(l.layers) <= p.layer {
			l.layers = append(l.layers, nil)
		}
		l.layers[p.layer] = append(l.layers[p.layer], i)
	}
}

// chain connects two places over bends in the layers between them.
func (l *layout) chain(from, to int) []int {
	through := []int{from}
	for layer := l.places[from].layer + 1; layer < l.places[to].layer; layer++ {
		l.places = append(l.places, place{node: -1, layer: layer, w: 12, room: 12})
		through = append(through, len(l.places)-1)
	}
	through = append(through, to)
	for i := 1; i < len(through); i++ {
		a, b := through[i-1], through[i]
		l.places[a].dn = append(l.places[a].dn, b)
		l.places[b].up = append(l.places[b].up, a)
	}
	return through
}

// longestPaths gives each node the length of the longest path to it over the edges that are not back edges.
func (g *Graph) longestPaths(back []bool) []int {
	indegree := make([]int, len(g.Nodes))
	out := make([][]int, len(g.Nodes))
	for i, e := range g.Edges {
		if !back[i] {
			indegree[e.To]++
			out[e.From] = append(out[e.From], e.To)
		}
	}
	layer := make([]int, len(g.Nodes))
	var queue []int
	for i, d := range indegree {
		if d == 0 {
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, to := range out[n] {
			layer[to] = max(layer[to], layer[n]+1)
			if indegree[to]--; indegree[to] == 0 {
				queue = append(queue, to)
			}
		}
	}
	return layer
}

// labelWidth is that of the widest label, which is set in smaller type.
func (e Edge) labelWidth() float64 {
	widest := 0
	for _, label := range e.Labels {
		widest = max(widest, utf8.RuneCountInString(label))
	}
	return float64(widest) * charWidth * 11 / 13
}

func (n Node) size() (w, h float64) {
	for _, line := range n.Lines {
		w = max(w, float64(utf8.RuneCountInString(line))*charWidth)
	}
	return max(w+2*padding, 96), float64(len(n.Lines))*lineHeight + padding
}

// order sorts each layer by the mean position of its neighbours, downward and upward in turn.
func (l *layout) order() {
	position := make([]float64, len(l.places))
	number := func(layer []int) {
		for i, p := range layer {
			position[p] = float64(i)
		}
	}
	for _, layer := range l.layers {
		number(layer)
	}
	mean := func(neighbours []int, own float64) float64 {
		if len(neighbours) == 0 {
			return own
		}
		sum := 0.0
		for _, n := range neighbours {
			sum += position[n]
		}
		return sum / float64(len(neighbours))
	}
	const sweeps = 8
	for sweep := range sweeps {
		for i := range l.layers {
			layer := l.layers[i]
			down := sweep%2 == 0
			if !down {
				layer = l.layers[len(l.layers)-1-i]
			}
			key := map[int]float64{}
			for _, p := range layer {
				near := l.places[p].up
				if !down {
					near = l.places[p].dn
				}
				key[p] = mean(near, position[p])
			}
			slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(key[a], key[b]) })
			number(layer)
		}
	}
}

func (l *layout) coordinates() {
	y := float64(margin)
	for _, layer := range l.layers {
		h, x := 0.0, float64(margin)
		for _, p := range layer {
			pl := &l.places[p]
			pl.x = x + pl.room/2
			x += pl.room + nodeGap
			h = max(h, pl.h)
		}
		for _, p := range layer {
			l.places[p].y = y + h/2
		}
		y += h + layerGap
	}
	const rounds = 12
	for round := range rounds {
		for i := range l.layers {
			if round%2 == 0 {
				l.settle(l.layers[i], true)
			} else {
				l.settle(l.layers[len(l.layers)-1-i], false)
			}
		}
	}
	l.frame(y - layerGap + margin)
}

// settle moves the places of a layer toward the mean of their neighbours, keeping their order and gaps.
func (l *layout) settle(layer []int, down bool) {
	want := make([]float64, len(layer))
	for i, p := range layer {
		near := l.places[p].up
		if !down {
			near = l.places[p].dn
		}
		want[i] = l.places[p].x
		if len(near) > 0 {
			want[i] = 0
			for _, n := range near {
				want[i] += l.places[n].x / float64(len(near))
			}
		}
	}
	right := make([]float64, len(layer)) // packed as far left as wishes allow
	for i, p := range layer {
		right[i] = want[i]
		if i > 0 {
			right[i] = max(right[i], right[i-1]+l.gap(layer[i-1], p))
		}
	}
	left := make([]float64, len(layer)) // and as far right
	for i := len(layer) - 1; i >= 0; i-- {
		left[i] = want[i]
		if i < len(layer)-1 {
			left[i] = min(left[i], left[i+1]-l.gap(layer[i], layer[i+1]))
		}
	}
	for i, p := range layer {
		l.places[p].x = (left[i] + right[i]) / 2
	}
}

func (l *layout) gap(a, b int) float64 { return (l.places[a].room+l.places[b].room)/2 + nodeGap }

// frame moves the drawing to the margin and measures it.
func (l *layout) frame(height float64) {
	least, most := 0.0, 0.0
	for i, p := range l.places {
		if i == 0 || p.x-p.room/2 < least {
			least = p.x - p.room/2
		}
		most = max(most, p.x+p.room/2)
	}
	for i := range l.places {
		l.places[i].x += margin - least
	}
	l.w, l.h = most-least+2*margin, height
}
