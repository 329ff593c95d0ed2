package outbox_test

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

// official verifies a webhook by the specification's own library, but for its time, which is the test's.
func official(t *testing.T, r request, s connect.Secret) {
	t.Helper()
	w, err := webhooks.NewWebhook(string(s))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.VerifyIgnoringTimestamp([]byte(r.body), r.header); err != nil {
		t.Errorf("the official verifier refuses the webhook: %v", err)
	}
}

func TestThin(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	id := h.book()
	h.work()
	got := h.world.sent()
	if len(got) != 1 {
		t.Fatalf("the vendor was sent %d webhooks, want 1", len(got))
	}
	official(t, got[0], secret(1))
	delivery := h.row(outbox.Send).ID
	want := `{"type":"data.sent","timestamp":"2026-03-02T15:00:00Z","data":{"id":"` + delivery + `","practice":"lakeside","link":"https://chat.lakeside.example/v1/deliveries/` + delivery + `"}}`
	if got[0].body != want {
		t.Errorf("the vendor was told\n%s\nwant\n%s", got[0].body, want)
	}
	f, err := h.fetch(delivery, secret(1))
	wantFields := outbox.Fetched{ID: delivery, Practice: "lakeside", Conversation: id, At: h.clock.Now(),
		Fields: map[string]string{"name": patientName, "phone": patientPhone, "part": "morning", "topic": "rhinoplasty"}}
	if d := cmp.Diff(wantFields, f); err != nil || d != "" {
		t.Errorf("fetched: %v (-want +got)\n%s", err, d)
	}
	h.wantState(outbox.Send, outbox.Delivered, "")
	if d := cmp.Diff([]string{"egress.begun", "egress.delivered", "egress.fetched"}, h.trail("egress")); d != "" {
		t.Errorf("the trail (-want +got)\n%s", d)
	}
	for _, e := range h.entries() {
		if strings.HasPrefix(e.Action, "egress") && (e.Detail["recipient"] != "Brightdesk Software, Inc." || e.Detail["purpose"] != "scheduling" || e.Detail["classes"] != "contact preference") {
			t.Errorf("the entry does not say what left: %v", e.Detail)
		}
	}
}

func (h *house) erase(conversation string) {
	h.Helper()
	var head session.Header
	err := h.store.View(ctx, "lakeside", func(r session.Reader) (err error) { head, err = r.Header(conversation); return err })
	if err == nil {
		err = h.vault.Destroy(ctx, "lakeside", head.Key)
	}
	if err != nil {
		h.Fatal(err)
	}
}

func TestErasedBeforeItLeft(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Full, nil)
	h.erase(h.book())
	h.work()
	if got := h.world.sent(); len(got) != 0 {
		t.Errorf("the vendor was sent %v", got)
	}
	h.wantState(outbox.Send, outbox.Dead, "erased")
}

// TestErasureEndsIt: what is erased is neither sent nor waited for any more; what the trail says of it is still told.
func TestErasureEndsIt(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Full, nil)
	booked, waiting := h.book(), h.patient()
	h.write(waiting, "@human")
	at := h.clock.Now()
	alert := outbox.Row{ID: outbox.AlertID(1), Kind: outbox.Alert, Conversation: booked, To: "glass.broken", At: at, Due: at}
	if err := h.store.Follow(ctx, "lakeside", 0, 1, []outbox.Row{alert}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{booked, waiting} {
		e := retention.Erasure{Practice: "lakeside", Conversation: id, At: h.clock.Now(), By: "dana", Why: "the patient asked"}
		if err := retention.Erase(ctx, h.store, h.vault, e); err != nil {
			t.Fatal(err)
		}
	}
	h.work()
	if got, to := h.world.sent(), h.mail.to(); len(got) != 0 || !slices.Equal(to, []string{"dana@lakeside.example"}) {
		t.Errorf("afterwards %v was sent, and %v called", got, to)
	}
	h.wantState(outbox.Alert, outbox.Delivered, "")
	h.wantState(outbox.Send, outbox.Dead, "erased")
	h.wantState(outbox.Page, outbox.Dead, "erased")
}

