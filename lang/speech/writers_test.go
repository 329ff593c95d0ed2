package speech

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// writer is who wrote an independent example ("second", "third" …), or "" for those who write the rules.
func (e example) writer() string {
	if !e.independent() {
		return ""
	}
	name, _, _ := strings.Cut(e.file, "-")
	return name
}

// TestWriters trains without what one writer wrote who had not seen the rules, and judges that; for each of them. This is what to
// expect of the next one, and what the bars of judge.go are chosen by. TACET_SHOW=1 prints what is judged wrongly.
func TestWriters(t *testing.T) {
	if !testing.Verbose() || testing.Short() {
		t.Skip("trains once for every writer: -v runs it")
	}
	readings := read(workSet(t))
	var theirs []reading
	var by []judgement
	var among tally
	for _, writer := range writers(readings) {
		var rest []reading
		for _, r := range readings {
			if r.writer() != writer {
				rest = append(rest, r)
			}
		}
		m, first := train(rest), len(theirs)
		for _, r := range readings {
			if r.writer() == writer && r.shown() {
				theirs, by = append(theirs, r), append(by, m.judge(r))
			}
		}
		for _, r := range amid(theirs[first:], by[first:]) {
			among.count(r.foundBy(m.judge(r)), r.expect != "ok")
		}
	}
	t.Logf("%-36s %v", "among sound sentences", among)
	for _, lang := range []string{"en", "es"} {
		reportBars(t, lang, theirs, by)
	}
	tallies := map[string]*tally{}
	for n, r := range theirs {
		found := r.foundBy(by[n])
		w := r.writer()
		for _, key := range []string{w, w + " " + r.lang, "all", "all " + r.lang, "class " + r.expect + " " + r.class, w + " expect " + r.expect, "style " + r.style} {
			if tallies[key] == nil {
				tallies[key] = &tally{}
			}
			tallies[key].count(found, r.expect != "ok")
		}
		if os.Getenv("TACET_SHOW") != "" && found != (r.expect != "ok") {
			fmt.Printf("SHOW\t%s\t%s\t%s\t%s\t%s\t%v\t%s\n", w, r.lang, r.expect, r.class, r.style, by[n], r.text)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(tallies)) {
		t.Logf("%-36s %v", key, tallies[key])
	}
}

// writers are those who wrote independent examples, in the order of their names.
func writers(readings []reading) []string {
	seen := map[string]bool{}
	for _, r := range readings {
		if r.independent() {
			seen[r.writer()] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// foundBy says whether the risk in the example passes the bar, and is no price where prices are answered.
func (e example) foundBy(j judgement) bool {
	priced := j.by[pricing] > j.by[asking] && j.by[pricing] > j.by[giving]
	return j.risk > bars[e.language()] && !(priced && e.style == "answered")
}

// amid puts what a writer wrote between texts of the same writer that are sound and accepted by themselves, as one sentence of a
// greeting asks too much and the others are fine.
func amid(readings []reading, by []judgement) []reading {
	sound := map[string][]string{}
	for n, r := range readings {
		if r.ends() && r.expect == "ok" && !r.foundBy(by[n]) {
			sound[r.lang] = append(sound[r.lang], r.text)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	var out []example
	for _, r := range readings {
		fill := sound[r.lang]
		if !r.ends() || len(fill) == 0 {
			continue
		}
		e := r.example
		for range random.IntN(3) {
			e.text = fill[random.IntN(len(fill))] + " " + e.text
		}
		for range 1 + random.IntN(2) {
			e.text += " " + fill[random.IntN(len(fill))]
		}
		out = append(out, e)
	}
	return read(out)
}

// ends says whether the text ends as a sentence does, so that another may follow.
func (e example) ends() bool { return strings.ContainsRune(".!?", rune(e.text[len(e.text)-1])) }
