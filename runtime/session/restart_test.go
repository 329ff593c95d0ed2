package session_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// TestRestart starts on a database with many conversations: it takes no longer than on an empty one, what is stored costs
// no memory, and every conversation goes on. TACET_CONVERSATIONS says how many there are.
func TestRestart(t *testing.T) {
	conversations := 3000
	if n, err := strconv.Atoi(os.Getenv("TACET_CONVERSATIONS")); err == nil {
		conversations = n
	}
	path := filepath.Join(t.TempDir(), "tacet.db")
	ids := fillWith(t, path, conversations)
	before := inUse()
	begun := time.Now()
	host, closeStore := hostOn(t, path)
	defer closeStore()
	for n, id := range []string{ids[0], ids[len(ids)/2], ids[len(ids)-1]} {
		if _, err := host.Post(context.Background(), id, session.Post{ClientID: "after", Text: "turn 2"}); err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			took := time.Since(begun)
			t.Logf("the first answer after %v, with %d conversations", took, conversations)
			if took > 2*time.Second {
				t.Errorf("the first answer took %v, want less than 2s", took)
			}
		}
	}
	used := int64(inUse()) - int64(before)
	t.Logf("%d kB of memory in use", used>>10)
	if used > 16<<20 {
		t.Errorf("%d conversations at rest use %d bytes", conversations, used)
	}
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// fillWith holds conversations of two turns.
func fillWith(t *testing.T, path string, conversations int) (ids []string) {
	t.Helper()
	host, closeStore := hostOn(t, path)
	defer closeStore()
	notice, _ := host.Notice("consultation", "en")
	ids = make([]string, conversations)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 128 {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < conversations; i = int(next.Add(1)) - 1 {
				r, err := host.Start(context.Background(), session.Start{Flow: "consultation", ClientID: session.NewID(), Notice: notice.Hash})
				if err == nil {
					_, err = host.Post(context.Background(), r.ID, session.Post{ClientID: "1", Text: "turn 1"})
				}
				if err != nil {
					t.Error(err)
					return
				}
				ids[i] = r.ID
			}
		})
	}
	wg.Wait()
	return ids
}

func hostOn(t *testing.T, path string) (*session.Host, func()) {
	t.Helper()
	store, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	host, err := session.New(session.Options{Flows: []session.Flow{sessiontest.Flow()}, Store: store, Vault: sqlitetest.Vault(t, path)})
	if err != nil {
		t.Fatal(err)
	}
	return host, func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestForget: what nobody asks for any more is opened again when somebody does.
func TestForget(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tacet.db")
	file, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	store := &viewed{Store: file}
	host, err := session.New(session.Options{Flows: []session.Flow{sessiontest.Flow()}, Store: store, Vault: sqlitetest.Vault(t, path)})
	if err != nil {
		t.Fatal(err)
	}
	n, _ := host.Notice("consultation", "en")
	r, err := host.Start(t.Context(), session.Start{Flow: "consultation", ClientID: session.NewID(), Notice: n.Hash})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct{ forgets, views int64 }{{0, 0}, {1, 0}, {2, 1}, {1, 0}} {
		for range c.forgets {
			host.Forget()
		}
		store.views.Store(0)
		if _, err := host.Post(t.Context(), r.ID, session.Post{ClientID: strconv.Itoa(i), Text: "hello"}); err != nil {
			t.Fatal(err)
		}
		if got := store.views.Load(); min(got, 1) != c.views {
			t.Errorf("after %d times the next turn reads the store %d times", c.forgets, got)
		}
	}
}

// viewed counts how often it is read.
type viewed struct {
	*sqlite.Store
	views atomic.Int64
}

func (v *viewed) View(ctx context.Context, practice string, fn func(session.Reader) error) error {
	v.views.Add(1)
	return v.Store.View(ctx, practice, fn)
}
