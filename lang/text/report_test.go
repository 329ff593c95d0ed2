package text_test

import (
	"bufio"
	"cmp"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// tally counts successes by slice.
type tally map[string]*[2]int

func (t tally) add(slice string, ok bool) {
	if t[slice] == nil {
		t[slice] = &[2]int{}
	}
	t[slice][1]++
	if ok {
		t[slice][0]++
	}
}

func (t tally) rate(slice string) float64 {
	if t[slice] == nil || t[slice][1] == 0 {
		return math.NaN()
	}
	return float64(t[slice][0]) / float64(t[slice][1])
}

// wilson is the 95 % interval of a proportion (Wilson 1927).
func wilson(k, n int) (low, high float64) {
	const z = 1.96
	p, m := float64(k)/float64(n), float64(n)
	mid, half := p+z*z/(2*m), z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return (mid - half) / (1 + z*z/m), (mid + half) / (1 + z*z/m)
}

func (t tally) log(tb testing.TB, title string) {
	tb.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", title)
	for _, s := range slices.Sorted(maps.Keys(t)) {
		low, high := wilson(t[s][0], t[s][1])
		fmt.Fprintf(&b, "  %-28s %3d/%-3d %.3f [%.2f, %.2f]\n", s, t[s][0], t[s][1], t.rate(s), low, high)
	}
	tb.Log(b.String())
}

// dataLines reads the data lines of a test set, each split at '|' into n parts.
func dataLines(t testing.TB, path string, n int) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out [][]string
	for s := bufio.NewScanner(f); s.Scan(); {
		if line := s.Text(); line != "" && !strings.HasPrefix(line, "#") {
			parts := strings.SplitN(line, "|", n)
			if len(parts) != n {
				t.Fatalf("%s: line %q has %d parts, want %d", path, line, len(parts), n)
			}
			out = append(out, parts)
		}
	}
	return out
}

var sets = []string{"work", "measure"}

// showMisses says whether to print the cases that went wrong: only for the set that rules may be written against.
func showMisses(set string) bool { return set == "work" && testing.Verbose() }

// triggerLines reads the trigger lines of a set: what is expected (E emergency, U urgent, + either, - nothing), language,
// style (of what is nothing, its kind), category, text. The measuring set has a second file, of what people tell
// indirectly.
func triggerLines(t testing.TB, set string) [][]string {
	if set == "measure" {
		return append(dataLines(t, set+"/triggers.txt", 5), dataLines(t, set+"/told.txt", 5)...)
	}
	files, err := filepath.Glob("testdata/triggers/work*.tsv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no work sets of triggers: %v", err)
	}
	expect := map[string]string{"emergency": "E", "urgent": "U", "none": "-"}
	var out [][]string
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n")[1:] {
			p := strings.Split(line, "\t") // lang, expect, category, style, text
			if p[1] == "none" {
				p[3] = p[2]
			}
			out = append(out, []string{expect[p[1]], p[0], p[3], p[2], p[4]})
		}
	}
	return out
}

func TestReportTriggers(t *testing.T) {
	std := standardModules(t)
	for _, set := range sets {
		recall, tier, alarms := tally{}, tally{}, tally{}
		for _, l := range triggerLines(t, set) {
			want, lang, style, category, msg := l[0], l[1], l[2], l[3], l[4]
			hits := std.triggers.Match(text.Normalise(msg))
			if want == "-" {
				for _, s := range []string{"all", "lang " + lang, "style " + style} {
					alarms.add(s, len(hits) > 0)
				}
				if len(hits) > 0 && showMisses(set) {
					t.Logf("false alarm: %q %s %q", msg, hits[0].Name, msg[hits[0].Span.Start:hits[0].Span.End])
				}
				continue
			}
			for _, s := range []string{"all", "lang " + lang, "style " + style, "category " + category} {
				recall.add(s, len(hits) > 0)
			}
			if len(hits) == 0 && showMisses(set) {
				t.Logf("missed: %q %v", msg, std.triggers.MatchAll(text.Normalise(msg)))
			}
			if len(hits) > 0 && want != "+" {
				got := map[string]string{text.TierEmergency: "E", text.TierUrgent: "U"}[hits[0].Tier]
				tier.add("all", got == want)
				if got != want && showMisses(set) {
					t.Logf("tier %s, want %s: %q %s", got, want, msg, hits[0].Name)
				}
			}
		}
		recall.log(t, set+": triggers, recall")
		tier.log(t, set+": triggers, tier right where raised")
		alarms.log(t, set+": triggers, false alarms")
		if r, f := recall.rate("all"), alarms.rate("style chat"); r < 0.90 || f > 0.02 {
			t.Errorf("%s: recall %.3f, false alarms on ordinary chat %.3f", set, r, f)
		}
	}
}

func TestReportTopics(t *testing.T) {
	std := standardModules(t)
	for _, set := range sets {
		right, none := tally{}, tally{}
		for _, l := range dataLines(t, set+"/topics.txt", 3) {
			want, lang, msg := l[0], l[1], l[2]
			scores := std.model.Classify(text.Normalise(msg))
			got := "-"
			if len(scores) > 0 {
				got = scores[0].Topic
			}
			if got != want && showMisses(set) {
				t.Logf("topic %s, want %s: %q %v", got, want, msg, scores[:min(3, len(scores))])
			}
			if want == "-" {
				none.add("abstains on the rest "+lang, got == "-")
				continue
			}
			for _, s := range []string{"all", "lang " + lang, "topic " + want} {
				right.add(s, got == want)
			}
			none.add("wrong topic", got != want && got != "-")
		}
		right.log(t, set+": topics, right")
		none.log(t, set+": topics, abstention and errors")
		if r := right.rate("all"); r < 0.84 {
			t.Errorf("%s: topics right %.3f", set, r)
		}
	}
}

var marked = text.Marked

func TestReportPHI(t *testing.T) {
	for _, set := range sets {
		recall, precision, exact := tally{}, tally{}, tally{}
		for _, l := range dataLines(t, set+"/phi.txt", 3) {
			slice, expect := l[0], l[1]
			msg, want := marked(l[2])
			got := text.DetectPHI(text.Normalise(msg), expect)
			found := make([]bool, len(want))
			for _, g := range got {
				ok := false
				for i, w := range want {
					if g.Type == w.Type && g.Span.Start < w.Span.End && w.Span.Start < g.Span.End {
						ok, found[i] = true, true
						exact.add(g.Type, g.Span == w.Span)
					}
				}
				precision.add("all", ok)
				precision.add(g.Type, ok)
				if !ok && showMisses(set) {
					t.Logf("surplus %s %q in %q", g.Type, msg[g.Span.Start:g.Span.End], msg)
				}
			}
			for i, w := range want {
				recall.add("all", found[i])
				recall.add("slice "+slice, found[i])
				recall.add(w.Type, found[i])
				if !found[i] && showMisses(set) {
					t.Logf("missed %s %q in %q: %v", w.Type, msg[w.Span.Start:w.Span.End], msg, got)
				}
			}
		}
		recall.log(t, set+": PHI, recall by overlap")
		precision.log(t, set+": PHI, precision")
		exact.log(t, set+": PHI, spans exact where found")
		if r, p := recall.rate("all"), precision.rate("all"); r < 0.97 || p < 0.95 {
			t.Errorf("%s: recall %.3f, precision %.3f", set, r, p)
		}
	}
}

// compareSpans orders findings for comparison.
func compareSpans(a, b text.Span) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
}
