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
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
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

// TestPermit: each way in which nothing may leave, on the day at which it would.
func TestPermit(t *testing.T) {
	t.Parallel()
	agreement := func(a *machine.Agreement) func(*machine.Machine) {
		return func(m *machine.Machine) { m.Practice.Vendors[0].Agreement = a }
	}
	for name, c := range map[string]struct {
		change func(*machine.Machine)
		why    string
	}{
		"none":           {agreement(nil), "there is no agreement"},
		"not signed yet": {agreement(&machine.Agreement{Signed: "2026-03-03", Effective: "2026-01-01"}), "not in force yet"},
		"not yet":        {agreement(&machine.Agreement{Signed: "2025-12-10", Effective: "2026-03-03"}), "not in force yet"},
		"ends today":     {agreement(&machine.Agreement{Signed: "2025-12-10", Effective: "2026-01-01", Expires: "2026-03-02"}), "has ended on 2026-03-02"},
		"of no day":      {agreement(&machine.Agreement{Signed: "soon", Effective: "2026-01-01"}), "not in force yet"},
		"class":          {func(m *machine.Machine) { m.Practice.Vendors[0].Classes = []string{"preference"} }, "may not hold the class contact"},
		"purpose":        {func(m *machine.Machine) { m.Practice.Vendors[0].Purposes = []string{"billing"} }, "does not serve the purpose scheduling"},
		"gone":           {func(m *machine.Machine) { m.Practice.Vendors[0].Name = "other" }, "names this vendor any more"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, outbox.Full, nil)
			h.book()
			in := h.today
			m := *in[0]
			m.Practice.Vendors = slices.Clone(m.Practice.Vendors)
			c.change(&m)
			h.today = []*machine.Machine{in[0], &m} // one flow that says no is enough
			if name == "gone" {
				h.today = []*machine.Machine{&m}
			}
			h.work()
			if got := h.world.sent(); len(got) != 0 {
				t.Fatalf("something left: %v", got)
			}
			h.wantState(outbox.Send, outbox.Parked, c.why)
			h.work()
			want := []string{"dana@lakeside.example"}
			if name == "ends today" {
				want = append(want, want[0]) // and of its end
			}
			if to := h.mail.to(); !slices.Equal(to, want) {
				t.Errorf("mail was sent to %v; want the compliance owner to be told, once", to)
			}
			// people have seen to it
			h.today = in
			if err := h.store.Requeue(ctx, "lakeside", h.row(outbox.Send).ID, h.clock.Now()); err != nil {
				t.Fatal(err)
			}
			h.work()
			h.wantState(outbox.Send, outbox.Delivered, "")
		})
	}
}

// implying is a flow that sends a vendor a part of the day, which needs no agreement, where one topic leads and others do not; and
// another vendor the same where all ways have met again. The topic is of the class.
func implying(m *machine.Machine, class string) {
	m.Policy.VendorFloor = "contact"
	m.Policy.Permits = append(m.Policy.Permits, machine.Permit{Class: "health"})
	m.Practice.Vendors[0].Classes = []string{"contact", "preference", "health"}
	m.Practice.Vendors = append(m.Practice.Vendors, machine.Vendor{Name: "news", Classes: []string{"preference"}, Purposes: []string{"scheduling"}})
	m.Fields[4].Class = class // topic
	m.Guards = append(m.Guards, machine.Guard{Source: `topic == "other"`, Reads: []string{"topic"}})
	enginetest.At(m, "contact/3").Edges = []machine.Edge{{Guard: enginetest.G(2), To: "tell"}, {To: "confirm"}}
	enginetest.At(m, "confirm").Do = append(enginetest.At(m, "confirm").Do, machine.Action{To: "news", Fields: []string{"part"}})
	enginetest.At(m, "booked").Do = enginetest.At(m, "booked").Do[1:]
	m.Locations = append(m.Locations, machine.Location{ID: "tell", State: "tell", Kind: machine.Auto,
		Do: []machine.Action{{To: "crm", Fields: []string{"part"}}}, Edges: []machine.Edge{{To: "confirm"}}})
	enginetest.Sort(m)
}

