package people_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/people/peopletest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	peopletest.Run(t, func(*testing.T) people.Store { return &peopletest.Memory{} })
}

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) wait(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const (
	practice = "lakeside"
	origin   = "https://chat.lakeside.example"
	phrase   = "seven quiet herons wading"
)

// start is when every house opens.
var start = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)

type house struct {
	*people.Service
	t      *testing.T
	clock  *clock
	store  *peopletest.Memory
	alerts []people.Alert
}

func open(t *testing.T, o people.Options) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{now: start}, store: &peopletest.Memory{}}
	o.Practice, o.Name, o.Store, o.Sealer, o.Now, o.Origin = practice, "Lakeside", h.store, peopletest.Sealer{}, h.clock.Now, origin
	if o.Alert == nil {
		o.Alert = func(a people.Alert) { h.alerts = append(h.alerts, a) }
	}
	s, err := people.New(o)
	if err != nil {
		t.Fatal(err)
	}
	h.Service = s
	return h
}

// member is somebody with what they sign in with.
type member struct {
	id, email, secret string
	token             string
}

func (h *house) code(m *member) string {
	h.t.Helper()
	return h.codeBy(m, otp.AlgorithmSHA256)
}

// codeBy is the code of a program that knows one hash.
func (h *house) codeBy(m *member, hash otp.Algorithm) string {
	h.t.Helper()
	c, err := totp.GenerateCodeCustom(m.secret, h.clock.Now(), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix, Algorithm: hash})
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// enrol adds one-time codes to a session that must add a second factor.
func (h *house) enrol(m *member, s people.Step) {
	h.t.Helper()
	if s.Stage != people.MustAdd {
		h.t.Fatalf("stage is %s, want %s", s.Stage, people.MustAdd)
	}
	offer, err := h.OfferCodes(ctx, s.Token)
	if err != nil {
		h.t.Fatal(err)
	}
	m.secret = offer.Secret
	in, err := h.TakeCodes(ctx, s.Token, h.code(m))
	if err != nil || in.Stage != people.In {
		h.t.Fatalf("TakeCodes = %s, %v", in.Stage, err)
	}
	m.token = in.Token
}

var ctx = context.Background()

// first makes the first account.
func (h *house) first() *member {
	h.t.Helper()
	link, ok, err := h.FirstLink(ctx)
	if err != nil || !ok {
		h.t.Fatalf("FirstLink = %t, %v", ok, err)
	}
	s, err := h.MakeFirst(ctx, link, "Dana Ortiz", "Dana@Lakeside.example", phrase)
	if err != nil {
		h.t.Fatal(err)
	}
	m := &member{email: "dana@lakeside.example"}
	h.enrol(m, s)
	m.id = h.visit(m).ID
	return m
}

func (h *house) visit(m *member) *people.Visit {
	h.t.Helper()
	v, err := h.Authenticate(ctx, m.token)
	if err != nil {
		h.t.Fatalf("Authenticate: %v", err)
	}
	return v
}

// join invites somebody, who comes in.
func (h *house) join(by *member, name string, roles []people.Role, teams ...string) *member {
	h.t.Helper()
	m := &member{email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@lakeside.example"}
	id, link, err := h.Invite(ctx, h.visit(by), people.Person{Name: name, Email: m.email, Roles: roles, Teams: teams})
	if err != nil {
		h.t.Fatal(err)
	}
	m.id = id
	s, err := h.Accept(ctx, link, phrase)
	if err != nil {
		h.t.Fatal(err)
	}
	h.enrol(m, s)
	return m
}

func (h *house) signIn(m *member) (people.Step, error) {
	s, err := h.SignIn(ctx, m.email, phrase)
	if err != nil {
		return s, err
	}
	if s.Stage != people.NeedCode {
		h.t.Fatalf("stage after the password is %s, want %s", s.Stage, people.NeedCode)
	}
	return h.Code(ctx, s.Token, h.code(m))
}

func TestFirstAccount(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	other, _, err := h.FirstLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	dana := h.first()
	if v := h.visit(dana); !v.Has(people.Admin) || !v.Has(people.Compliance) || v.Email != "dana@lakeside.example" {
		t.Errorf("the first account is %+v", v.Person)
	}
	if _, ok, err := h.FirstLink(ctx); ok || err != nil {
		t.Errorf("a second link is made: %t, %v", ok, err)
	}
	if _, err := h.MakeFirst(ctx, other, "Eve", "eve@example.com", phrase); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a second first account: %v", err)
	}
}

