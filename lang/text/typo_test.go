package text_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// TestOneTypoIsForgiven puts one random typing error into a longer word of each emergency of the work set.
func TestOneTypoIsForgiven(t *testing.T) {
	t.Parallel()
	std := standardModules(t)
	r := rand.New(rand.NewPCG(1, 2))
	found := tally{}
	for i, l := range triggerLines(t, "work") {
		if i%4 != 0 || l[0] == "-" || len(std.triggers.Match(text.Normalise(l[4]))) == 0 {
			continue
		}
		for range 3 {
			if msg, ok := mistype(r, l[4]); ok {
				hit := len(std.triggers.Match(text.Normalise(msg))) > 0
				found.add("all", hit)
				found.add("lang "+l[1], hit)
			}
		}
	}
	found.log(t, "emergencies met in spite of one typing error")
	if found.rate("lang en") < 0.95 || found.rate("lang es") < 0.95 {
		t.Error("typing errors hide emergencies")
	}
}

// TestTyposRaiseNothing puts typing errors into ordinary chat that raises nothing.
func TestTyposRaiseNothing(t *testing.T) {
	t.Parallel()
	std := standardModules(t)
	r := rand.New(rand.NewPCG(3, 4))
	raised := tally{}
	for _, topic := range std.topics {
		if topic.Name == "clinical-question" || topic.Name == "existing-care" || topic.Name == "diagnosis" {
			continue // they speak of symptoms, and one letter may make them an alarm
		}
		for _, l := range topic.Like {
			if len(std.triggers.Match(text.Normalise(l.Pattern))) > 0 {
				continue
			}
			for range 5 {
				if msg, ok := mistype(r, l.Pattern); ok {
					hits := std.triggers.Match(text.Normalise(msg))
					raised.add("all", len(hits) > 0)
					if len(hits) > 0 && testing.Verbose() {
						t.Logf("%s: %q (%q)", hits[0].Name, msg, l.Pattern)
					}
				}
			}
		}
	}
	raised.log(t, "false alarms by one typing error in ordinary chat")
	if raised.rate("all") > 0.005 {
		t.Error("typing errors raise alarms")
	}
}

// mistype drops, adds, swaps or changes a letter inside one word of five letters or more.
func mistype(r *rand.Rand, msg string) (string, bool) {
	words := strings.Fields(msg)
	var long []int
	for i, w := range words {
		if len([]rune(w)) >= 5 {
			long = append(long, i)
		}
	}
	if len(long) == 0 {
		return "", false
	}
	i := long[r.IntN(len(long))]
	w := []rune(words[i])
	p := 1 + r.IntN(len(w)-2)
	letter := rune('a' + r.IntN(26))
	switch r.IntN(4) {
	case 0:
		w = append(w[:p], w[p+1:]...)
	case 1:
		w[p], w[p+1] = w[p+1], w[p]
	case 2:
		w[p] = letter
	case 3:
		w = append(w[:p], append([]rune{letter}, w[p:]...)...)
	}
	words[i] = string(w)
	return strings.Join(words, " "), true
}
