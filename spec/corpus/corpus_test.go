// Package corpus_test holds the compiler to flows that must be accepted, and to the errors of flows with one mistake.
package corpus_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/kernel"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

const examples = "../../examples"

// wanted is how many good flows the corpus holds at least.
const wanted = 100

// seed is that of the one-time codes in played tests.
const seed = 1

// asOf is the day on which agreements and reviews are judged: the facts here are in force then.
var asOf = time.Date(2026, time.November, 22, 12, 0, 0, 0, time.UTC)

// check finds what `tacet check` finds in one flow, and fails where the kernel refuses what the verifier proved.
func check(t *testing.T, src fs.FS, name string) (*compiler.Result, diag.List) {
	t.Helper()
	r, problems := compiler.Compile(src, name, compiler.Options{})
	if r.Machine == nil {
		return r, problems
	}
	report, found := verify.Check(r.Machine, verify.Options{AsOf: asOf, Files: r})
	for _, d := range found {
		if d.Witness != "" { // where `tacet check` writes it
			d.Witness = ".tacet/" + r.Machine.Flow.ID + "." + d.Witness
		}
	}
	problems = append(problems, found...)
	if problems.HasErrors() {
		return r, problems
	}
	if err := kernel.Check(r.Machine, report.Certificate, asOf); err != nil {
		t.Errorf("%s: the kernel refuses what the verifier proved: %v", name, err)
	}
	return r, problems
}

// good returns the corpus as one practice folder per flow, so that a flow is judged alone.
func good(t *testing.T) map[string]fs.FS {
	t.Helper()
	files, err := filepath.Glob("good/*.flow")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]fs.FS{}
	for _, f := range files {
		out[filepath.Base(f)] = fstest.MapFS{
			"practice.yaml":  {Data: read(t, "practice.yaml")},
			filepath.Base(f): {Data: read(t, f)},
		}
	}
	return out
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// text is what `tacet check` prints.
func text(t *testing.T, problems diag.List, r *compiler.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := diag.Text(&b, problems, diag.Files(r.Files), diag.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGoodFlowsAreAccepted(t *testing.T) {
	t.Parallel()
	flows := good(t)
	if len(flows) < wanted {
		t.Errorf("got %d good flows, want at least %d", len(flows), wanted)
	}
	for name, dir := range flows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, problems := check(t, dir, name)
			if problems.HasErrors() {
				t.Fatalf("%s: got errors, want none:\n%s", name, text(t, problems, r))
			}
			play(t, r)
		})
	}
}

// practices are the folders of examples/.
func practices(t *testing.T) []string {
	t.Helper()
	facts, err := filepath.Glob(filepath.Join(examples, "*", "practice.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range facts {
		out = append(out, filepath.Dir(f))
	}
	if len(out) < 5 {
		t.Fatalf("got the example practices %v, want one for each primary function", out)
	}
	return out
}

// The examples are whole: no problem, and tests that pass and reach every state, way and outcome of a condition of
// their own. Lakeside is an introduction, whose tests only pass.
func TestExamplesAreCovered(t *testing.T) {
	t.Parallel()
	for _, dir := range practices(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			flows, err := filepath.Glob(filepath.Join(dir, "*.flow"))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range flows {
				r, problems := check(t, os.DirFS(dir), filepath.Base(f))
				if len(problems) > 0 {
					t.Errorf("%s: got problems, want none:\n%s", f, text(t, problems, r))
					continue
				}
				gaps := play(t, r).Gaps()
				if filepath.Base(dir) == "lakeside" {
					continue
				}
				for _, g := range gaps {
					if g.Place.File == r.Entry {
						t.Errorf("%s:%d: got %s, want every line of the author's reached by a test", f, g.Place.Line, g.What)
					}
				}
			}
		})
	}
}

// play plays every test that a flow brings along, and returns what they reach together.
func play(t *testing.T, r *compiler.Result) *rehearsal.Coverage {
	t.Helper()
	p, err := engine.Load(r.Machine)
	if err != nil {
		t.Fatalf("%s: %v", r.Entry, err)
	}
	sum := rehearsal.NewCoverage(r.Machine)
	for _, test := range r.Tests {
		got, err := rehearsal.Play(p, test, seed)
		if err != nil {
			t.Fatalf("%s: %s: %v", r.Entry, test.Name, err)
		}
		if !got.OK() {
			t.Errorf("%s: %s:\n%s", r.Entry, test.Name, got.Report())
		}
		sum.Merge(got.Coverage)
	}
	return sum
}

// Each example has a sibling with one line changed by mistake, and the error that it gives.
func TestMistakes(t *testing.T) {
	t.Parallel()
	flows, err := filepath.Glob(filepath.Join(examples, "*", "mistakes", "*.flow"))
	if err != nil {
		t.Fatal(err)
	}
	if len(flows) == 0 {
		t.Fatal("got no flow with a mistake")
	}
	for _, f := range flows {
		dir, name := filepath.Dir(f), filepath.Base(f)
		t.Run(path.Join(filepath.Base(filepath.Dir(dir)), name), func(t *testing.T) {
			t.Parallel()
			src := fstest.MapFS{
				"practice.yaml": {Data: read(t, filepath.Join(dir, "..", "practice.yaml"))},
				name:            {Data: read(t, f)},
			}
			oneLineOff(t, string(read(t, filepath.Join(dir, "..", name))), string(read(t, f)))
			r, problems := check(t, src, name)
			got, golden := text(t, problems, r), filepath.Join(dir, "want.txt")
			if os.Getenv("TACET_UPDATE") == "1" {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(read(t, golden)); got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", f, got, want)
			}
			if !problems.HasErrors() {
				t.Errorf("%s: got no error, want one", f)
			}
		})
	}
}

// oneLineOff fails unless after differs from before in one line, changed, added or taken out.
func oneLineOff(t *testing.T, before, after string) {
	t.Helper()
	b, a := strings.Split(before, "\n"), strings.Split(after, "\n")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) > 1 || len(b) > 1 || len(a)+len(b) == 0 {
		t.Errorf("got lines %q in place of %q, want one line's difference", a, b)
	}
}
