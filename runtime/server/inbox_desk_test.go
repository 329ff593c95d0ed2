package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/lang/machine"
	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/people"
)

// faqs is the consultation flow with an answer that says when the practice is open.
func faqs() *machine.Machine {
	m := enginetest.Consultation()
	m.Practice.HoursText = enginetest.Both("Monday to Friday, 9 to 5", "lunes a viernes, de 9 a 5")
	for i := range m.Topics {
		if m.Topics[i].Treat == machine.Handle && m.Topics[i].Route == "" {
			m.Topics[i].Answer = enginetest.Both("We are open {practice.hours}.", "Abrimos {practice.hours}.")
		}
	}
	return m
}

// askedForHuman is a site with a conversation of Maria's that waits for the coordinators.
func askedForHuman(t *testing.T) (s *site, r reply, path string) {
	t.Helper()
	s = open(t, load(t, faqs()))
	r = s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","option":"rhinoplasty"}`)
	s.post(r, `{"client_id":"2","option":"1"}`)
	s.post(r, `{"client_id":"3","text":"Maria Lopez"}`)
	if h := s.post(r, `{"client_id":"4","human":true}`); h.Control != "waiting" {
		t.Fatalf("got %s", h.Body)
	}
	return s, r, "/api/staff/conversations/" + r.Conversation
}

func TestDesk(t *testing.T) {
	t.Parallel()
	s, r, path := askedForHuman(t)
	dana := s.first()
	ana := dana.hire("ana", "coordinator", "coordinators")
	cleo := dana.hire("cleo", "clinician", "coordinators nurses")
	if got := ana.do("POST", path+"/notes", "", `{"text":"will call her on Tuesday"}`); got.Status != 204 {
		t.Fatalf("note: %d %s", got.Status, got.Body)
	}
	var seen struct {
		State, Asking, Channel string
		NoticeLang             string `json:"notice_lang"`
		Notes                  []struct{ By, Text string }
		Hidden                 int `json:"hidden_notes"`
		Guidance               struct{ Handle, Escalate, Refuse []string }
		Approved, Resume       []struct{ ID, Text string }
		Teams                  []string
	}
	got := cleo.do("GET", path, "", "")
	if err := json.Unmarshal([]byte(got.Body), &seen); err != nil {
		t.Fatalf("%v: %s", err, got.Body)
	}
	if len(seen.Notes) != 1 || seen.Notes[0].By != "ana Miller" || seen.Notes[0].Text != "will call her on Tuesday" {
		t.Errorf("notes: %+v", seen.Notes)
	}
	if seen.NoticeLang != "en" || seen.Channel == "" || seen.State == "" || !slices.Contains(seen.Teams, "nurses") || slices.Contains(seen.Teams, "coordinators") {
		t.Errorf("desk: %+v", seen)
	}
	if len(seen.Approved) == 0 || seen.Approved[0].Text != "We are open Monday to Friday, 9 to 5." {
		t.Errorf("approved texts: %+v", seen.Approved)
	}
	if !slices.ContainsFunc(seen.Resume, func(r struct{ ID, Text string }) bool { return r.ID == "contact" }) || len(seen.Guidance.Escalate) == 0 {
		t.Errorf("resume %+v, guidance %+v", seen.Resume, seen.Guidance)
	}
	if got := dana.do("GET", path, "", ""); strings.Contains(got.Body, "Tuesday") || !strings.Contains(got.Body, `"hidden_notes":1`) {
		t.Errorf("who reviews sees the note: %s", got.Body)
	}
	if read := s.do("GET", "/api/conversations/"+r.Conversation+"/messages", r.Token, ""); strings.Contains(read.Body, "Tuesday") {
		t.Errorf("the patient sees the note: %s", read.Body)
	}
	if got := ana.do("POST", path+"/transfer", "", `{"team":"nurses","reason":"a question about healing"}`); got.Status != 409 || got.Code != "held" {
		t.Errorf("transfer without a claim: %d %s", got.Status, got.Body)
	}
	ana.do("POST", path+"/claim", "", "")
	if got := ana.do("POST", path+"/transfer", "", `{"team":"nobody","reason":"a question about healing"}`); got.Code != "unknown-team" {
		t.Errorf("transfer to nobody: %d %s", got.Status, got.Body)
	}
	if got := ana.do("POST", path+"/transfer", "", `{"team":"nurses","reason":"a question about healing"}`); got.Status != 204 {
		t.Errorf("transfer: %d %s", got.Status, got.Body)
	}
	if got := ana.do("GET", path, "", ""); got.Status != 404 {
		t.Errorf("who passed it on looks: %d", got.Status)
	}
	if got := cleo.do("GET", "/api/staff/queue", "", ""); !strings.Contains(got.Body, `"team":"nurses"`) {
		t.Errorf("the queue of nurses: %s", got.Body)
	}
	log := s.entries(r.Conversation)
	for _, want := range []string{"conversation.noted", "conversation.transferred"} {
		if !slices.Contains(log, want) {
			t.Errorf("the trail lacks %s: %v", want, log)
		}
	}
}

