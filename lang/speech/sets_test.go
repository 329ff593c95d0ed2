package speech_test

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/speech"
)

// TestMeasure judges the sets that training does not read (second-*.tsv; another pattern in TACET_SET), as texts of a flow that
// may ask for a name, a number and an interest. TACET_SHOW=1 prints what is judged wrongly, but for sets that are there to be
// measured only.
func TestMeasure(t *testing.T) {
	files, err := filepath.Glob(cmp.Or(os.Getenv("TACET_SET"), "../text/testdata/author/second-*.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		measure(t, name, data)
	}
}

func measure(t *testing.T, name string, data []byte) {
	right, all := map[string]int{}, map[string]int{}
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		cells := strings.Split(lines.Text(), "\t")
		if strings.HasPrefix(lines.Text(), "#") || cells[0] == "lang" {
			continue
		}
		if len(cells) != 6 {
			t.Fatalf("%s: %q has %d cells, want 6", name, lines.Text(), len(cells))
		}
		lang, expect, class, text := cells[0], cells[2], cells[3], cells[5]
		found := speech.Judge(text, declared(lang), placed(cells[1], cells[4], text))
		risky := "sound"
		if expect != "ok" {
			risky = "risky"
		}
		for _, key := range []string{risky, risky + " " + lang, expect, lang + " " + expect, expect + " " + class, "style " + cells[4]} {
			all[key]++
			if (len(found) > 0) == (expect != "ok") {
				right[key]++
			}
		}
		if (len(found) > 0) != (expect != "ok") && os.Getenv("TACET_SHOW") != "" && !strings.Contains(name, "measure") {
			t.Logf("%s %s %s: %s %s", lang, expect, class, text, rules(found))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%s %-28s %d/%d = %.3f", filepath.Base(name), key, right[key], all[key], float64(right[key])/float64(all[key]))
	}
}

// placed is where a text of a purpose is judged.
func placed(purpose, style, text string) speech.Context {
	c := speech.Context{Permits: map[string]bool{}, Prices: style == "answered", Prompt: strings.HasSuffix(text, "?") || strings.HasSuffix(text, ":")}
	for _, k := range speech.Kinds() {
		little := k.Class == "contact" || k.Class == "interest" || k.Class == "preference"
		c.Permits[k.Type] = little && purpose != "inform" || style == "permitted"
	}
	return c
}

func rules(found []speech.Finding) string {
	var out []string
	for _, f := range found {
		out = append(out, fmt.Sprintf("[%s %s]", f.Class, f.Rule))
	}
	return strings.Join(out, " ")
}

// declared is the language that a text is said to be in: none, as `tacet scan` reads lines, unless TACET_DECLARED says so.
func declared(lang string) string {
	if os.Getenv("TACET_DECLARED") != "" {
		return lang
	}
	return ""
}
