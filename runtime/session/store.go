package session

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
)

// Errors of a Store.
var (
	// ErrNotFound says that there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrStale says that the conversation has moved on since it was loaded: load it again.
	ErrStale = errors.New("conversation has moved on")
	// ErrTaken says that every place of a slot is taken.
	ErrTaken = errors.New("slot is taken")
	// ErrSilent says that the store rejected an automated message because the assistant may not speak any more.
	ErrSilent = errors.New("the assistant may not speak")
	// ErrUnavailable says that nothing can be stored or read for now: a full disk, a file that is gone. What was asked
	// for was not done, or is not known to be; asking again later under the same client id is safe.
	ErrUnavailable = errors.New("store is not available")
)

// Store keeps conversations. Its implementations pass storetest.Run. Safe for concurrent use.
type Store interface {
	// Update runs fn in one write transaction and returns once what fn did is durable; when fn fails nothing is done and
	// Update returns fn's error. Several updates may share one commit. fn may run on another goroutine, must not keep tx
	// and must not wait for another Update.
	Update(ctx context.Context, fn func(tx Tx) error) error
	// View runs fn on one consistent, durable state.
	View(ctx context.Context, fn func(r Reader) error) error
	Close() error
}

// Reader reads within a transaction. What is not there is ErrNotFound, or an empty list.
type Reader interface {
	Conversation(id string) (Record, error)
	// Started finds a conversation by the client's own id of the request that started it.
	Started(practice, clientID string) (Record, error)
	// Answered finds what a request was answered with.
	Answered(conversation, clientID string) (Answer, error)
	// Messages lists messages with a higher number than after, in order.
	Messages(conversation string, after int64, limit int) ([]Message, error)
	// Due lists conversations whose deadline has come, the longest overdue first.
	Due(now time.Time, limit int) ([]string, error)
	// HoldsToken reports whether a token with this hash opens the conversation.
	HoldsToken(conversation string, token Digest) (bool, error)
	// Reserved lists the reservations of a practice that overlap from … to, by start: bookings, and holds that have not
	// expired at now.
	Reserved(practice string, from, to, now time.Time) ([]Reservation, error)
	Code(conversation string) (Code, error)
	// Machine returns the canonical form of a machine.
	Machine(hash string) ([]byte, error)
	// Audit lists entries of a practice with a higher number than after, in order.
	Audit(practice string, after int64, limit int) ([]Entry, error)
	// Outbox lists what waits to be sent, oldest first.
	Outbox(practice string, limit int) ([]Outgoing, error)
}

// Tx is a write transaction.
type Tx interface {
	Reader
	// PutMachine keeps a machine for as long as a conversation is pinned to it. A machine that is there already stays.
	PutMachine(hash string, canonical []byte) error
	// Create stores a new conversation at version 1, before its first turn. Its machine must be there.
	Create(r Record) error
	// AddToken lets the holder of a token open the conversation.
	AddToken(conversation string, token Digest, at time.Time) error
	// Commit writes a turn. It returns ErrStale when Turn.Record.Version is not the stored one, and ErrSilent when a
	// message of the assistant is not covered by control and epoch.
	Commit(t Turn) error
	// Reserve holds one place of a slot, giving up what the same conversation held for the same field. It returns
	// ErrTaken when Places.Fit finds none among the reservations of that time, which nobody else can change meanwhile.
	Reserve(r Reservation, p Places) error
	// Book turns a hold into a booking; ErrNotFound when this conversation does not hold that slot.
	Book(r Reservation) error
	// Unhold gives up everything the conversation holds and has not booked.
	Unhold(conversation string) error
	// PutCode stores the one code that is out for the conversation, in place of any other.
	PutCode(c Code) error
	DropCode(conversation string) error
}

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// Record is a conversation as stored.
type Record struct {
	engine.Conversation
	Practice string
	Flow     string
	ClientID string // the client's id of the request that started it
	Request  Digest // of that request, to tell a repetition from a clash
	Version  int64  // counts turns; a turn is committed only onto the version it was computed from
	Touched  time.Time
}

// Author says who wrote a message.
type Author string

// The authors.
const (
	ByPatient   Author = "patient"
	ByAssistant Author = "assistant"
	ByStaff     Author = "staff"
)

// Message is one line of a transcript.
type Message struct {
	Seq     int64
	At      time.Time
	Author  Author
	Actor   string      // staff: who
	Role    engine.Role // assistant: why
	Epoch   int64       // assistant: the epoch it was said under
	Lang    string
	Text    string
	Masked  string // patient: what anybody below a clinician sees
	Options []engine.Option
	Input   engine.Input
	Found   []engine.Finding
}

// Answer is what a request was answered with: the messages After < seq <= Last, and who had the conversation then.
type Answer struct {
	Conversation string
	ClientID     string
	Request      Digest
	After, Last  int64
	Status       Status
}

// Outgoing is data on its way to a vendor. It is durable with the turn that sent it.
type Outgoing struct {
	Practice     string
	Conversation string
	Vendor       string
	Fields       []engine.FieldValue
	At           time.Time
}

// Entry is one line of the audit trail. It says what was done to which conversation by whom, and never holds what a
// patient wrote. Number is gap-free per practice, set by the store.
type Entry struct {
	Practice     string
	Number       int64
	At           time.Time
	Actor        string // patient, assistant, clock, or a person
	Action       string
	Conversation string
	Detail       map[string]string
}

// Turn is everything that one transaction writes.
type Turn struct {
	Record   Record // after the turn; Version as loaded
	Messages []Message
	Outbox   []Outgoing
	Audit    []Entry
	Answer   *Answer // nil where nobody can repeat the request
}

// Reservation is a place kept in the practice's own calendar.
type Reservation struct {
	Practice     string
	Conversation string
	Field        string
	Slot         engine.Slot
	Place        int // which of the places at that start, from 1; set by the store
	Booked       bool
	Expires      time.Time // of a hold
}

// Code is a one-time code that is out: never the code itself.
type Code struct {
	Conversation string
	Salt         []byte
	Hash         Digest
	Expires      time.Time
	Tries        int // that did not match
}
