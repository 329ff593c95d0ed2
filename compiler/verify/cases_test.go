package verify_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/rehearsal"
)

// compiled compiles a flow of a few lines; what every flow needs is added behind it, so that lines keep their numbers.
func compiled(t *testing.T, flow string, edit func(practice string) string) *compiler.Result {
	t.Helper()
	practice, err := os.ReadFile("testdata/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tail, err := os.ReadFile("testdata/tail.flow")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(tail)) {
		word, _, _ := strings.Cut(line, " ")
		if !strings.Contains("\n"+flow, "\n"+word+" ") {
			flow += line
		}
	}
	if edit != nil {
		practice = []byte(edit(string(practice)))
	}
	r, problems := compiler.Compile(fstest.MapFS{"practice.yaml": {Data: practice}, "case.flow": {Data: []byte(flow)}}, "case.flow", compiler.Options{})
	if problems.HasErrors() {
		t.Fatalf("it does not compile:\n%s\n%s", shown(problems, r), flow)
	}
	return r
}

// Each case of testdata/cases.flow gives exactly the diagnostics that it marks, at exactly those lines.
func TestCases(t *testing.T) {
	t.Parallel()
	all, err := os.ReadFile("testdata/cases.flow")
	if err != nil {
		t.Fatal(err)
	}
	for _, flow := range strings.Split(string(all), "---\n") {
		name, _, _ := strings.Cut(strings.TrimPrefix(flow, "# "), "\n")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []string
			for i, line := range strings.Split(flow, "\n") {
				if _, code, ok := strings.Cut(line, "#! "); ok {
					want = append(want, fmt.Sprintf("%d %s", i+1, code))
				}
			}
			r := compiled(t, flow, nil)
			report, problems := verify.Check(r.Machine, verify.Options{AsOf: asOf, Files: r})
			var got []string
			for _, d := range problems {
				got = append(got, fmt.Sprintf("%d %s", d.Span.Start.Line, d.Code.ID))
				if d.Severity == diag.Error && d.Effect == "" && d.Fix == nil {
					t.Errorf("%s says neither what it means nor how to mend it", d.Code.ID)
				}
				if d.Witness != "" && !slices.ContainsFunc(report.Witnesses, func(w verify.Witness) bool { return w.Name == d.Witness }) {
					t.Errorf("the witness %s is missing", d.Witness)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v\n%s", got, want, shown(problems, r))
			}
			checkReport(t, r.Machine, report, problems)
		})
	}
}

// checkReport holds a report to its own rules: a verdict for every guarantee, a certificate exactly when nothing is
// wrong, and witnesses that are well formed.
func checkReport(t *testing.T, m *machine.Machine, report *verify.Report, problems diag.List) {
	t.Helper()
	var got []string
	proven := true
	for _, v := range report.Verdicts {
		got = append(got, v.Guarantee)
		proven = proven && (v.Status == verify.Holds || v.Status == verify.Vacuous)
	}
	if !slices.Equal(got, verify.Guarantees) {
		t.Errorf("verdicts on %v", got)
	}
	if proven == problems.HasErrors() || proven != (report.Certificate != nil) {
		t.Errorf("proven %v, errors %v, certificate %v", proven, problems.HasErrors(), report.Certificate != nil)
	}
	for _, w := range report.Witnesses {
		if _, err := machine.ParseTalk(w.Talk.Format()); err != nil {
			t.Errorf("%s: %v", w.Name, err)
		}
		if _, err := rehearsal.Replay(m, w.Talk, 1); err != nil {
			t.Errorf("%s does not replay: %v\n%s", w.Name, err, w.Talk.Format())
		}
	}
	if report.Certificate == nil {
		return
	}
	if errs := newRecheck(m, report.Certificate).run(); len(errs) > 0 {
		t.Errorf("the certificate: %s", strings.Join(errs[:min(3, len(errs))], "\n"))
	}
}
