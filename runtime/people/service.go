package people

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
)

// Sealer seals what must not lie open in a database. Column and person are bound to what is sealed, so that nothing sealed
// for one place can be read in another.
type Sealer interface {
	Seal(column, person string, plain []byte) ([]byte, error)
	Open(column, person string, sealed []byte) ([]byte, error)
}

// Alert is something that the compliance owner is told of at once.
type Alert struct {
	Kind         string
	Person       Person
	Conversation string
	At           time.Time
}

// Options wires a Service. Practice, Store, Sealer, Now and Origin are required.
type Options struct {
	Practice string
	Name     string // of the practice, as sign-in pages and authenticator apps show it
	Store    Store
	Sealer   Sealer
	Now      func() time.Time
	Random   io.Reader   // nil: crypto/rand
	Origin   string      // that staff reach the server at, "https://chat.example.com"; passkeys are bound to it
	Provider *Provider   // nil: no sign-in with the practice's own provider
	Alert    func(Alert) // nil: nobody is told
	Courses  map[Role]string
	// ProviderOnly lets staff in by the provider alone, and only where it says that it saw two factors: what it demands of devices and
	// places cannot be got around by a password here. The first account is still made by its link.
	ProviderOnly bool
	// StrictCodes refuses programs for one-time codes that know SHA-1 only.
	StrictCodes bool
}

// Service signs people in. Safe for concurrent use.
type Service struct {
	practice, name string
	store          Store
	sealer         Sealer
	now            func() time.Time
	random         io.Reader
	keys           *webauthn.WebAuthn
	provider       *Provider
	alert          func(Alert)
	courses        map[Role]string
	strict, abroad bool        // StrictCodes, ProviderOnly
	strangers      *sync.Mutex // one try under an address without an account is counted at a time
	client         Client
}

