package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/tacet-lang/tacet/runtime/release"
	"github.com/tacet-lang/tacet/runtime/release/releasetest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

func TestReleases(t *testing.T) {
	t.Parallel()
	releasetest.Run(t, func(t *testing.T) release.Store {
		t.Helper()
		s, err := sqlite.Open(filepath.Join(t.TempDir(), "releases.db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	})
}
