package engine

// Bar says how sure a classifier must be.
type Bar int

// The bars. What they mean in figures is the classifier's business and is measured there.
const (
	Possible Bar = iota // more likely than anything else
	Likely              // a text about nothing in scope must hardly ever get there
	Certain             // nor a text that means something else in the same words
)

// Reader understands free text by one machine's triggers and topics, in all languages at once. It must be safe for
// concurrent use and give equal readings for equal texts.
type Reader interface {
	// Read reads a text typed where a field type is expected ("" if none): an answer of that type is no finding.
	Read(text, expected string) Reading
}

// Reading is one text understood.
type Reading interface {
	// Triggers are the names of the machine's triggers that the text raises.
	Triggers() []string
	// Topics are the names of the machine's topics that the text is about, best first.
	Topics(Bar) []string
	// WantsHuman reports a request for a person.
	WantsHuman() bool
	// AsksIfBot reports the question whether this is a person or a machine.
	AsksIfBot() bool
	// Found are the protected data in the text, in the order of the text.
	Found() []Finding
	// Mask returns the text with the findings hidden that hide reports.
	Mask(hide func(Finding) bool) string
}
