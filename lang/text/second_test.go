package text_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// independentSets are each written by somebody who had not seen the rules: those that develop them may read the develop
// half and train on it, of the other half only the totals.
var independentSets = []string{"second", "third", "fourth"}

// independentLines reads a half of an independent set of triggers: lang, expect, category, style, text.
func independentLines(t testing.TB, set, half string) [][]string {
	t.Helper()
	files, err := filepath.Glob("testdata/triggers/" + set + "-*-" + half + ".tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s sets of the %s: %v", half, set, err)
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

// TestReportIndependentTriggers measures the standard triggers on the independent sets. It prints what goes wrong in the
// develop halves only.
func TestReportIndependentTriggers(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	for _, set := range independentSets {
		for _, half := range []string{"develop", "measure"} {
			reportTriggers(t, set, half)
		}
	}
}

func reportTriggers(t *testing.T, set, half string) {
	std := standardModules(t)
	heard, tier, alarms := tally{}, tally{}, tally{}
	for _, l := range independentLines(t, set, half) {
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
		slices := []string{"all", "lang " + lang, "category " + category, "style " + style}
		if expect == "none" {
			into = alarms
			if category != "chat" {
				slices = append(slices, "adversarial")
			}
		}
		for _, s := range slices {
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
	title := set + " " + half
	heard.log(t, title+": heard")
	tier.log(t, title+": tier")
	alarms.log(t, title+": false alarms")
}
