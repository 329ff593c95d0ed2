package people

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Provider is the practice's own OpenID Connect provider. That its people sign in to it with two factors is the practice's
// word.
type Provider struct {
	Issuer   string
	verifier *oidc.IDTokenVerifier
	config   oauth2.Config
}

// Discover finds out about a provider (OpenID Connect Discovery 1.0). callback is our address that it sends people back
// to.
func Discover(ctx context.Context, issuer, clientID, clientSecret, callback string) (*Provider, error) {
	p, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", issuer, err)
	}
	return &Provider{
		Issuer:   issuer,
		verifier: p.Verifier(&oidc.Config{ClientID: clientID}),
		config: oauth2.Config{
			ClientID: clientID, ClientSecret: clientSecret, Endpoint: p.Endpoint(), RedirectURL: callback,
			Scopes: []string{oidc.ScopeOpenID, "email"},
		},
	}, nil
}

// journey is what is remembered while somebody is at the provider.
type journey struct{ State, Nonce, Verifier string }

// Leave begins a sign-in with the provider: the token of a session at the door, and where to send the browser. The
// authorization code flow is used with PKCE (RFC 7636), state and nonce.
func (s *Service) Leave(ctx context.Context) (token, address string, err error) {
	if s.provider == nil {
		return "", "", ErrForbidden
	}
	j := journey{Verifier: oauth2.GenerateVerifier()}
	if j.State, _, err = s.newToken(); err != nil {
		return "", "", err
	}
	if j.Nonce, _, err = s.newToken(); err != nil {
		return "", "", err
	}
	kept, err := json.Marshal(j)
	if err != nil {
		return "", "", err
	}
	if token, err = s.begin(ctx, Session{Stage: AtDoor, Pending: kept}, atDoor, nil); err != nil {
		return "", "", err
	}
	return token, s.provider.config.AuthCodeURL(j.State, oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier)), nil
}

// Return completes a sign-in with the provider. Nobody gets an account by it: the account must be there, and is found by the
// provider's own name for somebody or, the first time, by an address that the provider has verified.
func (s *Service) Return(ctx context.Context, token, state, code string) (Step, error) {
	at, err := s.session(ctx, token, AtDoor)
	if err != nil {
		return Step{}, err
	}
	var j journey
	if s.provider == nil || json.Unmarshal(at.Pending, &j) != nil || j.State == "" ||
		subtle.ConstantTimeCompare([]byte(j.State), []byte(state)) != 1 {
		return Step{}, ErrRefused
	}
	a, err := s.arrive(ctx, j, code)
	if errors.Is(err, ErrRefused) {
		if err := s.store.Apply(ctx, s.practice, Change{Ended: []Digest{at.Digest}, Events: s.event(nobody, "people.refused", "by", "provider")}); err != nil {
			return Step{}, err
		}
		return Step{}, ErrRefused
	}
	if err != nil {
		return Step{}, err
	}
	return s.advance(ctx, a, In, Change{Ended: []Digest{at.Digest}}, s.event(a.ID, "people.signed-in", "by", "provider"))
}

// arrive exchanges the code and finds the account.
func (s *Service) arrive(ctx context.Context, j journey, code string) (Account, error) {
	tokens, err := s.provider.config.Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return Account{}, ErrRefused
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return Account{}, ErrRefused
	}
	id, err := s.provider.verifier.Verify(ctx, raw)
	if err != nil || id.Nonce != j.Nonce {
		return Account{}, ErrRefused
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil {
		return Account{}, ErrRefused
	}
	subject := Subject{s.provider.Issuer, id.Subject}
	a, err := s.store.BySubject(ctx, s.practice, subject)
	if errors.Is(err, ErrNotFound) && claims.Verified && claims.Email != "" {
		if a, err = s.store.ByEmail(ctx, s.practice, strings.ToLower(claims.Email)); err == nil && a.Subject != (Subject{}) {
			return Account{}, ErrRefused // the address is somebody else's by now
		}
		a.Subject = subject
	}
	if errors.Is(err, ErrNotFound) || err == nil && a.Left {
		return Account{}, ErrRefused
	}
	return a, err
}
