package sqlite

import (
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ncruces/go-sqlite3"
)

// TestMigrations starts from what every earlier version left behind: the schema is the same as of a new database.
func TestMigrations(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{dataScripts, keyScripts} {
		names, err := fs.Glob(migrations, path.Join(folder, "*.sql"))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v, %v", folder, names, err)
		}
		want := schemaAfter(t, folder, nil)
		for n := range len(names) {
			if d := cmp.Diff(want, schemaAfter(t, folder, names[:n])); d != "" {
				t.Errorf("after the first %d scripts (-new, +migrated):\n%s", n, d)
			}
		}
	}
}

// schemaAfter runs some scripts by hand, then all that are left.
func schemaAfter(t *testing.T, folder string, done []string) (schema []string) {
	t.Helper()
	c, err := open("", filepath.Join(t.TempDir(), "x.db"), sqlite3.OPEN_READWRITE|sqlite3.OPEN_CREATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.close() }()
	if len(done) > 0 {
		if _, err := c.applied(); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range done {
		script, err := migrations.ReadFile(name)
		if err == nil {
			err = c.apply(path.Base(name), string(script))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time there is nothing to do
		if err := c.migrate(folder); err != nil {
			t.Fatal(err)
		}
	}
	err = c.query(`SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name`, func(s *sqlite3.Stmt) error {
		schema = append(schema, s.ColumnText(0))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestDatabaseOfOthers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, sql, want string }{
		{"of a newer version", `CREATE TABLE migrations (name TEXT NOT NULL PRIMARY KEY); INSERT INTO migrations VALUES ('999_future.sql')`, "999_future.sql"},
		{"of another program", `CREATE TABLE contacts (name TEXT)`, "not a database of this program"},
		{"of a version before its release", `CREATE TABLE conversations (id TEXT); PRAGMA user_version = 1`, "before its first release"},
	} {
		name := filepath.Join(t.TempDir(), "x.db")
		db, err := sqlite3.Open(name)
		if err == nil {
			err = db.Exec(c.sql)
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = db.Close()
		s, err := Open(name, Options{})
		if err == nil {
			_ = s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a refusal about %q", c.name, err, c.want)
		}
	}
}
