package verify_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/compiler/verify"
	"github.com/tacet-lang/tacet/lang/diag"
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
	for _, dir := range []string{"lakeside"} {
		results, problems := compiler.CompileAll(os.DirFS("../../examples/"+dir), compiler.Options{})
		if problems.HasErrors() {
			t.Fatalf("%s does not compile:\n%s", dir, shown(problems, diag.Files{}))
		}
		for _, r := range results {
			report, problems := verify.Check(r.Machine, verify.Options{AsOf: asOf, Files: r})
			if len(problems) > 0 {
				t.Errorf("%s/%s:\n%s", dir, r.Entry, shown(problems, r))
			}
			for _, v := range report.Verdicts {
				t.Logf("%s %s %s: %s", r.Entry, v.Guarantee, v.Status, v.Detail)
			}
			if report.Certificate == nil {
				t.Errorf("%s/%s has no certificate", dir, r.Entry)
			}
		}
	}
}
