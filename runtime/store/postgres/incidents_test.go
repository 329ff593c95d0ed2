package postgres_test

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/breach/breachtest"
	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
)

func TestIncidents(t *testing.T) {
	t.Parallel()
	breachtest.Run(t, open(t, postgrestest.Database(t)))
}
