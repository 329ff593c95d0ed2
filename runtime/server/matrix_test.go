package server_test

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// call is one operation of the description.
type call struct {
	Method, Path string
	Access       string        `json:"x-access"`
	Permission   people.Action `json:"x-permission"`
}

// calls lists what the server says of itself.
func (s *site) calls() (list []call) {
	s.t.Helper()
	b, err := json.Marshal(s.srv.OpenAPI())
	if err != nil {
		s.t.Fatal(err)
	}
	var doc struct{ Paths map[string]map[string]call }
	if err := json.Unmarshal(b, &doc); err != nil {
		s.t.Fatal(err)
	}
	for path, methods := range doc.Paths {
		for method, c := range methods {
			c.Method, c.Path = strings.ToUpper(method), path
			list = append(list, c)
		}
	}
	return list
}

// at is the call about one conversation, and about nobody and nothing else.
func (c *call) at(id string) string {
	return strings.NewReplacer("{id}", id, "{person}", "nobody", "{hold}", "nothing", "{incident}", "nothing", "{name}", "policy-1", "{session}", "nothing",
		"{flow}", "consultation").Replace(c.Path)
}

// beside starts a conversation of a practice in the same database, by another process.
func (s *site) beside(t *testing.T, practice string) string {
	t.Helper()
	m := enginetest.Consultation()
	m.Practice.ID = practice
	h, err := session.New(session.Options{Flows: []session.Flow{load(t, m)}, Store: s.store, Vault: sqlitetest.Vault(t, s.data), Clock: s.clock})
	if err != nil {
		t.Fatal(err)
	}
	n, _ := h.Notice("consultation", "en")
	r, err := h.Start(t.Context(), session.Start{Flow: "consultation", ClientID: "a-client-of-" + practice, Notice: n.Hash})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Post(t.Context(), r.ID, session.Post{ClientID: "1", Human: true}); err != nil {
		t.Fatal(err)
	}
	return r.ID
}

// TestMatrixOfConversations asks every call about a conversation, in every role that is in its team and outside, for one that is
// theirs, another practice's, one that never was and one that was erased: the last three are answered with one and the same body, and
// so is another team's.
func TestMatrixOfConversations(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	dana := s.first()
	erased, elsewhere, made := s.beside(t, "lakeside"), s.beside(t, "elsewhere"), 0
	e := retention.Erasure{Practice: "lakeside", Conversation: erased, At: s.clock.Now(), By: "dana", Why: "the patient asked"}
	if err := retention.Erase(t.Context(), s.store, sqlitetest.Vault(t, s.data), e); err != nil {
		t.Fatal(err)
	}
	for _, role := range people.Roles {
		inside, outside := dana.hire("in"+string(role), string(role), "coordinators"), dana.hire("out"+string(role), string(role), "nurses")
		for _, op := range s.calls() {
			if op.Access != "about" {
				continue
			}
			for name, c := range map[string]*colleague{"inside": inside, "outside": outside} {
				none := c.do(op.Method, op.at("nothing"), "", bodyFor(op.Method))
				if none.Status != http.StatusNotFound {
					t.Errorf("%s %s by %s %s, of none: %d %s", op.Method, op.Path, role, name, none.Status, none.Body)
				}
				for what, id := range map[string]string{"another practice's": elsewhere, "erased": erased} {
					made++
					if got := c.do(op.Method, op.at(id), "", bodyFor(op.Method)); got.Status != none.Status || got.Body != none.Body {
						t.Errorf("%s %s by %s %s, %s: %d %s, of none %d %s", op.Method, op.Path, role, name, what, got.Status, got.Body, none.Status, none.Body)
					}
				}
			}
			own := s.start(session.NewID())
			s.post(own, `{"client_id":"1","human":true}`)
			p := people.Person{ID: inside.id, Practice: "lakeside", Roles: []people.Role{role}, Teams: []string{"coordinators"}}
			may := p.May(op.Permission, people.Target{Practice: "lakeside", Team: "coordinators"}, nil)
			sees := p.May(people.ViewTranscript, people.Target{Practice: "lakeside", Team: "coordinators"}, nil)
			got := inside.do(op.Method, op.at(own.Conversation), "", bodyFor(op.Method))
			switch made++; {
			case may && (got.Status == 403 || got.Status == 404 || got.Status == 401):
				t.Errorf("%s %s by %s of the team: %d %s", op.Method, op.Path, role, got.Status, got.Body)
			case !may && got.Status < 400, !may && !sees && op.Permission != people.BreakGlass && got.Status != 404:
				t.Errorf("%s %s by %s of the team, who may not: %d %s", op.Method, op.Path, role, got.Status, got.Body)
			}
		}
	}
	refused := 0
	for _, e := range s.trail() {
		if e.Action == "access.refused" && e.Conversation != elsewhere {
			refused++
		}
	}
	t.Logf("%d calls, %d refusals in the trail", made, refused)
	if refused < 50 {
		t.Errorf("%d refusals are in the trail", refused)
	}
	if made < 200 {
		t.Errorf("only %d calls were made", made)
	}
}

