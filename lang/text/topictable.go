package text

import "math/bits"

// idTable finds things by a hash of few bits by open addressing, many times faster to fill than a map.
type idTable struct {
	slots []uint64 // the hash above, the number below and never 0
	shift uint
	n     int
}

// Of a slot the lower bits are one more than the number that is kept.
const slotBits = 64 - idBits

func newIDTable(n int) idTable {
	size := max(4, bits.Len(uint(n))+1)
	return idTable{slots: make([]uint64, 1<<size), shift: uint(idBits - min(size, idBits))}
}

// put keeps a number, less than 2²⁴-1, under an id that has none yet; else it returns false.
func (t *idTable) put(id featureID, number int) bool {
	if 2*t.n >= len(t.slots) {
		t.grow()
	}
	mask := uint64(len(t.slots) - 1)
	i := uint64(id) >> t.shift
	for ; t.slots[i] != 0; i = (i + 1) & mask {
		if t.slots[i]>>slotBits == uint64(id) {
			return false
		}
	}
	t.slots[i] = uint64(id)<<slotBits | uint64(number+1)
	t.n++
	return true
}

// get returns the number kept under id, or -1.
func (t *idTable) get(id featureID) int {
	if t.n == 0 {
		return -1
	}
	mask := uint64(len(t.slots) - 1)
	for i := uint64(id) >> t.shift; t.slots[i] != 0; i = (i + 1) & mask {
		if t.slots[i]>>slotBits == uint64(id) {
			return int(t.slots[i]&(1<<slotBits-1)) - 1
		}
	}
	return -1
}

func (t *idTable) grow() {
	old := t.slots
	*t = newIDTable(2 * len(old))
	for _, s := range old {
		if s != 0 {
			t.put(featureID(s>>slotBits), int(s&(1<<slotBits-1))-1)
		}
	}
}
