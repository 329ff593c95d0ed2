package text

import (
	"encoding/binary"
	"slices"
	"sync"
)

// A second opinion on a message: the lines it is most like, of all that the standard topics learned from. Weights tell what
// a feature speaks for by itself; lines that share several rare ones with the message tell what those mean together.

// How alike a message and a line are is the cosine of the angle between their features, each counted by its kind and by how
// rare it is. A line speaks for its class by e^(nearSteep·likeness).
const (
	nearSteep = 18
	nearPart  = 450                  // what the opinion weighs beside what was learned, of 1 << valueShift
	nearLeast = one / 20             // of likeness: lines with less say nothing
	nearWidth = 12 * one / nearSteep // nor do lines so much less like the message than the one most like it: e^-12 is nothing here
)

// nearKinds are the kinds of features that are compared.
var nearKinds = [featureKinds]bool{wordFeature: true, functionFeature: true, beginningFeature: true, pairFeature: true, conceptFeature: true}

// neighbours are lines by their features.
type neighbours struct {
	class  []uint8  // by line
	share  []int    // by class: what each of its lines weighs, of 1 << valueShift
	from   []int32  // by feature: where its lines begin; last, their end
	lines  []uint16 // of features
	length []int32  // by line: the root of the sum of the squares of its features' values
	values []int32  // by feature
}

// mostNeighbours is how many lines there may be.
const mostNeighbours = 1 << 16

// nearOnce keeps neighbours from being unpacked before there is a message to compare.
type nearOnce struct {
	once sync.Once
	*neighbours
	data []byte
}

func (b *topicBase) neighbours() *neighbours {
	b.near.once.Do(func() {
		r := &modelReader{data: b.near.data, ok: true}
		b.near.neighbours = b.readNeighbours(r)
		if !r.ok || len(r.data) > 0 {
			panic("text: the embedded lines of the standard topics are damaged")
		}
	})
	return b.near.neighbours
}

// nearCommon is the share of all lines, one in so many, above which a feature is not compared: it tells little of what lines have
// in common, and to go through them takes the most time.
const nearCommon = 16

// compared says whether a feature is compared.
func (b *topicBase) compared(n int) bool {
	return b.rarity[n] >= 0 && nearKinds[b.named[n].kind] && b.count[n]*nearCommon < len(b.lines)+b.unkept
}

// appendNeighbours writes how many lines each class has, and of each feature that is compared, in the order of ids, the
// steps between its lines.
func (b *topicBase) appendNeighbours(out []byte) []byte {
	if len(b.lines) >= mostNeighbours {
		panic("too many lines")
	}
	count := make([]int, b.classes)
	of := make([][]int, len(b.named))
	for i, l := range b.lines {
		count[l.class]++
		for _, n := range l.index {
			of[n] = append(of[n], i)
		}
	}
	for _, c := range count {
		out = binary.AppendUvarint(out, uint64(c))
	}
	for _, k := range b.model.known {
		n := b.ids.get(k.id)
		if !b.compared(n) {
			continue
		}
		before := 0
		for _, i := range of[n] {
			out = binary.AppendUvarint(out, uint64(i-before))
			before = i
		}
	}
	return out
}

