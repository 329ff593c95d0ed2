package heldtest_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// standardNames are the topics of std/frontdesk that the sets name in a word of their own.
var standardNames = map[string]string{"bot": "are-you-a-bot", "clinical": "clinical-question"}

// forPeople are the topics that end with a clinician: to take one for the other costs the patient nothing.
var forPeople = map[string]bool{"clinical-question": true, "existing-care": true, "diagnosis": true}

// topicOf is what a machine takes a message for, in the order of a turn; "none" if for nothing.
func topicOf(std *standard, message string) string {
	m := text.Normalise(message)
	if _, wants := text.WantsHuman(m); wants {
		return "human"
	}
	if text.AsksIfBot(m) {
		return "are-you-a-bot"
	}
	if scores := std.topics.Classify(m); len(scores) > 0 {
		return scores[0].Topic
	}
	return "none"
}

func measureTopics(t *testing.T, b *strings.Builder) []target {
	std := library(t)
	right, kindred, precise, abstained, always := sliced{}, sliced{}, sliced{}, sliced{}, sliced{}
	for _, row := range rows(t, "topics/held.tsv", "lang", "topic", "style", "text") {
		lang, want, style, message := row[0], row[1], row[2], row[3]
		if name, ok := standardNames[want]; ok {
			want = name
		}
		in := slicesOf(t, lang, style, message)
		got := topicOf(std, message)
		always.add(text.AsksClinical(text.Normalise(message)), "topic "+want)
		if got != "none" {
			precise.add(got == want, "all all", "lang "+lang, "topic "+got)
		}
		if want == "none" {
			abstained.add(got == "none", in...)
			continue
		}
		in = append(in, "topic "+want, "language in topic "+want+" "+lang)
		right.add(got == want, in...)
		kindred.add(got == want || forPeople[got] && forPeople[want], in...)
	}
	b.WriteString("## Topics\n\nRight: the topic meant was recognised. Right or kindred: or another one that goes to a clinician. Precision: of what was taken for this topic. Left alone: messages about nothing in scope for which no topic was named.\n\n")
	columns := []column{{"right", right}, {"right or kindred", kindred}, {"precision", precise}, {"out of scope left alone", abstained}}
	for _, kind := range []string{"all", "lang"} {
		table(b, kind, columns...)
	}
	table(b, "topic", columns[:3]...)
	for _, kind := range []string{"style", "wording"} {
		table(b, kind, columns[0], columns[1], columns[3])
	}
	table(b, "language in topic", columns[:2]...)
	b.WriteString("Taken for a clinical question whatever the topics of the flow are, by what was meant:\n\n")
	table(b, "topic", column{"clinical", always})
	measureIndependentTopics(t, b)
	clinical := share{}
	for topic := range forPeople {
		s := kindred["topic "+topic]
		clinical.of, clinical.all = clinical.of+s.of, clinical.all+s.all
	}
	return []target{
		{"topics right", right["all all"], 0.90, false},
		{"topics right, Spanish", right["lang es"], 0.90, false},
		{"out of scope left alone", abstained["all all"], 0.95, false},
		{"clinical questions seen as such", clinical, 0.95, false},
		{"clinical questions, whatever the topics are", always["topic clinical-question"], 0.90, false},
		{"nothing in scope taken for a clinical question", always["topic none"], 0.02, true},
		{"requests for a person", right["topic human"], 0.95, false},
	}
}
