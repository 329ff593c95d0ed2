package verify_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/compiler/verify/verifytest"
	"github.com/tacet-lang/tacet/lang/diag"
	"github.com/tacet-lang/tacet/lang/machine"
)

// asOf is the day that checks in tests are made on.
var asOf = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// shown is a list of diagnostics as an author reads it.
func shown(l diag.List, sources diag.Sources) string {
	var b bytes.Buffer
	if err := diag.Text(&b, l, sources, diag.Options{}); err != nil {
		panic(err)
	}
	return b.String()
}

func TestExamplesAreAccepted(t *testing.T) {
	t.Parallel()
	dirs, err := os.ReadDir("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range dirs {
		dir := entry.Name()
		if _, err := os.Stat("../../examples/" + dir + "/practice.yaml"); err != nil {
			continue
		}
		results, problems := compiler.CompileAll(os.DirFS("../../examples/"+dir), compiler.Options{})
		if problems.HasErrors() {
			t.Fatalf("%s does not compile:\n%s", dir, shown(problems, diag.Files{}))
		}
		for _, r := range results {
			report, problems := verify.Check(r.Machine, verify.Options{AsOf: asOf, Files: r})
			if len(problems) > 0 {
				t.Errorf("%s/%s:\n%s", dir, r.Entry, shown(problems, r))
			}
			checkReport(t, r.Machine, report, problems)
		}
	}
}

// An accepted machine and its certificate make an artifact that reads back the same.
func TestArtifact(t *testing.T) {
	t.Parallel()
	m := verifytest.Large(10, 4)
	report, _ := verify.Check(m, verify.Options{AsOf: asOf})
	a := &machine.Artifact{Machine: m, Certificate: report.Certificate}
	b, err := a.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	again, err := machine.DecodeArtifact(b)
	if err != nil {
		t.Fatal(err)
	}
	want, err := a.Hash()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Hash(); err != nil || got != want {
		t.Errorf("the hash is %s after reading, was %s (%v)", got, want, err)
	}
	if again.Certificate.Machine == "" || again.Certificate.Expires != "2028-12-31" {
		t.Errorf("the certificate is of machine %q and expires %q", again.Certificate.Machine, again.Certificate.Expires)
	}
}
