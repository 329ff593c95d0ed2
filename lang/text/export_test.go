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

// TrainTopicsBeside trains with examples of what is not meant, besides those that are always there.
func TrainTopicsBeside(specs []TopicSpec, not []Phrase, caution int) *TopicModel {
	var lines []line
	var in lineReader
	for _, p := range not {
		lines = append(lines, in.read(0, p))
	}
	return trainTopics(specs, lines, caution)
}

// The usual caution, and that of the model of requests.
const (
	Caution        = caution
	RequestCaution = requestCaution
)
