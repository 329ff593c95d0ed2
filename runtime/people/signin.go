package people

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// SignIn takes an address and a password. What is missing to be in is the step's Stage.
func (s *Service) SignIn(ctx context.Context, email, password string) (Step, error) {
	if s.abroad {
		return Step{}, ErrForbidden
	}
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
	if !strings.HasPrefix(a.Password, current) { // it was hashed with other parameters than are right now
		if a.Password, err = hashPassword(password, s.random); err != nil {
			return Step{}, err
		}
	}
	a.Passwords = Failures{}
	return s.advance(ctx, a, stage, Change{Events: s.event(a.ID, "people.password-right")})
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
	spent := was.Digest
	token, was.Digest, err = s.newToken()
	if err != nil {
		return Step{}, err
	}
	return Step{Token: token, Stage: In}, s.store.Apply(ctx, s.practice, Change{
		Accounts: []Account{a}, Spent: []Digest{spent}, EndAll: []string{a.ID}, Sessions: []Session{was}, Events: s.event(a.ID, "people.password-set"),
	})
}

// stranger does for an address that nobody has what a wrong password does for an account: it counts the try, makes who tries wait,
// takes as long and writes as often, whichever process is asked. What it keeps names the address by its digest and ends by itself.
func (s *Service) stranger(ctx context.Context, email, password string) error {
	if err := s.tryStranger(ctx, sha256.Sum256([]byte("stranger\x00"+email))); err != nil {
		return err
	}
	matches(nobodysHash, password)
	if err := s.store.Apply(ctx, s.practice, Change{Events: s.event(nobody, "people.refused", "by", "address")}); err != nil {
		return err
	}
	return ErrRefused
}

func (s *Service) tryStranger(ctx context.Context, d Digest) error {
	s.strangers.Lock()
	defer s.strangers.Unlock()
	now := s.now()
	kept, err := s.store.Session(ctx, s.practice, d)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	var f Failures
	if err == nil {
		if err := json.Unmarshal(kept.Pending, &f); err != nil {
			return err
		}
	}
	if left := f.left(now); left > 0 {
		return &Waiting{left}
	}
	kept = Session{Digest: d, Stage: Stranger, Begun: now, Seen: now, Ends: now.Add(Absolute)}
	if kept.Pending, err = json.Marshal(Failures{f.N + 1, now}); err != nil {
		return err
	}
	return s.store.Apply(ctx, s.practice, Change{Sessions: []Session{kept}})
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
func (s *Service) advance(ctx context.Context, a Account, to Stage, c Change) (Step, error) {
	return s.advanceSince(ctx, a, to, c, s.now())
}

// advanceSince is advance for who showed who they are earlier than now.
func (s *Service) advanceSince(ctx context.Context, a Account, to Stage, c Change, since time.Time) (Step, error) {
	token, d, err := s.newToken()
	if err != nil {
		return Step{}, err
	}
	life := Absolute
	if to != In {
		life = atDoor
	}
	if to == In {
		a.Codes = Failures{}
		if !known(&a, s.client) {
			c.Events = append(c.Events, s.event(a.ID, "people.new-client", "browser", s.client.Browser, "network", s.client.Network)...)
		}
		a.Clients = remembered(a.Clients, s.client, s.now())
	}
	c.Accounts = []Account{a}
	c.Sessions = append(c.Sessions, Session{
		Digest: d, Person: a.ID, Stage: to, Begun: since, Seen: s.now(), Ends: since.Add(life), Client: s.client,
	})
	switch err := s.store.Apply(ctx, s.practice, c); {
	case errors.Is(err, ErrStale): // what the change spends was spent at the same moment
		return Step{}, ErrRefused
	case err != nil:
		return Step{}, err
	}
	return Step{Token: token, Stage: to}, nil
}

// keep stores a session over what is there.
func (s *Service) keep(ctx context.Context, at Session) error {
	err := s.store.Apply(ctx, s.practice, Change{Kept: []Session{at}})
	if errors.Is(err, ErrStale) {
		return ErrRefused
	}
	return err
}

const (
	codePeriod  = 30 // seconds: a time step of one-time codes, RFC 6238 §5.2
	codeKeySize = 32 // bytes: as long as the hash, RFC 6238 §5.1
)

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
	hash, key := codeKey(secret)
	step := s.stepOf(hash, key, code, a.Step)
	if step == 0 {
		return Step{}, s.refuse(ctx, a.ID, "code")
	}
	a.Step = step
	return s.advance(ctx, a, In, Change{Spent: []Digest{at.Digest}, Events: s.event(a.ID, "people.signed-in", "by", "code")})
}

// codeHash is the hash function of somebody's one-time codes.
type codeHash string

// The hash functions of RFC 6238 that are used. Codes are offered with SHA-256; programs that know SHA-1 only, and make codes by that
// whatever they are told, are recognised by their first code.
const (
	hashSHA1   codeHash = "sha1"
	hashSHA256 codeHash = "sha256"
)

func (h codeHash) algorithm() otp.Algorithm {
	if h == hashSHA256 {
		return otp.AlgorithmSHA256
	}
	return otp.AlgorithmSHA1
}

// codeKey reads what is kept of a secret: the hash, a colon and the key; the key alone is of SHA-1.
func codeKey(kept []byte) (codeHash, string) {
	if hash, key, ok := strings.Cut(string(kept), ":"); ok {
		return codeHash(hash), key
	}
	return hashSHA1, string(kept)
}

// stepOf returns the time step of a right code that is later than the last one used, or 0.
func (s *Service) stepOf(hash codeHash, key, code string, used int64) int64 {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	now := s.now().Unix() / codePeriod
	for step := now - 1; step <= now+1; step++ {
		ok, err := totp.ValidateCustom(code, key, time.Unix(step*codePeriod, 0).UTC(),
			totp.ValidateOpts{Period: codePeriod, Digits: otp.DigitsSix, Algorithm: hash.algorithm()})
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
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: s.name, AccountName: a.Email, Rand: s.random, SecretSize: codeKeySize, Algorithm: otp.AlgorithmSHA256,
	})
	if err != nil {
		return CodeSecret{}, err
	}
	if at.Pending, err = s.sealer.Seal("pending-code", a.ID, []byte(key.Secret())); err != nil {
		return CodeSecret{}, err
	}
	if err := s.keep(ctx, at); err != nil {
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
	if s.now().Sub(at.Begun) >= reproof || at.Client.Network != s.client.Network {
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
	hash := hashSHA256
	step := s.stepOf(hash, string(secret), code, 0)
	if step == 0 {
		hash = hashSHA1
		step = s.stepOf(hash, string(secret), code, 0)
	}
	switch {
	case step == 0:
		return Step{}, ErrRefused
	case hash == hashSHA1 && s.strict:
		return Step{}, fmt.Errorf("%w: this program makes codes by SHA-1, which is not used here any more; take another program, or a passkey", ErrInvalid)
	}
	if a.Code, err = s.sealer.Seal("code", a.ID, []byte(string(hash)+":"+string(secret))); err != nil {
		return Step{}, err
	}
	a.Step = step
	return s.advance(ctx, a, In, Change{Spent: []Digest{at.Digest}, EndAll: []string{a.ID}, Events: s.event(a.ID, "people.codes-on", "hash", string(hash))})
}
