package spec_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/diag"
)

// block is a fenced flow of a page.
type block struct {
	line   int
	fails  string // the code it must fail with; "" when it must compile
	source string
}

// TestFencedFlows compiles every fenced flow of the language's page.
func TestFencedFlows(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("language.md")
	if err != nil {
		t.Fatal(err)
	}
	practice, err := os.ReadFile("../examples/lakeside/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	blocks := fencedFlows(t, string(page))
	if len(blocks) < 4 {
		t.Fatalf("found %d fenced flows in language.md", len(blocks))
	}
	for _, b := range blocks {
		src := fstest.MapFS{
			"practice.yaml":     {Data: practice},
			"consultation.flow": {Data: []byte(b.source)},
		}
		r, problems := compiler.Compile(src, "consultation.flow", compiler.Options{})
		var codes []string
		for _, d := range problems {
			if d.Severity == diag.Error {
				codes = append(codes, d.Code.ID)
			}
		}
		slices.Sort(codes)
		codes = slices.Compact(codes)
		if got := strings.Join(codes, " "); got != b.fails {
			var text strings.Builder
			if err := diag.Text(&text, problems, diag.Files(r.Files), diag.Options{}); err != nil {
				t.Fatal(err)
			}
			t.Errorf("language.md:%d: the flow gives %q, want %q\n%s", b.line, got, b.fails, text.String())
		}
	}
}

func fencedFlows(t *testing.T, page string) []block {
	t.Helper()
	var out []block
	var open *block
	for i, line := range strings.SplitAfter(page, "\n") {
		info, fence := strings.CutPrefix(strings.TrimRight(line, "\n"), "```")
		switch {
		case fence && open != nil:
			out = append(out, *open)
			open = nil
		case fence && (info == "flow" || strings.HasPrefix(info, "flow ")):
			code, marked := strings.CutPrefix(info, "flow fails ")
			if !marked && info != "flow" {
				t.Fatalf("language.md:%d: unknown mark %q", i+1, info)
			}
			open = &block{line: i + 1, fails: code}
			if !marked {
				open.fails = ""
			}
		case open != nil:
			open.source += line
		}
	}
	return out
}
