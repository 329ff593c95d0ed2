package heldtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// phiWriters wrote sets of patient data without having seen the rules or the other sets; those who write the rules read
// totals of the measure halves only.
var phiWriters = []string{"third", "fourth", "fifth", "sixth", "seventh"}

const phiWritersPreface = `### Patient data of six writers side by side

The held set and the measure halves of five further sets. The develop halves of the first four were read, of the fifth the names in
it, and the judges of names and of health statements learnt from all five. Those who wrote the rules looked at the totals of the third set at least twenty-two times, at those of
the fourth nineteen times, at those of the fifth ten times, at those of the sixth five times, of the seventh four times. Before any of the fourth was read, certain types were found at
0.948 (73/77), types told by surroundings at 0.929, names at 0.900, health statements at 0.722, and any data in a message at
0.908 (187/206). Before any of the fifth was read: 0.869 (73/84), 0.875 (35/40), 0.855 (59/69), 0.845 (60/71), and any data
at 0.887 (205/231). Before any of the sixth was read, of its first
119 lines that stand in the other half: certain types at 0.979 (47/48), names at 0.815 (66/81), any data in a message at 0.897 (104/116). Before any of
the seventh was read, whose writer sought names without an introduction: certain types at 1.000 (68/68), names at 0.624 (53/85), health
statements at 0.704 (76/108), any data at 0.825 (226/274). Of the 131 names in its other half that the frames miss, a judge of names that
learnt nothing of it hears 70, with 30 other words in 1 137 messages (` + "`go test -run ReportNameJudge -v ./lang/text`" + `).
The fifth writer also marks the last four digits of a card and a year of birth alone.

`

// writersSideBySide writes what was found in the sets of all writers.
func writersSideBySide(t *testing.T, b *strings.Builder, held phiFigures) {
	found, precise, seen, rightly := sliced{}, sliced{}, sliced{}, sliced{}
	add := func(writer string, f phiFigures) {
		for slice, s := range f.found {
			if group, ok := strings.CutPrefix(slice, "group "); ok {
				found["set "+writer+", "+group], precise["set "+writer+", "+group] = s, f.precise[slice]
			}
		}
		for slice, title := range map[string]string{"all all": "", "lang en": " en", "lang es": " es"} {
			seen["set "+writer+title], rightly["set "+writer+title] = f.seen[slice], f.rightly[slice]
		}
	}
	add("held", held)
	for _, writer := range phiWriters {
		f := phiFigures{sliced{}, sliced{}, sliced{}, sliced{}, sliced{}, sliced{}, sliced{}, sliced{}}
		for _, m := range markedHalf(t, writer) {
			f.message(m, []string{"all all", "lang " + m.Lang})
		}
		add(writer, f)
	}
	b.WriteString(phiWritersPreface)
	table(b, "set", column{"found", found}, column{"precision", precise})
	table(b, "set", column{"messages with data seen", seen}, column{"messages reported that hold data", rightly})
}

// markedHalf reads the measure half of a writer's set: language and text with [[type:words]] marks.
func markedHalf(t *testing.T, writer string) []marked {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sets, "phi", writer+"-phi-measure.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var out []marked
	for line := range strings.Lines(string(data)) {
		lang, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		m := marked{Lang: lang}
		for {
			before, inner, open := strings.Cut(rest, "[[")
			m.Text += before
			if !open {
				break
			}
			mark, after, _ := strings.Cut(inner, "]]")
			typ, words, _ := strings.Cut(mark, ":")
			m.Spans = append(m.Spans, markedSpan{Type: typ, Start: len(m.Text), End: len(m.Text) + len(words)})
			m.Text, rest = m.Text+words, after
		}
		out = append(out, m)
	}
	return out
}
