package audit_test

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/runtime/audit"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

const practice = "lakeside"

var (
	ctx = context.Background()
	at  = time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
)

// written returns a database with a few conversations of a few turns.
func written(t *testing.T) (path string, s *sqlite.Store) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tacet.db")
	s = open(t, path)
	if err := s.PutMachine(ctx, practice, "m", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		talk(t, s, fmt.Sprintf("c%d", i))
	}
	return path, s
}

// talk stores a conversation of four turns.
func talk(t *testing.T, s *sqlite.Store, id string) {
	t.Helper()
	for v := int64(1); v <= 4; v++ {
		w := session.Write{Turn: session.Turn{
			Practice: practice, Conversation: id, Version: v, At: at.Add(time.Duration(v) * time.Second), After: v - 1, Last: v,
			Authors: session.AssistantWrote, Control: engine.Assistant, Sealed: []byte("sealed"),
		}}
		if v == 1 {
			w.Client = session.KeyOf(id)
			w.Header = &session.Header{Conversation: id, Practice: practice, Flow: "f", Machine: "m", Key: 1, Client: w.Client, Started: at}
			w.Standing = &session.Standing{Control: engine.Assistant, Since: at}
		}
		sum := w.Digest()
		w.Audit = []session.Entry{
			{At: w.At, Actor: "patient", Action: "turn", Conversation: id, Version: v, Turn: sum[:]},
			{At: w.At, Actor: "mei", Action: "transcript.viewed", Conversation: id},
		}
		if err := s.Commit(ctx, w); err != nil {
			t.Error(err)
			return
		}
	}
}

func open(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func verify(t *testing.T, s session.Store, known ...audit.Checkpoint) *audit.Report {
	t.Helper()
	r, err := audit.Verify(ctx, s, practice, known...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhole(t *testing.T) {
	t.Parallel()
	_, s := written(t)
	r := verify(t, s)
	if !r.Whole() || r.Entries != 24 || r.Turns != 12 || !r.Last.Equal(at.Add(4*time.Second)) {
		t.Errorf("Verify = %+v, want 24 entries, 12 turns and nothing found", r)
	}
	if empty := verify(t, open(t, filepath.Join(t.TempDir(), "empty.db"))); !empty.Whole() || empty.Entries != 0 {
		t.Errorf("an empty trail: %+v", empty)
	}
}

// TestFound changes the database beside the application, past its guards, in every way that matters: each is found, where it
// was done.
func TestFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sql, want string
		number    int64
	}{
		"entry changed":       {`UPDATE audit SET entries = CAST(replace(CAST(entries AS TEXT), 'mei', 'eve') AS BLOB) WHERE first = 9`, "not as they were written", 9},
		"entry deleted":       {`DELETE FROM audit WHERE first = 9`, "9 to 10 are missing", 11},
		"entry put in":        {`UPDATE audit SET count = count + 1, entries = CAST(CAST(entries AS TEXT) || '{}' AS BLOB) WHERE first = 9`, "not as they were written", 9},
		"count changed":       {`UPDATE audit SET count = 1 WHERE first = 9`, "not as they were written", 9},
		"entries exchanged":   {`UPDATE audit SET entries = (SELECT entries FROM audit WHERE first = 11) WHERE first = 9`, "not as they were written", 9},
		"hash changed":        {`UPDATE audit SET hash = zeroblob(32) WHERE first = 9`, "not as they were written", 9},
		"link changed":        {`UPDATE audit SET prev = zeroblob(32) WHERE first = 9`, "does not follow", 9},
		"turn changed":        {`UPDATE turns SET sealed = x'00' WHERE conversation = (SELECT number FROM conversations WHERE id = 'c1') AND version = 3`, "turn 3 of conversation c1 is not as", 13},
		"turn's time changed": {`UPDATE turns SET at = at + 1 WHERE conversation = (SELECT number FROM conversations WHERE id = 'c1') AND version = 3`, "turn 3 of conversation c1 is not as", 13},
		"turn deleted":        {`DELETE FROM turns WHERE conversation = (SELECT number FROM conversations WHERE id = 'c1') AND version = 3`, "turn 3 of conversation c1 is gone", 13},
		"turn put in": {`INSERT INTO turns SELECT 999, conversation, 5, at, NULL, 4, 5, authors, said, ack, released, control, epoch, tier, sealed
			FROM turns WHERE conversation = (SELECT number FROM conversations WHERE id = 'c2') AND version = 4`, "conversation c2 has 5 turns, and the trail knows 4", 0},
		"conversation put in": {`INSERT INTO conversations SELECT number + 100, 'forged', practice, flow, machine, key, x'00', started, control, epoch, tier, team, outcome,
			flagged, since, due, NULL FROM conversations WHERE id = 'c2'`, "conversation forged is there", 0},
		"the whole end cut off": {`DELETE FROM audit WHERE first > 1`, "has 4 turns, and the trail knows", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path, s := written(t)
			tamper(t, path, c.sql)
			r := verify(t, s)
			if !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool {
				return strings.Contains(f.What, c.want) && f.Number == c.number
			}) {
				t.Errorf("found %+v, want %q at %d", r.Findings, c.want, c.number)
			}
		})
	}
}

