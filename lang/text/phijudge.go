package text

import (
	_ "embed"
	"strings"
	"sync"
)

// Frames and terms know what they list. How people tell of their health besides ("my arm is in a cast", "perdí al bebé") is
// heard by a judge that reads each part of a sentence: its words, what they may be (a part of the body, a relative, a verb
// of having, a term) and in which order. It learnt from the parts of the sets in testdata/phi that may be read
// (phijudge_train_test.go), and adds to what the rules find.

//go:generate env TACET_UPDATE=1 go test -run TestHealthJudgeIsCurrent .

// healthData is written by TestHealthJudgeIsCurrent.
//
//go:embed lexicon/health.bin
var healthData []byte

// healthBar is the score from which a part of a sentence tells of somebody's health; TestReportHealthJudge tells what it costs.
const healthBar = -scoreScale / 2

var builtinHealthJudge = sync.OnceValue(func() *weightTable {
	r := &modelReader{data: healthData, ok: true}
	w := readWeights(r)
	if !r.ok || len(r.data) > 0 {
		panic("text: the embedded judge of health is damaged")
	}
	return &w
})

// judgeHealth reports the parts of sentences that the judge hears and the rules did not.
func (d *detector) judgeHealth() {
	table := builtinHealthJudge()
	r := partReader{detector: d, stems: stemsOf(d.tokens)}
	for _, w := range d.parts() {
		if d.toldWithin(w) {
			continue
		}
		seen := r.read(w)
		sum := 0
		for _, e := range seen {
			sum += int(table.get(e))
		}
		if normalScore(sum, len(seen)) >= healthBar {
			d.reportPart(w)
		}
	}
}

// leastPart is how many words a part must have to be judged by itself; a shorter one is read with what follows.
const leastPart = 3

// parts cuts the message at the ends of sentences, and at commas where that leaves parts of some length.
func (d *detector) parts() []window {
	var out []window
	from := 0
	for i := range d.tokens {
		last := i+1 == len(d.tokens)
		if last || d.tokens[i].after >= stop || d.tokens[i].after == comma && i+1-from >= leastPart {
			out = append(out, window{from, i + 1})
			from = i + 1
		}
	}
	return out
}

// toldWithin says whether the rules found a statement of health in the part.
func (d *detector) toldWithin(w window) bool {
	from, to := int(d.tokens[w.from].from), int(d.tokens[w.to-1].to)
	for i := range d.findings {
		if f := &d.findings[i]; f.Type == "health" && f.from < to && from < f.to {
			return true
		}
	}
	return false
}

// reportPart reports the part from the first word that says who, up to what goes on with something else.
func (d *detector) reportPart(w window) {
	from, about := w.from, "self"
	for i := w.from; i < w.to; i++ {
		if d.has(i, ownWord|thirdOne|kinship) || spanishOwn.holds(d.number[i]) || spanishOther.holds(d.number[i]) {
			from = i
			break
		}
	}
	to := w.to
	for i := from + leastPart; i < w.to; i++ {
		if turns.holds(d.number[i]) || partJoints.holds(d.number[i]) {
			to = i
			break
		}
	}
	for i := from; i < to; i++ {
		if d.has(i, kinship) || d.has(i, thirdOne) && d.canon[i] != "el" {
			about = "other"
		}
	}
	d.reportHealth(conditionClass, about, from, to)
	f := &d.findings[len(d.findings)-1]
	f.Why, f.Judged = whyJudged, true
}

// whyJudged is what a finding of the judge rests on.
const whyJudged = "the words of the sentence taken together"

// partJoints begin what no longer tells of health but says what follows from it.
var partJoints = wordSet("so because can could will would please asi entonces porque ojala")

// partReader lists what is seen in a part of a sentence.
type partReader struct {
	*detector
	stems []string
	out   []evidence
}

func (r *partReader) add(h hashing) { r.out = append(r.out, h.mixed()) }

func (r *partReader) read(w window) []evidence {
	r.out = r.out[:0]
	r.add(hashOf('1'))
	r.add(hashOf('l').num(int32(log2(w.to - w.from))))
	if r.tokens[w.to-1].after == question {
		r.add(hashOf('?'))
	}
	before, first, second := "", "^", ""
	for i := w.from; i < w.to; {
		kind, n := r.kindOf(i, w.to)
		for k := i; k < i+n; k++ {
			stem := r.stems[k]
			if r.respelt[k] {
				stem = r.canon[k]
			}
			r.add(hashOf('w').str(stem))
			r.add(hashOf('b').str(before).str(stem))
			r.add(hashOf('x').str(before).str(kind))
			before = stem
			if len(r.canon[k]) >= minPieces {
				r.pieces(r.canon[k])
			}
		}
		r.add(hashOf('k').str(kind))
		r.add(hashOf('o').str(first).str(kind))
		r.add(hashOf('t').str(second).str(first).str(kind))
		r.add(hashOf('y').str(first).str(before))
		second, first = first, kind
		i += n
	}
	r.add(hashOf('o').str(first).str("$"))
	r.add(hashOf('b').str(before).str("$"))
	r.out = once(r.out)
	return r.out
}

func (r *partReader) pieces(w string) {
	for i := 0; i+pieceLength <= len(w); i++ {
		h := hashOf('g')
		if i == 0 {
			h = h.byte('^')
		}
		r.add(h.str(w[i : i+pieceLength]))
	}
}

// kindOf tells what the words from token i on are, in terms that both languages share, and how many they are.
func (r *partReader) kindOf(i, end int) (string, int) {
	if class, n := r.termAt(i); n > 0 && i+n <= end {
		return class, n
	}
	w, number := r.canon[i], r.number[i]
	switch {
	case r.has(i, tender):
		return "body", 1
	case r.has(i, kinship):
		return "kin", 1
	case possessive.holds(number):
		if r.has(i, ownWord) {
			return "mine", 1
		}
		return "theirs", 1
	case r.has(i, ownWord), w == "me":
		return "self", 1
	case w == "he" || w == "she" || w == "ella" || w == "le" || w == "les":
		return "third", 1
	case r.has(i, anyoneWord):
		return "anyone", 1
	case isDigit(w[0]):
		return "#", 1
	case negators.holds(number):
		return "not", 1
	case hypothetical.holds(number):
		return "if", 1
	}
	var verb strings.Builder
	for _, of := range []struct {
		name  string
		verbs wordBits
	}{{"take", takeVerbs}, {"do", doneVerbs}, {"have", haveVerbs}, {"be", beVerbs}, {"wish", wishWords}} {
		if of.verbs.holds(number) {
			verb.WriteString(of.name)
		}
	}
	switch {
	case verb.Len() > 0 && spanishOwn.holds(number):
		return verb.String() + "self", 1
	case verb.Len() > 0 && spanishOther.holds(number):
		return verb.String() + "third", 1
	case verb.Len() > 0:
		return verb.String(), 1
	case blockers.holds(number):
		return "thing", 1
	case littleWords.holds(number), r.has(i, particle|bridge):
		return "little", 1
	case r.has(i, everyday) || phiWords().everydayWord(w):
		return "word", 1
	}
	return "strange", 1
}
