package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/emersion/go-smtp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// What a patient writes in TestLeaving, and what must be found nowhere but with the vendor that may have it.
var sentinels = []string{"Zephyrine", "Quillfeather", "5550187", "555-0187", "555) 0187", "dizzyspellsentinel"}

// outside is everybody that a practice's server talks to: a vendor, and a mail server.
type outside struct {
	vendor *httptest.Server
	root   string // file with the vendor's certificate
	mail   net.Addr

	mu      sync.Mutex
	hooks   []hook
	letters []string
}

type hook struct {
	url, body string
	header    http.Header
}

// TestLeaving serves a practice to patients whose words are sentinels, with a vendor that fails, echoes and then accepts, a
// mail server, a monitoring system and a copy, and looks for the sentinels in everything that came of it but the vendor's own
// fetch. Then the commands about what leaves, what is kept and what went wrong are used as people would.
func TestLeaving(t *testing.T) {
	t.Parallel()
	o := newOutside(t)
	s := o.serve(t)
	id := s.book(t)
	s.emergency(t)
	o.wait(t, "the webhook to the vendor, twice", func() bool { return len(o.hooks) >= 2 })
	o.wait(t, "e-mail to whoever has the emergency", func() bool { return strings.Contains(strings.Join(o.letters, "\n"), "team@lakeside.example") })
	delivery := o.verify(t)
	s.fetch(t, delivery)
	s.notLeaked(t, o, "while it serves")
	s.stop(t)
	s.notLeaked(t, o, "after it has stopped")

	if out := mustRun(t, "outbox", "list", s.practice); !strings.Contains(out, "delivered") || !strings.Contains(out, delivery) || !strings.Contains(out, "page") {
		t.Errorf("outbox list says\n%s", out)
	}
	if out := mustRun(t, "outbox", "show", delivery, s.practice); !strings.Contains(out, "egress.failed") || !strings.Contains(out, "egress.fetched") {
		t.Errorf("outbox show says\n%s", out)
	}
	if out := mustRun(t, "audit", "disclosures", s.practice); !strings.Contains(out, `Brightdesk Software, Inc.",name part phone topic (contact interest preference),scheduling,tpo,false`) {
		t.Errorf("audit disclosures says\n%s", out)
	}
	mustRun(t, "audit", "disclosed", id, s.practice, "--to", "a court", "--what", "one transcript", "--why", "subpoena", "--basis", "required-by-law", "--by", "Dana")
	if out := mustRun(t, "audit", "disclosures", "--accountable", "--format", "json", s.practice); !strings.Contains(out, `"recipient": "a court"`) || strings.Contains(out, "Brightdesk") {
		t.Errorf("the accounting says\n%s", out)
	}
	s.incident(t, id)
	if out := mustRun(t, "audit", "verify", s.practice); !strings.Contains(out, "whole") {
		t.Errorf("audit verify says\n%s", out)
	}
	s.notLeaked(t, o, "after all commands")
}

