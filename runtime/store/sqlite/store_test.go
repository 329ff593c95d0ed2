package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/storetest"
	"github.com/tacet-lang/tacet/runtime/vault"
	"github.com/tacet-lang/tacet/runtime/vault/vaulttest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T, name string) session.Store {
		t.Helper()
		s, err := sqlite.Open(filepath.Join(dir(t), name+".db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	vaulttest.Run(t, func(t *testing.T) vault.Keys {
		t.Helper()
		k, err := sqlite.OpenKeys(filepath.Join(t.TempDir(), "keys.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = k.Close() })
		return k
	})
}

// dir is one temporary directory per test, however often it is asked for.
func dir(t *testing.T) string {
	t.Helper()
	return filepath.Dir(t.TempDir())
}

// TestDestroyedKeyIsGone looks for a destroyed key in the bytes of the files.
func TestDestroyedKeyIsGone(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	name := filepath.Join(t.TempDir(), "keys.db")
	keys, err := sqlite.OpenKeys(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = keys.Close() }()
	if _, err := keys.PutPracticeKey(ctx, "p", vault.PracticeKey{Generation: 1, Wrapped: []byte("w")}, nil); err != nil {
		t.Fatal(err)
	}
	wrapped := func(number int64) []byte { return fmt.Appendf(nil, "wrapped key of conversation %d.", number) }
	first, err := keys.AddKeys(ctx, "p", 20, func(number int64) (vault.ConversationKey, error) {
		return vault.ConversationKey{Number: number, Generation: 1, Wrapped: wrapped(number)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(20) {
		if !stands(t, name, wrapped(first+i)) {
			t.Fatalf("key %d stands nowhere before it is destroyed", first+i)
		}
		if err := keys.DestroyKey(ctx, "p", first+i); err != nil {
			t.Fatal(err)
		}
		if stands(t, name, wrapped(first+i)) {
			t.Errorf("destroyed key %d stands in a file", first+i)
		}
	}
}

// stands reports whether bytes stand in a database file or in one that belongs to it.
func stands(t *testing.T, name string, what []byte) bool {
	t.Helper()
	files, err := filepath.Glob(name + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, what) {
			return true
		}
	}
	return false
}

// TestNothingInClear has a conversation and looks for what was said in the bytes of the files.
func TestNothingInClear(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	host := hostOn(t, folder, "")
	id, err := start(host)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"my knee hurts since Tuesday", "send", "slots", "code +12125550142", "chest pain"} {
		if _, err := host.Post(context.Background(), id, session.Post{ClientID: strconv.Itoa(i), Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	db := filepath.Join(folder, "tacet.db")
	for _, what := range []string{"my knee", "knee hurts", "You said", "Ana", "2125550142", "chest", "What would you like"} {
		if stands(t, db, []byte(what)) {
			t.Errorf("%q stands in a file", what)
		}
	}
	if !stands(t, db, []byte(id)) {
		t.Error("the search finds nothing at all")
	}
}
