package postgres_test

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/outbox/outboxtest"
	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
)

func TestDeliveries(t *testing.T) {
	t.Parallel()
	outboxtest.Run(t, func(t *testing.T) outboxtest.Opener {
		t.Helper()
		url := postgrestest.Database(t)
		return func(t *testing.T) outbox.Store {
			t.Helper()
			return open(t, url)
		}
	})
}
