package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// limited is a site with limits, asked without a network.
func limited(t *testing.T, o server.Options) (*site, *server.Server, *sqlite.Store) {
	t.Helper()
	s := &site{t: t, clock: sessiontest.NewClock(), data: filepath.Join(t.TempDir(), "tacet.db")}
	store, err := sqlite.Open(s.data, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	o.Options = session.Options{
		Flows: []session.Flow{load(t, enginetest.Consultation())}, Store: store, Vault: sqlitetest.Vault(t, s.data), Clock: s.clock,
	}
	srv, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, srv, store
}

// ask sends a request as if it came from an address.
func ask(srv http.Handler, from, method, path, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = from
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, r)
	return w
}

func TestLimits(t *testing.T) {
	t.Parallel()
	s, srv, _ := limited(t, server.Options{Limits: server.Limits{
		Address: server.Rate{PerSecond: 1, Burst: 8}, Conversation: server.Rate{PerSecond: 1, Burst: 4},
	}})
	h := httptest.NewServer(srv)
	t.Cleanup(h.Close)
	s.url, s.client = h.URL, h.Client()
	r := s.start("abcdefghijklmnop") // two requests
	path := "/api/conversations/" + r.Conversation + "/messages"
	post := func(from, body string) *httptest.ResponseRecorder { return ask(srv, from, "POST", path, r.Token, body) }
	for i := range 4 {
		if w := post("192.0.2.1:1", fmt.Sprintf(`{"client_id":"%d","text":"hello"}`, i)); w.Code != 200 {
			t.Fatalf("message %d: got %d %s", i, w.Code, w.Body)
		}
	}
	w := post("192.0.2.1:1", `{"client_id":"a","text":"hello"}`)
	if w.Code != 429 || !strings.Contains(w.Body.String(), `"too-many"`) || w.Header().Get("Retry-After") != "1" {
		t.Errorf("over the limit of the conversation: got %d %s, Retry-After %q", w.Code, w.Body, w.Header().Get("Retry-After"))
	}
	for range 20 {
		w = ask(srv, "192.0.2.1:2", "GET", "/api/flows", "", "")
	}
	if w.Code != 429 {
		t.Errorf("over the limit of the address: got %d", w.Code)
	}
	if w := ask(srv, "192.0.2.2:1", "GET", "/api/flows", "", ""); w.Code != 200 {
		t.Errorf("another address: got %d %s", w.Code, w.Body)
	}
	if w := post("192.0.2.1:3", `{"client_id":"b","text":"I have !chest-pain"}`); w.Code != 200 || !strings.Contains(w.Body.String(), `"crisis":true`) {
		t.Errorf("an emergency over every limit: got %d %s", w.Code, w.Body)
	}
	if w := post("192.0.2.1:3", `{"client_id":"c","text":"hello?"}`); w.Code != 429 {
		t.Errorf("what follows: got %d %s", w.Code, w.Body)
	}
	s.clock.Move(time.Minute)
	if w := post("192.0.2.1:3", `{"client_id":"c","text":"hello?"}`); w.Code != 200 {
		t.Errorf("a minute later: got %d %s", w.Code, w.Body)
	}
	figures := httptest.NewRecorder()
	srv.Figures().ServeHTTP(figures, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`tacet_http_limited_total{limit="conversation"}`, `tacet_http_requests_total{route="POST /api/conversations/{id}/messages",status="200"}`,
		"tacet_streams_open 0", "tacet_flows_offered 1",
	} {
		if !strings.Contains(figures.Body.String(), want) {
			t.Errorf("the figures lack %s", want)
		}
	}
	for _, secret := range []string{r.Conversation, r.Token, "192.0.2.1", "chest"} {
		if strings.Contains(figures.Body.String(), secret) {
			t.Errorf("the figures hold %q", secret)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	_, srv, _ := limited(t, server.Options{Proxied: true, Limits: server.Limits{Address: server.Rate{PerSecond: 1, Burst: 1}}})
	from := func(remote, forwarded string) int {
		r := httptest.NewRequest("GET", "/api/flows", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", forwarded)
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, r)
		return w.Code
	}
	for i, c := range []struct {
		remote, forwarded string
		want              int
	}{
		{"10.0.0.1:1", "198.51.100.1", 200},
		{"10.0.0.1:2", "203.0.113.9, 198.51.100.1", 429}, // what the client claims counts for nothing
		{"10.0.0.1:3", "198.51.100.2", 200},
		{"10.0.0.1:4", "2001:db8::1", 200},
		{"10.0.0.1:5", "2001:db8::2", 429}, // one client has the whole network
		{"10.0.0.1:6", "::ffff:198.51.100.2", 429},
		{"10.0.0.1:7", "nonsense", 200},
		{"10.0.0.1:8", "other nonsense", 429},
	} {
		if got := from(c.remote, c.forwarded); got != c.want {
			t.Errorf("%d: %s for %q: got %d, want %d", i, c.remote, c.forwarded, got, c.want)
		}
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	_, srv, store := limited(t, server.Options{})
	if w := ask(srv, "192.0.2.1:1", "GET", "/readyz", "", ""); w.Code != 200 {
		t.Errorf("ready: got %d %s", w.Code, w.Body)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if w := ask(srv, "192.0.2.1:1", "GET", "/readyz", "", ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
		t.Errorf("without a store: got %d %s", w.Code, w.Body)
	}
	if w := ask(srv, "192.0.2.1:1", "GET", "/healthz", "", ""); w.Code != 200 {
		t.Errorf("healthz: got %d", w.Code)
	}
}
