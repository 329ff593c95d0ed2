package report

import (
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/session"
)

// Log is everything that figures are computed from.
type Log struct {
	Practice      machine.Practice
	Zone          *time.Location // of the practice
	From, To      time.Time      // of the first day, and just after the last, in Zone
	Conversations []Conversation // that started in this time, in order
	Events        []Event        // of the audit trail in this time, in order
	Erased        int            // conversations that started in this time and are erased
}

// Conversation is one row: facts and times, and of what anybody wrote single words only, of which the rare ones are never shown.
type Conversation struct {
	ID, Flow, Channel, Lang string
	Started                 time.Time
	Heard                   int       // messages and choices of the patient, and asking for a person
	FirstHeard, FirstSaid   time.Time // the patient's first message, and the assistant's first after it
	Control, Outcome        string
	Declared                bool      // the flow declares that outcome
	Booking                 bool      // the flow is for scheduling, or for leads
	State                   string    // the state in which the assistant was last
	Contact                 time.Time // when the patient had given a phone number or an e-mail address; zero: never
	Handoffs                []Handoff
	Flagged                 bool
	From                    session.Attribution
	Topics                  []string // that were answered, in order
	Unanswered              []string // the state of each message that did not fit
	Words                   []string // of these messages, each once
	Judged                  string   // what a reviewer says: Owed, NotOwed; "" where nobody judged it
	Missed                  int      // messages that raise a trigger as texts are understood today, and were not handed to people
	Stored, Named           int64    // turns, and those that the audit trail names
}

// What a reviewer can say of a conversation, and the entry of the trail that says it.
const (
	ActionJudged = "conversation.judged"
	Owed         = "yes" // people should have had it
	NotOwed      = "no"
)

// Handoff is a time at which people got a conversation.
type Handoff struct {
	At           time.Time
	Reason       string // topics and triggers, or human, retries, state, staff, fault
	Tier, Team   string
	Answered     time.Time // when a person first wrote after it; zero: not yet
	Closed       time.Time // when it ended; zero: not yet
	AskedByStaff bool      // people took it unasked
}

// Event is an entry of the audit trail that figures count.
type Event struct {
	At     time.Time
	Action string
	Kinds  string // of protected data, as "health 2, ssn 1"
}

// Inputs are what the practice says of itself. Zero means that it does not say.
type Inputs struct {
	Minutes  int64 // of staff that a conversation takes which the assistant ends alone
	Cost     int64 // of the assistant in this time, in cents
	Baseline Share // conversions before the assistant: how many of how many inquiries
	Now      time.Time
}

// Share is a part of a whole.
type Share struct {
	N  int64 `json:"n"`
	Of int64 `json:"of"`
}
