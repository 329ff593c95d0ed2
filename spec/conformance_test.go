package spec_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/diag"
)

// A file of conformance/codes holds the cases of one diagnostic code:
//
//	# spec: 6 Ways on              the section of language.md, or a schema, that says the rule
//	# budget: 500                  most abstract states, where the default would take long
//	# also: T1018                  a code that this one cannot come without
//	-- bad/1/flow.flow --          a practice that must be rejected: only what differs from conformance/base
//	-- good/1/flow.flow --         a practice that must compile without a problem
//	-- want --                     file:line:column CODE of every problem of the bad ones, after their folder
//
// Parts of a base file, which blank lines separate, are added after a case's own file where that has no part that begins
// alike. A first line `# whole` leaves the file as it stands, `# absent` takes it away, and `# padded to N bytes`
// lengthens it. <U+202E> and <0xF1> stand for the character and the byte.
type codeCase struct {
	code     string
	also     []string
	budget   int // 0: the default
	archive  *txtar.Archive
	variants map[string]fstest.MapFS // by folder: bad/1, good/1 …
	want     string
}

// unseen are codes that no practice can show, because something else refuses it before. They guard other doors: what
// `tacet fmt` reads from standard input (conformance/cli/fmt.txtar), and machines that the compiler did not make.
var unseen = []string{"T1025", "T2191", "T5111", "T5112", "T5113", "T6101"}

const atLeast = 150 // rejected practices in all

