package compiler_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/stdlib"
)

// practice returns the practice of testdata with files added to it or replaced.
func practice(t testing.TB, files map[string]string) fstest.MapFS {
	t.Helper()
	facts, err := os.ReadFile("testdata/practice/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := fstest.MapFS{"practice.yaml": {Data: facts}}
	for name, content := range files {
		out[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return out
}

// std is the small standard library of testdata with the real standard sentences.
func std(t testing.TB) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"hipaa.policy.yaml", "frontdesk.flow", "emergency.flow"} {
		b, err := os.ReadFile("testdata/std/std/" + name)
		if err != nil {
			t.Fatal(err)
		}
		out["std/"+name] = &fstest.MapFile{Data: b}
	}
	texts, err := fs.ReadFile(stdlib.FS, "std/texts.flow")
	if err != nil {
		t.Fatal(err)
	}
	out["std/texts.flow"] = &fstest.MapFile{Data: texts}
	return out
}

// shown is a list of diagnostics as an author reads it.
func shown(r *compiler.Result, l diag.List) string {
	var b bytes.Buffer
	if err := diag.Text(&b, l, r, diag.Options{}); err != nil {
		panic(err)
	}
	return b.String()
}

func TestConsultation(t *testing.T) {
	t.Parallel()
	flow, err := os.ReadFile("testdata/golden/consultation.flow")
	if err != nil {
		t.Fatal(err)
	}
	r, problems := compiler.Compile(practice(t, map[string]string{"consultation.flow": string(flow)}), "consultation.flow", compiler.Options{Std: std(t)})
	if len(problems) > 0 {
		t.Fatalf("%s", shown(r, problems))
	}
	if r.Machine.Start != "welcome" || len(r.Tests) != 1 {
		t.Errorf("start %q, %d tests", r.Machine.Start, len(r.Tests))
	}
}

func TestMissingFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		files fstest.MapFS
		entry string
		want  string
	}{
		{"no practice", fstest.MapFS{"a.flow": {Data: []byte("flow \"A\"\n")}}, "a.flow", "there is no file `practice.yaml` here"},
		{"no flow", practice(t, nil), "a.flow", "there is no file `a.flow` here"},
		{"a folder", practice(t, map[string]string{"a.flow/b": ""}), "a.flow", "the file `a.flow` cannot be read"},
		{"outside", practice(t, nil), "../a.flow", "there is no file `../a.flow` here"},
	} {
		r, problems := compiler.Compile(c.files, c.entry, compiler.Options{Std: std(t)})
		told := func(d *diag.Diagnostic) bool { return d.Code == diag.UnreadableFile && d.Message == c.want }
		if r.Machine != nil || !slices.ContainsFunc(problems, told) {
			t.Errorf("%s: got\n%s\nwant %s", c.name, shown(r, problems), c.want)
		}
	}
	if _, problems := compiler.CompileAll(practice(t, nil), compiler.Options{Std: std(t)}); len(problems) != 1 {
		t.Errorf("an empty practice has %d problems, want 1", len(problems))
	}
}

// TestLimits: what is too large for a machine is an error, not a panic.
func TestLimits(t *testing.T) {
	t.Parallel()
	repeat := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	ask := repeat(900, func(int) string { return "ask n \"N?\" " })
	for name, flow := range map[string]string{
		"questions": "field n number for \"x\"\nfragment f exits done { start s state s { " + strings.ReplaceAll(ask, "n \"", "n2 \"") + " -> done } }\nfield n2 yes-no\n" +
			repeat(300, func(i int) string { return fmt.Sprintf("state t%d { run f { done -> t0 } }\n", i) }),
		"nesting": repeat(40, func(i int) string {
			return fmt.Sprintf("fragment f%d exits done { start s state s { run f%d { done -> done } } }\n", i, i+1)
		}) + "fragment f40 exits done { start s state s { say \"x\" -> done } }\nstate t { run f0 { done -> first-one } }\n",
		"lines":   "state t { " + repeat(3000, func(int) string { return "say \"x\" " }) + " end done }\n",
		"choices": "state t { offer { " + repeat(300, func(i int) string { return fmt.Sprintf("\"c%d\" -> t ", i) }) + "} }\n",
		"fields":  repeat(20_001, func(i int) string { return fmt.Sprintf("field f%d yes-no\n", i) }),
		"text":    "state t { say \"" + strings.Repeat("x", 30_000) + "\" end done }\n",
	} {
		_, problems := compiler.Compile(practice(t, map[string]string{"a.flow": complete(flow)}), "a.flow", compiler.Options{Std: std(t)})
		if len(problems) != 1 || problems[0].Code != diag.TooManyStates {
			t.Errorf("%s: %d problems, the first: %v", name, len(problems), problems[:min(1, len(problems))])
		}
	}
}
