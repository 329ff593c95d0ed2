package text

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// partReader lists what is seen in a part of a sentence. Each word is hashed once; what is seen of two together is mixed
// from their hashes.
type partReader struct {
	*detector
	stems []hashing  // of each token
	out   []evidence // what was seen, each once
	table []evidence // the same by open addressing, 0 where nothing stands
}

func newPartReader(d *detector) *partReader {
	r := &d.judged
	r.detector, r.stems = d, emptied(r.stems, len(d.tokens))
	english := d.readsEnglish()
	for i := range r.stems {
		r.stems[i] = hashOf('w').str(d.partWord(i, english))
	}
	return r
}

// partWord is what stands for token i: the stem that it has in the language of the message, the word that it is a
// misspelling of, or what numberWord makes of a number.
func (d *detector) partWord(i int, english bool) string {
	f := &d.tokens[i].form
	if also := d.tokens[i].also; len(also) > 0 {
		f = &also[0]
	}
	switch {
	case d.respelt[i]:
		return d.canon[i]
	case isDigit(f.text[0]):
		return numberWord(f.text)
	case english:
		return f.en
	}
	return f.es
}

// readsEnglish says whether the message has more little words of English than of Spanish.
func (d *detector) readsEnglish() bool {
	n := 0
	for _, w := range d.number {
		switch {
		case englishWords.holds(w):
			n++
		case spanishWords.holds(w):
			n--
		}
	}
	return n > 0
}

// and mixes another hash in.
func (h hashing) and(x hashing) hashing {
	return hashing(bits.RotateLeft32(uint32(h^x)*0x9e3779b1, 13))
}

func (r *partReader) add(h hashing) {
	e := max(h.mixed(), 1)
	mask := evidence(len(r.table) - 1)
	i := e & mask
	for ; r.table[i] != 0; i = (i + 1) & mask {
		if r.table[i] == e {
			return
		}
	}
	r.table[i] = e
	r.out = append(r.out, e)
}

// What a part is seen to have: the first number of a piece of evidence.
const (
	seenAlways hashing = iota + 1
	seenLength
	seenQuestion
	seenWord
	seenWords
	seenWordKind
	seenKind
	seenKinds
	seenThreeKinds
	seenKindWord
	seenPiece
	seenFirstPiece
)

// evidencePerWord is how much a word shows at most, besides its pieces.
const evidencePerWord = 7

func (r *partReader) read(w window) []evidence {
	r.reset(w)
	r.add(seenAlways)
	r.add(seenLength.and(hashing(log2(w.to - w.from))))
	if r.tokens[w.to-1].after == question {
		r.add(seenQuestion)
	}
	before, first, second := hashing(0), kindEdge, hashing(0)
	for i := w.from; i < w.to; {
		kind, n := r.kindOf(i, w.to)
		for k := i; k < i+n; k++ {
			stem := r.stems[k]
			r.add(seenWord.and(stem))
			r.add(seenWords.and(before).and(stem))
			r.add(seenWordKind.and(before).and(kind))
			before = stem
			if len(r.canon[k]) >= minPieces {
				r.pieces(r.canon[k])
			}
		}
		r.add(seenKind.and(kind))
		r.add(seenKinds.and(first).and(kind))
		r.add(seenThreeKinds.and(second).and(first).and(kind))
		r.add(seenKindWord.and(first).and(before))
		second, first = first, kind
		i += n
	}
	r.add(seenKinds.and(first).and(kindEdge))
	r.add(seenWords.and(before).and(kindEdge))
	return r.out
}

// reset makes room for what the part can show, twice over, so that the table is never full.
func (r *partReader) reset(w window) {
	n := evidencePerWord
	for i := w.from; i < w.to; i++ {
		n += evidencePerWord + max(0, len(r.canon[i])-pieceLength+1)
	}
	size := 1 << bits.Len(uint(2*n))
	if size > cap(r.table) {
		r.table = make([]evidence, size)
		r.out = make([]evidence, 0, n)
	}
	r.table = r.table[:size]
	clear(r.table)
	r.out = r.out[:0]
}

func (r *partReader) pieces(w string) {
	of := seenFirstPiece
	for i := 0; i+pieceLength <= len(w); i++ {
		r.add(of.and(hashing(binary.LittleEndian.Uint32([]byte(w[i : i+pieceLength])))))
		of = seenPiece
	}
}

// Kinds of words, in terms that both languages share; verbs and terms follow them.
const (
	kindEdge hashing = iota + 1
	kindBody
	kindKin
	kindMine
	kindTheirs
	kindSelf
	kindThird
	kindAnyone
	kindNumber
	kindNot
	kindIf
	kindThing
	kindLittle
	kindWord
	kindStrange
	kindVerb hashing = 1 << 5  // and a bit for each set of verbs it is in
	kindMe   hashing = 1 << 10 // a verb of the speaker
	kindHer  hashing = 2 << 10 // a verb of somebody else
	kindTerm hashing = 1 << 12 // and the number of its class
)

var (
	selfWord   = wordSet("me")
	thirdWords = wordSet("he she ella le les")
)

// kindOf tells what the words from token i on are and how many they are.
func (r *partReader) kindOf(i, end int) (hashing, int) {
	if class, n := r.termAt(i); n > 0 && i+n <= end {
		return kindTerm + hashing(slices.Index(termClasses, class)), n
	}
	number := r.number[i]
	switch {
	case r.has(i, tender):
		return kindBody, 1
	case r.has(i, kinship):
		return kindKin, 1
	case possessive.holds(number):
		if r.has(i, ownWord) {
			return kindMine, 1
		}
		return kindTheirs, 1
	case r.has(i, ownWord), selfWord.holds(number):
		return kindSelf, 1
	case thirdWords.holds(number):
		return kindThird, 1
	case r.has(i, anyoneWord):
		return kindAnyone, 1
	case isDigit(r.canon[i][0]):
		return kindNumber, 1
	case negators.holds(number):
		return kindNot, 1
	case hypothetical.holds(number):
		return kindIf, 1
	}
	if verb := verbKind(number); verb != 0 {
		return verb, 1
	}
	switch {
	case blockers.holds(number):
		return kindThing, 1
	case littleWords.holds(number), r.has(i, particle|bridge):
		return kindLittle, 1
	case r.has(i, everyday) || r.everydayAt(i):
		return kindWord, 1
	}
	return kindStrange, 1
}

// verbKind is the kind of a verb, or 0: the sets it is in, and whether its form says who does it.
func verbKind(number wordNumber) hashing {
	kind := hashing(0)
	for bit, verbs := range [...]wordBits{takeVerbs, doneVerbs, haveVerbs, beVerbs, wishWords} {
		if verbs.holds(number) {
			kind |= kindVerb << bit
		}
	}
	switch {
	case kind == 0:
		return 0
	case spanishOwn.holds(number):
		return kind | kindMe
	case spanishOther.holds(number):
		return kind | kindHer
	}
	return kind
}
