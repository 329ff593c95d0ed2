// Package retention ends what a practice keeps: conversations whose time is over, and those that somebody has asked to be erased.
//
// What was written is kept for the days that its flow says (`session { keep … }`, within the range of the policy for each class that
// it holds; fewer where it says so of the outcome it ended with), counted from its last turn by the practice's calendar: a day is a
// day also where the clocks change. Then the key of
// the conversation is destroyed, which makes it unreadable in the database, its log, exports and every copy; the row stays, so that
// the audit trail still knows which conversation it was (45 CFR 164.316(b)(2)).
//
// The term asks for nothing but the last turn, as the range of the policy does: a conversation that still waits for a person then ends
// like every other, and nobody is called to it any more. What must stay longer is put under a hold.
//
// A conversation under a legal hold is not erased, by nobody and for no reason, until the hold is released. The database says so
// too.
package retention

import (
	"context"
	"errors"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
)

// Errors of a Store.
var (
	// ErrHeld says that a legal hold keeps the conversation.
	ErrHeld = errors.New("the conversation is under a legal hold")
	// ErrErased says that the conversation is erased, or about to be.
	ErrErased = errors.New("the conversation is erased")
)

// Hold keeps a conversation from being erased.
type Hold struct {
	ID             string
	Practice       string
	Conversation   string
	Reason, By     string
	At             time.Time
	Released       time.Time // zero: it still holds
	ReleasedBy     string
	ReleasedReason string
}

// Which conversations are listed: those on a machine that began at or before a time, with ids after one.
type Which struct {
	Machine string
	Ended   string // the outcome they have ended with; empty: any, and those that have not ended
	Began   time.Time
	After   string
	Limit   int
}

// Kept is a conversation that is not erased.
type Kept struct {
	Conversation string
	Key          int64
	Last         time.Time // of its last turn
	Held         bool
}

// Erasure is the end of a conversation. It is begun before the key is destroyed, and done after.
type Erasure struct {
	Practice, Conversation string
	Key                    int64 // set by the store
	At                     time.Time
	By                     string // a person, or Sweep
	Why                    string // Expired, or a person's reason
}

// Who erases, and why, when it is nobody in particular.
const (
	Sweep   = "clock"
	Expired = "retention"
)

// Store keeps holds and erasures. Implementations pass retentiontest.Run. Safe for concurrent use, also by several processes.
type Store interface {
	session.Store
	// Machines lists the hashes of the practice's machines.
	Machines(ctx context.Context, practice string) ([]string, error)
	// Kept lists conversations that are not erased, by id.
	Kept(ctx context.Context, practice string, which Which) ([]Kept, error)
	// Begin notes down that a conversation is being erased, with entries in the trail; nothing of it is taken out of the house any
	// more, and nobody is called to it; what the compliance owner is told of it is. It returns ErrHeld, ErrErased, or session.ErrNotFound.
	Begin(ctx context.Context, e Erasure, entries ...session.Entry) (Erasure, error)
	// Done notes down that the key is destroyed.
	Done(ctx context.Context, e Erasure, at time.Time, entries ...session.Entry) error
	// Unfinished lists erasures that were begun before a time and not done: their process ended in between.
	Unfinished(ctx context.Context, practice string, before time.Time) ([]Erasure, error)
	// Hold stores a hold. It returns ErrErased, or session.ErrNotFound.
	Hold(ctx context.Context, h Hold, entries ...session.Entry) error
	// Release ends a hold. It returns session.ErrNotFound where there is none that still holds.
	Release(ctx context.Context, h Hold, entries ...session.Entry) error
	// Holds lists holds by time; of released ones only with all.
	Holds(ctx context.Context, practice string, all bool) ([]Hold, error)
}

// Vault destroys keys. *vault.Vault implements it.
type Vault interface {
	Destroy(ctx context.Context, practice string, key int64) error
}

// Begun is the action of the entry that says that an erasure was decided; nothing brings the conversation back from then on.
const Begun = "conversation.erased-begun"

// Erase makes a conversation unreadable for good. It is durable on return; a process that ends in between leaves the rest to
// a sweep.
func Erase(ctx context.Context, s Store, v Vault, e Erasure) error {
	entry := func(action string) session.Entry {
		return session.Entry{At: e.At.UTC(), Actor: e.By, Action: action, Conversation: e.Conversation, Detail: map[string]string{"why": e.Why}}
	}
	begun, err := s.Begin(ctx, e, entry(Begun))
	if err != nil {
		return err
	}
	return finish(ctx, s, v, begun, e.At)
}

// finish destroys the key of an erasure that was begun. Doing it twice changes nothing.
func finish(ctx context.Context, s Store, v Vault, e Erasure, now time.Time) error {
	if err := v.Destroy(ctx, e.Practice, e.Key); err != nil {
		return err
	}
	return s.Done(ctx, e, now, session.Entry{
		At: now.UTC(), Actor: e.By, Action: "conversation.erased", Conversation: e.Conversation, Detail: map[string]string{"why": e.Why},
	})
}
