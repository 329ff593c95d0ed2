// Package spans sends traces to whoever collects them, by OpenTelemetry's protocol over HTTP with JSON (OTLP 1.x,
// opentelemetry.io/docs/specs/otlp). The exporter of OpenTelemetry itself would bring gRPC and protocol buffers along, which
// cost every start of a server more than they are worth here.
//
// What stands in spans is for who makes them: routes, statuses, times, names of flows; never anything of a patient.
package spans

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

const (
	path        = "/v1/traces"
	sendTimeout = 10 * time.Second
	service     = "tacet"
)

// Endpoint is where traces go: the address given, else what the environment says (OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or
// OTEL_EXPORTER_OTLP_ENDPOINT with the standard path); empty: nowhere.
func Endpoint(given string) string {
	if given != "" {
		return given
	}
	if exact := os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"); exact != "" {
		return exact
	}
	if base := os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"); base != "" {
		return strings.TrimSuffix(base, "/") + path
	}
	return ""
}

// New returns a provider whose spans are sent to an address in batches; its Shutdown sends the rest. Which traces are kept is
// set as everywhere, by OTEL_TRACES_SAMPLER; headers by OTEL_EXPORTER_OTLP_HEADERS, and the name of the service by
// OTEL_SERVICE_NAME. What the collector does not take is dropped.
func New(endpoint string) (*trace.TracerProvider, error) {
	e, err := newExporter(endpoint, os.Getenv("OTEL_EXPORTER_OTLP_HEADERS"))
	if err != nil {
		return nil, err
	}
	name := os.Getenv("OTEL_SERVICE_NAME")
	if name == "" {
		name = service
	}
	return trace.NewTracerProvider(trace.WithBatcher(e), trace.WithResource(resource.NewSchemaless(attribute.String("service.name", name)))), nil
}

// exporter implements trace.SpanExporter.
type exporter struct {
	url    string
	header http.Header
	client *http.Client
}

func newExporter(endpoint, headers string) (*exporter, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("`%s` is no address that traces can be sent to", endpoint)
	}
	e := &exporter{url: endpoint, header: http.Header{"Content-Type": {"application/json"}}, client: &http.Client{Timeout: sendTimeout}}
	for pair := range strings.SplitSeq(headers, ",") {
		name, value, ok := strings.Cut(pair, "=")
		if value, err = url.PathUnescape(strings.TrimSpace(value)); ok && err == nil {
			e.header.Set(strings.TrimSpace(name), value)
		}
	}
	return e, nil
}

// ExportSpans implements trace.SpanExporter.
func (e *exporter) ExportSpans(ctx context.Context, list []trace.ReadOnlySpan) error {
	if len(list) == 0 {
		return nil
	}
	body, err := json.Marshal(request(list))
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header = e.header.Clone()
	res, err := e.client.Do(req)
	if err != nil {
		return fmt.Errorf("send traces: %w", err)
	}
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, 1<<20)) // so that the connection can be used again
	if res.StatusCode >= http.StatusBadRequest {
		err = errors.Join(err, fmt.Errorf("the collector of traces answers %d", res.StatusCode))
	}
	return errors.Join(err, res.Body.Close())
}

// Shutdown implements trace.SpanExporter.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

// The message, as far as we have anything to say.
type (
	message struct {
		Resources []resourceSpans `json:"resourceSpans"`
	}
	resourceSpans struct {
		Resource struct {
			Attributes []pair `json:"attributes"`
		} `json:"resource"`
		Scopes []scopeSpans `json:"scopeSpans"`
	}
	scopeSpans struct {
		Scope struct {
			Name string `json:"name"`
		} `json:"scope"`
		Spans []span `json:"spans"`
	}
	span struct {
		Trace      string `json:"traceId"`
		ID         string `json:"spanId"`
		Parent     string `json:"parentSpanId,omitempty"`
		Name       string `json:"name"`
		Kind       int    `json:"kind"`
		Start      string `json:"startTimeUnixNano"`
		End        string `json:"endTimeUnixNano"`
		Attributes []pair `json:"attributes,omitempty"`
		Status     status `json:"status"`
	}
	status struct {
		Code int `json:"code,omitempty"`
	}
	pair struct {
		Key   string `json:"key"`
		Value value  `json:"value"`
	}
	value struct {
		Text   *string `json:"stringValue,omitempty"`
		Number *string `json:"intValue,omitempty"`
		Flag   *bool   `json:"boolValue,omitempty"`
	}
)

// failed is the protocol's number of an error; codes.Error is another.
const failed = 2

// request lays spans out, by the scope that made them. All have one resource: that of the provider.
func request(list []trace.ReadOnlySpan) message {
	var r resourceSpans
	r.Resource.Attributes = pairs(list[0].Resource().Attributes())
	at := map[string]int{}
	for _, s := range list {
		name := s.InstrumentationScope().Name
		n, ok := at[name]
		if !ok {
			n = len(r.Scopes)
			at[name] = n
			r.Scopes = append(r.Scopes, scopeSpans{})
			r.Scopes[n].Scope.Name = name
		}
		r.Scopes[n].Spans = append(r.Scopes[n].Spans, laidOut(s))
	}
	return message{Resources: []resourceSpans{r}}
}

func laidOut(s trace.ReadOnlySpan) span {
	out := span{
		Trace: s.SpanContext().TraceID().String(), ID: s.SpanContext().SpanID().String(), Name: s.Name(), Kind: int(s.SpanKind()),
		Start: strconv.FormatInt(s.StartTime().UnixNano(), 10), End: strconv.FormatInt(s.EndTime().UnixNano(), 10),
		Attributes: pairs(s.Attributes()),
	}
	if s.Parent().SpanID().IsValid() {
		out.Parent = s.Parent().SpanID().String()
	}
	if s.Status().Code == codes.Error {
		out.Status.Code = failed
	}
	return out
}

func pairs(list []attribute.KeyValue) []pair {
	out := make([]pair, 0, len(list))
	for _, a := range list {
		p := pair{Key: string(a.Key)}
		switch a.Value.Type() {
		case attribute.INT64:
			s := strconv.FormatInt(a.Value.AsInt64(), 10)
			p.Value.Number = &s
		case attribute.BOOL:
			b := a.Value.AsBool()
			p.Value.Flag = &b
		default:
			s := a.Value.String()
			p.Value.Text = &s
		}
		out = append(out, p)
	}
	return out
}
