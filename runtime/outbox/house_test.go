package outbox_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/review"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/session/sessiontest"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
	"github.com/tacet-lang/tacet/runtime/vault"
)

var ctx = context.Background()

func secret(b byte) connect.Secret {
	return connect.Secret("whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 24)))
}

// What patients write in these tests, and what must therefore be found nowhere it does not belong.
const (
	patientName  = "Zephyrine"
	patientPhone = "+12125550187"
)

// flow is the consultation of enginetest with an agreement with its vendor.
func flow(t testing.TB, change func(*machine.Machine)) session.Flow {
	t.Helper()
	m := enginetest.Consultation()
	m.Policy.VendorFloor = "preference"
	m.Practice.Vendors[0] = machine.Vendor{
		Name: "crm", Legal: "Brightdesk Software, Inc.", Service: "calls back", Classes: []string{"contact", "preference"},
		Purposes: []string{"scheduling"}, Agreement: &machine.Agreement{Signed: "2025-12-10", Effective: "2026-01-01", Expires: "2026-12-31"},
	}
	m.Practice.Teams[0].Fallback = "nurses"
	if change != nil {
		change(m)
	}
	p, err := engine.LoadWith(m, engine.Options{Reader: enginetest.Reader{}})
	if err != nil {
		t.Fatal(err)
	}
	return session.Flow{Machine: m, Program: p}
}

// house is a practice with a server's inside and what stands around it.
type house struct {
	testing.TB
	path     string
	store    *sqlite.Store
	vault    *vault.Vault
	host     *session.Host
	worker   *outbox.Worker
	clock    *sessiontest.Clock
	settings outbox.Settings
	world    *world
	mail     *mailbox
	log      *bytes.Buffer
	today    []*machine.Machine
	patients int
	posts    int
}

// build opens a house whose vendor is reached in the form. change may change the flow and the settings.
func build(t testing.TB, form outbox.Form, change func(*machine.Machine, *outbox.Settings)) *house {
	t.Helper()
	h := &house{TB: t, path: filepath.Join(t.TempDir(), "tacet.db"), clock: sessiontest.NewClock(), world: newWorld(t), mail: &mailbox{}, log: &bytes.Buffer{}}
	h.settings = outbox.Settings{
		Origin: "https://chat.lakeside.example",
		Vendors: map[string]outbox.Vendor{"crm": {
			Endpoint: connect.Endpoint{URL: h.world.url + "/crm", Secrets: []connect.Secret{secret(1)}}, Form: form,
			Upsert: connect.Upsert{URL: h.world.url + "/people/{key}", Credential: "Bearer crm-token", KeyOf: "phone", KeySecret: secret(9), Fields: map[string]string{"name": "FullName", "phone": "Phone"}},
		}},
		Teams: map[string]outbox.Contact{
			"coordinators": {Email: []string{"desk@lakeside.example"}},
			"nurses":       {Email: []string{"nurses@lakeside.example"}, Hook: &connect.Endpoint{URL: h.world.url + "/nurses", Secrets: []connect.Secret{secret(2)}}},
		},
		Compliance: outbox.Contact{Email: []string{"dana@lakeside.example"}},
	}
	f := flow(t, func(m *machine.Machine) {
		if change != nil {
			change(m, &h.settings)
		}
	})
	h.today = []*machine.Machine{f.Machine}
	h.vault = sqlitetest.Vault(t, h.path)
	h.open(f)
	t.Cleanup(func() { _ = h.store.Close() })
	h.sign("risk", "vendors") // which are due on the first day
	return h
}

// sign signs reviews.
func (h *house) sign(reviews ...string) {
	h.Helper()
	for _, name := range reviews {
		e := session.Entry{At: h.clock.Now(), Actor: "dana", Action: review.Signed, Detail: map[string]string{review.Name: name}}
		if err := h.store.Note(ctx, "lakeside", e); err != nil {
			h.Fatal(err)
		}
	}
}

// open starts a process on the house's data.
func (h *house) open(f session.Flow) {
	h.Helper()
	var err error
	if h.store, err = sqlite.Open(h.path, sqlite.Options{}); err != nil {
		h.Fatal(err)
	}
	h.host, err = session.New(session.Options{Flows: []session.Flow{f}, Store: h.store, Vault: h.vault, Clock: h.clock})
	if err != nil {
		h.Fatal(err)
	}
	h.worker = h.another(h.store)
}

// restart is a new process on the same data.
func (h *house) restart() {
	h.Helper()
	if err := h.store.Close(); err != nil {
		h.Fatal(err)
	}
	h.open(flow(h, nil))
}

// another is a worker beside others.
func (h *house) another(s outbox.Store) *outbox.Worker {
	h.Helper()
	w, err := outbox.New(outbox.Options{
		Practice: "lakeside", Store: s, Vault: h.vault, Flows: func() []*machine.Machine { return h.today }, Settings: h.settings,
		Client: h.world.client, Mail: h.mail, Clock: h.clock, Log: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	if err != nil {
		h.Fatal(err)
	}
	return w
}

// patient starts a conversation.
func (h *house) patient() string {
	h.Helper()
	h.patients++
	n, _ := h.host.Notice("consultation", "en")
	r, err := h.host.Start(ctx, session.Start{Flow: "consultation", Lang: "en", ClientID: fmt.Sprintf("patient-%d-0123456789", h.patients), Notice: n.Hash})
	if err != nil {
		h.Fatal(err)
	}
	return r.ID
}

func (h *house) write(id string, texts ...string) {
	h.Helper()
	for _, text := range texts {
		h.posts++
		p := session.Post{ClientID: fmt.Sprintf("c%d", h.posts), Text: text}
		if text == "1" {
			p.Text, p.Option = "", "1"
		}
		if _, err := h.host.Post(ctx, id, p); err != nil {
			h.Fatalf("%q: %v", text, err)
		}
	}
}

// book is a patient who asks to be called.
func (h *house) book() string {
	h.Helper()
	id := h.patient()
	h.write(id, "rhinoplasty", "1", patientName, "(212) 555-0187", "morning", "yes")
	return id
}

// work lets the worker do what is due, until nothing is.
func (h *house) work() {
	h.Helper()
	for range 50 {
		n, err := h.worker.Once(ctx)
		if err != nil {
			h.Fatalf("Once: %v", err)
		}
		if n == 0 {
			return
		}
	}
	h.Fatal("the worker never rests")
}

// row is the one row of a kind.
func (h *house) row(kind outbox.Kind) outbox.Row {
	h.Helper()
	list, err := h.store.Deliveries(ctx, "lakeside", outbox.Filter{Kind: kind})
	if err != nil || len(list) != 1 {
		h.Fatalf("%d rows of kind %s, %v; want 1", len(list), kind, err)
	}
	return list[0]
}

func (h *house) wantState(kind outbox.Kind, state outbox.State, why string) {
	h.Helper()
	if r := h.row(kind); r.State != state || !strings.Contains(r.Why, why) {
		h.Errorf("the %s is %s, %q; want %s, %q", kind, r.State, r.Why, state, why)
	}
}

// trail lists the actions of the audit trail that begin with one of the words.
func (h *house) trail(begin ...string) (actions []string) {
	h.Helper()
	for _, e := range h.entries() {
		for _, b := range begin {
			if strings.HasPrefix(e.Action, b) {
				actions = append(actions, e.Action)
			}
		}
	}
	return actions
}

func (h *house) entries() (list []session.Entry) {
	h.Helper()
	err := h.store.View(ctx, "lakeside", func(r session.Reader) (err error) {
		list, err = r.Audit(0, 100_000)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return list
}

// world is everybody outside: one server with TLS that remembers what it was sent.
type world struct {
	url    string
	client *http.Client
	mu     sync.Mutex
	got    []request
	answer func(r *http.Request) (status int, header http.Header)
}

type request struct {
	method, path, body string
	header             http.Header
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{}
	s := httptest.NewTLSServer(w)
	t.Cleanup(s.Close)
	w.url = s.URL
	w.client = connect.NewClient(netip.MustParsePrefix("127.0.0.1/32"))
	w.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	t.Cleanup(w.client.CloseIdleConnections)
	return w
}

func (w *world) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	b, _ := io.ReadAll(req.Body)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.got = append(w.got, request{req.Method, req.URL.Path, string(b), req.Header})
	if w.answer != nil {
		status, header := w.answer(req)
		for k := range header {
			res.Header().Set(k, header.Get(k))
		}
		res.WriteHeader(status)
	}
}

// sent takes what the world was sent since it was asked last.
func (w *world) sent() []request {
	w.mu.Lock()
	defer w.mu.Unlock()
	got := w.got
	w.got = nil
	return got
}

func (w *world) answers(status int, header ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answer = func(*http.Request) (int, http.Header) {
		h := http.Header{}
		for i := 0; i+1 < len(header); i += 2 {
			h.Set(header[i], header[i+1])
		}
		return status, h
	}
}

// mailbox is everybody's.
type mailbox struct {
	mu   sync.Mutex
	got  []string
	down bool
}

func (m *mailbox) Send(_ context.Context, to, subject, text string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down {
		return fmt.Errorf("no connection")
	}
	m.got = append(m.got, to+": "+subject+"\n"+text)
	return nil
}

// about takes the mails that say something, and forgets the others.
func (m *mailbox) about(text string) (list []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range m.got {
		if strings.Contains(g, text) {
			list = append(list, g)
		}
	}
	m.got = nil
	return list
}

// to takes the addresses that were sent mail since it was asked last.
func (m *mailbox) to() (list []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, g := range m.got {
		to, _, _ := strings.Cut(g, ":")
		list = append(list, to)
	}
	m.got = nil
	return list
}
