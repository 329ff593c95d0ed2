// Package outside_test lets others judge what compiler/verify and runtime/kernel judge: clingo by the rules of
// guarantees.lp, SPIN by the model that export.Promela writes. README.md says how to run it at length.
package outside_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/export"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/kernel"
)

// asOf is the day that dates are judged on.
var asOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// batch is how many machines clingo judges in one run.
const batch = 100

// peer finds a program that somebody else wrote, or ends the test.
func peer(t *testing.T, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("TACET_REQUIRE_PEERS") == "1" {
		t.Fatalf("%s is not there; on Debian: apt-get install %s", name, debian)
	}
	t.Skipf("%s is not there; on Debian: apt-get install %s", name, debian)
	return ""
}

// size is how many drawn machines are judged: a few, or TACET_OUTSIDE.
func size(t *testing.T, few int) int {
	t.Helper()
	s := os.Getenv("TACET_OUTSIDE")
	if s == "" {
		return few
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("TACET_OUTSIDE=%s: want a number of machines", s)
	}
	return n
}

// finding is one thing that a judge holds against a machine: `never_used("ask-age","age")` of G6.
type finding struct{ guarantee, why string }

// tag is the kind of a finding: `never_used`.
func (f finding) tag() string {
	tag, _, _ := strings.Cut(f.why, "(")
	return tag
}

// judged is what clingo says of each machine, by flow id; remarks are no violations.
type judged struct{ violations, remarks map[string][]finding }

// clingo judges machines whose flow ids differ.
func clingo(t *testing.T, machines []*machine.Machine) judged {
	t.Helper()
	path := peer(t, "clingo", "gringo")
	rules, err := os.ReadFile("guarantees.lp") // read here, so that the test cache notices a change
	if err != nil {
		t.Fatal(err)
	}
	out := judged{map[string][]finding{}, map[string][]finding{}}
	for part := range slices.Chunk(machines, batch) {
		input := strings.Builder{}
		input.Write(rules)
		for _, m := range part {
			facts, err := export.Facts(m)
			if err != nil {
				t.Fatal(err)
			}
			input.Write(facts)
		}
		for _, atom := range answer(t, path, input.String()) {
			out.add(t, atom)
		}
	}
	return out
}

// answer runs clingo and returns the atoms of its one model.
func answer(t *testing.T, path, input string) []string {
	t.Helper()
	cmd := exec.Command(path, "--outf=2", "-Wnone", "-c", fmt.Sprintf("as_of=%d", asOf.Unix()/86_400), "-")
	cmd.Stdin = strings.NewReader(input)
	problems := strings.Builder{}
	cmd.Stderr = &problems
	b, _ := cmd.Output() // the exit code tells how many models there are
	var result struct {
		Result string
		Call   []struct{ Witnesses []struct{ Value []string } }
	}
	if err := json.Unmarshal(b, &result); err != nil || result.Result != "SATISFIABLE" {
		t.Fatalf("clingo: %v\n%s\n%.2000s", err, problems.String(), b)
	}
	return result.Call[0].Witnesses[0].Value
}

// add reads an atom: violated("drawn-1",g7,class("l03","crm","contact")).
func (j judged) add(t *testing.T, atom string) {
	t.Helper()
	predicate, rest, _ := strings.Cut(strings.TrimSuffix(atom, ")"), `("`)
	flow, rest, ok := strings.Cut(rest, `",`)
	guarantee, why, ok2 := strings.Cut(rest, ",")
	if !ok || !ok2 {
		t.Fatalf("clingo says %s", atom)
	}
	to := map[string]map[string][]finding{"violated": j.violations, "remark": j.remarks}[predicate]
	to[flow] = append(to[flow], finding{strings.ToUpper(guarantee), why})
}

// ours is what the verifier says, and whether the kernel takes its proof.
type ours struct {
	violated []string // guarantees
	said     []string // its diagnostics
}

