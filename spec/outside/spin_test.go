package outside_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler/export"
	"github.com/tacet-lang/tacet/lang/machine"
)

// TestSpinAgrees lets SPIN search models, and compares with clingo what single conversations show: of three examples
// and four drawn machines, or with TACET_OUTSIDE of all examples, of the corpus, and of one drawn machine for every
// sixteen.
func TestSpinAgrees(t *testing.T) {
	t.Parallel()
	peer(t, "spin", "spin")
	peer(t, "gcc", "gcc")
	machines := examples(t)
	if os.Getenv("TACET_OUTSIDE") == "" {
		machines = append(machines[:3], drawn(t, 3, 7)...)
	} else {
		machines = append(machines, corpus(t)...)
	}
	for i := range size(t, 0) / 16 {
		machines = append(machines, drawn(t, i*16+i%6, i*16+i%6+1)...)
	}
	theirs := clingo(t, machines)
	found, states := 0, 0
	for _, m := range machines {
		s := spin(t, m)
		states += s.states
		found += len(s.violated)
		compareSpin(t, m, s, theirs.violations[m.Flow.ID])
	}
	t.Logf("%d machines, %d verdicts of violation, %d states", len(machines), found, states)
}

// spinFinding is what SPIN says of a model.
type spinFinding struct {
	violated map[string]bool
	reached  map[string]bool // marks of the model that the search came by
	marks    []string
	states   int
}

var (
	assertion = regexp.MustCompile(`assertion violated \(?(G\d+)`)
	unreached = regexp.MustCompile(`model\.pml:(\d+), state`)
	stored    = regexp.MustCompile(`(\d+) states, stored`)
	mark      = regexp.MustCompile(`/\* (G[126] L\d+.*) \*/`)
)

// spin verifies the model of a machine: the assertions and `hears` in one search, `silence` in another.
func spin(t *testing.T, m *machine.Machine) spinFinding {
	t.Helper()
	model, err := export.Promela(m)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "model.pml"), model, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		b, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %s: %v\n%.3000s", m.Flow.ID, name, err, b)
		}
		return string(b)
	}
	run("spin", fmt.Sprintf("-DAS_OF=%d", asOf.Unix()/86_400), "-o3", "-a", "model.pml")
	run("gcc", "-O0", "-w", "-o", "pan", "pan.c")
	search := run("./pan", "-a", "-c0", "-m1000000", "-w20", "-N", "hears")
	silence := run("./pan", "-a", "-c0", "-m1000000", "-w20", "-N", "silence")
	if strings.Contains(search+silence, "max search depth too small") {
		t.Fatalf("%s: SPIN did not search everything", m.Flow.ID)
	}
	out := spinFinding{violated: map[string]bool{}, reached: map[string]bool{}}
	for _, a := range assertion.FindAllStringSubmatch(search, -1) {
		out.violated[a[1]] = true
	}
	out.violated["circle"] = strings.Contains(search, "acceptance cycle")
	if strings.Contains(silence, "acceptance cycle") {
		t.Errorf("%s: SPIN finds that something is said after people took over", m.Flow.ID)
	}
	if n := stored.FindStringSubmatch(search); n != nil {
		fmt.Sscan(n[1], &out.states)
	}
	missed := map[string]bool{}
	for _, u := range unreached.FindAllStringSubmatch(search, -1) {
		missed[u[1]] = true
	}
	for i, line := range strings.Split(string(model), "\n") {
		if x := mark.FindStringSubmatch(line); x != nil {
			out.marks = append(out.marks, x[1])
			out.reached[x[1]] = out.reached[x[1]] || !missed[fmt.Sprint(i+1)]
		}
	}
	return out
}

// compareSpin holds SPIN's verdicts against clingo's, as far as single conversations show them: not that an end can
// always be reached (that is a property of branching time), not what a send tells by happening, not what needs no
// conversation.
func compareSpin(t *testing.T, m *machine.Machine, s spinFinding, theirs []finding) {
	t.Helper()
	has := func(guarantee string, tags ...string) bool {
		return slices.ContainsFunc(theirs, func(f finding) bool { return f.guarantee == guarantee && slices.Contains(tags, f.tag()) })
	}
	type verdict struct {
		name       string
		spin, them bool
	}
	verdicts := []verdict{{"G3", s.violated["G3"], has("G3", "read", "condition")}}
	if !has("G3", "read", "condition") {
		dead, unused, unreachedPlace := s.missing(m)
		verdicts = append(verdicts,
			verdict{"G1 circle", s.violated["circle"], has("G1", "circle")},
			verdict{"G2", s.violated["G2"] || dead, has("G2", "unhandled", "overlap", "never")},
			verdict{"G4", s.violated["G4"], has("G4", "not_permitted", "needs")},
			verdict{"G5", s.violated["G5"], has("G5", "needs")},
			verdict{"G7", s.violated["G7"], has("G7", "class", "purpose")},
			verdict{"G8", s.violated["G8"], has("G8", "no_agreement")},
			verdict{"G9", s.violated["G9"], has("G9", "nobody")},
		)
		if !has("G2", "never") { // a place behind a condition that never holds is told at the condition
			verdicts = append(verdicts, verdict{"G1 reached", unreachedPlace, has("G1", "unreached")})
		}
		if has("G6", "never_used") && !unused { // SPIN's G6 is the sharper one: see the remark in guarantees.lp
			verdicts = append(verdicts, verdict{"G6", unused, true})
		}
	}
	for _, v := range verdicts {
		if v.spin != v.them {
			t.Errorf("%s: %s is violated: SPIN %t, clingo %t (%v)\n%s", m.Flow.ID, v.name, v.spin, v.them, theirs, describe(m))
		}
	}
}

// missing reads the marks: a condition at a reached place that never decides, an answer of a reached ask that is never
// used, and a place of the author's that is not reached.
func (s spinFinding) missing(m *machine.Machine) (dead, unused, unreachedPlace bool) {
	at, used := map[string]bool{}, map[string]bool{}
	led := map[string]string{} // by an ask and the outcome of a place whose guards look at its answer: where that led
	for _, k := range s.marks {
		w := strings.Fields(k)
		at[w[1]] = at[w[1]] || w[0] == "G1" && s.reached[k]
		if w[0] != "G6" || !s.reached[k] {
			continue
		}
		by, to, guarded := strings.Cut(k, " to ")
		used[w[1]] = used[w[1]] || !guarded || led[by] != "" && led[by] != to
		led[by] = to
	}
	for _, k := range s.marks {
		if w := strings.Fields(k); w[0] == "G2" && at[w[1]] && !s.reached[k] {
			dead = true
		}
	}
	for i, l := range m.Locations {
		label := fmt.Sprintf("L%d", i)
		unused = unused || l.Kind == machine.Ask && at[label] && !used[label]
		unreachedPlace = unreachedPlace || !at[label] && !ofProtocol(m, l.ID)
	}
	return dead, unused, unreachedPlace
}

func ofProtocol(m *machine.Machine, id string) bool {
	return id == m.Human || id == m.Stuck || slices.ContainsFunc(m.Escalations, func(e machine.Escalation) bool { return e.Location == id })
}
