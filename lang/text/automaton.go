package text

import (
	"slices"
	"strings"
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
	little := littleWords[tokens[i].text]
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

// vocabulary gives every stem and prefix of the phrases a number.
type vocabulary struct {
	names    []string          // by symbol
	english  map[string]symbol // stems
	spanish  map[string]symbol
	prefixes map[string]symbol
	longest  int               // letters of the longest prefix
	stops    []string          // prefixes long enough to be misspelt
	surface  map[string]bool   // words as authors wrote them, for run-together spellings
	near     map[string][]form // words with one letter left out → words of the vocabulary
	forms    []form
}

func newVocabulary() vocabulary {
	return vocabulary{english: map[string]symbol{}, spanish: map[string]symbol{}, prefixes: map[string]symbol{}, surface: map[string]bool{}}
}

func (v *vocabulary) intern(table map[string]symbol, name string) symbol {
	if s, ok := table[name]; ok {
		return s
	}
	s := symbol(len(v.names))
	v.names = append(v.names, name)
	table[name] = s
	return s
}

func (v *vocabulary) word(w form, lang string) symbol {
	if !v.surface[w.text] {
		v.surface[w.text] = true
		v.forms = append(v.forms, w)
	}
	if lang == "es" {
		return v.intern(v.spanish, w.es)
	}
	return v.intern(v.english, w.en)
}

func (v *vocabulary) prefix(w string) symbol {
	v.longest = max(v.longest, len(w))
	if _, known := v.prefixes[w]; !known && len(w) >= minSpell {
		v.stops = append(v.stops, w)
	}
	return v.intern(v.prefixes, w)
}

// finish indexes the words for the speller: each under itself and under what is left when one letter is taken out
// (the symmetric deletion of SymSpell: Garbe 2012).
func (v *vocabulary) finish() {
	v.near = map[string][]form{}
	for _, f := range v.forms {
		v.index(doubled+single(f.text), f)
		for _, w := range []string{f.text, f.en, f.es} {
			if len(w) < minSpell-1 {
				continue
			}
			v.index(w, f)
			for i := range len(w) {
				v.index(w[:i]+w[i+1:], f)
			}
		}
	}
}

func (v *vocabulary) index(key string, f form) {
	if !slices.Contains(v.near[key], f) {
		v.near[key] = append(v.near[key], f)
	}
}

// doubled marks keys of the speller that are words with double letters written once ("kil" for kill).
const doubled = "="

func single(w string) string {
	out := make([]byte, 0, len(w))
	for i := range len(w) {
		if i == 0 || w[i] != w[i-1] {
			out = append(out, w[i])
		}
	}
	return string(out)
}

// symbols appends what the word may stand for.
func (v *vocabulary) symbols(t *token, out []symbol) []symbol {
	out = v.exact(t.form, out)
	for _, f := range t.also {
		out = v.exact(f, out)
	}
	return out
}

func (v *vocabulary) exact(f form, out []symbol) []symbol {
	if s, ok := v.english[f.en]; ok {
		out = append(out, s)
	}
	if s, ok := v.spanish[f.es]; ok && (spanishEnding(f.text) || v.surface[f.text]) {
		out = append(out, s)
	}
	for n := minPrefix; n <= min(v.longest, len(f.text)); n++ {
		if s, ok := v.prefixes[f.text[:n]]; ok {
			out = append(out, s)
		}
	}
	return out
}

// spanishEnding says whether a Spanish word can end so; others ("hart") only look like one when they are cut to a stem.
func spanishEnding(w string) bool {
	return w != "" && strings.IndexByte("aeiouynsrldzj", w[len(w)-1]) >= 0
}

// knows says whether a phrase could use the word.
func (v *vocabulary) knows(t *token) bool {
	var buf [8]symbol
	return len(v.symbols(t, buf[:0])) > 0
}

// minSpell is the length from which a word can be misspelt in any way. Words one letter shorter can only lack a letter,
// still shorter ones can only lack a double letter: they are too close to other words.
const minSpell = 5

// respell returns the words of the vocabulary that are one typing error away from w: a letter too many, too few,
// wrong, or two swapped (Damerau 1964), or double letters written once. The first letter must agree.
func (v *vocabulary) respell(w string) []form {
	if len(w) < minSpell-2 || len(w) > maxTokenLength || commonWords()[w] {
		return nil
	}
	out := slices.Clone(v.near[doubled+single(w)])
	switch {
	case len(w) < minSpell-1:
		return out
	case len(w) < minSpell:
		for _, f := range v.near[w] {
			if len(f.text) == minSpell && oneError(w, f.text) {
				out = appendNew(out, f)
			}
		}
		return out
	}
	for _, written := range []string{w, stemEnglish(w), stemSpanish(w)} {
		if len(written) >= minSpell-1 {
			out = v.nearTo(written, out)
		}
	}
	return v.nearPrefix(w, out)
}

func (v *vocabulary) nearTo(written string, out []form) []form {
	try := func(key string) {
		for _, f := range v.near[key] {
			if oneError(written, f.text) || oneError(written, f.en) || oneError(written, f.es) {
				out = appendNew(out, f)
			}
		}
	}
	try(written)
	for i := range len(written) {
		try(written[:i] + written[i+1:])
	}
	return out
}

// nearPrefix adds the prefixes that w begins with but for one error.
func (v *vocabulary) nearPrefix(w string, out []form) []form {
	for _, p := range v.stops {
		if w[0] != p[0] {
			continue
		}
		for n := len(p) - 1; n <= min(len(p)+1, len(w)); n++ {
			if oneError(w[:n], p) {
				out = appendNew(out, form{text: p})
				break
			}
		}
	}
	return out
}

func appendNew(out []form, f form) []form {
	if slices.Contains(out, f) {
		return out
	}
	return append(out, f)
}

func oneError(a, b string) bool {
	if a == "" || b == "" || a[0] != b[0] || len(a) < minSpell-1 || len(b) < minSpell-1 {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	switch len(a) - len(b) {
	case 0:
		return i == len(a) || a[i+1:] == b[i+1:] ||
			i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i+1:] == b[i:]
	case -1:
		return a[i:] == b[i+1:]
	}
	return false
}

// split takes a run-together word apart into words of the vocabulary ("cantbreathe"), or returns nil.
func (v *vocabulary) split(w string) []string {
	n := len(w)
	if n < 7 || n > maxTokenLength || commonWords()[w] {
		return nil
	}
	const maxPieces, unreachable = 8, maxTokenLength + 1
	// last[i] is the length of the last piece of the fewest pieces that make w[:i].
	pieces, last := make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		pieces[i] = unreachable
		for k := 1; k <= min(i, 16); k++ {
			if pieces[i-k]+1 < pieces[i] && (i == k || pieces[i-k] > 0) && v.piece(w[i-k:i]) {
				pieces[i], last[i] = pieces[i-k]+1, k
			}
		}
	}
	if pieces[n] < 2 || pieces[n] > maxPieces {
		return nil
	}
	var out []string
	longest := 0
	for i := n; i > 0; i -= last[i] {
		out = append(out, w[i-last[i]:i])
		longest = max(longest, last[i])
	}
	if longest < minSpell-1 {
		return nil
	}
	slices.Reverse(out)
	return out
}

func (v *vocabulary) piece(w string) bool {
	return v.surface[w] || shortForms[w] != nil && strings.HasSuffix(w, "t") || glue[w]
}

// glue are little words that get run together with others.
var glue = wordSet("i a to my me is am the of in do not no yo me mi el la de en se lo un una muy ya que")