// incident opens an incident about the vendor, which holds the conversation; then the hold is released, and it is erased.
func (s *practiceServer) incident(t *testing.T, id string) {
	t.Helper()
	out := mustRun(t, "breach", "open", s.practice, "--discovered", "2026-01-15", "--what", "the vendor reports an intrusion", "--vendor", "crm", "--by", "Dana")
	if !strings.Contains(out, "1 person, of classes") || !strings.Contains(out, "by the end of 2026-03-16: the people concerned") {
		t.Errorf("breach open says\n%s", out)
	}
	incident := strings.TrimSuffix(strings.Fields(out)[1], ":")
	if out := mustRun(t, "breach", "report", incident, s.practice, "--by", "Dana", "--format", "csv", "--people"); !strings.Contains(out, id+",") || !strings.Contains(out, "Zephyrine Quillfeather,'+13125550187") {
		t.Errorf("breach report says\n%s", out)
	}
	mustRun(t, "breach", "update", incident, s.practice, "--decision", "breach", "--residents", "IL=501", "--told", "individuals", "--by", "Dana")
	if out := mustRun(t, "breach", "report", incident, s.practice, "--by", "Dana"); !strings.Contains(out, "media of IL (501 residents)") || !strings.Contains(out, "told: individuals") || strings.Contains(out, "Zephyrine") {
		t.Errorf("breach report says\n%s", out)
	}
	if code, _, said := runTacet("erase", id, s.practice, "--by", "Dana"); code == exitHolds || !strings.Contains(said, "legal hold") {
		t.Errorf("a conversation of an incident was erased: %s", said)
	}
	hold, _, _ := strings.Cut(mustRun(t, "hold", "list", s.practice), " ")
	mustRun(t, "hold", "release", hold, s.practice, "--reason", "settled", "--by", "Dana")
	data, copies, key := filepath.Join(s.practice, ".tacet", "tacet.db"), filepath.Join(s.home, "before"), filepath.Join(s.home, "before.key")
	s.backUp(t, copies, key)
	s.givenOut(t, "before the erasure", incident, data, true)
	mustRun(t, "erase", id, s.practice, "--by", "Dana")
	s.givenOut(t, "after the erasure", incident, data, false)
	trail := filepath.Join(s.home, "trail.jsonl")
	if err := os.WriteFile(trail, []byte(mustRun(t, "audit", "export", s.practice)), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, args := range map[string][]string{"the copy from before": nil, "the copy from before, with the trail": {"--trail", trail}} {
		back := filepath.Join(t.TempDir(), "tacet.db")
		mustRun(t, append([]string{"restore", "--from", newest(t, copies), "--identity", key, "--data", back, s.practice}, args...)...)
		s.givenOut(t, what, incident, back, args == nil)
	}
	if code, _, said := runTacet("hold", "add", id, s.practice, "--reason", "x", "--by", "Dana"); code == exitHolds || !strings.Contains(said, "is erased") {
		t.Errorf("what is erased is held: %s", said)
	}
}

// givenOut makes every file that commands make of a practice's data. Those that are for giving out what patients wrote hold it for as long
// as it is there; the others, and all once it is erased, hold none of it.
func (s *practiceServer) givenOut(t *testing.T, when, incident, data string, there bool) {
	t.Helper()
	master := " --master file:" + filepath.Join(s.practice, ".tacet", "master.key")
	for line, tells := range map[string]bool{
		"outbox file crm DIR --by Dana" + master:                                       there,
		"outbox file crm DIR --by Dana --format vcard" + master:                        there,
		"breach report " + incident + " DIR --by Dana --people" + master:               there,
		"breach report " + incident + " DIR --by Dana --people --format csv" + master:  there,
		"breach report " + incident + " DIR --by Dana --people --format json" + master: there,
		"breach list DIR --by Dana" + master:                                           false,
		"audit disclosures DIR":                                                        false,
		"audit disclosures DIR --format json":                                          false,
		"audit export DIR":                                                             false,
		"outbox list DIR":                                                              false,
		"report DIR --format json" + master:                                            false,
		"report DIR --format csv" + master:                                             false,
	} {
		if there && !tells {
			continue // it is looked at once the others have left their entries
		}
		args := strings.Fields(strings.Replace(line, "DIR", s.practice+" --data "+data, 1))
		code, out, said := runTacet(args...)
		if code != exitHolds {
			t.Errorf("%s: %s: exit code %d\n%s", when, line, code, said)
		}
		told := slices.ContainsFunc(sentinels, func(w string) bool { return strings.Contains(out, w) })
		if told != tells || strings.Contains(said, sentinels[0]) {
			t.Errorf("%s: %s tells what the patient wrote: %t, want %t\n%s%s", when, line, told, tells, out, said)
		}
	}
}

func newOutside(t *testing.T) *outside {
	t.Helper()
	o := &outside{}
	o.vendor = httptest.NewTLSServer(o)
	t.Cleanup(o.vendor.Close)
	o.root = filepath.Join(t.TempDir(), "root.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: o.vendor.Certificate().Raw})
	if err := os.WriteFile(o.root, block, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mail := smtp.NewServer(o)
	go func() { _ = mail.Serve(l) }()
	t.Cleanup(func() { _ = mail.Close() })
	o.mail = l.Addr()
	return o
}

// ServeHTTP is the vendor: it fails once, echoing what it should not know, and then accepts.
func (o *outside) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hooks = append(o.hooks, hook{r.URL.String(), string(b), r.Header})
	if len(o.hooks) == 1 {
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, "cannot store %s", strings.Join(sentinels, " "))
	}
}

func (o *outside) NewSession(*smtp.Conn) (smtp.Session, error) { return &letter{outside: o}, nil }

type letter struct {
	*outside
	to string
}

func (l *letter) Mail(string, *smtp.MailOptions) error      { return nil }
func (l *letter) Rcpt(to string, _ *smtp.RcptOptions) error { l.to = to; return nil }
func (l *letter) Reset()                                    {}
func (l *letter) Logout() error                             { return nil }
func (l *letter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.letters = append(l.letters, l.to+"\n"+string(b))
	return err
}

func (o *outside) wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	for until := time.Now().Add(40 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		o.mu.Lock()
		ok := done()
		o.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("still waiting for %s; %d hooks, letters %q", what, len(o.hooks), o.letters)
		}
	}
}

