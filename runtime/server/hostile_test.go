package server_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// TestRaces lets several devices of one patient do everything at once, with a clock that jumps, and then reads the
// file: whatever the order was, nobody automated spoke after an escalation, and nothing is there twice.
func TestRaces(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	const conversations, devices, acts = 12, 4, 12
	var all sync.WaitGroup
	for c := range conversations {
		r := s.start(session.NewID())
		for d := range devices {
			rnd := rand.New(rand.NewPCG(uint64(c), uint64(d)))
			all.Go(func() {
				for i := range acts {
					body := randomPost(rnd, i)
					got := s.post(r, body)
					if again := s.post(r, body); got.Status == 200 && again.Status == 200 && again.Body != got.Body {
						t.Errorf("repeated %s: got %s, want %s", body, again.Body, got.Body)
					}
					switch got.Status {
					case 200, 401, 409, 422:
					default:
						t.Errorf("%s: got %d %s", body, got.Status, got.Body)
					}
					if rnd.IntN(8) == 0 {
						s.clock.Move(time.Duration(rnd.IntN(600)-240) * time.Second)
					}
				}
			})
		}
	}
	all.Wait()
	sqlitetest.Check(t, s.data)
	if n := sqlitetest.Texts(t, s.data, `SELECT count(*) FROM messages WHERE role = 'ack'`); n[0] == "0" {
		t.Error("nothing was escalated, so nothing was tested")
	}
}

// randomPost repeats client ids of other devices now and then.
func randomPost(rnd *rand.Rand, i int) string {
	id := fmt.Sprintf("%d-%d", i, rnd.IntN(3))
	do := []string{
		`"text":"hello"`, `"text":"#hours"`, `"option":"botox"`, `"option":"1"`, `"option":"1","seen":4`, `"lang":"es"`, `"lang":"en"`,
		`"text":"Ana"`, `"text":"212 555 0142"`, `"text":"morning"`, `"human":true`, `"text":"!chest-pain"`, `"text":"##pricing"`,
	}
	return `{"client_id":"` + id + `",` + do[rnd.IntN(len(do))] + `}`
}

// TestStaleButton presses a button of an earlier question: its id is also one of the open question's.
func TestStaleButton(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()))
	r := s.start(session.NewID())
	press := func(clientID, option string, seen int64) reply {
		return s.post(r, fmt.Sprintf(`{"client_id":%q,"option":%q,"seen":%d}`, clientID, option, seen))
	}
	about := press("a", "botox", r.Seq)
	back := press("b", "2", about.Seq) // ask about something else
	if about.Status != 200 || back.Status != 200 {
		t.Fatalf("buttons on the screen: got %d %s, %d %s", about.Status, about.Body, back.Status, back.Body)
	}
	if got := press("b", "2", about.Seq); got.Body != back.Body {
		t.Errorf("the same press again: got %s, want %s", got.Body, back.Body)
	}
	if got := press("c", "facelift", r.Seq); got.Code != "not-on-offer" {
		t.Errorf("a button of the earlier question: got %d %s", got.Status, got.Body)
	}
	if got := press("d", "facelift", back.Seq); got.Status != 200 {
		t.Errorf("the same button of the open question: got %d %s", got.Status, got.Body)
	}
}

// TestDeadlineToTheSecond types at, before and after the moment at which silence ends a conversation.
func TestDeadlineToTheSecond(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]string{
		20*time.Minute - time.Second: "assistant", 20 * time.Minute: "closed", 20*time.Minute + time.Second: "closed",
	} {
		s := open(t, load(t, enginetest.Consultation()))
		r := s.start(session.NewID())
		s.clock.Move(after)
		got := s.post(r, `{"client_id":"1","text":"botox"}`)
		if got.Status == 401 && want == "closed" {
			continue // the sweep was first
		}
		if got.Control != want {
			t.Errorf("after %v: got %s %s, want %s", after, got.Control, got.Body, want)
		}
		sqlitetest.Check(t, s.data)
	}
}

