package postgres_test

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/release"
	"github.com/tacet-lang/tacet/runtime/release/releasetest"
	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
)

func TestReleases(t *testing.T) {
	t.Parallel()
	releasetest.Run(t, func(t *testing.T) release.Store {
		t.Helper()
		return open(t, postgrestest.Database(t))
	})
}
