package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/storetest"
)

func TestKill(t *testing.T) {
	t.Parallel()
	data := newData(t)
	storetest.Kill(t, storetest.Killing{
		Env: words(data),
		Host: func(t *testing.T) (*session.Host, func()) {
			t.Helper()
			host, closeAll, err := hostOf(func(name string) string { return data[name] })
			if err != nil {
				t.Fatal(err)
			}
			return host, closeAll
		},
	})
}

// TestDatabaseHangs: while nobody may write to the table of turns, they are refused as unavailable; asked again afterwards, each is
// stored once.
func TestDatabaseHangs(t *testing.T) {
	t.Parallel()
	data := newData(t)
	host, closeAll, err := hostOf(func(name string) string { return data[name] }, 500*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll()
	n, _ := host.Notice("consultation", "en")
	r, err := host.Start(ctx, session.Start{Flow: "consultation", ClientID: session.NewID(), Notice: n.Hash})
	if err != nil {
		t.Fatal(err)
	}
	other, err := pgx.Connect(ctx, data[serverData])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(ctx) }() // nothing is lost by that
	if _, err := other.Exec(ctx, `BEGIN; LOCK TABLE turns IN EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	post := session.Post{ClientID: "1", Text: "turn 1"}
	for range 3 {
		if _, err := host.Post(ctx, r.ID, post); !errors.Is(err, session.ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
	}
	if _, err := other.Exec(ctx, `COMMIT`); err != nil {
		t.Fatal(err)
	}
	var again error
	for range 50 { // the process may still be busy with what was left behind
		if _, again = host.Post(ctx, r.ID, post); again == nil {
			break
		}
	}
	p, err := host.Read(ctx, r.ID, 0, 1000)
	if err != nil || again != nil {
		t.Fatal(err, again)
	}
	sessiontest.CheckLog(t, p)
	if n := storetest.InOrder(t, p); n != 1 {
		t.Errorf("%d turns are stored", n)
	}
}
