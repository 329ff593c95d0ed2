package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCutsAreThere holds that what the bare tacet leaves out is still called that.
func TestCutsAreThere(t *testing.T) {
	t.Parallel()
	for _, c := range cut {
		source, err := os.ReadFile(filepath.Join("../..", c.file))
		if err != nil {
			t.Fatal(err)
		}
		short, err := cutShort(source, c.function, c.instead)
		if err != nil || !strings.Contains(string(short), "if true { "+c.instead+" }") {
			t.Errorf("%s, %s: %v", c.file, c.function, err)
		}
	}
}
