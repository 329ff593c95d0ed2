package text_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

func TestTopicModelIsStable(t *testing.T) {
	t.Parallel()
	std := standardModules(t)
	first, err := json.Marshal(std.model)
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(text.TrainAgain(std.topics))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, again) {
		t.Error("training twice gives two models")
	}
	var back text.TopicModel
	if err := json.Unmarshal(first, &back); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"where can I park", "¿cuánto cuesta el botox?", "hello"} {
		want, got := std.model.Classify(text.Normalise(s)), back.Classify(text.Normalise(s))
		if len(got) != len(want) || len(got) > 0 && got[0] != want[0] {
			t.Errorf("%q: %v after a round trip, want %v", s, got, want)
		}
	}
}

func TestZeroTopicModelAbstains(t *testing.T) {
	t.Parallel()
	var none *text.TopicModel
	for _, m := range []*text.TopicModel{none, {}, text.TrainTopics(nil), text.TrainTopics([]text.TopicSpec{{Name: "empty"}})} {
		if got := m.Classify(text.Normalise("where can I park")); len(got) > 0 {
			t.Errorf("a model without examples answers %v", got)
		}
	}
}

// packed is a model of one topic with these numbers in its features and examples, and after the features as many bytes more.
func packed(features, said []int, more ...byte) string {
	numbers := func(all []int) []byte {
		var b []byte
		for _, n := range all {
			b = binary.AppendUvarint(b, uint64(n))
		}
		return b
	}
	b, _ := json.Marshal(map[string]any{"version": 4, "topics": []string{"a"}, "bias": []int{0, 0}, "bar": 0, "words": "",
		"features": append(numbers(features), more...), "said": numbers(said)})
	return string(b)
}

func TestDecodeTopicsRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []string{
		``, `null`, `[]`, `{}`, `{"version":1,"topics":[],"features":[]}`,
		`{"version":4,"topics":["a","a"],"bias":[0,0,0],"bar":0,"words":"","features":"","said":""}`,
		`{"version":4,"topics":[""],"bias":[0,0],"bar":0,"words":"","features":"","said":""}`,
		`{"version":4,"topics":["a"],"bias":[0],"bar":0,"words":"","features":"","said":""}`,
		`{"version":4,"topics":["a"],"bias":[0,9000000],"bar":0,"words":"","features":"","said":""}`,
		`{"version":4,"topics":["a"],"bias":[0,0],"bar":9000000,"words":"","features":"","said":""}`,
		`{"version":4,"topics":["a"],"bias":[0,0],"bar":0,"words":"b a","features":"","said":""}`,
		`{"version":4,"topics":["a"],"bias":[0,0],"bar":0,"words":"a  b","features":"","said":""}`,
		`{"version":4,"topics":["a"],"bias":[0,0],"bar":0,"words":"","features":"","said":"","more":1}`,
		`{"version":4,"topics":[],"bias":[],"bar":0,"words":"","features":"","said":""} x`,
		packed(nil, nil, 1), packed([]int{1, 5, 9}, nil), packed([]int{1, 5, 9, 0, 0}, nil),
		packed([]int{2, 5, 9, 0, 0, 9, 0}, nil), packed([]int{1, 5, 5000, 0}, nil), packed([]int{1, 5, 9, 1, 2, 2}, nil),
		packed([]int{1, 5, 9, 2, 0, 2, 0, 2}, nil), packed([]int{1, 5, 9, 1, 0, 90_000_000}, nil), packed([]int{1 << 40, 5}, nil),
		packed(nil, []int{1, 7, 1}), packed(nil, []int{2, 7, 0, 0, 0}), packed(nil, []int{1, 7}), packed(nil, []int{0, 0}),
	} {
		if _, err := text.DecodeTopics([]byte(in)); err == nil {
			t.Errorf("DecodeTopics(%s) accepted", in)
		}
	}
}

func TestBareAnswersAreNoTopic(t *testing.T) {
	t.Parallel()
	std := standardModules(t)
	for _, s := range []string{"", "botox", "Rhinoplasty", "lip filler", "botox and fillers", "la nariz", "mi nariz por favor", "I want lips and cheeks", "aetna", "friday", "yes", "Maria Gonzalez", "John Price", "Rosa del Parque", "mañana", "555-0142"} {
		if got := std.model.Classify(text.Normalise(s)); len(got) > 0 {
			t.Errorf("Classify(%q) = %v, want none", s, got[0])
		}
	}
}

func TestClinicalQuestionsAreHeardWhateverTheTopics(t *testing.T) {
	t.Parallel()
	hours := text.TrainTopics([]text.TopicSpec{{Name: "hours", Like: []text.Phrase{
		{Lang: "en", Pattern: "what are your hours"}, {Lang: "en", Pattern: "when are you open"},
		{Lang: "en", Pattern: "how many hours are you open"}, {Lang: "es", Pattern: "a qué hora abren"},
	}}})
	for s, want := range map[string]string{
		"what are your hours on friday":                              "hours",
		"how many hours before botox should I stop taking aspirin":   text.ClinicalTopic,
		"is it safe to have filler while I am pregnant":              text.ClinicalTopic,
		"¿cuántas horas antes de la cirugía dejo el anticoagulante?": text.ClinicalTopic,
		"should I get a facelift or filler":                          text.ClinicalTopic,
	} {
		got := hours.Classify(text.Normalise(s))
		if len(got) == 0 || got[0].Topic != want {
			t.Errorf("Classify(%q) = %v, want %s first", s, got, want)
		}
	}
}

// What an author wrote as an example is an example, however few there are and whatever other topics say.
func TestExamplesAreTheirTopic(t *testing.T) {
	t.Parallel()
	specs := append([]text.TopicSpec{{Name: "side-effect", Like: []text.Phrase{
		{Lang: "en", Pattern: "can I take a lower dose"}, {Lang: "en", Pattern: "is this a side effect"},
		{Lang: "es", Pattern: "¿puedo tomar una dosis menor?"},
	}}}, standardModules(t).topics...)
	m := text.TrainTopics(specs)
	for _, s := range []string{"Can I take a lower dose?", "puedo tomar una dosis menor", "IS THIS A SIDE EFFECT"} {
		if got := m.Classify(text.Normalise(s)); len(got) == 0 || got[0].Topic != "side-effect" || got[0].Score < 700 {
			t.Errorf("Classify(%q) = %v, want side-effect beyond doubt", s, got)
		}
	}
}
