package people_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	provider "github.com/hashicorp/cap/oidc"
	"golang.org/x/oauth2"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/people/peopletest"
)

const callback = origin + "/staff/return"

// verifier is a PKCE code verifier whose challenge the test has checked.
type verifier string

func (v verifier) Verifier() string                 { return string(v) }
func (v verifier) Challenge() string                { return challenge(string(v)) }
func (v verifier) Method() provider.ChallengeMethod { return provider.S256 }
func (v verifier) Copy() provider.CodeVerifier      { return v }

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// trip is somebody's way to the provider and back.
type trip struct {
	*house
	p           *provider.TestProvider
	ctx         context.Context
	token       string
	state, code string
	provider    *people.Provider
}

// abroad opens a practice with a provider, where a first account is.
func abroad(t *testing.T) (*trip, *member) {
	t.Helper()
	p := provider.StartTestProvider(t)
	p.SetClientCreds("tacet", "hush")
	p.SetAllowedRedirectURIs([]string{callback})
	p.SetExpectedSubject("dana-at-provider")
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, p.HTTPClient())
	found, err := people.Discover(ctx, p.Addr(), "tacet", "hush", callback)
	if err != nil {
		t.Fatal(err)
	}
	tr := &trip{house: open(t, people.Options{Provider: found}), p: p, ctx: ctx, provider: found}
	return tr, tr.first()
}

// leave goes to the provider, which sends back with a code.
func (tr *trip) leave(code string) {
	tr.t.Helper()
	var pending []byte
	tr.store.Fail = func(c people.Change) error {
		if len(c.Sessions) == 1 {
			pending = c.Sessions[0].Pending
		}
		return nil
	}
	token, address, err := tr.Leave(tr.ctx)
	tr.store.Fail = nil
	if err != nil {
		tr.t.Fatal(err)
	}
	var j struct{ State, Nonce, Verifier string }
	if err := json.Unmarshal(pending, &j); err != nil {
		tr.t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		tr.t.Fatal(err)
	}
	q := u.Query()
	if q.Get("code_challenge") != challenge(j.Verifier) || q.Get("code_challenge_method") != "S256" || q.Get("nonce") != j.Nonce || q.Get("max_age") != "3600" {
		tr.t.Fatalf("the address lacks PKCE, nonce or max_age: %s", address)
	}
	if want := strings.Join(tr.provider.ACR, " "); q.Get("acr_values") != want {
		tr.t.Fatalf("the address asks for %q, want %q", q.Get("acr_values"), want)
	}
	q.Set("scope", "openid") // the provider takes a list of scopes for the name of one
	u.RawQuery = q.Encode()
	tr.p.SetExpectedAuthCode(code)
	tr.p.SetExpectedAuthNonce(j.Nonce)
	tr.p.SetPKCEVerifier(verifier(j.Verifier))
	client := *tr.p.HTTPClient()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Get(u.String())
	if err != nil {
		tr.t.Fatal(err)
	}
	_ = res.Body.Close()
	back, err := res.Location()
	if err != nil {
		tr.t.Fatal(err)
	}
	tr.token, tr.state, tr.code = token, back.Query().Get("state"), back.Query().Get("code")
}

// says sets what the provider says, beside that somebody signed in just now with two factors.
func (tr *trip) says(claims map[string]any) {
	all := map[string]any{"auth_time": tr.clock.Now().Unix(), "amr": []string{"pwd", "otp"}}
	maps.Copy(all, claims)
	tr.p.SetCustomClaims(all)
}

func (tr *trip) back() (people.Step, error) { return tr.Return(tr.ctx, tr.token, tr.state, tr.code) }

