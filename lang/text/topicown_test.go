package text_test

import (
	"os"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// ownTopic is a topic that a practice adds to the standard ones.
type ownTopic struct {
	text.TopicSpec
	asked []text.Phrase
}

func askedOwnTopics(t testing.TB) []ownTopic {
	t.Helper()
	data, err := os.ReadFile("testdata/topics/own-work.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []ownTopic
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "= "); ok {
			out = append(out, ownTopic{TopicSpec: text.TopicSpec{Name: name}})
			continue
		}
		parts := strings.Split(line, " | ")
		kind, lang, ok := strings.Cut(parts[0], " ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		topic := &out[len(out)-1]
		for _, s := range parts[1:] {
			p := text.Phrase{Lang: lang, Pattern: s}
			if kind == "L" {
				topic.Like = append(topic.Like, p)
			} else {
				topic.asked = append(topic.asked, p)
			}
		}
	}
	return out
}

// ownAtOnce is how many topics of its own a flow has here.
const ownAtOnce = 6

// TestOwnTopicsBesideStandard adds topics with five examples in each language to the standard ones. What is asked about them in
// other words is to be heard, and what is about a standard topic, or none, is not to be taken for one of them.
func TestOwnTopicsBesideStandard(t *testing.T) {
	t.Parallel()
	std := standardModules(t)
	heard, taken := tally{}, tally{}
	all := askedOwnTopics(t)
	for len(all) > 0 {
		own := all[:ownAtOnce]
		all = all[ownAtOnce:]
		specs := append([]text.TopicSpec{}, std.topics...)
		mine := map[string]bool{}
		for _, o := range own {
			specs = append(specs, o.TopicSpec)
			mine[o.Name] = true
		}
		m := text.TrainTopics(specs)
		best := func(s string) string {
			if scores := m.Classify(text.Normalise(s)); len(scores) > 0 {
				return scores[0].Topic
			}
			return "none"
		}
		for _, o := range own {
			for _, p := range o.asked {
				heard.add("all", best(p.Pattern) == o.Name)
				heard.add(p.Lang, best(p.Pattern) == o.Name)
			}
		}
		for _, s := range sentencesOf(t, "eighth", "measure") {
			taken.add("of "+map[bool]string{true: "none", false: "standard topics"}[s.topic == "none"], mine[best(s.text)])
		}
	}
	heard.log(t, "own topics, heard")
	taken.log(t, "others, taken for one of them")
	if heard.rate("en") < 0.35 || heard.rate("es") < 0.35 || taken.rate("of none") > 0.08 || taken.rate("of standard topics") > 0.06 {
		t.Errorf("heard %.3f, taken %.3f of none and %.3f of standard topics", heard.rate("all"), taken.rate("of none"), taken.rate("of standard topics"))
	}
}
