// Package vaulttest is the suite that every vault.Keys passes, and a Keys in memory for tests.
package vaulttest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/vault"
)

// Memory is a vault.Keys that is gone with the process. The zero value is empty.
type Memory struct {
	mu       sync.Mutex
	practice map[string][]vault.PracticeKey
	keys     map[string]map[int64]vault.ConversationKey
	gone     map[name]bool // destroyed
	last     int64
}

type name struct {
	practice string
	number   int64
}

// PracticeKeys implements vault.Keys.
func (m *Memory) PracticeKeys(_ context.Context, practice string) ([]vault.PracticeKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.practice[practice]), nil
}

// PutPracticeKey implements vault.Keys.
func (m *Memory) PutPracticeKey(_ context.Context, practice string, key vault.PracticeKey, was []byte) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.practice == nil {
		m.practice = map[string][]vault.PracticeKey{}
	}
	list := m.practice[practice]
	i := slices.IndexFunc(list, func(k vault.PracticeKey) bool { return k.Generation == key.Generation })
	switch {
	case i < 0 && was == nil:
		m.practice[practice] = append(list, key)
	case i >= 0 && was != nil && slices.Equal(list[i].Wrapped, was):
		list[i] = key
	default:
		return false, nil
	}
	return true, nil
}

// DropPracticeKeys implements vault.Keys.
func (m *Memory) DropPracticeKeys(_ context.Context, practice string, before int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.keys[practice] {
		if k.Generation < before {
			return errors.New("a conversation key needs it")
		}
	}
	m.practice[practice] = slices.DeleteFunc(m.practice[practice], func(k vault.PracticeKey) bool { return k.Generation < before })
	return nil
}

// AddKeys implements vault.Keys.
func (m *Memory) AddKeys(_ context.Context, practice string, n int, wrap func(int64) (vault.ConversationKey, error)) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []vault.ConversationKey
	for i := range int64(n) {
		k, err := wrap(m.last + 1 + i)
		if err != nil {
			return 0, err
		}
		if !slices.ContainsFunc(m.practice[practice], func(p vault.PracticeKey) bool { return p.Generation == k.Generation }) {
			return 0, vault.ErrDestroyed
		}
		list = append(list, k)
	}
	if m.keys == nil {
		m.keys = map[string]map[int64]vault.ConversationKey{}
	}
	if m.keys[practice] == nil {
		m.keys[practice] = map[int64]vault.ConversationKey{}
	}
	for _, k := range list {
		m.keys[practice][k.Number] = k
	}
	first := m.last + 1
	m.last += int64(n)
	return first, nil
}

// Key implements vault.Keys.
func (m *Memory) Key(_ context.Context, practice string, number int64) (vault.ConversationKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.keys[practice][number]
	switch {
	case !ok && m.gone[name{practice, number}]:
		return k, vault.ErrDestroyed
	case !ok:
		return k, vault.ErrLost
	}
	return k, nil
}

// KeysBefore implements vault.Keys.
func (m *Memory) KeysBefore(_ context.Context, practice string, generation int64, limit int) (list []vault.ConversationKey, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.keys[practice] {
		if k.Generation < generation && len(list) < limit {
			list = append(list, k)
		}
	}
	return list, nil
}

// ReplaceKeys implements vault.Keys.
func (m *Memory) ReplaceKeys(_ context.Context, practice string, keys []vault.ConversationKey) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range keys {
		if _, ok := m.keys[practice][k.Number]; ok {
			m.keys[practice][k.Number] = k
		}
	}
	return nil
}

// DestroyKey implements vault.Keys.
func (m *Memory) DestroyKey(_ context.Context, practice string, number int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.keys[practice], number)
	if m.gone == nil {
		m.gone = map[name]bool{}
	}
	m.gone[name{practice, number}] = true
	return nil
}

