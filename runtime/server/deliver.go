package server

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/outbox"
)

// Deliveries is what vendors fetch that they were told of; *outbox.Worker implements it.
type Deliveries interface {
	Fetch(ctx context.Context, id string, h http.Header) (outbox.Fetched, error)
}

// deliveryAnswer is what a vendor gets. Its fields are the flow's own.
type deliveryAnswer struct {
	ID           string            `json:"id"`
	Practice     string            `json:"practice"`
	Conversation string            `json:"conversation"`
	At           string            `json:"at"`
	Fields       map[string]string `json:"fields"`
}

// Flows lists what is offered now.
func (s *Server) Flows() []*machine.Machine { return s.host.Flows() }

func (s *Server) deliveryRoutes() []route {
	return []route{{
		method: "GET", path: outbox.DeliveryPath + "{id}", does: "Gives a vendor what it was told of, to a request that is signed as webhooks are",
		access: toVendor(), answer: answer{status: http.StatusOK, body: deliveryAnswer{}}, problems: []*problem{errUnsigned, errWithheld, errNotFound},
		handle: s.deliver,
	}}
}

func (s *Server) deliver(w http.ResponseWriter, r *http.Request) error {
	f, err := s.deliveries.Fetch(r.Context(), r.PathValue("id"), r.Header)
	switch {
	case errors.Is(err, outbox.ErrUnproven):
		return errUnsigned
	case errors.Is(err, outbox.ErrWithheld):
		return errWithheld
	case err != nil:
		return err
	}
	return s.send(w, http.StatusOK, deliveryAnswer{f.ID, f.Practice, f.Conversation, f.At.UTC().Format(time.RFC3339), f.Fields})
}
