package session

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
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
	// ErrTaken says that a place in the calendar is gone that was free when the turn was computed.
	ErrTaken = errors.New("slot is taken")
	// ErrSilent says that an automated message was refused because the assistant may not speak any more.
	ErrSilent = errors.New("the assistant may not speak")
	// ErrUnavailable says that nothing can be stored or read for now: a full disk, a file that is gone, a database that
	// does not answer. What was asked for was not done, or is not known to be; asking again later under the same client id
	// is safe.
	ErrUnavailable = errors.New("store is not available")
)

// Patience is how long a store keeps a turn waiting for a disk or a database that hangs, before it returns ErrUnavailable. It is
// shorter than what a server waits to write its answer.
const Patience = 10 * time.Second

// Store keeps conversations, for any number of processes at once. It sees in clear only what it needs to find rows and
// to keep its promises; everything a patient wrote or that tells about them arrives sealed. Every call is about one
// practice and never touches a row of another.
//
// A turn is one row that is only appended to: number n of a conversation can be stored once, by whoever comes first,
// and everybody else gets ErrStale, loads again and decides anew. So nobody needs to hold a lock, and it does not matter
// in which process a request arrives.
//
// Implementations pass storetest.Run. Safe for concurrent use.
type Store interface {
	// Commit stores a turn with everything that belongs to it, all or nothing, and returns once that is durable.
	// Concurrent commits share the flush to disk; a lone one does not wait for company. It returns
	//
	//	ErrStale     the conversation has that version, or the start's client id is used, already
	//	ErrSilent    Turn breaks a rule of silence (see Turn), so the database refused it
	//	ErrTaken     a change to the calendar does not fit any more
	//	ErrNotFound  the practice has no such conversation
	Commit(ctx context.Context, w Write) error
	// Note appends entries to the audit trail that belong to no turn, durably.
	Note(ctx context.Context, practice string, entries ...Entry) error
	// Defer moves the time at which Due lists a conversation, unless that is not Was any more. A zero time is never.
	Defer(ctx context.Context, practice, conversation string, was, due time.Time) error
	// PutMachine keeps a machine for as long as a conversation is pinned to it. One that is there already stays.
	PutMachine(ctx context.Context, practice, hash string, canonical []byte) error
	// View runs fn on one consistent, durable state.
	View(ctx context.Context, practice string, fn func(r Reader) error) error
	Close() error
}

// Reader reads one practice's rows within a View. What is not there is ErrNotFound, or an empty list.
type Reader interface {
	Header(conversation string) (Header, error)
	Standing(conversation string) (Standing, error)
	// Started finds a conversation by the client id of the request that started it.
	Started(client ClientKey) (conversation string, err error)
	// Last returns the newest turn of a conversation.
	Last(conversation string) (Turn, error)
	// Newest returns the versions of the newest turns of conversations, in their order; 0 for one that is not there.
	Newest(conversations []string) ([]int64, error)
	// Turn returns the turn of a version.
	Turn(conversation string, version int64) (Turn, error)
	// Turns lists the turns that have messages numbered higher than after, in order.
	Turns(conversation string, after int64, limit int) ([]Turn, error)
	// Answered returns the version that answered a request.
	Answered(conversation string, client ClientKey) (version int64, err error)
	// Answers lists the newest requests that were answered, the newest last.
	Answers(conversation string, limit int) ([]Answer, error)
	// Due lists conversations whose time has come, the longest overdue first.
	Due(now time.Time, limit int) ([]Due, error)
	// Reserved lists reservations that overlap from … to, by start and place: bookings, and holds that have not expired at
	// now.
	Reserved(from, to, now time.Time) ([]Reservation, error)
	// Machine returns the canonical form of a machine.
	Machine(hash string) ([]byte, error)
	// Audit lists entries with a higher number than after, in order.
	Audit(after int64, limit int) ([]Entry, error)
	// Blocks lists the blocks of the trail that end after that entry, in order, as they are stored.
	Blocks(after int64, limit int) ([]Block, error)
	// Outbox lists what waits to be sent, oldest first.
	Outbox(limit int) ([]Parcel, error)
}

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// ClientKey stands for a client's own name of a request: the first half of its SHA-256. Zero stands for none.
type ClientKey [sha256.Size / 2]byte

// KeyOf returns the key of a client id.
func KeyOf(clientID string) (k ClientKey) {
	sum := sha256.Sum256([]byte(clientID))
	copy(k[:], sum[:])
	return k
}