// tamper does something to the database without its triggers.
func tamper(t *testing.T, path, sql string) {
	t.Helper()
	db, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var drops []string
	st, _, err := db.Prepare(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	for st.Step() {
		drops = append(drops, "DROP TRIGGER "+st.ColumnText(0))
	}
	if err := errors.Join(st.Err(), st.Close()); err != nil {
		t.Fatal(err)
	}
	for _, s := range append(drops, sql) {
		if err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if db.Changes() == 0 {
		t.Fatal("nothing was changed")
	}
}

// TestCutOff: what was cut off at the end, or written anew from some entry on, is found by a checkpoint kept elsewhere.
func TestCutOff(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	path, s := written(t)
	whole := verify(t, s).Checkpoint(practice, at)
	text, err := whole.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	known, err := audit.ReadCheckpoints(text+"\n", key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	if r := verify(t, s, known...); !r.Whole() {
		t.Errorf("the trail as it was: %+v", r.Findings)
	}
	if err := s.Note(ctx, practice, session.Entry{At: at, Actor: "mei", Action: "people.signed-in"}); err != nil {
		t.Fatal(err)
	}
	if r := verify(t, s, known...); !r.Whole() {
		t.Errorf("the trail went on: %+v", r.Findings)
	}
	tamper(t, path, `DELETE FROM audit WHERE first >= 21`)
	tamper(t, path, `DELETE FROM turns WHERE conversation = (SELECT number FROM conversations WHERE id = 'c2') AND version >= 3`)
	if r := verify(t, s); !r.Whole() {
		t.Errorf("without a checkpoint nothing tells, but %+v", r.Findings)
	}
	r := verify(t, s, known...)
	if len(r.Findings) != 1 || !strings.Contains(r.Findings[0].What, "ends at entry 20") {
		t.Errorf("cut off: %+v", r.Findings)
	}
	for range 4 { // a fork
		if err := s.Note(ctx, practice, session.Entry{At: at, Actor: "eve", Action: "people.signed-in"}); err != nil {
			t.Fatal(err)
		}
	}
	if r := verify(t, s, known...); len(r.Findings) != 1 || !strings.Contains(r.Findings[0].What, "not the trail of") {
		t.Errorf("written anew: %+v", r.Findings)
	}
}

// TestClockSetBack: a trail in which time goes back is whole, and what is cut off is found by the statement that was made last, whatever
// its date.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	path, s := written(t)
	first := verify(t, s).Checkpoint(practice, at)
	early := at.Add(-48 * time.Hour)
	for i := range 4 {
		if err := s.Note(ctx, practice, session.Entry{At: early.Add(time.Duration(i) * time.Minute), Actor: "mei", Action: "people.signed-in"}); err != nil {
			t.Fatal(err)
		}
	}
	second := verify(t, s).Checkpoint(practice, early)
	if r := verify(t, s, second, first); !r.Whole() || r.Entries != 28 {
		t.Errorf("with the clock set back: %+v", r)
	}
	tamper(t, path, `DELETE FROM audit WHERE first >= 26`)
	if r := verify(t, s, first); !r.Whole() {
		t.Errorf("the first statement knows nothing of it, but %+v", r.Findings)
	}
	if r := verify(t, s, first, second); len(r.Findings) != 1 || !strings.Contains(r.Findings[0].What, "ends at entry 25, and at 2026-02-28T15:00:00Z it had 28") {
		t.Errorf("cut off: %+v", r.Findings)
	}
}

// TestWhileItGoesOn verifies a trail that others write meanwhile: what comes after the last page was read is no finding.
func TestWhileItGoesOn(t *testing.T) {
	t.Parallel()
	path, s := written(t)
	other := open(t, path)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			talk(t, other, fmt.Sprintf("n%06d", i))
		}
	}()
	for range 20 {
		if r := verify(t, s); !r.Whole() {
			t.Errorf("while it is written: %+v", r.Findings)
			break
		}
	}
	close(stop)
	<-done
}

func TestCheckpointsRefused(t *testing.T) {
	t.Parallel()
	key, other := ed25519.NewKeyFromSeed(make([]byte, 32)), ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", 32)))
	text, err := (&audit.Checkpoint{Practice: practice, Next: 9, At: at}).Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	public := key.Public().(ed25519.PublicKey)
	for name, s := range map[string]string{
		"nothing": "", "text": "x", "another number": strings.Replace(text, `"next":9`, `"next":8`, 1),
		"another practice": strings.Replace(text, practice, "hilltop", 1), "a short hash": strings.Replace(text, "00", "", 1), "two, one wrong": text + "\nx",
	} {
		if _, err := audit.ReadCheckpoints(s, public); !errors.Is(err, audit.ErrCheckpoint) {
			t.Errorf("%s: %v, want %v", name, err, audit.ErrCheckpoint)
		}
	}
	if _, err := audit.ReadCheckpoints(text, other.Public().(ed25519.PublicKey)); !errors.Is(err, audit.ErrCheckpoint) {
		t.Errorf("another key: %v", err)
	}
}

func TestEach(t *testing.T) {
	t.Parallel()
	_, s := written(t)
	for name, c := range map[string]struct {
		q    audit.Query
		want int
	}{
		"everything":        {audit.Query{}, 24},
		"who looked":        {audit.Query{Action: "transcript.viewed", Conversation: "c1"}, 4},
		"what somebody did": {audit.Query{Actor: "mei"}, 12},
		"within a time":     {audit.Query{From: at.Add(2 * time.Second), To: at.Add(3 * time.Second)}, 6},
		"nobody":            {audit.Query{Actor: "eve"}, 0},
	} {
		got := 0
		err := audit.Each(ctx, s, practice, c.q, func(session.Entry) error { got++; return nil })
		if err != nil || got != c.want {
			t.Errorf("%s: %d entries, %v; want %d", name, got, err, c.want)
		}
	}
}
