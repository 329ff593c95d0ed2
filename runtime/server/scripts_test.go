package server_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// scripts are what the pages run.
func scripts(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"web/*.js", "web/staff/*.js"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = string(b)
		}
	}
	return out
}

// TestScriptsWriteText: what stands on a page by a script stands there as text. There is nothing in them that reads markup or code, but
// that chat.js takes over pages which its own server has rendered.
func TestScriptsWriteText(t *testing.T) {
	t.Parallel()
	reads := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|setHTML|srcdoc|\beval\b|new Function|javascript:`)
	for name, text := range scripts(t) {
		if found := reads.FindString(text); found != "" {
			t.Errorf("%s uses %s", name, found)
		}
	}
}

// TestPasswordFields: whatever asks for a password hides it, and tells password managers which it is.
func TestPasswordFields(t *testing.T) {
	t.Parallel()
	asks := regexp.MustCompile(`field\('(?:password|current)', '[^']*', ([^)]*)\)`)
	n := 0
	for name, text := range scripts(t) {
		for _, m := range asks.FindAllStringSubmatch(text, -1) {
			n++
			how := m[1]
			if how == "password" {
				_, how, _ = strings.Cut(text, "const password = ")
				how, _, _ = strings.Cut(how, "\n")
			}
			if !strings.Contains(how, "type: 'password'") || !strings.Contains(how, "autocomplete: '") {
				t.Errorf("%s: %s is asked for by %s", name, m[0], how)
			}
		}
	}
	if n < 5 {
		t.Errorf("%d fields for passwords were found", n)
	}
}