// TestStorageFails takes the disk away and gives it back: everybody is told to come back, in words where a patient
// reads them, and then everything goes on.
func TestStorageFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		fail, mend func(s *site) error
	}{
		{
			"full disk",
			func(s *site) error { s.full.Store(true); return nil },
			func(s *site) error { s.full.Store(false); return nil },
		},
		{
			"deleted file",
			func(s *site) error { return os.Rename(s.data, s.data+".gone") },
			func(s *site) error { return os.Rename(s.data+".gone", s.data) },
		},
		{
			"another file in its place",
			func(s *site) error {
				if err := os.Rename(s.data, s.data+".gone"); err != nil {
					return err
				}
				return os.WriteFile(s.data, nil, 0o600)
			},
			func(s *site) error { return os.Rename(s.data+".gone", s.data) },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, load(t, enginetest.Consultation()))
			r := s.start(session.NewID())
			if err := c.fail(s); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				got := s.post(r, `{"client_id":"1","text":"botox"}`)
				if got.Status != 503 || got.Code != "unavailable" || got.Header.Get("Retry-After") == "" {
					t.Errorf("post: got %d %s", got.Status, got.Body)
				}
			}
			page := s.form("/chat/consultation/say", "tacet-consultation="+r.Conversation+"."+r.Token,
				map[string][]string{"client_id": {"2"}, "text": {"hello"}})
			if page.Status != 503 || page.Header.Get("Retry-After") == "" || !strings.Contains(page.Body, "not available right now") ||
				!strings.Contains(page.Body, "tel:911") || !strings.Contains(page.Body, "Try again") {
				t.Errorf("page: got %d %s", page.Status, page.Body)
			}
			if err := c.mend(s); err != nil {
				t.Fatal(err)
			}
			if got := s.post(r, `{"client_id":"1","text":"botox"}`); got.Status != 200 || len(got.Messages) < 2 {
				t.Errorf("afterwards: got %d %s", got.Status, got.Body)
			}
			sqlitetest.Check(t, s.data)
		})
	}
}

// TestHostileBytes speaks broken HTTP. Nothing of it may be answered by a failure of ours, or twice.
func TestHostileBytes(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start(session.NewID())
	host := strings.TrimPrefix(s.url, "http://")
	post := "POST /api/conversations/" + r.Conversation + "/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + r.Token +
		"\r\nContent-Type: application/json\r\n"
	body := `{"client_id":"smuggled","text":"x"}`
	for name, bytes := range map[string]string{
		"no HTTP":                    "hello\r\n\r\n",
		"TLS":                        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"huge header":                "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 1<<20) + "\r\n\r\n",
		"many headers":               "GET / HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X: a\r\n", 20_000) + "\r\n",
		"two lengths":                post + "Content-Length: 3\r\nContent-Length: 40\r\n\r\n" + body,
		"length and chunks":          post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + post + "\r\n",
		"strange coding":             post + "Transfer-Encoding: xchunked\r\n\r\n" + body,
		"space before the colon":     post + "Content-Length : 4\r\n\r\n" + body,
		"bare line feeds in a name":  "GET / HTTP/1.1\nHost: x\nX\x00: y\n\n",
		"bad chunk":                  post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + body,
		"endless chunk extension":    post + "Transfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("a", 1<<17) + "\r\n",
		"negative length":            post + "Content-Length: -1\r\n\r\n",
		"huge length":                post + "Content-Length: 99999999999999999999\r\n\r\n",
		"absolute address elsewhere": "GET http://elsewhere.example/api/flows HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n",
		"dots":                       "GET /assets/../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"dots, encoded":              "GET /assets/x/%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"null byte":                  "GET /chat/consultation%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"unicode id":                 "GET /api/conversations/%F0%9F%98%80%E2%80%AE/messages HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"bad UTF-8 in an id":         "GET /api/conversations/%ff%fe/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"slashes":                    "GET //////chat//consultation HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"asterisk":                   "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"CONNECT":                    "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n",
		"header injection":           "GET /chat/consultation?lang=en%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"host injection":             "GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n",
	} {
		for _, answer := range exchange(t, host, bytes) {
			if answer.StatusCode >= 500 && answer.StatusCode != 501 {
				t.Errorf("%s: got %d", name, answer.StatusCode)
			}
			if to := answer.Header.Get("Location"); strings.Contains(to, "//") {
				t.Errorf("%s: leads to %s", name, to)
			}
			if len(answer.Header.Values("Set-Cookie")) > 0 {
				t.Errorf("%s: sets %q", name, answer.Header.Values("Set-Cookie"))
			}
		}
	}
	if got := sqlitetest.Texts(t, s.data, `SELECT text FROM messages WHERE author = 'patient'`); len(got) != 0 {
		t.Errorf("smuggled in: %q", got)
	}
}

