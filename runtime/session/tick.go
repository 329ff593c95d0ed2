package session

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tacet-lang/tacet/runtime/engine"
)

const (
	sweepEvery    = time.Second
	sweepBatch    = 256
	sweepParallel = 16 // so that the ends of many conversations share commits
)

// Tick ends every conversation whose deadline has come and returns how many it looked at. One that fails is logged and
// does not keep the others from ending.
func (h *Host) Tick(ctx context.Context) (int, error) {
	var due []string
	err := h.store.View(ctx, func(r Reader) (err error) {
		due, err = r.Due(h.clock.Now(), sweepBatch)
		return err
	})
	if err != nil {
		return 0, err
	}
	var g errgroup.Group
	g.SetLimit(sweepParallel)
	for _, id := range due {
		g.Go(func() error {
			if err := h.tick(ctx, id); err != nil {
				h.log.ErrorContext(ctx, "conversation not ended", "conversation", id, "error", err)
			}
			return nil
		})
	}
	_ = g.Wait() // never fails: each failure is logged above
	return len(due), nil
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
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if _, err := h.Tick(ctx); err != nil && !errors.Is(err, context.Canceled) {
			h.log.ErrorContext(ctx, "sweep failed", "error", err)
		}
	}
}