// Write is everything that one transaction stores.
type Write struct {
	Turn
	Header   *Header          // with version 1, and only then
	Standing *Standing        // where it changed; always with version 1
	Calendar []CalendarChange // in order
	Outbox   []Parcel
	Audit    []Entry
}

// Header is what never changes about a conversation.
type Header struct {
	Conversation string
	Practice     string
	Flow         string
	Machine      string    // hash of the one it started on, which must be there; a sealed state says where it has moved to
	Key          int64     // of the vault, which seals its turns
	Client       ClientKey // of the request that started it; unique per practice
	Started      time.Time
}

// Standing is what queues and sweeps look at without opening anything. It is that of the newest turn, except that Due may
// be too early: it follows a deadline that moved away only when somebody looks.
type Standing struct {
	Control engine.Control
	Epoch   int64
	Tier    string
	Team    string
	Outcome string
	Flagged bool
	Since   time.Time // of the turn that brought it here
	Due     time.Time // when silence ends it; zero: never
}

// Due is a conversation that a sweep looks at.
type Due struct {
	Conversation string
	At           time.Time
}

// Turn is one turn as it is stored. The store, and once more its database, refuse a turn
//
//   - whose version does not follow, or whose messages do not follow those before (After is the Last before it);
//   - that moves Control without a new Epoch, Epoch backwards, what is closed, or what was an emergency back to the assistant
//     or to another tier;
//   - in which the assistant speaks, unless it had control, and Said is the epoch before the turn; or people gave control back
//     in this very turn (Released), and Said is the epoch after that;
//   - with an acknowledgement (Ack) that does not end the assistant's control.
type Turn struct {
	Practice     string
	Conversation string
	Version      int64 // counts turns from 1
	At           time.Time
	Client       ClientKey // of the request it answers; zero where nobody can repeat it
	After, Last  int64     // numbers of its messages: After < number <= Last
	Authors      Authors   // who wrote them
	Said         int64     // epoch the assistant's messages were said under; -1 without any
	Ack          bool      // one of them acknowledges an escalation or handoff
	Released     bool      // people gave control back
	Control      engine.Control
	Epoch        int64
	Tier         string
	Sealed       []byte // messages and the whole state after the turn; see Host
}

// Authors says who wrote something in a turn, as a sum.
type Authors int64

// The summands of Authors.
const (
	PatientWrote   Authors = 1
	AssistantWrote Authors = 2
	StaffWrote     Authors = 4
)

// Digest identifies a turn in the audit trail, so that the trail tells when a stored turn was changed.
func (t *Turn) Digest() Digest {
	var room [256]byte
	b := room[:0]
	for _, s := range [...]string{"tacet turn 1", t.Practice, t.Conversation, string(t.Client[:]), string(t.Control), t.Tier} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	flags := int64(0)
	if t.Ack {
		flags |= 1
	}
	if t.Released {
		flags |= 2
	}
	for _, n := range [...]int64{t.Version, t.At.UnixMicro(), t.After, t.Last, int64(t.Authors), t.Said, flags, t.Epoch} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return hashOf(b, t.Sealed)
}

// Answer says which turn answered a request.
type Answer struct {
	Client  ClientKey
	Version int64
}

// Parcel is data on its way to a vendor. It is durable with the turn that sent it.
type Parcel struct {
	Practice     string
	Conversation string
	Version      int64 // of the turn
	Number       int   // within the turn, from 0
	Key          int64 // of the conversation; set by the store
	Vendor       string
	At           time.Time
	Sealed       []byte // the fields; see OpenParcel
}

// Reservation is a place kept in the practice's own calendar.
type Reservation struct {
	Conversation string
	Field        string
	Slot         engine.Slot
	Place        int // which of the places at that start, from 1; set by the store
	Booked       bool
	Expires      time.Time // of a hold
}

// CalendarKind says what happens to a reservation.
type CalendarKind string

// The kinds of CalendarChange.
const (
	// Hold keeps one place of a slot, giving up what the conversation held for the same field. It does not fit when
	// Places.Fit finds none among the reservations of that time, which nobody else can change meanwhile.
	Hold CalendarKind = "hold"
	// Book turns a hold into a booking. It does not fit when this conversation does not hold that slot.
	Book CalendarKind = "book"
	// GiveUp gives up everything the conversation holds and has not booked.
	GiveUp CalendarKind = "give-up"
)

// CalendarChange is one change to the calendar of the turn's practice by the turn's conversation.
type CalendarChange struct {
	Kind        CalendarKind
	Reservation Reservation
	Places      Places // of a Hold
}
