package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/tacet-lang/tacet/runtime/breach/breachtest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

func TestIncidents(t *testing.T) {
	t.Parallel()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "incidents.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	breachtest.Run(t, s)
}
