package server_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/retention"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// erase destroys a conversation as retention does that runs in the server.
func (s *site) erase(t *testing.T, id string) {
	t.Helper()
	e := retention.Erasure{Practice: "lakeside", Conversation: id, At: s.clock.Now(), By: "dana", Why: "the patient asked"}
	if err := retention.Erase(t.Context(), s.store, s.vault, e); err != nil {
		t.Fatal(err)
	}
}

// TestMatrixOfPatients makes every call of a patient with the right token of a conversation that was erased, with tokens of other
// conversations, open, closed, erased and of another practice, and with none: all are answered as if there were no conversation, in the
// same words. A conversation that is over is read, says so, and takes nothing.
func TestMatrixOfPatients(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	mine, over, gone := s.start("abcdefghijklmnop"), s.start("bcdefghijklmnopq"), s.start("cdefghijklmnopqr")
	elsewhere := s.beside(t, "elsewhere")
	for _, text := range []string{`"option":"other"`, `"option":"1"`, `"text":"Ana Ruiz"`, `"text":"(212) 555-0187"`, `"option":"morning"`, `"text":"yes"`} {
		s.post(over, fmt.Sprintf(`{"client_id":%q,%s}`, session.NewID(), text))
	}
	if end := s.do("GET", "/api/conversations/"+over.Conversation+"/messages", over.Token, ""); end.Control != "closed" {
		t.Fatalf("it is %s: %s", end.Control, texts(end))
	}
	s.post(gone, `{"client_id":"1","text":"hello"}`) // the server knows it
	s.erase(t, gone.Conversation)
	bodies := map[string]string{"POST /messages": `{"client_id":"x","text":"hello"}`, "POST /typing": `{"typing":true}`}
	calls := 0
	for _, op := range s.calls() { // before anything else makes the server forget it
		if op.Access == "patient" && !strings.HasSuffix(op.Path, "/typing") { // which answers nothing, and keeps nothing
			just := s.start(session.NewID())
			s.erase(t, just.Conversation)
			if got := s.do(op.Method, op.at(just.Conversation), just.Token, bodies[op.Method+" "+op.Path[strings.LastIndex(op.Path, "/"):]]); got.Status != http.StatusUnauthorized {
				t.Errorf("%s %s, erased just now: %d %s", op.Method, op.Path, got.Status, got.Body)
			}
		}
	}
	s.clock.Move(6 * time.Second) // until what is known of it is looked at again
	for _, op := range s.calls() {
		if op.Access != "patient" {
			continue
		}
		body := bodies[op.Method+" "+op.Path[strings.LastIndex(op.Path, "/"):]]
		nobody := s.do(op.Method, op.at("nothing"), session.NewID(), body)
		if nobody.Status != http.StatusUnauthorized {
			t.Errorf("%s %s of nothing: %d %s", op.Method, op.Path, nobody.Status, nobody.Body)
		}
		for what, c := range map[string][2]string{
			"erased": {gone.Conversation, gone.Token}, "erased, none": {gone.Conversation, ""}, "erased, another's": {gone.Conversation, mine.Token},
			"of one that is over": {mine.Conversation, over.Token}, "of one that was erased": {mine.Conversation, gone.Token}, "none": {mine.Conversation, ""},
			"another practice's": {elsewhere, mine.Token}, "the id": {mine.Conversation, mine.Conversation}, "a part": {mine.Conversation, mine.Token[:20]},
			"in capitals": {mine.Conversation, strings.ToUpper(mine.Token)}, "with more": {mine.Conversation, mine.Token + "A"},
			"over, another's": {over.Conversation, mine.Token},
		} {
			calls++
			if got := s.do(op.Method, op.at(c[0]), c[1], body); got.Status != nobody.Status || got.Body != nobody.Body {
				t.Errorf("%s %s, %s: %d %s, want %d %s", op.Method, op.Path, what, got.Status, got.Body, nobody.Status, nobody.Body)
			}
		}
	}
	if calls < 4*12 {
		t.Errorf("only %d calls were made", calls)
	}
	if r := s.post(over, `{"client_id":"late","text":"and one more thing"}`); r.Status != http.StatusOK || r.Control != "closed" {
		t.Errorf("a message after the end: %d %s", r.Status, r.Body)
	}
	if r := s.do("POST", "/api/conversations/"+over.Conversation+"/typing", over.Token, `{"typing":true}`); r.Status != http.StatusNoContent {
		t.Errorf("typing after the end: %d %s", r.Status, r.Body)
	}
	if r := s.do("GET", "/api/conversations/"+over.Conversation+"/events?after=99", over.Token, ""); r.Status != http.StatusNoContent {
		t.Errorf("a stream after the end: %d %s", r.Status, r.Body)
	}
}