// readNeighbours reads what appendNeighbours wrote; r.ok is false if it would not write that.
func (b *topicBase) readNeighbours(r *modelReader) *neighbours {
	t := &neighbours{from: make([]int32, len(b.named)+1), values: make([]int32, len(b.named))}
	count := make([]int, b.classes)
	all, total := 0, 0
	for c := range count {
		count[c] = int(min(r.uint(), mostNeighbours))
		all += count[c]
	}
	of := make([]int32, len(b.named)) // how many lines a feature has
	for _, k := range b.model.known {
		if n := b.ids.get(k.id); b.compared(n) {
			of[n] = int32(b.count[n])
			t.values[n] = int32(featureValues[b.named[n].kind] * b.rarity[n] >> valueShift)
			total += b.count[n]
		}
	}
	if r.ok = r.ok && all <= mostNeighbours && total <= len(r.data); !r.ok {
		return t
	}
	for n, c := range of {
		t.from[n+1] = t.from[n] + c
	}
	for c, n := range count {
		t.class = append(t.class, slices.Repeat([]uint8{uint8(c)}, n)...)
	}
	t.lines = make([]uint16, total)
	square := make([]int, all)
	for _, k := range b.model.known {
		n := b.ids.get(k.id)
		v, i := int(t.values[n]), 0
		for at := range t.lines[t.from[n]:t.from[n+1]] {
			if i += int(r.uint()); i >= all {
				r.ok = false
				return t
			}
			t.lines[int(t.from[n])+at] = uint16(i)
			square[i] += v * v
		}
	}
	t.length = make([]int32, all)
	for i, s := range square {
		t.length[i] = int32(max(1, squareRoot(s)))
	}
	t.share = sharesOf(count, b.topics)
	return t
}

// alikeRoom is room to compare a message with lines, which would be garbage after every message.
type alikeRoom struct {
	alike []int32  // by line: the sum of the squares of what both have, then how alike they are; all 0 between messages
	met   []uint16 // the lines that have anything in common with the message
}

var alikeRooms = sync.Pool{New: func() any { return new(alikeRoom) }}

// opinion is what the lines most like a message with these features speak for, by class, in 1024ths of a logit; nil if none
// is like it.
func (t *neighbours) opinion(features []int) []int {
	room := alikeRooms.Get().(*alikeRoom)
	defer alikeRooms.Put(room)
	if len(room.alike) < len(t.length) {
		room.alike = make([]int32, len(t.length))
	}
	alike := room.alike
	near, most := t.liken(room, features)
	if len(near) == 0 {
		return nil
	}
	sum := make([]int, len(t.share))
	least := max(nearLeast, most-nearWidth)
	for _, i := range near {
		if a := int(alike[i]); a > least {
			c := t.class[i]
			sum[c] += expNegative(nearSteep*(most-a)) * t.share[c]
		}
		alike[i] = 0
	}
	for c, s := range sum {
		sum[c] = log2Milli(max(1, s)) * nearPart / log2OfE
	}
	return sum
}

// liken works out how alike the message and the lines are. It returns the lines that are more alike than nearLeast, and how
// much the most alike one is.
func (t *neighbours) liken(room *alikeRoom, features []int) (near []uint16, most int) {
	alike, met, square := room.alike, room.met[:0], 0
	for _, n := range features {
		v := t.values[n] * t.values[n]
		if v == 0 {
			continue
		}
		square += int(v)
		for _, i := range t.lines[t.from[n]:t.from[n+1]] {
			if alike[i] == 0 {
				met = append(met, i)
			}
			alike[i] += v
		}
	}
	room.met = met
	near = met[:0]
	length := max(1, squareRoot(square))
	for _, i := range met {
		a := int(alike[i]) << oneShift
		alike[i] = 0
		if both := length * int(t.length[i]); a >= (nearLeast+1)*both {
			near = append(near, i)
			a /= both
			alike[i] = int32(a)
			most = max(most, a)
		}
	}
	return near, most
}

// log2OfE is the binary logarithm of e in thousandths, which makes logarithms of base 2 natural ones.
const log2OfE = 1443

// besides are the opinions for the classes of a model that knows all standard topics and perhaps others: of those the lines
// say nothing, so they lose nothing against what is most spoken for.
func (b *topicBase) besides(m *TopicModel, msg *Message) []int {
	if len(m.bias) != len(m.topics)+b.classes-b.topics {
		return nil
	}
	near := msg.likened()
	if near == nil {
		return nil
	}
	out := make([]int, len(m.bias))
	most := slices.Max(near)
	for i, name := range m.topics {
		out[i] = most
		if c, ok := slices.BinarySearch(b.model.topics, name); ok {
			out[i] = near[c]
		}
	}
	copy(out[len(m.topics):], near[b.topics:])
	return out
}
