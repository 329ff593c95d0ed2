package people

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// SignIn takes an address and a password. What is missing to be in is the step's Stage.
func (s *Service) SignIn(ctx context.Context, email, password string) (Step, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	a, err := s.store.ByEmail(ctx, s.practice, email)
	if errors.Is(err, ErrNotFound) {
		return Step{}, s.stranger(ctx, email, password)
	}
	if err != nil {
		return Step{}, err
	}
	if err := s.try(ctx, &a, &a.Passwords); err != nil {
		return Step{}, err
	}
	known := a.Password != "" && !a.Left
	hash := a.Password
	if !known {
		hash = nobodysHash
	}
	if !matches(hash, password) || !known {
		return Step{}, s.refuse(ctx, a.ID, "password")
	}
	stage := NeedCode
	if a.Code == nil {
		stage = MustAdd
		if len(a.Passkeys) > 0 { // the second factor there is cannot be shown here
			return Step{}, s.refuse(ctx, a.ID, "password-without-passkey")
		}
	}
	a.Passwords = Failures{}
	return s.advance(ctx, a, stage, Change{}, s.event(a.ID, "people.password-right"))
}

// ChangePassword takes the password of who is signed in, and a new one. All their sessions end but this one, which goes on
// under the new token, until it would have ended.
func (s *Service) ChangePassword(ctx context.Context, token, current, next string) (Step, error) {
	was, err := s.session(ctx, token, In)
	if err != nil {
		return Step{}, err
	}
	a, err := s.account(ctx, was.Person)
	if err != nil {
		return Step{}, err
	}
	if err := checkPassword(next, &a.Person); err != nil {
		return Step{}, err
	}
	if err := s.try(ctx, &a, &a.Passwords); err != nil {
		return Step{}, err
	}
	if !matches(a.Password, current) {
		return Step{}, s.refuse(ctx, a.ID, "password")
	}
	if a.Password, err = hashPassword(next, s.random); err != nil {
		return Step{}, err
	}
	a.Passwords = Failures{}
	token, was.Digest, err = s.newToken()
	if err != nil {
		return Step{}, err
	}
	return Step{Token: token, Stage: In}, s.store.Apply(ctx, s.practice, Change{
		Accounts: []Account{a}, EndAll: []string{a.ID}, Sessions: []Session{was}, Events: s.event(a.ID, "people.password-set"),
	})
}

// stranger takes as long as a wrong password does.
func (s *Service) stranger(ctx context.Context, email, password string) error {
	if left := s.strangers.tried(email, s.now()); left > 0 {
		return &Waiting{left}
	}
	matches(nobodysHash, password)
	if err := s.store.Apply(ctx, s.practice, Change{Events: s.event(nobody, "people.refused", "by", "address")}); err != nil {
		return err
	}
	return ErrRefused
}

// try counts a try of one kind against an account before it is looked at, so that many at the same moment are not one. It returns a
// Waiting where the one before was too short ago.
func (s *Service) try(ctx context.Context, a *Account, f *Failures) error {
	now := s.now()
	if left := f.left(now); left > 0 {
		return &Waiting{left}
	}
	*f = Failures{f.N + 1, now}
	switch err := s.store.Apply(ctx, s.practice, Change{Accounts: []Account{*a}}); {
	case errors.Is(err, ErrStale): // another try came first
		return &Waiting{time.Second}
	case err != nil:
		return err
	}
	a.Version++
	return nil
}

// refuse writes a failure down.
func (s *Service) refuse(ctx context.Context, person, by string) error {
	if err := s.store.Apply(ctx, s.practice, Change{Events: s.event(nobody, "people.refused", "person", person, "by", by)}); err != nil {
		return err
	}
	return ErrRefused
}

// advance replaces the session that a change ends by one at the next stage, and stores the account. A token never outlives a change of stage, so
// that one which somebody else knew before is worth nothing after (session fixation).
func (s *Service) advance(ctx context.Context, a Account, to Stage, c Change, events []Event) (Step, error) {
	token, d, err := s.newToken()
	if err != nil {
		return Step{}, err
	}
	now := s.now()
	life := Absolute
	if to != In {
		life = atDoor
	}
	if to == In {
		a.Codes = Failures{}
	}
	c.Accounts = []Account{a}
	c.Sessions = append(c.Sessions, Session{Digest: d, Person: a.ID, Stage: to, Begun: now, Seen: now, Ends: now.Add(life)})
	c.Events = append(c.Events, events...)
	if err := s.store.Apply(ctx, s.practice, c); err != nil {
		return Step{}, err
	}
	return Step{Token: token, Stage: to}, nil
}

