package vault_test

import (
	"context"
	"errors"
	"testing"

	"github.com/tacet-lang/tacet/runtime/vault"
	"github.com/tacet-lang/tacet/runtime/vault/vaulttest"
)

// damaged are keys of which one is not as it was stored.
type damaged struct {
	vault.Keys
	change func(*vault.ConversationKey) error
}

func (d damaged) Key(ctx context.Context, practice string, number int64) (vault.ConversationKey, error) {
	k, err := d.Keys.Key(ctx, practice, number)
	if err == nil {
		err = d.change(&k)
	}
	return k, err
}

// TestDamageIsNoErasure: whatever happens to a stored key, but its destruction, is an authentication error, and told of once.
func TestDamageIsNoErasure(t *testing.T) {
	t.Parallel()
	keys, master := &vaulttest.Memory{}, newMaster(t)
	key, value := sealed(t, open(t, master, keys))
	for what, change := range map[string]func(*vault.ConversationKey) error{
		"a bit of the key":        func(k *vault.ConversationKey) error { k.Wrapped[3] ^= 1; return nil },
		"a bit of the generation": func(k *vault.ConversationKey) error { k.Generation ^= 4; return nil },
		"the row":                 func(*vault.ConversationKey) error { return vault.ErrLost },
	} {
		v, told := open(t, master, damaged{keys, func(k *vault.ConversationKey) error {
			k.Wrapped = append([]byte(nil), k.Wrapped...)
			return change(k)
		}}), 0
		v.OnDamage(func(practice string, number int64, err error) {
			if told++; practice != label.Practice || number != key || !errors.Is(err, vault.ErrSealed) {
				t.Errorf("%s: told of key %d of %s: %v", what, number, practice, err)
			}
		})
		for range 2 {
			if _, err := v.Open(t.Context(), key, label, value); !errors.Is(err, vault.ErrSealed) || errors.Is(err, vault.ErrDestroyed) {
				t.Errorf("%s: got %v, want ErrSealed", what, err)
			}
		}
		if err := v.Verify(t.Context(), label.Practice, key); !errors.Is(err, vault.ErrSealed) || told != 1 {
			t.Errorf("%s: verified: %v, told %d times", what, err, told)
		}
	}
	v := open(t, master, keys)
	v.OnDamage(func(string, int64, error) { t.Error("an erasure is told of as damage") })
	if err := v.Destroy(t.Context(), label.Practice, key); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(t.Context(), key, label, value); !errors.Is(err, vault.ErrDestroyed) {
		t.Errorf("an erasure: got %v, want ErrDestroyed", err)
	}
}
