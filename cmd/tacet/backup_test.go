package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
	practice, copies, key, id := toBackUp(t)
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

	left := filepath.Join(copies, ".tacet-1234", "copy") // of one that was killed, with keys in it
	if err := errors.Join(os.Mkdir(filepath.Dir(left), 0o700), os.WriteFile(left, []byte("keys"), 0o600)); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(copies, ".tacet-2025-old")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "backup", "--to", copies, "--for", id.Recipient().String(), practice)
	gone := filepath.Join(t.TempDir(), ".tacet-5678")
	if err := os.WriteFile(gone, []byte("keys"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "restore", "--from", newest(t, copies), "--identity", key, "--data", filepath.Join(filepath.Dir(gone), "tacet.db"), practice)
	if _, err := os.Stat(other); err != nil {
		t.Errorf("what is somebody else's: %v", err)
	}
	for _, name := range []string{filepath.Join(copies, ".tacet-1234"), gone} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s is left behind", name)
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

// toBackUp is a practice of its own, a folder for copies, and who can read them.
func toBackUp(t *testing.T) (practice, copies, key string, id *age.X25519Identity) {
	t.Helper()
	home := t.TempDir()
	practice, copies, key = filepath.Join(home, "lakeside"), filepath.Join(home, "copies"), filepath.Join(home, "backup.key")
	if err := os.CopyFS(practice, os.DirFS("../../examples/lakeside")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(practice, ".tacet")); err != nil { // of somebody who serves the example
		t.Fatal(err)
	}
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, []byte(id.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return practice, copies, key, id
}

// halfway stops a rotation after some keys.
type halfway struct {
	*sqlite.Keys
	left int
}

var errHalfway = errors.New("the process is gone")

func (h *halfway) ReplaceKeys(ctx context.Context, practice string, list []vault.ConversationKey) error {
	if h.left--; h.left < 0 {
		return errHalfway
	}
	return h.Keys.ReplaceKeys(ctx, practice, list)
}

// TestBackupDuringRotation takes a copy while half of the keys are sealed by the practice's new key and half by the one before: what is
// restored opens, and its keys are rotated to the end.
func TestBackupDuringRotation(t *testing.T) {
	t.Parallel()
	practice, copies, key, id := toBackUp(t)
	talk := converse(t, practice)
	data, master := filepath.Join(practice, ".tacet", "tacet.db"), filepath.Join(practice, ".tacet", "master.key")
	ctx := t.Context()
	rotate := func(data string, batches int) error {
		t.Helper()
		m, err := vault.MasterFromFile(master)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := sqlite.OpenKeys(data + ".keys")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = keys.Close() }()
		v, err := vault.New(vault.Options{Master: m, Keys: &halfway{keys, batches}})
		if err != nil {
			t.Fatal(err)
		}
		for range 700 { // several batches
			if _, err := v.NewKey(ctx, "lakeside"); err != nil {
				t.Fatal(err)
			}
		}
		return v.Rotate(ctx, "lakeside")
	}
	for _, batches := range []int{0, 1, 2} {
		if err := rotate(data, batches); !errors.Is(err, errHalfway) {
			t.Fatalf("rotation of %d batches: %v", batches, err)
		}
		to := fmt.Sprint(copies, batches)
		mustRun(t, "backup", "--to", to, "--for", id.Recipient().String(), practice)
		back := restored(t, newest(t, to), key, practice)
		if err := opens(t, back, master, talk); err != nil {
			t.Errorf("after %d batches: what was restored does not open: %v", batches, err)
		}
		if err := rotate(back, 1000); err != nil {
			t.Errorf("after %d batches: rotated to the end: %v", batches, err)
		}
		if err := opens(t, back, master, talk); err != nil {
			t.Errorf("after %d batches: once rotated it does not open: %v", batches, err)
		}
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
	r, err := h.Start(context.Background(), session.Start{Flow: flow, ClientID: session.NewID(), Notice: n.Hash})
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
