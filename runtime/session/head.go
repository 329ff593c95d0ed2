package session

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	headsKept   = 8192            // conversations kept opened
	answersKept = 256             // requests of a conversation known without asking the store
	headFresh   = 5 * time.Second // for which reading trusts a head without asking the store
)

// head is the newest turn of a conversation, as this process knows it. It never changes. Another process may have gone
// on from there meanwhile: then the store refuses the next turn, and the head is loaded again.
type head struct {
	rec      Record
	answered []Answer  // the newest last, without gaps if there are fewer than answersKept
	checked  time.Time // when the store said so
}

// cached returns the head of a conversation, from memory or the store.
func (h *Host) cached(ctx context.Context, id string) (*head, error) {
	if hd, ok := h.heads.Get(id); ok {
		return hd, nil
	}
	return h.loadHead(ctx, id)
}

// fresh is cached for who reads and would not notice otherwise that another process has gone on.
func (h *Host) fresh(ctx context.Context, id string) (*head, error) {
	hd, ok := h.heads.Get(id)
	if ok {
		if age := h.clock.Now().Sub(hd.checked); age >= 0 && age < headFresh {
			return hd, nil
		}
	}
	return h.loadHead(ctx, id)
}

func (h *Host) loadHead(ctx context.Context, id string) (*head, error) {
	hd := &head{checked: h.clock.Now()}
	var header Header
	var last Turn
	ctx, end := h.span(ctx, spanRead)
	err := h.store.View(ctx, h.practice, func(r Reader) (err error) {
		if header, err = r.Header(id); err != nil {
			return err
		}
		if last, err = r.Last(id); err != nil {
			return err
		}
		hd.answered, err = r.Answers(id, answersKept)
		return err
	})
	end(err)
	if err != nil {
		h.heads.Drop(id)
		return nil, err
	}
	s, err := h.open(ctx, &header, &last)
	if err != nil {
		h.heads.Drop(id)
		return nil, err
	}
	hd.rec = s.record(&header, &last)
	h.heads.Put(id, hd)
	return hd, nil
}

// answer finds the turn that answered a request; 0 is none.
func (h *Host) answer(ctx context.Context, hd *head, client ClientKey) (version int64, err error) {
	for i := len(hd.answered) - 1; i >= 0; i-- {
		if hd.answered[i].Client == client {
			return hd.answered[i].Version, nil
		}
	}
	if len(hd.answered) < answersKept {
		return 0, nil
	}
	err = h.store.View(ctx, h.practice, func(r Reader) (err error) {
		version, err = r.Answered(hd.rec.ID, client)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return version, err
}

// after is the head once a turn is stored.
func (hd *head) after(rec Record, client ClientKey, now time.Time) *head {
	next := &head{rec: rec, answered: hd.answered, checked: now}
	if client == (ClientKey{}) {
		return next
	}
	// only one turn of a version is ever stored, so only one head grows out of this one
	next.answered = append(next.answered, Answer{client, rec.Version})
	if len(next.answered) >= 2*answersKept {
		next.answered = append([]Answer(nil), next.answered[len(next.answered)-answersKept:]...)
	}
	return next
}

// turns lets one request of a conversation at a time decide in this process: others would only lose the race for the
// version.
type turns struct {
	mu   sync.Mutex
	busy map[string]*queue
	idle []*queue // to be used again
}

type queue struct {
	free    chan struct{} // holds a token while nobody decides
	waiting int           // guarded by turns.mu
}

// take waits for a conversation and returns the function that lets the next one in.
func (t *turns) take(ctx context.Context, id string) (done func(), err error) {
	t.mu.Lock()
	if t.busy == nil {
		t.busy = map[string]*queue{}
	}
	q := t.busy[id]
	if q == nil {
		q = t.queue()
		t.busy[id] = q
	}
	q.waiting++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if q.waiting--; q.waiting == 0 {
			delete(t.busy, id)
			if len(t.idle) < idleQueues {
				t.idle = append(t.idle, q)
			}
		}
	}
	select {
	case <-q.free:
		return func() { q.free <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}

// idleQueues is how many queues are kept for those who come next.
const idleQueues = 256

// queue returns one that is free. The lock is held.
func (t *turns) queue() *queue {
	if n := len(t.idle); n > 0 {
		q := t.idle[n-1]
		t.idle = t.idle[:n-1]
		return q
	}
	q := &queue{free: make(chan struct{}, 1)}
	q.free <- struct{}{}
	return q
}
