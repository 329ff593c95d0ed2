package peopletest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/people"
)

const practice = "lakeside"

var now = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)

// Run holds a store to what people.Store promises. open returns an empty one.
func Run(t *testing.T, open func(t *testing.T) people.Store) {
	for name, test := range map[string]func(*testing.T, people.Store){
		"account is as stored":              keepsAccounts,
		"stale account changes nothing":     refusesStale,
		"one of many changes wins":          oneWins,
		"sessions end":                      endsSessions,
		"practices do not see one another":  keepsApart,
		"addresses are one person's":        uniqueEmail,
		"what is not there is not found":    findsNothing,
		"a failed change leaves no session": allOrNothing,
		"what works once works once":        spendsOnce,
		"sessions of one person":            listsSessions,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func account(id, email string) people.Account {
	return people.Account{
		Person: people.Person{
			ID: id, Practice: practice, Name: "Dana Ortiz", Email: email, Roles: []people.Role{people.Coordinator, people.Clinician},
			Teams: []string{"nurses"}, Trained: []people.Training{{Role: people.Clinician, Course: "2026-01", At: now}},
		},
		Password: "$argon2id$", Code: []byte{1, 2, 3}, Step: 7, Subject: people.Subject{Issuer: "https://id.example", ID: id},
		Passwords: people.Failures{N: 2, Last: now}, Codes: people.Failures{N: 1, Last: now},
	}
}

func apply(t *testing.T, s people.Store, c people.Change) {
	t.Helper()
	if err := s.Apply(context.Background(), practice, c); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

func keepsAccounts(t *testing.T, s people.Store) {
	want := account("a", "dana@example.com")
	apply(t, s, people.Change{Accounts: []people.Account{want}, Events: []people.Event{{At: now, Actor: "nobody", Action: "people.added"}}})
	want.Version = 1
	ctx := context.Background()
	for name, find := range map[string]func() (people.Account, error){
		"Account":   func() (people.Account, error) { return s.Account(ctx, practice, "a") },
		"ByEmail":   func() (people.Account, error) { return s.ByEmail(ctx, practice, want.Email) },
		"BySubject": func() (people.Account, error) { return s.BySubject(ctx, practice, want.Subject) },
		"Accounts": func() (people.Account, error) {
			all, err := s.Accounts(ctx, practice)
			if err != nil || len(all) != 1 {
				return people.Account{}, errors.Join(err, errors.New("not one account"))
			}
			return all[0], nil
		},
	} {
		got, err := find()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

func refusesStale(t *testing.T, s people.Store) {
	a := account("a", "dana@example.com")
	apply(t, s, people.Change{Accounts: []people.Account{a}})
	for _, version := range []int64{0, 2} {
		stale := a
		stale.Version, stale.Name = version, "Somebody Else"
		err := s.Apply(context.Background(), practice, people.Change{
			Accounts: []people.Account{stale}, Sessions: []people.Session{{Digest: people.Digest{9}, Person: "a", Stage: people.In, Begun: now, Seen: now, Ends: now}},
		})
		if !errors.Is(err, people.ErrStale) {
			t.Errorf("Apply(version %d onto 1) = %v, want %v", version, err, people.ErrStale)
		}
	}
	got, err := s.Account(context.Background(), practice, "a")
	if err != nil || got.Name != a.Name || got.Version != 1 {
		t.Errorf("the account is %q at version %d, %v", got.Name, got.Version, err)
	}
	if _, err := s.Session(context.Background(), practice, people.Digest{9}); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("the session of a change that failed is there: %v", err)
	}
}

func oneWins(t *testing.T, s people.Store) {
	apply(t, s, people.Change{Accounts: []people.Account{account("a", "dana@example.com")}})
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			a := account("a", "dana@example.com")
			a.Version = 1
			switch err := s.Apply(context.Background(), practice, people.Change{Accounts: []people.Account{a}}); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, people.ErrStale):
				t.Errorf("Apply = %v", err)
			}
		})
	}
	wg.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d of 20 changes of one version were stored, want 1", n)
	}
}

func session(d byte, person string) people.Session {
	return people.Session{
		Digest: people.Digest{d}, Person: person, Stage: people.In, Begun: now, Seen: now, Ends: now.Add(time.Hour), Pending: []byte("{}"),
		Glass: []people.Glass{{Conversation: "c1", Until: now}},
	}
}

func endsSessions(t *testing.T, s people.Store) {
	apply(t, s, people.Change{Sessions: []people.Session{session(1, "a"), session(2, "a"), session(3, "b")}})
	got, err := s.Session(context.Background(), practice, people.Digest{1})
	if d := cmp.Diff(session(1, "a"), got); err != nil || d != "" {
		t.Errorf("session is not as stored: %v\n%s", err, d)
	}
	later := session(1, "a")
	later.Seen = now.Add(time.Minute)
	apply(t, s, people.Change{Sessions: []people.Session{later}})
	if got, err := s.Session(context.Background(), practice, people.Digest{1}); err != nil || !got.Seen.Equal(later.Seen) {
		t.Errorf("a session stored over was seen %v, %v; want %v", got.Seen, err, later.Seen)
	}
	apply(t, s, people.Change{EndAll: []string{"a"}, Sessions: []people.Session{session(4, "a")}})
	apply(t, s, people.Change{Ended: []people.Digest{{3}}})
	for d, want := range map[byte]bool{1: false, 2: false, 3: false, 4: true} {
		_, err := s.Session(context.Background(), practice, people.Digest{d})
		if (err == nil) != want || err != nil && !errors.Is(err, people.ErrNotFound) {
			t.Errorf("session %d: %v, want it to be there: %t", d, err, want)
		}
	}
}

