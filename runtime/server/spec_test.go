package server_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestSpec compares the codes that the server knows with those that spec/http-api.md lists.
func TestSpec(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := os.ReadFile("../../spec/http-api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(spec), "## Problems")
	if !ok {
		t.Fatal("the specification has no list of problems")
	}
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`newProblem\(http\.\w+, "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1) {
		known[m[1]] = true
		if !strings.Contains(table, "`"+m[1]+"`") {
			t.Errorf("%s is not in the specification", m[1])
		}
	}
	if len(known) < 15 {
		t.Fatalf("only %d codes were found in problem.go", len(known))
	}
	for _, m := range regexp.MustCompile(`(?m)^\| [0-9]+ \| (.*?) \|`).FindAllStringSubmatch(table, -1) {
		for _, code := range strings.Split(m[1], ", ") {
			if code = strings.Trim(code, "`"); !known[code] {
				t.Errorf("the specification lists %s, which the server does not know", code)
			}
		}
	}
}
