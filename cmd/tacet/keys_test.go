package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
