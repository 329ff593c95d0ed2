package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/outbox/outboxtest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

func TestDeliveries(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, func(t *testing.T) outboxtest.Opener {
		t.Helper()
		path := filepath.Join(t.TempDir(), "deliveries.db")
		return func(t *testing.T) outbox.Store {
			t.Helper()
			s, err := sqlite.Open(path, sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
	})
}