// TestMatrixOfSessions asks every call of staff with a session that has ended for want of use, was signed out, belongs to somebody who
// left, stopped half-way, or was never: each is refused in the same words, and none changes anything.
func TestMatrixOfSessions(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	dana := s.first()
	r := s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","human":true}`)
	roles := "admin clinician compliance coordinator operator"
	expired, out, left, half := dana.hire("expired", roles, "coordinators"), dana.hire("out", roles, "coordinators"), dana.hire("left", roles, "coordinators"),
		dana.hire("half", roles, "coordinators")
	out.do("POST", "/api/staff/sign-out", "", "")
	if got := dana.do("POST", "/api/staff/people/"+left.id, "", `{"roles":"`+roles+`","teams":"coordinators","left":true}`); got.Status != 204 {
		t.Fatalf("leaving: %d %s", got.Status, got.Body)
	}
	s.clock.Move(people.Idle) // of expired; half signs in anew and stops
	half.stage("/sign-in", map[string]string{"email": half.email, "password": passphrase}, "code")
	for _, op := range s.calls() {
		if op.Access != "about" && op.Access != "practice" && op.Access != "signed-in" {
			continue
		}
		nobody := s.do(op.Method, op.at(r.Conversation), "", bodyFor(op.Method))
		for name, c := range map[string]*colleague{"expired": expired, "signed out": out, "left": left, "half-way": half} {
			if got := c.do(op.Method, op.at(r.Conversation), "", bodyFor(op.Method)); got.Status != 401 || got.Body != nobody.Body {
				t.Errorf("%s %s, %s: %d %s, want %d %s", op.Method, op.Path, name, got.Status, got.Body, nobody.Status, nobody.Body)
			}
		}
	}
}

func urlOf(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestRandomIDs: of 100 000 ids, tokens and deliveries that nobody was given none opens anything.
func TestRandomIDs(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	ana := s.first().hire("ana", "coordinator clinician compliance", "coordinators")
	r := s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","human":true}`)
	jar := ana.client.Jar
	n := 100_000
	if testing.Short() {
		n = 5_000
	}
	b := make([]byte, 32)
	for i := range n {
		_, _ = rand.Read(b) // never fails
		id := strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:16]))
		path := []string{"/api/conversations/" + id + "/messages", "/api/conversations/" + r.Conversation + "/messages", "/api/staff/conversations/" + id, "/v1/deliveries/" + id + "-1-0"}[i%4]
		req := httptest.NewRequest("GET", path, nil)
		req.Header.Set("Authorization", "Bearer "+session.NewID())
		if i%4 == 2 {
			req = httptest.NewRequest("GET", path, nil)
			req.Header.Set("User-Agent", "Go-http-client/1.1")
			for _, c := range jar.Cookies(urlOf(t, s.url)) {
				req.AddCookie(c)
			}
			if i%4000 == 2 {
				s.clock.Move(time.Second)
			}
		}
		rec := httptest.NewRecorder()
		s.srv.ServeHTTP(rec, req)
		if rec.Code != 401 && rec.Code != 404 {
			t.Fatalf("GET %s: %d %s", path, rec.Code, rec.Body)
		}
	}
}
