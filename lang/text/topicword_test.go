package text_test

import (
	"testing"

	"github.com/tacet-lang/tacet/lang/text"
)

// ownTopics are topics that std/frontdesk does not have.
var ownTopics = []text.TopicSpec{
	{Name: "gift-cards", Like: []text.Phrase{
		{Lang: "en", Pattern: "do you sell vouchers"}, {Lang: "en", Pattern: "I want to give my sister a session as a present"},
		{Lang: "es", Pattern: "¿tienen vales de regalo?"},
	}},
	{Name: "refunds", Like: []text.Phrase{
		{Lang: "en", Pattern: "I want my money back"}, {Lang: "en", Pattern: "where is my statement"},
		{Lang: "es", Pattern: "quiero un reembolso"},
	}},
}

func TestWordAlone(t *testing.T) {
	t.Parallel()
	_, standard := readModule(t, "frontdesk")
	for _, model := range []*text.TopicModel{text.TrainTopics(ownTopics), text.TrainTopics(append(ownTopics, standard...))} {
		for _, test := range []struct{ message, want string }{
			{"refunds", "refunds"}, {"refund?", "refunds"}, {"a refund please", "refunds"}, {"gift cards", "gift-cards"},
			{"gift card", "gift-cards"}, {"vouchers", "gift-cards"}, {"voucher", "gift-cards"}, {"reembolsos", "refunds"},
		} {
			scores := model.Classify(text.Normalise(test.message))
			if len(scores) == 0 || scores[0].Topic != test.want {
				t.Errorf("%q is taken for %v, want %s", test.message, scores, test.want)
			}
		}
	}
}

// TestGivenNamesAreNoTopics: who is asked for a name and gives one asks nothing, however near it is to a word of an example.
func TestGivenNamesAreNoTopics(t *testing.T) {
	t.Parallel()
	model := text.TrainTopics([]text.TopicSpec{
		{Name: "hours", Like: []text.Phrase{{Lang: "es", Pattern: "cuál es su horario"}, {Lang: "en", Pattern: "when are you open"}}},
		{Name: "pricing", Like: []text.Phrase{{Lang: "en", Pattern: "how much does it cost"}, {Lang: "es", Pattern: "cuánto cuesta"}}},
	})
	for _, name := range []string{"Lucía", "Lucas", "horacio", "Horacio", "Cielo", "Constance"} {
		if scores := model.Classify(text.Normalise(name)); len(scores) > 0 {
			t.Errorf("%q is taken for %v", name, scores)
		}
	}
	if scores := model.Classify(text.Normalise("horario")); len(scores) == 0 || scores[0].Topic != "hours" {
		t.Errorf("horario is taken for %v", scores)
	}
}
