package text_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// forClinicians are the topics that end with a clinician: to take one for the other costs the patient nothing.
var forClinicians = map[string]bool{"clinical": true, "existing-care": true, "diagnosis": true}

// sentencesOf reads a half of a set of topics by one writer; see secondSets.
func sentencesOf(t testing.TB, set, half string) []sentence {
	t.Helper()
	name := set + "-topics-" + half + ".tsv"
	data, err := os.ReadFile("testdata/topics/" + name)
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
			t.Fatalf("%s:%d has %d columns, want 4", name, i+1, len(c))
		}
		out = append(out, sentence{c[0], c[1], c[2], c[3]})
	}
	return out
}

// TestReportTopicSets measures the standard topics, requests for a person and clinical questions on the sets of
// each writer. It prints what goes wrong in the develop halves only.
func TestReportTopicSets(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("prints figures; run it with -v")
	}
	std := standardModules(t)
	for _, set := range topicWriters {
		for _, half := range []string{"develop", "measure"} {
			reportTopics(t, std, set, half)
		}
	}
}

func reportTopics(t *testing.T, std *standard, set, half string) {
	right, alone, always, wrongly := tally{}, tally{}, tally{}, tally{}
	for _, s := range sentencesOf(t, set, half) {
		got, clinical := meant(std, s.text), text.AsksClinical(text.Normalise(s.text))
		ok := got == s.topic || s.topic == "diagnosis" && got == "clinical"
		if half == "develop" && (!ok || clinical && !forClinicians[s.topic] || !clinical && s.topic == "clinical") {
			t.Logf("%s, want %s (clinical %v) %s: %q", got, s.topic, clinical, s.style, s.text)
		}
		if s.topic == "none" {
			alone.add("all", ok)
			alone.add("lang "+s.lang, ok)
			alone.add("style "+s.style, ok)
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
			right.add(slice, ok)
		}
		wrongly.add("abstained where a topic was meant", got == "none")
	}
	for _, f := range []struct {
		what string
		t    tally
	}{{"topic right", right}, {"about no topic, left alone", alone}, {"clinical questions, whatever the topics are", always}, {"taken wrongly", wrongly}} {
		f.t.log(t, set+" "+half+": "+f.what)
	}
}
