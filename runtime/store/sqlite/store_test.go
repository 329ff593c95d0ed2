package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/storetest"
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

// dir is one temporary directory per test, however often it is asked for.
func dir(t *testing.T) string {
	t.Helper()
	return filepath.Dir(t.TempDir())
}
