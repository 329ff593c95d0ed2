package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

// TestNumbersOfUndone holds that a conversation whose start was undone is not mistaken for the one that has its number now.
func TestNumbersOfUndone(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "tacet.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ctx, at := context.Background(), time.Unix(1, 0)
	if err := store.PutMachine(ctx, "p", "m", nil); err != nil {
		t.Fatal(err)
	}
	turn := func(id string, version int64) session.Turn {
		return session.Turn{Practice: "p", Conversation: id, Version: version, At: at, Said: -1, Control: "assistant", Sealed: []byte{0}}
	}
	start := func(id string) session.Write {
		return session.Write{
			Turn:     turn(id, 1),
			Header:   &session.Header{Conversation: id, Practice: "p", Machine: "m", Client: session.KeyOf(id), Started: at},
			Standing: &session.Standing{Control: "assistant", Since: at},
		}
	}
	undone := start("undone")
	undone.Turn.Control = "nobody" // which is found out after its conversation was inserted
	if err := store.Commit(ctx, undone); err == nil {
		t.Fatal("a turn under nobody's control was stored")
	}
	if err := store.Commit(ctx, start("kept")); err != nil {
		t.Fatal(err)
	}
	if err := store.Commit(ctx, session.Write{Turn: turn("undone", 2)}); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("a turn of a conversation that was never stored: %v, want %v", err, session.ErrNotFound)
	}
	other := turn("kept", 2)
	other.Practice = "q"
	if err := store.Commit(ctx, session.Write{Turn: other}); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("a turn of another practice's conversation: %v, want %v", err, session.ErrNotFound)
	}
	if err := store.Commit(ctx, session.Write{Turn: turn("kept", 2)}); err != nil {
		t.Error(err)
	}
}
