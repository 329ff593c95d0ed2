package speech

import (
	_ "embed"
	"encoding/binary"
	"sync"
)

// What the models look for.
const (
	asking  = iota // that more is asked for than a contact or an interest
	giving         // that advice is given, but for prices
	pricing        // that it is told what care costs
	models         // their number
)

// scores is what each model says of a sentence, positive where it finds what it was trained to find.
type scores [models]int

// model is the linear models over features: a sum of integer weights each. The table is open and in order: a key stands at the
// first free place from where its size among all keys points, so that it is filled from front to back.
type model struct {
	bias    scores
	first   uint64   // how many places keys point to; those after them take what does not fit
	keys    []uint32 // 0 where the place is free
	weights [][models]int16
}

//go:embed model.bin
var modelFile []byte

// trained are the models of model.bin, which train_test.go writes, in variable-length integers: the biases, the number of
// features, and by feature in ascending order the distance to the one before it times 8 plus which models have a weight for it,
// and these in units of grain.
var trained = sync.OnceValue(func() *model { return decodeModel(modelFile) })

// Prepare reads what the first text of a process would else wait for. It may run beside everything else.
func Prepare() {
	lexicons()
	trained()
}

// grain is what weights are multiples of.
const grain = 32

func decodeModel(data []byte) *model {
	unsigned := func() uint32 {
		n, size := uint64(0), 1
		if len(data) > 0 && data[0] < 0x80 { // as many are
			n = uint64(data[0])
		} else if n, size = binary.Uvarint(data); size <= 0 {
			panic("speech: model.bin is cut off")
		}
		data = data[size:]
		return uint32(n)
	}
	number := func() int {
		n := unsigned()
		return int(int32(n>>1) ^ -int32(n&1))
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
		key += step >> models
		at := m.place(key)
		m.keys[at] = key
		for k := range models {
			if step>>k&1 != 0 {
				m.weights[at][k] = int16(number() * grain)
			}
		}
	}
	return m
}

// makeRoom makes places for n keys, wherever they point: there are as many after the last one, and one that stays free.
func (m *model) makeRoom(n int) {
	m.first = uint64(n + n/2)
	places := int(m.first) + n + 1
	m.keys, m.weights = make([]uint32, places), make([][models]int16, places)
}

// place is where a key stands, or would stand.
func (m *model) place(key uint32) uint64 {
	at := uint64(key) * m.first >> keyBits
	for m.keys[at] != key && m.keys[at] != 0 {
		at++
	}
	return at
}

func (m *model) score(f *features) scores {
	sum := m.bias
	for _, key := range f.keys {
		w := &m.weights[m.place(key)]
		for k := range models {
			sum[k] += int(w[k])
		}
	}
	return sum
}
