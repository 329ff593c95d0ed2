// Package outbox takes out of the house what conversations have sent, and calls people to those that wait for one.
//
// # Rows
//
// A store lays a row down in the very transaction of the turn that causes it: one for each parcel to a vendor, and one whenever
// a conversation begins to wait for a person. A row holds nothing that a patient wrote; the fields stay in the sealed parcel. What
// the compliance owner is told at once, because the audit trail says it, becomes a row too ([Worker.Follow]).
//
// # Leases
//
// Any number of processes work on the rows of a practice. Who claims a row has it for a while; the number of its claims is what
// the outcome is stored under, so whoever was too slow stores nothing. A process that ends leaves its rows to others, once
// the lease is over. A message keeps its id however often it is sent, which lets a receiver tell repetitions.
//
// # What may leave
//
// Whether a vendor may be sent something is decided by the practice's facts of the moment at which it leaves, not of the moment
// at which the patient agreed: without an agreement in force the row is parked, seen by people, and nothing leaves. Each try
// has its entry in the audit trail before the first byte.
package outbox

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
)

// Kind says what a row is about.
type Kind string

// The kinds.
const (
	Send  Kind = "send"  // a parcel for a vendor
	Page  Kind = "page"  // a conversation waits for a person of a team
	Alert Kind = "alert" // the compliance owner is told of an entry of the audit trail
)

// State says what has become of a row.
type State string

// The states. Only what is queued moves by itself.
const (
	Queued    State = "queued"
	Delivered State = "delivered" // or, of a page: somebody has taken the conversation
	Parked    State = "parked"    // it may not leave: people must see to it
	Dead      State = "dead"      // every try failed: people must see to it
)

// ErrStale says that a row was claimed again, or changed, since it was claimed.
var ErrStale = errors.New("somebody else has the delivery")

// Row is one thing to be taken out. It holds nothing that a patient wrote.
type Row struct {
	ID           string // unguessable only as far as the conversation's is: who fetches by it must prove who they are
	Practice     string
	Kind         Kind
	Conversation string // empty for some alerts
	Version      int64  // Send: the turn and the number within it of the parcel
	Number       int
	Epoch        int64  // of the conversation when the row was made
	To           string // Send: the vendor; Page: the team; Alert: the action of the trail's entry
	Tier         string // Page
	At           time.Time
	Due          time.Time // of the next try
	Claims       int       // how often it was claimed; the outcome is stored under it
	Tries        int       // that failed since it was queued
	Rung         int       // Page: how often people were called
	Leased       time.Time // until when somebody has it; zero: nobody
	State        State
	Why          string // for people; never what was sent or answered
}

// Filter selects rows. Zero fields select everything.
type Filter struct {
	State State
	Kind  Kind
	To    string
	Limit int // 0: 200
}

// Rows is the most rows of one answer, where nobody says.
const Rows = 200

// Max is how many rows the filter lets through.
func (f Filter) Max() int {
	if f.Limit <= 0 {
		return Rows
	}
	return f.Limit
}

// Store keeps rows. Implementations pass outboxtest.Run. Safe for concurrent use, also by several processes.
type Store interface {
	session.Store
	// Claim leases rows that are due at now to the caller until then: pages first, because somebody waits, and then the longest
	// overdue. A lease that ends later than twice its length from now was given by a clock that has been set back since, and does
	// not count. A page that nobody has tried yet is due whatever the clock says: the process that laid it down may run ahead of this one,
	// and may be gone.
	Claim(ctx context.Context, practice string, now, until time.Time, limit int) ([]Row, error)
	// Finish stores what has become of a claimed row: State, Why, Due, Tries, Rung and To, with entries in the trail. It returns
	// ErrStale when Claims is not the row's any more.
	Finish(ctx context.Context, r Row, entries ...session.Entry) error
	// Requeue lets a row be tried at once, as if for the first time. It returns session.ErrNotFound where there is none.
	Requeue(ctx context.Context, practice, id string, now time.Time, entries ...session.Entry) error
	Delivery(ctx context.Context, practice, id string) (Row, error)
	// Deliveries lists rows, the newest first.
	Deliveries(ctx context.Context, practice string, f Filter) ([]Row, error)
	// Parcel returns what a row of Kind Send takes out, sealed.
	Parcel(ctx context.Context, r Row) (session.Parcel, error)
	// Closed reports whether an endpoint said that it wants nothing any more. Shut notes that down, and Reopen forgets it of all.
	Closed(ctx context.Context, practice, endpoint string) (bool, error)
	Shut(ctx context.Context, practice, endpoint string, at time.Time) error
	Reopen(ctx context.Context, practice string) error
	// Followed is the number of the last entry of the trail that alerts were made of. Follow moves it and stores the alerts that
	// are not there yet, unless somebody else has moved it: then it does nothing.
	Followed(ctx context.Context, practice string) (int64, error)
	Follow(ctx context.Context, practice string, was, is int64, alerts []Row) error
}

// SendID names the row of a parcel: stores lay rows down under it.
func SendID(conversation string, version int64, number int) string {
	return conversation + "-" + strconv.FormatInt(version, 10) + "-" + strconv.Itoa(number)
}

// PageID names the row of a conversation that waits.
func PageID(conversation string, epoch int64) string {
	return conversation + "-page-" + strconv.FormatInt(epoch, 10)
}

// AlertID names the row of an entry of the trail.
func AlertID(entry int64) string { return "alert-" + strconv.FormatInt(entry, 10) }
