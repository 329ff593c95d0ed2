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
		{"a gap", `UPDATE turns SET last_seq = last_seq + 1 WHERE version = 2`, "without gaps"},
		{"a lost turn", `DELETE FROM turns WHERE version = 1`, "without gaps"},
		{"a lost answer", `UPDATE turns SET client = NULL WHERE version = 2`, "belongs to no answer"},
		{"one request twice", `UPDATE turns SET client = x'01'`, "two turns answer one request"},
		{"a hidden acknowledgement", `UPDATE turns SET ack = 0`, "other messages than it says"},
		{"a hidden author", `UPDATE turns SET authors = 1, said = NULL, ack = 0`, "other messages than it says"},
		{"another state", `UPDATE turns SET tier = 'routine'`, "something else than its state"},
		{"another standing", `UPDATE conversations SET control = 'human', epoch = 2`, "something else than its newest turn"},
		{"an entry too few", `DROP TRIGGER audit_kept; DELETE FROM audit WHERE first = (SELECT max(first) FROM audit)`, "no entry in the trail"},
		{"time", `UPDATE turns SET at = at - 1000000000 WHERE version = 2`, "backwards"},
	} {
		path, _ := escalated(t)
		db := raw(t, path)
		if err := db.Exec(`DROP TRIGGER turns_final; ` + c.sql); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := strings.Join(sqlitetest.Broken(t, path), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
