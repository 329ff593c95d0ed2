package session_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// The names under which a killed child finds its work.
const (
	childStore = "TACET_TEST_STORE"
	childTurns = "TACET_TEST_TURNS" // conversation=first turn to send, by commas
)

func TestMain(m *testing.M) {
	if path := os.Getenv(childStore); path != "" {
		if err := child(path, strings.Split(os.Getenv(childTurns), ",")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child sends turns to each conversation, numbered on from where it is told, and writes down each that was answered,
// until it is killed.
func child(path string, work []string) error {
	store, err := sqlite.Open(path, sqlite.Options{})
	if err != nil {
		return err
	}
	keys, err := sqlite.OpenKeys(path + ".keys")
	if err != nil {
		return err
	}
	master, err := vault.MasterFromFile(filepath.Join(filepath.Dir(path), "master.key"))
	if err != nil {
		return err
	}
	v, err := vault.New(vault.Options{Master: master, Keys: keys})
	if err != nil {
		return err
	}
	host, err := session.New(session.Options{Flows: []session.Flow{sessiontest.Flow()}, Store: store, Vault: v})
	if err != nil {
		return err
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, w := range work {
		id, first, _ := strings.Cut(w, "=")
		n, err := strconv.Atoi(first)
		if err != nil {
			return err
		}
		wg.Go(func() {
			for ; ; n++ {
				text := strconv.Itoa(n)
				if _, err := host.Post(context.Background(), id, session.Post{ClientID: text, Text: "turn " + text}); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println(id, n)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return nil
}

// TestKill kills the process that answers, again and again, and asks the next one what it does not know to be done. No
// turn that was answered is lost, and none counts twice. TACET_KILLS says how many times.
func TestKill(t *testing.T) {
	t.Parallel()
	const conversations = 200
	kills := 15
	if n, err := strconv.Atoi(os.Getenv("TACET_KILLS")); err == nil {
		kills = n
	}
	path := filepath.Join(t.TempDir(), "tacet.db")
	answered := map[string]int{}
	host, closeStore := hostOn(t, path)
	for range conversations {
		n, _ := host.Notice("consultation", "en")
		r, err := host.Start(context.Background(), session.Start{Flow: "consultation", ClientID: session.NewID(), Notice: n.Hash})
		if err != nil {
			t.Fatal(err)
		}
		answered[r.ID] = 0
	}
	closeStore()
	random := rand.New(rand.NewPCG(1, 2))
	for range kills {
		run(t, path, answered, random)
	}
	host, closeStore = hostOn(t, path)
	defer closeStore()
	total := 0
	for id, last := range answered {
		p, err := host.Read(context.Background(), id, 0, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		checkLog(t, p)
		n := 0
		for _, m := range p.Messages {
			if m.Author != session.ByPatient {
				continue
			}
			if n++; m.Text != "turn "+strconv.Itoa(n) {
				t.Fatalf("the patient's message %d is %q", n, m.Text)
			}
		}
		if n < last || n > last+1 {
			t.Errorf("%d turns were answered and %d are stored", last, n)
		}
		total += last
	}
	if total == 0 {
		t.Error("no turn was answered between the kills")
	}
	t.Logf("%d turns answered over %d kills", total, kills)
	sqlitetest.Check(t, path)
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

// run lets a child answer for some milliseconds after its first turn, or live for some at all, kills it, and counts what
// it said was answered.
func run(t *testing.T, path string, answered map[string]int, random *rand.Rand) {
	t.Helper()
	life := time.Duration(random.IntN(100)) * time.Millisecond
	early := random.IntN(4) == 0
	var work []string
	for id, last := range answered {
		work = append(work, fmt.Sprintf("%s=%d", id, last+1))
	}
	cmd := exec.Command(os.Args[0]) //nolint:noctx // it is killed below, which is the point
	cmd.Env = append(os.Environ(), childStore+"="+path, childTurns+"="+strings.Join(work, ","))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := early
	if early {
		time.AfterFunc(life, func() { _ = cmd.Process.Kill() })
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		id, n, _ := strings.Cut(lines.Text(), " ")
		// a line cut off by the kill could be read as a smaller number, never as a larger one
		if v, err := strconv.Atoi(n); err == nil {
			answered[id] = max(answered[id], v)
		}
		if !killed {
			killed = true
			time.AfterFunc(life, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait() // killed
	if !killed {
		t.Fatal("the child answered nothing")
	}
}
