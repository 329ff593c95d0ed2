package outside_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
)

// TestGuardsAgreeWithSolver decides drawn conditions over many fields twice: by the verifier, and by clingo as a solver over
// the values themselves, which knows nothing of cells: is an answer not handled, do two conditions hold together and lead
// apart, does a condition ever hold, and is it ever the first that holds.
func TestGuardsAgreeWithSolver(t *testing.T) {
	t.Parallel()
	path := peer(t, "clingo", "gringo")
	n, found := size(t, 240)/20, map[string]int{}
	for seed := range uint64(n) {
		d := drawDecision(rand.New(rand.NewPCG(seed, 7)))
		ours, theirs := d.byVerifier(t), d.bySolver(t, path)
		for what := range theirs {
			found[strings.Fields(what)[0]]++
		}
		for what := range union(ours, theirs) {
			if ours[what] != theirs[what] {
				t.Errorf("seed %d: %s: verifier %t, solver %t\n%s", seed, what, ours[what], theirs[what], d.flow())
			}
		}
	}
	t.Logf("%d decisions; the solver finds %v", n, found)
}

func union(a, b map[string]bool) map[string]bool {
	out := map[string]bool{}
	for _, m := range []map[string]bool{a, b} {
		for k := range m {
			out[k] = true
		}
	}
	return out
}

// decision is a state that decides on the answers to many questions.
type decision struct {
	fields    []answered
	whens     []test // in order
	to        []int  // where each leads
	ordered   bool
	otherwise bool
}

// answered is a field: a number up to top, a choice of that many, or a yes or no (top 1).
type answered struct {
	name, kind string
	top        int
}

// test is a condition: an operator over others, or a comparison of a field.
type test struct {
	op    string // && || ! ?: or a comparison, or "in"
	of    []test
	field *answered
	value []int
}

// drawDecision draws up to eleven fields that conditions tell a few values of each apart.
func drawDecision(r *rand.Rand) *decision {
	d := &decision{ordered: r.IntN(2) == 0, otherwise: r.IntN(2) == 0}
	for i := range 6 + r.IntN(6) {
		f := answered{name: fmt.Sprintf("f%d", i), kind: []string{"number", "choice", "yes-no"}[r.IntN(3)], top: 1}
		switch f.kind {
		case "number":
			f.top = []int{9, 99, 999}[r.IntN(3)]
		case "choice":
			f.top = 2 + r.IntN(3)
		}
		d.fields = append(d.fields, f)
	}
	cuts := map[string]int{} // a number is compared with two bounds at most
	for range 2 + r.IntN(9) {
		d.whens = append(d.whens, d.drawTest(r, 1+r.IntN(3), cuts))
		d.to = append(d.to, r.IntN(4))
	}
	rest := test{op: "!", of: []test{{op: "||", of: slices.Clone(d.whens)}}}
	if r.IntN(3) == 0 && len(rest.source()) < 1800 { // the rest by its own condition; a condition has 2000 characters at most
		d.whens, d.to, d.otherwise = append(d.whens, rest), append(d.to, 4), false
	}
	return d
}

func (d *decision) drawTest(r *rand.Rand, depth int, cuts map[string]int) test {
	if depth > 0 {
		part := func() test { return d.drawTest(r, depth-1, cuts) }
		switch r.IntN(7) {
		case 0, 1:
			return test{op: "&&", of: []test{part(), part()}}
		case 2, 3:
			return test{op: "||", of: []test{part(), part(), part()}}
		case 4:
			return test{op: "!", of: []test{part()}}
		case 5:
			return test{op: "?:", of: []test{part(), part(), part()}}
		}
	}
	f := &d.fields[r.IntN(len(d.fields))]
	switch f.kind {
	case "yes-no":
		return test{op: "==", field: f, value: []int{1}}
	case "choice":
		if r.IntN(2) == 0 {
			return test{op: "in", field: f, value: []int{r.IntN(f.top + 1), r.IntN(f.top + 1)}}
		}
		return test{op: []string{"==", "!="}[r.IntN(2)], field: f, value: []int{r.IntN(f.top + 1)}}
	}
	if cuts[f.name] == 0 {
		cuts[f.name] = 1 + r.IntN(f.top)
	}
	return test{op: []string{"<", "<=", ">", ">="}[r.IntN(4)], field: f, value: []int{cuts[f.name]}}
}