// Run runs the suite. open returns an empty Keys.
func Run(t *testing.T, open func(t *testing.T) vault.Keys) {
	t.Run("practice keys", func(t *testing.T) { t.Parallel(); practiceKeys(t, open(t)) })
	t.Run("conversation keys", func(t *testing.T) { t.Parallel(); conversationKeys(t, open(t)) })
	t.Run("rotation", func(t *testing.T) { t.Parallel(); rotation(t, open(t)) })
	t.Run("all or none", func(t *testing.T) { t.Parallel(); allOrNone(t, open(t)) })
	t.Run("many at once", func(t *testing.T) { t.Parallel(); manyAtOnce(t, open(t)) })
}

func practiceKeys(t *testing.T, keys vault.Keys) {
	ctx := context.Background()
	put := func(practice string, k vault.PracticeKey, was []byte, want bool) {
		t.Helper()
		if got, err := keys.PutPracticeKey(ctx, practice, k, was); got != want || err != nil {
			t.Errorf("PutPracticeKey(%s, %+v, %q) = %v, %v, want %v", practice, k, was, got, err, want)
		}
	}
	put("a", vault.PracticeKey{Generation: 1, Wrapped: []byte("one")}, nil, true)
	put("a", vault.PracticeKey{Generation: 1, Wrapped: []byte("other")}, nil, false)
	put("a", vault.PracticeKey{Generation: 1, Wrapped: []byte("other")}, []byte("none"), false)
	put("a", vault.PracticeKey{Generation: 2, Wrapped: []byte("two")}, nil, true)
	put("a", vault.PracticeKey{Generation: 1, Wrapped: []byte("uno")}, []byte("one"), true)
	put("b", vault.PracticeKey{Generation: 1, Wrapped: []byte("b")}, nil, true)
	same(t, []vault.PracticeKey{{Generation: 1, Wrapped: []byte("uno")}, {Generation: 2, Wrapped: []byte("two")}})(keys.PracticeKeys(ctx, "a"))
	if list, err := keys.PracticeKeys(ctx, "c"); len(list) != 0 || err != nil {
		t.Errorf("PracticeKeys of nobody: got %+v, %v", list, err)
	}
}

// generation makes a practice key.
func generation(t *testing.T, keys vault.Keys, practice string, n int64) {
	t.Helper()
	if _, err := keys.PutPracticeKey(context.Background(), practice, vault.PracticeKey{Generation: n, Wrapped: []byte("w")}, nil); err != nil {
		t.Fatal(err)
	}
}

