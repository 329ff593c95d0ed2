package outbox_test

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
)

// fetch asks for a delivery as a vendor that signs with a secret by the specification's own library.
func (h *house) fetch(id string, s connect.Secret) (outbox.Fetched, error) {
	h.Helper()
	w, err := webhooks.NewWebhook(string(s))
	if err != nil {
		h.Fatal(err)
	}
	now := h.clock.Now()
	sign, err := w.Sign(id, now, nil)
	if err != nil {
		h.Fatal(err)
	}
	head := http.Header{}
	head.Set("webhook-id", id)
	head.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	head.Set("webhook-signature", sign)
	return h.worker.Fetch(ctx, id, head)
}

func TestFetchByOthers(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, func(m *machine.Machine, s *outbox.Settings) {
		s.Vendors["news"] = outbox.Vendor{Endpoint: connect.Endpoint{URL: "https://news.example", Secrets: []connect.Secret{secret(3)}}, Form: outbox.Thin}
	})
	id := h.book()
	h.work()
	delivery := h.row(outbox.Send).ID
	for name, c := range map[string]struct {
		id     string
		secret connect.Secret
		want   error
	}{
		"nobody's secret":                  {delivery, secret(7), outbox.ErrUnproven},
		"nobody's secret, nothing there":   {"nothing", secret(7), outbox.ErrUnproven},
		"another vendor's":                 {delivery, secret(3), session.ErrNotFound},
		"nothing there":                    {"nothing", secret(1), session.ErrNotFound},
		"the alert of a page is no vendor": {outbox.PageID(id, 1), secret(1), session.ErrNotFound},
	} {
		if f, err := h.fetch(c.id, c.secret); !errors.Is(err, c.want) || f.Fields != nil {
			t.Errorf("%s: %+v, %v; want %v", name, f, err, c.want)
		}
	}
	if _, err := h.worker.Fetch(ctx, delivery, http.Header{}); !errors.Is(err, outbox.ErrUnproven) {
		t.Errorf("without a signature: %v", err)
	}
	head, err := connect.Sign(connect.Message{ID: delivery}, h.clock.Now().Add(-6*time.Minute), []connect.Secret{secret(1)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.worker.Fetch(ctx, delivery, head); !errors.Is(err, outbox.ErrUnproven) {
		t.Errorf("signed six minutes ago: %v", err)
	}
	h.today = []*machine.Machine{flow(t, func(m *machine.Machine) { m.Practice.Vendors[0].Agreement = nil }).Machine}
	if _, err := h.fetch(delivery, secret(1)); !errors.Is(err, outbox.ErrWithheld) {
		t.Errorf("after the agreement has ended: %v", err)
	}
	h.erase(id)
	if _, err := h.fetch(delivery, secret(1)); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("after the conversation was erased: %v", err)
	}
	if got := h.trail("egress.fetched"); len(got) != 0 {
		t.Errorf("the trail says that it was fetched: %v", got)
	}
}

// TestFetchAtRandom: a vendor that tries ids finds nothing but its own.
func TestFetchAtRandom(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.book()
	h.work()
	mine := h.row(outbox.Send).ID
	rnd := rand.New(rand.NewPCG(1, 2))
	const tries = 100_000
	for range tries {
		b := []byte(mine)
		for range 1 + rnd.IntN(3) {
			b[rnd.IntN(len(b))] = "0123456789abcdefghijklmnopqrstuv-"[rnd.IntN(33)]
		}
		id := string(b)
		if id == mine {
			continue
		}
		head, err := connect.Sign(connect.Message{ID: id}, h.clock.Now(), []connect.Secret{secret(1)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.worker.Fetch(ctx, id, head); !errors.Is(err, session.ErrNotFound) {
			t.Fatalf("%s: %v", id, err)
		}
	}
}
