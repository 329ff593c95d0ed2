package text_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// certainTypes have a check digit, a shape of their own or a word before them that names them.
const certainTypes = " phone email ssn itin mbi npi dea card aba vin ip mac url mrn dob "

// markedLines reads a half of the third set of patient data: language and text with [[type:words]] marks.
func markedLines(t testing.TB, half string) [][2]string {
	t.Helper()
	data, err := os.ReadFile("testdata/phi/third-phi-" + half + ".txt")
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

// TestReportPHIThird judges the detector on the third set. It prints what goes wrong in the develop half only.
func TestReportPHIThird(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	for _, half := range []string{"develop", "measure"} {
		reportMarked(t, half)
	}
}

func reportMarked(t *testing.T, half string) {
	recall, precision, message := tally{}, tally{}, tally{}
	show := half == "develop"
	for _, l := range markedLines(t, half) {
		msg, want := marked(l[1])
		got := text.DetectPHI(text.Normalise(msg), "")
		met := func(g text.PHI, w text.PHI) bool {
			return sameType(g.Type, w.Type) && g.Span.Start < w.Span.End && w.Span.Start < g.Span.End
		}
		for _, w := range want {
			ok := false
			for _, g := range got {
				ok = ok || met(g, w)
			}
			for _, slice := range []string{"all", "lang " + l[0], "type " + w.Type, groupOfType(w.Type)} {
				recall.add(slice, ok)
			}
			if !ok && show {
				t.Logf("missed %s %q in %q", w.Type, msg[w.Span.Start:w.Span.End], msg)
			}
		}
		for _, g := range got {
			ok := false
			for _, w := range want {
				ok = ok || met(g, w)
			}
			for _, slice := range []string{"all", "lang " + l[0], "type " + g.Type, groupOfType(g.Type)} {
				precision.add(slice, ok)
			}
			if !ok && show {
				t.Logf("surplus %s %q in %q (%s)", g.Type, msg[g.Span.Start:g.Span.End], msg, g.Why)
			}
		}
		if len(want) > 0 {
			message.add("with any: something found", len(got) > 0)
		} else {
			message.add("with none: nothing found", len(got) == 0)
		}
	}
	recall.log(t, "third "+half+": patient data found")
	precision.log(t, "third "+half+": findings that are right")
	message.log(t, "third "+half+": messages")
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