func TestFull(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Full, nil)
	h.book()
	h.work()
	got := h.world.sent()
	if len(got) != 1 {
		t.Fatalf("the vendor was sent %d webhooks", len(got))
	}
	official(t, got[0], secret(1))
	if want := `"fields":{"name":"Zephyrine","part":"morning","phone":"+12125550187","topic":"rhinoplasty"}`; !strings.Contains(got[0].body, want) {
		t.Errorf("the vendor was sent\n%s\nwithout\n%s", got[0].body, want)
	}
}

// TestUpsert is a CRM with one record for each key.
func TestUpsert(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Upsert, nil)
	h.book()
	h.clock.Move(time.Minute)
	h.book() // the same person again
	h.work()
	records := map[string]string{}
	got := h.world.sent()
	for _, r := range got {
		if r.header.Get("Authorization") != "Bearer crm-token" || r.method != http.MethodPut {
			t.Errorf("the request is %s with %q", r.method, r.header.Get("Authorization"))
		}
		if strings.Contains(r.path, "0187") || strings.Contains(r.path, patientName) || strings.Contains(r.path, hex.EncodeToString([]byte(patientPhone))[:16]) {
			t.Errorf("the address tells who it is: %s", r.path)
		}
		records[r.path] = r.body
	}
	want := `{"FullName":"Zephyrine","Phone":"+12125550187"}` // what the mapping names, and no more
	if len(got) != 2 || len(records) != 1 || slices.Collect(mapValues(records))[0] != want {
		t.Errorf("two requests make records %v; want one with %s", records, want)
	}
}

