package text_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// sentence is a line of testdata/topics.
type sentence struct{ lang, topic, style, text string }

// unseenSentences are the lines of the working set that are no example of any model.
func unseenSentences(t testing.TB) []sentence {
	t.Helper()
	seen := map[string]bool{}
	for _, topic := range standardModules(t).topics {
		for _, p := range topic.Like {
			seen[p.Pattern] = true
		}
	}
	for _, lang := range []string{"en", "es"} {
		for _, name := range []string{"background", "human"} {
			for _, p := range examplesOf(t, name, lang) {
				seen[p.Pattern] = true
			}
		}
	}
	data, err := os.ReadFile("testdata/topics/work.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var out []sentence
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		c := strings.Split(line, "\t")
		if len(c) != 4 {
			t.Fatalf("work.tsv:%d has %d columns, want 4", i+1, len(c))
		}
		if i > 0 && !seen[c[3]] {
			out = append(out, sentence{c[0], c[1], c[2], c[3]})
		}
	}
	return out
}

// meant is what a machine with the standard topics takes a message for, in the order of a turn.
func meant(std *standard, s string) string {
	m := text.Normalise(s)
	if _, wants := text.WantsHuman(m); wants {
		return "human"
	}
	if text.AsksIfBot(m) {
		return "bot"
	}
	scores := std.model.Classify(m)
	switch {
	case len(scores) == 0:
		return "none"
	case scores[0].Topic == text.ClinicalTopic:
		return "clinical"
	case scores[0].Topic == "are-you-a-bot":
		return "bot"
	}
	return scores[0].Topic
}

// TestReportTopicsUnseen prints how many unseen sentences are understood, by topic, language and style, and fails where
// understanding has become worse.
func TestReportTopicsUnseen(t *testing.T) {
	std := standardModules(t)
	right, alone := tally{}, tally{}
	for _, s := range unseenSentences(t) {
		got := meant(std, s.text)
		if got != s.topic && testing.Verbose() {
			t.Logf("%s, want %s: %q", got, s.topic, s.text)
		}
		if s.topic == "none" {
			for _, slice := range []string{"all", "style " + s.style} {
				alone.add(slice, got == "none")
			}
			continue
		}
		for _, slice := range []string{"all", "lang " + s.lang, "topic " + s.topic, s.lang + " " + s.style} {
			right.add(slice, got == s.topic)
		}
	}
	right.log(t, "unseen sentences, topic right")
	alone.log(t, "unseen sentences about no topic, left alone")
	if r, a := right.rate("all"), alone.rate("all"); r < 0.76 || a < 0.82 {
		t.Errorf("topics right %.3f, others left alone %.3f", r, a)
	}
}
