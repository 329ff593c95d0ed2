package server_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

// deliveries stand in for the outbox: the id says what becomes of a request.
type deliveries struct{}

func (deliveries) Fetch(_ context.Context, id string, h http.Header) (outbox.Fetched, error) {
	if h.Get("webhook-signature") == "" {
		return outbox.Fetched{}, outbox.ErrUnproven
	}
	switch id {
	case "mine":
		at := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
		return outbox.Fetched{ID: id, Practice: "lakeside", Conversation: "c1", At: at, Fields: map[string]string{"name": "Ana"}}, nil
	case "ended":
		return outbox.Fetched{}, outbox.ErrWithheld
	}
	return outbox.Fetched{}, session.ErrNotFound
}

func TestDelivery(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct {
		id, signature string
		status        int
		want          string
	}{
		{"mine", "v1,x", 200, `{"id":"mine","practice":"lakeside","conversation":"c1","at":"2026-03-02T15:00:00Z","fields":{"name":"Ana"}}` + "\n"},
		{"mine", "", 401, ""}, {"nothing", "", 401, ""}, {"ended", "v1,x", 403, ""}, {"nothing", "v1,x", 404, ""},
	} {
		req, err := http.NewRequest("GET", s.url+"/v1/deliveries/"+c.id, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.signature != "" {
			req.Header.Set("webhook-signature", c.signature)
		}
		r := s.send(req)
		if r.Status != c.status || c.want != "" && r.Body != c.want {
			t.Errorf("%s signed %q: got %d %s, want %d", c.id, c.signature, r.Status, r.Body, c.status)
		}
	}
}
