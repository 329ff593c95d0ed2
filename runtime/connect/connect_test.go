package connect_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/emersion/go-vcard"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"github.com/tacet-lang/tacet/runtime/connect"
)

func secret(b byte) connect.Secret {
	return connect.Secret("whsec_" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 24)))
}

var body = []byte(`{"type":"escalation.waiting","data":{"conversation":"c1"}}`)

// TestSignature asks the official verifier, also while one secret is exchanged for another.
func TestSignature(t *testing.T) {
	t.Parallel()
	m := connect.Message{ID: "msg_1", Body: body}
	h, err := connect.Sign(m, time.Now(), []connect.Secret{secret(2), secret(1)})
	if err != nil {
		t.Fatal(err)
	}
	for b, want := range map[byte]bool{1: true, 2: true, 3: false} {
		w, err := webhooks.NewWebhook(string(secret(b)))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Verify(body, h); (err == nil) != want {
			t.Errorf("secret %d verifies: %v, want %t", b, err, want)
		}
		if err := w.Verify(append(body, ' '), h); err == nil {
			t.Errorf("secret %d verifies another body", b)
		}
	}
	if h, err = connect.Sign(m, time.Now().Add(-time.Hour), []connect.Secret{secret(1)}); err != nil {
		t.Fatal(err)
	}
	w, err := webhooks.NewWebhook(string(secret(1)))
	if err != nil {
		t.Fatal(err)
	}
	if w.Verify(body, h) == nil {
		t.Error("a message of an hour ago verifies")
	}
}

func TestEndpointCheck(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"https://crm.example/hook": true, "http://crm.example/hook": false, "https://user:pass@crm.example": false, "crm.example": false,
		"file:///etc/passwd": false, "": false, "https://": false,
	} {
		e := connect.Endpoint{URL: url, Secrets: []connect.Secret{secret(1)}}
		if err := e.Check(); (err == nil) != want {
			t.Errorf("Check(%q) = %v, want it right: %t", url, err, want)
		}
	}
	for _, secrets := range [][]connect.Secret{nil, {"whsec_"}, {"whsec_!!"}, {"hush"}, {secret(1), "x"}} {
		e := connect.Endpoint{URL: "https://crm.example", Secrets: secrets}
		if e.Check() == nil {
			t.Errorf("secrets %q are accepted", secrets)
		}
	}
}

// here is where test servers are.
var here = netip.MustParsePrefix("127.0.0.1/32")

