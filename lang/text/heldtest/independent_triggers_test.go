package heldtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// independentMeasures are the halves of the independent sets of triggers of which those who write the rules read totals
// only.
var independentMeasures = []struct {
	name  string
	files []string
}{
	{"second", []string{"second-triggers-measure.tsv"}},
	{"third", []string{"third-triggers-measure.tsv"}},
	{"fourth", []string{"fourth-triggers-measure.tsv"}},
	{"fifth", []string{"fifth-alarms-measure.tsv", "fifth-harmless-measure.tsv", "fifth-more-measure.tsv"}},
	{"sixth", []string{"sixth-alarms-measure.tsv", "sixth-harmless-measure.tsv"}},
	{"seventh", []string{"seventh-alarms-measure.tsv", "seventh-harmless-measure.tsv"}},
	{"ninth", []string{"ninth-alarms-measure.tsv", "ninth-harmless-measure.tsv"}},
	{"tenth", []string{"tenth-alarms-measure.tsv", "tenth-harmless-measure.tsv"}},
	{"eleventh", []string{"eleventh-alarms-measure.tsv"}},
}

const independentPreface = `### Eight writers side by side

The held set and the measure halves of seven further sets, each by a writer who had seen neither the rules nor the other sets. The
other halves of the seven are trained on. Those who wrote the rules looked at the totals of the held set at least eighteen times,
at those of the second at least fourteen times, of the third thirteen times, of the fourth ten, of the fifth ten, of the sixth five, of the seventh three times, of the ninth twice. Before
anything of them was read, the fourth was understood thus: heard 0.899 (214/238), false alarms where it only sounds alarming
0.128 (16/125), in ordinary chat 0.024 (3/123); its other half 0.900 (637/708), 0.075 (27/362), 0.022 (7/319). And the fifth:
heard 0.965 (304/315), false alarms where it only sounds alarming 0.074 (15/202), in ordinary chat 0.031 (11/360); its other
half 0.961 (909/946), 0.068 (44/649), 0.029 (31/1086), and of its ordinary messages about topics 0.028 (38/1374). And the sixth, whose writer sought what is said without its word:
heard 0.878 (187/213), false alarms where it only sounds alarming 0.086 (11/128), in ordinary chat 0.010 (1/100); its other half
0.915 (778/850), 0.085 (42/492), 0.019 (8/418). And the seventh's first lines: heard 0.992 (127/128), false alarms 0.068 (5/73), in
ordinary chat, often with words of alarms in it, 0.034 (3/87). And the ninth, whose writer was asked for hints, shame and veiled
threats: heard 0.893 [0.87, 0.91] 910/1019 (threats 0.689, abuse 0.743, suicide 0.795, assault 0.803, violence 0.833; what happens to
a body 0.906 to 1.000), false alarms where it only sounds alarming 0.029 (10/349), in ordinary chat 0.020 (6/296).

On each of the six before the ninth by models that learnt nothing of its writer (` + "`go test -run TriggerWriters -v ./lang/text`" + `, develop halves):
heard 0.956, 0.919, 0.920, 0.965, 0.919, 0.957 (all 0.936, 3644/3892; suicide 0.770 and threats 0.779 least); false alarms where it only
sounds alarming 0.039, 0.021, 0.033, 0.048, 0.077, 0.044 (all 0.046, 106/2300); in ordinary chat 0.000, 0.002, 0.003, 0.003, 0.000, 0.004
(all 0.002, 6/2674); of ordinary messages about topics 0.000, 0.004, 0.001, 0.004, 0.001, 0.000 (all 0.002, 11/5050).

`

// measureIndependentTriggers writes the sets side by side.
func measureIndependentTriggers(t *testing.T, b *strings.Builder, heldHeard, heldTier, heldAlarms sliced) {
	heard, tier, adversarial, talk := sliced{}, sliced{}, sliced{}, sliced{}
	for _, kind := range []string{"all", "lang en", "lang es"} {
		title := "set held"
		if lang, ok := strings.CutPrefix(kind, "lang "); ok {
			title += " " + lang
		} else {
			kind = "all all"
		}
		heard[title], tier[title] = heldHeard[kind], heldTier[kind]
	}
	adversarial["set held"], talk["set held"] = heldAlarms["all adversarial"], heldAlarms["category "+chat]
	for _, set := range independentMeasures {
		for _, row := range independentRows(t, set.files...) {
			in := []string{"set " + set.name, "set " + set.name + " " + row[0]}
			top := loudest(t, row[4])
			switch {
			case row[1] != "none":
				heard.add(top.Name != "", in...)
				if top.Name != "" {
					tier.add(top.Tier == text.TierEmergency || row[1] != "emergency", in...)
				}
			case row[2] == "chat":
				talk.add(top.Name != "", in...)
			default:
				adversarial.add(top.Name != "", in...)
			}
		}
	}
	b.WriteString(independentPreface)
	table(b, "set", column{"heard", heard}, column{"tier", tier},
		column{"false alarms, sounding alarming", adversarial}, column{"false alarms, ordinary chat", talk})
}

// loudest is the most pressing hit of a message that stops the assistant, if any.
func loudest(t *testing.T, message string) text.Hit {
	for _, h := range library(t).triggers.Match(text.Normalise(message)) {
		if h.Tier != text.TierRoutine {
			return h
		}
	}
	return text.Hit{}
}

// independentRows reads lang, expect, category, style and text of an independent set.
func independentRows(t *testing.T, files ...string) [][]string {
	t.Helper()
	var out [][]string
	for _, file := range files {
		out = append(out, rowsOf(t, file)...)
	}
	return out
}

func rowsOf(t *testing.T, file string) [][]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sets, "triggers", file))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "lang\t") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != 5 {
			t.Fatalf("%s has a line of %d columns, want 5", file, len(cells))
		}
		out = append(out, cells)
	}
	return out
}
