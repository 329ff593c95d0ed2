package server_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/people"
	"github.com/tacet-lang/tacet/runtime/server"
)

// TestTyping: a patient sees that the person who has their conversation writes, and nobody else; that person sees that the patient
// does. Neither is in the trail, and nothing of it lasts.
func TestTyping(t *testing.T) {
	t.Parallel()
	s, r, path := askedForHuman(t)
	dana := s.first()
	ana, bo := dana.hire("ana", "coordinator", "coordinators"), dana.hire("bo", "coordinator", "coordinators")
	attend := func(c *colleague, doing string) string {
		return c.do("POST", "/api/staff/presence", "", fmt.Sprintf(`{"conversation":%q,"doing":%q}`, r.Conversation, doing)).Body
	}
	write := func(typing bool) reply {
		return s.do("POST", "/api/conversations/"+r.Conversation+"/typing", r.Token, fmt.Sprintf(`{"typing":%v}`, typing))
	}
	if got := write(true); got.Status != 204 {
		t.Fatalf("the patient's sign: %d %s", got.Status, got.Body)
	}
	if got := attend(ana, "viewing"); !strings.Contains(got, `"patient":"typing"`) {
		t.Errorf("while the patient writes: %s", got)
	}
	write(false)
	if got := attend(ana, "viewing"); !strings.Contains(got, `"patient":"viewing"`) {
		t.Errorf("when the patient has stopped: %s", got)
	}
	s.clock.Move(25 * time.Second)
	if got := attend(ana, "viewing"); strings.Contains(got, `"patient"`) {
		t.Errorf("half a minute later: %s", got)
	}
	_, lines, stop := s.listen(r, "")
	defer stop()
	expect(t, lines, "event: status")
	for range 100 { // that the page is open is seen, too
		if strings.Contains(attend(ana, "viewing"), `"patient":"viewing"`) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if got := attend(ana, "viewing"); !strings.Contains(got, `"patient":"viewing"`) {
		t.Errorf("while the page is open: %s", got)
	}
	before := len(s.trail())
	attend(ana, "typing") // nobody has it
	ana.do("POST", path+"/claim", "", "")
	attend(bo, "typing") // who does not have it
	expect(t, lines, `data: {"conversation"`)
	attend(ana, "typing")
	expect(t, lines, "event: typing", `data: {"typing":true}`)
	attend(ana, "viewing")
	expect(t, lines, "event: typing", `data: {"typing":false}`)
	write(true)
	if got := len(s.trail()) - before; got != 1 { // the claim
		t.Errorf("signs made %d entries", got-1)
	}
	if got := s.do("POST", "/api/conversations/"+r.Conversation+"/typing", "another", `{"typing":true}`); got.Status != 401 {
		t.Errorf("by somebody else: %d", got.Status)
	}
	if got := s.do("POST", "/api/conversations/"+r.Conversation+"/typing", r.Token, `{"typing":true,"text":"half a sentence"}`); got.Status != 400 {
		t.Errorf("with a text: %d", got.Status)
	}
}

// TestTypingIsLimited: too many signs are refused, and cost no message.
func TestTypingIsLimited(t *testing.T) {
	t.Parallel()
	s, srv, _ := limited(t, server.Options{})
	h := httptest.NewServer(srv)
	t.Cleanup(h.Close)
	s.url, s.client = h.URL, h.Client()
	r := s.start("abcdefghijklmnop")
	refused := 0
	for range 20 {
		if ask(srv, "192.0.2.7", "POST", "/api/conversations/"+r.Conversation+"/typing", r.Token, `{"typing":true}`).Code == 429 {
			refused++
		}
	}
	if refused != 15 {
		t.Errorf("%d of 20 signs at once were refused, want 15", refused)
	}
	if got := ask(srv, "192.0.2.7", "POST", "/api/conversations/"+r.Conversation+"/messages", r.Token, `{"client_id":"1","option":"botox"}`); got.Code != 200 {
		t.Errorf("a message after them: %d %s", got.Code, got.Body)
	}
}

// TestPresenceIsNoOracle: who may not open a conversation learns nothing by saying that they look at it, not even whether it is there, and is
// not seen there.
func TestPresenceIsNoOracle(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	dana := s.first()
	watcher := dana.hire("watcher", "coordinator", "coordinators")
	r := s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","human":true}`)
	s.do("POST", "/api/conversations/"+r.Conversation+"/typing", r.Token, `{"typing":true}`)
	erased, elsewhere := s.start("bcdefghijklmnopq").Conversation, s.beside(t, "elsewhere")
	s.erase(t, erased)
	s.clock.Move(6 * time.Second) // until what is known of it is looked at again
	attend := func(c *colleague, id string) reply {
		return c.do("POST", "/api/staff/presence", "", fmt.Sprintf(`{"conversation":%q,"doing":"viewing"}`, id))
	}
	refused := 0
	for _, role := range people.Roles {
		for _, team := range []string{"coordinators", "nurses"} {
			c := dana.hire(string(role)+team, string(role), team)
			none := attend(c, "nothing")
			if none.Status != 404 {
				t.Errorf("%s: of nothing: %d %s", role, none.Status, none.Body)
			}
			for _, id := range []string{erased, elsewhere} {
				if got := attend(c, id); got.Status != none.Status || got.Body != none.Body {
					t.Errorf("%s: of %s: %d %s, of nothing %s", role, id, got.Status, got.Body, none.Body)
				}
			}
			opens := c.do("GET", "/api/staff/conversations/"+r.Conversation, "", "").Status == 200
			got := attend(c, r.Conversation)
			if seen := strings.Contains(attend(watcher, r.Conversation).Body, string(role)+team+" Miller"); opens != (got.Status == 200) || opens != seen || !opens && got.Body != none.Body {
				t.Errorf("%s of the %s opens it: %v; presence is answered with %d %s; is seen: %v", role, team, opens, got.Status, got.Body, seen)
			}
			if !opens {
				refused++
			}
		}
	}
	if refused < 4 {
		t.Errorf("only %d were refused", refused)
	}
}
