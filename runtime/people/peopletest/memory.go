// Package peopletest holds what every store of people must do, and a store for tests.
package peopletest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tacet-lang/tacet/runtime/people"
)

// Memory is a store that forgets everything at its end. Fail, where it is set, is asked before each change.
type Memory struct {
	Fail func(people.Change) error

	mu       sync.Mutex
	accounts map[string][]byte // JSON, so that nobody shares memory with what is stored
	sessions map[string][]byte
	events   map[string][]people.Event
}

var _ people.Store = (*Memory)(nil)

func key(practice, id string) string { return practice + "\x00" + id }

// Account implements people.Store.
func (m *Memory) Account(_ context.Context, practice, id string) (people.Account, error) {
	return m.find(practice, func(a *people.Account) bool { return a.ID == id })
}

// ByEmail implements people.Store.
func (m *Memory) ByEmail(_ context.Context, practice, email string) (people.Account, error) {
	return m.find(practice, func(a *people.Account) bool { return a.Email == email })
}

// BySubject implements people.Store.
func (m *Memory) BySubject(_ context.Context, practice string, s people.Subject) (people.Account, error) {
	return m.find(practice, func(a *people.Account) bool { return a.Subject == s && s != people.Subject{} })
}

func (m *Memory) find(practice string, is func(*people.Account) bool) (people.Account, error) {
	all, err := m.Accounts(context.Background(), practice)
	if err != nil {
		return people.Account{}, err
	}
	if i := slices.IndexFunc(all, func(a people.Account) bool { return is(&a) }); i >= 0 {
		return all[i], nil
	}
	return people.Account{}, people.ErrNotFound
}

// Accounts implements people.Store.
func (m *Memory) Accounts(_ context.Context, practice string) ([]people.Account, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []people.Account
	for k, b := range m.accounts {
		if !strings.HasPrefix(k, key(practice, "")) {
			continue
		}
		var a people.Account
		if err := json.Unmarshal(b, &a); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b people.Account) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return out, nil
}

// Session implements people.Store.
func (m *Memory) Session(_ context.Context, practice string, d people.Digest) (s people.Session, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.sessions[key(practice, string(d[:]))]
	if !ok {
		return s, people.ErrNotFound
	}
	return s, json.Unmarshal(b, &s)
}

// Sessions implements people.Store.
func (m *Memory) Sessions(_ context.Context, practice, person string) (list []people.Session, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, b := range m.sessions {
		var s people.Session
		if err := json.Unmarshal(b, &s); err != nil {
			return nil, err
		}
		if strings.HasPrefix(k, key(practice, "")) && s.Person == person {
			list = append(list, s)
		}
	}
	people.SortSessions(list)
	return list, nil
}

// Apply implements people.Store.
func (m *Memory) Apply(_ context.Context, practice string, c people.Change) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Fail != nil {
		if err := m.Fail(c); err != nil {
			return err
		}
	}
	if m.accounts == nil {
		m.accounts, m.sessions, m.events = map[string][]byte{}, map[string][]byte{}, map[string][]people.Event{}
	}
	for _, d := range c.Spent {
		if _, ok := m.sessions[key(practice, string(d[:]))]; !ok {
			return people.ErrStale
		}
	}
	kept := slices.Clone(c.Kept)
	for i := range kept {
		var before people.Session
		b, ok := m.sessions[key(practice, string(kept[i].Digest[:]))]
		if !ok || json.Unmarshal(b, &before) != nil || before.Version != kept[i].Version {
			return people.ErrStale
		}
		kept[i].Version++
	}
	for _, a := range c.Accounts {
		var before people.Account
		if b, ok := m.accounts[key(practice, a.ID)]; ok {
			if err := json.Unmarshal(b, &before); err != nil {
				return err
			}
		}
		if before.Version != a.Version || m.taken(practice, a) {
			return people.ErrStale
		}
	}
	for _, a := range c.Accounts {
		a.Version++
		b, err := json.Marshal(a)
		if err != nil {
			return err
		}
		m.accounts[key(practice, a.ID)] = b
	}
	for k, b := range m.sessions {
		var s people.Session
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		if strings.HasPrefix(k, key(practice, "")) && (slices.Contains(c.EndAll, s.Person) || slices.Contains(slices.Concat(c.Ended, c.Spent), s.Digest)) {
			delete(m.sessions, k)
		}
	}
	for _, s := range slices.Concat(kept, c.Sessions) {
		b, err := json.Marshal(s)
		if err != nil {
			return err
		}
		m.sessions[key(practice, string(s.Digest[:]))] = b
	}
	m.events[practice] = append(m.events[practice], c.Events...)
	return nil
}

// taken reports whether somebody else has the address.
func (m *Memory) taken(practice string, a people.Account) bool {
	for k, b := range m.accounts {
		var other people.Account
		if json.Unmarshal(b, &other) == nil && strings.HasPrefix(k, key(practice, "")) && other.Email == a.Email && other.ID != a.ID {
			return true
		}
	}
	return false
}

// Events lists what was written into the trail.
func (m *Memory) Events(practice string) []people.Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.events[practice])
}

// Dump returns everything that is stored, to be searched for what must not be.
func (m *Memory) Dump() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return fmt.Sprintf("%s\n%s\n%v", m.accounts, m.sessions, m.events)
}
