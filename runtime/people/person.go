// Package people knows who works at a practice, proves that a request comes from one of them, and decides what they may
// do and see. Everything fails closed: what no rule permits is forbidden, and nothing is answered whose audit entry
// could not be written.
//
// Sign-in is by password (argon2id, RFC 9106) and a one-time code (RFC 6238), by passkey (WebAuthn), or by the practice's own
// OpenID Connect provider. There is no sign-in with a password alone. Sessions are kept by the server, end after 15 minutes
// without use and after 12 hours in any case (45 CFR 164.312(a)(2)(iii); NIST SP 800-63B-4 §2.2.3), and can be revoked.
package people

import (
	"errors"
	"slices"
	"time"
)

// Role is what somebody does at the practice. People can have several.
type Role string

// The roles.
const (
	Admin       Role = "admin"       // writes the flows
	Coordinator Role = "coordinator" // answers patients at the front desk
	Clinician   Role = "clinician"   // answers patients about their health
	Compliance  Role = "compliance"  // owns the policy, reviews, approves
	Operator    Role = "operator"    // runs the servers
)

// Roles lists all roles.
var Roles = []Role{Admin, Coordinator, Clinician, Compliance, Operator}

// Person is somebody with an account.
type Person struct {
	ID       string
	Practice string
	Name     string
	Email    string // lower case; unique in the practice
	Roles    []Role
	Teams    []string // of practice.yaml
	Left     bool     // no longer works here: can neither sign in nor do anything
	Trained  []Training
}

// Training is the acknowledgement of a role's course, without which the role is not in effect.
type Training struct {
	Role   Role      `json:"role"`
	Course string    `json:"course"` // the version of it
	At     time.Time `json:"at"`
}

// Has reports whether somebody has a role, trained for it or not.
func (p *Person) Has(r Role) bool { return slices.Contains(p.Roles, r) }

// TrainedFor reports whether somebody has acknowledged this version of a role's course.
func (p *Person) TrainedFor(r Role, course string) bool {
	return slices.ContainsFunc(p.Trained, func(t Training) bool { return t.Role == r && t.Course == course })
}

// In reports whether somebody belongs to a team.
func (p *Person) In(team string) bool { return slices.Contains(p.Teams, team) }

// Errors that people cause. Which of the first two it was is for the trail, not for whoever tries: the answer to a wrong
// address, a wrong password and an account that is closed is one and the same.
var (
	// ErrRefused says that somebody could not prove who they are.
	ErrRefused = errors.New("not signed in")
	// ErrForbidden says that somebody may not do this.
	ErrForbidden = errors.New("not permitted")
	// ErrInvalid says that what was asked for makes no sense; its text says why and may be shown.
	ErrInvalid = errors.New("not valid")
	// ErrNotFound says that there is no such row. Of a store.
	ErrNotFound = errors.New("not found")
	// ErrStale says that the account was changed meanwhile. Of a store.
	ErrStale = errors.New("account has been changed meanwhile")
)

// Waiting says that somebody has to wait before the next try, because several have failed. It is a kind of ErrRefused.
type Waiting struct{ For time.Duration }

// Error implements error.
func (w *Waiting) Error() string { return "too many tries; wait " + w.For.Round(time.Second).String() }

// Is makes it a kind of ErrRefused.
func (w *Waiting) Is(err error) bool { return err == ErrRefused }

// wait is how long to wait after so many failures in a row: nothing for the first three, then twice as long each time, up
// to a quarter of an hour. It slows a guesser down to nothing and locks nobody out.
func wait(failures int) time.Duration {
	const free, most = 3, 15 * time.Minute
	if failures <= free {
		return 0
	}
	return min(time.Second<<min(failures-free-1, 20), most)
}
