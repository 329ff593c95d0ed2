package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
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
	host, err := session.New(session.Options{Flows: []session.Flow{sessiontest.Flow()}, Store: store, Vault: sqlitetest.Vault(t, path)})
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
	path, _ := escalated(t) // version 1 said 2 messages, version 2 heard one and acknowledged: 4 in all, epoch 1
	db := raw(t, path)
	const turn = `INSERT INTO turns (conversation, version, at, after_seq, last_seq, authors, said, ack, released, control, epoch, tier, sealed)
		SELECT number, $version, 9e15, $after, $last, $authors, $said, $ack, $released, '$control', $epoch, '$tier', x'00' FROM conversations`
	row := func(changes ...string) string {
		values := map[string]string{
			"version": "3", "after": "4", "last": "5", "authors": "1", "said": "NULL", "ack": "0", "released": "0",
			"control": "waiting", "epoch": "1", "tier": "emergency",
		}
		for i := 0; i < len(changes); i += 2 {
			values[changes[i]] = changes[i+1]
		}
		out := turn
		for k, v := range values {
			out = strings.ReplaceAll(out, "$"+k, v)
		}
		return out
	}
	for _, c := range []struct{ name, sql, want string }{
		{"automated message under the old epoch", row("authors", "2", "said", "0"), "may not speak"},
		{"automated message under the new epoch", row("authors", "2", "said", "1"), "may not speak"},
		{"automated message among others", row("authors", "7", "said", "1"), "may not speak"},
		{"automated message that says no epoch", row("authors", "2"), "CHECK"},
		{"second acknowledgement", row("authors", "2", "said", "1", "ack", "1", "control", "human", "epoch", "2"), "may not speak"},
		{"an emergency released", row("authors", "2", "said", "2", "released", "1", "control", "assistant", "epoch", "2"), "may not speak"},
		{"message of nobody", row("authors", "0"), "CHECK"},
		{"gap in messages", row("after", "5", "last", "6"), "out of sequence"},
		{"gap in turns", row("version", "4"), "no such conversation"},
		{"a turn twice", row("version", "2", "after", "2", "last", "4"), "UNIQUE"},
		{"back to the assistant", row("control", "assistant", "epoch", "2"), "forward"},
		{"control without an epoch", row("control", "human"), "forward"},
		{"earlier epoch", row("epoch", "0"), "forward"},
		{"no emergency after all", row("tier", "routine"), "forward"},
		{"unknown control", row("control", "robot", "epoch", "2"), "CHECK"},
		{"changed turn", `UPDATE turns SET sealed = x'00'`, "final"},
		{"changed author", `UPDATE turns SET authors = 2`, "final"},
		{"back to the assistant, in the queue", `UPDATE conversations SET control = 'assistant', epoch = epoch + 1`, "forward"},
		{"no emergency after all, in the queue", `UPDATE conversations SET tier = 'routine'`, "forward"},
		{"another key", `UPDATE conversations SET key = 1`, "never changes"},
		{"another practice", `UPDATE conversations SET practice = 'hillside'`, "never changes"},
		{"changed audit", `UPDATE audit SET entries = x'00'`, "append-only"},
		{"removed audit", `DELETE FROM audit`, "append-only"},
		{"audit gap", `INSERT INTO audit VALUES ('lakeside', 99, 1, x'00', x'00', x'00')`, "out of sequence"},
		{"audit fork", `INSERT INTO audit SELECT practice, first + count, 1, prev, hash, entries FROM audit ORDER BY first DESC LIMIT 1`, "out of sequence"},
	} {
		err := db.Exec(c.sql)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a refusal about %q", c.name, err, c.want)
		}
	}
	if err := db.Exec(row()); err != nil {
		t.Errorf("the patient's message: %v", err)
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
	var armed atomic.Bool
	first := make(chan struct{})
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "tacet.db"), sqlite.Options{Before: func(sql string) error {
		if sql == "COMMIT" && armed.Load() && commits.Add(1) == 1 {
			<-first
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ctx := context.Background()
	if err := store.PutMachine(ctx, "p", "m", nil); err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1, 0)
	start := func(n int) error {
		id := strconv.Itoa(n)
		w := session.Write{
			Turn:     session.Turn{Practice: "p", Conversation: id, Version: 1, At: at, Said: -1, Control: "assistant", Sealed: []byte{0}},
			Header:   &session.Header{Conversation: id, Practice: "p", Machine: "m", Client: session.KeyOf(id), Started: at},
			Standing: &session.Standing{Control: "assistant", Since: at},
		}
		if n%2 == 1 {
			w.Turn.Control = "nobody" // after its conversation was inserted
		}
		return store.Commit(ctx, w)
	}
	armed.Store(true)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := start(1000); err != nil {
			t.Error(err)
		}
	})
	for commits.Load() == 0 { // until it is being made durable
		runtime.Gosched()
	}
	var waiting atomic.Int64
	for n := range 40 {
		wg.Go(func() {
			waiting.Add(1)
			if err := start(n); (err != nil) != (n%2 == 1) {
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
	err = store.View(ctx, "p", func(r session.Reader) error {
		for n := range 40 {
			if _, err := r.Header(strconv.Itoa(n)); errors.Is(err, session.ErrNotFound) != (n%2 == 1) {
				t.Errorf("update %d: %v", n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
