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

const independentPreface = `### Ten writers side by side

The held set and the measure halves of nine further sets, each by a writer who had seen neither the rules nor the other sets. The
other halves of the nine are trained on. Those who wrote the rules looked at the totals of the held set at least twenty-four times,
at those of the second at least seventeen times, of the third sixteen times, of the fourth thirteen, of the fifth thirteen, of the
sixth eight, of the seventh six times, of the ninth five times, of the tenth four, of the eleventh five. Before
anything of them was read, the fourth was understood thus: heard 0.899 (214/238), false alarms where it only sounds alarming
0.128 (16/125), in ordinary chat 0.024 (3/123); its other half 0.900 (637/708), 0.075 (27/362), 0.022 (7/319). And the fifth:
heard 0.965 (304/315), false alarms where it only sounds alarming 0.074 (15/202), in ordinary chat 0.031 (11/360); its other
half 0.961 (909/946), 0.068 (44/649), 0.029 (31/1086), and of its ordinary messages about topics 0.028 (38/1374). And the sixth, whose writer sought what is said without its word:
heard 0.878 (187/213), false alarms where it only sounds alarming 0.086 (11/128), in ordinary chat 0.010 (1/100); its other half
0.915 (778/850), 0.085 (42/492), 0.019 (8/418). And the seventh's first lines: heard 0.992 (127/128), false alarms 0.068 (5/73), in
ordinary chat, often with words of alarms in it, 0.034 (3/87). And the ninth, whose writer was asked for hints, shame and veiled
threats: heard 0.893 [0.87, 0.91] 910/1019 (threats 0.689, abuse 0.743, suicide 0.795, assault 0.803, violence 0.833; what happens to
a body 0.906 to 1.000), false alarms where it only sounds alarming 0.029 (10/349), in ordinary chat 0.020 (6/296). And the eleventh,
whose writer wrote mostly of bodies: heard 0.947 [0.93, 0.96] 658/695 (threats 0.786; abuse, suicide, pregnancy and sugar 0.862). And
the tenth, whose two writers were asked for danger from people and to oneself, half of it in hints, and for long stories without danger: heard 0.840
[0.81, 0.87] 504/600 (said directly 0.963, in hints 0.714; threats 0.756, assault 0.814, suicide 0.820, violence 0.833, overdose
0.953); of its first 723 harmless lines, false alarms where it only sounds alarming 0.108 (27/250), in ordinary chat 0.042 (20/473). Suicide, threats and abuse that are only
hinted at are what a next writer will find unheard most.

On each of the nine after the held one by models that learnt nothing of its writer (` + "`go test -run TriggerWriters -v ./lang/text`" + `, develop halves, in their order):
heard 0.960, 0.940, 0.925, 0.964, 0.915, 0.970, 0.908, 0.829, 0.938 (all 0.929, 5118/5512; threats 0.802 and suicide 0.804 least); false alarms where it only
sounds alarming 0.032, 0.028, 0.033, 0.054, 0.083, 0.052, 0.044, 0.076 (all 0.051, 149/2901); in ordinary chat 0.000, 0.000, 0.006, 0.001,
0.000, 0.004, 0.003, 0.027 (all 0.004, 15/3359); of ordinary messages about topics 0.000, 0.004, 0.001, 0.007, 0.004, 0.000 (all 0.004, 18/5050).

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
