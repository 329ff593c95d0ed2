package text_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

const standardFile = "lexicon/topics.bin"

// examplesOf reads a lexicon of examples, one a line.
func examplesOf(t testing.TB, name, lang string) []text.Phrase {
	t.Helper()
	data, err := os.ReadFile("lexicon/" + name + "-" + lang + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []text.Phrase
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, text.Phrase{Lang: lang, Pattern: line})
		}
	}
	return out
}

// topicNames are the topics of std/frontdesk that the sets name in a word of their own.
var topicNames = map[string]string{"bot": "are-you-a-bot", "clinical": "clinical-question"}

// topicWriters are those whose sets are in testdata/topics.
var topicWriters = []string{"second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"}

// standardExamples are what the standard topics learn from: std/frontdesk, the lexicons of what is about nothing and of how
// people are asked for, the training and working sets, and the halves of the writers' sets that may be looked into.
func standardExamples(t testing.TB) []text.StandardExample {
	t.Helper()
	var out []text.StandardExample
	_, topics := readModule(t, "frontdesk")
	for _, topic := range topics {
		for _, p := range topic.Like {
			out = append(out, text.StandardExample{Lang: p.Lang, Topic: topic.Name, Text: p.Pattern, InFlow: true})
		}
	}
	for _, lang := range []string{"en", "es"} {
		for _, of := range [][2]string{{"background", "none"}, {"told", "none"}, {"human", "human"}} {
			for _, p := range examplesOf(t, of[0], lang) {
				out = append(out, text.StandardExample{Lang: lang, Topic: of[1], Text: p.Pattern, Background: of[0] == "background"})
			}
		}
	}
	files, err := filepath.Glob("testdata/topics/train-*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		out = append(out, trainingLines(t, f)...)
	}
	sets := map[string][]sentence{"": workSentences(t)}
	for _, w := range topicWriters {
		sets[w] = sentencesOf(t, w, "develop")
	}
	for _, w := range append([]string{""}, topicWriters...) {
		for _, s := range sets[w] {
			topic := s.topic
			if name, ok := topicNames[topic]; ok {
				topic = name
			}
			out = append(out, text.StandardExample{Lang: s.lang, Topic: topic, Text: s.text, Writer: w, Style: s.style})
		}
	}
	return withoutRepeats(out)
}

// withoutRepeats keeps of what is said twice the first.
func withoutRepeats(all []text.StandardExample) []text.StandardExample {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(e text.StandardExample) bool {
		key := e.Lang + " " + e.Text
		again := seen[key] && !e.InFlow
		seen[key] = true
		return again
	})
}

// trainingLines reads a training set: "= TOPIC LANG" begins the lines of a topic.
func trainingLines(t testing.TB, file string) []text.StandardExample {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []text.StandardExample
	topic, lang := "", ""
	for i, l := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		switch head := strings.Fields(l); {
		case l == "" || strings.HasPrefix(l, "#"):
		case head[0] == "=" && len(head) == 3:
			topic, lang = head[1], head[2]
			if name, ok := topicNames[topic]; ok {
				topic = name
			}
		case topic == "":
			t.Fatalf("%s:%d is of no topic", file, i+1)
		default:
			out = append(out, text.StandardExample{Lang: lang, Topic: topic, Text: l})
		}
	}
	return out
}

// TestStandardTopicsAreCurrent learns the standard topics again: the stored ones must be the same. TACET_UPDATE=1 stores them.
func TestStandardTopicsAreCurrent(t *testing.T) {
	t.Parallel()
	want := text.BuildStandardTopics(standardExamples(t))
	if os.Getenv("TACET_UPDATE") != "" {
		if err := os.WriteFile(standardFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(standardFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the stored standard topics are not what their examples give: go generate ./lang/text")
	}
}
