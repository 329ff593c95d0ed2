package text

// Pause is what stands after a word.
type Pause uint8

// Pauses, weakest first.
const (
	NoPause       Pause = iota
	CommaPause          // comma, colon, dash, bracket, slash, trailing dots
	StopPause           // end of a sentence or a line
	QuestionPause       // end of a sentence with a question mark
)

// Word is a word of a message as the detectors read it. A contraction gives two words with one span ("don't": do, not).
type Word struct {
	Text   string // folded: lower case, without accents
	EN, ES string // the stem it has in English, and in Spanish
	Span   Span   // bytes of the original text
	After  Pause
}

// Words returns the words of the message in order, for readers that have lexicons of their own.
func (m *Message) Words() []Word {
	out := make([]Word, len(m.tokens))
	for i, t := range m.tokens {
		out[i] = Word{Text: t.text, EN: t.en, ES: t.es, Span: m.span(int(t.from), int(t.to)), After: Pause(t.after)}
	}
	return out
}
