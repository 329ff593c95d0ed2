package speech

import (
	"slices"
	"sync"
)

// Features of a sentence for the models: its words, with what they name put in place of them, in ones, twos and threes and some
// way apart; how words begin and end; their kinds, in runs and at a distance; the cues it holds and where they stand to what is
// named; what the rules said; and what stands around it. A feature is a number made of what it consists of: no feature has a name.

// symbol stands for a word, a kind of word or a part of a feature.
type symbol = uint64

// features collects the features of a sentence.
type features struct{ keys []uint32 }

const (
	spread = 0x9E3779B97F4A7C15
	prime  = 0x100000001B3
)

func mix(h uint64, s symbol) uint64 {
	h = (h ^ s) * spread
	return h ^ h>>31
}

func (f *features) one(family byte, a symbol) { f.put(mix(uint64(family), a)) }
func (f *features) two(family byte, a, b symbol) {
	f.put(mix(mix(uint64(family), a), b))
}
func (f *features) three(family byte, a, b, c symbol) {
	f.put(mix(mix(mix(uint64(family), a), b), c))
}
func (f *features) put(h uint64) { f.keys = append(f.keys, uint32(h>>(64-keyBits))) }

// keyBits is the size of a feature's key: enough that few of a hundred thousand share theirs.
const keyBits = 26

// symbolOf is the symbol of a name: FNV-1a.
func symbolOf(name string) symbol { return symbolAfter(14695981039346656037, name) }

// symbolAfter is the symbol of a name that another one stands before.
func symbolAfter(h symbol, name string) symbol {
	for i := range len(name) {
		h = (h ^ symbol(name[i])) * prime
	}
	return h
}

// group is a class of answers as the models see it: what follows them matters less than that they are told apart.
type group uint8

const (
	noGroup group = iota
	ofHealth
	ofPreference
	ofContact
	ofInterest
	ofIdentifier
	ofGovernment
	ofPhoto
)

var groups = map[string]group{
	"preference": ofPreference, "contact": ofContact, "interest": ofInterest, "identifier": ofIdentifier, "record-id": ofIdentifier,
	"plan-id": ofIdentifier, "government-id": ofGovernment, "secret": ofGovernment, "biometric": ofGovernment, "photo": ofPhoto,
}

func groupOf(class string) group {
	if g, ok := groups[class]; ok {
		return g
	}
	return ofHealth
}

// little says whether the group says no more of somebody than a name, a number or a wish does.
func (g group) little() bool { return g == ofContact || g == ofInterest || g == ofPreference }

// Symbols of what is no word.
var (
	opening  = symbolOf("^")
	aNumber  = symbolOf("<n>")
	grouped  = [...]symbol{noGroup: symbolOf("<>"), ofHealth: symbolOf("<health>"), ofPreference: symbolOf("<pref>"), ofContact: symbolOf("<contact>"), ofInterest: symbolOf("<interest>"), ofIdentifier: symbolOf("<id>"), ofGovernment: symbolOf("<gov>"), ofPhoto: symbolOf("<photo>")}
	markings = [...]symbol{symbolOf("."), symbolOf("?"), symbolOf(":"), symbolOf("")}
)

// mark is the sign that ends the sentence.
func (s *sentence) mark() symbol {
	switch {
	case s.question:
		return markings[1]
	case s.colon:
		return markings[2]
	case s.open:
		return markings[3]
	}
	return markings[0]
}

// features are the keys of sentence i, in ascending order, none twice.
func (r *reader) features(i int) []uint32 {
	f := featureRoom.Get().(*features)
	defer featureRoom.Put(f)
	f.keys = f.keys[:0]
	r.appendFeatures(f, i)
	slices.Sort(f.keys)
	return slices.Clone(slices.Compact(f.keys))
}

var featureRoom = sync.Pool{New: func() any { return &features{} }}

// appendFeatures adds the features of sentence i.
func (r *reader) appendFeatures(f *features, i int) {
	s := &r.sentences[i]
	s.wordFeatures(f)
	s.distantFeatures(f)
	s.endingFeatures(f)
	s.kindFeatures(f)
	r.cueFeatures(f, s)
	for k, o := range s.objects() {
		v := r.judged(i)[k]
		g := lexicons().concepts[o.concept].group
		rule := symbolOf(v.rule)
		f.two('r', rule, symbol(g))
		f.one('r', rule)
		if v.asks && !g.little() {
			f.one('R', 1)
		}
	}
	if _, ok := r.echoed(i); ok {
		f.one('R', 2)
		f.one('R', 1)
	}
	if s.blank {
		f.one('R', 3)
		f.two('R', 3, s.mark())
	}
	if g := s.advice(); g.class != "" {
		f.one('G', symbolOf(g.class))
		if g.class != Price {
			f.one('G', 1)
		}
	}
	r.aroundFeatures(f, i)
}

