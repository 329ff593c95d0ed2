package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlite"
)

const passphrase = "seven quiet herons wading"

// colleague is a browser of somebody of the staff.
type colleague struct {
	*site
	id, email, secret string
}

// browser is the site seen by another browser, with its own cookies.
func (s *site) browser() *site {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &site{t: s.t, url: s.url, client: &http.Client{Transport: s.client.Transport, Jar: jar}, clock: s.clock, data: s.data,
		srv: s.srv, people: s.people, store: s.store, api: s.api}
}

func (s *site) stage(path string, body any, want string) reply {
	s.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	r := s.do("POST", "/api/staff"+path, "", string(b))
	var got struct{ Stage string }
	_ = json.Unmarshal([]byte(r.Body), &got)
	if r.Status != http.StatusOK || got.Stage != want {
		s.t.Fatalf("%s: got %d %s, want stage %s", path, r.Status, r.Body, want)
	}
	return r
}

func (c *colleague) code() string {
	code, err := totp.GenerateCode(c.secret, c.clock.Now())
	if err != nil {
		c.t.Fatal(err)
	}
	return code
}

// addCodes turns on one-time codes, as the second factor of a new account.
func (c *colleague) addCodes() {
	c.t.Helper()
	var offered struct{ Secret string }
	r := c.do("POST", "/api/staff/codes/offer", "", "")
	if err := json.Unmarshal([]byte(r.Body), &offered); err != nil || offered.Secret == "" {
		c.t.Fatalf("offer of codes: %d %s", r.Status, r.Body)
	}
	c.secret = offered.Secret
	c.stage("/codes", map[string]string{"code": c.code()}, "in")
}

// first sets the practice up.
func (s *site) first() *colleague {
	s.t.Helper()
	link, ok, err := s.people.FirstLink(s.t.Context())
	if err != nil || !ok {
		s.t.Fatalf("FirstLink: %v %v", ok, err)
	}
	c := &colleague{site: s.browser(), email: "dana@lakeside.example"}
	c.stage("/set-up", map[string]string{"token": link, "name": "Dana Ortiz", "email": c.email, "password": passphrase}, "must-add")
	c.addCodes()
	return c
}

// hire makes an account and signs its owner in.
func (c *colleague) hire(name, roles, teams string) *colleague {
	c.t.Helper()
	n := &colleague{site: c.browser(), email: name + "@lakeside.example"}
	body, err := json.Marshal(map[string]string{"name": name + " Miller", "email": n.email, "roles": roles, "teams": teams})
	if err != nil {
		c.t.Fatal(err)
	}
	r := c.do("POST", "/api/staff/people", "", string(body))
	var made struct{ ID, Token string }
	if err := json.Unmarshal([]byte(r.Body), &made); err != nil || r.Status != http.StatusCreated {
		c.t.Fatalf("invite: %d %s", r.Status, r.Body)
	}
	n.id = made.ID
	n.stage("/accept", map[string]string{"token": made.Token, "password": passphrase}, "must-add")
	n.addCodes()
	return n
}

