package text

import (
	"slices"
	"strings"
)

// finish indexes the words for the speller: each under itself and under what is left when one letter is taken out
// (the symmetric deletion of SymSpell: Garbe 2012).
func (v *vocabulary) finish() {
	const keysOfWord = 9 // on average
	v.near = make(map[string][]form, keysOfWord*len(v.forms))
	for _, f := range v.forms {
		v.index(doubled+single(f.text), f)
		if len(f.text) >= minSpell-1 {
			v.index(soundKey+soundOf(f.text), f)
		}
		for _, w := range []string{f.text, f.en, f.es} {
			if len(w) < minSpell-1 {
				continue
			}
			v.index(w, f)
			for i := range len(w) {
				v.index(w[:i]+w[i+1:], f)
			}
		}
	}
}

func (v *vocabulary) index(key string, f form) {
	if known := v.near[key]; !slices.Contains(known, f) {
		v.near[key] = append(known, f)
	}
}

// doubled marks keys of the speller that are words with double letters written once ("kil" for kill).
const doubled = "="

func single(w string) string {
	out := make([]byte, 0, len(w))
	for i := range len(w) {
		if i == 0 || w[i] != w[i-1] {
			out = append(out, w[i])
		}
	}
	return string(out)
}

// minSpell is the length from which a word can be misspelt in any way. Words one letter shorter can only lack a letter
// or have two swapped, still shorter ones can only lack a double letter: they are too close to other words.
const minSpell = 5

// respell returns the words of the vocabulary that are one typing error away from w: a letter too many, too few,
// wrong, or two swapped (Damerau 1964), or double letters written once. The first letter must agree.
func (v *vocabulary) respell(w string) []form {
	if len(w) < minSpell-2 || len(w) > maxTokenLength || rightlySpelt(w) {
		return nil
	}
	out := slices.Clone(v.near[doubled+single(w)])
	switch {
	case len(w) < minSpell-1:
		return out
	case len(w) < minSpell:
		return v.nearTo(w, out, func(f form) string { return f.text })
	}
	out = v.nearTo(w, out, func(f form) string { return f.text })
	if s := stemEnglish(w); s != w && len(s) >= minSpell-1 {
		out = v.nearTo(s, out, func(f form) string { return f.en })
	}
	if s := stemSpanish(w); s != w && len(s) >= minSpell-1 {
		out = v.nearTo(s, out, func(f form) string { return f.es })
	}
	for _, f := range v.near[soundKey+soundOf(w)] {
		out = appendNew(out, f)
	}
	return v.nearPrefix(w, out)
}

// rightlySpelt says whether w is an everyday word of its own, in any form, that the speller must not correct.
func rightlySpelt(w string) bool { return commonWords()[w] || phiWords().everydayWord(w) }

// looseVowels is from which length on the vowels of a word say little.
const looseVowels = 8

// soundKey marks keys of the speller that are how a word sounds.
const soundKey = "~"

// soundOf writes a word by its sound, in both languages at once, as people write by ear: b and v, s and c and z, silent h,
// ll and y, ph and f, k and c and qu. In long words the vowels but the first fall together, for English leaves them open.
func soundOf(w string) string {
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		next := byte(0)
		if i+1 < len(w) {
			next = w[i+1]
		}
		c := w[i]
		switch c {
		case 'h':
			continue
		case 'v':
			c = 'b'
		case 'z', 'x':
			c = 's'
		case 'q':
			c = 'k'
			if next == 'u' {
				i++
			}
		case 'c':
			switch next {
			case 'h':
				c = 'C'
			case 'e', 'i', 'y':
				c = 's'
			default:
				c = 'k'
			}
		case 'g':
			if next == 'e' || next == 'i' {
				c = 'j'
			}
			if next == 'h' {
				continue
			}
		case 'p':
			if next == 'h' {
				c = 'f'
			}
		case 'l':
			if next == 'l' {
				c = 'y'
				i++
				if i+1 == len(w) {
					c = 'l'
				}
			}
		case 'a', 'e', 'i', 'o', 'u', 'y', 'w':
			if c == 'y' && next != 0 && strings.IndexByte("aeiou", next) >= 0 {
				break
			}
			if len(out) > 0 && len(w) >= looseVowels {
				c = 'e'
			}
		}
		if len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	return string(out)
}