func TestFirstLinkEnds(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	link, _, err := h.FirstLink(ctx)
	if err != nil {
		t.Fatal(err)
	}
	h.clock.wait(24 * time.Hour)
	if _, err := h.MakeFirst(ctx, link, "Dana Ortiz", "dana@example.com", phrase); !errors.Is(err, people.ErrRefused) {
		t.Errorf("MakeFirst after a day = %v, want %v", err, people.ErrRefused)
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(people.Idle - time.Second)
	h.visit(dana) // and is seen
	h.clock.wait(people.Idle - time.Second)
	h.visit(dana)
	h.clock.wait(people.Idle)
	for range 2 { // the second time with a clock that was set back
		if _, err := h.Authenticate(ctx, dana.token); !errors.Is(err, people.ErrRefused) {
			t.Errorf("after %v without use: %v, want %v", people.Idle, err, people.ErrRefused)
		}
		h.clock.wait(-10 * time.Minute)
	}
	h.clock.wait(20 * time.Minute)
	s, err := h.signIn(dana)
	if err != nil {
		t.Fatal(err)
	}
	dana.token = s.Token
	for at := time.Duration(0); at < people.Absolute-10*time.Minute; at += 10 * time.Minute {
		h.visit(dana)
		h.clock.wait(10 * time.Minute)
	}
	h.visit(dana)
	h.clock.wait(10 * time.Minute)
	if _, err := h.Authenticate(ctx, dana.token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("after %v: %v, want %v", people.Absolute, err, people.ErrRefused)
	}
}

// TestClocksApart: of two servers an hour apart neither lets a session live longer than its own clock would.
func TestClocksApart(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(14 * time.Minute)
	h.visit(dana)
	h.clock.wait(-14 * time.Minute) // by a server that is behind by less than a session's rest
	h.visit(dana)
	for _, apart := range []time.Duration{time.Hour, -time.Hour} {
		h.clock.wait(2 * time.Minute) // a code counts once
		s, err := h.signIn(dana)
		if err != nil {
			t.Fatal(err)
		}
		h.clock.wait(apart)
		if _, err := h.Authenticate(ctx, s.Token); !errors.Is(err, people.ErrRefused) {
			t.Errorf("by a clock %v ahead: %v, want %v", apart, err, people.ErrRefused)
		}
		h.clock.wait(-apart)
		if _, err := h.Authenticate(ctx, s.Token); !errors.Is(err, people.ErrRefused) {
			t.Errorf("back again from %v ahead: %v, want %v", apart, err, people.ErrRefused)
		}
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	here := dana.token
	h.clock.wait(time.Minute)
	there, err := h.signIn(dana)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.SignOut(ctx, here); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, here); !errors.Is(err, people.ErrRefused) {
		t.Errorf("signed out, but %v", err)
	}
	dana.token = there.Token
	if err := h.SignOutEverywhere(ctx, h.visit(dana), dana.id); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, there.Token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("signed out everywhere, but %v", err)
	}
	if err := h.SignOut(ctx, "nonsense"); err != nil {
		t.Errorf("SignOut(nonsense) = %v", err)
	}
}