func judgeOurs(t *testing.T, m *machine.Machine) ours {
	t.Helper()
	report, problems := verify.Check(m, verify.Options{AsOf: asOf})
	var out ours
	for _, v := range report.Verdicts {
		if v.Status == verify.Violated || v.Status == verify.NotProven {
			out.violated = append(out.violated, v.Guarantee)
		}
	}
	for _, d := range problems {
		out.said = append(out.said, fmt.Sprintf("%s line %d: %s", d.Code.ID, d.Span.Start.Line, d.Message))
	}
	if accepted := report.Certificate != nil; accepted != (len(out.violated) == 0) {
		t.Errorf("%s: a certificate: %t, and violated: %v", m.Flow.ID, accepted, out.violated)
	}
	if report.Certificate == nil {
		return out
	}
	if err := kernel.Check(m, report.Certificate, asOf); err != nil {
		t.Errorf("%s: the kernel refuses what the verifier proves: %v", m.Flow.ID, err)
	}
	return out
}

// withoutStates are the guarantees that no conversation has to be looked at for.
var withoutStates = []string{"G10", "G11", "G15"}

// compared are the guarantees whose verdicts must be the same. What a conversation does after it has read what nobody
// told it is no conversation at all, so that where G3 is violated the guarantees about conversations say nothing.
func compared(violated ...[]string) []string {
	if !slices.ContainsFunc(violated, func(v []string) bool { return slices.Contains(v, "G3") }) {
		return verify.Guarantees
	}
	return append([]string{"G3"}, withoutStates...)
}

func guaranteesOf(found []finding) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.guarantee)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// compare judges machines on both sides and tells every difference. It returns how many were accepted, and how many
// verdicts were compared.
func compare(t *testing.T, machines []*machine.Machine) (accepted, verdicts int) {
	t.Helper()
	theirs := clingo(t, machines)
	for _, m := range machines {
		us, them := judgeOurs(t, m), theirs.violations[m.Flow.ID]
		if len(us.violated) == 0 {
			accepted++
		}
		guarantees := guaranteesOf(them)
		differ := (len(guarantees) == 0) != (len(us.violated) == 0)
		for _, g := range compared(guarantees, us.violated) {
			verdicts++
			differ = differ || slices.Contains(guarantees, g) != slices.Contains(us.violated, g)
		}
		if differ {
			t.Errorf("%s\nclingo: %v\nverifier: %v, %s\n%s", m.Flow.ID, them, us.violated, strings.Join(us.said, "; "), describe(m))
		}
		for _, r := range theirs.remarks[m.Flow.ID] {
			t.Logf("%s: %s, which the words of %s permit", m.Flow.ID, r.why, r.guarantee)
		}
	}
	return accepted, verdicts
}

// describe writes what matters of a machine for somebody who looks for the difference.
func describe(m *machine.Machine) string {
	var b strings.Builder
	for _, t := range m.Topics {
		if t.Route != "" {
			fmt.Fprintf(&b, "  topic %s -> %s\n", t.Name, t.Route)
		}
	}
	for _, l := range m.Locations {
		fmt.Fprintf(&b, "  %s: %s %s%s%s first=%t\n", l.ID, l.Kind, l.Field, l.Consent, l.Team, l.Ordered)
		for _, d := range l.Do {
			fmt.Fprintf(&b, "    say %q by %q %v send %v to %q\n", d.Say["en"], d.By, d.Cases, d.Fields, d.To)
		}
		for _, e := range l.Edges {
			guard := "otherwise"
			if e.Guard != nil {
				guard = "when " + m.Guards[*e.Guard].Source
			}
			fmt.Fprintf(&b, "    on %q %s -> %s\n", e.On, guard, e.To)
		}
	}
	return b.String()
}

// examples compiles every practice of the examples. Folders that do not compile are not ours to judge.
func examples(t *testing.T) []*machine.Machine {
	t.Helper()
	folders, err := os.ReadDir("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	var out []*machine.Machine
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		results, problems := compiler.CompileAll(os.DirFS("../../examples/"+f.Name()), compiler.Options{Untrained: true})
		if problems.HasErrors() {
			t.Logf("examples/%s does not compile: %s", f.Name(), problems[0].Message)
			continue
		}
		for _, r := range results {
			r.Machine.Flow.ID = f.Name() + "/" + r.Machine.Flow.ID
			out = append(out, r.Machine)
		}
	}
	if len(out) < 3 {
		t.Fatalf("only %d examples compile", len(out))
	}
	return out
}

