package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// TestBackup takes a copy of a practice with one conversation, erases that, takes another copy, and finds that from then on
// no copy opens it, while the trail is whole in each.
func TestBackup(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := os.CopyFS(filepath.Join(home, "lakeside"), os.DirFS("../../examples/lakeside")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(home, "lakeside", ".tacet")); err != nil { // of somebody who serves the example
		t.Fatal(err)
	}
	practice, copies, key := filepath.Join(home, "lakeside"), filepath.Join(home, "copies"), filepath.Join(home, "backup.key")
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, []byte(id.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	talk := converse(t, practice)

	mustRun(t, "backup", "--to", copies, "--for", id.Recipient().String(), practice)
	first := newest(t, copies)
	if out := mustRun(t, "restore", "--try", "--from", first, "--identity", key, practice); !strings.Contains(out, "whole") {
		t.Errorf("restore --try says %q", out)
	}
	if err := opens(t, restored(t, first, key, practice), filepath.Join(practice, ".tacet", "master.key"), talk); err != nil {
		t.Errorf("what was restored does not open: %v", err)
	}

	mustRun(t, "erase", talk, practice, "--by", "Dana")
	time.Sleep(time.Second) // copies are named by the second
	mustRun(t, "backup", "--to", copies, "--for", id.Recipient().String(), practice)
	for _, from := range []string{first, newest(t, copies)} {
		if err := opens(t, restored(t, from, key, practice), filepath.Join(practice, ".tacet", "master.key"), talk); err == nil {
			t.Errorf("%s opens what was erased", filepath.Base(from))
		}
	}

	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key+".pq", []byte(hybrid.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "backup", "--to", copies+"-pq", "--for", hybrid.Recipient().String(), practice)
	if out := mustRun(t, "restore", "--try", "--from", newest(t, copies+"-pq"), "--identity", key+".pq", practice); !strings.Contains(out, "whole") {
		t.Errorf("restore --try of a copy for a hybrid key says %q", out)
	}
	if code, _, _ := runTacet("restore", "--try", "--from", newest(t, copies+"-pq"), "--identity", key, practice); code == exitHolds {
		t.Error("a copy opens with another key")
	}

	b, err := os.ReadFile(first)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(first, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, said := runTacet("restore", "--try", "--from", first, "--identity", key, practice); code != exitUsage || !strings.Contains(said, "was changed") {
		t.Errorf("a copy with one bit flipped: exit code %d, %q", code, said)
	}
}

// converse stores one conversation, as serve does, and returns its id.
func converse(t *testing.T, practice string) string {
	t.Helper()
	con := &console{in: strings.NewReader(""), out: &bytes.Buffer{}, err: &bytes.Buffer{}}
	c, err := mustCompile(con, compiling{}, practice)
	if err != nil {
		t.Fatal(err)
	}
	flows, err := programs(c)
	if err != nil {
		t.Fatal(err)
	}
	d, err := (&dataFlags{}).open(con, practice)
	if err != nil {
		t.Fatal(err)
	}
	h, err := session.New(session.Options{Flows: flows, Store: d.store, Vault: d.vault})
	if err != nil {
		t.Fatal(err)
	}
	flow := flows[0].Machine.Flow.ID
	n, _ := h.Notice(flow, "en")
	r, err := h.Start(context.Background(), session.Start{Flow: flow, ClientID: "a-client-of-this-test", Notice: n.Hash})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	return r.ID
}

// restored brings a copy back into a folder of its own.
func restored(t *testing.T, from, key, practice string) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "tacet.db")
	mustRun(t, "restore", "--from", from, "--identity", key, "--data", data, practice)
	return data
}

// opens reads the first turn of a conversation.
func opens(t *testing.T, data, master, talk string) error {
	t.Helper()
	key, err := vault.MasterFromFile(master)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := sqlite.OpenKeys(data + ".keys")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = keys.Close() }()
	store, err := sqlite.Open(data, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	v, err := vault.New(vault.Options{Master: key, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return store.View(context.Background(), "lakeside", func(r session.Reader) error {
		h, err := r.Header(talk)
		if err != nil {
			t.Fatal(err)
		}
		turn, err := r.Last(talk)
		if err != nil {
			t.Fatal(err)
		}
		_, err = v.Open(context.Background(), h.Key, vault.Label{Practice: "lakeside", Conversation: talk, Sequence: turn.Version, Column: "turn"}, turn.Sealed)
		return err
	})
}

func newest(t *testing.T, folder string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "conversations-*.age"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no copy in %s: %v", folder, err)
	}
	return names[len(names)-1]
}

func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	code, out, said := runTacet(args...)
	if code != exitHolds {
		t.Fatalf("tacet %s: exit code %d\n%s", strings.Join(args, " "), code, said)
	}
	return out
}

func runTacet(args ...string) (code int, out, said string) {
	var stdout, stderr bytes.Buffer
	code = run(args, &console{in: strings.NewReader(""), out: &stdout, err: &stderr})
	return code, stdout.String(), stderr.String()
}
