package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPictures: those that the documents show are small, and each is shown by one of them.
func TestPictures(t *testing.T) {
	t.Parallel()
	const most = 150_000 // bytes
	files, err := filepath.Glob("../../docs/*.png")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pictures: %v", err)
	}
	var pages strings.Builder
	for _, pattern := range []string{"../../*.md", "../../spec/*.md", "../../runtime/server/web/*.md"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			pages.Write(b)
		}
	}
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			t.Fatal(err)
		}
		if info.Size() > most {
			t.Errorf("%s has %d bytes, at most %d", f, info.Size(), most)
		}
		if !strings.Contains(pages.String(), "docs/"+filepath.Base(f)) {
			t.Errorf("no document shows %s", f)
		}
	}
}
