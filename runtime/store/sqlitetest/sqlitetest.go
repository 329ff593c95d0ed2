// Package sqlitetest reads a database file beside the server that writes it and finds what must never be in it. It is
// for tests only, and shares no code with the store, so that neither can hide the other's mistake.
package sqlitetest

import (
	"testing"

	"github.com/ncruces/go-sqlite3"
)

// promises are queries that return one text for each broken promise.
var promises = []struct{ name, sql string }{
	{"an automated message follows an escalation", `
		SELECT m.conversation || ' ' || m.seq || ': ' || m.role FROM messages m JOIN messages ack
		ON ack.conversation = m.conversation AND ack.role = 'ack' AND ack.seq < m.seq
		WHERE m.author = 'assistant' AND NOT EXISTS (
			SELECT 1 FROM audit a WHERE a.conversation = m.conversation AND a.action = 'conversation.released')`},
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
		SELECT c.id FROM conversations c WHERE c.seq <> (SELECT count(*) FROM messages WHERE conversation = c.id)
		OR c.seq <> (SELECT max(seq) FROM messages WHERE conversation = c.id)`},
	{"two answers hold the same message", `
		SELECT a.conversation FROM answers a JOIN answers b ON a.conversation = b.conversation AND a.client_id < b.client_id
		WHERE a.after_seq < b.last_seq AND b.after_seq < a.last_seq`},
	{"a patient's message belongs to no answer", `
		SELECT m.conversation || ' ' || m.seq FROM messages m WHERE m.author = 'patient' AND NOT EXISTS (
			SELECT 1 FROM answers a WHERE a.conversation = m.conversation AND m.seq > a.after_seq AND m.seq <= a.last_seq)`},
	{"time runs backwards", `
		SELECT m.conversation FROM messages m JOIN messages n ON n.conversation = m.conversation AND n.seq = m.seq + 1
		WHERE n.at < m.at`},
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
	db, err := sqlite3.OpenFlags(path, sqlite3.OPEN_READWRITE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // it only reads
	for _, p := range promises {
		for _, broken := range texts(t, db, p.sql) {
			list = append(list, p.name+": "+broken)
		}
	}
	return list
}

// Texts returns the first column of a query's rows.
func Texts(t testing.TB, path, sql string) []string {
	t.Helper()
	db, err := sqlite3.OpenFlags(path, sqlite3.OPEN_READWRITE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }() // it only reads
	return texts(t, db, sql)
}

func texts(t testing.TB, db *sqlite3.Conn, sql string) (out []string) {
	t.Helper()
	s, _, err := db.Prepare(sql)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }() // its error is Err's
	for s.Step() {
		out = append(out, s.ColumnText(0))
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
