package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/retention/retentiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

func TestRetention(t *testing.T) {
	t.Parallel()
	retentiontest.Run(t, func(t *testing.T) retention.Store {
		t.Helper()
		s, err := sqlite.Open(filepath.Join(t.TempDir(), "retention.db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	})
}