func TestProvider(t *testing.T) {
	t.Parallel()
	tr, dana := abroad(t)
	tr.says(map[string]any{"email": "Dana@Lakeside.example", "email_verified": true})
	tr.leave("one")
	in, err := tr.back()
	if err != nil {
		t.Fatal(err)
	}
	if v, err := tr.Authenticate(ctx, in.Token); err != nil || v.ID != dana.id {
		t.Fatalf("Authenticate = %v, %v", v, err)
	}
	if _, err := tr.back(); !errors.Is(err, people.ErrRefused) {
		t.Errorf("coming back twice: %v", err)
	}

	// from now on the provider's own name for somebody counts, whatever the address is
	tr.says(map[string]any{"email": "d.ortiz@lakeside.example", "email_verified": true})
	tr.leave("two")
	if in, err = tr.back(); err != nil {
		t.Fatal(err)
	}
	if v, err := tr.Authenticate(ctx, in.Token); err != nil || v.ID != dana.id {
		t.Errorf("Authenticate = %v, %v", v, err)
	}

	// and somebody else who gets her address is not her
	tr.p.SetExpectedSubject("eve-at-provider")
	tr.says(map[string]any{"email": "dana@lakeside.example", "email_verified": true})
	tr.leave("three")
	if _, err := tr.back(); !errors.Is(err, people.ErrRefused) {
		t.Errorf("an address that went to somebody else: %v", err)
	}
}

func TestProviderRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*trip){
		"no account": func(tr *trip) {
			tr.says(map[string]any{"email": "eve@example.com", "email_verified": true})
		},
		"address not verified":  func(tr *trip) { tr.says(map[string]any{"email": "dana@lakeside.example"}) },
		"no address":            func(tr *trip) { tr.says(map[string]any{}) },
		"another state":         func(tr *trip) { tr.state += "x" },
		"no state":              func(tr *trip) { tr.state = "" },
		"another code":          func(tr *trip) { tr.code = "other" },
		"another verifier":      func(tr *trip) { tr.p.SetPKCEVerifier(verifier("other")) },
		"another nonce":         func(tr *trip) { tr.p.SetExpectedAuthNonce("other") },
		"for another client":    func(tr *trip) { tr.p.SetClientCreds("elsewhere", "hush") },
		"no token":              func(tr *trip) { tr.p.SetOmitIDTokens(true) },
		"an old token":          func(tr *trip) { tr.p.SetNowFunc(func() time.Time { return time.Now().Add(-time.Hour) }) },
		"provider out of order": func(tr *trip) { tr.p.SetDisableToken(true) },
		"too late":              func(tr *trip) { tr.clock.wait(5 * time.Minute) },
		"signed in there long ago": func(tr *trip) {
			tr.says(map[string]any{"email": "dana@lakeside.example", "email_verified": true, "auth_time": tr.clock.Now().Add(-2 * time.Hour).Unix()})
		},
		"signed in there some day": func(tr *trip) {
			tr.p.SetOmitAuthTimeClaim(true)
			tr.p.SetCustomClaims(map[string]any{"email": "dana@lakeside.example", "email_verified": true, "amr": []string{"mfa"}})
		},
		"will have signed in": func(tr *trip) {
			tr.says(map[string]any{"email": "dana@lakeside.example", "email_verified": true, "auth_time": tr.clock.Now().Add(time.Hour).Unix()})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr, _ := abroad(t)
			tr.says(map[string]any{"email": "dana@lakeside.example", "email_verified": true})
			tr.leave("one")
			spoil(tr)
			if _, err := tr.back(); !errors.Is(err, people.ErrRefused) {
				t.Errorf("Return = %v, want %v", err, people.ErrRefused)
			}
		})
	}
}

