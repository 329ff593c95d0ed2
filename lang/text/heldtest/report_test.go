package heldtest_test

import (
	"os"
	"strings"
	"testing"
)

const results = "../RESULTS.md"

const preface = `# What is understood, measured

Figures over the held sets (` + "`testdata/*/held.*`" + `): written by hand by somebody who had not seen the rules, and never read
by those who write them. Each figure stands with its 95 % interval (Wilson) and its counts. Regenerate with

    TACET_UPDATE=1 go test -count=1 -run Report ./lang/text/heldtest

and print without writing with ` + "`go test -count=1 -run Report -v ./lang/text/heldtest`" + `.

`

// TestReport measures everything, prints the figures and compares them with RESULTS.md; TACET_UPDATE=1 writes that. A figure
// below its mark is not a failure of this test: it is what the table is for. One that nobody has read is.
func TestReport(t *testing.T) {
	var details strings.Builder
	var targets []target
	for _, measure := range []func(*testing.T, *strings.Builder) []target{measureTriggers, measureTopics, measurePHI, measureAuthors} {
		targets = append(targets, measure(t, &details)...)
	}
	var b strings.Builder
	b.WriteString("## Against the marks\n\n| figure | measured | mark | |\n| --- | --- | --- | --- |\n")
	for _, x := range targets {
		b.WriteString(x.row())
	}
	b.WriteString("\n" + details.String())
	report := strings.TrimSuffix(b.String(), "\n")
	t.Log("\n" + report)
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(results, []byte(preface+report), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	written, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != preface+report {
		t.Error("RESULTS.md is not what is measured: write it with TACET_UPDATE=1, and read what has changed")
	}
}
