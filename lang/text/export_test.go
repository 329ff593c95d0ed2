package text

// Words gives the places of the words of a message, for tests of the offset map.
func Words(m *Message) []Span {
	var out []Span
	for i := range m.tokens {
		out = append(out, m.span(int(m.tokens[i].from), int(m.tokens[i].to)))
	}
	return out
}

// Texts gives the words of a message as they are matched.
func Texts(m *Message) []string {
	var out []string
	for i := range m.tokens {
		out = append(out, m.tokens[i].text)
	}
	return out
}

// TrainAgain trains as TrainTopics does, without remembering.
func TrainAgain(specs []TopicSpec) *TopicModel { return trainTopics(specs) }
