package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/storetest"
	"github.com/tacet-lang/tacet/runtime/vault"
	"github.com/tacet-lang/tacet/runtime/vault/vaulttest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, name string) session.Store {
		t.Helper()
		s, err := sqlite.Open(filepath.Join(dir(t), name+".db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	vaulttest.Run(t, func(t *testing.T) vault.Keys {
		t.Helper()
		k, err := sqlite.OpenKeys(filepath.Join(t.TempDir(), "keys.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = k.Close() })
		return k
	})
}

// dir is one temporary directory per test, however often it is asked for.
func dir(t *testing.T) string {
	t.Helper()
	return filepath.Dir(t.TempDir())
}
