package speech

import (
	_ "embed"
	"encoding/binary"
	"slices"
	"sync"
)

// What the models look for.
const (
	asking  = iota // that more is asked for than a contact or an interest
	giving         // that advice is given, but for prices
	pricing        // that it is told what care costs
	risky          // any of these
	models         // their number
)

// scores is what each model says of one or several sentences, in thousandths of the margin that it was trained to keep: positive
// where it finds what it looks for.
type scores [models]int

// risk is how sure the models are that something is asked or given, whatever it is.
func (s scores) risk() int { return (2*s[risky] + max(s[asking], s[giving], s[pricing])) / 3 }

// model is the linear models over the features of sentences. A feature counts for more the fewer texts have it, and all that a
// sentence has count for as much as those of any other: what it scores is a sum of weights over the length of the vector of its
// features' rarities. The table is open and in order: a key stands at the first free place from where its size among all keys
// points, so that it is filled from front to back.
type model struct {
	bias    scores
	first   uint64   // how many places keys point to; those after them take what does not fit
	keys    []uint32 // 0 where the place is free
	levels  []uint8  // how rare the feature is: a place in rarities
	weights [][models]int16
}

//go:embed model.bin
var modelFile []byte

// trained are the models of model.bin, which train_test.go writes, in variable-length integers: the biases, the number of
// features, and by feature in ascending order the distance to the one before it, its level and which models have a weight for it
// in one number, and these weights.
var trained = sync.OnceValue(func() *model { return decodeModel(modelFile) })

// Prepare reads what the first text of a process would else wait for. It may run beside everything else.
func Prepare() {
	lexicons()
	trained()
}

const (
	levels = 16 // how many degrees of rarity there are
	unit   = 1000
	fine   = 2 // weights are stored in parts of rarity times weight
)

// rarities are the weights of a feature before anything is learnt, by level: 16 · (level / 1.6)^1.3, where 1.6 levels are the
// natural logarithm of how many texts there are to one that has the feature. (The inverse document frequency of Spärck Jones, 1972,
// to a power that did best for writers left out.)
var rarities = [levels]int{0, 9, 21, 36, 53, 70, 89, 109, 130, 151, 173, 196, 220, 244, 268, 294}

func decodeModel(data []byte) *model {
	unsigned := func() uint64 {
		n, size := uint64(0), 1
		if len(data) > 0 && data[0] < 0x80 { // as many are
			n = uint64(data[0])
		} else if n, size = binary.Uvarint(data); size <= 0 {
			panic("speech: model.bin is cut off")
		}
		data = data[size:]
		return n
	}
	number := func() int {
		n := unsigned()
		return int(n>>1) ^ -int(n&1)
	}
	m := &model{}
	for k := range m.bias {
		m.bias[k] = number()
	}
	n := int(unsigned())
	m.makeRoom(n)
	key := uint32(0)
	for range n {
		step := unsigned()
		key += uint32(step / (levels << models))
		at := m.place(key)
		m.keys[at] = key
		m.levels[at] = uint8(step >> models % levels)
		for k := range models {
			if step>>k&1 != 0 {
				m.weights[at][k] = int16(number())
			}
		}
	}
	return m
}

// makeRoom makes places for n keys, wherever they point: there are as many after the last one, and one that stays free.
func (m *model) makeRoom(n int) {
	m.first = uint64(n + n/2)
	places := int(m.first) + n + 1
	m.keys, m.levels, m.weights = make([]uint32, places), make([]uint8, places), make([][models]int16, places)
}

// place is where a key stands, or would stand.
func (m *model) place(key uint32) uint64 {
	at := uint64(key) * m.first >> keyBits
	for m.keys[at] != key && m.keys[at] != 0 {
		at++
	}
	return at
}

// score is what the models say of features, each of which holds once.
func (m *model) score(keys []uint32) scores {
	var sum scores
	square := 0
	for _, key := range keys {
		at := m.place(key)
		w := &m.weights[at]
		for k := range models {
			sum[k] += int(w[k])
		}
		rare := rarities[m.levels[at]]
		square += rare * rare
	}
	length := max(1, root(square))
	for k := range sum {
		sum[k] = m.bias[k] + sum[k]*unit/(fine*length)
	}
	return sum
}

// root is the square root of n, rounded down (Newton's method).
func root(n int) int {
	if n < 2 {
		return n
	}
	r := n
	for next := (r + 1) / 2; next < r; next = (r + n/r) / 2 {
		r = next
	}
	return r
}

// together is how many sentences that follow each other are read as one: what asks often needs another one to be understood.
const together = 3

// heard is what the models say of a text.
type heard struct {
	alone []scores // of each sentence by itself
	runs  []scores // of the sentences that stand together, by the first of them; at least one, however short the text is
}

// hear reads a text by the features of its sentences, in ascending order, none twice.
func (m *model) hear(sentences [][]uint32) heard {
	var h heard
	for _, keys := range sentences {
		h.alone = append(h.alone, m.score(keys))
	}
	if len(sentences) < 2 {
		h.runs = h.alone
		return h
	}
	var run []uint32
	for i := range max(1, len(sentences)-together+1) {
		run = run[:0]
		for _, keys := range sentences[i:min(i+together, len(sentences))] {
			run = append(run, keys...)
		}
		slices.Sort(run)
		run = slices.Compact(run)
		h.runs = append(h.runs, m.score(run))
	}
	return h
}

// lonely is how much more a sentence must score by itself than together with others, where there are others. It is chosen on the
// texts of writers left out that are put among sound ones (TestWriters). At 400, which did as well on the texts by themselves, most
// of which are a sentence or two, three times as many were missed among others as alone; here it is twice as many.
const lonely = 100

// most is the greatest risk in the text, and the scores that tell of it.
func (h heard) most() (risk int, by scores) {
	risk = -1 << 30
	for _, s := range h.runs {
		if r := s.risk(); r > risk {
			risk, by = r, s
		}
	}
	if len(h.alone) < 2 {
		return risk, by
	}
	for _, s := range h.alone {
		if r := s.risk() - lonely; r > risk {
			risk, by = r, s
		}
	}
	return risk, by
}

// blamed gives the scores by which each sentence is risky, or nil where it is not. Where sentences are risky together and none is
// so alone, it is the one that scores most.
func (h heard) blamed(bar func(sentence int) int) []*scores {
	out := make([]*scores, len(h.alone))
	for i := range h.alone {
		if len(h.alone) > 1 && h.alone[i].risk() > bar(i)+lonely {
			out[i] = &h.alone[i]
		}
	}
	for i := range h.runs {
		if h.runs[i].risk() <= bar(i) {
			continue
		}
		worst, told := i, false
		for k := i; k < min(i+together, len(h.alone)); k++ {
			told = told || out[k] != nil
			if h.alone[k].risk() > h.alone[worst].risk() {
				worst = k
			}
		}
		if !told {
			out[worst] = &h.runs[i]
		}
	}
	return out
}
