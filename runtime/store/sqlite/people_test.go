package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/people/peopletest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

func TestPeople(t *testing.T) {
	t.Parallel()
	peopletest.Run(t, func(t *testing.T) people.Store {
		t.Helper()
		s, err := sqlite.Open(filepath.Join(t.TempDir(), "people.db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s.People()
	})
}