// answering starts a receiver that verifies what it gets and answers with one status.
func answering(t *testing.T, status int, header ...string) (connect.Endpoint, *http.Client, *int) {
	t.Helper()
	w, err := webhooks.NewWebhook(string(secret(1)))
	if err != nil {
		t.Fatal(err)
	}
	got := new(int)
	s := httptest.NewTLSServer(http.HandlerFunc(func(res http.ResponseWriter, req *http.Request) {
		b, err := io.ReadAll(req.Body)
		if err != nil || w.Verify(b, req.Header) != nil {
			res.WriteHeader(http.StatusUnauthorized)
			return
		}
		*got++
		for i := 0; i+1 < len(header); i += 2 {
			res.Header().Set(header[i], header[i+1])
		}
		res.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	c := connect.NewClient(here)
	trust(c, s)
	return connect.Endpoint{URL: s.URL, Secrets: []connect.Secret{secret(1)}}, c, got
}

// trust lets a client accept the certificate of a test server.
func trust(c *http.Client, s *httptest.Server) {
	c.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
}

// TestUntrusted: who shows a certificate that nobody vouches for, or plain HTTP, is told nothing.
func TestUntrusted(t *testing.T) {
	t.Parallel()
	e, _, got := answering(t, 200)
	plain := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { *got++ }))
	defer plain.Close()
	for _, url := range []string{e.URL, plain.URL} {
		e.URL = url
		r, err := connect.Post(context.Background(), connect.NewClient(here), e, connect.Message{ID: "msg_1", Body: body}, time.Now())
		if err == nil && r.Verdict != connect.Failed || *got != 0 {
			t.Errorf("%s: %+v, %v after %d requests, want a failure after none", url, r, err, *got)
		}
	}
}

func TestPost(t *testing.T) {
	t.Parallel()
	at := time.Now()
	for _, c := range []struct {
		status  int
		header  []string
		verdict connect.Verdict
		wait    time.Duration
	}{
		{200, nil, connect.Delivered, 0}, {204, nil, connect.Delivered, 0}, {410, nil, connect.Gone, 0},
		{500, nil, connect.Failed, 0}, {400, nil, connect.Failed, 0},
		{302, []string{"Location", "https://169.254.169.254/latest"}, connect.Failed, 0},
		{429, []string{"Retry-After", "120"}, connect.Failed, 2 * time.Minute},
		{503, []string{"Retry-After", at.Add(time.Hour).UTC().Format(http.TimeFormat)}, connect.Failed, time.Hour},
		{429, []string{"Retry-After", "99999999"}, connect.Failed, 24 * time.Hour},
		{503, []string{"Retry-After", "-5"}, connect.Failed, 0},
		{503, []string{"Retry-After", "soon"}, connect.Failed, 0},
	} {
		e, client, got := answering(t, c.status, c.header...)
		r, err := connect.Post(context.Background(), client, e, connect.Message{ID: "msg_1", Body: body}, at)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != c.verdict || r.Status != c.status || *got != 1 {
			t.Errorf("answer %d: %+v after %d requests, want verdict %d after 1", c.status, r, *got, c.verdict)
		}
		if d := r.Wait - c.wait; d < -time.Second || d > time.Second {
			t.Errorf("answer %d %q: wait %v, want %v", c.status, c.header, r.Wait, c.wait)
		}
	}
}

// TestOnlyPublic tries to reach this machine in every way a name or a number can.
func TestOnlyPublic(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the server was reached") }))
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c := connect.NewClient()
	trust(c, s)
	for _, host := range []string{"127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "127.1.2.3", "10.0.0.1", "169.254.169.254", "[fe80::1]", "[64:ff9b::7f00:1]",
		"[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[2002:7f00:1::]", "[fec0::1]", "[4000::1]", "[ff02::1]", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1",
		"127.1", "0", "１２７.0.0.1", "localhost.", "LOCALHOST", "100.64.0.1", "198.18.0.1", "192.0.0.1", "255.255.255.255", "224.0.0.1"} {
		e := connect.Endpoint{URL: "https://" + host + ":" + port, Secrets: []connect.Secret{secret(1)}}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		r, err := connect.Post(ctx, c, e, connect.Message{ID: "m", Body: body}, time.Now())
		cancel()
		if err != nil || r.Verdict != connect.Failed || r.Status != 0 || strings.Contains(r.Why, "time") {
			t.Errorf("%s: %+v, %v, want it refused", host, r, err)
		}
	}
}

// TestNameChangesItsMind: a name that is looked up as public and is private when the connection is made reaches nothing,
// because the address of the connection is what is judged.
func TestNameChangesItsMind(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the server was reached") }))
	t.Cleanup(s.Close)
	c := connect.NewClient()
	trust(c, s)
	dial := c.Transport.(*http.Transport).DialContext
	c.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dial(ctx, network, s.Listener.Addr().String()) // whatever the name was before
	}
	e := connect.Endpoint{URL: "https://crm.example", Secrets: []connect.Secret{secret(1)}}
	r, err := connect.Post(context.Background(), c, e, connect.Message{ID: "m", Body: body}, time.Now())
	if err != nil || r.Verdict != connect.Failed || !strings.Contains(r.Why, "not a public") {
		t.Errorf("Post = %+v, %v, want it refused", r, err)
	}
}

// TestSilentReceiver: one that never answers costs no more than the time of a try.
func TestSilentReceiver(t *testing.T) {
	t.Parallel()
	s := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the client has gone
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	c := connect.NewClient(here)
	trust(c, s)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	e := connect.Endpoint{URL: s.URL + "/patient-name", Secrets: []connect.Secret{secret(1)}}
	r, err := connect.Post(ctx, c, e, connect.Message{ID: "m", Body: body}, time.Now())
	if err != nil || r.Why != "no answer in time" {
		t.Errorf("Post = %+v, %v", r, err)
	}
}

func TestNext(t *testing.T) {
	t.Parallel()
	var all time.Duration
	tries := 0
	for ; ; tries++ {
		least, ok := connect.Next(tries, 0, connect.Result{})
		if !ok {
			break
		}
		most, _ := connect.Next(tries, 999, connect.Result{})
		if most < least || most > least+least/10 {
			t.Errorf("try %d waits %v to %v", tries, least, most)
		}
		all += least
	}
	if all < 72*time.Hour || all > 5*24*time.Hour || tries < 8 {
		t.Errorf("%d tries over %v, want at least 8 over three to five days", tries, all)
	}
	if wait, _ := connect.Next(1, 0, connect.Result{Wait: time.Hour}); wait != time.Hour {
		t.Errorf("an answer asked for an hour, and the wait is %v", wait)
	}
	if wait, _ := connect.Next(9, 0, connect.Result{Wait: time.Second}); wait < 24*time.Hour {
		t.Errorf("an answer made the wait shorter: %v", wait)
	}
}

// post is a mail server's memory.
type post struct{ sent []string }

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &letter{post: p}, nil }

type letter struct {
	post *post
	to   string
}

