package text

import (
	"cmp"
	"slices"
	"strconv"
)

// The detector judges what a message tells as a whole, where no phrase of a trigger does: linear weights over words, word
// pairs, pieces of words, signs (detectorsign.go) and pairs of signs, learnt from the sets in testdata/triggers that may be
// read (detector_train_test.go) and stored as integers. It can only raise: what the triggers found stands whatever it says.

// windowSize is how many words are judged together. Longer messages are read through overlapping windows, so that one
// alarming sentence among many harmless ones is not outvoted.
const windowSize = 32

// maxWindows bounds the work for one message.
const maxWindows = 200

// window is tokens[from:to].
type window struct{ from, to int }

// windows cuts tokens into what is judged together: everything if it is short, else overlapping pieces; and each sentence
// of its own.
func windows(tokens []token) []window {
	n := len(tokens)
	if n == 0 {
		return nil
	}
	out := []window{}
	for from := 0; ; from += windowSize / 2 {
		to := min(from+windowSize, n)
		out = append(out, window{from, to})
		if to == n {
			break
		}
	}
	begin := 0
	for i := range tokens {
		if i+1 < n && tokens[i].after < stop {
			continue
		}
		if size := i + 1 - begin; size >= minSentence && size < n && size <= windowSize && len(out) < maxWindows {
			out = append(out, window{begin, i + 1})
		}
		begin = i + 1
	}
	return out
}

// minSentence is how many words a sentence must have to be judged of its own.
const minSentence = 3

// pairReach is how many words may lie between two signs that are read together.
const pairReach = 10

// evidence is a hash of what was seen.
type evidence = uint32

// hashing is FNV-1a.
type hashing uint32

func hashOf(kind byte) hashing { return hashing(2166136261).byte(kind) }

func (h hashing) byte(c byte) hashing { return (h ^ hashing(c)) * 16777619 }

func (h hashing) str(s string) hashing {
	for i := range len(s) {
		h = h.byte(s[i])
	}
	return h.byte(0)
}

func (h hashing) num(n int32) hashing {
	return h.byte(byte(n)).byte(byte(n >> 8))
}

// mixed spreads the bits (the finaliser of MurmurHash3), since FNV leaves the high ones of short inputs alike.
func (h hashing) mixed() evidence {
	x := uint32(h)
	x ^= x >> 16
	x *= 0x85ebca6b
	x ^= x >> 13
	x *= 0xc2b2ae35
	x ^= x >> 16
	return x
}

// detectorText is a reading of a message, prepared for the detector and for the judge of findings (scope.go).
type detectorText struct {
	tokens []token
	stems  []string
	denied []bool
	signs  []sign
	lex    *signLexicon
}

// prepareDetector reads the message with its misspelt signs put right.
func prepareDetector(tokens []token) *detectorText {
	if repaired := signLexicons().automaton.vocabulary.repair(tokens); repaired != nil {
		tokens = repaired
	}
	return detectorTextOf(tokens)
}

// detectorTextOf reads the words as they stand.
func detectorTextOf(tokens []token) *detectorText {
	d := &detectorText{tokens: tokens, stems: stemsOf(tokens), denied: deniedWords(tokens), lex: signLexicons()}
	d.signs = d.lex.find(tokens, d.denied)
	return d
}

// stemsOf gives each word its stem in the language that the message reads as.
func stemsOf(tokens []token) []string {
	out := make([]string, len(tokens))
	english := (&clause{tokens: tokens, end: len(tokens)}).english()
	for i := range tokens {
		f := tokens[i].form
		if len(tokens[i].also) > 0 {
			f = tokens[i].also[0]
		}
		switch {
		case isDigit(f.text[0]):
			out[i] = numberWord(f.text)
		case english:
			out[i] = f.en
		default:
			out[i] = f.es
		}
	}
	return out
}

// numberWord keeps small numbers and the size of others.
func numberWord(w string) string {
	if n, err := strconv.Atoi(w); err == nil && n >= 100 || err != nil {
		return "#" + strconv.Itoa(len(w))
	}
	return w
}

// deniedWords marks the words that a negation before them reaches.
func deniedWords(tokens []token) []bool {
	out := make([]bool, len(tokens))
	left := 0
	for i := range tokens {
		w := tokens[i].text
		switch {
		case negators.has(w) && !(w == "not" && i > 0 && inability.has(tokens[i-1].text)):
			left = denialReach
		case contrast.has(w) || joiners.has(w) && i+1 < len(tokens) && statementStarts.has(tokens[i+1].text):
			left = 0
		case left > 0:
			out[i] = true
			left--
		}
		if tokens[i].after >= stop || tokens[i].after == comma && !listFollows(tokens, i) {
			left = 0
		}
	}
	return out
}

// listFollows says whether the words after the comma at i go on with a list ("no fever, chills or pain").
func listFollows(tokens []token, i int) bool {
	return i+1 < len(tokens) && (symptomWords[tokens[i+1].en] || symptomWords[tokens[i+1].es] || listWords.has(tokens[i+1].text))
}

const denialReach = 6

var negators = wordSet("no not never without none neither nor nobody nothing denies denied sin nunca jamas ningun ninguna ninguno tampoco ni nadie negative")

// evidenceSink receives the features of a window; plain features also serve to tell the category.
type evidenceSink struct {
	all, plain []evidence
}

