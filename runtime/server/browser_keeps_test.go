package server_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"testing"
)

// keeping is what lets a script leave something in a browser.
var keeping = regexp.MustCompile(`localStorage|sessionStorage|indexedDB|document\.cookie|cookieStore|caches\.|serviceWorker|\.storage\.`)

// TestNothingStaysInBrowsers: no script of ours keeps anything in a browser but whether somebody wants keys as shortcuts.
func TestNothingStaysInBrowsers(t *testing.T) {
	t.Parallel()
	pages := os.DirFS("web")
	scripts := 0
	err := fs.WalkDir(pages, ".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".js" && path.Ext(name) != ".html" {
			return err
		}
		b, err := fs.ReadFile(pages, name)
		if err != nil {
			return err
		}
		scripts++
		for _, found := range keeping.FindAllString(string(b), -1) {
			if name != "staff/keys.js" || found != "localStorage" {
				t.Errorf("%s uses %s", name, found)
			}
		}
		return nil
	})
	if err != nil || scripts < 5 {
		t.Errorf("%d pages and scripts, %v", scripts, err)
	}
}
