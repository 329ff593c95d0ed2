package syntax_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

// golden compares got with a file, which TACET_UPDATE=1 rewrites.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

// mustParse reads a file that has no errors.
func mustParse(t testing.TB, name string, content []byte) *syntax.File {
	t.Helper()
	f, list := syntax.Parse(source.New(name, content))
	for _, d := range list {
		t.Errorf("%v: %s: %s", d.Span.Start, d.Code.ID, sentence(d))
	}
	if len(list) > 0 {
		t.Fatalf("%s", content)
	}
	return f
}

// correctFiles are the files of testdata that have no errors.
var correctFiles = []string{"testdata/consultation.flow", "testdata/every.flow", "testdata/ugly.flow"}

func TestFormat(t *testing.T) {
	t.Parallel()
	for _, name := range correctFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			first := mustParse(t, name, content)
			once := syntax.Format(first)
			golden(t, strings.TrimSuffix(name, ".flow")+".formatted", once)
			checkFormatted(t, first, once)
		})
	}
}

// checkFormatted demands that the formatted text says the same and is formatted already.
func checkFormatted(t testing.TB, f *syntax.File, once []byte) {
	t.Helper()
	again := mustParse(t, "formatted", once)
	if diff := cmp.Diff(syntax.Dump(f), syntax.Dump(again)); diff != "" {
		t.Fatalf("formatting changed the tree (-before +after):\n%s\n%s", diff, once)
	}
	if twice := syntax.Format(again); !bytes.Equal(once, twice) {
		t.Fatalf("formatting twice differs from once (-once +twice):\n%s", cmp.Diff(string(once), string(twice)))
	}
}