// vendorSecret is what the vendor and the practice share.
var vendorSecret = "whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))

// verify checks the last webhook by the official library, its time included, and returns the id of what it tells of.
func (o *outside) verify(t *testing.T) string {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	w, err := webhooks.NewWebhook(vendorSecret)
	if err != nil {
		t.Fatal(err)
	}
	h := o.hooks[len(o.hooks)-1]
	if err := w.Verify([]byte(h.body), h.header); err != nil {
		t.Errorf("the official verifier refuses the webhook: %v", err)
	}
	if o.hooks[0].header.Get("webhook-id") != h.header.Get("webhook-id") {
		t.Error("the second try has another id than the first")
	}
	return h.header.Get("webhook-id")
}

// practiceServer is a practice that is served by a process of its own.
type practiceServer struct {
	practice, url, metrics, home string
	cmd                          *exec.Cmd
	said                         *bytes.Buffer // complete once it has stopped
	heard                        chan struct{} // closed when it says no more
	figures                      string
	n                            int
}

func (o *outside) serve(t *testing.T) *practiceServer {
	t.Helper()
	s := &practiceServer{home: t.TempDir(), said: &bytes.Buffer{}}
	s.practice = filepath.Join(s.home, "lakeside")
	if err := os.CopyFS(s.practice, os.DirFS("../../examples/lakeside")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(s.practice, ".tacet")); err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(o.mail.String())
	if err != nil {
		t.Fatal(err)
	}
	connections := filepath.Join(t.TempDir(), "connections.yaml")
	text := `vendors:
  crm: {url: "` + o.vendor.URL + `/hooks", secrets: ["env:CRM_SECRET"]}
teams:
  nurses: {email: [team@lakeside.example]}
  answering-service: {email: [team@lakeside.example]} # stands in where the nurses are closed
compliance: {email: [dana@lakeside.example]}
mail: {host: ` + host + `, port: ` + port + `, from: tacet@lakeside.example, plain: true}
reach: [127.0.0.0/8]
`
	if err := os.WriteFile(connections, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.metrics = free(t)
	s.cmd = exec.Command("tacet", "serve", "--addr", "127.0.0.1:0", "--metrics", s.metrics, "--connections", connections, "--log", "json", s.practice)
	s.cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+o.root, "CRM_SECRET="+vendorSecret)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	s.cmd.Stderr = log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for s.url == "" && lines.Scan() {
		_, s.url, _ = strings.Cut(lines.Text(), " is open at ")
	}
	if s.url == "" {
		_ = s.cmd.Wait()
		t.Fatalf("it does not serve:\n%s", log)
	}
	s.heard = make(chan struct{})
	go func() {
		defer close(s.heard)
		_, _ = io.Copy(s.said, out)
	}()
	return s
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// apiAnswer is what the tests read of an answer.
type apiAnswer struct {
	Conversation, Token, Control string
	Notice                       struct{ Hash string }
	Seq                          int64
	Fields                       map[string]string
}

func (s *practiceServer) call(t *testing.T, path, token string, body map[string]any) (a apiAnswer, text string) {
	t.Helper()
	return s.ask(t, "POST", path, body, showing(token)...)
}

func (s *practiceServer) ask(t *testing.T, method, path string, body any, headers ...string) (a apiAnswer, text string) {
	t.Helper()
	e, err := ask(method, s.url+path, body, headers...)
	if err == nil {
		err = e.read(&a)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return a, string(e.Body)
}

// talk starts a conversation and writes texts; a number picks an option. It returns the conversation's id.
func (s *practiceServer) talk(t *testing.T, texts ...string) string {
	t.Helper()
	s.n++
	start := map[string]any{"flow": "consultation", "client_id": fmt.Sprintf("client-0123456789-%d", s.n)}
	first, _ := s.call(t, "/api/conversations", "", start)
	start["notice"] = first.Notice.Hash
	c, _ := s.call(t, "/api/conversations", "", start)
	path := "/api/conversations/" + c.Conversation + "/messages"
	for i, text := range texts {
		body := map[string]any{"client_id": fmt.Sprintf("m%d", i), "text": text}
		if text == "1" {
			body = map[string]any{"client_id": fmt.Sprintf("m%d", i), "option": "1"}
		}
		if _, said := s.call(t, path, c.Token, body); strings.Contains(said, "problem:") {
			t.Fatalf("%q is answered with %s", text, said)
		}
	}
	// an error whose cause is a patient's own words repeats none of them
	_, wrong := s.call(t, path, c.Token, map[string]any{"client_id": "wrong", "text": "Zephyrine", "Quillfeather": "555-0187"})
	for _, w := range sentinels {
		if strings.Contains(wrong, w) {
			t.Errorf("an error repeats what was sent: %s", wrong)
		}
	}
	return c.Conversation
}

func (s *practiceServer) book(t *testing.T) string {
	t.Helper()
	return s.talk(t, "rhinoplasty", "1", "Zephyrine Quillfeather", "(312) 555-0187", "morning", "yes")
}

func (s *practiceServer) emergency(t *testing.T) {
	t.Helper()
	s.talk(t, "I have chest pain", "and dizzyspellsentinel, please call Zephyrine at 312-555-0187")
}

// fetch is the vendor's.
func (s *practiceServer) fetch(t *testing.T, delivery string) {
	t.Helper()
	w, err := webhooks.NewWebhook(vendorSecret)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	sign, err := w.Sign(delivery, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	head := []string{"webhook-id", delivery, "webhook-timestamp", fmt.Sprint(now.Unix()), "webhook-signature", sign}
	if a, text := s.ask(t, "GET", "/v1/deliveries/"+delivery, nil, head...); a.Fields["name"] != "Zephyrine Quillfeather" || a.Fields["phone"] != "+13125550187" {
		t.Errorf("the vendor fetched %s", text)
	}
	e, err := ask("GET", "http://"+s.metrics+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	s.figures = string(e.Body)
}

// stop ends the server and takes a copy of its data.
func (s *practiceServer) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-s.heard // Wait would close what is still being read
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("it stopped with %v", err)
	}
	s.backUp(t, filepath.Join(s.home, "copies"), filepath.Join(t.TempDir(), "copies.key"))
}

// backUp takes a copy for a key that is made.
func (s *practiceServer) backUp(t *testing.T, to, key string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, []byte(id.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "backup", "--to", to, "--for", id.Recipient().String(), s.practice)
}

// notLeaked looks for sentinels in what was said, told, mailed and stored.
func (s *practiceServer) notLeaked(t *testing.T, o *outside, when string) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	places := map[string]string{"the figures": s.figures, "e-mail": strings.Join(o.letters, "\n")}
	for i, h := range o.hooks {
		places[fmt.Sprintf("webhook %d", i)] = h.url + "\n" + h.body + fmt.Sprint(h.header)
	}
	if s.cmd.ProcessState != nil {
		places["the log"] = s.said.String() + fmt.Sprint(s.cmd.Stderr)
	}
	files := 0
	err := filepath.WalkDir(s.home, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) == ".flow" {
			return err
		}
		files++
		b, err := os.ReadFile(name)
		places[name] = string(b)
		return err
	})
	if err != nil || files < 4 {
		t.Fatalf("%s: only %d files, %v", when, files, err)
	}
	for place, text := range places {
		for _, w := range sentinels {
			if strings.Contains(strings.ToLower(text), strings.ToLower(w)) {
				t.Errorf("%s: %s holds %q", when, place, w)
			}
		}
	}
}
