package sqlite_test

import (
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// TestChecker breaks promises in a file whose guards were taken out, to see that the checker sees it.
func TestChecker(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, sql, want string }{
		{"nothing", `SELECT 1`, ""},
		{"the assistant after an emergency", `INSERT INTO messages SELECT conversation, seq + 1, at, 'assistant', '', 'say', epoch, lang,
			'hi', '', '' FROM messages WHERE role = 'ack'; UPDATE conversations SET seq = seq + 1`, "follows an emergency"},
		{"a gap", `UPDATE conversations SET seq = seq + 1`, "without gaps"},
		{"a lost answer", `DELETE FROM answers WHERE client_id = '1'`, "belongs to no answer"},
		{"time", `UPDATE messages SET at = at - 1 WHERE role = 'ack'`, "backwards"},
	} {
		path, _ := escalated(t)
		db := raw(t, path)
		if err := db.Exec(`DROP TRIGGER messages_silence; DROP TRIGGER messages_final; ` + c.sql); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := strings.Join(sqlitetest.Broken(t, path), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