func keepsApart(t *testing.T, s people.Store) {
	a := account("a", "dana@example.com")
	apply(t, s, people.Change{Accounts: []people.Account{a}, Sessions: []people.Session{session(1, "a")}})
	ctx := context.Background()
	if _, err := s.Account(ctx, "other", "a"); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("Account of another practice: %v", err)
	}
	if _, err := s.ByEmail(ctx, "other", a.Email); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("ByEmail of another practice: %v", err)
	}
	if _, err := s.BySubject(ctx, "other", a.Subject); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("BySubject of another practice: %v", err)
	}
	if _, err := s.Session(ctx, "other", people.Digest{1}); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("Session of another practice: %v", err)
	}
	if all, err := s.Accounts(ctx, "other"); err != nil || len(all) != 0 {
		t.Errorf("Accounts of another practice: %d, %v", len(all), err)
	}
	if err := s.Apply(ctx, "other", people.Change{EndAll: []string{"a"}, Ended: []people.Digest{{1}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(ctx, practice, people.Digest{1}); err != nil {
		t.Errorf("another practice ended a session: %v", err)
	}
}

func uniqueEmail(t *testing.T, s people.Store) {
	apply(t, s, people.Change{Accounts: []people.Account{account("a", "dana@example.com")}})
	second := account("b", "dana@example.com")
	if err := s.Apply(context.Background(), practice, people.Change{Accounts: []people.Account{second}}); !errors.Is(err, people.ErrStale) {
		t.Errorf("a second account with one address: %v, want %v", err, people.ErrStale)
	}
	second.Practice = "other"
	if err := s.Apply(context.Background(), "other", people.Change{Accounts: []people.Account{second}}); err != nil {
		t.Errorf("the same address at another practice: %v", err)
	}
}

func findsNothing(t *testing.T, s people.Store) {
	ctx := context.Background()
	if _, err := s.Account(ctx, practice, ""); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("Account(\"\") = %v", err)
	}
	none := account("a", "dana@example.com")
	none.Subject = people.Subject{}
	apply(t, s, people.Change{Accounts: []people.Account{none}})
	if _, err := s.BySubject(ctx, practice, people.Subject{}); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("BySubject(none) = %v", err)
	}
}

func allOrNothing(t *testing.T, s people.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Apply(ctx, practice, people.Change{Sessions: []people.Session{session(1, "a")}}); err == nil {
		return // a change that was made although nobody waited for it is whole
	}
	if _, err := s.Session(context.Background(), practice, people.Digest{1}); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("a session of a change that failed is there: %v", err)
	}
}

// spendsOnce: a session that has ended is neither spent nor kept, and the change that would leaves nothing.
func spendsOnce(t *testing.T, s people.Store) {
	ctx := context.Background()
	apply(t, s, people.Change{Sessions: []people.Session{session(1, "a"), session(2, "a")}})
	later := session(2, "a")
	later.Seen = now.Add(time.Minute)
	apply(t, s, people.Change{Spent: []people.Digest{{1}}, Kept: []people.Session{later}})
	if got, err := s.Session(ctx, practice, people.Digest{2}); err != nil || !got.Seen.Equal(later.Seen) {
		t.Errorf("a kept session was seen %v, %v; want %v", got.Seen, err, later.Seen)
	}
	for name, c := range map[string]people.Change{
		"spent twice":                {Spent: []people.Digest{{1}}},
		"kept after its end":         {Kept: []people.Session{session(1, "a")}},
		"kept over what has changed": {Kept: []people.Session{session(2, "a")}},
		"spent, and another is kept": {Kept: []people.Session{session(2, "a")}, Spent: []people.Digest{{1}}},
	} {
		c.Accounts, c.Sessions = []people.Account{account("b", name+"@example.com")}, []people.Session{session(7, "b")}
		if err := s.Apply(ctx, practice, c); !errors.Is(err, people.ErrStale) {
			t.Errorf("%s: %v, want %v", name, err, people.ErrStale)
		}
	}
	if err := s.Apply(ctx, "other", people.Change{Spent: []people.Digest{{2}}}); !errors.Is(err, people.ErrStale) {
		t.Errorf("another practice spent a session: %v", err)
	}
	for d, want := range map[byte]bool{1: false, 2: true, 7: false} {
		if _, err := s.Session(ctx, practice, people.Digest{d}); (err == nil) != want {
			t.Errorf("session %d: %v, want it to be there: %t", d, err, want)
		}
	}
	if _, err := s.Account(ctx, practice, "b"); !errors.Is(err, people.ErrNotFound) {
		t.Errorf("a change that failed left an account: %v", err)
	}
	var won atomic.Int64
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if s.Apply(ctx, practice, people.Change{Spent: []people.Digest{{2}}}) == nil {
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d of 20 spent one session, want 1", n)
	}
}

func listsSessions(t *testing.T, s people.Store) {
	later := session(1, "a")
	later.Begun = now.Add(time.Minute)
	apply(t, s, people.Change{Sessions: []people.Session{later, session(2, "a"), session(3, "b")}})
	got, err := s.Sessions(context.Background(), practice, "a")
	if d := cmp.Diff([]people.Session{session(2, "a"), later}, got); err != nil || d != "" {
		t.Errorf("sessions (-want +got): %v\n%s", err, d)
	}
	if got, err := s.Sessions(context.Background(), "other", "a"); err != nil || len(got) != 0 {
		t.Errorf("another practice sees %d sessions, %v", len(got), err)
	}
}
