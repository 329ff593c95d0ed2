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

// TestReportTopicWriters prints what is understood of what each writer wrote by a model that learned from the others, and
// fails where understanding has become worse.
func TestReportTopicWriters(t *testing.T) {
	t.Parallel()
	right, alone, always, wrongly := tally{}, tally{}, tally{}, tally{}
	for _, r := range text.JudgeStandardWriters(standardExamples(t)) {
		ok := r.Got == r.Topic || r.Topic == "diagnosis" && r.Got == text.ClinicalTopic
		if os.Getenv("TACET_MISSES") == r.Writer && !ok {
			t.Logf("%s, want %s (clinical %v) %s %s: %q", r.Got, r.Topic, r.Clinical, r.Lang, r.Style, r.Text)
		}
		all := []string{"all", r.Writer, r.Writer + " " + r.Lang}
		for _, of := range all {
			switch {
			case r.Topic == "none":
				alone.add(of, ok)
				wrongly.add(of+" clinical of none", r.Clinical)
				wrongly.add(of+" human of none", r.Got == "human")
				continue
			case r.Topic == text.ClinicalTopic:
				always.add(of, r.Clinical)
			case r.Topic != "human":
				wrongly.add(of+" human of another topic", r.Got == "human")
			}
			right.add(of, ok)
		}
		if r.Topic != "none" {
			right.add("topic "+r.Topic, ok)
			right.add("style "+r.Style, ok)
		}
	}
	right.log(t, "writers, topic right")
	alone.log(t, "writers, about no topic, left alone")
	always.log(t, "writers, clinical questions, whatever the topics are")
	wrongly.log(t, "writers, taken wrongly")
	if r, a := right.rate("all"), alone.rate("all"); r < 0.66 || a < 0.82 {
		t.Errorf("topics right %.3f, others left alone %.3f", r, a)
	}
}
