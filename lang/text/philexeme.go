package text

import (
	"encoding/binary"
	"math/bits"
	"sync/atomic"
)

// lexeme is what is known of a word. There are tens of thousands, of which a message asks for a few here and there: each fills a
// line of the cache of usual processors, and the phrases that few words begin stand elsewhere.
type lexeme struct {
	form   // stems are worked out when the word is first read
	state  atomic.Uint32
	traits trait
	number wordNumber
	*phrases
}

// phrases are what begins with a word.
type phrases struct {
	cues   []cuePhrase  // longest first
	terms  []healthTerm // longest first
	health []healthTerm // terms, or where there are none those that begin with the singular of the word
}

// noPhrases is what most words begin.
var noPhrases = &phrases{}

// own is x.phrases to add to.
func (x *lexeme) own() *phrases {
	if x.phrases == noPhrases {
		x.phrases = &phrases{}
	}
	return x.phrases
}

// States of a lexeme.
const (
	unread    uint32 = iota
	beingRead        // somebody works its stems out
	isWord           // it is read as itself, in one way
	isShort          // it is written out, or can be read in several ways
)

// isItself says whether the word is read as itself and in one way; then its form is known.
func (x *lexeme) isItself() bool {
	if s := x.state.Load(); s != unread || !x.state.CompareAndSwap(unread, beingRead) {
		return s == isWord
	}
	state := isShort
	if read := appendStrange(nil, x.text, token{}); len(read) == 1 && read[0].text == x.text && read[0].also == nil {
		x.en, x.es = read[0].en, read[0].es
		state = isWord
	}
	x.state.Store(state)
	return state == isWord
}

// lookUp is what is known of the word w, or nil. It knows nothing until phiWords was asked for: the words that the lexicon
// is made of are read too.
func lookUp(w string) *lexeme {
	if l := readyWords.Load(); l != nil {
		return l.words.get(w)
	}
	return nil
}

// readyWords is what phiWords returns, from when it first did.
var readyWords atomic.Pointer[phiLexicon]

// lexemeTable finds lexemes by their words, by open addressing.
type lexemeTable struct {
	slots []lexemeSlot // a power of two of them
	shift uint
	rooms [][]lexeme // in the order in which they came; they never move
	n     int
}

// lexemeSlot holds the key of a word and one more than the place of its lexeme; a free one holds 0.
type lexemeSlot struct {
	key   uint64
	place uint32
}

// keyLetters is how many letters a key has room for.
const keyLetters = 8

// keyOf is a word of up to eight letters itself, and a hash of a longer one.
func keyOf(w string) uint64 {
	if len(w) > keyLetters {
		key := uint64(len(w))
		for ; len(w) > keyLetters; w = w[keyLetters:] {
			key = (key ^ lettersOf(w[:keyLetters])) * keyFactor
			key ^= key >> 32
		}
		return (key ^ lettersOf(w)) * keyFactor
	}
	return lettersOf(w)
}

const keyFactor = 0x9e3779b97f4a7c15

// lettersOf holds up to eight letters, of which none is 0.
func lettersOf(w string) uint64 {
	switch n := len(w); {
	case n == keyLetters:
		return binary.LittleEndian.Uint64([]byte(w))
	case n >= keyLetters/2:
		first, last := binary.LittleEndian.Uint32([]byte(w)), binary.LittleEndian.Uint32([]byte(w[n-4:]))
		return uint64(first) | uint64(last)>>(8*(keyLetters-n))<<32
	}
	key := uint64(0)
	for i := range len(w) {
		key |= uint64(w[i]) << (8 * i)
	}
	return key
}

// home is where the search for a key begins.
func (t *lexemeTable) home(key uint64) int { return int(key * keyFactor >> t.shift) }

// roomBits is how many lexemes have a room together, as a power of two.
const roomBits = 12

// newLexemeTable has slots for n words without growing.
func newLexemeTable(n int) *lexemeTable {
	t := &lexemeTable{}
	t.resize(2 * n)
	return t
}

// resize makes at least so many slots.
func (t *lexemeTable) resize(least int) {
	size := bits.Len(uint(least - 1))
	t.slots, t.shift = make([]lexemeSlot, 1<<size), uint(64-size)
	for place := range t.n {
		t.enter(keyOf(t.at(place).text), place)
	}
}

func (t *lexemeTable) at(place int) *lexeme { return &t.rooms[place>>roomBits][place&(1<<roomBits-1)] }

func (t *lexemeTable) enter(key uint64, place int) {
	mask := len(t.slots) - 1
	i := t.home(key)
	for t.slots[i].place != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = lexemeSlot{key, uint32(place + 1)}
}

// get returns the lexeme of the word, or nil.
func (t *lexemeTable) get(w string) *lexeme {
	key := keyOf(w)
	mask := len(t.slots) - 1
	for i := t.home(key); ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.place == 0 {
			return nil
		}
		if s.key != key {
			continue
		}
		if x := t.at(int(s.place - 1)); len(x.text) == len(w) && (len(w) <= keyLetters || x.text == w) {
			return x
		}
	}
}

// of returns the lexeme of the word, a new one if there is none.
func (t *lexemeTable) of(w string) *lexeme {
	if x := t.get(w); x != nil {
		return x
	}
	if t.n == len(t.rooms)<<roomBits {
		t.rooms = append(t.rooms, make([]lexeme, 1<<roomBits))
	}
	place := t.n
	t.n++
	x := t.at(place)
	x.text, x.phrases = w, noPhrases
	if 2*t.n > len(t.slots) {
		t.resize(2 * len(t.slots))
	} else {
		t.enter(keyOf(w), place)
	}
	return x
}

// all calls f for every lexeme in the order in which they came.
func (t *lexemeTable) all(f func(*lexeme)) {
	for place := range t.n {
		f(t.at(place))
	}
}
