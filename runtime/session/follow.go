package session

import (
	"context"
	"slices"
	"time"
)

const (
	followEvery = 250 * time.Millisecond
	followRest  = 2 * time.Second // after a failure
	followBatch = 1000            // conversations of one question
)

// Follow wakes those who watch a conversation when another process has taken a turn in it, within a fraction of a second,
// until ctx is done. It asks the store for the newest versions of all that is watched at once, and for nothing while nobody
// watches.
func (h *Host) Follow(ctx context.Context) error {
	seen := map[string]int64{}
	for rest := followEvery; ; {
		tick, stop := Every(rest)
		select {
		case <-ctx.Done():
			stop()
			return nil
		case <-tick:
			stop()
		}
		var err error
		if seen, err = h.news(ctx, seen); err != nil {
			rest = followRest // nothing is lost: the versions tell later
			continue
		}
		rest = followEvery
	}
}

// news wakes those who watch what has moved on from the versions seen, and returns the versions of now.
func (h *Host) news(ctx context.Context, seen map[string]int64) (map[string]int64, error) {
	now := map[string]int64{}
	for ids := range slices.Chunk(h.hub.Watched(), followBatch) {
		var versions []int64
		err := h.store.View(ctx, h.practice, func(r Reader) (err error) {
			versions, err = r.Newest(ids)
			return err
		})
		if err != nil {
			return seen, err
		}
		for i, id := range ids {
			if now[id] = versions[i]; now[id] != seen[id] {
				h.elsewhere(id, now[id])
			}
		}
	}
	return now, nil
}

// elsewhere wakes those who watch a conversation that has come to a version, unless this process knows: then it has woken
// them itself.
func (h *Host) elsewhere(id string, version int64) {
	hd, ok := h.heads.Get(id)
	if ok && hd.rec.Version >= version {
		return
	}
	if ok {
		h.heads.Drop(id)
	}
	h.hub.Wake(id)
}
