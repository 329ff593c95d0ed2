package server_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/server"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// TestTraces holds a conversation and looks at all that a collector of traces is told: each request with its turn and
// commit, and nothing that a patient wrote, nor whose conversation it is.
func TestTraces(t *testing.T) {
	t.Parallel()
	kept := tracetest.NewInMemoryExporter()
	provider := trace.NewTracerProvider(trace.WithSyncer(kept))
	data := filepath.Join(t.TempDir(), "tacet.db")
	store, err := sqlite.Open(data, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	srv, err := server.New(server.Options{Options: session.Options{
		Flows: []session.Flow{load(t, enginetest.Consultation())}, Store: store, Vault: sqlitetest.Vault(t, data),
		Clock: sessiontest.NewClock(), Tracer: provider.Tracer("tacet"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	const from = "203.0.113.77:40777"
	var begun struct {
		Conversation, Token string
		Notice              struct{ Hash string }
	}
	start := `{"flow":"consultation","client_id":"SENTINEL-client-1234567","notice":"%s"}`
	for range 2 {
		w := ask(srv, from, "POST", "/api/conversations", "", fmt.Sprintf(start, begun.Notice.Hash))
		if err := json.Unmarshal(w.Body.Bytes(), &begun); err != nil {
			t.Fatal(err)
		}
	}
	messages := "/api/conversations/" + begun.Conversation + "/messages"
	for i, body := range []string{
		`{"client_id":"SENTINELa","text":"Rhinoplasty"}`, `{"client_id":"SENTINELb","text":"my SENTINEL is $health"}`,
		`{"client_id":"SENTINELa","text":"something else"}`, `{"SENTINELmember":1}`, `{"client_id":"SENTINELc","text":"!!chest-pain SENTINEL"}`,
	} {
		if w := ask(srv, from, "POST", messages, begun.Token, body); w.Code >= 500 {
			t.Errorf("request %d: %d", i, w.Code)
		}
	}
	ask(srv, from, "GET", messages+"?after=0&SENTINEL=1", begun.Token, "")
	ask(srv, from, "GET", "/chat/SENTINELflow", "", "")
	list := kept.GetSpans()
	children := map[string][]string{}
	names := map[string]string{}
	for _, s := range list {
		names[s.SpanContext.SpanID().String()] = s.Name
	}
	for _, s := range list {
		parent := names[s.Parent.SpanID().String()]
		children[parent] = append(children[parent], s.Name)
	}
	if n := strings.Count(strings.Join(children["POST /api/conversations/{id}/messages"], ","), "turn"); n < 4 {
		t.Errorf("requests have %d turns: %v", n, children)
	}
	if !strings.Contains(strings.Join(children["turn"], ","), "store commit") {
		t.Errorf("turns have no commits: %v", children)
	}
	all := fmt.Sprintf("%+v", list) + string(told(t, list))
	for _, secret := range []string{"SENTINEL", begun.Conversation, begun.Token, "203.0.113.77", "Rhinoplasty", "health"} {
		if secret == "" || strings.Contains(all, secret) {
			t.Errorf("traces tell %q", secret)
		}
	}
}

// told is what stands in spans, attributes and events included.
func told(t *testing.T, list tracetest.SpanStubs) []byte {
	t.Helper()
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
