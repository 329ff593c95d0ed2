package server_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// stumbling has a bug, whose value holds what a patient wrote.
type stumbling struct{}

func (stumbling) Fetch(context.Context, string, http.Header) (outbox.Fetched, error) {
	panic("no place for Zephyrine, 555-0187")
}

// TestPanic: a bug is one answer that says nothing of it, a line of the log with its place and without its value, and a count; the server
// goes on.
func TestPanic(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "tacet.db")
	store, err := sqlite.Open(data, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	log := &bytes.Buffer{}
	srv, err := server.New(server.Options{Options: session.Options{
		Flows: []session.Flow{sessiontest.Flow()}, Store: store, Vault: sqlitetest.Vault(t, data), Clock: sessiontest.NewClock(), Codes: &sessiontest.Codes{},
		Log: slog.New(slog.NewJSONHandler(log, nil)),
	}, Deliveries: stumbling{}})
	if err != nil {
		t.Fatal(err)
	}
	get := func(h http.Handler, path string) (int, string) {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		return rec.Code, rec.Body.String()
	}
	status, body := get(srv, "/v1/deliveries/d-1")
	if status != http.StatusInternalServerError || !strings.Contains(body, `"code":"internal"`) {
		t.Errorf("a bug is answered by %d %s", status, body)
	}
	if !strings.Contains(log.String(), "panic_test.go") {
		t.Errorf("the log does not say where: %s", log)
	}
	for _, said := range []string{body, log.String()} {
		if strings.Contains(said, "Zephyrine") || strings.Contains(said, "0187") || strings.Contains(body, "goroutine") {
			t.Errorf("it tells what a patient wrote, or how it is built: %s", said)
		}
	}
	if _, counts := get(srv.Figures(), "/"); !strings.Contains(counts, "tacet_panics_total 1") {
		t.Error("it is not counted")
	}
	if status, body := get(srv, "/api/flows"); status != http.StatusOK {
		t.Errorf("afterwards: %d %s", status, body)
	}
}
