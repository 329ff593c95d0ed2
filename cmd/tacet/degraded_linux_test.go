package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/tacet-lang/tacet/runtime/store/postgrestest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// troubled is a server with a patient who writes to it one message at a time, on a connection that stays open.
type troubled struct {
	*testing.T
	server   *process
	patient  *patient
	client   *http.Client
	sent     int // messages that were answered
	question int // client id of the message that is being sent
}

func newTroubled(t *testing.T, args ...string) *troubled {
	t.Helper()
	p := startProcess(t, args...)
	r := &troubled{T: t, server: p, patient: &patient{urls: []string{p.url}}, client: &http.Client{Timeout: 20 * time.Second}}
	if err := r.patient.begin("consultation", "a-patient-in-trouble"); err != nil {
		t.Fatal(err)
	}
	if a := r.say(); a.Status != http.StatusOK {
		t.Fatalf("while all is well: %+v", a)
	}
	return r
}

// said is how one try was answered.
type said struct {
	Status int
	Retry  string // Retry-After
	Code   string
	Took   time.Duration
}

// say sends a message, or once more the one that was not answered.
func (r *troubled) say() (s said) {
	r.Helper()
	body := fmt.Sprintf(`{"client_id":"m%d","text":"message %d"}`, r.question, r.question)
	req, err := http.NewRequest("POST", r.server.url+"/api/conversations/"+r.patient.id+"/messages", strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+r.patient.token)
	begun := time.Now()
	res, err := r.client.Do(req)
	if s.Took = time.Since(begun); err != nil {
		r.Fatalf("no answer after %v: %v", s.Took, err)
	}
	defer func() { _ = res.Body.Close() }()
	s.Status, s.Retry = res.StatusCode, res.Header.Get("Retry-After")
	b, err := io.ReadAll(res.Body)
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		r.Fatalf("answered with %s: %v", b, err)
	}
	if s.Status = res.StatusCode; s.Status == http.StatusOK {
		r.sent++
		r.question++
	}
	return s
}

// unavailable sends until it is told to come back, which must not take long, and never in other words.
func (r *troubled) unavailable() {
	r.Helper()
	for range 400 {
		s := r.say()
		switch {
		case s.Took > 8*time.Second:
			r.Fatalf("an answer took %v", s.Took)
		case s.Status == http.StatusOK:
			continue
		case s.Status != http.StatusServiceUnavailable || s.Retry == "" || s.Code != "unavailable":
			r.Fatalf("in trouble: %+v", s)
		}
		return
	}
	r.Fatal("the trouble is never noticed")
}

// recovers waits until messages are answered again, without a restart, and reads everything back.
func (r *troubled) recovers() {
	r.Helper()
	for begun := time.Now(); r.say().Status != http.StatusOK; time.Sleep(50 * time.Millisecond) {
		if time.Since(begun) > 15*time.Second {
			r.Fatal("it does not recover")
		}
	}
	a, err := r.patient.send("GET", "/api/conversations/"+r.patient.id+"/messages?after=0", nil)
	if err != nil {
		r.Fatal(err)
	}
	n := 0
	for i, m := range a.Messages {
		if m.Seq != int64(i+1) {
			r.Fatalf("message %d has the number %d", i+1, m.Seq)
		}
		if m.Author == "patient" {
			if want := fmt.Sprintf("message %d", n); m.Text != want {
				r.Fatalf("got %q, want %q", m.Text, want)
			}
			n++
		}
	}
	if n != r.sent && len(a.Messages) < 200 {
		r.Errorf("%d messages were answered, and %d are there", r.sent, n)
	}
}

// limit sets a limit of the server's process.
func (r *troubled) limit(resource int, to uint64) {
	r.Helper()
	var was unix.Rlimit
	if err := unix.Prlimit(r.server.cmd.Process.Pid, resource, nil, &was); err != nil {
		r.Fatal(err)
	}
	now := unix.Rlimit{Cur: min(to, was.Max), Max: was.Max}
	if err := unix.Prlimit(r.server.cmd.Process.Pid, resource, &now, nil); err != nil {
		r.Fatal(err)
	}
}

// files is how many files the server has open.
func (r *troubled) files() uint64 {
	r.Helper()
	list, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", r.server.cmd.Process.Pid))
	if err != nil {
		r.Fatal(err)
	}
	return uint64(len(list))
}

// TestFullDisk lets no file of the server grow any more, as on a full disk, and takes the limit away again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := newTroubled(t, "--no-limits", "--data", filepath.Join(folder, "x.db"), "../../examples/lakeside")
	for range 2 {
		r.limit(unix.RLIMIT_FSIZE, 1)
		r.unavailable()
		if s := r.say(); s.Status != http.StatusServiceUnavailable {
			t.Errorf("on a full disk: %+v", s)
		}
		r.limit(unix.RLIMIT_FSIZE, unix.RLIM_INFINITY)
		r.recovers()
	}
}

// TestNoMoreFiles leaves the server no file to open, with strangers on all connections it can take. Who is connected is
// answered, or told to come back; when the strangers have gone, new patients are welcome.
func TestNoMoreFiles(t *testing.T) {
	t.Parallel()
	r := newTroubled(t, "--no-limits", "--data", filepath.Join(t.TempDir(), "x.db"), "../../examples/lakeside")
	r.limit(unix.RLIMIT_NOFILE, r.files()+3)
	var strangers []net.Conn
	for range 40 {
		c, err := net.DialTimeout("tcp", strings.TrimPrefix(r.server.url, "http://"), time.Second)
		if err != nil {
			break // the queue of the system is full too
		}
		strangers = append(strangers, c)
	}
	for range 20 {
		if s := r.say(); s.Status != http.StatusOK && (s.Status != http.StatusServiceUnavailable || s.Retry == "") {
			t.Fatalf("without files: %+v", s)
		}
	}
	for _, c := range strangers {
		_ = c.Close()
	}
	r.limit(unix.RLIMIT_NOFILE, 1<<16)
	r.recovers()
	r.client.CloseIdleConnections()
	r.recovers()
}

// TestDatabaseAway stops PostgreSQL under a server and starts it again. It is alone, because everybody shares that server.
func TestDatabaseAway(t *testing.T) {
	data, keys := address(postgrestest.Database(t)), address(postgrestest.Database(t))
	master := filepath.Join(t.TempDir(), "master.key")
	if err := vault.CreateMasterFile(master); err != nil {
		t.Fatal(err)
	}
	r := newTroubled(t, "--no-limits", "--database", data, "--keys", keys, "--master", "file:"+master, "../../examples/lakeside")
	for range 2 {
		postgrestest.Stop(t)
		r.unavailable()
		for path, want := range map[string]int{"/readyz": http.StatusServiceUnavailable, "/healthz": http.StatusOK, "/chat/consultation": http.StatusOK} {
			res, err := r.client.Get(r.server.url + path)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != want {
				t.Errorf("%s without a database: %d, want %d", path, res.StatusCode, want)
			}
		}
		postgrestest.Start(t)
		r.recovers()
	}
}
