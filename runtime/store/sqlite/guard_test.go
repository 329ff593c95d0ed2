package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

// raw opens the file beside the store, as a tool or an attacker with a shell would.
func raw(t *testing.T, path string) *sqlite3.Conn {
	t.Helper()
	db, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// escalated is a store in which one conversation has had an emergency.
func escalated(t *testing.T) (path, id string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tacet.db")
	store, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	host, err := session.New(session.Options{Flows: []session.Flow{sessiontest.Flow()}, Store: store})
	if err != nil {
		t.Fatal(err)
	}
	n, _ := host.Notice("consultation", "en")
	r, err := host.Start(context.Background(), session.Start{Flow: "consultation", ClientID: "c", Notice: n.Hash})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := host.Post(context.Background(), r.ID, session.Post{ClientID: "1", Text: "chest pain"}); err != nil {
		t.Fatal(err)
	}
	return path, r.ID
}

// TestRawSQL goes around the program: the database itself refuses what would break a promise.
func TestRawSQL(t *testing.T) {
	t.Parallel()
	path, id := escalated(t)
	db := raw(t, path)
	const columns = `INSERT INTO messages (conversation, seq, at, author, actor, role, epoch, lang, text, masked, extra) VALUES `
	for _, c := range []struct{ name, sql, want string }{
		{"automated message under the old epoch", columns + `($id, 5, 0, 'assistant', '', 'say', 0, 'en', 'x', '', '')`, "may not speak"},
		{"automated message under the new epoch", columns + `($id, 5, 0, 'assistant', '', 'say', 1, 'en', 'x', '', '')`, "may not speak"},
		{"second acknowledgement", columns + `($id, 5, 0, 'assistant', '', 'ack', 1, 'en', 'x', '', '')`, "may not speak"},
		{"message of nobody", columns + `($id, 5, 0, 'robot', '', 'say', 1, 'en', 'x', '', '')`, "CHECK"},
		{"gap", columns + `($id, 6, 0, 'patient', '', '', 0, 'en', 'x', '', '')`, "out of sequence"},
		{"changed message", `UPDATE messages SET text = 'x' WHERE conversation = $id`, "final"},
		{"changed author", `UPDATE messages SET author = 'assistant' WHERE conversation = $id AND seq = 3`, "final"},
		{"back to the assistant", `UPDATE conversations SET control = 'assistant', epoch = epoch + 1 WHERE id = $id`, "forward"},
		{"control without an epoch", `UPDATE conversations SET control = 'human' WHERE id = $id`, "forward"},
		{"earlier epoch", `UPDATE conversations SET epoch = 0 WHERE id = $id`, "forward"},
		{"no emergency after all", `UPDATE conversations SET tier = 'routine' WHERE id = $id`, "forward"},
		{"changed audit", `UPDATE audit SET actor = 'nobody'`, "append-only"},
		{"removed audit", `DELETE FROM audit`, "append-only"},
		{"audit gap", `INSERT INTO audit VALUES ('lakeside', 99, 0, 'a', 'b', 'c', '{}')`, "out of sequence"},
	} {
		err := db.Exec(strings.ReplaceAll(c.sql, "$id", "'"+id+"'"))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a refusal about %q", c.name, err, c.want)
		}
	}
}

func TestSchemaOfANewerVersion(t *testing.T) {
	t.Parallel()
	path, _ := escalated(t)
	if err := raw(t, path).Exec(`PRAGMA user_version = 1000`); err != nil {
		t.Fatal(err)
	}
	if s, err := sqlite.Open(path, sqlite.Options{}); err == nil || !strings.Contains(err.Error(), "1000") {
		if err == nil {
			_ = s.Close()
		}
		t.Errorf("database of a newer version: got %v, want a refusal", err)
	}
}

func TestNotADatabase(t *testing.T) {
	t.Parallel()
	if _, err := sqlite.Open(t.TempDir(), sqlite.Options{}); err == nil {
		t.Error("a folder was opened as a database")
	}
}

func TestOpenedByManyAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tacet.db")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := sqlite.Open(path, sqlite.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestGroupCommit holds one commit up: whoever comes meanwhile shares the next, and one that fails harms no other.
func TestGroupCommit(t *testing.T) {
	t.Parallel()
	var commits atomic.Int64
	first := make(chan struct{})
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "tacet.db"), sqlite.Options{Before: func(sql string) error {
		if sql == "COMMIT" && commits.Add(1) == 1 {
			<-first
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	boom := errors.New("boom")
	var wg sync.WaitGroup
	var waiting atomic.Int64
	put := func(n byte) error {
		return store.Update(context.Background(), func(tx session.Tx) error {
			if err := tx.PutMachine("", nil); err != nil {
				return err
			}
			rec := session.Record{Practice: "p", ClientID: string(n), Version: 1, Touched: time.Unix(1, 0)}
			rec.ID, rec.Control = string(n), "assistant"
			if err := tx.Create(rec); err != nil {
				return err
			}
			if n%2 == 1 {
				return boom
			}
			return nil
		})
	}
	wg.Go(func() {
		if err := put('A' - 1); err != nil {
			t.Error(err)
		}
	})
	for commits.Load() == 0 { // until it is being made durable
		runtime.Gosched()
	}
	for n := range byte(40) {
		wg.Go(func() {
			waiting.Add(1)
			err := put('A' + n)
			if want := ('A' + n) % 2; (err != nil) != (want == 1) || err != nil && !errors.Is(err, boom) {
				t.Errorf("update %d: %v", n, err)
			}
		})
	}
	for waiting.Load() < 40 { // until all are about to queue
		runtime.Gosched()
	}
	close(first)
	wg.Wait()
	if got := commits.Load(); got > 20 {
		t.Errorf("41 updates took %d commits", got)
	}
	err = store.View(context.Background(), func(r session.Reader) error {
		for n := range byte(40) {
			_, err := r.Conversation(string('A' + n))
			if want := ('A' + n) % 2; errors.Is(err, session.ErrNotFound) != (want == 1) {
				t.Errorf("update %d: %v", n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
