package server_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// listen opens an event stream and returns its lines.
func (s *site) listen(r reply, last string) (status int, lines <-chan string, stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", s.url+"/api/conversations/"+r.Conversation+"/events", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.Token)
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	out := make(chan string, 1000)
	go func() {
		defer close(out)
		defer res.Body.Close()
		for scan := bufio.NewScanner(res.Body); scan.Scan(); {
			if scan.Text() != "" {
				out <- scan.Text()
			}
		}
	}()
	return res.StatusCode, out, func() {
		cancel()
		for range out { // until the reader is gone
		}
	}
}

// expect reads lines until one starts with each of the wanted, in order.
func expect(t *testing.T, lines <-chan string, want ...string) {
	t.Helper()
	timeout := time.After(5 * time.Second)
	for _, w := range want {
		for found := false; !found; {
			select {
			case line, ok := <-lines:
				if !ok {
					t.Fatalf("the stream ended before %q", w)
				}
				found = strings.HasPrefix(line, w)
			case <-timeout:
				t.Fatalf("no %q within five seconds", w)
			}
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start("abcdefghijklmnop")
	_, lines, stop := s.listen(r, "")
	defer stop()
	expect(t, lines, "id: 1", "id: 2", "event: status")
	s.post(r, `{"client_id":"1","text":"hello"}`)
	expect(t, lines, "id: 3", "event: message", `data: {"seq":3`, "id: 4")
	_, resumed, stopResumed := s.listen(r, "3")
	expect(t, resumed, "id: 4")
	stopResumed()
	s.post(r, `{"client_id":"2","human":true}`)
	expect(t, lines, "id: 5", "event: status", `data: {"conversation":"`+r.Conversation+`","control":"waiting"`)
	s.post(r, `{"client_id":"3","text":"hello?"}`)
	expect(t, lines, "id: 6")
}

func TestEventsEnd(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start("abcdefghijklmnop")
	_, lines, stop := s.listen(r, "2")
	defer stop()
	s.post(r, `{"client_id":"1","text":"end"}`)
	expect(t, lines, "id: 4", "event: status")
	for range lines { // the stream ends by itself
	}
	status, none, stopNone := s.listen(r, "4")
	defer stopNone()
	if status != http.StatusNoContent {
		t.Errorf("coming back after the end: got %d, want 204", status)
	}
	for line := range none {
		t.Errorf("after the end: %q", line)
	}
}

func TestTooManyStreams(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start("abcdefghijklmnop")
	for range 8 {
		_, lines, stop := s.listen(r, "")
		defer stop()
		expect(t, lines, "event: status")
	}
	status, _, stop := s.listen(r, "")
	defer stop()
	if status != http.StatusTooManyRequests {
		t.Errorf("ninth stream of one conversation: got %d, want 429", status)
	}
}

// TestStopWithOpenStream leaves a stream open: the server stops all the same, which open waits for.
func TestStopWithOpenStream(t *testing.T) {
	t.Parallel()
	s := open(t)
	r := s.start("abcdefghijklmnop")
	_, lines, _ := s.listen(r, "")
	expect(t, lines, "event: status")
}
