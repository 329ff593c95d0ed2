package text_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// forClinicians are the topics that end with a clinician: to take one for the other costs the patient nothing.
var forClinicians = map[string]bool{"clinical": true, "existing-care": true, "diagnosis": true}

// secondSentences reads a half of the second set of topics; see secondSets.
func secondSentences(t testing.TB, half string) []sentence {
	t.Helper()
	data, err := os.ReadFile("testdata/topics/second-topics-" + half + ".tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []sentence
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "lang\t") {
			continue
		}
		c := strings.Split(line, "\t")
		if len(c) != 4 {
			t.Fatalf("second-topics-%s.tsv:%d has %d columns, want 4", half, i+1, len(c))
		}
		out = append(out, sentence{c[0], c[1], c[2], c[3]})
	}
	return out
}

// TestReportSecondTopics measures the standard topics, requests for a person and clinical questions on the second set. It
// prints what goes wrong in the develop half only.
func TestReportSecondTopics(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	std := standardModules(t)
	for _, half := range []string{"develop", "measure"} {
		right, alone, always, wrongly := tally{}, tally{}, tally{}, tally{}
		for _, s := range secondSentences(t, half) {
			got, clinical := meant(std, s.text), text.AsksClinical(text.Normalise(s.text))
			if half == "develop" && (got != s.topic || clinical != (s.topic == "clinical")) {
				t.Logf("%s, want %s (clinical %v) %s: %q", got, s.topic, clinical, s.style, s.text)
			}
			if s.topic == "none" {
				alone.add("all", got == "none")
				alone.add("style "+s.style, got == "none")
				wrongly.add("clinical of none", clinical)
				wrongly.add("human of none", got == "human")
				continue
			}
			if s.topic != "human" {
				wrongly.add("human of another topic", got == "human")
			}
			if !forClinicians[s.topic] {
				wrongly.add("clinical of another topic", clinical)
			}
			if s.topic == "clinical" {
				always.add("all", clinical)
				always.add("lang "+s.lang, clinical)
				always.add("kindred", forClinicians[got])
			}
			for _, slice := range []string{"all", "lang " + s.lang, "topic " + s.topic, "style " + s.style} {
				right.add(slice, got == s.topic)
			}
		}
		right.log(t, half+": topic right")
		alone.log(t, half+": about no topic, left alone")
		always.log(t, half+": clinical questions, whatever the topics are")
		wrongly.log(t, half+": taken wrongly")
	}
}
