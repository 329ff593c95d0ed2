package text

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Limits of one pattern. They bound the automaton whatever an author writes.
const (
	maxPattern     = 1000 // bytes
	maxDepth       = 6    // brackets in brackets
	maxAnyOrder    = 3    // parts of { }
	maxGap         = 4    // words that `...` may skip
	minPrefix      = 3    // letters before `*`
	maxStates      = 400  // automaton states of one pattern
	maxAllStates   = 400_000
	maxTokenLength = 40 // longer words are not spell-checked
)

// PatternError says what is wrong with a pattern, in words for the person who wrote it.
type PatternError struct {
	Offset int // bytes from the start of the pattern
	Msg    string
}

func (e *PatternError) Error() string { return e.Msg }

// CheckPattern says what is wrong with a trigger pattern: nil, or a *PatternError.
func CheckPattern(pattern string) error {
	_, err := parsePattern(pattern)
	if err != nil {
		return err
	}
	return nil
}

// node is one part of a parsed pattern.
type node struct {
	kind nodeKind
	word form
	subs []*node
}

type nodeKind uint8

const (
	wordNode   nodeKind = iota
	prefixNode          // word*
	gapNode             // ...
	seqNode
	altNode // ( | )
	optNode // [ ]
	anyNode // { , }
)

type patternParser struct {
	src   string
	pos   int
	depth int
}

func parsePattern(src string) (*node, *PatternError) {
	n, err := parseAnyPattern(src)
	if err == nil && !needsContent(n) {
		return nil, &PatternError{Msg: "this phrase has no word that must be there, so it would match anything"}
	}
	return n, err
}

// parseAnyPattern accepts patterns of little words too.
func parseAnyPattern(src string) (*node, *PatternError) {
	p := &patternParser{src: src}
	if len(src) > maxPattern {
		return nil, p.fail(maxPattern, fmt.Sprintf("a phrase may have at most %d characters", maxPattern))
	}
	n, err := p.sequence("")
	if err != nil {
		return nil, err
	}
	if p.pos < len(src) {
		return nil, p.fail(p.pos, fmt.Sprintf("`%c` has no matching opening bracket before it", src[p.pos]))
	}
	if size := sizeOf(n); size > maxStates {
		return nil, p.fail(0, "this phrase stands for too many different sentences; split it into several phrases")
	}
	return n, nil
}

func (p *patternParser) fail(at int, msg string) *PatternError {
	return &PatternError{Offset: at, Msg: msg}
}

// sequence reads parts up to one of the closing characters, or the end.
func (p *patternParser) sequence(closing string) (*node, *PatternError) {
	seq := &node{kind: seqNode}
	begin := p.pos
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		if strings.IndexByte(closing, c) >= 0 || c == ')' || c == ']' || c == '}' {
			break
		}
		if err := p.part(seq, c); err != nil {
			return nil, err
		}
	}
	if len(seq.subs) == 0 {
		return nil, p.fail(begin, "a word is missing here")
	}
	if seq.subs[0].kind == gapNode || seq.subs[len(seq.subs)-1].kind == gapNode {
		return nil, p.fail(begin, "`...` needs a word before it and a word after it")
	}
	return seq, nil
}

func (p *patternParser) part(seq *node, c byte) *PatternError {
	switch c {
	case ' ', '\t', '\n', '\r':
		p.pos++
	case '(':
		return p.group(seq, altNode, '|', ')')
	case '[':
		return p.group(seq, optNode, '|', ']')
	case '{':
		return p.group(seq, anyNode, ',', '}')
	case '.':
		return p.gap(seq)
	case '|':
		return p.fail(p.pos, "`|` separates alternatives and needs brackets around them, e.g. `(pain|pressure)`")
	case '*':
		return p.fail(p.pos, "`*` stands at the end of a word, e.g. `bleed*`")
	case ',':
		return p.fail(p.pos, "`,` has no meaning in a phrase; write only the words, or `{first, second}` for words in any order")
	default:
		return p.words(seq)
	}
	return nil
}

func (p *patternParser) gap(seq *node) *PatternError {
	if !strings.HasPrefix(p.src[p.pos:], "...") {
		return p.fail(p.pos, "a full stop has no meaning in a phrase; write `...` for up to four other words")
	}
	if n := len(seq.subs); n > 0 && seq.subs[n-1].kind == gapNode {
		return p.fail(p.pos, "two `...` in a row; one already stands for up to four words")
	}
	seq.subs = append(seq.subs, &node{kind: gapNode})
	p.pos += 3
	return nil
}

