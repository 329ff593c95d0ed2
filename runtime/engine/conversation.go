package engine

import (
	"time"

	"github.com/tacet-lang/tacet/runtime/calendar"
)

// Control says who may speak. It only ever moves as spec/language.md §turn protocol says, and Epoch counts the moves.
type Control string

// The values of Control.
const (
	Assistant Control = "assistant"
	Waiting   Control = "waiting" // handed over; nobody has taken it yet
	Human     Control = "human"   // a person has it
	Closed    Control = "closed"
)

// Conversation is the whole state of one conversation between two steps. It is a value: Step never changes the one it
// was given. Its JSON is what a store keeps (sealed).
type Conversation struct {
	ID       string  `json:"id"`
	Machine  string  `json:"machine"` // hash of the machine it started on; Step refuses another
	Lang     string  `json:"lang"`
	Channel  string  `json:"channel"`
	Control  Control `json:"control"`
	Epoch    int64   `json:"epoch"` // counts changes of Control
	Seq      int64   `json:"seq"`   // of the last message, either way; gap-free from 1
	Location string  `json:"location"`

	// Values holds the canonical value of each field (see lang/input), by index into Machine.Fields; "" is not collected.
	Values   []string `json:"values"`
	Attempts int      `json:"attempts,omitempty"` // answers that did not fit since the location was entered
	Heard    []string `json:"heard,omitempty"`    // topics recognised in the last message, sorted
	Offered  []Slot   `json:"offered,omitempty"`  // slots on offer, earliest first; any of them can be picked
	Shown    []string `json:"shown,omitempty"`    // ids of the slots shown last, in the order shown
	Pending  *Act     `json:"pending,omitempty"`  // an act of the world whose outcome is awaited
	Sent     bool     `json:"sent,omitempty"`     // verify: a code is out
	Unread   []string `json:"unread,omitempty"`   // texts received while Pending, not answered yet
	Consents []string `json:"consents,omitempty"` // granted, sorted
	Verified []string `json:"verified,omitempty"` // fields proven by a code, sorted

	NoticeLang string    `json:"notice_lang,omitempty"` // language the notice was first shown in; "" before
	NoticeAlso []string  `json:"notice_also,omitempty"` // further languages it was shown in, sorted
	Flagged    bool      `json:"flagged,omitempty"`     // PHI was volunteered: queue for review
	Gentle     bool      `json:"gentle,omitempty"`      // the patient was told once to leave medical details out
	Escalation string    `json:"escalation,omitempty"`
	Tier       string    `json:"tier,omitempty"`
	Team       string    `json:"team,omitempty"`
	Reason     string    `json:"reason,omitempty"`  // what raised it: trigger or topic names, "human", "retries", "state", "staff", "fault"
	Outcome    string    `json:"outcome,omitempty"` // of end; TimedOut when silence ended it
	Started    time.Time `json:"started"`
	LastHeard  time.Time `json:"last_heard"` // last event of the patient
	Deadline   time.Time `json:"deadline"`   // when silence ends it; zero when it cannot
}

// Slot is a time on offer.
type Slot = calendar.Slot

// ActKind is something only the world can do.
type ActKind string

// The acts. Their outcomes are the words in brackets; each arrives as an Outcome event.
const (
	ActSlots     ActKind = "slots"      // list free slots [slots with Event.Slots, none, failed]
	ActHold      ActKind = "hold"       // keep the chosen slot [held, taken, failed]
	ActBook      ActKind = "book"       // confirm the held slot [booked, taken, failed]
	ActSendCode  ActKind = "send-code"  // send a one-time code to Value [sent, unreachable]
	ActCheckCode ActKind = "check-code" // compare what was typed [verified, wrong, expired]
)

// Act is a request to the world.
type Act struct {
	Kind  ActKind `json:"kind"`
	Field string  `json:"field"`
	Value string  `json:"value,omitempty"` // slot id, address, or the code as typed
}

// TimedOut is the outcome of a conversation that silence ended.
const TimedOut = "timeout"

// ReasonRetries is the reason of a handoff that too many answers led to that were not understood.
const ReasonRetries = "retries"
