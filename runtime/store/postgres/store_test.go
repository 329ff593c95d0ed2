package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/postgres"
	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
	"github.com/tacet-lang/tacet/runtime/store/storetest"
	"github.com/tacet-lang/tacet/runtime/vault"
	"github.com/tacet-lang/tacet/runtime/vault/vaulttest"
)

func TestMain(m *testing.M) {
	if os.Getenv(serverData) == "" {
		os.Exit(postgrestest.Run(m))
	}
	answer := serve
	if os.Getenv(storetest.TurnsToAnswer) != "" {
		answer = storetest.Answer
	}
	h, _, err := hostOf(os.Getenv)
	if err == nil {
		err = answer(h)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

var ctx = context.Background()

func open(t *testing.T, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStore(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	urls := map[string]string{}
	storetest.Run(t, func(t *testing.T, name string) session.Store {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		key := t.Name() + "/" + name
		if urls[key] == "" {
			urls[key] = postgrestest.Database(t)
		}
		return open(t, urls[key])
	})
}

func TestKeys(t *testing.T) {
	t.Parallel()
	vaulttest.Run(t, func(t *testing.T) vault.Keys {
		t.Helper()
		k, err := postgres.OpenKeys(ctx, postgrestest.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = k.Close() })
		return k
	})
}

// TestPracticesApart connects beside the application, as the application's role, and finds nothing without naming a practice
// and nothing of another practice with.
func TestPracticesApart(t *testing.T) {
	t.Parallel()
	url := postgrestest.Database(t)
	s := open(t, url)
	for _, practice := range []string{"lakeside", "hilltop"} {
		start(t, s, practice, "c-"+practice)
	}
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	for _, table := range []string{"machines", "conversations", "turns", "trails", "audit", "outbox"} {
		for practice, want := range map[string]int{"": 0, "lakeside": 1, "hilltop": 1, "elsewhere": 0} {
			if _, err := c.Exec(ctx, `SELECT set_config('tacet.practice', $1, false)`, practice); err != nil {
				t.Fatal(err)
			}
			var n int
			if err := c.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != want {
				t.Errorf("as %q %s has %d rows, %v; want %d", practice, table, n, err, want)
			}
			if err := c.QueryRow(ctx, `SELECT count(*) FROM `+table+` WHERE practice <> $1`, practice).Scan(&n); err != nil || n != 0 {
				t.Errorf("as %q %s has %d rows of others, %v", practice, table, n, err)
			}
		}
	}
	if _, err := c.Exec(ctx, `SELECT set_config('tacet.practice', 'lakeside', false)`); err != nil {
		t.Fatal(err)
	}
	_, err = c.Exec(ctx, `INSERT INTO machines (practice, hash, machine) VALUES ('hilltop', 'x', '{}')`)
	if err == nil || !strings.Contains(err.Error(), "row-level security") {
		t.Errorf("as another practice a row is inserted: %v", err)
	}
	for _, table := range []string{"machines", "conversations", "turns", "trails", "audit", "outbox", "reservations"} {
		var forced bool
		if err := c.QueryRow(ctx, `SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relname = $1`, table).Scan(&forced); err != nil || !forced {
			t.Errorf("row-level security of %s is not forced: %v", table, err)
		}
	}
}

// TestEveryTableIsApart fails for a table that somebody adds without row-level security.
func TestEveryTableIsApart(t *testing.T) {
	t.Parallel()
	url := postgrestest.Database(t)
	open(t, url)
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	rows, err := c.Query(ctx, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
		AND relname <> 'migrations' AND NOT (relrowsecurity AND relforcerowsecurity)`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(names) > 0 {
		t.Errorf("tables without row-level security: %v, %v", names, err)
	}
}

func TestSuperuserRefused(t *testing.T) {
	t.Parallel()
	url := postgrestest.Database(t)
	if s, err := postgres.Open(ctx, postgrestest.Super(t, url)); err == nil {
		_ = s.Close()
		t.Error("a role above row-level security is accepted")
	}
	if _, err := postgres.Open(ctx, "host=/nowhere user=app password=hush"); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("Open of nothing = %v", err)
	}
}

// TestClocksApart: whose clock is more than a minute from the database's serves nobody over it.
func TestClocksApart(t *testing.T) {
	t.Parallel()
	s := open(t, postgrestest.Database(t))
	for apart, fits := range map[time.Duration]bool{0: true, 30 * time.Second: true, -30 * time.Second: true, time.Hour: false, -time.Hour: false, -2 * time.Minute: false} {
		err := s.Fits(func() time.Time { return time.Now().Add(apart) })
		if fits != (err == nil) || err != nil && !strings.Contains(err.Error(), "the database's clock shows ") {
			t.Errorf("a clock %v ahead: %v", apart, err)
		}
	}
	if got := s.Patience(); got != 10*time.Second {
		t.Errorf("turns wait for %v, want 10s", got)
	}
}

// TestSilence inserts beside the application what the application never would.
func TestSilence(t *testing.T) {
	t.Parallel()
	url := postgrestest.Database(t)
	s := open(t, url)
	start(t, s, "lakeside", "c1")
	w := turn("lakeside", "c1", 2)
	w.Control, w.Epoch, w.Tier, w.Ack = engine.Waiting, 1, "emergency", true
	w.Standing = &session.Standing{Control: engine.Waiting, Epoch: 1, Tier: "emergency", Since: w.At}
	if err := s.Commit(ctx, w); err != nil {
		t.Fatal(err)
	}
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(ctx) }()
	if _, err := c.Exec(ctx, `SELECT set_config('tacet.practice', 'lakeside', false)`); err != nil {
		t.Fatal(err)
	}
	for name, sql := range map[string]string{
		"speaks": `INSERT INTO turns SELECT conversation, version + 1, practice, at, NULL, last_seq, last_seq + 1, 2, epoch, false, false, control, epoch, tier, sealed
			FROM turns WHERE version = 2`,
		"gets the word back": `INSERT INTO turns SELECT conversation, version + 1, practice, at, NULL, last_seq, last_seq + 1, 2, epoch + 1, false, true, 'assistant', epoch + 1, tier, sealed
			FROM turns WHERE version = 2`,
		"is rewritten":       `UPDATE turns SET control = 'assistant'`,
		"is handed back":     `UPDATE conversations SET control = 'assistant', epoch = 9`,
		"is no emergency":    `UPDATE conversations SET tier = ''`,
		"loses its trail":    `DELETE FROM audit`,
		"changes its trail":  `UPDATE audit SET count = 9`,
		"forges its trail":   `INSERT INTO audit VALUES ('lakeside', 9, 1, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), '')`,
		"skips a turn":       `INSERT INTO turns SELECT conversation, 9, practice, at, NULL, 9, 10, 1, NULL, false, false, control, epoch, tier, sealed FROM turns WHERE version = 2`,
		"becomes somebody's": `UPDATE conversations SET practice = 'hilltop'`,
	} {
		if _, err := c.Exec(ctx, sql); err == nil {
			t.Errorf("an emergency %s", name)
		}
	}
}

// TestServerEnds ends the database under traffic: what was acknowledged is there afterwards, what was not says so, and the
// store works again by itself. It is alone, because everybody shares the server.
func TestServerEnds(t *testing.T) {
	url := postgrestest.Database(t)
	s := open(t, url)
	const talks = 8
	for i := range talks {
		start(t, s, "lakeside", id(i))
	}
	stop := make(chan struct{})
	acknowledged := make([]int64, talks)
	var wg sync.WaitGroup
	for i := range talks {
		wg.Go(func() {
			version := int64(1)
			for {
				select {
				case <-stop:
					return
				default:
				}
				switch err := s.Commit(ctx, turn("lakeside", id(i), version+1)); {
				case err == nil:
					version++
					acknowledged[i] = version
				case errors.Is(err, session.ErrStale): // one that we were not told of
					version++
				case errors.Is(err, session.ErrUnavailable):
					time.Sleep(5 * time.Millisecond)
				default:
					t.Errorf("Commit = %v", err)
					return
				}
			}
		})
	}
	for range 2 {
		time.Sleep(200 * time.Millisecond)
		postgrestest.Stop(t)
		time.Sleep(100 * time.Millisecond)
		postgrestest.Start(t)
	}
	time.Sleep(200 * time.Millisecond)
	close(stop)
	wg.Wait()
	for i := range talks {
		err := s.View(ctx, "lakeside", func(r session.Reader) error {
			last, err := r.Last(id(i))
			if err == nil && last.Version < acknowledged[i] {
				t.Errorf("%s ends at turn %d, and %d was acknowledged", id(i), last.Version, acknowledged[i])
			}
			return err
		})
		if err != nil {
			t.Errorf("View after the server is back: %v", err)
		}
		if acknowledged[i] < 3 {
			t.Errorf("%s has only %d turns", id(i), acknowledged[i])
		}
	}
}

func id(i int) string { return "c" + string(rune('a'+i)) }

// start stores a conversation with its first turn.
func start(t *testing.T, s session.Store, practice, id string) {
	t.Helper()
	if err := s.PutMachine(ctx, practice, "m", []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	w := turn(practice, id, 1)
	w.Client = session.KeyOf(id)
	w.Header = &session.Header{Conversation: id, Practice: practice, Flow: "f", Machine: "m", Key: 1, Client: w.Client, Started: w.At}
	w.Standing = &session.Standing{Control: engine.Assistant, Since: w.At}
	w.Outbox = []session.Parcel{{Vendor: "crm", At: w.At, Sealed: []byte("x")}}
	w.Audit = []session.Entry{{At: w.At, Actor: "patient", Action: "turn", Conversation: id}}
	if err := s.Commit(ctx, w); err != nil {
		t.Fatal(err)
	}
}

// turn is one in which the assistant says one thing.
func turn(practice, id string, version int64) session.Write {
	return session.Write{Turn: session.Turn{
		Practice: practice, Conversation: id, Version: version, At: time.UnixMicro(1_770_000_000_000_000 + version), After: version - 1, Last: version,
		Authors: session.AssistantWrote, Control: engine.Assistant, Sealed: []byte("sealed"),
	}}
}
