package server_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// TestCookies starts a conversation over TLS, looks at the cookie, and finds the conversation again.
func TestCookies(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "tacet.db")
	store, err := sqlite.Open(data, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	srv, err := server.New(server.Options{Options: session.Options{
		Flows: []session.Flow{sessiontest.Flow()}, Store: store, Vault: sqlitetest.Vault(t, data), Clock: sessiontest.NewClock(), Codes: &sessiontest.Codes{},
	}, Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	over := httptest.NewTLSServer(srv)
	t.Cleanup(over.Close)
	client := over.Client()
	client.Jar, err = cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var set string
	client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		set = r.Response.Header.Get("Set-Cookie")
		return nil
	}
	do := func(req *http.Request) string {
		t.Helper()
		res, err := client.Do(req.WithContext(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %d, %v", req.URL.Path, res.StatusCode, err)
		}
		return string(body)
	}
	page := httptest.NewRequest(http.MethodGet, over.URL+"/chat/consultation", nil)
	page.RequestURI = ""
	notice := regexp.MustCompile(`name="notice" value="([^"]+)"`).FindStringSubmatch(do(page))
	if notice == nil {
		t.Fatal("the page shows no notice")
	}
	begin := httptest.NewRequest(http.MethodPost, over.URL+"/chat/consultation/start",
		strings.NewReader(url.Values{"client_id": {"abcdefghijklmnop"}, "lang": {"en"}, "notice": {notice[1]}}.Encode()))
	begin.RequestURI = ""
	begin.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	do(begin)
	name, attributes, _ := strings.Cut(set, "=")
	if name != "__Host-tacet-consultation" {
		t.Errorf("the cookie is %q", name)
	}
	for _, want := range []string{"; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict"} {
		if !strings.Contains(attributes, want) {
			t.Errorf("the cookie is not %q: %q", want, attributes)
		}
	}
	if strings.Contains(attributes, "Domain") {
		t.Errorf("the cookie names a domain: %q", attributes)
	}
	if again := do(page); strings.Contains(again, `name="notice"`) {
		t.Error("the page has forgotten the conversation")
	}
}
