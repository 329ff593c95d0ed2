package sessiontest

import (
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Exchange returns what a store is given by the first two turns of a conversation, whatever they say: the assistant's greeting
// when it starts, and later a message of the patient with its answer.
func Exchange(h session.Header, answered time.Time) (first, second session.Write) {
	h.Client = session.KeyOf(h.Conversation)
	first = session.Write{
		Turn: session.Turn{
			Practice: h.Practice, Conversation: h.Conversation, Version: 1, At: h.Started, Client: h.Client, Last: 1,
			Authors: session.AssistantWrote, Control: engine.Assistant, Sealed: []byte("sealed"),
		},
		Header:   &h,
		Standing: &session.Standing{Control: engine.Assistant, Since: h.Started},
	}
	second = session.Write{Turn: session.Turn{
		Practice: h.Practice, Conversation: h.Conversation, Version: 2, At: answered, After: 1, Last: 3,
		Authors: session.PatientWrote | session.AssistantWrote, Control: engine.Assistant, Sealed: []byte("sealed"),
	}}
	return first, second
}
