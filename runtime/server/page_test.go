package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
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
		if to := got.Header.Get("Location"); got.Status != 303 || !strings.HasSuffix(to, c.want) || !strings.HasPrefix(to, "/chat/consultation") {
			t.Errorf("%s: got %d to %q, want %q", c.name, got.Status, to, c.want)
		}
	}
	id, token, _ := strings.Cut(strings.TrimPrefix(cookie, "tacet-consultation="), ".")
	all := s.do("GET", "/api/conversations/"+id+"/messages?after=2", token, "")
	if got, want := texts(all), "patient: hello | assistant: You said: hello"; got != want {
		t.Errorf("after all of it: got %q, want %q", got, want)
	}
}

// TestAttribution comes by an address that names a source, and looks at what is kept of it: on the page, and in the figures.
func TestAttribution(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()), load(t, enginetest.Visit()))
	const query = "utm_source=Spring+Mail&utm_medium=email&utm_campaign=jane.doe@example.com&gclid=x1"
	for _, page := range []string{"/?" + query, "/chat/consultation?lang=es&" + query} {
		got := s.do("GET", page, "", "")
		if !strings.Contains(got.Body, "utm_source=spring-mail&amp;utm_medium=email&amp;utm_campaign=other") || strings.Contains(got.Body, "jane") || strings.Contains(got.Body, "gclid") {
			t.Errorf("%s: a link of the page loses it, or keeps too much:\n%s", page, got.Body)
		}
		if got.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", page)
		}
	}
	n := s.do("POST", "/api/conversations", "", `{"flow":"consultation","client_id":"abcdefghijklmnop"}`).Notice
	source := func(id string) session.Attribution {
		var turn session.Opened
		if err := s.store.View(t.Context(), "lakeside", func(r session.Reader) error {
			h, err := r.Header(id)
			if err != nil {
				return err
			}
			first, err := r.Turn(id, 1)
			if err != nil {
				return err
			}
			turn, err = session.OpenTurn(t.Context(), sqlitetest.Vault(t, s.data), &h, &first)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return turn.From
	}
	want := session.Attribution{Source: "spring-mail", Medium: "email", Campaign: session.OtherAttribution}
	by := url.Values{"client_id": {"abcdefghijklmnop"}, "lang": {"en"}, "notice": {n.Hash}, "utm_source": {"Spring Mail"}, "utm_medium": {"email"}, "utm_campaign": {"312 555 0142"}}
	form := s.form("/chat/consultation/start", "", by)
	cookie, _, _ := strings.Cut(form.Header.Get("Set-Cookie"), ";")
	id, _, _ := strings.Cut(strings.TrimPrefix(cookie, "tacet-consultation="), ".")
	if got := source(id); got != want {
		t.Errorf("by the form: kept %+v, want %+v", got, want)
	}
	begin := `{"flow":"consultation","client_id":"bcdefghijklmnopq","notice":"` + n.Hash + `","utm_source":"Spring Mail","utm_medium":"email","utm_campaign":"%s"}`
	first := s.do("POST", "/api/conversations", "", strings.Replace(begin, "%s", "<b>", 1))
	if got := source(first.Conversation); got != want {
		t.Errorf("by the API: kept %+v, want %+v", got, want)
	}
	if again := s.do("POST", "/api/conversations", "", strings.Replace(begin, "%s", "<i>", 1)); again.Conversation != first.Conversation {
		t.Errorf("what is kept of both is the same, and the same is asked: %d %s", again.Status, again.Body)
	}
	if other := s.do("POST", "/api/conversations", "", strings.Replace(begin, "%s", "winter", 1)); other.Status != 422 {
		t.Errorf("another source under one client id: %d %s", other.Status, other.Body)
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