// codePeriod is a time step of one-time codes, RFC 6238 §5.2.
const codePeriod = 30

// Code takes the one-time code that a sign-in asks for. Each counts once, and for half a minute before and after its time.
func (s *Service) Code(ctx context.Context, token, code string) (Step, error) {
	at, err := s.session(ctx, token, NeedCode)
	if err != nil {
		return Step{}, err
	}
	a, err := s.account(ctx, at.Person)
	if err != nil {
		return Step{}, err
	}
	if err := s.try(ctx, &a, &a.Codes); err != nil {
		return Step{}, err
	}
	secret, err := s.sealer.Open("code", a.ID, a.Code)
	if err != nil {
		return Step{}, err
	}
	step := s.stepOf(string(secret), code, a.Step)
	if step == 0 {
		return Step{}, s.refuse(ctx, a.ID, "code")
	}
	a.Step = step
	return s.advance(ctx, a, In, Change{Ended: []Digest{at.Digest}}, s.event(a.ID, "people.signed-in", "by", "code"))
}

// stepOf returns the time step of a right code that is later than the last one used, or 0.
func (s *Service) stepOf(secret, code string, used int64) int64 {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	now := s.now().Unix() / codePeriod
	for step := now - 1; step <= now+1; step++ {
		ok, err := totp.ValidateCustom(code, secret, time.Unix(step*codePeriod, 0).UTC(),
			totp.ValidateOpts{Period: codePeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok && step > used {
			return step
		}
	}
	return 0
}

// CodeSecret is what an authenticator app is told.
type CodeSecret struct {
	Secret string // base32
	URL    string // otpauth, to be shown as a QR code
}

// OfferCodes makes the secret of one-time codes for an account that must add, or adds, a second factor. It counts once
// TakeCodes has seen a right code.
func (s *Service) OfferCodes(ctx context.Context, token string) (CodeSecret, error) {
	at, a, err := s.adding(ctx, token)
	if err != nil {
		return CodeSecret{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: s.name, AccountName: a.Email, Rand: s.random})
	if err != nil {
		return CodeSecret{}, err
	}
	if at.Pending, err = s.sealer.Seal("pending-code", a.ID, []byte(key.Secret())); err != nil {
		return CodeSecret{}, err
	}
	if err := s.store.Apply(ctx, s.practice, Change{Sessions: []Session{at}}); err != nil {
		return CodeSecret{}, err
	}
	return CodeSecret{key.Secret(), key.URL()}, nil
}

// reproof is how long after signing in somebody may change how they sign in.
const reproof = 10 * time.Minute

// adding finds a session in which a second factor can be added.
func (s *Service) adding(ctx context.Context, token string) (Session, Account, error) {
	at, err := s.session(ctx, token, MustAdd, In)
	if err != nil {
		return Session{}, Account{}, err
	}
	if s.now().Sub(at.Begun) >= reproof {
		return Session{}, Account{}, fmt.Errorf("%w: sign in again to change how you sign in", ErrInvalid)
	}
	a, err := s.account(ctx, at.Person)
	return at, a, err
}

// TakeCodes turns one-time codes on, with the first code of the secret that OfferCodes made.
func (s *Service) TakeCodes(ctx context.Context, token, code string) (Step, error) {
	at, a, err := s.adding(ctx, token)
	if err != nil {
		return Step{}, err
	}
	secret, err := s.sealer.Open("pending-code", a.ID, at.Pending)
	if err != nil {
		return Step{}, ErrRefused // nothing was offered
	}
	step := s.stepOf(string(secret), code, 0)
	if step == 0 {
		return Step{}, ErrRefused
	}
	if a.Code, err = s.sealer.Seal("code", a.ID, secret); err != nil {
		return Step{}, err
	}
	a.Step = step
	return s.advance(ctx, a, In, Change{EndAll: []string{a.ID}}, s.event(a.ID, "people.codes-on"))
}
