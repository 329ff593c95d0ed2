package text_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// The standard modules are read here with regular expressions, far from a parser of the language: enough to measure
// the texts they hold, without an import upwards.
var (
	comments     = regexp.MustCompile(`(?m)^\s*#.*$`)
	declaration  = regexp.MustCompile(`(?s)\n(trigger|topic) ([a-z-]+) \{\n(.*?)\n\}`)
	property     = regexp.MustCompile(`(?m)^  (tier|category) (\S+)$`)
	languageHead = regexp.MustCompile(`(?m)^\s*(except |answer |like )?(en|es) "|^\s*(answer) "`)
	quoted       = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"`)
)

type section struct {
	kind, lang string // kind: "", "except", "answer"
	texts      []string
}

func readModule(t testing.TB, name string) (triggers []text.TriggerSpec, topics []text.TopicSpec) {
	t.Helper()
	data, err := os.ReadFile("../../stdlib/std/" + name + ".flow")
	if err != nil {
		t.Fatal(err)
	}
	source := comments.ReplaceAllString(string(data), "")
	for _, d := range declaration.FindAllStringSubmatch(source, -1) {
		kind, title, body := d[1], d[2], d[3]
		trigger := text.TriggerSpec{Name: title}
		topic := text.TopicSpec{Name: title}
		for _, p := range property.FindAllStringSubmatch(body, -1) {
			if p[1] == "tier" {
				trigger.Tier = p[2]
			} else {
				trigger.Category = p[2]
			}
		}
		for _, s := range sections(t, body) {
			for _, line := range s.texts {
				p := text.Phrase{Lang: s.lang, Pattern: line}
				switch {
				case s.kind == "answer":
				case s.kind == "except":
					trigger.Except = append(trigger.Except, p)
				default:
					trigger.Phrases = append(trigger.Phrases, p)
					topic.Like = append(topic.Like, p)
				}
			}
		}
		if kind == "trigger" {
			triggers = append(triggers, trigger)
		} else {
			topics = append(topics, topic)
		}
	}
	return triggers, topics
}

// sections splits a body at "en", "es", "except" and "answer". A language after `except` or `answer` belongs to it.
func sections(t testing.TB, body string) []section {
	t.Helper()
	var out []section
	heads := languageHead.FindAllStringSubmatchIndex(body, -1)
	kind := ""
	for i, h := range heads {
		end := len(body)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		head := body[h[0]:h[1]]
		switch {
		case strings.Contains(head, "except"):
			kind = "except"
		case strings.Contains(head, "answer"):
			kind = "answer"
		}
		s := section{kind: kind, lang: "en"}
		if strings.Contains(head, `es "`) {
			s.lang = "es"
		}
		for _, q := range quoted.FindAllString(body[h[0]:end], -1) {
			line, err := strconv.Unquote(q)
			if err != nil {
				t.Fatalf("string %s: %v", q, err)
			}
			s.texts = append(s.texts, line)
		}
		out = append(out, s)
	}
	return out
}

type standard struct {
	specs    []text.TriggerSpec
	triggers *text.Triggers
	topics   []text.TopicSpec
	model    *text.TopicModel
}

var (
	standardOnce sync.Once
	standardSet  standard
)

func standardModules(t testing.TB) *standard {
	t.Helper()
	standardOnce.Do(func() {
		standardSet.specs, _ = readModule(t, "emergency")
		var err error
		if standardSet.triggers, err = text.CompileTriggers(standardSet.specs); err != nil {
			t.Fatal(err)
		}
		_, standardSet.topics = readModule(t, "frontdesk")
		standardSet.model = text.TrainTopics(standardSet.topics)
	})
	if standardSet.model == nil {
		t.Fatal("the standard modules could not be read")
	}
	return &standardSet
}
