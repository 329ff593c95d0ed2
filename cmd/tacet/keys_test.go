package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/vault"
)

// TestMasterKeyElsewhere: with a master key that was given up, or none where it was, nothing is opened or sealed anew, and the command says
// what is wrong; with the right one everything is as it was. A copy from before the change opens with the key from before.
func TestMasterKeyElsewhere(t *testing.T) {
	t.Parallel()
	practice, copies, key, id := toBackUp(t)
	talk := converse(t, practice)
	data, old := filepath.Join(practice, ".tacet", "tacet.db"), filepath.Join(practice, ".tacet", "master.key")
	fresh, away := filepath.Join(practice, "fresh.key"), filepath.Join(practice, "away.key")
	if err := vault.CreateMasterFile(fresh); err != nil {
		t.Fatal(err)
	}
	refused := func(why string, args ...string) {
		t.Helper()
		if code, _, said := runTacet(append(args, practice, "--by", "Dana")...); code == exitHolds || !strings.Contains(said, why) {
			t.Errorf("%s: exit code %d, %q; want %q", args[0], code, said, why)
		}
	}
	if err := os.Rename(old, away); err != nil {
		t.Fatal(err)
	}
	refused("master.key is missing", "keys", "rotate")
	refused("master.key is missing", "erase", talk)
	if err := os.Rename(away, old); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "backup", "--to", copies, "--for", id.Recipient().String(), practice)
	before := restored(t, newest(t, copies), key, practice)

	mustRun(t, "keys", "new-master", "--by", "Sam", "--to", "file:"+fresh, practice)
	refused("the master key is another", "keys", "rotate")
	for what, c := range map[string]struct{ data, master string }{"the data": {data, fresh}, "the copy from before": {before, old}} {
		if err := opens(t, c.data, c.master, talk); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := opens(t, data, old, talk); err == nil {
		t.Error("the key that was given up opens the data")
	}
	mustRun(t, "keys", "rotate", "--by", "Sam", "--master", "file:"+fresh, practice)
	if err := opens(t, data, fresh, talk); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
}

// TestDamagedKey: a key that was damaged in any way makes its conversation an error that names it, never one that is not there; one that was
// erased is neither.
func TestDamagedKey(t *testing.T) {
	t.Parallel()
	practice, _, _, _ := toBackUp(t)
	first, second, erased := converse(t, practice), converse(t, practice), converse(t, practice)
	mustRun(t, "erase", erased, practice, "--by", "Dana")
	data, master := filepath.Join(practice, ".tacet", "tacet.db"), filepath.Join(practice, ".tacet", "master.key")
	verify := func() (int, string) {
		code, out, said := runTacet("keys", "verify", practice, "--by", "Dana")
		return code, out + said
	}
	if code, said := verify(); code != exitHolds || !strings.Contains(said, "2 conversations") {
		t.Fatalf("before the damage: exit code %d, %q", code, said)
	}
	if err := opens(t, data, master, erased); !errors.Is(err, vault.ErrDestroyed) {
		t.Errorf("what was erased: %v", err)
	}
	number := keyOf(t, data, first)
	for _, c := range []struct{ damage, undo, says string }{
		{"number = number + 4096 WHERE number = ?", "number = number - 4096 WHERE number = ? + 4096", "its key is missing, and it was not erased"},
		{"practice = 'lakesidf' WHERE number = ?", "practice = 'lakeside' WHERE number = ?", "its key is missing, and it was not erased"},
		{"generation = 5 WHERE number = ?", "generation = 1 WHERE number = ?", "its key is missing, and it was not erased"},
		{"wrapped = CAST('?' || substr(wrapped, 2) AS BLOB) WHERE number = ?", "wrapped = wrapped WHERE number = ?", "its key does not open"},
	} {
		damageKey(t, data+".keys", c.damage, number)
		code, said := verify()
		if code != exitViolations || !strings.Contains(said, "conversation "+first+": "+c.says) || strings.Contains(said, second) || strings.Contains(said, erased) {
			t.Errorf("%s: exit code %d, %q", c.damage, code, said)
		}
		if err := opens(t, data, master, first); !errors.Is(err, vault.ErrSealed) || errors.Is(err, vault.ErrDestroyed) {
			t.Errorf("%s: it is read: %v", c.damage, err)
		}
		damageKey(t, data+".keys", c.undo, number)
	}
}

func keyOf(t *testing.T, data, talk string) (number int64) {
	t.Helper()
	db, err := sqlite3.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	s, _, err := db.Prepare(`SELECT key FROM conversations WHERE id = ?`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := s.BindText(1, talk); err != nil || !s.Step() {
		t.Fatal(err, s.Err())
	}
	return s.ColumnInt64(0)
}

// damageKey changes a row of the database of keys.
func damageKey(t *testing.T, file, what string, number int64) {
	t.Helper()
	db, err := sqlite3.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.Exec("UPDATE conversation_keys SET " + strings.ReplaceAll(what, "= ?", fmt.Sprint("= ", number))); err != nil || db.Changes() != 1 {
		t.Fatal(what, err, db.Changes())
	}
}
