package kernel_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestEveryConditionMatters breaks the conditions of the kernel, and of the cells that it relies on, one at a time: each is made
// always true, then always false, and a comparison of sizes takes the other side at the edge. Every such kernel must fail its own
// tests, or be explained by why. It takes some minutes: TACET_CONDITIONS=1, or those to look at: "cells.go flows.go:65".
// With TACET_THOROUGH=1 those that the quick tests do not notice are put to the thorough ones, too.
func TestEveryConditionMatters(t *testing.T) {
	if os.Getenv("TACET_CONDITIONS") == "" {
		t.Skip("set TACET_CONDITIONS=1 to break every condition of the kernel, which takes some minutes")
	}
	b := instrumented(t, brokenSource)
	if err := b.put("broken_verdicts_test.go", brokenVerdicts); err != nil {
		t.Fatal(err)
	}
	binary, err := b.build(".")
	if err != nil {
		t.Fatal(err)
	}
	cells, err := b.build("../../lang/machine")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	only := os.Getenv("TACET_CONDITIONS")
	for i, c := range b.conditions {
		for _, how := range c.ways {
			if only == "1" || slices.ContainsFunc(strings.Fields(only), func(p string) bool { return strings.HasPrefix(filepath.Base(c.at), p) }) {
				ids = append(ids, fmt.Sprintf("%d:%s", i, how))
			}
		}
	}
	ways := len(ids)
	ids = b.unnoticed(t, binary, ids)
	survived := 0
	for _, id := range ids {
		n, how, _ := strings.Cut(id, ":")
		i, _ := strconv.Atoi(n)
		c := b.conditions[i]
		if !b.survives(cells, binary, id, c) {
			continue
		}
		survived++
		if why(how, c) == "" {
			t.Errorf("%s: nobody notices that `%s` is %s", c.at, c.text, how)
		}
	}
	t.Logf("%d conditions, %d ways to break them: %d noticed by verdicts, %d by other tests, %d survive", len(b.conditions), ways, ways-len(ids), len(ids)-survived, survived)
}

// TestEveryBranchIsTaken runs the quick tests of the kernel, and notes which way each of its conditions went: every one must have been
// both true and false.
func TestEveryBranchIsTaken(t *testing.T) {
	if testing.Short() {
		t.Skip("builds another kernel: takes a minute")
	}
	t.Parallel()
	b := instrumented(t, notingSource)
	noted := map[string]bool{}
	for _, of := range []struct{ folder, name, tests string }{{".", "kernel", stages[0] + "|" + stages[1]}, {"../../lang/machine", "machine", "^TestCells|^TestTooManyCells"}} {
		file := filepath.Join(b.dir, "noted-"+of.name)
		if err := b.put(filepath.Join(of.folder, "noted_test.go"), fmt.Sprintf(notedSource, of.name, file)); err != nil {
			t.Fatal(err)
		}
		binary, err := b.build(of.folder)
		if err != nil {
			t.Fatal(err)
		}
		run := exec.Command(binary, "-test.run", of.tests)
		run.Env = append(os.Environ(), "TACET_CONDITIONS=")
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		ways, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, way := range strings.Fields(string(ways)) {
			noted[way] = true
		}
	}
	missed := 0
	for i, c := range b.conditions {
		for _, way := range []string{"true", "false"} {
			if !noted[fmt.Sprintf("%d:%s", i, way)] {
				missed++
				t.Errorf("%s: `%s` is never %s", c.at, c.text, way)
			}
		}
	}
	t.Logf("%d conditions, %d of %d ways taken", len(b.conditions), 2*len(b.conditions)-missed, 2*len(b.conditions))
}

