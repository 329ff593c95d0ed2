package text

// spelling is a polynomial hash of the letters of a word, so that that of the word without one letter need not be made anew.
type spelling uint32

const spellingBase spelling = 0x01000193

func spellingOf[T string | []byte](w T) spelling {
	h := spelling(0)
	for i := range len(w) {
		h = h*spellingBase + spelling(w[i])
	}
	return h
}

// spellingsWithout gives for each i the spelling of w without its letter i.
func spellingsWithout(out *[maxTokenLength]spelling, w string) {
	before := spelling(0)
	for i := range len(w) {
		out[i] = before
		before = before*spellingBase + spelling(w[i])
	}
	after, factor := spelling(0), spelling(1)
	for i := len(w) - 1; i >= 0; i-- {
		out[i] = out[i]*factor + after
		after += spelling(w[i]) * factor
		factor *= spellingBase
	}
}

// sieveBits is how many bits a sieve has, as a power of two: some eight for each spelling.
const sieveBits = 18

// spellingSieve lets the spellings through that were added, and few others.
type spellingSieve [1 << (sieveBits - 6)]uint64

func (s *spellingSieve) add(h spelling) {
	at := uint32(h) * 0x9e3779b1 >> (32 - sieveBits)
	s[at/64] |= 1 << (at % 64)
}

func (s *spellingSieve) has(h spelling) bool {
	at := uint32(h) * 0x9e3779b1 >> (32 - sieveBits)
	return s[at/64]>>(at%64)&1 != 0
}
