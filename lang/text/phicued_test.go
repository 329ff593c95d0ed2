package text_test

import (
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// TestCuedNumbersAreFound reads testdata/phi/work-cued.txt: numbers, codes, names and statements with the words that announce them.
func TestCuedNumbersAreFound(t *testing.T) {
	t.Parallel()
	for _, l := range dataLines(t, "phi/work-cued.txt", 2) {
		msg, want := marked(l[1])
		got := text.DetectPHI(text.Normalise(msg), "")
		for _, w := range want {
			ok := false
			for _, g := range got {
				ok = ok || sameType(g.Type, w.Type) && g.Span.Start < w.Span.End && w.Span.Start < g.Span.End
			}
			if !ok {
				t.Errorf("missed %s in %q: %v", w.Type, msg, got)
			}
		}
	}
}
