package outbox_test

import (
	"encoding/json"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-smtp"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/connect"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/outbox"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/spec/hostile"
)

// noting is a flow that asks for a text, sends it in every form and hands the conversation to people.
func noting(m *machine.Machine, s *outbox.Settings) {
	m.Fields = append(m.Fields, machine.Field{Name: "note", Type: "message", Class: "preference"})
	enginetest.At(m, "welcome").Field = "note"
	enginetest.At(m, "welcome").Edges = []machine.Edge{{To: "tell"}}
	tell := machine.Location{ID: "tell", State: "tell", Kind: machine.Auto, Edges: []machine.Edge{{To: "later"}}}
	for _, name := range []string{"books", "crm", "news"} {
		v := m.Practice.Vendors[0]
		v.Name = name
		if name != "crm" {
			m.Practice.Vendors = append(m.Practice.Vendors, v)
		}
		tell.Do = append(tell.Do, machine.Action{To: name, Fields: []string{"note"}})
	}
	m.Locations = append(m.Locations, tell)
	enginetest.Sort(m)
	crm := s.Vendors["crm"]
	books, news := crm, crm
	books.Form, books.Upsert.KeyOf, books.Upsert.Fields = outbox.Upsert, "note", map[string]string{"note": "Note"}
	news.Form, news.Endpoint = outbox.Thin, connect.Endpoint{URL: strings.TrimSuffix(crm.URL, "/crm") + "/news", Secrets: []connect.Secret{secret(3)}}
	s.Vendors["books"], s.Vendors["news"] = books, news
	s.Teams["coordinators"] = outbox.Contact{Email: []string{"desk@lakeside.example"}, Hook: &connect.Endpoint{URL: strings.TrimSuffix(crm.URL, "/crm") + "/desk", Secrets: []connect.Secret{secret(2)}}}
}

// TestHostileTexts sends every line of the corpus to vendors in every form, and calls people to who wrote it, over a real HTTP and a real
// mail server. Who receives it reads what was written, where it belongs, as one value; nothing of it stands anywhere else.
func TestHostileTexts(t *testing.T) {
	t.Parallel()
	h := build(t, outbox.Full, noting)
	mail := newPostOffice(t)
	if err := h.worker.Use(h.settings, h.world.client, &connect.Mailer{Host: "127.0.0.1", Port: mail.port, From: "tacet@lakeside.example", Plain: true}); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, line := range hostile.Lines() {
		id := h.patient()
		if line == "" || !utf8.ValidString(line) {
			continue
		}
		h.posts++
		if _, err := h.host.Post(ctx, id, session.Post{ClientID: "line", Text: line}); err != nil {
			continue // too long to be one message
		}
		value := h.value(id, "note")
		if value == "" {
			continue // no answer: blank, too long, or asks for a person
		}
		sent++
		h.work()
		read := map[string]bool{}
		for _, r := range h.world.sent() {
			read[r.path[:min(len(r.path), 5)]] = true
			h.readRequest(t, id, &r, value)
		}
		if len(read) != 4 {
			t.Errorf("%q: only %v were told", line, read)
		}
		letters := mail.letters()
		if len(letters) != 1 {
			t.Errorf("%q: %d letters", line, len(letters))
		}
		for _, l := range letters {
			readLetter(t, l, value)
		}
	}
	t.Logf("%d lines were sent", sent)
	if sent < 540 {
		t.Errorf("only %d lines were sent", sent)
	}
}