// TestProviderFactors: what a provider saw of somebody counts as what it says, and for one factor where it says nothing.
func TestProviderFactors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		acr    []string
		claims map[string]any
		want   people.Stage
	}{
		"two kinds":               {nil, map[string]any{"amr": []string{"pwd", "hwk"}}, people.In},
		"its word":                {nil, map[string]any{"amr": []string{"mfa"}}, people.In},
		"twice the same kind":     {nil, map[string]any{"amr": []string{"pwd", "pin"}}, people.NeedCode},
		"one":                     {nil, map[string]any{"amr": []string{"pwd"}}, people.NeedCode},
		"what nobody has defined": {nil, map[string]any{"amr": []string{"pwd", "telepathy"}}, people.NeedCode},
		"nothing":                 {nil, map[string]any{"amr": nil}, people.NeedCode},
		"the class asked for":     {[]string{"phr", "phrh"}, map[string]any{"acr": "phrh"}, people.In},
		"another class":           {[]string{"phr"}, map[string]any{"acr": "basic", "amr": []string{"mfa"}}, people.NeedCode},
		"no class":                {[]string{"phr"}, map[string]any{"amr": []string{"mfa"}}, people.NeedCode},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr, dana := abroad(t)
			tr.provider.ACR = c.acr
			tr.clock.wait(time.Minute)
			c.claims["email"], c.claims["email_verified"] = "dana@lakeside.example", true
			tr.says(c.claims)
			tr.leave("one")
			step, err := tr.back()
			if err != nil || step.Stage != c.want {
				t.Fatalf("Return = %s, %v, want %s", step.Stage, err, c.want)
			}
			if c.want == people.In {
				return
			}
			if _, err := tr.Authenticate(ctx, step.Token); !errors.Is(err, people.ErrRefused) {
				t.Errorf("in without a second factor: %v", err)
			}
			if step, err = tr.Code(ctx, step.Token, tr.house.code(dana)); err != nil || step.Stage != people.In {
				t.Errorf("Code = %s, %v", step.Stage, err)
			}
		})
	}
}

// TestProviderOnly: where staff sign in by the provider alone, no other way leads in, and what it does not vouch for does not either.
func TestProviderOnly(t *testing.T) {
	t.Parallel()
	tr, dana := abroad(t)
	only, err := people.New(people.Options{
		Practice: practice, Store: tr.store, Sealer: peopletest.Sealer{}, Now: tr.clock.Now, Origin: origin, Provider: tr.provider, ProviderOnly: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	link, err := tr.Reinvite(ctx, tr.visit(dana), dana.id)
	if err != nil {
		t.Fatal(err)
	}
	tr.Service = only
	if _, err := tr.SignIn(ctx, dana.email, phrase); !errors.Is(err, people.ErrForbidden) {
		t.Errorf("by password: %v", err)
	}
	if _, _, err := tr.OpenDoor(ctx); !errors.Is(err, people.ErrForbidden) {
		t.Errorf("by passkey: %v", err)
	}
	if _, err := tr.Accept(ctx, link, "another eleven quiet herons"); !errors.Is(err, people.ErrForbidden) {
		t.Errorf("by an invitation: %v", err)
	}
	for name, amr := range map[string][]string{"one factor": {"pwd"}, "two": {"pwd", "otp"}} {
		tr.says(map[string]any{"email": "dana@lakeside.example", "email_verified": true, "amr": amr})
		tr.leave(name)
		step, err := tr.back()
		if want := name == "two"; (err == nil && step.Stage == people.In) != want || err != nil && !errors.Is(err, people.ErrRefused) {
			t.Errorf("%s at the provider: %s, %v", name, step.Stage, err)
		}
	}
	if _, err := people.New(people.Options{Practice: practice, Origin: origin, ProviderOnly: true}); err == nil {
		t.Error("a provider alone, and there is none")
	}
}

// TestProviderTime: a sign-in at the provider is as old as it was there.
func TestProviderTime(t *testing.T) {
	t.Parallel()
	tr, _ := abroad(t)
	then := tr.clock.Now().Add(-50 * time.Minute)
	tr.says(map[string]any{"email": "dana@lakeside.example", "email_verified": true, "auth_time": then.Unix()})
	tr.leave("one")
	in, err := tr.back()
	if err != nil {
		t.Fatal(err)
	}
	v, err := tr.Authenticate(ctx, in.Token)
	if err != nil || !v.Began.Equal(then) || !v.Fresh(tr.clock.Now()) {
		t.Fatalf("began %v, fresh %t, %v; want %v", v.Began, v.Fresh(tr.clock.Now()), err, then)
	}
	tr.clock.wait(10 * time.Minute)
	if v.Fresh(tr.clock.Now()) {
		t.Error("an hour after the sign-in at the provider it is fresh")
	}
}

func TestProviderNone(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	if _, _, err := h.Leave(ctx); !errors.Is(err, people.ErrForbidden) {
		t.Errorf("Leave = %v, want %v", err, people.ErrForbidden)
	}
}
