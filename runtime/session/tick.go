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
func (f *failures) open(ids []string, now time.Time) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	maps.DeleteFunc(f.until, func(_ string, until time.Time) bool { return !now.Before(until) })
	return slices.DeleteFunc(ids, func(id string) bool { return now.Before(f.until[id]) })
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
	var due []string
	err := h.store.View(ctx, func(r Reader) (err error) {
		due, err = r.Due(now, sweepBatch+h.failed.count())
		return err
	})
	if err != nil {
		return 0, err
	}
	due = h.failed.open(due, now)
	var g errgroup.Group
	g.SetLimit(sweepParallel)
	for _, id := range due {
		g.Go(func() error {
			if err := h.tryTick(ctx, id); err != nil && ctx.Err() == nil {
				h.failed.add(id, now.Add(sweepAgain))
				h.log.ErrorContext(ctx, "conversation not ended", "conversation", id, "error", err)
			}
			return nil
		})
	}
	_ = g.Wait() // never fails: each failure is logged above
	return len(due), nil
}

// tryTick is tick for a conversation that may be broken: it must not take the process, and all others, with it.
func (h *Host) tryTick(ctx context.Context, id string) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic (%T)\n%s", v, debug.Stack())
		}
	}()
	return h.tick(ctx, id)
}

func (h *Host) tick(ctx context.Context, id string) error {
	return h.update(ctx, func(tx Tx) (*turn, error) {
		before, err := tx.Conversation(id)
		if err != nil {
			return nil, err
		}
		t, err := h.turn(tx, before)
		if err != nil {
			return nil, err
		}
		if before.Deadline.IsZero() || t.now.Before(before.Deadline) {
			return nil, nil // heard from since it was listed
		}
		if err := t.step(engine.Event{Kind: engine.Tick}); err != nil {
			return nil, err
		}
		return t, t.commit(before, nil)
	})
}

// Run sweeps until ctx is done.
func (h *Host) Run(ctx context.Context) error {
	tick, stop := Every(sweepEvery)
	defer stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return nil
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
