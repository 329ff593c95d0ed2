package sqlite_test

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

// TestPatience: nobody is kept waiting for a disk longer than what spec/storage.md says.
func TestPatience(t *testing.T) {
	t.Parallel()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "tacet.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if got := s.Patience(); got != 10*time.Second {
		t.Errorf("turns wait for %v, want 10s", got)
	}
}

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