func (p *patternParser) group(seq *node, kind nodeKind, separator, closing byte) *PatternError {
	open := p.pos
	if p.depth++; p.depth > maxDepth {
		return p.fail(open, "too many brackets inside brackets")
	}
	defer func() { p.depth-- }()
	n := &node{kind: kind}
	for {
		p.pos++
		sub, err := p.sequence(string([]byte{separator, closing}))
		if err != nil {
			return err
		}
		n.subs = append(n.subs, sub)
		if p.pos == len(p.src) {
			return p.fail(open, fmt.Sprintf("`%c` is not closed with `%c`", p.src[open], closing))
		}
		if p.src[p.pos] == closing {
			p.pos++
			break
		}
		if p.src[p.pos] != separator {
			return p.fail(p.pos, fmt.Sprintf("expected `%c` to close the `%c` before it", closing, p.src[open]))
		}
	}
	if kind == anyNode && len(n.subs) < 2 {
		return p.fail(open, "`{ }` holds two or three parts in any order, e.g. `{chest, pain}`")
	}
	if kind == anyNode && len(n.subs) > maxAnyOrder {
		return p.fail(open, fmt.Sprintf("`{ }` holds at most %d parts", maxAnyOrder))
	}
	seq.subs = append(seq.subs, n)
	return nil
}

// words reads ordinary words up to the next special character, the way a message is read.
func (p *patternParser) words(seq *node) *PatternError {
	begin := p.pos
	for p.pos < len(p.src) && strings.IndexByte("()[]{}|*.,", p.src[p.pos]) < 0 {
		p.pos++
	}
	chunk := p.src[begin:p.pos]
	m := Normalise(chunk)
	if len(m.tokens) == 0 {
		return p.fail(begin, fmt.Sprintf("`%s` is not a word", strings.TrimSpace(chunk)))
	}
	for i := range m.tokens {
		seq.subs = append(seq.subs, &node{kind: wordNode, word: m.tokens[i].form})
	}
	if p.pos < len(p.src) && p.src[p.pos] == '*' {
		last := seq.subs[len(seq.subs)-1]
		if p.src[p.pos-1] == ' ' || len(last.word.text) < minPrefix {
			return p.fail(p.pos, fmt.Sprintf("`*` needs at least %d letters directly before it, e.g. `bleed*`", minPrefix))
		}
		last.kind = prefixNode
		p.pos++
	}
	return nil
}

// needsContent says whether every match of n holds at least one word that is not a little word.
func needsContent(n *node) bool {
	switch n.kind {
	case wordNode:
		return !littleWords.has(n.word.text)
	case prefixNode:
		return true
	case seqNode, anyNode:
		for _, s := range n.subs {
			if needsContent(s) {
				return true
			}
		}
		return false
	case altNode:
		for _, s := range n.subs {
			if !needsContent(s) {
				return false
			}
		}
		return true
	}
	return false
}

// sizeOf is about how many automaton states n costs.
func sizeOf(n *node) int {
	switch n.kind {
	case wordNode, prefixNode:
		return 1
	case gapNode:
		return maxGap + 1
	}
	size := 1
	for _, s := range n.subs {
		size += sizeOf(s)
	}
	if n.kind == anyNode {
		size = (size + maxGap + 1) * len(n.subs) * (len(n.subs) - 1)
	}
	return min(size, maxStates+1)
}

// littleWords may stand between two words of a pattern without being written there.
var littleWords = wordSet(`a an the my his her our your their this that some any so very really just like such kind sort of
 um uh literally actually freaking fucking damn super pretty quite bit too also
 el la los las un una unos unas mi mis su sus tu muy bien tan mucho mucha como este esta ese esa pinche bastante algo`)

// wordBits is a set of words: the bits of their numbers. A word of a message is numbered once and then looked for in many sets.
type wordBits []uint64

// wordNumber is the number of a word that stands in some set, from 1; 0 is every other word.
type wordNumber uint16

// wordNumbers are filled while the variables of the package are made, and only read after that.
var wordNumbers = map[string]wordNumber{}

// wordSet is for variables of the package.
func wordSet(words string) wordBits {
	var out wordBits
	for w := range strings.FieldsSeq(words) {
		n := wordNumbers[w]
		if n == 0 {
			if len(wordNumbers) == math.MaxUint16 {
				panic("text: more words in sets than numbers for them")
			}
			n = wordNumber(len(wordNumbers) + 1)
			wordNumbers[w] = n
		}
		out = append(out, make(wordBits, max(0, int(n/64)+1-len(out)))...)
		out[n/64] |= 1 << (n % 64)
	}
	return out
}

func (s wordBits) has(w string) bool { return s.holds(wordNumbers[w]) }

func (s wordBits) holds(n wordNumber) bool { return int(n/64) < len(s) && s[n/64]>>(n%64)&1 != 0 }

// with is a set of the words of both.
func (s wordBits) with(other wordBits) wordBits {
	out := append(make(wordBits, 0, max(len(s), len(other))), s...)
	out = append(out, make(wordBits, max(0, len(other)-len(s)))...)
	for i, b := range other {
		out[i] |= b
	}
	return out
}

// words lists them in no order that means anything, the same each time.
func (s wordBits) words() []string {
	var out []string
	for w, n := range wordNumbers {
		if s.holds(n) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}
