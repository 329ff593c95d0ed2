package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/ncruces/go-sqlite3"
)

// Backup copies a database, of conversations or of keys, as it is at one moment, into a new file. Others may go on writing
// meanwhile. The copy holds no deleted rows.
func Backup(ctx context.Context, path, to string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	c, err := open("", path, sqlite3.OPEN_READWRITE)
	if err != nil {
		return err
	}
	defer c.db.SetInterrupt(c.db.SetInterrupt(ctx))
	err = c.exec(`VACUUM INTO ?`, to)
	if err = errors.Join(err, c.close()); err != nil {
		return fmt.Errorf("copy %s: %w", path, err)
	}
	return nil
}
