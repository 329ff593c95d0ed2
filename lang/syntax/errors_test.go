package syntax_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/source"
	"github.com/tacet-lang/tacet/lang/syntax"
)

var (
	expectation = regexp.MustCompile(`[ \t]*#!((?: T\d{4} "(?:[^"\\]|\\.)*")+)[ \t]*$`)
	oneExpected = regexp.MustCompile(`(T\d{4}) "((?:[^"\\]|\\.)*)"`)
)

// TestErrors reads chunks of wrong flows, separated by lines of ---. A line with an error says so after `#!`: the code,
// and what is underlined. Missing and surplus errors both fail. What stands after `#!` is not part of the chunk.
func TestErrors(t *testing.T) {
	t.Parallel()
	for _, file := range glob(t, "testdata/errors*.flow") {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		line := 1
		for chunk := range strings.SplitSeq(string(content), "\n---\n") {
			name := fmt.Sprintf("%s:%d", filepath.Base(file), line)
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				checkChunk(t, name, chunk)
			})
			line += strings.Count(chunk, "\n") + 2
		}
	}
}

func checkChunk(t *testing.T, name, chunk string) {
	t.Helper()
	want := map[string]int{}
	lines := strings.Split(chunk, "\n")
	for i, l := range lines {
		m := expectation.FindStringSubmatchIndex(l)
		if m == nil {
			continue
		}
		for _, e := range oneExpected.FindAllStringSubmatch(l[m[2]:m[3]], -1) {
			want[fmt.Sprintf("%d: %s %q", i+1, e[1], strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(e[2]))]++
		}
		lines[i] = l[:m[0]]
	}
	f := source.New(name, []byte(strings.Join(lines, "\n")))
	_, list := syntax.Parse(f)
	for _, d := range list {
		if d.Fix == nil || d.Fix.Text == "" {
			t.Errorf("%s at line %d: %q does not say the way out", d.Code.ID, d.Span.Start.Line, d.Message)
		}
		got := fmt.Sprintf("%d: %s %q", d.Span.Start.Line, d.Code.ID, firstLine(f.Text(d.Span)))
		if want[got]--; want[got] < 0 {
			t.Errorf("surplus error at line %s\n\t%s", got, sentence(d))
		}
	}
	for w, n := range want {
		if n > 0 {
			t.Errorf("missing error at line %s", w)
		}
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func sentence(d *diag.Diagnostic) string {
	s := d.Message
	if d.Fix != nil {
		s += "; fix: " + d.Fix.Text
	}
	return s
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	return files
}

// TestExpectedHandoffNamesTheTeams is about a word that is left out in a test: which teams there are is told.
func TestExpectedHandoffNamesTheTeams(t *testing.T) {
	t.Parallel()
	for flow, want := range map[string]string{
		"state person { handoff nurses }\nstate desk { handoff desk }\ntest \"a\" {\n  human\n  expect handoff\n}\n": "after `handoff` the team's name (here `nurses` or `desk`) is missing",
		"test \"a\" {\n  human\n  expect handoff\n}\n":                                                               "after `handoff` the team's name is missing",
	} {
		_, problems := syntax.Parse(source.New("a.flow", []byte(flow)))
		if len(problems) != 1 || problems[0].Message != want {
			t.Errorf("%s\ngot %v, want %s", flow, problems, want)
		}
	}
}
