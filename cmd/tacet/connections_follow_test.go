package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// journal is a log that is read while it is written.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(b)
}

func (j *journal) wait(t *testing.T, what string) {
	t.Helper()
	for begun := time.Now(); time.Since(begun) < 60*time.Second; time.Sleep(20 * time.Millisecond) {
		j.mu.Lock()
		said := j.b.String()
		j.mu.Unlock()
		if strings.Contains(said, what) {
			return
		}
	}
	t.Fatalf("the log never says %q", what)
}

// TestFollowConnections: a file that is written anew is used without a start; one that cannot be meant changes nothing.
func TestFollowConnections(t *testing.T) {
	t.Parallel()
	name := connectionsText(t, "compliance: {email: [dana@lakeside.example]}\nmail: {host: localhost, from: a@lakeside.example}\n")
	data := filepath.Join(t.TempDir(), "tacet.db")
	store, err := sqlite.Open(data, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	worker, err := outbox.New(outbox.Options{
		Practice: "lakeside", Store: store, Vault: sqlitetest.Vault(t, data), Flows: func() []*machine.Machine { return nil },
		Settings: outbox.Settings{Origin: "http://localhost"},
	})
	if err != nil {
		t.Fatal(err)
	}
	log := &journal{}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		followConnections(ctx, name, "http://localhost", worker, slog.New(slog.NewTextHandler(log, nil)))
	}()
	time.Sleep(100 * time.Millisecond) // it has looked at the file
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("compliance: {email: [dana@lakeside.example]}\nvendors: {crm: {url: http://plain.example}}\n")
	log.wait(t, "connections are as before")
	write("compliance: {email: [sam@lakeside.example]}\nmail: {host: localhost, from: a@lakeside.example}\n")
	log.wait(t, "connections read again")
	stop()
	<-ended
}
