package text_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// TestScopeModelIsCurrent trains the judge of findings again and compares; TACET_UPDATE=1 writes it.
func TestScopeModelIsCurrent(t *testing.T) {
	const file = "lexicon/scope.bin"
	want := text.TrainScope(t, standardModules(t).triggers)
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(text.ScopeData(), want) {
		t.Errorf("%s is not what its data gives (%d bytes, want %d); run go generate", file, len(text.ScopeData()), len(want))
	}
}

// TestReportScopeFolds measures the judge on findings that it was not trained on.
func TestReportScopeFolds(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	text.ReportScopeFolds(t, standardModules(t).triggers)
}