// TestAgreementForWhatIsImplied: a vendor that is told something only by being told at all is told nothing once the agreement with it
// has ended, or it may hold the class no more: also after a restart, and when people let what was parked be tried again. What tells
// nothing goes to a vendor without any agreement.
func TestAgreementForWhatIsImplied(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		class  string
		form   outbox.Form
		change func(*machine.Vendor)
		why    string
	}{
		"ended":                {"contact", outbox.Thin, func(v *machine.Vendor) { v.Agreement.Expires = "2026-03-02" }, "has ended on 2026-03-02"},
		"ended, upsert":        {"contact", outbox.Upsert, func(v *machine.Vendor) { v.Agreement.Expires = "2026-03-02" }, "has ended on 2026-03-02"},
		"gone":                 {"contact", outbox.Full, func(v *machine.Vendor) { v.Agreement = nil }, "there is no agreement"},
		"class":                {"health", outbox.Thin, func(v *machine.Vendor) { v.Classes = []string{"contact", "preference"} }, "may not hold the class health"},
		"nothing of the class": {"preference", outbox.Thin, func(v *machine.Vendor) { v.Agreement = nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, c.form, func(m *machine.Machine, s *outbox.Settings) {
				implying(m, c.class)
				s.Vendors["news"] = outbox.Vendor{Endpoint: connect.Endpoint{URL: s.Vendors["crm"].URL, Secrets: []connect.Secret{secret(3)}}, Form: outbox.Thin}
			})
			h.write(h.patient(), "other", "1", patientName, "(212) 555-0187", "morning")
			in := h.today
			m := *in[0]
			m.Practice.Vendors = slices.Clone(m.Practice.Vendors)
			v := m.Practice.Vendors[0]
			agreement := *v.Agreement
			v.Agreement = &agreement
			c.change(&v)
			m.Practice.Vendors[0] = v
			h.today = []*machine.Machine{&m}
			var row outbox.Row
			for _, again := range []func(){func() {}, h.restart, func() {
				if err := h.store.Requeue(ctx, "lakeside", row.ID, h.clock.Now()); err != nil {
					t.Fatal(err)
				}
			}} {
				again()
				h.work()
				list, err := h.store.Deliveries(ctx, "lakeside", outbox.Filter{To: "crm", Kind: outbox.Send})
				if err != nil || len(list) != 1 {
					t.Fatalf("%d rows, %v", len(list), err)
				}
				row = list[0]
				if want := map[bool]outbox.State{true: outbox.Delivered, false: outbox.Parked}[c.why == ""]; row.State != want || !strings.Contains(row.Why, c.why) {
					t.Errorf("it is %s, %q; want %s, %q", row.State, row.Why, want, c.why)
				}
			}
			for _, r := range h.world.sent() {
				if c.why != "" && strings.Contains(r.body+r.path, row.ID) {
					t.Errorf("the vendor was sent %s %s", r.path, r.body)
				}
			}
			if news, err := h.store.Deliveries(ctx, "lakeside", outbox.Filter{To: "news", Kind: outbox.Send, State: outbox.Delivered}); err != nil || len(news) != 1 {
				t.Errorf("who is told where all ways have met was told %d times, %v", len(news), err)
			}
			if _, err := h.fetch(row.ID, secret(1)); c.why != "" && c.form != outbox.Upsert && !errors.Is(err, outbox.ErrWithheld) {
				t.Errorf("fetched: %v", err)
			}
			if c.why == "" {
				return
			}
			// people have seen to it
			h.today = in
			if err := h.store.Requeue(ctx, "lakeside", row.ID, h.clock.Now()); err != nil {
				t.Fatal(err)
			}
			h.work()
			if r, err := h.store.Delivery(ctx, "lakeside", row.ID); err != nil || r.State != outbox.Delivered {
				t.Errorf("with the agreement again it is %s, %q, %v", r.State, r.Why, err)
			}
			for _, e := range h.entries() {
				if e.Action == "egress.delivered" && e.Detail["vendor"] == "crm" && !strings.Contains(e.Detail["classes"], c.class) {
					t.Errorf("the trail does not say what it told: %v", e.Detail)
				}
			}
		})
	}
}

// TestAgreementForWhatIsAskedOnly: an answer that only some are asked for tells of the answer that decided so, and so does that it is
// missing: who may not hold that answer is told nothing of either.
func TestAgreementForWhatIsAskedOnly(t *testing.T) {
	t.Parallel()
	for topic, answers := range map[string][]string{
		"other":       {"1", patientName, "(212) 555-0187", "morning"},
		"rhinoplasty": {"1", patientName, "morning"},
	} {
		t.Run(topic, func(t *testing.T) {
			t.Parallel()
			h := build(t, outbox.Full, func(m *machine.Machine, _ *outbox.Settings) {
				implying(m, "health")
				enginetest.At(m, "contact").Edges = []machine.Edge{{Guard: enginetest.G(1), To: "contact/2"}, {To: "contact/3"}}
				enginetest.At(m, "contact/3").Edges = []machine.Edge{{To: "confirm"}}
				enginetest.At(m, "confirm").Do = []machine.Action{enginetest.At(m, "confirm").Do[0], {To: "crm", Fields: []string{"phone"}}}
			})
			m := *h.today[0]
			m.Practice.Vendors = slices.Clone(m.Practice.Vendors)
			m.Practice.Vendors[0].Classes = []string{"contact", "preference"} // since today
			h.today = []*machine.Machine{&m}
			h.write(h.patient(), append([]string{topic}, answers...)...)
			h.work()
			h.wantState(outbox.Send, outbox.Parked, "may not hold the class health")
			if got := h.world.sent(); len(got) != 0 {
				t.Errorf("the vendor was sent %v", got)
			}
		})
	}
}

// TestWhole: what the policy lets be collected under conditions only stands in no message.
func TestWhole(t *testing.T) {
	t.Parallel()
	for form, want := range map[outbox.Form]outbox.State{outbox.Thin: outbox.Delivered, outbox.Full: outbox.Parked, outbox.Upsert: outbox.Parked} {
		h := build(t, form, func(m *machine.Machine, _ *outbox.Settings) {
			m.Policy.Permits = []machine.Permit{{Class: "contact", Requires: []string{"consent"}}, {Class: "preference"}}
		})
		h.book()
		h.work()
		h.wantState(outbox.Send, want, "")
	}
}

func TestAgreementThatNeedsNone(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Full, func(m *machine.Machine, _ *outbox.Settings) {
		m.Policy.VendorFloor = "health"
		m.Practice.Vendors[0].Agreement = nil
	})
	h.book()
	h.work()
	h.wantState(outbox.Send, outbox.Delivered, "")
}

func TestUnknownVendor(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Thin, func(_ *machine.Machine, s *outbox.Settings) { s.Vendors = nil })
	h.book()
	h.work()
	h.wantState(outbox.Send, outbox.Parked, "how this vendor is reached")
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