func (l *letter) Mail(string, *smtp.MailOptions) error      { return nil }
func (l *letter) Rcpt(to string, _ *smtp.RcptOptions) error { l.to = to; return nil }
func (l *letter) Reset()                                    {}
func (l *letter) Logout() error                             { return nil }
func (l *letter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err == nil {
		l.post.sent = append(l.post.sent, l.to+"\n"+string(b))
	}
	return err
}

// mailServer starts a mail server that remembers, and returns who sends to it.
func mailServer(t *testing.T) (*connect.Mailer, *post) {
	t.Helper()
	p := &post{}
	s := smtp.NewServer(p)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(l) }() // until it is closed
	t.Cleanup(func() { _ = s.Close() })
	return &connect.Mailer{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "tacet@lakeside.example", Plain: true}, p
}

func TestMail(t *testing.T) {
	t.Parallel()
	m, p := mailServer(t)
	ctx := context.Background()
	if err := m.Send(ctx, "nurses@lakeside.example", "Somebody is waiting", "Open https://chat.lakeside.example/staff"); err != nil {
		t.Fatal(err)
	}
	if len(p.sent) != 1 || !strings.Contains(p.sent[0], "nurses@lakeside.example") || !strings.Contains(p.sent[0], "Somebody is waiting") {
		t.Errorf("sent %q", p.sent)
	}
	for _, wrong := range [][2]string{{"nurses", "Hi"}, {"a@b.example\r\nBcc: eve@example.com", "Hi"}, {"a@b.example", "Hi\r\nBcc: eve@example.com"}} {
		if m.Send(ctx, wrong[0], wrong[1], "x") == nil {
			t.Errorf("sent to %q with subject %q", wrong[0], wrong[1])
		}
	}
	m.Plain = false
	if m.Send(ctx, "nurses@lakeside.example", "Hi", "x") == nil {
		t.Error("sent without TLS though it must not be")
	}
	if len(p.sent) != 1 {
		t.Errorf("%d mails were sent, want 1", len(p.sent))
	}
}

var contacts = []connect.Contact{
	{ID: "c1-1", Fields: []connect.Field{{"name", "name", "Ana Ruiz"}, {"phone", "phone", "+13125550142"}, {"topic", "choice", "botox"}}},
	{ID: "c2-1", Fields: []connect.Field{{"email", "email", "tom@example.com"}, {"name", "name", "=HYPERLINK(\"http://evil\")"}}},
}

func TestCSV(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := connect.WriteCSV(&b, contacts); err != nil {
		t.Fatal(err)
	}
	want := "id,name,phone,topic,email\r\nc1-1,Ana Ruiz,'+13125550142,botox,\r\nc2-1,\"'=HYPERLINK(\"\"http://evil\"\")\",,,tom@example.com\r\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestVCards(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := connect.WriteVCards(&b, contacts); err != nil {
		t.Fatal(err)
	}
	d := vcard.NewDecoder(&b)
	first, err := d.Decode()
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		vcard.FieldVersion: "4.0", vcard.FieldUID: "c1-1", vcard.FieldFormattedName: "Ana Ruiz", vcard.FieldTelephone: "+13125550142",
		vcard.FieldNote: "topic: botox",
	} {
		if got := first.Value(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	if second, err := d.Decode(); err != nil || second.Value(vcard.FieldEmail) != "tom@example.com" {
		t.Errorf("the second card: %v, %v", second, err)
	}
	if _, err := d.Decode(); !errors.Is(err, io.EOF) {
		t.Errorf("a third card: %v", err)
	}
}

// FuzzContacts: whatever a patient wrote stays within its cell, starts no formula and adds no line to a card.
func FuzzContacts(f *testing.F) {
	f.Add("=1+1")
	f.Add("a\r\nTEL:911")
	f.Add("\"; DROP\n")
	f.Fuzz(func(t *testing.T, value string) {
		list := []connect.Contact{{ID: "c", Fields: []connect.Field{{"name", "name", value}, {"topic", "choice", "botox"}}}}
		var table bytes.Buffer
		if err := connect.WriteCSV(&table, list); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&table).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != 3 || rows[1][2] != "botox" {
			t.Errorf("%q becomes %q, %v", value, rows, err)
		} else if v := rows[1][1]; v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			t.Errorf("%q begins a formula: %q", value, v)
		}
		var cards bytes.Buffer
		if err := connect.WriteVCards(&cards, list); err != nil {
			t.Fatal(err)
		}
		d := vcard.NewDecoder(&cards)
		card, err := d.Decode()
		if err != nil || card.Value(vcard.FieldTelephone) != "" || card.Value(vcard.FieldUID) != "c" {
			t.Errorf("%q becomes the card %v, %v", value, card, err)
		}
	})
}