// TestTokenPerStage: a token that was known before a stage opens nothing after it.
func TestTokenPerStage(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	half, err := h.SignIn(ctx, dana.email, phrase)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, half.Token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a password alone is in: %v", err)
	}
	if _, err := h.OfferCodes(ctx, half.Token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a password alone can replace the second factor: %v", err)
	}
	in, err := h.Code(ctx, half.Token, h.code(dana))
	if err != nil {
		t.Fatal(err)
	}
	if in.Token == half.Token {
		t.Error("the token stays the same")
	}
	if _, err := h.Code(ctx, half.Token, h.code(dana)); !errors.Is(err, people.ErrRefused) {
		t.Errorf("the token of the stage before still works: %v", err)
	}
}

func TestCodeCountsOnce(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	code := h.code(dana)
	if _, err := h.signIn(dana); err != nil {
		t.Fatal(err)
	}
	s, err := h.SignIn(ctx, dana.email, phrase)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Code(ctx, s.Token, code); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a code is taken twice: %v", err)
	}
	h.clock.wait(30 * time.Second)
	if _, err := h.Code(ctx, s.Token, h.code(dana)); err != nil {
		t.Errorf("the next code: %v", err)
	}
}

func TestGuessing(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	tries := 0
	for range 2000 { // once a second
		_, err := h.SignIn(ctx, dana.email, "wrong wrong wrong")
		var w *people.Waiting
		switch {
		case errors.As(err, &w):
		case errors.Is(err, people.ErrRefused):
			tries++
		default:
			t.Fatalf("SignIn = %v", err)
		}
		h.clock.wait(time.Second)
	}
	if tries > 15 {
		t.Errorf("%d passwords were tried in half an hour, want few", tries)
	}
	h.clock.wait(15 * time.Minute)
	if _, err := h.signIn(dana); err != nil {
		t.Errorf("the owner is locked out: %v", err)
	}
}

// TestGuessingAtOnce: tries at the same moment do not get around the wait.
func TestGuessingAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	s, err := h.SignIn(ctx, dana.email, phrase)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	looked := 0
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			_, err := h.Code(ctx, s.Token, fmt.Sprintf("%06d", i))
			var w *people.Waiting
			if !errors.As(err, &w) {
				mu.Lock()
				defer mu.Unlock()
				looked++
			}
		})
	}
	wg.Wait()
	if looked > 4 {
		t.Errorf("%d of 50 codes at one moment were looked at", looked)
	}
}

// TestNobodyLearnsWhoIsThere: an address without an account is answered as one with.
func TestNobodyLearnsWhoIsThere(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Hour)
	answers := func(email string) (out []string) {
		for range 8 {
			_, err := h.SignIn(ctx, email, "wrong wrong wrong")
			out = append(out, fmt.Sprint(err))
		}
		return out
	}
	got, want := answers("nobody@lakeside.example"), answers(dana.email)
	if !slices.Equal(got, want) {
		t.Errorf("answers without an account %q, with one %q", got, want)
	}
}

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

func TestLeaving(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	mei := h.join(dana, "Mei Chen", []people.Role{people.Coordinator}, "coordinators")
	v := h.visit(mei)
	if err := h.Edit(ctx, v, people.Person{ID: mei.id, Roles: []people.Role{people.Admin}}); !errors.Is(err, people.ErrForbidden) {
		t.Errorf("a coordinator made herself admin: %v", err)
	}
	gone := v.Person
	gone.Left = true
	if err := h.Edit(ctx, h.visit(dana), gone); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, mei.token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("somebody who left is in: %v", err)
	}
	h.clock.wait(time.Minute)
	if _, err := h.SignIn(ctx, mei.email, phrase); !errors.Is(err, people.ErrRefused) {
		t.Errorf("somebody who left signs in: %v", err)
	}
	a, err := h.store.Account(ctx, practice, dana.id)
	if err != nil {
		t.Fatal(err)
	}
	a.Left = true // by whatever way, without its sessions
	if err := h.store.Apply(ctx, practice, people.Change{Accounts: []people.Account{a}}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, dana.token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a session outlives its account: %v", err)
	}
	a.Left, a.Version = false, a.Version+1
	if err := h.store.Apply(ctx, practice, people.Change{Accounts: []people.Account{a}}); err != nil {
		t.Fatal(err)
	}
	self := h.visit(dana).Person
	self.Roles = append(self.Roles, people.Clinician)
	for range 2 { // the second time nothing is new
		if err := h.Edit(ctx, h.visit(dana), self); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(h, "people.own-roles"); n != 1 {
		t.Errorf("%d entries that somebody gave themselves a role, want 1", n)
	}
	self.Left = true
	if err := h.Edit(ctx, h.visit(dana), self); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("the last who manages people left: %v", err)
	}
}

