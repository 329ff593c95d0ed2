package text_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

const requestFile = "lexicon/requests.json.gz"

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

// requestExamples are what the model of requests learns from: what asks for a person, whether this is a machine, or for
// a clinician's answer; and what asks for anything else that a front desk hears.
func requestExamples(t testing.TB) (specs []text.TopicSpec, not []text.Phrase) {
	human, bot, clinical := text.TopicSpec{Name: "human"}, text.TopicSpec{Name: "bot"}, text.TopicSpec{Name: "clinical"}
	for _, lang := range []string{"en", "es"} {
		human.Like = append(human.Like, examplesOf(t, "human", lang)...)
		not = append(not, examplesOf(t, "told", lang)...)
	}
	for _, topic := range standardModules(t).topics {
		switch topic.Name {
		case "are-you-a-bot":
			bot.Like = topic.Like
		case "clinical-question", "diagnosis":
			clinical.Like = append(clinical.Like, topic.Like...)
		default:
			not = append(not, topic.Like...)
		}
	}
	return []text.TopicSpec{human, bot, clinical}, not
}

// TestRequestModel trains the built-in model of requests again: the stored one must be the same. TACET_UPDATE=1 stores it.
func TestRequestModel(t *testing.T) {
	t.Parallel()
	specs, not := requestExamples(t)
	want, err := json.Marshal(text.TrainTopicsBeside(specs, not, text.RequestCaution))
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("TACET_UPDATE") != "" {
		var packed bytes.Buffer
		w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
		if _, err := w.Write(want); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(requestFile, packed.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	stored, err := os.ReadFile(requestFile)
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(stored))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("the stored model of requests is not what its examples give: go generate ./lang/text")
	}
}
