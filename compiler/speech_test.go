package compiler_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/compiler"
	"github.com/tacet-lang/tacet/lang/policy"
	"github.com/tacet-lang/tacet/lang/speech"
)

// TestAuthorReport prints how the texts of the work sets are judged in their purposes, by language and class. The models
// were trained on these texts: what to expect on others is what lang/speech's TestFolds prints.
func TestAuthorReport(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../lang/text/testdata/author/work*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no work sets: %v", err)
	}
	right, all := map[string]int{}, map[string]int{}
	standard := compiler.StandardPolicy()
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		lines.Scan()
		for lines.Scan() {
			c := strings.Split(lines.Text(), "\t")
			key := fmt.Sprintf("%s %s", c[2], c[0])
			all[key]++
			if got := judged(t, standard, c[5], c[0], c[1]); (got == "ok") == (c[2] == "ok") {
				right[key]++
			} else {
				t.Logf("%s: got %s, want %s %s: %s", c[1], got, c[2], c[3], c[5])
			}
		}
	}
	for _, key := range []string{"solicitation en", "solicitation es", "advice en", "advice es", "ok en", "ok es"} {
		t.Logf("%-16s %4d of %4d", key, right[key], all[key])
		if right[key]*100 < all[key]*95 {
			t.Errorf("%s: %d of %d, want 95 %%", key, right[key], all[key])
		}
	}
}

// judged says what Judge finds first in a text, in a flow of the purpose under the standard policy.
func judged(t *testing.T, p *policy.Policy, text, lang, purpose string) string {
	t.Helper()
	context, ok := compiler.SpeechContext(p, purpose, false)
	if !ok {
		t.Fatalf("no purpose %q", purpose)
	}
	if f := speech.Judge(text, lang, context); len(f) > 0 {
		return f[0].Kind + " " + f[0].Class
	}
	return "ok"
}