// New returns a Service.
func New(o Options) (*Service, error) {
	if o.ProviderOnly && o.Provider == nil {
		return nil, errors.New("people: staff are to sign in by a provider, and there is none")
	}
	keys, err := passkeys(o.Origin, o.Name)
	if err != nil {
		return nil, fmt.Errorf("origin %q: %w", o.Origin, err)
	}
	s := &Service{
		practice: o.Practice, name: o.Name, store: o.Store, sealer: o.Sealer, now: o.Now, random: o.Random, keys: keys,
		provider: o.Provider, alert: o.Alert, courses: o.Courses, strict: o.StrictCodes, abroad: o.ProviderOnly, strangers: new(sync.Mutex),
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.alert == nil {
		s.alert = func(Alert) {}
	}
	return s, nil
}

// May decides whether a visitor may do something.
func (s *Service) May(v *Visit, a Action, t Target) bool { return v != nil && v.May(a, t, s.courses) }

// may is May for what is about no conversation.
func (s *Service) may(v *Visit, a Action) bool { return s.May(v, a, Target{Practice: s.practice}) }

// event returns one entry of the trail; detail is names and values in turn.
func (s *Service) event(actor, action string, detail ...string) []Event {
	e := Event{At: s.now(), Actor: actor, Action: action, Detail: map[string]string{}}
	for i := 0; i+1 < len(detail); i += 2 {
		e.Detail[detail[i]] = detail[i+1]
	}
	return []Event{e}
}

// nobody is the actor before anybody has signed in.
const nobody = "nobody"

// FirstLink returns a token with which the first account of a practice is made, for whoever starts the server; ok is false
// where there are accounts. It works once, for a day; asking again makes a new one.
func (s *Service) FirstLink(ctx context.Context) (token string, ok bool, err error) {
	all, err := s.store.Accounts(ctx, s.practice)
	if err != nil || len(all) > 0 {
		return "", false, err
	}
	token, err = s.begin(ctx, Session{Stage: SetUp}, setUp, s.event(nobody, "people.set-up-link"))
	return token, err == nil, err
}

// begin stores a new session and returns its token.
func (s *Service) begin(ctx context.Context, v Session, life time.Duration, events []Event) (string, error) {
	token, d, err := s.newToken()
	if err != nil {
		return "", err
	}
	now := s.now()
	v.Digest, v.Begun, v.Seen, v.Ends, v.Client = d, now, now, now.Add(life), s.client
	return token, s.store.Apply(ctx, s.practice, Change{Sessions: []Session{v}, Events: events})
}

// MakeFirst makes the first account, which manages people and owns the policy, with the token of FirstLink.
func (s *Service) MakeFirst(ctx context.Context, token, name, email, password string) (Step, error) {
	link, err := s.session(ctx, token, SetUp)
	if err != nil {
		return Step{}, err
	}
	all, err := s.store.Accounts(ctx, s.practice)
	if err != nil {
		return Step{}, err
	}
	if len(all) > 0 { // a second link of the same day
		return Step{}, ErrRefused
	}
	a, err := s.newAccount(name, email, []Role{Admin, Compliance}, nil)
	if err != nil {
		return Step{}, err
	}
	if err := checkPassword(password, &a.Person); err != nil {
		return Step{}, err
	}
	if a.Password, err = hashPassword(password, s.random); err != nil {
		return Step{}, err
	}
	c := Change{Spent: []Digest{link.Digest}, EndAll: []string{""}} // other links of the day end too
	c.Events = s.event(a.ID, "people.added", "person", a.ID, "roles", roleList(a.Roles))
	return s.advance(ctx, a, MustAdd, c)
}

// newAccount checks what is known of somebody.
func (s *Service) newAccount(name, email string, roles []Role, teams []string) (Account, error) {
	a := Account{Person: Person{Practice: s.practice, Name: strings.TrimSpace(name), Teams: teams}}
	if n := len([]rune(a.Name)); n < 2 || n > 80 {
		return Account{}, fmt.Errorf("%w: a name has 2 to 80 characters", ErrInvalid)
	}
	address, err := mail.ParseAddress(strings.TrimSpace(email))
	if err != nil || address.Name != "" || len(email) > 254 {
		return Account{}, fmt.Errorf("%w: this is not an e-mail address", ErrInvalid)
	}
	a.Email = strings.ToLower(address.Address)
	if a.Roles, err = checkRoles(roles); err != nil {
		return Account{}, err
	}
	b := make([]byte, 10)
	if _, err := io.ReadFull(s.random, b); err != nil {
		return Account{}, err
	}
	a.ID = strings.ToLower(base32.StdEncoding.EncodeToString(b))
	return a, nil
}

func checkRoles(roles []Role) ([]Role, error) {
	roles = slices.Clone(roles)
	slices.Sort(roles)
	roles = slices.Compact(roles)
	for _, r := range roles {
		if !slices.Contains(Roles, r) {
			return nil, fmt.Errorf("%w: there is no such role", ErrInvalid)
		}
	}
	if len(roles) == 0 {
		return nil, fmt.Errorf("%w: everybody has at least one role", ErrInvalid)
	}
	return roles, nil
}

func roleList(roles []Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, " ")
}

// Invite makes an account and returns a token with which its owner chooses a password. Every account is one person's (45
// CFR 164.312(a)(2)(i)).
func (s *Service) Invite(ctx context.Context, v *Visit, p Person) (id, token string, err error) {
	if !s.may(v, ManagePeople) {
		return "", "", ErrForbidden
	}
	a, err := s.newAccount(p.Name, p.Email, p.Roles, p.Teams)
	if err != nil {
		return "", "", err
	}
	switch _, err := s.store.ByEmail(ctx, s.practice, a.Email); {
	case err == nil:
		return "", "", fmt.Errorf("%w: somebody has this address already", ErrInvalid)
	case !errors.Is(err, ErrNotFound):
		return "", "", err
	}
	token, d, err := s.newToken()
	if err != nil {
		return "", "", err
	}
	now := s.now()
	link := Session{Digest: d, Person: a.ID, Stage: Invited, Begun: now, Seen: now, Ends: now.Add(invited)}
	return a.ID, token, s.store.Apply(ctx, s.practice, Change{
		Accounts: []Account{a}, Sessions: []Session{link},
		Events: s.event(v.ID, "people.added", "person", a.ID, "roles", roleList(a.Roles)),
	})
}

