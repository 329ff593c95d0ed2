package text

import (
	_ "embed"
	"sync"
)

// Frames know the ways to introduce somebody that they list. Names that stand otherwise ("the kid's Maverick", "Amber checking
// in", "dele a Jacinto el sobre") are heard by a judge of single words: what the word may be, how it is written, and what stands
// around it. It learnt from the sets in testdata/phi that may be read (phinamejudge_train_test.go), and adds to what the frames find.

//go:generate env TACET_UPDATE=1 go test -run TestNameJudgeIsCurrent .

// nameData is written by TestNameJudgeIsCurrent.
//
//go:embed lexicon/name.bin
var nameData []byte

// nameBar is the score from which a word is taken for somebody's name; TestReportNameJudge tells what it costs.
const nameBar = scoreScale / 4

var builtinNameJudge = sync.OnceValue(func() *weightTable {
	r := &modelReader{data: nameData, ok: true}
	w := readWeights(r)
	if !r.ok || len(r.data) > 0 {
		panic("text: the embedded judge of names is damaged")
	}
	return &w
})

// judgeNames reports the names that the judge hears and the frames did not.
func (d *detector) judgeNames() {
	table := builtinNameJudge()
	r := nameReader{detector: d, out: d.seen[:0]}
	for i := 0; i < len(d.tokens); i++ {
		if !d.mayBeName(i) || d.taken(int(d.tokens[i].from), int(d.tokens[i].to)) {
			continue
		}
		seen := r.read(i)
		if normalScore(table.sum(seen), len(seen)) < nameBar {
			continue
		}
		from, to := d.nameAfter(i, true)
		if to == from {
			from, to = i, i+1
		}
		if d.reportName(from, to) {
			d.findings[len(d.findings)-1].Why = whyJudged
			i = to - 1
		}
	}
	d.seen = r.out
}

// mayBeName says whether the judge is asked of token i: a capital on what is no everyday word, or a known name.
func (d *detector) mayBeName(i int) bool {
	t := &d.tokens[i]
	if t.to-t.from < 2 || !isLetter(t.text[0]) && t.text[0] != other || hasDigits(t.text) {
		return false
	}
	known := d.has(i, givenName|surname)
	if t.capital && !d.shouting() {
		return known || !d.common(i)
	}
	return d.has(i, givenName) && !d.has(i, nameStop)
}

// nameReader lists what is seen of a word that may be a name.
type nameReader struct {
	*detector
	out []evidence
}

// What is seen of a word and around it: the first number of a piece of evidence.
const (
	nameAlways hashing = iota + 1
	nameWord
	nameKind
	nameEnd
	nameBeginning
	namePlace
	nameBefore
	nameAfter
	nameTwoBefore
	nameTwoAfter
	nameKindBefore
	nameKindAfter
	nameKinds
	nameWordKind
	nameKindWord
	nameSecondBefore
	nameSecondAfter
	nameNear
	nameLength
)

// nearName is how many words around a name are seen in no order.
const nearName = 5

func (r *nameReader) add(h hashing) { r.out = append(r.out, max(h.mixed(), 1)) }

func (r *nameReader) read(i int) []evidence {
	r.out = r.out[:0]
	w := r.tokens[i].text
	own, before, after := r.kind(i), r.kind(i-1), r.kind(i+1)
	r.add(nameAlways)
	r.add(nameKind.and(own))
	r.add(nameWord.and(hashOf('n').str(r.canon[i])))
	r.add(nameEnd.and(hashOf('n').str(w[max(0, len(w)-3):])))
	r.add(nameEnd.and(hashOf('n').str(w[max(0, len(w)-2):])))
	r.add(nameBeginning.and(hashOf('n').str(w[:min(3, len(w))])))
	r.add(namePlace.and(own).and(r.pauses(i)))
	r.add(nameBefore.and(r.word(i - 1)))
	r.add(nameAfter.and(r.word(i + 1)))
	r.add(nameTwoBefore.and(r.word(i - 2)).and(r.word(i - 1)))
	r.add(nameTwoAfter.and(r.word(i + 1)).and(r.word(i + 2)))
	r.add(nameSecondBefore.and(r.word(i - 2)))
	r.add(nameSecondAfter.and(r.word(i + 2)))
	r.add(nameKindBefore.and(before).and(own))
	r.add(nameKindAfter.and(own).and(after))
	r.add(nameKinds.and(before).and(own).and(after))
	r.add(nameKinds.and(r.kind(i - 2)).and(before).and(own))
	r.add(nameKinds.and(own).and(after).and(r.kind(i + 2)))
	r.add(nameWordKind.and(r.word(i - 1)).and(own))
	r.add(nameKindWord.and(own).and(r.word(i + 1)))
	r.add(nameLength.and(hashing(log2(len(r.tokens)))).and(r.pauses(i)))
	for k := max(0, i-nearName); k < min(len(r.tokens), i+nearName+1); k++ {
		if k != i {
			r.add(nameNear.and(r.word(k)))
		}
	}
	return r.out
}

// word is the word at token i, what it is a misspelling of, or an edge.
func (r *nameReader) word(i int) hashing {
	if i < 0 || i >= len(r.tokens) {
		return kindEdge
	}
	if hasDigits(r.tokens[i].text) {
		return hashOf('d')
	}
	return hashOf('n').str(r.canon[i])
}

// kind is what token i may be, and how it is written.
func (r *nameReader) kind(i int) hashing {
	if i < 0 || i >= len(r.tokens) {
		return kindEdge
	}
	t := &r.tokens[i]
	bits := hashing(r.words[i].traits & (givenName | surname | nameStop | particle | titleWord | kinship | thirdOne | ownWord | copula | brand))
	for _, is := range [...]bool{
		t.capital && !r.shouting(), r.common(i), r.is(i, staffWords), r.is(i, doctors), len(r.words[i].terms) > 0, hasDigits(t.text), r.monthAt(i) != 0, r.startsSentence(i),
	} {
		bits <<= 1
		if is {
			bits |= 1
		}
	}
	return hashOf('k').and(bits)
}

// pauses are the signs around token i.
func (r *nameReader) pauses(i int) hashing {
	before := stop + 1
	if i > 0 {
		before = r.tokens[i-1].after
	}
	after := r.tokens[i].after
	if i+1 == len(r.tokens) {
		after = stop + 2
	}
	return hashing(before)<<8 | hashing(after)
}
