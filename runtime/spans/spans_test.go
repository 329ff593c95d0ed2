package spans_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/tacet-lang/tacet/runtime/spans"
)

// TestSent reads what a collector gets with names of the protocol's own description.
func TestSent(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "X-Key=a%20b, Y = c")
	type attributes []struct {
		Key   string
		Value map[string]any
	}
	var got struct {
		ResourceSpans []struct {
			Resource   struct{ Attributes attributes }
			ScopeSpans []struct {
				Scope struct{ Name string }
				Spans []struct {
					TraceID, SpanID, ParentSpanID, Name, StartTimeUnixNano, EndTimeUnixNano string
					Kind                                                                    int
					Attributes                                                              attributes
					Status                                                                  struct{ Code int }
				}
			}
		}
	}
	var key, media, path string
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		key, media, path = r.Header.Get("X-Key")+r.Header.Get("Y"), r.Header.Get("Content-Type"), r.URL.Path
		b, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(b, &got); err != nil {
			t.Errorf("it is sent %s: %v", b, err)
		}
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	p, err := spans.New(spans.Endpoint(""))
	if err != nil {
		t.Fatal(err)
	}
	tracer := p.Tracer("scope")
	ctx, outer := tracer.Start(context.Background(), "outer", trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("route", "GET /"), attribute.Int("status", 503), attribute.Bool("late", true)))
	_, inner := tracer.Start(ctx, "inner")
	inner.SetStatus(codes.Error, "what went wrong is not sent")
	inner.End()
	outer.End()
	if err := p.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	if key != "a bc" || media != "application/json" || path != "/v1/traces" {
		t.Errorf("headers %q, %q, path %q", key, media, path)
	}
	if len(got.ResourceSpans) != 1 || len(got.ResourceSpans[0].ScopeSpans) != 1 || len(got.ResourceSpans[0].ScopeSpans[0].Spans) != 2 {
		t.Fatalf("got %+v", got)
	}
	if a := got.ResourceSpans[0].Resource.Attributes; len(a) != 1 || a[0].Value["stringValue"] != "tacet" {
		t.Errorf("resource %+v", a)
	}
	in, out := got.ResourceSpans[0].ScopeSpans[0].Spans[0], got.ResourceSpans[0].ScopeSpans[0].Spans[1]
	if in.Name != "inner" || in.ParentSpanID != out.SpanID || in.TraceID != out.TraceID || len(in.TraceID) != 32 || in.Status.Code != 2 || in.Kind != 1 {
		t.Errorf("inner %+v", in)
	}
	if out.ParentSpanID != "" || out.Kind != 2 || out.Status.Code != 0 || len(out.Attributes) != 3 ||
		out.Attributes[1].Value["intValue"] != "503" || out.Attributes[2].Value["boolValue"] != true || out.StartTimeUnixNano > out.EndTimeUnixNano {
		t.Errorf("outer %+v", out)
	}
}

func TestEndpointRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"collector:4318", "ftp://x/", "/v1/traces", "http://"} {
		if _, err := spans.New(s); err == nil {
			t.Errorf("New(%q) is accepted", s)
		}
	}
}
