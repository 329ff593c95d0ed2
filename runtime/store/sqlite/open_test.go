package sqlite_test

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

// BenchmarkOpen measures a start on a new file up to the first read.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	for i := 0; b.Loop(); i++ {
		s, err := sqlite.Open(filepath.Join(dir, strconv.Itoa(i)+".db"), sqlite.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.View(context.Background(), "lakeside", func(session.Reader) error { return nil }); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
