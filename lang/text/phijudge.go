package text

import (
	_ "embed"
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
const healthBar = -3 * scoreScale / 4

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
	var r *partReader
	for _, w := range d.parts() {
		if d.toldWithin(w) {
			continue
		}
		if r == nil {
			r = newPartReader(d)
		}
		seen := r.read(w)
		if normalScore(table.sum(seen), len(seen)) >= healthBar {
			d.reportPart(w)
		}
	}
}

// leastPart is how many words a part must have to be judged by itself; a shorter one is read with what follows.
const leastPart = 3

// parts cuts the message at the ends of sentences, and at commas where that leaves parts of some length.
func (d *detector) parts() []window {
	out := d.windows[:0]
	from := 0
	for i := range d.tokens {
		last := i+1 == len(d.tokens)
		if last || d.tokens[i].after >= stop || d.tokens[i].after == comma && i+1-from >= leastPart {
			out = append(out, window{from, i + 1})
			from = i + 1
		}
	}
	d.windows = out
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
		if i > w.from && (turns.holds(d.number[i]) || partJoints.holds(d.number[i])) {
			break // "been wheezing all week but …": what comes before says no who
		}
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
