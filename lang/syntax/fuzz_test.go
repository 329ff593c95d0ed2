package syntax_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// seeds adds every test file, whole and in chunks.
func seeds(f *testing.F) {
	f.Helper()
	for _, pattern := range []string{"testdata/*.flow", "testdata/*.formatted"} {
		for _, name := range glob(f, pattern) {
			content, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
			for chunk := range strings.SplitSeq(string(content), "\n---\n") {
				f.Add([]byte(chunk))
			}
			for chunk := range strings.SplitSeq(string(content), "\n\n") {
				f.Add([]byte(chunk))
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		src := source.New("fuzz.flow", content)
		tree, list := syntax.Parse(src)
		checkDiagnostics(t, tree, list)
		checkSpans(t, tree)
		_, again := syntax.Parse(src)
		if len(again) != len(list) {
			t.Fatalf("%d diagnostics the first time, %d the second", len(list), len(again))
		}
	})
}

func FuzzFormat(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, content []byte) {
		tree, list := syntax.Parse(source.New("fuzz.flow", content))
		if len(list) > 0 {
			return
		}
		checkFormatted(t, tree, syntax.Format(tree))
	})
}
