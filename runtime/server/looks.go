package server

import (
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/tacet-lang/tacet/runtime/people"
)

// lookSpan is how long one entry of the trail stands for looks at the queue: a page that stays open looks every few seconds,
// and a trail of nothing else would hide what matters.
const lookSpan = time.Minute

// queueLook is what the trail calls a look at the queue.
const queueLook = "queue.viewed"

// noteLook writes into the trail that somebody looks, before they see anything. The queue, which tells of no conversation what
// was said in it, is noted once a minute and person; the entry says for how long it stands.
func (s *Server) noteLook(r *http.Request, c *caller, look string) error {
	id, now := r.PathValue("id"), s.host.Now()
	switch {
	case look == "":
		return nil
	case look != queueLook:
		return s.host.Note(r.Context(), c.ID, look, id, nil)
	case s.looks.noted(c.ID, now):
		return nil
	}
	if err := s.host.Note(r.Context(), c.ID, look, "", map[string]string{"for": lookSpan.String()}); err != nil {
		return err
	}
	s.looks.note(c.ID, now)
	return nil
}

// noteRefusal writes into the trail that somebody tried what they may not do, once a minute for the same, and returns why it was refused.
// What is not there is noted like what is another team's, so that neither takes longer; its id, which is anybody's text, is not.
func (s *Server) noteRefusal(r *http.Request, c *caller, a people.Action, refused error) error {
	if !errors.Is(refused, errForbidden) && !errors.Is(refused, errNotFound) {
		return refused
	}
	id, now := "", s.host.Now()
	if c.seen != nil {
		id = c.seen.ID
	}
	same := c.ID + " " + string(a) + " " + id
	if s.refusals.noted(same, now) {
		return refused
	}
	if err := s.host.Note(r.Context(), c.ID, "access.refused", id, map[string]string{"for": string(a)}); err != nil {
		return err
	}
	s.refusals.note(same, now)
	return refused
}

// looks remembers until when each person's look at the queue is in the trail.
type looks struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// noted reports whether the trail has an entry that stands for a look of this person now.
func (l *looks) noted(person string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	until, ok := l.until[person]
	return ok && now.Before(until) && now.After(until.Add(-2*lookSpan)) // a clock that was set back stands for nothing
}

// note remembers that an entry was written which stands for the looks of a person from now on.
func (l *looks) note(person string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.until == nil {
		l.until = map[string]time.Time{}
	}
	for p, until := range l.until {
		if !now.Before(until) {
			delete(l.until, p)
		}
	}
	l.until[person] = now.Add(lookSpan)
}
