package people

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

// passkeys returns what checks the ceremonies of W3C Web Authentication Level 3. Passkeys are discoverable and prove that
// their owner was there and was recognised, so that one alone is two factors.
func passkeys(origin, name string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	if err != nil {
		return nil, err
	}
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired,
		},
	})
}

// owner is an account as the ceremonies see it.
type owner struct{ a *Account }

func (o owner) WebAuthnID() []byte                         { return []byte(o.a.ID) }
func (o owner) WebAuthnName() string                       { return o.a.Email }
func (o owner) WebAuthnDisplayName() string                { return o.a.Name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.a.Passkeys }

// OfferPasskey begins to add a passkey and returns the options for navigator.credentials.create, as JSON.
func (s *Service) OfferPasskey(ctx context.Context, token string) ([]byte, error) {
	at, a, err := s.adding(ctx, token)
	if err != nil {
		return nil, err
	}
	var known []protocol.CredentialDescriptor
	for _, c := range a.Passkeys {
		known = append(known, c.Descriptor())
	}
	options, pending, err := s.keys.BeginRegistration(owner{&a}, webauthn.WithExclusions(known))
	if err != nil {
		return nil, err
	}
	return s.remember(ctx, at, options, pending)
}

// remember keeps what a ceremony needs until its answer comes.
func (s *Service) remember(ctx context.Context, at Session, options, pending any) ([]byte, error) {
	var err error
	if at.Pending, err = json.Marshal(pending); err != nil {
		return nil, err
	}
	if err := s.keep(ctx, at); err != nil {
		return nil, err
	}
	return json.Marshal(options)
}

// TakePasskey adds the passkey that the browser answered with.
func (s *Service) TakePasskey(ctx context.Context, token string, answer []byte) (Step, error) {
	at, a, err := s.adding(ctx, token)
	if err != nil {
		return Step{}, err
	}
	var pending webauthn.SessionData
	if json.Unmarshal(at.Pending, &pending) != nil {
		return Step{}, ErrRefused // nothing was offered
	}
	parsed, err := protocol.ParseCredentialCreationResponseBody(bytes.NewReader(answer))
	if err != nil {
		return Step{}, ErrRefused
	}
	c, err := s.keys.CreateCredential(owner{&a}, pending, parsed)
	if err != nil {
		return Step{}, ErrRefused
	}
	a.Passkeys = append(a.Passkeys, *c)
	return s.advance(ctx, a, In, Change{Spent: []Digest{at.Digest}, EndAll: []string{a.ID}, Events: s.event(a.ID, "people.passkey-added")})
}

// OpenDoor begins a sign-in by passkey: the token of a session at the door, and the options for navigator.credentials.get.
func (s *Service) OpenDoor(ctx context.Context) (token string, options []byte, err error) {
	if s.abroad {
		return "", nil, ErrForbidden
	}
	assertion, pending, err := s.keys.BeginDiscoverableLogin()
	if err != nil {
		return "", nil, err
	}
	kept, err := json.Marshal(pending)
	if err != nil {
		return "", nil, err
	}
	if options, err = json.Marshal(assertion); err != nil {
		return "", nil, err
	}
	token, err = s.begin(ctx, Session{Stage: AtDoor, Pending: kept}, atDoor, nil)
	return token, options, err
}

// ShowPasskey completes a sign-in by passkey.
func (s *Service) ShowPasskey(ctx context.Context, token string, answer []byte) (Step, error) {
	at, err := s.session(ctx, token, AtDoor)
	if err != nil {
		return Step{}, err
	}
	var pending webauthn.SessionData
	if json.Unmarshal(at.Pending, &pending) != nil {
		return Step{}, ErrRefused
	}
	parsed, err := protocol.ParseCredentialRequestResponseBody(bytes.NewReader(answer))
	if err != nil {
		return Step{}, ErrRefused
	}
	var a Account
	var broken error // of the store
	_, used, err := s.keys.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		found, err := s.account(ctx, string(handle))
		if err != nil && !errors.Is(err, ErrRefused) {
			broken = err
		}
		a = found
		return owner{&a}, err
	}, pending, parsed)
	if broken != nil {
		return Step{}, broken
	}
	if err != nil || used.Authenticator.CloneWarning {
		if err := s.store.Apply(ctx, s.practice, Change{Ended: []Digest{at.Digest}, Events: s.event(nobody, "people.refused", "by", "passkey")}); err != nil {
			return Step{}, err
		}
		return Step{}, ErrRefused
	}
	for i := range a.Passkeys {
		if bytes.Equal(a.Passkeys[i].ID, used.ID) {
			a.Passkeys[i] = *used
		}
	}
	return s.advance(ctx, a, In, Change{Spent: []Digest{at.Digest}, Events: s.event(a.ID, "people.signed-in", "by", "passkey")})
}
