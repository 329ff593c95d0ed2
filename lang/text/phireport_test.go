package text_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// TestReportPHIWork judges the detector on work.jsonl, by type and by style. TACET_MISSES=1 prints what went wrong.
func TestReportPHIWork(t *testing.T) {
	show := os.Getenv("TACET_MISSES") != ""
	recall, precision, exact, message := tally{}, tally{}, tally{}, tally{}
	for _, l := range workMessages(t) {
		got := text.DetectPHI(text.Normalise(l.Text), "")
		found := make([]bool, len(l.Spans))
		for _, g := range got {
			ok := false
			for i, w := range l.Spans {
				if sameType(g.Type, w.Type) && g.Span.Start < w.End && w.Start < g.Span.End {
					ok, found[i] = true, true
					exact.add(w.Type, g.Span.Start == w.Start && g.Span.End == w.End)
					if show && (g.Span.Start != w.Start || g.Span.End != w.End) && w.Type != "health" {
						t.Logf("inexact %s %q, want %q in %q", g.Type, l.Text[g.Span.Start:g.Span.End], l.Text[w.Start:w.End], l.Text)
					}
				}
			}
			precision.add(g.Type, ok)
			if !ok && show {
				t.Logf("surplus %s %q in %q (%s)", g.Type, l.Text[g.Span.Start:g.Span.End], l.Text, g.Why)
			}
		}
		for i, w := range l.Spans {
			recall.add(w.Type, found[i])
			recall.add("lang "+l.Lang, found[i])
			recall.add("style "+l.Style, found[i])
			if !found[i] && show {
				t.Logf("missed %s %q in %q", w.Type, l.Text[w.Start:w.End], l.Text)
			}
		}
		if len(l.Spans) > 0 {
			message.add("with PHI: something found", len(got) > 0)
		} else {
			message.add("without PHI: nothing found "+l.Lang, len(got) == 0)
		}
	}
	recall.log(t, "work: PHI, recall by overlap")
	precision.log(t, "work: PHI, precision")
	exact.log(t, "work: PHI, spans exact where found")
	message.log(t, "work: any PHI in the message")
}

// sameType takes kinds for one another that the words do not tell apart.
func sameType(got, want string) bool {
	return got == want || strings.Contains(" dob date , member-id mbi ", " "+got+" "+want+" ")
}