// TestWarning: a reply with what seems to be protected data goes out only after a warning, which the trail knows of.
func TestWarning(t *testing.T) {
	t.Parallel()
	s, r, path := askedForHuman(t)
	ana := s.first().hire("ana", "coordinator", "coordinators")
	ana.do("POST", path+"/claim", "", "")
	got := ana.do("POST", path+"/reply", "", `{"client_id":"1","text":"your $health is fine"}`)
	if got.Status != 409 || got.Code != "protected-data" || !strings.Contains(got.Body, "health") || strings.Contains(got.Body, "fine") {
		t.Errorf("got %d %s", got.Status, got.Body)
	}
	if read := s.do("GET", "/api/conversations/"+r.Conversation+"/messages", r.Token, ""); strings.Contains(read.Body, "is fine") {
		t.Errorf("it was sent: %s", texts(read))
	}
	if got = ana.do("POST", path+"/reply", "", `{"client_id":"1","text":"your $health is fine","anyway":true}`); got.Status != 200 {
		t.Errorf("anyway: %d %s", got.Status, got.Body)
	}
	if got = ana.do("POST", path+"/reply", "", `{"client_id":"2","text":"goodbye"}`); got.Status != 200 {
		t.Errorf("an ordinary reply: %d %s", got.Status, got.Body)
	}
}