// nearTo adds the words that are one error away from what is written, stem against stem of the same language.
func (v *vocabulary) nearTo(written string, out []form, of func(form) string) []form {
	try := func(key string) {
		for _, f := range v.near[key] {
			if oneError(written, of(f)) {
				out = appendNew(out, f)
			}
		}
	}
	try(written)
	for i := range len(written) {
		try(written[:i] + written[i+1:])
	}
	return out
}

// nearPrefix adds the prefixes that w begins with but for one error; in the shortest no letter may be wrong.
func (v *vocabulary) nearPrefix(w string, out []form) []form {
	for _, p := range v.stops {
		if w[0] != p[0] {
			continue
		}
		for n := len(p) - 1; n <= min(len(p)+1, len(w)); n++ {
			if oneError(w[:n], p) && (len(p) > minSpell || n != len(p) || sameLetters(w[:n], p)) {
				out = appendNew(out, form{text: p})
				break
			}
		}
	}
	return out
}

func appendNew(out []form, f form) []form {
	if slices.Contains(out, f) {
		return out
	}
	return append(out, f)
}

// oneError is oneEdit for words that are long enough to tell; in the shorter ones no letter may be wrong.
func oneError(a, b string) bool {
	if len(a) < minSpell-1 || len(b) < minSpell-1 || !oneEdit(a, b) {
		return false
	}
	return len(a) >= minSpell || len(a) != len(b) || a == b || sameLetters(a, b)
}

// sameLetters tells two letters swapped from one letter wrong, given that a and b are one edit apart.
func sameLetters(a, b string) bool {
	sum := 0
	for i := range len(a) {
		sum += int(a[i]) - int(b[i])
	}
	return sum == 0
}

// oneEdit says whether a becomes b by at most one letter too many, too few, wrong, or two neighbours swapped, the first
// letter being right.
func oneEdit(a, b string) bool {
	if a == "" || b == "" || a[0] != b[0] {
		return false
	}
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	switch len(a) - len(b) {
	case 0:
		swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
		return i == len(a) || swapped || a[i+1:] == b[i+1:]
	case 1:
		return a[i+1:] == b[i:]
	case -1:
		return a[i:] == b[i+1:]
	}
	return false
}

// split takes a run-together word apart into words of the vocabulary ("cantbreathe"), or returns nil.
func (v *vocabulary) split(w string) []string {
	n := len(w)
	if n < 7 || n > maxTokenLength || rightlySpelt(w) {
		return nil
	}
	const maxPieces, unreachable = 8, maxTokenLength + 1
	// last[i] is the length of the last piece of the fewest pieces that make w[:i].
	pieces, last := make([]int, n+1), make([]int, n+1)
	for i := 1; i <= n; i++ {
		pieces[i] = unreachable
		for k := 1; k <= min(i, 16); k++ {
			if pieces[i-k]+1 < pieces[i] && (i == k || pieces[i-k] > 0) && v.piece(w[i-k:i]) {
				pieces[i], last[i] = pieces[i-k]+1, k
			}
		}
	}
	if pieces[n] < 2 || pieces[n] > maxPieces {
		return nil
	}
	var out []string
	longest := 0
	for i := n; i > 0; i -= last[i] {
		out = append(out, w[i-last[i]:i])
		longest = max(longest, last[i])
	}
	if longest < minSpell-1 {
		return nil
	}
	slices.Reverse(out)
	return out
}

func (v *vocabulary) piece(w string) bool {
	return v.surface[w] || shortForms[w] != nil && strings.HasSuffix(w, "t") || glue.has(w)
}

// glue are little words that get run together with others.
var glue = wordSet("i a to my me is am the of in do not no yo me mi el la de en se lo un una muy ya que")
