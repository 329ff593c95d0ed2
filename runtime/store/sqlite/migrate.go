package sqlite

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/ncruces/go-sqlite3"
)

// Each folder holds the scripts of one database, NNN_room.sql: a room (conversations, people, releases …) numbers its own
// scripts, and adds one for every change; a script that was ever released is never edited. They run in the order of their
// names, each in a transaction of its own, and the table migrations says which have run. So rooms need not wait for each
// other's numbers; a script that needs another room's table has the higher number.
//
//go:embed migrations
var migrations embed.FS

// The databases.
const (
	dataScripts = "migrations/data"
	keyScripts  = "migrations/keys"
)

// migrate runs the scripts that have not run. It refuses a database that a newer version has written.
func (c *conn) migrate(folder string) error {
	names, err := fs.Glob(migrations, path.Join(folder, "*.sql")) // sorted
	if err != nil {
		return err
	}
	done, err := c.applied()
	if err != nil {
		return err
	}
	for _, name := range done {
		if !slices.Contains(names, path.Join(folder, name)) {
			return fmt.Errorf("a newer version has written this database: this one does not know %s", name)
		}
	}
	for _, name := range names {
		if slices.Contains(done, path.Base(name)) {
			continue
		}
		script, err := migrations.ReadFile(name)
		if err != nil {
			return err
		}
		if err := c.apply(path.Base(name), string(script)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// foreign fails on a database that holds something, but nothing of ours.
func (c *conn) foreign() error {
	var ours, tables bool
	err := c.query(`SELECT name = 'migrations' FROM sqlite_schema WHERE type = 'table'`, func(s *sqlite3.Stmt) error {
		tables, ours = true, ours || s.ColumnBool(0)
		return nil
	})
	if err == nil && tables && !ours {
		return errors.New("it is not a database of this program, or of a version before its first release")
	}
	return err
}

func (c *conn) applied() (names []string, err error) {
	err = c.exec(`CREATE TABLE IF NOT EXISTS migrations (name TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID`)
	if err != nil {
		return nil, err
	}
	err = c.query(`SELECT name FROM migrations ORDER BY name`, func(s *sqlite3.Stmt) error {
		names = append(names, s.ColumnText(0))
		return nil
	})
	return names, err
}

// apply runs one script, unless another process has run it meanwhile.
func (c *conn) apply(name, script string) error {
	if err := c.db.Exec(`BEGIN IMMEDIATE`); err != nil {
		return translate(err)
	}
	done, err := c.applied()
	if err == nil && !slices.Contains(done, name) {
		if err = c.db.Exec(script); err == nil {
			err = c.exec(`INSERT INTO migrations (name) VALUES (?)`, name)
		}
	}
	if err != nil {
		return errors.Join(err, c.db.Exec(`ROLLBACK`))
	}
	return c.db.Exec(`COMMIT`)
}
