package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReport counts a practice before anything was served, and with one conversation that was only opened.
func TestReport(t *testing.T) {
	t.Parallel()
	practice := filepath.Join(t.TempDir(), "lakeside")
	if err := os.CopyFS(practice, os.DirFS("../../examples/lakeside")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(practice, ".tacet")); err != nil {
		t.Fatal(err)
	}
	if code, _, said := runTacet("report", practice); code != exitUsage || !strings.Contains(said, "there is no database at") {
		t.Errorf("before anything was served: exit code %d, %s", code, said)
	}
	for _, wrong := range [][]string{
		{"--from=2026-03-02", "--to=2026-03-01"}, {"--cost=much"}, {"--baseline=2/1"}, {"--minutes=-1"}, {"--from=monday"}, {"--format=xml"},
	} {
		if code, _, said := runTacet(append([]string{"report", practice}, wrong...)...); code != exitUsage || said == "" {
			t.Errorf("%v: exit code %d, %s", wrong, code, said)
		}
	}
	id := converse(t, practice)
	if out := mustRun(t, "report", "--format", "csv", practice); !strings.Contains(out, "M1,Volume,,only opened,count,1,\n") || strings.Contains(out, id) {
		t.Errorf("csv:\n%s", out)
	}
	if out := mustRun(t, "report", practice); !strings.Contains(out, "M11 Audit completeness") || !strings.Contains(out, "100.0 % (1 of 1)") {
		t.Errorf("text:\n%s", out)
	}
	var r struct{ Figures []struct{ ID string } }
	if err := json.Unmarshal([]byte(mustRun(t, "report", "--format", "json", practice)), &r); err != nil || len(r.Figures) != 13 {
		t.Errorf("json: %d figures, %v", len(r.Figures), err)
	}
}
