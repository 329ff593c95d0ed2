package text

import "testing"

// BenchmarkDecodeTopicBase measures what a process waits for before it trains or hears anything.
func BenchmarkDecodeTopicBase(b *testing.B) {
	for b.Loop() {
		decodeTopicBase(standardData)
	}
}

func BenchmarkTrainBeside(b *testing.B) {
	base := standardTopics()
	beside := []TopicSpec{{Name: "recovery", Like: []Phrase{{"en", "how long is recovery"}, {"en", "when can people go back to work after surgery"}, {"es", "cuánto dura la recuperación"}}}}
	for b.Loop() {
		base.with(beside)
	}
}

func BenchmarkTrainWithout(b *testing.B) {
	base := standardTopics()
	beside := []TopicSpec{{Name: "recovery", Like: []Phrase{{"en", "how long is recovery"}, {"en", "when can people go back to work after surgery"}, {"es", "cuánto dura la recuperación"}}}}
	for b.Loop() {
		base.without(beside)
	}
}

func BenchmarkMarshalTopics(b *testing.B) {
	base := standardTopics()
	for b.Loop() {
		base.model.MarshalJSON()
	}
}

func BenchmarkDecodeTopics(b *testing.B) {
	base := standardTopics()
	d, _ := base.model.MarshalJSON()
	for b.Loop() {
		DecodeTopics(d)
	}
}
