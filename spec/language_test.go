package spec_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/diag"
)

// block is a fenced flow of a page.
type block struct {
	line   int
	fails  string // the code it must fail with; "" when it must compile
	source string
}

// TestFencedFlows compiles and proves every fenced flow of the pages that show some.
func TestFencedFlows(t *testing.T) {
	t.Parallel()
	practice, err := os.ReadFile("../examples/lakeside/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for page, least := range map[string]int{"language.md": 4, "../README.md": 1} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		blocks := fencedFlows(t, page, string(text))
		if len(blocks) < least {
			t.Fatalf("found %d fenced flows in %s", len(blocks), page)
		}
		for _, b := range blocks {
			r, problems := judged(practice, b.source)
			if got := codesOf(problems); got != b.fails {
				var text strings.Builder
				if err := diag.Text(&text, problems, r, diag.Options{}); err != nil {
					t.Fatal(err)
				}
				t.Errorf("%s:%d: the flow gives %q, want %q\n%s", page, b.line, got, b.fails, text.String())
			}
		}
	}
}

// judged compiles a flow and, where that succeeds, proves its guarantees on a day on which the practice's reviews and
// agreements are in force.
func judged(practice []byte, flow string) (*compiler.Result, diag.List) {
	src := fstest.MapFS{"practice.yaml": {Data: practice}, "consultation.flow": {Data: []byte(flow)}}
	r, problems := compiler.Compile(src, "consultation.flow", compiler.Options{Untrained: true})
	if r.Machine == nil {
		return r, problems
	}
	_, proven := verify.Check(r.Machine, verify.Options{AsOf: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Files: r})
	return r, slices.Concat(problems, proven)
}

// codesOf lists the codes of the errors, sorted, each once.
func codesOf(l diag.List) string {
	var codes []string
	for _, d := range l {
		if d.Severity == diag.Error {
			codes = append(codes, d.Code.ID)
		}
	}
	slices.Sort(codes)
	return strings.Join(slices.Compact(codes), " ")
}

func fencedFlows(t *testing.T, name, page string) []block {
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
				t.Fatalf("%s:%d: unknown mark %q", name, i+1, info)
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