func TestQueueClock(t *testing.T) {
	t.Parallel()
	s, r, path := askedForHuman(t)
	ana := s.first().hire("ana", "coordinator", "coordinators")
	look := func() (k struct {
		Waited int `json:"waited_minutes"`
		Target int `json:"target_minutes"`
		Late   bool
		Due    time.Time
	}) {
		var q struct{ Conversations []json.RawMessage }
		got := ana.do("GET", "/api/staff/queue", "", "")
		if err := json.Unmarshal([]byte(got.Body), &q); err != nil || len(q.Conversations) != 1 {
			t.Fatalf("%v: %s", err, got.Body)
		}
		if err := json.Unmarshal(q.Conversations[0], &k); err != nil {
			t.Fatal(err)
		}
		return k
	}
	if k := look(); k.Waited != 0 || k.Target != 60 || k.Late || !k.Due.Equal(s.clock.Now().Add(time.Hour)) {
		t.Errorf("at once: %+v", k)
	}
	for range 7 {
		s.clock.Move(10 * time.Minute)
		ana.do("GET", "/api/staff/me", "", "")
	}
	if k := look(); k.Waited != 70 || !k.Late {
		t.Errorf("after 70 minutes: %+v", k)
	}
	ana.do("POST", path+"/claim", "", "")
	ana.do("POST", path+"/reply", "", `{"client_id":"1","text":"hello"}`)
	s.clock.Move(5 * time.Minute)
	if k := look(); k.Waited != 70 {
		t.Errorf("answered, the clock goes on: %+v of %s", k, r.Conversation)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	s, r, _ := askedForHuman(t)
	dana := s.first()
	ana := dana.hire("ana", "coordinator", "coordinators")
	eve := dana.hire("eve", "coordinator", "nurses")
	other := s.start("bcdefghijklmnopq")
	const day = `"from":"2026-03-02","to":"2026-03-02"`
	for _, c := range []struct {
		who        *colleague
		body       string
		want, both bool
	}{
		{ana, day, true, true},
		{ana, day + `,"name":"maria"`, true, false},
		{ana, day + `,"name":"Lop Mar"`, true, false},
		{ana, day + `,"name":"mariana"`, false, false},
		{ana, day + `,"state":"waiting"`, true, false},
		{ana, day + `,"team":"nurses"`, false, false},
		{ana, day + `,"team":"coordinators"`, true, false},
		{ana, day + `,"outcome":"completed"`, false, false},
		{ana, `"from":"2026-03-03","to":"2026-03-04"`, false, false},
		{ana, `"from":"2026-02-01","to":"2026-03-01"`, false, false},
		{eve, day + `,"name":"maria"`, false, false},
		{dana, day, true, true},
	} {
		got := c.who.do("POST", "/api/staff/search", "", "{"+c.body+"}")
		if got.Status != 200 || strings.Contains(got.Body, r.Conversation) != c.want || strings.Contains(got.Body, other.Conversation) != c.both || strings.Contains(got.Body, "Maria") {
			t.Errorf("%s by %s: got %d %s", c.body, c.who.email, got.Status, got.Body)
		}
	}
	for body, want := range map[string]string{
		`"from":"2026-03-02","to":"2026-03-01"`: "bad-range", `"from":"2025-03-02","to":"2026-03-01"`: "bad-range", `"from":"x","to":"y"`: "bad-range",
		day + `,"state":"open"`: "unknown-state", day + `,"name":"m"`: "invalid", day + `,"outcome":"Maria Lopez"`: "invalid", day + `,"team":"maria"`: "invalid",
	} {
		if got := ana.do("POST", "/api/staff/search", "", "{"+body+"}"); got.Status != 400 || got.Code != want {
			t.Errorf("%s: got %d %s, want %s", body, got.Status, got.Body, want)
		}
	}
	if got := dana.do("POST", "/api/staff/search", "", "{"+day+`,"name":"maria"}`); got.Status != 400 {
		t.Errorf("by name, by who does not see names: %d %s", got.Status, got.Body)
	}
	searched := 0
	for _, action := range s.entries("") {
		if action == "conversations.searched" {
			searched++
		}
	}
	if searched != 12 {
		t.Errorf("%d searches are in the trail, want 12", searched)
	}
}

func TestPresence(t *testing.T) {
	t.Parallel()
	s, r, path := askedForHuman(t)
	dana := s.first()
	ana, bo := dana.hire("ana", "coordinator", "coordinators"), dana.hire("bo", "coordinator", "coordinators")
	eve := dana.hire("eve", "coordinator", "nurses")
	body := func(doing string) string { return fmt.Sprintf(`{"conversation":%q,"doing":%q}`, r.Conversation, doing) }
	ana.do("POST", path+"/claim", "", "")
	for _, c := range []struct {
		who   *colleague
		doing string
		after time.Duration
		want  string
	}{
		{ana, "viewing", 0, `"others":[]`},
		{bo, "viewing", 0, `"others":[{"name":"ana Miller","doing":"viewing"}]`},
		{ana, "typing", 0, `"others":[{"name":"bo Miller","doing":"viewing"}]`},
		{bo, "viewing", 7 * time.Second, `"others":[{"name":"ana Miller","doing":"typing"}]`},
		{bo, "viewing", time.Second, `"others":[{"name":"ana Miller","doing":"viewing"}]`},
		{bo, "typing", 16 * time.Second, `"others":[{"name":"ana Miller","doing":"viewing"}]`},
		{ana, "viewing", 0, `"others":[{"name":"bo Miller","doing":"viewing"}]`}, // who does not have it cannot write
		{bo, "gone", 0, `"others":[{"name":"ana Miller","doing":"viewing"}]`},
		{ana, "viewing", 25 * time.Second, `"others":[]`},
		{eve, "viewing", 0, `not-found`},
		{ana, "dancing", 0, `invalid`},
	} {
		s.clock.Move(c.after)
		if got := c.who.do("POST", "/api/staff/presence", "", body(c.doing)); !strings.Contains(got.Body, c.want) {
			t.Errorf("%s %s: got %d %s, want %s", c.who.email, c.doing, got.Status, got.Body, c.want)
		}
	}
}

// TestBackground: what a page asks by itself does not keep a session open, on any call.
func TestBackground(t *testing.T) {
	t.Parallel()
	s, _, path := askedForHuman(t)
	ana := s.first().hire("ana", "coordinator", "coordinators")
	ask := func(path string) reply {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Tacet-Background", "1")
		return ana.send(req)
	}
	for range 2 {
		s.clock.Move(people.Idle / 3)
		for _, path := range []string{"/api/staff/queue", path, "/api/staff/me"} {
			if got := ask(path); got.Status != 200 {
				t.Errorf("%s: %d %s", path, got.Status, got.Body)
			}
		}
	}
	s.clock.Move(people.Idle/3 + time.Second)
	if got := ana.do("GET", "/api/staff/me", "", ""); got.Status != 401 {
		t.Errorf("after a quarter of an hour of looking by itself: %d", got.Status)
	}
}
