package storetest

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
)

// TurnsToAnswer names the variable of the environment that holds the work of a process that is to be killed:
// conversation=first turn to send, by commas.
const TurnsToAnswer = "TACET_TEST_TURNS"

// Answer is such a process: it sends turns to each conversation, numbered on from where it is told, and writes down each that
// was answered, until it is killed.
func Answer(host *session.Host) error {
	failed := make(chan error, 1)
	var mu sync.Mutex
	for w := range strings.SplitSeq(os.Getenv(TurnsToAnswer), ",") {
		id, first, _ := strings.Cut(w, "=")
		n, err := strconv.Atoi(first)
		if err != nil {
			return err
		}
		go func() {
			for ; ; n++ {
				text := strconv.Itoa(n)
				if _, err := host.Post(context.Background(), id, session.Post{ClientID: text, Text: "turn " + text}); err != nil {
					failed <- err
					return
				}
				mu.Lock()
				fmt.Println(id, n)
				mu.Unlock()
			}
		}()
	}
	return <-failed
}

// Killing says how the data of a test is opened by processes of their own.
type Killing struct {
	Host func(t *testing.T) (host *session.Host, closeStore func()) // serves sessiontest.Flow from the data
	Env  []string                                                   // tells this program to open the same data and Answer
}

// Kill kills the process that answers 200 conversations, again and again, and asks the next one what it does not know to be
// done. No turn that was answered is lost, and none counts twice. TACET_KILLS says how many times.
func Kill(t *testing.T, k Killing) {
	t.Helper()
	const conversations = 200
	kills := 15
	if n, err := strconv.Atoi(os.Getenv("TACET_KILLS")); err == nil {
		kills = n
	}
	host, closeStore := k.Host(t)
	answered := map[string]int{}
	for range conversations {
		n, _ := host.Notice("consultation", "en")
		r, err := host.Start(t.Context(), session.Start{Flow: "consultation", ClientID: session.NewID(), Notice: n.Hash})
		if err != nil {
			t.Fatal(err)
		}
		answered[r.ID] = 0
	}
	closeStore()
	random := rand.New(rand.NewPCG(1, 2))
	for range kills {
		k.once(t, answered, random)
	}
	host, closeStore = k.Host(t)
	defer closeStore()
	total := 0
	for id, last := range answered {
		p, err := host.Read(t.Context(), id, 0, 1_000_000)
		if err != nil {
			t.Fatal(err)
		}
		sessiontest.CheckLog(t, p)
		if n := InOrder(t, p); n < last || n > last+1 {
			t.Errorf("%d turns were answered and %d are stored", last, n)
		}
		total += last
	}
	if total == 0 {
		t.Error("no turn was answered between the kills")
	}
	t.Logf("%d turns answered over %d kills", total, kills)
}

// InOrder counts the patient's messages, which are "turn 1", "turn 2", ….
func InOrder(t *testing.T, p session.Page) (n int) {
	t.Helper()
	for _, m := range p.Messages {
		if m.Author != session.ByPatient {
			continue
		}
		if n++; m.Text != "turn "+strconv.Itoa(n) {
			t.Fatalf("the patient's message %d is %q", n, m.Text)
		}
	}
	return n
}

// once lets a process answer for some milliseconds after its first turn, or live for some at all, kills it, and counts what it
// said was answered.
func (k *Killing) once(t *testing.T, answered map[string]int, random *rand.Rand) {
	t.Helper()
	life := time.Duration(random.IntN(100)) * time.Millisecond
	early := random.IntN(4) == 0
	var work []string
	for id, last := range answered {
		work = append(work, fmt.Sprintf("%s=%d", id, last+1))
	}
	cmd := exec.Command(os.Args[0]) //nolint:noctx // it is killed below, which is the point
	cmd.Env = append(append(os.Environ(), k.Env...), TurnsToAnswer+"="+strings.Join(work, ","))
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
