package main

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestHeadersOfAServer asks a server behind TLS for pages, parts of pages, calls and what is not there, from another site, and looks at
// what every answer carries. Then it asks for what a server must not have.
func TestHeadersOfAServer(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--secure", "--data", filepath.Join(t.TempDir(), "tacet.db"), "../../examples/lakeside")
	ask := func(method, path, origin string) (*http.Response, string) {
		t.Helper()
		req, err := http.NewRequest(method, p.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(b)
	}
	_, page := ask("GET", "/chat/consultation", p.url)
	paths := map[string]string{
		"/chat/consultation": "text/html; charset=utf-8", "/staff": "text/html; charset=utf-8", "/api/flows": "application/json",
		"/api/staff/me": "application/problem+json", "/api/nothing": "application/problem+json",
	}
	for rest := page; ; {
		_, after, ok := strings.Cut(rest, `"/assets/`)
		if !ok {
			break
		}
		name, after, _ := strings.Cut(after, `"`)
		paths["/assets/"+name] = map[string]string{".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}[filepath.Ext(name)]
		rest = after
	}
	if len(paths) < 7 {
		t.Errorf("the page loads only %v", paths)
	}
	for path, media := range paths {
		res, _ := ask("GET", path, "https://elsewhere.example")
		for name, want := range map[string]string{
			"Strict-Transport-Security": "max-age=63072000; includeSubDomains", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Access-Control-Allow-Origin": "", "Content-Type": media,
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		csp := res.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: the policy lacks %s: %s", path, want, csp)
			}
		}
	}
	for _, c := range [][2]string{
		{"TRACE", "/"}, {"TRACE", "/api/flows"}, {"GET", "/assets/"}, {"GET", "/assets/staff/"}, {"GET", "/.git/config"}, {"GET", "/debug/pprof/"}, {"GET", "/metrics"},
	} {
		if res, body := ask(c[0], c[1], p.url); res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s %s is answered by %d %s", c[0], c[1], res.StatusCode, body)
		}
	}
}
