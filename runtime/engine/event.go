package engine

import (
	"strings"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
)

// EventKind says what happened.
type EventKind string

// The events.
const (
	Start    EventKind = "start"    // Lang, Channel; the first event, exactly once
	Message  EventKind = "message"  // Text typed by the patient
	Pick     EventKind = "pick"     // Option: the id of a quick reply that is on offer
	AskHuman EventKind = "human"    // the always-visible button
	Language EventKind = "language" // Lang
	Outcome  EventKind = "outcome"  // the world's answer to Pending: Act, Result, Slots
	Tick     EventKind = "tick"     // time has passed; ends the conversation when Deadline is reached

	StaffTake    EventKind = "staff-take"    // a person takes over, asked or not
	StaffSay     EventKind = "staff-say"     // Text, Actor
	StaffRelease EventKind = "staff-release" // back to the assistant at Location; refused after an emergency
	StaffClose   EventKind = "staff-close"   // Result: the outcome
)

// Event is one thing that happens to a conversation. At is in the practice's time zone: the engine reads the wall clock
// from it and never loads a zone itself.
type Event struct {
	Kind    EventKind `json:"kind"`
	At      time.Time `json:"at"`
	Text    string    `json:"text,omitempty"`
	Option  string    `json:"option,omitempty"`
	Lang    string    `json:"lang,omitempty"`
	Channel string    `json:"channel,omitempty"`
	Act     ActKind   `json:"act,omitempty"`
	Result  string    `json:"result,omitempty"`
	Slots   []Slot    `json:"slots,omitempty"`
	Actor   string    `json:"actor,omitempty"`
	State   string    `json:"state,omitempty"` // staff-release: the location to go on from
}

// valid replaces bytes that are not UTF-8: a conversation is kept as JSON, and must read back as it was.
func (e Event) valid() Event {
	for _, s := range []*string{&e.Text, &e.Result, &e.Actor} {
		*s = strings.ToValidUTF8(*s, "\ufffd")
	}
	return e
}

// Effect is something the step asks its caller to make durable, show or do. Effects are in order.
type Effect interface{ effect() }

// Role says why an automated message is said.
type Role string

// The roles of an automated message.
const (
	RoleNotice   Role = "notice"
	RoleSay      Role = "say"
	RolePrompt   Role = "prompt"
	RoleReprompt Role = "reprompt"
	RoleAnswer   Role = "answer"
	RoleRefusal  Role = "refusal"
	RoleGentle   Role = "gentle"
	RoleAck      Role = "ack" // the one acknowledgement of an escalation or handoff
	RoleClosing  Role = "closing"
)

type (
	// Received is the patient's message, to be stored. Masked is Text with every part hidden that the flow's classes may
	// not hold; it is what anybody below a clinician sees.
	Received struct {
		Seq    int64
		Text   string
		Masked string
		Found  []Finding // PHI kinds, never their text
	}
	// Said is an automated message. Epoch is the epoch it is said under: a store inserts it only while control is the
	// assistant's and the epoch is unchanged, except an Ack, which stands in the transaction that changes them.
	Said struct {
		Seq     int64
		Epoch   int64
		Role    Role
		Lang    string
		Text    string
		Options []Option // quick replies; valid until the next message
		Input   Input    // what is expected next
	}
	// StaffSaid is a person's message.
	StaffSaid struct {
		Seq   int64
		Actor string
		Text  string
	}
	// Sent asks for data to be sent to a vendor through the outbox.
	Sent struct {
		Vendor string
		Fields []FieldValue
	}
	// Acted asks the world for something; its Outcome event follows.
	Acted struct{ Act Act }
	// HandedOff says that control has left the assistant.
	HandedOff struct {
		Escalation string // "" for a plain handoff
		Tier       string
		Team       string
		Reason     string
	}
	// Flagged asks for review by a person: the patient volunteered PHI.
	Flagged struct{ Found []Finding }
	// Urgent marks a conversation that people already have: an emergency was heard in it.
	Urgent struct{ Triggers []string }
	// Finished says that the conversation is over.
	Finished struct{ Outcome string }
	// Entered reports each location entered, in order, for coverage and figures.
	Entered struct {
		Location string
		Edge     machine.Place // of the edge taken; zero for a jump of the protocol
		Guard    string        // its guard; "" for none
	}
)

func (Received) effect()  {}
func (Said) effect()      {}
func (StaffSaid) effect() {}
func (Sent) effect()      {}
func (Acted) effect()     {}
func (HandedOff) effect() {}
func (Flagged) effect()   {}
func (Urgent) effect()    {}
func (Finished) effect()  {}
func (Entered) effect()   {}

// Option is a quick reply: Pick it by id, or type its label.
type Option struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Input says what the assistant waits for, so that a page can show the right control. Kind is a field type of
// lang/input, "choice", "listen" or "none".
type Input struct {
	Kind  string `json:"kind"`
	Field string `json:"field,omitempty"`
	Min   string `json:"min,omitempty"`
	Max   string `json:"max,omitempty"`
}

// Finding is a kind of PHI that was found, where, and its class; never the text itself.
type Finding struct {
	Type  string `json:"type"`
	Class string `json:"class"`
	Start int    `json:"start"` // bytes in the text received
	End   int    `json:"end"`
}

// FieldValue is a field as sent: canonical value with its class.
type FieldValue struct {
	Name  string `json:"name"`
	Class string `json:"class"`
	Value string `json:"value"`
}