// TestCodes compiles the cases of every diagnostic code.
func TestCodes(t *testing.T) {
	t.Parallel()
	cases := codeCases(t)
	rejected := 0
	for _, c := range cases {
		bad, good := c.count("bad/"), c.count("good/")
		rejected += bad
		if bad == 0 || good == 0 {
			t.Errorf("%s.txtar: %d rejected and %d accepted practices; it needs at least one of each", c.code, bad, good)
		}
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
	if rejected < atLeast {
		t.Errorf("%d practices are rejected in all, want at least %d", rejected, atLeast)
	}
}

// TestCodesComplete holds the cases against the codes there are.
func TestCodesComplete(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	for _, c := range codeCases(t) {
		have[c.code] = true
		if diag.Lookup(c.code) == nil {
			t.Errorf("%s.txtar: there is no such code", c.code)
		}
	}
	for _, c := range diag.Codes() {
		if hidden := slices.Contains(unseen, c.ID); have[c.ID] == hidden {
			t.Errorf("%s (%s): has a case: %v, cannot be shown: %v", c.ID, c.Title, have[c.ID], hidden)
		}
	}
	for _, id := range unseen {
		if diag.Lookup(id) == nil {
			t.Errorf("%s cannot be shown and does not exist", id)
		}
	}
}

func (c codeCase) count(prefix string) int {
	n := 0
	for name := range c.variants {
		if strings.HasPrefix(name, prefix) {
			n++
		}
	}
	return n
}

func (c codeCase) check(t *testing.T) {
	t.Helper()
	var got strings.Builder
	for _, folder := range slices.SortedFunc(maps.Keys(c.variants), byNumber) {
		results, problems := compiled(c.variants[folder], c.budget)
		for _, r := range results {
			if r.Machine == nil && len(problems) == 0 {
				t.Errorf("%s: no machine and no problem", folder)
			}
		}
		if strings.HasPrefix(folder, "good/") {
			if len(problems) > 0 {
				t.Errorf("%s: %s", folder, printed(t, results, problems))
			}
			continue
		}
		if !slices.ContainsFunc(problems, func(d *diag.Diagnostic) bool { return d.Code.ID == c.code }) {
			t.Errorf("%s is not rejected with %s\n%s", folder, c.code, printed(t, results, problems))
		}
		for _, d := range problems {
			if d.Code.ID != c.code && !slices.Contains(c.also, d.Code.ID) {
				t.Errorf("%s: %s is surplus\n%s", folder, d.Code.ID, printed(t, results, problems))
			}
			at := d.Span.Start
			fmt.Fprintf(&got, "%s/%s:%d:%d %s\n", folder, at.Filename, at.Line, at.Column, d.Code.ID)
		}
	}
	if got.String() == c.want {
		return
	}
	if os.Getenv("TACET_UPDATE") == "1" {
		c.update(t, got.String())
		return
	}
	t.Errorf("problems (-want +got):\n%s", cmp.Diff(c.want, got.String()))
}

// asOf is the day on which agreements and reviews are judged.
var asOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// compiled checks flow.flow, or, where it is absent, the practice, as `tacet check` does.
func compiled(practice fstest.MapFS, budget int) ([]*compiler.Result, diag.List) {
	options := compiler.Options{Untrained: true}
	if practice["flow.flow"] == nil {
		return compiler.CompileAll(practice, options)
	}
	r, problems := compiler.Compile(practice, "flow.flow", options)
	if r.Machine != nil {
		_, broken := verify.Check(r.Machine, verify.Options{AsOf: asOf, Budget: budget, Files: r})
		problems = append(problems, broken...)
	}
	return []*compiler.Result{r}, problems
}

func (c codeCase) update(t *testing.T, want string) {
	t.Helper()
	a := *c.archive
	a.Files = slices.DeleteFunc(slices.Clone(a.Files), func(f txtar.File) bool { return f.Name == "want" })
	a.Files = append(a.Files, txtar.File{Name: "want", Data: []byte(want)})
	if err := os.WriteFile(filepath.Join("conformance/codes", c.code+".txtar"), txtar.Format(&a), 0o644); err != nil {
		t.Fatal(err)
	}
}

func printed(t *testing.T, results []*compiler.Result, problems diag.List) string {
	t.Helper()
	files := diag.Files{}
	for _, r := range results {
		maps.Copy(files, r.Files)
	}
	var b strings.Builder
	if err := diag.Text(&b, problems, files, diag.Options{}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// byNumber sorts bad/2 before bad/10.
func byNumber(a, b string) int {
	if d := strings.Compare(path.Dir(a), path.Dir(b)); d != 0 {
		return d
	}
	m, _ := strconv.Atoi(path.Base(a))
	n, _ := strconv.Atoi(path.Base(b))
	return m - n
}

func codeCases(t *testing.T) []codeCase {
	t.Helper()
	names, err := filepath.Glob("conformance/codes/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	base := baseParts(t)
	var out []codeCase
	for _, name := range names {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		checkSection(t, name, string(a.Comment))
		c := codeCase{code: strings.TrimSuffix(filepath.Base(name), ".txtar"), archive: a, variants: map[string]fstest.MapFS{}}
		if m := budgetLine.FindStringSubmatch(string(a.Comment)); m != nil {
			c.budget, _ = strconv.Atoi(m[1])
		}
		for _, m := range alsoLine.FindAllStringSubmatch(string(a.Comment), -1) {
			c.also = append(c.also, m[1])
		}
		for _, f := range a.Files {
			parts := strings.SplitN(f.Name, "/", 3)
			switch {
			case f.Name == "want":
				c.want = string(f.Data)
			case len(parts) == 3 && (parts[0] == "bad" || parts[0] == "good"):
				folder := parts[0] + "/" + parts[1]
				if c.variants[folder] == nil {
					c.variants[folder] = fstest.MapFS{}
				}
				c.variants[folder][parts[2]] = &fstest.MapFile{Data: f.Data}
			default:
				t.Errorf("%s: %s is neither want nor in bad/N/ or good/N/", name, f.Name)
			}
		}
		for _, v := range c.variants {
			complete(v, base)
		}
		out = append(out, c)
	}
	return out
}

var (
	specLine   = regexp.MustCompile(`^# spec: (.+)\n`)
	budgetLine = regexp.MustCompile(`(?m)^# budget: (\d+)$`)
	alsoLine   = regexp.MustCompile(`(?m)^# also: (T\d{4})$`)
	schema     = regexp.MustCompile(`^schema/[a-z.]+$`)
)

// checkSection checks that the first line of a case names something that exists.
func checkSection(t *testing.T, name, comment string) {
	t.Helper()
	m := specLine.FindStringSubmatch(comment)
	if m == nil {
		t.Errorf("%s: the first line must be `# spec: …`", name)
		return
	}
	if schema.MatchString(m[1]) {
		if _, err := os.Stat(m[1]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	page, err := os.ReadFile("language.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(page, []byte("\n## "+m[1]+"\n")) {
		t.Errorf("%s: language.md has no section `%s`", name, m[1])
	}
}

// baseParts reads the shared base: the parts of each file.
func baseParts(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, name := range []string{"flow.flow", "practice.yaml"} {
		content, err := os.ReadFile(filepath.Join("conformance/base", name))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = strings.Split(strings.TrimSuffix(string(content), "\n"), "\n\n")
	}
	return out
}

// partHead is what tells whether a file has a part already: the word of a declaration, the name of a state, a key.
var partHead = regexp.MustCompile(`^(?:state [a-z-]+|[a-z_]+:?)`)

var (
	padded  = regexp.MustCompile(`^# padded to (\d+) bytes\n`)
	escaped = regexp.MustCompile(`<(U\+|0x)([0-9A-F]+)>`)
)

// complete fills up the files of a case from the base and applies their first lines.
func complete(files fstest.MapFS, base map[string][]string) {
	for name, parts := range base {
		own := ""
		if f := files[name]; f != nil {
			own = string(f.Data)
		}
		if !strings.HasPrefix(own, "# whole\n") && !strings.HasPrefix(own, "# absent\n") {
			files[name] = &fstest.MapFile{Data: []byte(withBase(own, parts))}
		}
	}
	for name, f := range files {
		if bytes.HasPrefix(f.Data, []byte("# absent\n")) {
			delete(files, name)
			continue
		}
		f.Data = escaped.ReplaceAllFunc(f.Data, unescape)
		if m := padded.FindSubmatch(f.Data); m != nil {
			size, _ := strconv.Atoi(string(m[1]))
			f.Data = append(f.Data, bytes.Repeat([]byte("# padding\n"), size/len("# padding\n")+1)...)[:size]
		}
	}
}

func withBase(own string, parts []string) string {
	for _, part := range parts {
		head := partHead.FindString(part)
		if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(head) + `(?:\s|$)`).MatchString(own) {
			own += part + "\n"
		}
	}
	return own
}

func unescape(s []byte) []byte {
	m := escaped.FindSubmatch(s)
	n, err := strconv.ParseUint(string(m[2]), 16, 32)
	switch {
	case err != nil:
		return s
	case string(m[1]) == "0x":
		return []byte{byte(n)}
	}
	return []byte(string(rune(n)))
}
