package text

import (
	_ "embed"
	"sync"
)

// The rules of context.go know denial, the past and questions by their words. What they cannot list is how people
// speak of what is not so: figures of speech, stories, trades, names. A second judge, learnt from findings of the standard
// triggers in messages where something was wrong and where nothing was, reads the words around a finding by where they stand.
// It takes a finding back only where it is sure, and only of triggers whose category it was trained for; the findings of an
// author's own triggers are left to the rules.

//go:generate env TACET_UPDATE=1 go test -run TestScopeModelIsCurrent .

// scopeData is written by TestScopeModelIsCurrent from the work sets and the phrases of std/emergency.
//
//go:embed lexicon/scope.bin
var scopeData []byte

// scopeBar is the score below which a finding is not meant; the folds of TestReportScopeFolds tell what it costs.
const scopeBar = -scoreScale

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

// surroundings is a reading of a message prepared for judging what is found in it.
type surroundings struct {
	tokens []token
	stems  []string
	denied []bool
	signs  []sign
	lex    *signLexicon
}

func surroundingsOf(tokens []token) *surroundings {
	s := &surroundings{tokens: tokens, lex: signLexicons(), denied: deniedWords(tokens)}
	s.signs = s.lex.find(tokens, s.denied)
	s.stems = stemsOf(tokens)
	return s
}

// meant says whether the finding at tokens[from:to] is told as something that is so.
func (s *surroundings) meant(category, phrase string, from, to int) bool {
	out := s.features(category, phrase, from, to, nil)
	sum, table := 0, builtinScope()
	for _, e := range out {
		sum += int(table.get(e))
	}
	return normalScore(sum, len(out)) >= scopeBar
}

// features lists what is seen around a finding.
func (s *surroundings) features(category, phrase string, from, to int, out []evidence) []evidence {
	add := func(h hashing) { out = append(out, h.mixed()) }
	add(hashOf('1'))
	add(hashOf('C').str(category))
	add(hashOf('P').str(phrase))
	first, last := max(0, from-scopeReach), min(len(s.tokens), to+scopeReach)
	before := ""
	for i := first; i < last; i++ {
		zone, stem := zoneOf(i, i+1, from, to), s.stems[i]
		add(hashOf('z').byte(zone).str(stem))
		add(hashOf('w').str(stem))
		add(hashOf('b').str(before).str(stem))
		before = stem
		switch s.tokens[i].after {
		case question:
			add(hashOf('?').byte(zone))
		case stop, comma:
			add(hashOf('.').byte(zone).num(int32(s.tokens[i].after)))
		}
	}
	if from == 0 || s.tokens[from-1].after >= stop {
		add(hashOf('^'))
	}
	if to == len(s.tokens) {
		add(hashOf('$'))
	}
	return s.signFeatures(category, from, to, out)
}

func (s *surroundings) signFeatures(category string, from, to int, out []evidence) []evidence {
	others := int32(0)
	for _, x := range s.signs {
		if int(x.to) <= from-scopeReach || int(x.from) >= to+scopeReach {
			continue
		}
		zone := zoneOf(int(x.from), int(x.to), from, to)
		out = append(out, hashOf('c').byte(zone).num(x.mark()).mixed())
		if zone != inside {
			out = append(out, hashOf('k').str(category).num(x.mark()).mixed())
			if s.lex.danger[x.concept] && !x.denied {
				others++
			}
		}
	}
	return append(out, hashOf('n').num(min(others, 4)).mixed())
}

// Zones around a finding.
const (
	inside = 'i'
	close1 = 'b'
	far1   = 'B'
	close2 = 'a'
	far2   = 'A'
)

// zoneOf tells where tokens[i:j] stands to the finding tokens[from:to].
func zoneOf(i, j, from, to int) byte {
	switch {
	case j <= from-near:
		return far1
	case j <= from:
		return close1
	case i >= to+near:
		return far2
	case i >= to:
		return close2
	}
	return inside
}