func TestDoor(t *testing.T) {
	t.Parallel()
	s := open(t)
	if r := s.do("GET", "/api/staff/me", "", ""); r.Status != 401 || r.Code != "not-signed-in" {
		t.Errorf("nobody: got %d %s", r.Status, r.Body)
	}
	c := s.first()
	r := c.do("GET", "/api/staff/me", "", "")
	if r.Status != 200 || !strings.Contains(r.Body, `"name":"Dana Ortiz"`) || !strings.Contains(r.Body, `"people.manage"`) {
		t.Errorf("me: got %d %s", r.Status, r.Body)
	}
	if r := c.do("POST", "/api/staff/sign-out", "", ""); r.Status != 204 {
		t.Errorf("sign-out: got %d %s", r.Status, r.Body)
	}
	if r := c.do("GET", "/api/staff/me", "", ""); r.Status != 401 {
		t.Errorf("after signing out: got %d %s", r.Status, r.Body)
	}
	wrong := c.do("POST", "/api/staff/sign-in", "", `{"email":"dana@lakeside.example","password":"not the one"}`)
	stranger := c.do("POST", "/api/staff/sign-in", "", `{"email":"nobody@lakeside.example","password":"not the one"}`)
	if wrong.Status != 401 || wrong.Body != stranger.Body {
		t.Errorf("a wrong password: got %d %s, a stranger %d %s", wrong.Status, wrong.Body, stranger.Status, stranger.Body)
	}
	r = c.stage("/sign-in", map[string]string{"email": c.email, "password": passphrase}, "code")
	if got := r.Header.Get("Set-Cookie"); !strings.Contains(got, "HttpOnly") || !strings.Contains(got, "SameSite=Strict") {
		t.Errorf("the cookie is %q", got)
	}
	if r := c.do("GET", "/api/staff/me", "", ""); r.Status != 401 {
		t.Errorf("with a password alone: got %d %s", r.Status, r.Body)
	}
	c.clock.Move(time.Minute) // a code counts once
	c.stage("/sign-in/code", map[string]string{"code": c.code()}, "in")
	if r := c.do("POST", "/api/staff/password", "", `{"current":"not the one","password":"nine loud geese leaving"}`); r.Status != 401 {
		t.Errorf("a new password without the one before: got %d %s", r.Status, r.Body)
	}
	c.clock.Move(time.Minute)
	c.stage("/password", map[string]string{"current": passphrase, "password": "nine loud geese leaving"}, "in")
	if r := c.do("GET", "/api/staff/me", "", ""); r.Status != 200 {
		t.Errorf("after a new password: got %d %s", r.Status, r.Body)
	}
	c.clock.Move(people.Idle)
	if r := c.do("GET", "/api/staff/me", "", ""); r.Status != 401 {
		t.Errorf("after a quarter of an hour without use: got %d %s", r.Status, r.Body)
	}
	req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/api/staff/sign-out", bytes.NewReader(nil))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "https://elsewhere.example")
	if r := c.send(req); r.Status != 403 || r.Code != "cross-origin" {
		t.Errorf("from another site: got %d %s", r.Status, r.Body)
	}
	for range 6 {
		r = c.do("POST", "/api/staff/sign-in", "", `{"email":"dana@lakeside.example","password":"not the one"}`)
	}
	if r.Status != 429 || r.Code != "wait" || r.Header.Get("Retry-After") == "" {
		t.Errorf("after many tries: got %d %s, Retry-After %q", r.Status, r.Body, r.Header.Get("Retry-After"))
	}
}

// entries lists the actions of the audit trail about a conversation.
func (s *site) entries(id string) (list []string) {
	s.t.Helper()
	for _, e := range s.trail() {
		if e.Conversation == id {
			list = append(list, e.Action)
		}
	}
	return list
}

