package sqlitetest

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/vault"
)

const busyTimeout = 10 * time.Second

// schema is what a test sees of a database: one row a message, opened.
const schema = `
CREATE TABLE conversations (id TEXT, practice TEXT, control TEXT, epoch INTEGER, tier TEXT, team TEXT, outcome TEXT, flagged INTEGER);
CREATE TABLE turns (conversation TEXT, version INTEGER, at INTEGER, client BLOB, after_seq INTEGER, last_seq INTEGER,
  said INTEGER, ack INTEGER, released INTEGER, control TEXT, epoch INTEGER, tier TEXT,
  state_seq INTEGER, state_control TEXT, state_epoch INTEGER, state_tier TEXT);
CREATE TABLE messages (conversation TEXT, version INTEGER, seq INTEGER, author TEXT, role TEXT, epoch INTEGER, lang TEXT,
  text TEXT, masked TEXT);
CREATE TABLE outbox (conversation TEXT, vendor TEXT, fields TEXT);
CREATE TABLE audit (practice TEXT, actor TEXT, action TEXT, conversation TEXT, version INTEGER, detail TEXT);
CREATE INDEX turns_version ON turns (conversation, version);
CREATE INDEX messages_seq ON messages (conversation, seq);
CREATE INDEX audit_version ON audit (conversation, version);
`

// sealedTurn is what stands sealed in a turn.
type sealedTurn struct {
	Messages []struct {
		Seq    int64
		Author string
		Role   string
		Epoch  int64
		Lang   string
		Text   string
		Masked string
	}
	State struct {
		Control, Tier string
		Epoch, Seq    int64
	}
}

type entry struct {
	Actor, Action, Conversation string
	Version                     int64
	Detail                      json.RawMessage
}

// layOut opens everything in the file and lays it out in memory.
func layOut(t testing.TB, path string) *sqlite3.Conn {
	t.Helper()
	v := Vault(t, path)
	file := connect(t, path)
	defer func() { _ = file.Close() }() // it only reads
	exec(t, file, `BEGIN`)
	out := connect(t, ":memory:")
	exec(t, out, schema+`BEGIN`)
	copyRows(t, file, out, `SELECT id, practice, control, epoch, tier, team, outcome, flagged FROM conversations`,
		`INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
	insert := inserter(t, out)
	each(t, file, `SELECT c.practice, c.id, t.version, c.key, t.sealed, t.at, t.client, t.after_seq, t.last_seq, t.said, t.ack,
			t.released, t.control, t.epoch, t.tier FROM turns t JOIN conversations c ON c.number = t.conversation`, func(s *sqlite3.Stmt) {
		id, version := s.ColumnText(1), s.ColumnInt64(2)
		var turn sealedTurn
		open(t, v, vault.Label{Practice: s.ColumnText(0), Conversation: id, Sequence: version, Column: "turn"}, s.ColumnInt64(3), s.ColumnBlob(4, nil), &turn)
		args := []any{id, version}
		for col := 5; col < 15; col++ {
			args = append(args, value(s, col))
		}
		st := turn.State
		insert(`INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(args, st.Seq, st.Control, st.Epoch, st.Tier)...)
		for _, m := range turn.Messages {
			insert(`INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, id, version, m.Seq, m.Author, m.Role, m.Epoch, m.Lang, m.Text, m.Masked)
		}
	})
	each(t, file, `SELECT o.practice, c.id, o.version, c.key, o.sealed, o.vendor, 'outbox/' || o.number
		FROM outbox o JOIN conversations c ON c.number = o.conversation ORDER BY o.id`, func(s *sqlite3.Stmt) {
		var fields json.RawMessage
		open(t, v, vault.Label{Practice: s.ColumnText(0), Conversation: s.ColumnText(1), Sequence: s.ColumnInt64(2), Column: s.ColumnText(6)},
			s.ColumnInt64(3), s.ColumnBlob(4, nil), &fields)
		insert(`INSERT INTO outbox VALUES (?, ?, ?)`, s.ColumnText(1), s.ColumnText(5), string(fields))
	})
	each(t, file, `SELECT practice, entries FROM audit ORDER BY practice, first`, func(s *sqlite3.Stmt) {
		lines := json.NewDecoder(bytes.NewReader(s.ColumnBlob(1, nil)))
		for lines.More() {
			var e entry
			if err := lines.Decode(&e); err != nil {
				t.Fatal(err)
			}
			insert(`INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)`, s.ColumnText(0), e.Actor, e.Action, e.Conversation, e.Version, string(e.Detail))
		}
	})
	exec(t, out, `COMMIT`)
	return out
}

func open(t testing.TB, v *vault.Vault, l vault.Label, key int64, sealed []byte, into any) {
	t.Helper()
	plain, err := v.Open(context.Background(), key, l, sealed)
	if err == nil {
		err = json.Unmarshal(plain, into)
	}
	if err != nil {
		t.Fatalf("%+v: %v", l, err)
	}
}

func exec(t testing.TB, db *sqlite3.Conn, sql string) {
	t.Helper()
	if err := db.Exec(sql); err != nil {
		t.Fatal(err)
	}
}

// inserter returns a function that runs a statement, prepared once.
func inserter(t testing.TB, db *sqlite3.Conn) func(sql string, args ...any) {
	stmts := map[string]*sqlite3.Stmt{}
	return func(sql string, args ...any) {
		t.Helper()
		s := stmts[sql]
		if s == nil {
			var err error
			if s, _, err = db.Prepare(sql); err != nil {
				t.Fatal(err)
			}
			stmts[sql] = s
		}
		for i, a := range args {
			if err := bindOne(s, i+1, a); err != nil {
				t.Fatal(err)
			}
		}
		s.Step()
		if err := s.Reset(); err != nil {
			t.Fatal(err)
		}
	}
}

func copyRows(t testing.TB, from, to *sqlite3.Conn, query, into string) {
	t.Helper()
	insert := inserter(t, to)
	each(t, from, query, func(s *sqlite3.Stmt) {
		var args []any
		for col := range s.ColumnCount() {
			args = append(args, value(s, col))
		}
		insert(into, args...)
	})
}

func value(s *sqlite3.Stmt, col int) any {
	switch s.ColumnType(col) {
	case sqlite3.INTEGER:
		return s.ColumnInt64(col)
	case sqlite3.TEXT:
		return s.ColumnText(col)
	case sqlite3.BLOB:
		return s.ColumnBlob(col, nil)
	case sqlite3.FLOAT, sqlite3.NULL:
	}
	return nil
}
