package sqlite_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
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
	"github.com/tacet-lang/tacet/runtime/store/storetest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// hostOn serves conversations from a folder, through a file layer.
func hostOn(t *testing.T, folder, layer string) *session.Host {
	t.Helper()
	host, closeAll, err := openHost(folder, sqlite.OnLayer(sqlite.Options{}, layer))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closeAll)
	return host
}

func openHost(folder string, o sqlite.Options) (host *session.Host, closeAll func(), err error) {
	name := filepath.Join(folder, "tacet.db")
	if err := vault.CreateMasterFile(filepath.Join(folder, "master.key")); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, nil, err
	}
	master, err := vault.MasterFromFile(filepath.Join(folder, "master.key"))
	if err != nil {
		return nil, nil, err
	}
	keys, err := sqlite.OpenKeysOn(o, name+".keys")
	if err != nil {
		return nil, nil, err
	}
	v, err := vault.New(vault.Options{Master: master, Keys: keys})
	if err != nil {
		return nil, nil, errors.Join(err, keys.Close())
	}
	store, err := sqlite.Open(name, o)
	if err != nil {
		return nil, nil, errors.Join(err, keys.Close())
	}
	closeAll = func() {
		_ = store.Close() // on a layer that breaks it may fail
		_ = keys.Close()
	}
	host, err = session.New(session.Options{Flows: []session.Flow{sessiontest.Flow()}, Store: store, Vault: v})
	return host, closeAll, err
}

func start(host *session.Host) (string, error) {
	n, _ := host.Notice("consultation", "en")
	r, err := host.Start(context.Background(), session.Start{Flow: "consultation", ClientID: session.NewID(), Notice: n.Hash})
	return r.ID, err
}

func post(host *session.Host, id string, n int) error {
	_, err := host.Post(context.Background(), id, session.Post{ClientID: strconv.Itoa(n), Text: "turn " + strconv.Itoa(n)})
	return err
}

// answered is how many turns of each conversation were answered.
type answered struct {
	gate  sync.RWMutex // held while what is left is looked at, so that the load does not outgrow the looking
	mu    sync.Mutex
	turns map[string]int
}

func (a *answered) set(id string, n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.turns[id] = n
}

func (a *answered) now() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make(map[string]int, len(a.turns))
	for id, n := range a.turns {
		out[id] = n
	}
	return out
}

// cutsEach is how often the power is cut on one database, so that looking at what is left does not grow with every cut.
const cutsEach = 15

// TestPowerLoss cuts the power at random moments under load, many times over: whatever of the unflushed writes reached
// the disk, every turn that was answered is there, once and in order, and opens. TACET_CUTS says how many times.
func TestPowerLoss(t *testing.T) {
	t.Parallel()
	cuts := cutsEach
	if n, err := strconv.Atoi(os.Getenv("TACET_CUTS")); err == nil {
		cuts = n
	}
	random := rand.New(rand.NewPCG(1, 2))
	total := 0
	for left := cuts; left > 0; left -= cutsEach {
		t.Run("database", func(t *testing.T) { total += cutUnderLoad(t, min(left, cutsEach), random) })
	}
	if total == 0 {
		t.Error("no turn was answered before a cut")
	}
	t.Logf("%d cuts, %d answered turns found again", cuts, total)
}

