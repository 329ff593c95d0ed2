package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// form sends a form as a browser without scripts does, and does not follow where it leads.
func (s *site) form(path, cookie string, values url.Values) reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), "POST", s.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return s.send(req)
}

func TestForms(t *testing.T) {
	t.Parallel()
	s := open(t)
	n := s.do("POST", "/api/conversations", "", `{"flow":"consultation","client_id":"abcdefghijklmnop"}`).Notice
	begin := url.Values{"client_id": {"abcdefghijklmnop"}, "lang": {"en"}, "notice": {n.Hash}}
	started := s.form("/chat/consultation/start", "", begin)
	set := started.Header.Get("Set-Cookie")
	if started.Status != 303 || !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Strict") {
		t.Fatalf("start: got %d, cookie %q", started.Status, set)
	}
	cookie, _, _ := strings.Cut(set, ";")
	for _, c := range []struct {
		name   string
		cookie string
		values url.Values
		want   string
	}{
		{"text", cookie, url.Values{"client_id": {"1"}, "text": {"hello"}}, "/chat/consultation#end"},
		{"the same again", cookie, url.Values{"client_id": {"1"}, "text": {"hello"}}, "/chat/consultation#end"},
		{"another under its id", cookie, url.Values{"client_id": {"1"}, "text": {"bye"}}, "?e=client-id-reused#end"},
		{"nothing", cookie, url.Values{"client_id": {"2"}, "text": {""}}, "?e=one-of#end"},
		{"too long", cookie, url.Values{"client_id": {"2"}, "text": {strings.Repeat("a", 9000)}}, "?e=too-large#end"},
		{"far too long", cookie, url.Values{"client_id": {"2"}, "text": {strings.Repeat("a", 1<<20)}}, "?e=too-large#end"},
		{"bad UTF-8", cookie, url.Values{"client_id": {"2"}, "text": {"\xff"}}, "?e=malformed#end"},
		{"unknown field", cookie, url.Values{"client_id": {"2"}, "text": {"x"}, "ssn": {"078-05-1120"}}, "?e=unknown-member#end"},
		{"text twice", cookie, url.Values{"client_id": {"2"}, "text": {"x", "y"}}, "?e=duplicate-member#end"},
		{"no cookie", "", url.Values{"client_id": {"2"}, "text": {"x"}}, "/chat/consultation#end"},
		{"wrong cookie", cookie + "x", url.Values{"client_id": {"2"}, "text": {"x"}}, "/chat/consultation#end"},
	} {
		got := s.form("/chat/consultation/say", c.cookie, c.values)
		if to := got.Header.Get("Location"); got.Status != 303 || !strings.HasSuffix(to, c.want) {
			t.Errorf("%s: got %d to %q, want %q", c.name, got.Status, to, c.want)
		}
	}
	id, token, _ := strings.Cut(strings.TrimPrefix(cookie, "tacet-consultation="), ".")
	all := s.do("GET", "/api/conversations/"+id+"/messages?after=2", token, "")
	if got, want := texts(all), "patient: hello | assistant: You said: hello"; got != want {
		t.Errorf("after all of it: got %q, want %q", got, want)
	}
}

func TestSorry(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()), load(t, enginetest.Visit()))
	r := s.do("GET", "/chat/nothing?lang=es", "", "")
	if r.Status != 404 || !strings.Contains(r.Body, "No hay nada") || !strings.Contains(r.Body, "tel:911") {
		t.Errorf("unknown flow: got %d %s", r.Status, r.Body)
	}
	home := s.do("GET", "/", "", "")
	if !strings.Contains(home.Body, `href="/chat/visit?lang=en"`) || !strings.Contains(home.Body, `href="/chat/consultation?lang=en"`) {
		t.Errorf("two flows: got %s", home.Body)
	}
}

// TestEscaping writes markup where a patient can.
func TestEscaping(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","text":"</li><script>alert(1)</script><a href=\"javascript:x\">"}`)
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/chat/consultation", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Cookie", "tacet-consultation="+r.Conversation+"."+r.Token)
	page := s.send(req)
	if !strings.Contains(page.Body, "&lt;script&gt;") || strings.Contains(page.Body, "<script>") || strings.Contains(page.Body, `href="javascript`) {
		t.Errorf("markup in a message: %s", page.Body)
	}
}