// exchange sends bytes and reads whatever answers come.
func exchange(t *testing.T, host, bytes string) (answers []*http.Response) {
	t.Helper()
	c, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	go func() { _, _ = io.WriteString(c, bytes) }() // the server may hang up before it has read all
	for r := bufio.NewReader(c); ; {
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			return answers
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answers = append(answers, answer)
	}
}

// TestPipelined sends requests without waiting for answers: each is answered once, in order.
func TestPipelined(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start(session.NewID())
	var bytes strings.Builder
	for i := range 40 {
		body := fmt.Sprintf(`{"client_id":"%d","text":"n%d"}`, i/2, i/2) // each twice
		fmt.Fprintf(&bytes, "POST /api/conversations/%s/messages HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"+
			"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", r.Conversation, r.Token, len(body), body)
	}
	for i, answer := range exchange(t, strings.TrimPrefix(s.url, "http://"), bytes.String()) {
		if answer.StatusCode != 200 {
			t.Errorf("answer %d: got %d", i, answer.StatusCode)
		}
	}
	sqlitetest.Check(t, s.data)
	got := sqlitetest.Texts(t, s.data, `SELECT text FROM messages WHERE author = 'patient' ORDER BY seq`)
	if len(got) != 20 || got[0] != "n0" || got[19] != "n19" {
		t.Errorf("kept %q", got)
	}
}

// TestSlowloris holds connections open without finishing a request; others are served meanwhile.
func TestSlowloris(t *testing.T) {
	t.Parallel()
	s := open(t)
	host := strings.TrimPrefix(s.url, "http://")
	for range 200 {
		c, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, "POST /api/conversations HTTP/1.1\r\nHost: x\r\nX: ")
	}
	began := time.Now()
	s.start(session.NewID())
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("a patient waited %v", took)
	}
}

// TestManyStarts: 10 000 starts at once are all answered.
func TestManyStarts(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	s := open(t)
	hash := s.start(session.NewID())
	shown := s.do("POST", "/api/conversations", "", `{"flow":"consultation","client_id":"`+session.NewID()+`"}`)
	var all sync.WaitGroup
	room := make(chan struct{}, 500) // sockets
	for range 10_000 {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			got := s.do("POST", "/api/conversations", "", `{"flow":"consultation","client_id":"`+session.NewID()+`","notice":"`+shown.Notice.Hash+`"}`)
			if got.Status != 201 {
				t.Errorf("start: got %d %s", got.Status, got.Body)
			}
		})
	}
	all.Wait()
	if got := s.post(hash, `{"client_id":"1","text":"hello"}`); got.Status != 200 {
		t.Errorf("an earlier patient: got %d %s", got.Status, got.Body)
	}
	sqlitetest.Check(t, s.data)
}

// TestForeignCookies shows the page to who brings another flow's, another conversation's or a made-up cookie.
func TestForeignCookies(t *testing.T) {
	t.Parallel()
	s := open(t, load(t, enginetest.Consultation()), load(t, enginetest.Visit()))
	a, b := s.start(session.NewID()), s.start(session.NewID())
	s.post(a, `{"client_id":"1","text":"Rhinoplasty"}`)
	for _, cookie := range []string{
		"tacet-visit=" + b.Conversation + "." + a.Token, "tacet-consultation=" + a.Conversation + "." + b.Token,
		"tacet-consultation=" + a.Conversation, "tacet-consultation=.", "tacet-consultation=" + a.Conversation + ".",
		"tacet-consultation=%00.%00", "tacet-consultation=" + strings.Repeat("a", 4000) + ".b",
		"tacet-visit=" + a.Conversation + "." + a.Token, // right, but of the other flow
	} {
		for _, path := range []string{"/chat/consultation", "/chat/visit"} {
			req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Cookie", cookie)
			got := s.send(req)
			if own := strings.HasPrefix(cookie, "tacet-visit="+a.Conversation); got.Status != 200 ||
				strings.Contains(got.Body, a.Conversation) && !own {
				t.Errorf("%s with %s: got %d %s", path, cookie, got.Status, got.Body)
			}
		}
	}
}
