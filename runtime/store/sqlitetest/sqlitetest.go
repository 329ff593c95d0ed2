// Package sqlitetest reads a database file beside the server that writes it, opens what is sealed in it, and finds what
// must never be in it. It is for tests only, and shares no code with the store, so that neither can hide the other's
// mistake.
package sqlitetest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// Vault returns a vault for a database file, with its keys and master key beside it where `tacet serve` has them. It makes
// what is not there.
func Vault(t testing.TB, path string) *vault.Vault {
	t.Helper()
	name := filepath.Join(filepath.Dir(path), "master.key")
	if err := vault.CreateMasterFile(name); err != nil && !errors.Is(err, os.ErrExist) {
		t.Fatal(err)
	}
	master, err := vault.MasterFromFile(name)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := sqlite.OpenKeys(path + ".keys")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keys.Close() })
	v, err := vault.New(vault.Options{Master: master, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// promises are queries on what Open lays out that return one text for each broken promise.
var promises = []struct{ name, sql string }{
	{"an automated message follows an escalation", `
		SELECT m.conversation || ' ' || m.seq || ': ' || m.role FROM messages m JOIN messages ack
		ON ack.conversation = m.conversation AND ack.role = 'ack' AND ack.seq < m.seq
		WHERE m.author = 'assistant' AND NOT EXISTS (
			SELECT 1 FROM turns r WHERE r.conversation = m.conversation AND r.released AND r.version <= m.version)`},
	{"an automated message follows an emergency", `
		SELECT m.conversation || ' ' || m.seq FROM messages m JOIN conversations c ON c.id = m.conversation
		WHERE c.tier = 'emergency' AND m.author = 'assistant'
		AND m.seq > (SELECT min(seq) FROM messages WHERE conversation = c.id AND role = 'ack')`},
	{"the assistant said more than one thing in the turn that silenced it, or after it", `
		SELECT c.id FROM conversations c WHERE c.control IN ('waiting', 'human')
		AND (SELECT role FROM messages WHERE conversation = c.id AND author = 'assistant' ORDER BY seq DESC LIMIT 1) <> 'ack'`},
	{"a handoff has more than one acknowledgement", `
		SELECT conversation FROM messages WHERE role = 'ack' GROUP BY conversation, epoch HAVING count(*) > 1`},
	{"an automated message follows the end", `
		SELECT m.conversation || ' ' || m.seq FROM messages m JOIN messages e
		ON e.conversation = m.conversation AND e.role = 'closing' AND e.seq < m.seq WHERE m.author = 'assistant'`},
	{"messages are not numbered from 1 without gaps", `
		SELECT c.id FROM conversations c JOIN turns t ON t.conversation = c.id
		AND t.version = (SELECT max(version) FROM turns WHERE conversation = c.id)
		WHERE t.last_seq <> (SELECT count(*) FROM messages WHERE conversation = c.id)
		OR t.last_seq <> (SELECT max(seq) FROM messages WHERE conversation = c.id) OR t.last_seq <> t.state_seq`},
	{"turns are not numbered from 1 without gaps", `
		SELECT c.id FROM conversations c WHERE (SELECT count(*) FROM turns WHERE conversation = c.id)
		<> (SELECT coalesce(max(version), 0) FROM turns WHERE conversation = c.id)`},
	{"a turn holds other messages than it says", `
		SELECT t.conversation || ' ' || t.version FROM turns t WHERE t.last_seq - t.after_seq <>
			(SELECT count(*) FROM messages m WHERE m.conversation = t.conversation AND m.version = t.version)
		OR EXISTS (SELECT 1 FROM messages m WHERE m.conversation = t.conversation AND m.version = t.version
			AND (m.seq <= t.after_seq OR m.seq > t.last_seq))
		OR t.said IS NOT (SELECT max(epoch) FROM messages m WHERE m.conversation = t.conversation AND m.version = t.version AND author = 'assistant')
		OR t.ack <> (SELECT count(*) FROM messages m WHERE m.conversation = t.conversation AND m.version = t.version AND role = 'ack')`},
	{"a turn says something else than its state", `
		SELECT conversation || ' ' || version FROM turns WHERE control <> state_control OR epoch <> state_epoch OR tier <> state_tier`},
	{"a conversation's row says something else than its newest turn", `
		SELECT c.id FROM conversations c JOIN turns t ON t.conversation = c.id
		AND t.version = (SELECT max(version) FROM turns WHERE conversation = c.id)
		WHERE c.control <> t.control OR c.epoch <> t.epoch OR c.tier <> t.tier`},
	{"a patient's message belongs to no answer", `
		SELECT m.conversation || ' ' || m.seq FROM messages m JOIN turns t ON t.conversation = m.conversation AND t.version = m.version
		WHERE m.author = 'patient' AND t.client IS NULL`},
	{"two turns answer one request", `
		SELECT conversation FROM turns WHERE client IS NOT NULL GROUP BY conversation, client HAVING count(*) > 1`},
	{"a turn has no entry in the trail, or several", `
		SELECT t.conversation || ' ' || t.version FROM turns t WHERE 1 <>
			(SELECT count(*) FROM audit a WHERE a.conversation = t.conversation AND a.version = t.version)`},
	{"the trail names a turn that is not there", `
		SELECT a.conversation || ' ' || a.version FROM audit a WHERE a.version > 0 AND NOT EXISTS (
			SELECT 1 FROM turns t WHERE t.conversation = a.conversation AND t.version = a.version)`},
	{"time runs backwards", `
		SELECT t.conversation FROM turns t JOIN turns u ON u.conversation = t.conversation AND u.version = t.version + 1
		WHERE u.at < t.at`},
}

// damage are queries on the file itself.
var damage = []struct{ name, sql string }{
	{"the file is damaged", `SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'`},
	{"a row lost its parent", `SELECT "table" FROM pragma_foreign_key_check`},
}

// Check fails the test for every promise that the file at path breaks.
func Check(t testing.TB, path string) {
	t.Helper()
	for _, broken := range Broken(t, path) {
		t.Error(broken)
	}
}

// Broken lists the promises that the file at path breaks.
func Broken(t testing.TB, path string) (list []string) {
	t.Helper()
	file := connect(t, path)
	defer func() { _ = file.Close() }() // it only reads
	for _, p := range damage {
		for _, broken := range texts(t, file, p.sql) {
			list = append(list, p.name+": "+broken)
		}
	}
	opened := layOut(t, path)
	defer func() { _ = opened.Close() }()
	for _, p := range promises {
		for _, broken := range texts(t, opened, p.sql) {
			list = append(list, p.name+": "+broken)
		}
	}
	return list
}

// Texts returns the first column of a query's rows, on the tables that layOut makes.
func Texts(t testing.TB, path, sql string) []string {
	t.Helper()
	opened := layOut(t, path)
	defer func() { _ = opened.Close() }()
	return texts(t, opened, sql)
}

func connect(t testing.TB, path string) *sqlite3.Conn {
	t.Helper()
	db, err := sqlite3.OpenFlags(path, sqlite3.OPEN_READWRITE)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.BusyTimeout(busyTimeout); err != nil {
		t.Fatal(err)
	}
	return db
}

func texts(t testing.TB, db *sqlite3.Conn, sql string) (out []string) {
	t.Helper()
	each(t, db, sql, func(s *sqlite3.Stmt) { out = append(out, s.ColumnText(0)) })
	return out
}

func each(t testing.TB, db *sqlite3.Conn, sql string, row func(*sqlite3.Stmt), args ...any) {
	t.Helper()
	s, _, err := db.Prepare(sql)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }() // its error is Err's
	for i, a := range args {
		if err := bindOne(s, i+1, a); err != nil {
			t.Fatal(err)
		}
	}
	for s.Step() {
		row(s)
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
}

func bindOne(s *sqlite3.Stmt, i int, a any) error {
	switch a := a.(type) {
	case string:
		return s.BindText(i, a)
	case []byte:
		if a == nil {
			return s.BindNull(i)
		}
		return s.BindBlob(i, a)
	case int64:
		return s.BindInt64(i, a)
	}
	return s.BindNull(i)
}
