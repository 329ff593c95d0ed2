package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ncruces/go-sqlite3"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/people/peopletest"
	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// site is a server with its clock and codes.
type site struct {
	t      testing.TB
	url    string
	client *http.Client
	clock  *sessiontest.Clock
	codes  *sessiontest.Codes
	data   string
	full   atomic.Bool // the disk
	srv    *server.Server
	people *people.Service
	store  *sqlite.Store
	vault  *vault.Vault
	api    *description
}

func open(t testing.TB, flows ...session.Flow) *site {
	t.Helper()
	if len(flows) == 0 {
		flows = []session.Flow{sessiontest.Flow()}
	}
	s := &site{
		t: t, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, clock: sessiontest.NewClock(), codes: &sessiontest.Codes{},
		data: filepath.Join(t.TempDir(), "tacet.db"),
	}
	store, err := sqlite.Open(s.data, sqlite.Options{Before: s.write})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s.store, s.vault = store, sqlitetest.Vault(t, s.data)
	s.people, err = people.New(people.Options{
		Practice: "lakeside", Name: "Lakeside", Store: store.People(), Sealer: peopletest.Sealer{}, Now: s.clock.Now, Origin: "http://localhost",
	})
	if err != nil {
		t.Fatal(err)
	}
	srv, err := server.New(server.Options{Options: session.Options{
		Flows: flows, Store: store, Vault: s.vault, Clock: s.clock, Codes: s.codes,
	}, People: s.people, Deliveries: deliveries{}, Limits: server.Limits{Off: true}, Rooms: server.Rooms{
		Releases: store, Holds: store, Disclosures: store, Incidents: store, Documents: written, Risks: assessed,
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.srv, s.api = srv, described(t, srv)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	s.url = "http://" + l.Addr().String()
	t.Cleanup(func() {
		s.client.CloseIdleConnections()
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return s
}

// write is the disk under what the server writes.
func (s *site) write(sql string) error {
	if s.full.Load() && sql == "COMMIT" {
		return sqlite3.FULL
	}
	return nil
}

// load makes a machine of enginetest ready, with a reader that understands marks.
func load(t *testing.T, m *machine.Machine) session.Flow {
	t.Helper()
	p, err := engine.LoadWith(m, engine.Options{Reader: enginetest.Reader{}})
	if err != nil {
		t.Fatal(err)
	}
	return session.Flow{Machine: m, Program: p}
}

// reply is what the tests read of an answer.
type reply struct {
	Status       int `json:"-"`
	Header       http.Header
	Body         string `json:"-"`
	Code         string
	Conversation string
	Token        string
	Control      string
	Crisis       bool
	Lang         string
	Seq          int64
	Notice       struct{ Lang, Text, Hash string }
	Messages     []struct {
		Seq     int64
		Author  string
		Role    string
		Text    string
		Options []struct{ ID, Label string }
	}
}

func (s *site) do(method, path, token, body string) reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return s.send(req)
}

func (s *site) send(req *http.Request) reply {
	s.t.Helper()
	asked := []byte(nil)
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			s.t.Fatal(err)
		}
		if asked, err = io.ReadAll(body); err != nil {
			s.t.Fatal(err)
		}
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.api.check(s.t, req, asked, res, b)
	r := reply{Status: res.StatusCode, Header: res.Header, Body: string(b)}
	if bytes.HasPrefix(b, []byte("{")) {
		if err := json.Unmarshal(b, &r); err != nil {
			s.t.Fatalf("%s: %v", b, err)
		}
	}
	return r
}

// start begins a conversation as a client does: it asks, is shown the notice, and acknowledges it.
func (s *site) start(clientID string) reply {
	s.t.Helper()
	shown := s.do("POST", "/api/conversations", "", `{"flow":"consultation","client_id":"`+clientID+`"}`)
	if shown.Status != http.StatusConflict || shown.Code != "notice-required" {
		s.t.Fatalf("start without a notice: got %d %s", shown.Status, shown.Body)
	}
	r := s.do("POST", "/api/conversations", "",
		`{"flow":"consultation","client_id":"`+clientID+`","notice":"`+shown.Notice.Hash+`"}`)
	if r.Status != http.StatusCreated {
		s.t.Fatalf("start: got %d %s", r.Status, r.Body)
	}
	return r
}

func (s *site) post(r reply, body string) reply {
	s.t.Helper()
	return s.do("POST", "/api/conversations/"+r.Conversation+"/messages", r.Token, body)
}

func texts(r reply) string {
	var list []string
	for _, m := range r.Messages {
		list = append(list, m.Author+": "+m.Text)
	}
	return strings.Join(list, " | ")
}

func TestConversation(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start("abcdefghijklmnop")
	if got, want := texts(r), "assistant: This chat is stored. | assistant: What would you like?"; got != want {
		t.Errorf("start: got %q, want %q", got, want)
	}
	if len(r.Token) != 43 {
		t.Errorf("token %q does not look like 256 bits", r.Token)
	}
	said := s.post(r, `{"client_id":"1","text":"hello"}`)
	if got, want := texts(said), "patient: hello | assistant: You said: hello"; said.Status != 200 || got != want {
		t.Errorf("post: got %d %q, want %q", said.Status, got, want)
	}
	again := s.post(r, `{"client_id":"1","text":"hello"}`)
	if again.Body != said.Body {
		t.Errorf("repeated post: got %s, want %s", again.Body, said.Body)
	}
	if other := s.post(r, `{"client_id":"1","text":"bye"}`); other.Status != 422 || other.Code != "client-id-reused" {
		t.Errorf("another text under one client id: got %d %s", other.Status, other.Body)
	}
	all := s.do("GET", "/api/conversations/"+r.Conversation+"/messages?after=2", r.Token, "")
	if got, want := texts(all), "patient: hello | assistant: You said: hello"; got != want {
		t.Errorf("read after 2: got %q, want %q", got, want)
	}
	human := s.post(r, `{"client_id":"2","human":true}`)
	if human.Control != "waiting" || texts(human) != "assistant: A person will take over." {
		t.Errorf("asking for a person: got %s", human.Body)
	}
	silent := s.post(r, `{"client_id":"3","text":"hello?"}`)
	if got, want := texts(silent), "patient: hello?"; got != want {
		t.Errorf("after the handoff: got %q, want %q", got, want)
	}
}
