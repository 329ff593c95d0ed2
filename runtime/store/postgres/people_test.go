package postgres_test

import (
	"testing"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/people/peopletest"
	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
)

func TestPeople(t *testing.T) {
	t.Parallel()
	peopletest.Run(t, func(t *testing.T) people.Store {
		t.Helper()
		return open(t, postgrestest.Database(t)).People()
	})
}