// trail is the audit trail.
func (s *site) trail() (list []session.Entry) {
	s.t.Helper()
	store, err := sqlite.Open(s.data, sqlite.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	err = store.View(s.t.Context(), "lakeside", func(r session.Reader) (err error) {
		list, err = r.Audit(0, 10_000)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func TestInbox(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	dana := s.first()
	ana := dana.hire("ana", "coordinator", "coordinators")
	cleo := dana.hire("cleo", "clinician", "coordinators nurses")
	eve := dana.hire("eve", "coordinator", "")
	r := s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","option":"rhinoplasty"}`)
	s.post(r, `{"client_id":"2","option":"1"}`)
	s.post(r, `{"client_id":"3","text":"Maria Lopez"}`)
	s.post(r, `{"client_id":"4","text":"my $health is bad"}`)
	if h := s.post(r, `{"client_id":"5","human":true}`); h.Control != "waiting" {
		t.Fatalf("got %s", h.Body)
	}
	path := "/api/staff/conversations/" + r.Conversation
	q := ana.do("GET", "/api/staff/queue", "", "")
	if !strings.Contains(q.Body, r.Conversation) || strings.Contains(q.Body, "Maria") {
		t.Errorf("queue: got %d %s", q.Status, q.Body)
	}
	if q := eve.do("GET", "/api/staff/queue", "", ""); strings.Contains(q.Body, r.Conversation) {
		t.Errorf("the queue of another team: got %s", q.Body)
	}
	if got := dana.do("GET", "/api/staff/conversations/"+r.Conversation, "", ""); strings.Contains(got.Body, "Maria") || got.Status != 200 {
		t.Errorf("who reviews sees %d %s", got.Status, got.Body)
	}
	foreign, unknown := eve.do("GET", path, "", ""), eve.do("GET", "/api/staff/conversations/nothing", "", "")
	if foreign.Status != 404 || foreign.Body != unknown.Body {
		t.Errorf("another team's: got %d %s, unknown: %d %s", foreign.Status, foreign.Body, unknown.Status, unknown.Body)
	}
	masked, whole := ana.do("GET", path, "", ""), cleo.do("GET", path, "", "")
	if !strings.Contains(masked.Body, "Maria Lopez") || strings.Contains(masked.Body, "$health") {
		t.Errorf("a coordinator sees %s", masked.Body)
	}
	if !strings.Contains(whole.Body, "my $health is bad") {
		t.Errorf("a clinician sees %s", whole.Body)
	}
	if got := ana.do("POST", path+"/reveal", "", `{"reason":"I am curious"}`); got.Status != 403 {
		t.Errorf("a coordinator reveals: got %d %s", got.Status, got.Body)
	}
	if got := dana.do("POST", path+"/reveal", "", `{"reason":"review of March"}`); !strings.Contains(got.Body, "my $health is bad") {
		t.Errorf("who reviews reveals: got %d %s", got.Status, got.Body)
	}
	if got := ana.do("POST", path+"/reply", "", `{"client_id":"1","text":"hello"}`); got.Status != 409 || got.Code != "held" {
		t.Errorf("a reply without a claim: got %d %s", got.Status, got.Body)
	}
	if got := ana.do("POST", path+"/claim", "", ""); got.Status != 204 {
		t.Errorf("claim: got %d %s", got.Status, got.Body)
	}
	if got := cleo.do("POST", path+"/claim", "", ""); got.Status != 409 || !strings.Contains(got.Body, `"holder":"`+ana.id+`"`) {
		t.Errorf("a second claim: got %d %s", got.Status, got.Body)
	}
	for range 2 {
		if got := ana.do("POST", path+"/reply", "", `{"client_id":"1","text":"hello"}`); got.Status != 200 {
			t.Errorf("reply: got %d %s", got.Status, got.Body)
		}
	}
	read := s.do("GET", "/api/conversations/"+r.Conversation+"/messages", r.Token, "")
	if n := strings.Count(texts(read), "staff: hello"); n != 1 {
		t.Errorf("the patient sees the reply %d times: %s", n, texts(read))
	}
	if got := cleo.do("POST", path+"/release", "", `{"reason":"all done"}`); got.Status != 409 {
		t.Errorf("release by somebody else: got %d %s", got.Status, got.Body)
	}
	if got := ana.do("POST", path+"/release", "", `{"reason":"all done"}`); got.Status != 204 {
		t.Errorf("release: got %d %s", got.Status, got.Body)
	}
	s.post(r, `{"client_id":"6","text":"!chest-pain"}`)
	if got := cleo.do("POST", path+"/claim", "", ""); got.Status != 204 {
		t.Errorf("claim of an emergency: got %d %s", got.Status, got.Body)
	}
	if got := cleo.do("POST", path+"/release", "", `{"reason":"it was nothing"}`); got.Status != 409 || got.Code != "emergency" {
		t.Errorf("release of an emergency: got %d %s", got.Status, got.Body)
	}
	if got := cleo.do("POST", path+"/close", "", `{"outcome":"called-911"}`); got.Status != 400 {
		t.Errorf("a bad outcome: got %d %s", got.Status, got.Body)
	}
	if got := cleo.do("POST", path+"/close", "", `{"outcome":"sent-to-hospital"}`); got.Status != 204 {
		t.Errorf("close: got %d %s", got.Status, got.Body)
	}
	log := s.entries(r.Conversation)
	for _, want := range []string{"transcript.viewed", "transcript.revealed", "conversation.claimed", "conversation.replied",
		"conversation.released", "conversation.closed"} {
		if !slices.Contains(log, want) {
			t.Errorf("the trail lacks %s: %v", want, log)
		}
	}
	if n := strings.Count(strings.Join(log, " "), "transcript.viewed"); n != 3 {
		t.Errorf("%d looks are in the trail, want 3", n)
	}
}

func TestBreakGlass(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	dana := s.first()
	eve := dana.hire("eve", "coordinator", "")
	r := s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","text":"my $health is bad"}`)
	s.post(r, `{"client_id":"2","human":true}`)
	path := "/api/staff/conversations/" + r.Conversation
	if got := eve.do("GET", path, "", ""); got.Status != 404 {
		t.Errorf("before: got %d %s", got.Status, got.Body)
	}
	if got := eve.do("POST", path+"/break-glass", "", `{"reason":"she is on the phone and cannot speak"}`); got.Status != 204 {
		t.Fatalf("break-glass: got %d %s", got.Status, got.Body)
	}
	if got := eve.do("GET", path, "", ""); got.Status != 200 || !strings.Contains(got.Body, "my $health is bad") {
		t.Errorf("after: got %d %s", got.Status, got.Body)
	}
	for range 7 { // an hour, in use
		s.clock.Move(10 * time.Minute)
		eve.do("GET", "/api/staff/me", "", "")
	}
	if got := eve.do("GET", path, "", ""); got.Status != 404 {
		t.Errorf("an hour later: got %d %s", got.Status, got.Body)
	}
}

// TestMatrix makes every call of staff, as the description lists them, by everybody: who may not gets nothing, and every call
// about a conversation that is another team's is answered as if there were none.
func TestMatrix(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	dana := s.first()
	who := map[people.Role]*colleague{}
	for _, role := range people.Roles {
		who[role] = dana.hire("x"+string(role), string(role), "")
	}
	r := s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","human":true}`)
	b, err := json.Marshal(s.srv.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Access     string        `json:"x-access"`
			Permission people.Action `json:"x-permission"`
		}
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	calls := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.Access != "practice" && op.Access != "about" && op.Access != "signed-in" {
				continue
			}
			method = strings.ToUpper(method)
			own := strings.NewReplacer("{id}", r.Conversation, "{person}", "nobody", "{hold}", "nothing", "{incident}", "nothing", "{name}", "policy-1").Replace(path)
			none := strings.NewReplacer("{id}", "nothing", "{person}", "nobody").Replace(path)
			if got := s.do(method, own, "", bodyFor(method)); got.Status != 401 {
				t.Errorf("%s %s by nobody: got %d %s", method, path, got.Status, got.Body)
			}
			for role, c := range who {
				calls++
				got := c.do(method, own, "", bodyFor(method))
				target := people.Target{Practice: "lakeside", Team: "coordinators"}
				person := people.Person{ID: c.id, Practice: "lakeside", Roles: []people.Role{role}}
				switch {
				case op.Access == "about" && op.Permission != people.BreakGlass && !person.May(people.ViewTranscript, target, nil),
					op.Permission == people.BreakGlass && !person.May(op.Permission, target, nil):
					if missing := c.do(method, none, "", bodyFor(method)); got.Status != 404 || got.Body != missing.Body {
						t.Errorf("%s %s by %s: got %d %s; where there is none %d %s", method, path, role, got.Status, got.Body, missing.Status, missing.Body)
					}
				case op.Access != "signed-in" && !person.May(op.Permission, target, nil):
					if got.Status != 403 && got.Status != 409 {
						t.Errorf("%s %s by %s: got %d %s", method, path, role, got.Status, got.Body)
					}
				case got.Status == 401 || got.Status == 403 || got.Status >= 500:
					t.Errorf("%s %s by %s: got %d %s", method, path, role, got.Status, got.Body)
				}
			}
		}
	}
	if calls < 60 {
		t.Errorf("only %d calls were made", calls)
	}
}

// bodyFor is a body that no call of staff takes.
func bodyFor(method string) string {
	if method == "GET" {
		return ""
	}
	return fmt.Sprintf(`{"nothing":%q}`, "x")
}