// source writes a condition as an author does.
func (x test) source() string {
	value := func(n int) string {
		if x.field.kind == "choice" {
			return fmt.Sprintf(`"o%d"`, n)
		}
		return fmt.Sprint(n)
	}
	var parts []string
	for _, p := range x.of {
		parts = append(parts, p.source())
	}
	switch {
	case x.op == "!":
		return "!(" + parts[0] + ")"
	case x.op == "?:":
		return fmt.Sprintf("(%s ? %s : %s)", parts[0], parts[1], parts[2])
	case x.op == "in":
		return fmt.Sprintf("%s in [%s, %s]", x.field.name, value(x.value[0]), value(x.value[1]))
	case x.field == nil:
		return "(" + strings.Join(parts, " "+x.op+" ") + ")"
	case x.field.kind == "yes-no":
		return x.field.name
	}
	return x.field.name + " " + x.op + " " + value(x.value[0])
}

// flow asks for every field, decides, and stops.
func (d *decision) flow() string {
	var b strings.Builder
	b.WriteString(`flow "Decision"
purpose scheduling
use "std/hipaa", "std/emergency", "std/frontdesk"
scope { handle hours }
session { timeout 20 minutes  keep 90 days  retries 2 }
notice "This chat is automated. Please do not share medical details. In an emergency call 911; in a crisis call or text 988."
start ask-all
`)
	asks := ""
	for _, f := range d.fields {
		kind := map[string]string{"number": fmt.Sprintf("number 0..%d", f.top), "yes-no": "yes-no"}[f.kind]
		if f.kind == "choice" {
			kind = "one of o0"
			for n := range f.top {
				kind += fmt.Sprintf(", o%d", n+1)
			}
		}
		fmt.Fprintf(&b, "field %s %s for \"the list\"\n", f.name, kind)
		asks += fmt.Sprintf("  ask %s \"Which one?\"\n", f.name)
	}
	b.WriteString("state ask-all {\n" + asks + "  -> decide\n}\nstate decide {\n")
	if d.ordered {
		b.WriteString("  first\n")
	}
	for i, w := range d.whens {
		fmt.Fprintf(&b, "  when %s -> s%d\n", w.source(), d.to[i])
	}
	if d.otherwise {
		b.WriteString("  otherwise -> s5\n")
	}
	b.WriteString("}\n")
	for i := range 6 {
		fmt.Fprintf(&b, "state s%d { end e%d }\n", i, i)
	}
	return b.String()
}

// byVerifier is what the verifier says of the conditions.
func (d *decision) byVerifier(t *testing.T) map[string]bool {
	t.Helper()
	src := d.flow()
	facts := `name: Decisions
id: decisions
phone: (312) 555-0142
timezone: America/Chicago
hours: {monday: 09:00-17:00}
teams: {all: {hours: always, contact: all@example.org}}
handoff: {emergency: all, urgent-clinical: all, routine: all}
flows: {decision: {owner: Dana Ruiz, reviewer: Mina Okafor, reviewed: 2026-09-15}}
`
	r, problems := compiler.Compile(fstest.MapFS{"practice.yaml": {Data: []byte(facts)}, "decision.flow": {Data: []byte(src)}}, "decision.flow", compiler.Options{Untrained: true})
	if problems.HasErrors() {
		t.Fatalf("it does not compile: %s %s\n%s", problems[0].Code.ID, problems[0].Message, src)
	}
	_, problems = verify.Check(r.Machine, verify.Options{AsOf: asOf})
	first := 1 + strings.Count(src[:strings.Index(src, "  when ")], "\n") // the line of the first condition
	out := map[string]bool{}
	for _, p := range problems {
		switch line := p.Span.Start.Line - first; p.Code.ID {
		case "T2104":
			out["unhandled"] = true
		case "T2105":
			out["overlap"] = true
		case "T2106", "T2107":
			out[fmt.Sprintf("idle %d", line)] = true
		case "T2108":
			out["complete"] = true
		case "T2190":
			t.Fatalf("not proven: %s\n%s", p.Message, src)
		}
	}
	return out
}