// TestClientIDsOfOthers: one client's id in two conversations names two requests, and nobody learns from one what was answered in another;
// the id of a start names one conversation, and who repeats it with what was not acknowledged then gets none.
func TestClientIDsOfOthers(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	one, two := s.start("abcdefghijklmnop"), s.start("bcdefghijklmnopq")
	a, b := s.post(one, `{"client_id":"same","option":"other"}`), s.post(two, `{"client_id":"same","option":"botox"}`)
	if a.Status != 200 || b.Status != 200 || a.Body == b.Body || !strings.Contains(texts(b), "Botox") || strings.Contains(texts(b), "Something else") {
		t.Errorf("got %s and %s", a.Body, b.Body)
	}
	for r, want := range map[*reply]reply{&one: a, &two: b} {
		option := map[*reply]string{&one: "other", &two: "botox"}[r]
		if again := s.post(*r, `{"client_id":"same","option":"`+option+`"}`); again.Body != want.Body {
			t.Errorf("repeated: %s, want %s", again.Body, want.Body)
		}
	}
	if r := s.post(two, `{"client_id":"same","option":"other"}`); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("another's request under one's own id: %d %s", r.Status, r.Body)
	}
	s.erase(t, one.Conversation)
	shown := s.do("POST", "/api/conversations", "", `{"flow":"consultation","client_id":"abcdefghijklmnop"}`)
	if again := s.do("POST", "/api/conversations", "", `{"flow":"consultation","client_id":"abcdefghijklmnop","notice":"`+shown.Notice.Hash+`"}`); again.Conversation == one.Conversation || again.Token == one.Token || strings.Contains(again.Body, a.Conversation) {
		t.Errorf("the start of an erased conversation, repeated: %d %s", again.Status, again.Body)
	}
}

// TestResume asks for a stream from every place that there is not: it is refused, or tells what there is, once and in order.
func TestResume(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	r := s.start("abcdefghijklmnop")
	s.post(r, `{"client_id":"1","option":"other"}`)
	all := s.do("GET", "/api/conversations/"+r.Conversation+"/messages", r.Token, "")
	path := "/api/conversations/" + r.Conversation + "/events"
	for after, want := range map[string]int{
		"-1": 0, "-9223372036854775808": 0, "9223372036854775808": 0, "99999999999999999999999999": 0, "1e3": 0, "0x10": 0, "1;2": 0, "one": 0, "1.0": 0,
		"0": len(all.Messages), "2": len(all.Messages) - 2, "": len(all.Messages), "007": -1, " 1": -1, "+1": -1, "9223372036854775807": -1, "100": -1,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		req, err := http.NewRequestWithContext(ctx, "GET", s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+r.Token)
		req.Header["Last-Event-ID"] = []string{after}
		res, err := s.client.Do(req)
		if err != nil {
			t.Fatalf("%q: %v", after, err)
		}
		b, _ := io.ReadAll(res.Body) // until the context ends
		_ = res.Body.Close()
		cancel()
		got := strings.Count(string(b), "event: message")
		switch {
		case want == 0 && (res.StatusCode != http.StatusBadRequest || got > 0 || strings.Contains(string(b), after+"\"")):
			t.Errorf("after %q: %d %s", after, res.StatusCode, b)
		case want > 0 && (res.StatusCode != http.StatusOK || got != want):
			t.Errorf("after %q: %d, %d messages, want %d", after, res.StatusCode, got, want)
		case want < 0 && res.StatusCode >= 500:
			t.Errorf("after %q: %d %s", after, res.StatusCode, b)
		}
	}
	// what comes later is told to who is ahead of it, once they are not
	if page := s.do("GET", "/api/conversations/"+r.Conversation+"/messages?after=9223372036854775807", r.Token, ""); page.Status >= 500 || len(page.Messages) > 0 {
		t.Errorf("messages after the last number there is: %d %s", page.Status, page.Body)
	}
}

// TestErasedElsewhere: a server that remembers the key of a conversation that another one has erased promises its patient nothing: their
// message is refused, and so is their wish for a person, whom nobody would call.
func TestErasedElsewhere(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	r := s.start("abcdefghijklmnop")
	e := retention.Erasure{Practice: "lakeside", Conversation: r.Conversation, At: s.clock.Now(), By: "dana", Why: "the patient asked"}
	if err := retention.Erase(t.Context(), s.store, sqlitetest.Vault(t, s.data), e); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{`{"client_id":"1","text":"!chest-pain"}`, `{"client_id":"2","human":true}`, `{"client_id":"3","option":"other"}`} {
		if got := s.post(r, body); got.Status != http.StatusUnauthorized {
			t.Errorf("%s is answered with %d %s", body, got.Status, got.Body)
		}
	}
}
