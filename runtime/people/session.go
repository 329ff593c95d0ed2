package people

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// How long sessions live.
const (
	Idle     = 15 * time.Minute // without use
	Absolute = 12 * time.Hour
	atDoor   = 5 * time.Minute // to complete a sign-in
	setUp    = 24 * time.Hour
	invited  = 72 * time.Hour
	glass    = time.Hour
	seenStep = 30 * time.Second // use is written down at most this often
)

const tokenSize = 32 // bytes

// Visit is a session of somebody who has proved who they are.
type Visit struct {
	Person
	Began   time.Time
	session Session
	network string // that this request comes from
}

// Fresh reports whether somebody signed in less than an hour ago, and on the network they are on now, which exports and the like ask
// for.
func (v *Visit) Fresh(now time.Time) bool {
	return now.Sub(v.Began) < time.Hour && v.network == v.session.Client.Network
}

// Broke reports whether somebody has broken the glass over a conversation and may look at it still.
func (v *Visit) Broke(conversation string, now time.Time) bool {
	for _, g := range v.session.Glass {
		if g.Conversation == conversation && now.Before(g.Until) {
			return true
		}
	}
	return false
}

// Step is what a sign-in has come to.
type Step struct {
	Token string // opens the session; it replaces the one before
	Stage Stage
}

func (s *Service) newToken() (string, Digest, error) {
	b := make([]byte, tokenSize)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return "", Digest{}, err
	}
	return base64.RawURLEncoding.EncodeToString(b), sha256.Sum256(b), nil
}

func digest(token string) (Digest, error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != tokenSize {
		return Digest{}, ErrRefused
	}
	return sha256.Sum256(b), nil
}

// session finds what a token stands for, if that is at one of the stages and has not ended. One that was used in what is the future here
// has ended too: by this clock, set back or behind another server's, nobody could tell when it is over.
func (s *Service) session(ctx context.Context, token string, stages ...Stage) (Session, error) {
	d, err := digest(token)
	if err != nil {
		return Session{}, err
	}
	found, err := s.store.Session(ctx, s.practice, d)
	if errors.Is(err, ErrNotFound) {
		return Session{}, ErrRefused
	}
	if err != nil {
		return Session{}, err
	}
	now := s.now()
	if !now.Before(found.Ends) || found.Stage == In && now.Sub(found.Seen).Abs() >= Idle {
		return Session{}, s.expired(ctx, found)
	}
	if !slices.Contains(stages, found.Stage) {
		return Session{}, ErrRefused
	}
	if found.Client.Browser != s.client.Browser && found.Stage == In {
		return Session{}, s.moved(ctx, found)
	}
	return found, nil
}

// expired takes a session away that has ended by the clock, so that none comes back when a clock is set back.
func (s *Service) expired(ctx context.Context, found Session) error {
	if found.Stage == Stranger {
		return ErrRefused
	}
	actor := found.Person
	if actor == "" {
		actor = nobody
	}
	err := s.store.Apply(ctx, s.practice, Change{Ended: []Digest{found.Digest}, Events: s.event(actor, "people.session-expired", "stage", string(found.Stage))})
	if err != nil {
		return err
	}
	return ErrRefused
}

// Authenticate returns who a token belongs to, and keeps the session from ending for want of use.
func (s *Service) Authenticate(ctx context.Context, token string) (*Visit, error) {
	v, err := s.Glance(ctx, token)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if now.Sub(v.session.Seen) < seenStep {
		return v, nil
	}
	kept := v.session
	kept.Seen = now
	switch err := s.store.Apply(ctx, s.practice, Change{Kept: []Session{kept}}); {
	case errors.Is(err, ErrStale): // it has been ended meanwhile, or another request has noted its use
		return s.Glance(ctx, token)
	case err != nil:
		return nil, err
	}
	kept.Version++
	v.session = kept
	return v, nil
}

// account returns the account of somebody who works here.
func (s *Service) account(ctx context.Context, id string) (Account, error) {
	a, err := s.store.Account(ctx, s.practice, id)
	if errors.Is(err, ErrNotFound) || err == nil && a.Left {
		return Account{}, ErrRefused
	}
	return a, err
}

// SignOut ends a session. That a token is no session already is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	d, err := digest(token)
	if err != nil {
		return nil
	}
	found, err := s.store.Session(ctx, s.practice, d)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.store.Apply(ctx, s.practice, Change{Ended: []Digest{d}, Events: s.event(found.Person, "people.signed-out")})
}

// SignOutEverywhere ends all sessions of somebody: one's own, or as who manages people.
func (s *Service) SignOutEverywhere(ctx context.Context, v *Visit, person string) error {
	if person != v.ID && !s.may(v, ManagePeople) {
		return ErrForbidden
	}
	return s.store.Apply(ctx, s.practice, Change{
		EndAll: []string{person}, Events: s.event(v.ID, "people.sessions-ended", "person", person),
	})
}

// Break lets somebody see one conversation as a clinician of its team would, for an hour. The reason is written down and
// the compliance owner is told.
func (s *Service) Break(ctx context.Context, v *Visit, conversation, reason string) error {
	if !s.may(v, BreakGlass) {
		return ErrForbidden
	}
	if n := len([]rune(reason)); n < 10 || n > 500 {
		return fmt.Errorf("%w: say in 10 to 500 characters why this cannot wait", ErrInvalid)
	}
	now := s.now()
	events := s.event(v.ID, "glass.broken", "conversation", conversation, "reason", reason)
	for range breaks {
		kept := v.session
		kept.Glass = append(slices.Clone(kept.Glass), Glass{conversation, now.Add(glass)})
		err := s.store.Apply(ctx, s.practice, Change{Kept: []Session{kept}, Events: events})
		if err == nil {
			kept.Version++
			v.session = kept
			s.alert(Alert{Kind: "glass.broken", Person: v.Person, Conversation: conversation, At: now})
			return nil
		}
		if !errors.Is(err, ErrStale) {
			return err
		}
		v.session, err = s.store.Session(ctx, s.practice, v.session.Digest)
		if errors.Is(err, ErrNotFound) { // it has been ended meanwhile
			return ErrRefused
		}
		if err != nil {
			return err
		}
	}
	return ErrStale
}

// breaks is how often a session that other requests change meanwhile is tried again.
const breaks = 8
