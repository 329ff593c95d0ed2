package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/runtime/vault"
)

// TestRestoreHeld: what was under a hold in the copy, and was released and erased since, is erased again; without the release in the trail
// it is not, and what is said can be run as it stands.
func TestRestoreHeld(t *testing.T) {
	t.Parallel()
	practice, copies, key, id := toBackUp(t)
	held, other := converse(t, practice), converse(t, practice)
	out := mustRun(t, "hold", "add", held, practice, "--reason", "claim", "--by", "Dana")
	hold := strings.TrimSpace(strings.TrimPrefix(out, "held: "))
	mustRun(t, "backup", "--to", copies, "--for", id.Recipient().String(), practice)
	mustRun(t, "hold", "release", hold, practice, "--reason", "settled", "--by", "Dana")
	mustRun(t, "erase", held, practice, "--by", "Dana")
	mustRun(t, "erase", other, practice, "--by", "Dana")
	master := filepath.Join(practice, ".tacet", "master.key")

	restore := func(trail string) (data string, code int, out, said string) {
		t.Helper()
		data = filepath.Join(t.TempDir(), "tacet.db")
		file := filepath.Join(t.TempDir(), "trail.jsonl")
		if err := os.WriteFile(file, []byte(trail), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, said = runTacet("restore", "--from", newest(t, copies), "--identity", key, "--data", data, "--trail", file, practice)
		return data, code, out, said
	}
	gone := func(what, data string) {
		t.Helper()
		for _, talk := range []string{held, other} {
			if err := opens(t, data, master, talk); !errors.Is(err, vault.ErrDestroyed) {
				t.Errorf("%s: %s: %v", what, talk, err)
			}
		}
	}
	trail := mustRun(t, "audit", "export", practice)
	data, code, out, said := restore(trail)
	if code != exitHolds || !strings.Contains(out, "erased again: 2 conversations") {
		t.Errorf("with the release: exit code %d, %q %q", code, out, said)
	}
	gone("with the release", data)
	if out := mustRun(t, "hold", "list", "--all", "--data", data, practice); !strings.Contains(out, "Dana: settled") {
		t.Errorf("the hold in what was restored: %q", out)
	}

	var without strings.Builder
	for line := range strings.Lines(trail) {
		if !strings.Contains(line, "hold.released") {
			without.WriteString(line)
		}
	}
	data, code, out, said = restore(without.String())
	if code == exitHolds || !strings.Contains(out, "erased again: 1 conversation\n") {
		t.Errorf("without the release: exit code %d, %q", code, out)
	}
	ran := 0
	b, err := os.ReadFile(master)
	if err == nil {
		err = os.WriteFile(filepath.Join(filepath.Dir(data), "master.key"), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split(said, "`") {
		if i%2 == 1 {
			mustRun(t, strings.Fields(part)[1:]...)
			ran++
		}
	}
	if ran != 2 {
		t.Errorf("%d commands to run in %q", ran, said)
	}
	gone("after what it says was run", data)
}