// bySolver asks clingo, question by question, whether there are answers that show it.
func (d *decision) bySolver(t *testing.T, path string) map[string]bool {
	t.Helper()
	var b strings.Builder
	for _, f := range d.fields {
		fmt.Fprintf(&b, "1 { val(%s,0..%d) } 1.\n", f.name, f.top)
	}
	next := 0
	var holds []int
	for _, w := range d.whens {
		holds = append(holds, w.rules(&b, &next))
	}
	var questions []string
	ask := func(what, body string) {
		fmt.Fprintf(&b, "sat(%d) :- %s.\n", len(questions), body)
		questions = append(questions, what)
	}
	none := make([]string, len(holds))
	for i, h := range holds {
		none[i] = fmt.Sprintf("not t(%d)", h)
	}
	ask("unhandled", strings.Join(none, ", "))
	for i, h := range holds {
		body := fmt.Sprintf("t(%d)", h)
		if d.ordered {
			body = strings.Join(append(slices.Clone(none[:i]), body), ", ")
		}
		ask(fmt.Sprintf("alive %d", i), body)
		for j := range i {
			if !d.ordered && d.to[i] != d.to[j] {
				ask("overlap", fmt.Sprintf("t(%d), t(%d)", h, holds[j]))
			}
		}
	}
	fmt.Fprintf(&b, "1 { ask(0..%d) } 1.\n:- ask(K), not sat(K).\n#show ask/1.\n#project ask/1.\n", len(questions)-1)
	yes := models(t, path, b.String())
	out := map[string]bool{}
	for k, q := range questions {
		line, isAlive := strings.CutPrefix(q, "alive ")
		switch {
		case isAlive && !yes[k]:
			out["idle "+line] = true
		case isAlive:
		case q == "unhandled" && d.otherwise:
			if !yes[k] {
				out["complete"] = true
			}
		case yes[k]:
			out[q] = true
		}
	}
	return out
}

// rules defines when a condition holds, and returns its number.
func (x test) rules(b *strings.Builder, next *int) int {
	var parts []int
	for _, p := range x.of {
		parts = append(parts, p.rules(b, next))
	}
	n := *next
	*next++
	rule := func(body string, args ...any) { fmt.Fprintf(b, "t(%d) :- %s.\n", n, fmt.Sprintf(body, args...)) }
	switch x.op {
	case "&&":
		rule("t(%d), t(%d)", parts[0], parts[1])
	case "||":
		for _, p := range parts {
			rule("t(%d)", p)
		}
	case "!":
		rule("not t(%d)", parts[0])
	case "?:":
		rule("t(%d), t(%d)", parts[0], parts[1])
		rule("not t(%d), t(%d)", parts[0], parts[2])
	case "in":
		for _, v := range x.value {
			rule("val(%s,%d)", x.field.name, v)
		}
	case "==":
		rule("val(%s,%d)", x.field.name, x.value[0])
	default:
		rule("val(%s,V), V %s %d", x.field.name, x.op, x.value[0])
	}
	return n
}

// models lists the questions that have an answer.
func models(t *testing.T, path, program string) map[int]bool {
	t.Helper()
	cmd := exec.Command(path, "--outf=2", "-Wnone", "--project", "-n", "0", "-")
	cmd.Stdin = strings.NewReader(program)
	b, _ := cmd.Output() // the exit code tells how many models there are
	var result struct {
		Result string
		Call   []struct{ Witnesses []struct{ Value []string } }
	}
	if err := json.Unmarshal(b, &result); err != nil || result.Result == "UNKNOWN" {
		t.Fatalf("clingo: %v\n%.2000s", err, b)
	}
	out := map[int]bool{}
	for _, w := range result.Call[0].Witnesses {
		for _, atom := range w.Value {
			var n int
			if _, err := fmt.Sscanf(atom, "ask(%d)", &n); err != nil {
				t.Fatalf("clingo says %s", atom)
			}
			out[n] = true
		}
	}
	return out
}