// cutUnderLoad cuts the power of a server that is busy, and counts the answered turns it finds again.
func cutUnderLoad(t *testing.T, cuts int, random *rand.Rand) (total int) {
	t.Helper()
	d := newDisk(t)
	folder := t.TempDir()
	host := hostOn(t, folder, d.name)
	a := &answered{turns: map[string]int{}}
	var stop atomic.Bool
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop.Store(true)
	for range 16 {
		wg.Go(func() {
			for !stop.Load() {
				id, err := start(host)
				for n := 0; n <= 8 && err == nil; n++ {
					a.set(id, n)
					a.gate.RLock()
					err = post(host, id, n+1)
					a.gate.RUnlock()
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range cuts {
		time.Sleep(time.Duration(random.IntN(40)) * time.Millisecond)
		t.Run("cut", func(t *testing.T) { total += afterCut(t, d, a, folder, random) })
	}
	return total
}

// afterCut starts again from what a power cut leaves and counts the turns that were answered before.
func afterCut(t *testing.T, d *disk, a *answered, folder string, random *rand.Rand) (total int) {
	t.Helper()
	left := t.TempDir()
	want := a.now() // before the cut: what is answered later may be lost
	d.cut(t, left, random)
	a.gate.Lock()
	defer a.gate.Unlock()
	key, err := os.ReadFile(filepath.Join(folder, "master.key"))
	if err == nil {
		err = os.WriteFile(filepath.Join(left, "master.key"), key, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	host := hostOn(t, left, "")
	for id, n := range want {
		p, err := host.Read(context.Background(), id, 0, 1000)
		if err != nil {
			t.Fatalf("a conversation with %d answered turns: %v", n, err)
		}
		stored := 0
		for _, m := range p.Messages {
			if m.Author != session.ByPatient {
				continue
			}
			if stored++; m.Text != "turn "+strconv.Itoa(stored) {
				t.Errorf("the patient's message %d is %q", stored, m.Text)
			}
		}
		if stored < n || stored > n+8 { // later ones may have been stored, and not answered when we asked
			t.Errorf("%d turns were answered and %d are stored", n, stored)
		}
		total += n
	}
	sqlitetest.Check(t, filepath.Join(left, "tacet.db"))
	return total
}

// TestBrokenDisk lets the disk fail in every way: requests are refused as unavailable, nothing is half done, and when the
// disk is well again, so is everything else.
func TestBrokenDisk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, op string
		err      error
	}{
		{"full", "write", sqlite3.FULL},
		{"read-only", "write", sqlite3.READONLY},
		{"write error", "write", sqlite3.IOERR_WRITE},
		{"flush error", "sync", sqlite3.IOERR_FSYNC},
		{"read error", "read", sqlite3.IOERR_READ},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDisk(t)
			folder := t.TempDir()
			host := hostOn(t, folder, d.name)
			id, err := start(host)
			if err == nil {
				err = post(host, id, 1)
			}
			if err != nil {
				t.Fatal(err)
			}
			fail := func(op string) error {
				if op == c.op {
					return c.err
				}
				return nil
			}
			d.fail.Store(&fail)
			var failed atomic.Int64
			var wg sync.WaitGroup
			for n := range 20 { // several in one commit
				wg.Go(func() {
					switch err := post(host, id, n+2); {
					case errors.Is(err, session.ErrUnavailable):
						failed.Add(1)
					case err != nil:
						t.Errorf("Post: got %v, want ErrUnavailable", err)
					}
				})
			}
			wg.Wait()
			if c.op != "read" && failed.Load() != 20 {
				t.Errorf("%d of 20 turns were refused", failed.Load())
			}
			d.fail.Store(nil)
			if err := post(host, id, 99); err != nil {
				t.Errorf("once the disk is well again: %v", err)
			}
			p, err := host.Read(context.Background(), id, 0, 1000)
			if err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, m := range p.Messages {
				if m.Author == session.ByPatient {
					texts = append(texts, m.Text)
				}
			}
			if c.op != "read" && strings.Join(texts, ", ") != "turn 1, turn 99" {
				t.Errorf("stored are %q", texts)
			}
			sqlitetest.Check(t, filepath.Join(folder, "tacet.db"))
		})
	}
}

// TestSlowDisk: who waits for a slow disk is answered, and shares its flushes.
func TestSlowDisk(t *testing.T) {
	t.Parallel()
	d := newDisk(t)
	folder := t.TempDir()
	host := hostOn(t, folder, d.name)
	const talks, turns = 64, 4
	var ids []string
	for range talks {
		id, err := start(host)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	var flushes atomic.Int64
	slow := func(op string) error {
		if op == "sync" {
			flushes.Add(1)
			time.Sleep(20 * time.Millisecond)
		}
		return nil
	}
	d.fail.Store(&slow)
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			for n := range turns {
				if err := post(host, id, n+1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := flushes.Load(); n > talks*turns/4 {
		t.Errorf("%d turns needed %d flushes", talks*turns, n)
	}
	sqlitetest.Check(t, filepath.Join(folder, "tacet.db"))
}

// TestHangingDisk: while a flush hangs, turns are refused as unavailable, not knowing whether they were stored; asked again when it
// goes on, each is stored once.
func TestHangingDisk(t *testing.T) {
	t.Parallel()
	d := newDisk(t)
	folder := t.TempDir()
	var host *session.Host
	closeAll := func() {}
	defer func() { closeAll() }()
	open := func(patience time.Duration) {
		t.Helper()
		closeAll()
		var err error
		if host, closeAll, err = openHost(folder, sqlite.Impatient(sqlite.OnLayer(sqlite.Options{}, d.name), patience)); err != nil {
			t.Fatal(err)
		}
	}
	open(0)
	var ids []string
	for range 2 * sqlite.MaxBatch { // more than are taken at once
		id, err := start(host)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	open(20 * time.Millisecond)
	goes := make(chan struct{})
	hang := func(op string) error {
		if op == "sync" {
			<-goes
		}
		return nil
	}
	d.fail.Store(&hang)
	all := func(want error) {
		t.Helper()
		var wg sync.WaitGroup
		for _, id := range ids {
			wg.Go(func() {
				if err := post(host, id, 1); !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
			})
		}
		wg.Wait()
	}
	all(session.ErrUnavailable)
	all(session.ErrUnavailable)
	d.fail.Store(nil)
	close(goes)
	open(0)
	all(nil)
	for _, id := range ids {
		p, err := host.Read(context.Background(), id, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		sessiontest.CheckLog(t, p)
		if n := storetest.InOrder(t, p); n != 1 {
			t.Fatalf("%d turns are stored", n)
		}
	}
	sqlitetest.Check(t, filepath.Join(folder, "tacet.db"))
}
