package machine

// Test is an in-language test, resolved against its machine. Tests travel beside a machine, never in it.
type Test struct {
	Name  string     `json:"name"`
	Steps []TestStep `json:"steps"`
	Place Place      `json:"place"`
}

// TestStep is one line of a test; spec/language.md lists the verbs. Seconds is set for wait.
type TestStep struct {
	Verb    string `json:"verb"`           // at language channel patient choose human wait world expect
	What    string `json:"what,omitempty"` // expect: say not ask state field escalation handoff end send silence reprompt
	Name    string `json:"name,omitempty"`
	Text    string `json:"text,omitempty"`
	Seconds int64  `json:"seconds,omitempty"`
	Place   Place  `json:"place"`
}