// wordFeatures adds the words by stem, in ones, twos and threes.
func (s *sentence) wordFeatures(f *features) {
	objects := s.objects()
	a, b := symbol(0), opening
	put := func(c symbol) {
		f.one('w', c)
		f.two('b', b, c)
		if a != 0 {
			f.two('s', a, c)
			f.three('t', a, b, c)
		}
		a, b = b, c
	}
	for i := 0; i < len(s.words); {
		if len(objects) > 0 && objects[0].from == i {
			put(grouped[lexicons().concepts[objects[0].concept].group])
			i = objects[0].to
			objects = objects[1:]
			continue
		}
		if len(objects) > 0 && objects[0].from < i {
			objects = objects[1:]
			continue
		}
		put(s.stems[i])
		if i == 0 {
			f.two('e', s.stems[0], s.mark())
		}
		i++
	}
	put(s.mark())
	f.two('l', symbol(min(len(s.words)/3, 6)), s.mark())
}

// Two words stand some way apart where two or three others stand between them.
const (
	minDistant = 3
	maxDistant = 4
)

// distantFeatures adds words that stand some way apart.
func (s *sentence) distantFeatures(f *features) {
	for i := range s.stems {
		for d := minDistant; d <= maxDistant && i+d < len(s.stems); d++ {
			f.two('s', s.stems[i], s.stems[i+d])
		}
	}
}

// Letters of a word's beginning and end that are seen by themselves.
const (
	seenBeginning = 5
	seenEnding    = 3
)

// endingFeatures adds how words begin and end, for orders and forms of address that no list has.
func (s *sentence) endingFeatures(f *features) {
	for i, w := range s.words {
		end := symbolOf(w.Text[max(0, len(w.Text)-seenEnding):])
		f.one('u', end)
		if i == 0 {
			f.two('u', end, s.mark())
		} else {
			f.two('U', s.kinds[i-1], end)
		}
		f.one('v', symbolOf(w.Text[:min(seenBeginning, len(w.Text))]))
		for k := 0; k+4 <= len(w.Text); k++ {
			f.one('g', symbolOf(w.Text[k:k+4]))
		}
	}
}

// templates are the cues that stand for their words in a run of kinds, those that say most first.
var templates = []concept{cueAesthetic, cueMedicine, cueAilment, cueCondition, cueBody, cueBodily, cueTreatment, cueDose, cueComplaint, cueThird, cuePractice, cueLogistics, cueOffice}

// maxApart is how far apart two kinds of words may stand to be seen together.
const maxApart = 9

// kindFeatures adds runs of the kinds of words, so that what is learned of one sentence holds for others built like it.
func (s *sentence) kindFeatures(f *features) {
	kinds := s.kindRun()
	for i, k := range kinds {
		f.one('k', k)
		if i+1 < len(kinds) {
			f.two('K', k, kinds[i+1])
		}
		if i+2 < len(kinds) {
			f.three('3', k, kinds[i+1], kinds[i+2])
		}
		if i+3 < len(kinds) {
			f.put(mix(mix(mix(mix('4', k), kinds[i+1]), kinds[i+2]), kinds[i+3]))
			f.put(mix(mix(mix(mix('5', k), kinds[i+2]), kinds[i+3]), 1))
			f.put(mix(mix(mix(mix('5', k), kinds[i+1]), kinds[i+3]), 2))
		}
		if i+4 < len(kinds) {
			f.put(mix(mix(mix(mix(mix('6', k), kinds[i+1]), kinds[i+2]), kinds[i+3]), kinds[i+4]))
		}
		for d := 2; d <= maxApart && i+d < len(kinds); d++ {
			f.two('d', k, kinds[i+d])
		}
	}
	obj := symbol(0)
	for _, o := range s.objects() {
		if g := lexicons().concepts[o.concept].group; !g.little() {
			obj = 1 + symbol(g)
		}
	}
	if s.has(cueYou) {
		obj |= 64
	}
	for i, w := range s.words {
		a := w.Text[:min(len(w.Text), 4)]
		f.one('z', symbolOf(a))
		f.two('J', s.kinds[i], obj)
		f.two('m', s.stems[i], s.mark())
		f.two('M', s.kinds[i], s.mark())
		if i > 0 {
			b := s.words[i-1].Text
			f.two('Z', symbolOf(b[:min(len(b), 4)]), symbolOf(a))
		}
	}
	f.three('E', kinds[1], kinds[min(2, len(kinds)-1)], s.mark())
	for i := range s.words {
		if i+1 < len(s.words) {
			f.two('x', s.stems[i], s.kinds[i+1])
			f.two('y', s.kinds[i], s.stems[i+1])
		}
	}
}

