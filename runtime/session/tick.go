package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tacet-lang/tacet/runtime/engine"
)

const (
	sweepEvery    = time.Second
	forgetEvery   = time.Minute
	sweepBatch    = 256
	sweepParallel = 16 // so that the ends of many conversations share commits
	sweepAgain    = time.Minute
)

// failures remembers conversations that could not be ended, so that they neither fill the log nor keep others waiting.
type failures struct {
	mu    sync.Mutex
	until map[string]time.Time
}

// open filters out what failed a short while ago.
func (f *failures) open(due []Due, now time.Time) []Due {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.until, func(_ string, until time.Time) bool { return !now.Before(until) })
	return slices.DeleteFunc(due, func(d Due) bool { return now.Before(f.until[d.Conversation]) })
}

func (f *failures) add(id string, until time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.until == nil {
		f.until = map[string]time.Time{}
	}
	f.until[id] = until
}

func (f *failures) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.until)
}

// Tick ends every conversation whose deadline has come and returns how many it looked at. One that fails is logged,
// left alone for a while, and does not keep the others from ending.
func (h *Host) Tick(ctx context.Context) (int, error) {
	now := h.clock.Now()
	var due []Due
	err := h.store.View(ctx, h.practice, func(r Reader) (err error) {
		due, err = r.Due(now, sweepBatch+h.failed.count())
		return err
	})
	if err != nil {
		return 0, err
	}
	due = h.failed.open(due, now)
	var g errgroup.Group
	g.SetLimit(sweepParallel)
	for _, d := range due {
		g.Go(func() error {
			if err := h.tryTick(ctx, d); err != nil && ctx.Err() == nil {
				h.failed.add(d.Conversation, now.Add(sweepAgain))
				h.log.ErrorContext(ctx, "conversation not ended", "conversation", d.Conversation, "error", err)
			}
			return nil
		})
	}
	_ = g.Wait() // never fails: each failure is logged above
	return len(due), nil
}

// tryTick is tick for a conversation that may be broken: it must not take the process, and all others, with it.
func (h *Host) tryTick(ctx context.Context, d Due) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic (%T)\n%s", v, debug.Stack())
		}
	}()
	return h.tick(ctx, d)
}

func (h *Host) tick(ctx context.Context, d Due) error {
	h.heads.Drop(d.Conversation) // whatever this process knows, another one may have heard from the patient
	var later *Record
	err := h.decide(ctx, d.Conversation, func(hd *head, _ int) (t *turn, r request, err error) {
		if t, err = h.turn(ctx, &hd.rec); err != nil {
			return nil, r, err
		}
		if hd.rec.Deadline.IsZero() || t.now.Before(hd.rec.Deadline) {
			later = &hd.rec // heard from since its time was noted down
			return nil, r, nil
		}
		later = nil
		return t, r, t.step(engine.Event{Kind: engine.Tick})
	})
	if err != nil || later == nil {
		return err
	}
	return h.store.Defer(ctx, h.practice, d.Conversation, d.At, later.Deadline)
}

// Forget drops the conversations that were opened and not asked for since it was called last: what stands in memory in clear is
// what is being talked about.
func (h *Host) Forget() { h.heads.Age() }

// Run sweeps until ctx is done.
func (h *Host) Run(ctx context.Context) error {
	tick, stop := Every(sweepEvery)
	defer stop()
	forget, stopForgetting := Every(forgetEvery)
	defer stopForgetting()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-forget:
			h.Forget()
			continue
		case <-tick:
		}
		_, err := h.Tick(ctx)
		if errors.Is(err, context.Canceled) {
			continue
		}
		if err != nil && !failing { // once: the next second brings the same
			h.log.ErrorContext(ctx, "sweep failed", "error", err)
		}
		failing = err != nil
	}
}
