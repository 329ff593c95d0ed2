package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/tacet-lang/tacet/runtime/session"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestMalformed(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start("abcdefghijklmnop")
	messages := "/api/conversations/" + r.Conversation + "/messages"
	const json = "application/json"
	for _, c := range []struct {
		name, method, path, media, body string
		status                          int
		code                            string
	}{
		{"empty", "POST", messages, json, "", 400, "malformed"},
		{"not JSON", "POST", messages, json, "hello", 400, "malformed"},
		{"cut off", "POST", messages, json, `{"client_id":"1","text":"x"`, 400, "malformed"},
		{"array", "POST", messages, json, `[]`, 400, "malformed"},
		{"null", "POST", messages, json, `null`, 400, "malformed"},
		{"two objects", "POST", messages, json, `{"client_id":"1","text":"x"}{}`, 400, "malformed"},
		{"trailing comma", "POST", messages, json, `{"client_id":"1","text":"x",}`, 400, "malformed"},
		{"single quotes", "POST", messages, json, `{'client_id':'1'}`, 400, "malformed"},
		{"comment", "POST", messages, json, `{/**/"client_id":"1","text":"x"}`, 400, "malformed"},
		{"byte order mark", "POST", messages, json, "\ufeff{}", 400, "malformed"},
		{"bad UTF-8", "POST", messages, json, "{\"client_id\":\"1\",\"text\":\"\xff\xfe\"}", 400, "malformed"},
		{"overlong UTF-8", "POST", messages, json, "{\"client_id\":\"1\",\"text\":\"\xc0\x80\"}", 400, "malformed"},
		{"high half", "POST", messages, json, `{"client_id":"1","text":"\ud83d"}`, 400, "malformed"},
		{"low half", "POST", messages, json, `{"client_id":"1","text":"\ude00 x"}`, 400, "malformed"},
		{"halves the wrong way", "POST", messages, json, `{"client_id":"1","text":"\ude00\ud83d"}`, 400, "malformed"},
		{"control character", "POST", messages, json, "{\"client_id\":\"1\",\"text\":\"a\x01\"}", 400, "malformed"},
		{"deep arrays", "POST", messages, json, strings.Repeat("[", 60_000), 400, "malformed"},
		{"deep objects", "POST", messages, json, strings.Repeat(`{"a":`, 12_000), 400, "unknown-member"},
		{"deep value", "POST", messages, json, `{"text":` + strings.Repeat("[", 60_000), 400, "wrong-type"},
		{"depth 100,000", "POST", messages, json, strings.Repeat("[", 100_000), 413, "too-large"},
		{"10 MB", "POST", messages, json, `{"client_id":"1","text":"` + strings.Repeat("a", 10<<20) + `"}`, 413, "too-large"},
		{"8 kB and one", "POST", messages, json, `{"client_id":"1","text":"` + strings.Repeat("a", 8193) + `"}`, 413, "too-large"},
		{"repeated member", "POST", messages, json, `{"client_id":"1","text":"x","text":"y"}`, 400, "duplicate-member"},
		{"repeated member, escaped", "POST", messages, json, `{"client_id":"1","text":"x","te\u0078t":"y"}`, 400, "duplicate-member"},
		{"unknown member", "POST", messages, json, `{"client_id":"1","text":"x","ssn":"078-05-1120"}`, 400, "unknown-member"},
		{"member in capitals", "POST", messages, json, `{"client_id":"1","Text":"x"}`, 400, "unknown-member"},
		{"number for text", "POST", messages, json, `{"client_id":"1","text":1e999}`, 400, "wrong-type"},
		{"number", "POST", messages, json, `{"client_id":"1","text":1}`, 400, "wrong-type"},
		{"seen is a text", "POST", messages, json, `{"client_id":"1","option":"1","seen":"2"}`, 400, "wrong-type"},
		{"seen is a fraction", "POST", messages, json, `{"client_id":"1","option":"1","seen":2.0}`, 400, "wrong-type"},
		{"seen overflows", "POST", messages, json, `{"client_id":"1","option":"1","seen":99999999999999999999}`, 400, "wrong-type"},
		{"null text", "POST", messages, json, `{"client_id":"1","text":null}`, 400, "wrong-type"},
		{"object for text", "POST", messages, json, `{"client_id":"1","text":{}}`, 400, "wrong-type"},
		{"text for human", "POST", messages, json, `{"client_id":"1","human":"true"}`, 400, "wrong-type"},
		{"nothing done", "POST", messages, json, `{"client_id":"1"}`, 400, "one-of"},
		{"human false", "POST", messages, json, `{"client_id":"1","human":false}`, 400, "one-of"},
		{"two things at once", "POST", messages, json, `{"client_id":"1","text":"x","option":"1"}`, 400, "one-of"},
		{"blank", "POST", messages, json, `{"client_id":"1","text":"  \n"}`, 400, "bad-text"},
		{"null character", "POST", messages, json, `{"client_id":"1","text":"a\u0000b"}`, 400, "bad-text"},
		{"no client id", "POST", messages, json, `{"text":"x"}`, 400, "bad-client-id"},
		{"client id with a space", "POST", messages, json, `{"client_id":"a b","text":"x"}`, 400, "bad-client-id"},
		{"long client id", "POST", messages, json, `{"client_id":"` + strings.Repeat("a", 65) + `","text":"x"}`, 400, "bad-client-id"},
		{"no media type", "POST", messages, "", `{}`, 415, "not-json"},
		{"form", "POST", messages, "application/x-www-form-urlencoded", `client_id=1&text=x`, 415, "not-json"},
		{"option not on offer", "POST", messages, json, `{"client_id":"1","option":"99"}`, 409, "not-on-offer"},
		{"unknown language", "POST", messages, json, `{"client_id":"1","lang":"tlh"}`, 409, "not-on-offer"},
		{"after is a word", "GET", messages + "?after=x", "", "", 400, "bad-parameter"},
		{"after is negative", "GET", messages + "?after=-1", "", "", 400, "bad-parameter"},
		{"after overflows", "GET", messages + "?after=99999999999999999999", "", "", 400, "bad-parameter"},
		{"wrong method", "DELETE", messages, "", "", 405, "method-not-allowed"},
		{"wrong method for flows", "POST", "/api/flows", json, "{}", 405, "method-not-allowed"},
		{"nothing there", "GET", "/api/nothing", "", "", 404, "not-found"},
		{"no such page", "GET", "/nothing", "", "", 404, "not-found"},
		{"no such asset", "GET", "/assets/x/chat.js", "", "", 404, "not-found"},
		{"start of no flow", "POST", "/api/conversations", json, `{"client_id":"abcdefghijklmnop"}`, 400, "missing-member"},
		{"start of unknown flow", "POST", "/api/conversations", json, `{"flow":"x","client_id":"abcdefghijklmnop"}`, 404, "not-found"},
		{"start in unknown language", "POST", "/api/conversations", json, `{"flow":"consultation","lang":"x","client_id":"abcdefghijklmnop"}`, 400, "unknown-language"},
		{"start with a short client id", "POST", "/api/conversations", json, `{"flow":"consultation","client_id":"a"}`, 400, "bad-client-id"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, s.url+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+r.Token)
		if c.media != "" {
			req.Header.Set("Content-Type", c.media)
		}
		got := s.send(req)
		if got.Status != c.status || got.Code != c.code {
			t.Errorf("%s: got %d %s, want %d %s", c.name, got.Status, got.Code, c.status, c.code)
		}
		if media := got.Header.Get("Content-Type"); media != "application/problem+json" {
			t.Errorf("%s: answered as %q", c.name, media)
		}
		for _, echo := range []string{"078-05-1120", "aaaa", "hello", "tlh"} {
			if strings.Contains(got.Body, echo) {
				t.Errorf("%s: the answer repeats the request: %s", c.name, got.Body)
			}
		}
	}
	all := s.do("GET", messages, r.Token, "")
	if len(all.Messages) != 2 {
		t.Errorf("malformed requests left messages: %s", all.Body)
	}
}

