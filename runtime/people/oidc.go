package people

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Provider is the practice's own OpenID Connect provider.
type Provider struct {
	Issuer string
	// ACR are the classes of authentication (acr) that count as two factors, and are asked for. Where the provider tells none of
	// them, its amr has to name two factors (RFC 8176); where it does not either, what it did counts as one, and our own second
	// factor is asked for.
	ACR      []string
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
	return token, s.provider.config.AuthCodeURL(j.State, s.provider.ask(j)...), nil
}

// providerAge is how long ago somebody may have signed in at the provider: as long as exports let pass.
const providerAge = time.Hour

func (p *Provider) ask(j journey) []oauth2.AuthCodeOption {
	list := []oauth2.AuthCodeOption{
		oidc.Nonce(j.Nonce), oauth2.S256ChallengeOption(j.Verifier),
		oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(providerAge/time.Second))),
	}
	if len(p.ACR) > 0 {
		list = append(list, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	return list
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
	a, shown, err := s.arrive(ctx, j, code)
	if errors.Is(err, ErrRefused) {
		if err := s.store.Apply(ctx, s.practice, Change{Ended: []Digest{at.Digest}, Events: s.event(nobody, "people.refused", "by", "provider")}); err != nil {
			return Step{}, err
		}
		return Step{}, ErrRefused
	}
	if err != nil {
		return Step{}, err
	}
	return s.believe(ctx, a, shown, Change{Spent: []Digest{at.Digest}})
}

// believe goes on as far as what was shown to the provider reaches.
func (s *Service) believe(ctx context.Context, a Account, shown claims, c Change) (Step, error) {
	switch {
	case s.provider.twoFactors(shown):
		c.Events = s.event(a.ID, "people.signed-in", "by", "provider")
		return s.advanceSince(ctx, a, In, c, time.Unix(shown.AuthTime, 0).UTC())
	case s.abroad:
		return Step{}, s.refuse(ctx, a.ID, "provider-without-second-factor")
	case a.Code != nil:
		c.Events = s.event(a.ID, "people.provider-right")
		return s.advance(ctx, a, NeedCode, c)
	case len(a.Passkeys) > 0: // which are a sign-in of their own
		return Step{}, s.refuse(ctx, a.ID, "provider-without-second-factor")
	}
	c.Events = s.event(a.ID, "people.provider-right")
	return s.advance(ctx, a, MustAdd, c)
}

// claims are what the provider says of a sign-in.
type claims struct {
	Email    string   `json:"email"`
	Verified bool     `json:"email_verified"`
	AuthTime int64    `json:"auth_time"`
	ACR      string   `json:"acr"`
	AMR      []string `json:"amr"`
}

// factors sorts the methods of RFC 8176 §2 by what they prove: something known, something had, something that one is.
var factors = map[string]string{
	"pwd": "known", "pin": "known", "kba": "known",
	"otp": "had", "hwk": "had", "swk": "had", "sms": "had", "tel": "had", "sc": "had", "pop": "had",
	"face": "is", "fpt": "is", "iris": "is", "retina": "is", "vbm": "is",
}

// twoFactors reports whether the provider says that it saw two factors.
func (p *Provider) twoFactors(c claims) bool {
	if len(p.ACR) > 0 {
		return slices.Contains(p.ACR, c.ACR)
	}
	kinds := map[string]bool{}
	for _, method := range c.AMR {
		if method == "mfa" {
			return true
		}
		if kind := factors[method]; kind != "" {
			kinds[kind] = true
		}
	}
	return len(kinds) > 1
}

// clockSkew is how far the provider's clock may be from ours.
const clockSkew = time.Minute

// arrive exchanges the code and finds the account.
func (s *Service) arrive(ctx context.Context, j journey, code string) (a Account, shown claims, err error) {
	tokens, err := s.provider.config.Exchange(ctx, code, oauth2.VerifierOption(j.Verifier))
	if err != nil {
		return a, shown, ErrRefused
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return a, shown, ErrRefused
	}
	id, err := s.provider.verifier.Verify(ctx, raw)
	if err != nil || id.Nonce != j.Nonce || id.Claims(&shown) != nil {
		return a, shown, ErrRefused
	}
	// asked for by max_age, so that it must be there (OpenID Connect Core 1.0 §2)
	if age := s.now().Sub(time.Unix(shown.AuthTime, 0)); shown.AuthTime == 0 || age < -clockSkew || age > providerAge+clockSkew {
		return a, shown, ErrRefused
	}
	a, err = s.named(ctx, Subject{s.provider.Issuer, id.Subject}, shown)
	return a, shown, err
}

// named finds the account of who the provider names.
func (s *Service) named(ctx context.Context, subject Subject, shown claims) (Account, error) {
	a, err := s.store.BySubject(ctx, s.practice, subject)
	if errors.Is(err, ErrNotFound) && shown.Verified && shown.Email != "" {
		if a, err = s.store.ByEmail(ctx, s.practice, strings.ToLower(shown.Email)); err == nil && a.Subject != (Subject{}) {
			return Account{}, ErrRefused // the address is somebody else's by now
		}
		a.Subject = subject
	}
	if errors.Is(err, ErrNotFound) || err == nil && a.Left {
		return Account{}, ErrRefused
	}
	return a, err
}
