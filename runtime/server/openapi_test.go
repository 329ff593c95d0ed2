package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/go-cmp/cmp"

	"github.com/tacet-lang/tacet/runtime/server"
)

const golden = "../../spec/openapi.json"

// TestOpenAPI compares the description with the one that is published. TACET_UPDATE=1 renews that.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	got, err := json.MarshalIndent(open(t).srv.OpenAPI(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if os.Getenv("TACET_UPDATE") == "1" {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s is not what the server answers (-want +got):\n%s", golden, d)
	}
}

// description holds what the server says of itself against what it does, in every test that sends requests.
type description struct {
	router routers.Router

	mu      sync.Mutex
	checked map[string]int
}

// a page and a file are strings to the description
func init() {
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.FileBodyDecoder)
	openapi3filter.RegisterBodyDecoder("application/fhir+json", openapi3filter.FileBodyDecoder)
}

// enough is how often a call is checked with one status: each time costs more than the call.
const enough = 3

func (d *description) again(call string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.checked[call]++
	return d.checked[call] <= enough
}

func described(t testing.TB, srv *server.Server) *description {
	t.Helper()
	b, err := json.Marshal(srv.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &description{router: router, checked: map[string]int{}}
}

// check fails the test on an answer that the description does not allow, and on a request that was answered well although
// the description does not allow it.
func (d *description) check(t testing.TB, req *http.Request, asked []byte, res *http.Response, b []byte) {
	t.Helper()
	if d == nil || req.Method == http.MethodHead {
		return
	}
	route, params, err := d.router.FindRoute(&http.Request{Method: req.Method, URL: req.URL, Host: req.URL.Host, Header: req.Header})
	if err != nil { // no call of the API
		return
	}
	if !d.again(fmt.Sprint(route.Method, route.Path, res.StatusCode)) {
		return
	}
	again := req.Clone(context.Background())
	again.Body = io.NopCloser(bytes.NewReader(asked))
	in := &openapi3filter.RequestValidationInput{Request: again, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
	}}
	if res.StatusCode < http.StatusBadRequest {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			t.Errorf("%s %s was answered with %d: %v", req.Method, req.URL.Path, res.StatusCode, err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: res.StatusCode, Header: res.Header, Options: in.Options,
	}
	if err := openapi3filter.ValidateResponse(context.Background(), out.SetBodyBytes(b)); err != nil {
		t.Errorf("%s %s: %v", req.Method, req.URL.Path, err)
	}
}
