package text

import (
	_ "embed"
	"sync"
)

// The rules of context.go know denial, the past and questions by their words. What they cannot list is how people
// speak of what is not so: figures of speech, stories, trades, names. A second judge, learnt from findings of the standard
// triggers in messages where something was wrong and where nothing was, reads the words around a finding by where they stand.
// It takes a finding back only where it and the detector, which reads the message as a whole, are sure together, and only of
// triggers of the detector's categories; the findings of all others are left to the rules.

//go:generate env TACET_UPDATE=1 go test -run TestScopeModelIsCurrent .

// scopeData is written by TestScopeModelIsCurrent from the sets that the detector is trained on and the phrases of std/emergency.
//
//go:embed lexicon/scope.bin
var scopeData []byte

// scopeBar is the score of both judges together below which a finding is not meant; TestReportTriggerWriters tells what it
// costs.
const scopeBar = -5 * scoreScale / 4

var builtinScope = sync.OnceValue(func() *weightTable {
	r := &modelReader{data: scopeData, ok: true}
	w := readWeights(r)
	if !r.ok || len(r.data) > 0 {
		panic("text: the embedded scope model is damaged")
	}
	return &w
})

// scopeReach is how many words around a finding are read, near those that are read by themselves as close.
const (
	scopeReach = 14
	near       = 3
)

// meaning is how sure it is that the finding at tokens[from:to] is told as something that is so.
func (d *detectorText) meaning(category, phrase string, from, to int) int {
	out := d.featuresAround(category, phrase, from, to, nil)
	sum, table := 0, builtinScope()
	for _, e := range out {
		sum += int(table.get(e))
	}
	return normalScore(sum, len(out))
}

// featuresAround lists what is seen around a finding.
func (d *detectorText) featuresAround(category, phrase string, from, to int, out []evidence) []evidence {
	add := func(h hashing) { out = append(out, h.mixed()) }
	add(hashOf('1'))
	add(hashOf('C').str(category))
	add(hashOf('P').str(phrase))
	first, last := max(0, from-scopeReach), min(len(d.tokens), to+scopeReach)
	before := ""
	for i := first; i < last; i++ {
		zone, stem := zoneOf(i, i+1, from, to), d.stems[i]
		add(hashOf('z').byte(zone).str(stem))
		add(hashOf('w').str(stem))
		add(hashOf('b').str(before).str(stem))
		before = stem
		switch d.tokens[i].after {
		case question:
			add(hashOf('?').byte(zone))
		case stop, comma:
			add(hashOf('.').byte(zone).num(int32(d.tokens[i].after)))
		}
	}
	if from == 0 || d.tokens[from-1].after >= stop {
		add(hashOf('^'))
	}
	if to == len(d.tokens) {
		add(hashOf('$'))
	}
	return d.signsAround(category, from, to, out)
}

func (d *detectorText) signsAround(category string, from, to int, out []evidence) []evidence {
	others := int32(0)
	for _, x := range d.signs {
		if int(x.to) <= from-scopeReach || int(x.from) >= to+scopeReach {
			continue
		}
		zone := zoneOf(int(x.from), int(x.to), from, to)
		out = append(out, hashOf('c').byte(zone).num(x.mark()).mixed())
		if zone != inside {
			out = append(out, hashOf('k').str(category).num(x.mark()).mixed())
			if d.lex.danger[x.concept] && !x.denied {
				others++
			}
		}
	}
	return append(out, hashOf('n').num(min(others, 4)).mixed())
}

// Zones around a finding.
const (
	inside      = 'i'
	closeBefore = 'b'
	farBefore   = 'B'
	closeAfter  = 'a'
	farAfter    = 'A'
)

// zoneOf tells where tokens[i:j] stands to the finding tokens[from:to].
func zoneOf(i, j, from, to int) byte {
	switch {
	case j <= from-near:
		return farBefore
	case j <= from:
		return closeBefore
	case i >= to+near:
		return farAfter
	case i >= to:
		return closeAfter
	}
	return inside
}