func mapValues(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

// TestSchedule: a receiver that fails for days is tried as Standard Webhooks says, then people are told.
func TestSchedule(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.world.answers(http.StatusInternalServerError)
	start := h.clock.Now()
	h.book()
	var at []time.Duration
	for range 20 {
		h.work()
		for range h.world.sent() {
			at = append(at, h.clock.Now().Sub(start).Round(time.Minute))
		}
		r := h.row(outbox.Send)
		if r.State != outbox.Queued {
			break
		}
		h.clock.Move(r.Due.Sub(h.clock.Now()))
		if len(at) == 4 {
			h.restart()
		}
	}
	h.wantState(outbox.Send, outbox.Dead, "answered with 500")
	if len(at) != 10 || at[9] < 72*time.Hour || at[9] > 5*24*time.Hour {
		t.Errorf("it was tried at %v, want 10 times over three to five days", at)
	}
	h.work()
	if to := h.mail.to(); !slices.Equal(to, []string{"dana@lakeside.example"}) {
		t.Errorf("mail was sent to %v", to)
	}
	ids := map[string]bool{}
	for _, e := range h.entries() {
		if e.Action == "egress.failed" {
			ids[e.Detail["delivery"]] = true
		}
	}
	if len(ids) != 1 {
		t.Errorf("the tries are under %d ids", len(ids))
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.world.answers(http.StatusServiceUnavailable, "Retry-After", "7200")
	h.book()
	h.work()
	if wait := h.row(outbox.Send).Due.Sub(h.clock.Now()); wait != 2*time.Hour {
		t.Errorf("the next try is in %v, want 2 h", wait)
	}
}

// TestGone: an endpoint that answers 410 is sent nothing more, also not what comes later, until its address is another one.
func TestGone(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	h.world.answers(http.StatusGone)
	h.book()
	h.work()
	h.wantState(outbox.Send, outbox.Parked, "wants nothing any more")
	if n := len(h.world.sent()); n != 1 {
		t.Fatalf("%d requests", n)
	}
	h.world.answers(http.StatusOK)
	h.clock.Move(time.Minute)
	h.book()
	h.work()
	if got := h.world.sent(); len(got) != 0 {
		t.Errorf("the endpoint was sent %v", got)
	}
	v := h.settings.Vendors["crm"]
	v.URL += "/new"
	h.settings.Vendors["crm"] = v
	h.restart()
	list, err := h.store.Deliveries(ctx, "lakeside", outbox.Filter{Kind: outbox.Send, State: outbox.Parked})
	if err != nil || len(list) != 2 {
		t.Fatalf("%d are parked, %v", len(list), err)
	}
	for _, r := range list {
		if err := h.store.Requeue(ctx, "lakeside", r.ID, h.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	h.work()
	if n := len(h.world.sent()); n != 2 {
		t.Errorf("at its new address it was sent %d webhooks, want 2", n)
	}
}

// TestRotation: while one secret is exchanged for another, who holds either can verify, and fetch.
func TestRotation(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, func(_ *machine.Machine, s *outbox.Settings) {
		v := s.Vendors["crm"]
		v.Secrets = []connect.Secret{secret(5), secret(1)}
		s.Vendors["crm"] = v
	})
	h.book()
	h.work()
	got := h.world.sent()
	if len(got) != 1 {
		t.Fatalf("%d webhooks", len(got))
	}
	for _, s := range []connect.Secret{secret(1), secret(5)} {
		official(t, got[0], s)
		if _, err := h.fetch(h.row(outbox.Send).ID, s); err != nil {
			t.Errorf("fetch: %v", err)
		}
	}
}

// forgetful is a process that dies between the answer of a receiver and its own note of it, some of the time.
type forgetful struct {
	*sqlite.Store
	mu sync.Mutex
	n  int
}

var errDied = errors.New("the process is gone")

func (f *forgetful) Finish(c context.Context, r outbox.Row, e ...session.Entry) error {
	f.mu.Lock()
	f.n++
	die := f.n%3 == 0
	f.mu.Unlock()
	if die {
		return errDied
	}
	return f.Store.Finish(c, r, e...)
}

// TestManyProcesses: several processes, some of which die at the worst moment, deliver everything; a receiver that looks at ids
// sees each once.
func TestManyProcesses(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, nil)
	const patients = 24
	for range patients {
		h.book()
		h.clock.Move(time.Second)
	}
	for range 12 {
		var wg sync.WaitGroup
		for i := range 3 {
			var s outbox.Store = h.store
			if i > 0 {
				other, err := sqlite.Open(h.path, sqlite.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = other.Close() }()
				s = &forgetful{Store: other}
			}
			w := h.another(s)
			wg.Go(func() {
				for range 8 {
					if n, err := w.Once(ctx); n == 0 && err == nil {
						return
					} else if err != nil && !errors.Is(err, errDied) {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		h.clock.Move(3 * time.Minute) // leases of the dead end
	}
	h.work()
	times := map[string]int{}
	for _, r := range h.world.sent() {
		times[r.header.Get("webhook-id")]++
	}
	if len(times) != patients {
		t.Errorf("%d ids were delivered, want %d", len(times), patients)
	}
	list, err := h.store.Deliveries(ctx, "lakeside", outbox.Filter{Kind: outbox.Send, State: outbox.Delivered})
	if err != nil || len(list) != patients {
		t.Errorf("%d rows are delivered, %v; want %d", len(list), err, patients)
	}
}

// TestClocksApart: of two processes an hour apart, either of which may be gone, none keeps anybody waiting for the other, and a receiver that
// looks at ids sees each delivery once.
func TestClocksApart(t *testing.T) {
	t.Parallel()
	for name, apart := range map[string]time.Duration{"ahead": time.Hour, "behind": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, outbox.Thin, nil)
			h.book()
			waits := h.patient()
			h.write(waits, "!chest-pain")
			both := []*outbox.Worker{h.worker, h.another(h.store)}
			for range 4 { // in turn; what waits by a clock that is behind is due once that clock says so
				for i, w := range both {
					if i == 1 {
						h.clock.Move(apart)
					}
					if _, err := w.Once(ctx); err != nil {
						t.Fatal(err)
					}
					if i == 1 {
						h.clock.Move(-apart)
					}
				}
			}
			ids := map[string]int{}
			for _, r := range h.world.sent() {
				if r.path == "/crm" {
					ids[r.header.Get("webhook-id")]++
				}
			}
			if len(ids) != 1 || ids[h.row(outbox.Send).ID] != 1 {
				t.Errorf("the vendor was sent %v", ids)
			}
			h.wantState(outbox.Send, outbox.Delivered, "")
			if calls := h.trail("page.sent"); len(calls) == 0 {
				t.Errorf("nobody was called: %v", h.trail("page"))
			}
		})
	}
	h := build(t, outbox.Thin, nil) // who wrote by the clock that is ahead, of a process that is gone
	h.write(h.patient(), "!chest-pain")
	h.clock.Move(-time.Hour)
	h.work()
	if calls := h.trail("page.sent"); len(calls) == 0 {
		t.Error("nobody was called by the process that is left")
	}
}
