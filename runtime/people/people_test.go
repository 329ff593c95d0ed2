package people_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

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
