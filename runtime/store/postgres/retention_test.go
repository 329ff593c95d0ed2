package postgres_test

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/retention/retentiontest"
	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
)

func TestRetention(t *testing.T) {
	t.Parallel()
	retentiontest.Run(t, func(t *testing.T) retention.Store {
		t.Helper()
		return open(t, postgrestest.Database(t))
	})
}
