package text_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// certainTypes have a check digit, a shape of their own or a word before them that names them.
const certainTypes = " phone email ssn itin mbi npi dea card aba vin ip mac url mrn dob "

// phiWriters are the sets of patient data by writers who had seen neither the rules nor the other sets.
var phiWriters = []string{"third", "fourth", "fifth", "sixth", "seventh"}

// markedLines reads a half of a writer's set: language and text with [[type:words]] marks.
func markedLines(t testing.TB, writer, half string) [][2]string {
	t.Helper()
	data, err := os.ReadFile("testdata/phi/" + writer + "-phi-" + half + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	var out [][2]string
	for l := range strings.Lines(string(data)) {
		if lang, msg, ok := strings.Cut(strings.TrimRight(l, "\n"), "|"); ok && !strings.HasPrefix(l, "#") {
			out = append(out, [2]string{lang, msg})
		}
	}
	return out
}

// TestReportPHIWriters judges the detector on each writer's set. With TACET_MISSES=1 it prints what goes wrong, in the
// develop halves only.
func TestReportPHIWriters(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	for _, writer := range phiWriters {
		for _, half := range []string{"develop", "measure"} {
			reportMarked(t, writer, half)
		}
	}
}

func reportMarked(t *testing.T, writer, half string) {
	recall, precision, exact, message := tally{}, tally{}, tally{}, tally{}
	show := half == "develop" && os.Getenv("TACET_MISSES") != ""
	for _, l := range markedLines(t, writer, half) {
		msg, want := marked(l[1])
		got := text.DetectPHI(text.Normalise(msg), "")
		met := func(g text.PHI, w text.PHI) bool {
			return sameType(g.Type, w.Type) && g.Span.Start < w.Span.End && w.Span.Start < g.Span.End
		}
		for _, w := range want {
			in := []string{"all", "lang " + l[0], "type " + w.Type, groupOfType(w.Type), groupOfType(w.Type) + " " + l[0]}
			i := slices.IndexFunc(got, func(g text.PHI) bool { return met(g, w) })
			for _, slice := range in {
				recall.add(slice, i >= 0)
				if i >= 0 {
					exact.add(slice, got[i].Span == w.Span)
				}
			}
			if i < 0 && show {
				t.Logf("missed %s %q in %q", w.Type, msg[w.Span.Start:w.Span.End], msg)
			}
		}
		for _, g := range got {
			ok := slices.ContainsFunc(want, func(w text.PHI) bool { return met(g, w) })
			for _, slice := range []string{"all", "lang " + l[0], "type " + g.Type, groupOfType(g.Type), groupOfType(g.Type) + " " + l[0]} {
				precision.add(slice, ok)
			}
			if !ok && show {
				t.Logf("surplus %s %q in %q (%s)", g.Type, msg[g.Span.Start:g.Span.End], msg, g.Why)
			}
		}
		for _, of := range []string{"", ", " + l[0]} {
			if len(want) > 0 {
				message.add("with any: something found"+of, len(got) > 0)
			} else {
				message.add("with none: nothing found"+of, len(got) == 0)
			}
			if len(got) > 0 {
				message.add("reported: holds any"+of, len(want) > 0)
			}
		}
	}
	title := writer + " " + half + ": "
	recall.log(t, title+"patient data found")
	precision.log(t, title+"findings that are right")
	exact.log(t, title+"spans exact where found")
	message.log(t, title+"messages")
}

func groupOfType(typ string) string {
	switch {
	case strings.Contains(certainTypes, " "+typ+" "):
		return "group certain"
	case typ == "name" || typ == "health":
		return "group " + typ
	}
	return "group told by surroundings"
}
