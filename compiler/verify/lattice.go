package verify

import (
	"github.com/tacet-lang/tacet/lang/machine"
)

// lattice answers which class stands above which.
type lattice struct {
	names []string
	index map[string]int
	below []bits // of each class, the classes that whoever holds it may hold: itself and everything under it
}

func newLattice(classes []machine.Class) *lattice {
	l := &lattice{index: make(map[string]int, len(classes)), below: make([]bits, len(classes))}
	for i, c := range classes {
		l.names = append(l.names, c.Name)
		l.index[c.Name] = i
	}
	for i := range classes {
		l.below[i] = newBits(len(classes))
		stack := []int{i}
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if l.below[i].has(at) {
				continue
			}
			l.below[i].set(at)
			for _, a := range classes[at].Above {
				stack = append(stack, l.index[a])
			}
		}
	}
	return l
}

// atMost reports whether what may hold class b may hold class a.
func (l *lattice) atMost(a, b string) bool {
	i, ok := l.index[a]
	j, known := l.index[b]
	return ok && known && l.below[j].has(i)
}

// holds reports whether somebody who may hold these classes may hold class.
func (l *lattice) holds(classes []string, class string) bool {
	for _, c := range classes {
		if l.atMost(class, c) {
			return true
		}
	}
	return false
}

// bits is a set of small numbers.
type bits []uint64

func newBits(n int) bits { return make(bits, (n+63)/64) }

func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bits) set(i int) { b[i/64] |= 1 << (i % 64) }

// add adds what o has and not does not, and reports whether b grew.
func (b bits) add(o, not bits) bool {
	grew := false
	for i := range b {
		more := o[i]
		if not != nil {
			more &^= not[i]
		}
		if more&^b[i] != 0 {
			b[i] |= more
			grew = true
		}
	}
	return grew
}

// list returns the numbers in order.
func (b bits) list() []int {
	var out []int
	for i := range b {
		for w, n := b[i], i*64; w != 0; w, n = w>>1, n+1 {
			if w&1 != 0 {
				out = append(out, n)
			}
		}
	}
	return out
}
