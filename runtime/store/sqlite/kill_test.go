package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
	"github.com/tacet-lang/tacet/runtime/store/storetest"
)

// killedFolder names the variable that tells a process that is to be killed where its data is.
const killedFolder = "TACET_TEST_FOLDER"

func TestMain(m *testing.M) {
	folder := os.Getenv(killedFolder)
	if folder == "" {
		os.Exit(m.Run())
	}
	host, _, err := openHost(folder, sqlite.Options{})
	if err == nil {
		err = storetest.Answer(host)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestKill(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	storetest.Kill(t, storetest.Killing{
		Env: []string{killedFolder + "=" + folder},
		Host: func(t *testing.T) (*session.Host, func()) {
			t.Helper()
			host, closeAll, err := openHost(folder, sqlite.Options{})
			if err != nil {
				t.Fatal(err)
			}
			return host, closeAll
		},
	})
	sqlitetest.Check(t, filepath.Join(folder, "tacet.db"))
}