// FuzzPost sends any body; whatever it is, the server says what is wrong with it.
func FuzzPost(f *testing.F) {
	for _, seed := range []string{
		`{"client_id":"1","text":"hello"}`, `{"client_id":"1","human":true}`, `{"client_id":"1","text":"\ud83d\ude00"}`,
		`{"a":{"b":[1,2,{}]}}`, "\xff", `{"client_id":"1","text":"a\u0000"}`, `{"client_id":"1","lang":"es"}`,
	} {
		f.Add(seed)
	}
	shared := open(f)
	f.Fuzz(func(t *testing.T, body string) {
		s := &site{t: t, url: shared.url, client: shared.client, clock: shared.clock}
		r := s.start(session.NewID())
		got := s.post(r, body)
		if got.Status != 200 && got.Code == "" || got.Status >= 500 {
			t.Errorf("%q: got %d %s", body, got.Status, got.Body)
		}
	})
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := open(t)
	a, b := s.start("abcdefghijklmnop"), s.start("bcdefghijklmnopq")
	for name, token := range map[string]string{"no": "", "a wrong": a.Token + "x", "another's": b.Token, "an odd": "Bearer x y"} {
		for _, c := range []struct{ method, path, body string }{
			{"GET", "/messages", ""}, {"GET", "/events", ""}, {"POST", "/messages", `{"client_id":"1","text":"x"}`},
		} {
			r := s.do(c.method, "/api/conversations/"+a.Conversation+c.path, token, c.body)
			if r.Status != 401 || r.Code != "unauthorized" || r.Header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s %s with %s token: got %d %s, want 401", c.method, c.path, name, r.Status, r.Body)
			}
		}
	}
	if r := s.do("GET", "/api/conversations/nobody/messages", a.Token, ""); r.Status != 401 {
		t.Errorf("unknown conversation: got %d, want 401 as for any other", r.Status)
	}
	s.clock.Move(20 * time.Minute)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		r := s.do("GET", "/api/conversations/"+a.Conversation+"/messages", a.Token, "")
		if r.Status == 401 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("a conversation that fell silent is still open: %d", r.Status)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, path := range []string{"/", "/chat/consultation", "/api/flows", "/api/nothing", "/healthz"} {
		r := s.do("GET", path, "", "")
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		csp := r.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
}

func TestOtherSites(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start("abcdefghijklmnop")
	for name, header := range map[string][2]string{
		"fetch metadata": {"Sec-Fetch-Site", "cross-site"}, "origin": {"Origin", "https://elsewhere.example"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/api/conversations/"+r.Conversation+"/messages",
			strings.NewReader(`{"client_id":"1","text":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Cookie", "tacet-consultation="+r.Conversation+"."+r.Token)
		req.Header.Set(header[0], header[1])
		if got := s.send(req); got.Status != 403 || got.Code != "cross-origin" {
			t.Errorf("%s: got %d %s, want 403", name, got.Status, got.Body)
		}
	}
}
