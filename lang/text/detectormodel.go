package text

import (
	_ "embed"
	"encoding/binary"
	"math/bits"
	"strings"
	"sync"
)

//go:generate env TACET_UPDATE=1 go test -run TestDetectorModelIsCurrent .

// detectorData is written by TestDetectorModelIsCurrent from the work sets.
//
//go:embed lexicon/detector.bin
var detectorData []byte

// scoreScale is how many units of a score are one of the trainer's.
const scoreScale = 256

// raiseScore is the score from which a window is an alarm; TestReportTriggerWriters tells what it costs.
const raiseScore = scoreScale / 5

// detectorModel holds the weights: gate tells an alarm from anything else, kinds tells which alarm.
type detectorModel struct {
	gate    weightTable // by evidence
	classes []alarmClass
	kindAt  weightTable // by evidence: 1 + the row of kinds
	kinds   []int16     // len(classes) a row
	least   int         // the score below which it is not asked which alarm it is
}

// alarmClass is what an alarm can be: a category of std/emergency and a tier.
type alarmClass struct{ category, tier string }

// weightTable maps evidence to a weight by open addressing; what is not there weighs nothing.
type weightTable struct {
	slots []weightSlot
	shift uint
}

// weightSlot is free where it weighs nothing.
type weightSlot struct {
	key    evidence
	weight int32
}

func newWeightTable(n int) weightTable {
	size := bits.Len(uint(n + n/2 + 1))
	return weightTable{slots: make([]weightSlot, 1<<size), shift: uint(32 - size)}
}

func (t *weightTable) put(e evidence, weight int32) {
	mask := uint32(len(t.slots) - 1)
	i := e >> t.shift
	for t.slots[i].weight != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = weightSlot{e, weight}
}

func (t *weightTable) get(e evidence) int32 {
	mask := uint32(len(t.slots) - 1)
	for i := e >> t.shift; ; i = (i + 1) & mask {
		switch s := t.slots[i]; {
		case s.weight == 0:
			return 0
		case s.key == e:
			return s.weight
		}
	}
}

// sum is what all pieces of evidence weigh together. The slots where they begin are loaded first: the memory answers for
// many at once, but not while each answer decides what is asked next.
func (t *weightTable) sum(all []evidence) int {
	var first [32]weightSlot
	total := 0
	for len(all) > 0 {
		some := all[:min(len(all), len(first))]
		all = all[len(some):]
		for k, e := range some {
			first[k] = t.slots[e>>t.shift]
		}
		for k, e := range some {
			switch s := first[k]; {
			case s.key == e:
				total += int(s.weight)
			case s.weight != 0:
				total += int(t.get(e))
			}
		}
	}
	return total
}

var builtinDetector = sync.OnceValue(func() *detectorModel {
	m, ok := decodeDetector(detectorData)
	if !ok {
		panic("text: the embedded detector is damaged")
	}
	return m
})

// modelReader reads numbers and words of a model; ok turns false when they end early.
type modelReader struct {
	data []byte
	ok   bool
}

func (r *modelReader) uint() uint64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 {
		r.ok, r.data = false, nil
		return 0
	}
	r.data = r.data[size:]
	return n
}

func (r *modelReader) int() int64 {
	n, size := binary.Varint(r.data)
	if size <= 0 {
		r.ok, r.data = false, nil
		return 0
	}
	r.data = r.data[size:]
	return n
}

func (r *modelReader) word() string {
	n := int(min(r.uint(), uint64(len(r.data))))
	s := string(r.data[:n])
	r.data = r.data[n:]
	return s
}

// count reads how many of something follow; each takes at least a byte.
func (r *modelReader) count() int { return int(min(r.uint(), uint64(len(r.data)))) }

// readWeights reads a table of weights: how many, then for each the step to its evidence and the weight.
func readWeights(r *modelReader) weightTable {
	n := r.count()
	t := newWeightTable(n)
	e := evidence(0)
	for range n {
		e += evidence(r.uint())
		if w := int32(r.int()); w != 0 {
			t.put(e, w)
		}
	}
	return t
}

