package text

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestLexiconReadsAsWithout reads every word of the lexicon from what is kept of it, and anew.
func TestLexiconReadsAsWithout(t *testing.T) {
	t.Parallel()
	n := 0
	phiWords().words.all(func(x *lexeme) {
		n++
		if got := lookUp(x.text); got != x {
			t.Fatalf("lookUp(%q) = %p, want %p", x.text, got, x)
		}
		if got := lookUp(x.text + "\x01"); got != nil {
			t.Fatalf("lookUp finds %q for %q and a letter", got.text, x.text)
		}
		for range 2 { // the second time from what the first left
			got, want := appendWord(nil, x.text, token{}), appendStrange(nil, x.text, token{})
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%q is read as %v, want %v", x.text, got, want)
			}
		}
	})
	if n < knownWords/2 {
		t.Errorf("%d words in the lexicon", n)
	}
}

// TestSpellingsWithout compares the spelling of a word without a letter with that of what is left.
func TestSpellingsWithout(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.StringMatching(`[a-z]{1,40}`).Draw(t, "w")
		var less [maxTokenLength]spelling
		spellingsWithout(&less, w)
		for i := range len(w) {
			if want := spellingOf(w[:i] + w[i+1:]); less[i] != want {
				t.Fatalf("%q without letter %d: %x, want %x", w, i, less[i], want)
			}
		}
	})
}

// TestSumIsOfEach compares what pieces of evidence weigh together with the sum of what each does.
func TestSumIsOfEach(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfNDistinct(rapid.Uint32Min(1), 0, 300, rapid.ID).Draw(t, "evidence")
		table := newWeightTable(len(some))
		for i, e := range some {
			if i%3 > 0 {
				table.put(e, int32(i-100))
			}
		}
		want := 0
		for i := range some {
			if i%3 > 0 {
				want += i - 100
			}
		}
		if got := table.sum(some); got != want {
			t.Fatalf("sum of %d = %d, want %d", len(some), got, want)
		}
	})
}