// value is what a conversation holds for a field.
func (h *house) value(id, field string) string {
	h.Helper()
	var head session.Header
	var turn session.Turn
	err := h.store.View(ctx, "lakeside", func(r session.Reader) (err error) {
		if head, err = r.Header(id); err == nil {
			turn, err = r.Last(id)
		}
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	o, err := session.OpenTurn(ctx, h.vault, &head, &turn)
	if err != nil {
		h.Fatal(err)
	}
	return o.State.Values[slices.IndexFunc(h.today[0].Fields, func(f machine.Field) bool { return f.Name == field })]
}

// tokens are the shapes of what names things.
var (
	keyPath     = regexp.MustCompile(`^/people/[0-9a-f]{32}$`)
	deliveryID  = regexp.MustCompile(`^[0-9a-z]{26}-(page-)?[0-9]+-[0-9]+$`)
	headerValue = regexp.MustCompile(`^[ -~]*$`)
)

// readRequest reads what somebody was sent, strictly.
func (h *house) readRequest(t *testing.T, id string, r *request, value string) {
	t.Helper()
	for name, list := range r.header {
		for _, v := range list {
			if !headerValue.MatchString(v) || tells(v, value) {
				t.Errorf("%q: the header %s is %q", value, name, v)
			}
		}
	}
	if plain, err := url.PathUnescape(r.path); err != nil || tells(plain, value) {
		t.Errorf("%q: the path is %q, %v", value, r.path, err)
	}
	if r.header.Get("Content-Type") != "application/json" || !utf8.ValidString(r.body) {
		t.Errorf("%q: a body of %s: %q", value, r.header.Get("Content-Type"), r.body)
	}
	uniqueKeys(t, r.body)
	if strings.HasPrefix(r.path, "/people/") {
		var record map[string]string
		strict(t, r.body, &record)
		if !keyPath.MatchString(r.path) || len(record) != 1 || record["Note"] != value || !deliveryID.MatchString(r.header.Get("Idempotency-Key")) {
			t.Errorf("%q: the record %s holds %q, under %q", value, r.path, record, r.header.Get("Idempotency-Key"))
		}
		return
	}
	var m struct {
		Type      string
		Timestamp time.Time
		Data      struct {
			ID, Practice, Link, Team, Tier string
			Fields                         map[string]string
		}
	}
	strict(t, r.body, &m)
	official(t, *r, map[string]connect.Secret{"/crm": secret(1), "/desk": secret(2), "/news": secret(3)}[r.path])
	if (r.path == "/crm") != (len(m.Data.Fields) == 1 && m.Data.Fields["note"] == value) {
		t.Errorf("%q: %s was told %q", value, r.path, m.Data.Fields)
	}
	if r.path != "/crm" && tells(r.body, value) {
		t.Errorf("%q: %s was told %s", value, r.path, r.body)
	}
	if !deliveryID.MatchString(r.header.Get("webhook-id")) || m.Data.Practice != "lakeside" || !strings.HasPrefix(m.Data.Link, "https://chat.lakeside.example/") {
		t.Errorf("%q: the message %q is %s", value, r.header.Get("webhook-id"), r.body)
	}
	if r.path == "/news" {
		f, err := h.fetch(m.Data.ID, secret(3))
		if err != nil || f.Conversation != id || len(f.Fields) != 1 || f.Fields["note"] != value {
			t.Errorf("%q: fetched %q, %v", value, f.Fields, err)
		}
	}
}

// tells reports whether a text holds what somebody wrote, as it is or as JSON and addresses write it. What is shorter than a word is
// everywhere, and so is one word that is ours too.
func tells(s, value string) bool {
	if len(value) < 5 || value == "staff" {
		return false
	}
	quoted, _ := json.Marshal(value)
	for _, v := range []string{value, strings.Trim(string(quoted), `"`), url.QueryEscape(value), url.PathEscape(value)} {
		if strings.Contains(s, v) {
			return true
		}
	}
	return false
}

func strict(t *testing.T, body string, into any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Errorf("%s: %v", body, err)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("%s: more follows, %v", body, err)
	}
}

// uniqueKeys fails where a name stands twice in an object, so that two readers could take two values.
func uniqueKeys(t *testing.T, body string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	seen := []map[string]bool{}
	key := false
	for {
		token, err := d.Token()
		if err != nil {
			return
		}
		switch v := token.(type) {
		case json.Delim:
			if v == '{' {
				seen, key = append(seen, map[string]bool{}), true
				continue
			}
			seen, key = seen[:len(seen)-1], len(seen) > 1
		case string:
			if key && seen[len(seen)-1][v] {
				t.Errorf("%q stands twice in %s", v, body)
			}
			if key {
				seen[len(seen)-1][v] = true
			}
			key = !key
		default:
			key = true
		}
	}
}

// readLetter reads an e-mail as mail programs do.
func readLetter(t *testing.T, raw, value string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Errorf("%q: %v", value, err)
		return
	}
	for name, list := range m.Header {
		if !slices.Contains([]string{"Date", "Mime-Version", "Message-Id", "Subject", "User-Agent", "X-Mailer", "From", "To", "Content-Transfer-Encoding", "Content-Type"}, name) || len(list) != 1 {
			t.Errorf("%q: the letter has a header %s: %q", value, name, list)
		}
		if plain, err := new(mime.WordDecoder).DecodeHeader(list[0]); err != nil || tells(plain, value) {
			t.Errorf("%q: %s is %q, %v", value, name, list, err)
		}
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if to, e := m.Header.AddressList("To"); e != nil || len(to) != 1 || to[0].Address != "desk@lakeside.example" || err != nil || tells(string(text), value) {
		t.Errorf("%q: to %v: %q, %v, %v", value, to, text, err, e)
	}
}

// postOffice is a mail server that remembers.
type postOffice struct {
	port int
	mu   sync.Mutex
	got  []string
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &postOffice{port: l.Addr().(*net.TCPAddr).Port}
	s := smtp.NewServer(p)
	go func() { _ = s.Serve(l) }() // until it is closed
	t.Cleanup(func() { _ = s.Close() })
	return p
}

// letters takes what came since it was asked last.
func (p *postOffice) letters() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.got
	p.got = nil
	return got
}

// NewSession implements smtp.Backend.
func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return letter{p}, nil }

type letter struct{ to *postOffice }

func (letter) Mail(string, *smtp.MailOptions) error { return nil }
func (letter) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (letter) Reset()                               {}
func (letter) Logout() error                        { return nil }
func (l letter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	l.to.mu.Lock()
	defer l.to.mu.Unlock()
	l.to.got = append(l.to.got, string(b))
	return err
}
