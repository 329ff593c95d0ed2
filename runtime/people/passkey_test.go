package people_test

import (
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"github.com/tacet-lang/tacet/runtime/people"
)

// newKey is an RSA key, because the test authenticator writes one EC2 key in a hundred without its leading zeros, which a
// right server refuses.
func newKey() virtualwebauthn.Credential {
	return virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeRSA)
}

// browser answers WebAuthn ceremonies.
type browser struct {
	rp   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

func newBrowser(at string) *browser {
	u, err := url.Parse(at)
	if err != nil {
		panic(err)
	}
	return &browser{
		rp:   virtualwebauthn.RelyingParty{Name: "Lakeside", ID: u.Hostname(), Origin: at},
		auth: virtualwebauthn.NewAuthenticator(), key: newKey(),
	}
}

func (b *browser) create(t *testing.T, options []byte, owner string) []byte {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAttestationOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	b.auth.Options.UserHandle = []byte(owner)
	b.auth.AddCredential(b.key)
	return []byte(virtualwebauthn.CreateAttestationResponse(b.rp, b.auth, b.key, *parsed))
}

func (b *browser) get(t *testing.T, options []byte) []byte {
	t.Helper()
	parsed, err := virtualwebauthn.ParseAssertionOptions(string(options))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(virtualwebauthn.CreateAssertionResponse(b.rp, b.auth, b.key, *parsed))
}

func TestPasskey(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	b := newBrowser(origin)
	options, err := h.OfferPasskey(ctx, dana.token)
	if err != nil {
		t.Fatal(err)
	}
	in, err := h.TakePasskey(ctx, dana.token, b.create(t, options, dana.id))
	if err != nil {
		t.Fatal(err)
	}
	dana.token = in.Token
	h.visit(dana)

	door, options, err := h.OpenDoor(ctx)
	if err != nil {
		t.Fatal(err)
	}
	answer := b.get(t, options)
	if in, err = h.ShowPasskey(ctx, door, answer); err != nil {
		t.Fatal(err)
	}
	dana.token = in.Token
	if v := h.visit(dana); v.ID != dana.id {
		t.Errorf("%s is in, want %s", v.ID, dana.id)
	}
	if _, err := h.ShowPasskey(ctx, door, answer); !errors.Is(err, people.ErrRefused) {
		t.Errorf("an answer counts twice: %v", err)
	}
}

func TestPasskeyRefused(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	b := newBrowser(origin)
	options, err := h.OfferPasskey(ctx, dana.token)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.TakePasskey(ctx, dana.token, newBrowser("https://chat.lakes1de.example").create(t, options, dana.id)); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a passkey of another origin is added: %v", err)
	}
	in, err := h.TakePasskey(ctx, dana.token, b.create(t, options, dana.id))
	if err != nil {
		t.Fatal(err)
	}
	dana.token = in.Token
	for name, change := range map[string]func(*browser){
		"another key": func(b *browser) {
			other := newKey()
			other.ID = b.key.ID
			b.key = other
		},
		"another origin":      func(b *browser) { b.rp.Origin = "https://chat.lakes1de.example" },
		"nobody recognised":   func(b *browser) { b.auth.Options.UserNotVerified = true },
		"somebody not here":   func(b *browser) { b.auth.Options.UserHandle = []byte("nobody") },
		"of another ceremony": nil,
	} {
		door, options, err := h.OpenDoor(ctx)
		if err != nil {
			t.Fatal(err)
		}
		wrong := *b
		if change != nil {
			change(&wrong)
		} else if _, options, err = h.OpenDoor(ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := h.ShowPasskey(ctx, door, wrong.get(t, options)); !errors.Is(err, people.ErrRefused) {
			t.Errorf("%s: %v, want %v", name, err, people.ErrRefused)
		}
	}
	for _, answer := range []string{"", "{}", "null", `{"id":1}`} {
		door, _, err := h.OpenDoor(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.ShowPasskey(ctx, door, []byte(answer)); !errors.Is(err, people.ErrRefused) {
			t.Errorf("the answer %q: %v, want %v", answer, err, people.ErrRefused)
		}
	}
}

// TestFactorsChangeFresh: a session left open cannot be used to change how its owner signs in.
func TestFactorsChangeFresh(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(10 * time.Minute)
	if _, err := h.OfferPasskey(ctx, dana.token); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("OfferPasskey after ten minutes = %v, want %v", err, people.ErrInvalid)
	}
	if _, err := h.OfferCodes(ctx, dana.token); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("OfferCodes after ten minutes = %v, want %v", err, people.ErrInvalid)
	}
}