func TestInvitation(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	mei := h.join(dana, "Mei Chen", []people.Role{people.Clinician}, "nurses")
	by := h.visit(dana)
	if _, _, err := h.Invite(ctx, by, people.Person{Name: "Mei Chen", Email: mei.email, Roles: []people.Role{people.Admin}}); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("a second account with one address: %v", err)
	}
	if _, _, err := h.Invite(ctx, by, people.Person{Name: "Tom Baker", Email: "tom@example.com", Roles: []people.Role{"boss"}}); !errors.Is(err, people.ErrInvalid) {
		t.Errorf("a role that does not exist: %v", err)
	}
	if _, _, err := h.Invite(ctx, h.visit(mei), people.Person{Name: "Tom Baker", Email: "tom@example.com", Roles: []people.Role{people.Admin}}); !errors.Is(err, people.ErrForbidden) {
		t.Errorf("a clinician invites: %v", err)
	}
	link, err := h.Reinvite(ctx, by, mei.id)
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.Accept(ctx, link, "another eleven quiet herons")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Authenticate(ctx, mei.token); !errors.Is(err, people.ErrRefused) {
		t.Errorf("a session from before the new password goes on: %v", err)
	}
	if _, err := h.Accept(ctx, link, "another eleven quiet herons"); !errors.Is(err, people.ErrRefused) {
		t.Errorf("an invitation works twice: %v", err)
	}
	h.enrol(mei, s)
	h.visit(mei)
}

// TestNoEntryNoEntry: where the trail cannot be written, nobody gets in.
func TestNoEntryNoEntry(t *testing.T) {
	t.Parallel()
	h := open(t, people.Options{})
	dana := h.first()
	h.clock.wait(time.Minute)
	down := errors.New("the trail cannot be written")
	h.store.Fail = func(c people.Change) error {
		if len(c.Events) > 0 {
			return down
		}
		return nil
	}
	if _, err := h.SignIn(ctx, dana.email, phrase); !errors.Is(err, down) {
		t.Errorf("SignIn = %v, want %v", err, down)
	}
	if _, err := h.SignIn(ctx, dana.email, "wrong wrong wrong"); !errors.Is(err, down) {
		t.Errorf("a wrong password is answered without an entry: %v", err)
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

func FuzzTokens(f *testing.F) {
	f.Add("", "")
	f.Add("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "000000")
	f.Fuzz(func(t *testing.T, token, answer string) {
		h := open(t, people.Options{})
		for _, try := range []func() error{
			func() error { _, err := h.Authenticate(ctx, token); return err },
			func() error { _, err := h.Code(ctx, token, answer); return err },
			func() error { _, err := h.TakeCodes(ctx, token, answer); return err },
			func() error { _, err := h.ShowPasskey(ctx, token, []byte(answer)); return err },
			func() error { _, err := h.Accept(ctx, token, answer); return err },
			func() error { _, err := h.Return(ctx, token, answer, answer); return err },
		} {
			if err := try(); !errors.Is(err, people.ErrRefused) {
				t.Errorf("token %q, answer %q: %v, want %v", token, answer, err, people.ErrRefused)
			}
		}
	})
}