// kindRun is the sentence by the kinds of its words, with what it names in place of it, the same kind never twice in a row.
func (s *sentence) kindRun() []symbol {
	var room [48]symbol
	kinds := append(room[:0], s.kinds...)
	for t := len(templates) - 1; t >= 0; t-- {
		for _, m := range s.marks {
			if m.concept == templates[t] {
				cover(kinds, m, symbol(m.concept))
			}
		}
	}
	for _, o := range s.objects() {
		cover(kinds, o, grouped[lexicons().concepts[o.concept].group])
	}
	run := make([]symbol, 1, len(kinds)+2)
	run[0] = opening
	for _, k := range kinds {
		if k != run[len(run)-1] {
			run = append(run, k)
		}
	}
	return append(run, s.mark())
}

func cover(kinds []symbol, m mark, kind symbol) {
	for i := m.from; i < m.to; i++ {
		kinds[i] = kind
	}
}

// cueFeatures adds the cues, where they stand to what is named, and in twos.
func (r *reader) cueFeatures(f *features, s *sentence) {
	l := lexicons()
	object, at := noGroup, len(s.words)
	for _, o := range s.objects() {
		if g := l.concepts[o.concept].group; object == noGroup || !g.little() && g != ofPhoto {
			object, at = g, o.from
		}
	}
	var seen conceptSet
	var room [24]concept
	names := room[:0]
	end := s.mark()
	for _, m := range s.marks {
		if seen.has(m.concept) {
			continue
		}
		seen.add(m.concept)
		if m.concept >= cues {
			f.one('o', symbol(l.concepts[m.concept].group))
			continue
		}
		c := symbol(m.concept)
		f.one('c', c)
		f.two('c', c, end)
		names = append(names, m.concept)
		if object == noGroup {
			f.one('0', c)
			continue
		}
		side := symbol(0)
		if m.from < at {
			side = 1
		}
		f.three('C', c, side, symbol(object))
	}
	if object == noGroup {
		f.one('O', end)
	}
	address := s.address()
	f.two('a', address, end)
	for i, a := range names {
		f.three('A', address, symbol(a), 0)
		for _, b := range names[i+1:] {
			f.two('p', symbol(min(a, b)), symbol(max(a, b)))
		}
	}
	if s.question && s.has(cueYou) {
		matter := symbol(1)
		for k, c := range matters {
			if s.has(c) {
				matter |= 2 << k
			}
		}
		f.one('q', matter)
		f.two('q', matter, symbol(object))
	}
}

// matters are what a question to the patient may be about.
var matters = []concept{cueLogistics, cueOffer, cueConsent, cueBodily, cueBody, cueAesthetic, cueInform}

// address says whom the sentence is about: the patient, what the patient told, everybody, or nobody in particular.
func (s *sentence) address() symbol {
	out := symbol(0)
	for k, is := range [...]bool{
		s.has(cueYou), s.has(cueThird), s.startsWith(pointers), s.startsWith(remedyOrders), s.orders(0, len(s.words)), s.has(cueGeneric), s.has(cuePractice),
	} {
		if is {
			out |= 1 << k
		}
	}
	return out
}

// maxCounted is how many sentences of a text are counted.
const maxCounted = 4

// aroundFeatures adds what stands before and after the sentence.
func (r *reader) aroundFeatures(f *features, i int) {
	s := &r.sentences[i]
	f.two('S', symbol(min(len(r.sentences), maxCounted)), s.mark())
	asked := s.question || s.orders(0, len(s.words))
	if i > 0 {
		before := &r.sentences[i-1]
		for _, o := range before.objects() {
			g := symbol(lexicons().concepts[o.concept].group)
			f.one('P', g)
			if asked {
				f.two('P', g, 1)
			}
		}
		f.two('B', before.mark(), s.mark())
		before.besideFeatures(f, 'Q', s)
	}
	if s.last {
		f.one('L', s.mark())
		return
	}
	n := &r.sentences[i+1]
	f.two('n', n.mark(), s.mark())
	n.besideFeatures(f, 'V', s)
	if s.question && !n.question {
		f.one('N', 1)
		if n.orders(0, len(n.words)) {
			f.one('N', 2)
		}
	}
	if n.has(cueInform) {
		f.two('N', 3, s.mark())
	}
}

// besideFeatures adds the cues of a sentence that stands beside another one.
func (s *sentence) besideFeatures(f *features, family byte, of *sentence) {
	for _, m := range s.marks {
		if m.concept < cues {
			f.two(family, symbol(m.concept), of.mark())
		}
	}
}