// Accept chooses the password of an invited account.
func (s *Service) Accept(ctx context.Context, token, password string) (Step, error) {
	if s.abroad {
		return Step{}, ErrForbidden
	}
	link, err := s.session(ctx, token, Invited)
	if err != nil {
		return Step{}, err
	}
	a, err := s.account(ctx, link.Person)
	if err != nil {
		return Step{}, err
	}
	if err := checkPassword(password, &a.Person); err != nil {
		return Step{}, err
	}
	if a.Password, err = hashPassword(password, s.random); err != nil {
		return Step{}, err
	}
	a.Code, a.Passkeys = nil, nil // an invitation to an account that had them replaces what was lost
	c := Change{Spent: []Digest{link.Digest}, EndAll: []string{a.ID}, Events: s.event(a.ID, "people.password-set")}
	return s.advance(ctx, a, MustAdd, c)
}

// Edit changes somebody's roles, teams and whether they work here. What they may do changes at once. Nobody can leave the
// practice without anybody who manages people.
func (s *Service) Edit(ctx context.Context, v *Visit, p Person) error {
	if !s.may(v, ManagePeople) {
		return ErrForbidden
	}
	roles, err := checkRoles(p.Roles)
	if err != nil {
		return err
	}
	all, err := s.store.Accounts(ctx, s.practice)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a Account) bool { return a.ID == p.ID })
	if i < 0 {
		return ErrNotFound
	}
	raised := p.ID == v.ID && slices.ContainsFunc(roles, func(r Role) bool { return !all[i].Has(r) })
	all[i].Roles, all[i].Teams, all[i].Left = roles, p.Teams, p.Left
	if !slices.ContainsFunc(all, func(a Account) bool { return !a.Left && a.Has(Admin) }) {
		return fmt.Errorf("%w: somebody has to manage people", ErrInvalid)
	}
	c := Change{Accounts: []Account{all[i]}, Events: s.event(v.ID, "people.changed", "person", p.ID, "roles", roleList(roles),
		"left", fmt.Sprint(p.Left))}
	if raised { // which nobody forbids where one person runs a practice, and somebody else must hear of
		c.Events = append(c.Events, s.event(v.ID, "people.own-roles", "roles", roleList(roles))...)
	}
	if p.Left {
		c.EndAll = []string{p.ID}
	}
	return s.store.Apply(ctx, s.practice, c)
}

// Reinvite returns a token with which somebody who lost their means of signing in chooses new ones.
func (s *Service) Reinvite(ctx context.Context, v *Visit, person string) (string, error) {
	if !s.may(v, ManagePeople) {
		return "", ErrForbidden
	}
	a, err := s.account(ctx, person)
	if err != nil {
		return "", err
	}
	return s.begin(ctx, Session{Person: a.ID, Stage: Invited}, invited, s.event(v.ID, "people.reinvited", "person", a.ID))
}

// People lists who has an account, for who manages people or reviews who saw what.
func (s *Service) People(ctx context.Context, v *Visit) ([]Person, error) {
	if !s.may(v, ManagePeople) && !s.may(v, ViewAudit) {
		return nil, ErrForbidden
	}
	all, err := s.store.Accounts(ctx, s.practice)
	if err != nil {
		return nil, err
	}
	out := make([]Person, len(all))
	for i, a := range all {
		out[i] = a.Person
	}
	return out, nil
}

// Acknowledge notes that somebody has taken the course of a role they have.
func (s *Service) Acknowledge(ctx context.Context, v *Visit, r Role) error {
	course := s.courses[r]
	if !v.Has(r) || course == "" {
		return fmt.Errorf("%w: there is no course for this role", ErrInvalid)
	}
	if v.TrainedFor(r, course) {
		return nil
	}
	a, err := s.account(ctx, v.ID)
	if err != nil {
		return err
	}
	a.Trained = append(slices.Clone(a.Trained), Training{r, course, s.now()})
	err = s.store.Apply(ctx, s.practice, Change{
		Accounts: []Account{a}, Events: s.event(v.ID, "training.acknowledged", "role", string(r), "course", course),
	})
	if err == nil {
		v.Trained = a.Trained
	}
	return err
}
