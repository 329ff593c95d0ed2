package outbox

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/vault"
)

// Errors of Fetch.
var (
	// ErrUnproven says that the request is not signed by a vendor's secret, at about this time.
	ErrUnproven = errors.New("the request proves no vendor")
	// ErrWithheld says that the vendor may not have it now; the trail says why.
	ErrWithheld = errors.New("the vendor may not have this now")
)

// Fetched is what a vendor gets that it was told of.
type Fetched struct {
	ID, Practice, Conversation string
	At                         time.Time
	Fields                     map[string]string
}

// Fetch gives a vendor what it was told of. The request is signed with the vendor's secret as webhooks are, over the id, the time and
// an empty body. Who proves no vendor learns nothing of what there is; what is another vendor's, was erased or never was is
// session.ErrNotFound. The fetch has its entry in the trail before it is answered.
func (w *Worker) Fetch(ctx context.Context, id string, h http.Header) (Fetched, error) {
	vendor := w.signer(id, h)
	if vendor == "" {
		return Fetched{}, ErrUnproven
	}
	r, err := w.store.Delivery(ctx, w.practice, id)
	if err != nil {
		return Fetched{}, err
	}
	if r.Kind != Send || r.To != vendor {
		return Fetched{}, session.ErrNotFound
	}
	p, err := w.open(ctx, &r)
	if errors.Is(err, vault.ErrDestroyed) {
		return Fetched{}, session.ErrNotFound
	}
	if err != nil {
		return Fetched{}, err
	}
	v, refused := p.permit(w.flows(), vendor, day(w.clock.Now(), w.zone))
	detail := about(&r, &v, Thin, &p)
	action := "egress.fetched"
	if refused != nil {
		action = "egress.withheld"
		detail["why"] = refused.Error()
	}
	if err := w.store.Note(ctx, w.practice, w.entry(&r, action, detail)); err != nil {
		return Fetched{}, err
	}
	if refused != nil {
		return Fetched{}, ErrWithheld
	}
	return Fetched{ID: r.ID, Practice: r.Practice, Conversation: r.Conversation, At: r.At, Fields: values(p.fields)}, nil
}

// signer is the vendor whose secret signed a request.
func (w *Worker) signer(id string, h http.Header) string {
	for _, name := range slices.Sorted(maps.Keys(w.ways.Load().Vendors)) {
		v := w.ways.Load().Vendors[name]
		if v.Form != Upsert && connect.Verify(connect.Message{ID: id}, h, w.clock.Now(), v.Secrets) {
			return name
		}
	}
	return ""
}
