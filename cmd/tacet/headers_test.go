package main

import (
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
	asking := func(method, path, origin string) exchange {
		t.Helper()
		e, err := ask(method, p.url+path, nil, "Origin", origin)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	page := asking("GET", "/chat/consultation", p.url)
	paths := map[string]string{
		"/chat/consultation": "text/html; charset=utf-8", "/staff": "text/html; charset=utf-8", "/api/flows": "application/json",
		"/api/staff/me": "application/problem+json", "/api/nothing": "application/problem+json",
	}
	for rest := string(page.Body); ; {
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
		res := asking("GET", path, "https://elsewhere.example")
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
		if res := asking(c[0], c[1], p.url); res.Status != http.StatusNotFound && res.Status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s is answered by %d %s", c[0], c[1], res.Status, res.Body)
		}
	}
}
