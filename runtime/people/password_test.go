package people_test

import (
	"encoding/base32"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/tacet-lang/tacet/runtime/people"
)

func TestPasswords(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	link, _, err := h.FirstLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{
		"", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "lakeside2026!", "Dana2026Ortiz", "password12345", "qwertyuiop12", "manchesterunited", "StairwayToHeaven", "zbktitymrf809", "1qaz2wsx3edc4rfv", strings.Repeat("long pass", 40),
		"not \xff text at all",
	} {
		if _, err := h.MakeFirst(ctx, link, "Dana Ortiz", "dana@lakeside.example", password); !errors.Is(err, people.ErrInvalid) {
			t.Errorf("the password %q: %v, want %v", password, err, people.ErrInvalid)
		}
	}
	for _, who := range [][2]string{{"D", "dana@example.com"}, {"Dana Ortiz", "dana"}, {"Dana Ortiz", "Dana <dana@example.com>"}, {strings.Repeat("x", 81), "d@example.com"}} {
		if _, err := h.MakeFirst(ctx, link, who[0], who[1], phrase); !errors.Is(err, people.ErrInvalid) {
			t.Errorf("an account of %q: %v, want %v", who, err, people.ErrInvalid)
		}
	}
}

// TestPasswordsAsTheyAre: a long password of any signs is taken as it is, and nothing that is nearly it opens the account.
func TestPasswordsAsTheyAre(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	link, _, err := h.FirstLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	password := " Zwölf graue Reiher, 十二羽の灰色の鷺, \U0001F426 and <more>'\"; " + strings.Repeat("wading ", 20)
	if _, err := h.MakeFirst(ctx, link, "Dana Ortiz", "dana@lakeside.example", password); err != nil {
		t.Fatalf("a password of %d bytes: %v", len(password), err)
	}
	for what, tried := range map[string]string{
		"without the blank before": password[1:], "without the blank after": password[:len(password)-1], "in small letters": strings.ToLower(password),
		"the first 72 bytes": password[:72], "as it is": password,
	} {
		s, err := h.SignIn(ctx, "dana@lakeside.example", tried)
		if want := what == "as it is"; want != (err == nil) || want && s.Stage != people.MustAdd {
			t.Errorf("%s: %s, %v", what, s.Stage, err)
		}
		h.clock.wait(time.Hour) // wrong tries make the next one wait
	}
}

// TestHashIsRenewed: a hash with parameters of another day still opens, and is one of today's afterwards.
func TestHashIsRenewed(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	a, err := h.store.Account(ctx, practice, dana.id)
	if err != nil {
		t.Fatal(err)
	}
	today, salt := a.Password, []byte("0123456789abcdef")
	enc := base64.RawStdEncoding.EncodeToString
	a.Password = "$argon2id$v=19$m=1024,t=1,p=1$" + enc(salt) + "$" + enc(argon2.IDKey([]byte(phrase), salt, 1, 1024, 1, 32))
	if err := h.store.Apply(ctx, practice, people.Change{Accounts: []people.Account{a}}); err != nil {
		t.Fatal(err)
	}
	h.clock.wait(time.Minute)
	if _, err := h.SignIn(ctx, dana.email, phrase); err != nil {
		t.Fatal(err)
	}
	if a, err = h.store.Account(ctx, practice, dana.id); err != nil || a.Password[:30] != today[:30] {
		t.Errorf("the hash is %s, %v", a.Password, err)
	}
	h.clock.wait(time.Minute)
	if _, err := h.signIn(dana); err != nil {
		t.Errorf("after it was renewed: %v", err)
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	in, err := h.signIn(dana)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.ChangePassword(ctx, in.Token, phrase+"!", "nine loud geese leaving"); !errors.Is(err, people.ErrRefused) {
		t.Errorf("with a wrong password: %v", err)
	}
	if _, err := h.ChangePassword(ctx, in.Token, phrase, "short"); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("to a weak one: %v", err)
	}
	h.clock.wait(time.Minute)
	step, err := h.ChangePassword(ctx, in.Token, phrase, "nine loud geese leaving")
	if err != nil || step.Stage != people.In {
		t.Fatalf("got %+v, %v", step, err)
	}
	for name, token := range map[string]string{"the session before": in.Token, "another session": dana.token} {
		if _, err := h.Authenticate(ctx, token); !errors.Is(err, people.ErrRefused) {
			t.Errorf("%s goes on: %v", name, err)
		}
	}
	if _, err := h.Authenticate(ctx, step.Token); err != nil {
		t.Errorf("the new session: %v", err)
	}
	if _, err := h.SignIn(ctx, dana.email, phrase); !errors.Is(err, people.ErrRefused) {
		t.Errorf("the password before still opens: %v", err)
	}
	h.clock.wait(time.Minute)
	if _, err := h.SignIn(ctx, dana.email, "nine loud geese leaving"); err != nil {
		t.Errorf("the new password does not open: %v", err)
	}
	for h.clock.wait(10 * time.Minute); ; h.clock.wait(10 * time.Minute) { // in use all the time
		if _, err := h.Authenticate(ctx, step.Token); err != nil {
			break
		}
		if h.clock.Now().Sub(start) > people.Absolute+time.Hour {
			t.Fatal("a new password makes a session live longer")
		}
	}
}

// TestNothingSecretIsStored searches what is stored for what was used to sign in.
func TestNothingSecretIsStored(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	in, err := h.signIn(dana)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := base64.RawURLEncoding.DecodeString(in.Token); err != nil || len(b) != 32 || in.Token == dana.token {
		t.Errorf("a token of %d bytes, %v; want 32 that nobody was given before", len(b), err)
	}
	mei := h.join(dana, "Mei Chen", []people.Role{people.Clinician}, "nurses")
	for _, k := range []*member{dana, mei} { // RFC 4226 asks for 160 random bits
		if b, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(k.secret); err != nil || len(b) < 20 {
			t.Errorf("a secret of codes of %d bytes, %v", len(b), err)
		}
	}
	if dana.secret == mei.secret {
		t.Error("two people have one secret of codes")
	}
	all := h.store.Dump()
	for name, secret := range map[string]string{"password": phrase, "secret of codes": dana.secret, "token": in.Token} {
		if strings.Contains(all, secret) {
			t.Errorf("the %s is stored in clear", name)
		}
	}
	for _, e := range h.store.Events(practice) {
		if e.Action == "" || e.Actor == "" || e.At.IsZero() {
			t.Errorf("an entry without action, actor or time: %+v", e)
		}
	}
}