// instrumented is the kernel with every condition handed to a function.
func instrumented(t *testing.T, decider string) *breaking {
	t.Helper()
	b := &breaking{dir: t.TempDir(), decider: decider, replace: map[string]string{}}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	sources = slices.DeleteFunc(sources, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
	for _, name := range append(sources, "../../lang/machine/cells.go") {
		if err := b.instrument(name); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// notingSource notes which ways conditions went.
const notingSource = `package %s

import (
	"fmt"
	"strings"
	"sync/atomic"
)

var ways [2000][2]atomic.Bool

func broken(at int, is bool, _ ...bool) bool {
	way := 0
	if is {
		way = 1
	}
	ways[at][way].Store(true)
	return is
}

func Noted() string {
	var b strings.Builder
	for i := range ways {
		for way, name := range []string{"false", "true"} {
			if ways[i][way].Load() {
				fmt.Fprintf(&b, "%%d:%%s\n", i, name)
			}
		}
	}
	return b.String()
}
`

// notedSource writes what was noted when the tests of a package are over.
const notedSource = `package %[1]s_test

import (
	"os"
	"testing"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := os.WriteFile(%[2]q, []byte(machine.Noted()+kernel.Noted()), 0o600); err != nil {
		panic(err)
	}
	os.Exit(code)
}
`

// unnoticed breaks a kernel in many ways within one process, and returns those in which it decides all verdicts as it must. A
// process that ends early was ended by the first way that it does not tell of.
func (b *breaking) unnoticed(t *testing.T, binary string, ids []string) (out []string) {
	t.Helper()
	for len(ids) > 0 {
		run := exec.Command(binary, "-test.run", "^TestBrokenVerdicts$", "-test.v", "-test.timeout", "5h")
		run.Env = append(os.Environ(), "TACET_BROKEN=", "TACET_CONDITIONS=", "TACET_IDS="+strings.Join(ids, " "))
		said, _ := run.CombinedOutput()
		told := 0
		for line := range strings.Lines(string(said)) {
			w := strings.Fields(line)
			if len(w) != 3 || w[0] != "RESULT" {
				continue
			}
			if told++; w[2] == "unnoticed" {
				out = append(out, w[1])
			}
		}
		if told == 0 && !strings.Contains(string(said), "BEGIN") {
			t.Fatalf("nothing is broken, and a verdict is wrong: %s", said)
		}
		ids = ids[min(max(told, 1), len(ids)):]
	}
	return out
}

// survives reports whether the tests of the package do not notice either.
func (b *breaking) survives(cells, binary, id string, c condition) bool {
	if strings.Contains(c.at, "cells.go") {
		if _, err := b.run(cells, id, "^TestCells|^TestTooManyCells"); err != nil {
			return false
		}
	}
	asked := stages
	if os.Getenv("TACET_THOROUGH") == "" {
		asked = stages[:2]
	}
	return !slices.ContainsFunc(asked, func(tests string) bool { _, err := b.run(binary, id, tests); return err != nil })
}

// brokenVerdicts is a test that goes into the broken kernel.
const brokenVerdicts = `package kernel_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

func TestBrokenVerdicts(t *testing.T) {
	all := verdicts(t)
	for i := range all {
		if !all[i].holds() {
			t.Fatalf("verdict %d of %d", i, len(all))
		}
	}
	fmt.Println("BEGIN", len(all))
	for _, id := range strings.Fields(os.Getenv("TACET_IDS")) {
		n, how, _ := strings.Cut(id, ":")
		at, _ := strconv.Atoi(n)
		kernel.Break(at, how)
		machine.Break(at, how)
		noticed := make(chan bool, 1)
		go func() {
			for i := range all {
				if !all[i].holds() {
					noticed <- true
					return
				}
			}
			noticed <- false
		}()
		select {
		case is := <-noticed:
			fmt.Println("RESULT", id, map[bool]string{true: "noticed", false: "unnoticed"}[is])
		case <-time.After(2 * time.Minute): // it never ends
			fmt.Println("RESULT", id, "noticed")
			os.Exit(1)
		}
		kernel.Break(-1, "")
		machine.Break(-1, "")
	}
}
`

// stages are the tests that are asked one after the other of what no verdict notices: those that tell at once, those that take
// seconds, and, with TACET_THOROUGH=1, those that take a minute.
var stages = []string{
	"^Test(ClinicIsAdmitted|MoreMayBeKnownThanIsNeeded|Forgeries|MergingFirstIsAdmitted|RefusalsRead|Refusals|Unprovable|Provable|AgreementsEnd|NothingIsRefused|TheFirstAgreementToEndIsTold|SomeChangesOfACertificateAreRefused)$",
	"^Test(ExamplesAreAdmitted|WhatAnswersTell|AgreesWithVerifierOnSome|SomeChangesOfAMachineAreRefusedOrHarmless|WorkIsBounded)$",
	"^Test(EveryChangeOfACertificateIsRefused|AgreesWithVerifier|AdversaryIsAble|NoUnsafeMachineIsAdmitted)$",
}

// condition is one place where the kernel decides.
type condition struct {
	at, in, text string   // in is the function
	ways         []string // how it can be broken: true, false, edge
}

// breaking makes a kernel in which each condition can be broken when it runs.
type breaking struct {
	dir        string
	decider    string            // the source of what every condition is handed to
	replace    map[string]string // of files, for go build -overlay
	conditions []condition
	ways       int
}

// edit is a text that goes in at a place; of those at one place the outer open first and the inner close first.
type insertion struct {
	offset, depth int
	text          string
}

// instrument writes a file again, with every condition as an argument of broken.
func (b *breaking) instrument(name string) error {
	src, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, 0)
	if err != nil {
		return err
	}
	var edits []insertion
	text := func(n ast.Node) string {
		return string(src[fset.Position(n.Pos()).Offset:fset.Position(n.End()).Offset])
	}
	for _, e := range conditionsOf(file) {
		c := condition{at: fset.Position(e.Pos()).String(), in: function(file, e), text: strings.Join(strings.Fields(text(e)), " "), ways: []string{"true", "false"}}
		end := ")"
		if x, ok := e.(*ast.BinaryExpr); ok && slices.Contains([]token.Token{token.LSS, token.LEQ, token.GTR, token.GEQ}, x.Op) {
			c.ways, end = append(c.ways, "edge"), fmt.Sprintf(", (%s) == (%s))", text(x.X), text(x.Y))
		}
		depth := len(edits) + 1
		edits = append(edits,
			insertion{fset.Position(e.Pos()).Offset, depth, fmt.Sprintf("broken(%d, ", len(b.conditions))},
			insertion{fset.Position(e.End()).Offset, -depth, end})
		b.conditions, b.ways = append(b.conditions, c), b.ways+len(c.ways)
	}
	sort.SliceStable(edits, func(i, k int) bool {
		if edits[i].offset != edits[k].offset {
			return edits[i].offset < edits[k].offset
		}
		return edits[i].depth < edits[k].depth // those that close are below 0
	})
	var out strings.Builder
	at := 0
	for _, e := range edits {
		out.Write(src[at:e.offset])
		out.WriteString(e.text)
		at = e.offset
	}
	out.Write(src[at:])
	if err := b.put(name, out.String()); err != nil {
		return err
	}
	return b.put(filepath.Join(filepath.Dir(name), "broken.go"), fmt.Sprintf(b.decider, file.Name.Name))
}

// function is the name of the function that a part of a file stands in.
func function(file *ast.File, part ast.Node) string {
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Pos() <= part.Pos() && part.End() <= f.End() {
			return f.Name.Name
		}
	}
	return ""
}

func (b *breaking) put(name, text string) error {
	abs, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	to := b.replace[abs]
	if to == "" {
		to = filepath.Join(b.dir, fmt.Sprintf("%d.go", len(b.replace)))
		b.replace[abs] = to
	}
	return os.WriteFile(to, []byte(text), 0o600)
}

const brokenSource = `package %s

import (
	"os"
	"strconv"
	"strings"
)

var brokenAt, brokenHow = func() (int, string) {
	id, how, _ := strings.Cut(os.Getenv("TACET_BROKEN"), ":")
	n, err := strconv.Atoi(id)
	if err != nil {
		n = -1
	}
	return n, how
}()

func Break(at int, how string) { brokenAt, brokenHow = at, how }

func broken(at int, is bool, equal ...bool) bool {
	if at != brokenAt {
		return is
	}
	switch brokenHow {
	case "true":
		return true
	case "false":
		return false
	}
	return is != equal[0]
}
`

// conditionsOf are the expressions that decide: comparisons, the parts of and, or and not, and what if, for and cases ask;
// each outer one before those in it.
func conditionsOf(file *ast.File) []ast.Expr {
	var out []ast.Expr
	seen := map[ast.Expr]bool{}
	add := func(list ...ast.Expr) {
		for _, e := range list {
			for p, ok := e.(*ast.ParenExpr); ok; p, ok = e.(*ast.ParenExpr) {
				e = p.X
			}
			if e != nil && !seen[e] {
				seen[e] = true
				out = append(out, e)
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			add(n.Cond)
		case *ast.ForStmt:
			add(n.Cond)
		case *ast.SwitchStmt:
			if n.Tag == nil {
				for _, s := range n.Body.List {
					add(s.(*ast.CaseClause).List...)
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.NOT {
				add(n.X)
			}
		case *ast.BinaryExpr:
			switch n.Op {
			case token.LAND, token.LOR:
				add(n, n.X, n.Y)
			case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
				add(n)
			}
		}
		return true
	})
	slices.SortStableFunc(out, func(a, b ast.Expr) int {
		if a.Pos() != b.Pos() {
			return int(a.Pos() - b.Pos())
		}
		return int(b.End() - a.End())
	})
	return out
}

func (b *breaking) build(pkg string) (binary string, err error) {
	overlay, err := json.Marshal(map[string]any{"Replace": b.replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(b.dir, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	binary = filepath.Join(b.dir, filepath.Base(pkg)+".test")
	if out, err := exec.Command("go", "test", "-c", "-overlay", list, "-o", binary, pkg).CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return binary, nil
}

// run runs some tests of a kernel that is broken in one way. A test that never ends is one that notices.
func (b *breaking) run(binary, id, tests string) (out []byte, err error) {
	run := exec.Command(binary, "-test.run", tests, "-test.failfast", "-test.timeout", (2 * time.Minute).String())
	run.Env = append(os.Environ(), "TACET_BROKEN="+id, "TACET_CONDITIONS=")
	return run.CombinedOutput()
}

// why is the reason why nobody can notice that a condition is broken in some way; "" where there is none.
func why(how string, c condition) string {
	asks := strings.TrimPrefix(c.text, "!")
	refuses := slices.ContainsFunc([]string{"k.spend(", "k.want(", "k.wantAt("}, func(f string) bool { return strings.HasPrefix(asks, f) })
	if refuses && (asks != c.text) == (how == "false") || how+" "+c.text == "false k.refusal != nil" || how+" "+c.text == "true k.refusal == nil" {
		return "what is wrong is refused when it is found; that this is said, too, only saves the rest of the work"
	}
	return equivalent[c.in+": "+how+" "+c.text]
}

// equivalent are the ways to break a condition of a function that nobody can notice, with the reason.
var equivalent = map[string]string{
	"consentsTo: false ok":                     "a class that was looked up before is looked up again",
	"consentsTo: true l.consent != 0":          "a location without a consent adds no fact",
	"enterPlaces: true l.Field != \"\"":        "the number of a field is looked at only where there is one",
	"enterPlaces: true l.Consent != \"\"":      "the fact of a consent is looked at only where one is asked for, or covers a class",
	"enterOutcomes: false o.on == people":      "people are come to from a book as from the question for its time",
	"outcome: true l.Kind == machine.Verify":   "no other location that waits has such an outcome: that is what makes a machine valid",
	"outcome: true l.Kind == machine.Consent":  "no other location that waits has such an outcome: that is what makes a machine valid",
	"findTold: false !k.reached(i)":            "where nobody comes nothing is in control, and the one question that is reached tells nothing by itself",
	"findTold: true k.reached(i)":              "where nobody comes nothing is in control, and the one question that is reached tells nothing by itself",
	"decides: edge e > taken":                  "an edge is not held against itself",
	"holdsNow: edge cell > 0":                  "a field without a value is refused where it is read, and at no moment is nobody there",
	"asks: true k.locs[i].Kind == machine.Ask": "who verifies or books with a field has used it on coming there; other locations have none",
	"checkSends: edge e < expires":             "of two agreements that end on the same day either is the first",
	"identity: true err == nil":                "a valid machine has a hash",
	"Cells: true v.sides[0].Kind == KindDate":  "a number that no test looks at is one stretch",
	"Cells: true v.Moves()":                    "it is reckoned to be more work than it is",
	"enter: false c.tests[s.key()] != nil":     "a test that stands twice tells no more apart",
	"cuts: true t.side == side":                "a cut at which no test changes parts nothing",
	"together: edge len(p.from) <= sideDays":   "there is one number, or there are three",
	"together: edge p.from[sideAge] < 0":       "at an age of 0 both are 0",
	"spend: edge c.work <= maxCells":           "it is one step more or less of millions",
}
