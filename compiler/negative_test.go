package compiler_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/diag"
)

// A case is a chunk of a file in testdata/cases, between lines of ---. What a flow must have and the chunk does not is
// added after it. `=== name` begins another file of the practice.
//
//	#! T2001 "words"   at the end of the line that is blamed: exactly these problems must be reported
//	#ok T2001 T2002    the chunk is the accepting case of these codes, and has no problem
//	#bare              nothing is added
var (
	expectation = regexp.MustCompile(`#! (T\d{4}) "([^"]*)"`)
	accepted    = regexp.MustCompile(`(?m)^#ok((?: T\d{4})+)`)
)

// additions complete a chunk, where a line does not begin like the pattern.
var additions = []struct{ has, add string }{
	{`(?m)^flow `, "flow \"Test\""},
	{`(?m)^purpose `, "purpose scheduling"},
	{`(?m)^use `, "use \"std/hipaa\""},
	{`(?m)^scope `, "scope { refuse talk }"},
	{`(?m)^topic talk`, "topic talk { like \"let us talk\" like es \"hablemos\" }"},
	{`(?m)^session `, "session { timeout 20 minutes  keep 90 days  retries 2 }"},
	{`(?m)^notice `, "notice \"In an emergency call 911.\" es \"En una emergencia llame al 911.\""},
	{`(?m)^start `, "start first-one"},
	{`(?m)^state first-one`, "state first-one { end done }"},
}

func complete(chunk string) string {
	if strings.Contains(chunk, "#bare") {
		return chunk
	}
	for _, a := range additions {
		if !regexp.MustCompile(a.has).MatchString(chunk) {
			add := a.add
			if !strings.Contains(chunk, "languages en, es") {
				add = regexp.MustCompile(` (like )?es "[^"]*"`).ReplaceAllString(add, "")
			}
			chunk += "\n" + add
		}
	}
	return chunk + "\n"
}

func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/cases/*.flow")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	rejected, passed := map[string]bool{"T2021": true}, map[string]bool{} // TestMissingFiles rejects with T2021
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		line := 1
		for _, chunk := range strings.Split(string(content), "\n---\n") {
			for _, m := range expectation.FindAllStringSubmatch(chunk, -1) {
				rejected[m[1]] = true
			}
			for _, m := range accepted.FindAllStringSubmatch(chunk, -1) {
				for _, code := range strings.Fields(m[1]) {
					passed[code] = true
				}
			}
			checkCase(t, fmt.Sprintf("%s:%d", filepath.Base(name), line), chunk)
			line += strings.Count(chunk, "\n") + 2
		}
	}
	for _, c := range diag.Codes() {
		if !ours(c.ID) {
			continue
		}
		if !rejected[c.ID] {
			t.Errorf("no case is rejected with %s (%s)", c.ID, c.Title)
		}
		if !passed[c.ID] {
			t.Errorf("no case is accepted beside %s (%s)", c.ID, c.Title)
		}
	}
}

// ours reports whether a code is declared in codes_flow.go.
func ours(id string) bool {
	return strings.HasPrefix(id, "T20") || strings.HasPrefix(id, "T500") || strings.HasPrefix(id, "T501") || strings.HasPrefix(id, "T80")
}

// checkCase compiles a chunk and compares what is reported with what its lines expect.
func checkCase(t *testing.T, name, chunk string) {
	t.Helper()
	files := map[string]string{}
	parts := regexp.MustCompile(`(?m)^=== (\S+)\n`).Split(chunk, -1)
	names := regexp.MustCompile(`(?m)^=== (\S+)\n`).FindAllStringSubmatch(chunk, -1)
	files["test.flow"] = complete(parts[0])
	for i, n := range names {
		files[n[1]] = parts[i+1]
	}
	var want []string
	for file, content := range files {
		for i, line := range strings.Split(content, "\n") {
			for _, m := range expectation.FindAllStringSubmatch(line, -1) {
				want = append(want, fmt.Sprintf("%s:%d %s %s", file, i+1, m[1], m[2]))
			}
		}
	}
	r, problems := compiler.Compile(practice(t, files), "test.flow", compiler.Options{Std: std(t), MaxStates: 150})
	if r.Machine == nil && len(problems) == 0 {
		t.Errorf("%s: no machine and no problem", name)
	}
	for _, p := range problems {
		at := fmt.Sprintf("%s:%d %s ", p.Span.Start.Filename, max(p.Span.Start.Line, 1), p.Code.ID)
		i := slices.IndexFunc(want, func(w string) bool {
			return strings.HasPrefix(w, at) && strings.Contains(everything(p), strings.TrimPrefix(w, at))
		})
		if i < 0 {
			t.Errorf("%s: surplus:\n%s", name, shown(r, diag.List{p}))
			continue
		}
		want = slices.Delete(want, i, i+1)
		checkWording(t, name, p)
	}
	for _, w := range want {
		t.Errorf("%s: missing: %s", name, w)
	}
}

// everything is all the words of a diagnostic.
func everything(d *diag.Diagnostic) string {
	out := []string{d.Message, d.Label, d.Effect, d.Within}
	for _, n := range d.Notes {
		out = append(out, n.Text)
	}
	if d.Fix != nil {
		out = append(out, d.Fix.Text)
	}
	return strings.Join(out, "\n")
}

// checkWording checks the grammar of messages: one line, no final period, a way out.
func checkWording(t *testing.T, name string, d *diag.Diagnostic) {
	t.Helper()
	if d.Fix == nil || d.Fix.Text == "" {
		t.Errorf("%s: %s has no way out: %s", name, d.Code.ID, d.Message)
	}
	if strings.HasSuffix(d.Message, ".") || strings.Contains(d.Message, "\n") || d.Message == "" {
		t.Errorf("%s: %s is worded badly: %s", name, d.Code.ID, d.Message)
	}
}

func TestCodesHavePages(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, c := range diag.Codes() {
		if ours(c.ID) && (c.Title == "" || c.Text == "" || c.Bad == "" || c.Good == "") {
			t.Errorf("%s has no full page", c.ID)
		}
		if other := seen[c.Title]; other != "" && ours(c.ID) {
			t.Errorf("%s and %s have the same title", other, c.ID)
		}
		seen[c.Title] = c.ID
	}
}