// corpus compiles the good flows of spec/corpus.
func corpus(t *testing.T) []*machine.Machine {
	t.Helper()
	facts, err := os.ReadFile("../corpus/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../corpus/good/*.flow")
	if err != nil {
		t.Fatal(err)
	}
	var out []*machine.Machine
	for _, f := range files {
		flow, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		dir := fstest.MapFS{"practice.yaml": {Data: facts}, filepath.Base(f): {Data: flow}}
		r, problems := compiler.Compile(dir, filepath.Base(f), compiler.Options{Untrained: true})
		if problems.HasErrors() {
			t.Fatalf("%s does not compile: %s", f, problems[0].Message)
		}
		r.Machine.Flow.ID = "corpus/" + r.Machine.Flow.ID
		out = append(out, r.Machine)
	}
	return out
}

// TestCorpusAgrees judges the good flows of the corpus, where there is time.
func TestCorpusAgrees(t *testing.T) {
	t.Parallel()
	if os.Getenv("TACET_OUTSIDE") == "" {
		t.Skip("set TACET_OUTSIDE=5000: it takes a minute")
	}
	machines := corpus(t)
	accepted, verdicts := compare(t, machines)
	t.Logf("%d flows, %d accepted, %d verdicts compared", len(machines), accepted, verdicts)
}

func TestExamplesAgree(t *testing.T) {
	t.Parallel()
	machines := examples(t)
	accepted, verdicts := compare(t, machines)
	t.Logf("%d examples, %d accepted, %d verdicts compared", len(machines), accepted, verdicts)
}

func TestDrawnAgree(t *testing.T) {
	t.Parallel()
	n := size(t, 60)
	accepted, verdicts := 0, 0
	for from := 0; from < n; from += batch {
		a, v := compare(t, drawn(t, from, min(from+batch, n)))
		accepted, verdicts = accepted+a, verdicts+v
	}
	t.Logf("%d drawn machines, %d accepted, %d verdicts compared", n, accepted, verdicts)
}

// TestEveryRuleDecides shows that none of the rules is there for nothing: each is the only one of its guarantee that
// holds against some machine, so that dropping it changes a verdict.
func TestEveryRuleDecides(t *testing.T) {
	t.Parallel()
	if os.Getenv("TACET_OUTSIDE") == "" {
		t.Skip("set TACET_OUTSIDE=5000: it takes many machines to meet every rule")
	}
	rules, err := os.ReadFile("guarantees.lp")
	if err != nil {
		t.Fatal(err)
	}
	unmet := map[finding]bool{}
	for line := range strings.Lines(string(rules)) {
		if head, ok := strings.CutPrefix(line, "violated(M,"); ok {
			guarantee, why, _ := strings.Cut(head, ",")
			tag := finding{why: why[:strings.IndexAny(why, "()")]}.tag()
			unmet[finding{strings.ToUpper(guarantee), tag}] = true
		}
	}
	// Within a turn nothing changes, so what goes round by itself never comes to an end either.
	delete(unmet, finding{"G1", "circle"})
	all := len(unmet)
	n := size(t, 0)
	for from := 0; from < n && len(unmet) > 0; from += batch {
		for _, found := range clingo(t, drawn(t, from, min(from+batch, n))).violations {
			for _, g := range guaranteesOf(found) {
				var tags []string
				for _, f := range found {
					if f.guarantee == g {
						tags = append(tags, f.tag())
					}
				}
				if slices.Sort(tags); len(slices.Compact(tags)) == 1 {
					delete(unmet, finding{g, tags[0]})
				}
			}
		}
	}
	t.Logf("%d kinds of findings", all)
	for f := range unmet {
		t.Errorf("%s %s never decided", f.guarantee, f.why)
	}
}

// TestEveryFactIsDocumented holds the README to the facts: every predicate of an export stands in it.
func TestEveryFactIsDocumented(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range append(examples(t), drawn(t, 0, batch)...) {
		facts, err := export.Facts(m)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(facts)) {
			predicate, rest, _ := strings.Cut(line, "(")
			documented := "`" + predicate
			if strings.Contains(rest, ",") {
				documented += "("
			}
			if !seen[predicate] && !strings.Contains(string(readme), documented) {
				t.Errorf("%s is not in README.md", line)
			}
			seen[predicate] = true
		}
	}
	if len(seen) < 50 {
		t.Errorf("only %d predicates seen", len(seen))
	}
}