func (s *evidenceSink) rich(h hashing) { s.all = append(s.all, h.mixed()) }
func (s *evidenceSink) both(h hashing) {
	f := h.mixed()
	s.all = append(s.all, f)
	s.plain = append(s.plain, f)
}

// features lists what is seen in a window.
func (d *detectorText) features(w window, out *evidenceSink) {
	out.all, out.plain = out.all[:0], out.plain[:0]
	out.rich(hashOf('1'))
	out.rich(hashOf('l').num(int32(log2(w.to - w.from))))
	c := clause{tokens: d.tokens, begin: w.from, end: w.to}
	asks := c.asks()
	if asks {
		out.rich(hashOf('?'))
	}
	d.wordFeatures(w, out)
	d.signFeatures(w, asks, out)
	out.all, out.plain = once(out.all), once(out.plain)
}

// once leaves out repetitions: who greets forty times tells no more than who greets once.
func once(seen []evidence) []evidence {
	slices.Sort(seen)
	return slices.Compact(seen)
}

func log2(n int) int {
	b := 0
	for ; n > 0; n >>= 1 {
		b++
	}
	return b
}

func (d *detectorText) wordFeatures(w window, out *evidenceSink) {
	last, before := "", ""
	for i := w.from; i < w.to; i++ {
		s := d.stems[i]
		out.both(hashOf('w').str(s))
		if d.denied[i] {
			out.rich(hashOf('n').str(s))
		}
		out.rich(hashOf('b').str(last).str(s))
		if before != "" {
			out.rich(hashOf('s').str(before).str(s))
		}
		before, last = last, s
		if t := d.tokens[i].text; len(t) >= minPieces {
			pieces(t, out)
		}
	}
	out.rich(hashOf('b').str(last).str(""))
}

// minPieces is how long a word must be for its pieces to count; pieceLength is how long those are.
const (
	minPieces   = 5
	pieceLength = 4
)

func pieces(w string, out *evidenceSink) {
	for i := 0; i+pieceLength <= len(w); i++ {
		h := hashOf('g')
		if i == 0 {
			h = h.byte('^')
		}
		out.rich(h.str(w[i : i+pieceLength]))
	}
}

func (d *detectorText) signFeatures(w window, asks bool, out *evidenceSink) {
	var here []sign
	for _, s := range d.signs {
		if int(s.from) >= w.from && int(s.to) <= w.to {
			here = append(here, s)
		}
	}
	d.order(here, out)
	here = slices.DeleteFunc(here, func(s sign) bool { return d.lex.roles[s.concept] })
	here = here[:min(len(here), maxSigns)]
	d.countSigns(here, out)
	for i, s := range here {
		if s.denied {
			out.rich(hashOf('d').num(s.concept))
		} else {
			out.both(hashOf('c').num(s.concept))
		}
		if asks {
			out.rich(hashOf('q').num(s.concept))
		}
		for _, t := range here[:i] {
			d.pair(t, s, out)
		}
	}
}

// countSigns tells how many signs of danger there are, up to four, and how many are not denied.
func (d *detectorText) countSigns(here []sign, out *evidenceSink) {
	var stands, denied int32
	for i, s := range here {
		if !d.lex.danger[s.concept] || slices.ContainsFunc(here[:i], func(t sign) bool { return t.concept == s.concept }) {
			continue
		}
		if s.denied {
			denied++
		} else {
			stands++
		}
	}
	out.rich(hashOf('k').num(min(stands, 4)))
	out.rich(hashOf('j').num(min(stands, 2)).num(min(denied, 2)))
}

// orderReach is how many words may lie between two signs that follow each other.
const orderReach = 4

// order tells which signs follow which, two and three in a row: who does what to whom. Of signs that share words the
// longest counts.
func (d *detectorText) order(here []sign, out *evidenceSink) {
	row := inOrder(here)
	for i, s := range row {
		if i == 0 || s.from-row[i-1].to > orderReach {
			continue
		}
		two := hashOf('o').num(row[i-1].mark()).num(s.mark())
		out.rich(two)
		if i > 1 && row[i-1].from-row[i-2].to <= orderReach {
			out.rich(hashOf('t').num(row[i-2].mark()).num(row[i-1].mark()).num(s.mark()))
		}
	}
}

// mark is the concept, told apart from the same one denied.
func (s sign) mark() int32 {
	if s.denied {
		return -1 - s.concept
	}
	return s.concept
}

// inOrder picks signs from left to right, at each place the longest.
func inOrder(here []sign) []sign {
	sorted := slices.Clone(here)
	slices.SortFunc(sorted, func(a, b sign) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to), cmp.Compare(a.concept, b.concept))
	})
	out := sorted[:0]
	end := int32(-1)
	for _, s := range sorted {
		if s.from >= end {
			out = append(out, s)
			end = s.to
		}
	}
	return out
}

// maxSigns bounds the pairs of a window.
const maxSigns = 40

func (d *detectorText) pair(s, t sign, out *evidenceSink) {
	if s.concept == t.concept {
		return
	}
	frame := d.lex.frames[s.concept] || d.lex.frames[t.concept]
	if t.from-s.to > pairReach && !frame {
		return
	}
	a, b := min(s.concept, t.concept), max(s.concept, t.concept)
	switch {
	case s.denied || t.denied:
		out.rich(hashOf('m').num(a).num(b))
	default:
		out.both(hashOf('p').num(a).num(b))
	}
}
