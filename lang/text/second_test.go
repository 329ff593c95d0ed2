package text_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// secondSets are written by somebody who had not seen the rules: those that develop them may read the develop half and
// train on it, of the other half only the totals.
const secondSets = "testdata/triggers/second-*-"

// secondLines reads a half of the second sets: lang, expect, category, style, text.
func secondLines(t testing.TB, half string) [][]string {
	t.Helper()
	files, err := filepath.Glob(secondSets + half + ".tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s sets: %v", half, err)
	}
	var out [][]string
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
			if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "lang\t") {
				continue
			}
			p := strings.Split(line, "\t")
			if len(p) != 5 {
				t.Fatalf("%s:%d: %d columns, want 5", f, i+1, len(p))
			}
			out = append(out, p)
		}
	}
	return out
}

// TestReportSecondTriggers measures the standard triggers on the second sets. It prints what goes wrong in the develop
// half only.
func TestReportSecondTriggers(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	std := standardModules(t)
	for _, half := range []string{"develop", "measure"} {
		heard, tier, alarms := tally{}, tally{}, tally{}
		for _, l := range secondLines(t, half) {
			lang, expect, category, style, message := l[0], l[1], l[2], l[3], l[4]
			top := text.Hit{}
			for _, h := range std.triggers.Match(text.Normalise(message)) {
				if h.Tier != text.TierRoutine {
					top = h
					break
				}
			}
			raised := top.Name != ""
			if half == "develop" && raised == (expect == "none") {
				t.Logf("%s %s %s %s: %q %s %q", expect, lang, category, style, message, top.Name, top.Phrase)
			}
			into := heard
			if expect == "none" {
				into = alarms
			}
			for _, s := range []string{"all", "lang " + lang, "category " + category, "style " + style} {
				into.add(s, raised)
			}
			into.add("all by a phrase", top.Phrase != "")
			into.add("all by the detector", raised && top.Phrase == "")
			if expect != "none" && raised {
				right := top.Tier == text.TierEmergency || expect != "emergency"
				tier.add("all", right)
				tier.add("category "+category, right)
				if half == "develop" && !right {
					t.Logf("tier %s %s: %q %s", lang, category, message, top.Name)
				}
			}
		}
		heard.log(t, half+": heard")
		tier.log(t, half+": tier")
		alarms.log(t, half+": false alarms")
	}
}
