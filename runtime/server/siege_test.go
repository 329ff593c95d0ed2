package server_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine/enginetest"
	"github.com/tacet-lang/tacet/runtime/session"
	"github.com/tacet-lang/tacet/runtime/store/sqlitetest"
)

// TestSiege lets 64 hostile clients do their worst for a while, TACET_SIEGE long: bytes that are no HTTP, requests with bytes
// changed, cut off, dripping, nested, with lengths that disagree, streams that nobody reads. A patient is answered all the
// time, no request fails by our doing, and afterwards no goroutine and no memory is left over.
func TestSiege(t *testing.T) {
	long := 2 * time.Second
	if s := os.Getenv("TACET_SIEGE"); s != "" {
		var err error
		if long, err = time.ParseDuration(s); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, load(t, enginetest.Consultation()))
	patient := s.start(session.NewID())
	b := &besieger{host: strings.TrimPrefix(s.url, "http://"), conversation: patient.Conversation, token: patient.Token}
	b.attack(rand.New(rand.NewPCG(1, 1)), 200*time.Millisecond) // what is made once is made now
	goroutines, heap := settled(s, 0)
	var besiegers sync.WaitGroup
	for i := range 64 {
		besiegers.Go(func() { b.attack(rand.New(rand.NewPCG(uint64(i), 7)), long) })
	}
	answered, slowest := 0, time.Duration(0)
	for end := time.Now().Add(long); time.Now().Before(end); answered++ {
		begun := time.Now()
		r := s.post(patient, fmt.Sprintf(`{"client_id":"well-%d","text":"#hours"}`, answered))
		if slowest = max(slowest, time.Since(begun)); r.Status != http.StatusOK {
			t.Fatalf("the patient is answered with %d %s", r.Status, r.Body)
		}
	}
	besiegers.Wait()
	after, grown := settled(s, goroutines)
	t.Logf("%d requests of the patient beside it, the slowest %v; goroutines %d, then %d; heap %d kB, then %d kB", answered, slowest, goroutines, after, heap>>10, grown>>10)
	if answered == 0 || slowest > 10*time.Second {
		t.Errorf("the patient waited %v", slowest)
	}
	if after > goroutines+4 {
		buf := make([]byte, 1<<20)
		t.Errorf("%d goroutines, then %d\n%s", goroutines, after, buf[:runtime.Stack(buf, true)])
	}
	if grown > 2*heap+16<<20 {
		t.Errorf("the heap was %d bytes, then %d", heap, grown)
	}
	for line := range strings.Lines(figuresOf(s)) {
		ours := strings.Contains(line, `status="5`) || strings.HasPrefix(line, "tacet_panics_total")
		if ours && !strings.HasSuffix(strings.TrimSpace(line), " 0") {
			t.Errorf("failures of ours: %s", line)
		}
	}
	sqlitetest.Check(t, s.data)
}

func figuresOf(s *site) string {
	w := httptest.NewRecorder()
	s.srv.Figures().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	return w.Body.String()
}

// settled waits until no more than so many goroutines are left (0: until they stop getting fewer), and returns how many
// there are, and the heap in use.
func settled(s *site, atMost int) (goroutines int, heap uint64) {
	for begun := time.Now(); time.Since(begun) < 30*time.Second; time.Sleep(100 * time.Millisecond) {
		s.client.CloseIdleConnections()
		was := goroutines
		goroutines = runtime.NumGoroutine()
		if atMost > 0 && goroutines <= atMost || atMost == 0 && was == goroutines && time.Since(begun) > time.Second {
			break
		}
	}
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return goroutines, m.HeapInuse
}

// besieger knows one conversation, as a hostile patient does.
type besieger struct{ host, conversation, token string }

func (b *besieger) attack(r *rand.Rand, long time.Duration) {
	for end := time.Now().Add(long); time.Now().Before(end); {
		b.once(r)
	}
}

func (b *besieger) once(r *rand.Rand) {
	c, err := net.DialTimeout("tcp", b.host, time.Second)
	if err != nil {
		return // too many at once for this machine
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	request := b.request(r)
	switch r.IntN(7) {
	case 0: // no HTTP
		request = make([]byte, r.IntN(4096))
		for i := range request {
			request[i] = byte(r.Uint32())
		}
	case 1, 2: // some bytes changed
		for range 1 + r.IntN(4) {
			request[r.IntN(len(request))] = byte(r.Uint32())
		}
	case 3: // cut off
		request = request[:r.IntN(len(request))]
	case 4: // dripping
		for i := 0; i < len(request) && i < 40; i++ {
			if _, err := c.Write(request[i : i+1]); err != nil {
				return
			}
			time.Sleep(time.Millisecond)
		}
		return
	case 5: // sent twice, and not waited for
		_, _ = c.Write(append(request, request...))
		return
	}
	if _, err := c.Write(request); err != nil {
		return
	}
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, res.Body, int64(r.IntN(4096))) // and then it hangs up
	_ = res.Body.Close()
}

// request is a request of a hostile patient.
func (b *besieger) request(r *rand.Rand) []byte {
	path := "/api/conversations/" + b.conversation + "/messages"
	if r.IntN(10) == 0 {
		return fmt.Appendf(nil, "GET /api/conversations/%s/events?after=%d HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", b.conversation, r.IntN(3), b.token)
	}
	if r.IntN(10) == 0 {
		path = []string{"/api/conversations", "/chat/consultation/say", "/api/staff/sign-in", "/api/staff/sign-in/passkey", "/api/%00", "/" + strings.Repeat("a/", r.IntN(2000))}[r.IntN(6)]
	}
	body := hostileBody(r)
	length := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	switch r.IntN(12) {
	case 0:
		length += "Transfer-Encoding: chunked\r\n"
	case 1:
		length += fmt.Sprintf("Content-Length: %d\r\n", r.IntN(100))
	case 2:
		length = fmt.Sprintf("Content-Length: %d\r\n", len(body)+r.IntN(1<<20))
	case 3:
		length, body = "Transfer-Encoding: chunked\r\n", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	}
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n%s\r\n%s", path, b.token, length, body)
}

// hostileBody draws JSON from pieces that are each fine somewhere.
func hostileBody(r *rand.Rand) string {
	pieces := []string{
		`{`, `}`, `[`, `]`, `,`, `:`, `"client_id"`, `"text"`, `"option"`, `"human"`, `"lang"`, `"seen"`, `"1"`, `true`, `null`, `1e999`, `-0`,
		`"\ud800"`, `"\u0000"`, "\"\xff\"", "\xef\xbb\xbf", `"é́́́"`, strings.Repeat("[", 500), strings.Repeat(`{"text":`, 200), strings.Repeat(" ", 300),
		`"` + strings.Repeat("a", 9000) + `"`, "\x00", `"__proto__"`, `"te\u0078t"`, `{{7*7}}`, `"<script>"`, `"'; DROP TABLE turns; --"`,
	}
	if r.IntN(2) == 0 { // nearly right
		return fmt.Sprintf(`{"client_id":"h%d",%s:%s}`, r.IntN(50), pieces[6+r.IntN(6)], pieces[12+r.IntN(len(pieces)-12)])
	}
	var b strings.Builder
	for range r.IntN(30) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}
