package text

import (
	"slices"
	"sync"
)

// The automaton matches all phrases of both languages in one pass over the words of a message (a Thompson automaton
// without empty moves). Its alphabet is the stems and prefixes that phrases use; each word of the message stands for a
// few of those symbols. Work per word is bounded by the number of live states, never by the number of phrases.

type symbol = int32

// anyWord labels the moves of `...`.
const anyWord symbol = -1

type edge struct {
	on symbol
	to int32
}

type state struct {
	edges  []edge
	accept []int32 // phrases that are complete here
}

type automaton struct {
	states []state
	starts [][]int32 // by symbol: states reached by a first word

	vocabulary vocabulary
	scratch    sync.Pool
}

// found is a phrase met at tokens[from:to].
type found struct {
	phrase   int32
	from, to int
}

type thread struct {
	at   int32
	from int32 // first token of the match
}

type workspace struct {
	seen       []int32 // by state: the step in which it was last entered
	step       int32
	live, next []thread
	symbols    []symbol
	out        []found
}

// run returns every phrase found in tokens. A phrase that can begin at several places is reported from the latest
// one for each end, which gives the narrowest span.
func (a *automaton) run(tokens []token) []found {
	w, _ := a.scratch.Get().(*workspace)
	if w == nil {
		w = &workspace{seen: make([]int32, len(a.states))}
	}
	w.live, w.out = w.live[:0], nil
	for i := range tokens {
		a.step(w, tokens, i)
		if tokens[i].after >= stop {
			w.live = w.live[:0]
		}
	}
	out := w.out
	w.out = nil
	a.scratch.Put(w)
	return out
}

func (a *automaton) step(w *workspace, tokens []token, i int) {
	if w.step++; w.step < 0 {
		clear(w.seen)
		w.step = 1
	}
	w.next = w.next[:0]
	w.symbols = a.vocabulary.symbols(&tokens[i], w.symbols[:0])
	for _, s := range w.symbols {
		for _, to := range a.starts[s] {
			a.enter(w, thread{at: to, from: int32(i)}, i)
		}
	}
	little := littleWords.has(tokens[i].text)
	// Later beginnings stand first in live, so that they win a state.
	for _, t := range w.live {
		st := &a.states[t.at]
		for _, e := range st.edges {
			if e.on == anyWord || slices.Contains(w.symbols, e.on) {
				a.enter(w, thread{at: e.to, from: t.from}, i)
			}
		}
		if little {
			a.enter(w, t, -1)
		}
	}
	w.live, w.next = w.next, w.live
}

// enter makes a state live; i is the token that led there, or -1 if the state only waits.
func (a *automaton) enter(w *workspace, t thread, i int) {
	if w.seen[t.at] == w.step {
		return
	}
	w.seen[t.at] = w.step
	st := &a.states[t.at]
	if i >= 0 {
		for _, p := range st.accept {
			w.out = append(w.out, found{phrase: p, from: int(t.from), to: i + 1})
		}
	}
	if len(st.edges) > 0 {
		w.next = append(w.next, t)
	}
}

// builder makes an automaton from parsed phrases, from the last word to the first.
type builder struct {
	automaton
	empty [][]int32 // by state: empty moves, resolved at the end
	known map[stateKey]int32
	entry []int32
}

type stateKey struct {
	on symbol
	to int32
}

func newBuilder() *builder {
	return &builder{known: map[stateKey]int32{}, automaton: automaton{vocabulary: newVocabulary()}}
}

func (b *builder) newState() int32 {
	b.states = append(b.states, state{})
	b.empty = append(b.empty, nil)
	return int32(len(b.states) - 1)
}

// add enters a phrase. It returns false when the automaton would become too large.
func (b *builder) add(id int32, n *node, lang string) bool {
	final := b.newState()
	b.states[final].accept = []int32{id}
	b.entry = append(b.entry, b.build(n, final, lang))
	return len(b.states) <= maxAllStates
}

// build returns a state from which exactly what n stands for leads to next.
func (b *builder) build(n *node, next int32, lang string) int32 {
	switch n.kind {
	case wordNode:
		return b.move(b.vocabulary.word(n.word, lang), next)
	case prefixNode:
		return b.move(b.vocabulary.prefix(n.word.text), next)
	case gapNode:
		at := next
		for range maxGap {
			skip := b.move(anyWord, at)
			at = b.join(skip, next)
		}
		return at
	case seqNode:
		for _, s := range slices.Backward(n.subs) {
			next = b.build(s, next, lang)
		}
		return next
	case altNode, optNode:
		ways := make([]int32, 0, len(n.subs)+1)
		for _, s := range n.subs {
			ways = append(ways, b.build(s, next, lang))
		}
		if n.kind == optNode {
			ways = append(ways, next)
		}
		return b.join(ways...)
	case anyNode:
		return b.anyOrder(n.subs, next, lang)
	}
	panic("text: unknown kind of pattern part")
}

func (b *builder) anyOrder(parts []*node, next int32, lang string) int32 {
	if len(parts) == 1 {
		return b.build(parts[0], next, lang)
	}
	ways := make([]int32, 0, len(parts))
	for i, first := range parts {
		rest := slices.Concat(parts[:i:i], parts[i+1:])
		after := b.anyOrder(rest, next, lang)
		ways = append(ways, b.build(first, b.build(&node{kind: gapNode}, after, lang), lang))
	}
	return b.join(ways...)
}

func (b *builder) move(on symbol, to int32) int32 {
	key := stateKey{on, to}
	if s, ok := b.known[key]; ok {
		return s
	}
	s := b.newState()
	b.states[s].edges = []edge{{on, to}}
	b.known[key] = s
	return s
}

func (b *builder) join(ways ...int32) int32 {
	s := b.newState()
	b.empty[s] = ways
	return s
}

// finish resolves empty moves and indexes first words.
func (b *builder) finish() *automaton {
	a := &automaton{vocabulary: b.vocabulary, states: make([]state, len(b.states))}
	a.vocabulary.finish()
	for i := range b.states {
		a.states[i] = b.closure(int32(i))
	}
	a.starts = make([][]int32, len(a.vocabulary.names))
	for _, entry := range b.entry {
		for _, e := range a.states[entry].edges {
			if e.on >= 0 && !slices.Contains(a.starts[e.on], e.to) {
				a.starts[e.on] = append(a.starts[e.on], e.to)
			}
		}
	}
	return a
}

func (b *builder) closure(from int32) state {
	var out state
	seen := map[int32]bool{}
	var visit func(int32)
	visit = func(s int32) {
		if seen[s] {
			return
		}
		seen[s] = true
		for _, e := range b.states[s].edges {
			if !slices.Contains(out.edges, e) {
				out.edges = append(out.edges, e)
			}
		}
		out.accept = append(out.accept, b.states[s].accept...)
		for _, to := range b.empty[s] {
			visit(to)
		}
	}
	visit(from)
	return out
}
