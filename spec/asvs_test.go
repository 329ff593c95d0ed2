package spec_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// asvsCounts are the requirements of OWASP ASVS 5.0.0 by chapter and level, as its own list has them; those of level 3 only
// where the table takes them in.
var asvsCounts = map[string][3]int{
	"V1": {8, 19}, "V2": {4, 7}, "V3": {8, 11}, "V4": {2, 8}, "V5": {4, 5}, "V6": {13, 22}, "V7": {6, 12, 1}, "V8": {4, 3, 6}, "V9": {4, 3},
	"V10": {5, 24}, "V11": {3, 11, 10}, "V12": {3, 6}, "V13": {1, 12}, "V14": {2, 7, 4}, "V15": {3, 10}, "V16": {0, 16, 1}, "V17": {0, 7},
}

// TestASVS holds the table of security requirements to the standard, so that none is left out, and to the tests and pages it
// names, so that none is claimed by what is not there.
func TestASVS(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("asvs.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Requirements map[string]struct {
			Level  int
			Status string
			By     []string
			Why    string
		}
	}
	if err := yaml.Unmarshal(data, &table); err != nil {
		t.Fatal(err)
	}
	got := map[string][3]int{}
	statuses := map[string]int{}
	for id, r := range table.Requirements {
		chapter, _, _ := strings.Cut(id, ".")
		if r.Level < 1 || r.Level > 3 {
			t.Errorf("%s: level %d", id, r.Level)
			continue
		}
		n := got[chapter]
		n[r.Level-1]++
		got[chapter] = n
		statuses[r.Status]++
		switch r.Status {
		case "met", "operator":
			if len(r.By) == 0 {
				t.Errorf("%s: %s, but by nothing", id, r.Status)
			}
		case "none", "open":
			if r.Why == "" || len(r.By) > 0 {
				t.Errorf("%s: %s says why, and nothing that shows it", id, r.Status)
			}
		default:
			t.Errorf("%s: no status is called %q", id, r.Status)
		}
		for _, by := range r.By {
			if !shown(t, by) {
				t.Errorf("%s: there is no %s", id, by)
			}
		}
	}
	for chapter, want := range asvsCounts {
		if got[chapter] != want {
			t.Errorf("%s has %d requirements by level, want %d", chapter, got[chapter], want)
		}
	}
	t.Logf("%d requirements: %v", len(table.Requirements), statuses)
}

var testFunc = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// shown reports whether there is such a file, or such a test written as folder.Test.
func shown(t *testing.T, name string) bool {
	t.Helper()
	dir, test, ok := strings.Cut(path.Base(name), ".Test")
	if !ok {
		_, err := os.Stat(filepath.Join("..", name))
		return err == nil
	}
	files, err := filepath.Glob(filepath.Join("..", path.Dir(name), dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testFunc.FindAllSubmatch(src, -1) {
			if string(m[1]) == "Test"+test {
				return true
			}
		}
	}
	return false
}