func decodeDetector(data []byte) (*detectorModel, bool) {
	r := &modelReader{data: data, ok: true}
	m := &detectorModel{least: raiseScore}
	for range r.count() {
		category, tier, _ := strings.Cut(r.word(), " ")
		m.classes = append(m.classes, alarmClass{category, tier})
	}
	m.gate = readWeights(r)
	n := r.count()
	m.kindAt = newWeightTable(n)
	m.kinds = make([]int16, 0, n*len(m.classes))
	e := evidence(0)
	for row := range n {
		e += evidence(r.uint())
		m.kindAt.put(e, int32(row+1))
		weights := make([]int16, len(m.classes))
		for range r.count() {
			if class := int(r.uint()); class < len(weights) {
				weights[class] = int16(r.int())
			}
		}
		m.kinds = append(m.kinds, weights...)
	}
	return m, r.ok && len(r.data) == 0
}

// alarm is what the detector makes of a message.
type alarm struct {
	score  int // of the most alarming window
	from   int // tokens
	to     int
	scores []int // by class
	tokens []token

	signs, dangers int // how many signs the message names, and how many of these are of danger
}

// judge finds the most alarming window of a message.
func (m *detectorModel) judge(tokens []token) alarm {
	d := prepareDetector(tokens)
	best := alarm{score: -1 << 30}
	var sink evidenceSink
	var at window
	for _, w := range windows(d.tokens) {
		d.features(w, &sink)
		if score := m.score(sink.all); score > best.score {
			best.score, at = score, w
		}
	}
	if best.score < m.least {
		return best
	}
	d.features(at, &sink)
	best.tokens = d.tokens
	best.from, best.to = d.told(at)
	best.signs, best.dangers = d.named()
	best.scores = make([]int, len(m.classes))
	for _, e := range sink.plain {
		if row := m.kindAt.get(e); row > 0 {
			for c, w := range m.kinds[int(row-1)*len(m.classes) : int(row)*len(m.classes)] {
				best.scores[c] += int(w)
			}
		}
	}
	return best
}

// usualEvidence is how many pieces of evidence an ordinary message has. The score of a window that has more is divided by
// the root of how many times more, so that a long one is not an alarm for its length.
const usualEvidence = 64

func (m *detectorModel) score(w []evidence) int {
	sum := 0
	for _, e := range w {
		sum += int(m.gate.get(e))
	}
	return normalScore(sum, len(w))
}

// normalScore divides the sum of n weights by the root of how many times more than usual they are.
func normalScore(sum, n int) int {
	const fine = 1 << 12
	return sum * fine / max(1, wholeRoot(n*fine*fine/usualEvidence))
}

// wholeRoot is the whole part of the square root of n (Newton).
func wholeRoot(n int) int {
	if n < 2 {
		return max(n, 0)
	}
	r := 1 << ((bits.Len(uint(n)) + 1) / 2)
	for {
		next := (r + n/r) / 2
		if next >= r {
			return r
		}
		r = next
	}
}

// named counts the signs that are not denied, and those of danger among them.
func (d *detectorText) named() (signs, dangers int) {
	seen := map[int32]bool{}
	for _, s := range d.signs {
		if s.denied || seen[s.concept] {
			continue
		}
		seen[s.concept] = true
		signs++
		if d.lex.danger[s.concept] {
			dangers++
		}
	}
	return signs, dangers
}

// told narrows a window to the words from its first sign to its last.
func (d *detectorText) told(w window) (from, to int) {
	from, to = w.to, w.from
	for _, s := range d.signs {
		if int(s.from) >= w.from && int(s.to) <= w.to && !d.lex.frames[s.concept] {
			from, to = min(from, int(s.from)), max(to, int(s.to))
		}
	}
	if from >= to {
		return w.from, w.to
	}
	return from, to
}

// english says whether the window of the alarm reads as English.
func (a *alarm) english() bool {
	return (&clause{tokens: a.tokens, end: len(a.tokens)}).english()
}
