package people

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
)

// Store keeps accounts and sessions. Safe for concurrent use. Emails are compared as they are; they arrive in lower case.
type Store interface {
	Account(ctx context.Context, practice, id string) (Account, error)
	ByEmail(ctx context.Context, practice, email string) (Account, error)
	BySubject(ctx context.Context, practice string, s Subject) (Account, error)
	// Accounts lists the accounts of a practice by name.
	Accounts(ctx context.Context, practice string) ([]Account, error)
	Session(ctx context.Context, practice string, d Digest) (Session, error)
	// Sessions lists what is stored of somebody's sessions, ended ones too, the oldest first.
	Sessions(ctx context.Context, practice, person string) ([]Session, error)
	// Apply makes a change and writes its audit entries, all or nothing, durably.
	Apply(ctx context.Context, practice string, c Change) error
}

// Account is a person with what proves who they are.
type Account struct {
	Person
	Version  int64  // counts changes; 0 is not stored yet
	Password string // PHC string; empty: cannot sign in with one
	Code     []byte // secret of one-time codes, sealed; nil: none
	Step     int64  // the last time step whose code was used: each counts once (RFC 6238 §5.2)
	Passkeys []webauthn.Credential
	Subject  Subject // at the practice's provider; zero: none
	// Tries that have failed in a row. Guessing codes does not become easier by giving the right password again.
	Passwords, Codes Failures
	Clients          []Seen // that its owner has signed in from, the last first
}

// Failures counts tries that have failed in a row.
type Failures struct {
	N    int
	Last time.Time
}

// left is how long the next try has to wait.
func (f Failures) left(now time.Time) time.Duration { return f.Last.Add(wait(f.N)).Sub(now) }

// Subject is somebody's name at an OpenID provider.
type Subject struct{ Issuer, ID string }

// Digest is the SHA-256 of a token: what is stored of it.
type Digest [sha256.Size]byte

// Stage says how far somebody has come.
type Stage string

// The stages of a session.
const (
	SetUp    Stage = "set-up"   // of the first account of a practice; nobody yet
	Invited  Stage = "invited"  // may choose a password
	AtDoor   Stage = "at-door"  // a passkey or the provider's answer is awaited; nobody yet
	NeedCode Stage = "code"     // the password was right
	MustAdd  Stage = "must-add" // must add a second factor before anything else
	In       Stage = "in"
	Stranger Stage = "stranger" // opens nothing: failed tries under an address that nobody has
)

// Session is what a token stands for.
type Session struct {
	Digest  Digest
	Person  string
	Stage   Stage
	Begun   time.Time
	Seen    time.Time
	Ends    time.Time // in any case
	Pending []byte    // what a ceremony that is under way has to remember
	Glass   []Glass
	Client  Client // where it was begun
	Version int    // counts up each time it is stored over what is there
}

// Glass is a look at what a role does not show, taken in an emergency (45 CFR 164.312(a)(2)(ii)).
type Glass struct {
	Conversation string    `json:"conversation"`
	Until        time.Time `json:"until"`
}

// Event is something that belongs into the audit trail. It never holds a password, a code or a token.
type Event struct {
	At     time.Time
	Actor  string // a person's id; "nobody" before anybody has signed in
	Action string
	Detail map[string]string
}

// Change is everything that one transaction stores.
type Change struct {
	// Spent are sessions that end and must still be there, and Kept sessions that are stored over what is there, if Version is that of
	// what is there; it then counts up. Where one of them has ended or changed meanwhile, nothing is done and Apply returns ErrStale. So
	// nothing that works once works twice, nobody's use of a session revives it after its end, and none undoes what another did in it.
	Spent []Digest
	Kept  []Session
	// Accounts are stored if Version is that of what is stored, or 0 where nothing is; it then counts up. Otherwise
	// nothing is done and Apply returns ErrStale; so it does where another account of the practice has the address.
	Accounts []Account
	Sessions []Session // stored, or stored over
	EndAll   []string  // people all of whose sessions end, before Sessions are stored
	Ended    []Digest  // sessions that end
	Events   []Event
}
