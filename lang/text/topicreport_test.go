package text_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// sentence is a line of testdata/topics.
type sentence struct{ lang, topic, style, text string }

// workSentences are the lines of the working set.
func workSentences(t testing.TB) []sentence {
	t.Helper()
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
		if i > 0 {
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

// TestReportTopicFolds prints what is understood of each part of the examples by a model that learned the others, and fails
// where understanding has become worse.
func TestReportTopicFolds(t *testing.T) {
	t.Parallel()
	right, alone := tally{}, tally{}
	for _, j := range text.JudgeStandardFolds(standardExamples(t)) {
		if j.Want == "none" {
			alone.add("all", j.Got == "none")
			continue
		}
		right.add("all", j.Got == j.Want)
		right.add("topic "+j.Want, j.Got == j.Want)
	}
	right.log(t, "folds, topic right")
	alone.log(t, "folds, about no topic, left alone")
	if r, a := right.rate("all"), alone.rate("all"); r < 0.66 || a < 0.82 {
		t.Errorf("topics right %.3f, others left alone %.3f", r, a)
	}
}
