package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// address turns a connection string of words into a URL.
func address(words string) string {
	q, name := url.Values{}, ""
	for _, w := range strings.Fields(words) {
		k, v, _ := strings.Cut(w, "=")
		if k == "dbname" {
			name = v
			continue
		}
		q.Set(k, v)
	}
	return "postgres:///" + name + "?" + q.Encode()
}

// process is one of several servers of a practice.
type process struct {
	url string
	cmd *exec.Cmd
}

// startProcess runs a server with these further arguments and waits until it is open.
func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command("tacet", append([]string{"serve", "--addr", "127.0.0.1:0"}, args...)...)}
	var complaints bytes.Buffer
	p.cmd.Stderr = &complaints
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	if err != nil {
		_ = p.cmd.Wait() // so that all of its complaints are here
		t.Fatalf("no address was printed: %v\n%s", err, complaints.String())
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	if p.url = regexp.MustCompile(`http://\S+`).FindString(line); p.url == "" {
		t.Fatalf("no address in %q", line)
	}
	return p
}

// kill is a power cut.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // an error says that it is gone
	_ = p.cmd.Wait()         // of a killed process always an error
}

// patient is a client that asks whichever server answers.
type patient struct {
	urls  []string
	id    string
	token string
	tries atomic.Int64
}

type answer struct {
	Status       int `json:"-"`
	Code         string
	Conversation string
	Token        string
	Control      string
	Seq          int64
	Notice       struct{ Hash string }
	Messages     []struct {
		Seq    int64
		Author string
		Text   string
	}
}

// send repeats a request until a server answers it.
func (p *patient) send(method, path string, body any) (a answer, err error) {
	for try := range 200 {
		a, err = p.sendTo(p.urls[try%len(p.urls)], method, path, body)
		if err == nil && a.Status < http.StatusInternalServerError {
			return a, nil
		}
		p.tries.Add(1)
		time.Sleep(20 * time.Millisecond)
	}
	return a, errors.Join(fmt.Errorf("%s %s: %d", method, path, a.Status), err)
}

func (p *patient) sendTo(base, method, path string, body any) (a answer, err error) {
	e, err := ask(method, base+path, body, showing(p.token)...)
	if err != nil {
		return a, err
	}
	a.Status = e.Status
	return a, e.read(&a)
}

// begin starts a conversation, having been shown the notice.
func (p *patient) begin(flow, clientID string) error {
	start := map[string]any{"flow": flow, "client_id": clientID}
	shown, err := p.send("POST", "/api/conversations", start)
	if err != nil {
		return err
	}
	start["notice"] = shown.Notice.Hash
	begun, err := p.send("POST", "/api/conversations", start)
	if err != nil || begun.Status != http.StatusCreated {
		return errors.Join(fmt.Errorf("start: %d %s", begun.Status, begun.Code), err)
	}
	p.id, p.token = begun.Conversation, begun.Token
	return nil
}

// TestProcesses lets patients talk to two servers over one PostgreSQL in turn, and kills one of them half-way: every turn
// that was answered is there, once and in order.
func TestProcesses(t *testing.T) {
	t.Parallel()
	data, keys := address(postgrestest.Database(t)), address(postgrestest.Database(t))
	master := filepath.Join(t.TempDir(), "master.key")
	if err := vault.CreateMasterFile(master); err != nil {
		t.Fatal(err)
	}
	args := []string{"--database", data, "--keys", keys, "--master", "file:" + master, "../../examples/lakeside"}
	one, other := startProcess(t, args...), startProcess(t, args...)
	const patients, turns = 6, 24
	var all sync.WaitGroup
	var half sync.WaitGroup
	half.Add(patients)
	tries := make([]int64, patients)
	for i := range patients {
		all.Go(func() {
			p := &patient{urls: []string{one.url, other.url}}
			if i%2 == 1 {
				p.urls = []string{other.url, one.url}
			}
			if err := talk(p, i, turns, half.Done); err != nil {
				t.Errorf("patient %d: %v", i, err)
			}
			tries[i] = p.tries.Load()
		})
	}
	half.Wait()
	one.kill()
	all.Wait()
	repeated := int64(0)
	for _, n := range tries {
		repeated += n
	}
	if repeated == 0 {
		t.Error("no request met the dead server, so nothing was tested")
	}
}

// talk asks for a person, then writes to them, and reads it all back.
func talk(p *patient, number, turns int, half func()) error {
	told := false
	defer func() {
		if !told {
			half()
		}
	}()
	if err := p.begin("consultation", fmt.Sprintf("patient-%02d-of-the-test", number)); err != nil {
		return err
	}
	path := "/api/conversations/" + p.id + "/messages"
	if _, err := p.send("POST", path, map[string]any{"client_id": "human", "human": true}); err != nil {
		return err
	}
	for n := range turns {
		if n == turns/2 {
			told = true
			half()
		}
		p.urls[0], p.urls[1] = p.urls[1], p.urls[0]
		a, err := p.send("POST", path, map[string]any{"client_id": fmt.Sprint(n), "text": fmt.Sprintf("message %d", n)})
		if err != nil || a.Status != http.StatusOK {
			return errors.Join(fmt.Errorf("message %d: %d %s", n, a.Status, a.Code), err)
		}
	}
	a, err := p.send("GET", path+"?after=0", nil)
	if err != nil {
		return err
	}
	next := 0
	for i, m := range a.Messages {
		if m.Seq != int64(i+1) {
			return fmt.Errorf("message %d has the number %d", i+1, m.Seq)
		}
		if m.Author == "patient" {
			if want := fmt.Sprintf("message %d", next); m.Text != want {
				return fmt.Errorf("got %q, want %q", m.Text, want)
			}
			next++
		}
	}
	if next != turns {
		return fmt.Errorf("%d messages are there, want %d", next, turns)
	}
	return nil
}
