package spec_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/diag"
)

// TestReadme prints the error that the README shows, from the flow that it shows with the line that it adds.
func TestReadme(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	practice, err := os.ReadFile("../examples/lakeside/practice.yaml")
	if err != nil {
		t.Fatal(err)
	}
	flow := fencedFlows(t, "README.md", string(page))[0].source
	_, rest, ok := strings.Cut(string(page), "Add the line `")
	line, _, ok2 := strings.Cut(rest, "`")
	_, rest, ok3 := strings.Cut(rest, "```text\n")
	want, _, ok4 := strings.Cut(rest, "```")
	anchor := "field phone phone for \"the coordinator's call back\"\n"
	if !ok || !ok2 || !ok3 || !ok4 || !strings.Contains(flow, anchor) {
		t.Fatal("the README no longer shows a flow, a line and an error")
	}
	r, problems := judged(practice, strings.Replace(flow, anchor, anchor+line+"\n", 1))
	var got strings.Builder
	if err := diag.Text(&got, problems, r, diag.Options{}); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("the README shows\n%s\nand check prints\n%s", want, got.String())
	}
}
