package server_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
)

// TestQuestions: what fitted nothing is listed for who may read the conversation, masked as there, and each look is in the trail.
func TestQuestions(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	dana := s.first()
	ana, cleo := dana.hire("ana", "coordinator", "coordinators"), dana.hire("cleo", "clinician", "coordinators nurses")
	eve, adam := dana.hire("eve", "coordinator", ""), dana.hire("adam", "admin", "")
	r := s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","text":"do you have <b>parking</b>"}`)
	s.post(r, `{"client_id":"2","option":"rhinoplasty"}`)
	s.clock.Move(time.Minute)
	s.post(r, `{"client_id":"3","text":"my $health zzz"}`)
	s.post(r, `{"client_id":"4","human":true}`)
	fine := s.start("bcdefghijklmnopq")
	s.post(fine, `{"client_id":"1","option":"rhinoplasty"}`)
	type question struct {
		Conversation, Asked, Text string
		Masked                    bool
	}
	list := func(c *colleague, query string) (out []question) {
		t.Helper()
		var got struct{ Questions []question }
		res := c.do("GET", "/api/staff/questions"+query, "", "")
		if err := json.Unmarshal([]byte(res.Body), &got); err != nil || res.Status != 200 {
			t.Fatalf("%d %s, %v", res.Status, res.Body, err)
		}
		return got.Questions
	}
	whole := list(cleo, "")
	if len(whole) != 2 || whole[0].Text != "my $health zzz" || whole[1].Text != "do you have <b>parking</b>" || whole[1].Asked != "What are you interested in?" || whole[1].Conversation != r.Conversation {
		t.Errorf("a clinician sees %+v", whole)
	}
	if got := list(ana, ""); len(got) != 2 || strings.Contains(got[0].Text, "$health") || !got[0].Masked || got[1].Text != whole[1].Text {
		t.Errorf("a coordinator sees %+v", got)
	}
	if got := list(dana, ""); len(got) != 2 || got[0].Text+got[1].Text+got[1].Asked != "" {
		t.Errorf("who reviews sees %+v", got)
	}
	if got := list(eve, ""); len(got) != 0 {
		t.Errorf("another team sees %+v", got)
	}
	if got := list(cleo, "?from=2026-03-03&to=2026-03-04"); len(got) != 0 {
		t.Errorf("on other days there are %+v", got)
	}
	if got := adam.do("GET", "/api/staff/questions", "", ""); got.Status != 403 {
		t.Errorf("who sees no patients: %d", got.Status)
	}
	if got := cleo.do("GET", "/api/staff/questions?from=2026-03-03&to=2026-03-02", "", ""); got.Status != 400 {
		t.Errorf("days the wrong way round: %d", got.Status)
	}
	if n := len(slices.DeleteFunc(s.entries(r.Conversation), func(a string) bool { return a != "search.hit" })); n != 3 {
		t.Errorf("%d looks at the conversation are in the trail, want 3", n)
	}
	if slices.Contains(s.entries(fine.Conversation), "search.hit") {
		t.Error("a conversation of which nothing was shown has an entry")
	}
	page := ana.do("GET", "/staff/questions", "", "")
	if page.Status != 200 || !strings.Contains(page.Body, "do you have &lt;b&gt;parking&lt;/b&gt;") || strings.Contains(page.Body, "$health") || !strings.Contains(page.Body, "Mar 2, 2026, 10:00 AM EST") {
		t.Errorf("the page: %d %s", page.Status, page.Body)
	}
	if page := adam.do("GET", "/staff/questions", "", ""); page.Status != 403 || strings.Contains(page.Body, "parking") {
		t.Errorf("the page for who sees no patients: %d", page.Status)
	}
}