// add adds n keys of a generation.
func add(t *testing.T, keys vault.Keys, practice string, n int, generation int64) (first int64) {
	t.Helper()
	first, err := keys.AddKeys(context.Background(), practice, n, func(number int64) (vault.ConversationKey, error) {
		return vault.ConversationKey{Number: number, Generation: generation, Wrapped: []byte{byte(number)}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return first
}

func conversationKeys(t *testing.T, keys vault.Keys) {
	ctx := context.Background()
	generation(t, keys, "a", 1)
	generation(t, keys, "b", 1)
	first := add(t, keys, "a", 3, 1)
	other := add(t, keys, "b", 1, 1)
	if other < first+3 {
		t.Errorf("number %d was given twice", other)
	}
	same(t, vault.ConversationKey{Number: first + 2, Generation: 1, Wrapped: []byte{byte(first + 2)}})(keys.Key(ctx, "a", first+2))
	for practice, number := range map[string]int64{"a": other, "b": first} {
		if _, err := keys.Key(ctx, practice, number); !errors.Is(err, vault.ErrLost) || !errors.Is(err, vault.ErrSealed) || errors.Is(err, vault.ErrDestroyed) {
			t.Errorf("key of another practice: got %v, want ErrLost", err)
		}
		if err := keys.DestroyKey(ctx, practice, number); err != nil {
			t.Error(err)
		}
	}
	for range 2 {
		if err := keys.DestroyKey(ctx, "b", other); err != nil {
			t.Error(err)
		}
	}
	if _, err := keys.Key(ctx, "b", other); !errors.Is(err, vault.ErrDestroyed) {
		t.Errorf("destroyed key: got %v, want ErrDestroyed", err)
	}
	if _, err := keys.Key(ctx, "a", first); err != nil {
		t.Errorf("another practice destroyed a key: %v", err)
	}
	if again := add(t, keys, "b", 1, 1); again <= other {
		t.Errorf("number %d of a destroyed key was given again", again)
	}
}

func rotation(t *testing.T, keys vault.Keys) {
	ctx := context.Background()
	generation(t, keys, "a", 1)
	generation(t, keys, "a", 2)
	first := add(t, keys, "a", 3, 1)
	if err := keys.DropPracticeKeys(ctx, "a", 2); err == nil {
		t.Error("a practice key was dropped that keys need")
	}
	list, err := keys.KeysBefore(ctx, "a", 2, 10)
	if len(list) != 3 || err != nil {
		t.Fatalf("KeysBefore: got %+v, %v", list, err)
	}
	if err := keys.DestroyKey(ctx, "a", first); err != nil {
		t.Fatal(err)
	}
	for i := range list {
		list[i].Generation, list[i].Wrapped = 2, []byte("new")
	}
	if err := keys.ReplaceKeys(ctx, "a", list); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Key(ctx, "a", first); !errors.Is(err, vault.ErrDestroyed) {
		t.Errorf("a destroyed key came back: %v", err)
	}
	same(t, vault.ConversationKey{Number: first + 1, Generation: 2, Wrapped: []byte("new")})(keys.Key(ctx, "a", first+1))
	if err := keys.DropPracticeKeys(ctx, "a", 2); err != nil {
		t.Error(err)
	}
	late := func(number int64) (vault.ConversationKey, error) {
		return vault.ConversationKey{Number: number, Generation: 1, Wrapped: []byte("w")}, nil
	}
	if _, err := keys.AddKeys(ctx, "a", 1, late); !errors.Is(err, vault.ErrDestroyed) {
		t.Errorf("a key of a generation that is gone: got %v, want ErrDestroyed", err)
	}
	if list, err := keys.PracticeKeys(ctx, "a"); len(list) != 1 || list[0].Generation != 2 || err != nil {
		t.Errorf("PracticeKeys: got %+v, %v", list, err)
	}
}

func allOrNone(t *testing.T, keys vault.Keys) {
	generation(t, keys, "a", 1)
	boom := errors.New("boom")
	var numbers []int64
	_, err := keys.AddKeys(context.Background(), "a", 3, func(number int64) (vault.ConversationKey, error) {
		if numbers = append(numbers, number); len(numbers) == 3 {
			return vault.ConversationKey{}, boom
		}
		return vault.ConversationKey{Number: number, Generation: 1, Wrapped: []byte("w")}, nil
	})
	if !errors.Is(err, boom) {
		t.Errorf("AddKeys: got %v, want boom", err)
	}
	if _, err := keys.Key(context.Background(), "a", numbers[0]); !errors.Is(err, vault.ErrLost) {
		t.Errorf("a key of a block that failed: got %v, want ErrLost", err)
	}
	if err := keys.DestroyKey(context.Background(), "a", numbers[0]); err != nil {
		t.Error(err)
	}
	if _, err := keys.Key(context.Background(), "a", numbers[0]); !errors.Is(err, vault.ErrDestroyed) {
		t.Errorf("a lost key that was destroyed: got %v, want ErrDestroyed", err)
	}
}

func manyAtOnce(t *testing.T, keys vault.Keys) {
	generation(t, keys, "a", 1)
	var mu sync.Mutex
	seen := map[int64]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			first := add(t, keys, "a", 10, 1)
			mu.Lock()
			defer mu.Unlock()
			for i := range int64(10) {
				if seen[first+i] {
					t.Errorf("number %d was given twice", first+i)
				}
				seen[first+i] = true
			}
		})
	}
	wg.Wait()
}

func same[T any](t *testing.T, want T) func(T, error) {
	return func(got T, err error) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, d)
		}
	}
}
