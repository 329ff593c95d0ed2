package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/runtime/engine"
	"github.com/tacet-lang/tacet/runtime/presence"
	"github.com/tacet-lang/tacet/runtime/session"
)

const (
	heartbeat       = 15 * time.Second // keeps proxies from closing a quiet stream
	maxStreams      = 4096
	maxStreamsOfOne = 8
	eventStream     = "text/event-stream"
)

// streams counts the open event streams.
type streams struct {
	mu      sync.Mutex
	all     int
	by      map[string]int
	closing chan struct{}
	once    sync.Once
}

func (s *streams) close() { s.once.Do(func() { close(s.closing) }) }

func (s *streams) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

// open counts one stream more; it fails where there are too many, of one conversation or of all together.
func (s *streams) open(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.by[id] >= maxStreamsOfOne:
		return errTooMany
	case s.all >= maxStreams:
		return errBusy
	}
	if s.by == nil {
		s.by = map[string]int{}
	}
	s.all++
	s.by[id]++
	return nil
}

func (s *streams) done(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.by[id]--; s.by[id] == 0 {
		delete(s.by, id)
	}
}

// events streams messages (server-sent events, ids are message numbers) from where the client left off. A client that
// comes back after the end gets 204, which tells browsers to stop asking.
func (s *Server) events(w http.ResponseWriter, r *http.Request) error {
	id, err := s.authorize(r)
	if err != nil {
		return err
	}
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		last = r.URL.Query().Get("after")
	}
	after, err := number(last)
	if err != nil {
		return err
	}
	if err := s.streams.open(id); err != nil {
		return err
	}
	defer s.streams.done(id)
	wake, stop := s.host.Watch(id)
	defer stop()
	signs, quiet := s.present.Watch(id)
	defer quiet()
	e := &stream{server: s, signs: signs, w: w, rc: http.NewResponseController(w), id: id, after: after}
	return e.run(r, wake)
}

type stream struct {
	server *Server
	w      http.ResponseWriter
	rc     *http.ResponseController
	id     string
	after  int64
	begun  bool
	told   session.Status
	wait   string          // was told
	signs  <-chan struct{} // of who is there
	typing bool            // was told
}

func (e *stream) run(r *http.Request, wake <-chan struct{}) error {
	beat, stop := session.Every(heartbeat)
	defer stop()
	for {
		page, err := e.server.host.Read(r.Context(), e.id, e.after, pageLimit)
		if err != nil {
			if e.begun {
				return nil // the client comes back and is told then
			}
			return err
		}
		over := page.Status.Control == engine.Closed && len(page.Messages) < pageLimit
		if !e.begun {
			if over && len(page.Messages) == 0 {
				e.w.WriteHeader(http.StatusNoContent)
				return nil
			}
			e.begin()
		}
		if e.tell(page) != nil || e.tellTyping(page.Status) != nil || over {
			return nil
		}
		if len(page.Messages) == pageLimit {
			continue
		}
		if withPeople(page.Status) { // they see that the page is open
			e.server.present.Stay(e.id, presence.Patient)
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-e.server.streams.closing:
			return nil
		case <-wake:
		case <-e.signs:
		case <-beat:
			if e.write(": \n\n") != nil {
				return nil
			}
		}
	}
}

func (e *stream) begin() {
	e.begun = true
	e.w.Header().Set("Content-Type", eventStream)
	e.w.Header().Set("X-Accel-Buffering", "no")
	_ = e.rc.SetReadDeadline(time.Time{}) // the request is read; its deadline would end the stream
	e.w.WriteHeader(http.StatusOK)
}

// tell writes what is new: each message, then the status if it has changed.
func (e *stream) tell(page session.Page) error {
	out := ""
	for i := range page.Messages {
		m := newMessage(&page.Messages[i])
		b, err := json.Marshal(m)
		if err != nil {
			return err
		}
		out += fmt.Sprintf("id: %d\nevent: message\ndata: %s\n\n", m.Seq, b)
		e.after = m.Seq
	}
	page.Messages = nil
	now := e.server.stands(e.id, &page)
	if page.Status != e.told || now.Wait != e.wait { // the team may have opened, or a day begun
		e.told, e.wait = page.Status, now.Wait
		b, err := json.Marshal(now)
		if err != nil {
			return err
		}
		out += fmt.Sprintf("event: status\ndata: %s\n\n", b)
	}
	if out == "" {
		return nil
	}
	return e.write(out)
}

// tellTyping says when a person begins to write, and when they stop. A message of theirs says so too.
func (e *stream) tellTyping(st session.Status) error {
	is := e.server.isWriting(e.id, st)
	if is == e.typing {
		return nil
	}
	e.typing = is
	return e.write(fmt.Sprintf("event: typing\ndata: {\"typing\":%v}\n\n", is))
}

func (e *stream) write(s string) error {
	_ = e.rc.SetWriteDeadline(session.SystemClock{}.Now().Add(writeTimeout)) // where it cannot be set, the server's own holds
	if _, err := e.w.Write([]byte(s)); err != nil {
		return err
	}
	return e.rc.Flush()
}
